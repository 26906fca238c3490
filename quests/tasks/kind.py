"""What every task kind is. One file per kind, one name in `quests.tasks.AnyTask`.

A kind is a frozen struct: its fields are what an author may set in a pack, its `Body` is what a move
carries, and `judge` weighs one body against one task. `tag` is the kind's key: stored, never renamed.
Everything else that the game, the checker, the phone's stand-in and the views want to know of a kind they
ask it here, so that none of them lists kinds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

import msgspec

from quests.answers import AnswerLists, answer_bits, normal_form
from quests.conditions import TaskKey
from quests.evidence import TRUST_CHECKED, Presence

AnswerBits = Annotated[
    int, msgspec.Meta(ge=0, lt=1024, description="First 10 bits of HMAC-SHA-256(salt, answer).")
]


class Body(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    """What a move says; `kind` tells which."""

    here: Annotated[
        bool, msgspec.Meta(description="I am here, but the position says no: counts, at trust 1.")
    ] = False
    from_card: Annotated[
        bool, msgspec.Meta(description="Entered later from a paper card, at home or by a librarian: trust 1.")
    ] = False

    @property
    def says_so(self) -> bool:
        """The player's word stands in for a position."""
        return self.here or self.from_card


AnyBody = Body  # by another name where a kind's own `Body` hides it


@dataclass(frozen=True, slots=True)
class Scene:
    """What a task may know when it judges a move, beside the move's body.

    `equal` is the server's full comparison, None where nobody made it (on the phone). `codes` maps the
    hash of every printed code of the quest to its stage. `at_end` is a tipspromenad's feedback. `stayed_s`:
    how long the move's own fixes put the player at the place without a break. [s] `media`: what sorts of
    media the move brings, "image" or "audio".
    """

    stage: str
    presence: Presence
    salt: bytes
    codes: dict[str, str] = field(default_factory=dict)
    at_end: bool = False
    equal: bool | None = None
    stayed_s: float = 0.0
    media: frozenset[str] = frozenset()


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
    #: A position, a code or the player's word is asked for by the kind itself.
    AT_THE_PLACE: ClassVar[bool] = False
    #: Cannot be the only thing that satisfies a stage.
    NEVER_ALONE: ClassVar[bool] = False
    #: Can be said of any place, outside of any quest.
    ANYWHERE: ClassVar[bool] = False
    #: How many taps do it at least; None where something is written, waited for, or looked for first.
    TAPS: ClassVar[int | None] = None

    key: TaskKey
    on_the_spot: Annotated[
        bool,
        msgspec.Meta(description="Only what is answered at the place counts; otherwise within 24 hours."),
    ] = False

    @property
    def kind(self) -> str:
        return str(type(self).__struct_config__.tag)

    @property
    def asks_to_be_there(self) -> bool:
        return self.on_the_spot or self.AT_THE_PLACE

    @property
    def named(self) -> tuple[str, ...]:
        """The keys that texts name one by one: what can be chosen or put in order."""
        return ()

    @property
    def asks(self) -> Mapping[str, float]:
        """The numbers of the task that a player has to know, with their unit in the name."""
        return {}

    def judge(self, body: Any, scene: Scene) -> Verdict:  # noqa: ANN401  each kind narrows it to its own Body
        raise NotImplementedError

    def done_with(self, words: str) -> AnyBody:
        """The body of somebody who does it. `words`: the answer they give, or their own where any counts."""
        raise NotImplementedError


class Checked(Task, frozen=True, kw_only=True):
    """A task that may have right answers. Its author lists them; a kit holds ten bits of each.

    What is compared of a body is one text, `given`; what the author lists is brought to the same form by `form`.
    """

    #: The field that publishing fills.
    BITS: ClassVar[str] = "accepted"

    @property
    def bits(self) -> tuple[int, ...]:
        found: tuple[int, ...] = getattr(self, self.BITS)
        return found

    def with_bits(self, bits: tuple[int, ...]) -> Self:
        return msgspec.structs.replace(self, **{self.BITS: bits})

    @property
    def folds(self) -> Mapping[str, bool]:
        """How answers are folded before they are compared (`quests.answers.normal_form`)."""
        return {}

    @property
    def can_be_answered(self) -> bool:
        """Whether right answers may be listed at all."""
        return True

    @property
    def must_be_answered(self) -> bool:
        """Whether right answers have to be listed. Where they need not and are not, every answer is right."""
        return False

    def given(self, body: Any) -> str | None:  # noqa: ANN401  each kind narrows it to its own Body
        """The answer in a body, as it is compared; None where it is none."""
        raise NotImplementedError

    def form(self, listed: str) -> str | None:
        """A listed answer as it is compared; None where a player could never give it."""
        return listed

    def misfit(self, listed: str) -> tuple[str, dict[str, str]] | None:
        """Why a listed answer can never be given: a code of `content.findings` and what it tells."""
        return None if normal_form(listed) else ("value-empty", {})

    def lists(self, accepted: tuple[str, ...], wrong: tuple[str, ...]) -> AnswerLists:
        """What an author listed, as it is compared."""
        return AnswerLists(self._forms(accepted), self._forms(wrong), **self.folds)

    def _forms(self, answers: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(form for answer in answers if (form := self.form(answer)) is not None)

    def is_right(self, given: str, salt: bytes) -> bool:
        """As a phone decides it: one in a thousand wrong answers is taken for right."""
        return answer_bits(salt, given, **self.folds) in self.bits

    def weighed(self, given: str, scene: Scene, option: str | None = None) -> Verdict:
        """An answer that was given where it counts."""
        if scene.at_end:
            return Verdict("kept", option=option)
        if not self.bits and not self.must_be_answered:
            return Verdict("done", option=option)
        if not self.is_right(given, scene.salt):
            return Verdict("wrong-answer")
        return Verdict("done", trust=TRUST_CHECKED if scene.equal else 0, option=option)

    def equal_beyond_lists(self, body: Any, secret: str, made_at: datetime) -> bool:  # noqa: ANN401, ARG002
        """Whether an answer that no list holds is right all the same, as with a code that changes daily."""
        return False


def elsewhere(task: Task, body: Body, presence: Presence) -> Verdict | None:
    """The miss, if this task wants its answer on the spot and the player is not there."""
    if not task.on_the_spot or presence.there or body.says_so:
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


def too_short(stayed_s: float, asked_s: float) -> Verdict:
    return Verdict("too-short", details={"stayed_s": round(stayed_s), "asked_s": round(asked_s)})
