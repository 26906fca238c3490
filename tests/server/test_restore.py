"""The rehearsal: backup, change, restore. What was there comes back, and what was erased does not."""

import hashlib
import json
import os
import shutil
import stat
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from server.cli import archive, dumps, main
from server.cli.cluster import Cluster
from server.cli.schema import known_revisions
from server.config import Settings, load_secrets, read_settings
from server.stores.database import SHOWN_ROLE, Database
from server.stores.players import Device, Player
from server.use_cases.erase import REGRET, ask, erase_due, erase_player, regret
from server.use_cases.players import Caller, register

NOW = datetime(2026, 12, 15, 16, 10, tzinfo=UTC)


class Installation:
    """A data folder as `rotfaste run` leaves it when it stops; without a URL the private cluster is in it."""

    def __init__(self, data: Path, database_url: str = "") -> None:
        self.environment = {"ROTFASTE_DATA": str(data), "DATABASE_URL": database_url}
        self.settings: Settings = read_settings(self.environment)
        for folder in (self.settings.media_folder, self.settings.backup_folder):
            folder.mkdir(exist_ok=True)
        load_secrets(self.settings.secrets_file)

    @property
    def backups(self) -> list[Path]:
        return archive.backups_in(self.settings.backup_folder)

    def rotfaste(self, *arguments: str | Path) -> Result:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments], env=self.environment)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def back_up(self) -> Path:
        result = self.rotfaste("backup")
        assert result.exit_code == 0, result.output
        return self.backups[-1]

    def add_player(self) -> str:
        player = str(uuid.uuid4())
        database = Database(self.settings.database_url, 1)
        register(database, Player(player, "sv"), Device(str(uuid.uuid4()), os.urandom(32)), NOW)
        database.close()
        return player

    def erase(self, player: str) -> None:
        database = Database(self.settings.database_url, 1)
        erase_player(database, player, NOW + timedelta(hours=1), self.settings.tombstones_file)
        database.close()

    def ask(self, player: str) -> None:
        with closing(Database(self.settings.database_url, 1)) as database:
            ask(database, Caller(player, ""), NOW, self.settings.tombstones_file)

    def regret(self, player: str) -> None:
        with closing(Database(self.settings.database_url, 1)) as database:
            regret(database, Caller(player, ""), NOW + timedelta(hours=1), self.settings.tombstones_file)

    def erase_due(self, now: datetime) -> int:
        with closing(Database(self.settings.database_url, 1)) as database:
            return erase_due(database, now, self.settings.tombstones_file)

    def players(self) -> set[str]:
        with psycopg.connect(self.settings.database_url) as connection:
            return {row[0] for row in connection.execute("SELECT id::text FROM game.players")}

    def execute(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.settings.database_url) as connection:
            done = connection.execute(statement)
            return done.fetchall() if done.description else []


@pytest.fixture
def installation(cluster: Cluster) -> Installation:
    return Installation(cluster.folder.parent)


@pytest.fixture
def other_machine(pristine_cluster: Path, cluster: Cluster, run_folder: Path) -> Iterator[Installation]:
    """Where nothing of ours was ever run; only its folder is there."""
    data = run_folder / f"other-{cluster.folder.parent.name}"
    data.mkdir(mode=0o711)
    other = Cluster(data / "cluster")
    yield Installation(data)
    other.stop("immediate")
    shutil.rmtree(data, ignore_errors=True)


def test_what_was_backed_up_comes_back_and_what_was_erased_since_does_not(installation: Installation) -> None:
    stays, goes = installation.add_player(), installation.add_player()
    (installation.settings.media_folder / "voice").write_bytes(b"twenty minutes")
    secrets = installation.settings.secrets_file.read_text()
    backup = installation.back_up()

    later = installation.add_player()
    installation.erase(goes)
    (installation.settings.media_folder / "voice").unlink()
    (installation.settings.media_folder / "later").write_bytes(b"later")
    result = installation.rotfaste("restore", "--replace", backup)

    assert result.exit_code == 0, result.output
    assert "Erased again: 1" in result.output
    assert installation.players() == {stays}
    assert later not in installation.players()
    assert [path.name for path in installation.settings.media_folder.iterdir()] == ["voice"]
    assert installation.settings.secrets_file.read_text() == secrets
    assert installation.execute("SELECT id::text FROM game.tombstones") == [(goes,)]
    assert not installation.settings.restore_mark.exists()


