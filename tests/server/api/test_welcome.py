"""The page for somebody who meets a newcomer, as a browser gets it."""

import json
import re
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geo.positions import Position
from quests.closures import Closure
from quests.model import Open, Takes
from server.app import Server
from server.cli.seed import SEED_DATA
from server.pages.welcome import clock, day, distance
from server.stores import closures
from server.stores.quests import Version
from server.use_cases import publish
from server.use_cases.places import load_places
from tests.server.api.things import make_generic, make_trail, problem, publish_all

TAGS = sorted(file.stem for file in (SEED_DATA / "languages").glob("*.json"))

HAMMERDAL = (15.3483, 63.5836)


def place(
    place_id: str, name: str, municipality: str, at: tuple[float, float] = HAMMERDAL, **told: Any
) -> dict[str, Any]:
    properties = {
        "name": name,
        "names": {"sv": name},
        "other_names": [],
        "kind": "settlement",
        "municipality": municipality,
        "population": 1_000,
        "known_to_m": 100,
        **told,
    }
    return {"id": place_id, "geometry": {"type": "Point", "coordinates": at}, "properties": properties}


@pytest.fixture
def village(server: Server) -> list[Version]:
    """Hammerdal, with two things for anywhere, one a walk away and one a ride away."""
    load_places(server.edge.database, [place("geonames:1", "Hammerdal", "2313")], "GeoNames", "a" * 64)
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
    assert [one["class"] for tag, one in outline.seen if tag == "section"] == [
        "begin", "here", "walk", "ride",
    ]  # fmt: skip
    assert "Lyan i granen" not in answer.text


def test_it_says_how_far_and_for_whom_in_words(client: FlaskClient, village: list[Version]) -> None:
    text = re.sub("<[^>]+>", " ", client.get("/welcome?place=Hammerdal&lang=en").text)

    assert "Near Hammerdal, now" in text
    assert "8\u00a0min there on foot" in text
    assert "11\u00a0km away" in text
    assert "good for two or with a child" in text
    assert "in Swedish" in text
    assert re.search(r"Daylight until \d\d:\d\d|Daylight comes back at \d\d:\d\d|The night is light", text)


@pytest.mark.parametrize(
    "language, metres, written",
    [
        ("sv", 1_234, "1,2\u00a0km"),
        ("sv-simple", 11_400, "11\u00a0km"),
        ("en", 2_500, "2.5\u00a0km"),
        ("uk", 1_234, "1,2\u00a0км"),
        ("ar", 11_400, "11\u00a0كم"),
        ("en", 0, "50\u00a0m"),
        ("uk", 280, "300\u00a0м"),
        ("en", 974, "950\u00a0m"),
        ("en", 976, "1\u00a0km"),
        ("en", 9_980, "10\u00a0km"),
    ],
)
def test_a_distance_has_its_unit_in_the_language_and_does_not_part_from_it(
    language: str, metres: float, written: str
) -> None:
    assert distance(metres, language) == written


def test_an_english_day_is_not_american() -> None:
    moment = datetime(2026, 12, 15, 16, 5, tzinfo=UTC)

    assert (day(moment, "en"), clock(moment, "en")) == ("Tuesday, 15 December 2026", "16:05")
    assert day(moment, "sv-simple") == "tisdag 15 december 2026"


def test_what_is_known_of_pram_wheelchair_toilet_and_bus_is_said_and_nothing_else(
    client: FlaskClient, server: Server
) -> None:
    load_places(server.edge.database, [place("geonames:1", "Hammerdal", "2313")], "GeoNames", "a" * 64)
    known, silent = make_generic(company=("alone",)), make_generic()
    (stage,) = known.quest.stages
    takes = Takes(pram=True, wheelchair=False, bus_stop_m=320, toilet_m=1_500)
    quest = msgspec.structs.replace(known.quest, stages=(msgspec.structs.replace(stage, takes=takes),))
    publish_all(server, Version(quest, known.secrets), silent)

    text = client.get("/welcome?place=Hammerdal&lang=en").text

    for said in ("good alone", "fine with a pram", "bus stop 300\u00a0m away", "toilet 1.5\u00a0km away"):
        assert text.count(f"<span>{said}</span>") == 1
    assert "wheelchair" not in text


