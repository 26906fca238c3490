"""Every cell of the policy, by really calling: route × method × who."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from media.kinds import media_type
from server.api import phone
from server.api import routes as edge_routes
from server.api.framework import Blueprint
from server.app import Server
from server.policy import POLICY, Cell, Door, Row
from server.problems import PROBLEMS
from server.stores.quests import Version
from server.use_cases import publish
from server.use_cases.rights_table import cells_of_doors
from tests.content.examples import PNG as BOAT
from tests.content.examples import trail as pack_with_a_boat
from tests.server.api.guides import make_guide
from tests.server.api.people import ORIGIN, make_body
from tests.server.api.rights.kinds import MUNICIPALITY
from tests.server.api.rights.stories import shown_story
from tests.server.api.things import NOW, Phone, make_generic, make_trail, of_bytes, publish_all
from tests.server.maps import laid_map

AUTOMATIC = {"HEAD", "OPTIONS"}
WHO = ("anonymous", "own_device", "other_device", "leaving_device")
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}

STATUS = {
    Cell.ALLOWED: {200, 201, 202, 204, 302},
    Cell.SIGNED_OUT: {PROBLEMS["signed-out"].status},
    Cell.TOKEN_NEEDED: {PROBLEMS["unknown-token"].status},
    Cell.NOTHING_THERE: {404},
    Cell.TAKEN: {PROBLEMS["player-taken"].status},
    Cell.BEING_ERASED: {PROBLEMS["being-erased"].status},
}


@dataclass(frozen=True, slots=True)
class Case:
    method: str
    rule: str
    who: str

    @property
    def row(self) -> Row:
        if self.method == "OPTIONS":
            return next(row for route, row in POLICY.items() if route.endswith(f" {self.rule}"))
        return POLICY[f"{'GET' if self.method == 'HEAD' else self.method} {self.rule}"]

    @property
    def expected(self) -> Cell:
        cell: Cell = Cell.ALLOWED if self.method == "OPTIONS" else getattr(self.row, self.who)
        return cell

    def __str__(self) -> str:
        return f"{self.method} {self.rule} by {self.who}"


def routes() -> set[str]:
    """What the application really answers, as `METHOD rule`."""
    return {f"{method} {rule}" for rule, methods in _rules().items() for method in methods}


def _rules() -> dict[str, set[str]]:
    rules: dict[str, set[str]] = {}
    for rule in _url_map():
        rules.setdefault(rule.rule, set()).update(rule.methods or set())
    return rules


def _url_map() -> list[Rule]:
    app = Flask(__name__, static_folder=None)
    edge_routes.register(app)
    return list(app.url_map.iter_rules())


CASES = [Case(*route.partition(" ")[::2], who) for route in sorted(routes()) for who in WHO]


@pytest.fixture(scope="module")
def busy(
    worker_server: Server, clean_database: Callable[[], None]
) -> Iterator[tuple[Server, FlaskClient, Version]]:
    """A server that all cells share: nobody's players and journeys are in the others' way."""
    clean_database()
    trail = make_trail()
    publish_all(worker_server, trail, make_generic())
    publish.publish_pack(worker_server.edge.database, pack_with_a_boat(), media_type, NOW)
    make_guide(worker_server, MUNICIPALITY)
    shown_story(worker_server)
    with laid_map(worker_server.edge.base_maps):
        yield worker_server, worker_server.test_client(), trail
    clean_database()


def test_every_route_has_its_row_and_every_row_its_route(server: Server) -> None:
    real = {
        f"{method} {rule.rule}"
        for rule in server.url_map.iter_rules()
        for method in (rule.methods or set()) - AUTOMATIC
    }

    assert real == set(POLICY)
    assert {case.rule for case in CASES} == {rule.rule for rule in server.url_map.iter_rules()}


def test_there_is_a_cell_for_every_method_and_everybody() -> None:
    assert len(CASES) == sum(len(methods) for methods in _rules().values()) * len(WHO)
    assert len(CASES) == cells_of_doors()  # as docs/operating/rights.md says


def test_nothing_else_is_open_to_everybody() -> None:
    # Said here once more on purpose: whoever opens a door writes it twice.
    assert {route for route, row in POLICY.items() if row.anonymous is Cell.ALLOWED} == {
        "GET /",
        "GET /<name>",
        "GET /q/<code>",
        "GET /q/<code>/preview.png",
        "GET /q/<code>/qr.svg",
        "GET /play/<journey_id>",
        "GET /o/<body_id>",
        "GET /story/<story_id>",
        "GET /studio",
        "GET /studio/<path:page>",
        "GET /assets/<name>",
        "GET /healthz",
        "GET /readyz",
        "GET /api/v1/openapi.json",
        "GET /api/v1/docs",
        "GET /api/v1/docs/<name>",
        "GET /api/v1/offers",
        "GET /api/v1/quests/nearby",
        "GET /api/v1/quests",
        "GET /api/v1/quests/<code>",
        "GET /api/v1/closures",
        "GET /api/v1/municipalities",
        "GET /api/v1/municipalities/<municipality>/guide",
        "GET /media/guides/<digest>",
        "GET /api/v1/told-stories",
        "GET /api/v1/told-stories/<story_id>",
        "GET /media/stories/<digest>",
        "GET /api/v1/today",
        "GET /api/v1/places",
        "GET /media/<digest>",
        "GET /welcome",
        "GET /api/v1/sign-in",
        "POST /api/v1/sign-in/code",
        "POST /api/v1/sign-in/code/check",
        "POST /api/v1/sign-in/passkey",
        "POST /api/v1/sign-in/passkey/check",
        "POST /api/v1/sign-in/provider/<key>",
        "GET /sign-in/back",
        "GET /api/v1/bodies",
        "GET /api/v1/bodies/<body_id>",
        "GET /api/v1/bodies/<body_id>/trails",
        "GET /about/<name>",
        "GET /about/notice",
        "POST /about/notice",
        "GET /api/v1/notices/reasons",
        "POST /api/v1/notices",
        "GET /api/v1/badges",
        "GET /api/v1/badges/<key>/picture.png",
        "GET /api/v1/badges/<key>/diploma",
        "GET /api/v1/decks",
        "GET /api/v1/decks/<key>",
        "GET /api/v1/pages/<name>",
        "GET /api/v1/basemap",
        "GET /basemap/<digest>.pmtiles",
        "GET /tiles/<layer>.json",
        "GET /tiles/<layer>/<z>/<x>/<y>.mvt",
    }
    assert {route for route, row in POLICY.items() if row.other_device is Cell.NOTHING_THERE} == {
        "GET /metrics",
        "GET /api/v1/journeys/<journey_id>",
        "POST /api/v1/journeys/<journey_id>/moves",
        "GET /api/v1/media/<media_id>",
        "PATCH /api/v1/media/<media_id>",
        "DELETE /api/v1/media/<media_id>",
        "GET /media/private/<content>/<name>",
        "GET /api/v1/notices/<notice_id>",
        "POST /api/v1/notices/<notice_id>/appeal",
    }


def test_nothing_else_is_open_to_who_asked_to_be_erased() -> None:
    assert {route for route, row in POLICY.items() if row.while_leaving} == {
        "GET /api/v1/me",
        "GET /api/v1/me/export",
        "GET /api/v1/me/erasure",
        "POST /api/v1/me/erasure",
        "DELETE /api/v1/me/erasure",
    }


def test_a_route_without_a_row_does_not_start() -> None:
    blueprint = Blueprint("forgotten", description="")

    with pytest.raises(KeyError, match="GET /api/v1/forgotten"):
        blueprint.route("/forgotten")(lambda asked: asked)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_everybody_meets_what_the_policy_says(case: Case, busy: tuple[Server, FlaskClient, Version]) -> None:
    server, client, trail = busy
    own, other = Phone(client).registered(), Phone(client).registered()
    journey = own.begin(trail.quest)
    medium = own.bring(b"some bytes")
    who = {"anonymous": Phone(client), "other_device": other}.get(case.who, own)
    headers = {} if case.who == "anonymous" else who.headers
    if case.who == "leaving_device":
        assert own.post("/api/v1/me/erasure", {"player": own.player}).status_code == 201
    path = _filled(
        case.rule,
        player_id=own.player,
        journey_id=journey,
        code=trail.quest.code,
        key="winter-and-dark" if "/decks/" in case.rule else "hello",
        name=_name_of_a_file(case.rule),
        media_id=medium,
        content=medium,
        digest=_digest(case.rule, client),
        municipality=MUNICIPALITY,
        body_id=make_body(server).id,
        story_id=_story(client)["id"],
        layer="quests",
        z="0",
        x="0",
        y="0",
    )

    answer = client.open(
        path,
        method=case.method,
        headers=headers | _headers(case),
        **_body(case, own, who, trail),
        query_string=_query(case),
        environ_base=ELSEWHERE,
    )

    assert answer.status_code in _statuses(case), answer.text
    if case.method == "OPTIONS":
        assert set(answer.headers["Allow"].split(", ")) >= {"OPTIONS"}
    if case.method == "HEAD":
        assert answer.data == b""
    _is_theirs_alone(case, answer, journey)
    answer.close()


def test_the_operator_sees_the_metrics_from_this_machine_alone(client: FlaskClient) -> None:
    def ask(address: str, **headers: str) -> int:
        return client.get("/metrics", environ_base={"REMOTE_ADDR": address}, headers=headers).status_code

    assert ask("127.0.0.1") == 200
    assert ask("::1") == 200
    assert ask("10.0.0.1") == 404
    # Somebody whom a proxy on this machine passes on, of which nobody told us.
    assert ask("127.0.0.1", **{"X-Forwarded-For": "192.0.2.7"}) == 404
    assert ask("127.0.0.1", Forwarded="for=192.0.2.7") == 404
    assert ask("127.0.0.1", **{"X-Forwarded-For": ""}) == 404


def test_the_operator_sees_the_metrics_with_the_token_from_anywhere(
    make_server: Callable[..., Server],
) -> None:
    token = "a-long-enough-token-for-this"
    client = make_server(ROTFASTE_METRICS_TOKEN=token).test_client()

    def ask(bearer: str) -> int:
        headers = {"Authorization": f"Bearer {bearer}"}
        return client.get("/metrics", environ_base=ELSEWHERE, headers=headers).status_code

    assert ask(token) == 200
    assert ask(token + "x") == 404
    assert ask(token[:-1]) == 404
    assert ask("å") == 404


def test_an_unknown_method_is_told_what_there_is(client: FlaskClient) -> None:
    for method in ("DELETE", "PATCH", "TRACE", "PROPFIND", "POST"):
        answer = client.open("/api/v1/quests", method=method)
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def _digest(rule: str, client: FlaskClient) -> str:
    if rule.startswith("/media/guides/"):
        card: dict[str, str] = client.get(f"/api/v1/municipalities/{MUNICIPALITY}/guide").get_json()
        return card["picture"].rpartition("/")[2]
    if rule.startswith("/media/stories/"):
        return str(_story(client)["picture"]).rpartition("/")[2]
    if rule.startswith("/media/"):
        return str(of_bytes(BOAT)["sha256"])
    return str(client.get("/api/v1/basemap").get_json()["file"]["sha256"])


def _story(client: FlaskClient) -> dict[str, str]:
    told = client.get("/api/v1/told-stories", query_string={"municipality": MUNICIPALITY}).get_json()
    story: dict[str, str] = told["stories"][0]
    return story


def _filled(rule: str, **values: str) -> str:
    """What is not given names nothing that there is."""
    return re.sub("<(?:path:)?([a-z_]+)>", lambda name: values.get(name[1]) or str(uuid.UUID(int=4)), rule)


def _statuses(case: Case) -> set[int]:
    if case.rule.startswith("/api/v1/sign-in/") and case.rule.endswith("/check") and case.method == "POST":
        # Let in; nothing was begun, or another cell began it in this browser.
        return {PROBLEMS["attempt-over"].status, PROBLEMS["wrong-code"].status}
    if (case.method, case.rule) == ("POST", "/api/v1/sign-in/provider/<key>"):
        return {PROBLEMS["unknown-provider"].status}  # let in; there is no provider here
    return STATUS[case.expected]


def _name_of_a_file(rule: str) -> str:
    if rule.startswith("/assets/"):
        return next(name for name in phone.site().files if name.startswith("assets/")).removeprefix("assets/")
    names = {
        "/<name>": "find",
        "/about/<name>": "privacy",
        "/api/v1/pages/<name>": "diploma.css",
        "/api/v1/docs/<name>": "docs.css",
    }
    return names.get(rule, "320.webp")


def _query(case: Case) -> dict[str, str]:
    if "/private/" in case.rule:
        return {"until": "9999999999", "signature": "of-nobody"}
    if case.rule.endswith("/told-stories"):
        return {"municipality": MUNICIPALITY}
    return {"lon": "14.6", "lat": "63.2"} if case.rule.endswith(("/nearby", "/today", "/offers")) else {}


def _headers(case: Case) -> dict[str, str]:
    tus = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"} if "<media_id>" in case.rule else {}
    return {"Origin": ORIGIN, **tus}


def _body(case: Case, own: Phone, who: Phone, trail: Version) -> dict[str, Any]:
    match case.method, case.rule:
        case "PUT", "/api/v1/players/<player_id>":
            return {"json": who.registration()}
        case "PUT", "/api/v1/journeys/<journey_id>":
            return {"json": {**who.beginning(trail.quest), "started_at": NOW.isoformat()}}
        case "PUT", "/api/v1/media/<media_id>":
            return {"json": of_bytes(b"some bytes")}
        case "PATCH", "/api/v1/media/<media_id>":
            return {"data": b"some", "content_type": "application/offset+octet-stream"}
        case "POST", "/api/v1/sign-in/code":
            return {"json": {"address": f"{uuid.uuid4().hex[:9]}@example.se"}}
        case "POST", "/api/v1/sign-in/code/check":
            return {"json": {"code": "123456"}}
        case "POST", "/api/v1/sign-in/passkey/check":
            signed = {"clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA"}
            return {"json": {"credential": {"id": "AA", "response": signed}}}
        case "POST", "/api/v1/me/erasure":
            return {"json": {"player": who.player}}
        case "POST", "/api/v1/notices" | "/about/notice":
            return _notice(case.rule, trail)
        case "POST", "/api/v1/notices/<notice_id>/appeal":
            return {"json": {"words": "Titta igen."}}
        case "POST", _:
            return {"json": {"moves": []}}
    return {}


def _notice(rule: str, trail: Version) -> dict[str, Any]:
    """As JSON, or as the form without scripts sends it."""
    who_says = {"words": "Reklam.", "name": "Ada", "address": f"{uuid.uuid4().hex[:9]}@example.se"}
    if rule == "/about/notice":
        return {"data": {"thing": trail.quest.code, "reason": "spam", "faith": "yes", **who_says}}
    said = {"what": "quest", "id": trail.quest.code, "reason_code": "spam", "good_faith": True}
    return {"json": said | who_says}


def _is_theirs_alone(case: Case, answer: TestResponse, journey: str) -> None:
    """Allowed is not enough for somebody else: they must see their own."""
    if (case.method, case.rule, case.who) == ("GET", "/api/v1/journeys", "other_device"):
        assert journey not in answer.text
    if (case.method, case.rule, case.who) == ("GET", "/api/v1/journeys", "own_device"):
        assert journey in answer.text
    if (case.method, case.rule, case.who) == ("PUT", "/api/v1/journeys/<journey_id>", "other_device"):
        assert answer.status_code == 201
        assert json.loads(answer.data)["id"] == journey
    assert case.row.door is not Door.OPERATOR or case.method == "OPTIONS" or answer.status_code == 404
