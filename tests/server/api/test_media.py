"""Pictures and sounds, from a phone with bad coverage to whoever may see them."""

import base64
import dataclasses
import errno
import hashlib
import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from media import intake
from media.blobs import BlobStore, FolderStore, StoreError
from media.intake import IntakeError
from media.kinds import media_type
from server.app import Server
from server.stores import jobs
from server.stores.media import MadeFile, WhatWasMade, finish
from server.use_cases import erase, media, publish
from server.use_cases.media import (
    BYTES_MOST,
    FILES_A_DAY_MOST,
    FILES_MOST,
    GIVEN_UP_AFTER,
    LEFT_LYING_AFTER,
    PIECE_MOST_BYTES,
    TRIES_MOST,
)
from server.wiring import open_store
from tests.content.examples import PNG as BOAT
from tests.content.examples import trail as pack_with_a_boat
from tests.media.hostile import exif, photo, recorded, saved
from tests.server import seaweed
from tests.server.api.things import NOW, Phone, of_bytes, problem

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


# ------------------------------------------------------------------------------------------ the whole way


@pytest.fixture(scope="module")
def s3_environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with seaweed.running(tmp_path_factory.mktemp("s3")) as running:
        yield running.environ()


@pytest.mark.parametrize("where_to", ["folder", "s3"])
def test_a_photo_is_brought_in_pieces_and_shown(
    request: pytest.FixtureRequest,
    make_server: Callable[..., Server],
    server: Server,
    tmp_path: Path,
    where_to: str,
) -> None:
    if where_to == "s3":
        server = make_server(**request.getfixturevalue("s3_environ"))
    phone = Phone(server.test_client()).registered()
    medium = phone.bring(PHOTO, "image/jpeg")
    send_all(phone, medium, PHOTO, size=20_000)

    assert state(phone, medium) == "received"
    work(server, tmp_path)
    work(server, tmp_path)
    found = told(phone.get(f"/api/v1/media/{medium}"))

    assert (found["state"], found["offset"], found["refused"]) == ("ready", len(PHOTO), None)
    # It was taken standing: what was 1200 by 900 in the file is upright now.
    assert [(file["width"], file["height"]) for file in found["files"]] == [
        (240, 320),
        (720, 960),
        (900, 1200),
    ]
    assert len(found["blur"]) == 28
    assert blobs(server) == ["2560.webp", "320.webp", "960.webp"]
    for file in found["files"]:
        seen = Phone(phone.client).client.get(file["url"])
        assert (seen.status_code, seen.mimetype, len(seen.data)) == (200, "image/webp", file["bytes"])
        assert b"GPS" not in seen.data
        part = phone.client.get(file["url"], headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.data) == (206, seen.data[10:20])
    assert list((tmp_path / "work").iterdir()) == []
    server.edge.store.remove("players")
    if where_to == "s3":
        server.edge.database.close()


def test_a_sound_from_a_browser_is_shown_as_opus_and_aac(
    server: Server, phone: Phone, tmp_path: Path
) -> None:
    medium = brought(phone, recorded(), "audio/webm")
    work(server, tmp_path)

    found = told(phone.get(f"/api/v1/media/{medium}"))

    assert found["seconds"] == pytest.approx(1, abs=0.2)
    assert [(file["name"], file["type"]) for file in found["files"]] == [
        ("sound.ogg", "audio/ogg"),
        ("sound.m4a", "audio/mp4"),
    ]
    seen = phone.client.get(found["files"][0]["url"])
    assert seen.data.startswith(b"OggS")


@pytest.mark.parametrize("language, word", [("en", "open"), ("sv", "öppna"), ("uk", "відкрити")])
def test_what_is_refused_says_why_in_words(
    server: Server, phone: Phone, tmp_path: Path, language: str, word: str
) -> None:
    medium = brought(phone, b"\xff\xd8\xff" + b"\0" * 1_000)
    work(server, tmp_path)
    work(server, tmp_path)

    answer = phone.get(f"/api/v1/media/{medium}?lang={language}")
    found = told(answer)

    assert (found["state"], found["refused"]["code"], found["files"]) == ("refused", "broken", [])
    assert word in found["refused"]["detail"]
    assert answer.headers["Content-Language"] == language
    assert blobs(server) == []  # the original is gone all the same


# ----------------------------------------------------------------------------------------------- begun


def test_beginning_again_answers_the_same(phone: Phone) -> None:
    medium = str(uuid.uuid4())
    first = phone.put(f"/api/v1/media/{medium}", of_bytes(PHOTO, "image/jpeg"))
    phone.send_piece(medium, 0, PHOTO[:100])
    again = phone.put(f"/api/v1/media/{medium}", of_bytes(PHOTO, "image/jpeg"))

    assert (first.status_code, again.status_code) == (201, 200)
    assert {**told(first), "offset": 100} == told(again)
    assert (offset(first), offset(again)) == (0, 100)
    assert again.headers["Upload-Length"] == str(len(PHOTO))


@pytest.mark.parametrize("changed", [{"sha256": "0" * 64}, {"bytes": 5}, {"type": "image/png"}])
def test_beginning_again_with_something_else_is_refused(phone: Phone, changed: dict[str, Any]) -> None:
    medium = phone.bring(PHOTO, "image/jpeg")

    answer = phone.put(f"/api/v1/media/{medium}", {**of_bytes(PHOTO, "image/jpeg"), **changed})

    assert (answer.status_code, problem(answer)) == (409, "medium-differs")


