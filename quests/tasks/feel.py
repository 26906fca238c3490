"""Say how a place feels."""

from typing import Annotated, get_args

import msgspec

from quests.feelings import Feeling
from quests.tasks.kind import Body, Scene, Task, Verdict, elsewhere


class FeelBody(Body, frozen=True, tag="feel", kw_only=True):
    feeling: Annotated[Feeling, msgspec.Meta(description="The one that fits best.")]
    strength: Annotated[int, msgspec.Meta(ge=1, le=5, description="From faintly to very much.")]


class Feel(Task, frozen=True, tag="feel"):
    """A feeling and how strong it is. None is wrong."""

    Body = FeelBody
    TAPS = 2
    ANYWHERE = True

    def judge(self, body: FeelBody, scene: Scene) -> Verdict:
        return elsewhere(self, body, scene.presence) or Verdict("done")

    def done_with(self, words: str) -> FeelBody:
        return FeelBody(feeling=words if words in get_args(Feeling) else "curious", strength=3)  # type: ignore[arg-type]
