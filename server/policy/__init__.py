"""Who may do what, as data.

`doors` has a row for every route; `acts` says of each act who may do it to what, in which state; `rights` decides by it.
"""

from server.policy.acts import ACTS, STATES
from server.policy.doors import POLICY, Cell, Door, Row
from server.policy.rights import Act, Verdict, Who, decide

__all__ = ["ACTS", "POLICY", "STATES", "Act", "Cell", "Door", "Row", "Verdict", "Who", "decide"]
