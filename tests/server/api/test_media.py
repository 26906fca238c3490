"""Pictures and sounds that players have brought: limits, storms and crashes, and how they go."""

import errno
import hashlib
import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from media import intake
from media.blobs import FolderStore, StoreError
from media.intake import IntakeError
from server.app import Server
from server.use_cases import erase, media
from server.use_cases.media import (
    BYTES_MOST,
    FILES_A_DAY_MOST,
    FILES_MOST,
    GIVEN_UP_AFTER,
    LEFT_LYING_AFTER,
    TRIES_MOST,
)
from tests.server.api.things import NOW, Phone, of_bytes, problem
from tests.server.api.uploads import (
    LARGE,
    PHOTO,
    SMALL,
    MiB,
    blobs,
    brought,
    empty_store,  # noqa: F401  a fixture
    send_all,
    state,
    told,
    waiting,
    where,
    work,
)

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
