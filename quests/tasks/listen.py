"""Be still and listen."""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from quests.tasks.kind import Body, Scene, Task, Verdict, elsewhere, too_short

LISTEN_MOST_S = 600


class ListenBody(Body, frozen=True, tag="listen", kw_only=True):
    listened_s: Annotated[
        int, msgspec.Meta(ge=0, le=86_400, description="By the phone's steady clock. [s]")
    ] = 0
    otherwise: Annotated[
        bool, msgspec.Meta(description="Watched, felt or read instead, for whatever reason.")
    ] = False


class Listen(Task, frozen=True, tag="listen", kw_only=True):
    """Listen for a while. Watching, feeling or reading the words does as well: nobody needs to hear."""

    Body = ListenBody

    seconds: Annotated[int, msgspec.Meta(ge=5, le=LISTEN_MOST_S, description="How long. [s]")]

    @property
    def asks(self) -> Mapping[str, float]:
        return {"seconds": self.seconds}

    def judge(self, body: ListenBody, scene: Scene) -> Verdict:
        if miss := elsewhere(self, body, scene.presence):
            return miss
        if body.listened_s < self.seconds and not body.otherwise and not body.from_card:
            return too_short(body.listened_s, self.seconds)
        return Verdict("done")

    def done_with(self, words: str) -> ListenBody:  # noqa: ARG002  nothing is said
        return ListenBody(listened_s=self.seconds)
