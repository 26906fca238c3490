"""Badges over a real database: given when earned, once, to everybody who took part, and never taken away."""

import json
import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from psycopg import Connection, errors

from content.badges import Badge
from quests.badges.count import Count
from quests.badges.distinct import Distinct
from quests.badges.where import Where
from quests.badges.within import Within
from quests.deeds import Deed, Told, deeds_of
from quests.outcomes import Judged
from server.cli import main
from server.stores import awards as stored
from server.stores import quests, tombstones
from server.stores.database import Database, Row
from server.stores.players import Player
from server.stores.tombstones import Tombstone
from server.use_cases import awards, erase, free_moves, players, publish
from server.use_cases.players import Caller
from server.wiring import open_badges
from tests.factories import (
    NOON,
    PhoneFactory,
    Started,
    new_id,
    published,
    registered,
    started,
)

BERG = Path(__file__).parents[2] / "seed_data/municipalities.geojson"
DAY = date(2026, 6, 20)


def badge(key: str, rule: Any) -> Badge:
    sheet = open_badges()[0].sheet
    return Badge(key, msgspec.structs.replace(sheet, rule=rule))


FIRST = badge("first", Where(kind=("stage",), then=Count(least=1)))
TWO_QUESTS = badge("two-quests", Where(kind=("stage",), then=Distinct(of="quest", least=2)))
TOGETHER = badge("together", Where(players=("several",), then=Count(least=1)))
FELT = badge("felt", Where(task_kind=("feel",), then=Count(least=1)))
HERE = badge("here", Where(municipality=("2380",), then=Count(least=1)))
BADGES = (FIRST, TWO_QUESTS, TOGETHER, FELT, HERE)


def has(database: Database, player: str) -> dict[str, date]:
    return {one.badge: one.awarded_on for one in stored.of_player(database, player)}


def deeds(database: Database, player: str) -> frozenset[Deed]:
    with database.transaction() as connection:
        return awards.deeds_of_player(connection, player)


def new_keys(found: Any) -> list[str]:
    return [one.badge.key for one in found.earned]


@pytest.fixture
def walk(opened: Database) -> Started:
    return started(opened)


