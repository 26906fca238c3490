"""One plain trail and a walk along it, for counting and timing."""

import uuid
from datetime import timedelta

from quests.judge import judge
from quests.model import CirclePlace, Quest, QuestTexts, Stage
from quests.moves import Fix, Move
from quests.outcomes import Judged
from quests.tasks.arrive import Arrive, ArriveBody
from quests.tasks.choice import Choice, ChoiceBody
from tests.strategies import CENTRE, ME, OPTIONS, START, VERSION


def twenty_stages() -> Quest:
    """A trail of twenty placed stages, each with an arrival and a choice, in order."""
    return Quest(
        id=ME,
        code="JHABCDE",
        version=VERSION,
        kind="trail",
        stages=tuple(
            Stage(
                key=f"s{number}",
                place=CirclePlace(lon=CENTRE.lon + number / 500, lat=CENTRE.lat),
                tasks=(Arrive(key="come"), Choice(key="ask", options=OPTIONS)),
            )
            for number in range(20)
        ),
        languages=("sv",),
        texts={"sv": QuestTexts(title="Runda", summary="En runda.", stages={})},
    )


def moves(quest: Quest, count: int) -> list[Move]:
    """`count` moves that go round the trail, arriving and choosing in turn."""
    made = []
    for number in range(count):
        stage = quest.stages[number // 2 % len(quest.stages)]
        at = START + timedelta(seconds=number)
        place = stage.place
        assert isinstance(place, CirclePlace)
        made.append(
            Move(
                id=str(uuid.UUID(int=number, version=4)),
                by=(ME,),
                device=ME,
                made_at=at,
                stage=stage.key,
                task="come" if number % 2 == 0 else "ask",
                body=ArriveBody() if number % 2 == 0 else ChoiceBody(option=OPTIONS[number // 40 % 3]),
                fixes=(Fix(lon=place.lon, lat=place.lat, accuracy_m=8, at=at),),
                quest_version=quest.version,
            )
        )
    return made


def walked(quest: Quest, count: int) -> list[Judged]:
    return [judge(quest, move) for move in moves(quest, count)]
