"""A map that somebody else serves: named by whoever runs the server, read strictly, and the one address elsewhere."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from server.app import Server
from server.config import SettingError, read_settings
from server.readers.site import file_of, refetching_start

TILES = "https://tiles.example.se/{z}/{x}/{y}.png?key=a-b_c"
CREDIT = "© Somebody"


def named(tiles: str = TILES, credit: str = CREDIT) -> dict[str, str]:
    return {"ROTFASTE_BASE_MAP": tiles, "ROTFASTE_BASE_MAP_CREDIT": credit}


@pytest.fixture(scope="module")
def beside(make_server: Callable[..., Server]) -> Iterator[FlaskClient]:
    server = make_server(**named())
    yield server.test_client()
    server.edge.database.close()


def policy(client: FlaskClient, path: str) -> dict[str, list[str]]:
    """What is allowed, by what it is."""
    written = client.get(path).headers["Content-Security-Policy"]
    return {name: sources for name, *sources in (part.split() for part in written.split(";"))}


class TestPolicy:
    @pytest.mark.parametrize("path", ["/", "/map", "/q/JHXTDZW", "/play/abc", "/sw.js"])
    def test_nothing_elsewhere_is_asked_where_nobody_is_named(self, client: FlaskClient, path: str) -> None:
        sources = {source for several in policy(client, path).values() for source in several}

        assert sources == {"'none'", "'self'", "'wasm-unsafe-eval'", "blob:", "data:"}

    @pytest.mark.parametrize("path", ["/", "/map", "/q/JHXTDZW", "/play/abc", "/sw.js"])
    def test_the_named_host_is_asked_for_pictures_and_nothing_else(
        self, client: FlaskClient, beside: FlaskClient, path: str
    ) -> None:
        without, with_host = policy(client, path), policy(beside, path)

        added = {name: set(with_host[name]) - set(without[name]) for name in with_host}
        assert with_host.keys() == without.keys()
        assert {name: sources for name, sources in added.items() if sources} == {
            "img-src": {"https://tiles.example.se"},
            "connect-src": {"https://tiles.example.se"},
        }

    def test_installed_phones_fetch_the_first_page_anew_when_a_host_is_named(
        self, client: FlaskClient, beside: FlaskClient
    ) -> None:
        """Their service worker keeps it with its headers, for as long as its revision is the same."""
        revisions = [
            re.findall(r'"revision":"([0-9a-f]+)","url":"index.html"', one.get("/sw.js").text)
            for one in (client, beside)
        ]

        assert [len(found) for found in revisions] == [1, 1]
        assert revisions[0] != revisions[1]
        assert client.get("/sw.js").headers["ETag"] != beside.get("/sw.js").headers["ETag"]

    def test_a_worker_that_does_not_keep_the_first_page_is_a_mistake_of_ours(self) -> None:
        with pytest.raises(ValueError, match=r"names index\.html 0 times"):
            refetching_start(file_of("sw.js", b"keep([])"), "https://tiles.example.se")


class TestTold:
    def test_of_nobody(self, client: FlaskClient) -> None:
        assert client.get("/api/v1/basemap").get_json()["named"] is None

    def test_of_a_host_what_phones_need_and_who_learns_of_it(self, beside: FlaskClient) -> None:
        told = beside.get("/api/v1/basemap").get_json()

        assert told["kind"] == "plain"
        assert told["named"] == {"tiles": TILES, "attribution": CREDIT, "host": "tiles.example.se"}


class TestSetting:
    @pytest.mark.parametrize(
        "written, host",
        [
            (TILES, "https://tiles.example.se"),
            ("https://Tiles.Example.se:8443/a/{z}/{y}/{x}", "https://tiles.example.se:8443"),
            ("https://tiles.example.se/wmts?z={z}&x={x}&y={y}", "https://tiles.example.se"),
            ("http://localhost:8080/{z}/{x}/{y}.png", "http://localhost:8080"),
        ],
    )
    def test_one_host_stands_in_it(self, written: str, host: str) -> None:
        settings = read_settings(named(written))

        assert settings.base_map_host == host
        assert settings.base_map is not None
        assert settings.base_map.startswith(f"{host}/")

    def test_nobody_is_named_unless_somebody_does(self) -> None:
        assert read_settings({}).base_map is read_settings({}).base_map_host is None

    @pytest.mark.parametrize(
        "written",
        [
            "tiles.example.se/{z}/{x}/{y}.png",
            "http://tiles.example.se/{z}/{x}/{y}.png",
            "https:///{z}/{x}/{y}.png",
            "https://*.example.se/{z}/{x}/{y}.png",
            "https://{s}.example.se/{z}/{x}/{y}.png",
            "https://a.example.se https://b.example.se/{z}/{x}/{y}.png",
            "https://a.example.se;script-src/{z}/{x}/{y}.png",
            "https://a.example.se/{z}/{x}/{y}.png; script-src *",
            "https://a.example.se/{z}/{x}/{y}.png\r\nX: y",
            "https://somebody:secret@a.example.se/{z}/{x}/{y}.png",
            "https://a.example.se:99999/{z}/{x}/{y}.png",
            "https://a.example.se/{z}/{x}/{y}.png#a",
            "https://a.example.se/{z}/{x}.png",
            "https://a.example.se/{z}/{x}/{y}/{y}.png",
            "https://a.example.se/{z}/{x}/{y}{r}.png",
            "https://a.example.se/{z}/{x}/{y",
            "https://tilés.example.se/{z}/{x}/{y}.png",
            "javascript:alert({z}{x}{y})",
        ],
    )
    def test_anything_else_is_refused_at_the_start_with_what_it_should_be(self, written: str) -> None:
        with pytest.raises(
            SettingError, match=r"(?s)ROTFASTE_BASE_MAP=.*must be like https://tiles\.example\.se/\{z\}"
        ):
            read_settings(named(written))

    @pytest.mark.parametrize("credit", ["<b>x</b>", "&copy; x", "x" * 201, "a\nb", "   "])
    def test_a_credit_is_a_line_of_plain_text(self, credit: str) -> None:
        with pytest.raises(
            SettingError, match=r"(?s)ROTFASTE_BASE_MAP_CREDIT=.*must be a line of plain text"
        ):
            read_settings(named(credit=credit))

    @pytest.mark.parametrize("missing", named())
    def test_a_map_without_a_credit_is_half_of_it(self, missing: str) -> None:
        with pytest.raises(SettingError, match="one needs the other beside it"):
            read_settings({name: text for name, text in named().items() if name != missing})
