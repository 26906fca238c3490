"""A round picture, drawn large and made small: flat shapes without jagged edges.

Coordinates are those of the circle: (0, 0) is its middle, its edge is 1 away, and y grows downwards.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

Point = tuple[float, float]
Colour = tuple[int, int, int]

DRAWN_LARGER = 4
COLOURS_MOST = 255
EDGE = 0.96  # of half the width: a hair of air, so that no edge is cut


@dataclass(frozen=True, slots=True)
class Tones:
    """A colour of the land in three tones."""

    light: Colour
    plain: Colour
    deep: Colour


class Canvas:
    def __init__(self, size_px: int) -> None:
        self._size_px = size_px
        self._large_px = size_px * DRAWN_LARGER
        self._unit_px = self._large_px / 2 * EDGE
        self._image = Image.new("RGB", (self._large_px, self._large_px))
        self._draw = ImageDraw.Draw(self._image)

    def disc(self, at: Point, radius: float, colour: Colour) -> None:
        self.oval(at, radius, radius, colour)

    def oval(self, at: Point, half_width: float, half_height: float, colour: Colour) -> None:
        (x, y), across, down = self._px(at), half_width * self._unit_px, half_height * self._unit_px
        self._draw.ellipse((x - across, y - down, x + across, y + down), fill=colour)

    def ring(self, radius: float, width: float, colour: Colour) -> None:
        """Inwards from the radius."""
        (left, top), (right, bottom) = self._px((-radius, -radius)), self._px((radius, radius))
        self._draw.ellipse((left, top, right, bottom), outline=colour, width=round(width * self._unit_px))

    def shape(self, points: Iterable[Point], colour: Colour) -> None:
        self._draw.polygon([self._px(point) for point in points], fill=colour)

    def box(
        self, at: Point, half_width: float, half_height: float, colour: Colour, round_: float = 0
    ) -> None:
        (left, top) = self._px((at[0] - half_width, at[1] - half_height))
        (right, bottom) = self._px((at[0] + half_width, at[1] + half_height))
        self._draw.rounded_rectangle((left, top, right, bottom), round_ * self._unit_px, fill=colour)

    def line(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """With round ends and corners."""
        px = [self._px(point) for point in points]
        self._draw.line(px, fill=colour, width=max(1, round(width * self._unit_px)))
        for point in points:
            self.disc(point, width / 2, colour)

    def png(self) -> bytes:
        """Clear outside of the circle. The same bytes with the same Pillow."""
        edge = Image.new("L", self._image.size)
        away = self._large_px / 2 - self._unit_px
        ImageDraw.Draw(edge).ellipse((away, away, self._large_px - away, self._large_px - away), fill=255)
        self._image.putalpha(edge)
        small = self._image.resize((self._size_px, self._size_px), Image.Resampling.LANCZOS)
        # Few colours and their blends at the edges: a palette holds them, in a fifth of the bytes.
        few = small.quantize(COLOURS_MOST, method=Image.Quantize.FASTOCTREE)
        written = BytesIO()
        few.save(written, "PNG", optimize=True)
        return written.getvalue()

    def _px(self, point: Point) -> tuple[float, float]:
        middle = self._large_px / 2
        return middle + point[0] * self._unit_px, middle + point[1] * self._unit_px


def around(at: Point, radius: float, degrees: float) -> Point:
    """The point on a circle, clockwise from its top. [°]"""
    angle = math.radians(degrees)
    return at[0] + radius * math.sin(angle), at[1] - radius * math.cos(angle)


def bow(at: Point, radius: float, start_deg: float, end_deg: float) -> list[Point]:
    """Part of a circle as a line, clockwise from its top. [°]"""
    steps = max(2, round(abs(end_deg - start_deg) / 4))
    return [around(at, radius, start_deg + (end_deg - start_deg) * step / steps) for step in range(steps + 1)]


def curve(start: Point, over: Point, end: Point) -> list[Point]:
    """From one point to another, drawn towards a third (a quadratic Bézier curve)."""
    weights = [((1 - t) ** 2, 2 * t * (1 - t), t**2) for t in (step / 24 for step in range(25))]
    return [
        (a * start[0] + b * over[0] + c * end[0], a * start[1] + b * over[1] + c * end[1])
        for a, b, c in weights
    ]


def turned(points: Iterable[Point], degrees: float, by: Point = (0, 0)) -> list[Point]:
    """Clockwise about the middle, then moved. [°]"""
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    return [(x * cos - y * sin + by[0], x * sin + y * cos + by[1]) for x, y in points]
