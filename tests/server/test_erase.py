"""Erasing: nothing of the player is left anywhere, nothing of anybody else is touched, and it stays so."""

import json
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from psycopg import Connection, sql

from server.cli import main
from server.stores import erasures, tombstones
from server.stores import journeys as stored_journeys
from server.stores.database import Database, Row
from server.stores.erasures import Erasure
from server.stores.players import Player
from server.stores.tombstones import Tombstone
from server.tables import metadata
from server.use_cases import erase, forget, free_moves, journeys, media, players
from server.use_cases.problem import Problem
from server.wiring import open_badges
from tests.factories import (
    NOON,
    FixFactory,
    PhoneFactory,
    PlayerFactory,
    Started,
    new_id,
    published,
    registered,
    started,
)

WAITING = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tombstones.log"


def busy_player(database: Database) -> Started:
    """One with a row in every table that holds anything of players."""
    walk = started(database)
    walk.submit(
        walk.move(),
        walk.answer("mina egna ord"),
        {"id": new_id(), "v": 9, "by": walk.caller.player},
        walk.move(task=None, body={"kind": "blocked", "reason": "gone", "note": "borta"}),
        badges=open_badges(),
    )
    media.put(database, walk.caller, new_id(), sha256="0" * 64, size=5, named="image/png", now=NOON)
    with database.transaction() as connection:
        erasures.add(connection, walk.caller.player, Erasure(NOON, NOON + erase.REGRET))
    return walk


def mentions(database: Database, text: str) -> dict[str, int]:
    """In how many rows of each table a text stands, whatever the column."""
    found = {}
    with database.transaction() as connection:
        for table in metadata.tables.values():
            name = sql.Identifier(table.schema or "", table.name)
            query = sql.SQL("SELECT count(*) FROM {} t WHERE to_jsonb(t)::text LIKE %s").format(name)
            row = connection.execute(query, [f"%{text}%"]).fetchone()
            if row and row[0]:
                found[table.fullname] = row[0]
    return found


def filled(database: Database) -> set[str]:
    with database.transaction() as connection:
        return {
            table.fullname
            for table in metadata.tables.values()
            if connection.execute(
                sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table.schema or "", table.name))
            ).fetchone()
        }


