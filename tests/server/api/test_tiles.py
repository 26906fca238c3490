"""Tiles of maps: what is in them and what never is, how they are known again, and what is refused."""

import hashlib
import json
import math
import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geo.positions import Position, destination, distance_m
from geo.tiles import ZOOM_MOST, Tile
from server.api import tiles as edge_tiles
from server.api.limits import InMemory, Limits
from server.app import Server
from server.cli.seed import SEED_DATA, load_seed
from server.problems import Refusal
from server.stores import showing, tiles
from server.stores.database import Database
from server.stores.quests import Version
from server.stores.tiles import LAYERS
from server.use_cases import publish
from tests.factories import published
from tests.server import mvt
from tests.server.api.things import NOW, SQUARE, make_trail, pointers, problem, publish_all

SIX_LANGUAGES = ("sv", "sv-simple", "en", "uk", "ar", "so")


def tile_at(z: int, at: Position = SQUARE) -> Tile:
    y = (1 - math.asinh(math.tan(math.radians(at.lat))) / math.pi) / 2
    return Tile(z, int((at.lon + 180) / 360 * (1 << z)), int(y * (1 << z)))


def path(layer: str, tile: Tile) -> str:
    return f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.mvt"


def drawn(client: FlaskClient, layer: str, tile: Tile) -> list[mvt.Feature]:
    """What is in a tile, which must be of the form it promises."""
    answer = client.get(path(layer, tile))
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/vnd.mapbox-vector-tile"
    layers = mvt.read(answer.data)
    if not layers:
        assert answer.data == b""
        return []
    assert layers.keys() == {layer}
    assert (layers[layer].version, layers[layer].extent) == (2, 4096)
    return layers[layer].features


def properties(client: FlaskClient, layer: str, tile: Tile) -> list[dict[str, Any]]:
    return [feature.properties for feature in drawn(client, layer, tile)]