@pytest.mark.parametrize("asked", ["", "place=Hammerdal", "place=Atlantis", "id=geonames%3A1"])
def test_the_language_can_be_chosen_and_the_place_stays(
    client: FlaskClient, village: list[Version], asked: str
) -> None:
    links = [
        one for tag, one in Outline(client.get(f"/welcome?{asked}&lang=en").text).seen
        if tag == "a" and one.get("lang")
    ]  # fmt: skip

    assert [one["lang"] for one in links] == TAGS
    assert [one["lang"] for one in links if one.get("aria-current")] == ["en"]
    for one in links:
        answer = client.get(f"/{one['href']}")
        assert answer.headers["Content-Language"] == one["lang"]
        assert ("<article" in answer.text) == (asked in {"place=Hammerdal", "id=geonames%3A1"})


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


@pytest.fixture
def region(server: Server) -> None:
    """Places with names in two languages, three of one name, two of these in one municipality."""
    publish.load_municipalities(
        server.edge.database,
        json.loads((SEED_DATA / "municipalities.geojson").read_bytes())["features"],
        "m" * 64,
    )
    features = [
        place("t:1", "Östersund", "2380", population=50_000, names={"sv": "Östersund", "sma": "Staare"},
              other_names=["Эстерсунд", "Aestersund"]),
        place("t:2", "Hammerdal", "2313"),
        place("t:3", "Hammarstrand", "2303"),
        place("t:4", "Näset", "2326", (14.42, 62.81), population=30),
        place("t:5", "Näset", "2313", (15.6, 63.9), population=20),
        place("t:6", "Näset", "2326", (14.1, 62.6), population=10),
        place("t:7", "Åre", "2321"),
        place("t:8", "Undersåker", "2321", names={"sv": "Undersåker", "sma": "Saahka"}),
        *(place(f"t:{100 + n}", f"Berg {n}", "2326", population=0) for n in range(40)),
    ]  # fmt: skip
    load_places(server.edge.database, features, "GeoNames", "b" * 64)


def asked(client: FlaskClient, typed: str, language: str = "en") -> TestResponse:
    return client.get("/welcome", query_string={"place": typed, "lang": language})


def heading(answer: TestResponse) -> str:
    found = re.search(r"<h1>([^<]*)</h1>", answer.text)
    assert found is not None
    return found[1]


def offered(answer: TestResponse) -> dict[str, str]:
    """The places to choose among, and where each leads."""
    return {
        name: unescape(to) for to, name in re.findall(r'<a href="([^"]*)"><bdi>([^<]*)</bdi>', answer.text)
    }


