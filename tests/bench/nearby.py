"""Nearest quests a second, beside the same SQL in pgbench and beside tipg; how the cost grows; the hard places."""

import contextlib
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

import msgspec
import psycopg
from psycopg import sql

from geo.positions import Position, destination
from quests.languages import chain
from server.api.quests import NearbyCollection
from server.config import CHECKOUT
from server.stores import shown
from server.stores.database import SHOWN_OPTIONS
from tests.bench.beside import COLUMNS, by_everybody, in_turn, paths, ratios, row
from tests.bench.figures import Rounds, table
from tests.bench.filling import REGION, Box, Scene, fill, village
from tests.bench.load import CONNECTIONS, LoadError, ask_over_http, ask_the_database, refuse_without_wrk
from tests.bench.rig import Rig, Serving, free_port, get, our_server, running, wait_until_answers

AIM_OF_PGBENCH = 0.45
AIM_OF_TIPG = 10
RADIUS_M = 10_000
RADIUS_MOST_M = 100_000
LIMIT = 50
POINTS = 5_000
AGREE_AT_LEAST = 30  # of 40 points
NEAR_THE_EDGE_M = 30_000
PEERS_PYTHON = CHECKOUT / ".venv-bench/bin/python"


@dataclass(frozen=True, slots=True)
class Lengths:
    stages: int
    rounds: int
    seconds: float
    growing: tuple[int, ...]
    hard_seconds: float


FULL = Lengths(200_000, 5, 10, (10_000, 100_000, 1_000_000), 5)
QUICK = Lengths(20_000, 3, 2, (), 2)


def measure(rig: Rig, *, quick: bool) -> None:
    refuse_without_wrk()
    lengths = QUICK if quick else FULL
    with our_server(rig) as serving:
        entrances = fill(rig, Scene(lengths.stages))
        _measure_beside_peers(rig, serving, lengths, entrances)
        if lengths.growing:
            _measure_growth(rig, serving, lengths)
        _measure_hard_places(rig, serving, lengths)


def _measure_beside_peers(rig: Rig, serving: Serving, lengths: Lengths, entrances: int) -> None:
    points = _points(REGION)
    ours = paths(rig, "ours", [_nearby(point) for point in points])
    script, variables = _same_statement(rig)
    _refuse_different_answers(rig, serving.port, script, variables)
    with _tipg(rig) as peer:
        boxes = paths(rig, "tipg", [_items(point) for point in points])
        _refuse_few_items(peer.port, _items(points[0]))
        measured = in_turn(
            lengths.rounds,
            lengths.seconds,
            {
                "ours": lambda seconds: ask_over_http(rig, serving, ours, seconds),
                "pgbench": lambda seconds: ask_the_database(rig, script, variables, SHOWN_OPTIONS, seconds),
                "tipg": lambda seconds: ask_over_http(rig, peer, boxes, seconds),
            },
        )
    table(
        f"Nearest quests: {lengths.stages:,} stages, {entrances:,} of them entrances; random points, radius "
        f"{RADIUS_M // 1000} km, {LIMIT} quests; {lengths.rounds} rounds of {lengths.seconds:g} s in turn",
        ("", *COLUMNS),
        [
            row(f"ours: granian, 2 workers, wrk -c{CONNECTIONS}", measured["ours"]),
            row("the same SQL: pgbench -M prepared -c2", measured["pgbench"]),
            row("tipg: uvicorn, 2 workers, items by bbox", measured["tipg"]),
        ],
    )
    ratios(
        measured,
        [
            ("ours / pgbench", "ours", "pgbench", f"{AIM_OF_PGBENCH}", 2),
            ("ours / tipg", "ours", "tipg", f"at least {AIM_OF_TIPG}", 1),
        ],
    )


def _measure_growth(rig: Rig, serving: Serving, lengths: Lengths) -> None:
    asked = paths(rig, "ours", [_nearby(point) for point in _points(REGION)])
    rows = []
    least = None
    for stages in lengths.growing:
        entrances = fill(rig, Scene(stages))
        script, variables = _same_statement(rig)
        ask_over_http(rig, serving, asked, 2)
        loads = [ask_over_http(rig, serving, asked, lengths.seconds / 2) for _ in range(3)]
        below = [
            ask_the_database(rig, script, variables, SHOWN_OPTIONS, lengths.seconds / 2) for _ in range(3)
        ]
        rate = Rounds.of([load.per_second for load in loads])
        least = least or rate.median
        rows.append(
            (
                f"{stages:,} stages, {entrances:,} entrances",
                *row("", loads)[1:],
                Rounds.of([load.per_second for load in below]).text(),
                f"{least / rate.median:.2f}",
            )
        )
    table(
        "How the cost grows (fewer than 50 quests lie within 10 km at 10,000 stages)",
        ("", *COLUMNS, "pgbench/s", "cost, to the first row"),
        rows,
    )


