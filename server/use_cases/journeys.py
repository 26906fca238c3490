"""A journey is put, moves are heard in it, and its player sees where it stands."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from psycopg import Connection, errors

from content.badges import Badge
from quests.judge import judge, unreadable
from quests.moves import (
    MOVE_MAX_BYTES,
    BlockedBody,
    Move,
    Unreadable,
    canonical_json,
    digest,
    read_id,
    read_move,
    to_millisecond,
)
from quests.outcomes import Judged, Outcome
from quests.play import play
from quests.secrets import hear
from quests.views import JourneyView, for_player
from server.stores import journeys, quests, reports
from server.stores.database import Database, Row
from server.stores.journeys import HeardMove, Journey, KeptMove
from server.stores.quests import Version
from server.use_cases.awards import Earned, award
from server.use_cases.cursors import read_cursor, write_cursor
from server.use_cases.players import Caller
from server.use_cases.problem import Problem

MOVES_IN_A_BATCH = 500
MOVES_IN_A_JOURNEY = 2_000
MOVES_OF_A_DEVICE_IN_A_DAY = 5_000
# A pointer or a reason is said to developers; what a broken move puts there must not fill an answer.
SAYABLE_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Put:
    """`created`: the journey is new. What a repetition answers is equal but for this."""

    journey: Journey
    created: bool


@dataclass(frozen=True, slots=True)
class MoveOutcome:
    """What became of one move of a batch.

    `id` is None where the move has none that can be read; then nothing was kept, and `index` tells which
    it was. `first`: for a duplicate, the outcome that stands; the code is that one's. The message for people
    is made at the edge from `code` and `details`; a key or number of `details`, never a player's text.
    """

    index: int
    id: str | None
    outcome: Outcome
    code: str
    details: Mapping[str, str | float | int]
    pointer: str | None = None
    trust: int | None = None
    first: "MoveOutcome | None" = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """One outcome a move, in the order of the batch, and where the journey stands after it.

    `earned`: the badges that this batch brought to the caller.
    """

    outcomes: tuple[MoveOutcome, ...]
    journey: Journey
    view: JourneyView
    earned: tuple[Earned, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """One line of a list of journeys."""

    journey: Journey
    view: JourneyView


@dataclass(frozen=True, slots=True)
class Summaries:
    """`after`: the cursor of what follows, None at the end."""

    journeys: tuple[Summary, ...]
    after: str | None


def put(
    database: Database,
    caller: Caller,
    journey_id: str,
    *,
    quest: str,
    quest_version: str,
    players: Sequence[str],
    started_at: datetime,
    now: datetime,
) -> Put:
    """The caller's journey of that id, made if it is new.

    `quest`: any code of it, or its id. A quest that rests or was withdrawn after its kit was taken along may
    still be begun: the player is out there already.
    Raises Problem: bad-moment, owner-missing, unknown-quest-version, journey-differs, unknown-token.
    """
    try:
        started_at = to_millisecond(started_at)
    except OverflowError:
        raise Problem("bad-moment", pointer="/started_at") from None
    if caller.player not in players:
        raise Problem("owner-missing", pointer="/players")
    with database.transaction() as connection:
        standing = quests.find(connection, quest)
        if standing is None:
            raise Problem("unknown-quest-version", pointer="/quest")
        wanted = Journey(
            owner=caller.player,
            id=journey_id,
            quest_id=standing.id,
            quest_version=quest_version,
            players=tuple(sorted(set(players))),
            started_at=started_at,
        )
        try:
            created = journeys.add(connection, wanted, now)
        except errors.ForeignKeyViolation as error:
            if error.diag.constraint_name == journeys.OF_PLAYER:
                raise Problem("unknown-token") from None  # erased since the token was looked at
            raise Problem("unknown-quest-version", pointer="/quest_version") from None
        if not created and journeys.find(connection, caller.player, journey_id) != wanted:
            raise Problem("journey-differs")
        return Put(wanted, created)


def list_own(
    database: Database,
    caller: Caller,
    languages: Iterable[str],
    *,
    cursor: str | None = None,
    limit: int = 20,
) -> Summaries:
    """The caller's journeys, the one that was begun last first. Raises Problem: bad-cursor."""
    languages = tuple(languages)
    with database.transaction() as connection:
        found = journeys.of_owner(connection, caller.player, _after(cursor), limit + 1)
        shown = tuple(Summary(journey, _view(connection, journey, languages)) for journey in found[:limit])
    last = found[limit - 1] if len(found) > limit else None
    return Summaries(shown, None if last is None else write_cursor(last.started_at.isoformat(), last.id))