class TestGiving:
    def test_a_badge_is_given_with_the_move_that_earns_it_and_told_once(self, walk: Started) -> None:
        move = walk.move()
        first = walk.submit(move, badges=BADGES)
        again = walk.submit(move, badges=BADGES)
        more = walk.submit(walk.move(), badges=BADGES)

        assert new_keys(first) == ["first"]
        assert new_keys(again) == new_keys(more) == []
        assert has(walk.database, walk.caller.player) == {"first": DAY}

    def test_what_was_missed_or_could_not_be_read_gives_nothing(self, walk: Started) -> None:
        found = walk.submit(
            walk.answer("fel"), {"id": new_id(), "v": 9}, walk.move(stage="none"), badges=BADGES
        )

        assert new_keys(found) == []
        assert has(walk.database, walk.caller.player) == {}

    def test_the_day_is_that_of_the_region_and_the_first_stands(self, walk: Started) -> None:
        late = datetime(2026, 6, 20, 22, 30, tzinfo=UTC)  # half past midnight there
        walk.submit(walk.move(), badges=BADGES, now=late)
        with walk.database.transaction() as connection:
            stored.add(connection, walk.caller.player, ["first"], date(2030, 1, 1))

        assert has(walk.database, walk.caller.player) == {"first": date(2026, 6, 21)}

    def test_deeds_are_gathered_over_journeys_and_versions(self, walk: Started) -> None:
        other = started(walk.database, published(walk.database), walk.caller)
        same_again = started(walk.database, walk.quest, walk.caller)

        assert new_keys(walk.submit(walk.move(), badges=BADGES)) == ["first"]
        assert new_keys(same_again.submit(same_again.move(), badges=BADGES)) == []
        assert new_keys(other.submit(other.move(), badges=BADGES)) == ["two-quests"]

    def test_what_is_said_outside_of_journeys_counts(self, opened: Database) -> None:
        caller = registered(opened)
        move = {
            "v": 1, "id": new_id(), "by": [caller.player], "device": caller.device, "made_at": NOON.isoformat(),
            "body": {"kind": "feel", "feeling": "welcome", "strength": 4}, "fixes": [],
        }  # fmt: skip

        found = free_moves.submit(opened, caller, [move], NOON, BADGES)

        assert new_keys(found) == ["felt"]
        assert {one.task_kind for one in deeds(opened, caller.player)} == {"feel"}

    def test_a_rule_that_changed_takes_nothing_back(self, walk: Started) -> None:
        walk.submit(walk.move(), badges=BADGES)
        harder = badge("first", Count(least=20))

        walk.submit(walk.move(), badges=(harder,))
        awards.backfill(walk.database, (harder,), NOON)

        assert has(walk.database, walk.caller.player) == {"first": DAY}

    def test_stored_awards_hold_all_that_would_be_worked_out(self, walk: Started) -> None:
        friend = registered(walk.database)
        walks = [walk, started(walk.database, None, walk.caller), started(walk.database, None, friend)]
        for one in walks:
            one.submit(one.move(), one.answer("storsjöodjuret"), one.move(stage="end"), badges=BADGES)
            for player in (walk.caller.player, friend.player):
                done = deeds(walk.database, player)
                worked_out = {badge.key for badge in BADGES if badge.sheet.rule.holds(done)}
                assert worked_out <= set(has(walk.database, player))

    def test_a_badge_is_listed_newest_first_and_one_whose_file_is_gone_is_left_out(
        self, walk: Started
    ) -> None:
        walk.submit(walk.move(), badges=(FIRST,))
        other = started(walk.database, None, walk.caller)
        other.submit(other.move(), badges=BADGES, now=NOON + timedelta(days=2))

        own = awards.list_own(walk.database, BADGES, walk.caller)
        fewer = awards.list_own(walk.database, (FIRST,), walk.caller)

        assert [one.badge.key for one in own] == ["two-quests", "first"]
        assert [one.badge.key for one in fewer] == ["first"]


