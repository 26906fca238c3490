"""`rotfaste duty`: the first administrator is made on the server itself."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from server.cli.duty import command
from server.stores import accounts, duties
from server.stores.accounts import Account
from server.stores.database import Database
from server.stores.duties import Duty

WHO = "0a1b2c3d-0000-4000-8000-000000000000"


@pytest.fixture
def asa(opened: Database, database: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("DATABASE_URL", database)
    now = datetime(2026, 11, 26, tzinfo=UTC)
    with opened.transaction() as connection:
        accounts.add_account(connection, Account(WHO, "Åsa", "sv", is_adult=True, created_at=now))
        accounts.set_address(connection, WHO, "asa@example.se", now)
    return opened


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def duties_now(database: Database) -> list[Duty]:
    with database.transaction() as connection:
        return duties.of_account(connection, WHO)


def test_a_duty_is_given_shown_and_taken_back_and_it_is_written_down(asa: Database) -> None:
    assert run("list").output == "Nobody has a duty yet.\n"
    given = run("give", "Asa@Example.se", "guide", "--municipality", "2309", "--language", "sv")

    assert given.exit_code == 0, given.output
    assert duties_now(asa) == [Duty("guide", "2309", ("sv",))]
    assert run("list").output == "guide  2309  asa@example.se  Åsa\n"
    assert run("take", "asa@example.se", "guide").exit_code == 1  # that one holds for a municipality
    assert run("take", "asa@example.se", "guide", "--municipality", "2309").exit_code == 0
    assert duties_now(asa) == []
    told = asa.private.read("SELECT what, subject FROM people.deeds ORDER BY id")
    assert told == [("give-duty", "guide 2309"), ("take-duty", "guide 2309")]


@pytest.mark.parametrize(
    "address, said",
    [
        ("nobody@example.se", "Nobody has signed in with that address yet"),
        ("asa", "cannot be an e-mail address"),
    ],
)
def test_nobody_is_given_one_who_has_not_come(asa: Database, address: str, said: str) -> None:
    result = run("give", address, "administrator")

    assert result.exit_code == 1
    assert said in result.output
    assert duties_now(asa) == []
