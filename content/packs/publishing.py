"""Pack → what is played and what stays secret. The same pack always publishes the same quest."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from content.packs.model import Pack, StagePrivate
from content.packs.writing import version
from quests.answers import AnswerLists, draw_salt, normal_form
from quests.codes import scanned_code_hash
from quests.model import Medium, Quest, Stage
from quests.secrets import Secrets
from quests.tasks import AnyTask, Checked


@dataclass(frozen=True, slots=True)
class Published:
    quest: Quest
    secrets: Secrets


def publish(pack: Pack) -> Published:
    """The quest and its secrets. Raises ValueError when no salt keeps a stage's wrong examples out.

    A choice's other options are wrong examples by themselves, so that no wrong option is ever taken for
    the right one.
    """
    called = version(pack)
    stages = tuple(_stage(pack, stage, called) for stage in pack.sheet.stages)
    media = tuple(
        Medium(
            name=name,
            sha256=hashlib.sha256(medium.data).hexdigest(),
            bytes=len(medium.data),
            type=medium.type,
        )
        for name, medium in sorted(pack.media.items())
    )
    # Who has read it for its people is a person, and stays in the pack; so does whoever said yes to a print.
    sheet = {name: getattr(pack.sheet, name) for name in pack.sheet.__struct_fields__ if name != "care"}
    quest = Quest(**{**sheet, "stages": stages, "version": called, "texts": dict(pack.texts), "media": media})
    return Published(quest, _secrets(pack))


def every_task(stage: Stage) -> Iterator[AnyTask]:
    """The tasks of a stage and of its variants."""
    yield from stage.tasks
    for variant in stage.variants:
        yield from variant.tasks or ()


def answer_lists(pack: Pack, stage: str, task: AnyTask) -> AnswerLists:
    """What a task takes and what it must not, as it is compared; both empty where nothing is checked."""
    answers = pack.private.answers(stage, task.key)
    if answers is None or not answers.accepted or not isinstance(task, Checked) or not task.can_be_answered:
        return AnswerLists(())
    return task.lists(answers.accepted, answers.wrong)


def printed_codes(private: StagePrivate | None) -> tuple[str, ...]:
    """A stage's printed codes, newest first."""
    codes = () if private is None else private.codes
    return tuple(printed.code for printed in sorted(codes, key=lambda printed: -printed.rev))


def _stage(pack: Pack, stage: Stage, called: str) -> Stage:
    lists = [answer_lists(pack, stage.key, task) for task in every_task(stage)]
    salt = draw_salt(hashlib.sha256(f"{called}/{stage.key}".encode()).digest(), lists)
    codes = [scanned_code_hash(code) for code in printed_codes(pack.private.stages.get(stage.key))]

    def with_bits(tasks: tuple[AnyTask, ...]) -> tuple[AnyTask, ...]:
        return tuple(_task(pack, stage.key, task, salt) for task in tasks)

    variants = tuple(
        msgspec.structs.replace(variant, tasks=None if variant.tasks is None else with_bits(variant.tasks))
        for variant in stage.variants
    )
    return msgspec.structs.replace(
        stage,
        tasks=with_bits(stage.tasks),
        variants=variants,
        salt=salt.hex(),
        codes=tuple(code for code in codes if code is not None),
    )


def _task(pack: Pack, stage: str, task: AnyTask, salt: bytes) -> AnyTask:
    return task.with_bits(answer_lists(pack, stage, task).bits(salt)) if isinstance(task, Checked) else task


def compared(task: Checked, answer: str) -> str | None:
    """A listed answer as the task compares it; None for what nobody could give."""
    form = task.form(answer)
    return None if form is None else normal_form(form, **task.folds)


def _secrets(pack: Pack) -> Secrets:
    answers: dict[str, dict[str, tuple[str, ...]]] = {}
    for stage in pack.sheet.stages:
        for task in every_task(stage):
            if accepted := answer_lists(pack, stage.key, task).accepted:
                answers.setdefault(stage.key, {})[task.key] = accepted
    codes = {key: printed_codes(private) for key, private in pack.private.stages.items() if private.codes}
    hosts = {
        key: {task: answers.host for task, answers in private.tasks.items() if answers.host is not None}
        for key, private in pack.private.stages.items()
    }
    return Secrets(
        answers=answers,
        codes=codes,
        hosts={key: found for key, found in hosts.items() if found},
        tie_break=pack.private.tie_break,
    )
