"""The base map as phones read it: by pieces of one file, by tiles, and told of."""

import gzip
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from geo.tiles import Tile
from server.api import basemap
from server.app import Server
from server.cli.seed import SEED_DATA, load_seed
from tests.server.api.things import NOW
from tests.server.maps import TILE_OF_NEAR, TILES, laid_map, lay

NEAR = f"/tiles/base/{TILE_OF_NEAR.z}/{TILE_OF_NEAR.x}/{TILE_OF_NEAR.y}.mvt"


@pytest.fixture
def laid(server: Server) -> Iterator[str]:
    with laid_map(server.edge.base_maps) as found:
        yield f"/basemap/{found}.pmtiles"


def said(client: FlaskClient) -> Any:
    answer = client.get("/api/v1/basemap")
    assert answer.status_code == 200
    return answer.get_json()


class TestTold:
    def test_of_nothing_a_plain_map_is_drawn(self, client: FlaskClient) -> None:
        told = said(client)

        assert told["kind"] == "plain"
        assert told["file"] is None
        assert [one.rpartition("/tiles/")[2] for one in told["tilejson"]] == [
            "municipalities.json",
            "water.json",
            "places.json",
        ]
        for address in told["tilejson"]:
            assert client.get(address).status_code == 200

    def test_the_credit_of_a_plain_map_is_that_of_its_layers(
        self, client: FlaskClient, server: Server
    ) -> None:
        load_seed(server.edge.database, SEED_DATA, NOW)
        told = said(client)

        layers = [client.get(address).get_json()["attribution"] for address in told["tilejson"]]
        assert told["attribution"] == "; ".join(layers)

    def test_of_an_imported_one_what_it_is(self, client: FlaskClient, laid: str) -> None:
        told = said(client)
        file = told["file"]

        assert told["kind"] == "imported"
        assert told["attribution"] == "somebody"
        assert file["pmtiles"] == f"http://localhost{laid}"
        assert file["bytes"] == len(client.get(laid).data)
        assert (file["minzoom"], file["maxzoom"]) == (5, 14)
        assert file["bounds"] == [14.5, 63.1, 14.7, 63.3]
        assert file["data_at"] == "2026-11-01T00:00:00Z"
        assert file["imported_at"] == "2026-11-20T12:00:00Z"
        assert [layer["id"] for layer in file["vector_layers"]] == ["water"]

    def test_it_is_known_again_until_it_changes(self, client: FlaskClient, server: Server, laid: str) -> None:
        tag = client.get("/api/v1/basemap").headers["ETag"]
        assert client.get("/api/v1/basemap", headers={"If-None-Match": tag}).status_code == 304

        lay(server.edge.base_maps, {TILE_OF_NEAR: b"other"})

        assert client.get("/api/v1/basemap", headers={"If-None-Match": tag}).status_code == 200


