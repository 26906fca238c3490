"""One small thing today, over HTTP."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from geo.positions import Position
from quests.model import Open
from server.app import Server
from server.use_cases import publish
from server.use_cases.places import load_places
from tests.server.api.things import Phone, make_generic, make_trail, problem, publish_all

PATH = "/api/v1/today"
HERE = "lon=14.636&lat=63.179"


def told(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = json.loads(answer.data)
    return found


@pytest.fixture
def five(server: Server) -> list[str]:
    """Codes of five small things for anywhere."""
    made = [make_generic() for _ in range(5)]
    publish_all(server, *made)
    return [one.quest.code for one in made]


def test_it_is_one_thing_with_one_sentence_in_my_language(client: FlaskClient, five: list[str]) -> None:
    found = told(client.get(f"{PATH}?{HERE}&lang=sv"))

    assert found["quest"]["code"] in five
    assert "precis där du är" in found["because"]
    assert (found["minutes"], found["distance_m"], found["new"]) == (None, None, True)
    assert "right where you are" in told(client.get(f"{PATH}?{HERE}&lang=en"))["because"]


def test_not_today_gives_another_until_there_is_none(client: FlaskClient, five: list[str]) -> None:
    seen: list[str] = []
    for _ in five:
        seen.append(
            told(client.get(f"{PATH}?{HERE}&not={','.join(seen)}" if seen else f"{PATH}?{HERE}"))["quest"][
                "code"
            ]
        )

    assert sorted(seen) == sorted(five)
    assert problem(client.get(f"{PATH}?{HERE}&not={','.join(seen)}")) == "nothing-today"


def test_what_i_have_begun_comes_last_for_me_and_first_for_my_neighbour(
    client: FlaskClient, server: Server
) -> None:
    made = [make_generic() for _ in range(3)]
    publish_all(server, *made)
    phone = Phone(client).registered()
    first = told(phone.get(f"{PATH}?{HERE}"))["quest"]["code"]
    phone.begin(next(one.quest for one in made if one.quest.code == first))

    mine, theirs = told(phone.get(f"{PATH}?{HERE}")), told(client.get(f"{PATH}?{HERE}"))

    assert mine["quest"]["code"] != first
    assert theirs["quest"]["code"] == first


def test_a_lit_place_nearby_says_how_far(client: FlaskClient, server: Server) -> None:
    publish_all(server, make_trail(Position(14.636, 63.181), open=Open(light="lit")))

    found = told(client.get(f"{PATH}?{HERE}&lang=en&with=child"))

    assert found["distance_m"] == pytest.approx(223, abs=3)
    assert f"{found['minutes']} minutes away on foot" in found["because"]
    assert (found["lon"], found["lat"]) == (14.636, 63.181)


def test_what_belongs_to_another_municipality_is_not_offered(client: FlaskClient, server: Server) -> None:
    border = {"type": "Polygon", "coordinates": [[[14, 63], [15, 63], [15, 64], [14, 64], [14, 63]]]}
    feature = {"type": "Feature", "properties": {"code": "2380", "name": "Östersund"}, "geometry": border}
    publish.load_municipalities(server.edge.database, [feature], "a" * 64)
    ours, theirs = make_generic(municipalities=("2380",)), make_generic(municipalities=("2309",))
    publish_all(server, ours, theirs)

    assert told(client.get(f"{PATH}?{HERE}"))["quest"]["code"] == ours.quest.code
    assert problem(client.get(f"{PATH}?{HERE}&not={ours.quest.code}")) == "nothing-today"
    assert problem(client.get(f"{PATH}?lon=16.0&lat=63.5")) == "nothing-today"


@pytest.mark.parametrize(
    "query, code",
    [
        ("lon=63.179&lat=14.636", "swapped"),
        ("lon=14.636", "invalid-query"),
        (f"{HERE}&with=dog", "invalid-query"),
        (f"{HERE}&with=null", "invalid-query"),
        (f"{HERE}&not=JH1", "invalid-query"),
        (f"{HERE}&company=child", "invalid-query"),
    ],
)
def test_bad_input_is_named(client: FlaskClient, query: str, code: str) -> None:
    assert problem(client.get(f"{PATH}?{query}")) == code


def test_all_of_a_village_meet_the_same_and_who_lives_far_from_any_is_told_something_too(
    client: FlaskClient, server: Server
) -> None:
    publish_all(server, *(make_generic() for _ in range(20)))
    load_places(server.edge.database, [village(14.6, 63.2)], "GeoNames", "a" * 64)

    # Four kilometres to either side of its middle, and fifty away.
    east, west, far = (
        told(client.get(f"{PATH}?lon={lon}&lat=63.2"))["quest"]["code"] for lon in (14.68, 14.52, 15.6)
    )

    assert east == west
    assert far


def village(lon: float, lat: float) -> dict[str, Any]:
    properties = {
        "name": "Byn",
        "names": {"sv": "Byn"},
        "other_names": [],
        "kind": "settlement",
        "municipality": "2380",
        "population": 100,
        "known_to_m": 100,
    }
    return {"id": "t:1", "geometry": {"type": "Point", "coordinates": (lon, lat)}, "properties": properties}


def test_an_empty_list_of_what_was_offered_is_none(client: FlaskClient, five: list[str]) -> None:
    assert told(client.get(f"{PATH}?{HERE}&not=")) == told(client.get(f"{PATH}?{HERE}"))


def test_what_is_written_wrong_is_told_in_words(client: FlaskClient) -> None:
    (error,) = client.get(f"{PATH}?{HERE}&not=JH1").json["errors"]  # type: ignore[index]

    assert (error["pointer"], error["code"]) == ("/not", "wrong")
    assert error["message"].startswith("not written as it should be: Not today: codes of what was offered")


def test_null_for_company_is_to_be_left_out(client: FlaskClient) -> None:
    answer = client.get(f"{PATH}?{HERE}&with=null")

    assert (answer.status_code, problem(answer)) == (400, "invalid-query")
