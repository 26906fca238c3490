"""Ground closed by those who may: what is refused, what is changed, and what a phone learns of it."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from geo.positions import destination
from server.app import Server
from server.stores import bodies, closures, publications, rests
from server.stores.bodies import Body
from server.stores.publications import Publication
from server.stores.quests import Version
from server.use_cases import publish
from tests.server.api.closing import closed, closed_some_time, marked, square
from tests.server.api.people import Browser, make_body, person, put_into
from tests.server.api.rights.closures import AREA, make_sameby, wish
from tests.server.api.rights.kinds import ELSEWHERE
from tests.server.api.things import NOW, SQUARE, Phone, make_trail, problem, publish_all

DAY = timedelta(days=1)
WAITING = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def sameby(server: Server) -> Body:
    return make_sameby(server)


@pytest.fixture
def editor(server: Server, sameby: Body) -> Browser:
    return put_into(server, sameby, person(server), "editor")


# ------------------------------------------------------------------------------------------------- who, and what


@pytest.mark.parametrize(
    "changed, code",
    [
        ({"kind": "sameby", "verified_at": None}, "not-verified"),
        ({"kind": "association"}, "no-authority"),
        ({"kind": "municipality"}, "closure-kind"),
    ],
    ids=["unverified-sameby", "association", "municipality-for-calving"],
)
def test_who_has_no_authority_closes_nothing(server: Server, changed: dict[str, Any], code: str) -> None:
    body = make_body(server, **{"verified_at": NOW, **changed})
    owner = put_into(server, body, person(server), "owner")

    assert problem(owner.put(f"/closures/{uuid.uuid4()}", wish(body.id))) == code
    assert server.test_client().get("/api/v1/closures").get_json()["features"] == []


def test_another_samebys_closure_is_not_changed(server: Server, sameby: Body, editor: Browser) -> None:
    one = closed(editor, sameby)
    other = make_sameby(server)
    stranger = put_into(server, other, person(server), "owner")
    tag = f'"{one["revision"]}"'

    as_theirs = stranger.put(f"/closures/{one['id']}", wish(other.id, kind="moving"), If_Match=tag)
    as_ours = stranger.put(f"/closures/{one['id']}", wish(sameby.id, kind="moving"), If_Match=tag)

    assert (problem(as_theirs), problem(as_ours)) == ("not-yours", "not-yours")
    assert problem(stranger.post(f"/closures/{one['id']}/ending", {})) == "not-yours"
    assert problem(stranger.get(f"/bodies/{sameby.id}/closures")) == "unknown-body"
    # Who acts for both moves nothing from the one to the other.
    put_into(server, other, editor, "editor")
    moved = editor.put(f"/closures/{one['id']}", wish(other.id), If_Match=tag)
    assert problem(moved) == "closure-differs"
    (stands,) = editor.get(f"/bodies/{sameby.id}/closures").get_json()["closures"]
    assert stands == one


def test_a_municipality_closes_within_its_own_border(server: Server) -> None:
    with server.edge.database.transaction() as connection:
        connection.execute(
            "INSERT INTO shown.municipalities (code, name, border, source_sha256) VALUES"
            " ('2309', 'Krokom', ST_Multi(ST_MakeEnvelope(14.6, 63.1, 14.61, 63.3, 4326)), '')"
        )
    body = make_body(server, kind="municipality", verified_at=NOW)
    editor = put_into(server, body, person(server), "editor")
    asked = wish(body.id, kind="hazard")

    outside = editor.put(f"/closures/{uuid.uuid4()}", asked)
    within = [[14.602, 63.2], [14.608, 63.2], [14.608, 63.21], [14.602, 63.2]]
    inside = editor.put(
        f"/closures/{uuid.uuid4()}", {**asked, "area": {"type": "Polygon", "coordinates": [within]}}
    )

    assert problem(outside) == "area-elsewhere"
    assert inside.status_code == 200


# ----------------------------------------------------------------------------------------------------- the drawing

RING: list[list[float]] = AREA["coordinates"][0]  # type: ignore[assignment]
HOLE = [[14.615, 63.202], [14.617, 63.202], [14.617, 63.203], [14.615, 63.202]]


@pytest.mark.parametrize(
    "rings, code, pointer, says",
    [
        (
            [RING, [[lat, lon] for lon, lat in HOLE]],
            "area-swapped",
            "/area/coordinates/1/0",
            "part 1, ring 2",
        ),
        (
            [[[14.6, 63.2], [14.62, 63.21], [14.62, 63.2], [14.6, 63.21], [14.6, 63.2]]],
            "area-crossing",
            "/area/coordinates/0",
            "Ring 1 in part 1",
        ),
        ([RING, HOLE[:-1]], "area-open", "/area/coordinates/1", "Ring 2 in part 1"),
        ([RING, [[18.07, 59.33]] * 4], "area-outside-region", "/area/coordinates/1/0", "Part 1, ring 2"),
        ([RING, [["14.6", 63.1]] * 4], "area-unreadable", "/area/coordinates/1/0", "part 1, ring 2"),
        ([[RING[0]] * 2001], "area-corners", "/area", "At most 2000"),
        ([[[12.5, 62], [15.5, 62], [15.5, 64], [12.5, 62]]], "area-large", "/area", "km²"),
    ],
    ids=["swapped", "crossing", "open", "outside", "unreadable", "corners", "huge"],
)
def test_a_drawing_is_refused_with_the_ring_that_is_wrong(
    sameby: Body, editor: Browser, rings: object, code: str, pointer: str, says: str
) -> None:
    area = {"type": "Polygon", "coordinates": rings}

    answer = editor.put(f"/closures/{uuid.uuid4()}", wish(sameby.id, area=area), Accept_Language="en")

    assert problem(answer) == code
    assert answer.get_json()["errors"][0]["pointer"] == pointer
    assert says in answer.get_json()["detail"]


def test_ground_as_large_as_a_municipality_is_closed_by_who_says_so_twice(
    sameby: Body, editor: Browser
) -> None:
    huge = {"type": "Polygon", "coordinates": [[[12.5, 62], [15.5, 62], [15.5, 64], [12.5, 62]]]}

    assert closed(editor, sameby, area=huge, confirmed=True)["state"] == "in-force"


@pytest.mark.parametrize(
    "days, code",
    [
        ({"starts": "2099-02-30"}, "closure-date"),
        ({"starts": "2031-05-02", "ends": "2031-05-01"}, "closure-dates"),
        ({"starts": "2025-05-01", "ends": "2025-06-01"}, "closure-dates"),
        ({"starts": "2031-05-01", "ends": "2033-06-01"}, "closure-long"),
    ],
    ids=["no-day", "ends-before", "is-over", "too-long"],
)
def test_days_that_cannot_be_are_told(sameby: Body, editor: Browser, days: dict[str, str], code: str) -> None:
    assert problem(editor.put(f"/closures/{uuid.uuid4()}", wish(sameby.id, **days))) == code


# ------------------------------------------------------------------------------------------------ changing, ending


def test_a_repetition_changes_nothing_and_a_change_names_what_was_read(sameby: Body, editor: Browser) -> None:
    asked = wish(sameby.id, texts={"sv": "Håll hunden kopplad."})
    path = f"/closures/{uuid.uuid4()}"
    first = editor.put(path, asked)
    again = editor.put(path, asked)

    unnamed = editor.put(path, {**asked, "kind": "moving"})
    changed = editor.put(path, {**asked, "kind": "moving"}, If_Match=first.headers["ETag"])
    late = editor.put(path, {**asked, "kind": "other"}, If_Match=first.headers["ETag"])

    assert again.get_json() == first.get_json()
    assert (problem(unnamed), problem(late)) == ("changed-meanwhile", "changed-meanwhile")
    assert changed.get_json()["kind"] == "moving"
    assert changed.get_json()["revision"] > first.get_json()["revision"]
    deeds = (
        put_into(editor.server, sameby, editor, "owner").get(f"/bodies/{sameby.id}/deeds").get_json()["deeds"]
    )
    assert [deed["what"] for deed in deeds] == ["close-ground", "close-ground"]


def test_ground_is_opened_early_and_what_never_began_never_was(sameby: Body, editor: Browser) -> None:
    running = closed(editor, sameby)
    later = closed(editor, sameby, starts="2031-04-01", ends="2031-06-24")

    late = editor.post(f"/closures/{later['id']}/ending", {"at": "2032-01-01"})
    opened = editor.post(f"/closures/{running['id']}/ending", {"reason": "De har flyttat."}).get_json()
    fallen = editor.post(f"/closures/{later['id']}/ending", {"at": "2031-03-01"}).get_json()

    assert (opened["state"], opened["withdrawn"]) == ("over", True)
    assert problem(late) == "closure-over"
    assert (fallen["state"], fallen["starts"]) == ("over", fallen["ends"])
    assert problem(editor.post(f"/closures/{running['id']}/ending", {})) == "not-now"
    assert problem(editor.post(f"/closures/{later['id']}/ending", {})) == "not-now"
    assert closed_some_time(editor) == []
    listed = editor.get(f"/bodies/{sameby.id}/closures").get_json()["closures"]
    assert [one["id"] for one in listed] == [later["id"], running["id"]]


# -------------------------------------------------------------------------------------------------- what phones learn


def test_a_sameby_closes_ground_and_a_taken_along_kit_learns_of_it(
    sameby: Body, editor: Browser, phone: Phone, trail: Version
) -> None:
    path = f"/api/v1/quests/{trail.quest.code}/kit"
    before = phone.get(path)
    journey = phone.begin(trail.quest)

    now = closed(editor, sameby, area=square())
    to_come = closed(editor, sameby, area=square(), starts="2031-04-01", ends="2031-06-24")
    after = phone.get(path, **{"If-None-Match": before.headers["ETag"]})

    kit = json.loads(after.data)["closures"]
    assert after.status_code == 200
    assert kit["revision"] == to_come["revision"]
    assert {one["id"]: one["starts"][:10] for one in kit["closures"]} == {
        now["id"]: now["starts"][:10],
        to_come["id"]: "2031-03-31",  # 22:00 UTC is midnight in Sweden
    }
    fix = {"lon": SQUARE.lon, "lat": SQUARE.lat, "accuracy_m": 5, "at": datetime.now(UTC).isoformat()}

    def submit(**named: Any) -> str:
        move = phone.move(
            trail.quest, "bridge", "there", {"kind": "arrive"}, fixes=[fix], made_at=fix["at"], **named
        )
        answer = phone.post(f"/api/v1/journeys/{journey}/moves", {"moves": [move]})
        code: str = json.loads(answer.data)["outcomes"][0]["code"]
        return code

    assert submit(closures_revision=kit["revision"]) == "closed-ground"
    assert submit(closures_revision=json.loads(before.data)["closures"]["revision"]) == "done"


def test_the_preview_shows_no_unpublished_trail_and_no_hidden_stage(server: Server, trail: Version) -> None:
    gone = make_trail()
    publish_all(server, gone)
    publish.set_state(server.edge.database, gone.quest.code, "withdrawn", NOW)
    hidden = destination(SQUARE, 0, 223)  # where the trail's hidden stage lies

    around = person(server).post("/closure-previews", {"area": square(half_m=600)}, Accept_Language="sv")
    den = person(server).post("/closure-previews", {"area": square(hidden, half_m=50)})

    assert around.get_json()["trails"] == [
        {
            "code": trail.quest.code,
            "title": trail.quest.texts["sv"].title,
            "stages": ["Bron"],
            "closed": 1,
            "of": 1,
        }
    ]
    assert around.get_json()["stages"] == 1
    assert around.get_json()["km2"] == pytest.approx(1.44, abs=0.01)
    assert not around.get_json()["large"]
    assert den.get_json()["trails"] == []
    assert problem(Browser(server).post("/closure-previews", {"area": square()})) == "signed-out"


# ------------------------------------------------------------------------------------------- who keeps a trail there


def test_who_keeps_a_trail_on_the_ground_is_told_and_lets_its_stages_rest(
    server: Server, sameby: Body, editor: Browser, trail: Version
) -> None:
    association = make_body(server, municipality=ELSEWHERE)
    keeper = put_into(server, association, person(server), "editor")
    mine = Publication(trail.quest.id, "trail", association.id, "published", 1, NOW, NOW, None)
    with server.edge.database.transaction() as connection:
        assert publications.add(connection, mine, None)
    closed(editor, sameby, area=square(), starts="2031-04-01", ends="2031-06-24")

    (case,) = keeper.get("/cases", Accept_Language="sv").get_json()["cases"]
    card = keeper.get(f"/cases/{case['id']}").get_json()
    decided = keeper.post(f"/cases/{case['id']}/decision", {"decision": "rest"})

    assert case["title"] == trail.quest.texts["sv"].title
    stages = trail.quest.texts[trail.quest.languages[0]].stages
    assert [(text["of"], text["text"]) for text in card["texts"]] == [
        ("fact", "2031-04-01 – 2031-06-24: Samebyn"),
        ("fact", f"{stages['bridge'].title} · {stages['den'].title}"),
    ]
    assert decided.status_code == 200, decided.text
    with server.edge.database.transaction() as connection:
        resting = {rest.stage for rest in rests.standing(connection, trail.quest.id)}
    assert resting == {"bridge", "den"}
    assert keeper.get("/cases").get_json()["cases"] == []


def test_a_closure_that_is_taken_back_leaves_nothing_to_look_at(
    server: Server, sameby: Body, editor: Browser, trail: Version
) -> None:
    operator = person(server, how="passkey", administrator="")
    one = closed(editor, sameby, area=square())

    (case,) = operator.get("/cases").get_json()["cases"]
    editor.post(f"/closures/{one['id']}/ending", {})

    assert (case["kind"], case["subject"]) == ("closure", f"{trail.quest.id}/{one['id']}")
    assert operator.get("/cases").get_json()["cases"] == []
    # A sameby has authority over ground, and no duties in the game.
    assert editor.get("/cases").get_json()["cases"] == []


# ------------------------------------------------------------------------------------------------- at the same time


@pytest.mark.parametrize("what", ["opening early", "ending a season"])
def test_whoever_opens_ground_waits_for_the_body_and_keeps_nobody_from_closing(
    server: Server, sameby: Body, editor: Browser, what: str
) -> None:
    """Who publishes locks the body first and the closures then; the other way round, each would wait for the other."""
    if what == "opening early":
        path = f"/closures/{closed(editor, sameby)['id']}/ending"
    else:
        path = f"/season-grounds/{marked(editor, sameby)['id']}/ending"
    database = server.edge.database

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as publishing:
            bodies.find(publishing, sameby.id, lock=True)
            opening = pool.submit(editor.post, path, {})
            while not database.private.read(WAITING) and not opening.done():
                pass
            publishing.execute("SET LOCAL lock_timeout = '2s'")
            closures.lock(publishing)
        answer = opening.result(20)

    assert answer.status_code == 200, answer.text
