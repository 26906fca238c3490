"""A PostgreSQL cluster of our own, for root and for an ordinary user alike.

Its folder holds `data`, the socket folder `s` and `log`. There is no TCP listener and no password: whoever may
enter the socket folder (mode 0700) is the superuser `quest`. PostgreSQL refuses to run as root; then the
account `postgres` of Debian's packages owns the folder and runs it.
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import psycopg
from psycopg import sql

from server.config import Settings, private_url, read_settings

INSTALLED = Path("/usr/lib/postgresql")
EXTENSIONS = Path("/usr/share/postgresql")
LONGEST_SOCKET_FOLDER = 90  # bytes; a socket's whole path may have 107, and its name takes 14
START_WITHIN_S = 60
LARGEST_LOG_BYTES = 10_000_000

ALWAYS = (
    "listen_addresses=",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "shared_buffers=256MB",
    # What people sent is not for logs: neither statements nor the values in an error's detail.
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
)
# For tests that throw the cluster away: what was acknowledged may be lost when it is killed.
FORGETFUL = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


class ClusterError(click.ClickException):
    """The cluster cannot be made or started; the message says why and how to mend it."""


@dataclass(frozen=True, slots=True)
class Cluster:
    folder: Path
    options: tuple[str, ...] = ()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def sockets(self) -> Path:
        return self.folder / "s"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def _mark(self) -> Path:
        """There while the cluster was started for a `run`, and so is to be stopped after the last one."""
        return self.folder / "started-for-run"

    def url(self, database: str = "quest") -> str:
        return private_url(self.folder, database)

    def running(self) -> bool:
        """Whether a postmaster listens. `pg_ctl status` would believe in one that was killed a moment ago."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(os.fsencode(self.sockets / ".s.PGSQL.5432"))
            except OSError:
                return False
        return True

    def start(self) -> bool:
        """Made when it is not there yet, started when it does not run; True when this call started it.

        Several processes may call at once. Raises ClusterError.
        """
        if len(os.fsencode(self.sockets)) > LONGEST_SOCKET_FOLDER:
            raise ClusterError(
                f"The path {self.sockets} is too long for a socket (at most {LONGEST_SOCKET_FOLDER} bytes). "
                "Give a shorter folder: ROTFASTE_DATA=/a/short/path."
            )
        owner = _owner()
        _make_folder(self.folder, owner)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self.data.exists():
                self._initialise(owner)
            binaries = self._binaries()
            _make_folder(self.sockets, owner)
            return self._start(binaries, owner)

    def stop(self, mode: str = "fast") -> None:
        """`mode` as pg_ctl has it: fast closes connections and writes everything down, immediate does not."""
        self._mark.unlink(missing_ok=True)
        if self.running():
            _execute(self._binaries() / "pg_ctl", "-D", self.data, "-s", "-w", "-t", 60, "-m", mode, "stop")

    @contextlib.contextmanager
    def used(self) -> Iterator[bool]:
        """Runs at least as long as the block; yields whether it was started for it.

        Afterwards it is stopped when it was started for a run, this one or one that was killed, and no other
        run uses it still. One that `rotfaste cluster start` started stays.
        """
        _make_folder(self.folder, _owner())
        with (self.folder / "users").open("w") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            started = self.start()
            if started:
                self._mark.touch()
            try:
                yield started
            finally:
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if self._mark.exists():
                        self.stop()

    def keep(self) -> None:
        """Let it outlive the runs that use it."""
        self._mark.unlink(missing_ok=True)

    def create_database(self, name: str, template: str | None = None) -> bool:
        """With PostGIS, unless it is a copy of a template; True when it was not there yet."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return False
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template or "template0")
                )
            )
        if template is None:
            with psycopg.connect(self.url(name), autocommit=True) as connection:
                connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        return True

    def _binaries(self) -> Path:
        """Of the version that made the data: another one cannot read it."""
        version = (self.data / "PG_VERSION").read_text().strip()
        binaries = INSTALLED / version / "bin"
        if not (binaries / "postgres").exists():
            raise ClusterError(
                f"The data in {self.data} was made by PostgreSQL {version}, which is no longer installed "
                f"(there is: {', '.join(sorted(p.name for p in INSTALLED.glob('*'))) or 'none'}). "
                f"Install postgresql-{version}-postgis-3 again, or see docs/operating/upgrade.md."
            )
        return binaries

    def _initialise(self, owner: pwd.struct_passwd) -> None:
        # Made apart and then named: one that was killed half-way is not taken for a whole one.
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        made = _execute(
            newest_binaries() / "initdb",
            *("-D", fresh, "-U", "quest", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"),
            *("--no-instructions", *(["--no-sync"] if "fsync=off" in self.options else [])),
            owner=owner,
            errors_to=self.folder / "initdb-errors",
        )
        if made != 0:
            raise ClusterError(f"initdb failed:\n{(self.folder / 'initdb-errors').read_text().strip()}")
        fresh.rename(self.data)

    def _start(self, binaries: Path, owner: pwd.struct_passwd) -> bool:
        options = " ".join(f"-c {option}" for option in (*ALWAYS, *self.options))
        started = False
        give_up_at = time.monotonic() + START_WITHIN_S
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG_BYTES and not self.running():
            self.log.replace(self.log.with_suffix(".1"))
        while time.monotonic() < give_up_at:
            if _execute(binaries / "pg_isready", "-q", "-U", "quest", "-h", self.sockets, owner=owner) == 0:
                return started
            # Where a killed postmaster is not reaped at once, pg_ctl takes it for a running one and fails for
            # a second or two.
            command = ("-D", self.data, "-s", "-w", "-t", START_WITHIN_S, "-l", self.log)
            started = (
                _execute(
                    binaries / "pg_ctl", *command, "-o", f"-k {self.sockets} {options}", "start", owner=owner
                )
                == 0
            )
            if not started:
                time.sleep(0.25)
        last_words = self.log.read_text(errors="replace").splitlines()[-5:] if self.log.exists() else []
        raise ClusterError("\n".join([f"PostgreSQL did not start. The end of {self.log}:", *last_words]))


def newest_binaries() -> Path:
    """Of the newest PostgreSQL here that has PostGIS. Raises ClusterError when there is none."""
    found = [
        folder / "bin"
        for folder in INSTALLED.glob("*")
        if (folder / "bin/initdb").exists()
        and (EXTENSIONS / folder.name / "extension/postgis.control").exists()
    ]
    if not found:
        raise ClusterError(
            "There is no PostgreSQL with PostGIS here: apt-get install postgresql postgresql-postgis"
        )
    return max(found, key=lambda binaries: int(binaries.parent.name))


def _owner() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise ClusterError("There is no account postgres here: apt-get install postgresql") from None


def _make_folder(folder: Path, owner: pwd.struct_passwd) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        folder.chmod(0o700)
    except PermissionError as error:
        raise ClusterError(
            f"{error.filename}: may not be written. Give another folder by ROTFASTE_DATA."
        ) from None
    if owner.pw_uid == os.geteuid():
        return
    for parent in folder.parents:
        state = parent.stat()
        if state.st_uid != owner.pw_uid and not state.st_mode & 0o001:
            raise ClusterError(
                f"{parent} is closed to the account {owner.pw_name}, which runs PostgreSQL for root. "
                "Give another folder by ROTFASTE_DATA, such as /var/lib/rotfaste."
            )


def _execute(
    program: Path,
    *arguments: object,
    owner: pwd.struct_passwd | None = None,
    errors_to: Path | None = None,
) -> int:
    """The exit code. Output goes nowhere, or its errors to a file: a pipe would be held open by the postmaster."""
    owner = owner or _owner()
    root = os.geteuid() == 0
    with (errors_to or Path(os.devnull)).open("w") as errors:
        return subprocess.run(
            [str(program), *map(str, arguments)],
            check=False,
            cwd="/",
            umask=0o077,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            user=owner.pw_uid if root else None,
            group=owner.pw_gid if root else None,
            extra_groups=[] if root else None,
        ).returncode


def of(settings: Settings) -> Cluster:
    """The private cluster of these settings. Raises ClusterError when DATABASE_URL names another database."""
    if not settings.private_cluster:
        raise ClusterError("DATABASE_URL is set: that database is not ours to start or stop.")
    return Cluster(settings.cluster_folder)


@click.group("cluster")
def command() -> None:
    """Start, stop and show the private database cluster."""


@command.command()
def start() -> None:
    """Start it, and let it run until it is stopped."""
    cluster = of(read_settings())
    started = cluster.start()
    cluster.keep()
    cluster.create_database("quest")
    click.echo(f"{'Started' if started else 'Ran already'}: {cluster.url()}")


@command.command()
def stop() -> None:
    """Stop it. What uses it loses its connection."""
    cluster = of(read_settings())
    ran = cluster.running()
    cluster.stop()
    click.echo("Stopped." if ran else "It did not run.")


@command.command()
def status() -> None:
    """Say whether it runs, and where it is; exit code 1 when it does not run."""
    cluster = of(read_settings())
    running = cluster.running()
    click.echo(f"{'Runs' if running else 'Does not run'}: {cluster.folder}")
    if not running:
        raise click.exceptions.Exit(1)
