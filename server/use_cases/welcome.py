"""What is near a place and open now, for somebody who meets a newcomer. Nothing of it is kept."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from geo.names import folded
from geo.positions import Position
from geo.sun import CIVIL_DEG, Light, light, next_crossing
from quests.closures import not_offered
from quests.model import Takes
from quests.region import SWEDEN
from quests.today import Candidate, draw, walking_minutes
from server.stores import closures, guides, offers
from server.stores.database import Database
from server.stores.guides import Guide
from server.stores.offers import Offered
from server.stores.shown import Card
from server.use_cases import places

RIDE_M = 25_000.0
WALK_M = 2_000.0
NAMES_MOST = 200  # offered while somebody types
ALIKE_MOST = 6
HERE_MOST, WALK_MOST, RIDE_MOST = 4, 4, 3


@dataclass(frozen=True, slots=True)
class Thing:
    """One quest to suggest. `walk_min` there on foot where that is near; `distance_m` None right here.

    `pram`, `wheelchair`: every stop is known to be fine so. `bus_stop_m`, `toilet_m`: the nearest that is known. [m]
    """

    card: Card
    distance_m: float | None
    walk_min: int | None
    pram: bool = False
    wheelchair: bool = False
    bus_stop_m: int | None = None
    toilet_m: int | None = None


@dataclass(frozen=True, slots=True)
class Welcome:
    """`here` needs nothing but where one is; `walk` and `ride` have places. `light_changes`: None where it does not."""

    place: str
    at: datetime
    light: Light
    light_changes: datetime | None
    here: tuple[Thing, ...]
    walk: tuple[Thing, ...]
    ride: tuple[Thing, ...]
    guide: Guide | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as people tell it from others. `municipality`: what that is called, in Swedish; `code` is SCB's of it."""

    id: str
    name: str
    municipality: str | None
    position: Position
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """The places that are called what was typed; where there is none, those that are written much like it."""

    called: tuple[Spot, ...]
    alike: tuple[Spot, ...] = ()


def seek(database: Database, typed: str, languages: Sequence[str]) -> Sought:
    """By a whole name, or by one with its municipality after a comma. Nothing else is guessed."""
    name, comma, municipality = typed.rpartition(",")
    if called := _spots(places.called(database, typed, languages)):
        return Sought(called)
    if comma:
        called = _spots(places.called(database, name, languages))
        if there := tuple(one for one in called if _lies_in(one, municipality)):
            return Sought(there)
    wanted = name if comma else typed
    return Sought((), _spots(places.written_alike(database, wanted, languages, ALIKE_MOST)))


def spot(database: Database, place_id: str, languages: Sequence[str]) -> Spot | None:
    return next(iter(_spots(places.of_id(database, place_id, languages))), None)


def _lies_in(one: Spot, municipality: str) -> bool:
    """`Åre`, `are` or `Åre kommun`."""
    said = folded(municipality)
    return one.municipality is not None and folded(one.municipality) in (said, said.removesuffix(" kommun"))


def welcome(database: Database, place: Spot, at: datetime, languages: Sequence[str]) -> Welcome:
    """What is near it and open then."""
    here = place.position
    near = {one.id: one for one in offers.near(database, here, RIDE_M)}
    drawn = draw(
        [Candidate(one.id, one.code, one.plan, one.distance_m) for one in near.values()],
        at,
        here,
        closed=not_offered(closures.standing(database, at)),
        most=len(near),
        minutes_most=None,
        walk_most_m=RIDE_M,
    )
    ids = [one.candidate.id for one in drawn]
    cards = offers.cards(database, ids, languages)
    things = [_thing(near[one], cards[one]) for one in ids if one in cards]
    # What is in the newcomer's own language first, each in the order of the day.
    wanted = languages[0] if languages else ""
    things.sort(key=lambda thing: thing.card.language != wanted)
    sky = light(at, here)
    return Welcome(
        place=place.name,
        at=at.astimezone(SWEDEN),
        light=sky,
        light_changes=_local(next_crossing(at, here, CIVIL_DEG, rising=sky is Light.dark)),
        here=tuple([one for one in things if one.distance_m is None][:HERE_MOST]),
        walk=tuple([one for one in things if one.walk_min is not None][:WALK_MOST]),
        ride=tuple(
            [one for one in things if one.distance_m is not None and one.walk_min is None][:RIDE_MOST]
        ),
        guide=None if place.code is None else guides.shown(database, place.code),
    )


def _thing(offered: Offered, card: Card) -> Thing:
    away = offered.distance_m
    # What a hidden stop takes is told to nobody, so of a quest with one nothing is promised.
    taken = [stage.ways[0].takes or Takes() for stage in offered.plan.stages]
    return Thing(
        card,
        away,
        walking_minutes(away) if (away or 0) <= WALK_M else None,
        pram=all(one.pram for one in taken),
        wheelchair=all(one.wheelchair for one in taken),
        bus_stop_m=min((one.bus_stop_m for one in taken if one.bus_stop_m is not None), default=None),
        toilet_m=min((one.toilet_m for one in taken if one.toilet_m is not None), default=None),
    )


def place_names(database: Database, languages: Sequence[str]) -> tuple[str, ...]:
    """The largest places, to choose among."""
    return tuple(
        one.name for one in _spots(places.find(database, None, None, NAMES_MOST, languages).features)
    )


def _spots(features: bytes) -> tuple[Spot, ...]:
    return tuple(
        Spot(
            id=one["id"],
            name=one["properties"]["name"],
            municipality=one["properties"]["municipality_name"],
            position=Position(*one["geometry"]["coordinates"]),
            code=one["properties"]["municipality"],
        )
        for one in json.loads(b"[" + features + b"]")
    )


def _local(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(SWEDEN)