class TestErasing:
    def test_nothing_of_the_player_is_left_but_a_tombstone(self, opened: Database, file: Path) -> None:
        walk = busy_player(opened)
        (device,) = (row[0] for row in opened.private.read("SELECT id::text FROM game.devices"))
        before = mentions(opened, walk.caller.player)

        erased = erase.erase_player(opened, walk.caller.player, NOON, file)

        assert erased
        assert set(before) == {
            *("game.players", "game.devices", "game.journeys", "game.moves", "game.awards", "game.erasures"),
            *("game.media", "game.media_contents", "game.media_days"),
        }
        assert mentions(opened, walk.caller.player) == {"game.tombstones": 1}
        assert mentions(opened, device) == {}
        assert mentions(opened, walk.journey) == {}
        assert mentions(opened, "mina egna ord") == {}
        assert mentions(opened, walk.caller.player.replace("-", "")) == {}

    def test_every_table_whose_note_says_so_is_emptied(self, opened: Database, file: Path) -> None:
        walk = busy_player(opened)
        personal = {
            table.fullname
            for table in metadata.tables.values()
            if table.schema == "game"
            and any(column.info["note"].erased == "removed" for column in table.columns)
        }

        assert personal <= filled(opened)
        erase.erase_player(opened, walk.caller.player, NOON, file)

        assert not personal & filled(opened)

    def test_others_keep_what_they_did_together(self, opened: Database, file: Path) -> None:
        gone = busy_player(opened)
        stays = registered(opened)
        together = Started(opened, stays, gone.quest, new_id())
        journeys.put(
            opened,
            stays,
            together.journey,
            quest=gone.quest.code,
            quest_version=gone.quest.version,
            players=[stays.player, gone.caller.player],
            started_at=NOON,
            now=NOON,
        )
        together.submit(together.move(by=[gone.caller.player, stays.player]))
        before = together.submit().view

        erase.erase_player(opened, gone.caller.player, NOON, file)

        assert together.submit().view == before
        assert mentions(opened, gone.caller.player) == {"game.tombstones": 1}
        assert opened.private.read("SELECT by::text[] FROM game.moves") == [([stays.player],)]

    def test_what_was_told_of_a_stage_stays_and_says_nothing_of_a_person(
        self, opened: Database, file: Path
    ) -> None:
        walk = busy_player(opened)

        erase.erase_player(opened, walk.caller.player, NOON, file)

        assert opened.private.read("SELECT stage, note FROM game.stage_reports") == [("start", "borta")]

    def test_the_token_opens_nothing_any_more_and_the_id_is_not_given_again(
        self, opened: Database, file: Path
    ) -> None:
        phone = PhoneFactory.create()
        caller = registered(opened, phone)

        erase.erase_player(opened, caller.player, NOON, file)

        assert players.authenticate(opened, phone.bearer(caller.player)) is None
        with pytest.raises(Problem, match="player-erased"):
            players.register(opened, Player(caller.player, None), phone.stored, NOON)

    def test_whom_nobody_knows_is_not_erased_and_leaves_no_stone(self, opened: Database, file: Path) -> None:
        assert not erase.erase_player(opened, new_id(), NOON, file)
        assert not file.exists()

    def test_moves_that_arrive_while_it_is_done_go_too_or_are_refused(
        self, opened: Database, file: Path
    ) -> None:
        walk = busy_player(opened)
        erase.erase_player(opened, walk.caller.player, NOON, file)

        with pytest.raises(Problem, match="unknown-journey"):
            walk.submit(walk.move())

    def test_who_registers_again_at_that_moment_stays_erased(
        self, opened: Database, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        player, phone = PlayerFactory.create(), PhoneFactory.create()
        players.register(opened, player, phone.stored, NOON)
        remove = erase.players.remove
        with ThreadPoolExecutor() as threads:

            def removed_while_registering(connection: Connection[Row], player_id: str) -> bool:
                done = remove(connection, player_id)
                again.append(threads.submit(players.register, opened, player, phone.stored, NOON))
                while not opened.private.read(WAITING):
                    time.sleep(0.01)
                return done

            again: list[Future[players.Registered]] = []
            monkeypatch.setattr(erase.players, "remove", removed_while_registering)
            erase.erase_player(opened, player.id, NOON, file)

            with pytest.raises(Problem, match="player-erased"):
                again[0].result()
        assert opened.private.read("SELECT FROM game.players") == []


class TestStones:
    def test_the_file_has_it_before_the_database(
        self, opened: Database, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        walk = busy_player(opened)
        monkeypatch.setattr(erase.players, "remove", lambda *_: 1 / 0)

        with pytest.raises(ZeroDivisionError):
            erase.erase_player(opened, walk.caller.player, NOON, file)
        monkeypatch.undo()

        assert mentions(opened, walk.caller.player)["game.players"] == 1
        assert erase.replay(opened, tombstones.read(file)) == 1
        assert mentions(opened, walk.caller.player) == {"game.tombstones": 1}

    def test_replaying_again_changes_nothing(self, opened: Database, file: Path) -> None:
        walk = busy_player(opened)
        erase.erase_player(opened, walk.caller.player, NOON, file)

        assert erase.replay(opened, tombstones.read(file)) == 0
        assert opened.private.read("SELECT kind, id, erased_at FROM game.tombstones") == [
            ("player", walk.caller.player, NOON)
        ]

    def test_only_what_is_known_to_be_erasable_is_replayed(self, opened: Database) -> None:
        with pytest.raises(ValueError, match="badge"):
            erase.replay(opened, [Tombstone("badge", new_id(), NOON)])

    def test_who_had_asked_goes_on_waiting_for_the_same_day_in_an_older_dump(
        self, opened: Database, file: Path
    ) -> None:
        caller = registered(opened)
        asked, _ = erase.ask(opened, caller, NOON, file)
        with opened.transaction() as connection:  # as a dump from before has it
            erasures.remove(connection, caller.player)

        assert erase.replay(opened, tombstones.read(file)) == 0

        assert erase.standing(opened, caller) == asked
        assert erase.erase_due(opened, NOON + erase.REGRET, file) == 1

    def test_who_had_regretted_it_stays_in_a_dump_from_before(self, opened: Database, file: Path) -> None:
        caller = registered(opened)
        asked, _ = erase.ask(opened, caller, NOON, file)
        erase.regret(opened, caller, NOON + timedelta(days=3), file)
        with opened.transaction() as connection:
            erasures.add(connection, caller.player, asked)
        # What a restore adds from two memories need not stand in the order of its days.
        told = sorted(tombstones.read(file), key=lambda one: one.kind, reverse=True)
        assert [one.kind for one in told] == ["stays", "leaves"]

        erase.replay(opened, told)

        assert erase.standing(opened, caller) is None
        assert erase.erase_due(opened, NOON + timedelta(days=20), file) == 0

    def test_asking_stands_in_the_file_before_the_database(
        self, opened: Database, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        caller = registered(opened)
        monkeypatch.setattr(erase.erasures, "add", lambda *_: 1 / 0)

        with pytest.raises(ZeroDivisionError):
            erase.ask(opened, caller, NOON, file)

        assert [one.kind for one in tombstones.read(file)] == ["leaves"]

    def test_a_line_cut_short_by_a_crash_is_passed_over_and_the_next_one_is_read(self, file: Path) -> None:
        first, second = (Tombstone("player", new_id(), NOON) for _ in range(2))
        tombstones.append(file, first)
        with file.open("ab") as log:
            log.write(b'{"kind": "pla')
        assert list(tombstones.read(file)) == [first]

        tombstones.append(file, second)

        assert list(tombstones.read(file)) == [first, second]

    def test_nobody_else_may_read_the_file(self, file: Path) -> None:
        tombstones.append(file, Tombstone("player", new_id(), NOON))

        assert file.stat().st_mode & 0o777 == 0o600
        assert set(json.loads(file.read_text())) == {"kind", "id", "erased_at"}


class TestForgetting:
    def test_positions_go_after_90_days_and_what_they_showed_stays(self, opened: Database) -> None:
        walk = started(opened)
        raw = {"id": new_id(), "v": 9, "fixes": [FixFactory.build()]}
        walk.submit(walk.move(), raw)
        walk.submit(walk.move(), now=NOON + timedelta(days=1))
        before = walk.submit().view
        day_90 = NOON + timedelta(days=90)

        too_early = forget.forget_positions(opened, day_90)
        forgotten = forget.forget_positions(opened, day_90 + timedelta(seconds=1))

        assert (too_early, forgotten) == (0, 2)
        assert opened.private.read(
            "SELECT count(fixes), count(raw), count(body), count(*) FROM game.moves"
        ) == [(1, 0, 2, 3)]
        assert walk.submit().view == before
        assert walk.submit(raw).outcomes[0].first is not None

    def test_it_goes_on_until_all_is_forgotten(
        self, opened: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(forget, "AT_ONCE", 3)
        walk = started(opened)
        walk.submit(*(walk.move() for _ in range(7)))

        assert forget.forget_positions(opened, NOON + timedelta(days=91)) == 7
        assert forget.forget_positions(opened, NOON + timedelta(days=91)) == 0

    def test_reports_go_after_a_year(self, opened: Database) -> None:
        busy_player(opened)

        assert forget.forget_reports(opened, NOON + timedelta(days=365)) == 0
        assert forget.forget_reports(opened, NOON + timedelta(days=366)) == 1


class TestCommands:
    def run(self, database: str, tmp_path: Path, *arguments: str, said: str | None = None) -> Result:
        environment = {"DATABASE_URL": database, "ROTFASTE_DATA": str(tmp_path)}
        return CliRunner().invoke(main, arguments, env=environment, input=said, catch_exceptions=False)

    def test_erase_asks_first_and_then_erases(
        self, opened: Database, database: str, tmp_path: Path, file: Path
    ) -> None:
        player = busy_player(opened).caller.player

        kept = self.run(database, tmp_path, "erase", player, said="n\n")
        assert (kept.exit_code, mentions(opened, player)["game.players"]) == (1, 1)
        erased = self.run(database, tmp_path, "erase", player, said="y\n")
        again = self.run(database, tmp_path, "erase", player, "--yes")

        assert erased.exit_code == 0
        assert mentions(opened, player) == {"game.tombstones": 1}
        assert [stone.id for stone in tombstones.read(file)] == [player]
        assert again.exit_code == 1
        assert "There is no player" in again.output

    def test_reports_are_listed_and_steer_no_terminal(
        self, opened: Database, database: str, tmp_path: Path
    ) -> None:
        walk = started(opened)
        note = "bron \x1b[31mär\nborta"
        blocked = {"kind": "blocked", "reason": "gone", "note": note}
        now = datetime.now(UTC)
        walk.submit(walk.move(task=None, body=blocked), now=now)

        listed = self.run(database, tmp_path, "reports").output
        long_ago = self.run(database, tmp_path, "reports", "--days", "1").output

        assert f"{now.date()}  {walk.quest.code}  start  gone  bron  [31mär borta\n" == listed
        assert long_ago == listed

    def test_no_reports_are_said_to_be_none(self, database: str, tmp_path: Path) -> None:
        assert self.run(database, tmp_path, "reports").output == "Nothing was told in the last 30 days.\n"

    def test_a_quest_is_withdrawn_by_its_code_as_typed(
        self, opened: Database, database: str, tmp_path: Path
    ) -> None:
        quest = published(opened)

        done = self.run(database, tmp_path, "quest", quest.code.lower(), "withdrawn")
        unknown = self.run(database, tmp_path, "quest", "JH22222", "resting")

        assert done.output == f"{quest.code} is withdrawn. Journeys under way go on.\n"
        assert opened.shown.read("SELECT 1 FROM shown.quests") == []
        assert (unknown.exit_code, "no quest JH22222" in unknown.output) == (1, True)


@pytest.mark.parametrize("outside", [False, True])
def test_an_erasing_and_a_batch_at_once_do_not_wait_for_each_other(
    opened: Database, file: Path, monkeypatch: pytest.MonkeyPatch, *, outside: bool
) -> None:
    """The batch has its locks and adds its moves only when the erasing has begun."""
    walk = started(opened)
    feeling = {
        "v": 1, "id": new_id(), "by": [walk.caller.player], "device": walk.caller.device,
        "made_at": NOON.isoformat(), "body": {"kind": "feel", "feeling": "calm", "strength": 3}, "fixes": [],
    }  # fmt: skip
    add_moves = stored_journeys.add_moves
    erasing: list[Future[bool]] = []

    with ThreadPoolExecutor(1) as operator:

        def add_while_erasing(*args: Any, **named: Any) -> set[str]:
            player = walk.caller.player
            erasing.append(operator.submit(erase.erase_player, opened, player, NOON, file))
            while not opened.private.read(WAITING):
                time.sleep(0.01)
            return add_moves(*args, **named)

        monkeypatch.setattr(stored_journeys, "add_moves", add_while_erasing)
        told = (
            free_moves.submit(opened, walk.caller, [feeling], NOON).outcomes
            if outside
            else walk.submit(walk.move()).outcomes
        )

        assert told[0].code == "done"
        assert erasing[0].result(30)
    assert mentions(opened, walk.caller.player) == {"game.tombstones": 1}
