"""Vector tiles of what everybody may see, for maps: TileJSON 3.0.0 and Mapbox Vector Tiles."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from flask import Response, request
from werkzeug.datastructures import ETags
from werkzeug.http import parse_etags

from geo.tiles import ZOOM_MOST, Tile
from server.api.edge import Edge
from server.api.framework import (
    END,
    JSON,
    Asked,
    Blueprint,
    OwnAddress,
    own_address,
    reply_bytes,
    reply_unless_known,
)
from server.problems import Refusal
from server.stores import places, tiles
from server.stores.basemaps import Archive, BaseMap, plain
from server.stores.tiles import LAYERS, Layer

MVT = "application/vnd.mapbox-vector-tile"
# A map that is moved to and fro asks once a minute whether a tile changed, and gets 304. It is not said that a stale
# tile must not be used: where the network is gone, an old map is better than none.
CACHE = "public, max-age=60, stale-if-error=604800"
# Names of organisations and licences; those of places are where the places are from.
ATTRIBUTIONS = {"municipalities": "SCB, CC0 1.0", "water": "GSHHG, LGPL 3.0"}
BASE = "base"
WORLD = (-180.0, -85.0511, 180.0, 85.0511)
ROUTE = "/tiles/<layer>/<z>/<x>/<y>.mvt"
_ADDRESS = re.compile(r"/tiles/([a-z]{1,30})/(0|[1-9][0-9]?)/(0|[1-9][0-9]{0,5})/(0|[1-9][0-9]{0,5})\.mvt")

_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")

blueprint = Blueprint(
    "tiles",
    prefix="/tiles",
    tiles=True,
    description="Maps of what everybody may see, as vector tiles. Without a version of the API in their address, since"
    " maps keep it for long; a tile's own form says how to read it.",
)

LayerName = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^[a-z]{{1,30}}{END}",
        description="quests, stages, places, municipalities or water; base, where a base map was imported.",
        examples=["quests"],
    ),
]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """`body`: None where the asker has it already. `encoding`: how the body is packed, where that may differ."""

    tag: str
    body: bytes | None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class QuickTile:
    """A response, but for what every response has."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


class LayerPath(msgspec.Struct, frozen=True):
    layer: LayerName


class TilePath(msgspec.Struct, frozen=True):
    layer: LayerName
    z: Annotated[
        int, msgspec.Meta(description=f"Zoom: 0, where one tile is the whole world, to {ZOOM_MOST}.")
    ]
    x: Annotated[int, msgspec.Meta(description="Column, from the antimeridian eastwards: 0 to 2^z - 1.")]
    y: Annotated[int, msgspec.Meta(description="Row, from the north southwards: 0 to 2^z - 1.")]


class VectorLayer(msgspec.Struct, frozen=True, kw_only=True):
    """A layer inside the tiles."""

    id: Annotated[str, msgspec.Meta(description="Its name, which a style calls `source-layer`.")]
    fields: Annotated[
        dict[str, str], msgspec.Meta(description="What a feature says of itself, and its type.")
    ]
    minzoom: Annotated[int, msgspec.Meta(description="It is empty below.")]
    maxzoom: Annotated[int, msgspec.Meta(description="The closest there is; maps enlarge it beyond.")]


class TileJson(msgspec.Struct, frozen=True, kw_only=True):
    """TileJSON 3.0.0."""

    tilejson: Annotated[Literal["3.0.0"], msgspec.Meta(description="The form of this document.")]
    name: Annotated[str, msgspec.Meta(description="The layer.")]
    version: Annotated[
        str, msgspec.Meta(description="The form of the tiles, 0, and the revision of what is in them.")
    ]
    scheme: Annotated[Literal["xyz"], msgspec.Meta(description="How tiles are counted: y from the north.")]
    tiles: Annotated[tuple[str, ...], msgspec.Meta(description="Where tiles are, with {z}, {x} and {y}.")]
    vector_layers: Annotated[tuple[VectorLayer, ...], msgspec.Meta(description="What is in a tile.")]
    attribution: Annotated[str, msgspec.Meta(description="To be shown on the map; may be empty.")]
    bounds: Annotated[
        tuple[float, float, float, float],
        msgspec.Meta(description="West, south, east, north: there is nothing outside. [°]"),
    ]
    minzoom: Annotated[int, msgspec.Meta(description="The farthest zoom at which there is something.")]
    maxzoom: Annotated[int, msgspec.Meta(description="The closest zoom.")]


