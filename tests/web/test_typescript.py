"""The TypeScript, run by the Node of the virtual environment: `make test` is one command for both languages."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from geo.fences import Area, Circle, Corridor, Fence, certainty, gap_m, outside_m, start_of
from geo.positions import Position, bearing_deg, destination, distance_m
from geo.sun import CIVIL_DEG, SUNRISE_DEG, elevation_deg, light, next_crossing
from quests.answers import normal_form, number_form
from quests.judge import judge
from quests.model import Quest, write_quest
from quests.moves import Move
from quests.openness import opening_of
from quests.play import play
from quests.secrets import Heard
from quests.views import for_player
from tests.geo.shapes import beyond, fences, some_point
from tests.quests.test_openness import MOMENTS, WAYS, said
from tests.strategies import heard, moves, quests

CHECKOUT = Path(__file__).resolve().parents[2]
NODE = Path(sys.executable).parent / "node"
MODULES = CHECKOUT / "web/node_modules"
Row = dict[str, Any]

#: Which table catches it, and what is changed where.
MISTAKES = (
    ("sun", "geo/sun", "midnightDeg - 180 + position.lon", "midnightDeg - 180 - position.lon"),
    ("sun", "geo/sun", "below === rising", "below !== rising"),
    ("sun", "geo/sun", ">= CIVIL_DEG", ">= SUNRISE_DEG"),
    ("sun", "geo/sun", "Math.floor(secondsOf(at))", "Math.ceil(secondsOf(at))"),
    (
        "fences",
        "geo/fences",
        "edgeM(fence.outline, position) - fence.marginM",
        "edgeM(fence.outline, position)",
    ),
    ("fences", "geo/fences", "Math.max(0, Math.min(1, part))", "part"),
    ("fences", "geo/fences", "awayM <= Math.min(accuracyM, 25)", "awayM <= 25"),
    ("distance", "geo/geodesics", "sets.cos * mirrored * northwards", "sets.cos * northwards"),
    ("distance", "geo/geodesics", "FLATTENING = 1 / 298.257223563", "FLATTENING = 1e-9"),
    ("names", "geo/names", '.replace(/oe+/g, "o")', ""),
    ("answers", "game/answers", 'replace(SPACES, " ")', 'replace(/\\s+/gu, " ")'),
    ("answers", "game/answers", ">> (16 - ANSWER_BITS)", "& 1023"),
    (
        "judge",
        "game/judge",
        "Math.max(trustOf(seen), move.body.here ? TRUST_SELF_REPORT : 0)",
        "trustOf(seen)",
    ),
    ("judge", "game/judge", "inVariant(stage, move.variant)", "inVariant(stage, null)"),
    ("judge", "game/evidence", "since = null;", ""),
    ("judge", "game/evidence", 'widened || when === "uncertain"', 'when === "uncertain"'),
    ("judge", "game/tasks/look", "offDeg > 0 ?", "offDeg < 0 ?"),
    ("play", "game/play", "judged.trust > (this.done.get(at) ?? -1)", "true"),
    ("play", "game/play", "this.row === null || before(order, this.row.order)", "true"),
    ("play", "game/play", "if (satisfied.has(key)) turns.satisfied.add(key);", ""),
    ("openness", "game/openness", "end - margin]", "end]"),
    ("openness", "game/openness", "hours.end <= hours.start ? 1 : 0", "0"),
    ("openness", "game/openness", "today >= start || today <= end", "today >= start && today <= end"),
    ("closures", "game/closures", "one.revision <= revision &&", ""),
    ("today", "game/today", "plan.minutes <= MINUTES_MOST &&", ""),
    (
        "today",
        "game/today",
        "Math.max(1, rounded(distanceM / WALK_MPS / 60))",
        "Math.ceil(distanceM / WALK_MPS / 60)",
    ),
    ("today", "game/today", "plan.setting.every(", "plan.setting.some("),
    ("today", "game/today", "patch(day, one.id, around ?? here)", "patch(day, one.id, here)"),
    ("today", "game/today", "offer(plan, at, here, closed).playable", "offer(plan, at, here).playable"),
    (
        "today",
        "game/today",
        "swedishDay(at.getTime()) * DAY_MS",
        "Math.floor(at.getTime() / DAY_MS) * DAY_MS",
    ),
    ("drift", "drift/draw", "< RESTS_MS", "<= RESTS_MS"),
    ("drift", "drift/draw", "prompt.nerve <= now.nerve", "prompt.nerve < now.nerve"),
    ("drift", "drift/draw", '!(takesTwo && now.company === "alone")', "true"),
    ("drift", "drift/draw", "!WILD.includes(now.ground) &&", ""),
    ("drift", "drift/draw", "prompt.ground.every(", "prompt.ground.some("),
    ("drift", "drift/draw", 'fell: ["forest"]', 'fell: ["forest", "shore"]'),
    (
        "drift",
        "drift/draw",
        "prompt.seasons.includes(now.season) || prompt.light",
        "prompt.seasons.length > 0 || prompt.light",
    ),
    ("drift", "drift/draw", ' || prompt.light === "dark" ?', " ?"),
    ("drift", "drift/draw", "OF_THIS_MOMENT = 2", "OF_THIS_MOMENT = 3"),
    ("drift", "drift/pace", "onFoot &&", ""),
    ("drift", "drift/pace", "sinceS >= AT_ONCE_S", "sinceS > AT_ONCE_S"),
    ("drift", "drift/pace", "Math.max(0, awayM - accuracyM)", "awayM - accuracyM"),
    ("chance", "game/chance", '"\\u001f"', '""'),
    ("views", "game/views", "stage.hidden || journey.open.has(stage.key)", "stage.hidden"),
)


def run(web: Path, *tests: str) -> tuple[bool, str]:
    """Whether those tests pass, all where none is named, and what Vitest said."""
    done = subprocess.run(
        [NODE, MODULES / "vitest/vitest.mjs", "run", "--root", web, *tests],
        cwd=web,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout of one's own with what the phone and the server share."""
    shutil.copytree(CHECKOUT / "web", tmp_path / "web", ignore=shutil.ignore_patterns("node_modules", "dist"))
    shutil.copytree(CHECKOUT / "tests/vectors", tmp_path / "tests/vectors")
    (tmp_path / "web/node_modules").symlink_to(MODULES)
    return tmp_path


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1, f"{file.name} says {old!r} {text.count(old)} times"
    file.write_text(text.replace(old, new), "utf-8")


