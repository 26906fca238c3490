"""Real extracts of OpenStreetMap: networks as long as others measured them, and maps made of them whole."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geo.positions import ELLIPSOID
from geo.walks import WalkGraph
from server.cli import main
from server.readers.osm import read_places, read_walks
from server.readers.tilemaking import LAYERS
from server.stores.basemaps import BaseMaps

# Others counted with rules of their own for what is walkable (README of the data): [km].
NETWORKS = {"helsinki_centre_2019": 98, "liechtenstein_2015": 1_135, "andorra_2013": 807}


@pytest.fixture(scope="module", params=NETWORKS)
def extract(request: pytest.FixtureRequest, field_data: Path) -> Path:
    return field_data / f"osm/{request.param}.osm.pbf"


@pytest.fixture(scope="module")
def graph(extract: Path) -> WalkGraph:
    return read_walks(extract)


def test_a_network_is_about_as_long_as_others_measured_it(extract: Path, graph: WalkGraph) -> None:
    wanted = NETWORKS[extract.name.removesuffix(".osm.pbf")]

    assert graph.length_m.sum() / 1000 == pytest.approx(wanted, rel=0.12)


def test_every_edge_is_as_long_as_its_line(graph: WalkGraph) -> None:
    lines = (graph.line(edge) for edge in range(graph.edges))

    lengths = np.array([ELLIPSOID.line_length(lon, lat) for lon, lat in lines])

    assert np.abs(lengths - graph.length_m).max() < 1e-4


def test_most_of_it_hangs_together_and_no_walk_is_shorter_than_the_straight_line(graph: WalkGraph) -> None:
    # Of two edges between the same junctions the shorter; scipy would add them.
    order = np.lexsort((graph.length_m, graph.end, graph.start))
    pairs = np.column_stack((graph.start, graph.end))[order]
    first = np.concatenate(([True], np.any(np.diff(pairs, axis=0) != 0, axis=1)))
    start, end = pairs[first].T
    network = coo_array((graph.length_m[order][first], (start, end)), shape=(graph.junctions,) * 2).tocsr()
    _, parts = connected_components(network, directed=False)
    largest = np.flatnonzero(parts == np.bincount(parts).argmax())
    origin = int(largest[0])

    walked = dijkstra(network, directed=False, indices=origin)[largest]

    count = len(largest)
    _, _, straight = ELLIPSOID.inv(
        np.full(count, graph.lon[origin]),
        np.full(count, graph.lat[origin]),
        graph.lon[largest],
        graph.lat[largest],
    )
    assert count / graph.junctions > 0.6
    assert np.isfinite(walked).all()
    assert (walked >= np.array(straight) - 1e-6).all()
    assert np.median(walked[1:] / np.array(straight)[1:]) < 3


def test_names_are_found(extract: Path) -> None:
    assert len(list(read_places(extract))) >= 10


@pytest.mark.parametrize("name", ["liechtenstein_2015", "andorra_2013"])
def test_a_map_is_made_of_it(name: str, field_data: Path, tmp_path: Path, database: str) -> None:
    environ = {"DATABASE_URL": database, "ROTFASTE_DATA": str(tmp_path)}
    file = field_data / f"osm/{name}.osm.pbf"

    done = CliRunner().invoke(main, ["basemap", "import", str(file), "--whole"], env=environ)

    assert done.exit_code == 0, done.output
    current = BaseMaps(tmp_path / "basemap").current()
    assert current is not None
    assert current.note.bytes < 1.2 * file.stat().st_size
    layers = {one.id for one in current.archive.layers}
    assert layers == set(json.loads(LAYERS.read_bytes())["layers"])


def test_a_file_cut_without_complete_ways_is_said_to_be_so(
    field_data: Path, tmp_path: Path, database: str
) -> None:
    environ = {"DATABASE_URL": database, "ROTFASTE_DATA": str(tmp_path)}
    file = field_data / "osm/helsinki_centre_2019.osm.pbf"

    done = CliRunner().invoke(main, ["basemap", "import", str(file), "--whole"], env=environ)

    assert done.exit_code == 1
    assert "without complete ways" in done.output
    assert BaseMaps(tmp_path / "basemap").current() is None
