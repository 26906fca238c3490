"""Badges are given when they are earned, and never taken away: what is stored holds all that would be worked out."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
from psycopg import Connection

from content.badges import Badge
from quests.badges import Rule
from quests.deeds import Deed, deeds_of, deeds_outside
from quests.region import SWEDEN
from server.stores import awards, quests, shown
from server.stores.database import Database, Row
from server.use_cases.players import Caller

PLAYERS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Earned:
    """A badge that somebody has, and since when."""

    badge: Badge
    awarded_on: date


@dataclass(frozen=True, slots=True)
class Backfilled:
    players: int
    awards: int


@dataclass(frozen=True, slots=True)
class News:
    """The player's own moves that a batch brought: their journey (None: outside of any) and their ids."""

    journey: str | None
    moves: Collection[str]


def award(
    connection: Connection[Row],
    badges: Sequence[Badge],
    player_id: str,
    now: datetime,
    named: Collection[str] = frozenset(),
    news: News | None = None,
) -> tuple[Earned, ...]:
    """Gives the player what they have earned by now; what was new.

    `named`: whom the player's new moves name. Who among them has named the player too is given what that brings; all
    others have nothing to do with it. Within the transaction that heard the moves. Of two at once the second waits
    and sees what the first heard.

    With `news` only what these moves can have earned: all that came before has been looked through, so that a badge
    to whose rule they tell nothing new needs no look at the other journeys. Where they name others it is all looked at.
    """
    if not badges:
        return ()
    others = set(named) - {player_id}
    there = awards.lock(connection, {player_id, *others})
    day = now.astimezone(SWEDEN).date()
    if others:
        for other in sorted(awards.who_named(connection, player_id, others) & set(there)):
            _give(connection, badges, other, day)
        news = None
    return _give(connection, badges, player_id, day, news) if player_id in there else ()


def _give(
    connection: Connection[Row],
    badges: Sequence[Badge],
    player_id: str,
    day: date,
    news: News | None = None,
) -> tuple[Earned, ...]:
    has = awards.keys(connection, player_id)
    wanted = [badge for badge in badges if badge.key not in has]
    if wanted and news is not None:
        before, after = _deeds_before_and_after(connection, player_id, news)
        wanted = [badge for badge in wanted if _tells_more(badge.sheet.rule, before, after - before)]
    if not wanted:
        return ()
    deeds = deeds_of_player(connection, player_id)
    earned = tuple(Earned(badge, day) for badge in wanted if badge.sheet.rule.holds(deeds))
    if earned:
        awards.add(connection, player_id, [one.badge.key for one in earned], day)
    return earned


def _tells_more(rule: Rule, before: Iterable[Deed], new: Collection[Deed]) -> bool:
    if not new:
        return False
    told = {one for deed in before for one in rule.tells(deed)}
    return any(not rule.tells(deed) <= told for deed in new)


def _deeds_before_and_after(
    connection: Connection[Row], player_id: str, news: News
) -> tuple[frozenset[Deed], frozenset[Deed]]:
    """Of the journey alone, without these moves and with them. Costs what that journey costs."""
    if news.journey is None:
        told, new = awards.told_outside(connection, player_id, news.moves)
        return deeds_outside(told), deeds_outside([*told, *new])
    journey = awards.played_in(connection, player_id, news.journey, news.moves)
    if journey is None:
        return frozenset(), frozenset()
    quest = quests.played(connection, {journey.quest})[journey.quest]
    return (
        deeds_of(quest, journey.told, journey.municipalities, journey.words),
        deeds_of(quest, [*journey.told, *journey.news], journey.municipalities, journey.words),
    )


def deeds_of_player(connection: Connection[Row], player_id: str) -> frozenset[Deed]:
    """Everything that the player has done, in all journeys and outside of them."""
    journeys = awards.played_by(connection, player_id)
    played = quests.played(connection, {journey.quest for journey in journeys})
    found = set(deeds_outside(awards.told_outside(connection, player_id)[0]))
    for journey in journeys:
        found |= deeds_of(played[journey.quest], journey.told, journey.municipalities, journey.words)
    return frozenset(found)


def list_own(database: Database, badges: Sequence[Badge], caller: Caller) -> tuple[Earned, ...]:
    """The caller's badges, the newest first."""
    by_key = {badge.key: badge for badge in badges}
    return tuple(
        Earned(by_key[one.badge], one.awarded_on)
        for one in awards.of_player(database, caller.player)
        if one.badge in by_key
    )


def gallery(database: Database, badges: Sequence[Badge]) -> tuple[Badge, ...]:
    """The badges that can be earned as things are: every quest that one needs can be played."""
    needed = {quest for badge in badges for quest in badge.needs_quests}
    there = shown.quests_there(database, needed) if needed else set()
    return tuple(badge for badge in badges if badge.needs_quests <= there)


def backfill(database: Database, badges: Sequence[Badge], now: datetime) -> Backfilled:
    """Gives everybody what they have earned, player by player, so that nobody who plays waits for it."""
    players = given = 0
    last: str | None = None
    while ids := awards.players_after(database, last, PLAYERS_AT_ONCE):
        for player in ids:
            with database.transaction() as connection:
                given += len(award(connection, badges, player, now))
        players += len(ids)
        last = ids[-1]
    with database.transaction() as connection:
        awards.set_looked_through(connection, {badge.key: rule_sha256(badge) for badge in badges})
    return Backfilled(players, given)


def backfill_what_is_new(database: Database, badges: Sequence[Badge], now: datetime) -> Backfilled | None:
    """The same for badges whose rule nobody's deeds were looked through for; None where there are none."""
    done = awards.looked_through(database)
    new = [badge for badge in badges if done.get(badge.key) != rule_sha256(badge)]
    return backfill(database, new, now) if new else None


def rule_sha256(badge: Badge) -> str:
    return hashlib.sha256(msgspec.json.encode(badge.sheet.rule)).hexdigest()
