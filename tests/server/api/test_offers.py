"""What there is near somebody, and whether it is open, over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from quests.model import Open, Season
from server.app import Server
from server.stores.quests import Version
from tests.server.api.test_today import told
from tests.server.api.things import SQUARE, make_generic, make_trail, problem, publish_all

PATH = "/api/v1/offers"
HERE = f"lon={SQUARE.lon:.3f}&lat={SQUARE.lat:.3f}"


@pytest.fixture
def trail(server: Server) -> Version:
    """One with a place, and four for anywhere beside it."""
    made = make_trail(open=Open(light="any"))
    publish_all(server, made, *[make_generic() for _ in range(4)])
    return made


def test_placed_quests_come_first_with_their_direction_and_then_those_for_anywhere(
    client: FlaskClient, trail: Version
) -> None:
    first, *others = told(client.get(f"{PATH}?{HERE}"))["quests"]

    assert first["quest"]["code"] == trail.quest.code
    assert first["distance_m"] < 200
    assert 0 <= first["bearing_deg"] < 360
    assert (first["open"], first["why"]) == (True, [])
    assert [(one["distance_m"], one["open"]) for one in others] == [(None, True)] * 4


def test_as_many_as_asked_for_and_no_more(client: FlaskClient, trail: Version) -> None:
    assert len(told(client.get(f"{PATH}?{HERE}&anywhere=2"))["quests"]) == 3
    assert told(client.get(f"{PATH}?lon=13.9&lat=62.1&anywhere=0"))["quests"] == []


def test_what_is_closed_is_listed_and_says_why_and_until_when(client: FlaskClient, server: Server) -> None:
    day = datetime.now(UTC).date() + timedelta(days=60)
    later = Season(start=f"{day:%m-%d}", end=f"{day + timedelta(days=9):%m-%d}")
    publish_all(server, make_trail(open=Open(light="any", seasons=(later,))))

    (found,) = told(client.get(f"{PATH}?{HERE}"))["quests"]

    assert (found["open"], found["why"]) == (False, ["season"])
    assert found["until"].startswith(f"{day:%Y-%m-%d}T00:00:00+0")


@pytest.mark.parametrize(
    "odd, code",
    [
        ("lon=14.6", "invalid-query"),
        ("lon=14.6&lat=91", "invalid-query"),
        ("lon=14.6&lat=63&anywhere=101", "invalid-query"),
        ("lon=a&lat=63", "invalid-query"),
        ("lon=63.1&lat=14.6", "swapped"),
    ],
)
def test_odd_questions_are_told_what_is_wrong(client: FlaskClient, odd: str, code: str) -> None:
    assert problem(client.get(f"{PATH}?{odd}")) == code