def view(database: Database, caller: Caller, journey_id: str, languages: Iterable[str]) -> Summary:
    """Where one journey stands. Raises Problem: unknown-journey."""
    with database.transaction() as connection:
        journey = journeys.find(connection, caller.player, journey_id)
        if journey is None:
            raise Problem("unknown-journey")
        return Summary(journey, _view(connection, journey, languages))


def submit_moves(
    database: Database,
    caller: Caller,
    journey_id: str,
    raw_moves: Sequence[object],
    languages: Iterable[str],
    now: datetime,
    badges: Sequence[Badge] = (),
) -> Submitted:
    """Hears a batch: judges each move alone, keeps each once, folds them all, and gives the badges they earn.

    `raw_moves` as `quests.moves.decode_json` gave them. What is wrong with one move is that move's outcome.
    Raises Problem, and then has kept nothing: unknown-journey, journey-full, device-tired.
    """
    now = to_millisecond(now)
    arrived = [_arrived(index, raw, caller.player) for index, raw in enumerate(raw_moves)]
    ids = {move.id for move in arrived if move.id is not None}
    with database.transaction() as connection:
        journey = journeys.find_locked(connection, caller.player, journey_id)
        if journey is None:
            raise Problem("unknown-journey")
        version = _version(connection, journey)
        standing = journeys.kept_moves(connection, caller.player, ids)
        heard = {
            move.id: _heard(move, version, now)
            for move in reversed(arrived)  # of two with one id the first stands
            if move.id is not None and move.kept and move.id not in standing
        }
        if heard:
            _refuse_too_many(connection, caller, journey, len(heard), now)
            added = journeys.add_moves(connection, journey, caller.device, list(heard.values()), now)
            standing |= journeys.kept_moves(connection, caller.player, heard.keys())
            news = [heard[move_id] for move_id in sorted(added)]
            _report(connection, journey, news, now)
            earned = award(connection, badges, _who_did(news), now).get(caller.player, ())
        else:
            added, earned = set(), ()
        outcomes = _outcomes(arrived, standing, added, journey.id, now)
        return Submitted(outcomes, journey, _view(connection, journey, languages, version), earned)


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A move of the batch before anything is known of it. `kept`: it can be, having an id and a digest."""

    index: int
    id: str | None
    move: Move | Unreadable
    digest: bytes = b""
    raw: bytes = b""

    @property
    def kept(self) -> bool:
        return self.id is not None and self.digest != b""


def _arrived(index: int, raw: object, owner: str) -> _Arrived:
    move_id = read_id(raw)
    try:
        move = read_move(raw)
        mark = digest(raw)
        text = canonical_json(raw) if isinstance(move, Unreadable) else b""
    except RecursionError:
        return _Arrived(index, move_id, Unreadable("unreadable", "", "nested too deep"))
    if isinstance(move, Move) and owner not in move.by:
        move = Unreadable("unreadable", "/by", "the journey's owner must be among the players")
        text = canonical_json(raw)
    if isinstance(move, Unreadable):
        move = Unreadable(move.code, _sayable(move.pointer), _sayable(move.reason))
    return _Arrived(index, move_id, move, mark, text[:MOVE_MAX_BYTES])


def _sayable(text: str) -> str:
    """What UTF-8 and a database can hold, and not too much of it."""
    return text[:SAYABLE_CHARACTERS].replace("\0", "\ufffd").encode(errors="replace").decode()


def _heard(arrived: _Arrived, version: Version, now: datetime) -> HeardMove:
    if isinstance(arrived.move, Unreadable):
        judged = unreadable(arrived.id or "", arrived.move, now)
        return HeardMove(arrived.id or "", arrived.digest, judged, move=None, raw=arrived.raw)
    judged = judge(version.quest, arrived.move, hear(version.quest, version.secrets, arrived.move, now))
    return HeardMove(arrived.move.id, arrived.digest, judged, move=arrived.move, raw=None)


def _refuse_too_many(
    connection: Connection[Row], caller: Caller, journey: Journey, more: int, now: datetime
) -> None:
    kept = journeys.count_moves(connection, journey)
    if kept + more > MOVES_IN_A_JOURNEY:
        left = MOVES_IN_A_JOURNEY - kept
        raise Problem("journey-full", retry_after_s=86_400, most=MOVES_IN_A_JOURNEY, left=left)
    journeys.lock_device(connection, caller.player, caller.device)
    today, day_ends_in_s = journeys.heard_today(connection, caller.player, caller.device, now)
    if today + more > MOVES_OF_A_DEVICE_IN_A_DAY:
        left = MOVES_OF_A_DEVICE_IN_A_DAY - today
        raise Problem("device-tired", retry_after_s=day_ends_in_s, most=MOVES_OF_A_DEVICE_IN_A_DAY, left=left)


def _report(connection: Connection[Row], journey: Journey, added: Sequence[HeardMove], now: datetime) -> None:
    """Tells the stewards of stages that could not be done, without saying who it was."""
    for heard in added:
        move = heard.move
        if (
            move is None
            or not isinstance(move.body, BlockedBody)
            or heard.judged.outcome is not Outcome.ACCEPTED
        ):
            continue
        report = reports.StageReport(
            quest_id=journey.quest_id,
            quest_version=journey.quest_version,
            stage=move.stage or "",
            reason=move.body.reason,
            note=move.body.note,
            day=now.date(),
        )
        reports.add(connection, report)


def _who_did(news: Sequence[HeardMove]) -> set[str]:
    """Everybody who took part in a move that was accepted just now."""
    return {
        player
        for heard in news
        if heard.move is not None and heard.judged.outcome is Outcome.ACCEPTED
        for player in heard.move.by
    }


def _outcomes(
    arrived: Sequence[_Arrived],
    standing: Mapping[str, KeptMove],
    added: set[str],
    journey_id: str,
    now: datetime,
) -> tuple[MoveOutcome, ...]:
    told: set[str] = set()
    outcomes = []
    for one in arrived:
        kept = standing.get(one.id or "")
        if one.id is None or kept is None:
            broken = one.move if isinstance(one.move, Unreadable) else Unreadable("unreadable", "/id", "")
            outcomes.append(replace(_outcome(one.index, unreadable("", broken, now)), id=one.id))
        elif one.id in added and one.id not in told:
            outcomes.append(_outcome(one.index, kept.judged))
        elif one.digest == kept.digest and kept.journey == journey_id:
            first = _outcome(one.index, kept.judged)
            outcomes.append(replace(first, outcome=Outcome.DUPLICATE, first=first))
        else:
            outcomes.append(MoveOutcome(one.index, one.id, Outcome.REFUSED, "id-reused", {}))
        told.add(one.id or "")
    return tuple(outcomes)


def _outcome(index: int, judged: Judged) -> MoveOutcome:
    details = dict(judged.details)
    pointer = details.pop("pointer", None) if judged.outcome is Outcome.UNREADABLE else None
    return MoveOutcome(
        index=index,
        id=judged.move,
        outcome=judged.outcome,
        code=judged.code,
        details=details,
        pointer=None if pointer is None else str(pointer),
        trust=judged.trust if judged.outcome is Outcome.ACCEPTED else None,
    )


def _view(
    connection: Connection[Row], journey: Journey, languages: Iterable[str], version: Version | None = None
) -> JourneyView:
    version = version or _version(connection, journey)
    judged = journeys.judged(connection, journey.owner, journey.id)
    return for_player(version.quest, play(version.quest, judged), languages)


def _version(connection: Connection[Row], journey: Journey) -> Version:
    found = quests.version(connection, journey.quest_id, journey.quest_version)
    if found is None:
        raise LookupError(journey.quest_version)  # a foreign key says that it is there
    return found


def _after(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    at, journey_id = read_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(at), str(uuid.UUID(journey_id))
    except ValueError:
        raise Problem("bad-cursor") from None
