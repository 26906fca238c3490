"""Quests: near a place, looked for, one by its code, and what a phone takes along."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any, Literal

import msgspec
from flask import Response

from geo.positions import Position
from quests.closures import Closure
from quests.codes import typed_code
from quests.model import Lat, Lon, Quest, Takes
from quests.moves import Blocked
from quests.openness import Plan
from quests.region import looks_swapped
from server.api.framework import (
    CURSOR,
    END,
    JSON,
    LINE,
    Asked,
    Blueprint,
    LanguageParameters,
    not_modified,
    reply,
    reply_bytes,
    reply_unless_known,
)
from server.api.geojson import GEOJSON, Point
from server.problems import FieldProblem, Refusal
from server.stores import shown
from server.use_cases import kits, quests
from server.use_cases.problem import Problem

blueprint = Blueprint(
    "quests", description="Published things to play. What is public here is public for everybody."
)

# What a kit looks like; a phone that has the same version in another form fetches it again.
KIT_FORM = 3

_NUMBER = r"-?[0-9]{1,3}(\.[0-9]{1,15})?"


class NearbyParameters(LanguageParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lon: Lon
    lat: Lat
    radius_m: Annotated[float, msgspec.Meta(ge=1, le=100_000, description="How far away at most. [m]")] = (
        10_000
    )
    limit: Annotated[
        int, msgspec.Meta(ge=1, le=100, description="How many at most, of those with a place.")
    ] = 20


class SearchParameters(LanguageParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    bbox: (
        Annotated[
            str,
            msgspec.Meta(
                pattern=rf"^{_NUMBER}(,{_NUMBER}){{3}}{END}",
                description="west,south,east,north, four numbers: quests with a stage in this box. [°]",
            ),
        ]
        | None
    ) = None
    kind: (
        Annotated[Literal["challenge", "trail"], msgspec.Meta(description="One stop, or several.")] | None
    ) = None
    municipality: (
        Annotated[str, msgspec.Meta(pattern=rf"^[0-9]{{4}}{END}", description="SCB's code, four digits.")]
        | None
    ) = None
    q: (
        Annotated[
            str,
            msgspec.Meta(
                pattern=rf"^{LINE}{{1,100}}{END}", description="Words in title or summary, 1 to 100 letters."
            ),
        ]
        | None
    ) = None
    after: (
        Annotated[str, msgspec.Meta(pattern=CURSOR, description="What the page before gave as `after`.")]
        | None
    ) = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100, description="How many at most.")] = 20


class NearbyProperties(shown.Card, frozen=True, kw_only=True):
    """A quest, and where it begins."""

    where: Annotated[
        Literal["there", "here"], msgspec.Meta(description="`here`: wherever you are; it has no geometry.")
    ]
    stage: Annotated[str, msgspec.Meta(description="The nearest stage at which it may be begun.")] | None = (
        None
    )
    distance_m: Annotated[int, msgspec.Meta(ge=0, description="Along the ellipsoid. [m]")] | None = None
    bearing_deg: (
        Annotated[
            int, msgspec.Meta(ge=0, le=360, description="Direction to go, clockwise from true north. [°]")
        ]
        | None
    ) = None


class NearbyFeature(msgspec.Struct, frozen=True, kw_only=True):
    """One quest."""

    type: Annotated[Literal["Feature"], msgspec.Meta(description="GeoJSON's word.")]
    geometry: Annotated[
        Point | None, msgspec.Meta(description="Its nearest entrance; null where it begins anywhere.")
    ]
    properties: Annotated[NearbyProperties, msgspec.Meta(description="What a list says of it.")]


class NearbyCollection(msgspec.Struct, frozen=True, kw_only=True):
    """A GeoJSON FeatureCollection."""

    type: Annotated[Literal["FeatureCollection"], msgspec.Meta(description="GeoJSON's word.")]
    features: Annotated[
        tuple[NearbyFeature, ...],
        msgspec.Meta(description="The nearest first, then those that begin wherever you are."),
    ]


class QuestList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of quests."""

    quests: Annotated[
        tuple[shown.Card, ...], msgspec.Meta(description="In the Swedish order of their titles.")
    ]
    after: Annotated[
        str | None, msgspec.Meta(description="Send it as `after` for those that follow; null at the end.")
    ]


