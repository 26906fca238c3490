"""Stages above the tree line are closed in calving time, unless a sameby says otherwise; and what phones learn of it."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from geo.positions import Position, destination
from quests.closures import DEFAULT_SEASON, Closure, closed_stages
from server.app import Server
from server.stores import default_closures
from server.stores.bodies import Body
from server.stores.quests import Version
from server.use_cases import default_season, publish, seasons
from tests.server.api.closing import square
from tests.server.api.people import Browser, make_body, person, put_into
from tests.server.api.rights.closures import make_sameby
from tests.server.api.test_rights import ELSEWHERE
from tests.server.api.things import NOW, Phone, make_trail, problem, publish_all
from tests.server.maps import NEAR, Drawing

MIDDLE = Position(*NEAR)
DEN = Position(MIDDLE.lon, MIDDLE.lat + 0.002)
APRIL, JULY = datetime(2031, 4, 20, 10, tzinfo=UTC), datetime(2031, 7, 20, 10, tzinfo=UTC)
MARCH = datetime(2031, 3, 1, tzinfo=UTC)


@pytest.fixture
def fell(server: Server) -> Version:
    """A trail on the fell, whose second stage is hidden."""
    made = make_trail(MIDDLE, setting=("fell",))
    publish_all(server, made)
    return made


@pytest.fixture
def editor(server: Server) -> tuple[Browser, Body]:
    sameby = make_sameby(server)
    return put_into(server, sameby, person(server), "editor"), sameby


def of_kit(phone: Phone, version: Version) -> list[Closure]:
    answer = phone.get(f"/api/v1/quests/{version.quest.code}/kit")
    closures = json.loads(answer.data)["closures"]["closures"]
    return msgspec.convert(closures, list[Closure])


def closed_in_spring(phone: Phone, version: Version) -> set[str]:
    """The stages that nobody is led to in the first season to come."""
    closures = [one for one in of_kit(phone, version) if one.starts < one.ends]
    at = min((one.starts for one in closures), default=NOW) + timedelta(days=20)
    return set(closed_stages(version.quest, closures, at))


def listed(phone: Phone) -> list[dict[str, Any]]:
    features = json.loads(phone.get("/api/v1/closures").data)["features"]
    return [one for one in features if one["properties"]["starts"] < one["properties"]["ends"]]


def load_ways(server: Server, tmp_path: Path, *ways: tuple[int, dict[str, str]]) -> None:
    """Ways from west to east, so many hundred-thousandths of a degree north of the first stage."""
    drawn = Drawing()
    for north, tags in ways:
        drawn.way([(-5000, north), (5000, north)], tags)
    file = drawn.write(tmp_path / f"{uuid.uuid4().hex}.osm.pbf")
    assert seasons.load_stays_open(server.edge.database, file, NOW) is not None


def mark(editor: tuple[Browser, Body], **changed: Any) -> dict[str, Any]:
    browser, sameby = editor
    asked = {"body": sameby.id, "name": "Fjället", "area": square(MIDDLE, half_m=1000), **changed}
    answer = browser.put(f"/season-grounds/{uuid.uuid4()}", asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


# ---------------------------------------------------------------------------------------------------- what is closed


def test_a_stage_on_the_fell_is_closed_in_april_and_open_in_july(phone: Phone, fell: Version) -> None:
    closures = of_kit(phone, fell)
    first = min(one.starts for one in closures).year
    april, july = (at.replace(year=first) for at in (APRIL, JULY))

    assert closed_stages(fell.quest, closures, april) == {"bridge", "den"}
    assert closed_stages(fell.quest, closures, july) == set()
    assert {one.authority for one in closures} == {DEFAULT_SEASON}
    assert (
        sorted((one.starts.strftime("%m-%d"), one.ends.strftime("%m-%d")) for one in closures)
        == [("03-31", "06-24")] * 4
    )  # two seasons, of what is public and of what is hidden; 22:00 UTC is midnight in Sweden
    assert closed_stages(fell.quest, closures, april.replace(year=first + 1)) == {"bridge", "den"}


def test_below_the_tree_line_nothing_is_closed_and_a_stage_may_say_so(server: Server, phone: Phone) -> None:
    in_the_forest = make_trail(MIDDLE, setting=("forest",))
    village = make_trail(destination(MIDDLE, 90, 3000), setting=("village", "fell"))
    stages = village.quest.stages
    below = msgspec.structs.replace(stages[0], tree_line="below")
    village = Version(msgspec.structs.replace(village.quest, stages=(below, stages[1])), village.secrets)
    publish_all(server, in_the_forest, village)

    assert closed_in_spring(phone, in_the_forest) == set()
    assert closed_in_spring(phone, village) == {"den"}


def test_what_is_hidden_is_closed_in_kits_and_stands_in_no_public_list(phone: Phone, fell: Version) -> None:
    public = {one["id"] for one in listed(phone)}
    of_den = [one for one in of_kit(phone, fell) if one.id not in public]

    assert len(public) == 2
    assert {stage for one in of_den for stage in closed_stages(fell.quest, [one], one.starts)} == {"den"}
    assert closed_in_spring(phone, fell) == {"bridge", "den"}


def test_at_a_stage_without_a_place_nobody_is_refused_by_what_no_list_tells(
    server: Server, phone: Phone, fell: Version
) -> None:
    stages = (msgspec.structs.replace(fell.quest.stages[0], place=None),)
    anywhere = make_trail(MIDDLE)
    anywhere = Version(msgspec.structs.replace(anywhere.quest, stages=stages), anywhere.secrets)
    publish_all(server, anywhere)
    closures = of_kit(phone, fell)
    at = min(one.starts for one in closures) + timedelta(days=2)
    revision = max(one.revision for one in closures)
    journey = phone.begin(anywhere.quest, started_at=at.isoformat())
    fix = {"lon": DEN.lon, "lat": DEN.lat, "accuracy_m": 5, "at": at.isoformat()}

    def code(stage_at: dict[str, Any]) -> str:
        move = phone.move(
            anywhere.quest,
            "bridge",
            "there",
            {"kind": "arrive"},
            fixes=[stage_at],
            made_at=at.isoformat(),
            closures_revision=revision,
        )
        found: str = json.loads(phone.send(journey, [move]).data)["outcomes"][0]["code"]
        return found

    assert code(fix) != "closed-ground"
    assert code({**fix, "lon": MIDDLE.lon, "lat": MIDDLE.lat}) == "closed-ground"


# -------------------------------------------------------------------------------------------------- what stays open


@pytest.mark.parametrize(
    "tags, closed",
    [
        ({"piste:type": "nordic"}, {"den"}),
        ({"highway": "tertiary"}, {"den"}),
        ({"highway": "track"}, {"bridge", "den"}),
    ],
    ids=["marked-winter-trail", "road", "forest-track"],
)
def test_what_stays_open_is_left_open(
    server: Server, phone: Phone, fell: Version, tmp_path: Path, tags: dict[str, str], closed: set[str]
) -> None:
    load_ways(server, tmp_path, (0, tags))

    assert closed_in_spring(phone, fell) == closed


def test_a_sameby_takes_the_default_back_for_its_ground(
    phone: Phone, fell: Version, editor: tuple[Browser, Body]
) -> None:
    browser, sameby = editor
    ground = mark(editor, closed=False)
    while_open = closed_in_spring(phone, fell), listed(phone)
    ended = browser.post(f"/season-grounds/{ground['id']}/ending", {})

    assert while_open == (set(), [])
    assert (ground["closed"], ended.status_code) == (False, 200)
    assert closed_in_spring(phone, fell) == {"bridge", "den"}
    assert browser.get(f"/bodies/{sameby.id}/closures").get_json()["closures"] == []


def test_a_sameby_says_that_nothing_is_left_open_on_its_ground(
    server: Server, phone: Phone, fell: Version, editor: tuple[Browser, Body], tmp_path: Path
) -> None:
    load_ways(server, tmp_path, (0, {"piste:type": "nordic"}))
    before = closed_in_spring(phone, fell)
    mark(editor, stays_open=[])

    assert (before, closed_in_spring(phone, fell)) == ({"den"}, {"bridge", "den"})
    assert {one["properties"]["authority"] for one in listed(phone)} == {"Samebyn"}


def test_ground_that_was_closed_is_kept_open_and_closed_again(
    phone: Phone, fell: Version, editor: tuple[Browser, Body]
) -> None:
    browser, sameby = editor
    ground = mark(editor)
    path = f"/season-grounds/{ground['id']}"
    asked = {"body": sameby.id, "name": "Fjället", "area": ground["area"]}

    opened = browser.put(path, {**asked, "closed": False}, If_Match='"1"')
    while_open = closed_in_spring(phone, fell)
    closed = browser.put(path, {**asked, "closed": True}, If_Match='"2"')

    assert (opened.status_code, closed.status_code) == (200, 200)
    assert while_open == set()
    assert closed_in_spring(phone, fell) == {"bridge", "den"}


@pytest.mark.parametrize("kind, code", [("sameby", "not-verified"), ("association", "no-authority")])
def test_who_has_no_authority_keeps_nothing_open(
    server: Server, phone: Phone, fell: Version, kind: str, code: str
) -> None:
    verified_at = None if kind == "sameby" else NOW
    body = make_body(server, kind=kind, verified_at=verified_at, municipality=ELSEWHERE)
    owner = put_into(server, body, person(server), "owner")

    asked = {"body": body.id, "name": "Berget", "area": square(MIDDLE, half_m=1000), "closed": False}
    answer = owner.put(f"/season-grounds/{uuid.uuid4()}", asked)

    assert problem(answer) == code
    assert closed_in_spring(phone, fell) == {"bridge", "den"}


# ----------------------------------------------------------------------------------------------- it follows the trail


def test_it_is_withdrawn_with_the_trail_and_comes_back_with_it(
    server: Server, phone: Phone, fell: Version
) -> None:
    database = server.edge.database
    publish.set_state(database, fell.quest.code, "withdrawn", NOW)
    withdrawn = listed(phone)
    publish.set_state(database, fell.quest.code, "published", NOW)

    assert withdrawn == []
    assert closed_in_spring(phone, fell) == {"bridge", "den"}


def test_it_moves_with_the_place(server: Server, phone: Phone, fell: Version) -> None:
    moved = make_trail(
        destination(MIDDLE, 0, 3000), setting=("fell",), id=fell.quest.id, code=fell.quest.code
    )
    publish_all(server, moved)
    (first, _) = sorted(listed(phone), key=lambda one: str(one["properties"]["starts"]))

    lats = [lat for _, lat in first["geometry"]["coordinates"][0][0]]
    assert min(lats) > destination(MIDDLE, 0, 2900).lat
    assert closed_in_spring(phone, moved) == {"bridge", "den"}


def test_nothing_is_announced_twice_and_the_next_season_once(
    server: Server, phone: Phone, fell: Version
) -> None:
    database = server.edge.database
    revision = json.loads(phone.get("/api/v1/closures").data)["revision"]
    publish_all(server, fell)
    same_day = default_season.follow_all(database, datetime.now(UTC))
    last = max(one.starts for one in of_kit(phone, fell)).year
    a_year_later = [seasons.announce_all(database, MARCH.replace(year=last)) for _ in range(2)]

    assert json.loads(phone.get("/api/v1/closures").data)["revision"] > revision
    assert (same_day, a_year_later) == (0, [2, 0])


def test_what_was_ended_by_hand_stays_ended(server: Server, phone: Phone, fell: Version) -> None:
    operator = person(server, how="passkey", administrator="")
    first = min(listed(phone), key=lambda one: str(one["properties"]["starts"]))

    ended = operator.post(f"/closures/{first['id']}/ending", {"reason": "Renarna är kvar i skogslandet."})
    again = default_season.follow_all(server.edge.database, datetime.now(UTC))
    publish.set_state(server.edge.database, fell.quest.code, "withdrawn", NOW)
    publish.set_state(server.edge.database, fell.quest.code, "published", NOW)

    assert (ended.status_code, again) == (200, 0)
    assert first["id"] not in {one["id"] for one in listed(phone)}
    with server.edge.database.transaction() as connection:
        known = default_closures.of_quest(connection, fell.quest.id, "calving")
    assert sum(one.withdrawn for one in known.values()) == 1


# ---------------------------------------------------------------------------------------------------- who is told


def test_a_taken_along_kit_learns_of_it(server: Server, phone: Phone) -> None:
    made = make_trail(MIDDLE)
    publish_all(server, made)
    path = f"/api/v1/quests/{made.quest.code}/kit"
    before = phone.get(path)
    neighbour = make_trail(destination(MIDDLE, 90, 60), setting=("fell",))
    publish_all(server, neighbour)
    after = phone.get(path, **{"If-None-Match": before.headers["ETag"]})

    assert json.loads(before.data)["closures"]["closures"] == []
    assert after.status_code == 200
    kinds = {(one["kind"], one["authority"]) for one in json.loads(after.data)["closures"]["closures"]}
    assert kinds == {("calving", DEFAULT_SEASON)}


def test_who_keeps_the_trail_is_told_once_and_in_their_language(
    server: Server, fell: Version, tmp_path: Path
) -> None:
    operator = person(server, how="passkey", administrator="")
    (case,) = operator.get("/cases").get_json()["cases"]
    card = operator.get(f"/cases/{case['id']}", Accept_Language="sv").get_json()
    operator.post(f"/cases/{case['id']}/decision", {"decision": "seen"})

    default_season.follow_all(server.edge.database, datetime.now(UTC))
    publish_all(server, fell)
    load_ways(server, tmp_path, (40, {"piste:type": "nordic"}))  # it runs beside the place, and makes it anew
    last = datetime.now(UTC).year + 2
    seasons.announce_all(server.edge.database, MARCH.replace(year=last))

    assert (case["kind"], case["subject"].partition("/")[0]) == ("closure", fell.quest.id)
    assert "grundregeln" in card["known"][0]
    assert DEFAULT_SEASON not in json.dumps(card["texts"])
    assert operator.get("/cases").get_json()["cases"] == []


def test_nothing_is_left_to_look_at_when_the_trail_is_gone(server: Server, fell: Version) -> None:
    operator = person(server, how="passkey", administrator="")
    before = operator.get("/cases").get_json()["cases"]
    publish.set_state(server.edge.database, fell.quest.code, "withdrawn", NOW)

    assert len(before) == 1
    assert operator.get("/cases").get_json()["cases"] == []
