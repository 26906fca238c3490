"""The badges that come along, and what is said of those with mistakes."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import combinations
from pathlib import Path

import pytest

from content.badges import LANGUAGES, Badge, BadgeReading, read_badges
from content.findings import mistakes
from content.packs.publishing import publish
from media.badges import COLOURS, MOTIFS
from quests.badges import BADGE_RULES, rules_in
from quests.deeds import Circumstances, Deed, Told, Word, deeds_of
from quests.model import Quest
from quests.outcomes import Fact, HandedIn, Judged, Outcome, TaskDone
from server.readers.sheets import read_sheets
from tests.content.test_seed_quests import FOLDERS, pack_of

FOLDER = Path(__file__).parents[2] / "seed_data/badges"
FILES = read_sheets(FOLDER)


def reading(files: dict[str, bytes]) -> BadgeReading:
    return read_badges(files, MOTIFS, COLOURS)


BADGES = reading(FILES).badges
ALL = {badge.key: badge for badge in BADGES}

SUMMER = Circumstances(day=date(2026, 6, 20), hour=12, season="summer", light="day")
WINTER = Circumstances(day=date(2026, 12, 20), hour=18, season="winter", light="dark")
SPRING = Circumstances(day=date(2027, 4, 20), hour=12, season="spring", light="day")
AUTUMN = Circumstances(day=date(2026, 9, 20), hour=12, season="autumn", light="day")


def deed(kind: str, quest: int = 1, **fields: object) -> Deed:
    given = {"kind": kind, "when": SUMMER, "on_time": True, "trust": 1, "quest": str(quest), "stage": "s"}
    return Deed(**{**given, **fields})  # type: ignore[arg-type]


def tasks(*kinds: str) -> list[Deed]:
    return [deed("task", number, task_kind=kind, task="t") for number, kind in enumerate(kinds)]


def stages(count: int, **fields: object) -> list[Deed]:
    return [deed("stage", number, **fields) for number in range(count)]


#: What just earns each badge: every one of these deeds is needed.
EARNS: dict[str, list[Deed]] = {
    "all-seasons": [deed("stage", n, when=when) for n, when in enumerate((SUMMER, AUTUMN, WINTER, SPRING))],
    "answer-slip": [deed("row")],
    "back-again": [deed("stage"), deed("stage", when=WINTER)],
    "by-bus": [deed("finished", setting=("bus",))],
    "by-the-water": stages(2, setting=("shore", "village")),
    "coffee": tasks("meet", "meet", "meet"),
    "first-step": stages(1),
    "good-eyes": tasks("count", "look", "photo", "choice", "count", "look", "choice", "choice"),
    "hello": tasks("meet"),
    "in-the-dark": stages(3, when=WINTER),
    "in-the-forest": stages(1, setting=("forest",)),
    "in-winter": stages(5, when=WINTER),
    "lit-windows": [deed("finished", 1, setting=("home",)), deed("finished", 2, setting=("street",))],
    "many-ways": tasks("arrive", "answer", "listen", "meet", "reflect", "count"),
    "own-words": tasks("reflect", "feel", "record"),
    "still": tasks("listen", "dwell", "listen"),
    "sunny-spell": [deed("finished", n) for n in range(4)],
    "three-municipalities": [
        deed("stage", ground="placed", municipality=code) for code in ("2380", "2303", "2305")
    ],
    "together": stages(2, players="several"),
    "whole-trail": [deed("finished", quest_kind="trail")],
}

#: What looks much like it and earns nothing.
ALMOST: dict[str, list[Deed]] = {
    "all-seasons": [replace(one, on_time=False) for one in EARNS["all-seasons"]],
    "back-again": [deed("stage", 1), deed("stage", 2, when=WINTER)],
    "coffee": [tasks("meet")[0], replace(tasks("meet")[0], when=WINTER), tasks("meet", "meet")[1]],
    "in-the-dark": stages(3, when=WINTER, on_time=False),
    "lit-windows": [
        deed("finished", 1, setting=("home",)),
        deed("finished", 1, setting=("home",), when=WINTER),
    ],
    "sunny-spell": [
        deed("finished", n, when=when) for n, when in enumerate((SUMMER, AUTUMN, WINTER, SPRING))
    ],
    "three-municipalities": [deed("stage", municipality=code) for code in ("2380", "2303", "2305")],
    "together": stages(5, company=("alone", "two", "child")),
    "whole-trail": [deed("finished", quest_kind="challenge")],
}


def test_there_is_nothing_to_mend() -> None:
    assert reading(FILES).findings == ()
    assert len(BADGES) == len(FILES) >= 14


def test_every_badge_has_a_script_that_earns_it() -> None:
    assert set(EARNS) == set(ALL)
    assert set(ALMOST) <= set(ALL)


@pytest.mark.parametrize("badge", BADGES, ids=lambda badge: badge.key)
def test_a_badge_is_earned_by_just_enough_and_by_nothing_less(badge: Badge) -> None:
    enough = EARNS[badge.key]

    assert badge.sheet.rule.holds(frozenset(enough))
    for left_out in enough:
        assert not badge.sheet.rule.holds(frozenset(enough) - {left_out}), left_out


@pytest.mark.parametrize("key", ALMOST)
def test_a_badge_is_not_earned_by_what_only_looks_like_it(key: str) -> None:
    assert not ALL[key].sheet.rule.holds(frozenset(ALMOST[key]))


def _everything(quest: Quest, municipality: str) -> frozenset[Deed]:
    """What somebody has done who did all of a quest in each season, by day and after dark, with somebody else."""
    moments = [datetime(2026, month, 20, hour, tzinfo=UTC) for month in (1, 4, 7, 10) for hour in (11, 23)]
    rows: tuple[Fact, ...] = (HandedIn(row=(), right=0, of=6),) if quest.feedback == "at_end" else ()
    told = [
        Told(
            judged=Judged(move="", made_at=at, outcome=Outcome.ACCEPTED, code="done", facts=facts),
            named=("somebody",),
        )
        for at in moments
        for stage in quest.stages
        for task in stage.tasks
        for facts in [(TaskDone(stage=stage.key, task=task.key), *rows)]
    ]
    return deeds_of(
        quest,
        told,
        {stage.key: municipality for stage in quest.stages if stage.place is not None},
        [Word(player="somebody", stage=stage.key) for stage in quest.stages],
    )


def test_every_badge_can_be_earned_with_the_quests_that_come_along() -> None:
    done = frozenset(
        one for folder in FOLDERS for one in _everything(publish(pack_of(folder)).quest, folder.parent.name)
    )

    assert [badge.key for badge in BADGES if not badge.sheet.rule.holds(done)] == []


def test_every_rule_is_used_or_needs_no_badge() -> None:
    """`all` and `any` are there for those who write badges; whatever else nobody uses is dead."""
    used = {type(part) for badge in BADGES for part in rules_in(badge.sheet.rule)}

    assert {str(rule.__struct_config__.tag) for rule in set(BADGE_RULES) - used} <= {"all", "any"}


def test_no_two_badges_look_or_are_called_alike() -> None:
    for one, other in combinations(BADGES, 2):
        assert one.sheet.picture.motif != other.sheet.picture.motif
        for tag in LANGUAGES:
            assert one.sheet.texts[tag].name != other.sheet.texts[tag].name


def test_no_badge_shouts_counts_down_or_compares() -> None:
    loud = re.compile(
        r"!|\b(poäng|points?|rank|snabb\w*|fast\w*|minut\w*|minutes?|streak|i rad|bäst\w*|best|top)\b",
        re.IGNORECASE,
    )
    for badge in BADGES:
        for texts in badge.sheet.texts.values():
            assert not loud.search(f"{texts.name} {texts.how} {texts.after}"), badge.key


def test_some_badges_open_a_door_and_each_says_where_it_was_seen() -> None:
    doors = [badge.sheet.door for badge in BADGES if badge.sheet.door is not None]

    assert len(doors) >= 6
    for door in doors:
        assert door.url.startswith("https://") or door.url in {"/studio/propose", "/studio/adopt"}
        assert door.source
        assert date.fromisoformat(door.checked) <= date(2026, 12, 31)


SOUND = (FOLDER / "hello.toml").read_text("utf-8")


def codes(change: Callable[[str], str], name: str = "hello.toml") -> list[tuple[str, str]]:
    changed = change(SOUND)
    assert changed != SOUND or name != "hello.toml"
    found = reading({name: changed.encode()})
    assert (found.badges == ()) == (mistakes(found.findings) != ())
    return [(finding.code, finding.pointer) for finding in found.findings]


@pytest.mark.parametrize(
    "old, new, expected",
    [
        ('is = "count"', 'is = "at_most"', ("condition-not-positive", "/rule/then/is")),
        ('is = "count"', 'is = "minutes"', ("value-not-listed", "/rule/then/is")),
        ("least = 1", "least = 0", ("value-small", "/rule/then/least")),
        ("least = 1", "least = 1000", ("value-large", "/rule/then/least")),
        ("task_kind", "speed", ("key-unknown", "/rule/speed")),
        ('["meet"]', '["story"]', ("value-not-listed", "/rule")),
        ('"speech"', '"trophy"', ("value-not-listed", "/picture/motif")),
        ('"fireweed"', '"gold"', ("value-not-listed", "/picture/ground")),
        ('figure = "snow"', 'figure = "fireweed"', ("value-not-listed", "/picture/figure")),
        ("[texts.ar]", "[texts.fi]", ("text-missing", "/texts/ar")),
        ("[texts.en]\nname", "[texts.en]\nafter = ' '\nname", ("duplicate-key", "/texts/en/after")),
        ('url = "https', 'url = "http', ("value-pattern", "/door/url")),
        ("checked = 2026-11-26", 'checked = "soon"', ("value-pattern", "/door/checked")),
        (
            "Prata med någon du möter.",
            "Prata " + "med någon " * 9 + ".",
            ("text-long-sentence", "/texts/sv-simple/how"),
        ),
        ("[door]", "[door", ("not-toml", "")),
    ],
)
def test_a_mistake_is_said_where_it_is(old: str, new: str, expected: tuple[str, str]) -> None:
    assert expected in codes(lambda text: text.replace(old, new))


def test_a_badge_that_needs_a_kind_of_task_that_there_is_not_is_not_served() -> None:
    assert reading({"hello.toml": SOUND.replace('["meet"]', '["story"]').encode()}).badges == ()


def test_a_file_needs_a_name_that_can_be_a_key() -> None:
    assert ("value-pattern", "") in codes(lambda text: text, "Hello World.toml")


def test_what_is_no_text_is_said() -> None:
    assert [one.code for one in reading({"hello.toml": b"\xff\xfe"}).findings] == ["not-utf8"]


def test_other_files_of_the_folder_are_no_badges() -> None:
    assert reading({"README.md": b"# Badges"}).findings == ()
