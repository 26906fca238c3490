"""Who may see pictures and sounds: players' own by addresses that end, those of quests for ever."""

import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from media.kinds import media_type
from server.app import Server
from server.use_cases import publish
from tests.content.examples import PNG as BOAT
from tests.content.examples import trail as pack_with_a_boat
from tests.server.api.things import NOW, Phone, problem
from tests.server.api.uploads import (
    LARGE,
    PHOTO,
    brought,
    empty_store,  # noqa: F401  a fixture
    state,
    told,
    work,
)

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
