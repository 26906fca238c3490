"""Ground that is closed for a while."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from flask import Response

from content.closures import read_moment
from content.seasons import STAYS_OPEN, StaysOpen
from quests.closures import Kind
from quests.model import Language
from quests.moves import Uuid
from server.api.bodies import BodyPath, VersionHeaders, version_of
from server.api.framework import END, LINE, Asked, Blueprint, reply, reply_unless_known
from server.api.geojson import GEOJSON, MultiPolygon
from server.stores import closures
from server.stores.closing import Owned, SeasonGround
from server.use_cases import closed_trails, closing, seasons
from server.use_cases.problem import Problem

blueprint = Blueprint("closures", description="Ground that is closed for a while, such as for calving.")


class ClosureProperties(msgspec.Struct, frozen=True, kw_only=True):
    """Of one closure."""

    revision: Annotated[int, msgspec.Meta(description="Since which revision of the list it stands so.")]
    kind: Annotated[Kind, msgspec.Meta(description="Why the ground is closed.")]
    starts: Annotated[datetime, msgspec.Meta(description="From this moment on.")]
    ends: Annotated[datetime, msgspec.Meta(description="Open again from this moment on.")]
    authority: Annotated[
        str, msgspec.Meta(description="Who closed it; `default-season`: nobody, it is closed by default.")
    ]
    texts: Annotated[dict[str, str], msgspec.Meta(description="By language, what to know; may be empty.")]
    announced_at: Annotated[datetime, msgspec.Meta(description="When this revision was made.")]
    withdrawn: Annotated[bool, msgspec.Meta(description="Ended before its time.")]


class ClosureFeature(msgspec.Struct, frozen=True, kw_only=True):
    """One closure."""

    type: Annotated[Literal["Feature"], msgspec.Meta(description="GeoJSON's word.")]
    id: Annotated[str, msgspec.Meta(description="UUID, the same in each revision.")]
    geometry: Annotated[MultiPolygon, msgspec.Meta(description="The ground; its sides are geodesics.")]
    properties: Annotated[ClosureProperties, msgspec.Meta(description="When, why and by whom.")]


class ClosureCollection(msgspec.Struct, frozen=True, kw_only=True):
    """A GeoJSON FeatureCollection."""

    type: Annotated[Literal["FeatureCollection"], msgspec.Meta(description="GeoJSON's word.")]
    revision: Annotated[
        int,
        msgspec.Meta(
            description="Of the whole list, 0 before the first closure: what a move names as `closures_revision`."
        ),
    ]
    features: Annotated[
        tuple[ClosureFeature, ...], msgspec.Meta(description="What is closed now, and what is announced.")
    ]


@blueprint.route("/closures")
@blueprint.response(200, ClosureCollection, media_type=GEOJSON, headers={"ETag": "Changes with the content."})
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("database-gone")
def list_closures(asked: Asked) -> Response:
    """The closures in force, and those announced.

    A phone shows them, leads nobody into them, and says in each move which revision it had.
    """
    found = closures.shown(asked.edge.database, datetime.now(UTC))
    return reply_unless_known(found, GEOJSON, cache="no-cache")


# ------------------------------------------------------------------------------------------ by those who may close it

AREA_MOST_BYTES = 200_000
Day = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(T[0-9:.]{{5,15}}(Z|[+-][0-9]{{2}}:[0-9]{{2}}))?{END}",
        description="A day in Sweden, 2027-04-01, or a moment with its zone. Of the last day all is meant.",
    ),
]
Words = Annotated[str, msgspec.Meta(pattern=rf"^{LINE}{{1,500}}{END}")]
Reason = Annotated[str, msgspec.Meta(pattern=rf"^{LINE}{{0,500}}{END}")]
VERSION = {"ETag": "The version, to change it by."}


class DrawnArea(msgspec.Struct, frozen=True, kw_only=True):
    """Ground as it was drawn: a Polygon or MultiPolygon of GeoJSON, at most 2,000 corners. A height is left out."""

    type: Annotated[Literal["Polygon", "MultiPolygon"], msgspec.Meta(description="GeoJSON's word.")]
    coordinates: Annotated[
        list[Any],
        msgspec.Meta(description="Closed rings of longitude and latitude, WGS 84; the outer ring first. [°]"),
    ]


Confirmed = Annotated[
    bool, msgspec.Meta(description="More than 500 km² are meant, and no slip of the finger.")
]
Texts = Annotated[
    dict[Language, Words],
    msgspec.Meta(max_length=20, description="By language, what to know. Without any the kind is said."),
]


class ClosureWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ground that is to be closed for a while."""

    body: Annotated[Uuid, msgspec.Meta(description="In whose name.")]
    kind: Annotated[Kind, msgspec.Meta(description="Why the ground is closed.")]
    area: Annotated[DrawnArea, msgspec.Meta(description="Which ground.")]
    starts: Annotated[Day, msgspec.Meta(description="The first day, or from when on.")]
    ends: Annotated[Day, msgspec.Meta(description="The last day, or when it opens; two years later at most.")]
    texts: Texts = {}
    reason: Annotated[
        Reason, msgspec.Meta(description="For the body's own log; nobody else is shown it.")
    ] = ""
    confirmed: Confirmed = False


