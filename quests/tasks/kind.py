"""What every task kind is. One file per kind, one name in `quests.tasks.AnyTask`.

A kind is a frozen struct: its fields are what an author may set in a pack, its `Body` is what a move
carries, and `judge` weighs one body against one task. `tag` is the kind's key: stored, never renamed.
"""

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import msgspec

from quests.conditions import TaskKey
from quests.evidence import Presence


class Body(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    """What a move says; `kind` tells which."""

    here: Annotated[
        bool, msgspec.Meta(description="I am here, but the position says no: counts, at trust 1.")
    ] = False
    from_card: Annotated[
        bool, msgspec.Meta(description="Entered later from a paper card, at home or by a librarian: trust 1.")
    ] = False


@dataclass(frozen=True, slots=True)
class Scene:
    """What a task may know when it judges a move, beside the move's body.

    `equal` is the server's full comparison, None where nobody made it (on the phone). `codes` maps the
    hash of every printed code of the quest to its stage. `at_end` is a tipspromenad's feedback.
    """

    stage: str
    presence: Presence
    salt: bytes
    codes: dict[str, str] = field(default_factory=dict)
    at_end: bool = False
    equal: bool | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it. `trust` counts only when accepted; `option` is the choice that was made."""

    code: str
    trust: int = 0
    option: str | None = None
    details: dict[str, str | float | int] = field(default_factory=dict)


class Task(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """What a stage asks. `on_the_spot`: only an answer given there counts."""

    Body: ClassVar[type[Body]]

    key: TaskKey
    on_the_spot: Annotated[
        bool,
        msgspec.Meta(description="Only what is answered at the place counts; otherwise within 24 hours."),
    ] = False

    @property
    def kind(self) -> str:
        return str(type(self).__struct_config__.tag)

    def judge(self, body: Any, scene: Scene) -> Verdict:  # noqa: ANN401  each kind narrows it to its own Body
        raise NotImplementedError


def elsewhere(task: Task, body: Body, presence: Presence) -> Verdict | None:
    """The miss, if this task wants its answer on the spot and the player is not there."""
    if not task.on_the_spot or presence.there or body.here or body.from_card:
        return None
    return not_there(presence)


def not_there(presence: Presence) -> Verdict:
    """The miss of somebody whose position does not put them at the place."""
    if presence.away_m is None:
        return Verdict("no-position")
    details: dict[str, str | float | int] = {"away_m": round(presence.away_m)}
    if presence.accuracy_m is not None:
        details["accuracy_m"] = round(presence.accuracy_m)
    return Verdict("position-unsure" if presence.certainty == "unusable" else "too-far", details=details)
