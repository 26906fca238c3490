"""What tests of media do on a phone, in the worker and in the store."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from server.app import Server
from server.stores import jobs
from server.use_cases import media
from server.use_cases.media import (
    PIECE_MOST_BYTES,
)
from tests.media.hostile import exif, photo, saved
from tests.server.api.things import Phone

MiB = 1 << 20
PHOTO = saved(photo(1_200, 900), "JPEG", exif=exif(6), quality=90)
# A picture of some megabytes, as noise is.
SMALL = saved(photo(60, 40), "JPEG")
LARGE = saved(photo(640, 480), "PNG") + os.urandom(2 * MiB + 1_000)


def told(answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code in {200, 201}, answer.text
    value: dict[str, Any] = json.loads(answer.data)
    return value


def offset(answer: TestResponse) -> int:
    return int(answer.headers["Upload-Offset"])


def where(phone: Phone, medium: str) -> int:
    answer = phone.client.head(f"/api/v1/media/{medium}", headers={**phone.headers, "Tus-Resumable": "1.0.0"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return offset(answer)


def state(phone: Phone, medium: str) -> str:
    found: str = told(phone.get(f"/api/v1/media/{medium}"))["state"]
    return found


def send_all(phone: Phone, medium: str, data: bytes, size: int = PIECE_MOST_BYTES) -> None:
    for at in range(0, len(data), size):
        answer = phone.send_piece(medium, at, data[at : at + size])
        assert answer.status_code == 204, answer.text
        assert offset(answer) == min(at + size, len(data))


def brought(phone: Phone, data: bytes, kind: str = "image/jpeg") -> str:
    medium = phone.bring(data, kind)
    send_all(phone, medium, data)
    return medium


def waiting(server: Server) -> list[tuple[str, dict[str, Any]]]:
    """(task, arguments) of the jobs that are to be done."""
    return server.edge.database.private.read(
        "SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
    )


def work(server: Server, tmp_path: Path, now: datetime | None = None) -> None:
    """All that waits, as the worker does it."""
    for task, arguments in waiting(server):
        with server.edge.database.transaction() as connection:
            connection.execute("DELETE FROM procrastinate_jobs WHERE task_name = %s", (task,))
        if task == jobs.TAKE_IN:
            media.take_in(
                server.edge.database,
                server.edge.store,
                tmp_path / "work",
                arguments["content"],
                now or datetime.now(UTC),
            )
        elif task == jobs.REMOVE_BLOBS:
            server.edge.store.remove(arguments["folder"])


def blobs(server: Server) -> list[str]:
    """What lies in the store, without the ids in its names."""
    return [key.split("/", 3)[-1] for key in server.edge.store.list("players")]


@pytest.fixture(autouse=True)
def empty_store(server: Server) -> Iterator[None]:
    server.edge.store.remove("players")  # what tests of other files have left
    yield
    server.edge.store.remove("players")
