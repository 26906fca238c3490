"""The application as it runs in production, in processes that can be killed."""

import contextlib
import os
import signal
import subprocess
import sys

from server.cli.cluster import Cluster
from server.config import CHECKOUT
from tests.server.seaweed import free_ports


class Machine:
    """`serve` and what else is started, each in a process group of its own; what they say is in `log`.

    `settings` are the environment's. The data folder is beside the cluster.
    """

    def __init__(self, cluster: Cluster, **settings: str) -> None:
        (self.port,) = free_ports(1)
        self.data = cluster.folder.parent / "data"
        self.log = cluster.folder.parent / "app.log"
        self._environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(CHECKOUT),
            "DATABASE_URL": cluster.url(),
            "ROTFASTE_DATA": str(self.data),
            "PORT": str(self.port),
            **settings,
        }
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, *commands: str) -> None:
        with self.log.open("ab") as log:
            for command in commands:
                process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "server.cli", command],
                    cwd="/",
                    env=self._environ,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
                self._running.append(process)

    def kill(self) -> None:
        """Kill -9 of every process that was started, and of theirs."""
        for process in self._running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        self._running.clear()


def kill_postgres(cluster: Cluster) -> None:
    os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