class TestNews:
    """A batch looks at its own journey, and at all others only where it told a rule something new."""

    IN_A_WEEK = badge("in-a-week", Within(days=7, then=Where(kind=("stage",), then=Count(least=4))))
    SAME_QUEST = badge("same-quest", Distinct(of="light", same="quest", least=2))
    FEW = (*BADGES, IN_A_WEEK, SAME_QUEST)

    @pytest.mark.parametrize("seed", range(8))
    def test_what_batches_earn_is_what_everything_worked_out_anew_would_give(
        self, opened: Database, seed: int
    ) -> None:
        publish.load_municipalities(opened, json.loads(BERG.read_bytes())["features"], "one")
        chance = random.Random(seed)
        badges = (*self.FEW, *open_badges())
        me, friend = registered(opened), registered(opened)
        trails = [published(opened) for _ in range(3)]
        walks = [
            started(opened, trail, caller, (other.player,))
            for trail in trails
            for caller, other in ((me, friend), (friend, me))
        ]
        for _ in range(24):
            if chance.random() < 0.2:
                caller = chance.choice((me, friend))
                free_moves.submit(opened, caller, [self.felt(caller, chance)], NOON, badges)
            else:
                walk = chance.choice(walks)
                batch = [self.some_move(walk, chance) for _ in range(chance.randint(1, 3))]
                walk.submit(*batch, badges=badges)
            for player in (me.player, friend.player):
                done = deeds(opened, player)
                assert set(has(opened, player)) == {one.key for one in badges if one.sheet.rule.holds(done)}

    def some_move(self, walk: Started, chance: random.Random) -> dict[str, Any]:
        both = chance.random() < 0.3
        others = [one for one in self.players_of(walk) if one != walk.caller.player] if both else []
        made_at = (NOON - timedelta(days=chance.randint(0, 25), hours=chance.randint(0, 23))).isoformat()
        by = sorted([walk.caller.player, *others])
        if chance.random() < 0.4:
            return walk.answer(chance.choice(("storsjöodjuret", "fel")), made_at=made_at, by=by, fixes=[])
        stage = chance.choice(("start", "end"))
        body = {"kind": "arrive", "here": True}
        return walk.move(stage=stage, body=body, made_at=made_at, by=by, fixes=[])

    def players_of(self, walk: Started) -> list[str]:
        ((players,),) = walk.database.private.read(
            "SELECT players::text[] FROM game.journeys WHERE id = %(id)s", {"id": walk.journey}
        )
        return list(players)

    def felt(self, caller: Caller, chance: random.Random) -> dict[str, Any]:
        return {
            "v": 1, "id": new_id(), "by": [caller.player], "device": caller.device,
            "made_at": (NOON - timedelta(days=chance.randint(0, 3))).isoformat(),
            "body": {"kind": "feel", "feeling": "welcome", "strength": 4}, "fixes": [],
        }  # fmt: skip

    def test_who_tells_nothing_new_makes_nobody_look_at_other_journeys(
        self, walk: Started, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked: list[str] = []
        really = stored.played_by

        def watched(connection: Connection[Row], player: str) -> list[stored.PlayedJourney]:
            looked.append(player)
            return really(connection, player)

        monkeypatch.setattr(stored, "played_by", watched)
        never = badge("never", Count(least=20))
        hour = timedelta(hours=1)

        walk.submit(walk.move(), badges=(never,))
        walk.submit(
            walk.move(made_at=(NOON - hour).isoformat(), body={"kind": "arrive", "here": True}, fixes=[]),
            badges=(never,),
        )
        assert len(looked) == 1

        walk.submit(walk.answer("storsjöodjuret"), badges=(never,))
        assert len(looked) == 2

    def test_borders_that_are_loaded_have_everybody_looked_through_again(self, opened: Database) -> None:
        walk = started(opened)
        walk.submit(walk.move(), badges=(HERE,))
        awards.backfill_what_is_new(opened, (HERE,), NOON)

        publish.load_municipalities(opened, json.loads(BERG.read_bytes())["features"], "one")
        again = awards.backfill_what_is_new(opened, (HERE,), NOON)

        assert again == awards.Backfilled(1, 1)


class TestDeeds:
    def test_the_database_gathers_what_the_engine_would(self, walk: Started) -> None:
        moves = [
            walk.move(made_at=(NOON - timedelta(minutes=n * 25)).isoformat(), fixes=[]) for n in range(9)
        ]
        late = [walk.move(made_at=(NOON - timedelta(days=40)).isoformat(), fixes=[])]
        hand_on = [
            walk.move(made_at=one["made_at"], body={"kind": "arrive", "here": True}) for one in moves + late
        ]
        walk.submit(*moves, *late, *hand_on, walk.answer("storsjöodjuret"), walk.answer("fel"))
        rows = walk.database.private.read("SELECT judged::text FROM game.moves")
        told = [Told(judged=msgspec.json.decode(row[0], type=Judged)) for row in rows]

        found = deeds(walk.database, walk.caller.player)

        assert found == deeds_of(walk.quest, told)
        assert {one.on_time for one in found} == {True, False}
        assert len(found) > 5

    def test_a_move_is_kept_in_utc_so_that_its_hour_can_be_read(self, walk: Started) -> None:
        walk.submit(walk.move(made_at="2026-06-20T12:00:01.5+02:00", fixes=[]))

        ((made_at,),) = walk.database.private.read("SELECT judged ->> 'made_at' FROM game.moves")

        assert made_at.startswith("2026-06-20T10:00:01.5")
        assert made_at.endswith("Z")

    def test_many_moves_of_one_hour_are_read_as_one(self, walk: Started) -> None:
        walk.submit(*(walk.move() for _ in range(200)))

        with walk.database.transaction() as connection:
            (journey,) = stored.played_by(connection, walk.caller.player)

        assert len(journey.told) == 1


#: Nobody's fixes: the stage is 800 m away from those of other moves.
AT_THE_END: dict[str, Any] = {"stage": "end", "body": {"kind": "arrive", "here": True}, "fixes": []}


class TestCompany:
    """Two phones that say so of each other; nobody else can say it for them."""

    @pytest.fixture
    def pair(self, opened: Database) -> tuple[Started, Started]:
        """Two players, each with a journey of their own through one quest."""
        anna, bo = registered(opened), registered(opened)
        first = started(opened, caller=anna, others=(bo.player,))
        return first, started(opened, first.quest, bo, others=(anna.player,))

    def with_(self, walk: Started, *others: str, **fields: Any) -> dict[str, Any]:
        return walk.move(by=[walk.caller.player, *others], **fields)

    @pytest.mark.parametrize("turned", [False, True])
    def test_it_counts_for_both_when_the_second_is_heard_whoever_that_is(
        self, opened: Database, pair: tuple[Started, Started], *, turned: bool
    ) -> None:
        one, other = reversed(pair) if turned else pair

        first = one.submit(self.with_(one, other.caller.player), badges=BADGES)
        late = NOON + timedelta(days=3)
        second = other.submit(self.with_(other, one.caller.player), badges=BADGES, now=late)

        assert new_keys(first) == ["first"]
        assert new_keys(second) == ["first", "together"]
        assert has(opened, one.caller.player) == {"first": DAY, "together": date(2026, 6, 23)}
        assert set(has(opened, other.caller.player)) == {"first", "together"}

    def test_whoever_invents_ids_earns_no_company_and_loses_nothing(self, opened: Database) -> None:
        walk = started(opened)
        moves = [self.with_(walk, *(new_id() for _ in range(29))) for _ in range(20)]

        found = walk.submit(*moves, walk.answer("storsjöodjuret"), walk.move(**AT_THE_END), badges=BADGES)

        assert {one.outcome.value for one in found.outcomes} == {"accepted"}
        assert new_keys(found) == ["first"]
        assert {one.players for one in deeds(opened, walk.caller.player)} == {None}

    def test_naming_somebody_puts_nothing_on_their_account(self, opened: Database) -> None:
        victim, walk = registered(opened), started(opened)
        walk.submit(self.with_(walk, victim.player), badges=BADGES)
        free = {
            "v": 1, "id": new_id(), "by": [walk.caller.player, victim.player], "device": walk.caller.device,
            "made_at": NOON.isoformat(), "body": {"kind": "feel", "feeling": "welcome", "strength": 4},
        }  # fmt: skip
        free_moves.submit(opened, walk.caller, [free], NOON, BADGES)
        awards.backfill(opened, BADGES, NOON)

        assert deeds(opened, victim.player) == frozenset()
        assert has(opened, victim.player) == {}
        assert set(has(opened, walk.caller.player)) == {"first", "felt"}

    def test_somebody_who_did_the_same_and_named_nobody_is_no_company(
        self, opened: Database, pair: tuple[Started, Started]
    ) -> None:
        stalker, other = pair
        other.submit(other.move(), badges=BADGES)

        stalker.submit(self.with_(stalker, other.caller.player), badges=BADGES)
        other.submit(self.with_(other, new_id()), badges=BADGES)

        assert set(has(opened, stalker.caller.player)) == set(has(opened, other.caller.player)) == {"first"}

    def test_a_word_counts_at_its_own_stage_of_its_own_quest(
        self, opened: Database, pair: tuple[Started, Started]
    ) -> None:
        one, other = pair
        elsewhere = started(opened, None, other.caller)

        one.submit(self.with_(one, other.caller.player), badges=BADGES)
        other.submit(self.with_(other, one.caller.player, **AT_THE_END), badges=BADGES)
        elsewhere.submit(self.with_(elsewhere, one.caller.player), badges=BADGES)

        assert "together" not in has(opened, one.caller.player)

    def test_what_was_missed_is_no_word(self, opened: Database, pair: tuple[Started, Started]) -> None:
        one, other = pair
        right = one.answer("storsjöodjuret", by=[one.caller.player, other.caller.player])
        wrong = other.answer("fel", by=[one.caller.player, other.caller.player])

        one.submit(one.move(), right, badges=BADGES)
        other.submit(other.move(), wrong, badges=BADGES)

        assert {one.players for one in deeds(opened, one.caller.player)} == {None}

    def test_the_order_and_the_batches_change_nothing(self, opened: Database) -> None:
        rule = Where(kind=("stage",), players=("several",), then=Count(least=2))
        badges = (*BADGES, badge("two-stops", rule))
        ends = []
        for seed in range(6):
            chance = random.Random(seed)
            anna, bo = registered(opened), registered(opened)
            quest = published(opened)
            walks = [started(opened, quest, anna), started(opened, quest, bo)]
            sent = [
                (walk, move)
                for walk, friend in zip(walks, (bo.player, anna.player), strict=True)
                for by in [[walk.caller.player, friend]]
                for move in (
                    walk.move(by=by),
                    walk.answer("storsjöodjuret", by=by),
                    walk.move(by=by, **AT_THE_END),
                )
            ]
            sent += chance.sample(sent, 2)  # again
            chance.shuffle(sent)
            for walk, move in sent:
                walk.submit(move, badges=badges)
                for player in (anna.player, bo.player):
                    done = deeds(opened, player)
                    assert {b.key for b in badges if b.sheet.rule.holds(done)} <= set(has(opened, player))
            ends.append((set(has(opened, anna.player)), set(has(opened, bo.player))))

        assert ends == [({"first", "together", "two-stops"},) * 2] * 6

    def test_two_that_are_heard_at_the_same_moment_both_get_it(self, opened: Database) -> None:
        for _ in range(5):
            anna, bo = registered(opened), registered(opened)
            first = started(opened, caller=anna)
            walks = [(first, bo.player), (started(opened, first.quest, bo), anna.player)]
            together = threading.Barrier(2)

            def send(walk: tuple[Started, str], together: threading.Barrier = together) -> None:
                batch = [self.with_(*walk) for _ in range(30)]
                together.wait(10)
                walk[0].submit(*batch, badges=BADGES)

            with ThreadPoolExecutor(2) as phones:
                list(phones.map(send, walks))

            assert set(has(opened, anna.player)) == set(has(opened, bo.player)) == {"first", "together"}

    def test_two_on_one_phone_do_what_takes_two_and_name_nobody(self, opened: Database) -> None:
        """A mother and her child of eight: nothing is kept of the child, not even an id."""
        ordinary = started(opened)
        for_two = started(opened, published(opened, company=("two", "child")), ordinary.caller)

        assert new_keys(ordinary.submit(ordinary.move(), badges=BADGES)) == ["first"]
        assert "together" in new_keys(for_two.submit(for_two.move(), badges=BADGES))
        assert opened.private.read("SELECT DISTINCT by::text[] FROM game.moves") == [
            ([ordinary.caller.player],)
        ]

    def test_a_batch_that_names_thousands_waits_for_nobody_and_holds_few_locks(
        self, opened: Database
    ) -> None:
        walk = started(opened)
        strangers = [registered(opened).player for _ in range(3)]
        invented = [str(uuid.uuid4()) for _ in range(15_000)]
        with opened.transaction() as connection:
            there = stored.lock(connection, [walk.caller.player, *strangers, *invented])
            ((held,),) = connection.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            ).fetchall()

        assert set(there) == {walk.caller.player, *strangers}
        assert 1 <= held <= 4

    def test_one_lock_for_many_players_is_taken_once(
        self, opened: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(stored, "LOCKS_MOST", 2)
        several = [registered(opened).player for _ in range(8)]
        with opened.transaction() as connection:
            assert set(stored.lock(connection, several)) == set(several)
            ((held,),) = connection.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            ).fetchall()

        assert held <= 2


