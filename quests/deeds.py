"""What somebody has done, as facts that only ever grow: all that a badge may look at.

A deed is a property of one accepted move and its quest's version, or of a stage or quest that the moves have
brought to its end. It knows its hour and no more, so that a whole life of moves folds into few deeds, and nobody
can read from them how often or how quickly something was done.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal, get_args

import msgspec

from geo.fences import start_of
from geo.positions import Position
from geo.sun import light
from quests.evidence import TimeClass
from quests.model import AnyPlace, Quest
from quests.outcomes import HandedIn, Judged, Outcome, Said, TaskDone
from quests.play import play
from quests.region import SWEDEN
from quests.today import SEASONS

DeedKind = Literal["task", "stage", "finished", "row"]
Season = Literal["winter", "spring", "summer", "autumn"]
Light = Literal["day", "dark"]
Ground = Literal["placed", "anywhere"]
Players = Literal["several"]  # that nobody else was along is nothing that anybody can know

#: What a rule may look at. A rule that names anything else is none.
Attribute = Literal[
    "kind",
    "task_kind",
    "quest",
    "quest_kind",
    "season",
    "light",
    "ground",
    "municipality",
    "setting",
    "company",
    "players",
]
BY_THE_CLOCK: frozenset[Attribute] = frozenset({"season", "light"})

DEED_KINDS: tuple[DeedKind, ...] = get_args(DeedKind)
#: For what has no place of its own: the middle of the region, by Östersund. [WGS 84]
MIDDLE = Position(14.63566, 63.1792)
HALF_AN_HOUR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When something was done, as people there say it."""

    day: date
    hour: int
    season: Season
    light: Light


@dataclass(frozen=True, slots=True)
class Deed:
    """One positive fact of a player, whichever journey it comes from.

    `kind`: a task done, a stage satisfied whose turn has come, a quest finished, a row handed in. `quest` is None
    for what was done outside of any journey. `municipality` is where the stage lies, `setting` and `company` what
    the quest is made for. `players`: "several" where somebody else was along, and then the same deed is there without
    it too. A stage or quest that took several moves is a deed under the circumstances of each of them.
    """

    kind: DeedKind
    when: Circumstances
    on_time: bool
    trust: int
    task_kind: str | None = None
    quest: str | None = None
    quest_kind: str | None = None
    stage: str | None = None
    task: str | None = None
    ground: Ground = "anywhere"
    municipality: str | None = None
    setting: tuple[str, ...] = ()
    company: tuple[str, ...] = ()
    players: Players | None = None

    def values(self, attribute: "Attribute") -> tuple[str, ...]:
        """What a rule may ask of it. Nothing that depends on the clock, where the clock cannot be relied on."""
        if attribute in BY_THE_CLOCK:
            return (getattr(self.when, attribute),) if self.on_time else ()
        value: str | tuple[str, ...] | None = getattr(self, attribute)
        if value is None:
            return ()
        return value if isinstance(value, tuple) else (value,)

    @property
    def thing(self) -> tuple[str | None, ...]:
        """What counts once, however often it is done; outside of journeys once a day."""
        if self.quest is None:
            return (self.kind, self.task_kind, self.when.day.isoformat())
        return (self.kind, self.quest, self.stage, self.task)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A player's own judged move, and the other players whom it names as having been along."""

    judged: Judged
    named: tuple[str, ...] = ()


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """Another player's own accepted move names this one too. `stage`: where; None for a row that was handed in."""

    player: str
    stage: str | None = None


def at_its_hour(told: Told) -> Told:
    """What of a move its deeds depend on: the same for all moves that bring the same ones."""
    judged = told.judged
    plain = Judged(
        move="",
        made_at=judged.made_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0),
        outcome=judged.outcome,
        code=judged.code,
        trust=judged.trust,
        time_class=judged.time_class,
        facts=judged.facts,
    )
    return Told(judged=plain, named=tuple(sorted(told.named)))


@lru_cache(maxsize=4096)
def circumstances(hour: datetime, position: Position) -> Circumstances:
    """What the hour that begins then was like there: its light is that of its middle. Times of Europe/Stockholm."""
    try:
        here = hour.astimezone(SWEDEN)
    except OverflowError:  # a phone whose clock stands at the end of the year 9999
        here = hour
    return Circumstances(
        day=here.date(),
        hour=here.hour,
        season=SEASONS[here.month - 1].value,
        light=light(hour + HALF_AN_HOUR, position).value,
    )


