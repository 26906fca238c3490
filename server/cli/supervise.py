"""Programs that are kept running: started, started again when they end, and stopped together."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import FrameType

LOOK_EVERY_S = 0.25
STOP_WITHIN_S = 15
STEADY_AFTER_S = 60  # one that ran this long is started again at once, as if it had never failed
DELAYS_S = (1, 2, 4, 8, 16, 30)
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_libc = ctypes.CDLL(None)


class Stopped(BaseException):
    """Somebody asked for the end: Ctrl-C, SIGTERM, or a closed terminal."""


@contextlib.contextmanager
def stop_signals() -> Iterator[None]:
    """Inside, a signal to stop raises Stopped once; from then on further ones are ignored."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for also in before:
            signal.signal(also, signal.SIG_IGN)
        raise Stopped

    before = {
        number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(slots=True)
class Program:
    name: str
    arguments: Sequence[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    start_at: float = field(default=0.0)

    def start(self) -> None:
        self.started_at = time.monotonic()
        # In a session of its own, so that Ctrl-C reaches us alone and the order of stopping is ours; and told to
        # stop should we be killed.
        self.process = subprocess.Popen(
            self.arguments,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_stop_with_parent,  # noqa: PLW1509  there are no threads here
        )

    def stop(self) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_WITHIN_S)
        with contextlib.suppress(ProcessLookupError):  # what it left behind in its group
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _stop_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def supervise(programs: Sequence[Program], tend: Callable[[], None], say: Callable[[str], None]) -> None:
    """Keep them running until Stopped is raised, then stop them in their order.

    `tend` is called a few times a second; what it raises ends everything.
    """
    try:
        while True:
            for program in programs:
                _look_after(program, say)
            tend()
            time.sleep(LOOK_EVERY_S)
    finally:
        for program in programs:
            program.stop()


def _look_after(program: Program, say: Callable[[str], None]) -> None:
    now = time.monotonic()
    if program.process is None:
        if now >= program.start_at:
            program.start()
    elif (ended := program.process.poll()) is not None:
        program.stop()
        if now - program.started_at > STEADY_AFTER_S:
            program.failures = 0
        delay_s = DELAYS_S[min(program.failures, len(DELAYS_S) - 1)]
        program.failures += 1
        program.process = None
        program.start_at = now + delay_s
        how = f"signal {-ended}" if ended < 0 else f"exit code {ended}"
        say(f"The {program.name} ended ({how}). It is started again in {delay_s} s.")
