"""What one move means, judged alone: its stage, its body, its own fixes.

Never another move, never today's catalogue, never a clock. The phone judges in the same way with
`NOT_HEARD`; what the server hears beside it may add trust and refuse closed ground, nothing else.
"""

from datetime import datetime
from functools import lru_cache

from geo.fences import Fence, outside_m
from quests.evidence import (
    ANYWHERE,
    TRUST_SELF_REPORT,
    Presence,
    TimeClass,
    capped,
    presence,
    stayed_s,
    time_class,
)
from quests.model import AnyPlace, Quest, Stage
from quests.moves import BlockedBody, FreeMove, HandInBody, Move, Unreadable
from quests.outcomes import CODES, Chosen, Fact, HandedIn, Judged, Outcome, Said, StagePassed, TaskDone
from quests.secrets import NOT_HEARD, Heard
from quests.tasks import AnyTask, Scene, Verdict
from quests.tasks.choice import Choice


def judge(quest: Quest, move: Move, heard: Heard = NOT_HEARD) -> Judged:
    """The outcome of one move against one quest version, with the facts it brings."""
    when = time_class(move.made_at, heard.at)
    refused = _refused_outright(quest, move, heard)
    if refused is not None:
        return _judged(move, refused, when=when)
    if isinstance(move.body, HandInBody):
        return _handed_in(quest, move, move.body, heard, when)

    stage = quest.stage(move.stage)
    if stage is None:
        return _judged(move, Verdict("unknown-stage"), when=when)
    if isinstance(move.body, BlockedBody):
        passed = StagePassed(stage=stage.key, reason=move.body.reason)
        return _judged(move, Verdict("passed"), when=when, facts=(passed,))
    varied = stage.variant(move.variant)
    if varied is None:
        return _judged(move, Verdict("unknown-variant"), when=when)
    task = varied.task(move.task)
    if task is None:
        return _judged(move, Verdict("unknown-task"), when=when)
    if not isinstance(move.body, task.Body):
        return _judged(move, Verdict("wrong-kind", details={"asked": task.kind}), when=when)
    return _of_task(quest, varied, task, move, heard, when)


def judge_free(move: FreeMove, heard: Heard = NOT_HEARD) -> Judged:
    """The outcome of a move outside of any quest: whatever somebody feels or thinks of a place is right."""
    return Judged(
        move=move.id,
        made_at=move.made_at,
        outcome=Outcome.ACCEPTED,
        code="done",
        time_class=time_class(move.made_at, heard.at),
        facts=(Said(kind=str(type(move.body).__struct_config__.tag)),),
    )


def unreadable(move_id: str, problem: Unreadable, heard_at: datetime) -> Judged:
    """The judgement of a move that could not be read: a fact like any other, and kept."""
    return Judged(
        move=move_id,
        made_at=heard_at,
        outcome=Outcome.UNREADABLE,
        code=problem.code,
        details={"pointer": problem.pointer, "reason": problem.reason},
    )


def _refused_outright(quest: Quest, move: Move, heard: Heard) -> Verdict | None:
    if move.quest_version != quest.version:
        return Verdict("other-version")
    if any(outside_m(_drawn(closed), fix.position) == 0 for closed in heard.closed for fix in move.fixes):
        return Verdict("closed-ground")
    return None


@lru_cache(maxsize=512)
def _drawn(closed: AnyPlace) -> Fence:
    """A closure may have thousands of corners, and a batch many moves in it."""
    return closed.drawn


def _of_task(quest: Quest, stage: Stage, task: AnyTask, move: Move, heard: Heard, when: TimeClass) -> Judged:
    seen = presence(stage.fence, move.fixes, move.made_at)
    scene = Scene(
        stage=stage.key,
        presence=seen,
        salt=bytes.fromhex(stage.salt),
        codes=dict(quest.stage_of_code),
        at_end=quest.feedback == "at_end",
        equal=heard.equal,
        stayed_s=stayed_s(stage.fence, move.fixes, move.made_at),
        media=frozenset(medium.type.partition("/")[0] for medium in move.media),
    )
    verdict = task.judge(move.body, scene)
    if CODES[verdict.code][0] is not Outcome.ACCEPTED:
        return _judged(move, verdict, when=when, seen=seen)
    facts: tuple[Fact, ...] = (TaskDone(stage=stage.key, task=task.key),)
    if verdict.option is not None:
        facts += (Chosen(stage=stage.key, task=task.key, option=verdict.option),)
    if move.body.from_card:
        trust = TRUST_SELF_REPORT
    else:
        trust = max(seen.trust, TRUST_SELF_REPORT if move.body.here else 0) + verdict.trust
    trust = capped(trust, widened=stage.widened, when=when)
    return _judged(move, verdict, when=when, seen=seen, trust=trust, facts=facts)


def _handed_in(quest: Quest, move: Move, body: HandInBody, heard: Heard, when: TimeClass) -> Judged:
    """A row counts by itself: the slip that was handed in, not what a phone remembers of the walk."""
    questions = {stage.key: (stage, task) for stage in quest.stages for task in _choices(stage) if task.right}
    if quest.feedback != "at_end" or not questions:
        return _judged(move, Verdict("no-row"), when=when)
    for key, option in body.row.items():
        if key not in questions:
            return _judged(move, Verdict("unknown-stage", details={"stage": key}), when=when)
        if option not in questions[key][1].options:
            return _judged(move, Verdict("unknown-option", details={"stage": key}), when=when)
    right = sum(
        task.is_right(body.row[key], bytes.fromhex(stage.salt))
        for key, (stage, task) in questions.items()
        if key in body.row
    )
    off_by = (
        abs(body.tie_break - heard.tie_break)
        if body.tie_break is not None and heard.tie_break is not None
        else None
    )
    row = HandedIn(
        row=tuple(sorted(body.row.items())),
        right=right,
        of=len(questions),
        tie_break=body.tie_break,
        tie_break_off_by=off_by,
    )
    return _judged(move, Verdict("handed-in"), when=when, facts=(row,))


def _choices(stage: Stage) -> tuple[Choice, ...]:
    return tuple(task for task in stage.tasks if isinstance(task, Choice))


def _judged(
    move: Move,
    verdict: Verdict,
    *,
    when: TimeClass,
    seen: Presence = ANYWHERE,
    trust: int = 0,
    facts: tuple[Fact, ...] = (),
) -> Judged:
    outcome = CODES[verdict.code][0]
    if outcome not in {Outcome.ACCEPTED, Outcome.MISSED, Outcome.REFUSED}:
        raise ValueError(verdict.code)
    return Judged(
        move=move.id,
        made_at=move.made_at,
        outcome=outcome,
        code=verdict.code,
        stage=move.stage,
        task=move.task,
        trust=trust,
        certainty=seen.certainty.value,
        time_class=when,
        facts=facts,
        details=verdict.details,
    )
