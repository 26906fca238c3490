"""OpenStreetMap's files: which ways one may walk, and which names are of places."""

from pathlib import Path
from typing import Any

import pytest

from geo.positions import Position
from geo.walks import ACCESS, LIT, ROADS, SURFACES, WalkGraph
from server.readers.osm import NAME_MOST_CHARACTERS, OsmError, Place, read_places, read_walks
from server.stores.basemaps import read_walks as read_stored
from server.stores.basemaps import write_walks
from tests.server.maps import NEAR, Drawing, village

LINE = [(0, 0), (100, 0)]


def walks(tmp_path: Path, *tags: dict[str, str]) -> WalkGraph:
    """Of ways beside each other that say this."""
    drawn = Drawing()
    for number, said in enumerate(tags):
        drawn.way([(east, 100 * number) for east, _ in LINE], said)
    return read_walks(drawn.write(tmp_path / "ways.osm.pbf"))


def places(tmp_path: Path, *tags: dict[str, str]) -> list[Place]:
    drawn = Drawing()
    for number, said in enumerate(tags):
        drawn.point(number * 10, 0, said)
    return list(read_places(drawn.write(tmp_path / "places.osm.pbf")))


class TestWalks:
    @pytest.mark.parametrize(
        "said",
        [
            {"highway": "path"},
            {"highway": "residential"},
            {"highway": "track", "access": "yes"},
            {"highway": "bridleway"},
            {"highway": "cycleway"},
            {"highway": "trunk", "foot": "yes"},
            {"highway": "service", "access": "private", "foot": "designated"},
            {"highway": "path", "access": "no", "foot": "permissive"},
            {"man_made": "pier"},
        ],
        ids=str,
    )
    def test_where_one_may_walk(self, tmp_path: Path, said: dict[str, str]) -> None:
        assert walks(tmp_path, said).edges == 1

    @pytest.mark.parametrize(
        "said",
        [
            {"highway": "motorway"},
            {"highway": "trunk"},
            {"highway": "primary", "motorroad": "yes"},
            {"highway": "path", "foot": "no"},
            {"highway": "track", "access": "private"},
            {"highway": "cycleway", "foot": "use_sidepath"},
            {"highway": "construction"},
            {"highway": "pedestrian", "area": "yes"},
            {"waterway": "stream"},
            {"man_made": "cutline"},
            {"building": "yes"},
        ],
        ids=str,
    )
    def test_where_one_may_not(self, tmp_path: Path, said: dict[str, str]) -> None:
        assert walks(tmp_path, said).edges == 0

    def test_what_a_way_says_of_itself(self, tmp_path: Path) -> None:
        graph = walks(
            tmp_path,
            {"highway": "steps", "surface": "wood", "lit": "yes"},
            {"highway": "secondary_link", "surface": "asphalt", "lit": "no", "access": "destination"},
            {"highway": "bridleway", "surface": "something new", "foot": "permissive"},
        )

        assert [ROADS[code] for code in graph.road] == ["steps", "secondary", "path"]
        assert [SURFACES[code] for code in graph.surface] == ["boards", "paved", "unknown"]
        assert [LIT[code] for code in graph.lit] == ["yes", "no", "unknown"]
        assert [ACCESS[code] for code in graph.access] == ["unknown", "destination", "permissive"]

    def test_a_piece_whose_points_are_missing_is_left_out(self, tmp_path: Path) -> None:
        drawn = Drawing()
        drawn.way([(east, 0) for east in range(0, 900, 100)], {"highway": "path"})  # every third is missing

        graph = read_walks(drawn.write(tmp_path / "cut.osm.pbf", without_points=True))

        assert graph.edges == 3
        assert graph.length_m == pytest.approx([50.35] * 3, abs=0.2)

    def test_what_is_stored_comes_back_to_the_centimetre(self, tmp_path: Path) -> None:
        graph = read_walks(village().write(tmp_path / "village.osm.pbf"))

        write_walks(tmp_path / "stored.npz", graph)
        again = read_stored(tmp_path / "stored.npz")

        assert again.length_m == pytest.approx(graph.length_m, abs=0.006)
        for name in ("lon", "lat", "bend_lon", "bend_lat"):
            assert getattr(again, name) == pytest.approx(getattr(graph, name), abs=1e-7)
        for name in ("start", "end", "road", "surface", "lit", "access", "bends"):
            assert (getattr(again, name) == getattr(graph, name)).all()

    def test_what_was_never_stored_is_not_read(self, tmp_path: Path) -> None:
        (tmp_path / "other.npz").write_bytes(b"something else")

        with pytest.raises(ValueError, match=r"pickle|magic|header"):
            read_stored(tmp_path / "other.npz")


