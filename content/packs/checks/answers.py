"""Answers, played: the right ones are accepted and the wrong ones missed, by the very rules a move meets."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime

from content.findings import Finding, Step
from content.packs.forms import shortened
from content.packs.model import PRIVATE_FILE, QUEST_FILE, TaskAnswers
from content.packs.publishing import Published, answer_lists, compared, every_task, publish
from content.packs.reading import Draft
from geo.fences import start_of
from quests.answers import ANSWER_BITS
from quests.codes import scanned_code_hash
from quests.judge import judge
from quests.model import Stage
from quests.moves import Fix, HandInBody, Move
from quests.outcomes import HandedIn, Judged, Outcome
from quests.secrets import hear
from quests.tasks import AnyTask, Checked
from quests.tasks.choice import Choice
from quests.tasks.kind import Body
from quests.tasks.meet import Meet
from quests.tasks.scan import Scan

SALT_TRIES_MOST = 20  # on average; more, and publishing takes long and may find none
ANSWERS_MOST = 40  # as many as a task holds
TIPS_OPTIONS = ("1", "X", "2")
MOMENT = datetime(2026, 6, 1, 12, tzinfo=UTC)  # any one will do: judging knows no season
NOBODY = "00000000-0000-4000-8000-000000000000"


def questions_have_answers(draft: Draft) -> Iterator[Finding]:
    """A question with one right answer has it listed, with an example of a wrong one."""
    if PRIVATE_FILE in draft.unread:
        return
    for index, stage in draft.stages:
        for path, task in draft.tasks(index, stage):
            written = draft.raw(PRIVATE_FILE, "stages", stage.key, "tasks", task.key)
            answers = draft.pack.private.answers(stage.key, task.key)
            if written is not None and answers is None:
                continue  # written, but not readable: that is said already
            if not _asks_for_one(task):
                continue
            if not (answers and answers.accepted) and not _said_broken(written, "accepted"):
                yield draft.finding("answer-missing", QUEST_FILE, *path, stage=stage.key, task=task.key)
            if answers and answers.accepted and not answers.wrong and not _said_broken(written, "wrong"):
                where = ("stages", stage.key, "tasks", task.key)
                yield draft.finding("wrong-missing", PRIVATE_FILE, *where, stage=stage.key, task=task.key)


def _asks_for_one(task: AnyTask) -> bool:
    return isinstance(task, Checked) and task.must_be_answered


def _said_broken(written: object, key: str) -> bool:
    return isinstance(written, dict) and bool(written.get(key))


def answers_belong_to_questions(draft: Draft) -> Iterator[Finding]:
    named = draft.named_stages
    for key, private in draft.pack.private.stages.items():
        if key not in named:
            known = ", ".join(sorted(named))
            yield draft.finding("answer-unknown-stage", PRIVATE_FILE, "stages", key, stage=key, known=known)
            continue
        stage = draft.pack.sheet.stage(key)
        for task_key, answers in private.tasks.items():
            path = ("stages", key, "tasks", task_key)
            if task_key not in named[key]:
                known = ", ".join(sorted(named[key]))
                yield draft.finding(
                    "answer-unknown-task", PRIVATE_FILE, *path, stage=key, task=task_key, known=known
                )
                continue
            tasks = [task for task in (every_task(stage) if stage else ()) if task.key == task_key]
            for task in tasks[:1]:
                yield from _fitting(draft, path, task, answers)


def _fitting(draft: Draft, path: tuple[Step, ...], task: AnyTask, answers: TaskAnswers) -> Iterator[Finding]:
    if answers.host is not None and not (isinstance(task, Meet) and task.rotating):
        yield draft.finding("host-needless", PRIVATE_FILE, *path, "host", task=task.key)
    if not isinstance(task, Checked) or not task.can_be_answered:
        if answers.accepted or answers.wrong or answers.host is None:
            yield draft.finding("answer-needless", PRIVATE_FILE, *path, task=task.key)
        return
    for index, answer in enumerate(answers.accepted):
        if misfit := task.misfit(answer):
            code, details = misfit
            shown = {name: shortened(text) if name == "found" else text for name, text in details.items()}
            yield draft.finding(code, PRIVATE_FILE, *path, "accepted", index, **shown)
    if len(task.lists(answers.accepted, ()).accepted) > ANSWERS_MOST:
        yield draft.finding(
            "value-many", PRIVATE_FILE, *path, "accepted", found=len(answers.accepted), most=ANSWERS_MOST
        )


def hosts_have_their_code(draft: Draft) -> Iterator[Finding]:
    """A code of the day is made from something that is drawn once."""
    if PRIVATE_FILE in draft.unread:
        return
    for index, stage in draft.stages:
        for path, task in draft.tasks(index, stage):
            if isinstance(task, Meet) and task.rotating:
                answers = draft.pack.private.answers(stage.key, task.key)
                if answers is None or answers.host is None:
                    yield draft.finding("host-missing", QUEST_FILE, *path, stage=stage.key, task=task.key)


def answers_do_not_contradict(draft: Draft) -> Iterator[Finding]:
    """What is listed as right and as wrong at once; and lists that no salt can keep apart."""
    for _, stage in draft.stages:
        lists = []
        told: set[tuple[str, int]] = set()
        for task in every_task(stage):
            answers = answer_lists(draft.pack, stage.key, task)
            both = set(answers.contradictions())
            if not both:
                lists.append(answers)
            listed = draft.pack.private.answers(stage.key, task.key)
            for index, wrong in enumerate(listed.wrong if listed and both else ()):
                if (
                    isinstance(task, Checked)
                    and compared(task, wrong) in both
                    and (task.key, index) not in told
                ):
                    told.add((task.key, index))
                    path = ("stages", stage.key, "tasks", task.key, "wrong", index)
                    yield draft.finding("answer-contradiction", PRIVATE_FILE, *path, found=shortened(wrong))
        tries = math.prod((1 - len(one.accepted) / 2**ANSWER_BITS) ** -len(one.wrong) for one in lists)
        if tries > SALT_TRIES_MOST:
            yield draft.finding("answer-salt", PRIVATE_FILE, "stages", stage.key, stage=stage.key)


def tips_are_as_people_know_them(draft: Draft) -> Iterator[Finding]:
    """1, X, 2; one question a stage; one right option. The slip has one box per stage."""
    sheet = draft.pack.sheet
    if sheet.feedback != "at_end":
        if sheet.tie_break:
            yield draft.finding("tie-break-needless", QUEST_FILE, "tie_break")
        return
    questions = 0
    for index, stage in draft.stages:
        choices = [(path, task) for path, task in draft.tasks(index, stage) if isinstance(task, Choice)]
        questions += any(
            isinstance(task, Choice) for task in stage.tasks
        )  # variants have no box of their own
        if len({task.key for _, task in choices}) > 1:
            yield draft.finding("tips-two-questions", QUEST_FILE, *choices[1][0], stage=stage.key)
        for path, task in choices:
            if task.options != TIPS_OPTIONS:
                yield draft.finding(
                    "tips-options", QUEST_FILE, *path, "options", found=", ".join(task.options)
                )
            answers = draft.pack.private.answers(stage.key, task.key)
            if PRIVATE_FILE not in draft.unread and (answers is None or len(answers.accepted) != 1):
                found = len(answers.accepted) if answers else 0
                yield draft.finding(
                    "tips-one-right",
                    PRIVATE_FILE,
                    "stages",
                    stage.key,
                    "tasks",
                    task.key,
                    stage=stage.key,
                    found=found,
                )
    if not questions:
        yield draft.finding("tips-no-questions", QUEST_FILE, "feedback")
    written = PRIVATE_FILE in draft.unread or draft.raw(PRIVATE_FILE, "tie_break") is not None
    if sheet.tie_break and not written:
        yield draft.finding("tie-break-missing", PRIVATE_FILE, "tie_break")
    if draft.pack.private.tie_break is not None and not sheet.tie_break:
        yield draft.finding("tie-break-needless", PRIVATE_FILE, "tie_break")


def printed_codes_stand_for_one_stage(draft: Draft) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for key, private in draft.pack.private.stages.items():
        revs: set[int] = set()
        for index, printed in enumerate(private.codes):
            path = ("stages", key, "codes", index)
            if printed.rev in revs:
                yield draft.finding("code-rev-twice", PRIVATE_FILE, *path, "rev", stage=key, rev=printed.rev)
            revs.add(printed.rev)
            called = scanned_code_hash(printed.code) or printed.code
            if called in owners:
                yield draft.finding(
                    "code-clash", PRIVATE_FILE, *path, "code", stage=key, other=owners[called]
                )
            owners.setdefault(called, key)


def scanned_stages_have_codes(draft: Draft) -> Iterator[Finding]:
    if PRIVATE_FILE in draft.unread:
        return
    for index, stage in draft.stages:
        private = draft.pack.private.stages.get(stage.key)
        scans = [path for path, task in draft.tasks(index, stage) if isinstance(task, Scan)]
        if (
            scans
            and not (private and private.codes)
            and not draft.raw(PRIVATE_FILE, "stages", stage.key, "codes")
        ):
            yield draft.finding("code-missing", QUEST_FILE, *scans[0], stage=stage.key)
        unread_task = len(draft.named_stages[stage.key]) != len({task.key for task in every_task(stage)})
        if private and private.codes and not scans and not unread_task:
            yield draft.finding("code-unused", PRIVATE_FILE, "stages", stage.key, "codes", stage=stage.key)


def examples_play_as_they_should(draft: Draft) -> Iterator[Finding]:
    """Every listed answer as a move of somebody who stands there, judged as the server would.

    Only a pack without other mistakes can be published, and so be played; `run` sees to that.
    """
    published = publish(draft.pack)
    for stage in published.quest.stages:
        for task in stage.tasks:
            yield from _played(draft, published, stage, None, task)
        for variant in stage.variants:
            varied = stage.variant(variant.key)
            for task in variant.tasks or () if varied else ():
                yield from _played(draft, published, stage, variant.key, task)


def _played(
    draft: Draft, published: Published, stage: Stage, variant: str | None, task: AnyTask
) -> Iterator[Finding]:
    answers = draft.pack.private.answers(stage.key, task.key)
    if answers is None or not answers.accepted or not isinstance(task, Checked):
        return
    wrong = answers.wrong
    if isinstance(task, Choice):
        wrong = tuple(option for option in task.options if option not in answers.accepted)
    path = ("stages", stage.key, "tasks", task.key)
    for index, answer in enumerate(answers.accepted):
        if not _is_right(published, stage, variant, task, answer):
            inner = (*path, "accepted", index)
            yield draft.finding("played-right-missed", PRIVATE_FILE, *inner, found=shortened(answer))
    for index, answer in enumerate(wrong):
        if _is_right(published, stage, variant, task, answer):
            inner = (*path, "wrong", index)
            yield draft.finding("played-wrong-accepted", PRIVATE_FILE, *inner, found=shortened(answer))


def _is_right(published: Published, stage: Stage, variant: str | None, task: Checked, answer: str) -> bool:
    quest = published.quest
    if task.form(answer) is None:
        return False
    if isinstance(task, Choice) and quest.feedback == "at_end":
        if variant is not None:
            return task.is_right(answer, bytes.fromhex(stage.salt))
        handed_in = _judged(published, None, None, None, HandInBody(row={stage.key: answer}))
        return any(isinstance(fact, HandedIn) and fact.right == 1 for fact in handed_in.facts)
    judged = _judged(published, stage, variant, task.key, task.done_with(answer))
    return judged.outcome is Outcome.ACCEPTED


def _judged(
    published: Published, stage: Stage | None, variant: str | None, task: str | None, body: Body
) -> Judged:
    move = Move(
        id=NOBODY,
        by=(NOBODY,),
        device=NOBODY,
        made_at=MOMENT,
        stage=stage.key if stage else None,
        variant=variant,
        task=task,
        body=body,
        fixes=_standing_there(stage, variant),
        quest_version=published.quest.version,
    )
    heard = hear(published.quest, published.secrets, move, MOMENT)
    return judge(published.quest, move, heard)


def _standing_there(stage: Stage | None, variant: str | None) -> tuple[Fix, ...]:
    varied = stage.variant(variant) if stage else None
    fence = varied.fence if varied else None
    if fence is None:
        return ()
    start = start_of(fence)
    return (Fix(lon=start.lon, lat=start.lat, accuracy_m=5, at=MOMENT),)