@pytest.mark.parametrize(
    "body, status, code",
    [
        ({"type": "image/gif"}, 415, "unsupported-medium"),
        ({"type": "image/svg+xml"}, 415, "unsupported-medium"),
        ({"type": "audio/amr"}, 415, "unsupported-medium"),
        ({"bytes": 15_000_001}, 413, "medium-too-large"),
        ({"bytes": 30_000_001, "type": "audio/mpeg"}, 413, "medium-too-large"),
        ({"bytes": 0}, 400, "invalid-body"),
        ({"type": "text/html"}, 400, "invalid-body"),
        ({"type": "audio/webm;codecs=opus"}, 400, "invalid-body"),
        ({"sha256": "abc"}, 400, "invalid-body"),
    ],
)
def test_what_cannot_be_taken_in_is_said_before_a_byte_is_sent(
    phone: Phone, body: dict[str, Any], status: int, code: str
) -> None:
    answer = phone.put(f"/api/v1/media/{uuid.uuid4()}", {**of_bytes(PHOTO), **body})

    assert (answer.status_code, problem(answer)) == (status, code)


def test_two_devices_with_the_same_picture_send_it_once(server: Server, phone: Phone, tmp_path: Path) -> None:
    other = Phone(phone.client, player=phone.player)
    assert phone.put(f"/api/v1/players/{phone.player}", other.registration()).status_code == 200
    one, two = phone.bring(LARGE), other.bring(LARGE)

    phone.send_piece(one, 0, LARGE[:MiB])
    assert where(other, two) == MiB
    other.send_piece(two, MiB, LARGE[MiB : 2 * MiB])
    late = phone.send_piece(one, MiB, LARGE[MiB : 2 * MiB])
    assert (late.status_code, problem(late)) == (409, "wrong-offset")
    assert where(phone, one) == 2 * MiB
    phone.send_piece(one, 2 * MiB, LARGE[2 * MiB :])
    work(server, tmp_path)
    three = told(phone.put(f"/api/v1/media/{uuid.uuid4()}", of_bytes(LARGE)))

    assert state(phone, one) == state(other, two) == three["state"] == "ready"
    assert three["offset"] == len(LARGE)
    assert len({key.split("/")[2] for key in server.edge.store.list("players")}) == 1


def test_of_two_players_each_sends_its_own(server: Server, phone: Phone, tmp_path: Path) -> None:
    brought(phone, PHOTO)
    work(server, tmp_path)
    stranger = Phone(phone.client).registered()

    medium = stranger.bring(PHOTO, "image/jpeg")

    assert where(stranger, medium) == 0
    assert state(stranger, medium) == "waiting"


# ---------------------------------------------------------------------------------------------- pieces


def test_an_upload_goes_on_where_it_was_broken_off(phone: Phone) -> None:
    medium = phone.bring(PHOTO, "image/jpeg")

    # The connection ends after 5,000 of 9,000 bytes.
    broken = phone.client.patch(
        f"/api/v1/media/{medium}",
        content_type="application/offset+octet-stream",
        environ_overrides={"wsgi.input": BreaksOff(PHOTO[:9_000], 5_000), "CONTENT_LENGTH": "9000"},
        headers={**phone.headers, "Tus-Resumable": "1.0.0", "Upload-Offset": "0"},
    )

    assert broken.status_code == 204
    assert where(phone, medium) == 5_000
    assert phone.send_piece(medium, 5_000, PHOTO[5_000:]).status_code == 204
    assert state(phone, medium) == "received"


class BreaksOff:
    """A body whose sender goes away."""

    def __init__(self, data: bytes, after: int) -> None:
        self._left = data[:after]

    def read(self, size: int = -1) -> bytes:
        given, self._left = self._left[:size], self._left[size:]
        return given

    def readline(self, size: int = -1) -> bytes:
        return self.read(size)


def test_a_piece_whose_answer_was_lost_is_not_kept_twice(phone: Phone) -> None:
    medium = phone.bring(PHOTO, "image/jpeg")
    phone.send_piece(medium, 0, PHOTO[:100])

    again = phone.send_piece(medium, 0, PHOTO[:100])

    assert (again.status_code, problem(again)) == (409, "wrong-offset")
    assert where(phone, medium) == 100


def test_of_pieces_that_come_at_once_one_is_kept(server: Server, phone: Phone) -> None:
    """As from two tabs, or a proxy that sends again: each with other bytes, so that what was kept can be told."""
    medium = phone.bring(LARGE)
    pieces = [bytes([number]) * 50_000 for number in range(8)]

    def send(piece: bytes) -> int:
        own = dataclasses.replace(phone, client=server.test_client())
        return own.send_piece(medium, 0, piece).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(send, pieces))

    assert sorted(statuses) == [204] + [409] * 7
    assert where(phone, medium) == 50_000
    (key,) = server.edge.store.list(f"players/{phone.player}")
    assert b"".join(server.edge.store.read(key)) == pieces[statuses.index(204)]


