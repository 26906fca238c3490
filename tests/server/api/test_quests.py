"""What everybody may see of quests, and kits."""

import json
import uuid

import pytest
from flask.testing import FlaskClient

from geo.positions import Position, destination, distance_m
from server.app import Server
from server.stores.quests import Version
from server.use_cases import publish
from tests.server.api.things import (
    ANSWER,
    NOW,
    PRINTED,
    SQUARE,
    Phone,
    make_generic,
    make_trail,
    pointers,
    problem,
    publish_all,
)

NEAR = f"/api/v1/quests/nearby?lon={SQUARE.lon}&lat={SQUARE.lat}"


def features(client: FlaskClient, address: str) -> list[dict[str, object]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/geo+json"
    found: list[dict[str, object]] = json.loads(answer.data)["features"]
    return found


def test_the_nearest_come_first_with_distance_and_bearing(server: Server, client: FlaskClient) -> None:
    places = [destination(SQUARE, bearing, away) for bearing, away in ((90, 900), (350, 300), (180, 20_000))]
    quests = [make_trail(at=place) for place in places]
    publish_all(server, *quests)

    found = [feature["properties"] for feature in features(client, NEAR)]

    assert [one["code"] for one in found] == [quests[1].quest.code, quests[0].quest.code]  # type: ignore[index]
    assert [one["distance_m"] for one in found] == [300, 900]  # type: ignore[index]
    assert [one["bearing_deg"] for one in found] == [350, 90]  # type: ignore[index]


def test_generic_quests_come_along_as_here(server: Server, client: FlaskClient, trail: Version) -> None:
    generic = make_generic()
    publish_all(server, generic)

    found = features(client, NEAR + "&limit=1")

    assert [one["geometry"] is None for one in found] == [False, True]
    assert found[1]["properties"]["where"] == "here"  # type: ignore[index]
    assert found[1]["properties"]["code"] == generic.quest.code  # type: ignore[index]


def test_the_radius_is_exact(server: Server, client: FlaskClient) -> None:
    place = destination(SQUARE, 45, 5_000)
    publish_all(server, make_trail(at=place))
    away_m = distance_m(SQUARE, Position(round(place.lon, 6), round(place.lat, 6)))

    assert len(features(client, NEAR + f"&radius_m={away_m + 0.5}")) == 1
    assert features(client, NEAR + f"&radius_m={away_m - 0.5}") == []


def test_texts_come_in_the_first_language_that_a_quest_has(
    server: Server, client: FlaskClient, trail: Version
) -> None:
    publish_all(server, make_generic())

    found = [one["properties"] for one in features(client, NEAR + "&lang=en")]
    simple = [one["properties"] for one in features(client, NEAR + "&lang=sv-simple")]

    assert [one["language"] for one in found] == ["en", "sv"]  # type: ignore[index]
    assert [one["language"] for one in simple] == ["sv", "sv"]  # type: ignore[index]


@pytest.mark.parametrize(
    "query, wrong",
    [
        ("lat=63", ["/lon"]),
        ("", ["/lon", "/lat"]),
        ("lon=14&lat=nan", ["/lat"]),
        ("lon=inf&lat=63", ["/lon"]),
        ("lon=181&lat=63", ["/lon"]),
        ("lon=14&lat=-90.1", ["/lat"]),
        ("lon=14&lat=63&limit=0", ["/limit"]),
        ("lon=14&lat=63&limit=101", ["/limit"]),
        ("lon=14&lat=63&limit=2.5", ["/limit"]),
        ("lon=14&lat=63&radius_m=0", ["/radius_m"]),
        ("lon=14&lat=63&radius_m=100001", ["/radius_m"]),
        ("lon=14&lat=63&lon=15", ["/lon"]),
        ("lon=14&lat=63&raduis_m=10", ["/raduis_m"]),
        ("lon=14,6&lat=63", ["/lon"]),
        ("lon=x&lat=y&limit=z&w=1", ["/w", "/lon", "/lat", "/limit"]),
        ("lon=14&lat=63&lang=%00", ["/lang"]),
    ],
)
def test_what_does_not_fit_is_named(client: FlaskClient, query: str, wrong: list[str]) -> None:
    answer = client.get(f"/api/v1/quests/nearby?{query}")

    assert (answer.status_code, problem(answer), pointers(answer)) == (400, "invalid-query", wrong)


def test_swapped_coordinates_are_asked_about(client: FlaskClient) -> None:
    near = client.get("/api/v1/quests/nearby?lon=63.2&lat=14.6")
    box = client.get("/api/v1/quests?bbox=63.1,14.5,63.3,14.7")

    assert (near.status_code, problem(near), pointers(near)) == (422, "swapped", ["/lon"])
    assert "is 63.2 meant as latitude?" in near.text
    assert (box.status_code, problem(box), pointers(box)) == (422, "swapped", ["/bbox"])


def test_hidden_stages_and_secrets_are_in_no_public_answer(client: FlaskClient, trail: Version) -> None:
    code = trail.quest.code
    answers = [client.get(path).text for path in (NEAR, "/api/v1/quests", f"/api/v1/quests/{code}")]

    for text in answers:
        assert code in text
        assert "granen" not in text
        assert "spruce" not in text
        assert "den" not in {stage["key"] for stage in json.loads(text).get("stages_shown", ())}
        assert PRINTED not in text
        assert f'"{ANSWER}"' not in text


def test_a_search_goes_on_where_it_ended_also_when_quests_come_and_go(
    server: Server, client: FlaskClient
) -> None:
    quests = [make_trail() for _ in range(5)]
    publish_all(server, *quests)

    first = client.get("/api/v1/quests?limit=2").json
    assert first is not None
    publish.set_state(server.edge.database, first["quests"][1]["code"], "withdrawn", NOW)
    publish_all(server, make_generic())
    seen = [one["code"] for one in first["quests"]]
    after = first["after"]
    while after:
        page = client.get(f"/api/v1/quests?limit=2&after={after}").json
        assert page is not None
        seen += [one["code"] for one in page["quests"]]
        after = page["after"]

    assert len(seen) == len(set(seen))
    assert {version.quest.code for version in quests} <= set(seen)


@pytest.mark.parametrize(
    "query, found",
    [
        ("kind=trail", True),
        ("kind=challenge", False),
        ("q=b%C3%A5garna", True),
        ("q=bridge", True),
        ("q=granen", False),
        ("q=%22%27%28%26%7C%21", False),
        ("bbox=14,63,15,64", True),
        ("bbox=15,63,16,64", False),
        ("municipality=9999", False),
    ],
)
def test_a_search_finds_what_was_asked_for(
    client: FlaskClient, trail: Version, query: str, *, found: bool
) -> None:
    answer = client.get(f"/api/v1/quests?{query}").json

    assert answer is not None
    assert [one["code"] for one in answer["quests"]] == ([trail.quest.code] if found else [])


@pytest.mark.parametrize(
    "query, status, wrong",
    [
        ("bbox=1,2,3", 400, ["/bbox"]),
        ("bbox=15,64,14,63", 422, ["/bbox"]),
        ("bbox=14,63,200,64", 422, ["/bbox"]),
        ("kind=walk", 400, ["/kind"]),
        ("kind=null", 400, ["/kind"]),
        ("kind=", 400, ["/kind"]),
        ("municipality=Berg", 400, ["/municipality"]),
        ("q=", 400, ["/q"]),
        ("after=zzz", 422, []),
        ("after=WyJhIiwiYiJd", 422, []),
        ("lang=english!", 400, ["/lang"]),
    ],
)
def test_what_cannot_be_looked_for_is_named(
    client: FlaskClient, query: str, status: int, wrong: list[str]
) -> None:
    answer = client.get(f"/api/v1/quests?{query}")

    assert (answer.status_code, pointers(answer)) == (status, wrong)


def test_a_quest_is_found_by_what_somebody_typed(client: FlaskClient, trail: Version) -> None:
    code = trail.quest.code
    typed = [code, code.lower(), f"{code[:2]}-{code[2:]}", f" {code} ".replace(" ", "%20")]

    assert [client.get(f"/api/v1/quests/{text}").status_code for text in typed] == [200] * 4


@pytest.mark.parametrize("code", ["JH22222", "nothing", "%F0%9F%A6%8C", "x" * 40, "..%2f..", "\u00e5"])
def test_an_unknown_quest_is_not_there(client: FlaskClient, trail: Version, code: str) -> None:
    answer = client.get(f"/api/v1/quests/{code}")

    assert (answer.status_code, problem(answer)) in {(404, "unknown-quest"), (404, "not-found")}


def test_a_known_quest_is_not_sent_again(client: FlaskClient, trail: Version) -> None:
    path = f"/api/v1/quests/{trail.quest.code}"
    first = client.get(path, headers={"Accept-Language": "sv"})
    known = {"If-None-Match": first.headers["ETag"]}

    again = client.get(path, headers={"Accept-Language": "sv", **known})
    in_english = client.get(path, headers={"Accept-Language": "en", **known})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert in_english.status_code == 200
    assert in_english.headers["Content-Language"] == "en"
    assert "Accept-Language" in in_english.headers["Vary"]


def test_a_kit_holds_what_is_hidden_and_nothing_that_is_secret(phone: Phone, trail: Version) -> None:
    kit = phone.get(f"/api/v1/quests/{trail.quest.code}/kit")

    assert kit.status_code == 200
    assert "granen" in kit.text
    assert PRINTED not in kit.text
    assert f'"{ANSWER}"' not in kit.text
    assert "private" in kit.headers["Cache-Control"]
    assert json.loads(kit.data)["quest"]["version"] == trail.quest.version


def test_a_kit_that_a_phone_has_is_not_sent_again_until_it_changes(
    server: Server, phone: Phone, trail: Version
) -> None:
    path = f"/api/v1/quests/{trail.quest.code}/kit"
    tag = phone.get(path).headers["ETag"]

    known = phone.get(path, **{"If-None-Match": tag})
    publish.set_state(server.edge.database, trail.quest.code, "resting", NOW)
    resting = phone.get(path, **{"If-None-Match": tag})
    publish.set_state(server.edge.database, trail.quest.code, "withdrawn", NOW)
    withdrawn = phone.get(path, **{"If-None-Match": tag})

    assert known.status_code == 304
    assert (resting.status_code, json.loads(resting.data)["resting"]) == (200, True)
    assert (withdrawn.status_code, problem(withdrawn)) == (410, "quest-withdrawn")


def test_municipalities_are_empty_without_seed_and_not_sent_twice(client: FlaskClient) -> None:
    first = client.get("/api/v1/municipalities")

    assert first.json == {"type": "FeatureCollection", "features": []}
    assert (
        client.get("/api/v1/municipalities", headers={"If-None-Match": first.headers["ETag"]}).status_code
        == 304
    )


def test_public_answers_may_be_read_by_any_page_and_private_ones_by_none(
    phone: Phone, trail: Version
) -> None:
    public = phone.client.get(NEAR)
    private = phone.get("/api/v1/journeys")

    assert public.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in public.headers
    assert "Access-Control-Allow-Origin" not in private.headers
    assert private.headers["Cache-Control"] == "no-store"


def test_a_journey_id_is_no_quest(phone: Phone) -> None:
    assert phone.get(f"/api/v1/quests/{uuid.uuid4()}/kit").status_code == 404
