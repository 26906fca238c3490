"""Places of the region, by name or by position."""

from typing import Annotated, Literal

import msgspec
from flask import Response

from geo.positions import Position
from quests.model import Lat, Lon
from server.api.framework import END, LINE, Asked, Blueprint, LanguageParameters, reply_bytes
from server.api.geojson import GEOJSON, Point
from server.api.quests import refuse_swapped
from server.problems import FieldProblem, Refusal
from server.use_cases import places

blueprint = Blueprint("places", description="Where somebody is, or wants to go.")


class PlaceParameters(LanguageParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    q: (
        Annotated[
            str,
            msgspec.Meta(
                pattern=rf"^{LINE}{{1,100}}{END}",
                description="A name or its beginning, 1 to 100 letters, in Swedish, South Sámi or another language;"
                " marks may be left out.",
            ),
        ]
        | None
    ) = None
    lon: Lon | None = None
    lat: Lat | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=50, description="How many at most.")] = 10


class PlaceNames(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """To be shown beside each other, equal in worth."""

    sv: Annotated[str, msgspec.Meta(description="In Swedish.")]
    sma: Annotated[str, msgspec.Meta(description="In South Sámi, where there is one.")] | None = None


class PlaceProperties(msgspec.Struct, frozen=True, kw_only=True):
    """Of one place."""

    name: Annotated[str, msgspec.Meta(description="In the first of the languages asked for that it has.")]
    names: Annotated[PlaceNames, msgspec.Meta(description="All that are shown.")]
    kind: Annotated[
        str,
        msgspec.Meta(
            description="settlement; from an imported base map also hamlet, locality, island, peak, lake, bay, cape, glacier."
        ),
    ]
    population: Annotated[int, msgspec.Meta(description="How many live there; 0 where nobody knows.")]
    municipality: Annotated[str, msgspec.Meta(description="SCB's code of where it lies.")]
    municipality_name: Annotated[str | None, msgspec.Meta(description="What that is called, in Swedish.")]
    known_to_m: Annotated[int, msgspec.Meta(description="How well the point is known. [m]")]
    source: Annotated[str, msgspec.Meta(description="Who says so.")]
    distance_m: (
        Annotated[int, msgspec.Meta(ge=0, description="Along the ellipsoid, where a position was given. [m]")]
        | None
    ) = None


class PlaceFeature(msgspec.Struct, frozen=True, kw_only=True):
    """One place."""

    type: Annotated[Literal["Feature"], msgspec.Meta(description="GeoJSON's word.")]
    id: Annotated[str, msgspec.Meta(description="Permanent: where it is from, and its id there.")]
    geometry: Annotated[Point, msgspec.Meta(description="Its middle, about.")]
    properties: Annotated[PlaceProperties, msgspec.Meta(description="What it is called, and where it is.")]


class PlaceCollection(msgspec.Struct, frozen=True, kw_only=True):
    """A GeoJSON FeatureCollection."""

    type: Annotated[Literal["FeatureCollection"], msgspec.Meta(description="GeoJSON's word.")]
    attribution: Annotated[
        str,
        msgspec.Meta(
            description="To be shown wherever these are shown: their licences ask for it. Empty with none."
        ),
    ]
    features: Annotated[
        tuple[PlaceFeature, ...],
        msgspec.Meta(description="Nearest first where a position was given; else exact, then larger first."),
    ]


@blueprint.route("/places")
@blueprint.arguments(PlaceParameters, location="query")
@blueprint.response(200, PlaceCollection, media_type=GEOJSON)
@blueprint.says_no("swapped", "half-position", "database-gone")
def find_places(asked: Asked, query: PlaceParameters) -> Response:
    """Find places by name or near a position.

    Without `q` all; without a position exact and larger ones first. Every word of `q` begins a word of one of a
    place's names. Three decimals of the position are enough.
    """
    here = _position(query)
    found = places.find(asked.edge.database, query.q, here, query.limit, asked.languages)
    credit = msgspec.json.encode("; ".join(found.credits))
    body = b'{"type":"FeatureCollection","attribution":' + credit + b',"features":[' + found.features + b"]}"
    response = reply_bytes(body, GEOJSON, cache="public, max-age=3600")
    response.headers["Vary"] = "Accept-Language"
    return response


def _position(query: PlaceParameters) -> Position | None:
    """Raises Refusal where half of it is missing."""
    if query.lon is None and query.lat is None:
        return None
    if query.lon is None or query.lat is None:
        missing = "/lon" if query.lon is None else "/lat"
        raise Refusal("half-position", FieldProblem(missing, "missing", "lon and lat come together"))
    refuse_swapped(query.lon, query.lat, "/lon")
    return Position(query.lon, query.lat)
