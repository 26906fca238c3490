"""What is played in the browser: a trail by the water, and a quest with every kind of task, a stage for each."""

import io
import uuid
from collections.abc import Mapping
from typing import NamedTuple

from PIL import Image, ImageDraw

from content.packs.model import Pack, PackMedium, PrintedCode, Private, QuestSheet, StagePrivate, TaskAnswers
from geo.positions import Position, destination
from quests.codes import printed_code, quest_code
from quests.model import CirclePlace, QuestTexts, Stage, StageTexts, TaskTexts
from quests.tasks import TASK_KINDS, AnyTask
from quests.tasks.answer import Answer
from quests.tasks.arrive import Arrive
from quests.tasks.choice import Choice
from quests.tasks.count import Count
from quests.tasks.dwell import Dwell
from quests.tasks.feel import Feel
from quests.tasks.listen import Listen
from quests.tasks.look import Look
from quests.tasks.meet import Meet
from quests.tasks.order import Order
from quests.tasks.photo import Photo
from quests.tasks.record import Record
from quests.tasks.reflect import Reflect
from quests.tasks.scan import Scan
from server.cli.playing.laying import pack_at

SHORE = Position(14.63, 63.1802)  # by Storsjön, in Östersund
LEG_M = 180.0
TRAIL = tuple(destination(SHORE, bearing, LEG_M * number) for number, bearing in enumerate((0, 20, 20, 35)))
CODE = printed_code(bytes(range(16)))
RESTS = "001"
EVERY_KIND = quest_code(b"every kind of task")


class Asked(NamedTuple):
    """A task, and what its text asks in the two languages of the quest."""

    task: AnyTask
    en: str
    sv: str

    def words(self, language: str) -> str:
        return self.sv if language.startswith("sv") else self.en

    def title(self, language: str) -> str:
        return self.words(language).rstrip(".?")


#: One of each.
TASKS: Mapping[str, Asked] = {
    "arrive": Asked(Arrive(key="here"), "Stand by the water.", "Stå vid vattnet."),
    "answer": Asked(Answer(key="name"), "What is the lake called?", "Vad heter sjön?"),
    "choice": Asked(
        Choice(key="tip", options=("1", "x", "2")), "How old is the bridge?", "Hur gammal är bron?"
    ),
    "scan": Asked(Scan(key="post"), "Scan the code on the post.", "Läs av koden på stolpen."),
    "dwell": Asked(Dwell(key="stay", seconds=10), "Stay a while.", "Stanna en stund."),
    "count": Asked(Count(key="boats"), "How many boats do you see?", "Hur många båtar ser du?"),
    "photo": Asked(Photo(key="view"), "Show what you see.", "Visa vad du ser."),
    "record": Asked(Record(key="sound"), "Record how it sounds.", "Spela in hur det låter."),
    "reflect": Asked(
        Reflect(key="thought"), "What does the water remind you of?", "Vad påminner vattnet dig om?"
    ),
    "feel": Asked(Feel(key="felt"), "How does it feel here?", "Hur känns det här?"),
    "look": Asked(Look(key="hill", bearing_deg=270), "Face the hill.", "Vänd dig mot berget."),
    "listen": Asked(Listen(key="birds", seconds=5), "Listen for birds.", "Lyssna efter fåglar."),
    "meet": Asked(Meet(key="word"), "Ask somebody for a word.", "Fråga någon efter ett ord."),
    "order": Asked(
        Order(key="ages", items=("ice", "rail", "road")), "The oldest first.", "Det äldsta först."
    ),
}
PLACED = frozenset({"arrive", "dwell"})
OPTIONS: Mapping[str, Mapping[str, dict[str, str]]] = {
    "choice": {
        "en": {"1": "50 years", "x": "100 years", "2": "200 years"},
        "sv": {"1": "50 år", "x": "100 år", "2": "200 år"},
    },
    "order": {
        "en": {"ice": "Ice", "rail": "Railway", "road": "Road"},
        "sv": {"ice": "Is", "rail": "Järnväg", "road": "Väg"},
    },
}
ANSWERS = {
    "answer": TaskAnswers(accepted=("Storsjön",), wrong=("Kallsjön",)),
    "choice": TaskAnswers(accepted=("x",)),
    "order": TaskAnswers(accepted=("ice road rail",), wrong=("rail road ice",)),
}


