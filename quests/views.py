"""What a player may see, and what everybody may see. There is no third door.

*Hidden* means not told yet: in kits, never in public bytes. *Secret* is in neither, and no function here
takes `Secrets`. Journey views and kits are `for_player` and `kit_for_player`; whatever is public is read
from the database schema `shown`, which is filled with `public` at publishing and with nothing else.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

import msgspec

from geo.fences import start_of
from quests.languages import best
from quests.model import Quest, QuestTexts, Stage, StageTexts, Takes, TaskTexts, VariantTexts, write_quest
from quests.openness import Plan, plan_of
from quests.play import Journey
from quests.resting import without
from quests.tasks import AnyTask


class PlaceView(msgspec.Struct, frozen=True, kw_only=True):
    """A point to walk to. Coordinates in WGS 84, 6 decimals."""

    lon: Annotated[float, msgspec.Meta(description="Longitude. [°]")]
    lat: Annotated[float, msgspec.Meta(description="Latitude. [°]")]
    known_to_m: Annotated[float, msgspec.Meta(description="How well the place is known. [m]")]


class OptionView(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    text: str


class TaskView(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked. The prompt is told on arrival, where the place is part of the task."""

    key: str
    kind: str
    done: bool
    on_the_spot: bool
    prompt: Annotated[str | None, msgspec.Meta(description="Null until the player has arrived.")] = None
    options: Annotated[
        tuple[OptionView, ...], msgspec.Meta(description="What can be chosen, or put in order.")
    ] = ()
    asks: Annotated[
        dict[str, float],
        msgspec.Meta(description="Numbers of the task: `seconds` [s], `bearing_deg`, `cone_deg` [°]."),
    ] = {}
    chosen: Annotated[str | None, msgspec.Meta(description="The option chosen last.")] = None
    told: Annotated[str | None, msgspec.Meta(description="What is told when the answer is right.")] = None


