"""The decks that come along, and what is said of those with mistakes."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from content.decks import ALIKE, LANGUAGES, PROMPTS_LEAST, WORDS_MOST, DeckReading, read_decks
from content.findings import mistakes
from content.readability import EASY_LIX, lix, words
from quests.decks import GROUNDS, WILD, Deck, Ground, Light, Season, prompts_of
from quests.drift import Card, Circumstances, draw
from server.readers.sheets import read_sheets

FOLDER = Path(__file__).parents[2] / "seed_data/decks"
FILES = read_sheets(FOLDER)
READING = read_decks(FILES)
PROMPTS = dict(prompts_of(READING.decks))
EVENING = Circumstances(
    at=datetime(2026, 12, 15, 15, 10, tzinfo=UTC),
    ground="village",
    season="winter",
    light="dark",
    company="child",
    mobility="wheels",
    nerve=1,
)


def drawn_in_full(now: Circumstances) -> list[str]:
    """Every prompt that fits without widening, in the order of one drift."""
    cards: list[Card] = []
    while (drawn := draw(READING.decks, "a drift", now, cards)) is not None and not drawn.widened:
        cards.append(Card(prompt=drawn.name, at=now.at))
    return [card.prompt for card in cards]


def test_there_is_nothing_to_mend() -> None:
    assert READING.findings == ()
    assert [deck.key for deck in READING.decks] == [
        "forest-shore-and-fell",
        "village-and-town",
        "winter-and-dark",
    ]


@pytest.mark.parametrize("deck", READING.decks, ids=lambda deck: deck.key)
def test_a_deck_lasts_for_many_walks_and_can_be_read_in_each_language(deck: Deck) -> None:
    assert len(deck.prompts) >= PROMPTS_LEAST
    assert set(deck.texts) == set(LANGUAGES)
    assert {texts.checked_by for texts in deck.texts.values()} == {"nobody yet"}
    for prompt in deck.prompts:
        assert set(prompt.texts) == set(LANGUAGES)
        assert all(len(words(text)) <= WORDS_MOST for text in prompt.texts.values())


@pytest.mark.parametrize("deck", READING.decks, ids=lambda deck: deck.key)
def test_easy_swedish_is_easy_also_prompt_by_prompt(deck: Deck) -> None:
    hard = [key for key, text in _said(deck, "sv-simple") if lix(text) > EASY_LIX]

    assert hard == []


def test_easy_swedish_is_another_text() -> None:
    """Whoever needs it is not given the same again. What is short already may stay."""
    same = [name for name, one in PROMPTS.items() if one.texts["sv-simple"] == one.texts["sv"]]

    assert all(len(words(PROMPTS[name].texts["sv"])) <= 15 for name in same)
    assert len(same) <= 6


def test_a_family_on_a_lit_street_in_december_has_an_evening_of_prompts() -> None:
    found = drawn_in_full(EVENING)

    assert len(found) >= 30
    assert all("village" in PROMPTS[name].ground for name in found)
    assert sum(name.startswith("winter-and-dark/") for name in found[:12]) >= 5


@pytest.mark.parametrize("ground, season, light", list(product(GROUNDS, get_args(Season), get_args(Light))))
def test_two_hours_without_widening_wherever_and_whenever(ground: str, season: str, light: str) -> None:
    """One in five minutes, alone and on foot. In the dark nobody is kept in the woods for that long."""
    now = msgspec.convert(
        {
            **msgspec.to_builtins(EVENING),
            "ground": ground,
            "season": season,
            "light": light,
            "company": "alone",
            "mobility": "walks",
            "nerve": 3,
        },
        Circumstances,
    )
    out_of_doors = ground != "indoors" and not (ground in WILD and light == "dark")

    assert len(drawn_in_full(now)) >= (24 if out_of_doors else 5)


@pytest.mark.parametrize("ground, light", list(product(GROUNDS, get_args(Light))))
def test_somebody_who_sits_and_speaks_to_nobody_has_an_hour_of_it(ground: Ground, light: Light) -> None:
    for season in get_args(Season):
        now = msgspec.structs.replace(
            EVENING, ground=ground, season=season, light=light, company="alone", mobility="sits"
        )
        assert len(drawn_in_full(now)) >= (5 if ground in WILD else 9), season


def test_decks_dare_different_things() -> None:
    for deck in READING.decks:
        nerves = [prompt.nerve for prompt in deck.prompts]
        assert nerves.count(1) > len(nerves) / 2
        assert nerves.count(3) >= 2


#: What is asked of whoever speaks to somebody they do not know.
ASKING = {
    "sv": re.compile(r"\b(fråga någon|säg (till|något)|fråga vilket)\b", re.IGNORECASE),
    "en": re.compile(r"\b(ask somebody|ask which|tell somebody|say something)\b", re.IGNORECASE),
}
GREETING = {"sv": re.compile(r"\bhälsa på (nästa|alla|någon)\b", re.IGNORECASE)}


def test_nerve_is_said_honestly() -> None:
    for name, prompt in PROMPTS.items():
        speaks = any(asking.search(prompt.texts[tag]) for tag, asking in ASKING.items())
        greets = any(greeting.search(prompt.texts[tag]) for tag, greeting in GREETING.items())
        assert (prompt.nerve == 3) == speaks, name
        assert prompt.nerve >= 2 or not greets, name


def test_nobody_is_sent_into_danger() -> None:
    """What is plainly dangerous; whoever reads a deck finds the rest."""
    dangers = {
        "sv": r"ut på isen|gå över isen|klättra|bada|hoppa|korsa vägen|simma|spring|ren(ar|en|arna)?|järnväg\w*|rälsen",
        "en": r"climb|onto the ice|across the ice|swim|jump|cross the road|reindeer|rails?|run",
    }
    for name, prompt in PROMPTS.items():
        for tag, words_of in dangers.items():
            assert not re.search(rf"\b({words_of})\b", prompt.texts[tag], re.IGNORECASE), name


def test_where_there_may_be_ice_one_stays_on_land() -> None:
    """By water in winter a prompt lets one stand, or says land."""
    for name, prompt in PROMPTS.items():
        winter = not prompt.seasons or "winter" in prompt.seasons
        if "shore" in prompt.ground and winter and prompt.mobility != "sits":
            assert "vatten" not in prompt.texts["sv"], name


def test_nobody_is_told_to_hurry_or_compared() -> None:
    loud = re.compile(
        r"!|\b(snabbare|fortast|vinn\w*|tävl\w*|poäng|faster|quickest|win|winner|score)\b", re.IGNORECASE
    )
    for name, prompt in PROMPTS.items():
        assert not loud.search(prompt.texts["sv"] + prompt.texts["en"]), name


def test_a_prompt_ends_as_a_sentence() -> None:
    for name, prompt in PROMPTS.items():
        for text in prompt.texts.values():
            assert re.fullmatch(r"[A-ZÅÄÖ].*[.?!]", text), name
            assert "  " not in text, name


SOUND = FILES["winter-and-dark.toml"].decode()


def reading(change: Callable[[str], str], name: str = "winter-and-dark.toml", **more: str) -> DeckReading:
    changed = change(SOUND)
    assert changed != SOUND or name != "winter-and-dark.toml" or more
    return read_decks(
        {name: changed.encode(), **{f"{key}.toml": text.encode() for key, text in more.items()}}
    )


def codes(found: DeckReading) -> list[tuple[str, str]]:
    return [(finding.code, finding.pointer) for finding in found.findings]


@pytest.mark.parametrize(
    "old, new, expected",
    [
        ('key = "warmest-window"', 'key = "lamp-to-lamp"', ("key-twice", "/prompts/1/key")),
        ('key = "warmest-window"', 'key = "Warmest"', ("value-pattern", "/prompts/1/key")),
        ("nerve = 1", "nerve = 4", ("value-large", "/prompts/0/nerve")),
        ("nerve = 1", "nerves = 1", ("key-unknown", "/prompts/0/nerves")),
        ('mobility = "wheels"', 'mobility = "runs"', ("value-not-listed", "/prompts/0/mobility")),
        ('ground = ["town", "village"]', "ground = []", ("value-few", "/prompts/0/ground")),
        ('ground = ["town", "village"]', 'ground = ["ice"]', ("value-not-listed", "/prompts/0/ground/0")),
        ('light = "dark"', 'light = "lit"', ("value-not-listed", "/prompts/0/light")),
        ("[texts.en]", "[texts.fi]", ("text-missing", "/texts/en")),
        ('checked_by = "nobody yet"', 'checked_by = ""', ("value-empty", "/texts/sv/checked_by")),
        ("en = ", "fi = ", ("text-missing", "/prompts/0/texts/en")),
        ("en = ", 'uk = "Йди."\nen = ', ("text-missing", "/texts/uk")),
        ('en = "', 'en = "' + "Go on. " * 20, ("prompt-long", "/prompts/0/texts/en")),
        ('en = "', 'en = "Dig here. ', ("text-risky-verb-anywhere", "/prompts/0/texts/en")),
        ('en = "', 'en = "Ask for a joik. ', ("prompt-sami", "/prompts/0/texts/en")),
        (
            'sv-simple = "',
            'sv-simple = "' + "Gå " + "och gå " * 8,
            ("text-long-sentence", "/prompts/0/texts/sv-simple"),
        ),
        ("[[prompts]]", "[[prompts]", ("not-toml", "")),
    ],
)
def test_a_mistake_is_said_where_it_is(old: str, new: str, expected: tuple[str, str]) -> None:
    found = reading(lambda text: text.replace(old, new, 1))

    assert expected in codes(found)
    assert (found.decks == ()) == (mistakes(found.findings) != ())


def test_a_mistake_is_said_on_its_line() -> None:
    found = reading(lambda text: text.replace("nerve = 1", "nerve = 4", 1))

    (line,) = [one.line for one in found.findings]
    assert line is not None
    assert SOUND.splitlines()[line - 1] == "nerve = 1"


@pytest.mark.parametrize(
    "light, mobility, said", [("", "walks", True), ("", "sits", False), ('light = "day"\n', "walks", False)]
)
def test_whoever_moves_in_the_woods_is_told_by_which_light(light: str, mobility: str, *, said: bool) -> None:
    whole = (
        'key = "best-dressed-tree"\nground = ["village", "forest"]\nseasons = ["winter"]\n'
        'light = "day"\nmobility = "walks"'
    )
    assert whole in SOUND
    changed = whole.replace('light = "day"\n', light).replace('"walks"', f'"{mobility}"')

    found = codes(reading(lambda text: text.replace(whole, changed) + "\n"))

    assert (("prompt-after-dark", "/prompts/29/light") in found) == said


def test_what_is_said_already_in_another_deck_is_not_said_again() -> None:
    said = "Walk from lamp to lamp. Which one has the loveliest light, and does it know?"
    first = SOUND.split("[[prompts]]")[0]
    other = first + (
        '[[prompts]]\nkey = "x"\nground = ["town"]\nmobility = "sits"\nnerve = 1\n[prompts.texts]\n'
        f'sv = "Något annat helt och hållet."\nsv-simple = "Något annat."\nen = "{said}"\n'
    )

    found = reading(lambda text: text, zzz=other)

    assert ("prompt-alike", "/prompts/0") in codes(found)
    assert [one.details["other"] for one in found.findings if one.code == "prompt-alike"] == [
        "winter-and-dark/lamp-to-lamp"
    ]
    assert ("deck-small", "/prompts") in codes(found)
    assert [deck.key for deck in found.decks] == ["winter-and-dark", "zzz"]  # both are only worth a thought
    assert 0.3 < ALIKE < 0.6


def test_a_file_needs_a_name_that_can_be_a_key() -> None:
    assert ("value-pattern", "") in codes(reading(lambda text: text, "Winter and Dark.toml"))


def test_what_is_no_text_is_said() -> None:
    assert [one.code for one in read_decks({"a.toml": b"\xff\xfe"}).findings] == ["not-utf8"]


def test_other_files_of_the_folder_are_no_decks() -> None:
    assert read_decks({"RUBRIC.md": b"# Rubric"}) == DeckReading((), ())


def test_another_word_is_another_version_and_nothing_else_is() -> None:
    again, other = reading(lambda text: text, more="x").decks, reading(lambda text: text + "# read\n").decks

    assert again[0].version == READING.decks[2].version != other[0].version
    assert len(other[0].version) == 64


def test_a_drift_of_thirty_days_never_says_the_same_thing_twice() -> None:
    """A walk of an hour each evening, until nothing is left; and then it comes back."""
    cards: list[Card] = []
    for day, number in product(range(30), range(12)):
        at = EVENING.at + timedelta(days=day, minutes=5 * number)
        drawn = draw(READING.decks, f"day {day}", msgspec.structs.replace(EVENING, at=at), cards)
        if drawn is not None:
            cards.append(Card(prompt=drawn.name, at=at))
    later = msgspec.structs.replace(EVENING, at=EVENING.at + timedelta(days=31))

    assert len({card.prompt for card in cards}) == len(cards)
    assert draw(READING.decks, "day 31", later, cards) is not None


def _said(deck: Deck, tag: str) -> list[tuple[str, str]]:
    return [(prompt.key, prompt.texts[tag]) for prompt in deck.prompts]
