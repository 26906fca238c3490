"""Closed ground over HTTP: the public list, kits, and moves that name what their phone knew."""

import json
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from content.closures import Announced
from geo.positions import Position, destination
from quests.closures import Closure
from server.app import Server
from server.stores.quests import Version
from server.use_cases import closures
from tests.server.api.things import NOW, SQUARE, Phone, make_generic, publish_all

LIST = "/api/v1/closures"
FAR = destination(SQUARE, 0, 40_000)


def close(server: Server, at: Position = SQUARE, number: int = 1, **fields: Any) -> Closure:
    corners = [destination(at, bearing, 400) for bearing in (45, 135, 225, 315)]
    ring = tuple((round(one.lon, 6), round(one.lat, 6)) for one in corners)
    said: dict[str, Any] = {
        "id": f"{number:08x}-0000-4000-8000-000000000000",
        "kind": "calving",
        "area": (((*ring, ring[0]),),),
        "starts": NOW - timedelta(days=1),
        "ends": NOW + timedelta(days=1),
        "authority": "Samebyn",
        "texts": {},
    }
    (closed,) = closures.load(server.edge.database, [Announced(**{**said, **fields})], NOW).changed
    return closed


def test_the_list_is_sent_once_and_again_when_it_changes(server: Server, client: FlaskClient) -> None:
    empty = client.get(LIST)
    first = close(server)
    one = client.get(LIST, headers={"If-None-Match": empty.headers["ETag"]})
    known = client.get(LIST, headers={"If-None-Match": one.headers["ETag"]})
    second = close(server, FAR, number=2, starts=NOW + timedelta(hours=2))
    two = client.get(LIST, headers={"If-None-Match": one.headers["ETag"]})

    assert empty.json == {"type": "FeatureCollection", "revision": 0, "features": []}
    assert (one.status_code, known.status_code, two.status_code) == (200, 304, 200)
    assert (one.json or {})["revision"] == first.revision
    assert (two.json or {})["revision"] == second.revision
    assert [feature["id"] for feature in (two.json or {})["features"]] == [first.id, second.id]
    assert one.headers["Cache-Control"] == "no-cache"
    assert one.headers["Access-Control-Allow-Origin"] == "*"
    assert one.content_type == "application/geo+json"


def test_a_kit_changes_with_each_closure_and_holds_those_that_are_near(
    server: Server, phone: Phone, trail: Version
) -> None:
    path = f"/api/v1/quests/{trail.quest.code}/kit"
    before = phone.get(path)
    near, far = close(server), close(server, FAR, number=2)
    after = phone.get(path, **{"If-None-Match": before.headers["ETag"]})
    known = phone.get(path, **{"If-None-Match": after.headers["ETag"]})

    assert json.loads(before.data)["closures"]["closures"] == []
    assert json.loads(before.data)["closures"]["revision"] == 0
    assert (after.status_code, known.status_code) == (200, 304)
    told = json.loads(after.data)["closures"]
    assert told["revision"] == far.revision
    assert [one["id"] for one in told["closures"]] == [near.id]
    assert told["as_of"].endswith("Z")


def test_a_quest_without_places_has_none_in_its_kit(server: Server, phone: Phone) -> None:
    anywhere = make_generic()
    publish_all(server, anywhere)
    close(server)

    assert (
        json.loads(phone.get(f"/api/v1/quests/{anywhere.quest.code}/kit").data)["closures"]["closures"] == []
    )


def test_a_move_is_judged_by_the_revision_that_it_names(server: Server, phone: Phone, trail: Version) -> None:
    closed = close(server)
    journey = phone.begin(trail.quest)

    fix = {
        "lon": SQUARE.lon,
        "lat": SQUARE.lat,
        "accuracy_m": 5,
        "at": (NOW - timedelta(minutes=1)).isoformat(),
    }

    def submit(**named: Any) -> dict[str, Any]:
        move = phone.move(trail.quest, "bridge", "there", {"kind": "arrive"}, fixes=[fix], **named)
        answer = phone.post(f"/api/v1/journeys/{journey}/moves", {"moves": [move]})
        told: dict[str, Any] = json.loads(answer.data)["outcomes"][0]
        return told

    refused = submit(closures_revision=closed.revision)

    assert (refused["outcome"], refused["code"]) == ("refused", "closed-ground")
    assert "closed when you walked" in refused["message"]
    assert submit()["code"] == "done"
