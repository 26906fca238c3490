"""What counts as covered: different things, playable to the end, in the language itself, near enough."""

from datetime import UTC, datetime
from typing import Any

import pytest

from geo.positions import Position, destination
from quests.conditions import Settled
from quests.coverage import Playable, Settlement, shares
from quests.model import Open
from quests.openness import Plan, PlannedStage, Way

VILLAGE = Settlement("Byn", "2313", Position(15.35, 63.58))
DARK = datetime(2026, 12, 15, 15, 0, tzinfo=UTC)
LIGHT = datetime(2026, 6, 20, 20, 0, tzinfo=UTC)


def thing(kind: str, *, light: Any = "any", away_m: float | None = None, **changed: Any) -> Playable:
    at = None if away_m is None else destination(VILLAGE.position, 90, away_m)
    way = Way(open=Open(light=light), lon=None if at is None else at.lon, lat=None if at is None else at.lat)
    plan = Plan(
        stages=(PlannedStage(key="a", ways=(way,)),),
        finishing=Settled("a"),
        setting=changed.pop("setting", ()),
    )
    given: dict[str, Any] = {
        "code": kind,
        "languages": frozenset({"sv", "en"}),
        "different": frozenset({kind}),
        "entrances": () if at is None else (at,),
    }
    return Playable(plan=plan, **(given | changed))


def covered(*things: Playable, at: datetime = DARK, language: str = "sv") -> tuple[int, int, int]:
    (found,) = shares(things, [VILLAGE], [language], [at])
    return found.covered, found.least, found.placed


THREE = (thing("count"), thing("listen"), thing("meet"))


def test_three_different_things_are_enough_and_three_alike_are_not() -> None:
    assert covered(*THREE) == (1, 3, 0)
    assert covered(*THREE[:2], thing("listen", code="other")) == (0, 2, 0)


@pytest.mark.parametrize(
    "other, counts",
    [
        (thing("forest", setting=("forest",)), False),
        (thing("forest", setting=("forest", "street")), True),
        (thing("day", light="day"), False),
        (thing("english", languages=frozenset({"en"})), False),
        (thing("near", light="lit", away_m=1_900), True),
        (thing("far", light="lit", away_m=2_100), False),
        (thing("wood", light="day", away_m=100), False),
    ],
    ids=lambda value: value.code if isinstance(value, Playable) else str(value),
)
def test_what_counts(other: Playable, counts: bool) -> None:  # noqa: FBT001  a case
    assert covered(*THREE[:2], other)[0] == counts


def test_what_needs_daylight_counts_by_light_night() -> None:
    assert covered(*THREE[:2], thing("wood", light="day", away_m=100), at=LIGHT) == (1, 3, 1)
