"""A phone that plays along a walk. All that it knows is the kit, and it judges and folds as the server does."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from geo.fences import Certainty, Fence, certainty, outside_m
from quests.closures import Closure, closed_to, has_place
from quests.evidence import BEST_FIRST, BY_CERTAINTY, FIX_FRESH_S, Presence, presence
from quests.judge import judge
from quests.languages import best
from quests.model import AnyPlace, Quest, Stage, StageTexts
from quests.moves import FIXES_MOST, Fix, HandInBody, Move, Unreadable, read_move, to_millisecond
from quests.outcomes import Chosen, Judged
from quests.play import Journey, advance, play
from quests.secrets import Heard
from quests.tasks import Body
from quests.tasks.arrive import ArriveBody
from quests.tasks.scan import Scan
from server.cli.playing.answering import Knowledge, marked
from server.cli.playing.walks import Step, Walk

APP = "rotfaste play"
DECIMALS = 7
LOWEST_M, HIGHEST_M = -1_000.0, 20_000.0  # of altitudes; what a receiver says beyond is left out


@dataclass(frozen=True, slots=True)
class Made:
    """A move as it is sent, and what the phone itself says of it."""

    raw: dict[str, Any]
    move: Move
    judged: Judged
    presence: Presence


@dataclass(frozen=True, slots=True)
class Unanswered:
    """What a task wants that the player does not know: an "answer" in words, or the "code" printed there."""

    task: str
    wants: str
    prompt: str


@dataclass(frozen=True, slots=True)
class Visit:
    """What was done at a stage. `stage` is None for a row that was handed in."""

    stage: Stage | None
    minutes: float
    made: tuple[Made, ...]
    unanswered: tuple[Unanswered, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class _Sight:
    """A placed stage as it is seen at one step; the best sorts first."""

    rank: int
    away_m: float
    sure: Certainty
    stands_there: bool

    @property
    def may_be_there(self) -> bool:
        """By the fix, or by what the walker knows."""
        return self.sure in BY_CERTAINTY or self.stands_there


@dataclass(slots=True)
class _Watch:
    """What is remembered of a placed stage that is open and not done: at which step it could best have been."""

    early: tuple[Made, ...] = ()
    best: tuple[_Sight, int] | None = None


@dataclass(frozen=True, slots=True)
class KnownClosures:
    """What the phone knows of closed ground: from the kit around its stages, from the whole list everywhere else."""

    kit_revision: int | None = None
    of_kit: tuple[Closure, ...] = ()
    revision: int | None = None
    everywhere: tuple[Closure, ...] = ()

    def revision_at(self, quest: Quest, stage: str | None) -> int | None:
        """What a move at that stage names."""
        return self.kit_revision if has_place(quest, stage) else self.revision

    def closed_to(self, quest: Quest, move: Move) -> tuple[AnyPlace, ...]:
        return closed_to(quest, move, self.of_kit if has_place(quest, move.stage) else self.everywhere)


NONE_KNOWN = KnownClosures()


def closure_of_feature(feature: dict[str, Any]) -> Closure:
    """Of the public list. Raises KeyError and msgspec.ValidationError for what is none."""
    said = {**feature["properties"], "id": feature["id"], "area": feature["geometry"]["coordinates"]}
    return msgspec.convert(said, Closure)


class Phone:
    """`player` and `device` are whose it is. It is walked once."""

    def __init__(
        self,
        quest: Quest,
        knows: Knowledge,
        walk: Walk,
        *,
        player: str,
        device: str,
        language: str,
        closures: KnownClosures = NONE_KNOWN,
    ) -> None:
        self.quest = quest
        self._closures = closures
        self.journey: Journey = play(quest, ())
        self._knows = knows
        self._steps = walk.steps
        self._walked_m = walk.walked_m
        self._player = player
        self._device = device
        self._texts = quest.texts[best(quest.texts, (language,))]
        self._generic_at_m = _spread(quest, walk.walked_m[-1])
        self._watches = {stage.key: _Watch() for stage in quest.stages}
        self._visited: set[str] = set()
        self._chosen: dict[tuple[str, str], str] = {}
        self._made = 0

    def play(self) -> Iterator[Visit]:
        """Each visit when it is over, and the row at the end of a tipspromenad."""
        for index in range(len(self._steps)):
            yield from self._at(index)
        last = len(self._steps) - 1
        for stage in self._waiting():
            if early := self._watches[stage.key].early:
                yield Visit(stage, self._minutes(last), early)
        if row := marked(self.quest, self._chosen) if self.quest.feedback == "at_end" else {}:
            tie_break = self._knows.tie_break() if self.quest.tie_break else None
            body = HandInBody(row=row, tie_break=tie_break)
            yield Visit(None, self._minutes(last), (self._make(last, body, None, None),))

    def nearest(self, stage: Stage) -> tuple[float, float] | None:
        """How near to a placed stage the fixes came, and when. [m outside its fence, min]"""
        fence = stage.fence
        if fence is None:
            return None
        away_m, index = min(
            (outside_m(fence, step.fix.position), index) for index, step in enumerate(self._steps)
        )
        return away_m, self._minutes(index)

    def title(self, stage: Stage) -> str:
        return self._texts_of(stage).title

    # --------------------------------------------------------------------------------------- on the way

    def _at(self, index: int) -> Iterator[Visit]:
        """What is done at one step: what is done here may open another stage that is here too."""
        while visit := next(
            (found for stage in self._waiting() if (found := self._look(stage, index))), None
        ):
            yield visit

    def _waiting(self) -> list[Stage]:
        waiting = self.journey.open - self.journey.settled - self._visited
        return [stage for stage in self.quest.stages if stage.key in waiting]

    def _look(self, stage: Stage, index: int) -> Visit | None:
        """At once where the phone is surely there; where it is perhaps there, the best of it, before they walk on.

        Where the phone says no all the while, who stands there says "I am here" before they walk on.
        """
        if stage.fence is None:
            is_found = self._walked_m[index] >= self._generic_at_m[stage.key]
            return self._visit(stage, index) if is_found or index == len(self._steps) - 1 else None
        here, watch = self._sight(stage.fence, index), self._watches[stage.key]
        if here.sure is Certainty.inside:
            return self._visit(stage, index)
        if not here.may_be_there:
            if self._knows.wrong and not watch.early:
                watch.early = self._too_early(stage, index)
            return None
        if here.sure in BY_CERTAINTY:
            watch.best = min(watch.best or (here, index), (here, index))
        if index + 1 < len(self._steps) and self._sight(stage.fence, index + 1).may_be_there:
            return None
        if watch.best is not None:
            return self._visit(stage, watch.best[1])
        return self._visit(stage, index, here=True)

    def _sight(self, fence: Fence, index: int) -> _Sight:
        step = self._steps[index]
        sure = certainty(fence, step.fix.position, step.accuracy_m)
        away_m = outside_m(fence, step.fix.position)
        return _Sight(BEST_FIRST.index(sure), away_m, sure, outside_m(fence, step.stands) == 0.0)

    # ------------------------------------------------------------------------------------------ a visit

    def _visit(self, stage: Stage, index: int, *, here: bool = False) -> Visit:
        self._visited.add(stage.key)
        made: list[Made] = []
        unanswered = []
        for task in stage.tasks:
            if stage.key in self.journey.satisfied:
                break
            bodies = self._knows.bodies(stage, task, own_words=self.title(stage))
            if not bodies:
                told = self._texts_of(stage).tasks.get(task.key)
                wants = "code" if isinstance(task, Scan) else "answer"
                unanswered.append(Unanswered(task.key, wants, told.prompt if told else ""))
            for body in bodies:
                said = msgspec.structs.replace(body, here=True) if here else body
                made.append(self._make(index, said, stage.key, task.key, after_s=len(made)))
        early = self._watches[stage.key].early
        return Visit(stage, self._minutes(index), (*early, *made), tuple(unanswered))

    def _too_early(self, stage: Stage, index: int) -> tuple[Made, ...]:
        arrivals = [task.key for task in stage.tasks if task.kind == "arrive"]
        return tuple(self._make(index, ArriveBody(), stage.key, key) for key in arrivals[:1])

    def _make(self, index: int, body: Body, stage: str | None, task: str | None, *, after_s: int = 0) -> Made:
        step = self._steps[index]
        made_at = to_millisecond(step.at + timedelta(seconds=after_s))
        written = Move(
            id=str(uuid.uuid4()),
            by=(self._player,),
            device=self._device,
            seq=self._made,
            made_at=made_at,
            elapsed_ms=round(step.elapsed_s * 1000) + after_s * 1000,
            stage=stage,
            task=task,
            body=body,
            fixes=self._fixes(index),
            quest_version=self.quest.version,
            closures_revision=self._closures.revision_at(self.quest, stage),
            app=APP,
        )
        raw = _without_gaps(msgspec.to_builtins(written))
        move = read_move(raw)
        if isinstance(move, Unreadable):
            raise AssertionError(f"{move.code} at {move.pointer}: {move.reason}")  # noqa: TRY004  a bug in this file
        judged = judge(self.quest, move, Heard(closed=self._closures.closed_to(self.quest, move)))
        self.journey = advance(self.quest, self.journey, judged)
        self._made += 1
        for fact in judged.facts:
            match fact:
                case Chosen(stage=at, task=key, option=option):
                    self._chosen[at, key] = option
        place = self.quest.stage(stage)
        return Made(raw, move, judged, presence(place.fence if place else None, move.fixes, move.made_at))

    def _fixes(self, index: int) -> tuple[Fix, ...]:
        """The newest that are fresh, as many as a move may carry."""
        newest = self._steps[max(0, index + 1 - FIXES_MOST) : index + 1]
        now = self._steps[index].at
        return tuple(_fix(step) for step in newest if abs((now - step.at).total_seconds()) <= FIX_FRESH_S)

    def _texts_of(self, stage: Stage) -> StageTexts:
        return self._texts.stages.get(stage.key) or StageTexts(title=stage.key)

    def _minutes(self, index: int) -> float:
        return self._steps[index].elapsed_s / 60


def _spread(quest: Quest, way_m: float) -> dict[str, float]:
    """Where generic stages are found: evenly along the way, in the quest's order. [m]"""
    generic = [stage.key for stage in quest.stages if stage.place is None]
    return {key: way_m * (number + 0.5) / len(generic) for number, key in enumerate(generic)}


def _fix(step: Step) -> Fix:
    altitude_m = step.fix.altitude_m
    return Fix(
        lon=round(step.fix.position.lon, DECIMALS),
        lat=round(step.fix.position.lat, DECIMALS),
        accuracy_m=round(step.accuracy_m, 1),
        at=to_millisecond(step.at),
        altitude_m=altitude_m if altitude_m is not None and LOWEST_M <= altitude_m <= HIGHEST_M else None,
    )


def _without_gaps(value: Any) -> Any:  # noqa: ANN401  any JSON value
    """Without what is not there, as a phone would write it."""
    if isinstance(value, dict):
        return {name: _without_gaps(part) for name, part in value.items() if part is not None}
    return [_without_gaps(part) for part in value] if isinstance(value, list | tuple) else value