def test_who_asked_to_be_erased_is_still_erased_after_a_restore_of_an_older_dump(
    installation: Installation,
) -> None:
    goes, stays = installation.add_player(), installation.add_player()
    installation.ask(stays)
    backup = installation.back_up()
    installation.regret(stays)
    installation.ask(goes)

    result = installation.rotfaste("restore", "--replace", backup)

    assert result.exit_code == 0, result.output
    assert installation.players() == {goes, stays}
    assert installation.execute("SELECT player_id::text, final_at FROM game.erasures") == [
        (goes, NOW + REGRET)
    ]
    assert installation.erase_due(NOW + REGRET) == 1
    assert installation.players() == {stays}


def test_a_second_restore_erases_again_too(installation: Installation) -> None:
    goes = installation.add_player()
    backup = installation.back_up()
    installation.erase(goes)

    installation.rotfaste("restore", "--replace", backup)
    result = installation.rotfaste("restore", "--replace", backup)

    assert "Erased again: 1" in result.output
    assert installation.players() == set()


@pytest.mark.parametrize("lost", ["the file", "the table"])
def test_of_the_two_memories_of_what_was_erased_one_is_enough(installation: Installation, lost: str) -> None:
    goes = installation.add_player()
    backup = installation.back_up()
    installation.erase(goes)
    if lost == "the file":
        installation.settings.tombstones_file.unlink()
    else:
        installation.execute("TRUNCATE game.tombstones")

    installation.rotfaste("restore", "--replace", backup)

    assert installation.players() == set()
    assert goes in installation.settings.tombstones_file.read_text()


def test_a_backup_brings_along_what_had_been_erased(
    installation: Installation, other_machine: Installation
) -> None:
    """The machine is lost. The newest backup is restored, and then an older one: that does not undo it."""
    goes = installation.add_player()
    older = installation.back_up().rename(installation.settings.data / "older")
    installation.erase(goes)
    newest = installation.back_up()

    other_machine.rotfaste("restore", newest)
    result = other_machine.rotfaste("restore", "--replace", older)
    with Cluster(other_machine.settings.cluster_folder).used():
        players = other_machine.players()

    assert "Erased again: 1" in result.output
    assert players == set()


def test_a_new_machine_is_made_from_a_backup(installation: Installation, other_machine: Installation) -> None:
    stays = installation.add_player()
    (installation.settings.media_folder / "ab").mkdir()
    (installation.settings.media_folder / "ab/photo").write_bytes(b"\xff\xd8")
    backup = installation.back_up()

    result = other_machine.rotfaste("restore", backup)
    with Cluster(other_machine.settings.cluster_folder).used():
        players = other_machine.players()
        may_read = other_machine.execute(
            f"SELECT pg_has_role('{SHOWN_ROLE}', 'MEMBER'), has_schema_privilege('{SHOWN_ROLE}', 'shown', 'USAGE')"
        )

    assert result.exit_code == 0, result.output
    assert players == {stays}
    assert may_read == [(True, True)]
    assert (other_machine.settings.media_folder / "ab/photo").read_bytes() == b"\xff\xd8"
    assert other_machine.settings.secrets_file.read_bytes() == installation.settings.secrets_file.read_bytes()
    assert not Cluster(other_machine.settings.cluster_folder).running()


