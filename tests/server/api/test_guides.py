"""A municipality's guide as a person: who says so, what is shown, and when it is gone."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from server.app import Server
from server.stores import accounts, duties, jobs
from server.stores.duties import Duty
from tests.media.hostile import photo, saved
from tests.server.api.guides import CARD, make_guide
from tests.server.api.people import ORIGIN, Browser, person
from tests.server.api.test_welcome import place
from tests.server.api.things import problem

WHERE = "2313"


@pytest.fixture
def guide(server: Server) -> Browser:
    return person(server, how="passkey", guide=WHERE)


def shown(server: Server, where: str = WHERE) -> TestResponse:
    return Browser(server).get(f"/municipalities/{where}/guide")


def send(guide: Browser, picture: bytes, media_type: str = "application/octet-stream") -> TestResponse:
    return guide.client.put(
        f"/api/v1/guides/{WHERE}/picture", data=picture, content_type=media_type, headers={"Origin": ORIGIN}
    )


def test_everybody_sees_what_the_guide_wrote_in_the_order_of_the_week(server: Server, guide: Browser) -> None:
    assert guide.put(f"/guides/{WHERE}", CARD).status_code == 200

    told = shown(server).get_json()

    assert told == {
        "municipality": WHERE,
        **CARD,
        "hours": sorted(CARD["hours"], key=lambda one: one["day"]),
        "picture": None,
    }
    assert problem(shown(server, "2326")) == "unknown-guide"


def test_the_picture_is_made_anew_without_where_it_was_taken(server: Server, guide: Browser) -> None:
    taken = io.BytesIO()
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (63.0, 35.0, 12.0)}
    exif[0x010F] = "Maker of cameras"
    photo(1600, 1200).save(taken, "JPEG", exif=exif)
    guide.put(f"/guides/{WHERE}", CARD)

    answer = send(guide, taken.getvalue())
    address = shown(server).get_json()["picture"]
    picture = server.test_client().get(address.removeprefix(ORIGIN))

    assert answer.status_code == 200, answer.text
    assert (picture.status_code, picture.content_type) == (200, "image/webp")
    assert b"Maker of cameras" not in picture.data
    with Image.open(io.BytesIO(picture.data)) as read:
        assert max(read.size) <= 640
        assert not read.getexif()
    assert picture.headers["Content-Security-Policy"].startswith("sandbox;")


@pytest.mark.parametrize(
    "sent, said",
    [
        (b"<svg onload=alert(1)>", "unsupported-medium"),
        (b"", "unsupported-medium"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 500, "picture-refused"),
    ],
    ids=["a script", "nothing", "what begins like one"],
)
def test_what_is_no_picture_is_told_so(guide: Browser, sent: bytes, said: str) -> None:
    guide.put(f"/guides/{WHERE}", CARD)

    assert problem(send(guide, sent)) == said


def test_the_same_picture_sent_again_outlives_the_removal_of_the_older_one(
    server: Server, guide: Browser
) -> None:
    guide.put(f"/guides/{WHERE}", CARD)
    for _ in range(2):
        assert send(guide, saved(photo(64, 64), "PNG")).status_code == 200

    (older,) = removing(server)
    server.edge.store.remove(older)

    address = shown(server).get_json()["picture"].removeprefix(ORIGIN)
    assert server.test_client().get(address).status_code == 200


def test_a_picture_needs_a_card_of_ones_own(server: Server, guide: Browser) -> None:
    picture = saved(photo(64, 64), "PNG")
    assert problem(send(guide, picture)) == "unknown-guide"
    make_guide(server, WHERE)

    assert problem(send(guide, picture)) == "unknown-guide"
    assert len(removing(server)) == 2  # nothing lies in the store that no card shows


def test_a_new_guide_takes_the_old_ones_place_and_picture(server: Server, guide: Browser) -> None:
    old = make_guide(server, WHERE)

    told = guide.put(f"/guides/{WHERE}", CARD).get_json()

    assert told["picture"] is None
    assert removing(server) == [old.picture_blob]


def test_who_loses_the_duty_or_leaves_is_shown_no_more(server: Server) -> None:
    made = make_guide(server, WHERE)
    with server.edge.database.transaction() as connection:
        duties.take(connection, made.account, "guide", WHERE)
        duties.give(connection, made.account, Duty("moderator", WHERE), datetime.now(UTC))
    assert problem(shown(server)) == "unknown-guide"
    assert server.test_client().get(f"/media/guides/{made.picture}").status_code == 404
    with server.edge.database.transaction() as connection:
        duties.give(connection, made.account, Duty("guide", WHERE), datetime.now(UTC))
        assert accounts.remove(connection, made.account)

    assert problem(shown(server)) == "unknown-guide"
    assert removing(server) == [made.picture_blob]


def test_hours_that_end_before_they_begin_are_told_so(guide: Browser) -> None:
    wrong: dict[str, Any] = {**CARD, "hours": [{"day": 1, "begins": "11:00", "ends": "09:00"}]}

    answer = guide.put(f"/guides/{WHERE}", wrong)

    assert (problem(answer), answer.get_json()["errors"][0]["pointer"]) == ("bad-hours", "/hours/0")


def test_the_page_for_who_meets_a_newcomer_says_whom_to_ring(server: Server, guide: Browser) -> None:
    from server.use_cases.places import load_places

    load_places(server.edge.database, [place("geonames:1", "Hammerdal", WHERE)], "GeoNames", "a" * 64)
    guide.put(f"/guides/{WHERE}", {**CARD, "name": "<b>Åsa</b>"})

    page = server.test_client().get("/welcome?place=Hammerdal&lang=en").text

    assert "Ring &lt;b&gt;Åsa&lt;/b&gt;" in page
    assert '<b class="code" dir="ltr">0640-161 23</b>' in page
    assert "Monday 09:00–11:00" in page
    assert "Arabic" in page


def removing(server: Server) -> list[str]:
    rows = server.edge.database.private.read(
        "SELECT args->>'folder' FROM procrastinate_jobs WHERE task_name = %(task)s ORDER BY id",
        {"task": jobs.REMOVE_BLOBS},
    )
    return [row[0] for row in rows]
