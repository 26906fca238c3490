"""The quests that come along: nothing to mend, playable from the first stage to the last, and kind to read."""

import itertools
import json
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from content.packs.checks import check
from content.packs.checks.texts import spoken
from content.packs.model import Pack
from content.packs.publishing import Published, publish
from content.packs.reading import Reading
from content.packs.schema import FORMS, schema
from content.packs.writing import version, write
from geo.fences import start_of
from geo.positions import Position
from media.kinds import media_type
from quests.conditions import Chose, atoms
from quests.judge import judge
from quests.model import Quest, Stage
from quests.moves import Fix, HandInBody, Move
from quests.openness import can_be_played
from quests.outcomes import HandedIn, Judged, Outcome
from quests.play import Journey, play
from quests.region import SWEDEN
from quests.secrets import hear
from quests.tasks import AnyTask, Body
from quests.tasks.choice import Choice, ChoiceBody
from quests.views import public
from server.readers.packs import read_members

ROOT = Path(__file__).parents[2]
QUESTS = ROOT / "seed_data/quests"
FOLDERS = sorted(sheet.parent for sheet in QUESTS.rglob("quest.toml"))
# Those of the first release are longer, and not in every language.
GENERIC = [
    folder
    for folder in FOLDERS
    if folder.parent.name == "anywhere" and folder.name not in {"from-your-door", "tipspromenad"}
]
GENERIC_WORDS = 40
ME = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
NOW = datetime(2026, 12, 15, 15, 10, tzinfo=UTC)
IDS = [str(folder.relative_to(QUESTS)) for folder in FOLDERS]


def reading(folder: Path) -> Reading:
    unpacked = read_members(folder)
    assert unpacked.findings == ()
    return check(unpacked.members, media_type)


def pack_of(folder: Path) -> Pack:
    pack = reading(folder).pack
    assert pack is not None
    return pack


@pytest.mark.parametrize("folder", FOLDERS, ids=IDS)
def test_there_is_nothing_to_mend_and_nothing_to_think_about(folder: Path) -> None:
    assert {finding.code for finding in reading(folder).findings} <= {"place-widened"}


@pytest.mark.parametrize("folder", GENERIC, ids=lambda folder: folder.name)
def test_what_can_be_played_anywhere_is_short_and_in_five_languages(folder: Path) -> None:
    pack = pack_of(folder)

    assert set(pack.sheet.languages) == {"sv", "sv-simple", "en", "uk", "ar"}
    assert pack.sheet.company
    assert pack.sheet.setting
    for tag, texts in pack.texts.items():
        for path, text in spoken(texts):
            assert len(text.split()) <= GENERIC_WORDS, (tag, path)


def test_every_municipality_has_a_trail_with_places_and_a_tipspromenad() -> None:
    for folder in sorted(one for one in QUESTS.iterdir() if one.name != "anywhere"):
        sheets = [pack_of(sheet.parent).sheet for sheet in folder.rglob("quest.toml")]
        trails = [one for one in sheets if one.kind == "trail" and any(stage.place for stage in one.stages)]

        assert trails, folder.name
        assert any(one.feedback == "at_end" for one in sheets), folder.name
    assert len([one for one in QUESTS.iterdir() if one.name != "anywhere"]) == 8


def test_ids_and_codes_are_each_quests_own() -> None:
    sheets = [pack_of(folder).sheet for folder in FOLDERS]

    assert len({sheet.id for sheet in sheets}) == len({sheet.code for sheet in sheets}) == len(FOLDERS) >= 3


@pytest.mark.parametrize("folder", FOLDERS, ids=IDS)
def test_every_quest_is_said_in_swedish_easy_swedish_and_english_and_by_whom_checked(folder: Path) -> None:
    pack = pack_of(folder)

    assert set(pack.sheet.languages) >= {"sv", "sv-simple", "en"}
    assert {texts.checked_by for texts in pack.texts.values()} == {"nobody yet"}


@pytest.mark.parametrize("folder", FOLDERS, ids=IDS)
def test_no_text_shouts_or_sends_anybody_into_danger(folder: Path) -> None:
    for texts in pack_of(folder).texts.values():
        for path, text in spoken(texts):
            assert "!" not in text, path
            assert not re.search(r"\b(simma|klättra|swim|climb|trespass)\b", text, re.IGNORECASE), path


@pytest.mark.parametrize("folder", FOLDERS, ids=IDS)
def test_it_is_the_same_version_after_being_taken_away_and_brought_back(folder: Path, tmp_path: Path) -> None:
    pack = pack_of(folder)
    carried = tmp_path / "carried.zip"
    carried.write_bytes(write(pack))

    again = pack_of(carried)

    assert again == pack
    assert version(again) == version(pack)


def body(task: AnyTask, published: Published, stage: Stage, chosen: str | None) -> Body:
    """What somebody does who does it right."""
    answers = published.secrets.answers.get(stage.key, {}).get(task.key)
    if isinstance(task, Choice) and not answers:
        return ChoiceBody(option=chosen if chosen in task.options else task.options[0])
    return task.done_with(answers[0] if answers else "något")