def test_a_piece_is_compared_with_its_checksum(phone: Phone) -> None:
    medium = phone.bring(PHOTO, "image/jpeg")
    right = base64.b64encode(hashlib.sha256(PHOTO[:100]).digest()).decode()
    old = base64.b64encode(hashlib.sha1(PHOTO[100:200], usedforsecurity=False).digest()).decode()

    wrong = phone.send_piece(medium, 0, PHOTO[1:101], **{"Upload-Checksum": f"sha256 {right}"})
    unknown = phone.send_piece(medium, 0, PHOTO[:100], **{"Upload-Checksum": f"md5 {right}"})
    spoiled = phone.send_piece(medium, 0, PHOTO[:100], **{"Upload-Checksum": "sha256 AAA"})

    assert (wrong.status_code, problem(wrong)) == (460, "checksum-differs")
    assert (unknown.status_code, problem(unknown)) == (400, "invalid-header")
    assert (spoiled.status_code, problem(spoiled)) == (400, "invalid-header")
    assert where(phone, medium) == 0
    assert (
        phone.send_piece(medium, 0, PHOTO[:100], **{"Upload-Checksum": f"sha256 {right}"}).status_code == 204
    )
    assert (
        phone.send_piece(medium, 100, PHOTO[100:200], **{"Upload-Checksum": f"sha1 {old}"}).status_code == 204
    )


def test_of_a_piece_with_a_checksum_that_breaks_off_nothing_is_kept(phone: Phone) -> None:
    medium = phone.bring(PHOTO, "image/jpeg")
    part = base64.b64encode(hashlib.sha256(PHOTO[:5_000]).digest()).decode()

    answer = phone.client.patch(
        f"/api/v1/media/{medium}",
        content_type="application/offset+octet-stream",
        environ_overrides={"wsgi.input": BreaksOff(PHOTO, 5_000), "CONTENT_LENGTH": "9000"},
        headers={
            **phone.headers,
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": "0",
            "Upload-Checksum": f"sha256 {part}",
        },
    )

    assert (answer.status_code, problem(answer)) == (460, "checksum-differs")
    assert where(phone, medium) == 0


@pytest.mark.parametrize(
    "headers, status, code",
    [
        ({"Tus-Resumable": "0.2.2"}, 412, "tus-version"),
        ({"Upload-Checksum": "null"}, 400, "invalid-header"),
        ({"Upload-Offset": "-1"}, 400, "invalid-header"),
        ({"Upload-Offset": "1.5"}, 400, "invalid-header"),
        ({"Upload-Offset": "1"}, 409, "wrong-offset"),
        ({"Upload-Offset": "9" * 30}, 400, "invalid-header"),
        ({"kind": "application/octet-stream"}, 415, "not-a-piece"),
        ({"kind": "application/json"}, 415, "not-a-piece"),
        ({"Content-Encoding": "gzip"}, 415, "unsupported-encoding"),
    ],
)
def test_a_piece_that_does_not_fit_is_refused(
    phone: Phone, headers: dict[str, str], status: int, code: str
) -> None:
    medium = phone.bring(PHOTO, "image/jpeg")

    answer = phone.send_piece(medium, 0, PHOTO[:100], **headers)

    assert (answer.status_code, problem(answer)) == (status, code)
    assert where(phone, medium) == 0


def test_a_request_that_does_not_say_tus_is_told_which(phone: Phone) -> None:
    medium = phone.bring(PHOTO, "image/jpeg")

    answer = phone.client.patch(
        f"/api/v1/media/{medium}",
        data=b"x",
        content_type="application/offset+octet-stream",
        headers={**phone.headers, "Upload-Offset": "0"},
    )
    removal = phone.client.delete(f"/api/v1/media/{medium}", headers=phone.headers)

    assert (answer.status_code, problem(answer)) == (412, "tus-version")
    assert (removal.status_code, problem(removal)) == (412, "tus-version")
    assert answer.headers["Tus-Version"] == "1.0.0"


def test_a_piece_of_more_than_a_mebibyte_is_refused_and_one_of_a_mebibyte_kept(phone: Phone) -> None:
    medium = phone.bring(LARGE)

    over = phone.send_piece(medium, 0, LARGE[: MiB + 1])
    assert (over.status_code, problem(over)) == (413, "too-large")
    assert phone.send_piece(medium, 0, LARGE[:MiB]).status_code == 204


def test_more_than_was_announced_is_refused(server: Server, phone: Phone) -> None:
    medium = phone.bring(PHOTO, "image/jpeg")

    over = phone.send_piece(medium, 0, PHOTO + b"x")
    assert (over.status_code, problem(over)) == (413, "beyond-the-end")
    send_all(phone, medium, PHOTO)
    after = phone.send_piece(medium, len(PHOTO), b"x")
    assert (after.status_code, problem(after)) == (413, "beyond-the-end")
    assert phone.send_piece(medium, len(PHOTO), b"").status_code == 204
    assert len(waiting(server)) == 1


def test_a_million_tiny_pieces_are_not_kept(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "PIECES_MOST", 3)
    medium = phone.bring(PHOTO, "image/jpeg")

    answers = [phone.send_piece(medium, at, PHOTO[at : at + 1]) for at in range(4)]

    assert [answer.status_code for answer in answers] == [204, 204, 204, 413]
    assert problem(answers[-1]) == "too-many-pieces"


def test_what_there_is_of_tus_is_told(client: FlaskClient) -> None:
    answer = client.options(f"/api/v1/media/{uuid.uuid4()}")

    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "checksum,expiration,termination"
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha256,sha1"
    assert answer.headers["Tus-Max-Size"] == "30000000"


