"""Ground that is closed for a while."""

from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from flask import Response

from quests.closures import Kind
from server.api.framework import Asked, Blueprint, reply_unless_known
from server.api.geojson import GEOJSON, MultiPolygon
from server.stores import closures

blueprint = Blueprint("closures", description="Ground that is closed for a while, such as for calving.")


class ClosureProperties(msgspec.Struct, frozen=True, kw_only=True):
    """Of one closure."""

    revision: Annotated[int, msgspec.Meta(description="Since which revision of the list it stands so.")]
    kind: Annotated[Kind, msgspec.Meta(description="Why the ground is closed.")]
    starts: Annotated[datetime, msgspec.Meta(description="From this moment on.")]
    ends: Annotated[datetime, msgspec.Meta(description="Open again from this moment on.")]
    authority: Annotated[str, msgspec.Meta(description="Who closed it.")]
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
