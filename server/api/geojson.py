"""GeoJSON (RFC 7946) as far as answers use it: WGS 84, longitude first, 6 decimals."""

from typing import Annotated

import msgspec

GEOJSON = "application/geo+json"

Coordinates = tuple[float, float]


class Point(msgspec.Struct, frozen=True, tag_field="type", tag="Point"):
    """A place."""

    coordinates: Annotated[Coordinates, msgspec.Meta(description="Longitude and latitude, WGS 84. [°]")]


class Polygon(msgspec.Struct, frozen=True, tag_field="type", tag="Polygon"):
    """An area: its outer ring, then its holes."""

    coordinates: Annotated[
        tuple[tuple[Coordinates, ...], ...], msgspec.Meta(description="Closed rings, WGS 84. [°]")
    ]


class MultiPolygon(msgspec.Struct, frozen=True, tag_field="type", tag="MultiPolygon"):
    """Several areas."""

    coordinates: Annotated[
        tuple[tuple[tuple[Coordinates, ...], ...], ...], msgspec.Meta(description="Polygons, WGS 84. [°]")
    ]


Geometry = Polygon | MultiPolygon

__all__ = ["GEOJSON", "Geometry", "MultiPolygon", "Point", "Polygon"]