class TestWhere:
    def load(self, database: Database, mark: str) -> bool:
        return publish.load_municipalities(database, json.loads(BERG.read_bytes())["features"], mark)

    def test_a_stage_lies_where_it_lay_when_it_was_published(self, opened: Database) -> None:
        self.load(opened, "one")
        walk = started(opened)

        assert new_keys(walk.submit(walk.move(), badges=(HERE,))) == ["here"]

    def test_borders_that_come_later_are_looked_up_for_every_version(self, opened: Database) -> None:
        walk = started(opened)
        assert new_keys(walk.submit(walk.move(), badges=(HERE,))) == []

        self.load(opened, "one")
        awards.backfill(opened, (HERE,), NOON)

        assert set(has(opened, walk.caller.player)) == {"here"}

    def test_a_version_from_before_the_column_is_looked_up_at_the_next_seed(self, opened: Database) -> None:
        self.load(opened, "one")
        published(opened)
        published(opened, at=None)
        with opened.transaction() as connection:
            connection.execute("UPDATE game.quest_versions SET municipalities = NULL")

        assert not self.load(opened, "one")
        rows = opened.private.read("SELECT municipalities FROM game.quest_versions")
        assert sorted(len(row[0]) for row in rows) == [0, 3]
        assert {code for row in rows for code in row[0].values()} == {"2380"}


