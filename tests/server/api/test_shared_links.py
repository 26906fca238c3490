"""What a link to a quest shows where it is shared: words and a picture of it, and a code to read it off."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from io import BytesIO

import msgspec
import psycopg
import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image

from quests.model import QuestTexts
from server.api import phone
from server.app import Server
from server.readers.fonts import read_fonts
from server.readers.site import Site, read_site
from server.stores.quests import Version
from tests.server.api.things import make_generic, make_tips, make_trail, problem, publish_all

PUBLIC = "https://quest.example.se"
HOSTILE = "Bron \"></title><script>alert(1)</script> \u202eevil\u2066 ' & \\1 <!-- ]]>"


class Head(HTMLParser):
    """The tags of a page as a browser takes them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.title = ""
        self._in_title = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_title = tag == "title"

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data

    def meta(self, name: str) -> list[str | None]:
        return [
            attrs.get("content")
            for tag, attrs in self.tags
            if tag == "meta" and name in {attrs.get("name"), attrs.get("property")}
        ]


@pytest.fixture
def public(make_server: Callable[..., Server], database: str) -> Iterator[Server]:
    public = make_server(ROTFASTE_PUBLIC_ADDRESS=PUBLIC, DATABASE_URL=database)
    yield public
    public.edge.database.close()


def shown(server: Server, version: Version) -> Version:
    publish_all(server, version)
    return version


def called(version: Version, title: str, summary: str = "En väg.") -> Version:
    texts = {
        tag: QuestTexts(title=title, summary=summary, stages=told.stages)
        for tag, told in version.quest.texts.items()
    }
    return Version(msgspec.structs.replace(version.quest, texts=texts), version.secrets)


def test_a_link_says_what_the_quest_is_called(public: Server) -> None:
    quest = shown(public, make_trail()).quest

    answer = public.test_client().get(f"/q/{quest.code}", headers={"Accept-Language": "en-GB, sv;q=0.5"})
    head = Head(answer.text)

    title = quest.texts["en"].title
    assert head.title == f"{title} · Rotfäste"
    assert head.meta("og:title") == head.meta("twitter:title") == [title]
    assert head.meta("description") == head.meta("og:description") == ["Count the arches."]
    assert head.meta("og:url") == [f"{PUBLIC}/q/{quest.code}"]
    assert ("link", {"rel": "canonical", "href": f"{PUBLIC}/q/{quest.code}"}) in head.tags
    assert head.meta("og:locale") == ["en_GB"]
    assert head.meta("og:locale:alternate") == ["sv_SE"]
    assert head.meta("twitter:card") == ["summary_large_image"]
    assert '<div id="app">' in answer.text
    assert answer.headers["Content-Language"] == "en"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert {"Accept-Language", "Accept-Encoding"} <= set(answer.headers["Vary"].split(", "))


def test_the_language_of_the_address_comes_before_the_askers(public: Server) -> None:
    quest = shown(public, make_trail()).quest
    answer = public.test_client().get(f"/q/{quest.code}?lang=sv", headers={"Accept-Language": "en"})

    assert Head(answer.text).meta("og:title") == [quest.texts["sv"].title]


