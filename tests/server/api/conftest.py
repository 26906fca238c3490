"""The application over a real database, spoken to as phones do."""

import gc
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from server.app import Server, create
from server.config import read_settings
from server.stores.media import MadeFile, WhatWasMade, finish
from server.stores.quests import Version
from tests.media.hostile import photo, saved
from tests.server import seaweed
from tests.server.api.things import Phone, make_trail, publish_all
from tests.server.api.uploads import PHOTO, brought, told, waiting


class Log(io.BytesIO):
    """What the application wrote down."""

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def forget(self) -> None:
        self.seek(0)
        self.truncate()


@pytest.fixture(scope="session")
def make_server(
    tmp_path_factory: pytest.TempPathFactory, database_url: str
) -> Iterator[Callable[..., Server]]:
    """An application with these settings besides; without limits, unless they say so."""

    def make(log_to: Log | None = None, **environ: str) -> Server:
        settings = read_settings(
            {
                "DATABASE_URL": database_url,
                "ROTFASTE_DATA": str(tmp_path_factory.getbasetemp() / "data"),
                "ROTFASTE_LIMIT_PER_TOKEN": "0",
                "ROTFASTE_LIMIT_PER_ADDRESS": "0",
                "ROTFASTE_LIMIT_NEW_PLAYERS": "0",
                "ROTFASTE_LIMIT_OWN_DATA": "0",
                "ROTFASTE_LIMIT_SIGN_IN": "0",
                "ROTFASTE_LIMIT_NOTICES": "0",
                "ROTFASTE_LIMIT_MEDIA_MB": "0",
                **environ,
            }
        )
        return create(settings, log_to=log_to or Log())

    yield make
    from prometheus_client.mmap_dict import MmapedDict

    for numbers in gc.get_objects():  # the library has no way to close its files
        if isinstance(numbers, MmapedDict):
            numbers.close()


@pytest.fixture(scope="session")
def worker_log() -> Log:
    return Log()


@pytest.fixture(scope="session")
def worker_server(make_server: Callable[..., Server], worker_log: Log) -> Iterator[Server]:
    server = make_server(worker_log)
    yield server
    server.edge.database.close()


@pytest.fixture
def log(worker_log: Log) -> Log:
    worker_log.forget()
    return worker_log


@pytest.fixture
def server(worker_server: Server, database: str, log: Log) -> Iterator[Server]:
    """Over an empty database. Whatever a test does, the application must not break."""
    yield worker_server
    broken = [line for line in log.lines() if line["event"] == "broken" and line["code"] == "internal"]
    assert broken == []


@pytest.fixture
def client(server: Server) -> FlaskClient:
    return server.test_client()


@pytest.fixture
def phone(client: FlaskClient) -> Phone:
    return Phone(client).registered()


@pytest.fixture
def trail(server: Server) -> Version:
    version = make_trail()
    publish_all(server, version)
    return version


@pytest.fixture(scope="module")
def s3_environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Settings of a real S3 that runs as long as the file's tests."""
    with seaweed.running(tmp_path_factory.mktemp("s3")) as running:
        yield running.environ()


@pytest.fixture
def address(server: Server, phone: Phone, tmp_path: Path) -> str:
    """Where a player's picture is shown that is ready, whoever made it so."""
    medium = brought(phone, PHOTO)
    ((_, arguments),) = waiting(server)
    shown = saved(photo(320, 240), "WEBP")
    with server.edge.database.transaction() as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
        made = WhatWasMade((MadeFile("320.webp", "image/webp", len(shown), 320, 240),))
        assert finish(connection, arguments["content"], made)
    server.edge.store.put(f"players/{phone.player}/{arguments['content']}/320.webp", shown)
    found: str = told(phone.get(f"/api/v1/media/{medium}"))["files"][0]["url"]
    return found