class TestPlaces:
    def test_a_village_a_peak_and_a_lake(self, tmp_path: Path) -> None:
        found = {one.names["sv"]: one for one in read_places(village().write(tmp_path / "village.osm.pbf"))}

        assert {name: one.kind for name, one in found.items()} == {
            "Sundsta": "settlement",
            "Övre Sundsta": "hamlet",
            "Storhögen": "peak",
            "Storviken": "lake",
        }
        assert found["Sundsta"].names == {"sv": "Sundsta", "sma": "Gåetie"}
        assert found["Sundsta"].population == 420
        assert found["Sundsta"].id == "osm:n1"

    def test_a_lake_lies_where_water_is_and_is_known_to_its_half(self, tmp_path: Path) -> None:
        """A lake like a horseshoe has its middle on land."""
        drawn = Drawing()
        shore = [
            (0, 0),
            (900, 0),
            (900, 900),
            (600, 900),
            (600, 300),
            (300, 300),
            (300, 900),
            (0, 900),
            (0, 0),
        ]
        drawn.way(shore, {"natural": "water", "name": "Hästskosjön"})

        (lake,) = read_places(drawn.write(tmp_path / "lake.osm.pbf"))

        east, north = (lake.position.lon - NEAR[0]) * 1e5, (lake.position.lat - NEAR[1]) * 1e5
        assert 0 < east < 900
        assert north < 300 or east < 300 or east > 600
        assert lake.known_to_m == pytest.approx(550, abs=30)  # half of a diagonal of 453 by 1003 m
        assert lake.id == "osm:w1"

    @pytest.mark.parametrize(
        "said, names",
        [
            ({"name": "Åre", "name:sv": "Åre"}, {"sv": "Åre"}),
            (
                {"name": "Krokom / Krokome", "name:sv": "Krokom", "name:sma": "Krokome"},
                {"sv": "Krokom", "sma": "Krokome"},
            ),
            ({"name": "A\nB\x07\u2028C"}, {"sv": "A B C"}),
            ({"name": "å" * 300}, {"sv": "å" * NAME_MOST_CHARACTERS}),
        ],
        ids=str,
    )
    def test_its_names(self, tmp_path: Path, said: dict[str, str], names: dict[str, str]) -> None:
        (found,) = places(tmp_path, {"place": "village", **said})

        assert found.names == names

    def test_other_names_lead_to_it_each_once(self, tmp_path: Path) -> None:
        (found,) = places(
            tmp_path,
            {
                "place": "town",
                "name": "Östersund",
                "alt_name": "Storstan;Ostersund; ;Vinterstaden",
                "name:en": "Storstan",
            },
        )

        assert found.other_names == ("Storstan", "Vinterstaden")

    @pytest.mark.parametrize(
        "said", [{}, {"name": ""}, {"name": "!?"}, {"name": "\u200b"}, {"alt_name": "A"}], ids=str
    )
    def test_without_a_name_to_be_found_by_it_is_none(self, tmp_path: Path, said: dict[str, str]) -> None:
        assert places(tmp_path, {"place": "hamlet", **said}) == []

    @pytest.mark.parametrize(
        "said, people",
        [("1200", 1200), ("about 5", 0), ("-3", 0), ("99999999", 10_000_000), ("9" * 40, 0), ("٣", 0)],
    )
    def test_how_many_live_there_is_a_number_or_unknown(self, tmp_path: Path, said: str, people: int) -> None:
        (found,) = places(tmp_path, {"place": "village", "name": "By", "population": said})

        assert found.population == people

    def test_what_is_of_no_kind_is_none(self, tmp_path: Path) -> None:
        assert (
            places(
                tmp_path, {"amenity": "cafe", "name": "Wedemarks"}, {"place": "country", "name": "Sverige"}
            )
            == []
        )

    def test_a_place_lies_where_its_point_is(self, tmp_path: Path) -> None:
        (found,) = places(tmp_path, {"place": "locality", "name": "Högheden"})

        assert found.position == Position(*NEAR)


@pytest.mark.parametrize("read", [read_walks, lambda file: list(read_places(file))], ids=["walks", "places"])
@pytest.mark.parametrize(
    "body", [b"", b"no map", b"\x00\x00\x00\x0d\x0a\x09OSMHeader", b"\xff" * 2000], ids=repr
)
def test_what_is_no_such_file_is_said_to_be_none(tmp_path: Path, read: Any, body: bytes) -> None:
    file = tmp_path / "map.osm.pbf"
    file.write_bytes(body)

    with pytest.raises(OsmError, match=r"map\.osm\.pbf"):
        read(file)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_file_that_ends_too_early_is_not_taken_for_a_small_one(tmp_path: Path, share: float) -> None:
    whole = village().write(tmp_path / "village.osm.pbf").read_bytes()
    file = tmp_path / "half.osm.pbf"
    file.write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(OsmError, match=r"half\.osm\.pbf"):
        read_walks(file)