# ------------------------------------------------------------------------------------------ whose it is


def test_to_all_others_it_is_not_there(server: Server, phone: Phone, tmp_path: Path) -> None:
    medium = brought(phone, PHOTO)
    work(server, tmp_path)
    stranger = Phone(phone.client).registered()
    gone = {**stranger.headers, "Tus-Resumable": "1.0.0"}

    answers = [
        stranger.get(f"/api/v1/media/{medium}"),
        stranger.send_piece(medium, 0, b"x"),
        phone.client.delete(f"/api/v1/media/{medium}", headers=gone),
    ]

    assert [(answer.status_code, problem(answer)) for answer in answers] == [(404, "unknown-medium")] * 3
    assert state(phone, medium) == "ready"


def test_the_same_id_under_another_player_is_another_medium(phone: Phone) -> None:
    medium = phone.bring(PHOTO, "image/jpeg")
    stranger = Phone(phone.client).registered()

    stranger.bring(LARGE, medium=medium)

    assert told(stranger.get(f"/api/v1/media/{medium}"))["bytes"] == len(LARGE)
    assert told(phone.get(f"/api/v1/media/{medium}"))["bytes"] == len(PHOTO)


@pytest.fixture
def address(server: Server, phone: Phone, tmp_path: Path) -> str:
    """Of a picture that is ready, whoever made it so."""
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


def test_an_address_is_valid_for_ten_minutes(
    server: Server, client: FlaskClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, query = urlsplit(address).path, parse_qs(urlsplit(address).query)
    _, _, _, content, name = path.split("/")
    until, signature = int(query["until"][0]), query["signature"][0]

    def judged(after: timedelta) -> str:
        return server.edge.addresses.judge(content, name, until, signature, datetime.now(UTC) + after)

    assert [judged(timedelta(minutes=minutes)) for minutes in (0, 9, 11)] == ["valid", "valid", "expired"]
    old = server.edge.addresses.sign(content, name, datetime.now(UTC) - timedelta(minutes=10, seconds=1))
    answer = client.get(old.url)
    assert (answer.status_code, problem(answer)) == (410, "address-expired")


@pytest.mark.parametrize(
    "forge",
    [
        lambda url: url[:-1] + ("A" if url[-1] != "A" else "E"),
        lambda url: url.replace("until=", "until=1"),
        lambda url: url.replace("320.webp", "960.webp"),
        lambda url: url.replace(url.split("/")[3], str(uuid.uuid4())),
        lambda url: url.partition("&")[0] + "&signature=AAAA",
    ],
)
def test_a_forged_address_leads_nowhere(
    client: FlaskClient, address: str, forge: Callable[[str], str]
) -> None:
    answer = client.get(forge(address))

    assert (answer.status_code, problem(answer)) == (404, "unknown-medium")


def test_an_address_without_its_signature_is_none(client: FlaskClient, address: str) -> None:
    assert client.get(address.partition("?")[0]).status_code == 400
    assert client.get(address.partition("&")[0]).status_code == 400


def test_another_installation_signs_otherwise(
    make_server: Callable[..., Server], address: str, tmp_path: Path
) -> None:
    other = make_server(ROTFASTE_DATA=str(tmp_path / "other"))

    assert other.test_client().get(address).status_code == 404
    other.edge.database.close()


def test_what_is_shown_can_do_nothing_in_a_browser(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == 'attachment; filename="320.webp"'
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert headers["Cache-Control"] == "private, max-age=600"
    assert headers["Content-Type"] == "image/webp"


def test_addresses_may_have_a_host_of_their_own(
    make_server: Callable[..., Server], server: Server, phone: Phone, tmp_path: Path
) -> None:
    apart = make_server(ROTFASTE_MEDIA_ADDRESS="https://media.example.se")
    medium = brought(phone, PHOTO)
    work(server, tmp_path)
    own = Phone(apart.test_client(), phone.player, phone.device, phone.token)

    url = told(own.get(f"/api/v1/media/{medium}"))["files"][0]["url"]

    assert url.startswith("https://media.example.se/media/private/")
    apart.edge.database.close()


@pytest.mark.parametrize(
    "asked, status, start, end",
    [
        ("bytes=0-", 200, 0, None),
        ("bytes=0-0", 206, 0, 1),
        ("bytes=5-9", 206, 5, 10),
        ("bytes=5-", 206, 5, None),
        ("bytes=-7", 206, -7, None),
        ("bytes=-99999999", 200, 0, None),
        ("bytes=3-99999999", 206, 3, None),
        ("bytes=9-5", 200, 0, None),
        ("bytes=0-1,5-6", 200, 0, None),
        ("bytes=-", 200, 0, None),
        ("lines=1-2", 200, 0, None),
        ("bytes=1-2x", 200, 0, None),
    ],
)
def test_a_part_can_be_fetched(
    client: FlaskClient, address: str, asked: str, status: int, start: int, end: int | None
) -> None:
    whole = client.get(address).data

    part = client.get(address, headers={"Range": asked})

    assert (part.status_code, part.data) == (status, whole[start:end])
    assert part.headers["Content-Length"] == str(len(part.data))
    if status == 206:
        first = start % len(whole)
        assert part.headers["Content-Range"] == f"bytes {first}-{first + len(part.data) - 1}/{len(whole)}"


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_part_behind_the_end_is_refused(client: FlaskClient, address: str, asked: str) -> None:
    size = len(client.get(address).data)

    answer = client.get(address, headers={"Range": asked})

    assert (answer.status_code, problem(answer)) == (416, "beyond-the-file")
    assert answer.headers["Content-Range"] == f"bytes */{size}"


def test_what_a_phone_has_already_is_not_sent_again(client: FlaskClient, address: str) -> None:
    first = client.get(address)
    tag = first.headers["ETag"]

    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert client.get(address, headers={"Range": "bytes=0-3", "If-Range": tag}).status_code == 206
    assert client.get(address, headers={"Range": "bytes=0-3", "If-Range": '"another"'}).status_code == 200
    head = client.head(address)
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(first.data)))


