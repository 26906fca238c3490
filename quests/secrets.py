"""What neither a public page nor a kit may hold, and the full comparison the server makes with it."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any

import msgspec

from quests.answers import normal_form
from quests.codes import ROTATING_SECRET_PATTERN, scanned_code_hash
from quests.model import AnyPlace, Quest
from quests.moves import Move
from quests.tasks import Checked
from quests.tasks.scan import ScanBody


class Secrets(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret half of a quest version.

    `answers[stage][task]`: the accepted answers in plain words (option keys for a choice).
    `codes[stage]`: every printed code of the stage, in any version, as text. `hosts[stage][task]`: what a host's
    code of the day is made from. `tie_break`: the true number.
    """

    answers: dict[str, dict[str, tuple[str, ...]]] = {}
    codes: dict[str, tuple[Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{22}$")], ...]] = {}
    hosts: dict[str, dict[str, Annotated[str, msgspec.Meta(pattern=ROTATING_SECRET_PATTERN)]]] = {}
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
    body = move.body
    if not isinstance(task, Checked) or not isinstance(body, task.Body):
        return None
    at = (move.stage or "", move.task or "")
    host = secrets.hosts.get(at[0], {}).get(at[1])
    accepted = secrets.answers.get(at[0], {}).get(at[1])
    if accepted is None and host is None:
        return None
    said: Any = body
    given = task.given(said)
    if given is None:
        return False
    given_digest = _digest(given, task.folds)
    listed = any(hmac.compare_digest(given_digest, _digest(answer, task.folds)) for answer in accepted or ())
    return listed or (host is not None and task.equal_beyond_lists(said, host, move.made_at))


def _digest(answer: str, folds: Mapping[str, bool]) -> bytes:
    """Of one length whatever the answer, so that comparing takes the same time."""
    return sha256(normal_form(answer, **folds).encode()).digest()
