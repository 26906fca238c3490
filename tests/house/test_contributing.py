"""The page for newcomers works when it is followed to the letter."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STEP = re.compile(r"<!-- (write|replace): (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
RUN = re.compile(r"<!-- run -->\n```sh\n(.*?)```", re.DOTALL)
NAMED = re.compile(r"\*\*3\. Name it for people,\*\* in every language: `([a-z.]+)`")

# Node and npm come with the tests' packages.
OURS = {
    **os.environ,
    "HYPOTHESIS_PROFILE": "dev",
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
}

SEES_IT = """
import json, msgspec
from hypothesis import find
from quests.model import Stage, read_quest
from quests.moves import Move, read_move
from quests.judge import judge
from quests.tasks import TASK_KINDS
from tests.strategies import tasks

from tests.quests.road import twenty_stages, moves
quest = twenty_stages()
raw = json.loads(msgspec.json.encode(moves(quest, 1)[0]))
stage = {"key": "s0", "tasks": [{"kind": "wave", "key": "hello"}]}
quest = msgspec.structs.replace(quest, stages=(msgspec.convert(stage, Stage),))
move = read_move(raw | {"task": "hello", "body": {"kind": "wave", "waved_back": False}})
print(judge(quest, move).code)
print(find(tasks("t0"), lambda task: task.kind == "wave").kind)
print("wave" in json.dumps(msgspec.json.schema(Stage)))
"""


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout after the steps of "Add a task kind". Tests read it, and leave it as it is."""
    tmp_path = tmp_path_factory.mktemp("followed")
    left_out = shutil.ignore_patterns("__pycache__", ".*", "node_modules", "dist")
    for room in ("geo", "quests", "content", "media", "server", "tests", "seed_data", "docs", "web"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=left_out)
    (tmp_path / "web/node_modules").symlink_to(ROOT / "web/node_modules")
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    steps = STEP.findall(page)
    assert len(steps) == 9
    for what, name, text in steps:
        path = tmp_path / name
        if what == "write":
            assert not path.exists()
            path.write_text(text)
            continue
        old = "\n".join(line[1:] for line in text.splitlines() if line.startswith("-"))
        new = "\n".join(line[1:] for line in text.splitlines() if line.startswith("+"))
        before = path.read_text()
        assert before.count(old) == 1, f"{name} no longer says: {old}"
        path.write_text(before.replace(old, new))
    for path in (tmp_path / "seed_data" / "languages").glob("*.json"):
        texts = json.loads(path.read_text())
        path.write_text(json.dumps({**texts, NAMED.findall(page)[0]: "Wave"}, ensure_ascii=False))
    for command in RUN.findall(page)[0].splitlines():
        ours = command.replace(".venv/bin/python", sys.executable)
        ours = ours.replace("./rotfaste", f"{sys.executable} -m server.cli")
        subprocess.run(ours, shell=True, cwd=tmp_path, env=OURS, check=True)  # noqa: S602  as whoever reads the page does
    return tmp_path


def run(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=copy,
        env=OURS,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_a_task_kind_is_one_file_and_one_name(followed: Path) -> None:
    seen = run(followed, "-c", SEES_IT)

    assert seen.stdout.split() == ["done", "wave", "True"], seen.stderr


def test_what_is_published_of_the_new_kind_is_named_described_and_fresh(followed: Path) -> None:
    tested = run(
        followed,
        *("-m", "pytest", "-q", "-p", "no:cacheprovider"),
        "tests/content/test_languages.py",
        "tests/content/test_seed_quests.py::test_the_published_schema_is_what_the_forms_say",
        "tests/server/api/test_description.py::test_every_field_is_described",
    )
    described = run(followed, "-m", "server.api").stdout

    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "WaveBody" in described
    assert described == (followed / "docs/api/openapi.json").read_text("utf-8")


def test_the_phone_knows_the_new_kind_and_its_defaults(followed: Path) -> None:
    vitest = ROOT / "web/node_modules/vitest/vitest.mjs"
    tested = subprocess.run(
        ["node", vitest, "run", "--root", followed / "web", "tests/forms.test.ts"],
        cwd=followed / "web",
        env={**OURS, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "WaveBody" in (followed / "web/src/api/schema.d.ts").read_text("utf-8")


@pytest.mark.slow
def test_the_phone_misses_nothing_that_the_page_does_not_say(followed: Path) -> None:
    checked = subprocess.run(
        ["node", ROOT / "web/node_modules/svelte-check/bin/svelte-check", "--tsconfig", "./tsconfig.json"],
        cwd=followed / "web",
        env=OURS,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.slow
def test_the_invariants_hold_for_the_new_kind_too(followed: Path) -> None:
    tested = run(
        followed,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-k",
        "keeps",
        "tests/quests/test_invariants.py",
    )

    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "14 passed" in tested.stdout
