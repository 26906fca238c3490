"""A journey is put, moves are heard in it, and its player sees where it stands."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from psycopg import Connection, errors

from content.badges import Badge
from quests.closures import Closure, closed_to, has_place
from quests.judge import judge, unreadable
from quests.model import Quest
from quests.moves import (
    BlockedBody,
    Move,
    Unreadable,
    read_move,
    to_millisecond,
)
from quests.outcomes import Outcome
from quests.play import play
from quests.secrets import hear
from quests.views import JourneyView, for_player
from server.stores import closures, erasures, journeys, quests
from server.stores.database import Database, Row
from server.stores.journeys import HeardMove, Journey
from server.stores.quests import Version
from server.use_cases import stages
from server.use_cases.awards import Earned, News, award
from server.use_cases.cursors import read_cursor, write_cursor
from server.use_cases.hearing import Arrived, MoveOutcome, arrived, outcomes, refuse_too_many, who_is_named
from server.use_cases.players import Caller
from server.use_cases.problem import Problem

MOVES_IN_A_JOURNEY = 2_000


@dataclass(frozen=True, slots=True)
class Put:
    """`created`: the journey is new. What a repetition answers is equal but for this."""

    journey: Journey
    created: bool


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
        shown = tuple(
            Summary(journey, _view(connection, journey, languages))
            for journey in _without_leaving(connection, found[:limit])
        )
    last = found[limit - 1] if len(found) > limit else None
    return Summaries(shown, None if last is None else write_cursor(last.started_at.isoformat(), last.id))


def view(database: Database, caller: Caller, journey_id: str, languages: Iterable[str]) -> Summary:
    """Where one journey stands. Raises Problem: unknown-journey."""
    with database.transaction() as connection:
        journey = journeys.find(connection, caller.player, journey_id)
        if journey is None:
            raise Problem("unknown-journey")
        (journey,) = _without_leaving(connection, [journey])
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
    now, languages = to_millisecond(now), tuple(languages)
    batch = [arrived(index, raw, caller.player, read_move) for index, raw in enumerate(raw_moves)]
    ids = {move.id for move in batch if move.id is not None}
    with database.transaction() as connection:
        journeys.hold_owner(connection, caller.player)
        journey = journeys.find_locked(connection, caller.player, journey_id)
        if journey is None:
            raise Problem("unknown-journey")
        version = _version(connection, journey)
        standing = journeys.kept_moves(connection, caller.player, ids)
        closed = _closures_around(connection, batch, standing)
        heard = {
            move.id: _heard(move, version, now, _told(connection, version.quest, move.move, closed))
            for move in reversed(batch)  # of two with one id the first stands
            if move.id is not None and move.kept and move.id not in standing
        }
        if heard:
            _refuse_too_many(connection, caller, journey, len(heard), now)
            added = journeys.add_moves(
                connection, journey.owner, journey.id, caller.device, list(heard.values()), now
            )
            standing |= journeys.kept_moves(connection, caller.player, heard.keys())
            news = [heard[move_id] for move_id in sorted(added)]
            _report(connection, journey, news, languages[:1], now)
            named = who_is_named(news)
            brought = News(journey.id, added)
            earned = award(connection, badges, caller.player, now, named, brought) if named else ()
        else:
            added, earned = set(), ()
        told = outcomes(batch, standing, added, journey.id, now)
        return Submitted(told, journey, _view(connection, journey, languages, version), earned)


def _closures_around(
    connection: Connection[Row], batch: Sequence[Arrived[Move]], standing: Collection[str]
) -> tuple[Closure, ...]:
    """What may have been closed where the new moves were made, in all its revisions."""
    moves = [
        one.move
        for one in batch
        if isinstance(one.move, Move)
        and one.move.closures_revision is not None
        and one.kept
        and one.id not in standing
    ]
    places = {fix.position for move in moves for fix in move.fixes}
    return closures.around(connection, places) if places else ()


def _told(
    connection: Connection[Row], quest: Quest, move: Move | Unreadable, closed: tuple[Closure, ...]
) -> tuple[Closure, ...]:
    """Those that its phone could know: at a stage without a place it has the public list, and no kit's."""
    if not closed or isinstance(move, Unreadable) or has_place(quest, move.stage):
        return closed
    of_kits = closures.unlisted(connection, {one.id for one in closed})
    return tuple(one for one in closed if one.id not in of_kits)


def _heard(one: Arrived[Move], version: Version, now: datetime, closed: tuple[Closure, ...]) -> HeardMove:
    if isinstance(one.move, Unreadable):
        judged = unreadable(one.id or "", one.move, now)
        return HeardMove(one.id or "", one.digest, judged, move=None, raw=one.raw)
    ground = closed_to(version.quest, one.move, closed)
    judged = judge(version.quest, one.move, hear(version.quest, version.secrets, one.move, now, ground))
    return HeardMove(one.move.id, one.digest, judged, move=one.move, raw=None)


def _refuse_too_many(
    connection: Connection[Row], caller: Caller, journey: Journey, more: int, now: datetime
) -> None:
    kept = journeys.count_moves(connection, journey)
    if kept + more > MOVES_IN_A_JOURNEY:
        left = MOVES_IN_A_JOURNEY - kept
        raise Problem("journey-full", retry_after_s=86_400, most=MOVES_IN_A_JOURNEY, left=left)
    refuse_too_many(connection, caller, more, now)


def _report(
    connection: Connection[Row],
    journey: Journey,
    added: Sequence[HeardMove],
    languages: tuple[str, ...],
    now: datetime,
) -> None:
    """Tells the stewards of stages that could not be done, without saying who it was."""
    told = [
        stages.Told(heard.id, move.stage, move.body.reason, move.body.note.strip(), move.made_at)
        for heard in added
        if isinstance(move := heard.move, Move)
        and isinstance(move.body, BlockedBody)
        and move.stage is not None
        and heard.judged.outcome is Outcome.ACCEPTED
    ]
    if told:
        language = next(iter(languages), None)
        stages.hear(connection, journey.owner, journey.quest_id, journey.quest_version, told, language, now)


def _view(
    connection: Connection[Row], journey: Journey, languages: Iterable[str], version: Version | None = None
) -> JourneyView:
    version = version or _version(connection, journey)
    judged = journeys.judged(connection, journey.owner, journey.id)
    return for_player(version.quest, play(version.quest, judged), languages)


def _without_leaving(connection: Connection[Row], found: Sequence[Journey]) -> list[Journey]:
    """As they are seen: whoever asked to be erased is named to nobody."""
    leaving = erasures.among(connection, {player for journey in found for player in journey.players})
    return [
        replace(journey, players=tuple(player for player in journey.players if player not in leaving))
        for journey in found
    ]


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