class HelperView(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    lon: float
    lat: float
    text: str = ""


class VariantView(msgspec.Struct, frozen=True, kw_only=True):
    """The same stage in another way: what a move that names this variant is judged by."""

    key: str
    place: Annotated[PlaceView | None, msgspec.Meta(description="Null for a generic stage.")] = None
    way: str = ""
    arrived: Annotated[str, msgspec.Meta(description="Told on arrival.")] = ""
    tasks: tuple[TaskView, ...] = ()


StageState = Literal["open", "satisfied", "passed", "later"]


class StageView(msgspec.Struct, frozen=True, kw_only=True):
    """One stage as its player sees it now. `later` stages show their title and place alone."""

    key: str
    state: StageState
    title: str
    place: Annotated[PlaceView | None, msgspec.Meta(description="Null for a generic stage.")] = None
    way: str = ""
    arrived: Annotated[str, msgspec.Meta(description="Told on arrival.")] = ""
    after: Annotated[str, msgspec.Meta(description="Told when the stage is done.")] = ""
    hints: tuple[str, ...] = ()
    helpers: tuple[HelperView, ...] = ()
    variants: tuple[VariantView, ...] = ()
    tasks: tuple[TaskView, ...] = ()
    trust: Annotated[int | None, msgspec.Meta(description="How well the visit is supported, 0-4.")] = None


class ScoreView(msgspec.Struct, frozen=True, kw_only=True):
    """A tipspromenad's score, once the row is handed in."""

    right: int
    of: int
    row: dict[str, str]
    tie_break: float | None = None
    tie_break_off_by: float | None = None


class JourneyView(msgspec.Struct, frozen=True, kw_only=True):
    """A journey as its player may see it."""

    quest: str
    quest_version: str
    title: str
    language: Annotated[str, msgspec.Meta(description="The language of these texts.")]
    checked_by: Annotated[str, msgspec.Meta(description="Who checked these texts.")]
    finished: bool
    stages: tuple[StageView, ...]
    stages_in_all: Annotated[int, msgspec.Meta(description="Hidden ones included.")]
    settled: Annotated[int, msgspec.Meta(description="Stages satisfied or passed whose turn has come.")]
    before: str = ""
    after: Annotated[str, msgspec.Meta(description="Told when the quest is finished.")] = ""
    tie_break: Annotated[str, msgspec.Meta(description="The tie-break question, asked at hand-in.")] = ""
    score: ScoreView | None = None


class PublicStage(msgspec.Struct, frozen=True, kw_only=True):
    """A placed stage that is not hidden. `entrance`: open from the start.

    `to_survey`: its place is not well known, and waits for a steward to measure it. `rests`: why nobody is led to it.
    """

    key: str
    place: PlaceView
    entrance: bool
    titles: dict[str, str]
    takes: Takes | None = None
    to_survey: bool = False
    rests: str | None = None


class PublicTexts(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    summary: str
    checked_by: str


class PublicQuest(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that anybody may know of a quest before playing it. `generic`: it can be played anywhere.

    `rests`: so many of its stages rest that there is no way to its end.
    """

    id: str
    code: str
    version: str
    kind: str
    order: str
    feedback: str
    association: str
    minutes: int | None
    length_m: int | None
    languages: tuple[str, ...]
    stages_in_all: int
    generic: bool
    texts: dict[str, PublicTexts]
    stages: tuple[PublicStage, ...]
    plan: Plan
    company: tuple[str, ...] = ()
    setting: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()
    rests: bool = False


def public(quest: Quest, resting: Mapping[str, str] | None = None) -> PublicQuest:
    """What goes into the schema `shown`. `resting`: by the key of each stage that rests, why it does."""
    resting = resting or {}
    left = without(quest, resting)
    begun_by = quest if left is None else left
    opening = begun_by.opening
    visible = [stage for stage in quest.stages if not stage.hidden]
    return PublicQuest(
        id=quest.id,
        code=quest.code,
        version=quest.version,
        kind=quest.kind,
        order=quest.order,
        feedback=quest.feedback,
        association=quest.association,
        minutes=quest.minutes,
        length_m=quest.length_m,
        languages=quest.languages,
        stages_in_all=len(quest.stages),
        generic=all(stage.place is None for stage in begun_by.stages if opening[stage.key] is None),
        texts={
            tag: PublicTexts(title=texts.title, summary=texts.summary, checked_by=texts.checked_by)
            for tag, texts in quest.texts.items()
        },
        stages=tuple(
            PublicStage(
                key=stage.key,
                place=place,
                entrance=stage.key in opening and opening[stage.key] is None,
                titles={
                    tag: texts.stages[stage.key].title
                    for tag, texts in quest.texts.items()
                    if stage.key in texts.stages
                },
                takes=stage.takes,
                to_survey=stage.widened,
                rests=resting.get(stage.key),
            )
            for stage in visible
            if (place := _place(stage)) is not None
        ),
        plan=plan_of(begun_by),
        company=quest.company,
        setting=quest.setting,
        municipalities=quest.municipalities,
        rests=left is None,
    )


def kit_for_player(quest: Quest) -> dict[str, Any]:
    """What a phone takes along to play offline: the whole version, hidden stages and answer bits included."""
    return write_quest(quest)


def for_player(quest: Quest, journey: Journey, wanted: Iterable[str]) -> JourneyView:
    """A journey as its player may see it now, in the best language there is."""
    language = best(quest.texts, wanted)
    texts = quest.texts[language]
    row = journey.facts.row[1] if journey.facts.row else None
    told_at_end = quest.feedback == "at_once" or row is not None
    shown = tuple(
        _stage_view(stage, texts, journey, told=told_at_end)
        for stage in quest.stages
        if not stage.hidden or stage.key in journey.open
    )
    return JourneyView(
        quest=quest.code,
        quest_version=quest.version,
        title=texts.title,
        language=language,
        checked_by=texts.checked_by,
        finished=journey.finished,
        stages=shown,
        stages_in_all=len(quest.stages),
        settled=len(journey.settled),
        before=texts.before,
        after=texts.after if journey.finished else "",
        tie_break=texts.tie_break if quest.tie_break else "",
        score=None
        if row is None
        else ScoreView(
            right=row.right,
            of=row.of,
            row=dict(row.row),
            tie_break=row.tie_break,
            tie_break_off_by=row.tie_break_off_by,
        ),
    )


def _stage_view(stage: Stage, texts: QuestTexts, journey: Journey, *, told: bool) -> StageView:
    own = texts.stages.get(stage.key) or StageTexts(title=stage.key)
    state = _state(stage.key, journey)
    if state == "later":
        return StageView(key=stage.key, state=state, title=own.title, place=_place(stage))
    arrived = _has_arrived(stage, journey)
    return StageView(
        key=stage.key,
        state=state,
        title=own.title,
        place=_place(stage),
        way=own.way,
        arrived=own.arrived if arrived else "",
        after=own.after if state == "satisfied" and told else "",
        hints=own.hints,
        helpers=tuple(
            HelperView(kind=helper.kind, lon=helper.lon, lat=helper.lat, text=text)
            for helper, text in zip(stage.helpers, own.helpers or ("",) * len(stage.helpers), strict=False)
        ),
        variants=tuple(
            _variant_view(variant.key, stage, own, journey, arrived=arrived, told=told)
            for variant in stage.variants
        ),
        tasks=tuple(
            _task_view(stage.key, task, own.tasks.get(task.key), journey, asked=arrived, told=told)
            for task in stage.tasks
        ),
        trust=journey.trust.get(stage.key),
    )


def _variant_view(
    key: str, stage: Stage, texts: StageTexts, journey: Journey, *, arrived: bool, told: bool
) -> VariantView:
    varied = stage.variant(key) or stage
    own = texts.variants.get(key) or VariantTexts()
    return VariantView(
        key=key,
        place=_place(varied),
        way=own.way or texts.way,
        arrived=(own.arrived or texts.arrived) if arrived else "",
        tasks=tuple(
            _task_view(
                stage.key,
                task,
                own.tasks.get(task.key) or texts.tasks.get(task.key),
                journey,
                asked=arrived,
                told=told,
            )
            for task in varied.tasks
        ),
    )


def _task_view(
    stage: str, task: AnyTask, texts: TaskTexts | None, journey: Journey, *, asked: bool, told: bool
) -> TaskView:
    at = (stage, task.key)
    done = at in journey.facts.done
    newest = journey.facts.newest.get(at)
    options = task.named if asked else ()
    return TaskView(
        key=task.key,
        kind=task.kind,
        done=done,
        on_the_spot=task.on_the_spot,
        prompt=texts.prompt if texts is not None and (asked or task.kind == "arrive") else None,
        options=tuple(
            OptionView(key=key, text=texts.options.get(key, key) if texts else key) for key in options
        ),
        asks=dict(task.asks),
        chosen=newest[1] if newest else None,
        told=texts.right if texts is not None and done and told else None,
    )


def _state(key: str, journey: Journey) -> StageState:
    if key not in journey.open:
        return "later"
    if key in journey.satisfied:
        return "satisfied"
    return "passed" if key in journey.passed else "open"


def _has_arrived(stage: Stage, journey: Journey) -> bool:
    """Whether what is told on arrival may be told: arrival is done in some variant, not asked for, or given up."""
    tasks = [*stage.tasks, *(task for variant in stage.variants for task in variant.tasks or ())]
    arrivals = [task.key for task in tasks if task.kind == "arrive"]
    return (
        stage.place is None
        or not arrivals
        or stage.key in journey.passed
        or stage.key in journey.satisfied
        or any((stage.key, key) in journey.facts.done for key in arrivals)
    )


def _place(stage: Stage) -> PlaceView | None:
    if stage.place is None:
        return None
    start = start_of(stage.place.drawn)
    return PlaceView(lon=round(start.lon, 6), lat=round(start.lat, 6), known_to_m=stage.place.known_to_m)
