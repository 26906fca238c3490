"""The throw-away database cluster of a test run.

The first test that asks for a database starts it; each worker has a database of its own, copied from a template
that was migrated once.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from server.cli.cluster import FORGETFUL, Cluster
from server.cli.migrate import migrate
from server.stores.database import Database
from tests.throwaway import RUN_VARIABLE

TEMPLATE = "quest_template"


@pytest.fixture(scope="session")
def run_folder() -> Path:
    return Path(os.environ[RUN_VARIABLE])


@pytest.fixture(scope="session")
def test_cluster(run_folder: Path) -> Cluster:
    """The one that all workers share; it forgets when it is killed, so kill `cluster` instead."""
    cluster = Cluster(run_folder / "shared", FORGETFUL)
    cluster.start()
    return cluster


@pytest.fixture(scope="session")
def migrated_template(test_cluster: Cluster, run_folder: Path) -> str:
    """Name of a database with the newest schema and nothing of anybody in it."""
    with (run_folder / "template-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the first worker makes it, the others wait
        finished = run_folder / "template-finished"
        if not finished.exists():
            test_cluster.create_database(TEMPLATE)
            migrate(test_cluster.url(TEMPLATE))
            finished.touch()
    return TEMPLATE


@pytest.fixture(scope="session")
def database_url(test_cluster: Cluster, migrated_template: str, worker_id: str, run_folder: Path) -> str:
    """A database of this worker's own, migrated. [libpq URL]

    What tests leave in it stays: see `database`.
    """
    name = f"quest_{worker_id}"
    with (run_folder / "template-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a template in use cannot be copied
        test_cluster.create_database(name, template=migrated_template)
    return test_cluster.url(name)


@pytest.fixture(scope="session")
def clean_database(database_url: str) -> Iterator[Callable[[], None]]:
    """Empties every table that tests filled; what the migrations put there stays."""
    connections = [_sweeping(database_url)]
    tables = _tables(connections[0])
    migrated = set(_filled(connections[0], tables))
    to_empty = [table for table in tables if table not in migrated]

    def clean() -> None:
        try:
            _empty(connections[0], to_empty)
        except psycopg.OperationalError:  # some tests end every connection that there is
            connections[0].close()
            connections[0] = _sweeping(database_url)
            _empty(connections[0], to_empty)

    yield clean
    connections[0].close()


@pytest.fixture
def database(database_url: str, clean_database: Callable[[], None]) -> Iterator[str]:
    """`database_url`, and empty again after the test, however it ended."""
    yield database_url
    clean_database()


@pytest.fixture
def opened(database: str) -> Iterator[Database]:
    """`database`, as use cases take it."""
    opened = Database(database, size=4)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def pristine_cluster(run_folder: Path) -> Path:
    """One that is stopped and is copied: making it takes ten times as long."""
    folder = run_folder / "pristine"
    with (run_folder / "pristine-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = Cluster(run_folder / "unfinished", FORGETFUL)
            unfinished.start()
            unfinished.create_database("quest")
            migrate(unfinished.url())
            unfinished.stop()
            unfinished.folder.rename(folder)
    return folder


@pytest.fixture
def cluster(run_folder: Path, pristine_cluster: Path, worker_id: str) -> Iterator[Cluster]:
    """One for this test alone, to be killed at will: durable as in production, its database `quest` migrated.

    The folder above it may be given as ROTFASTE_DATA.
    """
    data = Path(tempfile.mkdtemp(prefix=f"{worker_id}-", dir=run_folder))
    data.chmod(0o711)
    cluster = Cluster(data / "cluster")
    subprocess.run(["cp", "--archive", pristine_cluster, cluster.folder], check=True)
    cluster.start()
    yield cluster
    cluster.stop("immediate")
    shutil.rmtree(data, ignore_errors=True)


def _tables(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """(schema, name) of each table that is not PostgreSQL's own nor an extension's."""
    return connection.execute(
        """
        SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
        """
    ).fetchall()


def _sweeping(database_url: str) -> psycopg.Connection:
    """A connection that looks after no key meanwhile: in the end all is gone.

    A few rows are deleted in a tenth of the time that it takes to truncate their table.
    """
    connection = psycopg.connect(database_url, autocommit=True)
    connection.execute("SET session_replication_role = replica")
    return connection


def _empty(connection: psycopg.Connection, tables: Sequence[tuple[str, str]]) -> None:
    with connection.transaction():
        for table in _filled(connection, tables):
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(*table)))


def _filled(connection: psycopg.Connection, tables: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of them in which there is something, by one question."""
    asked = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(at, sql.Identifier(*table))
        for at, table in enumerate(tables)
    ]
    return [tables[at] for (at,) in connection.execute(sql.SQL(" UNION ALL ").join(asked), prepare=True)]
