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
from tests.bench.rig import Rig, Serving

CONNECTIONS = 32
CLIENTS_OF_PGBENCH = 2  # as many as we have workers, and so connections
REQUESTS_LUA = Path(__file__).with_name("requests.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """What one round of asking came to; `bytes_each` with headers, None where nobody counted.

    `server_us`, `database_us`: processor time each request cost there; it depends less on who else is on the machine.
    """

    per_second: float
    p50_ms: float
    p99_ms: float
    bytes_each: float | None
    server_us: float
    database_us: float


class LoadError(click.ClickException):
    """A measurement in which something failed measures nothing."""


def refuse_without_wrk() -> None:
    if shutil.which("wrk") is None:
        raise LoadError("wrk makes the load, and is not here: apt-get install wrk")


def ask_over_http(rig: Rig, serving: Serving, paths: Path, seconds: float) -> Load:
    """By wrk with one thread; every answer must be a good one."""
    how = ["-t1", f"-c{CONNECTIONS}", f"-d{_whole(seconds)}", "--timeout", "30s", "-s", str(REQUESTS_LUA)]
    server_before, database_before = serving.processor_seconds(), rig.processor_seconds()
    said = subprocess.run(
        ["wrk", *how, f"http://127.0.0.1:{serving.port}", "--", str(paths)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    told = json.loads(next(line for line in said.splitlines() if line.startswith("{")))
    if told["broken"] or told["refused"] or not told["requests"]:
        raise LoadError(f"wrk met errors: {told}")
    return Load(
        per_second=told["requests"] / told["seconds"],
        p50_ms=told["p50_ms"],
        p99_ms=told["p99_ms"],
        bytes_each=told["bytes"] / told["requests"],
        server_us=(serving.processor_seconds() - server_before) / told["requests"] * 1e6,
        database_us=(rig.processor_seconds() - database_before) / told["requests"] * 1e6,
    )


def ask_the_database(
    rig: Rig,
    script: str,
    variables: Mapping[str, object],
    session: Mapping[str, str],
    seconds: float,
) -> Load:
    """By pgbench with prepared statements; `session`: settings as the application's connections have them."""
    file = rig.folder / "pgbench.sql"
    file.write_text(script)
    for old in rig.folder.glob("times.*"):
        old.unlink()
    how = [
        "-n",
        "-M",
        "prepared",
        f"-c{CLIENTS_OF_PGBENCH}",
        "-j1",
        f"-T{_whole(seconds)}",
        "-l",
        "--log-prefix=times",
    ]
    how += [f"-D{name}={value}" for name, value in variables.items()]
    others = rig.connections()
    before = rig.processor_seconds()
    subprocess.run(
        [str(newest_binaries() / "pgbench"), *how, "-f", str(file), rig.database_url],
        check=True,
        capture_output=True,
        cwd=rig.folder,
        env=os.environ | {"PGOPTIONS": " ".join(f"-c {name}={value}" for name, value in session.items())},
    )
    rig.wait_until_gone(others)
    times_ms = _times_ms([log.read_text() for log in rig.folder.glob("times.*")])
    return Load(
        per_second=len(times_ms) / _whole(seconds),
        p50_ms=percentile(times_ms, 0.5),
        p99_ms=percentile(times_ms, 0.99),
        bytes_each=None,
        server_us=0,
        database_us=(rig.processor_seconds() - before) / len(times_ms) * 1e6,
    )


def _whole(seconds: float) -> int:
    return max(1, round(seconds))


def _times_ms(logs: Sequence[str]) -> list[float]:
    """The third column of pgbench's log is the transaction's time. [µs]"""
    return [float(line.split()[2]) / 1000 for log in logs for line in log.splitlines()]
