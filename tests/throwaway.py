"""The folder of one test run, with its throw-away database clusters, and how it is removed in every case.

The process that started the run holds a lock on the folder as long as it lives and removes it at its end, also
after Ctrl-C. A run that was killed leaves a folder that nobody holds: the next run removes it.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import IO

import pytest

RUN_VARIABLE = "ROTFASTE_TEST_RUN"  # the run's folder, told by the first process to its workers
RUN_KEY = pytest.StashKey[tuple[Path, IO[str]]]()
LONGEST_FOLDER = 40  # sockets lie in it, and a socket's path is short


def begin(config: pytest.Config) -> None:
    folder = runs_folder()
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise pytest.UsageError(f"{folder} belongs to somebody else")
    remove_abandoned(folder)
    run = Path(tempfile.mkdtemp(prefix="", dir=folder))
    run.chmod(0o711)  # open to the account that runs PostgreSQL for root
    holder = (run / "holder").open("w")
    fcntl.flock(holder, fcntl.LOCK_EX)
    config.stash[RUN_KEY] = (run, holder)
    os.environ[RUN_VARIABLE] = str(run)
    # `make` passes a SIGTERM on; Python would end at once and leave the cluster behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def end(config: pytest.Config) -> None:
    if RUN_KEY in config.stash:
        run, holder = config.stash[RUN_KEY]
        del config.stash[RUN_KEY]
        remove(run)
        holder.close()


def runs_folder() -> Path:
    temporary = Path(tempfile.gettempdir())
    return (
        temporary if len(str(temporary)) < LONGEST_FOLDER else Path("/tmp")
    ) / f"rotfaste-tests-{os.geteuid()}"


def remove_abandoned(folder: Path) -> None:
    for run in folder.iterdir():
        with contextlib.suppress(FileNotFoundError, BlockingIOError), (run / "holder").open("r+") as holder:
            fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            remove(run)


def remove(run: Path) -> None:
    for made in [*run.glob("*/data/PG_VERSION"), *run.glob("*/cluster/data/PG_VERSION")]:
        from server.cli.cluster import Cluster  # tests without a database do without its driver

        Cluster(made.parents[1]).stop("immediate")
    shutil.rmtree(run, ignore_errors=True)
