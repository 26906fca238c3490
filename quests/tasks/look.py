"""Face a direction."""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from geo.positions import turn_deg
from quests.tasks.kind import Body, Scene, Task, Verdict, not_there

CONE_DEFAULT_DEG = 25
COMPASS_DOUBT_MOST_DEG = 30  # a phone that says it is worse than this is believed no further

Heading = Annotated[float, msgspec.Meta(ge=0, le=360, description="Clockwise from true north. [°]")]


class LookBody(Body, frozen=True, tag="look"):
    heading_deg: Heading | None = None
    accuracy_deg: (
        Annotated[float, msgspec.Meta(ge=0, le=180, description="What the phone says of its compass. [°]")]
        | None
    ) = None


class Look(Task, frozen=True, tag="look", kw_only=True):
    """Face that way. A compass is off by ten degrees on a good day, so it adds no trust and is never alone.

    Without a compass the player's word counts. Source for the cone: design notes on compasses at 63° N, where the
    horizontal field is 13 to 14 µT.
    """

    Body = LookBody
    AT_THE_PLACE = True
    NEVER_ALONE = True

    bearing_deg: Heading
    cone_deg: Annotated[
        float, msgspec.Meta(ge=10, le=90, description="How far to either side still counts. [°]")
    ] = CONE_DEFAULT_DEG

    @property
    def asks(self) -> Mapping[str, float]:
        return {"bearing_deg": self.bearing_deg, "cone_deg": self.cone_deg}

    def judge(self, body: LookBody, scene: Scene) -> Verdict:
        if not scene.presence.there and not body.says_so:
            return not_there(scene.presence)
        if body.heading_deg is None:
            return Verdict("self-report")
        off_deg = turn_deg(body.heading_deg, self.bearing_deg)
        if abs(off_deg) > self.cone_deg + min(body.accuracy_deg or 0, COMPASS_DOUBT_MOST_DEG):
            side = "turn-right" if off_deg > 0 else "turn-left"
            return Verdict(side, details={"turn_deg": round(abs(off_deg))})
        return Verdict("done" if scene.presence.there else "self-report")

    def done_with(self, words: str) -> LookBody:  # noqa: ARG002  nothing is said
        return LookBody(heading_deg=self.bearing_deg)
