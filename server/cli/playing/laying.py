"""A quest laid on a recorded track, as a pack: for trying out a server, a track, or a change of the rules.

Its texts are numbers, sums and names, so that they are the same in every language.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

from content.packs.model import Pack, Private, QuestSheet, StagePrivate, TaskAnswers
from geo.positions import Position
from geo.tracks import Track, cleaned, lay, length_m
from quests.codes import quest_code
from quests.model import (
    RADIUS_DEFAULT_M,
    RADIUS_LEAST_M,
    CirclePlace,
    QuestTexts,
    Stage,
    StageTexts,
    TaskTexts,
)
from quests.tasks import AnyTask
from quests.tasks.answer import Answer
from quests.tasks.arrive import Arrive
from quests.tasks.choice import Choice

MOST_STAGES = 200
APART = 3.0  # stages lie at least so many radii apart, where the track is long enough
OPTIONS = ("1", "X", "2")
LAKES = ("Storsjön", "Kallsjön", "Näkten", "Flåsjön", "Locknesjön", "Ströms vattudal", "Hotagen", "Gesunden")
LANGUAGE = "sv"
TITLE_MOST = 100
LONGEST_WAY_M = 500_000  # that a pack may say
DECIMALS = 6


@dataclass(frozen=True, slots=True)
class _Question:
    task: AnyTask
    answers: TaskAnswers
    texts: TaskTexts


def laid_pack(track: Track, n: int, *, name: str, seed: int) -> Pack:
    """A pack of n stages in order, evenly along the track, without what its receiver invented.

    The same for the same track, number and seed, its id and code included. ValueError for a track without points.
    """
    walked = cleaned(track).track
    way_m = length_m(walked)
    radius_m = max(RADIUS_LEAST_M, min(RADIUS_DEFAULT_M, way_m / n / APART))
    return pack_at(lay(walked, n), radius_m, name=name, seed=seed, way_m=way_m)


def pack_at(
    places: Sequence[Position],
    radius_m: float,
    *,
    name: str,
    seed: int,
    way_m: float | None = None,
    in_order: bool = True,
) -> Pack:
    """A pack with a stage at each place, which asks to arrive and a question. Its stages are `001`, `002`, …"""
    n = len(places)
    mark = hashlib.sha256(f"{seed} {in_order} {name} {radius_m} {places}".encode()).digest()
    chance = Random(mark)  # noqa: S311  which sum is asked is no secret
    questions = {f"{number:03}": _question(number, chance) for number in range(1, n + 1)}
    sheet = QuestSheet(
        id=str(UUID(bytes=mark[:16], version=4)),
        code=quest_code(mark),
        kind="trail" if n > 1 else "challenge",
        order="ordered" if in_order else "any",
        languages=(LANGUAGE,),
        length_m=None if way_m is None else min(LONGEST_WAY_M, round(way_m)),
        stages=tuple(
            Stage(key=key, place=_place(at, radius_m), tasks=(Arrive(key="here"), question.task))
            for (key, question), at in zip(questions.items(), places, strict=True)
        ),
    )
    private = {
        key: StagePrivate(tasks={question.task.key: question.answers}) for key, question in questions.items()
    }
    title = f"{name[:TITLE_MOST].strip() or 'GPX'} ({n})"
    return Pack(
        sheet=sheet,
        texts={LANGUAGE: _texts(title, questions)},
        private=Private(stages=private),
        sources=f"{title}: `rotfaste play --lay {n}`\n",
    )


def _place(at: Position, radius_m: float) -> CirclePlace:
    return CirclePlace(
        lon=round(at.lon, DECIMALS), lat=round(at.lat, DECIMALS), radius_m=round(radius_m, 1), source="GPX"
    )


def _question(number: int, chance: Random) -> _Question:
    """A choice, a number, a word, in turn."""
    a, b = chance.randint(2, 9), chance.randint(2, 9)
    match number % 3:
        case 1:
            right = chance.randrange(len(OPTIONS))
            sums = {option: str(a + b + index - right) for index, option in enumerate(OPTIONS)}
            return _Question(
                Choice(key="sum", options=OPTIONS),
                TaskAnswers(accepted=(OPTIONS[right],)),
                TaskTexts(prompt=f"{a} + {b} = ?", options=sums),
            )
        case 2:
            return _Question(
                Answer(key="product", expects="number"),
                TaskAnswers(accepted=(str(a * b),), wrong=(str(a * b + 1), str(a + b + 100))),
                TaskTexts(prompt=f"{a} × {b} = ?"),
            )
        case _:
            lake = chance.choice(LAKES)
            others = tuple(other for other in LAKES if other != lake)
            return _Question(
                Answer(key="word"),
                TaskAnswers(accepted=(lake,), wrong=others[:2]),
                TaskTexts(prompt=f"= {lake}"),
            )


def _texts(title: str, questions: Mapping[str, _Question]) -> QuestTexts:
    return QuestTexts(
        title=title,
        summary=title,
        stages={
            key: StageTexts(
                title=str(int(key)), tasks={"here": TaskTexts(prompt=key), question.task.key: question.texts}
            )
            for key, question in questions.items()
        },
    )