def test_a_role_without_special_rights_backs_up_and_restores(
    installation: Installation, run_folder: Path
) -> None:
    """As in an installation: a superuser made the database, the extension and the reading role, and no more."""
    with psycopg.connect(installation.settings.database_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE plain LOGIN")
        connection.execute(f"GRANT {SHOWN_ROLE} TO plain")
        connection.execute("CREATE DATABASE plain OWNER plain")
    url = Cluster(installation.settings.cluster_folder).url("plain")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE EXTENSION postgis")
    data = Path(tempfile.mkdtemp(dir=run_folder))
    plain = Installation(data, url.replace("//quest@", "//plain@"))

    migrated = plain.rotfaste("migrate")
    stays = plain.add_player()
    backup = plain.back_up()
    plain.erase(stays)
    plain.add_player()
    restored = plain.rotfaste("restore", "--replace", backup)

    assert migrated.exit_code == 0, migrated.output
    assert restored.exit_code == 0, restored.output
    assert "Erased again: 1" in restored.output
    assert plain.players() == set()


def test_what_is_there_is_replaced_only_on_purpose(installation: Installation) -> None:
    backup = installation.back_up()
    later = installation.add_player()

    result = installation.rotfaste("restore", backup)

    assert result.exit_code == 1
    assert "--replace" in result.output
    assert installation.players() == {later}


def test_nothing_is_restored_while_somebody_works(installation: Installation) -> None:
    backup = installation.back_up()
    with psycopg.connect(installation.settings.database_url):
        result = installation.rotfaste("restore", "--replace", backup)

    assert result.exit_code == 1
    assert "in use (1 connections)" in result.output


def test_a_dump_that_fails_half_way_changes_nothing(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    stays = installation.add_player()
    backup = installation.back_up()
    goes = installation.add_player()
    installation.erase(goes)
    clashing = installation.settings.data / "clear.sql"
    clashing.write_text(dumps.CLEAR.read_text() + "CREATE SCHEMA game;")  # the dump brings its own
    monkeypatch.setattr(dumps, "CLEAR", clashing)

    result = installation.rotfaste("restore", "--replace", backup)

    assert result.exit_code == 1
    assert 'schema "game" already exists' in result.output
    assert installation.players() == {stays}
    assert not installation.settings.restore_mark.exists()
    assert not (installation.settings.data / ".restoring").exists()


def test_nothing_is_served_between_a_dump_and_its_erasing(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes = installation.add_player()
    backup = installation.back_up()
    installation.erase(goes)

    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("server.cli.restore.erase.replay", break_off)
        broken_off = installation.rotfaste("restore", "--replace", backup)
    served = installation.rotfaste("serve")
    asked = installation.rotfaste("doctor")
    finished = installation.rotfaste("restore", "--replace", backup)

    assert broken_off.exit_code == 1
    assert served.exit_code == 1
    assert "restore was broken off" in served.output
    assert "wrong  A restore was broken off." in asked.output
    assert finished.exit_code == 0
    assert goes not in installation.players()


def test_a_backup_of_a_newer_version_is_refused(installation: Installation) -> None:
    installation.execute("UPDATE game.alembic_version SET version_num = '9999'")
    backup = installation.back_up()

    result = installation.rotfaste("restore", "--replace", backup)

    assert result.exit_code == 1
    assert "newer version of Rotfäste (schema 9999)" in result.output


def test_what_a_newer_schema_added_does_not_stay_beside_an_older_dump(installation: Installation) -> None:
    backup = installation.back_up()
    installation.execute(
        "CREATE TABLE game.later (x int); CREATE SCHEMA more; CREATE TABLE more.t (x int);"
        "CREATE TABLE public.later (x int); CREATE TYPE public.mood AS ENUM ('a');"
        "CREATE FUNCTION public.later() RETURNS int LANGUAGE sql AS 'SELECT 1'"
    )

    result = installation.rotfaste("restore", "--replace", backup)

    assert result.exit_code == 0, result.output
    assert installation.execute(
        "SELECT to_regclass('game.later'), to_regnamespace('more'), to_regclass('public.later'),"
        " to_regtype('public.mood'), to_regproc('public.later')"
    ) == [(None,) * 5]
    assert installation.execute("SELECT postgis_lib_version() IS NOT NULL") == [(True,)]


def test_a_backup_is_ours_alone_and_says_what_is_in_it(installation: Installation) -> None:
    backup = installation.back_up()
    manifest = archive.verified(backup)

    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert manifest.schema == known_revisions()[0]
    assert (
        manifest.files["secrets.json"]
        == hashlib.sha256(installation.settings.secrets_file.read_bytes()).hexdigest()
    )
    assert [path.name for path in installation.settings.backup_folder.iterdir()] == [backup.name]


def test_only_so_many_backups_are_kept(installation: Installation) -> None:
    for day in range(1, 5):
        (installation.settings.backup_folder / f"2026010{day}T000000Z.rotfaste.tar").touch()

    result = installation.rotfaste("backup", "--keep", "3")

    assert [path.name[:8] for path in installation.backups[:2]] == ["20260103", "20260104"]
    assert len(installation.backups) == 3
    assert "Deleted: 20260101T000000Z" in result.output


def test_a_backup_that_cannot_be_made_leaves_nothing(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive.Writer, "add", full)

    result = installation.rotfaste("backup")

    assert result.exit_code == 1
    assert "No space left on device" in result.output
    assert list(installation.settings.backup_folder.iterdir()) == []


def test_a_backup_is_made_where_nothing_runs(installation: Installation) -> None:
    cluster = Cluster(installation.settings.cluster_folder)
    cluster.stop()

    result = installation.rotfaste("backup")

    assert result.exit_code == 0
    assert not cluster.running()


@pytest.mark.parametrize("damage", ["{", "{}", json.dumps({"signing": 3})])
def test_damaged_secrets_are_found_out_when_the_backup_is_made(
    installation: Installation, damage: str
) -> None:
    installation.settings.secrets_file.write_text(damage)

    result = installation.rotfaste("backup")

    assert result.exit_code == 1
    assert "is damaged" in result.output