def trail() -> Pack:
    """Four stages in order along the shore, each to arrive at and with a question."""
    return pack_at(TRAIL, 30, name="Längs vattnet", seed=4, way_m=LEG_M * 3)


def resting() -> Pack:
    """Far from the others, with two stages, of which the first rests: `tests.browser.conftest` sees to that."""
    places = tuple(destination(SHORE, 270, away_m) for away_m in (60_000, 60_000 + LEG_M))
    return pack_at(places, 30, name="Stigen vid bäcken", seed=7, way_m=LEG_M)


def every_kind() -> Pack:
    """A stage for each kind of task, in any order; only `arrive` and `dwell` have a place."""
    assert set(TASKS) == {kind.__struct_config__.tag for kind in TASK_KINDS}, "a kind of task is missing"
    stages = []
    for number, (kind, (task, *_)) in enumerate(TASKS.items()):
        at = destination(SHORE, 150, 150.0 + 90 * number)
        place = CirclePlace(lon=round(at.lon, 6), lat=round(at.lat, 6), known_to_m=5, source="Own survey")
        tasks = (task, Reflect(key="why")) if task.NEVER_ALONE else (task,)
        stages.append(Stage(key=kind, place=place if kind in PLACED else None, tasks=tasks))
    sheet = QuestSheet(
        id=str(uuid.UUID(int=0xB0A7, version=4)),
        code=EVERY_KIND,
        kind="trail",
        order="any",
        languages=("sv", "en"),
        minutes=45,
        company=("alone", "two", "child"),
        setting=("shore", "village"),
        association="Hembygdsföreningen vid vattnet",
        stages=tuple(stages),
    )
    private = {
        kind: StagePrivate(tasks={TASKS[kind].task.key: answers}) for kind, answers in ANSWERS.items()
    } | {"scan": StagePrivate(codes=(PrintedCode(rev=1, code=CODE),))}
    return Pack(
        sheet=sheet,
        texts={language: _texts(language) for language in ("sv", "en")},
        private=Private(stages=private),
        sources="Alla sorters uppgifter: skrivna för proven.\n",
        media={"water.webp": PackMedium(_picture(), "image/webp")},
    )


def _texts(language: str) -> QuestTexts:
    def said(english: str, swedish: str) -> str:
        return swedish if language == "sv" else english

    def told(kind: str, asked: Asked) -> StageTexts:
        tasks = {
            asked.task.key: TaskTexts(
                prompt=asked.words(language), options=OPTIONS[kind][language] if kind in OPTIONS else {}
            )
        }
        if asked.task.NEVER_ALONE:
            tasks["why"] = TaskTexts(prompt=said("What is there?", "Vad finns där?"))
        return StageTexts(
            title=asked.title(language),
            way=said("Walk along the shore.", "Gå längs stranden.") if kind in PLACED else "",
            after=said("Well done.", "Bra gjort."),
            hints=(said("Look at the water.", "Titta på vattnet."),),
            tasks=tasks,
        )

    return QuestTexts(
        title=said("By the water", "Vid vattnet"),
        summary=said("Fourteen small things to do by the lake.", "Fjorton små saker att göra vid sjön."),
        before=said(
            "Dress warmly.\n\n![The lake in the evening](water.webp)",
            "Klä dig varmt.\n\n![Sjön om kvällen](water.webp)",
        ),
        after=said("Now you know the shore.", "Nu känner du stranden."),
        stages={kind: told(kind, asked) for kind, asked in TASKS.items()},
    )


def _picture() -> bytes:
    """Evening over a lake, flat and in few tones."""
    sky, hill, water, sun = "#f4d9b8", "#5b7486", "#a9c6d8", "#d98a2b"
    picture = Image.new("RGB", (960, 480), sky)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((620, 130, 720, 230), fill=sun)
    draw.polygon([(0, 290), (180, 190), (360, 260), (560, 170), (960, 290)], fill=hill)
    draw.rectangle((0, 285, 960, 480), fill=water)
    for left, top, wide in ((80, 330, 240), (420, 360, 320), (200, 410, 380), (640, 440, 220)):
        draw.line((left, top, left + wide, top), fill="#dfeaf1", width=5)
    stream = io.BytesIO()
    picture.save(stream, "WEBP", quality=70)
    return stream.getvalue()
