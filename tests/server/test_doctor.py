"""The doctor: whatever is wrong is said, with how to mend it, and nothing else is."""

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from click.testing import CliRunner

from media.confine import Fences
from server.cli import archive, doctor, main
from server.cli.cluster import Cluster
from server.cli.doctor import Finding, examine, sign_in
from server.config import Settings, load_secrets, read_settings
from server.wiring import open_base_maps
from tests.server import seaweed
from tests.server.maps import lay

OPERATOR = """
read_by_lawyer = 2027-01-31
contact = { name = "Exempel kommun", email = "kommun@exempel.example" }
data_protection_officer = { email = "ombud@exempel.example" }
"""


@pytest.fixture
def settings(cluster: Cluster) -> Settings:
    """An installation in which all is well but that nothing runs except the database."""
    data, told = cluster.folder.parent, cluster.folder.parent / "operator.toml"
    told.write_text(OPERATOR, "utf-8")
    settings = read_settings({"ROTFASTE_DATA": str(data), "PORT": "1", "ROTFASTE_OPERATOR": str(told)})
    for folder in (settings.media_folder, settings.backup_folder):
        folder.mkdir()
    load_secrets(settings.secrets_file)
    (settings.backup_folder / archive.file_name(datetime.now(UTC))).touch()
    return settings


def troubles(settings: Settings) -> list[Finding]:
    """But for those of a machine on which nothing is served, and those of this machine's clock."""
    known = ("Nothing answers", "No worker", "The clock is", "Whether the clock")
    return [f for f in examine(settings) if f.state != "ok" and not f.what.startswith(known)]


def execute(settings: Settings, statement: str) -> None:
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(statement)


def test_where_all_is_well_nothing_is_said(settings: Settings) -> None:
    assert troubles(settings) == []


def test_what_is_not_served_is_said(settings: Settings) -> None:
    said = [finding.what for finding in examine(settings) if finding.state == "wrong"]

    assert said == ["No worker has been heard of.", "Nothing answers at http://localhost:1."]


class Trouble(NamedTuple):
    cause: Callable[[Settings], object]
    state: str
    said: str
    mend: str


def operators_file(settings: Settings) -> Path:
    assert settings.operator is not None
    return settings.operator


def age(settings: Settings) -> None:
    long_ago = (datetime.now(UTC) - timedelta(days=3)).timestamp()
    os.utime(next(settings.backup_folder.iterdir()), (long_ago, long_ago))


def damage_base_map(settings: Settings) -> None:
    found = lay(open_base_maps(settings))
    (settings.basemap_folder / f"{found}.pmtiles").write_bytes(b"?")