@blueprint.route("/<layer>.json")
@blueprint.arguments(LayerPath, location="path")
@blueprint.response(200, TileJson, headers={"ETag": "Changes with the content."})
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("no-such-layer", "bad-request", "database-gone")
def describe_tiles(asked: Asked, path: LayerPath) -> Response:
    """Say where the tiles of a layer are, and what is in them."""
    if path.layer == BASE:
        return _describe_base(asked)
    layer = _layer(path.layer)
    database = asked.edge.database
    address = own_address(asked)
    described = TileJson(
        tilejson="3.0.0",
        name=layer.name,
        version=f"{layer.form}.0.{tiles.revision(database, layer)}",
        scheme="xyz",
        tiles=(f"{address.url}/tiles/{layer.name}/{{z}}/{{x}}/{{y}}.mvt",),
        vector_layers=(
            VectorLayer(id=layer.name, fields=dict(layer.fields), minzoom=layer.minzoom, maxzoom=ZOOM_MOST),
        ),
        attribution=(
            "; ".join(places.credits_of_settlements(database))
            if layer is tiles.PLACES
            else ATTRIBUTIONS.get(layer.name, "")
        ),
        bounds=(tiles.bounds(database) if layer.within_region else None) or WORLD,
        minzoom=layer.minzoom,
        maxzoom=ZOOM_MOST,
    )
    cache = cache_of(address)
    return reply_unless_known(msgspec.json.encode(described), JSON, cache=cache)


@blueprint.route("/<layer>/<z>/<x>/<y>.mvt")
@blueprint.arguments(TilePath, location="path")
@blueprint.response(
    200,
    bytes,
    media_type=MVT,
    headers={"ETag": "Changes with what the layer shows."},
    description="A Mapbox Vector Tile, version 2; without a byte where there is nothing to show.",
)
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("no-such-layer", "no-such-tile", "database-gone")
def draw_tile(asked: Asked, path: TilePath) -> Response:
    """One tile of a layer, with titles in all languages."""
    tile = Tile(path.z, path.x, path.y)
    if path.layer == BASE:
        archive = _base(asked.edge).archive
        if not tile.exists or tile.z > archive.maxzoom:
            raise Refusal("no-such-tile", zoom=archive.maxzoom)
        drawn = _draw_base(
            asked.edge, tile, request.if_none_match, request.headers.get("Accept-Encoding", "")
        )
    else:
        layer = _layer(path.layer)
        if not tile.exists:
            raise Refusal("no-such-tile", zoom=ZOOM_MOST)
        drawn = _draw(asked.edge, layer, tile, request.if_none_match)
    if drawn.body is None:
        response = Response(status=304)
        del response.headers["Content-Type"]
    else:
        response = reply_bytes(drawn.body, MVT)
    response.set_etag(drawn.tag)
    response.headers["Cache-Control"] = CACHE
    response.headers.extend(drawn.headers)
    return response


def cache_of(address: OwnAddress) -> str:
    """Of what has our own address in it."""
    return CACHE if address.is_set else CACHE.replace("public", "private")


def vector_layers(archive: Archive) -> tuple[VectorLayer, ...]:
    """Those of a base map."""
    return tuple(
        VectorLayer(id=one.id, fields=one.fields, minzoom=one.minzoom, maxzoom=one.maxzoom)
        for one in archive.layers
    )


