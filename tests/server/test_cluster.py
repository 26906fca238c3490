"""The private cluster: made once, found again, safe against a kill, and nobody else's."""

import os
import signal
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from server.cli import cluster as clusters
from server.cli.cluster import Cluster, ClusterError
from server.config import CHECKOUT, read_settings


def postmaster(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def test_it_has_postgis_and_no_tcp_listener(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url()) as connection:
        version = connection.execute("SELECT postgis_lib_version()").fetchone()
        listens = connection.execute("SHOW listen_addresses").fetchone()

    assert version is not None
    assert version[0] >= "3.3"
    assert listens == ("",)


def test_only_its_owner_may_enter_the_socket_folder(cluster: Cluster) -> None:
    assert stat.S_IMODE(cluster.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.data.stat().st_mode) == 0o700


def test_starting_a_running_one_changes_nothing(cluster: Cluster) -> None:
    before = postmaster(cluster)

    started = cluster.start()

    assert not started
    assert postmaster(cluster) == before


def test_what_was_committed_survives_a_killed_postmaster(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (what text)")
        connection.execute("INSERT INTO kept VALUES ('this')")
    os.kill(postmaster(cluster), signal.SIGKILL)

    started = cluster.start()

    assert started
    with psycopg.connect(cluster.url()) as connection:
        assert connection.execute("SELECT what FROM kept").fetchall() == [("this",)]


def test_three_first_starts_at_once_make_one_cluster(cluster: Cluster) -> None:
    fresh = Cluster(cluster.folder / "fresh", clusters.FORGETFUL)
    with ThreadPoolExecutor(3) as starts:
        started = [start.result() for start in [starts.submit(fresh.start) for _ in range(3)]]
    fresh.stop("immediate")

    assert sorted(started) == [False, False, True]


def test_a_run_stops_what_it_started(cluster: Cluster) -> None:
    cluster.stop()

    with cluster.used() as started:
        ran = cluster.running()

    assert started
    assert ran
    assert not cluster.running()


def test_a_run_leaves_running_what_ran_before(cluster: Cluster) -> None:
    with cluster.used() as started:
        pass

    assert not started
    assert cluster.running()


def test_the_last_of_two_runs_stops_what_the_first_started(cluster: Cluster) -> None:
    cluster.stop()

    with cluster.used():
        second = cluster.used()
        second.__enter__()
    after_the_first = cluster.running()
    second.__exit__(None, None, None)

    assert after_the_first
    assert not cluster.running()


def test_a_run_stops_what_a_killed_run_left_behind(cluster: Cluster) -> None:
    cluster.stop()
    run = f"""
import os, signal
from pathlib import Path
from server.cli.cluster import Cluster
with Cluster(Path({str(cluster.folder)!r})).used():
    os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", run], cwd=CHECKOUT, check=False)
    after_the_kill = cluster.running()

    with cluster.used():
        pass

    assert killed.returncode == -signal.SIGKILL
    assert after_the_kill
    assert not cluster.running()


def test_a_path_too_long_for_a_socket_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="too long for a socket"):
        Cluster(tmp_path / ("x" * 90)).start()


def test_data_of_a_version_that_is_gone_is_left_alone(cluster: Cluster) -> None:
    cluster.stop()
    (cluster.data / "PG_VERSION").write_text("9\n")

    with pytest.raises(ClusterError, match="made by PostgreSQL 9, which is no longer installed"):
        cluster.start()


def test_a_folder_the_database_account_cannot_reach_is_named(run_folder: Path, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o500)
        message = "may not be written"
    else:
        closed = tmp_path  # pytest closes it to all others
        message = "closed to the account postgres"

    with pytest.raises(ClusterError, match=message):
        Cluster(closed / "c").start()


def test_an_idle_socket_is_not_a_running_cluster(cluster: Cluster) -> None:
    cluster.stop()
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(cluster.sockets / ".s.PGSQL.5432"))

        assert not cluster.running()


def test_somebody_elses_database_is_not_ours_to_stop() -> None:
    settings = read_settings({"DATABASE_URL": "postgresql://somebody@elsewhere/quest"})

    with pytest.raises(ClusterError, match="not ours"):
        clusters.of(settings)
