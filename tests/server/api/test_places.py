"""Places found by what somebody types and by where they are."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from geo.positions import Position, destination, distance_m
from server.api.places import PlaceCollection
from server.app import Server
from server.cli.seed import SEED_DATA, load_seed
from server.use_cases import places
from tests.server.api.things import NOW, SQUARE, pointers, problem

KROKOM = Position(14.44883, 63.32589)


@pytest.fixture(scope="class")
def release(worker_server: Server, clean_database: Callable[[], None]) -> Iterator[FlaskClient]:
    """All that comes with a release, loaded once: its tests only ask."""
    load_seed(worker_server.edge.database, SEED_DATA, NOW)
    yield worker_server.test_client()
    clean_database()


def found(client: FlaskClient, **query: object) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/places", query_string=query)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/geo+json"
    msgspec.json.decode(answer.data, type=PlaceCollection)
    features: list[dict[str, Any]] = json.loads(answer.data)["features"]
    return features


def names(client: FlaskClient, **query: object) -> list[str]:
    return [feature["properties"]["names"]["sv"] for feature in found(client, **query)]


def place(name: str, at: Position, population: int = 0, **told: Any) -> dict[str, Any]:
    properties = {
        "kind": "settlement",
        "name": name,
        "names": {"sv": name},
        "municipality": "2380",
        "population": population,
        "known_to_m": 100,
        "other_names": [],
        **told,
    }
    return {
        "id": f"test:{name}",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": [at.lon, at.lat]},
    }


class TestOfTheRelease:
    def test_a_place_is_found_however_it_is_typed(self, release: FlaskClient) -> None:
        for typed in (
            "Östersund",
            "östersund",
            "ostersund",
            "OSTERSUND",
            "oestersund",
            "O\u0308stersund",
            "  öster ",
            "Staare",
            "staa",
            "Эстерсунд",
            "إوسترسوند",
        ):
            assert names(release, q=typed)[0] == "Östersund", typed
        assert names(release, q="krokom") == ["Krokom"]
        assert names(release, q="Ååre")[0] == names(release, q="are")[0] == "Åre"
        assert names(release, q="Såahka") == names(release, q="saahka") == ["Undersåker"]
        assert names(release, q="bienjedaelie") == names(release, q="Bienjedälie") == ["Funäsdalen"]

    def test_what_is_none_finds_none(self, release: FlaskClient) -> None:
        for typed in ("Stockholm", "stersund", "krokom krokom krokoms", "!?", "%", "_", "' OR 1=1", "\\"):
            assert names(release, q=typed) == [], typed

    def test_it_is_found_as_our_own_texts_spell_it_and_with_one_slip(self, release: FlaskClient) -> None:
        for typed, name in (
            ("Брекке", "Bräcke"),
            ("Гаммердал", "Hammerdal"),
            ("Гаммердала", "Hammerdal"),
            ("بريكه", "Bräcke"),
            ("بريكّه", "Bräcke"),
            ("hamerdal", "Hammerdal"),
            ("Östersnud", "Östersund"),
            ("krookm", "Krokom"),
        ):
            assert names(release, q=typed) == [name], typed
            near = found(release, q=typed, lon=14, lat=63)
            assert [one["properties"]["names"]["sv"] for one in near] == [name]
            assert near[0]["properties"]["distance_m"] > 1_000

    def test_a_slip_is_not_looked_for_where_something_is_called_so(self, release: FlaskClient) -> None:
        assert names(release, q="Hamm") == ["Hammarstrand", "Hammerdal"]

    def test_a_place_says_who_it_is(self, release: FlaskClient) -> None:
        answer = release.get("/api/v1/places?q=staare&limit=1")

        assert answer.json == {
            "type": "FeatureCollection",
            "attribution": "GeoNames, CC BY 4.0",
            "features": [
                {
                    "type": "Feature",
                    "id": "geonames:2685750",
                    "geometry": {"type": "Point", "coordinates": [14.63566, 63.1792]},
                    "properties": {
                        "name": "Östersund",
                        "names": {"sv": "Östersund", "sma": "Staare"},
                        "kind": "settlement",
                        "population": 49806,
                        "municipality": "2380",
                        "municipality_name": "Östersund",
                        "known_to_m": 100,
                        "source": "GeoNames",
                    },
                }
            ],
        }
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Accept-Language" in answer.headers["Vary"]

    def test_its_name_is_in_the_language_asked_for_where_there_is_one(self, release: FlaskClient) -> None:
        def name(**query: object) -> str:
            told: str = found(release, limit=1, **query)[0]["properties"]["name"]
            return told

        assert name(q="ostersund", lang="sma") == "Staare"
        assert name(q="ostersund", lang="en") == "Östersund"
        assert name(q="krokom", lang="sma") == "Krokom"

    def test_without_a_question_the_largest_come_first(self, release: FlaskClient) -> None:
        assert names(release, limit=3) == ["Östersund", "Brunflo", "Strömsund"]
        assert len(names(release, limit=50)) == 33

    def test_with_a_position_the_nearest_come_first(self, release: FlaskClient) -> None:
        features = found(release, lon=KROKOM.lon, lat=KROKOM.lat, limit=50)

        assert features[0]["properties"]["name"] == "Krokom"
        away = [distance_m(KROKOM, Position(*one["geometry"]["coordinates"])) for one in features]
        assert away == sorted(away)
        assert [one["properties"]["distance_m"] for one in features] == [round(one) for one in away]
        assert names(release, q="s", lon=14.37, lat=62.03)[0] == "Sveg"
        assert names(release, q="s", lon=15.56, lat=63.85)[0] == "Strömsund"


def test_exact_comes_before_larger_and_larger_before_smaller(server: Server, client: FlaskClient) -> None:
    places.load_places(
        server.edge.database,
        [
            place("Ås", SQUARE, 5),
            place("Åsarna", SQUARE, 200),
            place("Åsen", SQUARE, 900),
            place("Norra Ås", SQUARE, 700),
        ],
        "test",
        "a" * 64,
    )

    assert names(client, q="ås") == ["Ås", "Åsen", "Norra Ås", "Åsarna"]
    assert names(client, q="as nor") == ["Norra Ås"]
    assert names(client, q="norra a") == ["Norra Ås"]
    assert names(client, q="norra åsen") == []


def test_nearest_is_along_the_ellipsoid(server: Server, client: FlaskClient) -> None:
    # Eastwards a metre is longer on the ellipsoid than on the sphere here, northwards shorter.
    spots = {
        f"plats {bearing}": destination(SQUARE, bearing, 50_000 + bearing) for bearing in range(0, 360, 20)
    }
    places.load_places(
        server.edge.database, [place(name, at) for name, at in spots.items()], "test", "a" * 64
    )

    for query in ({}, {"q": "plats"}):
        assert names(client, lon=SQUARE.lon, lat=SQUARE.lat, limit=5, **query) == list(spots)[:5]


def test_loading_again_takes_the_place_of_all_and_the_same_files_change_nothing(
    server: Server, client: FlaskClient
) -> None:
    database = server.edge.database
    first = [place("Ås", SQUARE), place("Lit", SQUARE)]

    assert places.load_places(database, first, "test", "a" * 64)
    assert not places.load_places(database, [], "test", "a" * 64)
    assert names(client) == ["Lit", "Ås"]
    assert places.load_places(database, [place("Sveg", SQUARE)], "test", "b" * 64)
    assert names(client) == ["Sveg"]
    assert names(client, q="lit") == []


def test_where_there_are_none_none_are_found(client: FlaskClient) -> None:
    for query in ({}, {"q": "ostersund"}, {"lon": 14, "lat": 63}, {"q": "o", "lon": 14, "lat": 63}):
        assert found(client, **query) == []


@pytest.mark.parametrize(
    "query, status, code, wrong",
    [
        ("lon=14", 422, "half-position", ["/lat"]),
        ("lat=63", 422, "half-position", ["/lon"]),
        ("lon=63.2&lat=14.6", 422, "swapped", ["/lon"]),
        ("lon=200&lat=63", 400, "invalid-query", ["/lon"]),
        ("q=", 400, "invalid-query", ["/q"]),
        ("q=" + "x" * 101, 400, "invalid-query", ["/q"]),
        ("q=a%0Ab", 400, "invalid-query", ["/q"]),
        ("q=%00", 400, "invalid-query", ["/q"]),
        ("limit=0", 400, "invalid-query", ["/limit"]),
        ("limit=51", 400, "invalid-query", ["/limit"]),
        ("name=x", 400, "invalid-query", ["/name"]),
    ],
)
def test_what_cannot_be_asked_is_named(
    client: FlaskClient, query: str, status: int, code: str, wrong: list[str]
) -> None:
    answer = client.get(f"/api/v1/places?{query}")

    assert (answer.status_code, problem(answer), pointers(answer)) == (status, code, wrong)
