"""The pages on security name tests and files that there are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs/security").glob("*.md"))
_NAMED = re.compile(r"`((?:tests|server|media|docs|deploy|requirements|web)/[\w./-]+)(?:::(\w+))?`")


def missing(text: str) -> list[str]:
    """What is named and is not there."""
    gone = []
    for path, test in _NAMED.findall(text):
        file = ROOT / path
        if not file.exists() or (test and f"def {test}(" not in file.read_text("utf-8")):
            gone.append(f"{path}::{test}" if test else path)
    return gone


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_everything_that_is_named_is_there(page: Path) -> None:
    text = page.read_text("utf-8")

    assert missing(text) == []
    assert len(_NAMED.findall(text)) >= 30


def test_what_is_not_there_is_found() -> None:
    assert missing(
        "`tests/nowhere.py` `tests/house/test_security_pages.py::test_of_nothing` `server/app.py`"
    ) == [
        "tests/nowhere.py",
        "tests/house/test_security_pages.py::test_of_nothing",
    ]


def test_every_item_of_the_standard_says_how_it_stands() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|\n").split("|")]
        for line in (ROOT / "docs/security/asvs.md").read_text("utf-8").splitlines()
        if re.match(r"\| \d", line)
    ]

    assert {row[2] for row in rows} == {"met", "partly", "deviation", "no", ""}
    assert all(row[3] for row in rows)
