"""Take a picture, or say in words what it would show."""

from typing import Annotated

import msgspec

from quests.tasks.kind import Body, Scene, Task, Verdict, elsewhere

TOLD_MOST_CHARACTERS = 2_000
Told = Annotated[
    str, msgspec.Meta(max_length=TOLD_MOST_CHARACTERS, description="In words, instead of a picture or sound.")
]


class PhotoBody(Body, frozen=True, tag="photo"):
    """The move's media hold the picture; its bytes come later, or never."""

    told: Told = ""


class Photo(Task, frozen=True, tag="photo"):
    """A picture of one's own. Words do as well: nobody needs a camera, or to see."""

    Body = PhotoBody

    def judge(self, body: PhotoBody, scene: Scene) -> Verdict:
        return elsewhere(self, body, scene.presence) or brought("image", body.told, scene)

    def done_with(self, words: str) -> PhotoBody:
        return PhotoBody(told=words)


def brought(sort: str, told: str, scene: Scene) -> Verdict:
    """Done by a medium of that sort, or by words."""
    return Verdict("done" if sort in scene.media or told.strip() else "nothing-brought")
