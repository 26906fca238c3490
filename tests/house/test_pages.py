"""What pages for people name is there: files, and on security the tests that show it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ON_SECURITY = sorted((ROOT / "docs/security").glob("*.md"))
PAGES = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")} - {ROOT / "CHANGELOG.md"})
_ROOMS = "geo|quests|media|content|server|web|tests|docs|deploy|scripts|requirements|seed_data"
#: A file or folder, perhaps with a function in it (`file.py: name`, of a test `file.py::name`). `<kind>` is anybody's own.
_NAMED = re.compile(rf"`((?:{_ROOMS})/[\w./-]*)(?:::? ?(\w+))?`")


_LINKED = re.compile(r"\]\(([\w./-]+)(?:#[^)]*)?\)")


def missing(text: str) -> list[str]:
    """What is named and is not there."""
    gone = []
    for path, name in _NAMED.findall(text):
        file = ROOT / path
        if not file.exists() or (name and f"def {name}(" not in file.read_text("utf-8")):
            gone.append(f"{path}::{name}" if name else path)
    return gone


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_everything_that_is_named_is_there(page: Path) -> None:
    assert missing(page.read_text("utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    text = re.sub(
        "```.*?```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL
    )  # examples lead nowhere
    links = _LINKED.findall(text)

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", ON_SECURITY, ids=lambda page: page.name)
def test_a_page_on_security_names_what_shows_it(page: Path) -> None:
    assert len(_NAMED.findall(page.read_text("utf-8"))) >= 30


def test_what_is_not_there_is_found() -> None:
    assert missing(
        "`tests/nowhere.py` `tests/house/test_pages.py::test_of_nothing` `server/app.py` `server/policy/<kind>.py`"
    ) == [
        "tests/nowhere.py",
        "tests/house/test_pages.py::test_of_nothing",
    ]


def test_every_item_of_the_standard_says_how_it_stands() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|\n").split("|")]
        for line in (ROOT / "docs/security/asvs.md").read_text("utf-8").splitlines()
        if re.match(r"\| \d", line)
    ]

    assert {row[2] for row in rows} == {"met", "partly", "deviation", "no", ""}
    assert all(row[3] for row in rows)
