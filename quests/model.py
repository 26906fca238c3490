"""What is published to be played: quest, stages, tasks, places, texts.

A `Quest` holds everything a kit may hold, hidden stages included, and no secret: plain answers and code
secrets live in `quests.secrets.Secrets`, a value of its own that no view takes. Forms are msgspec
structs, so that the same declaration reads a stored version, reads a pack, and documents both.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Literal

import msgspec

from geo.fences import Area, Circle, Corridor, Fence, widened
from geo.positions import Position
from quests.codes import CODE_PATTERN
from quests.conditions import AtLeast, Condition, Settled, StageKey
from quests.tasks import AnyTask

RADIUS_LEAST_M = 15
RADIUS_MOST_M = 150
RADIUS_DEFAULT_M = 30
# Above this a place is "not well known": the fence is widened for doubt and gives at most trust 1.
WELL_KNOWN_M = 100
ANSWER_WITHIN_H = 24

Lon = Annotated[float, msgspec.Meta(ge=-180, le=180, description="Longitude, WGS 84. [°]")]
Lat = Annotated[float, msgspec.Meta(ge=-90, le=90, description="Latitude, WGS 84. [°]")]
Point = tuple[Lon, Lat]
Radius = Annotated[float, msgspec.Meta(ge=RADIUS_LEAST_M, le=RADIUS_MOST_M, description="[m]")]
VariantKey = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,29}$")]
Language = Annotated[
    str,
    msgspec.Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$(?!\n)", max_length=35, description="BCP 47."),
]


MonthDay = Annotated[
    str, msgspec.Meta(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", description="Month and day.")
]
ClockTime = Annotated[
    str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", description="Hour and minute.")
]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Municipality = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}$", description="SCB's code.")]
Company = Literal["alone", "two", "child", "group"]
Setting = Literal["home", "door", "street", "village", "indoors", "bus", "field", "forest", "shore", "fell"]


class Place(msgspec.Struct, frozen=True, kw_only=True, tag_field="shape", forbid_unknown_fields=True):
    """Where a stage is. `known_to_m`: how well its position is known, with `source`."""

    known_to_m: Annotated[
        float, msgspec.Meta(gt=0, le=20_000, description="How well the place is known. [m]")
    ] = 10
    source: Annotated[str, msgspec.Meta(max_length=300)] = ""

    @property
    def widened_by_m(self) -> float:
        """What doubt adds to the fence, so that nobody honest stands outside. [m]"""
        return self.known_to_m if self.known_to_m > WELL_KNOWN_M else 0.0

    @property
    def drawn(self) -> Fence:
        """The fence as its author drew it."""
        raise NotImplementedError


class CirclePlace(Place, frozen=True, tag="circle", kw_only=True):
    lon: Lon
    lat: Lat
    radius_m: Radius = RADIUS_DEFAULT_M

    @property
    def drawn(self) -> Fence:
        return Circle(Position(self.lon, self.lat), self.radius_m)


class CorridorPlace(Place, frozen=True, tag="corridor", kw_only=True):
    """Anywhere along a line, such as a shore or a street."""

    line: Annotated[tuple[Point, ...], msgspec.Meta(min_length=2, max_length=1000)]
    half_width_m: Radius = RADIUS_DEFAULT_M

    @property
    def drawn(self) -> Fence:
        return Corridor(tuple(Position(*point) for point in self.line), self.half_width_m)


Ring = Annotated[tuple[Point, ...], msgspec.Meta(min_length=4, max_length=1000)]


class AreaPlace(Place, frozen=True, tag="area", kw_only=True):
    """Anywhere inside a polygon: the outer ring first, then holes; each ring closed."""

    rings: Annotated[tuple[Ring, ...], msgspec.Meta(min_length=1, max_length=20)]

    @property
    def drawn(self) -> Fence:
        return Area(tuple(tuple(Position(*point) for point in ring) for ring in self.rings))


AnyPlace = CirclePlace | CorridorPlace | AreaPlace


class Helper(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A point that helps on the way and is never judged."""

    kind: Literal["parking", "stop", "toilet", "shelter", "turn", "viewpoint", "entrance", "other"]
    lon: Lon
    lat: Lat


