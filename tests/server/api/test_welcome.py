"""The page for somebody who meets a newcomer, as a browser gets it."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from geo.positions import Position
from quests.closures import Closure
from quests.model import Open
from server.app import Server
from server.stores import closures
from server.stores.quests import Version
from server.use_cases.places import load_places
from tests.server.api.things import make_generic, make_trail, problem, publish_all

HAMMERDAL = (15.3483, 63.5836)


@pytest.fixture
def village(server: Server) -> list[Version]:
    """Hammerdal, with two things for anywhere, one a walk away and one a ride away."""
    feature = {
        "id": "geonames:1",
        "geometry": {"type": "Point", "coordinates": HAMMERDAL},
        "properties": {
            "name": "Hammerdal",
            "names": {"sv": "Hammerdal"},
            "other_names": [],
            "kind": "settlement",
            "municipality": "2313",
            "population": 1_000,
            "known_to_m": 100,
        },
    }
    load_places(server.edge.database, [feature], "GeoNames", "a" * 64)
    lit = Open(light="lit")
    made = [
        make_generic(),
        make_generic(company=("two", "child")),
        make_trail(Position(HAMMERDAL[0], HAMMERDAL[1] + 0.005), open=lit),
        make_trail(Position(HAMMERDAL[0], HAMMERDAL[1] + 0.1), open=lit),
        make_trail(Position(HAMMERDAL[0], HAMMERDAL[1] + 1.0), open=lit),
    ]
    publish_all(server, *made)
    return made


class Outline(HTMLParser):
    """Whether every element is closed, and which there are."""

    VOID = frozenset({"meta", "link", "input", "br"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["sv", "sv-simple", "en", "uk", "ar"])
def test_what_is_near_and_open_stands_in_groups_with_its_code(
    client: FlaskClient, village: list[Version], language: str
) -> None:
    answer = client.get(f"/welcome?place=hammerdal&lang={language}")
    outline = Outline(answer.text)

    assert answer.status_code == 200
    assert outline.open == []
    assert [one["lang"] for tag, one in outline.seen if tag == "html"] == [language]
    assert ('dir="rtl"' in answer.text.split("<head>")[0]) == (language == "ar")
    assert [one.quest.code in answer.text for one in village] == [True, True, True, True, False]
    assert len([tag for tag, _ in outline.seen if tag == "section"]) == 3
    assert "Lyan i granen" not in answer.text


def test_it_says_how_far_and_for_whom_in_words(client: FlaskClient, village: list[Version]) -> None:
    text = re.sub("<[^>]+>", " ", client.get("/welcome?place=Hammerdal&lang=en").text)

    assert "Near Hammerdal, now" in text
    assert "8 min there on foot" in text
    assert "11 km away" in text
    assert "good with a child" in text
    assert "in Swedish" in text
    assert re.search(r"Daylight until \d\d:\d\d|Daylight comes back at \d\d:\d\d|The night is light", text)


def test_without_a_place_it_asks_for_one_and_an_unknown_one_is_no_dead_end(
    client: FlaskClient, village: list[Version]
) -> None:
    asked, unknown = client.get("/welcome?lang=en"), client.get("/welcome?place=Atlantis&lang=en")

    assert (asked.status_code, unknown.status_code) == (200, 404)
    for answer in (asked, unknown):
        assert '<option value="Hammerdal">' in answer.text
        assert Outline(answer.text).open == []
    assert "We do not find that place" in unknown.text


def test_nothing_that_is_typed_becomes_markup_and_nothing_is_fetched_or_run(
    client: FlaskClient, village: list[Version]
) -> None:
    answer = client.get('/welcome?place="><script>alert(1)</script>')

    assert "<script" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "script-src" not in policy
    assert client.get("/api/v1/pages/welcome.css").mimetype == "text/css"


def test_nothing_is_kept(client: FlaskClient, village: list[Version]) -> None:
    answer = client.get("/welcome?place=Hammerdal")

    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_ground_that_is_closed_is_not_suggested(
    server: Server, client: FlaskClient, village: list[Version]
) -> None:
    west, south = HAMMERDAL[0] - 0.02, HAMMERDAL[1] + 0.002
    ring = [
        (west, south),
        (west + 0.04, south),
        (west + 0.04, south + 0.01),
        (west, south + 0.01),
        (west, south),
    ]
    with server.edge.database.transaction() as connection:
        closures.add(
            connection,
            Closure(
                id="00000000-0000-4000-8000-000000000001",
                kind="calving",
                area=((tuple(ring),),),
                starts=datetime(2020, 1, 1, tzinfo=UTC),
                ends=datetime(2090, 1, 1, tzinfo=UTC),
                authority="En sameby",
                announced_at=datetime(2020, 1, 1, tzinfo=UTC),
            ),
        )

    text = client.get("/welcome?place=Hammerdal").text
    inside = client.get(f"/api/v1/today?lon={HAMMERDAL[0]}&lat={south + 0.003:.4f}")

    assert village[2].quest.code not in text
    assert village[3].quest.code in text
    assert problem(inside) == "nothing-today"


@pytest.mark.parametrize("host", ["a b", "user@evil.example", 'evil.example"><script>', "localhost:99999999"])
def test_no_address_is_printed_that_is_none(client: FlaskClient, village: list[Version], host: str) -> None:
    assert problem(client.get("/welcome?place=Hammerdal", headers={"Host": host})) == "bad-request"