# ------------------------------------------------------------------------------------------------ limits


def fill(server: Server, phone: Phone, files: int, size: int, day: datetime) -> None:
    """The player has so many, of so many bytes each, begun on that day."""
    with server.edge.database.transaction() as connection:
        for number in range(files):
            digest = hashlib.sha256(b"%d" % number).hexdigest()
            connection.execute(
                "INSERT INTO game.media_contents (player_id, sha256, id, type, bytes, received, pieces, state,"
                " touched_at, tries) VALUES (%s, %s, gen_random_uuid(), 'image/png', %s, 0, 0, 'waiting', %s, 0)",
                (phone.player, digest, size, day),
            )
            connection.execute(
                "INSERT INTO game.media (player_id, id, sha256, created_at) VALUES (%s, gen_random_uuid(), %s, %s)",
                (phone.player, digest, day),
            )


def test_a_player_may_begin_fifty_a_day(server: Server, phone: Phone) -> None:
    for number in range(FILES_A_DAY_MOST):
        medium = phone.bring(b"%d" % number)
        if number % 2:  # taking them away again makes no room
            gone = {**phone.headers, "Tus-Resumable": "1.0.0"}
            assert phone.client.delete(f"/api/v1/media/{medium}", headers=gone).status_code == 204

    answer = phone.put(f"/api/v1/media/{uuid.uuid4()}", of_bytes(PHOTO))

    assert (answer.status_code, problem(answer)) == (429, "media-tired")
    assert 0 < int(answer.headers["Retry-After"]) <= 25 * 3600
    assert "50" in json.loads(answer.data)["detail"]
    assert Phone(phone.client).registered().bring(PHOTO)


