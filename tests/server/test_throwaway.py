"""A test run leaves nothing behind: not when it fails, is broken off, or is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from server.config import CHECKOUT

WITHIN_S = 60

# A run of its own: one test that starts the shared cluster, says where it is, and waits to be broken off.
INNER = """
import os, time
from pathlib import Path
from server.cli.cluster import FORGETFUL, Cluster

def test_waits():
    run = Path(os.environ["ROTFASTE_TEST_RUN"])
    cluster = Cluster(run / "shared", FORGETFUL)
    cluster.start()
    Path({told!r}).write_text(f"{{run}} {{(cluster.data / 'postmaster.pid').read_text().split()[0]}}")
    time.sleep({sleep})
    assert not {fails}
"""


class InnerRun:
    """pytest with one worker below, in a folder of its own, so that it neither sees nor removes this run's."""

    def __init__(self, folder: Path, *, sleep: int, fails: bool = False) -> None:
        self.told = folder / "told"
        self.temporary = folder / "t"
        self.temporary.mkdir(exist_ok=True)
        self.temporary.chmod(0o777)
        self.told.unlink(missing_ok=True)
        test = folder / "test_inner.py"
        test.write_text(INNER.format(told=str(self.told), sleep=sleep, fails=fails))
        plugins = ["no:cacheprovider", "xdist.plugin", "pytest_timeout", "pytest_socket", "tests.conftest"]
        # Whoever is started in the background of a script ignores Ctrl-C, and so would all that it starts.
        command = [
            "env",
            "--default-signal=INT",
            sys.executable,
            "-P",
            "-m",
            "pytest",
            "-q",
            "-n",
            "1",
            *(f"-p{name}" for name in plugins),
        ]
        command += [f"--rootdir={CHECKOUT}", "-c", str(CHECKOUT / "pyproject.toml"), str(test)]
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "ROTF"))}
        ours |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(CHECKOUT)}
        self.process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=ours | {"TMPDIR": str(self.temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def wait_until_it_waits(self) -> tuple[Path, int]:
        """(the run's folder, the postmaster)"""
        give_up_at = time.monotonic() + WITHIN_S
        while not (self.told.exists() and self.told.read_text()):
            assert self.process.poll() is None, self.process.communicate()[0]
            assert time.monotonic() < give_up_at
            time.sleep(0.05)
        run, postmaster = self.told.read_text().split()
        return Path(run), int(postmaster)

    def output(self) -> str:
        return self.process.communicate(timeout=WITHIN_S)[0]


def gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except FileNotFoundError:
        return True


@pytest.fixture
def folder(run_folder: Path, worker_id: str, request: pytest.FixtureRequest) -> Path:
    """Short, and open to the account that runs PostgreSQL for root."""
    folder = run_folder / f"{worker_id}{abs(hash(request.node.name)) % 1000}"
    folder.mkdir(mode=0o711)
    return folder


def test_a_run_that_failed_removes_its_cluster(folder: Path) -> None:
    inner = InnerRun(folder, sleep=0, fails=True)
    run, postmaster = inner.wait_until_it_waits()

    assert "1 failed" in inner.output()
    assert inner.process.returncode == 1
    assert not run.exists()
    assert gone(postmaster)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_was_broken_off_removes_its_cluster(folder: Path, number: signal.Signals) -> None:
    inner = InnerRun(folder, sleep=600)
    run, postmaster = inner.wait_until_it_waits()

    if number == signal.SIGINT:
        os.killpg(inner.process.pid, number)  # Ctrl-C reaches all that the terminal runs
    else:
        inner.process.send_signal(number)
    inner.output()

    assert inner.process.returncode == pytest.ExitCode.INTERRUPTED
    assert not run.exists()
    assert gone(postmaster)


def test_what_a_killed_run_left_the_next_run_removes(folder: Path) -> None:
    killed = InnerRun(folder, sleep=600)
    run, postmaster = killed.wait_until_it_waits()
    os.killpg(killed.process.pid, signal.SIGKILL)
    killed.output()
    left_behind = run.exists() and not gone(postmaster)

    InnerRun(folder, sleep=0).output()

    assert left_behind
    assert not run.exists()
    assert gone(postmaster)