def _measure_hard_places(rig: Rig, serving: Serving, lengths: Lengths) -> None:
    """What could bring the service down: each is asked for by everybody at once, and must stay cheap."""
    rows = []

    def hard(what: str, where: Sequence[Position], **query: float) -> None:
        asked = [_nearby(point, **query) for point in where]
        rows.append(by_everybody(rig, serving, what, asked, lengths.hard_seconds))

    fill(rig, Scene(lengths.stages))
    anywhere = _points(REGION)
    edge = Position(REGION[0], (REGION[1] + REGION[3]) / 2)
    hard("random points, radius 10 km", anywhere)
    hard("random points, the largest radius and limit", anywhere, radius_m=RADIUS_MOST_M, limit=100)
    hard("far away (0, 0)", [Position(0, 0)], radius_m=RADIUS_MOST_M, limit=100)
    hard("far away, beyond the pole", [Position(-165, 63)], radius_m=RADIUS_MOST_M, limit=100)
    outside = destination(edge, 270, NEAR_THE_EDGE_M)
    hard("30 km beside everything, radius 29 km", [outside], radius_m=NEAR_THE_EDGE_M - 1_000, limit=100)
    for stages_in_a_quest, any_order in ((5, 0.5), (50, 1.0)):
        fill(rig, village(10_000, stages_in_a_quest, any_order))
        told = f"10,000 stages in a village, {stages_in_a_quest} a quest"
        hard(f"{told}", _points(village(1).box))
        hard(f"{told}, largest", _points(village(1).box), radius_m=RADIUS_MOST_M, limit=100)
    table(
        f"Hard places: everybody asks for the same at once ({lengths.stages:,} stages, then a village)",
        ("", *COLUMNS),
        rows,
    )


# ---------------------------------------------------------------- what is asked


def _points(box: Box) -> list[Position]:
    """The same in every run. Three decimals: as phones ask."""
    chance = random.Random(1)
    west, south, east, north = box
    return [
        Position(round(chance.uniform(west, east), 3), round(chance.uniform(south, north), 3))
        for _ in range(POINTS)
    ]


def _nearby(point: Position, radius_m: float = RADIUS_M, limit: float = LIMIT) -> str:
    return f"/api/v1/quests/nearby?lon={point.lon}&lat={point.lat}&radius_m={radius_m}&limit={limit}"


# ---------------------------------------------------------------- the same statement in pgbench


def _same_statement(rig: Rig) -> tuple[str, dict[str, object]]:
    """The statement of `shown.nearby` as a script for pgbench, and the values of its variables.

    With as many entrances looked at as the answers need there. Text instead of bytes at the end: pgbench would have
    those written in hex. `:null` would be a variable. Every mention of a variable is a parameter of its own there.
    """
    statement, bytes_in = re.subn(r"convert_to\((.*), 'UTF8'\)", r"(\1)", shown._NEARBY)
    statement, nulls = re.subn(":null", ":' || 'null", statement)
    if (bytes_in, nulls) != (2, 1):
        raise LoadError("the statement has changed: say here how pgbench is to send it")
    script = "\n".join(
        [
            f"\\set lon random({REGION[0] * 1000:.0f}, {REGION[2] * 1000:.0f}) / 1000.0",
            f"\\set lat random({REGION[1] * 1000:.0f}, {REGION[3] * 1000:.0f}) / 1000.0",
            re.sub(r"%\((\w+)\)s", r":\1", statement).replace("%%", "%").strip() + ";\n",
        ]
    )
    return script, {name: value or "-" for name, value in _given(_looked_at(rig)).items()}


def _refuse_different_answers(rig: Rig, port: int, script: str, variables: Mapping[str, object]) -> None:
    """What is measured side by side must be the same: our answers, of the form they promise, and the statement's."""
    compared = 0
    with psycopg.connect(rig.database_url, autocommit=True) as connection:
        for point in _points(REGION)[:40]:
            status, body = get(port, _nearby(point))
            if status != HTTPStatus.OK or not msgspec.json.decode(body, type=NearbyCollection).features:
                raise LoadError(f"at {point} we answered {status}: {body[:200]!r}")
            found = connection.execute(_spelled_out(script, point, variables)).fetchone()
            _, _, whole, there, anywhere = found or (0, 0, False, "", "")
            features = ",".join(part for part in (there, anywhere) if part)
            if whole and f'{{"type":"FeatureCollection","features":[{features}]}}'.encode() != body:
                raise LoadError(f"at {point} we answer something else than the statement in pgbench")
            compared += whole
    if compared < AGREE_AT_LEAST:
        raise LoadError(f"the statement in pgbench gave the whole answer at {compared} of 40 points")