TROUBLES = {
    "secrets that others may read": Trouble(
        lambda s: s.secrets_file.chmod(0o640), "wrong", "may be read by others (mode 640)", "chmod 600"
    ),
    "secrets that are gone": Trouble(
        lambda s: s.secrets_file.unlink(), "wrong", "is missing", "Restore a backup"
    ),
    "secrets that are damaged": Trouble(
        lambda s: s.secrets_file.write_text("?"), "wrong", "is damaged", "owner"
    ),
    "no place for media": Trouble(
        lambda s: s.media_folder.rmdir(), "wrong", "Media cannot be written", "belong to the account"
    ),
    "media that nobody takes in": Trouble(
        lambda s: execute(
            s,
            "INSERT INTO game.players (id, created_at) VALUES (gen_random_uuid(), now());"
            "INSERT INTO game.media_contents (player_id, sha256, id, type, bytes, received, pieces, state, touched_at,"
            " tries) SELECT id, 'x', id, 'image/png', 1, 1, 1, 'received', now() - interval '2 hours', 0"
            " FROM game.players",
        ),
        "wrong",
        "1 pictures and sounds have waited",
        "journalctl",
    ),
    "a base map that is damaged": Trouble(
        damage_base_map, "wrong", "is damaged; a plain one is drawn", "./rotfaste basemap import"
    ),
    "a base map that is old": Trouble(
        lambda s: lay(open_base_maps(s), data_at=datetime(2020, 1, 2, tzinfo=UTC)),
        "mind",
        "The base map is as of 2020-01-02, 0.0 MB, from made.osm.pbf; credit: somebody.",
        "./rotfaste basemap import",
    ),
    "no backup": Trouble(
        lambda s: next(s.backup_folder.iterdir()).unlink(), "mind", "There is no backup.", "./rotfaste backup"
    ),
    "an old backup": Trouble(age, "mind", "is 72 hours old", "./rotfaste backup"),
    "a restore that was broken off": Trouble(
        lambda s: s.restore_mark.touch(), "wrong", "broken off", "restore --replace"
    ),
    "nobody who answers for it": Trouble(
        lambda s: operators_file(s).write_text("", "utf-8"),
        "mind",
        "Nobody has filled in who answers",
        "deploy/operator.toml",
    ),
    "legal texts that nobody has read": Trouble(
        lambda s: operators_file(s).write_text(OPERATOR.replace("read_by", "# read_by"), "utf-8"),
        "mind",
        "they are drafts",
        "read_by_lawyer",
    ),
    "an operator's file with a mistake": Trouble(
        lambda s: operators_file(s).write_text("nam = 'X'", "utf-8"),
        "wrong",
        "nam: there is no such field",
        "nothing starts",
    ),
    "no cluster": Trouble(
        lambda s: Cluster(s.cluster_folder).stop(),
        "wrong",
        "cluster does not run",
        "./rotfaste cluster start",
    ),
    "no schema": Trouble(
        lambda s: execute(s, "DROP TABLE game.alembic_version"),
        "wrong",
        "no schema yet",
        "./rotfaste migrate",
    ),
    "a schema from the future": Trouble(
        lambda s: execute(s, "UPDATE game.alembic_version SET version_num = '9999'"),
        "wrong",
        "newer",
        "Update",
    ),
    "no PostGIS": Trouble(
        lambda s: execute(s, "DROP EXTENSION postgis CASCADE"),
        "wrong",
        "has no PostGIS",
        "CREATE EXTENSION postgis",
    ),
    "a public role that reads what is private": Trouble(
        lambda s: execute(
            s, "GRANT USAGE ON SCHEMA game TO public; GRANT SELECT ON game.players TO shown_reader"
        ),
        "wrong",
        "can read what is not public: game.players",
        "REVOKE",
    ),
    "a public role that is gone": Trouble(
        lambda s: execute(s, "DROP OWNED BY shown_reader; DROP ROLE shown_reader"),
        "wrong",
        "cannot be used",
        "./rotfaste migrate",
    ),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_each_trouble_is_said_with_how_to_mend_it(settings: Settings, name: str) -> None:
    trouble = TROUBLES[name]
    trouble.cause(settings)

    found = troubles(settings)

    assert [finding.state for finding in found] == [trouble.state]
    assert trouble.said in found[0].what
    assert trouble.mend in found[0].mend


def test_a_machine_without_ffmpeg_is_told_to_install_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    assert [finding.mend for finding in doctor.media_intake(settings)] == ["apt-get install ffmpeg"]


def test_a_process_that_is_not_shut_in_is_minded(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.intake, "fences", lambda: Fences(seccomp=True, landlock=False))

    (found,) = doctor.media_intake(settings)

    assert (found.state, found.what) == ("mind", "What players bring is decoded without Landlock.")


def test_a_bucket_is_tried_and_not_believed(settings: Settings, tmp_path: Path) -> None:
    with seaweed.running(tmp_path) as running:
        right = read_settings({"ROTFASTE_DATA": str(settings.data), **running.environ()})
        wrong = read_settings(
            {"ROTFASTE_DATA": str(settings.data), **running.environ(), "ROTFASTE_S3_SECRET": "another"}
        )

        assert [finding.state for finding in doctor.media_store(right)] == ["ok"]
        assert [finding.state for finding in doctor.media_store(wrong)] == ["wrong"]


def test_what_maps_are_drawn_on_is_said(settings: Settings) -> None:
    def said(settings: Settings) -> list[tuple[str, str]]:
        return [(finding.state, finding.what) for finding in doctor.base_map(settings)]

    assert [what[:41] for _, what in said(settings)] == ["No base map is imported: a plain one is d"]

    lay(open_base_maps(settings), data_at=datetime.now(UTC))
    named = {
        "ROTFASTE_BASE_MAP": "https://tiles.example.se/{z}/{x}/{y}.png",
        "ROTFASTE_BASE_MAP_CREDIT": "© Somebody",
    }
    ours, theirs = said(read_settings({"ROTFASTE_DATA": str(settings.data), **named}))

    assert ours[0] == theirs[0] == "ok"
    assert ours[1].endswith("from made.osm.pbf; credit: somebody.")
    assert "https://tiles.example.se, which learns where they look" in theirs[1]
    assert theirs[1].endswith("credit: © Somebody.")


@pytest.mark.parametrize("free, states", [(10**8, ["wrong", "wrong"]), (10**9, ["mind"])])
def test_a_full_disk_is_said_before_it_is_full_and_that_phones_wait_with_media(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, free: int, states: list[str]
) -> None:
    usage = shutil.disk_usage(settings.data)._replace(free=free)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage)

    assert [(finding.state, finding.mend[:9]) for finding in troubles(settings)] == [
        (state, "Make room") for state in states
    ]


def test_a_migration_that_is_pending_is_said(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    known = doctor.known_revisions()
    monkeypatch.setattr(doctor, "known_revisions", lambda: ["later", *known])

    assert [finding.what for finding in troubles(settings)] == ["1 migrations are not done yet."]


def test_a_worker_that_fell_silent_is_said(settings: Settings) -> None:
    execute(
        settings, "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes')"
    )
    said = [finding.what for finding in examine(settings) if finding.state == "wrong"]

    assert said[0].startswith("The worker was last heard of 30")


def test_clocks_that_differ_are_said(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "CLOCKS_APART_S", -1)

    assert [finding.what for finding in troubles(settings)] == ["The database's clock is 0 s from ours."]


def test_a_database_that_cannot_be_reached_is_said_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/quest"
    asked = CliRunner().invoke(
        main, ["doctor"], env={"ROTFASTE_DATA": str(tmp_path), "DATABASE_URL": url, "PORT": "1"}
    )

    assert asked.exit_code == 1
    assert "wrong  The database cannot be reached" in asked.output
    assert "wrong  Nothing answers" in asked.output


def test_how_people_cannot_sign_in_is_said(tmp_path: Path) -> None:
    file = tmp_path / "providers.toml"
    file.write_text("[x]\nname = 'X'\n", "utf-8")
    mailless = read_settings({"ROTFASTE_PUBLIC_ADDRESS": "https://quest.example.se"})
    mistaken = read_settings({"ROTFASTE_PROVIDERS": str(file)})

    (no_mail,), (mistake,) = sign_in(mailless), sign_in(mistaken)

    assert (no_mail.state, no_mail.what) == (
        "mind",
        "No mail server is set: nobody can sign in by a code.",
    )
    assert mistake.state == "wrong"
    assert f"{file}: x: Object missing required field `issuer`." in mistake.what
