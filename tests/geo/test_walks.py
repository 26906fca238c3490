"""The walking network: divided where ways meet, and as long as the ground is."""

from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from geo.positions import ELLIPSOID, Position, distance_m
from geo.walks import ROADS, SURFACES, WalkGraph, Ways, graph_of

LAT, LON = 63.2, 14.6
#: Points by number, as a map has them.
Points = dict[int, Position]


def position(east: int, north: int) -> Position:
    return Position(LON + east * 1e-4, LAT + north * 1e-4)


def ways(points: Points, *lines: list[int], road: str = "path") -> Ways:
    numbers = [number for line in lines for number in line]
    codes = np.full(len(lines), ROADS.index(road), np.uint8)
    unknown = np.zeros(len(lines), np.uint8)
    return Ways(
        point=np.array(numbers, np.int64),
        lon=np.array([points[number].lon for number in numbers]),
        lat=np.array([points[number].lat for number in numbers]),
        first=np.cumsum([0, *(len(line) for line in lines)]),
        road=codes,
        surface=unknown,
        lit=unknown,
        access=unknown,
    )


def junction(graph: WalkGraph, at: Position) -> int:
    (found,) = np.flatnonzero((graph.lon == at.lon) & (graph.lat == at.lat))
    return int(found)


def ends(graph: WalkGraph) -> list[frozenset[Position]]:
    return [
        frozenset(Position(float(graph.lon[at]), float(graph.lat[at])) for at in (start, end))
        for start, end in zip(graph.start, graph.end, strict=True)
    ]


def line_m(*positions: Position) -> float:
    return sum(distance_m(a, b) for a, b in pairwise(positions))


class TestDivided:
    points: ClassVar[Points] = {
        n: position(*at) for n, at in enumerate([(0, 0), (5, 0), (9, 0), (5, 4), (5, -4), (0, 9)])
    }

    def test_a_way_alone_is_one_edge_and_its_points_between_are_bends(self) -> None:
        graph = graph_of(ways(self.points, [0, 1, 2]))

        assert (graph.junctions, graph.edges) == (2, 1)
        assert graph.line(0)[0].tolist() == [self.points[n].lon for n in (0, 1, 2)]
        assert graph.line(0)[1].tolist() == [self.points[n].lat for n in (0, 1, 2)]
        assert graph.length_m[0] == pytest.approx(line_m(*(self.points[n] for n in (0, 1, 2))), abs=1e-6)

    def test_ways_that_cross_at_a_point_are_divided_there(self) -> None:
        graph = graph_of(ways(self.points, [0, 1, 2], [3, 1, 4]))

        centre = self.points[1]
        assert sorted(map(sorted_ends, ends(graph))) == sorted(
            sorted_ends(frozenset((self.points[n], centre))) for n in (0, 2, 3, 4)
        )

    def test_ways_that_cross_without_a_point_do_not_meet(self) -> None:
        """A bridge."""
        graph = graph_of(ways(self.points, [0, 2], [3, 4]))

        assert (graph.junctions, graph.edges) == (4, 2)

    def test_the_end_of_a_way_in_the_middle_of_another_divides_that_one(self) -> None:
        graph = graph_of(ways(self.points, [0, 1, 2], [1, 3]))

        assert graph.edges == 3

    def test_a_ring_is_an_edge_from_its_beginning_to_itself(self) -> None:
        graph = graph_of(ways(self.points, [0, 2, 3, 0]))

        assert (graph.junctions, graph.edges) == (1, 1)
        assert graph.start[0] == graph.end[0]
        assert graph.length_m[0] == pytest.approx(line_m(*(self.points[n] for n in (0, 2, 3, 0))), abs=1e-6)

    def test_a_way_that_crosses_itself_is_divided_there(self) -> None:
        """As a loop on a stalk: there, around, and back to where it begins."""
        graph = graph_of(ways(self.points, [0, 1, 2, 3, 1, 4]))

        assert graph.edges == 3
        assert graph.junctions == 3

    def test_what_is_said_of_a_way_is_said_of_each_of_its_edges(self) -> None:
        both = ways(self.points, [0, 1, 2], [3, 1, 4])
        told = graph_of(
            Ways(
                both.point,
                both.lon,
                both.lat,
                both.first,
                both.road,
                np.array([SURFACES.index("gravel"), SURFACES.index("boards")], np.uint8),
                both.lit,
                both.access,
            )
        )

        assert [SURFACES[code] for code in told.surface] == ["gravel", "gravel", "boards", "boards"]

    def test_of_nothing_and_of_single_points_there_is_no_edge(self) -> None:
        assert graph_of(ways(self.points)).edges == 0
        assert graph_of(ways(self.points, [0], [1])).edges == 0
        assert graph_of(ways(self.points, [0], [1, 2], [3])).edges == 1


