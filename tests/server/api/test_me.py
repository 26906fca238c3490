"""What is stored about whoever asks: told, taken along, and erased after a time for regret; and nobody else's."""

import base64
import dataclasses
import errno
import io
import json
import tempfile
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient

from server.app import Server
from server.stores import mine as stored
from server.stores import tombstones
from server.stores.quests import Version
from server.tables import metadata
from server.use_cases import awards, erase, mine
from server.wiring import open_badges
from tests.server.api.things import NOW, Phone, make_trail, outcomes, problem, publish_all


@pytest.fixture
def trail(server: Server) -> Version:
    trail = make_trail()
    publish_all(server, trail)
    return trail


def played(client: FlaskClient, trail: Version) -> tuple[Phone, str]:
    phone = Phone(client).registered()
    journey = phone.begin(trail.quest)
    heard = outcomes(phone.send(journey, [phone.arrival(trail.quest), phone.answer(trail.quest)]))
    assert [outcome for outcome, _ in heard] == ["accepted", "accepted"]
    return phone, journey


def asked(phone: Phone, **changed: str) -> Any:
    return phone.post("/api/v1/me/erasure", {"player": phone.player, **changed})


def exported(phone: Phone, query: str = "") -> dict[str, str]:
    answer = phone.get(f"/api/v1/me/export{query}")
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    with ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


class TestStored:
    def test_it_says_how_much_of_what_is_stored_and_how_long(
        self, client: FlaskClient, trail: Version
    ) -> None:
        phone, _ = played(client, trail)

        about = json.loads(phone.get("/api/v1/me").data)

        assert {(one["kind"], one["part"]): (one["count"], one["kept_days"]) for one in about["stored"]} == {
            ("players", None): (1, None),
            ("devices", None): (1, None),
            ("journeys", None): (1, None),
            ("moves", None): (2, None),
            ("moves", "fixes"): (1, 90),
            ("awards", None): (1, None),
        }
        assert about["player"] == phone.player
        assert about["erasure"] == {"asked_at": None, "final_at": None}

    def test_nothing_of_anybody_else_is_counted(self, client: FlaskClient, trail: Version) -> None:
        played(client, trail)
        newcomer = Phone(client).registered()

        about = json.loads(newcomer.get("/api/v1/me").data)

        assert {one["kind"]: one["count"] for one in about["stored"]} == {"players": 1, "devices": 1}

    def test_no_table_with_something_of_players_is_left_out(self) -> None:
        with_something = {
            table.name
            for table in metadata.tables.values()
            if table.schema == "game"
            and any(
                stored.note_of(column).exported or stored.note_of(column).erased != "kept"
                for column in table.columns
            )
        }

        assert {table.name for table, _ in stored.personal()} == with_something