def quick_tile(edge: Edge, environ: Mapping[str, Any]) -> QuickTile | None:
    """What `draw_tile` answers, without Flask around it; None where that has more to say than the tile or 304.

    A map asks for dozens at once, and Flask would cost the server as much as the tile costs the database.
    """
    if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING"):
        return None
    found = _ADDRESS.fullmatch(environ["PATH_INFO"])
    layer = LAYERS.get(found[1]) if found else None
    if found is None or (layer is None and found[1] != BASE):
        return None
    tile = Tile(int(found[2]), int(found[3]), int(found[4]))
    if not tile.exists or (layer is None and not _base_has(edge, tile)):
        return None
    known = parse_etags(environ.get("HTTP_IF_NONE_MATCH"))
    try:
        edge.limits.count_tile(environ.get("REMOTE_ADDR") or "")
        if layer is None:
            drawn = _draw_base(edge, tile, known, environ.get("HTTP_ACCEPT_ENCODING", ""))
        else:
            drawn = _draw(edge, layer, tile, known)
    except Exception:  # noqa: BLE001  whatever it is, Flask meets it again and says it as a problem
        return None
    headers = [("ETag", f'"{drawn.tag}"'), ("Cache-Control", CACHE), ("Access-Control-Allow-Origin", "*")]
    headers += drawn.headers
    if drawn.body is None:
        return QuickTile("304 NOT MODIFIED", headers, b"")
    headers += [("Content-Type", MVT), ("Content-Length", str(len(drawn.body)))]
    return QuickTile("200 OK", headers, drawn.body)


def _draw(edge: Edge, layer: Layer, tile: Tile, known: ETags) -> _Drawn:
    if known:
        tag = _tag(layer, tile, edge.tile_revisions.of(layer))
        if known.contains_weak(tag):
            return _Drawn(tag, None)
    made = tiles.tile(edge.database, layer, tile)
    edge.tile_revisions.keep(layer, made.revision)
    return _Drawn(_tag(layer, tile, made.revision), made.body)


def _draw_base(edge: Edge, tile: Tile, known: ETags, accepted: str) -> _Drawn:
    """As it lies in the file, packed with gzip, for whoever can unpack it."""
    current = _base(edge)
    packed = current.archive.tile(tile)
    takes_gzip = packed is not None and _GZIP.search(accepted) is not None
    # Two forms of one tile are two things to a cache.
    tag = f"{BASE}.{current.note.sha256[:16]}.{tile.z}.{tile.x}.{tile.y}{'' if takes_gzip else '.plain'}"
    varies = ("Vary", "Accept-Encoding")
    if known.contains_weak(tag):
        return _Drawn(tag, None, (varies,))
    if packed is None:
        return _Drawn(tag, b"", (varies,))
    if takes_gzip:
        return _Drawn(tag, packed, (varies, ("Content-Encoding", "gzip")))
    return _Drawn(tag, plain(packed), (varies,))


def _describe_base(asked: Asked) -> Response:
    current = _base(asked.edge)
    address = own_address(asked)
    archive = current.archive
    described = TileJson(
        tilejson="3.0.0",
        name=BASE,
        version=f"1.0.{int(current.note.sha256[:12], 16)}",
        scheme="xyz",
        tiles=(f"{address.url}/tiles/{BASE}/{{z}}/{{x}}/{{y}}.mvt",),
        vector_layers=vector_layers(archive),
        attribution=archive.attribution,
        bounds=archive.bounds,
        minzoom=archive.minzoom,
        maxzoom=archive.maxzoom,
    )
    return reply_unless_known(msgspec.json.encode(described), JSON, cache=cache_of(address))


def _base(edge: Edge) -> BaseMap:
    """Raises Refusal where nothing is imported."""
    current = edge.base_maps.current()
    if current is None:
        raise Refusal("no-such-layer")
    return current


def _base_has(edge: Edge, tile: Tile) -> bool:
    current = edge.base_maps.current()
    return current is not None and tile.z <= current.archive.maxzoom


def _tag(layer: Layer, tile: Tile, revision: int) -> str:
    return f"{layer.name}.{layer.form}.{revision}.{tile.z}.{tile.x}.{tile.y}"


def _layer(name: str) -> Layer:
    """Raises Refusal where there is none."""
    found = LAYERS.get(name)
    if found is None:
        raise Refusal("no-such-layer")
    return found