def sorted_ends(pair: frozenset[Position]) -> tuple[tuple[float, float], ...]:
    return tuple(sorted((one.lon, one.lat) for one in pair))


@st.composite
def drawn_ways(draw: st.DrawFn) -> tuple[Points, list[list[int]]]:
    places = draw(
        st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40)), min_size=2, max_size=12, unique=True)
    )
    points = {n: position(*at) for n, at in enumerate(places)}
    line = st.lists(st.sampled_from(sorted(points)), min_size=2, max_size=8)
    return points, draw(st.lists(line, min_size=1, max_size=8))


@given(drawn_ways())
def test_the_network_is_as_long_as_its_ways_and_each_edge_as_its_line(
    drawn: tuple[Points, list[list[int]]],
) -> None:
    points, lines = drawn

    graph = graph_of(ways(points, *lines))

    assert graph.length_m.sum() == pytest.approx(
        sum(line_m(*(points[number] for number in line)) for line in lines), abs=1e-5
    )
    for edge in range(graph.edges):
        lon, lat = graph.line(edge)
        assert graph.length_m[edge] == pytest.approx(ELLIPSOID.line_length(lon, lat), abs=1e-5)


@given(drawn_ways())
def test_the_shortest_walk_is_that_of_the_points_themselves(drawn: tuple[Points, list[list[int]]]) -> None:
    """From each junction to each other: through edges, and step by step from point to point along the ways."""
    points, lines = drawn
    graph = graph_of(ways(points, *lines))
    step_by_step = {
        pair: distance_m(points[pair[0]], points[pair[1]])
        for line in lines
        for pair in pairwise(line)
        if pair[0] != pair[1]
    }

    fine = shortest(len(points), [(a, b, length) for (a, b), length in step_by_step.items()])
    coarse = shortest(
        graph.junctions,
        list(zip(graph.start.tolist(), graph.end.tolist(), graph.length_m.tolist(), strict=True)),
    )

    at = {junction(graph, points[number]): number for line in lines for number in (line[0], line[-1])}
    for a, from_point in at.items():
        for b, to_point in at.items():
            assert coarse[a, b] == pytest.approx(fine[from_point, to_point], abs=1e-5)


def shortest(count: int, edges: list[tuple[int, int, float]]) -> Any:
    best: dict[tuple[int, int], float] = {}
    for a, b, length in edges:
        for pair in ((a, b), (b, a)):
            best[pair] = min(best.get(pair, np.inf), length)
    rows, columns = zip(*best, strict=True) if best else ((), ())
    # scipy drops a step of no length, and takes the sum of two of one pair.
    lengths = np.maximum(list(best.values()), 1e-9)
    return dijkstra(coo_array((lengths, (list(rows), list(columns))), shape=(count, count)).tocsr())


class TestArraysThatDoNotFit:
    graph = graph_of(ways(TestDivided.points, [0, 1, 2], [3, 1, 4]))

    @pytest.mark.parametrize(
        "name, value, message",
        [
            ("lat", np.zeros(1), "latitudes"),
            ("length_m", np.zeros(1), "length_m"),
            ("end", np.array([0, 1, 2, 99]), "no junction"),
            ("start", np.array([0, 1, 2, -1]), "no junction"),
            ("bends", np.array([0, 0, 0]), "bends"),
            ("bends", np.array([0, 0, 0, 0, 7]), "no edge"),
            ("road", np.full(4, 200, np.uint8), "without meaning"),
        ],
    )
    def test_are_refused(self, name: str, value: Any, message: str) -> None:
        arrays = {field: getattr(self.graph, field) for field in WalkGraph.__dataclass_fields__}

        with pytest.raises(ValueError, match=message):
            WalkGraph(**{**arrays, name: value})
