"""Record a sound, or say in words what was heard."""

from quests.tasks.kind import Body, Scene, Task, Verdict, elsewhere
from quests.tasks.photo import Told, brought


class RecordBody(Body, frozen=True, tag="record"):
    """The move's media hold the sound; its bytes come later, or never."""

    told: Told = ""


class Record(Task, frozen=True, tag="record"):
    """A sound of one's own. Words do as well: nobody needs a microphone, or to hear."""

    Body = RecordBody

    def judge(self, body: RecordBody, scene: Scene) -> Verdict:
        return elsewhere(self, body, scene.presence) or brought("audio", body.told, scene)

    def done_with(self, words: str) -> RecordBody:
        return RecordBody(told=words)
