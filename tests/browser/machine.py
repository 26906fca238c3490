"""The real server over a real database, as it is run in earnest, for a browser to play against."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from server.cli.run import answers
from server.cli.serve import granian
from server.config import CHECKOUT, Settings, read_settings
from tests.server.seaweed import free_ports

WITHIN_S = 60
IN_EARNEST = "server.app:create_to_serve"
OTHERWISE = "tests.browser.served:create"  # with another clock, or another build of the app
BUILT = CHECKOUT / "web/dist"


class Machine:
    """One server on a port of its own; its worker where a test asks for it. Stopped and started at will."""

    def __init__(self, database_url: str, data: Path) -> None:
        (port,) = free_ports(1)
        self._environ = {
            "DATABASE_URL": database_url,
            "ROTFASTE_DATA": str(data),
            "PORT": str(port),
            "ROTFASTE_WORKERS": "1",
            "ROTFASTE_LOG_LEVEL": "error",
            **{
                f"ROTFASTE_LIMIT_{name}": "0" for name in ("PER_TOKEN", "PER_ADDRESS", "NEW_PLAYERS", "TILES")
            },
        }
        self.settings: Settings = read_settings(self._environ)
        self.database_url = database_url
        self._running: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> str:
        """`localhost`, so that browsers take it for a safe origin."""
        return f"http://localhost:{self.settings.port}"

    def serve(self, application: str = IN_EARNEST, more: Mapping[str, str] | None = None) -> None:
        server = self._start(granian(self.settings, application), more or {})
        give_up_at = time.monotonic() + WITHIN_S
        while not answers(self.settings):
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < give_up_at, "the server does not answer"
            time.sleep(0.1)

    def work(self) -> None:
        self._start([sys.executable, "-P", "-m", "server.cli", "worker"], {})

    def _start(self, command: list[str], more: Mapping[str, str]) -> subprocess.Popen[bytes]:
        environ = {**os.environ, **self._environ, "PYTHONPATH": str(CHECKOUT), **more}
        self._running.append(subprocess.Popen(command, env=environ, cwd="/"))
        return self._running[-1]

    def stop(self) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.wait(WITHIN_S)
        self._running.clear()
