"""Those who ask: wrk over HTTP, pgbench straight to the database."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from server.cli.cluster import newest_binaries
from tests.bench.figures import percentile
from tests.bench.rig import Rig

CONNECTIONS = 32
REQUESTS_LUA = Path(__file__).with_name("requests.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """What one round of asking came to; `bytes_each` with headers, None where nobody counted."""

    per_second: float
    p50_ms: float
    p99_ms: float
    bytes_each: float | None = None


class LoadError(click.ClickException):
    """A measurement in which something failed measures nothing."""


def refuse_without_wrk() -> None:
    if shutil.which("wrk") is None:
        raise LoadError("wrk makes the load, and is not here: apt-get install wrk")


def ask_over_http(port: int, paths: Path, seconds: float, connections: int = CONNECTIONS) -> Load:
    """By wrk with one thread; every answer must be a good one."""
    how = ["-t1", f"-c{connections}", f"-d{_whole(seconds)}", "--timeout", "30s", "-s", str(REQUESTS_LUA)]
    said = subprocess.run(
        ["wrk", *how, f"http://127.0.0.1:{port}", "--", str(paths)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    told = json.loads(next(line for line in said.splitlines() if line.startswith("{")))
    if told["broken"] or told["refused"] or not told["requests"]:
        raise LoadError(f"wrk met errors: {told}")
    return Load(
        told["requests"] / told["seconds"],
        told["p50_ms"],
        told["p99_ms"],
        told["bytes"] / told["requests"],
    )


def ask_the_database(
    rig: Rig,
    script: str,
    variables: Mapping[str, object],
    session: Mapping[str, str],
    seconds: float,
    clients: int = 2,
) -> Load:
    """By pgbench with prepared statements; `session`: settings as the application's connections have them."""
    file = rig.folder / "pgbench.sql"
    file.write_text(script)
    for old in rig.folder.glob("times.*"):
        old.unlink()
    how = ["-n", "-M", "prepared", f"-c{clients}", "-j1", f"-T{_whole(seconds)}", "-l", "--log-prefix=times"]
    how += [f"-D{name}={value}" for name, value in variables.items()]
    subprocess.run(
        [str(newest_binaries() / "pgbench"), *how, "-f", str(file), rig.database_url],
        check=True,
        capture_output=True,
        cwd=rig.folder,
        env=os.environ | {"PGOPTIONS": " ".join(f"-c {name}={value}" for name, value in session.items())},
    )
    times_ms = _times_ms([log.read_text() for log in rig.folder.glob("times.*")])
    return Load(len(times_ms) / _whole(seconds), percentile(times_ms, 0.5), percentile(times_ms, 0.99))


def _whole(seconds: float) -> int:
    return max(1, round(seconds))


def _times_ms(logs: Sequence[str]) -> list[float]:
    """The third column of pgbench's log is the transaction's time. [µs]"""
    return [float(line.split()[2]) / 1000 for log in logs for line in log.splitlines()]
