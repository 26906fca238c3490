"""Files of ground with rules, as map programs and authorities export them."""

import json
from typing import Any

import pytest

from content.areas import features_said
from content.grounds import CORNERS_MOST, NO_GROUNDS, Ground, Grounds, read_grounds
from geo.fences import Area, Circle, Corridor, box_of
from geo.positions import Position

RING = [[14.6, 63.1], [14.7, 63.1], [14.7, 63.2], [14.6, 63.2], [14.6, 63.1]]


def feature(coordinates: Any = None, **said: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": said,
        "geometry": {"type": "Polygon", "coordinates": coordinates or [RING]},
    }


def collection(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def codes(*features: object, kind: Any = None) -> list[tuple[int | None, str]]:
    read = read_grounds(collection(*features), kind)
    return [(number, finding.code) for number, finding in features_said(read.findings)]


def test_what_an_authority_exports_is_read_and_the_rest_of_it_left() -> None:
    read = read_grounds(
        collection(feature(NVRID="2000123", NAMN="Ånnsjön\n", SKYDDSTYP="Naturreservat", AREA_HA=1.5)),
        "protected",
    )

    (ground,) = read.grounds
    assert (ground.kind, ground.name, ground.bans) == ("protected", "Ånnsjön", ())


def test_times_when_nobody_may_be_there_are_carried() -> None:
    (ground,) = read_grounds(
        collection(feature(name="Holmen", kind="protected", ban=[["02-01", "08-15"], ["11-01", "01-31"]]))
    ).grounds

    assert ground.bans == (("02-01", "08-15"), ("11-01", "01-31"))


@pytest.mark.parametrize(
    "one, code",
    [
        (feature(), "area-kind"),
        (feature(kind="forest"), "area-kind"),
        (feature(kind=["church"]), "area-kind"),
        (feature(kind="church", ban="02-01"), "area-ban"),
        (feature(kind="church", ban=[["02-01"]]), "area-ban"),
        (feature(kind="church", ban=[["1 feb", "15 aug"]]), "area-ban"),
        (feature([[[lat, lon] for lon, lat in RING]], kind="church"), "area-swapped"),
        (feature([[[float("nan"), 63.0], *RING[1:]]], kind="church"), "area-coordinates"),
        (feature([[RING[0], RING[2], RING[1], RING[3], RING[0]]], kind="church"), "area-broken"),
        (feature([[RING[0]] * (CORNERS_MOST + 1)], kind="church"), "area-corners"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_is_said_of_its_feature(one: Any, code: str) -> None:
    assert codes(feature(kind="church"), one) == [(2, code)]


def test_the_kind_given_holds_for_all_of_them() -> None:
    assert codes(feature(), feature(kind="forest"), kind="church") == []


def test_a_name_cannot_steer_a_terminal_or_grow_long() -> None:
    (ground,) = read_grounds(collection(feature(name="\x1b[31m" + "a" * 500)), "church").grounds

    assert "\x1b" not in ground.name
    assert len(ground.name) == 120


def test_a_box_holds_its_fence_and_the_margin() -> None:
    at = Position(14.6, 63.1)
    west, south, east, north = box_of(Circle(at, 100), 50)

    assert (14.6 - west) * 50_500 == pytest.approx(150, rel=0.02)
    assert (north - 63.1) * 111_400 == pytest.approx(150, rel=0.02)
    assert box_of(Corridor((at, Position(14.7, 63.1)), 30))[2] > 14.7
    assert box_of(Area((tuple(Position(*point) for point in RING),))) == (14.6, 63.1, 14.7, 63.2)
    assert (south, east) < (63.1, 14.61)


def test_far_ground_is_not_measured() -> None:
    """A crossed outline would be an error; its box says that it is far away."""
    crossed = Ground(
        "church", "", (((((15.0, 63.0), (15.1, 63.1), (15.1, 63.0), (15.0, 63.1), (15.0, 63.0))),),)
    )

    assert list(Grounds((crossed,)).near(Circle(Position(14.6, 63.1), 100))) == []
    assert list(NO_GROUNDS.near(Circle(Position(14.6, 63.1), 100))) == []