class TestAtTheSameTime:
    def test_two_batches_award_once_and_the_second_sees_the_first(self, opened: Database) -> None:
        for _ in range(5):
            caller, tablet = registered(opened), PhoneFactory.create()
            players.register(opened, Player(caller.player, None), tablet.stored, NOON, caller)
            walks = [
                started(opened, None, caller),
                started(opened, None, Caller(caller.player, tablet.device)),
            ]
            together = threading.Barrier(2)

            def send(walk: Started, together: threading.Barrier = together) -> list[str]:
                batch = [walk.move() for _ in range(50)]
                together.wait(10)
                return new_keys(walk.submit(*batch, badges=BADGES))

            with ThreadPoolExecutor(2) as phones:
                told = sorted(key for keys in phones.map(send, walks) for key in keys)

            assert told == ["first", "two-quests"]
            assert set(has(opened, caller.player)) == {"first", "two-quests"}

    def test_whoever_is_being_erased_is_not_waited_for(self, opened: Database) -> None:
        friend = registered(opened)
        walk = started(opened, others=(friend.player,))
        theirs = started(opened, walk.quest, friend)
        theirs.submit(theirs.move(by=sorted([walk.caller.player, friend.player])))
        with opened.transaction() as connection:
            connection.execute("SELECT FROM game.players WHERE id = %s FOR UPDATE", [friend.player])

            found = walk.submit(walk.move(by=sorted([walk.caller.player, friend.player])), badges=BADGES)

        assert new_keys(found) == ["first", "together"]
        assert has(opened, friend.player) == {}


