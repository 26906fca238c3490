"""The base map as one file, to be read piece by piece, and what there is to say of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from flask import Response, request
from werkzeug.datastructures import Range
from werkzeug.http import parse_range_header

from server.api.framework import (
    END,
    JSON,
    Asked,
    Blueprint,
    not_modified,
    own_address,
    reply_bytes,
    reply_unless_known,
)
from server.api.tiles import BASE, VectorLayer, cache_of, vector_layers
from server.config import Settings
from server.problems import Refusal
from server.stores.basemaps import BaseMap

PMTILES = "application/vnd.pmtiles"
# The content is in the address: it never changes.
FOR_EVER = "public, max-age=31536000, immutable"
# What one answer to a Range holds at most: whoever wants more asks again, and slow phones keep no thread for long.
PIECE_MOST_BYTES = 4 * 2**20
_BLOCK = 2**18
PLAIN_LAYERS = ("municipalities", "water", "places")

blueprint = Blueprint("basemap", description="What maps are drawn on, without anybody else's server.")
files = Blueprint(
    "basemap-files",
    prefix="/basemap",
    tiles=True,
    same_origin=True,
    description="The base map as a PMTiles file, version 3, for our own pages and for whoever carries it away.",
)


class FilePath(msgspec.Struct, frozen=True):
    digest: Annotated[
        str,
        msgspec.Meta(pattern=rf"^[0-9a-f]{{64}}{END}", description="SHA-256 of the file, in hex."),
    ]


class BaseMapFile(msgspec.Struct, frozen=True, kw_only=True):
    """An imported base map."""

    sha256: Annotated[str, msgspec.Meta(description="Of the PMTiles file, in hex: another map has another.")]
    bytes: Annotated[int, msgspec.Meta(ge=0, description="How large the file is.")]
    pmtiles: Annotated[
        str, msgspec.Meta(description="Its address, which is read by Range. Another map has another address.")
    ]
    minzoom: Annotated[int, msgspec.Meta(description="The farthest zoom that it has.")]
    maxzoom: Annotated[int, msgspec.Meta(description="The closest zoom that it has; maps enlarge it beyond.")]
    bounds: Annotated[
        tuple[float, float, float, float],
        msgspec.Meta(description="West, south, east, north: there is nothing outside. [°]"),
    ]
    imported_at: Annotated[datetime, msgspec.Meta(description="When it was made here, UTC.")]
    data_at: Annotated[
        datetime | None,
        msgspec.Meta(description="How the world was at that time, UTC; null where the source does not say."),
    ]
    vector_layers: Annotated[tuple[VectorLayer, ...], msgspec.Meta(description="What is in its tiles.")]


class NamedMap(msgspec.Struct, frozen=True, kw_only=True):
    """Pictures of a map from a host that the operator of this server has named."""

    tiles: Annotated[
        str, msgspec.Meta(description="Address of a tile, Web Mercator, with {z}, {x} and {y} in braces.")
    ]
    attribution: Annotated[str, msgspec.Meta(description="To be shown on the map beside ours.")]
    host: Annotated[str, msgspec.Meta(description="Whom phones ask for it, and who learns where they look.")]


class BaseMapAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a map is drawn on."""

    kind: Annotated[
        Literal["imported", "plain"],
        msgspec.Meta(
            description="imported: a base map of water, roads, paths, buildings and names. plain: nothing is imported,"
            " and municipalities, large lakes and settlements are drawn."
        ),
    ]
    tilejson: Annotated[
        tuple[str, ...], msgspec.Meta(description="Where the tiles to draw are described, lowest first.")
    ]
    attribution: Annotated[str, msgspec.Meta(description="To be shown on the map.")]
    file: Annotated[BaseMapFile | None, msgspec.Meta(description="The imported map; null with plain.")] = None
    named: Annotated[
        NamedMap | None,
        msgspec.Meta(
            description="Drawn over ours where there is a network; null where the operator names no host, so that phones"
            " ask nobody but this server."
        ),
    ] = None


