"""What may be offered now: season, hours, light and closures. Offered, never judged.

A `Plan` is as much of a quest as deciding this needs, and no more than everybody may know: hidden stages have
neither place nor key of their own in it. Each stage has `ways`: itself and its variants, each open at its own
times. Everything is a question about one moment, which is handed in; what changes when is found by asking each
constraint how long its answer holds.

Hours, seasons and days are those of Europe/Stockholm, whatever the phone says.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Annotated

import msgspec

from geo.fences import Box, Fence, outside_m, start_of
from geo.positions import Position
from geo.sun import CIVIL_DEG, SUNRISE_DEG, elevation_deg, next_crossing
from quests.conditions import Chose, Condition, StageKey
from quests.model import AnyPlace, AreaPlace, Company, Open, Quest, Season, Setting, Stage, Takes, VariantKey
from quests.region import SWEDEN

HORIZON = timedelta(days=370)  # nothing is looked for further ahead than the same day next year
SOON = timedelta(days=3)  # a quest that closes later than this is told as open, and no more
DUSK_MARGIN = timedelta(minutes=30)  # before civil dusk, by when whoever wants daylight is back
FELL_MARGIN = timedelta(minutes=60)  # before sunset, where fells shade early
CHANGES_MOST = 800  # of a constraint on the way to the horizon: two a day and some
# A box in degrees around closed ground holds all of it: its sides are geodesics, which bend away from the parallel by up
# to 5 km on a side of 370 km, at 65 degrees north.
BOX_MARGIN_DEG = 0.1
QUICK_TAPS_MOST = 2
TAPS_UNENDING = 100
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# Stands for the task and the option of a hidden stage.
UNTOLD = "hidden"

#: What the name of a variant says of when it is open, where its author says nothing.
IMPLIED = {"dark": Open(light="dark")}


class Why(StrEnum):
    """What keeps something from being offered now. Named for people under `closed.<why>`."""

    SEASON = "season"
    HOURS = "hours"
    TOO_DARK = "too-dark"
    TOO_LIGHT = "too-light"
    CLOSED_GROUND = "closed-ground"


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way to do a stage. `variant` None is the stage itself; `lon`, `lat` None is wherever one is."""

    variant: VariantKey | None = None
    open: Open = Open()
    special: bool = False
    lon: float | None = None
    lat: float | None = None
    takes: Takes | None = None


