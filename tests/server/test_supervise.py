"""What is kept running: started again when it ends, said when it is, stopped with us."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from server.cli import supervise as supervision
from server.cli.supervise import Program, Stopped, supervise
from server.config import CHECKOUT

WITHIN_S = 20


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "DELAYS_S", (0.05, 0.1))
    monkeypatch.setattr(supervision, "LOOK_EVERY_S", 0.02)


def program(code: str, name: str = "program") -> Program:
    return Program(name, [sys.executable, "-c", code], dict(os.environ))


def until(condition: Callable[[], object]) -> Callable[[], None]:
    """Something to tend that stops everything as soon as the condition holds."""
    give_up_at = time.monotonic() + WITHIN_S

    def tend() -> None:
        if condition() or time.monotonic() > give_up_at:
            raise Stopped

    return tend


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def wait_until(condition: Callable[[], object]) -> bool:
    give_up_at = time.monotonic() + WITHIN_S
    while not condition() and time.monotonic() < give_up_at:
        time.sleep(0.02)
    return bool(condition())


def test_what_ends_is_started_again_and_said(quick: None, tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    said: list[str] = []
    again = program(f"open({str(starts)!r}, 'a').write('x'); raise SystemExit(3)", "web server")

    with pytest.raises(Stopped):
        supervise([again], until(lambda: starts.exists() and len(starts.read_text()) >= 3), said.append)

    assert len(starts.read_text()) >= 3
    assert said[:2] == [
        "The web server ended (exit code 3). It is started again in 0.05 s.",
        "The web server ended (exit code 3). It is started again in 0.1 s.",
    ]


def test_a_killed_program_is_started_again(quick: None) -> None:
    sleeper = program("import time; time.sleep(600)")
    said: list[str] = []
    killed: list[int] = []

    def tend() -> None:
        assert sleeper.process or killed
        if sleeper.process and not killed:
            killed.append(sleeper.process.pid)
            sleeper.process.kill()
        elif sleeper.process and sleeper.process.pid != killed[0]:
            raise Stopped

    with pytest.raises(Stopped):
        supervise([sleeper], tend, said.append)

    assert said == ["The program ended (signal 9). It is started again in 0.05 s."]


def test_stopping_is_told_politely_and_reaches_what_the_program_started(quick: None, tmp_path: Path) -> None:
    polite, child = tmp_path / "polite", tmp_path / "child"
    code = f"""
import signal, subprocess, sys, time
process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
def end(number, frame):
    open({str(polite)!r}, "w").close()
    raise SystemExit
signal.signal(signal.SIGTERM, end)
open({str(child)!r}, "w").write(str(process.pid))
time.sleep(600)
"""
    with pytest.raises(Stopped):
        supervise([program(code)], until(lambda: child.exists() and child.read_text()), print)

    assert polite.exists()
    assert wait_until(lambda: not alive(int(child.read_text())))


def test_one_that_does_not_listen_is_killed(
    quick: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "STOP_WITHIN_S", 0.2)
    ready = tmp_path / "ready"
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    deaf = program(f"{code}; open({str(ready)!r}, 'w').close(); time.sleep(600)")

    with pytest.raises(Stopped):
        supervise([deaf], until(ready.exists), print)

    assert deaf.process
    assert deaf.process.returncode == -signal.SIGKILL


def test_programs_end_with_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    child = tmp_path / "child"
    code = f"""
import os, sys
from server.cli.supervise import Program, supervise
code = "import os, time; open({str(child)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
supervise([Program("program", [sys.executable, "-c", code], dict(os.environ))], lambda: None, print)
"""
    supervisor = subprocess.Popen([sys.executable, "-c", code], cwd=CHECKOUT)
    assert wait_until(lambda: child.exists() and child.read_text())

    supervisor.kill()
    supervisor.wait()

    assert wait_until(lambda: not alive(int(child.read_text())))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_signal_to_stop_stops_once_and_in_order(number: signal.Signals, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    code = f"""
import os, sys, time
from server.cli.supervise import Stopped, stop_signals
with stop_signals():
    try:
        open({str(ready)!r}, "w").close()
        time.sleep(600)
    except Stopped:
        os.kill(os.getpid(), {int(number)})   # an impatient second one does not break the stopping
        time.sleep(0.1)
        print("stopped in order")
"""
    waiting = subprocess.Popen([sys.executable, "-c", code], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    assert wait_until(ready.exists)

    waiting.send_signal(number)

    assert waiting.communicate(timeout=WITHIN_S)[0] == "stopped in order\n"
    assert waiting.returncode == 0
