"""Phones with bad coverage send slowly, and keep nobody else waiting."""

import http.client
import os
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.cli.serve import granian
from server.config import CHECKOUT, read_settings

WITHIN_S = 2
SLOW_PHONES = 6  # for each process


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
        return free


@pytest.fixture
def serving(port: int, tmp_path: Path) -> Iterator[int]:
    """The real server with one process; no database is needed for what is asked here."""
    environ = {
        **os.environ,
        "DATABASE_URL": "postgresql://nobody@/nothing?host=/nowhere",
        "ROTFASTE_DATA": str(tmp_path),
        "ROTFASTE_WORKERS": "1",
        "PORT": str(port),
        "PYTHONPATH": str(CHECKOUT),
    }
    arguments = granian(read_settings(environ), "server.app:create")
    with subprocess.Popen(arguments, env=environ, cwd=CHECKOUT, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 30
        while not answers(port) and time.monotonic() < deadline:
            time.sleep(0.1)
        yield port
        process.terminate()


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WITHIN_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def test_whoever_sends_slowly_keeps_nobody_waiting(serving: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", serving)) for _ in range(SLOW_PHONES)]
    try:
        for phone in slow:
            phone.sendall(
                f"PUT /api/v1/players/{uuid.uuid4()} HTTP/1.1\r\nHost: here\r\n"
                "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{".encode()
            )
        time.sleep(0.5)

        assert [answers(serving) for _ in range(5)] == [True] * 5
    finally:
        for phone in slow:
            phone.close()
