"""Why somebody points something out, and why something is decided: codes, as data. A code is never renamed or reused."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Reason:
    """`ground`: what a decision with this reason rests on. `urgency`: how soon a notice with it is looked at.

    `hides`: what is pointed out with it is hidden until somebody has looked. `nameless`: nobody has to say who they are.
    """

    ground: Literal["law", "terms"]
    urgency: int
    hides: bool = False
    nameless: bool = False


REASONS: Mapping[str, Reason] = {
    "child": Reason("law", 0, hides=True, nameless=True),
    "meeting-unsafe": Reason("terms", 0, hides=True),
    "illegal-content": Reason("law", 0),
    "hate": Reason("law", 0),
    "dangerous-place": Reason("terms", 0),
    "personal-data": Reason("law", 1),
    "sacred-or-sami": Reason("terms", 1),
    "land-owner": Reason("law", 2),
    "copyright": Reason("law", 2),
    "spam": Reason("terms", 2),
    "other": Reason("terms", 2),
}
