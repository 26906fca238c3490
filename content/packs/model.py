"""A pack as a value: what its association owns, with answers, printed codes and sources.

The forms are the engine's own; what publishing adds (salts, answer bits, hashes of codes, the version)
has no place here. `quest.toml` is a `QuestSheet`, `texts/<tag>.toml` a `QuestTexts`, `private.toml` a `Private`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

import msgspec

from quests.answers import ANSWER_MAX_CHARACTERS
from quests.codes import CODE_PATTERN, PRINTED_CODE_PATTERN
from quests.conditions import Condition, StageKey, TaskKey
from quests.model import Company, Language, Municipality, Open, QuestTexts, Setting, Stage
from quests.tasks import TASK_KINDS, Checked

QUEST_FILE = "quest.toml"
PRIVATE_FILE = "private.toml"
SOURCES_FILE = "SOURCES.md"
TEXTS_FOLDER = "texts/"
MEDIA_FOLDER = "media/"

IMAGE_MOST_BYTES = 10 * 2**20
SOUND_MOST_BYTES = 40 * 2**20  # twenty minutes of speech at 256 kbit/s
MEDIA_TYPES: Mapping[str, int] = {
    "image/jpeg": IMAGE_MOST_BYTES,
    "image/png": IMAGE_MOST_BYTES,
    "image/webp": IMAGE_MOST_BYTES,
    "audio/mpeg": SOUND_MOST_BYTES,
    "audio/mp4": SOUND_MOST_BYTES,
    "audio/ogg": SOUND_MOST_BYTES,
}

#: A medium's name, as a published quest's media are named (`quests.model.Medium`).
MEDIUM_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}"

#: What nobody writes by hand: it is drawn from the rest when the pack is published.
MADE_AT_PUBLISHING = frozenset({
    ("Stage", "salt"),
    ("Stage", "codes"),
    *((kind.__name__, kind.BITS) for kind in TASK_KINDS if issubclass(kind, Checked)),
})  # fmt: skip


class Care(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose culture a quest tells of, and who of them has read it and said yes. Never published."""

    about: Annotated[Literal["sami"], msgspec.Meta(description="Whose culture it tells of.")]
    reviewer: Annotated[str, msgspec.Meta(max_length=200, description="Who has read it.")] = ""
    said_yes: Annotated[
        str, msgspec.Meta(max_length=10, description="When they said yes, as 2026-05-01.")
    ] = ""
    community: Annotated[
        Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")] | None,
        msgspec.Meta(
            description="The id of the sameby, or another body of theirs, that is asked before each version is shown."
        ),
    ] = None
    review_until: Annotated[
        str,
        msgspec.Meta(
            max_length=10,
            description="Until when its yes is asked for, as 2028-05-01; empty: no end is named.",
        ),
    ] = ""


