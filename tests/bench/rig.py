"""What is measured: a database cluster of its own, and the application over it as in production."""

import contextlib
import fcntl
import http.client
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from server.cli.cluster import Cluster
from server.cli.migrate import migrate
from server.cli.supervise import Program
from server.config import CHECKOUT
from tests import throwaway

# As in production: durable. More memory than the default, so that no peer waits for a disk.
DATABASE_OPTIONS = ("shared_buffers=512MB", "fsync=on", "synchronous_commit=on", "max_wal_size=4GB")
STARTS_WITHIN_S = 60
ENDS_WITHIN_S = 30
LANGUAGE = "sv"  # as wrk asks too


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that answers on `port`; `session` holds all its processes."""

    port: int
    session: int = 0

    def processor_seconds(self) -> float:
        """What its processes have used so far."""
        return sum(used.own for used in _processes() if used.session == self.session)


@dataclass(frozen=True, slots=True)
class Rig:
    """`folder` is gone afterwards, with everything in it."""

    folder: Path
    cluster: Cluster

    def processor_seconds(self) -> float:
        """What the database has used so far, connections that are closed included."""
        postmaster = self._postmaster()
        return sum(
            used.own + used.gone if used.process == postmaster else used.own
            for used in _processes()
            if postmaster in {used.process, used.parent}
        )

    def connections(self) -> frozenset[int]:
        """The processes of the database that serve somebody."""
        postmaster = self._postmaster()
        return frozenset(
            used.process for used in _processes() if used.parent == postmaster and _serves(used.process)
        )

    def wait_until_gone(self, but: frozenset[int]) -> None:
        """Until the postmaster has heard how all other connections ended, and counts what they used."""
        give_up_at = time.monotonic() + ENDS_WITHIN_S
        while left := self.connections() - but:
            if time.monotonic() > give_up_at:
                raise TimeoutError(f"connections do not end: {sorted(left)}")
            time.sleep(0.01)

    def _postmaster(self) -> int:
        return int((self.cluster.data / "postmaster.pid").read_text().split()[0])

    @property
    def database_url(self) -> str:
        return self.cluster.url()

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.database_url, autocommit=True)


@contextlib.contextmanager
def rig() -> Iterator[Rig]:
    """A migrated, empty database in a folder that is removed at the end, also when this process is killed later."""
    runs = throwaway.runs_folder()
    runs.mkdir(mode=0o711, exist_ok=True)
    throwaway.remove_abandoned(runs)
    folder = Path(tempfile.mkdtemp(prefix="", dir=runs))
    folder.chmod(0o711)  # open to the account that runs PostgreSQL for root
    with (folder / "holder").open("w") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        try:
            cluster = Cluster(folder / "cluster", DATABASE_OPTIONS)
            cluster.start()
            cluster.create_database("quest")
            migrate(cluster.url())
            yield Rig(folder, cluster)
        finally:
            throwaway.remove(folder)


@contextlib.contextmanager
def our_server(rig: Rig, **environ: str) -> Iterator[Serving]:
    """`rotfaste serve` with its defaults: two workers, logs and all.

    Its limits are raised, and are counted all the same.
    """
    port = free_port()
    settings = {
        "ROTFASTE_DATA": str(rig.folder),
        "DATABASE_URL": rig.database_url,
        "PORT": str(port),
        "ROTFASTE_LIMIT_PER_TOKEN": "10000000",
        "ROTFASTE_LIMIT_PER_ADDRESS": "10000000",
        "ROTFASTE_LIMIT_TILES": "10000000",
        "ROTFASTE_LIMIT_NEW_PLAYERS": "10000000",
    }
    arguments = [sys.executable, "-P", "-m", "server.cli", "serve"]
    log = rig.folder / "server.log"
    with running("our server", arguments, {**settings, **environ}, log) as session:
        wait_until_answers(port, "/readyz")
        yield Serving(port, session)


@contextlib.contextmanager
def running(name: str, arguments: Sequence[str], environ: dict[str, str], log: Path) -> Iterator[int]:
    """A program that is stopped at the end, or with this process; what it says goes to `log`. Yields its session."""
    shell = ["/bin/sh", "-c", 'log=$1; shift; exec "$@" >"$log" 2>&1', name, str(log), *arguments]
    program = Program(name, shell, {**os.environ, "PYTHONPATH": str(CHECKOUT), **environ})
    program.start()
    try:
        yield program.process.pid if program.process else 0
    except Exception:
        print(
            f"{name} said last:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-5:]),
            file=sys.stderr,
        )
        raise
    finally:
        program.stop()


def wait_until_answers(port: int, path: str) -> None:
    give_up_at = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < give_up_at:
        with contextlib.suppress(OSError):
            if get(port, path)[0] == http.HTTPStatus.OK:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing answers at {path}")


def get(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=STARTS_WITHIN_S)
    try:
        connection.request("GET", path, headers={"Accept-Language": LANGUAGE})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True, slots=True)
class _Process:
    """`own`: processor time it has used; `gone`: what its ended children had used. [s]"""

    process: int
    parent: int
    session: int
    own: float
    gone: float


def _serves(process: int) -> bool:
    """Whether it is a connection's: its title names the account first, and a worker's names its work."""
    try:
        title = Path(f"/proc/{process}/cmdline").read_bytes()
        ended = (
            not title and Path(f"/proc/{process}/stat").exists()
        )  # it ended, and its parent has not heard yet
    except (FileNotFoundError, ProcessLookupError):
        return False
    return ended or b": quest " in title[:64]


def _processes() -> Iterator[_Process]:
    """All there are now. Source: proc(5), /proc/pid/stat."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
        after_name = text.rpartition(")")[2].split()
        user, system, users_gone, systems_gone = map(int, after_name[11:15])
        tick = os.sysconf("SC_CLK_TCK")
        yield _Process(
            process=int(stat.parent.name),
            parent=int(after_name[1]),
            session=int(after_name[3]),
            own=(user + system) / tick,
            gone=(users_gone + systems_gone) / tick,
        )
