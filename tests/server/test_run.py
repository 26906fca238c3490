"""`rotfaste run`: one command to serving, with what it started looked after and stopped at the end."""

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from server.cli.cluster import Cluster
from server.config import CHECKOUT

WITHIN_S = 90


class Run:
    """`./rotfaste run` with its output in a file, and the processes it started."""

    def __init__(self, data: Path, **environ: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.cluster = Cluster(data / "cluster")
        self.log = data.with_suffix(".log")
        ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        ours |= {"ROTFASTE_DATA": str(data), "PORT": str(self.port), "ROTFASTE_WORKERS": "1", **environ}
        self.environment = ours
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [CHECKOUT / "rotfaste", "run"], env=ours, stdout=output, stderr=output, start_new_session=True
            )

    def said(self, pattern: str) -> bool:
        return re.search(pattern, self.log.read_text()) is not None

    def wait(self, condition: Callable[[], object]) -> None:
        give_up_at = time.monotonic() + WITHIN_S
        while not condition():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < give_up_at, self.log.read_text()
            time.sleep(0.1)

    def wait_until_it_serves(self) -> None:
        self.wait(lambda: self.said("Rotfäste is served at"))

    def answers(self, path: str = "/readyz") -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status == 200
        except OSError:
            return False

    def children(self) -> dict[str, int]:
        """Process ids of the web server and of the worker."""
        supervisor = Path(f"/proc/{self.process.pid}")
        found = {}
        for child in (supervisor / f"task/{self.process.pid}/children").read_text().split():
            arguments = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            found["worker" if b"worker" in arguments else "web"] = int(child)
        return found

    def doctor(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [CHECKOUT / "rotfaste", "doctor"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        self.process.send_signal(number)
        self.process.wait(WITHIN_S)


@pytest.fixture
def data(cluster: Cluster) -> Path:
    """A data folder whose cluster is made already, and stopped."""
    cluster.stop()
    return cluster.folder.parent


@pytest.fixture
def running(data: Path) -> Iterator[Run]:
    run = Run(data)
    run.wait_until_it_serves()
    yield run
    if run.process.poll() is None:
        run.stop()


def gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except FileNotFoundError:
        return True


def test_it_serves_and_on_ctrl_c_stops_what_it_started(running: Run) -> None:
    started = running.children()
    ready = running.answers()
    running.wait(lambda: "ok     The worker is alive." in running.doctor().stdout)
    asked = running.doctor()

    running.stop()

    assert ready
    assert asked.returncode == 0, asked.stdout
    assert f"The web server answers at http://localhost:{running.port}." in asked.stdout
    assert set(started) == {"web", "worker"}
    assert running.process.returncode == 0
    assert all(gone(process) for process in started.values())
    assert not running.cluster.running()
    assert running.said("Stopped.")


def test_what_is_killed_is_started_again_and_nothing_that_was_kept_is_lost(running: Run) -> None:
    with psycopg.connect(running.cluster.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS x")
    killed = running.children()

    os.kill(killed["worker"], signal.SIGKILL)
    os.kill(killed["web"], signal.SIGKILL)
    os.kill(int((running.cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    running.wait(lambda: len(running.children()) == 2 and running.answers())

    assert running.said(r"The worker ended \(signal 9\). It is started again in 1 s.")
    assert running.said(r"The web server ended \(signal 9\). It is started again in 1 s.")
    assert running.said("The database cluster was gone. It is started again.")
    assert set(running.children().values()).isdisjoint(killed.values())
    with psycopg.connect(running.cluster.url()) as connection:
        assert connection.execute("SELECT x FROM kept").fetchone() == (1,)


def test_a_second_run_leaves_the_cluster_to_the_first(running: Run, data: Path) -> None:
    second = Run(data)
    second.wait_until_it_serves()
    second.stop(signal.SIGTERM)

    assert second.process.returncode == 0
    assert second.said("private, ran already")
    assert running.answers()


def test_a_busy_port_is_said_before_anything_is_done(data: Path) -> None:
    fresh = data / "never"
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        refused = Run(fresh, PORT=port)
        refused.process.wait(WITHIN_S)

    assert refused.process.returncode == 1
    assert refused.said(f"Port {port} on 127.0.0.1 cannot be had")
    assert not fresh.exists()


def test_somebody_elses_database_is_used_and_left_running(data: Path, cluster: Cluster) -> None:
    cluster.start()
    run = Run(data / "elsewhere", DATABASE_URL=cluster.url())
    run.wait_until_it_serves()
    ready = run.answers()
    run.stop()

    assert ready
    assert run.said("the one that DATABASE_URL names")
    assert cluster.running()
    assert not (data / "elsewhere/cluster").exists()


def test_a_database_that_cannot_be_reached_is_said_and_nothing_is_served(data: Path) -> None:
    run = Run(data / "elsewhere", DATABASE_URL="postgresql://nobody@127.0.0.1:1/quest")
    run.process.wait(WITHIN_S)

    assert run.process.returncode == 1
    assert run.said("`rotfaste migrate` failed")
    assert not run.answers("/healthz")
