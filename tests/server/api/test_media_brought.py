"""Pictures and sounds, from a phone with bad coverage to the shown file: begun, sent in pieces, taken in."""

import base64
import dataclasses
import hashlib
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from media.blobs import BlobStore
from server.app import Server
from server.use_cases import media
from server.wiring import open_store
from tests.media.hostile import recorded
from tests.server.api.things import Phone, of_bytes, problem
from tests.server.api.uploads import (
    LARGE,
    PHOTO,
    MiB,
    blobs,
    brought,
    empty_store,  # noqa: F401  a fixture
    offset,
    send_all,
    state,
    told,
    waiting,
    where,
    work,
)


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
