"""Which of several named regions a position lies in."""

from collections.abc import Iterable
from dataclasses import dataclass

import shapely

from geo.positions import Position

Ring = tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """Polygons, each an outer ring and its holes, under one code. Sides are straight in degrees, as in GeoJSON."""

    code: str
    polygons: tuple[tuple[Ring, ...], ...]


class Regions:
    """Regions made ready for looking positions up.

    Sides straight in degrees must not run over the antimeridian. ValueError for a code given twice and for polygons
    that are not valid.
    """

    def __init__(self, regions: Iterable[Region]) -> None:
        shapes: dict[str, shapely.MultiPolygon] = {}
        for region in regions:
            if region.code in shapes:
                raise ValueError(f"region {region.code} is given twice")
            shape = shapely.MultiPolygon([_polygon(rings) for rings in region.polygons])
            if not shape.is_valid:
                raise ValueError(f"region {region.code}: {shapely.is_valid_reason(shape)}")
            shapes[region.code] = shape
        self._codes = sorted(shapes)
        self._tree = shapely.STRtree([shapes[code] for code in self._codes])
        for shape in shapes.values():
            shapely.prepare(shape)

    def region_at(self, position: Position) -> str | None:
        """The code of the region that holds the position; on a common border the lowest code; outside all None."""
        found = self._tree.query(shapely.Point(position.lon, position.lat), predicate="intersects")
        return self._codes[int(found.min())] if found.size else None


def _polygon(rings: tuple[Ring, ...]) -> shapely.Polygon:
    outer, *holes = ([(position.lon, position.lat) for position in ring] for ring in rings)
    return shapely.Polygon(outer, holes)