class Season(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days of the year, both included; from December to April goes round the year's end."""

    start: MonthDay
    end: MonthDay


class Hours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hours of a day in Sweden; from 20:00 to 02:00 goes on after midnight. Every day where `days` is empty."""

    days: Annotated[tuple[Weekday, ...], msgspec.Meta(max_length=7)] = ()
    start: ClockTime
    end: ClockTime


class Open(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When something is offered. Never judged: it decides what is shown, and `quests.openness` reads it.

    `light` "lit": the place is lit when it is dark; "day": only by daylight; "dark": only without. Where it is
    not said, a stage with a place is for daylight, and one without is wherever its player chooses to be.
    """

    seasons: Annotated[tuple[Season, ...], msgspec.Meta(max_length=12)] = ()
    hours: Annotated[tuple[Hours, ...], msgspec.Meta(max_length=21)] = ()
    light: Literal["any", "lit", "day", "dark"] | None = None


Metres = Annotated[int, msgspec.Meta(ge=0, le=500_000, description="[m]")]
OneToFive = Annotated[int, msgspec.Meta(ge=1, le=5, description="1 is the easiest.")]


class Takes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a stage takes of whoever plays it, and what is near it. None where nobody has looked."""

    minutes: Annotated[int, msgspec.Meta(ge=1, le=24 * 60, description="[min]")] | None = None
    length_m: Metres | None = None
    climb_m: Annotated[int, msgspec.Meta(ge=0, le=3_000, description="[m]")] | None = None
    terrain: OneToFive | None = None
    difficulty: OneToFive | None = None
    pram: bool | None = None
    wheelchair: bool | None = None
    dog: bool | None = None
    bus_stop_m: Metres | None = None
    toilet_m: Metres | None = None
    shelter_m: Metres | None = None


class Variant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same stage in another way: winter, dark, step-free, indoor, ski. What it leaves out stays."""

    key: VariantKey
    place: AnyPlace | None = None
    tasks: tuple[AnyTask, ...] | None = None
    open: Open | None = None
    takes: Takes | None = None


class Stage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One stop. Without `place` it is generic: "a lake", "from your door".

    `opens` is None where the quest's order says it. A stage is satisfied when, in one of its variants,
    `needs` of the tasks are done (all where None).
    """

    key: StageKey
    place: AnyPlace | None = None
    tasks: Annotated[tuple[AnyTask, ...], msgspec.Meta(min_length=1, max_length=20)]
    needs: Annotated[int, msgspec.Meta(ge=1, le=20)] | None = None
    opens: Condition | None = None
    hidden: Annotated[bool, msgspec.Meta(description="Not told before it opens.")] = False
    variants: Annotated[tuple[Variant, ...], msgspec.Meta(max_length=8)] = ()
    helpers: Annotated[tuple[Helper, ...], msgspec.Meta(max_length=20)] = ()
    open: Open | None = None
    takes: Takes | None = None
    physical: Annotated[
        Literal["none", "print", "box"], msgspec.Meta(description="What was put up there, if anything.")
    ] = "none"
    ground: Annotated[
        tuple[Literal["church", "protected", "ancient", "installation"], ...],
        msgspec.Meta(max_length=4, description="What sort of ground it is, where it is any of these."),
    ] = ()
    tree_line: Annotated[
        Literal["above", "below"] | None,
        msgspec.Meta(
            description="On which side of the tree line it lies; where it is not said, above on a fell trail."
        ),
    ] = None
    answer_within_h: Annotated[int, msgspec.Meta(ge=0, le=24 * 7)] = ANSWER_WITHIN_H
    salt: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$", description="Hex; drawn at publishing.")] = (
        "0" * 32
    )
    codes: Annotated[
        tuple[Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")], ...],
        msgspec.Meta(max_length=20, description="SHA-256 of each printed code, newest first."),
    ] = ()

    def variant(self, key: str | None) -> "Stage | None":
        """The stage as it is in that variant, None when it has no such variant."""
        if key is None:
            return self
        for variant in self.variants:
            if variant.key == key:
                return msgspec.structs.replace(
                    self,
                    place=variant.place or self.place,
                    tasks=variant.tasks or self.tasks,
                    open=variant.open or self.open,
                    takes=variant.takes or self.takes,
                )
        return None

    def task(self, key: str | None) -> AnyTask | None:
        return next((task for task in self.tasks if task.key == key), None)

    @property
    def fence(self) -> Fence | None:
        """The fence moves are judged by: as drawn, widened where the place is not well known."""
        return None if self.place is None else _fence(self.place)

    @property
    def widened(self) -> bool:
        return self.place is not None and self.place.widened_by_m > 0

    @property
    def ways(self) -> tuple[tuple[frozenset[str], int], ...]:
        """For each variant its task keys and how many of them satisfy the stage."""
        lists = [self.tasks, *(variant.tasks for variant in self.variants if variant.tasks)]
        return tuple(
            (frozenset(task.key for task in tasks), min(self.needs or 99, len(tasks))) for tasks in lists
        )


@lru_cache(maxsize=4096)
def _fence(place: AnyPlace) -> Fence:
    return widened(place.drawn, place.widened_by_m) if place.widened_by_m else place.drawn


class TaskTexts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    prompt: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    options: dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=200)]] = {}
    right: Annotated[str, msgspec.Meta(max_length=1000, description="Said when it is right.")] = ""
    wrong: Annotated[str, msgspec.Meta(max_length=1000, description="Said when it is wrong: a nudge.")] = ""


class PlaceWord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word that one meets at the place, with what it means in the language of the texts around it."""

    word: Annotated[str, msgspec.Meta(min_length=1, max_length=60, description="As one writes it.")]
    language: Annotated[Language, msgspec.Meta(description="The language that the word is of, BCP 47.")]
    meaning: Annotated[
        str, msgspec.Meta(min_length=1, max_length=200, description="What it means, in a sentence or less.")
    ]
    said: Annotated[
        str, msgspec.Meta(max_length=80, description="How it is said, in letters that a reader can follow.")
    ] = ""
    source: Annotated[
        str, msgspec.Meta(max_length=300, description="Who says so; a Sámi word always has one.")
    ] = ""


class StageTexts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    way: Annotated[str, msgspec.Meta(max_length=2000, description="How to come there.")] = ""
    arrived: Annotated[str, msgspec.Meta(max_length=4000, description="Told on arrival.")] = ""
    after: Annotated[str, msgspec.Meta(max_length=4000, description="Told when the stage is done.")] = ""
    hints: tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=500)], ...] = ()
    helpers: tuple[Annotated[str, msgspec.Meta(max_length=200)], ...] = ()
    tasks: dict[str, TaskTexts] = {}
    variants: dict[str, "VariantTexts"] = {}
    words: Annotated[
        tuple[PlaceWord, ...],
        msgspec.Meta(description="Words that one meets there, three at most, to tap and to keep."),
    ] = ()