@blueprint.route("/basemap")
@blueprint.response(200, BaseMapAnswer, headers={"ETag": "Changes with the content."})
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("bad-request")
def say_basemap(asked: Asked) -> Response:
    """Say what a map is drawn on: an imported base map, or plain layers."""
    current = asked.edge.base_maps.current()
    address = own_address(asked)
    if current is None:
        found = BaseMapAnswer(
            kind="plain",
            tilejson=tuple(f"{address.url}/tiles/{layer}.json" for layer in PLAIN_LAYERS),
            attribution="SCB, CC0 1.0; GSHHG, LGPL 3.0; GeoNames, CC BY 4.0",
            named=_named(asked.edge.settings),
        )
    else:
        found = BaseMapAnswer(
            kind="imported",
            tilejson=(f"{address.url}/tiles/{BASE}.json",),
            attribution=current.archive.attribution,
            file=_described(current, address.url),
            named=_named(asked.edge.settings),
        )
    return reply_unless_known(msgspec.json.encode(found), JSON, cache=cache_of(address))


@files.route("/<digest>.pmtiles")
@files.arguments(FilePath, location="path")
@files.response(
    200,
    bytes,
    media_type=PMTILES,
    headers={"ETag": "Its SHA-256.", "Accept-Ranges": "bytes."},
    description="The whole file.",
)
@files.response(
    206,
    bytes,
    media_type=PMTILES,
    headers={"ETag": "Its SHA-256.", "Content-Range": "Which bytes these are."},
    description="What a Range of bytes asks for, or its beginning: 4 MiB at most in one answer.",
)
@files.response(304, description="The asker has it already.")
@files.says_no("no-such-map", "bad-range")
def read_basemap(asked: Asked, path: FilePath) -> Response:
    """The base map's file, whole or a piece of it."""
    file = asked.edge.base_maps.file(path.digest)
    if file is None:
        raise Refusal("no-such-map")
    size = file.stat().st_size
    asked_range = _range(path.digest)
    if asked_range is None:
        response = not_modified(path.digest) or Response(_blocks(file), 200, content_type=PMTILES)
        if response.status_code != 304:
            response.content_length = size
    else:
        within = asked_range.range_for_length(size)
        if within is None:
            raise Refusal("bad-range", headers={"Content-Range": f"bytes */{size}"})
        first, after = within[0], min(within[1], within[0] + PIECE_MOST_BYTES)
        with file.open("rb") as stream:
            stream.seek(first)
            response = reply_bytes(stream.read(after - first), PMTILES, 206)
        response.headers["Content-Range"] = f"bytes {first}-{after - 1}/{size}"
    response.set_etag(path.digest)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = FOR_EVER
    return response


def _range(tag: str) -> Range | None:
    """One range of bytes; None where the whole file is to be sent: several at once are not worth their trouble."""
    if request.method != "GET":
        return None
    condition = request.headers.get("If-Range")
    if condition is not None and condition.strip() != f'"{tag}"':
        return None
    found = parse_range_header(request.headers.get("Range"))
    return found if found is not None and found.units == "bytes" and len(found.ranges) == 1 else None


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            yield block


def _named(settings: Settings) -> NamedMap | None:
    if settings.base_map is None or settings.base_map_host is None:
        return None
    return NamedMap(
        tiles=settings.base_map,
        attribution=settings.base_map_credit or "",
        host=settings.base_map_host.partition("://")[2],
    )


def _described(current: BaseMap, address: str) -> BaseMapFile:
    note, archive = current.note, current.archive
    return BaseMapFile(
        sha256=note.sha256,
        bytes=note.bytes,
        pmtiles=f"{address}/basemap/{note.sha256}.pmtiles",
        minzoom=archive.minzoom,
        maxzoom=archive.maxzoom,
        bounds=archive.bounds,
        imported_at=note.imported_at.astimezone(UTC),
        data_at=None if note.data_at is None else note.data_at.astimezone(UTC),
        vector_layers=vector_layers(archive),
    )
