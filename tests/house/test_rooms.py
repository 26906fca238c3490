"""The rooms of the house: which there are, and what may not happen in those that hold the rules.

Which room may import which is in pyproject.toml, and import-linter keeps it.
"""

import ast
import importlib.util
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
ROOMS = {"server", "content", "media", "quests", "geo"}
PURE_ROOMS = ("geo", "quests")

CLOCK = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime"}
CHANCE = {"uuid1", "uuid4", "urandom", "default_rng", "getrandbits", "token_bytes", "token_hex"}
# A method of a value may have any name; these are asked of a module or a class.
OWNERS = {"datetime", "date", "dt", "time", "uuid", "os", "random", "secrets"}
WORLD = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}


def folders_with_python() -> set[str]:
    return {
        folder.name
        for folder in CHECKOUT.iterdir()
        if folder.is_dir() and not folder.name.startswith(".") and any(_own_python(folder))
    }


def _own_python(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*.py") if "node_modules" not in file.parts]


def impurities(source: str) -> list[str]:
    """What reaches for the clock, for chance or for the world, as `line: name`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name)
            ) if name in CLOCK | CHANCE and owner in OWNERS:
                found.append(f"{node.lineno}: {name}")
            case ast.Call(func=ast.Name(id=name)) if name in WORLD | CHANCE:
                found.append(f"{node.lineno}: {name}")
            case ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="random"):
                found.append(f"{node.lineno}: numpy.random")
            case ast.ImportFrom(module="numpy", names=names) if any(name.name == "random" for name in names):
                found.append(f"{node.lineno}: numpy.random")
    return found


def test_python_lives_in_the_rooms_and_in_the_tests() -> None:
    assert folders_with_python() <= ROOMS | {"tests"}


def test_every_room_is_ours_and_not_an_installed_package_of_that_name() -> None:
    for room in ROOMS & folders_with_python():
        spec = importlib.util.find_spec(room)
        assert spec is not None, room
        assert spec.origin is not None, f"{room} has no __init__.py"
        assert Path(spec.origin).resolve().is_relative_to(CHECKOUT), spec.origin


def test_import_linter_watches_every_room() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))

    assert set(project["tool"]["importlinter"]["root_packages"]) == ROOMS & folders_with_python()


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_rules_take_time_and_chance_as_arguments_and_touch_nothing(room: str) -> None:
    files = _own_python(CHECKOUT / room)
    found = [
        f"{file.relative_to(CHECKOUT)}:{what}"
        for file in files
        for what in impurities(file.read_text("utf-8"))
    ]

    assert files
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime, UTC\ndatetime.now(UTC)",
        "import datetime as dt\ndt.datetime.now()",
        "import datetime\ndatetime.date.today()",
        "import time\ntime.time()",
        "import uuid\nuuid.uuid4()",
        "from uuid import uuid4\nuuid4()",
        "import os\nos.urandom(8)",
        "open('file')",
        "print('here')",
        "import numpy as np\nnp.random.default_rng(1)",
        "from numpy import random",
    ],
)
def test_the_watch_sees_what_it_is_for(source: str) -> None:
    assert impurities(source)


@pytest.mark.parametrize("source", ["fix.time()", "season.open()", "when = move.made_at\nrules.now(when)"])
def test_the_watch_lets_words_of_the_game_pass(source: str) -> None:
    assert impurities(source) == []