@pytest.fixture(autouse=True)
def _at_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here waits for the second in which a revision is kept, but the one about it."""
    monkeypatch.setattr(tiles, "REVISION_KEPT_S", -1.0)


class TestQuests:
    def test_a_quest_is_where_it_begins_with_its_titles_in_all_languages(
        self, client: FlaskClient, trail: Version
    ) -> None:
        texts = trail.quest.texts

        assert properties(client, "quests", tile_at(14)) == [
            {
                "code": trail.quest.code,
                "kind": "trail",
                "resting": False,
                "stage": "bridge",
                "title_sv": texts["sv"].title,
                "title_en": texts["en"].title,
            }
        ]
        assert properties(client, "quests", Tile(0, 0, 0)) == properties(client, "quests", tile_at(14))

    def test_how_long_it_takes_is_said_where_it_is_known(self, server: Server, client: FlaskClient) -> None:
        publish_all(server, make_trail(minutes=45))

        assert [one["minutes"] for one in properties(client, "quests", tile_at(10))] == [45]

    def test_a_resting_quest_is_shown_where_it_begins_and_marked(
        self, server: Server, client: FlaskClient, trail: Version
    ) -> None:
        publish.set_state(server.edge.database, trail.quest.code, "resting", NOW)

        for zoom in (0, 7, 8, 14, ZOOM_MOST):
            assert [one["resting"] for one in properties(client, "quests", tile_at(zoom))] == [True]
        (stage,) = properties(client, "stages", tile_at(14))
        assert stage["entrance"] is False

    def test_a_withdrawn_quest_is_in_no_tile(
        self, server: Server, client: FlaskClient, trail: Version
    ) -> None:
        publish.set_state(server.edge.database, trail.quest.code, "withdrawn", NOW)

        for zoom in range(ZOOM_MOST + 1):
            assert client.get(path("quests", tile_at(zoom))).data == b""
            assert client.get(path("stages", tile_at(zoom))).data == b""

    def test_every_entrance_is_shown_nearby_and_one_of_them_from_afar(self, client: FlaskClient) -> None:
        server: Server = client.application  # type: ignore[assignment]
        stages = tuple(
            stage.__class__(key=f"s{number}", place=stage.place, tasks=stage.tasks)
            for number, stage in enumerate([make_trail().quest.stages[0]] * 3)
        )
        published(server.edge.database, order="any", stages=stages)

        assert sorted(one["stage"] for one in properties(client, "quests", tile_at(12))) == ["s0", "s1", "s2"]
        assert [one["stage"] for one in properties(client, "quests", tile_at(5))] == ["s0"]


class TestStages:
    def test_a_stage_is_shown_to_a_metre(self, server: Server, client: FlaskClient) -> None:
        spots = [destination(SQUARE, bearing, 137.0) for bearing in range(0, 360, 30)]
        publish_all(server, *(make_trail(at=spot) for spot in spots))
        found = []
        for tile in {tile_at(14, spot) for spot in spots}:
            layer = mvt.read(client.get(path("stages", tile)).data)["stages"]
            found += [layer.position(feature, tile) for feature in layer.features]

        for spot in spots:
            assert min(distance_m(spot, one) for one in found) < 1.0

    def test_a_hidden_stage_is_in_no_byte_of_any_tile(self, client: FlaskClient, trail: Version) -> None:
        hidden = trail.quest.stages[1].place
        assert hidden is not None
        assert trail.quest.stages[1].hidden
        for layer in LAYERS:
            for zoom in range(ZOOM_MOST + 1):
                for at in (SQUARE, Position(hidden.lon, hidden.lat)):  # type: ignore[union-attr]
                    tile = tile_at(zoom, at)
                    body = client.get(path(layer, tile)).data
                    assert b"den" not in body
                    assert b"granen" not in body
                    assert {one["key"] for one in properties(client, "stages", tile)} <= {"bridge"}

    def test_they_are_shown_from_where_they_can_be_told_apart(
        self, client: FlaskClient, trail: Version
    ) -> None:
        minzoom = LAYERS["stages"].minzoom

        assert properties(client, "stages", tile_at(minzoom - 1)) == []
        assert properties(client, "stages", tile_at(minzoom)) == [
            {"key": "bridge", "quest": trail.quest.code, "entrance": True}
        ]

    def test_what_lies_just_beside_a_tile_is_in_it_too(self, server: Server, client: FlaskClient) -> None:
        tile = tile_at(14)
        across = 1 << 14
        edge_lon = tile.x / across * 360 - 180
        a_pixel = 360 / across / 4096
        publish_all(server, make_trail(at=Position(round(edge_lon - 20 * a_pixel, 6), SQUARE.lat)))

        for beside in (tile, Tile(14, tile.x - 1, tile.y)):
            assert len(drawn(client, "stages", beside)) == 1
        assert drawn(client, "stages", Tile(14, tile.x + 1, tile.y)) == []

    def test_a_stage_near_a_pole_is_in_no_tile_and_hinders_none(
        self, server: Server, client: FlaskClient
    ) -> None:
        publish_all(server, *(make_trail(at=Position(14, lat)) for lat in (89.9, -90.0)), make_trail())

        assert len(drawn(client, "quests", Tile(0, 0, 0))) == 1


class TestWhatComesWithTheRelease:
    # One test: the fixture `server` empties the database after each.
    def test_places_and_municipalities(self, server: Server, client: FlaskClient) -> None:
        load_seed(server.edge.database, SEED_DATA, NOW)

        self.places_have_both_names(client)
        self.municipalities_have_simpler_borders_from_afar(client)
        self.tilejson_says_where_the_region_is(client)
        self.every_tile_of_the_region_can_be_read(client)

    def places_have_both_names(self, client: FlaskClient) -> None:
        shown = {one["name"]: one for one in properties(client, "places", tile_at(5))}
        assert shown["Östersund"] == {
            "id": "geonames:2685750",
            "name": "Östersund",
            "name_sma": "Staare",
            "population": 49806,
            "kind": "settlement",
        }
        assert "name_sma" not in shown["Krokom"]
        assert [one["name"] for one in properties(client, "places", tile_at(12))] == ["Östersund"]

    def municipalities_have_simpler_borders_from_afar(self, client: FlaskClient) -> None:
        corners = []
        for zoom in (0, 3, 5, 8):
            features = drawn(client, "municipalities", tile_at(zoom))
            assert all(feature.kind == mvt.POLYGON for feature in features)
            corners.append(
                sum(len(ring) for feature in features for ring in feature.parts) / max(1, len(features))
            )
        assert corners[0] < corners[1] < corners[2]
        names = {one["code"]: one["name"] for one in properties(client, "municipalities", Tile(0, 0, 0))}
        assert len(names) == 8
        assert names["2380"] == "Östersund"
        assert len(drawn(client, "municipalities", tile_at(14))) == 1

    def tilejson_says_where_the_region_is(self, client: FlaskClient) -> None:
        for layer in ("places", "municipalities"):
            said = client.get(f"/tiles/{layer}.json").json
            assert said is not None
            west, south, east, north = said["bounds"]
            assert (round(west), round(east)) == (12, 17)
            assert (round(south), round(north)) == (62, 65)
            assert said["attribution"]

    def every_tile_of_the_region_can_be_read(self, client: FlaskClient) -> None:
        for layer in LAYERS:
            for zoom in range(9):
                first, last = tile_at(zoom, Position(11.9, 65.1)), tile_at(zoom, Position(17.1, 61.6))
                for x in range(first.x, last.x + 1):
                    for y in range(first.y, last.y + 1):
                        drawn(client, layer, Tile(zoom, x, y))


class TestSize:
    def test_no_tile_is_a_megabyte_however_crowded_the_place(
        self, server: Server, client: FlaskClient
    ) -> None:
        published(
            server.edge.database,
            kind="challenge",
            languages=SIX_LANGUAGES,
            title="Ж" * 100,
            at=SQUARE,
        )
        with psycopg.connect(server.edge.settings.database_url) as connection:
            titles = {f"title_{tag}": "Ж" * showing.TITLE_ON_TILES_MOST for tag in SIX_LANGUAGES}
            connection.execute(
                """
                WITH copies AS (
                    INSERT INTO shown.quests (id, code, version, kind, generic, resting, municipalities, sort_title,
                        cards, stages, on_tiles)
                    SELECT md5(n::text)::uuid, 'JH' || n, version, kind, generic, resting, municipalities, sort_title,
                        cards, stages, (SELECT jsonb_object_agg(key, n || value) FROM jsonb_each_text(%s::jsonb))
                    FROM shown.quests, generate_series(1, 3000) n RETURNING id, code)
                INSERT INTO shown.stages (quest_id, key, code, point, entrance, feature, start, mercator)
                SELECT c.id, s.key, c.code, s.point, s.entrance, s.feature, s.start, s.mercator
                FROM copies c, shown.stages s
                """,
                [json.dumps(titles)],
            )
        for layer in ("quests", "stages"):
            for zoom in (0, 7, 8, 12, ZOOM_MOST):
                body = client.get(path(layer, tile_at(zoom))).data
                assert len(body) < 600_000
                if zoom >= LAYERS[layer].minzoom:
                    assert len(mvt.read(body)[layer].features) in {500, 1_000}

    def test_a_long_title_is_cut(self, server: Server, client: FlaskClient) -> None:
        published(server.edge.database, title="Ö" * 100)

        (one,) = properties(client, "quests", tile_at(14))

        assert one["title_sv"] == "Ö" * showing.TITLE_ON_TILES_MOST


class TestKnownAgain:
    def tag(self, client: FlaskClient, layer: str = "quests", tile: Tile | None = None) -> str:
        return client.get(path(layer, tile or tile_at(10))).headers["ETag"]

    def again(self, client: FlaskClient, tag: str, layer: str = "quests", tile: Tile | None = None) -> int:
        headers = {"If-None-Match": tag}
        answer = client.get(path(layer, tile or tile_at(10)), headers=headers)
        if answer.status_code == 304:
            assert answer.data == b""
            assert "Content-Type" not in answer.headers
            assert answer.headers["Cache-Control"].startswith("public, max-age=60")
        return answer.status_code

    def test_a_tile_that_is_known_is_not_sent_again(self, client: FlaskClient, trail: Version) -> None:
        tag = self.tag(client)

        assert self.again(client, tag) == 304
        assert self.again(client, f"W/{tag}") == 304
        assert self.again(client, f'"something", {tag}') == 304
        assert self.again(client, "*") == 304
        assert self.again(client, '"something"') == 200
        assert self.again(client, tag[:-2] + 'x"') == 200
        assert self.again(client, tag.strip('"') + "x") == 200

    def test_a_tag_is_of_one_layer_and_one_address(self, client: FlaskClient, trail: Version) -> None:
        tag = self.tag(client)

        assert self.again(client, tag, layer="stages") == 200
        assert self.again(client, tag, tile=tile_at(11)) == 200
        tiles_of_one_corner = [
            self.tag(client, tile=Tile(z, x, y)) for z in (1, 2) for x in (0, 1) for y in (0, 1)
        ]
        assert len(set(tiles_of_one_corner)) == 8

    @pytest.mark.parametrize("layer", ["quests", "stages"])
    def test_whatever_changes_what_is_shown_changes_the_tag(
        self, server: Server, client: FlaskClient, trail: Version, layer: str
    ) -> None:
        database, code = server.edge.database, trail.quest.code
        tags = [self.tag(client, layer)]
        for change in (
            lambda: publish.set_state(database, code, "resting", NOW),
            lambda: publish.set_state(database, code, "published", NOW),
            lambda: publish.set_state(database, code, "withdrawn", NOW),
            lambda: publish.set_state(database, code, "published", NOW),
            lambda: publish_all(server, make_trail(at=destination(SQUARE, 0, 500_000))),
            lambda: publish.load_municipalities(database, [], "a" * 64),
        ):
            change()
            assert self.again(client, tags[-1], layer) == 200
            tags.append(self.tag(client, layer))

        assert len(set(tags)) == 7
        revisions = [int(tag.split(".")[2]) for tag in tags]
        assert revisions == sorted(revisions)

    def test_what_changes_nothing_leaves_it(
        self, server: Server, client: FlaskClient, trail: Version
    ) -> None:
        tag, places = self.tag(client), self.tag(client, "places")

        publish_all(server, trail)
        publish.set_state(server.edge.database, trail.quest.code, "published", NOW)

        assert (self.again(client, tag), self.again(client, places, "places")) == (304, 304)

    def test_loading_places_and_borders_changes_theirs(self, server: Server, client: FlaskClient) -> None:
        before = {layer: self.tag(client, layer) for layer in ("places", "municipalities", "water")}

        load_seed(server.edge.database, SEED_DATA, NOW)

        for layer, tag in before.items():
            assert self.again(client, tag, layer) == 200

    def test_a_revision_never_comes_twice_also_after_an_older_dump_was_restored(
        self, server: Server, client: FlaskClient, trail: Version
    ) -> None:
        with psycopg.connect(server.edge.settings.database_url) as connection:
            dump = connection.execute("SELECT layer, revision FROM shown.layers").fetchall()
        seen = set()
        for state in ("resting", "published", "resting"):
            publish.set_state(server.edge.database, trail.quest.code, state, NOW)
            seen.add(self.tag(client))
        with psycopg.connect(server.edge.settings.database_url) as connection:
            for layer, revision in dump:
                connection.execute(
                    "UPDATE shown.layers SET revision = %s WHERE layer = %s", [revision, layer]
                )
        for state in ("published", "resting", "published"):
            publish.set_state(server.edge.database, trail.quest.code, state, NOW)  # type: ignore[arg-type]
            assert self.tag(client) not in seen

    def test_two_who_publish_at_once_raise_it_twice_and_neither_is_lost(
        self, server: Server, client: FlaskClient
    ) -> None:
        database = server.edge.database
        versions = [make_trail() for _ in range(8)]
        before = tiles.revision(database, LAYERS["quests"])
        seen: list[tuple[int, int]] = []
        ended = threading.Event()

        def watch() -> None:
            while not ended.is_set():
                made = tiles.tile(database, LAYERS["quests"], tile_at(14))
                count = len(mvt.read(made.body)["quests"].features) if made.body else 0
                seen.append((made.revision, count))

        watcher = threading.Thread(target=watch)
        watcher.start()
        authors = [threading.Thread(target=publish_all, args=(server, version)) for version in versions]
        for author in authors:
            author.start()
        for author in authors:
            author.join()
        ended.set()
        watcher.join()

        assert tiles.revision(database, LAYERS["quests"]) >= before + len(versions)
        # Of one revision there is one content, and more was published with every next one.
        assert len(dict(seen)) == len(set(seen))
        assert [count for _, count in sorted(set(seen))] == sorted({count for _, count in seen})

    def test_nobody_sees_the_change_before_its_revision_or_after_it(
        self, server: Server, client: FlaskClient, trail: Version
    ) -> None:
        database = server.edge.database
        layer, tile = LAYERS["quests"], tile_at(14)
        before = tiles.tile(database, layer, tile)
        with database.transaction() as connection:
            showing.hide(connection, trail.quest.id)
            meanwhile = tiles.tile(database, layer, tile)
        after = tiles.tile(database, layer, tile)

        assert meanwhile == before
        assert after.revision > before.revision
        assert after.body == b""

    def test_who_is_told_unchanged_for_a_moment_longer_is_told_the_truth_after_it(
        self, server: Server, client: FlaskClient, trail: Version, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tiles, "REVISION_KEPT_S", 3600.0)
        tag = self.tag(client)

        publish.set_state(server.edge.database, trail.quest.code, "resting", NOW)

        assert self.again(client, tag) == 304
        monkeypatch.setattr(tiles, "REVISION_KEPT_S", -1.0)
        assert self.again(client, tag) == 200

    def test_who_has_nothing_is_given_the_newest_at_once(
        self, server: Server, client: FlaskClient, trail: Version, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tiles, "REVISION_KEPT_S", 3600.0)
        tag = self.tag(client)

        publish.set_state(server.edge.database, trail.quest.code, "resting", NOW)

        assert self.tag(client) != tag
        assert self.again(client, tag) == 200  # and this process knows of it from then on


class TestTileJson:
    def test_it_says_what_a_map_needs(self, client: FlaskClient) -> None:
        for layer in LAYERS:
            said = client.get(f"/tiles/{layer}.json", base_url="https://quest.example.se").json
            assert said is not None
            assert said["tilejson"] == "3.0.0"
            assert said["tiles"] == [f"https://quest.example.se/tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt"]
            (described,) = said["vector_layers"]
            assert described["id"] == layer
            assert described["fields"] == dict(LAYERS[layer].fields)
            assert (said["minzoom"], said["maxzoom"]) == (LAYERS[layer].minzoom, ZOOM_MOST)
            assert len(said["bounds"]) == 4
            assert all(part.isdigit() for part in said["version"].split("."))

    def test_its_fields_are_those_of_the_tiles(self, server: Server, client: FlaskClient) -> None:
        load_seed(server.edge.database, SEED_DATA, NOW)
        publish_all(server, make_trail(minutes=5))

        for layer in LAYERS:
            said = {key for one in properties(client, layer, tile_at(9)) for key in one}
            assert said
            assert said <= set(LAYERS[layer].fields)

    def test_a_proxy_is_believed_where_it_is_trusted(self, make_server: Callable[..., Server]) -> None:
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7", "Host": "quest.example.se"}

        def address(**environ: str) -> str:
            server = make_server(**environ)
            said = server.test_client().get("/tiles/quests.json", headers=headers).json
            server.edge.database.close()
            assert said is not None
            found: str = said["tiles"][0]
            return found.partition("/tiles")[0]

        assert address() == "http://quest.example.se"
        assert address(ROTFASTE_TRUSTED_PROXIES="1") == "https://quest.example.se"

    def test_another_host_is_in_no_answer_that_others_are_given(
        self, make_server: Callable[..., Server]
    ) -> None:
        def asked(**environ: str) -> TestResponse:
            server = make_server(**environ)
            answer = server.test_client().get("/tiles/quests.json", headers={"Host": "another.example"})
            server.edge.database.close()
            return answer

        believed = asked()
        own = asked(ROTFASTE_PUBLIC_ADDRESS="https://Quest.example.se:8443/")

        assert believed.headers["Cache-Control"].split(", ")[0] == "private"
        assert own.headers["Cache-Control"].split(", ")[0] == "public"
        assert own.json is not None
        assert own.json["tiles"] == ["https://quest.example.se:8443/tiles/quests/{z}/{x}/{y}.mvt"]
        assert "another" not in own.text

    @pytest.mark.parametrize("host", ['x"><script>', "a b", "a/b", "å", "x@y", "a:port"])
    def test_a_host_that_is_none_is_refused(self, client: FlaskClient, host: str) -> None:
        answer = client.get("/tiles/quests.json", environ_overrides={"HTTP_HOST": host})

        assert (answer.status_code, problem(answer)) == (400, "bad-request")

    def test_it_is_known_again_until_something_changes(
        self, server: Server, client: FlaskClient, trail: Version
    ) -> None:
        known = {"If-None-Match": client.get("/tiles/quests.json").headers["ETag"]}

        assert client.get("/tiles/quests.json", headers=known).status_code == 304
        publish.set_state(server.edge.database, trail.quest.code, "resting", NOW)
        assert client.get("/tiles/quests.json", headers=known).status_code == 200


class TestRefused:
    @pytest.mark.parametrize(
        "address, status, code",
        [
            ("/tiles/quests/17/0/0.mvt", 404, "no-such-tile"),
            ("/tiles/quests/0/1/0.mvt", 404, "no-such-tile"),
            ("/tiles/quests/3/0/8.mvt", 404, "no-such-tile"),
            ("/tiles/quests/3/-1/0.mvt", 404, "no-such-tile"),
            ("/tiles/quests/-1/0/0.mvt", 404, "no-such-tile"),
            ("/tiles/quests/1000000000000000000000/0/0.mvt", 404, "no-such-tile"),
            ("/tiles/quests/16/99999/0.mvt", 404, "no-such-tile"),
            ("/tiles/journeys/0/0/0.mvt", 404, "no-such-layer"),
            ("/tiles/journeys.json", 404, "no-such-layer"),
            ("/tiles/quests/a/0/0.mvt", 400, "invalid-path"),
            ("/tiles/quests/0/0.5/0.mvt", 400, "invalid-path"),
            ("/tiles/quests/1.0/1/1.mvt", 400, "invalid-path"),
            ("/tiles/quests/1e0/1/1.mvt", 400, "invalid-path"),
            ("/tiles/quests/1/01/1.mvt", 400, "invalid-path"),
            ("/tiles/quests/1/%2B1/1.mvt", 400, "invalid-path"),
            ("/tiles/quests/1/%D9%A1/1.mvt", 400, "invalid-path"),
            ("/tiles/quests/1/1/-0.mvt", 400, "invalid-path"),
            ("/tiles/quests/1/1/1%0A.mvt", 400, "invalid-path"),
            ("/tiles/Quests/0/0/0.mvt", 400, "invalid-path"),
            ("/tiles/quests/0/0/0.mvt?lang=sv", 400, "invalid-query"),
            ("/tiles/quests/0/0/0.png", 404, "not-found"),
            ("/tiles/quests/0/0/0", 404, "not-found"),
        ],
    )
    def test_what_is_no_tile_is_said_to_be_none(
        self, client: FlaskClient, address: str, status: int, code: str
    ) -> None:
        answer = client.get(address)

        assert (answer.status_code, problem(answer)) == (status, code)

    def test_every_parameter_that_is_wrong_is_named(self, client: FlaskClient) -> None:
        assert pointers(client.get("/tiles/quests/a/b/c.mvt")) == ["/z", "/x", "/y"]
        assert pointers(client.get("/tiles/quests/1/1.0/1e0.mvt")) == ["/x", "/y"]

    def test_tiles_are_counted_apart_from_everything_else(self) -> None:
        limits = Limits(InMemory(), per_token=1, per_address=1, tiles=2, new_players=0)
        limits.count_tile("192.0.2.7")
        limits.count_tile("192.0.2.7")

        limits.count(None, "192.0.2.7")
        limits.count_tile("192.0.2.8")
        with pytest.raises(Refusal, match="too-many-requests"):
            limits.count_tile("192.0.2.7")

    def test_too_many_are_refused_with_when_to_try_again(self, make_server: Callable[..., Server]) -> None:
        server = make_server(ROTFASTE_LIMIT_TILES="2")
        client = server.test_client()
        answers = [client.get(path("quests", tile_at(3))) for _ in range(3)]
        other = client.get("/api/v1/municipalities")
        server.edge.database.close()

        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert int(answers[2].headers["Retry-After"]) > 0
        assert other.status_code == 200


class TestPastFlask:
    """A tile is answered the same with Flask around it and without."""

    def slowly(self, client: FlaskClient, address: str, **headers: str) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(edge_tiles, "quick_tile", lambda *_: None)
            return client.get(address, headers=headers)

    @pytest.mark.parametrize("layer", LAYERS)
    def test_status_body_and_headers_are_the_same(
        self, client: FlaskClient, trail: Version, layer: str
    ) -> None:
        address = path(layer, tile_at(10))
        known = {"If-None-Match": client.get(address).headers["ETag"]}

        for headers in ({}, known):
            quick, slow = client.get(address, headers=headers), self.slowly(client, address, **headers)
            assert (quick.status_code, quick.data) == (slow.status_code, slow.data)
            assert self.comparable(quick) == self.comparable(slow)

    def comparable(self, answer: Any) -> dict[str, str]:
        """A 304 may say what the 200 would; the request's own id differs."""
        return {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}

    def test_it_is_written_down_as_every_request_without_where(
        self, client: FlaskClient, trail: Version, log: Any
    ) -> None:
        log.forget()
        answer = client.get(path("quests", tile_at(10)))

        (line,) = log.lines()
        assert (line["event"], line["method"], line["status"]) == ("request", "GET", 200)
        assert line["route"] == "/tiles/<layer>/<z>/<x>/<y>.mvt"
        assert line["id"] == answer.headers["X-Request-Id"]
        assert str(tile_at(10).x) not in json.dumps(line).replace(line["at"], "").replace(line["id"], "")

    def test_without_a_database_it_is_a_problem_as_everywhere(
        self, make_server: Callable[..., Server]
    ) -> None:
        server = make_server(DATABASE_URL="postgresql://quest@/quest?host=/nowhere")

        answer = server.test_client().get(path("quests", tile_at(10)))

        assert (answer.status_code, problem(answer)) == (503, "database-gone")

    def test_head_is_answered_too(self, client: FlaskClient, trail: Version) -> None:
        answer = client.head(path("quests", tile_at(10)))

        assert (answer.status_code, answer.data) == (200, b"")
        assert answer.headers["ETag"] == client.get(path("quests", tile_at(10))).headers["ETag"]