def test_the_picture_that_the_page_names_is_there(public: Server) -> None:
    quest, client = shown(public, make_trail()).quest, public.test_client()

    (address,) = Head(client.get(f"/q/{quest.code}").text).meta("og:image")
    assert address is not None
    answer = client.get(address.removeprefix(PUBLIC))

    assert answer.status_code == 200
    assert answer.mimetype == "image/png"
    assert Image.open(BytesIO(answer.data)).size == (1200, 630)
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    again = client.get(address.removeprefix(PUBLIC), headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_another_title_is_another_picture_under_another_address(public: Server) -> None:
    client = public.test_client()
    one, other = (shown(public, called(make_generic(), title)).quest for title in ("Bron", "Ån"))

    addresses = [
        Head(client.get(f"/q/{quest.code}").text).meta("og:image")[0] or "" for quest in (one, other)
    ]
    pictures = [client.get(address.removeprefix(PUBLIC)).data for address in addresses]

    assert pictures[0] != pictures[1]
    assert addresses[0].rpartition("v=")[2] != addresses[1].rpartition("v=")[2]


def test_every_kind_of_quest_has_a_picture(public: Server) -> None:
    for version in (make_trail(), make_generic(), make_tips()):
        assert (
            public.test_client().get(f"/q/{shown(public, version).quest.code}/preview.png").status_code == 200
        )


def test_whatever_a_quest_is_called_it_stays_words(public: Server) -> None:
    quest, client = shown(public, called(make_generic(), HOSTILE, HOSTILE)).quest, public.test_client()

    page = client.get(f"/q/{quest.code}").text
    plain = client.get("/").text
    head = Head(page)

    words = "Bron \"></title><script>alert(1)</script> evil ' & \\1 <!-- ]]>"
    assert head.title == f"{words} · Rotfäste"
    assert head.meta("og:title") == head.meta("og:description") == [words]
    scripts = [attrs for tag, attrs in head.tags if tag == "script"]
    assert scripts == [attrs for tag, attrs in Head(plain).tags if tag == "script"]
    assert page.count("<title>") == page.count("</title>") == 1
    page = page.replace(f"?about={quest.code}&amp;lang=sv", "")  # what the notice form is told
    assert re.sub(r"(?s)<title>.*?<meta name=\"theme-color\"", "", page) == re.sub(
        r"(?s)<title>.*?<meta name=\"theme-color\"", "", plain
    )
    assert client.get(f"/q/{quest.code}/preview.png").status_code == 200


def test_what_changes_the_page_changes_its_tag(public: Server) -> None:
    quest, client = shown(public, make_trail()).quest, public.test_client()
    sv, en, plain = (client.get(at) for at in (f"/q/{quest.code}?lang=sv", f"/q/{quest.code}?lang=en", "/"))

    tags = {answer.headers["ETag"] for answer in (sv, en, plain)}
    known = client.get(f"/q/{quest.code}?lang=sv", headers={"If-None-Match": sv.headers["ETag"]})

    assert len(tags) == 3
    assert known.status_code == 304
    assert (
        client.get(f"/q/{quest.code}?lang=en", headers={"If-None-Match": sv.headers["ETag"]}).status_code
        == 200
    )


@pytest.mark.parametrize("code", ["JH22222", "nothing", "JH.@-", "jh22222"])
def test_of_a_quest_that_is_not_there_nothing_is_said(code: str, public: Server) -> None:
    client = public.test_client()

    assert client.get(f"/q/{code}").data == client.get("/").data
    assert problem(client.get(f"/q/{code}/preview.png")) == "unknown-quest"
    assert problem(client.get(f"/q/{code}/qr.svg")) == "unknown-quest"


def test_of_a_withdrawn_quest_nothing_is_said_any_more(public: Server) -> None:
    quest, client = shown(public, make_trail()).quest, public.test_client()
    with psycopg.connect(public.edge.settings.database_url) as connection:
        connection.execute("DELETE FROM shown.quests WHERE id = %s", [quest.id])

    assert client.get(f"/q/{quest.code}").data == client.get("/").data
    assert problem(client.get(f"/q/{quest.code}/preview.png")) == "unknown-quest"


def test_the_app_is_there_without_a_database(public: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise psycopg.OperationalError("gone")

    monkeypatch.setattr(phone.quests, "describe", gone)

    assert public.test_client().get("/q/JH22222").status_code == 200
    assert problem(public.test_client().get("/q/JH22222/preview.png")) == "database-gone"


def test_without_the_fonts_a_link_has_words_alone(public: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    quest = shown(public, make_trail()).quest
    monkeypatch.setattr(phone, "fonts", lambda: None)

    head = Head(public.test_client().get(f"/q/{quest.code}").text)

    assert head.meta("og:image") == []
    assert head.meta("twitter:card") == ["summary"]
    assert problem(public.test_client().get(f"/q/{quest.code}/preview.png")) == "not-found"


def test_a_page_without_a_title_of_its_own_stays_as_it_is(
    public: Server, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("dist")
    (folder / "index.html").write_text("<p>old")
    quest = shown(public, make_trail()).quest
    other: Site = read_site(folder)
    monkeypatch.setattr(phone, "site", lambda: other)

    assert public.test_client().get(f"/q/{quest.code}").text == "<p>old"


def test_what_repeats_a_host_of_the_askers_saying_is_kept_by_no_shared_cache(
    server: Server, client: FlaskClient
) -> None:
    quest = shown(server, make_trail()).quest

    for path in (f"/q/{quest.code}", f"/q/{quest.code}/qr.svg"):
        answer = client.get(path, headers={"Host": "elsewhere.example"})
        assert answer.headers["Cache-Control"].startswith("private"), path
    assert "elsewhere.example" not in client.get("/", headers={"Host": "elsewhere.example"}).text


def test_the_code_reads_back_as_the_quests_address(public: Server) -> None:
    quest = shown(public, make_trail()).quest

    answer = public.test_client().get(f"/q/{quest.code.lower()}/qr.svg")

    assert answer.mimetype == "image/svg+xml"
    squares, quiet = drawn(answer.text)
    assert quiet == 4
    (read,) = zxingcpp.read_barcodes(squares)
    assert read.text == f"{PUBLIC}/q/{quest.code}"
    width_mm = float(re.findall(r'width="([0-9.]+)mm"', answer.text)[0])
    assert 30 < width_mm < 60, "large enough to be printed and read"


def drawn(svg: str) -> tuple[Image.Image, int]:
    """The picture of a QR code that segno drew as strokes along rows; and how many modules are quiet around it."""
    scale = float(re.findall(r'transform="scale\(([0-9.]+)\)"', svg)[0])
    modules = round(float(re.findall(r'width="([0-9.]+)mm"', svg)[0]) / scale)
    (path,) = re.findall(r'd="(M[^"]+h[^"]+m[^"]+)"', svg)
    picture = Image.new("L", (modules, modules), 255)
    x, y, first = 0.0, 0.0, modules
    for command, given in re.findall(r"([Mmh])([-0-9. ]+)", path):
        numbers = [float(number) for number in re.findall(r"-?[0-9.]+", given)]
        if command == "h":
            for column in range(int(x), int(x + numbers[0])):
                picture.putpixel((column, int(y)), 0)
            first = min(first, int(x))
            x += numbers[0]
        elif command == "M":
            x, y = numbers
        else:
            x, y = x + numbers[0], y + numbers[1]
    return picture.resize((modules * 8, modules * 8), Image.Resampling.NEAREST), first


def test_the_fonts_are_those_of_the_app() -> None:
    assert read_fonts(phone.CHECKOUT / "web/node_modules") is not None
