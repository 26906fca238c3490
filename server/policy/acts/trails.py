"""What people may do to a trail of a body."""

from server.policy.steps import STATES, acts_of

__all__ = ["ACTS", "KIND", "STATES"]

KIND = "trail"
ACTS = acts_of(KIND)
