"""Tiles of a map a second, beside the same SQL in pgbench; and what it costs to hear that one has not changed."""

import http.client
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

import psycopg

from geo.tiles import Tile
from server.stores import tiles
from server.stores.database import SHOWN_OPTIONS
from tests.bench.beside import COLUMNS, by_everybody, in_turn, paths, ratios, row
from tests.bench.figures import table
from tests.bench.filling import REGION, Scene, fill, village
from tests.bench.load import CONNECTIONS, LoadError, ask_over_http, ask_the_database, refuse_without_wrk
from tests.bench.rig import Rig, Serving, get, our_server

AIM_OF_PGBENCH = 0.8
AIM_OF_UNCHANGED = 5
ZOOM = 10


@dataclass(frozen=True, slots=True)
class Lengths:
    stages: int
    rounds: int
    seconds: float
    hard_seconds: float


FULL = Lengths(200_000, 5, 10, 5)
QUICK = Lengths(200_000, 3, 3, 2)


def measure(rig: Rig, *, quick: bool) -> None:
    refuse_without_wrk()
    lengths = QUICK if quick else FULL
    fill(rig, Scene(lengths.stages))
    with our_server(rig) as serving:
        _measure_beside_pgbench(rig, serving, lengths)
        _measure_other_tiles(rig, serving, lengths)


def _measure_beside_pgbench(rig: Rig, serving: Serving, lengths: Lengths) -> None:
    asked = _tiles_of_the_region(ZOOM)
    features = _features_in_each(rig, asked)
    tiles_asked = paths(rig, "tiles", [_path("stages", tile) for tile in asked])
    known = paths(rig, "known", [f"{_path('stages', tile)}\t{_tag(serving, tile)}" for tile in asked])
    script = _same_statement(asked)
    counted = script.replace("coalesce(", "octet_length(coalesce(").replace(", '')\nFROM", ", ''))\nFROM")
    _refuse_different_answers(rig, serving, asked)
    measured = in_turn(
        lengths.rounds,
        lengths.seconds,
        {
            "ours": lambda seconds: ask_over_http(rig, serving, tiles_asked, seconds),
            "pgbench": lambda seconds: ask_the_database(rig, script, {}, SHOWN_OPTIONS, seconds),
            "in place": lambda seconds: ask_the_database(rig, counted, {}, SHOWN_OPTIONS, seconds),
            "known": lambda seconds: ask_over_http(rig, serving, known, seconds),
        },
    )
    table(
        f"Tiles of stages at zoom {ZOOM}: {lengths.stages:,} stages, about {features:.0f} in a tile; "
        f"{lengths.rounds} rounds of {lengths.seconds:g} s in turn",
        ("", *COLUMNS),
        [
            row(f"ours: granian, 2 workers, wrk -c{CONNECTIONS}", measured["ours"]),
            row("the same SQL: pgbench -M prepared -c2", measured["pgbench"]),
            row("the same, the tile's length alone sent", measured["in place"]),
            row("ours, known already: 304", measured["known"]),
        ],
    )
    ratios(
        measured,
        [
            ("ours / pgbench", "ours", "pgbench", f"{AIM_OF_PGBENCH}", 2),
            ("ours / pgbench, length alone", "ours", "in place", "", 2),
            ("304 / 200", "known", "ours", f"{AIM_OF_UNCHANGED}", 1),
        ],
    )


def _measure_other_tiles(rig: Rig, serving: Serving, lengths: Lengths) -> None:
    """What could bring the service down: each is asked for by everybody at once, and must stay cheap and small."""
    rows = []

    def ask(what: str, layer: str, asked: Sequence[Tile]) -> None:
        lines = [_path(layer, tile) for tile in asked]
        rows.append(by_everybody(rig, serving, what, lines, lengths.hard_seconds))

    near = _tiles_of_the_region(ZOOM)
    ask(f"quests, zoom {ZOOM}", "quests", near)
    ask("quests, the whole world", "quests", [Tile(0, 0, 0)])
    ask("quests, zoom 7", "quests", _tiles_of_the_region(7))
    ask("quests, zoom 8: the most in a tile", "quests", _tiles_of_the_region(8))
    ask("stages, zoom 8: the most in a tile", "stages", _tiles_of_the_region(8))
    ask("empty, far away", "stages", [Tile(ZOOM, 0, 512)])
    fill(rig, village(10_000))
    box = village(1).box
    ask("10,000 stages in a village, zoom 14", "stages", [_tile_at(14, box[0], box[1])])
    table("Other tiles: everybody asks for the same at once", ("", *COLUMNS), rows)