@pytest.mark.usefixtures("region")
class TestWhichPlace:
    @pytest.mark.parametrize(
        "typed, name",
        [
            ("Östersund", "Östersund"),
            ("ostersund", "Östersund"),
            ("OESTERSUND", "Östersund"),
            (" Staare ", "Östersund"),
            ("Эстерсунд", "Östersund"),
            ("saahka", "Undersåker"),
            ("Såahka", "Undersåker"),
            ("are", "Åre"),
            ("Hammerdal, Strömsund", "Hammerdal"),
            ("hammerdal,stromsunds kommun", None),
            ("hammerdal , stromsund kommun", "Hammerdal"),
            ("Näset, Strömsund", "Näset"),
        ],
    )
    def test_a_whole_name_is_taken_however_it_is_written(
        self, client: FlaskClient, typed: str, name: str | None
    ) -> None:
        answer = asked(client, typed)

        assert answer.status_code == (404 if name is None else 200)
        assert heading(answer) == ("Rotfäste" if name is None else f"Near {name}, now")

    @pytest.mark.parametrize(
        "typed",
        [
            "a" * 100,
            "aaaa",
            "a",
            "o",
            "Öst",
            "Hammer",
            "Stockholm",
            "!?",
            ",",
            "Östersund, Åre",
            "%",
            "Sund",
        ],
    )
    def test_what_is_no_whole_name_is_no_place(self, client: FlaskClient, typed: str) -> None:
        answer = asked(client, typed)

        assert answer.status_code == 404
        assert "We do not find that place" in answer.text
        assert heading(answer) == "Rotfäste"
        assert Outline(answer.text).open == []

    @pytest.mark.parametrize(
        "typed, first",
        [
            ("Hammer", "Hammerdal, Strömsund"),
            ("Hamerdal", "Hammerdal, Strömsund"),
            ("hammarstran", "Hammarstrand, Ragunda"),
            ("Östersnd", "Östersund, Östersund"),
            ("Starre", "Östersund, Östersund"),
            ("Undersaker by", "Undersåker, Åre"),
            ("Hammerdal, Åre", "Hammerdal, Strömsund"),
        ],
    )
    def test_what_is_written_most_like_it_is_offered_first(
        self, client: FlaskClient, typed: str, first: str
    ) -> None:
        names = offered(asked(client, typed))

        assert next(iter(names)) == first
        assert len(names) <= 6

    @pytest.mark.parametrize("typed", ["a" * 100, "aaaa", "Stockholm", "!?", "xyzzy"])
    def test_nothing_is_offered_for_what_is_like_nothing(self, client: FlaskClient, typed: str) -> None:
        assert offered(asked(client, typed)) == {}

    def test_what_is_offered_leads_there(self, client: FlaskClient) -> None:
        link = offered(asked(client, "Hamerdal", "uk"))["Hammerdal, Strömsund"]

        answer = client.get(f"/{link}")

        assert answer.status_code == 200
        assert heading(answer) == "Hammerdal: що поруч зараз"

    def test_of_several_of_one_name_each_is_offered_with_its_municipality(self, client: FlaskClient) -> None:
        answer = asked(client, "naset")
        names = offered(answer)

        assert answer.status_code == 200
        assert "Several places are called Näset." in answer.text
        assert list(names) == [
            "Näset, Berg (62.810, 14.420)", "Näset, Strömsund", "Näset, Berg (62.600, 14.100)",
        ]  # fmt: skip
        assert [heading(client.get(f"/{link}")) for link in names.values()] == ["Near Näset, now"] * 3
        assert len(set(names.values())) == 3

    def test_of_several_in_one_municipality_these_alone_are_offered(self, client: FlaskClient) -> None:
        names = offered(asked(client, "Näset, Berg"))

        assert list(names) == ["Näset, Berg (62.810, 14.420)", "Näset, Berg (62.600, 14.100)"]

    @pytest.mark.parametrize(
        "language, said",
        [
            ("sv", "Menar du någon av de här?"),
            ("sv-simple", "Menar du någon av de här?"),
            ("en", "Do you mean one of these?"),
            ("uk", "Маєте на увазі одне з цих?"),
            ("ar", "هل تقصد أحد هذه الأماكن؟"),
        ],
    )
    def test_it_is_said_in_the_reader_s_language(self, client: FlaskClient, language: str, said: str) -> None:
        answer = asked(client, "Hamerdal", language)

        assert said in answer.text
        assert answer.headers["Content-Language"] == language
        assert all(f"lang={language}" in link for link in offered(answer).values())
        assert Outline(answer.text).open == []

    def test_a_name_is_offered_in_the_reader_s_language_where_it_has_one(self, client: FlaskClient) -> None:
        answer = client.get("/welcome?place=Undersker", headers={"Accept-Language": "sma, sv"})

        assert next(iter(offered(answer))) == "Saahka, Åre"

    def test_an_id_that_is_none_is_no_place(self, client: FlaskClient) -> None:
        answer = client.get("/welcome?id=t:999&lang=en")

        assert answer.status_code == 404
        assert "We do not find that place" in answer.text
        assert client.get("/welcome?id=&lang=en").status_code == 400

    def test_a_name_that_is_markup_is_text(self, server: Server, client: FlaskClient) -> None:
        evil = place('t:"><b>', '<script>"&', "2326")
        load_places(server.edge.database, [evil, evil | {"id": "t:&x=y"}], "GeoNames", "c" * 64)

        answer = asked(client, '<script>"&')

        assert "<script" not in answer.text
        assert Outline(answer.text).open == []
        links = [one["href"] or "" for tag, one in Outline(answer.text).seen if tag == "a"]
        assert [client.get(f"/{link}").status_code for link in links] == [200] * (
            len(TAGS) + 2
        )  # languages, places