class TestFile:
    def test_its_address_is_its_content_and_it_may_be_kept_for_ever(
        self, client: FlaskClient, laid: str
    ) -> None:
        answer = client.get(laid)

        assert hashlib.sha256(answer.data).hexdigest() == laid[9:73]
        assert answer.data.startswith(b"PMTiles\x03")
        assert answer.headers["Content-Length"] == str(len(answer.data))
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert answer.headers["Content-Type"] == "application/vnd.pmtiles"

    def test_it_is_for_our_own_pages(self, client: FlaskClient, laid: str) -> None:
        headers = client.get(laid, headers={"Origin": "https://elsewhere.example"}).headers

        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in headers

    def test_it_is_known_again(self, client: FlaskClient, laid: str) -> None:
        tag = client.get(laid).headers["ETag"]

        again = client.get(laid, headers={"If-None-Match": tag})

        assert (again.status_code, again.data) == (304, b"")

    def test_asked_for_its_head_it_says_how_long_it_is(self, client: FlaskClient, laid: str) -> None:
        answer = client.head(laid)

        assert answer.data == b""
        assert answer.headers["Content-Length"] == str(len(client.get(laid).data))
        assert answer.headers["Accept-Ranges"] == "bytes"

    @pytest.mark.parametrize(
        "asked, first, after",
        [
            ("0-126", 0, 127),
            ("100-", 100, None),
            ("-20", -20, None),
            ("7-7", 7, 8),
            ("50-99999999", 50, None),
        ],
    )
    def test_a_piece_of_it(
        self, client: FlaskClient, laid: str, asked: str, first: int, after: int | None
    ) -> None:
        whole = client.get(laid).data

        answer = client.get(laid, headers={"Range": f"bytes={asked}"})

        assert answer.status_code == 206
        assert answer.data == whole[first:after]
        begins = first % len(whole)
        assert (
            answer.headers["Content-Range"] == f"bytes {begins}-{begins + len(answer.data) - 1}/{len(whole)}"
        )
        assert answer.headers["ETag"] == f'"{laid[9:73]}"'

    def test_a_large_piece_is_cut_and_says_so(
        self, client: FlaskClient, laid: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(basemap, "PIECE_MOST_BYTES", 50)
        whole = client.get(laid).data

        answer = client.get(laid, headers={"Range": "bytes=10-"})

        assert answer.data == whole[10:60]
        assert answer.headers["Content-Range"] == f"bytes 10-59/{len(whole)}"

    @pytest.mark.parametrize("asked", ["bytes=999999-", "bytes=999999-1000000"])
    def test_a_piece_that_there_is_not(self, client: FlaskClient, laid: str, asked: str) -> None:
        answer = client.get(laid, headers={"Range": asked})

        assert answer.status_code == 416
        assert answer.get_json()["type"] == "/problems/bad-range"
        assert answer.headers["Content-Range"] == f"bytes */{len(client.get(laid).data)}"

    @pytest.mark.parametrize(
        "asked", ["bytes=0-1,5-6", "lines=1-2", "bytes", "bytes=b-a", "bytes=5-2", "bytes=-0", "", "å"]
    )
    def test_what_is_no_single_piece_gets_the_whole(self, client: FlaskClient, laid: str, asked: str) -> None:
        assert client.get(laid, headers={"Range": asked}).status_code == 200

    def test_a_piece_of_another_file_is_the_whole_of_this(self, client: FlaskClient, laid: str) -> None:
        def status(condition: str) -> int:
            return client.get(laid, headers={"Range": "bytes=0-1", "If-Range": condition}).status_code

        assert status(f'"{laid[9:73]}"') == 206
        assert status('"other"') == 200

    @pytest.mark.parametrize("name", ["a" * 64, "current", "../map.json", "A" * 64, "a" * 63])
    def test_another_one_there_is_not(self, client: FlaskClient, laid: str, name: str) -> None:
        assert client.get(f"/basemap/{name}.pmtiles").status_code in {400, 404}

    def test_the_one_before_is_read_to_its_end(self, client: FlaskClient, server: Server, laid: str) -> None:
        lay(server.edge.base_maps, {TILE_OF_NEAR: b"other"}, before=laid[9:73])

        assert client.get(laid, headers={"Range": "bytes=0-126"}).status_code == 206

    def test_of_nothing_there_is_none(self, client: FlaskClient) -> None:
        answer = client.get(f"/basemap/{'a' * 64}.pmtiles")

        assert answer.status_code == 404
        assert answer.get_json()["type"] == "/problems/no-such-map"


class TestTiles:
    def test_one_comes_as_it_lies_in_the_file(self, client: FlaskClient, laid: str) -> None:
        answer = client.get(NEAR, headers={"Accept-Encoding": "br, gzip"})

        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(answer.data) == TILES[TILE_OF_NEAR]
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"

    @pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip; q=0.0, br", "x-gzipped"])
    def test_who_cannot_unpack_it_gets_it_unpacked(
        self, client: FlaskClient, laid: str, accepted: str
    ) -> None:
        answer = client.get(NEAR, headers={"Accept-Encoding": accepted})

        assert "Content-Encoding" not in answer.headers
        assert answer.data == TILES[TILE_OF_NEAR]

    def test_the_two_forms_are_not_taken_for_each_other(self, client: FlaskClient, laid: str) -> None:
        tags = [client.get(NEAR, headers={"Accept-Encoding": one}).headers["ETag"] for one in ("gzip", "")]
        assert tags[0] != tags[1]

        for accepted, tag in zip(("gzip", ""), tags, strict=True):
            headers = {"Accept-Encoding": accepted, "If-None-Match": tag}
            assert client.get(NEAR, headers=headers).status_code == 304

    def test_where_nothing_is_it_is_empty(self, client: FlaskClient, laid: str) -> None:
        for tile in (Tile(14, 0, 0), Tile(3, 0, 0)):
            answer = client.get(
                f"/tiles/base/{tile.z}/{tile.x}/{tile.y}.mvt", headers={"Accept-Encoding": "gzip"}
            )
            assert (answer.status_code, answer.data) == (200, b"")
            assert "Content-Encoding" not in answer.headers

    def test_closer_than_the_map_there_is_none(self, client: FlaskClient, laid: str) -> None:
        answer = client.get(f"/tiles/base/15/{TILE_OF_NEAR.x * 2}/{TILE_OF_NEAR.y * 2}.mvt")

        assert answer.status_code == 404
        assert "14" in answer.get_json()["detail"]

    def test_past_flask_and_through_it_they_are_the_same(self, client: FlaskClient, laid: str) -> None:
        for accepted in ("gzip", ""):
            headers = {"Accept-Encoding": accepted}
            quick = client.get(NEAR, headers=headers)
            slow = client.get(NEAR, headers=headers, environ_overrides={"REQUEST_METHOD": "HEAD"})
            gone = {"X-Request-Id"}
            assert {k: v for k, v in quick.headers if k not in gone} == {
                k: v for k, v in slow.headers if k not in gone
            }

    def test_another_map_is_another_tile(self, client: FlaskClient, server: Server, laid: str) -> None:
        tag = client.get(NEAR).headers["ETag"]

        lay(server.edge.base_maps, {TILE_OF_NEAR: b"other"})

        again = client.get(NEAR, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (200, b"other")

    def test_its_tilejson_is_that_of_the_file(self, client: FlaskClient, laid: str) -> None:
        told = client.get("/tiles/base.json").get_json()

        assert told["tiles"] == ["http://localhost/tiles/base/{z}/{x}/{y}.mvt"]
        assert told["vector_layers"] == [
            {"id": "water", "minzoom": 5, "maxzoom": 14, "fields": {"class": "String"}}
        ]
        assert (told["minzoom"], told["maxzoom"], told["bounds"]) == (5, 14, [14.5, 63.1, 14.7, 63.3])
        assert told["attribution"] == "somebody"

    def test_without_a_map_there_is_no_such_layer(self, client: FlaskClient) -> None:
        for path in (NEAR, "/tiles/base.json"):
            answer = client.get(path)
            assert answer.status_code == 404
            assert answer.get_json()["type"] == "/problems/no-such-layer"
