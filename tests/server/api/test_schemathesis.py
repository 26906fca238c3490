"""All routes with whatever their description allows and forbids, and all of schemathesis' checks.

The seed changes with every run and is printed at its beginning; ROTFASTE_FUZZ_SEED repeats one.
"""

import zlib
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.core.parameters import ParameterLocation

from media.kinds import media_type
from server.api.routes import describe
from server.app import Server
from server.use_cases import publish
from tests.conftest import FUZZ_SEED
from tests.content.examples import PNG as BOAT
from tests.content.examples import trail as pack_with_a_boat
from tests.server.api.guides import make_guide
from tests.server.api.people import SESSION, make_body, person, put_into
from tests.server.api.rights.stories import shown_story
from tests.server.api.things import NOW, Phone, make_generic, make_tips, make_trail, of_bytes, publish_all
from tests.server.maps import TILES, lay

# Of each route, beside what covers its description. Every run has other ones: what one misses another finds.
EXAMPLES = hypothesis.settings().max_examples // 2

known: dict[str, Any] = {}

application: dict[str, Server] = {}


def passed_on(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    """The application of this worker, which is there only when a test asks for it."""
    return application["server"](environ, start_response)


config = schemathesis.Config.from_dict(
    {
        "seed": FUZZ_SEED,
        "generation": {"mode": "all", "max-examples": EXAMPLES, "no-shrink": True},
        "checks": {
            "negative_data_rejection": {
                "expected-statuses": [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 428, 429]
            },
            # Past the form, and then: swapped, no such box, a cursor of another search, an owner not among the players.
            # Of media also: larger than their type may be, a type that is not taken in, too many, not in tus, damaged.
            "positive_data_acceptance": {
                "expected-statuses": ["2xx", "3xx", 401, 404, 409, 410, 412, 413, 415, 416, 422, 429, 460]
            },
        },
    }
)
described = schemathesis.openapi.from_dict(describe().document, config=config)
described.app = passed_on


@pytest.fixture(scope="module")
def full(worker_server: Server, clean_database: Callable[[], None]) -> Iterator[None]:
    """A database with something in it; ids and codes that lead somewhere."""
    clean_database()
    application["server"] = worker_server
    trail = make_trail()
    publish_all(worker_server, trail, make_generic(), make_tips())
    publish.publish_pack(worker_server.edge.database, pack_with_a_boat(), media_type, NOW)
    phone = Phone(worker_server.test_client()).registered()
    known.update(
        player_id=phone.player,
        journey_id=phone.begin(trail.quest),
        code=trail.quest.code,
        key="hello",
        name="docs.css",
        media_id=phone.bring(BOAT),
        digest=of_bytes(BOAT)["sha256"],
        municipality=make_guide(worker_server, "2309").municipality,
        story_id=shown_story(worker_server).id,
        base_map=lay(worker_server.edge.base_maps, TILES),
        of_bytes=of_bytes(BOAT),
        layer="quests",
        z="9",
        x="276",
        y="139",
        moves=[phone.arrival(trail.quest), phone.answer(trail.quest), phone.answer(trail.quest, "åtta")],
        bearer=phone.bearer,
        beginning=phone.beginning(trail.quest),
    )
    yield
    with worker_server.edge.base_maps.changing() as change, change.in_force(None):
        pass
    clean_database()


@pytest.fixture
def signed_in(full: None) -> dict[str, str]:
    """What shows who asks: a player's device, and an administrator who owns a body. New for each route."""
    server = application["server"]
    browser = person(server, how="passkey", administrator="")
    body = make_body(server)
    put_into(server, body, browser, "owner")
    known.update(body_id=body.id, account_id=browser.account)
    return {"Authorization": known["bearer"], "Cookie": f"{SESSION}={browser.cookie()}"}


def _known(name: str, path: str) -> Any:
    """What fills a parameter: one name may be of several things."""
    if name == "digest" and path.startswith("/basemap/"):
        return known["base_map"]
    if name == "key" and "/decks/" in path:
        return "winter-and-dark"
    return "diploma.css" if "/pages/" in path else known[name]


@schemathesis.hook
def before_call(_context: schemathesis.HookContext, case: schemathesis.Case, _kwargs: dict[str, Any]) -> None:
    """Half of the requests that should be accepted are about something that is there."""
    sent: Any = case.body
    if isinstance(sent, dict) and isinstance(sent.get("bytes"), float) and sent["bytes"] % 1 == 0:
        sent["bytes"] = int(sent["bytes"])  # the same to JSON Schema, and written alike by phones
    if (
        case.meta is not None
        and not case.meta.generation.mode.is_negative
        and "Tus-Resumable" in (case.headers or {})
    ):
        case.headers["Tus-Resumable"] = "1.0.0"  # any other version is another protocol, and told so
        case.headers.pop("Upload-Checksum", None)  # that it is base64 no schema says
    mark = zlib.crc32(repr((case.path_parameters, case.query)).encode("utf-8", "replace"))
    if case.meta is None or mark % 2 or case.meta.generation.mode.is_negative:
        return
    for name in case.path_parameters or ():
        if name in known and (name not in {"journey_id", "media_id"} or case.method == "GET"):
            case.path_parameters[name] = _known(name, case.path)
    body: Any = case.body
    if isinstance(body, dict) and "moves" in body:
        body["moves"][:0] = known["moves"][: mark % 4]
    elif isinstance(body, dict) and "sha256" in body and mark % 4:
        body.update(known["of_bytes"])
    elif isinstance(body, dict) and "quest" in body:
        body.update(known["beginning"])


@schemathesis.serializer("application/offset+octet-stream", "application/zip")
def as_it_is(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    """A piece of a medium, or a pack."""
    return value if isinstance(value, bytes) else b"" if value is None else str(value).encode()


@described.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@hypothesis.seed(FUZZ_SEED)
def test_every_route_keeps_what_it_says(case: schemathesis.Case, signed_in: dict[str, str]) -> None:
    # A header that is wrong or missing on purpose stays so: with our token in its place the request would be a good one.
    told = case.meta.components.get(ParameterLocation.HEADER) if case.meta is not None else None
    spoilt = told is not None and told.mode.is_negative
    headers = signed_in if case.operation.security and not spoilt else {}
    case.call_and_validate(headers={"Origin": "http://localhost", **headers})  # as one of our own pages asks
