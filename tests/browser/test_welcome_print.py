"""The welcome page on paper: one A4 sheet, with how to begin at its top. Printed by Chromium, pages counted."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from server.app import Server
from server.cli.seed import SEED_DATA, load_seed
from server.pages import STYLES
from server.pages.welcome import Group, Shown, address_square, page

# The application over a database, as the server's own tests use it.
from tests.server.api.conftest import log, make_server, server, worker_log, worker_server  # noqa: F401
from tests.server.api.things import NOW
from tests.server.conftest import (  # noqa: F401  fixtures are found by their names
    clean_database,
    database,
    database_url,
    migrated_template,
    run_folder,
    test_cluster,
)

CHROMIUM = shutil.which("chromium")
LANGUAGES = ("sv", "sv-simple", "en", "uk", "ar")
PLACES = ("Bräcke", "Östersund", "Krokom")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
)
A4_PT = (595, 842)
WITHIN_S = 120


def printed(html: bytes, folder: Path) -> list[tuple[int, int]]:
    """Width and height of each page. [pt]"""
    styles = folder / "api/v1/pages"
    styles.mkdir(parents=True, exist_ok=True)
    for name, style in STYLES.items():
        (styles / name).write_bytes(style)
    (folder / "welcome.html").write_bytes(html)
    made = folder / "page.pdf"
    made.unlink(missing_ok=True)
    subprocess.run(
        [
            str(CHROMIUM),
            *FLAGS,
            f"--user-data-dir={folder / 'profile'}",
            f"--print-to-pdf={made}",
            (folder / "welcome.html").as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=WITHIN_S,
    )
    boxes = re.findall(
        rb"/Type /Page\b.*?/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", made.read_bytes(), re.DOTALL
    )
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def on_one_sheet(pages: list[tuple[int, int]]) -> bool:
    return len(pages) == 1 and all(abs(a - b) <= 1 for a, b in zip(pages[0], A4_PT, strict=True))


def test_what_is_near_fits_one_sheet_in_every_language(
    server: Server,  # noqa: F811
    tmp_path: Path,
) -> None:
    load_seed(server.edge.database, SEED_DATA, NOW)
    client = server.test_client()
    pages = {}
    for place in PLACES:
        for language in LANGUAGES:
            answer = client.get("/welcome", query_string={"place": place, "lang": language})
            assert answer.text.index('class="square"') < answer.text.index("<article")
            pages[place, language] = printed(answer.data, tmp_path)

    assert [one for one, found in pages.items() if not on_one_sheet(found)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_texts_that_quests_may_have_fit_one_sheet(tmp_path: Path, language: str) -> None:
    word = "اختبارات" if language == "ar" else "найдовших" if language == "uk" else "långtitel"
    facts = [f"{word} {word} 1" for _ in range(8)]

    def long(letters: int) -> str:
        return (f"{word} " * letters)[:letters]

    things = [Shown(long(120), long(600), language, "JH22222", facts) for _ in range(4)]
    html = page(
        language,
        heading=long(60),
        when=long(60),
        light=long(60),
        how=long(20),
        begin=long(120),
        groups=[Group(name, long(20), things) for name in ("here", "walk", "ride")],
        address="http://localhost:8080",
        square=address_square("http://localhost:8080"),
        keeps_nothing=long(100),
    )

    assert on_one_sheet(printed(html, tmp_path))


def test_the_counting_counts(tmp_path: Path) -> None:
    html = page("en", heading="Two", groups=[Group("here", "x" * 10, [])], nothing="<br>", when="", light="")
    two = html.replace(b"</main>", b'<p style="break-before: page">More.</p></main>')

    assert [len(printed(one, tmp_path)) for one in (html, two)] == [1, 2]