def deeds_of(
    quest: Quest,
    told: Iterable[Told],
    municipalities: Mapping[str, str] = {},
    words: Collection[Word] = (),
) -> frozenset[Deed]:
    """The deeds that the moves of one journey bring: with more moves or words there are more, and never fewer.

    `municipalities`: the code of where each of its stages lies. `words`: what others said of the player in any
    journey through this quest. Company is what two have said of each other, or what the quest itself takes.
    """
    words = frozenset(words)
    accepted = _alike_once(at_its_hour(one) for one in told if one.judged.outcome is Outcome.ACCEPTED)
    journey = play(quest, (one.judged for one in accepted))
    counts = journey.satisfied & journey.settled
    found: set[Deed] = set()
    for one in accepted:
        for fact in one.judged.facts:
            match fact:
                case TaskDone(stage, task):
                    for done in _deeds(quest, one, municipalities, words, stage, task):
                        found.add(done)
                        if stage in counts:
                            found.add(_whole(done, "stage", stage))
                        if journey.finished:
                            found.add(_whole(done, "finished"))
                case HandedIn():
                    found |= set(_deeds(quest, one, municipalities, words, None, None))
    return frozenset(found)


def _alike_once(told: Iterable[Told]) -> list[Told]:
    """Of moves that bring the same deeds, one."""
    return list({
        (one.judged.made_at, one.judged.trust, one.judged.time_class, one.judged.facts, one.named): one
        for one in told
    }.values())  # fmt: skip


def deeds_outside(told: Iterable[Told]) -> frozenset[Deed]:
    """What was said in no journey: a feeling or a thought, anywhere. It is each one's own, whoever was along."""
    return frozenset(
        Deed(
            kind="task",
            when=circumstances(one.judged.made_at, MIDDLE),
            on_time=one.judged.time_class is TimeClass.ON_TIME,
            trust=one.judged.trust,
            task_kind=fact.kind,
        )
        for one in map(at_its_hour, told)
        for fact in one.judged.facts
        if isinstance(fact, Said) and one.judged.outcome is Outcome.ACCEPTED
    )


def takes_company(quest: Quest) -> bool:
    """Whether whoever plays it says thereby that they are not alone."""
    return bool(quest.company) and "alone" not in quest.company


def _deeds(
    quest: Quest,
    one: Told,
    municipalities: Mapping[str, str],
    words: Collection[Word],
    stage: str | None,
    task: str | None,
) -> Iterator[Deed]:
    """What was done, and where others were along once more so: as more is heard nothing is replaced."""
    place = _place(quest, stage)
    done = Deed(
        kind="row" if task is None else "task",
        when=circumstances(one.judged.made_at, MIDDLE if place is None else _at(place)),
        on_time=one.judged.time_class is TimeClass.ON_TIME,
        trust=one.judged.trust,
        task_kind=_task_kind(quest, stage, task),
        quest=quest.id,
        quest_kind=quest.kind,
        stage=stage,
        task=task,
        ground="anywhere" if place is None else "placed",
        municipality=municipalities.get(stage or ""),
        setting=quest.setting,
        company=quest.company,
    )
    yield done
    if takes_company(quest) or any(Word(player=other, stage=stage) in words for other in one.named):
        yield replace(done, players="several")


def _whole(done: Deed, kind: DeedKind, stage: str | None = None) -> Deed:
    """The end of a stage or quest, under the circumstances of one of the deeds that it took."""
    return Deed(
        kind=kind,
        when=done.when,
        on_time=done.on_time,
        trust=done.trust,
        quest=done.quest,
        quest_kind=done.quest_kind,
        stage=stage,
        ground=done.ground,
        municipality=done.municipality,
        setting=done.setting,
        company=done.company,
        players=done.players,
    )


def _place(quest: Quest, stage: str | None) -> AnyPlace | None:
    found = quest.stage(stage)
    return None if found is None else found.place


@lru_cache(maxsize=4096)
def _at(place: AnyPlace) -> Position:
    return start_of(place.drawn)


def _task_kind(quest: Quest, stage: str | None, task: str | None) -> str | None:
    found = quest.stage(stage)
    if found is None:
        return None
    tasks = [*found.tasks, *(other for variant in found.variants for other in variant.tasks or ())]
    return next((one.kind for one in tasks if one.key == task), None)