class TestErasing:
    def test_an_erased_player_has_no_awards_and_gets_none(self, opened: Database, tmp_path: Path) -> None:
        friend = registered(opened)
        walk = started(opened, others=(friend.player,))
        theirs = started(opened, walk.quest, friend)
        both = sorted([walk.caller.player, friend.player])
        walk.submit(walk.move(by=both), badges=BADGES)
        theirs.submit(theirs.move(by=both), badges=BADGES)
        assert set(has(opened, friend.player)) == {"first", "together"}

        erase.erase_player(opened, friend.player, NOON, tmp_path / "tombstones.log")
        awards.backfill(opened, BADGES, NOON)

        assert has(opened, friend.player) == {}
        assert set(has(opened, walk.caller.player)) == {"first", "together"}

    def test_an_award_that_a_restore_brought_back_is_erased_again(self, opened: Database) -> None:
        walk = started(opened)
        walk.submit(walk.move(), badges=BADGES)

        assert erase.replay(opened, [Tombstone(erase.PLAYER, walk.caller.player, NOON)]) == 1
        assert opened.private.read("SELECT count(*) FROM game.awards") == [(0,)]
        with opened.transaction() as connection:
            assert tombstones.has(connection, erase.PLAYER, walk.caller.player)

    def test_an_award_belongs_to_a_player(self, opened: Database) -> None:
        with pytest.raises(errors.ForeignKeyViolation), opened.transaction() as connection:
            stored.add(connection, new_id(), ["first"], DAY)


