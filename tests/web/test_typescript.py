"""The TypeScript, run by the Node of the virtual environment: `make test` is one command for both languages."""

import json
import random
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from geo.positions import Position
from geo.sun import CIVIL_DEG, SUNRISE_DEG, elevation_deg, light, next_crossing

CHECKOUT = Path(__file__).resolve().parents[2]
NODE = Path(sys.executable).parent / "node"


def run(web: Path) -> tuple[bool, str]:
    """Whether all of its tests pass, and what Node said."""
    done = subprocess.run(
        [NODE, "--test", "tests/**/*.test.ts"],
        cwd=web,
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
    return tmp_path


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), "utf-8")


def test_typescript_agrees_with_the_vectors() -> None:
    passed, said = run(CHECKOUT / "web")

    assert passed, said


def test_a_vector_that_fails_is_named_with_its_why(copy: Path) -> None:
    edit(copy / "tests/vectors/sun.json", '"2026-12-21T13:18:17Z"', '"2026-12-21T13:18:18Z"')

    passed, said = run(copy / "web")

    assert not passed
    assert "✖ sunset in December: Östersund" in said
    assert "2026-12-21T13:18:17.000Z" in said


@pytest.mark.parametrize(
    "right, wrong",
    [
        ("midnightDeg - 180 + position.lon", "midnightDeg - 180 - position.lon"),
        ("below === rising", "below !== rising"),
        (">= CIVIL_DEG", ">= SUNRISE_DEG"),
        ("Math.floor(secondsOf(at))", "Math.ceil(secondsOf(at))"),
    ],
)
def test_the_vectors_catch_wrong_typescript(copy: Path, right: str, wrong: str) -> None:
    edit(copy / "web/src/geo/sun.ts", right, wrong)

    passed, _ = run(copy / "web")

    assert not passed


def test_no_rows_are_no_success(copy: Path) -> None:
    (copy / "tests/vectors/sun.json").write_text('{"elevations": [], "lights": [], "crossings": []}', "utf-8")

    passed, said = run(copy / "web")

    assert not passed
    assert "has no rows" in said


def test_both_languages_see_the_same_sun_anywhere_and_at_any_time(copy: Path) -> None:
    """Heights to a millionth of a second of arc, crossings to the very second."""
    chance = random.Random(24)
    rows: dict[str, list[dict[str, Any]]] = {"elevations": [], "lights": [], "crossings": []}
    for number in range(1_000):
        at = datetime(1900, 1, 1, tzinfo=UTC) + timedelta(milliseconds=chance.randrange(200 * 31_556_952_000))
        lat = chance.uniform(61.5, 65.2) if number % 2 else chance.uniform(-90.0, 90.0)
        here = Position(chance.uniform(-180.0, 180.0), lat)
        row = {
            "name": str(number),
            "why": "by chance",
            "at": at.isoformat(),
            "lon": here.lon,
            "lat": here.lat,
        }
        height_deg, rising = chance.choice((SUNRISE_DEG, CIVIL_DEG)), chance.random() < 0.5
        crossing = next_crossing(at, here, height_deg, rising=rising)
        rows["elevations"].append(row | {"elevation_deg": elevation_deg(at, here), "tolerance_deg": 1e-9})
        rows["lights"].append(row | {"light": light(at, here)})
        rows["crossings"].append(
            row
            | {
                "elevation_deg": height_deg,
                "rising": rising,
                "crossing": crossing and crossing.isoformat(),
            }
        )
    (copy / "tests/vectors/sun.json").write_text(json.dumps(rows), "utf-8")

    passed, said = run(copy / "web")

    assert passed, said
