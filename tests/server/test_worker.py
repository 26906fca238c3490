"""The worker as a process: it does what is due, ends when it is asked to, and says when the database is gone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from media.blobs import FolderStore
from server.cli.cluster import Cluster
from server.cli.migrate import migrate
from server.config import CHECKOUT
from server.jobs import EVERY_FIVE_MINUTES, HOURLY, HOURLY_TOO, MORNINGS, job_queue
from server.mail import Sender
from server.stores import tombstones
from server.stores.database import Database
from server.use_cases.erase import REGRET, ask
from server.wiring import open_languages
from tests.factories import registered, started

DEFER = (
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', 'forget', 0, NULL, NULL, '{\"timestamp\": 0}', NULL)"
    "::procrastinate_job_to_defer_v1])"
)

Start = Callable[[str], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a worker on a database; it is gone after the test."""
    running = []

    def start(database_url: str) -> "subprocess.Popen[bytes]":
        worker = subprocess.Popen(
            [sys.executable, "-P", "-m", "server.cli", "worker"],
            cwd="/",
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(CHECKOUT),
                "DATABASE_URL": database_url,
                "ROTFASTE_DATA": str(tmp_path),
            },
            stderr=subprocess.PIPE,
        )
        running.append(worker)
        return worker

    yield start
    for worker in running:
        worker.kill()
        worker.communicate()


def wait_until(database: Database, query: str) -> None:
    give_up_at = time.monotonic() + 30
    while database.private.read(query.encode()) != [(True,)]:  # type: ignore[arg-type]
        assert time.monotonic() < give_up_at, query
        time.sleep(0.1)


def test_positions_are_forgotten_by_a_job_that_was_put_in_a_transaction(
    opened: Database, database: str, start: Start
) -> None:
    walk = started(opened)
    long_ago = datetime.now(UTC) - timedelta(days=91)
    walk.submit(walk.move(), now=long_ago)
    with opened.transaction() as connection:
        connection.execute(DEFER)
    worker = start(database)

    wait_until(opened, "SELECT bool_and(fixes IS NULL) FROM game.moves")
    wait_until(opened, "SELECT count(*) = 0 FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
    worker.send_signal(signal.SIGTERM)
    _, log = worker.communicate(timeout=30)

    assert worker.returncode == 0
    assert b'"event":"forgotten"' in log
    assert b"Traceback" not in log


def test_who_asked_to_be_erased_is_erased_when_the_day_has_come(
    opened: Database, database: str, start: Start, tmp_path: Path
) -> None:
    goes, waits = registered(opened), registered(opened)
    now = datetime.now(UTC)
    ask(opened, goes, now - REGRET - timedelta(minutes=1), tmp_path / "tombstones.log")
    ask(opened, waits, now - REGRET + timedelta(days=1), tmp_path / "tombstones.log")
    with opened.transaction() as connection:
        connection.execute(DEFER.replace("forget", "erase"))
    worker = start(database)

    wait_until(opened, "SELECT count(*) = 1 FROM game.players")
    worker.send_signal(signal.SIGTERM)
    _, log = worker.communicate(timeout=30)

    assert b'"event":"erased"' in log
    assert opened.private.read("SELECT id::text FROM game.players") == [(waits.player,)]
    stones = [one for one in tombstones.read(tmp_path / "tombstones.log") if one.kind == "player"]
    assert [one.id for one in stones] == [goes.player]


def test_what_failed_is_forgotten_after_35_days(opened: Database, database: str, start: Start) -> None:
    with opened.transaction() as connection:
        for days in (34, 36):
            job = connection.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, status, args)"
                " VALUES ('default', 'remove-blobs', 'failed', jsonb_build_object('folder', %(days)s::text)) RETURNING id",
                {"days": days},
            ).fetchone()
            assert job is not None
            connection.execute(
                "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%(id)s, 'failed', now())",
                {"id": job[0]},
            )
            connection.execute(
                "UPDATE procrastinate_events SET at = now() - make_interval(days => %(days)s) WHERE job_id = %(id)s",
                {"id": job[0], "days": days},
            )
        connection.execute(DEFER.replace("'forget'", "'forget-jobs'"))
    worker = start(database)

    wait_until(opened, "SELECT count(*) = 0 FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
    worker.send_signal(signal.SIGTERM)
    _, log = worker.communicate(timeout=30)

    assert b"Traceback" not in log
    assert opened.private.read("SELECT args->>'folder' FROM procrastinate_jobs") == [("34",)]


def test_what_is_due_when(tmp_path: Path) -> None:
    with closing(Database("postgresql://nobody@/nowhere", size=1)) as database:
        queue = job_queue(
            "postgresql://nobody@/nowhere",
            database,
            (),
            FolderStore(tmp_path),
            tmp_path,
            tmp_path,
            Sender(None, "rotfaste@localhost", tmp_path),
            open_languages().say,
            "",
            log=None,
        )
        tasks = queue.periodic_registry.periodic_tasks.values()

    assert {(task.task.name, task.cron) for task in tasks} == {
        ("forget", HOURLY),
        ("erase", HOURLY),
        ("award", HOURLY),
        ("seasons", HOURLY),
        ("reviews", HOURLY),
        ("wake-cases", HOURLY),
        ("mail-again", EVERY_FIVE_MINUTES),
        ("left-lying", EVERY_FIVE_MINUTES),
        ("sweep", HOURLY_TOO),
        ("forget-jobs", HOURLY_TOO),
        ("remind", MORNINGS),
        ("wake-cases", HOURLY),
    }


def test_a_database_that_goes_away_ends_it_with_a_word(cluster: Cluster, start: Start) -> None:
    migrate(cluster.url())
    worker = start(cluster.url())
    with closing(Database(cluster.url(), size=1)) as database:
        wait_until(database, "SELECT count(*) = 1 FROM procrastinate_workers")
    os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    _, log = worker.communicate(timeout=60)

    assert worker.returncode == 1
    assert b"Error: The database" in log
    assert b"Traceback" not in log