def judged(published: Published, stage: Stage | None, task: str | None, said: Body, number: int) -> Judged:
    fence = stage.fence if stage else None
    fixes = (
        ()
        if fence is None
        else (Fix(lon=start_of(fence).lon, lat=start_of(fence).lat, accuracy_m=8, at=NOW),)
    )
    move = Move(
        id=f"{number:08x}-0000-4000-8000-000000000000",
        by=(ME,),
        device=ME,
        made_at=NOW,
        stage=stage.key if stage else None,
        task=task,
        body=said,
        fixes=fixes,
        quest_version=published.quest.version,
    )
    return judge(published.quest, move, hear(published.quest, published.secrets, move, NOW))


def walked(published: Published, chosen: str | None = None) -> Journey:
    """Every open stage done, until nothing more opens."""
    quest = published.quest
    done: list[Judged] = []
    numbers = itertools.count()
    while True:
        journey = play(quest, done)
        here = [stage for stage in quest.stages if stage.key in journey.open - journey.satisfied]
        if not here:
            return journey
        for stage in here:
            for task in stage.tasks:
                one = judged(published, stage, task.key, body(task, published, stage, chosen), next(numbers))
                assert one.outcome is Outcome.ACCEPTED, (stage.key, task.key, one.code)
                done.append(one)


def forks(quest: Quest) -> list[str | None]:
    return [
        atom.option
        for one in quest.stages
        if one.opens
        for atom in atoms(one.opens)
        if isinstance(atom, Chose)
    ]


@pytest.mark.parametrize("folder", FOLDERS, ids=IDS)
def test_every_way_through_comes_to_the_end(folder: Path) -> None:
    published = publish(pack_of(folder))

    for option in forks(published.quest) or [None]:
        assert walked(published, option).finished, option


def test_both_ways_of_the_walk_are_really_different() -> None:
    published = publish(pack_of(ROOT / "seed_data/quests/ostersund/bridge-builder"))

    museum, shore = walked(published, "museum"), walked(published, "shore")

    assert museum.satisfied ^ shore.satisfied == {"museum", "shore"}


def test_the_walk_can_be_begun_and_ended_in_the_dark() -> None:
    plan = public(publish(pack_of(ROOT / "seed_data/quests/ostersund/bridge-builder")).quest).plan
    dark, light = (datetime(2026, 12, 15, hour, 0, tzinfo=SWEDEN) for hour in (17, 11))
    square = Position(14.63566, 63.1792)

    assert can_be_played(plan, dark, square)
    assert can_be_played(plan, light, square)


def test_the_hidden_stop_is_not_told_before_the_stone() -> None:
    quest = publish(pack_of(ROOT / "seed_data/quests/ostersund/bridge-builder")).quest

    assert [stage.key for stage in quest.stages if stage.hidden] == ["own-bridge"]
    assert "own-bridge" not in play(quest, ()).open


def test_from_your_door_is_open_all_at_once_and_done_with_three_and_a_greeting() -> None:
    published = publish(pack_of(ROOT / "seed_data/quests/anywhere/from-your-door"))
    quest = published.quest

    def journey(*keys: str) -> Journey:
        done = []
        for number, key in enumerate(keys):
            stage = quest.stage(key)
            assert stage is not None
            done.append(
                judged(
                    published, stage, stage.tasks[0].key, body(stage.tasks[0], published, stage, None), number
                )
            )
        return play(quest, done)

    assert len(play(quest, ()).open) == len(quest.stages)
    assert all(stage.place is None for stage in quest.stages)
    assert not journey("windows", "listen", "sky", "tracks", "sign").finished
    assert not journey("windows", "listen", "hello").finished
    assert journey("windows", "listen", "sky", "hello").finished


def test_the_right_row_scores_six_and_any_other_mark_one_less() -> None:
    published = publish(pack_of(ROOT / "seed_data/quests/anywhere/tipspromenad"))
    right = {stage: tasks["row"][0] for stage, tasks in published.secrets.answers.items()}

    def score(row: dict[str, str]) -> int:
        one = judged(published, None, None, HandInBody(row=row, tie_break=280), 1)
        fact = one.facts[0]
        assert isinstance(fact, HandedIn)
        assert fact.tie_break_off_by == 3
        return fact.right

    assert score(right) == len(right) == 6
    for stage, mark in right.items():
        for other in {"1", "X", "2"} - {mark}:
            assert score({**right, stage: other}) == 5


@pytest.mark.parametrize("name", FORMS)
def test_the_published_schema_is_what_the_forms_say(name: str) -> None:
    published = (ROOT / "docs/authoring" / name).read_bytes()

    assert published == schema(name), "make it anew: rotfaste pack schema --to docs/authoring"


@pytest.mark.parametrize("folder", FOLDERS, ids=IDS)
def test_the_schema_accepts_what_we_write_and_refuses_a_misspelt_name(folder: Path) -> None:
    files = {"quest.toml": "quest", "private.toml": "private", "texts/sv.toml": "texts"}
    for file, form in files.items():
        if not (folder / file).exists():
            continue
        table = tomllib.loads((folder / file).read_text())
        validator = jsonschema.Draft202012Validator(json.loads(schema(f"{form}.schema.json")))
        assert list(validator.iter_errors(table)) == []
        assert list(validator.iter_errors({**table, "titel": "x"}))
