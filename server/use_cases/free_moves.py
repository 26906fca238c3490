"""What somebody says of a place outside of any quest: one tap, anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import errors

from content.badges import Badge
from quests.judge import judge_free, unreadable
from quests.moves import FreeMove, Unreadable, read_free_move, to_millisecond
from quests.secrets import Heard
from server.stores import journeys
from server.stores.database import Database
from server.stores.journeys import HeardMove
from server.use_cases.awards import Earned, News, award
from server.use_cases.hearing import Arrived, MoveOutcome, arrived, outcomes, refuse_too_many, who_is_named
from server.use_cases.players import Caller
from server.use_cases.problem import Problem


@dataclass(frozen=True, slots=True)
class Submitted:
    """One outcome a move, in the order of the batch. `earned`: the badges that this batch brought to the caller."""

    outcomes: tuple[MoveOutcome, ...]
    earned: tuple[Earned, ...] = ()


def submit(
    database: Database,
    caller: Caller,
    raw_moves: Sequence[object],
    now: datetime,
    badges: Sequence[Badge] = (),
) -> Submitted:
    """Hears a batch; each move is kept once, and is its player's alone.

    `raw_moves` as `quests.moves.decode_json` gave them. Raises Problem, and then has kept nothing: device-tired,
    unknown-token.
    """
    now = to_millisecond(now)
    batch = [arrived(index, raw, caller.player, read_free_move) for index, raw in enumerate(raw_moves)]
    ids = {move.id for move in batch if move.id is not None}
    with database.transaction() as connection:
        journeys.hold_owner(connection, caller.player)
        standing = journeys.kept_moves(connection, caller.player, ids)
        heard = {
            move.id: _heard(move, now)
            for move in reversed(batch)  # of two with one id the first stands
            if move.id is not None and move.kept and move.id not in standing
        }
        added: set[str] = set()
        earned: tuple[Earned, ...] = ()
        if heard:
            refuse_too_many(connection, caller, len(heard), now)
            try:
                added = journeys.add_moves(
                    connection, caller.player, None, caller.device, list(heard.values()), now
                )
            except errors.ForeignKeyViolation:
                raise Problem("unknown-token") from None  # erased since the token was looked at
            standing |= journeys.kept_moves(connection, caller.player, heard.keys())
            news = [heard[move_id] for move_id in sorted(added)]
            brought = News(None, added)
            if who_is_named(news):
                earned = award(connection, badges, caller.player, now, news=brought)
        return Submitted(outcomes(batch, standing, added, None, now), earned)


def _heard(one: Arrived[FreeMove], now: datetime) -> HeardMove:
    if isinstance(one.move, Unreadable):
        return HeardMove(one.id or "", one.digest, unreadable(one.id or "", one.move, now), None, one.raw)
    return HeardMove(one.move.id, one.digest, judge_free(one.move, Heard(at=now)), one.move, None)
