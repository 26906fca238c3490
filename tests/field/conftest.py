"""Tests on real files that are not in the repository; `make field DATA=folder` says where they are.

They play against a real server over a real database. What each walk came to is printed at the end of the run.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

from server.cli.run import answers
from server.cli.serve import granian
from server.config import CHECKOUT, Settings, read_settings
from tests.field.recordings import FIELD_DATA, Row

# The throw-away cluster of a run, as the server's own tests use it.
from tests.server.conftest import (  # noqa: F401  fixtures are found by their names
    clean_database,
    database,
    database_url,
    migrated_template,
    run_folder,
    test_cluster,
)

STARTS_WITHIN_S = 60
ROW = "row"


@pytest.fixture(scope="session")
def field_data() -> Path:
    return FIELD_DATA


@pytest.fixture(scope="session")
def served(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:  # noqa: F811
    """A server of this worker's own, as it is run in earnest, without limits of requests."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {
        "DATABASE_URL": database_url,
        "ROTFASTE_DATA": str(tmp_path_factory.mktemp("served")),
        "PORT": str(port),
        "ROTFASTE_WORKERS": "1",
        "ROTFASTE_LOG_LEVEL": "error",
        **{f"ROTFASTE_LIMIT_{name}": "0" for name in ("PER_TOKEN", "PER_ADDRESS", "NEW_PLAYERS")},
    }
    settings = read_settings(environ)
    process = subprocess.Popen(
        granian(settings, "server.app:create"),
        env=os.environ | environ | {"PYTHONPATH": str(CHECKOUT)},
        cwd="/",
    )
    try:
        give_up_at = time.monotonic() + STARTS_WITHIN_S
        while not answers(settings):
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < give_up_at, "the server does not answer"
            time.sleep(0.1)
        yield settings
    finally:
        process.terminate()
        process.wait(STARTS_WITHIN_S)


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    rows = [
        Row(*value)
        for report in terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])
        for name, value in getattr(report, "user_properties", [])
        if name == ROW
    ]
    if rows:
        terminalreporter.section("what each walk came to")
        for line in (Row.head(), *map(str, sorted(rows))):
            terminalreporter.write_line(line)
