"""`rotfaste pack import` and `export`: what an association owns goes in, and comes out whole."""

import re
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from content.packs.writing import zip_members
from server.cli.pack import command
from server.cli.quest import command as quest_command
from server.config import CHECKOUT
from server.readers.packs import read_members
from server.stores import bodies
from server.stores.bodies import Body
from server.stores.database import Database
from tests.content.examples import CODE, spoilt, trail
from tests.server.api.rights import trails

DOOR = CHECKOUT / "seed_data/quests/anywhere/from-your-door"


@pytest.fixture(autouse=True)
def at_the_database(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database)


def pack(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def version_in(result: Result) -> str:
    found = re.search(r"Version ([0-9a-f]{12})", result.output)
    assert found is not None, result.output
    return found[1]


def test_a_quest_comes_out_as_it_went_in_with_answers_and_printed_codes(tmp_path: Path) -> None:
    zipped = tmp_path / "trail.zip"
    zipped.write_bytes(zip_members(trail()))

    brought = pack("import", "--lang", "en", zipped)
    taken = pack("export", "JH22222", "--to", tmp_path / "out")
    again = pack("import", "--lang", "en", tmp_path / "out")

    assert (brought.exit_code, taken.exit_code, again.exit_code) == (0, 0, 0)
    assert version_in(brought) == version_in(taken) == version_in(again)
    private = (tmp_path / "out/private.toml").read_text("utf-8")
    assert CODE in private
    assert "Frösön" in private
    assert (tmp_path / "out/private.toml").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "out/media/boat.png").read_bytes() == trail()["media/boat.png"]


def test_it_comes_out_as_a_zip_too_and_a_code_may_be_typed_as_people_type(tmp_path: Path) -> None:
    pack("import", DOOR)

    taken = pack("export", "jh-vqh 62", "--to", tmp_path / "door.zip")

    assert taken.exit_code == 0
    assert set(read_members(tmp_path / "door.zip").members) == set(read_members(DOOR).members) | {
        "private.toml"
    }


def test_what_is_there_already_is_not_written_over(tmp_path: Path) -> None:
    pack("import", DOOR)
    (tmp_path / "door.zip").write_bytes(b"mine")

    taken = pack("export", "JHVQH62", "--to", tmp_path / "door.zip")

    assert taken.exit_code == 1
    assert (tmp_path / "door.zip").read_bytes() == b"mine"


def test_a_quest_that_is_not_here_is_named(tmp_path: Path) -> None:
    taken = pack("export", "JH99999", "--to", tmp_path / "x.zip")

    assert taken.exit_code == 1
    assert "JH99999" in taken.output
    assert not (tmp_path / "x.zip").exists()


def test_of_several_packs_the_good_ones_come_in_and_the_others_are_told(tmp_path: Path) -> None:
    bad, odd = tmp_path / "bad.zip", tmp_path / "odd.zip"
    bad.write_bytes(zip_members(spoilt(trail(), "quest.toml", "minutes = 40", 'minutes = "40"')))
    odd.write_bytes(b"not a zip")

    brought = pack("import", "--lang", "en", bad, odd, DOOR)

    assert brought.exit_code == 1
    assert "without quotation marks" in brought.output
    assert "cannot be read" in brought.output
    assert "JHVQH62 is in" in brought.output
    assert pack("export", "JHVQH62", "--to", tmp_path / "door.zip").exit_code == 0
    assert pack("export", "JH22222", "--to", tmp_path / "bad-one.zip").exit_code == 1


def test_what_tells_of_a_community_that_is_here_is_no_commands_to_publish(
    opened: Database, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    sameby = Body(str(uuid.uuid4()), "sameby", "Samebyn", "2309", "", {}, "active", 1, now, verified_at=now)
    with opened.transaction() as connection:
        assert bodies.add(connection, sameby)
    told = tmp_path / "told.zip"
    told.write_bytes(trails.pack(str(uuid.uuid4()), sameby.id))

    brought = pack("import", "--lang", "en", told)

    assert brought.exit_code == 1
    assert "Samebyn has not said yes to this" in brought.output


@pytest.mark.parametrize("code", ["JH00000", "\udcff", "", "JH22222\n\n'--"])
def test_what_no_quest_can_be_called_is_no_quest(tmp_path: Path, code: str) -> None:
    taken = pack("export", "--to", tmp_path / "out", "--", code)
    rested = CliRunner().invoke(quest_command, ["--", code, "resting"])

    for told in (taken, rested):
        assert told.exit_code == 1
        assert "There is no quest" in told.output
