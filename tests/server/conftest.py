"""The throw-away database cluster of a test run.

The first test that asks for a database starts it; each worker has a database of its own, copied from a template
that was migrated once.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
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
def clean_database(database_url: str) -> Callable[[], None]:
    """Empties every table that tests filled; what the migrations put there stays."""
    with psycopg.connect(database_url) as connection:
        migrated = {table for table in _tables(connection) if _filled(connection, table)}

    def clean() -> None:
        with psycopg.connect(database_url) as connection:
            filled = [t for t in _tables(connection) if t not in migrated and _filled(connection, t)]
            if filled:
                names = sql.SQL(", ").join(sql.Identifier(*table) for table in filled)
                connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))

    return clean


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


def _filled(connection: psycopg.Connection, table: tuple[str, str]) -> bool:
    query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(*table))
    row = connection.execute(query).fetchone()
    return row is not None and row[0]
