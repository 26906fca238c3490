"""Ground that is closed every year: who marks it, and what it announces."""

import dataclasses
import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from geo.fences import outside_m
from geo.positions import Position, destination
from server.app import Server
from server.stores import bodies, closures
from server.stores.bodies import Body
from server.stores.quests import Version
from server.use_cases import seasons
from tests.server.api.closing import closed_some_time, marked, square
from tests.server.api.people import Browser, make_body, person, put_into
from tests.server.api.rights.closures import make_sameby
from tests.server.api.rights.kinds import ELSEWHERE
from tests.server.api.things import NOW, Phone, problem
from tests.server.maps import NEAR, Drawing

DAY = timedelta(days=1)


@pytest.fixture
def sameby(server: Server) -> Body:
    return make_sameby(server)


@pytest.fixture
def editor(server: Server, sameby: Body) -> Browser:
    return put_into(server, sameby, person(server), "editor")


def test_marked_ground_announces_the_seasons_to_come_at_once(
    sameby: Body, editor: Browser, phone: Phone, trail: Version
) -> None:
    ground = marked(editor, sameby)

    listed = editor.get(f"/bodies/{sameby.id}/closures").get_json()["closures"]
    kit = json.loads(phone.get(f"/api/v1/quests/{trail.quest.code}/kit").data)["closures"]["closures"]

    years = [one["year"] for one in listed]
    assert years == [years[1] + 1, years[1]]
    assert [(one["starts"][5:], one["ends"][5:]) for one in listed] == [
        ("03-31T22:00:00Z", "06-24T22:00:00Z")
    ] * 2
    assert {one["season_ground"] for one in listed} == {ground["id"]}
    assert {one["id"] for one in kit} == {one["id"] for one in listed}
    assert editor.get(f"/bodies/{sameby.id}/season-grounds").get_json()["season_grounds"] == [ground]


def test_ground_that_is_closed_no_more_takes_back_what_it_announced(sameby: Body, editor: Browser) -> None:
    ground = marked(editor, sameby)
    asked = {"body": sameby.id, "name": "Nytt namn", "area": square(half_m=1000)}
    path = f"/season-grounds/{ground['id']}"

    assert problem(editor.put(path, asked)) == "changed-meanwhile"
    renamed = editor.put(path, asked, If_Match=f'"{ground["version"]}"')
    ended = editor.post(f"{path}/ending", {})

    assert renamed.get_json()["name"] == "Nytt namn"
    assert ended.get_json()["ended_at"] is not None
    assert closed_some_time(editor) == []
    assert problem(editor.put(path, asked, If_Match='"3"')) == "not-now"


@pytest.mark.parametrize("kind", ["association", "municipality"])
def test_only_a_sameby_or_the_region_marks_ground(server: Server, kind: str) -> None:
    body = make_body(server, kind=kind, verified_at=NOW, municipality=ELSEWHERE)
    owner = put_into(server, body, person(server), "owner")

    answer = owner.put(
        f"/season-grounds/{uuid.uuid4()}", {"body": body.id, "name": "Berget", "area": square()}
    )

    assert problem(answer) == "no-authority"


def test_the_next_season_is_announced_once(server: Server, sameby: Body, editor: Browser) -> None:
    ground = marked(editor, sameby)
    database = server.edge.database
    newest = editor.get(f"/bodies/{sameby.id}/closures").get_json()["closures"][0]["year"]

    same_day = seasons.announce_all(database, datetime.now(UTC))
    a_year_later = [seasons.announce_all(database, datetime(newest, 1, 1, tzinfo=UTC)) for _ in range(2)]
    ended = editor.post(f"/season-grounds/{ground['id']}/ending", {})
    after_its_end = seasons.announce_all(database, datetime(newest + 3, 1, 1, tzinfo=UTC))

    assert (same_day, a_year_later, after_its_end) == (0, [1, 0], 0)
    assert ended.status_code == 200
    years = [one["year"] for one in editor.get(f"/bodies/{sameby.id}/closures").get_json()["closures"]]
    assert years == [newest + 1, newest, newest - 1]


@pytest.mark.parametrize("changed", [{"verified_at": None}, {"state": "closed"}], ids=str)
def test_no_season_is_announced_of_a_body_that_may_not_close_ground_any_more(
    server: Server, sameby: Body, editor: Browser, changed: dict[str, Any]
) -> None:
    marked(editor, sameby)
    database, year = server.edge.database, datetime.now(UTC).year
    with database.transaction() as connection:
        bodies.change(connection, dataclasses.replace(sameby, **changed))

    assert seasons.announce_all(database, datetime(year + 3, 1, 1, tzinfo=UTC)) == 0


def test_a_road_and_a_winter_trail_stay_open_until_the_sameby_says_otherwise(
    server: Server, sameby: Body, editor: Browser, tmp_path: Path
) -> None:
    middle = Position(*NEAR)
    drawn = Drawing()
    drawn.way([(-5000, 0), (5000, 0)], {"highway": "tertiary"})
    drawn.way([(-5000, 300), (5000, 300)], {"piste:type": "nordic"})
    drawn.way([(-5000, -300), (5000, -300)], {"highway": "track"})
    file = drawn.write(tmp_path / "ways.osm.pbf")
    ground = marked(editor, sameby, area=square(middle, half_m=1000))

    loaded = seasons.load_stays_open(server.edge.database, file, datetime.now(UTC))
    on_road, beside = middle, destination(middle, 0, 100)
    on_trail, on_track = (Position(middle.lon, middle.lat + degrees) for degrees in (0.003, -0.003))

    def closed_at(*positions: Position) -> list[bool]:
        standing = closures.standing(server.edge.database, datetime.now(UTC))
        (first, _) = sorted(standing, key=lambda one: one.starts)
        return [any(outside_m(ground.fence, one) <= 0 for ground in first.grounds) for one in positions]

    assert loaded is not None
    assert loaded.kinds == {"roads": 1, "winter-trails": 1}
    assert loaded.announced == 2
    assert closed_at(on_road, beside, on_trail, on_track) == [False, True, False, True]
    assert seasons.load_stays_open(server.edge.database, file, datetime.now(UTC)) is None

    asked = {
        "body": sameby.id,
        "name": ground["name"],
        "area": ground["area"],
        "stays_open": ["winter-trails"],
    }
    answer = editor.put(f"/season-grounds/{ground['id']}", asked, If_Match=f'"{ground["version"]}"')

    assert answer.status_code == 200, answer.text
    assert closed_at(on_road, beside, on_trail) == [True, True, False]