def _spelled_out(script: str, point: Position, variables: Mapping[str, object]) -> bytes:
    """The script's statement with its variables' values in it."""
    values = {**variables, "lon": point.lon, "lat": point.lat}
    statement = script.partition("WITH")[2]
    names = re.compile(r"(?<!:):([a-z]\w*)")
    told = names.sub(lambda found: sql.Literal(values[found[1]]).as_string(None), statement)
    return f"WITH{told}".encode()


def _looked_at(rig: Rig) -> int:
    """As few entrances as give the whole answer at nearly every point: what ours comes to use."""
    points = _points(REGION)[:50]
    looked_at = LIMIT
    with rig.connect() as connection:
        while True:
            looked_at = round(looked_at * 1.15)
            given = _given(looked_at)
            exact = 0
            for point in points:
                row = connection.execute(
                    shown._NEARBY, {**given, "lon": point.lon, "lat": point.lat}
                ).fetchone()
                exact += bool(row and row[2])
            if exact >= 0.95 * len(points):
                return looked_at


def _given(looked_at: int) -> dict[str, object]:
    """What the statement is given beside the point."""
    return {
        "radius": RADIUS_M,
        "limit": LIMIT,
        "looked_at": looked_at,
        "least": shown.ELLIPSOID_OVER_SPHERE_LEAST,
        "most": shown.ELLIPSOID_OVER_SPHERE_MOST,
        **shown.slots(chain(["sv"])),
    }


# ---------------------------------------------------------------- tipg


@contextlib.contextmanager
def _tipg(rig: Rig) -> Iterator[Serving]:
    """It serves the same entrances, from a table with the index that its queries need."""
    if not PEERS_PYTHON.exists():
        raise LoadError("the peer is not installed: run `make bench`")
    with rig.connect() as connection:
        for statement in _PEERS_TABLE:
            connection.execute(statement)
    port = free_port()
    arguments = [str(PEERS_PYTHON), "-m", "uvicorn", "tipg.main:app", "--workers", "2"]
    arguments += ["--port", str(port), "--log-level", "warning"]
    environ = {
        "DATABASE_URL": f"postgresql://quest@{quote(str(rig.cluster.sockets), safe='')}/quest",
        "TIPG_DB_SCHEMAS": '["peer"]',
    }
    with running("tipg", arguments, environ, rig.folder / "tipg.log") as session:
        wait_until_answers(port, "/collections/peer.entrances")
        yield Serving(port, session)


# What we tell of each, in columns; a number as key, and planar boxes in the index: what its statement can use.
_PEERS_TABLE = (
    "DROP SCHEMA IF EXISTS peer CASCADE",
    "CREATE SCHEMA peer",
    """
    CREATE TABLE peer.entrances AS
    SELECT row_number() OVER ()::int AS number, s.key AS stage, card.*, s.point::geometry(Point, 4326) AS point
    FROM shown.stages s JOIN shown.quests q ON q.id = s.quest_id,
        jsonb_to_record(('{' || (q.cards ->> 'sv') || '}')::jsonb) AS card (
            id text, code text, version text, kind text, "order" text, feedback text, association text, minutes int,
            length_m int, languages jsonb, stages int, generic boolean, resting boolean, municipalities jsonb,
            title text, summary text, language text, checked_by text)
    WHERE s.entrance
    """,
    "ALTER TABLE peer.entrances ADD PRIMARY KEY (number)",
    "CREATE INDEX ON peer.entrances USING gist (point)",
    "VACUUM ANALYZE peer.entrances",
)


def _items(point: Position) -> str:
    """The box around the circle that we are asked for."""
    west, east = (destination(point, bearing, RADIUS_M).lon for bearing in (270, 90))
    south, north = (destination(point, bearing, RADIUS_M).lat for bearing in (180, 0))
    box = ",".join(f"{side:.6f}" for side in (west, south, east, north))
    return f"/collections/peer.entrances/items?bbox={box}&limit={LIMIT}"


def _refuse_few_items(port: int, path: str) -> None:
    status, body = get(port, path)
    items = msgspec.json.decode(body)
    if status != HTTPStatus.OK or not 0 < len(items["features"]) <= LIMIT:
        raise LoadError(f"tipg answered {status} with {len(items.get('features', ()))} items")