class TestBackfilling:
    def test_everybody_gets_what_they_have_earned_before_the_badge_came(self, opened: Database) -> None:
        walks = [started(opened) for _ in range(3)]
        for walk in walks[:2]:
            walk.submit(walk.move())

        done = awards.backfill(opened, BADGES, NOON)
        again = awards.backfill(opened, BADGES, NOON)

        assert (done.players, done.awards) == (3, 2)
        assert (again.players, again.awards) == (3, 0)
        assert [set(has(opened, walk.caller.player)) for walk in walks] == [{"first"}, {"first"}, set()]

    def test_only_rules_that_are_new_or_changed_are_looked_through(self, opened: Database) -> None:
        walk = started(opened)
        walk.submit(walk.move())

        first = awards.backfill_what_is_new(opened, (FIRST,), NOON)
        nothing = awards.backfill_what_is_new(opened, (FIRST,), NOON)
        added = awards.backfill_what_is_new(opened, (FIRST, badge("any", Count(least=1))), NOON)
        changed = awards.backfill_what_is_new(
            opened, (badge("first", Within(days=7, then=Count(least=1))),), NOON
        )

        assert first is not None
        assert first.awards == 1
        assert nothing is None
        assert added is not None
        assert added.awards == 1
        assert changed is not None
        assert changed.awards == 0

    def test_in_batches_nobody_is_passed_over(
        self, opened: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(awards, "PLAYERS_AT_ONCE", 2)
        walks = [started(opened) for _ in range(5)]
        for walk in walks:
            walk.submit(walk.move())

        assert awards.backfill(opened, BADGES, NOON) == awards.Backfilled(5, 5)

    def test_the_command_does_it_and_says_so(self, opened: Database, database: str) -> None:
        walk = started(opened)
        walk.submit(walk.move())

        result = CliRunner().invoke(main, ["badges", "award", "--lang", "en"], env={"DATABASE_URL": database})

        assert result.exit_code == 0, result.output
        assert result.output.startswith("1 players looked through; ")
        assert "first-step" in has(opened, walk.caller.player)


class TestCommands:
    def test_the_badges_that_come_along_are_checked(self) -> None:
        result = CliRunner().invoke(main, ["badges", "check", "--lang", "en"])

        assert result.exit_code == 0
        assert f"{len(open_badges())} badges can be used; 0 things" in result.output

    def test_a_mistake_is_said_with_its_line_and_ends_with_1(self, tmp_path: Path) -> None:
        (tmp_path / "odd.toml").write_text('rule = { is = "not" }\n')

        result = CliRunner().invoke(main, ["badges", "check", str(tmp_path), "--lang", "en"])

        assert result.exit_code == 1
        assert "odd.toml:1: “not” cannot be a condition" in result.output

    def test_all_are_drawn_on_one_sheet(self, tmp_path: Path) -> None:
        result = CliRunner().invoke(main, ["badges", "sheet", "--out", str(tmp_path / "sheet.png")])

        assert result.exit_code == 0
        committed = Path(__file__).parents[2] / "docs/screens/badges.png"
        assert (tmp_path / "sheet.png").read_bytes() == committed.read_bytes(), "rotfaste badges sheet"


def test_a_badge_that_needs_a_quest_is_in_the_gallery_when_the_quest_can_be_played(opened: Database) -> None:
    quest = published(opened)
    needing = badge("needing", Where(quest=(quest.id,), then=Count(least=1)))

    assert awards.gallery(opened, (FIRST, needing)) == (FIRST, needing)
    publish.set_state(opened, quest.code, "withdrawn", NOON)
    assert awards.gallery(opened, (FIRST, needing)) == (FIRST,)


def test_a_version_is_read_once_in_a_process(walk: Started) -> None:
    key = (walk.quest.id, walk.quest.version)
    with walk.database.transaction() as connection:
        first = quests.played(connection, [key])[key]
        assert quests.played(connection, [key])[key] is first
        with pytest.raises(LookupError):
            quests.played(connection, [(walk.quest.id, "no such version")])


def test_no_more_versions_are_kept_than_fit(opened: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quests, "PLAYED_KEPT", 2)
    keys = [(one.id, one.version) for one in (published(opened) for _ in range(4))]

    with opened.transaction() as connection:
        quests.played(connection, keys)

    assert list(quests._played)[-2:] == keys[-2:]