class PlannedStage(msgspec.Struct, frozen=True, kw_only=True):
    key: StageKey
    opens: Condition | None = None
    ways: tuple[Way, ...] = (Way(),)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A quest, as far as it can be offered by."""

    stages: tuple[PlannedStage, ...]
    finishing: Condition
    minutes: int = 0
    company: tuple[Company, ...] = ()
    setting: tuple[Setting, ...] = ()
    quick: Annotated[
        bool,
        msgspec.Meta(description="A stage that is open at once is done by a tap or two where one stands."),
    ] = False

    @property
    def fell(self) -> bool:
        """Daylight ends earlier there."""
        return "fell" in self.setting


class Closed(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Ground that nobody is sent to between two moments."""

    place: AnyPlace
    start: datetime
    end: datetime

    @cached_property
    def fence(self) -> Fence:
        """Drawn once: every quest that might be offered asks, and an area is not cheap to draw."""
        return self.place.drawn

    @cached_property
    def box(self) -> Box:
        """Around an area; of other shapes, which no closure has, the world."""
        if not isinstance(self.place, AreaPlace):
            return -180.0, -90.0, 180.0, 90.0
        lons, lats = zip(*self.place.rings[0], strict=True)
        margin = BOX_MARGIN_DEG
        return min(lons) - margin, min(lats) - margin, max(lons) + margin, max(lats) + margin

    def near_box(self, position: Position) -> bool:
        """Whether the position lies in the box around it; cheap, and sure only in saying no."""
        west, south, east, north = self.box
        return west <= position.lon <= east and south <= position.lat <= north

    def covers(self, position: Position) -> bool:
        """Whether the position lies on this ground, at whatever time."""
        return self.near_box(position) and outside_m(self.fence, position) == 0


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether something is open, and why not. `until`: when that changes, None where it does not within a year."""

    open: bool
    why: tuple[Why, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OfferedStage:
    """`way`: the one to show first, None where the stage is closed. `open_ways`: all that are open."""

    key: str
    way: Way | None
    open_ways: tuple[Way, ...]
    opening: Opening


@dataclass(frozen=True, slots=True)
class Offer:
    """A quest at one moment. `playable`: whoever sets out now comes to its end in time."""

    stages: tuple[OfferedStage, ...]
    playable: bool
    opening: Opening


def plan_of(quest: Quest) -> Plan:
    """As much of a quest as everybody may know of when and where it is played."""
    names = {stage.key: f"hidden-{number}" for number, stage in enumerate(quest.stages) if stage.hidden}
    opening = quest.opening
    stages = tuple(
        PlannedStage(key=names[stage.key], opens=_renamed(opening[stage.key], names))
        if stage.hidden
        else PlannedStage(
            key=stage.key, opens=_renamed(opening[stage.key], names), ways=tuple(_ways(quest, stage))
        )
        for stage in quest.stages
    )
    finishing = _renamed(quest.finishing, names)
    return Plan(
        stages=stages,
        finishing=finishing or quest.finishing,
        minutes=quest.minutes or 0,
        company=quest.company,
        setting=quest.setting,
        quick=any(_is_quick(stage) for stage in quest.stages if opening[stage.key] is None),
    )


def _is_quick(stage: Stage) -> bool:
    if stage.place is not None or stage.hidden:
        return False
    taps = sorted(TAPS_UNENDING if task.TAPS is None else task.TAPS for task in stage.tasks)
    return sum(taps[: stage.needs or len(taps)]) <= QUICK_TAPS_MOST


def offer(
    plan: Plan,
    at: datetime,
    here: Position,
    closed: Collection[Closed] = (),
) -> Offer:
    """What of a quest is open at a moment for somebody who is `here` (stages without a place are there).

    `playable` asks that everything needed stays open for as long as the quest takes. What closes later than `SOON`
    has no `until`.
    """
    stages = tuple(_offered(plan, stage, at, here, closed) for stage in plan.stages)
    begun = {stage.key for stage in stages if stage.way is not None}
    lasting_until = at + timedelta(minutes=plan.minutes)
    lasts = {
        stage.key
        for stage in stages
        if stage.way is not None and (stage.opening.until is None or stage.opening.until >= lasting_until)
    }
    playable = _can_be_finished(plan, lasts)
    entrances = [stage for stage, planned in zip(stages, plan.stages, strict=True) if planned.opens is None]
    if begun & {stage.key for stage in entrances}:
        needed = [stage.opening.until for stage in stages if stage.key in lasts and stage.opening.until]
        return Offer(stages, playable, Opening(open=True, until=min(needed, default=None)))
    opens = [stage.opening.until for stage in entrances if stage.opening.until]
    why = tuple(dict.fromkeys(one for stage in entrances for one in stage.opening.why))
    return Offer(stages, playable=False, opening=Opening(open=False, why=why, until=min(opens, default=None)))


def can_be_played(plan: Plan, at: datetime, here: Position, closed: Collection[Closed] = ()) -> bool:
    """`offer(…).playable`, without a look further ahead than the quest takes.

    What is closed now is not asked when it opens: with hours that hardly meet the light, that is to go through a year.
    """
    lasting_until = at + timedelta(minutes=plan.minutes)
    within = min(SOON, lasting_until - at)
    lasts = set()
    for stage in plan.stages:
        for way in stage.ways:
            constraints = _constraints_of(way, here, closed, fell=plan.fell)
            if all(one.holds(at) for one in constraints):
                until = _next_change(constraints, at, at + within)
                if until is None or until >= lasting_until:
                    lasts.add(stage.key)
                    break
    return _can_be_finished(plan, lasts)


def opening_of(
    way: Way,
    at: datetime,
    here: Position,
    closed: Collection[Closed] = (),
    *,
    fell: bool = False,
    closes_within: timedelta = HORIZON,
) -> Opening:
    """Whether one way is open at a moment, why not, and when that changes.

    `closes_within`: how far ahead a closing is looked for; an opening is looked for until the horizon.
    """
    constraints = _constraints_of(way, here, closed, fell=fell)
    why = tuple(dict.fromkeys(one.why for one in constraints if not one.holds(at)))
    until = _next_change(constraints, at, at + (HORIZON if why else closes_within))
    return Opening(open=not why, why=why, until=until)


# One constraint: whether it holds at a moment, and the first moment after it at which that may be otherwise.
@dataclass(frozen=True, slots=True)
class _Constraint:
    why: Why
    holds: Callable[[datetime], bool]
    next_change: Callable[[datetime], datetime | None]


def _next_change(constraints: tuple[_Constraint, ...], at: datetime, last: datetime) -> datetime | None:
    """The first moment, not after `last`, at which all hold or no longer all do."""
    moment = at
    opens = not all(one.holds(at) for one in constraints)
    for _ in range(CHANGES_MOST):
        if opens:  # not before the last of those that fail has changed
            changes = [one.next_change(moment) for one in constraints if not one.holds(moment)]
            found = None if None in changes else max(change for change in changes if change)
        else:
            changes = [one.next_change(moment) for one in constraints]
            found = min((change for change in changes if change), default=None)
        if found is None or found > last:
            return None
        moment = found
        if all(one.holds(moment) for one in constraints) is opens:
            return moment
    return None


def _constraints_of(
    way: Way, here: Position, closed: Collection[Closed], *, fell: bool
) -> tuple[_Constraint, ...]:
    place = here if way.lon is None or way.lat is None else Position(way.lon, way.lat)
    return tuple(_constraints(way, place, closed, fell=fell))


def _constraints(
    way: Way, place: Position, closed: Collection[Closed], *, fell: bool
) -> Iterator[_Constraint]:
    opened = way.open
    if opened.seasons:
        yield _Constraint(
            Why.SEASON,
            lambda at: _in_season(opened.seasons, at.astimezone(SWEDEN).date()),
            lambda at: _season_changes(opened.seasons, at),
        )
    if opened.hours:
        yield _Constraint(
            Why.HOURS,
            lambda at: any(start <= at < end for start, end in _spans(opened, at)),
            lambda at: min((edge for span in _spans(opened, at) for edge in span if edge > at), default=None),
        )
    light = opened.light
    if light == "day":
        yield _Constraint(
            Why.TOO_DARK,
            lambda at: any(start <= at < end for start, end in _daylight(place, at, fell=fell)),
            lambda at: _edge_after(_daylight(place, at, fell=fell), at),
        )
    elif light == "dark":
        yield _Constraint(
            Why.TOO_LIGHT,
            lambda at: not any(start <= at < end for start, end in _sun_above(place, at, CIVIL_DEG)),
            lambda at: _edge_after(_sun_above(place, at, CIVIL_DEG), at),
        )
    for ground in closed:
        if ground.covers(place):
            yield _Constraint(
                Why.CLOSED_GROUND,
                lambda at, ground=ground: not ground.start <= at < ground.end,  # type: ignore[misc]
                lambda at, ground=ground: min(  # type: ignore[misc]
                    (edge for edge in (ground.start, ground.end) if edge > at), default=None
                ),
            )


def _offered(
    plan: Plan,
    stage: PlannedStage,
    at: datetime,
    here: Position,
    closed: Collection[Closed],
) -> OfferedStage:
    openings = [
        (way, opening_of(way, at, here, closed, fell=plan.fell, closes_within=SOON)) for way in stage.ways
    ]
    open_ways = [(way, opening) for way, opening in openings if opening.open]
    # What is made for just this season or light comes first, then the stage itself, then its other ways.
    open_ways.sort(key=lambda pair: (not pair[0].special, pair[0].variant is not None))
    if open_ways:
        # The stage stays open for as long as any of its ways does.
        lasts = [opening.until for _, opening in open_ways]
        until = None if None in lasts else max(one for one in lasts if one is not None)
        return OfferedStage(
            stage.key, open_ways[0][0], tuple(way for way, _ in open_ways), Opening(open=True, until=until)
        )
    opens = [opening.until for _, opening in openings if opening.until]
    why = openings[0][1].why
    return OfferedStage(stage.key, None, (), Opening(open=False, why=why, until=min(opens, default=None)))


def _ways(quest: Quest, stage: Stage) -> Iterator[Way]:
    yield _way(quest, stage, None)
    for variant in stage.variants:
        varied = stage.variant(variant.key)
        if varied is not None:
            own = variant.open or IMPLIED.get(variant.key)
            yield _way(quest, msgspec.structs.replace(varied, open=own or varied.open), variant.key, own)


def _way(quest: Quest, stage: Stage, variant: str | None, own: Open | None = None) -> Way:
    opened = stage.open or quest.open or Open()
    point = None if stage.place is None else start_of(stage.place.drawn)
    if opened.light is None:
        opened = msgspec.structs.replace(opened, light="any" if point is None else "day")
    return Way(
        variant=variant,
        open=opened,
        special=own is not None and bool(own.seasons or own.hours or own.light in {"dark", "day"}),
        lon=None if point is None else round(point.lon, 6),
        lat=None if point is None else round(point.lat, 6),
        takes=stage.takes,
    )


def _renamed(condition: Condition | None, names: dict[str, str]) -> Condition | None:
    """The condition with other names for hidden stages, whose own may tell what they are, as do those of what they ask."""
    if condition is None or not names:
        return condition
    parts = getattr(condition, "of", None)
    if parts is not None:
        return msgspec.structs.replace(condition, of=tuple(_renamed(part, names) for part in parts))
    key: str = getattr(condition, "stage", "")
    if key not in names:
        return condition
    if isinstance(condition, Chose):
        return Chose(names[key], UNTOLD, UNTOLD)
    return msgspec.structs.replace(condition, stage=names[key])


class _AllOf(frozenset[str]):
    """Every option ever chosen at these stages."""

    def __contains__(self, choice: object) -> bool:
        return isinstance(choice, tuple) and super().__contains__(choice[0])


@dataclass(frozen=True, slots=True)
class _Everything:
    """The facts of somebody who has done everything at these stages."""

    settled: frozenset[str]

    @property
    def satisfied(self) -> frozenset[str]:
        return self.settled

    @property
    def chosen(self) -> frozenset[tuple[str, str, str]]:
        return _AllOf(self.settled)  # type: ignore[return-value]


def _can_be_finished(plan: Plan, playable: set[str]) -> bool:
    """Whether a quest comes to its end when only these stages can be done."""
    done: frozenset[str] = frozenset()
    while True:
        facts = _Everything(done)
        more = frozenset(
            stage.key
            for stage in plan.stages
            if stage.key in playable and (stage.opens is None or stage.opens.holds(facts))
        )
        if more <= done:
            return plan.finishing.holds(facts)
        done |= more


def _in_season(seasons: Iterable[Season], day: date) -> bool:
    today = (day.month, day.day)
    for season in seasons:
        start, end = _month_day(season.start), _month_day(season.end)
        if (start <= today <= end) if start <= end else (today >= start or today <= end):
            return True
    return False


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)


def _season_changes(seasons: tuple[Season, ...], at: datetime) -> datetime | None:
    today = at.astimezone(SWEDEN).date()
    now = _in_season(seasons, today)
    for days in range(1, HORIZON.days + 1):
        day = today + timedelta(days=days)
        if _in_season(seasons, day) is not now:
            return _moment(day, "00:00")
    return None


def _spans(opened: Open, at: datetime) -> list[tuple[datetime, datetime]]:
    """The open hours of a week and a day around a moment."""
    today = at.astimezone(SWEDEN).date()
    spans = []
    for days in range(-1, 9):
        day = today + timedelta(days=days)
        for hours in opened.hours:
            if hours.days and WEEKDAYS[day.weekday()] not in hours.days:
                continue
            over_midnight = hours.end <= hours.start
            spans.append((_moment(day, hours.start), _moment(day + timedelta(days=over_midnight), hours.end)))
    return spans


def _moment(day: date, clock: str) -> datetime:
    """A time by Swedish clocks. One that is skipped in spring is the hour after, one that comes twice the first."""
    hour, minute = map(int, clock.split(":"))
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    return datetime.combine(day, time(hour, minute), SWEDEN).astimezone(UTC)


Spans = tuple[tuple[datetime, datetime], ...]


def _daylight(place: Position, at: datetime, *, fell: bool) -> Spans:
    """The spans of daylight around a moment, cut short so that nobody is out when it ends."""
    elevation, margin = (SUNRISE_DEG, FELL_MARGIN) if fell else (CIVIL_DEG, DUSK_MARGIN)
    return tuple(
        (start, end - margin) for start, end in _sun_above(place, at, elevation) if end - margin > start
    )


def _sun_above(place: Position, at: datetime, elevation: float) -> Spans:
    """When the sun is above an elevation, from a day before the moment to two days after it.

    A span that goes on beyond these days ends with them: around midsummer civil daylight has no end.
    """
    # To a hundredth of a degree, some 36 s of lon and as little of lat: so that neighbours share the sums.
    rough = Position(round(place.lon, 2), round(place.lat, 2))
    return _sun_above_from(rough, at.astimezone(UTC).date() - timedelta(days=1), elevation)


SKY_DAYS = timedelta(days=4)


@lru_cache(maxsize=2048)
def _sun_above_from(place: Position, day: date, elevation: float) -> Spans:
    start = datetime.combine(day, time(0), UTC)
    last = start + SKY_DAYS
    edges = [start]
    above = elevation_deg(start, place) > elevation
    rising = not above
    while edges[-1] < last:
        edge = next_crossing(edges[-1], place, elevation, rising=rising, within=last - edges[-1])
        if edge is None:
            break
        edges.append(edge)
        rising = not rising
    edges.append(last)
    spans = list(pairwise(edges))
    return tuple(spans[0 if above else 1 :: 2])


def _edge_after(spans: Spans, at: datetime) -> datetime | None:
    """The next moment at which a span begins or ends, or at which the spans known end."""
    return min((edge for span in spans for edge in span if edge > at), default=at + timedelta(days=1))