def test_typescript_agrees_with_the_vectors() -> None:
    passed, said = run(CHECKOUT / "web")

    assert passed, said
    tables = {path.stem for path in (CHECKOUT / "tests/vectors").glob("*.json")}
    assert tables <= {
        path.name.removesuffix(".test.ts") for path in (CHECKOUT / "web/tests").glob("*.test.ts")
    }


def laid(folder: Path, table: str) -> Path:
    """The engine with the tests of one table and all vectors, to be changed."""
    for room in ("geo", "game", "drift", "api"):
        shutil.copytree(CHECKOUT / "web/src" / room, folder / "web/src" / room)
    (folder / "web/tests").mkdir()
    for test in ("vectors.ts", f"{table}.test.ts"):
        shutil.copy(CHECKOUT / "web/tests" / test, folder / "web/tests" / test)
    shutil.copytree(CHECKOUT / "tests/vectors", folder / "tests/vectors")
    return folder


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """By folder, the tests that failed with what they said: of each mistake and of none, all in one run."""
    top = tmp_path_factory.mktemp("mistakes")
    (top / "node_modules").symlink_to(MODULES)
    for table in {mistake[0] for mistake in MISTAKES}:
        laid(top / table, table)
    for number, (table, file, right, wrong) in enumerate(MISTAKES):
        edit(laid(top / str(number), table) / f"web/src/{file}.ts", right, wrong)
    other = laid(top / "another expectation", "sun") / "tests/vectors/sun.json"
    edit(other, '"2026-12-21T13:18:17Z"', '"2026-12-21T13:18:18Z"')
    empty = laid(top / "no rows", "sun") / "tests/vectors/sun.json"
    empty.write_text('{"elevations": [], "lights": [], "crossings": []}', "utf-8")

    _, said = run(top, "--reporter=json", "--outputFile=report.json", "--pool=threads", "--no-isolate")

    assert (top / "report.json").exists(), said
    found: dict[str, dict[str, str]] = {}
    for one in json.loads((top / "report.json").read_text("utf-8"))["testResults"]:
        assert one["assertionResults"], one["message"]  # a file that cannot be read fails without a test
        found[Path(one["name"]).relative_to(top).parts[0]] = {
            test["fullName"]: test["failureMessages"][0]
            for test in one["assertionResults"]
            if test["status"] == "failed"
        }
    return found


@pytest.mark.parametrize("table", sorted({mistake[0] for mistake in MISTAKES}))
def test_without_a_mistake_nothing_fails(failed: dict[str, dict[str, str]], table: str) -> None:
    assert failed[table] == {}


@pytest.mark.parametrize(
    "number", range(len(MISTAKES)), ids=[f"{file}: {wrong}" for _, file, _, wrong in MISTAKES]
)
def test_the_vectors_catch_wrong_typescript(failed: dict[str, dict[str, str]], number: int) -> None:
    assert failed[str(number)]
    assert all(said.startswith("AssertionError") for said in failed[str(number)].values())