class ClosureShown(ClosureProperties, frozen=True, kw_only=True):
    """A closure of a body's, as it stands."""

    id: Annotated[str, msgspec.Meta(description="UUID, the same in each revision.")]
    body: Annotated[str | None, msgspec.Meta(description="Whose it is; null: the operator's.")]
    state: Annotated[str, msgspec.Meta(description="announced, in-force or over.")]
    area: Annotated[MultiPolygon, msgspec.Meta(description="The ground; its sides are geodesics.")]
    season_ground: Annotated[
        str | None, msgspec.Meta(description="The ground that is closed every year which it came of.")
    ]
    year: Annotated[int | None, msgspec.Meta(description="Of which year's season.")]


class ClosuresAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a body closed and will close."""

    closures: Annotated[
        tuple[ClosureShown, ...], msgspec.Meta(description="The latest beginning first, at most 500.")
    ]


class ClosureEnding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the ground opens."""

    at: Annotated[
        Day | None, msgspec.Meta(description="A day from its beginning on, or a moment; null or past: now.")
    ] = None
    reason: Annotated[
        Reason, msgspec.Meta(description="For the body's own log; nobody else is shown it.")
    ] = ""


class AreaWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ground that somebody thinks of closing."""

    area: Annotated[DrawnArea, msgspec.Meta(description="Which ground.")]


class TrailHit(msgspec.Struct, frozen=True, kw_only=True):
    """A published trail that the closure would hit."""

    code: Annotated[str, msgspec.Meta(description="The quest's code.")]
    title: Annotated[str, msgspec.Meta(description="What it is called, in the language asked for.")]
    stages: Annotated[tuple[str, ...], msgspec.Meta(description="What its stages on that ground are called.")]
    closed: Annotated[int, msgspec.Meta(description="How many of these could not be done at all.")]
    of: Annotated[int, msgspec.Meta(description="How many stages everybody knows of it.")]


class PreviewAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a closure would hit. Stages that are not told beforehand are not counted."""

    km2: Annotated[float, msgspec.Meta(description="How large the ground is. [km²]")]
    large: Annotated[bool, msgspec.Meta(description="So large that it must be confirmed.")]
    stages: Annotated[int, msgspec.Meta(description="How many stages lie there.")]
    trails: Annotated[tuple[TrailHit, ...], msgspec.Meta(description="Published trails, by code.")]


class SeasonGroundWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ground that is to be closed every year in a season."""

    body: Annotated[Uuid, msgspec.Meta(description="In whose name.")]
    name: Annotated[
        str, msgspec.Meta(pattern=rf"^{LINE}{{1,120}}{END}", description="What the body calls it.")
    ]
    area: Annotated[DrawnArea, msgspec.Meta(description="Which ground.")]
    season: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^[a-z][a-z0-9-]{{0,39}}{END}", description="Which season: calving, 1 April to 24 June."
        ),
    ] = "calving"
    stays_open: Annotated[
        tuple[StaysOpen, ...],
        msgspec.Meta(
            max_length=3,
            description="What is left open in it, as far as the map knows of it; all by default.",
        ),
    ] = STAYS_OPEN
    closed: Annotated[
        bool,
        msgspec.Meta(
            description="False: nothing is closed there by default either, such as stages above the tree line."
        ),
    ] = True
    confirmed: Confirmed = False


class SeasonGroundShown(msgspec.Struct, frozen=True, kw_only=True):
    """Ground that is closed every year in a season."""

    id: Annotated[str, msgspec.Meta(description="Its id.")]
    body: Annotated[str, msgspec.Meta(description="Whose it is.")]
    name: Annotated[str, msgspec.Meta(description="What the body calls it.")]
    season: Annotated[str, msgspec.Meta(description="Which season.")]
    area: Annotated[MultiPolygon, msgspec.Meta(description="The ground as it was drawn.")]
    stays_open: Annotated[tuple[str, ...], msgspec.Meta(description="What is left open in it.")]
    closed: Annotated[bool, msgspec.Meta(description="False: it is kept open, also by default.")]
    version: Annotated[int, msgspec.Meta(description="To change it by, as If-Match.")]
    marked_at: Annotated[datetime, msgspec.Meta(description="When it was marked last.")]
    ended_at: Annotated[
        datetime | None, msgspec.Meta(description="Since when it is closed no more; null while it is.")
    ]


class SeasonGroundsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a body closes every year."""

    season_grounds: Annotated[
        tuple[SeasonGroundShown, ...], msgspec.Meta(description="By name; those that ended last.")
    ]


class EmptyBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing more is to be said."""


class ClosurePath(msgspec.Struct, frozen=True):
    closure_id: Annotated[Uuid, msgspec.Meta(description="Made by who closes ground (UUID v4, lower case).")]


class SeasonGroundPath(msgspec.Struct, frozen=True):
    ground_id: Annotated[Uuid, msgspec.Meta(description="Made by who marks ground (UUID v4, lower case).")]


_RIGHTS = ("not-yours", "not-now", "sign-in-stronger")
_AREA = (
    "area-unreadable",
    "area-open",
    "area-crossing",
    "area-swapped",
    "area-outside-region",
    "area-corners",
)
_CLOSING = (
    *_RIGHTS,
    *_AREA,
    "unknown-body",
    "no-authority",
    "not-verified",
    "closure-differs",
    "changed-meanwhile",
)


@blueprint.route("/closures/<closure_id>", methods=["PUT"])
@blueprint.arguments(ClosurePath, location="path")
@blueprint.arguments(VersionHeaders, location="header")
@blueprint.arguments(ClosureWish, most_bytes=AREA_MOST_BYTES)
@blueprint.response(200, ClosureShown, headers=VERSION)
@blueprint.says_no(
    *_CLOSING,
    "unknown-closure",
    "version-missing",
    "area-large",
    "area-elsewhere",
    "closure-kind",
    "closure-date",
    "closure-dates",
    "closure-long",
)
def close_ground(asked: Asked, path: ClosurePath, headers: VersionHeaders, body: ClosureWish) -> Response:
    """Close ground, or change what is closed; at once. A repetition changes nothing.

    A change names the revision that was read, as `If-Match`. What a phone could not know of undoes nothing.
    """
    now = datetime.now(UTC)
    wish = closing.Wish(
        id=path.closure_id,
        body=body.body,
        kind=body.kind,
        area=_geometry(body.area),
        starts=body.starts,
        ends=body.ends,
        texts=body.texts,
        reason=body.reason,
        confirmed=body.confirmed,
    )
    return _reply(closing.close(asked.edge.database, asked.person, wish, _version(headers), now), now)


@blueprint.route("/closures/<closure_id>/ending", methods=["POST"])
@blueprint.arguments(ClosurePath, location="path")
@blueprint.arguments(ClosureEnding)
@blueprint.response(200, ClosureShown, headers=VERSION)
@blueprint.says_no(*_RIGHTS, "unknown-closure", "closure-over", "closure-date")
def open_ground(asked: Asked, path: ClosurePath, body: ClosureEnding) -> Response:
    """Open the ground again, earlier than it was said. What was refused on it stays refused."""
    now = datetime.now(UTC)
    at = None if body.at is None else read_moment(body.at)
    if body.at is not None and at is None:
        raise Problem("closure-date", pointer="/at")
    return _reply(
        closing.open_again(asked.edge.database, asked.person, path.closure_id, at, body.reason, now), now
    )


@blueprint.route("/closure-previews", methods=["POST"])
@blueprint.arguments(AreaWish, most_bytes=AREA_MOST_BYTES)
@blueprint.response(200, PreviewAnswer)
@blueprint.says_no(*_AREA)
def preview_closure(asked: Asked, body: AreaWish) -> Response:
    """See which published trails a closure would hit, before anything is closed."""
    seen = closing.preview(asked.edge.database, _geometry(body.area), datetime.now(UTC))
    trails = tuple(
        TrailHit(
            code=hit.quest.code,
            title=closed_trails.title(hit, asked.languages),
            stages=closed_trails.titles(hit, hit.touched, asked.languages),
            closed=len(hit.closed),
            of=sum(not stage.hidden for stage in hit.quest.stages),
        )
        for hit in seen.hits
    )
    stages = sum(len(trail.stages) for trail in trails)
    return reply(PreviewAnswer(km2=round(seen.km2, 2), large=seen.large, stages=stages, trails=trails))


@blueprint.route("/bodies/<body_id>/closures")
@blueprint.arguments(BodyPath, location="path")
@blueprint.response(200, ClosuresAnswer)
@blueprint.says_no(*_RIGHTS, "unknown-body")
def list_closures_of_body(asked: Asked, path: BodyPath) -> Response:
    """See what a body closed and will close, also what is over."""
    now = datetime.now(UTC)
    found = closing.list_of_body(asked.edge.database, asked.person, path.body_id, now)
    return reply(ClosuresAnswer(closures=tuple(_closure(one, now) for one in found)))


@blueprint.route("/season-grounds/<ground_id>", methods=["PUT"])
@blueprint.arguments(SeasonGroundPath, location="path")
@blueprint.arguments(VersionHeaders, location="header")
@blueprint.arguments(SeasonGroundWish, most_bytes=AREA_MOST_BYTES)
@blueprint.response(200, SeasonGroundShown, headers=VERSION)
@blueprint.says_no(*_CLOSING, "unknown-season-ground", "unknown-season", "version-missing", "area-large")
def mark_season_ground(
    asked: Asked, path: SeasonGroundPath, headers: VersionHeaders, body: SeasonGroundWish
) -> Response:
    """Mark ground that is closed every year in a season: the seasons to come are announced at once."""
    wish = seasons.Marking(
        id=path.ground_id,
        body=body.body,
        season=body.season,
        name=body.name,
        area=_geometry(body.area),
        stays_open=body.stays_open,
        closed=body.closed,
        confirmed=body.confirmed,
    )
    return _reply_ground(
        seasons.mark(asked.edge.database, asked.person, wish, _version(headers), datetime.now(UTC))
    )


@blueprint.route("/season-grounds/<ground_id>/ending", methods=["POST"])
@blueprint.arguments(SeasonGroundPath, location="path")
@blueprint.arguments(EmptyBody)
@blueprint.response(200, SeasonGroundShown, headers=VERSION)
@blueprint.says_no(*_RIGHTS, "unknown-season-ground")
def end_season_ground(asked: Asked, path: SeasonGroundPath, body: EmptyBody) -> Response:  # noqa: ARG001  says nothing
    """Close the ground no more: what is announced falls away, and what is closed opens now."""
    return _reply_ground(seasons.end(asked.edge.database, asked.person, path.ground_id, datetime.now(UTC)))


@blueprint.route("/bodies/<body_id>/season-grounds")
@blueprint.arguments(BodyPath, location="path")
@blueprint.response(200, SeasonGroundsAnswer)
@blueprint.says_no(*_RIGHTS, "unknown-body")
def list_season_grounds(asked: Asked, path: BodyPath) -> Response:
    """See which ground a body closes every year."""
    found = seasons.list_of_body(asked.edge.database, asked.person, path.body_id, datetime.now(UTC))
    return reply(SeasonGroundsAnswer(season_grounds=tuple(map(_ground, found))))


def _geometry(area: DrawnArea) -> dict[str, object]:
    return {"type": area.type, "coordinates": area.coordinates}


def _version(headers: VersionHeaders) -> int | None:
    """None where something new is meant. Raises Refusal."""
    return version_of(headers.if_match) if headers.if_match else None


def _reply(owned: Owned, now: datetime) -> Response:
    response = reply(_closure(owned, now))
    response.set_etag(str(owned.closure.revision))
    return response


def _closure(owned: Owned, now: datetime) -> ClosureShown:
    one = owned.closure
    return ClosureShown(
        id=one.id,
        body=owned.body,
        state=closing.state_of(one, now),
        area=MultiPolygon(coordinates=one.area),
        season_ground=owned.ground,
        year=owned.year,
        revision=one.revision,
        kind=one.kind,
        starts=one.starts,
        ends=one.ends,
        authority=one.authority,
        texts=one.texts,
        announced_at=one.announced_at,
        withdrawn=one.withdrawn,
    )


def _reply_ground(ground: SeasonGround) -> Response:
    response = reply(_ground(ground))
    response.set_etag(str(ground.version))
    return response


def _ground(ground: SeasonGround) -> SeasonGroundShown:
    return SeasonGroundShown(
        id=ground.id,
        body=ground.body,
        name=ground.name,
        season=ground.season,
        area=MultiPolygon(coordinates=ground.area),
        stays_open=ground.stays_open,
        closed=ground.closed,
        version=ground.version,
        marked_at=ground.marked_at,
        ended_at=ground.ended_at,
    )
