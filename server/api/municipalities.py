"""The eight municipalities of the region."""

from typing import Annotated, Literal

import msgspec
from flask import Response

from server.api.framework import Asked, Blueprint, reply_unless_known
from server.api.geojson import GEOJSON, Geometry
from server.stores import shown

blueprint = Blueprint("municipalities", description="Where the region's municipalities are.")


class MunicipalityProperties(msgspec.Struct, frozen=True, kw_only=True):
    """Of one municipality."""

    code: Annotated[str, msgspec.Meta(description="SCB's code, four digits.")]
    name: Annotated[str, msgspec.Meta(description="In Swedish.")]
    quests: Annotated[int, msgspec.Meta(description="How many quests have a stage there.")]


class MunicipalityFeature(msgspec.Struct, frozen=True, kw_only=True):
    """One municipality."""

    type: Annotated[Literal["Feature"], msgspec.Meta(description="GeoJSON's word.")]
    id: Annotated[str, msgspec.Meta(description="SCB's code, four digits.")]
    geometry: Annotated[Geometry, msgspec.Meta(description="Its boundary, simplified for maps.")]
    properties: Annotated[MunicipalityProperties, msgspec.Meta(description="Its name and code.")]


class MunicipalityCollection(msgspec.Struct, frozen=True, kw_only=True):
    """A GeoJSON FeatureCollection."""

    type: Annotated[Literal["FeatureCollection"], msgspec.Meta(description="GeoJSON's word.")]
    features: Annotated[
        tuple[MunicipalityFeature, ...], msgspec.Meta(description="In the order of their names.")
    ]


@blueprint.route("/municipalities")
@blueprint.response(
    200, MunicipalityCollection, media_type=GEOJSON, headers={"ETag": "Changes with the content."}
)
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("database-gone")
def list_municipalities(asked: Asked) -> Response:
    """The municipalities, with their boundaries."""
    found = shown.municipalities(asked.edge.database)
    return reply_unless_known(found.body, GEOJSON, cache="public, max-age=3600")
