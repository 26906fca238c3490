"""Counts and times for the operator's Prometheus.

The workers of one server share a folder, in which each keeps its numbers in a file of its own; whichever is asked
adds them all up. The folder is named after the workers' common parent, and removed when that is gone.
"""

import os
import shutil
from pathlib import Path
from typing import Any

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS_S = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_HOUR_S, _DAY_S = 3600.0, 86_400.0
BUCKETS_OF_DECISIONS_S = (
    *(hours * _HOUR_S for hours in (1, 4, 12)),
    *(days * _DAY_S for days in (1, 2, 4, 7, 14, 30)),
)


class Metrics:
    def __init__(self, folder: Path) -> None:
        own = folder / str(os.getppid())
        _remove_abandoned(folder, own)
        own.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault(FOLDER_VARIABLE, str(own))
        from prometheus_client import CollectorRegistry, Counter, Histogram, values

        if values.ValueClass is values.MutexValue:  # imported by somebody before the folder was known
            values.ValueClass = values.MultiProcessValue()
        registry = CollectorRegistry()
        self._requests = Histogram(
            "rotfaste_request_seconds",
            "Time to answer.",
            ("method", "route", "status"),
            registry=registry,
            buckets=BUCKETS_S,
        )
        self._outcomes = Counter(
            "rotfaste_moves", "Moves heard, by outcome.", ("outcome",), registry=registry
        )
        self._decided = Histogram(
            "rotfaste_decision_seconds",
            "From a case's opening to its decision.",
            ("kind",),
            registry=registry,
            buckets=BUCKETS_OF_DECISIONS_S,
        )
        self._of_request: dict[tuple[str, str, int], Any] = {}

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        key = (method, route, status)
        child = self._of_request.get(key)
        if child is None:
            child = self._of_request[key] = self._requests.labels(method, route, str(status))
        child.observe(seconds)

    def outcome(self, outcome: str) -> None:
        self._outcomes.labels(outcome).inc()

    def decided(self, kind: str, seconds: float) -> None:
        self._decided.labels(kind).observe(seconds)

    def text(self) -> bytes:
        """In Prometheus' text form, over all workers."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = CollectorRegistry()
        MultiProcessCollector(registry)
        return generate_latest(registry)


def _remove_abandoned(folder: Path, own: Path) -> None:
    for server in folder.glob("[0-9]*"):
        if server != own and not _alive(int(server.name)):
            shutil.rmtree(server, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
