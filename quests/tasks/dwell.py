"""Stay at the place for a while."""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from quests.evidence import TRUST_STAYED
from quests.tasks.kind import Body, Scene, Task, Verdict, not_there, too_short

DWELL_MOST_S = 1_800
FIXES_MAY_MISS = 0.8  # of the time: a phone's first fix comes late, and its last one early


class DwellBody(Body, frozen=True, tag="dwell", kw_only=True):
    stayed_s: Annotated[int, msgspec.Meta(ge=0, le=86_400, description="By the phone's steady clock. [s]")]


class Dwell(Task, frozen=True, tag="dwell", kw_only=True):
    """Stay, and do nothing else. All of it happens inside one move: its fixes are spread over the time.

    The phone's clock says how long; fixes that say the same add trust.
    """

    Body = DwellBody
    AT_THE_PLACE = True

    seconds: Annotated[int, msgspec.Meta(ge=10, le=DWELL_MOST_S, description="How long. [s]")]

    @property
    def asks(self) -> Mapping[str, float]:
        return {"seconds": self.seconds}

    def judge(self, body: DwellBody, scene: Scene) -> Verdict:
        if body.stayed_s < self.seconds:
            return too_short(body.stayed_s, self.seconds)
        if not scene.presence.there:
            return Verdict("self-report") if body.says_so else not_there(scene.presence)
        seen = scene.presence.placed and scene.stayed_s >= FIXES_MAY_MISS * self.seconds
        return Verdict("done", trust=TRUST_STAYED if seen else 0)

    def done_with(self, words: str) -> DwellBody:  # noqa: ARG002  nothing is said
        return DwellBody(stayed_s=self.seconds)
