"""Every check by a pack that has just that mistake: its code, its file, its line, and nothing else found."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from content.findings import CODES, Finding, Weight
from content.languages import Languages, read_languages
from content.packs import checks
from content.packs.checks import CHECKS, LAND, PLAYED, answers, check
from content.packs.publishing import Published, publish
from tests.content.examples import Members, line_of, probe, spoilt, tips, trail
from tests.media.hostile import exif, photo, saved

LANGUAGES: Languages = read_languages(
    {
        file.name: file.read_bytes()
        for file in (Path(__file__).parents[2] / "seed_data/languages").glob("*.json")
    }
)

QUEST, PRIVATE, SV, EASY = "quest.toml", "private.toml", "texts/sv.toml", "texts/sv-simple.toml"
RING = "[14.80, 63.30], [14.81, 63.30], [14.81, 63.31], [14.80, 63.31], [14.80, 63.30]"
HOUR = 'key = "year"\nkind = "answer"\nexpects = "number"'
WEST = 'opens = { is = "chose", stage = "start", task = "way", option = "west" }'
EAST = 'opens = { is = "chose", stage = "start", task = "way", option = "east" }'
END_WEST = '{ is = "settled", stage = "west" }'
LONG_SENTENCE = "Gå upp nu och se det som är där och gå ner igen och se mer."


def worded() -> Members:
    """The trail with place words at its east."""
    words = (
        'words = [\n{ word = "å", language = "sv", meaning = "Ett litet vatten som rinner.", said = "åå" },\n'
        '{ word = "johke", language = "sma", meaning = "Å.", source = "Ordboken." },\n]\n'
    )
    at = "[stages.east.tasks.stroll]"
    return changed(trail(), *((file, at, words + at) for file in (SV, EASY, "texts/en.toml")))


def ordered() -> Members:
    """The trail with things to put in order in place of its last choice."""
    choice = 'kind = "choice"\noptions = ["a", "b"]'
    return changed(
        trail(),
        (QUEST, choice, 'kind = "order"\nitems = ["a", "b", "c"]'),
        (PRIVATE, 'accepted = ["a"]', 'accepted = ["c a b"]\nwrong = ["a b c"]'),
        *(
            (file, 'b = "Inte den"', 'b = "Inte den"\nc = "Den tredje"')
            for file in (SV, EASY, "texts/en.toml")
        ),
    )


@dataclass(frozen=True)
class Case:
    """`old` → `new` in `file` of a good pack gives `code`, at the line that holds `at`, in `found_in`.

    `up`: how many lines above it, for a table that is told by its header.
    """

    code: str
    file: str
    old: str
    new: str
    at: str | None = None
    found_in: str | None = None
    of: Callable[[], Members] = trail
    up: int = 0


COME = 'key = "come"\nkind = "arrive"'
STROLL = 'key = "stroll"\nkind = "arrive"'
END_NAME = 'key = "name"\nkind = "answer"\non_the_spot = true'
NEVER = 'seasons = [{ start = "02-30", end = "04-15" }]'
LITTLE_WATER = '{ word = "å", language = "sv", meaning = "Ett litet vatten som rinner.", said = "åå" },\n'
TWO_WORDS = "".join(
    f'{{ word = "{word}", language = "sv", meaning = "Något vid vatten." }},\n' for word in ("vik", "udde")
)

CASES = (
    # Files and forms.
    Case("duplicate-key", QUEST, "minutes = 40", "minutes = 40\nminutes = 41", "minutes = 41"),
    Case(
        "duplicate-key",
        SV,
        "[stages.end]\ntitle",
        '[stages.west]\ntitle = "Igen"\n[stages.end]\ntitle',
        None,
    ),
    Case("key-unknown", QUEST, "minutes = 40", "minuts = 40", "minuts"),
    Case("key-made-at-publishing", QUEST, "hidden = true", 'hidden = true\nsalt = "00"', "salt"),
    Case("key-missing", QUEST, 'code = "JH22222"\n', "", None),
    Case("value-kind", QUEST, "minutes = 40", 'minutes = "40"', "minutes"),
    Case("value-kind", QUEST, "lat = 63.181", "lat = nan", "lat = nan"),
    Case("value-small", QUEST, "radius_m = 40", "radius_m = 14", "radius_m"),
    Case("value-large", QUEST, "radius_m = 40", "radius_m = 151", "radius_m"),
    Case("value-large", QUEST, "minutes = 40", "minutes = " + "9" * 30, "minutes"),
    Case("value-few", QUEST, 'options = ["a", "b"]', 'options = ["a"]', 'options = ["a"]'),
    Case("value-many", PRIVATE, '["1786"]', str([f"{number}" for number in range(41)]), "'40'"),
    Case("value-not-listed", QUEST, 'kind = "scan"', 'kind = "scanna"', "scanna"),
    Case("value-pattern", QUEST, '"JH22222"', '"jh22222"', "jh22222"),
    Case("value-empty", SV, 'title = "Runda"', 'title = ""', 'title = ""'),
    Case("value-empty", PRIVATE, '["Norderön"]', '[""]', '[""]'),
    Case("value-long", SV, 'title = "Runda"', f'title = "{"a" * 121}"', "aaa"),
    Case("value-unprintable", SV, 'title = "Runda"', 'title = "Run\\u0000da"', "Run"),
    Case("value-unprintable", SV, 'title = "Runda"', 'title = "Run\u202eda"', "Run"),
    Case("sources-empty", "SOURCES.md", "Egna iakttagelser.", " ", None),
    # When it is offered, and the kinds of tasks.
    Case("season-no-such-day", QUEST, "minutes = 40", f"minutes = 40\nopen = {{ {NEVER} }}", "02-30"),
    Case(
        "hours-empty",
        QUEST,
        'key = "west"\nopens',
        'key = "west"\nopen = { hours = [{ start = "09:00", end = "09:00" }] }\nopens',
        "09:00",
    ),
    Case("task-alone", QUEST, STROLL, 'key = "stroll"\nkind = "look"\nbearing_deg = 90', '"look"', up=2),
    Case("host-missing", QUEST, STROLL, 'key = "stroll"\nkind = "meet"\nrotating = true\non_the_spot = true', '"meet"', up=2),
    Case(
        "host-needless",
        PRIVATE,
        'accepted = ["1786"]',
        f'accepted = ["1786"]\nhost = "{"A" * 22}"',
        "host",
    ),
    # The way through.
    Case("condition-not-positive", QUEST, WEST, WEST.replace('"chose"', '"not"'), '"not"'),
    Case("key-twice", QUEST, HOUR, f'{HOUR}\n[[stages.tasks]]\nkey = "year" # twice\nkind = "answer"\nexpects = "anything"', "# twice"),
    Case("key-twice", QUEST, '[[stages]]\nkey = "west"', '[[stages]]\nkey = "east" # twice\n[[stages.tasks]]\nkey = "stroll"\nkind = "arrive"\n[[stages]]\nkey = "west"', 'key = "east"\n'),
    Case("key-twice", QUEST, 'options = ["a", "b"]', 'options = ["a", "b", "a"]', '"b", "a"'),
    Case("condition-unknown-stage", QUEST, END_WEST, END_WEST.replace("west", "wset"), "wset"),
    Case("condition-unknown-task", QUEST, WEST, WEST.replace("way", "wya"), "wya"),
    Case("condition-unknown-option", QUEST, WEST, WEST.replace('option = "west"', 'option = "n"'), 'option = "n"'),
    Case("condition-not-a-choice", QUEST, WEST, WEST.replace("way", "come"), 'task = "come"'),
    Case("condition-count", QUEST, "count = 1", "count = 3", "count = 3"),
    Case("needs-many", QUEST, "needs = 1", "needs = 2", "needs"),
    Case("branch-without-finish", QUEST, 'finish = { is = "settled", stage = "end" }\n', "", WEST),
    Case("cannot-finish", QUEST, 'finish = { is = "settled", stage = "end" }', "done_at = 5", "done_at"),
    # Places.
    Case("place-swapped", QUEST, "lon = 14.631\nlat = 63.181", "lon = 63.181\nlat = 14.631", "[[stages.helpers]]"),
    Case("place-outside-region", QUEST, "lon = 14.63, lat = 63.18", "lon = 18.06, lat = 59.33", "18.06"),
    Case("place-widened", QUEST, "radius_m = 40", "radius_m = 40, known_to_m = 1000", "known_to_m"),
    Case("fence-smaller-than-known", QUEST, "radius_m = 40", "radius_m = 40, known_to_m = 50", "known_to_m"),
    Case("fence-broken", QUEST, RING, RING.replace("[14.81, 63.30], [14.81, 63.31]", "[14.81, 63.31], [14.81, 63.30]"), "[stages.place]"),
    Case("place-without-arrival", QUEST, 'key = "stroll"\nkind = "arrive"', 'key = "stroll"\nkind = "answer"\nexpects = "anything"', None),
    Case("fences-overlap", QUEST, "lon = 14.63, lat = 63.18", "lon = 14.705, lat = 63.2005", "line ="),
    Case("fences-overlap", QUEST, "[[14.70, 63.20], [14.71, 63.20]]", "[[14.79, 63.305], [14.82, 63.305]]", "[stages.place]"),
    # Texts.
    Case("language-twice", QUEST, '["sv", "en", "sv-simple"]', '["sv", "en", "sv", "sv-simple"]', '"en", "sv"'),
    Case("language-without-texts", QUEST, '["sv", "en", "sv-simple"]', '["sv", "en", "sv-simple", "uk"]', "uk"),
    Case("texts-without-language", QUEST, '["sv", "en", "sv-simple"]', '["sv", "sv-simple"]', None, "texts/en.toml"),
    Case("text-missing-task", SV, '[stages.west.tasks.post]\nprompt = "Läs koden."\n', "", "[stages.west]"),
    Case("text-missing-option", SV, 'b = "Inte den"\n', "", "[stages.end.variants.indoor.tasks.pick]"),
    Case("text-unknown-option", SV, 'b = "Inte den"\n', 'b = "Inte"\nc = "Nej"\n', 'c = "Nej"'),
    Case("text-unknown-stage", SV, "[stages.east]", '[stages.eats]\ntitle = "?"\n[stages.east]', "[stages.eats]"),
    Case("text-unknown-task", SV, "[stages.east.tasks.stroll]", '[stages.east.tasks.walk]\nprompt = "?"\n[stages.east.tasks.stroll]', "tasks.walk"),
    Case("text-unknown-variant", SV, "[stages.start.variants.dark]", '[stages.start.variants.winter]\nway = "?"\n[stages.start.variants.dark]', "winter"),
    Case("text-helpers", SV, 'helpers = ["Vid kyrkan."]', 'helpers = ["Vid kyrkan.", "Nej."]', "helpers"),
    Case("text-hints", SV, 'hints = ["Titta upp."]\n', "", "[stages.start]"),
    Case("word-many", SV, 'source = "Ordboken." },\n', 'source = "Ordboken." },\n' + TWO_WORDS, "words", of=worded),
    Case("word-missing", SV, LITTLE_WATER, "", "words", of=worded),
    Case("word-source", SV, 'source = "Ordboken."', 'source = " "', "johke", of=worded),
    Case("word-twice", SV, LITTLE_WATER, LITTLE_WATER + LITTLE_WATER.replace("Ett litet", "Igen ett"), "Igen", of=worded),
    Case("text-hard", EASY, "Gå där det lyser.", "Fortsätt promenaden längs kommunens belysta gångväg. Kontrollera temperaturen innan ni promenerar. Undersök belysningen efteråt.", "[stages.start]"),
    Case("text-long-sentence", EASY, "Titta upp.", LONG_SENTENCE, "hints"),
    Case("text-risky-verb-anywhere", SV, "Läs koden.", "Lyft på stenen.", "Lyft"),
    Case("text-risky-verb", SV, "Gå längs vägen.", "Gräv lite vid vägen.", "Gräv"),
    Case("media-missing", SV, "(boat.png)", "(boat.png) ![Båt](boot.png)", "boot.png"),
    Case("media-not-described", SV, "![En gul båt]", "![ ]", "boat.png"),
    # Answers.
    Case("answer-missing", PRIVATE, '[stages.start.tasks.year]\naccepted = ["1786"]\nwrong = ["1768"]\n', "", HOUR[:12], QUEST, up=1),
    Case("answer-needless", QUEST, 'expects = "number"', 'expects = "anything"', "stages.start.tasks.year", PRIVATE),
    Case("answer-not-a-number", PRIVATE, '["1786"]', '["1786", "omkring 1786"]', "omkring"),
    Case("answer-not-an-order", PRIVATE, '"c a b"', '"c a"', '"c a"', of=ordered),
    Case("answer-not-an-option", PRIVATE, 'accepted = ["a"]', 'accepted = ["c"]', 'accepted = ["c"]'),
    Case("answer-contradiction", PRIVATE, '["1768"]', '["1768", "01 786,0"]', "01 786"),
    Case("answer-contradiction", PRIVATE, '["Norderön"]', '["Norderön", " frösö "]', "Norderön"),
    Case("answer-unknown-stage", PRIVATE, "[stages.end.tasks.pick]", '[stages.ned.tasks.pick]\naccepted = ["a"]\n[stages.end.tasks.pick]', "stages.ned"),
    Case("answer-unknown-task", PRIVATE, "[stages.end.tasks.pick]", '[stages.end.tasks.pcik]\naccepted = ["a"]\n[stages.end.tasks.pick]', "pcik"),
    Case("wrong-missing", PRIVATE, 'wrong = ["Norderön"]\n', "", "[stages.end.tasks.name]"),
    # Printed codes.
    Case("code-missing", PRIVATE, '[[stages.west.codes]]\nrev = 1\ncode = "AAAAAAAAAAAAAAAAAAAAAA"\n', "", 'key = "post"', QUEST, up=1),
    Case("code-rev-twice", PRIVATE, "[[stages.west.codes]]", '[[stages.west.codes]]\nrev = 1\ncode = "AQAAAAAAAAAAAAAAAAAAAA"\n[[stages.west.codes]]', None),
    Case("code-clash", PRIVATE, "[[stages.west.codes]]", '[[stages.west.codes]]\nrev = 2\ncode = "AAAAAAAAAAAAAAAAAAAAAB"\n[[stages.west.codes]]', 'code = "AAAAAAAAAAAAAAAAAAAAAA"'),
    Case("code-unused", PRIVATE, "[stages.end.tasks.pick]", '[[stages.end.codes]]\nrev = 1\ncode = "AQAAAAAAAAAAAAAAAAAAAA"\n[stages.end.tasks.pick]', "[[stages.end.codes]]"),
    # Tipspromenad.
    Case("tips-options", QUEST, 'key = "one"\n[[stages.tasks]]\nkey = "row"\nkind = "choice"\noptions = ["1", "X", "2"]', 'key = "one"\n[[stages.tasks]]\nkey = "row"\nkind = "choice"\noptions = ["1", "2", "X"]', '"2", "X"', of=tips),
    Case("tips-one-right", PRIVATE, '["X"]', '["1", "X"]', "[stages.two.tasks.row]", of=tips),
    Case("tie-break-missing", PRIVATE, "tie_break = 277\n", "", None, of=tips),
    Case("tie-break-needless", SV, 'summary = "En runda."', 'summary = "En runda."\ntie_break = "Hur många?"', "tie_break"),
    Case("text-missing", SV, 'tie_break = "Hur många steg?"\n', "", None, of=tips),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_a_mistake_is_found_where_it_is_and_nothing_else_is_found(case: Case) -> None:
    members = spoilt(case.of(), case.file, case.old, case.new)

    reading = check(members, probe)

    assert [finding.code for finding in reading.findings] == [case.code]
    finding = reading.findings[0]
    assert finding.file == (case.found_in or case.file)
    if case.at is not None and "\n" not in case.at:
        assert finding.line == line_of(members, finding.file, case.at) - case.up
    assert (reading.pack is None) == (finding.weight is Weight.MISTAKE)
    said_well(finding)


def said_well(finding: Finding) -> None:
    """In each language that authors may read, with every placeholder filled."""
    for language in ("sv", "en"):
        sentence, told = LANGUAGES.say(f"finding.{finding.code}", finding.details, [language])
        assert told == language
        assert not re.search(r"[{}]", sentence.replace("{…}", ""))
        assert sentence.endswith((".", "?", ".)"))


def changed(members: Members, *changes: tuple[str, str, str]) -> Members:
    for file, old, new in changes:
        members = spoilt(members, file, old, new)
    return members


def without(members: Members, *names: str) -> Members:
    return {name: data for name, data in members.items() if name not in names}


COMBINED = {
    "opens-in-a-circle": changed(
        trail(), (QUEST, WEST, 'opens = { is = "settled", stage = "east" }'), (QUEST, EAST, 'opens = { is = "settled", stage = "west" }')
    ),
    "stage-unreachable": changed(
        trail(), (QUEST, EAST, 'opens = { is = "settled", stage = "west" }'), (QUEST, WEST, WEST.replace("start", "east").replace("way", "stroll"))
    ),
    "condition-option-wrong": changed(
        trail(), (PRIVATE, "[stages.end.tasks.pick]", '[stages.start.tasks.way]\naccepted = ["east"]\n[stages.end.tasks.pick]')
    ),
    "cannot-finish": changed(
        trail(),
        (QUEST, 'finish = { is = "settled", stage = "end" }', 'finish = { is = "chose", stage = "end", task = "pick", option = "b" }'),
    ),
    "text-missing-stage": changed(trail(), (SV, '[stages.east]\ntitle = "Öst"\n[stages.east.tasks.stroll]\nprompt = "Gå längs vägen."\n', "")),
    "tips-two-questions": changed(
        tips(),
        (QUEST, '[[stages]]\nkey = "two"', '[[stages.tasks]]\nkey = "more"\nkind = "choice"\noptions = ["1", "X", "2"]\n[[stages]]\nkey = "two"'),
        (PRIVATE, "[stages.two.tasks.row]", '[stages.one.tasks.more]\naccepted = ["2"]\n[stages.two.tasks.row]'),
        (SV, "[stages.two]\n", '[stages.one.tasks.more]\nprompt = "?"\noptions = { 1 = "a", X = "b", 2 = "c" }\n[stages.two]\n'),
    ),
    "tips-no-questions": changed(
        trail(), (QUEST, "minutes = 40", 'minutes = 40\nfeedback = "at_end"'), (QUEST, 'kind = "choice"\noptions = ["west", "east"]', 'kind = "arrive"'), (QUEST, 'kind = "choice"\noptions = ["a", "b"]', 'kind = "arrive"')
    ),
    "code-clash": changed(
        trail(), (QUEST, 'key = "stroll"\nkind = "arrive"', 'key = "stroll"\nkind = "scan"'), (PRIVATE, "[stages.end.tasks.pick]", '[[stages.east.codes]]\nrev = 1\ncode = "AAAAAAAAAAAAAAAAAAAAAA"\n[stages.end.tasks.pick]')
    ),
    "answer-salt": changed(
        trail(), (PRIVATE, '["Frösön", "Frösö"]', str([f"rätt {number}" for number in range(40)])), (PRIVATE, '["Norderön"]', str([f"fel {number}" for number in range(100)]))
    ),
    "media-unused": changed(trail(), *((name, " ![En gul båt](boat.png)", "") for name in ("texts/en.toml", SV, EASY))),
    "media-says-where": {**trail(), "media/boat.png": saved(photo(8, 8), "PNG", exif=exif())},
    "media-kind": {**trail(), "media/boat.png": b"MZ not a picture"},
    "media-size": {**trail(), "media/boat.png": b"\x89PNG\r\n\x1a\n" + bytes(10 * 2**20)},
    "media-name": {**trail(), "media/gul båt.png": trail()["media/boat.png"]},
    "member-unknown": {**trail(), "notes.docx": b"x"},
    "member-name": {**trail(), "media/../../passwd": b"x"},
    "member-twice": {**trail(), "Quest.toml": b"x"},
    "member-size": {**trail(), "SOURCES.md": b"x" * (2**20 + 1)},
    "member-missing": without(trail(), "SOURCES.md"),
    "not-utf8": {**trail(), "SOURCES.md": "ett\ntvå\n".encode("latin-1")},
    "not-toml": {**trail(), PRIVATE: b"a = 1\nb = hej\n"},
}  # fmt: skip


@pytest.mark.parametrize("code", COMBINED)
def test_a_mistake_that_takes_more_than_one_line_is_found(code: str) -> None:
    reading = check(COMBINED[code], probe)

    assert code in {finding.code for finding in reading.findings}
    for finding in reading.findings:
        said_well(finding)


@pytest.mark.parametrize(
    "code",
    [
        "media-kind",
        "media-says-where",
        "media-size",
        "media-unused",
        "member-missing",
        "not-utf8",
        "text-missing-stage",
    ],
)
def test_such_a_mistake_brings_no_others(code: str) -> None:
    assert {finding.code for finding in check(COMBINED[code], probe).findings} == {code}


#: Found while unpacking, which `test_archive.py` tries.
UNPACKING = {
    "archive-broken",
    "archive-encrypted",
    "archive-members",
    "archive-ratio",
    "archive-size",
    "member-link",
}
#: Of files of areas, which are no packs: `test_closure_files.py` and `test_ground_files.py` try them.
AREAS = {code for code in CODES if code.startswith(("area-", "areas-", "closure-"))}
#: Of land, which `test_land.py` tries.
OF_LAND = {
    code for code in CODES if code.startswith(("care-", "consent-", "ground-")) or code == "print-unsaid"
}
#: Found only when the rules themselves are broken, which the known-bad twins below try.
TWINS = {"played-right-missed", "played-wrong-accepted"}


# What only decks can get wrong is tried in test_decks.py.
OF_DECKS = {"deck-small", "prompt-after-dark", "prompt-alike", "prompt-long", "prompt-sami"}


def test_every_code_is_tried() -> None:
    tried = {case.code for case in CASES} | set(COMBINED)

    assert set(CODES) == tried | UNPACKING | AREAS | OF_LAND | OF_DECKS | TWINS


@pytest.mark.parametrize("members", [trail(), tips()], ids=["trail", "tipspromenad"])
def test_a_good_pack_has_nothing_to_mend(members: Members) -> None:
    reading = check(members, probe)

    assert reading.findings == ()
    assert reading.pack is not None


def test_ten_mistakes_are_all_told_at_once() -> None:
    members = changed(
        trail(),
        (QUEST, "minutes = 40", "minutes = -40"),
        (QUEST, "radius_m = 40", "radius_m = 4000"),
        (QUEST, 'kind = "parking"', 'kind = "carpark"'),
        (QUEST, 'kind = "scan"', 'kind = "scna"'),
        (QUEST, "hidden = true", 'hidden = "yes"'),
        (QUEST, END_WEST, END_WEST.replace("west", "wset")),
        (SV, "Gå längs vägen.", "Måla ett träd."),
        (SV, "[stages.start.variants.dark]", "[stages.start.variants.drak]"),
        (PRIVATE, '["1786"]', '["nyss"]'),
        (PRIVATE, 'wrong = ["Norderön"]\n', ""),
    )

    found = [(finding.code, finding.file) for finding in check(members, probe).findings]

    assert sorted(found) == sorted([
        ("value-small", QUEST),
        ("value-large", QUEST),
        ("value-not-listed", QUEST),
        ("value-not-listed", QUEST),
        ("value-kind", QUEST),
        ("condition-unknown-stage", QUEST),
        ("text-risky-verb", SV),
        ("text-unknown-variant", SV),
        ("answer-not-a-number", PRIVATE),
        ("wrong-missing", PRIVATE),
    ])  # fmt: skip


def test_syntax_is_told_for_every_file_and_line_at_once() -> None:
    members = changed(
        trail(), (QUEST, "minutes = 40", "minutes = forty"), (SV, 'title = "Runda"', "title = Runda"), (SV, 'title = "Väst"', 'title "Väst"')
    )  # fmt: skip

    found = [(finding.code, finding.file, finding.line) for finding in check(members, probe).findings]

    assert found == [
        ("not-toml", QUEST, 6),
        ("not-toml", SV, 1),
        ("not-toml", SV, line_of(members, SV, 'title "Väst"')),
    ]


def test_not_digging_is_no_digging() -> None:
    members = spoilt(trail(), SV, "Gå längs vägen.", "Gå längs vägen. Gräv inte, och flytta aldrig en sten.")

    assert check(members, probe).findings == ()


def test_a_generic_stage_may_ask_to_draw_and_paint() -> None:
    members = spoilt(trail(), SV, "Läs koden.", "Måla en båt.")

    assert check(members, probe).findings == ()


def test_every_check_is_listed_once_and_every_function_that_finds_is_listed() -> None:
    named = [one.__name__ for one in (*CHECKS, *LAND, *PLAYED)]
    modules = (checks.answers, checks.land, checks.opening, checks.places, checks.texts, checks.way)
    there = {
        name
        for module in modules
        for name, value in vars(module).items()
        if callable(value)
        and not name.startswith("_")
        and getattr(value, "__module__", "") == module.__name__
    }

    assert sorted(named) == sorted(there - {"spoken"})


def test_a_rule_that_misses_right_answers_is_caught_by_playing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The known-bad twin: a salt drawn for other answers than the player's."""

    def twin(pack: object) -> Published:
        published = publish(pack)  # type: ignore[arg-type]
        stages = tuple(_salted(stage) for stage in published.quest.stages)
        return Published(_replaced(published.quest, stages=stages), published.secrets)

    monkeypatch.setattr(answers, "publish", twin)

    assert "played-right-missed" in {finding.code for finding in check(trail(), probe).findings}