def test_a_changed_statement_has_a_changed_form() -> None:
    # Whoever changes a statement so that the same content comes to other bytes raises its form, and this.
    assert {
        layer.name: (
            layer.form,
            hashlib.sha256(
                f"{layer.from_afar and layer.from_afar.query}{layer.near.query}".encode()
            ).hexdigest()[:8],
        )
        for layer in LAYERS.values()
    } == {
        "quests": (1, "5ffa2a70"),
        "stages": (1, "4d522c4b"),
        "places": (1, "8d061ab8"),
        "municipalities": (1, "d97026c7"),
        "water": (1, "8d5b9d77"),
    }


def test_the_reading_role_draws_every_layer(opened: Database) -> None:
    for layer in LAYERS.values():
        assert tiles.tile(opened, layer, Tile(9, 0, 0)).body == b""
        assert tiles.tile(opened, layer, Tile(0, 0, 0)).revision > 10**15


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.name)
def test_a_tile_is_found_through_an_index(opened: Database, layer: tiles.Layer) -> None:
    published(opened)
    with opened.transaction() as connection:
        # So many that their order by size is no way to the few that are near.
        connection.execute(
            "INSERT INTO shown.places (id, kind, name, names, municipality, population, known_to_m, source, point, mercator)"
            " SELECT 'made/' || n, 'settlement', 'By', '{}', '2380', n, 100, 'made', p, ST_Transform(p::geometry, 3857)"
            " FROM (SELECT n, ST_SetSRID(ST_MakePoint(12 + n % 50 / 10.0, 62 + n / 1000.0), 4326)::geography AS p"
            "  FROM generate_series(1, 2000) AS n) AS made"
        )
        connection.execute("ANALYZE shown.places")
    with opened.shown.transaction() as connection:
        connection.execute("SET LOCAL enable_seqscan = off")
        query = layer.near.query
        for number, value in (("$1", "10"), ("$2", "553"), ("$3", "278")):
            query = query.replace(number, value)
        rows = connection.execute(f"EXPLAIN {query}".encode()).fetchall()

    plan = "\n".join(row[0] for row in rows)
    assert "Seq Scan" not in plan.replace("Seq Scan on layers", "")
    assert "_mercator_idx" in plan or layer.name == "municipalities"
