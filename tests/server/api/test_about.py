"""The pages on privacy, terms and accessibility, as a browser gets them."""

import re
import string
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import get_args

import pytest
from flask.testing import FlaskClient

from content.readability import EASY_LIX, EASY_SENTENCE_WORDS, lix, sentences, words
from server.app import Server
from server.pages.about import PAGES, Name, Page, Show, labels, texts
from server.stores import mine
from server.tables.purposes import PURPOSES
from server.use_cases.about import figures
from server.use_cases.erase import REGRET
from server.use_cases.forget import POSITIONS_KEPT
from tests.server.api.test_welcome import Outline

LANGUAGES = ("en", "sv", "sv-simple")
EVERYWHERE = [(name, language) for name in PAGES for language in LANGUAGES]
NOT_FILLED_IN = {language: labels()[language].not_filled_in for language in LANGUAGES}

OPERATOR = """
organisation_number = "212000-2460"
read_by_lawyer = 2027-01-31
assessed_on = 2027-02-01
assessed_how = { sv = "Egen granskning <med> & utan syn.", en = "Our own look." }
[contact]
name = "Bräcke <kommun> & co"
email = "kommun@bracke.example"
phone = "+46 693-161 00"
[data_protection_officer]
email = "ombud@bracke.example"
[feedback]
email = "svart@bracke.example"
"""


def said(page: Page) -> list[str]:
    return [page.lead, *(text for part in page.parts for text in (part.heading, *part.text, *part.list))]


def plain(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())


def filled_in(make_server: Callable[..., Server], folder: Path, more: str = "") -> FlaskClient:
    file = folder / "operator.toml"
    file.write_text(OPERATOR + more, "utf-8")
    return make_server(ROTFASTE_OPERATOR=str(file)).test_client()


@pytest.mark.parametrize("name, language", EVERYWHERE)
def test_a_page_is_whole_in_its_language_and_runs_nothing(
    client: FlaskClient, name: Name, language: str
) -> None:
    answer = client.get(f"/about/{name}?lang={language}")
    outline = Outline(answer.text)

    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == language
    assert answer.content_type == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script|javascript:|\son\w+=|style=", answer.text)
    assert outline.open == []
    assert [one["lang"] for tag, one in outline.seen if tag == "html"] == [language]
    assert len([tag for tag, _ in outline.seen if tag == "h1"]) == 1
    parts = [part for part in texts()[name][language].parts if part.when != "named-map"]
    assert len([tag for tag, _ in outline.seen if tag == "h2"]) == len(parts)
    assert not re.search(r"[{}]", answer.text)
    others = {one["href"] for tag, one in outline.seen if tag == "a"}
    assert {f"{other}?lang={language}" for other in PAGES} | {
        f"{name}?lang={tag}" for tag in LANGUAGES
    } <= others


@pytest.mark.parametrize("name, language", EVERYWHERE)
def test_what_nobody_filled_in_is_said_to_be_so_and_that_it_is_a_draft(
    client: FlaskClient, name: Name, language: str
) -> None:
    page = plain(client.get(f"/about/{name}?lang={language}").text)

    assert labels()[language].draft in page
    assert NOT_FILLED_IN[language] in page


def test_the_operators_own_words_stand_on_the_pages_and_nothing_in_them_is_markup(
    make_server: Callable[..., Server], tmp_path: Path
) -> None:
    bases = "".join(f"[legal_basis.{one.key}]\nsv = 'Grund {one.key}.'\n" for one in PURPOSES if one.people)
    client = filled_in(make_server, tmp_path, bases)

    privacy = client.get("/about/privacy?lang=sv").text
    access = client.get("/about/accessibility?lang=en").text

    assert "Bräcke &lt;kommun&gt; &amp; co" in privacy
    assert 'href="mailto:kommun@bracke.example"' in privacy
    assert 'href="tel:+4669316100"' in privacy
    assert 'href="mailto:ombud@bracke.example"' in privacy
    assert "Grund play." in privacy
    assert "Läst av huvudmannens jurist den 31 januari 2027." in privacy
    assert NOT_FILLED_IN["sv"] not in privacy
    assert "1 February 2027" in access
    assert "Our own look." in access
    assert 'href="mailto:svart@bracke.example"' in access
    assert 'href="https://www.digg.se/tdosanmalan"' in access


def test_a_basis_that_is_missing_is_seen_beside_those_that_are_there(
    make_server: Callable[..., Server], tmp_path: Path
) -> None:
    client = filled_in(make_server, tmp_path, "[legal_basis.play]\nsv = 'Grund.'\n")

    page = plain(client.get("/about/privacy?lang=sv").text)

    assert "Att spela rundor Grund. Märken Inte ifyllt av huvudmannen." in page


