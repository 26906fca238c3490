"""The way through a quest: every stage can be come to, and the end as well."""

from collections import Counter
from collections.abc import Iterator

from content.findings import Finding, Step
from content.packs.model import PRIVATE_FILE, QUEST_FILE, QuestSheet
from content.packs.publishing import every_task
from content.packs.reading import Draft
from quests.conditions import AllOf, AnyOf, AtLeast, Chose, Condition, Settled, atoms
from quests.tasks.choice import Choice

QUEST = QUEST_FILE


def keys_stand_once(draft: Draft) -> Iterator[Finding]:
    """Stages in a quest, tasks and variants in a stage, options in a choice, languages in a list."""
    sheet = draft.pack.sheet
    yield from _repeated(draft, [stage.key for stage in sheet.stages], "stages")
    for index, stage in draft.stages:
        yield from _repeated(draft, [task.key for task in stage.tasks], "stages", index, "tasks")
        yield from _repeated(draft, [variant.key for variant in stage.variants], "stages", index, "variants")
        for place, variant in draft.variants(index, stage):
            tasks = [task.key for task in variant.tasks or ()]
            yield from _repeated(draft, tasks, "stages", index, "variants", place, "tasks")
        for path, task in draft.tasks(index, stage):
            for option, times in Counter(task.named).items():
                if times > 1:
                    list_of = "options" if isinstance(task, Choice) else "items"
                    yield draft.finding("key-twice", QUEST, *path, list_of, key=option)


def _repeated(draft: Draft, keys: list[str], *path: Step) -> Iterator[Finding]:
    written = draft.raw(QUEST, *path)
    for key, times in Counter(keys).items():
        if times > 1:
            where = [
                index
                for index, item in enumerate(written if isinstance(written, list) else ())
                if isinstance(item, dict) and item.get("key") == key
            ]
            yield draft.finding("key-twice", QUEST, *path, *where[1:2], "key", key=key)


def conditions_name_what_is_there(draft: Draft) -> Iterator[Finding]:
    named = draft.named_stages
    for condition, path in _conditions(draft):
        for atom, inner in _parts_with_paths(condition, path):
            if isinstance(atom, AllOf | AnyOf | AtLeast):
                continue
            if atom.stage not in named:
                known = ", ".join(sorted(named))
                yield draft.finding(
                    "condition-unknown-stage", QUEST, *inner, "stage", stage=atom.stage, known=known
                )
            elif isinstance(atom, Chose):
                yield from _choice_is_there(draft, atom, inner)


def _choice_is_there(draft: Draft, atom: Chose, path: tuple[Step, ...]) -> Iterator[Finding]:
    sheet, known = draft.pack.sheet, draft.named_stages[atom.stage]
    if atom.task not in known:
        listed = ", ".join(sorted(known))
        yield draft.finding(
            "condition-unknown-task", QUEST, *path, "task", task=atom.task, stage=atom.stage, known=listed
        )
        return
    stage = sheet.stage(atom.stage)
    tasks = [task for task in (every_task(stage) if stage else ()) if task.key == atom.task]
    if not tasks:
        return  # written, but not readable: that is said already
    choices = [task for task in tasks if isinstance(task, Choice)]
    if not choices:
        yield draft.finding("condition-not-a-choice", QUEST, *path, "task", task=atom.task)
    elif all(atom.option not in task.options for task in choices):
        listed = ", ".join(choices[0].options)
        yield draft.finding(
            "condition-unknown-option", QUEST, *path, "option", option=atom.option, known=listed
        )
    elif not _can_choose(draft, atom):
        yield draft.finding(
            "condition-option-wrong", QUEST, *path, "option", option=atom.option, stage=atom.stage
        )


def counts_can_be_reached(draft: Draft) -> Iterator[Finding]:
    """A condition of three among two never holds; nor does a stage that needs more tasks than it has."""
    for condition, path in _conditions(draft):
        for part, inner in _parts_with_paths(condition, path):
            if isinstance(part, AtLeast) and part.count > len(part.of):
                yield draft.finding(
                    "condition-count", QUEST, *inner, "count", count=part.count, of=len(part.of)
                )
    for index, stage in draft.stages:
        written = draft.raw(QUEST, "stages", index, "tasks")
        if stage.needs is not None and stage.needs > len(written or ()):
            yield draft.finding(
                "needs-many", QUEST, "stages", index, "needs", found=stage.needs, tasks=len(written or ())
            )


def every_stage_opens(draft: Draft) -> Iterator[Finding]:
    """With everything done that can be done. Stages that wait for each other are told from those behind them."""
    if not draft.whole and _lost_stages(draft):
        return  # what is missing may be what opens the others
    sheet = draft.pack.sheet
    opening = _opening(sheet)
    opened = _reached(draft, opening)
    waits_for = {
        key: {atom.stage for atom in atoms(condition)} - opened
        for key, condition in opening.items()
        if condition is not None and key not in opened
    }
    for index, stage in draft.stages:
        if stage.key not in waits_for:
            continue
        path = ("stages", index, *(("opens",) if stage.opens else ()))
        circle = _circle(stage.key, waits_for)
        if circle:
            yield draft.finding("opens-in-a-circle", QUEST, *path, stage=stage.key, circle=" → ".join(circle))
        elif waits_for[stage.key] <= set(draft.named_stages):
            yield draft.finding("stage-unreachable", QUEST, *path, stage=stage.key)


