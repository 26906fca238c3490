"""A picture on its way survives kill -9 of everything, and goes on where it was: the real server, the real worker."""

import base64
import hashlib
import http.client
import json
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.cli.cluster import Cluster
from tests.media.hostile import photo, saved
from tests.server.machine import Machine

WITHIN_S = 60
PIECE = 1 << 20
# Three megabytes, as only noise is.
PICTURE = saved(photo(300, 200), "PNG") + os.urandom(3 * PIECE)


class Phone:
    def __init__(self, port: int) -> None:
        self._port = port
        self._player, self._token = str(uuid.uuid4()), os.urandom(32)

    def register(self) -> None:
        digest = hashlib.sha256(self._token).hexdigest()
        body = json.dumps({"device": str(uuid.uuid4()), "token_sha256": digest}).encode()
        until(
            lambda: self.ask("PUT", f"players/{self._player}", body, "application/json", known=False)[0] < 300
        )

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        kind: str = "application/offset+octet-stream",
        *,
        known: bool = True,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Status 599 where nobody answers."""
        token = base64.urlsafe_b64encode(self._token).rstrip(b"=").decode()
        sent = {"Content-Type": kind, "Tus-Resumable": "1.0.0", **(headers or {})}
        if known:
            sent["Authorization"] = f"Bearer {self._player}.{token}"
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            connection.request(method, f"/api/v1/{path}", body, sent)
            answer = connection.getresponse()
            return answer.status, dict(answer.headers), answer.read()
        except (OSError, http.client.HTTPException):
            return 599, {}, b""
        finally:
            connection.close()

    def send(self, medium: str, offset: int, piece: bytes) -> int:
        return self.ask("PATCH", f"media/{medium}", piece, headers={"Upload-Offset": str(offset)})[0]

    def break_off(self, medium: str, offset: int, body: bytes, after: int) -> None:
        """Announces the whole and goes away in the middle of it."""
        token = base64.urlsafe_b64encode(self._token).rstrip(b"=").decode()
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        connection.putrequest("PATCH", f"/api/v1/media/{medium}")
        for name, value in {
            "Authorization": f"Bearer {self._player}.{token}",
            "Content-Type": "application/offset+octet-stream",
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": str(offset),
            "Content-Length": str(len(body)),
        }.items():
            connection.putheader(name, value)
        connection.endheaders()
        connection.send(body[:after])
        time.sleep(0.3)
        connection.close()


def until(done: Any) -> None:
    give_up_at = time.monotonic() + WITHIN_S
    while not done():
        assert time.monotonic() < give_up_at
        time.sleep(0.1)


@pytest.fixture
def machine(cluster: Cluster) -> Iterator[Machine]:
    machine = Machine(cluster, ROTFASTE_WORKERS="1", ROTFASTE_LOG_LEVEL="error")
    yield machine
    machine.kill()


def test_a_picture_survives_kills_on_its_way_and_is_shown(machine: Machine) -> None:
    machine.start("serve")
    phone = Phone(machine.port)
    phone.register()
    medium = str(uuid.uuid4())
    told = {"sha256": hashlib.sha256(PICTURE).hexdigest(), "bytes": len(PICTURE), "type": "image/png"}
    begun = phone.ask("PUT", f"media/{medium}", json.dumps(told).encode(), "application/json")
    assert begun[0] == 201

    def offset() -> int:
        until(lambda: phone.ask("HEAD", f"media/{medium}")[0] == 200)
        return int(phone.ask("HEAD", f"media/{medium}")[1]["upload-offset"])

    kept = []
    while (at := offset()) < len(PICTURE):
        kept.append(at)
        phone.break_off(medium, at, PICTURE[at : at + PIECE], 200_000)
        # As phones do: where the server has more or less than was thought, it is asked again.
        status = 409
        while status == 409:
            broken_at = offset()
            assert broken_at in {at, at + 200_000}
            piece = PICTURE[broken_at : broken_at + PIECE]
            status = phone.send(medium, broken_at, piece)
        assert status == 204
        machine.kill()
        machine.start("serve")
        assert offset() == broken_at + len(piece)  # what was acknowledged is there
    machine.start("worker")

    def found() -> Any:
        status, _, body = phone.ask("GET", f"media/{medium}")
        return json.loads(body) if status == 200 else {"state": "?"}

    until(lambda: found()["state"] in {"ready", "refused"})
    ready = found()

    assert kept == sorted(set(kept))
    assert ready["state"] == "ready", ready
    until(lambda: not list(machine.data.rglob("pieces")))
    assert {path.name for path in Path(machine.data / "media").rglob("*.*")} == {"320.webp"}
    assert list((machine.data / "work").iterdir()) == []
