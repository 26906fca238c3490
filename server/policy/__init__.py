"""Who may do what, as data. `doors` has a row for every route; `rights` says of an act who may do it to what."""

from server.policy.doors import POLICY, Cell, Door, Row
from server.policy.rights import ACTS, Act, Verdict, Who, decide

__all__ = ["ACTS", "POLICY", "Act", "Cell", "Door", "Row", "Verdict", "Who", "decide"]