class QuestSheet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`quest.toml`: the quest without words and without secrets. The fields are those of a published quest, and `care`."""

    id: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
            description="UUID, drawn once and never changed.",
        ),
    ]
    code: Annotated[
        str, msgspec.Meta(pattern=CODE_PATTERN, description="What people type: JH and five letters.")
    ]
    kind: Annotated[
        Literal["challenge", "trail"],
        msgspec.Meta(description="A challenge has one stop, a trail several stages."),
    ]
    order: Literal["ordered", "any"] = "ordered"
    feedback: Annotated[
        Literal["at_once", "at_end"],
        msgspec.Meta(
            description="at_end makes a tipspromenad: right or wrong is told when the row is handed in."
        ),
    ] = "at_once"
    languages: Annotated[
        tuple[Language, ...],
        msgspec.Meta(min_length=1, max_length=20, description="One file in texts/ for each."),
    ]
    association: Annotated[
        str, msgspec.Meta(max_length=200, description="Who owns the quest and keeps it alive.")
    ] = ""
    minutes: (
        Annotated[int, msgspec.Meta(ge=1, le=14 * 24 * 60, description="How long it takes. [min]")] | None
    ) = None
    length_m: Annotated[int, msgspec.Meta(ge=0, le=500_000, description="How far it goes. [m]")] | None = None
    company: Annotated[
        tuple[Company, ...],
        msgspec.Meta(max_length=4, description="With whom it is good; without alone it takes two."),
    ] = ()
    setting: Annotated[
        tuple[Setting, ...], msgspec.Meta(max_length=10, description="Where it is played.")
    ] = ()
    municipalities: Annotated[
        tuple[Municipality, ...],
        msgspec.Meta(
            max_length=20,
            description="Where it belongs, for what begins without a place: it is offered there alone.",
        ),
    ] = ()
    open: Annotated[
        Open | None, msgspec.Meta(description="When it is offered: for every stage that does not say it.")
    ] = None
    done_at: (
        Annotated[
            int, msgspec.Meta(ge=1, le=200, description="How many stages finish it; all where left out.")
        ]
        | None
    ) = None
    finish: Condition | None = None
    tie_break: Annotated[bool, msgspec.Meta(description="Whether a row carries a tie-break number.")] = False
    care: Annotated[
        Care | None,
        msgspec.Meta(description="Where it tells of somebody's culture: who of them has read it."),
    ] = None
    stages: Annotated[tuple[Stage, ...], msgspec.Meta(min_length=1, max_length=200)]

    def stage(self, key: str) -> Stage | None:
        return next((stage for stage in self.stages if stage.key == key), None)


class PrintedCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code as it is printed at the place. An older `rev` stays good: its print may still hang there."""

    rev: Annotated[int, msgspec.Meta(ge=1, le=10_000, description="1 for the first print, then 2, 3, …")]
    code: Annotated[
        str,
        msgspec.Meta(pattern=PRINTED_CODE_PATTERN, description="16 random bytes as base64url, 22 letters."),
    ]


AnswerText = Annotated[str, msgspec.Meta(min_length=1, max_length=ANSWER_MAX_CHARACTERS)]


class TaskAnswers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Right answers, and wrong examples that must not slip through. For a choice they are its options."""

    accepted: Annotated[tuple[AnswerText, ...], msgspec.Meta(max_length=40)] = ()
    wrong: Annotated[tuple[AnswerText, ...], msgspec.Meta(max_length=100)] = ()
    host: (
        Annotated[
            str,
            msgspec.Meta(
                pattern=PRINTED_CODE_PATTERN,
                description="What a host's code of the day is made from: 16 random bytes, 22 letters.",
            ),
        ]
        | None
    ) = None


class Consent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What whoever owns or looks after the ground has said. It says who, so it stays with the association."""

    status: Annotated[
        Literal["not-needed", "asked", "granted", "refused"], msgspec.Meta(description="How far it has come.")
    ]
    by: Annotated[str, msgspec.Meta(max_length=200, description="Who said so.")] = ""
    date: Annotated[str, msgspec.Meta(max_length=10, description="When, as 2026-05-01.")] = ""


class StagePrivate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    consent: Annotated[
        Consent | None, msgspec.Meta(description="Of whoever owns or looks after the ground.")
    ] = None
    codes: Annotated[tuple[PrintedCode, ...], msgspec.Meta(max_length=20)] = ()
    tasks: dict[TaskKey, TaskAnswers] = {}


class Private(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`private.toml`: what players find out by being there. It leaves with the association's export alone."""

    tie_break: Annotated[float, msgspec.Meta(ge=-1e12, le=1e12, description="The true number.")] | None = None
    stages: dict[StageKey, StagePrivate] = {}

    def answers(self, stage: str, task: str) -> TaskAnswers | None:
        private = self.stages.get(stage)
        return None if private is None else private.tasks.get(task)


@dataclass(frozen=True, slots=True)
class PackMedium:
    """A picture or sound by its bytes; `type` is what its first bytes say, not what its name says."""

    data: bytes = field(repr=False)
    type: str


@dataclass(frozen=True, slots=True)
class Pack:
    sheet: QuestSheet
    texts: Mapping[str, QuestTexts]
    private: Private
    sources: str
    media: Mapping[str, PackMedium] = field(default_factory=dict)