class TestExport:
    def test_everything_stored_is_in_it_with_what_it_is(self, client: FlaskClient, trail: Version) -> None:
        phone, journey = played(client, trail)

        files = exported(phone)

        moves = json.loads(files["moves.json"])
        kinds = {row["body"]["body"]["kind"]: row["fixes"] for row in moves["rows"]}
        assert set(kinds) == {"arrive", "answer"}
        assert len(kinds["arrive"]) == 1
        assert moves["columns"]["fixes"]["kept"] == "90 days after hearing"
        assert json.loads(files["journeys.json"])["rows"][0]["id"] == journey
        assert json.loads(files["players.json"])["rows"][0]["id"] == phone.player
        assert json.loads(files["erasures.json"])["rows"] == []
        assert json.loads(files["together.json"])["rows"] == []

    def test_exactly_the_columns_that_the_notes_name_are_in_it(
        self, client: FlaskClient, trail: Version
    ) -> None:
        phone, _ = played(client, trail)

        files = exported(phone)

        for table, _ in stored.personal():
            noted = {column.name for column in stored.exported(table)}
            if not noted:
                continue
            told = json.loads(files[f"{table.name}.json"])
            assert set(told["columns"]) == noted
            assert all(set(row) == noted for row in told["rows"])
        assert "token_sha256" not in files["devices.json"]

    def test_a_move_that_could_not_be_read_is_in_it_as_it_came(
        self, client: FlaskClient, trail: Version
    ) -> None:
        phone, journey = played(client, trail)
        odd = {**phone.answer(trail.quest), "v": 9, "mine": "egna ord"}
        assert outcomes(phone.send(journey, [odd]))[0][0] == "unreadable"

        rows = json.loads(exported(phone)["moves.json"])["rows"]

        (raw,) = (row["raw"] for row in rows if row["raw"] is not None)
        assert json.loads(base64.b64decode(raw))["mine"] == "egna ord"

    def test_pictures_and_sounds_are_in_it_and_nobody_elses(
        self, server: Server, client: FlaskClient, trail: Version
    ) -> None:
        (phone, _), (other, _) = played(client, trail), played(client, trail)
        server.edge.store.put(f"players/{phone.player}/a/large.jpg", b"mine")
        server.edge.store.put(f"players/{other.player}/b/large.jpg", b"not mine")

        files = exported(phone)

        assert {name: text for name, text in files.items() if name.startswith("media/")} == {
            "media/a/large.jpg": "mine"
        }

    def test_the_readme_is_in_the_players_language_and_names_every_file(
        self, client: FlaskClient, trail: Version
    ) -> None:
        phone, _ = played(client, trail)

        swedish, arabic = exported(phone, "?lang=sv"), exported(phone, "?lang=ar")

        assert swedish["README.txt"].startswith("Det här sparar Rotfäste om dig")
        assert "ما الذي يحفظه" in arabic["README.txt"]
        for name in (name for name in swedish if name.endswith(".json")):
            assert f"\n{name}: " in swedish["README.txt"]
        assert phone.player in swedish["README.txt"]

    def test_nothing_of_anybody_else_is_in_it(self, client: FlaskClient, trail: Version) -> None:
        other, journey = played(client, trail)
        phone = Phone(client).registered()

        files = "".join(exported(phone).values())

        assert other.player not in files
        assert journey not in files

    def test_what_others_did_together_with_one_is_in_it_without_who_they_are(
        self, client: FlaskClient, trail: Version
    ) -> None:
        phone, host = Phone(client).registered(), Phone(client).registered()
        journey = host.begin(trail.quest, players=[host.player, phone.player])

        files = exported(phone)

        assert [row["quest_id"] for row in json.loads(files["together.json"])["rows"]] == [trail.quest.id]
        assert host.player not in files["together.json"]
        assert journey not in files["together.json"]

    def test_thousands_of_moves_pass_without_lying_in_memory(
        self, server: Server, client: FlaskClient, trail: Version, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone = Phone(client).registered()
        journey = phone.begin(trail.quest)
        for _ in range(4):
            phone.send(journey, [phone.answer(trail.quest, "ord " * 200) for _ in range(300)])
        monkeypatch.setattr(mine, "IN_MEMORY_BYTES", 10_000)
        most = 0
        rows_of = stored.rows

        def counted(*args: Any) -> Any:
            nonlocal most
            for row in rows_of(*args):
                most = max(most, len(row))
                yield row

        monkeypatch.setattr(stored, "rows", counted)

        moves = json.loads(exported(phone)["moves.json"])["rows"]

        assert len(moves) == 1_200
        assert 0 < most < 10_000
        caller = erase.Caller(phone.player, phone.device)
        with mine.export(
            server.edge.database, server.edge.store, caller, datetime.now(UTC), lambda _: ""
        ) as file:
            assert getattr(file, "_rolled")  # noqa: B009  on the disk, and not in memory

    def test_a_disk_that_is_full_is_said_and_nothing_broke(
        self, client: FlaskClient, trail: Version, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone, _ = played(client, trail)
        made = tempfile.SpooledTemporaryFile

        def full(**options: Any) -> Any:
            file = made(**options)

            def no_room(*_: object) -> None:
                raise OSError(errno.ENOSPC, "No space left on device")

            monkeypatch.setattr(file, "write", no_room)
            return file

        monkeypatch.setattr(tempfile, "SpooledTemporaryFile", full)

        answer = phone.get("/api/v1/me/export")

        assert (answer.status_code, problem(answer)) == (507, "storage-full")

    def test_it_is_made_so_often_an_hour_and_no_oftener(self, make_server: Callable[..., Server]) -> None:
        server = make_server(ROTFASTE_LIMIT_OWN_DATA="2")
        client = server.test_client()
        phone, other = Phone(client).registered(), Phone(client).registered()
        for _ in range(2):
            exported(phone)

        refused = phone.get("/api/v1/me/export")

        assert problem(refused) == "too-many-requests"
        assert int(refused.headers["Retry-After"]) > 0
        exported(other)
        server.edge.database.close()


class TestErasure:
    def test_whatever_comes_in_at_that_moment_nothing_of_the_player_is_left_and_nothing_breaks(
        self, server: Server, client: FlaskClient, trail: Version, tmp_path: Path
    ) -> None:
        for number in range(12):
            phone = Phone(client).registered()
            journey = phone.begin(trail.quest)
            medium = phone.bring(b"x" * 500_000)

            def asks(phone: Phone, what: str, journey: str = journey, medium: str = medium) -> int:
                # Each with a client of its own, as requests of one phone may come by several connections.
                own = dataclasses.replace(phone, client=server.test_client())
                match what:
                    case "moves":
                        return own.send(journey, [own.answer(trail.quest) for _ in range(20)]).status_code
                    case "journey":
                        begun = {"quest": trail.quest.code, "quest_version": trail.quest.version}
                        told = {**begun, "players": [own.player], "started_at": NOW.isoformat()}
                        return own.put(f"/api/v1/journeys/{uuid.uuid4()}", told).status_code
                    case "piece":
                        return own.send_piece(medium, 0, b"x" * 400_000).status_code
                    case "medium":
                        of: dict[str, Any] = {
                            "sha256": uuid.uuid4().hex * 2,
                            "bytes": 9,
                            "type": "image/jpeg",
                        }
                        return own.put(f"/api/v1/media/{uuid.uuid4()}", of).status_code
                    case "export":
                        return own.get("/api/v1/me/export").status_code
                    case "regret":
                        return own.client.delete("/api/v1/me/erasure", headers=own.headers).status_code
                    case _:
                        return own.get("/api/v1/me").status_code

            whats = ["moves", "journey", "piece", "medium", "export", "regret", "me"]
            with ThreadPoolExecutor(8) as threads:
                answers = [threads.submit(asks, phone, what) for what in whats]
                time.sleep(0.004 * number)
                gone = threads.submit(
                    erase.erase_player,
                    server.edge.database,
                    phone.player,
                    datetime.now(UTC),
                    tmp_path / "stones",
                )
                statuses = {what: answer.result() for what, answer in zip(whats, answers, strict=True)}

            assert gone.result()
            assert set(statuses.values()) <= {200, 201, 204, 401, 404}, statuses
            with server.edge.database.transaction() as connection:
                assert stored.count(connection, phone.player) == []

    def test_it_is_final_fourteen_days_later_and_a_repetition_puts_nothing_off(
        self, client: FlaskClient, trail: Version
    ) -> None:
        phone, _ = played(client, trail)

        first, again = asked(phone), asked(phone)

        assert (first.status_code, again.status_code) == (201, 200)
        assert first.data == again.data == phone.get("/api/v1/me/erasure").data
        state = json.loads(first.data)
        days = datetime.fromisoformat(state["final_at"]) - datetime.fromisoformat(state["asked_at"])
        assert days == timedelta(days=14)

    def test_it_must_be_confirmed_with_the_own_id(self, client: FlaskClient, trail: Version) -> None:
        phone, _ = played(client, trail)
        other = Phone(client).registered()

        assert problem(asked(phone, player=other.player)) == "erasure-unconfirmed"
        assert problem(phone.post("/api/v1/me/erasure", {})) == "invalid-body"
        assert problem(asked(phone, player="yes")) == "invalid-body"
        assert json.loads(phone.get("/api/v1/me/erasure").data)["final_at"] is None
        assert json.loads(other.get("/api/v1/me/erasure").data)["final_at"] is None

    def test_nobody_is_erased_or_kept_by_anothers_token(self, client: FlaskClient, trail: Version) -> None:
        victim, attacker = played(client, trail)[0], Phone(client).registered()
        mixed = Phone(client, player=victim.player, token=attacker.token)

        assert (
            problem(attacker.post("/api/v1/me/erasure", {"player": victim.player})) == "erasure-unconfirmed"
        )
        for answer in (asked(mixed), mixed.client.delete("/api/v1/me/erasure", headers=mixed.headers)):
            assert problem(answer) == "unknown-token"
        assert json.loads(victim.get("/api/v1/me/erasure").data)["final_at"] is None

        asked(victim)
        attacker.client.delete("/api/v1/me/erasure", headers=attacker.headers)

        assert json.loads(victim.get("/api/v1/me/erasure").data)["final_at"] is not None

    def test_at_once_the_token_opens_nothing_but_regret_and_export(
        self, client: FlaskClient, trail: Version
    ) -> None:
        phone, journey = played(client, trail)
        asked(phone)

        refused = phone.send(journey, [phone.answer(trail.quest)])

        assert problem(refused) == "being-erased"
        assert problem(phone.get("/api/v1/awards")) == "being-erased"
        assert problem(phone.get("/api/v1/journeys")) == "being-erased"
        assert json.loads(exported(phone)["erasures.json"])["rows"][0]["player_id"] == phone.player
        assert phone.get("/api/v1/me").status_code == 200

    def test_moves_that_waited_are_heard_after_a_regret(self, client: FlaskClient, trail: Version) -> None:
        phone, journey = played(client, trail)
        waited = phone.answer(trail.quest)
        asked(phone)
        assert problem(phone.send(journey, [waited])) == "being-erased"

        stays = phone.client.delete("/api/v1/me/erasure", headers=phone.headers)

        assert json.loads(stays.data) == {"asked_at": None, "final_at": None}
        assert outcomes(phone.send(journey, [waited]))[0][0] == "accepted"

    def test_another_device_of_the_player_may_regret_it(self, client: FlaskClient, trail: Version) -> None:
        phone, _ = played(client, trail)
        tablet = Phone(client, player=phone.player)
        assert phone.put(f"/api/v1/players/{phone.player}", tablet.registration()).status_code == 200
        asked(phone)

        assert tablet.client.delete("/api/v1/me/erasure", headers=tablet.headers).status_code == 200

        assert phone.get("/api/v1/journeys").status_code == 200

    def test_no_device_is_added_to_who_is_leaving(self, client: FlaskClient, trail: Version) -> None:
        phone, _ = played(client, trail)
        asked(phone)
        tablet = Phone(client, player=phone.player)

        assert problem(phone.put(f"/api/v1/players/{phone.player}", tablet.registration())) == "being-erased"

    def test_who_is_leaving_is_named_to_nobody_and_given_nothing(
        self, server: Server, client: FlaskClient, trail: Version
    ) -> None:
        phone, host = Phone(client).registered(), Phone(client).registered()
        both = [host.player, phone.player]
        journey = host.begin(trail.quest, players=both)
        asked(phone)

        host.send(journey, [host.arrival(trail.quest, by=both), host.answer(trail.quest, by=both)])
        awards.backfill(server.edge.database, open_badges(), datetime.now(UTC))

        assert phone.player not in host.get("/api/v1/journeys").text
        assert phone.player not in host.get(f"/api/v1/journeys/{journey}").text
        given = server.edge.database.private.read("SELECT DISTINCT player_id::text FROM game.awards")
        assert (phone.player,) not in given
        # The same beginning once more is still the same.
        assert (
            host.put(f"/api/v1/journeys/{journey}", host.beginning(trail.quest, players=both)).status_code
            == 200
        )

    def test_it_is_done_when_the_day_has_come_and_not_before(
        self, server: Server, client: FlaskClient, trail: Version
    ) -> None:
        (phone, _), (stays, _) = played(client, trail), played(client, trail)
        final_at = datetime.fromisoformat(json.loads(asked(phone).data)["final_at"])
        database, file = server.edge.database, server.edge.settings.tombstones_file

        assert erase.erase_due(database, final_at - timedelta(seconds=1), file) == 0
        assert erase.erase_due(database, final_at, file) == 1
        assert erase.erase_due(database, final_at, file) == 0

        assert problem(phone.get("/api/v1/me")) == "unknown-token"
        assert problem(asked(phone)) == "unknown-token"
        assert problem(phone.register()) == "player-erased"
        left = json.loads(stays.get("/api/v1/me").data)["stored"]
        assert [one["count"] for one in left if one["kind"] == "moves"] == [2, 1]
        assert [one.kind for one in tombstones.read(file) if one.id == phone.player] == ["leaves", "player"]

    def test_who_regrets_at_the_last_moment_stays(
        self, server: Server, client: FlaskClient, trail: Version, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone, _ = played(client, trail)
        final_at = datetime.fromisoformat(json.loads(asked(phone).data)["final_at"])
        database, file = server.edge.database, server.edge.settings.tombstones_file
        lock = erase.players.lock

        def regretted_meanwhile(*args: Any) -> bool:
            monkeypatch.undo()
            phone.client.delete("/api/v1/me/erasure", headers=phone.headers)
            return lock(*args)

        monkeypatch.setattr(erase.players, "lock", regretted_meanwhile)

        assert erase.erase_due(database, final_at, file) == 0
        assert phone.get("/api/v1/journeys").status_code == 200