class _QuestListBytes(msgspec.Struct, frozen=True, kw_only=True):
    """`QuestList` with its quests as PostgreSQL wrote them."""

    quests: msgspec.Raw
    after: str | None


class ShownStage(msgspec.Struct, frozen=True, kw_only=True):
    """A placed stage that is not hidden."""

    key: Annotated[str, msgspec.Meta(description="Permanent within the quest.")]
    lon: Annotated[float, msgspec.Meta(description="Longitude, WGS 84. [°]")]
    lat: Annotated[float, msgspec.Meta(description="Latitude, WGS 84. [°]")]
    known_to_m: Annotated[float, msgspec.Meta(description="How well the place is known. [m]")]
    entrance: Annotated[bool, msgspec.Meta(description="The quest may be begun here.")]
    title: Annotated[str | None, msgspec.Meta(description="In the card's language.")]
    takes: Annotated[Takes | None, msgspec.Meta(description="What it takes of whoever plays it.")] = None
    to_survey: Annotated[
        bool, msgspec.Meta(description="Its place waits to be measured; a visit is supported weakly.")
    ] = False
    rests: Annotated[
        Blocked | None, msgspec.Meta(description="Why nobody is led to it now; null where it can be done.")
    ] = None


class QuestAnswer(shown.Card, frozen=True, kw_only=True):
    """Everything that anybody may know of a quest before playing it."""

    plan: Annotated[Plan | None, msgspec.Meta(description="When and where it is offered.")] = None
    stages_shown: Annotated[
        tuple[ShownStage, ...], msgspec.Meta(description="Its placed stages that are not hidden.")
    ]


class QuestPath(msgspec.Struct, frozen=True):
    code: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^{LINE}{{1,40}}{END}",
            description="Any code the quest has had; case, spaces and dashes do not matter.",
        ),
    ]


class KitClosures(msgspec.Struct, frozen=True, kw_only=True):
    """What was known of closed ground when the kit was made."""

    revision: Annotated[
        int,
        msgspec.Meta(
            description="What moves at stages with a place name as `closures_revision`. At a stage without a place a "
            "move names the revision of `GET /closures`, or none."
        ),
    ]
    as_of: Annotated[datetime, msgspec.Meta(description="When that was: how old the kit's knowledge is.")]
    closures: Annotated[
        tuple[Closure, ...],
        msgspec.Meta(description="Those within 5 km of one of its stages, in force or announced."),
    ]


class KitRest(msgspec.Struct, frozen=True, kw_only=True):
    """A stage that rests: nobody is led to it, and whoever plays goes on without it."""

    stage: Annotated[str, msgspec.Meta(description="Its key; hidden ones are here too.")]
    reason: Annotated[Blocked, msgspec.Meta(description="Why it rests.")]
    since: Annotated[datetime, msgspec.Meta(description="Since when.")]


class KitAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a phone takes along to play offline. Hidden stages are in it; answers are not."""

    code: Annotated[str, msgspec.Meta(description="The quest's code now.")]
    version: Annotated[str, msgspec.Meta(description="The version that is played now.")]
    resting: Annotated[bool, msgspec.Meta(description="Not to be begun for the time being.")]
    rests: Annotated[
        tuple[KitRest, ...],
        msgspec.Meta(description="Stages that rest, in any version: a journey under way looks here too."),
    ]
    plan: Annotated[Plan, msgspec.Meta(description="What it is offered by: the quest without what rests.")]
    quest: Annotated[Quest, msgspec.Meta(description="The whole version.")]
    closures: Annotated[
        KitClosures, msgspec.Meta(description="Ground near its stages that is or will be closed.")
    ]


@blueprint.route("/quests/nearby")
@blueprint.arguments(NearbyParameters, location="query")
@blueprint.response(200, NearbyCollection, media_type=GEOJSON)
@blueprint.says_no("swapped", "database-gone")
def nearby(asked: Asked, query: NearbyParameters) -> Response:
    """Find quests near a place.

    With distance along the ellipsoid and bearing, the nearest first, in the first of the languages asked for that
    each quest has; then, as many again at most, those that begin wherever one is. Three decimals of the position
    are enough: the phone sorts exactly.
    """
    refuse_swapped(query.lon, query.lat, "/lon")
    found = shown.nearby(
        asked.edge.database, Position(query.lon, query.lat), query.radius_m, query.limit, asked.languages
    )
    return reply_bytes(found, GEOJSON)


@blueprint.route("/quests")
@blueprint.arguments(SearchParameters, location="query")
@blueprint.response(200, QuestList)
@blueprint.says_no("swapped", "empty-box", "bad-cursor", "database-gone")
def search_quests(asked: Asked, query: SearchParameters) -> Response:
    """Look for quests.

    In the Swedish order of their titles. `after` of an answer, sent with the same search, gives what follows, also
    when quests were published or withdrawn in between.
    """
    wanted = shown.Search(
        bbox=None if query.bbox is None else _box(query.bbox),
        kind=query.kind,
        municipality=query.municipality,
        words=query.q,
    )
    page = quests.search(asked.edge.database, wanted, asked.languages, cursor=query.after, limit=query.limit)
    response = reply(_QuestListBytes(quests=msgspec.Raw(page.quests), after=page.after), cache="no-cache")
    response.headers["Vary"] = "Accept-Language"
    return response


@blueprint.route("/quests/<code>")
@blueprint.arguments(QuestPath, location="path")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.response(
    200,
    QuestAnswer,
    headers={"ETag": "Changes with the content.", "Content-Language": "The language of the texts."},
)
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("unknown-quest", "database-gone")
def describe_quest(asked: Asked, path: QuestPath, _query: LanguageParameters) -> Response:
    """Describe one quest."""
    found = quests.describe(asked.edge.database, path.code, asked.languages)
    return reply_unless_known(found.body, JSON, language=found.language, cache="no-cache")


@blueprint.route("/quests/<code>/kit")
@blueprint.arguments(QuestPath, location="path")
@blueprint.response(
    200,
    KitAnswer,
    headers={
        "ETag": "Changes with the version, with each closure, and when the quest or a stage of it rests or no longer does."
    },
)
@blueprint.response(304, description="The phone has it already.")
@blueprint.says_no("unknown-quest", "quest-withdrawn")
def take_kit(asked: Asked, path: QuestPath) -> Response:
    """Take a quest along to play offline."""
    code = typed_code(path.code)
    if code is None:
        raise Problem("unknown-quest")
    database = asked.edge.database
    standing, over = kits.version_to_take(database, code)
    response = not_modified(_kit_tag(standing.code, standing.version, standing.state, over))
    if response is None:
        now = datetime.now(UTC).replace(microsecond=0)
        kit = kits.take_along(database, code, now)
        written: dict[str, Any] = {
            "code": kit.code,
            "version": kit.version,
            "resting": kit.resting,
            "rests": [{"stage": one.stage, "reason": one.reason, "since": one.began_at} for one in kit.rests],
            "plan": kit.plan,
            "quest": kit.quest,
            "closures": {"revision": kit.revision, "as_of": now, "closures": kit.closures},
        }
        response = reply(written)
        response.set_etag(_kit_tag(kit.code, kit.version, kit.state, kits.Overlay(kit.revision, kit.rests)))
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization"
    return response


def _kit_tag(code: str, version: str, state: str, over: kits.Overlay) -> str:
    rests = " ".join(f"{one.stage} {one.reason} {one.began_at.isoformat()}" for one in over.rests)
    written = f"{KIT_FORM} {code} {version} {state} {over.revision} {rests}"
    return sha256(written.encode()).hexdigest()[:32]


def _box(text: str) -> tuple[float, float, float, float]:
    """Raises Refusal when it is none."""
    west, south, east, north = (float(part) for part in text.split(","))
    refuse_swapped(west, south, "/bbox")
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Refusal(
            "empty-box", FieldProblem("/bbox", "wrong", "west,south,east,north, each pair in this order")
        )
    return west, south, east, north


def refuse_swapped(lon: float, lat: float, pointer: str) -> None:
    """Raises Refusal where the position lies in the region only when read the other way round."""
    if looks_swapped(lon, lat):
        raise Refusal(
            "swapped", FieldProblem(pointer, "swapped", f"is {lon:.1f} meant as latitude?"), lon=f"{lon:.1f}"
        )
