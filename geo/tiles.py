"""Tiles of a map: the world in Web Mercator as one square, divided in four again and again."""

from dataclasses import dataclass

ZOOM_MOST = 16


@dataclass(frozen=True, slots=True)
class Tile:
    """`x` counts from the antimeridian eastwards, `y` from the north southwards (XYZ, not TMS)."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        return 0 <= self.z <= ZOOM_MOST and 0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z
