"""The pool: what it does when PostgreSQL goes away, and that nothing is done twice or by halves."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from server.cli.cluster import Cluster
from server.cli.migrate import migrate
from server.stores import database as databases
from server.stores.database import Database, PoolExhausted, Prepared


@pytest.fixture
def own(cluster: Cluster) -> Iterator[Database]:
    """A database in a cluster that may be killed."""
    migrate(cluster.url())
    own = Database(cluster.url(), size=3)
    yield own
    own.close()


def kill(cluster: Cluster) -> None:
    os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)


def players(database: Database) -> int:
    count: int = database.private.read("SELECT count(*) FROM game.players")[0][0]
    return count


def wait_until_gone(database: Database) -> None:
    """A process of PostgreSQL may outlive its parent by a moment, and answer."""
    give_up_at = time.monotonic() + 20
    for pool in (database.private, database.shown):
        with contextlib.suppress(psycopg.OperationalError):
            while time.monotonic() < give_up_at:
                pool.read("SELECT 1")
                time.sleep(0.01)


TWICE = Prepared(b"twice", "SELECT $1 + $1, 'å'::text")
TWO = (b"\0\0\0\2", "å".encode())
ADD = "INSERT INTO game.players (id, created_at) VALUES (gen_random_uuid(), now())"


def backend(connection: psycopg.Connection) -> int:
    return connection.info.backend_pid


def end_backends(database_url: str) -> None:
    """As an administrator or a failover would, to every connection but one's own."""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_connection_is_made_once_and_used_again(opened: Database) -> None:
    with opened.transaction() as first:
        pid = backend(first)
    with opened.transaction() as second:
        assert backend(second) == pid


def test_what_is_raised_in_a_transaction_undoes_it_and_the_connection_lives_on(opened: Database) -> None:
    def fail() -> None:
        with opened.transaction() as connection:
            used.append(backend(connection))
            connection.execute(ADD)
            raise ZeroDivisionError

    used: list[int] = []
    with pytest.raises(ZeroDivisionError):
        fail()

    assert players(opened) == 0
    with opened.transaction() as connection:
        assert backend(connection) == used[0]


def test_a_failed_statement_undoes_its_transaction(opened: Database) -> None:
    def fail() -> None:
        with opened.transaction() as connection:
            connection.execute(ADD)
            connection.execute("SELECT 1 / 0")

    with pytest.raises(psycopg.errors.DivisionByZero):
        fail()

    assert players(opened) == 0


def test_connections_that_broke_while_idle_are_not_noticed_by_anybody(
    opened: Database, database_url: str
) -> None:
    with opened.transaction(), opened.transaction():
        pass
    opened.shown.read("SELECT 1")
    opened.private.read_numbers(TWICE, 1)
    end_backends(database_url)
    assert opened.private.read_numbers(TWICE, 1) == TWO
    end_backends(database_url)

    with opened.transaction() as connection:
        connection.execute(ADD)

    assert opened.shown.read("SELECT 1") == [(1,)]
    assert players(opened) == 1


def test_a_connection_that_breaks_in_a_transaction_undoes_it_and_is_not_tried_again(
    opened: Database, database_url: str
) -> None:
    tried: list[str] = []

    def add_twice() -> None:
        with opened.transaction() as connection:
            tried.append("once")
            connection.execute(ADD)
            end_backends(database_url)
            connection.execute(ADD)

    with pytest.raises(psycopg.OperationalError):
        add_twice()

    assert tried == ["once"]
    assert players(opened) == 0


def test_a_commit_that_breaks_is_said_and_not_repeated(opened: Database, database_url: str) -> None:
    def add() -> None:
        with opened.transaction() as connection:
            connection.execute(ADD)
            end_backends(database_url)

    with pytest.raises(psycopg.OperationalError):
        add()

    assert players(opened) == 0


def test_a_database_that_is_gone_is_known_at_once_and_used_again_at_once(
    own: Database, cluster: Cluster
) -> None:
    with own.transaction() as connection:
        connection.execute(ADD)
    kill(cluster)
    wait_until_gone(own)
    began = time.monotonic()

    for _ in range(5):
        with pytest.raises(psycopg.OperationalError), own.transaction():
            pass
        with pytest.raises(psycopg.OperationalError):
            own.shown.read("SELECT 1")
        with pytest.raises(psycopg.OperationalError):
            own.shown.read_numbers(TWICE, 1)

    assert time.monotonic() - began < 1
    cluster.start()
    assert players(own) == 1
    assert own.shown.read("SELECT 1") == [(1,)]
    assert own.shown.read_numbers(TWICE, 1) == TWO


def test_more_than_there_are_places_wait_and_then_are_told(
    opened: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "WAIT_S", 0.2)
    entered, leave = threading.Barrier(5), threading.Event()

    def hold() -> None:
        with opened.transaction():
            entered.wait(10)
            leave.wait(10)

    with ThreadPoolExecutor(4) as holders:
        held = [holders.submit(hold) for _ in range(4)]
        entered.wait(10)
        with pytest.raises(PoolExhausted), opened.transaction():
            pass
        leave.set()
        for one in held:
            one.result()
    with opened.transaction():
        pass


def test_many_threads_share_few_connections(opened: Database) -> None:
    used: set[int] = set()

    def add(_: int) -> None:
        with opened.transaction() as connection:
            used.add(backend(connection))
            connection.execute(ADD)

    with ThreadPoolExecutor(16) as phones:
        list(phones.map(add, range(200)))

    assert players(opened) == 200
    assert 1 <= len(used) <= 4


def test_options_in_the_address_are_kept(database: str) -> None:
    own = Database(f"{database}&options=-c%20application_name%3Dmine", size=1)

    assert own.private.read("SHOW application_name") == [("mine",)]
    assert own.private.read("SHOW jit") == [("off",)]
    own.close()


def test_nothing_is_opened_before_it_is_needed() -> None:
    Database("postgresql://nobody@/nowhere?host=/does/not/exist", size=1).close()


def test_a_public_statement_that_takes_too_long_is_ended(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(databases.SHOWN_OPTIONS, "statement_timeout", "100ms")
    own = Database(database, size=1)

    with pytest.raises(psycopg.errors.QueryCanceled):
        own.shown.read("SELECT pg_sleep(30)")
    with pytest.raises(psycopg.errors.QueryCanceled):
        own.shown.read_numbers(Prepared(b"sleep", "SELECT pg_sleep($1)"), 30)

    assert own.shown.read("SELECT 1") == [(1,)]
    assert own.shown.read_numbers(TWICE, 1) == TWO
    own.close()


def test_numbers_are_read_as_they_come_and_a_mistake_is_said(opened: Database) -> None:
    for number in (0, 1, -7, 2**30 - 1):
        doubled, letter = opened.shown.read_numbers(TWICE, number)
        assert (int.from_bytes(doubled, "big", signed=True), letter) == (2 * number, TWO[1])
    with pytest.raises(psycopg.errors.NumericValueOutOfRange):
        opened.shown.read_numbers(TWICE, 2**31 - 1)
    with pytest.raises(psycopg.errors.UndefinedTable):
        opened.shown.read_numbers(Prepared(b"wrong", "SELECT $1 FROM nowhere"), 1)

    assert opened.shown.read_numbers(TWICE, 1) == TWO