# ---------------------------------------------------------------- what is asked


def _tile_at(z: int, lon: float, lat: float) -> Tile:
    n = 1 << z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return Tile(z, int((lon + 180) / 360 * n), int(y * n))


def _tiles_of_the_region(z: int) -> list[Tile]:
    west, south, east, north = REGION
    first, last = _tile_at(z, west, north), _tile_at(z, east, south)
    inner = 1 if last.x - first.x > 2 else 0  # those on the edge are emptier
    return [
        Tile(z, x, y)
        for x in range(first.x + inner, last.x + 1 - inner)
        for y in range(first.y + inner, last.y + 1 - inner)
    ]


def _path(layer: str, tile: Tile) -> str:
    return f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.mvt"


def _tag(serving: Serving, tile: Tile) -> str:
    """The tile's ETag; with it, the server must say that nothing changed."""
    connection = http.client.HTTPConnection("127.0.0.1", serving.port, timeout=30)
    try:
        connection.request("GET", _path("stages", tile))
        answer = connection.getresponse()
        answer.read()
        tag = answer.headers["ETag"]
        connection.request("GET", _path("stages", tile), headers={"If-None-Match": tag})
        again = connection.getresponse()
        again.read()
    finally:
        connection.close()
    if again.status != HTTPStatus.NOT_MODIFIED:
        raise LoadError(f"{tile} is known by {tag}, and came again with {again.status}")
    return str(tag)


def _features_in_each(rig: Rig, asked: Sequence[Tile]) -> float:
    with rig.connect() as connection:
        counted = connection.execute(
            "SELECT count(*) FROM unnest(%s::int[], %s::int[]) AS t (x, y)"
            " JOIN shown.stages ON mercator && ST_TileEnvelope(%s, x, y, margin => 64.0 / 4096)",
            [[tile.x for tile in asked], [tile.y for tile in asked], ZOOM],
        ).fetchone()
    return (counted[0] if counted else 0) / len(asked)


# ---------------------------------------------------------------- the same statement in pgbench


def _same_statement(asked: Sequence[Tile]) -> str:
    """The statement of `tiles.tile` as a script for pgbench, for the same tiles in another order."""
    xs, ys = {tile.x for tile in asked}, {tile.y for tile in asked}
    return "\n".join(
        [
            f"\\set z {ZOOM}",
            f"\\set x random({min(xs)}, {max(xs)})",
            f"\\set y random({min(ys)}, {max(ys)})",
            re.sub(r"\$(\d)", lambda found: ":" + "zxy"[int(found[1]) - 1], tiles.STAGES.near.query).strip()
            + ";\n",
        ]
    )


def _refuse_different_answers(rig: Rig, serving: Serving, asked: Sequence[Tile]) -> None:
    with psycopg.connect(rig.database_url, autocommit=True) as connection:
        for tile in asked[:40]:
            status, body = get(serving.port, _path("stages", tile))
            made = connection.execute(_spelled_out(tile), binary=True).fetchone()
            if status != HTTPStatus.OK or made is None or made[1] != body or not body:
                raise LoadError(f"at {tile} we answered {status} and not what the statement gives")


def _spelled_out(tile: Tile) -> bytes:
    """The statement with the tile in it."""
    values = {"$1": tile.z, "$2": tile.x, "$3": tile.y}
    return re.sub(r"\$\d", lambda found: str(values[found[0]]), tiles.STAGES.near.query).encode()