def test_a_vector_that_fails_is_named_with_its_why(failed: dict[str, dict[str, str]]) -> None:
    ((name, said),) = failed["another expectation"].items()

    assert name.startswith("sun: crossings sunset in December: Östersund")
    assert "2026-12-21T13:18:17.000Z" in said


def test_no_rows_are_no_success(failed: dict[str, dict[str, str]]) -> None:
    assert list(failed["no rows"]) == [
        f"sun: {table} has rows" for table in ("elevations", "lights", "crossings")
    ]


# --------------------------------------------------------------------------------- both languages, by chance


def drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """The same ones every time."""
    found: list[Any] = []

    @settings(
        max_examples=count,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
        deadline=None,
    )
    @given(strategy)
    def collect(one: Any) -> None:
        found.append(one)

    collect()
    return found


def named(rows: list[Row]) -> list[Row]:
    return [{"name": str(number), "why": "by chance", **row} for number, row in enumerate(rows)]


def plain(value: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


def pair(position: Position) -> list[float]:
    return [position.lon, position.lat]


def described(fence: Fence) -> Row:
    match fence:
        case Circle(centre, radius_m):
            return {"shape": "circle", "lon": centre.lon, "lat": centre.lat, "radius_m": radius_m}
        case Corridor(line, half_width_m):
            return {"shape": "corridor", "line": [pair(one) for one in line], "half_width_m": half_width_m}
        case Area(rings, margin_m):
            return {
                "shape": "area",
                "rings": [[pair(one) for one in ring] for ring in rings],
                "margin_m": margin_m,
            }


def suns(chance: random.Random) -> Row:
    """Heights to a millionth of a second of arc, crossings to the very second."""
    rows: dict[str, list[Row]] = {"elevations": [], "lights": [], "crossings": []}
    for number in range(1_000):
        at = datetime(1900, 1, 1, tzinfo=UTC) + timedelta(milliseconds=chance.randrange(200 * 31_556_952_000))
        lat = chance.uniform(61.5, 65.2) if number % 2 else chance.uniform(-90.0, 90.0)
        here = Position(chance.uniform(-180.0, 180.0), lat)
        row = {"at": at.isoformat(), "lon": here.lon, "lat": here.lat}
        height_deg, rising = chance.choice((SUNRISE_DEG, CIVIL_DEG)), chance.random() < 0.5
        crossing = next_crossing(at, here, height_deg, rising=rising)
        rows["elevations"].append(row | {"elevation_deg": elevation_deg(at, here), "tolerance_deg": 1e-9})
        rows["lights"].append(row | {"light": light(at, here)})
        rows["crossings"].append(
            row
            | {"elevation_deg": height_deg, "rising": rising, "crossing": crossing and crossing.isoformat()}
        )
    return {table: named(found) for table, found in rows.items()}


def distances(chance: random.Random) -> Row:
    """A tenth of a millimetre, antipodes included; directions where there is one."""
    rows = []
    for number in range(1_000):
        here = Position(chance.uniform(-180.0, 180.0), chance.uniform(-90.0, 90.0))
        there = Position(chance.uniform(-180.0, 180.0), chance.uniform(-90.0, 90.0))
        if number % 3 == 0:
            there = destination(here, chance.uniform(0, 360), 10 ** chance.uniform(-1, 6))
        elif number % 3 == 1:
            lon = here.lon + 180 if here.lon < 0 else here.lon - 180
            there = destination(
                Position(lon, -here.lat), chance.uniform(0, 360), 10 ** chance.uniform(0, 5.5)
            )
        row: Row = {"from": pair(here), "to": pair(there), "distance_m": distance_m(here, there)}
        if number % 3 != 1 and max(abs(here.lat), abs(there.lat)) < 89:
            row |= {"bearing_deg": bearing_deg(here, there), "tolerance_deg": 1e-5}
        rows.append(row | {"tolerance_m": 1e-4})
    return {"rows": named(rows), "refused": vectors("distance")["refused"]}


def grounds() -> Row:
    """To a millimetre; a hair's breadth from an edge either answer will do."""
    spots = fences.flatmap(lambda one: st.tuples(st.just(one), beyond(some_point(one), 30_000.0)))
    rows, starts = [], []
    for fence, at in drawn(spots, 150):
        away_m = outside_m(fence, at)
        around = (destination(at, bearing, 1e-5) for bearing in (0, 90, 180, 270))
        if len({outside_m(fence, one) == 0 for one in (at, *around)}) > 1:
            continue
        fixes = [{"accuracy_m": m, "certainty": certainty(fence, at, m)} for m in (5.0, 29.0, 49.0, 99.0)]
        row = {"fence": described(fence), "at": pair(at), "outside_m": away_m, "tolerance_m": 1e-3}
        rows.append(row | {"fixes": fixes})
        starts.append({"fence": described(fence), "start": pair(start_of(fence))})
    pairs = [(one, other, gap_m(one, other)) for one, other in drawn(st.tuples(fences, fences), 80)]
    pairs += [(one, near, gap_m(one, near)) for one, at in drawn(spots, 80) for near in [Circle(at, 40.0)]]
    gaps = [
        {"one": described(one), "other": described(other), "gap_m": away_m, "tolerance_m": 1e-3}
        for one, other, away_m in pairs
        if away_m == 0 or away_m > 1e-3
    ]
    refused = vectors("fences")["refused"]
    return {"rows": named(rows), "refused": refused, "starts": named(starts), "gaps": named(gaps)}


def words() -> Row:
    """Letters that both know: Unicode grows, and each language with it."""
    letters = st.characters(exclude_categories=("Cs", "Cn", "Co")) | st.sampled_from(
        "ßẞſςΣİıŉǰåÄöÆø\u0307\u030a \u200b"
    )
    forms = [
        {"text": text, "letters_apart": apart, "expected": normal_form(text, letters_apart=apart)}
        for text, apart in drawn(st.tuples(st.text(letters, max_size=12), st.booleans()), 300)
    ]
    digits = st.text(st.sampled_from("0123456789 ,.+-−\u00a0") | st.characters(categories=["Nd"]), max_size=9)
    numbers = [{"text": text, "expected": number_form(text)} for text in drawn(digits, 300)]
    return {"forms": named(forms), "numbers": named(numbers), "bits": vectors("answers")["bits"]}


def judgements() -> dict[str, Row]:
    """Judged, played and seen: quests and moves made from the forms themselves, each field of what comes out."""

    @st.composite
    def case(draw: st.DrawFn) -> tuple[Quest, list[tuple[Move, Heard]]]:
        quest = draw(quests())
        made = draw(st.lists(moves(quest), min_size=1, max_size=4, unique_by=lambda move: move.id))
        return quest, [(move, draw(heard(move))) for move in made]

    found: dict[str, Row] = {name: {"quests": {}, "rows": []} for name in ("judge", "play", "views")}
    for number, (quest, made) in enumerate(drawn(case(), 120)):
        judged = [judge(quest, move, what) for move, what in made]
        journey = play(quest, judged)
        for name in found:
            found[name]["quests"][str(number)] = write_quest(quest)
        found["judge"]["rows"] += [
            {"move": plain(move), "heard": plain(what), "expected": plain(one), "quest": str(number)}
            for (move, what), one in zip(made, judged, strict=True)
        ]
        expected = {
            "open": sorted(journey.open),
            "satisfied": sorted(journey.satisfied),
            "passed": sorted(journey.passed),
            "settled": sorted(journey.settled),
            "finished": journey.finished,
            "trust": dict(journey.trust),
        }
        if journey.facts.row is not None:
            expected["right"] = journey.facts.row[1].right
        row = {"quest": str(number), "judged": plain(judged)}
        found["play"]["rows"].append(row | {"expected": expected})
        seen = plain(for_player(quest, journey, ["sv"]))
        found["views"]["rows"].append(row | {"languages": ["sv"], "expected": seen})
    tables = {name: {**one, "rows": named(one["rows"])} for name, one in found.items()}
    by_hand = vectors("views")  # of which some are asked for by name
    tables["views"]["quests"] |= by_hand["quests"]
    tables["views"]["rows"] += by_hand["rows"]
    return tables


def opened() -> Row:
    square = Position(14.63566, 63.1792)
    rows = [
        {
            "way": plain(way),
            "at": at.isoformat(),
            "here": pair(square),
            "closed": [],
            "fell": fell,
            "expected": said(opening_of(way, at, square, fell=fell)),
        }
        for way, at, fell in drawn(st.tuples(WAYS, MOMENTS, st.booleans()), 80)
    ]
    return {**vectors("openness"), "rows": named(rows)}


def vectors(name: str) -> Row:
    table: Row = json.loads((CHECKOUT / f"tests/vectors/{name}.json").read_text("utf-8"))
    return table


def test_both_languages_agree_on_what_is_drawn_by_chance(copy: Path) -> None:
    tables: dict[str, Callable[[], Row]] = {
        "sun": lambda: suns(random.Random(24)),
        "distance": lambda: distances(random.Random(24)),
        "fences": grounds,
        "answers": words,
        "openness": opened,
    }
    written = {name: make() for name, make in tables.items()} | judgements()
    for name, table in written.items():
        (copy / f"tests/vectors/{name}.json").write_text(json.dumps(table), "utf-8")

    passed, said = run(copy / "web", *(f"tests/{name}.test.ts" for name in written))

    assert passed, said[-20_000:]