def test_a_rule_that_takes_wrong_answers_is_caught_by_playing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The known-bad twin: a question to which everything is right."""

    def twin(pack: object) -> Published:
        published = publish(pack)  # type: ignore[arg-type]
        stages = tuple(
            _replaced(stage, tasks=tuple(_opened(task) for task in stage.tasks))
            for stage in published.quest.stages
        )
        return Published(_replaced(published.quest, stages=stages), published.secrets)

    monkeypatch.setattr(answers, "publish", twin)

    assert "played-wrong-accepted" in {finding.code for finding in check(trail(), probe).findings}


def test_in_a_tipspromenad_the_examples_are_played_as_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """The known-bad twin: every mark is right."""

    def twin(pack: object) -> Published:
        published = publish(pack)  # type: ignore[arg-type]
        everything = tuple(range(1024))
        stages = tuple(
            _replaced(stage, tasks=tuple(_replaced(task, right=everything) for task in stage.tasks))
            for stage in published.quest.stages
        )
        return Published(_replaced(published.quest, stages=stages), published.secrets)

    monkeypatch.setattr(answers, "publish", twin)

    wrong = [finding for finding in check(tips(), probe).findings if finding.code == "played-wrong-accepted"]
    assert len(wrong) == 4


def _replaced(struct, **fields):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN003, ANN202  any struct
    return msgspec.structs.replace(struct, **fields)


def _salted(stage):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return _replaced(stage, salt="ff" * 16)


def _opened(task):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return _replaced(task, accepted=tuple(range(1024))) if hasattr(task, "accepted") else task