class VariantTexts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a variant says otherwise; an empty text is the stage's own."""

    way: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    arrived: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    tasks: dict[str, TaskTexts] = {}


class QuestTexts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a quest says in one language, with who checked it."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    summary: Annotated[str, msgspec.Meta(min_length=1, max_length=600)]
    before: Annotated[str, msgspec.Meta(max_length=4000, description="Told before setting out.")] = ""
    after: Annotated[str, msgspec.Meta(max_length=4000, description="Told when the quest is finished.")] = ""
    tie_break: Annotated[str, msgspec.Meta(max_length=500, description="The tie-break question.")] = ""
    checked_by: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] = "nobody yet"
    stages: dict[str, StageTexts]


class Medium(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A picture or sound of the pack, by its content."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    bytes: Annotated[int, msgspec.Meta(ge=1)]
    type: str


class Quest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of a quest, as a kit holds it.

    `done_at`: how many settled stages finish it (all where None), unless `finish` says otherwise.
    `feedback` "at_end" makes a tipspromenad: every answer is kept, and the score comes at hand-in.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    code: Annotated[str, msgspec.Meta(pattern=CODE_PATTERN)]
    version: Annotated[
        str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the canonical pack.")
    ]
    kind: Literal["challenge", "trail"]
    order: Literal["ordered", "any"] = "ordered"
    feedback: Literal["at_once", "at_end"] = "at_once"
    stages: Annotated[tuple[Stage, ...], msgspec.Meta(min_length=1, max_length=200)]
    done_at: Annotated[int, msgspec.Meta(ge=1, le=200)] | None = None
    finish: Condition | None = None
    tie_break: bool = False
    association: Annotated[str, msgspec.Meta(max_length=200)] = ""
    minutes: Annotated[int, msgspec.Meta(ge=1, le=14 * 24 * 60)] | None = None
    length_m: Annotated[int, msgspec.Meta(ge=0, le=500_000)] | None = None
    company: tuple[Company, ...] = ()
    setting: tuple[Setting, ...] = ()
    municipalities: tuple[Municipality, ...] = ()
    open: Open | None = None
    languages: Annotated[tuple[Language, ...], msgspec.Meta(min_length=1)]
    texts: dict[str, QuestTexts]
    media: tuple[Medium, ...] = ()

    def stage(self, key: str | None) -> Stage | None:
        return next((stage for stage in self.stages if stage.key == key), None)

    @property
    def opening(self) -> Mapping[str, Condition | None]:
        """When each stage opens: its own condition, or what the order says; None is "from the start"."""
        before: str | None = None
        conditions: dict[str, Condition | None] = {}
        for stage in self.stages:
            by_order = Settled(before) if self.order == "ordered" and before is not None else None
            conditions[stage.key] = stage.opens or by_order
            before = stage.key
        return conditions

    @property
    def finishing(self) -> Condition:
        """What finishes the quest."""
        settled = tuple(Settled(stage.key) for stage in self.stages)
        return self.finish or AtLeast(self.done_at or len(settled), settled)

    @property
    def stage_of_code(self) -> Mapping[str, str]:
        """The stage of each printed code's hash."""
        return {code: stage.key for stage in self.stages for code in stage.codes}


def read_quest(stored: object) -> Quest:
    """A stored version as a value. Raises `msgspec.ValidationError` with the path of what does not fit."""
    return msgspec.convert(stored, Quest)


def write_quest(quest: Quest) -> dict[str, object]:
    """A version as it is stored and as a kit carries it; `read_quest` of it is the same quest."""
    written: dict[str, object] = msgspec.to_builtins(quest)
    return written
