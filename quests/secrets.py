"""What neither a public page nor a kit may hold, and the full comparison the server makes with it."""

import hmac
from datetime import datetime
from hashlib import sha256
from typing import Annotated

import msgspec

from quests.answers import normal_form
from quests.codes import scanned_code_hash
from quests.model import AnyPlace, Quest
from quests.moves import Move
from quests.tasks.answer import Answer, AnswerBody
from quests.tasks.choice import Choice, ChoiceBody
from quests.tasks.scan import ScanBody


class Secrets(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret half of a quest version.

    `answers[stage][task]`: the accepted answers in plain words (option keys for a choice).
    `codes[stage]`: every printed code of the stage, in any version, as text. `tie_break`: the true number.
    """

    answers: dict[str, dict[str, tuple[str, ...]]] = {}
    codes: dict[str, tuple[Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{22}$")], ...]] = {}
    tie_break: float | None = None


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What was known when a move was first heard, and never changes afterwards.

    On the phone nobody has heard it yet: `NOT_HEARD`. `equal`: whether the answer or code is fully equal
    to one that the server holds; None where there was nothing to compare. `closed`: the ground that was
    closed in the closures revision which the move names.
    """

    at: datetime | None = None
    equal: bool | None = None
    tie_break: float | None = None
    closed: tuple[AnyPlace, ...] = ()


NOT_HEARD = Heard()


def hear(
    quest: Quest, secrets: Secrets, move: Move, at: datetime, closed: tuple[AnyPlace, ...] = ()
) -> Heard:
    """What the server can say of a move when it hears it."""
    return Heard(at=at, equal=_equal(quest, secrets, move), tie_break=secrets.tie_break, closed=closed)


def _equal(quest: Quest, secrets: Secrets, move: Move) -> bool | None:
    if isinstance(move.body, ScanBody):
        scanned = scanned_code_hash(move.body.code)
        codes = secrets.codes.get(move.stage or "", ())
        return scanned is not None and any(scanned == scanned_code_hash(code) for code in codes)
    stage = quest.stage(move.stage)
    stage = stage and stage.variant(move.variant)
    task = stage and stage.task(move.task)
    accepted = secrets.answers.get(move.stage or "", {}).get(move.task or "")
    if task is None or accepted is None:
        return None
    if isinstance(move.body, AnswerBody) and isinstance(task, Answer):
        given, apart = task.form(move.body.text), task.letters_apart
    elif isinstance(move.body, ChoiceBody) and isinstance(task, Choice):
        given, apart = move.body.option, True
    else:
        return None
    if given is None:
        return False
    given_digest = _digest(given, letters_apart=apart)
    return any(hmac.compare_digest(given_digest, _digest(answer, letters_apart=apart)) for answer in accepted)


def _digest(answer: str, *, letters_apart: bool) -> bytes:
    """Of one length whatever the answer, so that comparing takes the same time."""
    return sha256(normal_form(answer, letters_apart=letters_apart).encode()).digest()
