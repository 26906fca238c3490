"""What a heard move came to: the outcome, its code, and the positive facts it brings.

Codes are for ever. Sentences for them live in `seed_data/languages/<tag>.json` under `outcome.<code>`.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from quests.evidence import TimeClass


class Outcome(StrEnum):
    """What the server did with a move. The phone drops a move from its outbox only on one of these."""

    ACCEPTED = "accepted"
    MISSED = "missed"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    DUPLICATE = "duplicate"


#: Every code a judged move can carry, with its outcome and meaning. A code is never renamed or reused.
CODES: Mapping[str, tuple[Outcome, str]] = {
    "done": (Outcome.ACCEPTED, "The task is done."),
    "kept": (Outcome.ACCEPTED, "The answer is kept; right or wrong comes at the end."),
    "self-report": (Outcome.ACCEPTED, "The player says so; nothing else supports it."),
    "unverified-code": (
        Outcome.ACCEPTED,
        "A code of ours that this version does not list; accepted unverified.",
    ),
    "unverified-word": (Outcome.ACCEPTED, "A host's code of the day; accepted unverified."),
    "passed": (Outcome.ACCEPTED, "The stage could not be done; what follows it opens."),
    "handed-in": (Outcome.ACCEPTED, "The row is handed in and its score counted."),
    "too-far": (Outcome.MISSED, "Every usable fix is outside the fence."),
    "no-position": (Outcome.MISSED, "No fix within 30 s of the move."),
    "position-unsure": (Outcome.MISSED, "No fix accurate enough to tell."),
    "wrong-answer": (Outcome.MISSED, "None of the accepted answers."),
    "not-a-number": (Outcome.MISSED, "A number is asked for."),
    "not-our-code": (Outcome.MISSED, "What was scanned is not a code of ours."),
    "other-stage": (Outcome.MISSED, "The code belongs to another stage of this quest."),
    "too-short": (Outcome.MISSED, "Not as long as was asked."),
    "turn-right": (Outcome.MISSED, "The phone points another way; by `turn_deg` too far left."),
    "turn-left": (Outcome.MISSED, "The phone points another way; by `turn_deg` too far right."),
    "nothing-brought": (Outcome.MISSED, "Neither a picture or sound nor words came with it."),
    "no-word": (Outcome.MISSED, "Nothing was told."),
    "unknown-stage": (Outcome.REFUSED, "The quest version has no such stage."),
    "unknown-variant": (Outcome.REFUSED, "The stage has no such variant."),
    "unknown-task": (Outcome.REFUSED, "The stage, in that variant, has no such task."),
    "unknown-option": (Outcome.REFUSED, "The task has no such option."),
    "wrong-kind": (Outcome.REFUSED, "The body is for another kind of task."),
    "other-version": (Outcome.REFUSED, "The move names another quest version than its journey."),
    "closed-ground": (Outcome.REFUSED, "Made inside ground that was closed when the player set out."),
    "no-row": (Outcome.REFUSED, "This quest has no row to hand in."),
    "unreadable": (Outcome.UNREADABLE, "The move is not of the form described; the pointer says where."),
    "unknown-form": (Outcome.UNREADABLE, "The move's version `v` is not known here; it is kept as it came."),
    "swapped": (Outcome.UNREADABLE, "Longitude and latitude seem to be swapped."),
    "duplicate-key": (Outcome.UNREADABLE, "A name stands twice in one object."),
    "too-large": (Outcome.UNREADABLE, "The move is larger than 16 kB."),
    "id-reused": (Outcome.REFUSED, "The id is taken by a move with other bytes; the first stands."),
}


class TaskDone(msgspec.Struct, frozen=True, tag_field="fact", tag="task-done"):
    """The task has been done, in whatever variant."""

    stage: str
    task: str


class Chosen(msgspec.Struct, frozen=True, tag_field="fact", tag="chosen"):
    """That option was chosen: it opens its branch and is the row's newest mark there."""

    stage: str
    task: str
    option: str


class StagePassed(msgspec.Struct, frozen=True, tag_field="fact", tag="stage-passed"):
    """The stage could not be done: cannot-reach, not-safe, closed or gone."""

    stage: str
    reason: str


class HandedIn(msgspec.Struct, frozen=True, tag_field="fact", tag="handed-in"):
    """A row as it was handed in, and what it scored. Of several the first by `(made_at, id)` stands.

    `tie_break_off_by` is known to the server alone: the phone does not hold the true number.
    """

    row: tuple[tuple[str, str], ...]
    right: int
    of: int
    tie_break: float | None = None
    tie_break_off_by: float | None = None


class Said(msgspec.Struct, frozen=True, tag_field="fact", tag="said"):
    """Something was said of a place, outside of any quest; `kind` is that of the body."""

    kind: str


Fact = TaskDone | Chosen | StagePassed | HandedIn | Said


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One move, judged alone against one quest version. All that `play` ever sees of a move.

    `facts` is empty unless accepted. `details` holds numbers and keys for the sentence, such as
    `away_m` [m]; never a coordinate and never a player's text. `outcome` is never a duplicate: that is said
    of a repetition, and what is judged is the move that stands.
    """

    move: str
    made_at: datetime
    outcome: Outcome
    code: str
    stage: str | None = None
    task: str | None = None
    trust: int = 0
    certainty: str = "unusable"
    time_class: TimeClass = TimeClass.ON_TIME
    facts: tuple[Fact, ...] = ()
    details: dict[str, str | float | int] = {}

    @property
    def order(self) -> tuple[datetime, str]:
        """What stands in for time where a first or a last is needed: the same on every device."""
        return self.made_at, self.move