def the_quest_can_be_finished(draft: Draft) -> Iterator[Finding]:
    sheet = draft.pack.sheet
    if not draft.whole and _lost_stages(draft):
        return
    stages = len(sheet.stages)
    if sheet.done_at is not None and sheet.done_at > stages:
        yield draft.finding("cannot-finish", QUEST, "done_at", stages=stages)
        return
    if sheet.finish is not None and {atom.stage for atom in atoms(sheet.finish)} <= set(draft.named_stages):
        opened = _reached(draft, _opening(sheet))
        if not _could_hold(draft, sheet.finish, opened, kindly=False):
            yield draft.finding("cannot-finish", QUEST, "finish", stages=stages)


def branches_say_where_they_end(draft: Draft) -> Iterator[Finding]:
    """Who is led one way at a fork never sees the other: "all stages" would never be finished."""
    sheet = draft.pack.sheet
    if sheet.finish is not None or sheet.done_at is not None or draft.raw(QUEST, "finish") is not None:
        return
    for index, stage in draft.stages:
        if stage.opens is not None and any(isinstance(atom, Chose) for atom in atoms(stage.opens)):
            yield draft.finding("branch-without-finish", QUEST, "stages", index, "opens", stage=stage.key)
            return


def stages_do_not_rest_on_a_compass(draft: Draft) -> Iterator[Finding]:
    """A direction is never the only evidence: whatever satisfies a stage has another task in it."""
    for index, stage in draft.stages:
        path: tuple[Step, ...] = ("stages", index)
        lists = [((*path, "tasks"), stage.tasks)]
        lists += [
            ((*path, "variants", place, "tasks"), variant.tasks)
            for place, variant in draft.variants(index, stage)
            if variant.tasks
        ]
        for inner, tasks in lists:
            weak = sum(task.NEVER_ALONE for task in tasks)
            if weak and weak >= min(stage.needs or len(tasks), len(tasks)):
                yield draft.finding("task-alone", QUEST, *inner, stage=stage.key)


def _can_choose(draft: Draft, atom: Chose) -> bool:
    """Whether that option is ever taken: a wrong one is only kept where right and wrong come at the end."""
    if draft.pack.sheet.feedback == "at_end" or PRIVATE_FILE in draft.unread:
        return True
    answers = draft.pack.private.answers(atom.stage, atom.task)
    return answers is None or not answers.accepted or atom.option in answers.accepted


def _opening(sheet: QuestSheet) -> dict[str, Condition | None]:
    """When each stage opens: its own condition, or what the order says. As `Quest.opening`, before publishing."""
    before: str | None = None
    conditions: dict[str, Condition | None] = {}
    for stage in sheet.stages:
        by_order = Settled(before) if sheet.order == "ordered" and before is not None else None
        conditions[stage.key] = stage.opens or by_order
        before = stage.key
    return conditions


def _reached(draft: Draft, opening: dict[str, Condition | None]) -> set[str]:
    """The stages that open when everything open is done, however wrongly their conditions are spelt."""
    opened: set[str] = set()
    while True:
        more = {
            key
            for key, condition in opening.items()
            if key not in opened and (condition is None or _could_hold(draft, condition, opened))
        }
        if not more:
            return opened
        opened |= more


def _could_hold(draft: Draft, condition: Condition, opened: set[str], *, kindly: bool = True) -> bool:
    """Whether a condition holds once all that is open is done.

    `kindly`: what is told as a mistake of its own (a name that is not there, a count too large, a wrong
    option) is taken as it was meant, so that nobody hears of its consequences as well.
    """
    match condition:
        case AllOf():
            return all(_could_hold(draft, part, opened, kindly=kindly) for part in condition.of)
        case AnyOf():
            return any(_could_hold(draft, part, opened, kindly=kindly) for part in condition.of)
        case AtLeast():
            wanted = min(condition.count, len(condition.of)) if kindly else condition.count
            return sum(_could_hold(draft, part, opened, kindly=kindly) for part in condition.of) >= wanted
        case Chose() if not kindly:
            return condition.stage in opened and _can_choose(draft, condition)
        case _:
            return condition.stage in opened or (kindly and condition.stage not in draft.named_stages)


def _circle(start: str, waits_for: dict[str, set[str]]) -> list[str]:
    """A way from a stage back to itself along what it waits for; empty when there is none."""
    come_from: dict[str, str] = {}
    queue = [start]
    while queue:
        here = queue.pop(0)
        for there in sorted(waits_for.get(here, ())):
            if there == start:
                way = [here]
                while way[-1] != start:
                    way.append(come_from[way[-1]])
                return [*reversed(way), start]
            if there not in come_from:
                come_from[there] = here
                queue.append(there)
    return []


def _lost_stages(draft: Draft) -> bool:
    written = draft.raw(QUEST, "stages")
    return len(written if isinstance(written, list) else ()) != len(draft.pack.sheet.stages)


def _conditions(draft: Draft) -> Iterator[tuple[Condition, tuple[Step, ...]]]:
    if draft.pack.sheet.finish is not None:
        yield draft.pack.sheet.finish, ("finish",)
    for index, stage in draft.stages:
        if stage.opens is not None:
            yield stage.opens, ("stages", index, "opens")


def _parts_with_paths(
    condition: Condition, path: tuple[Step, ...]
) -> Iterator[tuple[Condition, tuple[Step, ...]]]:
    yield condition, path
    if isinstance(condition, AllOf | AnyOf | AtLeast):
        for index, part in enumerate(condition.of):
            yield from _parts_with_paths(part, (*path, "of", index))