def test_without_an_address_for_faults_they_go_to_whoever_answers(
    make_server: Callable[..., Server], tmp_path: Path
) -> None:
    (tmp_path / "operator.toml").write_text("[contact]\nname='X'\nemail='x@y.example'\n", "utf-8")
    client = make_server(ROTFASTE_OPERATOR=str(tmp_path / "operator.toml")).test_client()

    feedback = client.get("/about/accessibility?lang=en").text.partition("Tell us what is hard")[2]

    assert "mailto:x@y.example" in feedback.partition("</section>")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_the_map_comes_from_is_said_as_it_is_set(
    make_server: Callable[..., Server], client: FlaskClient, language: str
) -> None:
    named = make_server(
        ROTFASTE_BASE_MAP="https://tiles.example.se/{z}/{x}/{y}.png", ROTFASTE_BASE_MAP_CREDIT="Somebody"
    ).test_client()
    own_map, named_map = (
        next(part.heading for part in texts()["privacy"][language].parts if part.when == when)
        for when in ("own-map", "named-map")
    )

    usual, other = (plain(one.get(f"/about/privacy?lang={language}").text) for one in (client, named))

    assert own_map in usual
    assert named_map not in usual
    assert named_map in other
    assert "tiles.example.se" in other
    assert own_map not in other


def test_figures_are_those_in_force(client: FlaskClient) -> None:
    page = plain(client.get("/about/privacy?lang=en").text)

    assert f"Positions: {POSITIONS_KEPT.days} days." in page
    assert f"Regret erasing, for {REGRET.days} days." in page
    assert "under Me: What is stored about me." in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_thing_that_is_kept_of_a_player_is_named(client: FlaskClient, language: str) -> None:
    tables = [table for table, _ in mine.personal() if mine.exported(table)]
    page = client.get(f"/about/privacy?lang={language}").text
    part = next(
        heading.partition("</section>")[0]
        for heading in page.split("<section>")
        if texts()["privacy"][language].parts[3].heading in unescape(heading)
    )

    assert texts()["privacy"][language].parts[3].show == "stored"
    assert part.count("<li>") == len(tables) > 5


def test_who_reads_another_language_is_told_and_gets_english(client: FlaskClient) -> None:
    arabic, english = client.get("/about/terms?lang=ar"), client.get("/about/terms?lang=en-GB")

    assert arabic.headers["Content-Language"] == "en"
    assert labels()["en"].only_here in arabic.text
    assert labels()["en"].only_here not in english.text
    assert 'dir="ltr"' in arabic.text


def test_a_page_that_there_is_none_of_is_not_found(client: FlaskClient) -> None:
    for path in ("/about/cookies", "/about/labels", "/about/..%2flabels", "/about/"):
        assert client.get(path).status_code == 404, path


def test_it_is_not_sent_again_to_who_has_it(client: FlaskClient) -> None:
    first = client.get("/about/terms?lang=sv")

    assert (
        client.get("/about/terms?lang=sv", headers={"If-None-Match": first.headers["ETag"]}).status_code
        == 304
    )


def test_its_style_is_served(client: FlaskClient) -> None:
    page = client.get("/about/terms").text
    sheets = re.findall(r'rel="stylesheet" href="\.\.(/api/v1/pages/[a-z.]+)"', page)

    assert len(sheets) == 2
    assert [client.get(sheet).status_code for sheet in sheets] == [200, 200]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_the_same_in_every_language(name: Name) -> None:
    def names(page: Page) -> set[str]:
        return {
            part
            for text in said(page)
            for _, part, _, _ in string.Formatter().parse(text)
            if part is not None
        }

    by_language = texts()[name]

    assert tuple(by_language) == LANGUAGES
    for page in by_language.values():
        assert [part.show for part in page.parts] == [part.show for part in by_language["en"].parts]
        assert names(page) == names(by_language["en"])
        assert [part.when for part in page.parts] == [part.when for part in by_language["en"].parts]
        assert names(page) <= {*figures(), "me", "stored", "map_host"}


def test_labels_are_there_in_every_language_and_name_every_purpose() -> None:
    of_people = {purpose.key for purpose in PURPOSES if purpose.people}

    assert tuple(labels()) == LANGUAGES
    for language, told in labels().items():
        assert set(told.purposes) == of_people, (
            f"seed_data/pages/about/labels.toml, [{language}.purposes]: a name for each purpose of"
            " server/tables/purposes.py that has data of people, and no other."
        )


def test_everything_that_can_be_shown_is_shown_somewhere() -> None:
    shown = {part.show for name in PAGES for part in texts()[name]["en"].parts} - {None}

    assert shown == set(get_args(Show))


@pytest.mark.parametrize("name", PAGES)
def test_easy_swedish_is_easy(name: Name) -> None:
    texts_said = said(texts()[name]["sv-simple"])

    assert lix("\n\n".join(texts_said)) <= EASY_LIX
    for text in texts_said:
        assert all(len(words(sentence)) <= EASY_SENTENCE_WORDS for sentence in sentences(text)), text
