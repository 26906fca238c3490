"""Be at the place."""

from quests.tasks.kind import Body, Scene, Task, Verdict, not_there


class ArriveBody(Body, frozen=True, tag="arrive"):
    """I am there. The fixes of the move say how surely."""


class Arrive(Task, frozen=True, tag="arrive"):
    """Come to the place; at a generic stage, say that you have found one."""

    Body = ArriveBody
    AT_THE_PLACE = True

    def judge(self, body: ArriveBody, scene: Scene) -> Verdict:
        if scene.presence.there:
            return Verdict("done")
        return Verdict("self-report") if body.says_so else not_there(scene.presence)

    def done_with(self, words: str) -> ArriveBody:  # noqa: ARG002  nothing is said
        return ArriveBody()