def test_many_new_players_of_one_address_cannot_fill_the_disk(
    make_server: Callable[..., Server],
) -> None:
    server = make_server(ROTFASTE_LIMIT_MEDIA_MB="2")
    half, more = LARGE[:MiB], LARGE[: MiB // 2]
    for number in range(4):
        phone = Phone(server.test_client()).registered()
        medium = phone.bring(LARGE)
        answer = phone.send_piece(medium, 0, half if number == 0 else more)
        if number < 2:
            assert answer.status_code == 204
        else:
            assert (answer.status_code, problem(answer)) == (429, "too-many-requests")
            assert 1 <= int(answer.headers["Retry-After"]) <= 3600
            assert where(phone, medium) == 0

    elsewhere = phone.client.patch(
        f"/api/v1/media/{medium}",
        headers={**phone.headers, "Tus-Resumable": "1.0.0", "Upload-Offset": "0"},
        content_type="application/offset+octet-stream",
        data=more,
        environ_overrides={"REMOTE_ADDR": "192.0.2.9"},
    )
    assert elsewhere.status_code == 204
    server.edge.database.close()


def test_a_player_may_have_two_hundred_files(server: Server, phone: Phone) -> None:
    fill(server, phone, FILES_MOST - 1, 10, NOW)
    medium = phone.bring(PHOTO, "image/jpeg")

    answer = phone.put(f"/api/v1/media/{uuid.uuid4()}", of_bytes(LARGE))

    assert (answer.status_code, problem(answer)) == (429, "media-full")
    assert phone.put(f"/api/v1/media/{medium}", of_bytes(PHOTO, "image/jpeg")).status_code == 200


def test_a_player_may_have_half_a_gigabyte(server: Server, phone: Phone) -> None:
    fill(server, phone, 40, BYTES_MOST // 40, NOW)

    answer = phone.put(f"/api/v1/media/{uuid.uuid4()}", of_bytes(b"x"))
    again = phone.put(f"/api/v1/media/{uuid.uuid4()}", of_bytes(b"x"))

    assert (answer.status_code, problem(answer)) == (429, "media-full")
    assert (again.status_code, problem(again)) == (429, "media-full")
    assert "500" in json.loads(answer.data)["detail"]


# ------------------------------------------------------------------------------------- storms and crashes


class Failing(FolderStore):
    """A store that fails when it is told to."""

    error: Exception | None = None

    def put(self, key: str, blob: bytes | Path) -> None:
        super().put(key, blob)
        if self.error is not None:
            raise self.error


@pytest.fixture
def failing(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Failing]:
    store = Failing(tmp_path / "store")
    before = server.edge
    from dataclasses import replace

    server.edge = server.extensions["rotfaste"] = replace(before, store=store)
    yield store
    server.edge = server.extensions["rotfaste"] = before


def test_a_full_disk_is_said_and_leaves_nothing_half(
    server: Server, phone: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    medium = phone.bring(SMALL, "image/jpeg")
    phone.send_piece(medium, 0, SMALL[:100])

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("media.blobs.os.fsync", full)
    answer = phone.send_piece(medium, 100, SMALL[100:])
    monkeypatch.undo()

    assert (answer.status_code, problem(answer)) == (507, "storage-full")
    assert int(answer.headers["Retry-After"]) > 0
    assert where(phone, medium) == 100
    assert blobs(server) == ["pieces/000000000000"]
    assert phone.send_piece(medium, 100, SMALL[100:]).status_code == 204
    work(server, tmp_path)
    assert state(phone, medium) == "ready"


def test_a_store_that_is_gone_is_said_and_the_piece_can_be_sent_again(
    server: Server, failing: Failing, phone: Phone, tmp_path: Path
) -> None:
    medium = phone.bring(SMALL, "image/jpeg")
    failing.error = StoreError("gone")

    answer = phone.send_piece(medium, 0, SMALL)
    assert (answer.status_code, problem(answer)) == (503, "storage-gone")
    assert where(phone, medium) == 0
    failing.error = None
    # What was put before it failed is put again, with other bytes in it too.
    send_all(phone, medium, SMALL, size=300)
    work(server, tmp_path)

    assert state(phone, medium) == "ready"


def test_what_went_wrong_here_is_tried_again_and_not_held_against_the_file(
    server: Server, phone: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    medium = brought(phone, SMALL)
    content = waiting(server)[0][1]["content"]
    now = datetime.now(UTC)

    def storm(*_: object) -> None:
        raise IntakeError("ffmpeg is missing")

    monkeypatch.setattr(intake, "take_in", storm)
    for number in range(TRIES_MOST + 3):
        at = now + number * (LEFT_LYING_AFTER + timedelta(seconds=1))
        with pytest.raises(IntakeError):
            media.take_in(server.edge.database, server.edge.store, tmp_path / "work", content, at)
    monkeypatch.undo()
    at += LEFT_LYING_AFTER + timedelta(seconds=1)

    assert state(phone, medium) == "received"
    assert media.look_for_left_lying(server.edge.database, at) == 1
    work(server, tmp_path, at)
    assert state(phone, medium) == "ready"


def test_a_file_that_ends_every_worker_is_refused(server: Server, phone: Phone, tmp_path: Path) -> None:
    medium = brought(phone, SMALL)
    content = waiting(server)[0][1]["content"]
    with server.edge.database.transaction() as connection:  # as workers leave it that were killed
        connection.execute("UPDATE game.media_contents SET tries = %s", (TRIES_MOST,))

    done = media.take_in(server.edge.database, server.edge.store, tmp_path, content, datetime.now(UTC))

    assert done == "refused"
    assert told(phone.get(f"/api/v1/media/{medium}"))["refused"]["code"] == "too-hard"


def test_two_workers_do_not_take_in_the_same(server: Server, phone: Phone, tmp_path: Path) -> None:
    brought(phone, SMALL)
    content = waiting(server)[0][1]["content"]
    now = datetime.now(UTC)
    with server.edge.database.transaction() as connection:
        connection.execute("UPDATE game.media_contents SET claimed_at = %s", (now,))

    soon = media.take_in(server.edge.database, server.edge.store, tmp_path, content, now)
    assert media.look_for_left_lying(server.edge.database, now) == 0
    later = now + LEFT_LYING_AFTER + timedelta(seconds=1)
    assert media.look_for_left_lying(server.edge.database, later) == 1
    late = media.take_in(server.edge.database, server.edge.store, tmp_path, content, later)
    again = media.take_in(server.edge.database, server.edge.store, tmp_path, content, later)

    assert (soon, late, again) == (None, "ready", None)


def test_a_file_that_is_not_what_was_announced_can_be_sent_again(
    server: Server, phone: Phone, tmp_path: Path
) -> None:
    medium = phone.bring(SMALL, "image/jpeg")
    send_all(phone, medium, bytes(len(SMALL)))
    work(server, tmp_path)
    work(server, tmp_path)
    assert told(phone.get(f"/api/v1/media/{medium}"))["refused"]["code"] == "damaged"

    headers = {**phone.headers, "Tus-Resumable": "1.0.0"}
    assert phone.client.delete(f"/api/v1/media/{medium}", headers=headers).status_code == 204
    phone.bring(SMALL, "image/jpeg", medium)
    send_all(phone, medium, SMALL)
    work(server, tmp_path)

    assert state(phone, medium) == "ready"


def test_one_that_was_damaged_under_another_id_begins_anew(
    server: Server, phone: Phone, tmp_path: Path
) -> None:
    first = phone.bring(SMALL, "image/jpeg")
    send_all(phone, first, bytes(len(SMALL)))
    work(server, tmp_path)

    second = phone.bring(SMALL, "image/jpeg")
    assert where(phone, second) == 0
    send_all(phone, second, SMALL)
    work(server, tmp_path)

    assert state(phone, first) == state(phone, second) == "ready"


def test_pieces_that_a_restore_lost_make_it_damaged(server: Server, phone: Phone, tmp_path: Path) -> None:
    medium = phone.bring(SMALL, "image/jpeg")
    send_all(phone, medium, SMALL, size=300)
    lost = [key for key in server.edge.store.list("players") if key.endswith("000000000300")]
    server.edge.store.remove(lost[0])

    work(server, tmp_path)

    assert told(phone.get(f"/api/v1/media/{medium}"))["refused"]["code"] == "damaged"


# ------------------------------------------------------------------------------------------- taken away


def test_what_is_taken_away_is_gone(server: Server, phone: Phone, tmp_path: Path, address: str) -> None:
    medium = server.edge.database.private.read("SELECT id::text FROM game.media")[0][0]
    headers = {**phone.headers, "Tus-Resumable": "1.0.0"}

    assert phone.client.delete(f"/api/v1/media/{medium}", headers=headers).status_code == 204
    assert phone.client.get(address).status_code == 404
    assert phone.client.delete(f"/api/v1/media/{medium}", headers=headers).status_code == 404
    work(server, tmp_path)

    assert blobs(server) == []
    # The same may be brought again.
    phone.bring(SMALL, "image/jpeg", medium)
    assert where(phone, medium) == 0


def test_of_two_with_the_same_content_the_other_stays(server: Server, phone: Phone, tmp_path: Path) -> None:
    one = brought(phone, SMALL)
    two = phone.bring(SMALL, "image/jpeg")
    work(server, tmp_path)

    headers = {**phone.headers, "Tus-Resumable": "1.0.0"}
    assert phone.client.delete(f"/api/v1/media/{one}", headers=headers).status_code == 204
    work(server, tmp_path)

    found = told(phone.get(f"/api/v1/media/{two}"))
    assert phone.client.get(found["files"][0]["url"]).status_code == 200


def test_what_is_taken_away_while_it_is_made_leaves_nothing(
    server: Server, phone: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    medium = brought(phone, SMALL)
    content = waiting(server)[0][1]["content"]
    take_in = intake.take_in

    def meanwhile(*arguments: Any) -> object:
        headers = {**phone.headers, "Tus-Resumable": "1.0.0"}
        assert phone.client.delete(f"/api/v1/media/{medium}", headers=headers).status_code == 204
        return take_in(*arguments)

    monkeypatch.setattr(intake, "take_in", meanwhile)
    done = media.take_in(server.edge.database, server.edge.store, tmp_path, content, datetime.now(UTC))
    work(server, tmp_path)

    assert done is None
    assert blobs(server) == []


def test_an_upload_that_nobody_goes_on_with_is_cleared_after_a_week(
    server: Server, phone: Phone, tmp_path: Path
) -> None:
    medium = phone.bring(SMALL, "image/jpeg")
    answer = phone.send_piece(medium, 0, SMALL[:100])
    assert "GMT" in answer.headers["Upload-Expires"]
    done = brought(phone, LARGE, "image/png")
    work(server, tmp_path)
    now = datetime.now(UTC)

    assert media.clear_given_up(server.edge.database, now + GIVEN_UP_AFTER - timedelta(minutes=1)) == 0
    assert media.clear_given_up(server.edge.database, now + GIVEN_UP_AFTER + timedelta(minutes=1)) == 1
    work(server, tmp_path)

    assert phone.get(f"/api/v1/media/{medium}").status_code == 404
    assert state(phone, done) == "ready"
    assert "pieces/000000000000" not in blobs(server)
    phone.bring(SMALL, "image/jpeg", medium)


def test_whoever_is_erased_takes_everything_along(
    server: Server, phone: Phone, tmp_path: Path, address: str
) -> None:
    other = Phone(phone.client).registered()
    brought(other, SMALL)
    half = phone.bring(LARGE)
    phone.send_piece(half, 0, LARGE[:MiB])

    assert erase.erase_player(server.edge.database, phone.player, NOW, tmp_path / "tombstones.log")
    assert phone.client.get(address).status_code == 404
    work(server, tmp_path)

    assert {key.split("/")[1] for key in server.edge.store.list("players")} == {other.player}
    rows = server.edge.database.private.read(
        "SELECT player_id::text FROM game.media UNION SELECT player_id::text FROM game.media_contents"
        " UNION SELECT player_id::text FROM game.media_days"
    )
    assert rows == [(other.player,)]


def test_what_nobody_knows_of_is_swept_away(server: Server, phone: Phone, tmp_path: Path) -> None:
    medium = brought(phone, SMALL)
    half = phone.bring(LARGE)
    phone.send_piece(half, 0, LARGE[:MiB])
    work(server, tmp_path)
    work(server, tmp_path)
    known = blobs(server)
    for key in (
        f"players/{uuid.uuid4()}/{uuid.uuid4()}/320.webp",
        f"players/{phone.player}/{uuid.uuid4()}/a",
    ):
        server.edge.store.put(key, b"x")

    assert media.sweep(server.edge.database, server.edge.store) == 2
    assert blobs(server) == known
    assert state(phone, medium) == "ready"


def test_originals_that_a_crash_left_are_swept_away_and_those_under_way_stay(
    server: Server, phone: Phone, tmp_path: Path
) -> None:
    """What a camera wrote into them must not lie about until the picture is taken away."""
    ready = brought(phone, SMALL)
    refused = brought(phone, b"\xff\xd8\xff" + b"no picture at all")
    work(server, tmp_path)
    # The jobs that should remove the originals are lost: their worker was killed.
    with server.edge.database.transaction() as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
    half = phone.bring(LARGE)
    phone.send_piece(half, 0, LARGE[:MiB])
    arrived = brought(phone, SMALL + b"\0")  # and no worker has begun with it
    assert (state(phone, ready), state(phone, refused)) == ("ready", "refused")
    assert len([key for key in blobs(server) if key.startswith("pieces/")]) == 4

    assert media.sweep(server.edge.database, server.edge.store) == 2

    assert sorted(blobs(server)) == ["320.webp", "pieces/000000000000", "pieces/000000000000"]
    assert state(phone, ready) == "ready"
    for at in range(MiB, len(LARGE), MiB):
        phone.send_piece(half, at, LARGE[at : at + MiB])
    work(server, tmp_path)
    assert (state(phone, half), state(phone, arrived)) == ("ready", "ready")


def test_what_a_killed_worker_was_making_is_cleared(tmp_path: Path) -> None:
    work_folder = tmp_path / "work"
    old, new = work_folder / "old", work_folder / "new"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "original").write_bytes(SMALL)
    long_ago = time.time() - 2 * 3600
    os.utime(old, (long_ago, long_ago))

    media.clear_work(work_folder)
    media.clear_work(tmp_path / "not there")

    assert [each.name for each in work_folder.iterdir()] == ["new"]


def test_who_asked_to_be_erased_is_shown_by_no_address_until_they_regret_it(
    server: Server, phone: Phone, address: str, tmp_path: Path
) -> None:
    assert phone.client.get(address).status_code == 200
    asked = phone.client.post("/api/v1/me/erasure", headers=phone.headers, json={"player": phone.player})
    assert asked.status_code == 201

    assert phone.client.get(address).status_code == 404
    assert phone.client.get(address, headers={"Range": "bytes=0-9"}).status_code == 404

    assert phone.client.delete("/api/v1/me/erasure", headers=phone.headers).status_code == 200
    assert phone.client.get(address).status_code == 200


# ---------------------------------------------------------------------------------- what came with quests


@pytest.fixture
def boat(server: Server) -> str:
    receipt = publish.publish_pack(server.edge.database, pack_with_a_boat(), media_type, NOW)
    return receipt.code


BOAT_AT = f"/media/{hashlib.sha256(BOAT).hexdigest()}"


def test_what_came_with_a_quest_is_shown_to_everybody_for_ever(client: FlaskClient, boat: str) -> None:
    answer = client.get(BOAT_AT)

    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/png", BOAT)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(BOAT_AT, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    part = client.get(BOAT_AT, headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.data) == (206, BOAT[1:4])


def test_the_kit_lists_what_can_be_fetched(phone: Phone, boat: str) -> None:
    kit = json.loads(phone.get(f"/api/v1/quests/{boat}/kit").data)

    listed = kit["quest"]["media"]

    assert [(one["name"], one["bytes"]) for one in listed] == [("boat.png", len(BOAT))]
    fetched = phone.client.get(f"/media/{listed[0]['sha256']}").data
    assert hashlib.sha256(fetched).hexdigest() == listed[0]["sha256"]


def test_it_stays_while_the_quest_rests_and_goes_when_it_is_withdrawn(
    server: Server, client: FlaskClient, boat: str
) -> None:
    seen = []
    for now in ("resting", "withdrawn", "published"):
        publish.set_state(server.edge.database, boat, now, NOW)
        seen.append(client.get(BOAT_AT).status_code)

    assert seen == [200, 404, 200]


def test_journeys_of_an_older_version_keep_its_pictures(
    server: Server, client: FlaskClient, boat: str
) -> None:
    newer = {**pack_with_a_boat(), "media/boat.png": BOAT + b"newer"}
    assert publish.publish_pack(server.edge.database, newer, media_type, NOW).code == boat

    assert client.get(BOAT_AT).status_code == 200
    assert client.get(f"/media/{hashlib.sha256(BOAT + b'newer').hexdigest()}").status_code == 200


def test_what_an_older_release_published_gets_its_pictures(
    server: Server, client: FlaskClient, boat: str
) -> None:
    with server.edge.database.transaction() as connection:
        connection.execute("DELETE FROM shown.media")
    assert client.get(BOAT_AT).status_code == 404

    assert publish.show_again(server.edge.database)
    assert client.get(BOAT_AT).status_code == 200
    assert not publish.show_again(server.edge.database)


def test_a_hash_of_nothing_leads_nowhere(client: FlaskClient, boat: str) -> None:
    assert client.get(f"/media/{'0' * 64}").status_code == 404
    assert client.get("/media/short").status_code == 400


def test_the_settings_say_which_store(server: Server, s3_environ: dict[str, str], tmp_path: Path) -> None:
    from server.config import SettingError, read_settings

    store: BlobStore = open_store(read_settings({"ROTFASTE_DATA": str(tmp_path), **s3_environ}))
    store.put("players/a/b/c", b"x")
    assert store.list("players") == ["players/a/b/c"]
    store.remove("players")
    with pytest.raises(SettingError, match="ROTFASTE_S3_SECRET"):
        read_settings({**s3_environ, "ROTFASTE_S3_SECRET": ""})
    with pytest.raises(SettingError, match="ROTFASTE_S3_ENDPOINT"):
        read_settings({**s3_environ, "ROTFASTE_S3_ENDPOINT": "s3.example.se"})
