"""Think about something, and write as much of it as one likes."""

from typing import Annotated

import msgspec

from quests.tasks.kind import Body, Scene, Task, Verdict, elsewhere

REFLECTION_MOST_CHARACTERS = 4_000


class ReflectBody(Body, frozen=True, tag="reflect"):
    text: Annotated[
        str,
        msgspec.Meta(
            max_length=REFLECTION_MOST_CHARACTERS,
            description="In any language. Empty where it was only thought.",
        ),
    ] = ""
    shared: Annotated[
        bool, msgspec.Meta(description="The player wants others to read it. Otherwise it is theirs alone.")
    ] = False


class Reflect(Task, frozen=True, tag="reflect"):
    """A question to oneself: every answer is right, the unwritten one too."""

    Body = ReflectBody
    TAPS = 1
    ANYWHERE = True

    def judge(self, body: ReflectBody, scene: Scene) -> Verdict:
        return elsewhere(self, body, scene.presence) or Verdict("done")

    def done_with(self, words: str) -> ReflectBody:
        return ReflectBody(text=words)
