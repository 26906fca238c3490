"""What somebody would like to give where no body is asked yet: a place of one's own, or a trail that is nobody's.

Editors of associations answer, and the guide of the municipality. The subject is the proposal's id.
"""

from server.use_cases.cases.kinds import CaseKind
from server.use_cases.cases.proposal import DECISIONS, carry_out, lock, see

NAME = "place"

KIND = CaseKind(NAME, DECISIONS, see, carry_out, lock=lock)
