"""What is said to people: every key in every language, placeholders that agree, fallbacks that end."""

import json
import re
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from babel import Locale

from content.badges import WEB_ADDRESS_WORD
from content.findings import CODES as FINDINGS
from content.languages import LanguageError, Languages, read_language, read_languages
from content.packs.forms import LEAVES, PATTERNS
from content.packs.model import QuestSheet
from content.readability import EASY_LIX, EASY_SENTENCE_WORDS, lix, sentences, words
from geo.sun import Light
from media.intake import REFUSALS as MEDIA_REFUSALS
from quests.closures import DEFAULT_SEASON
from quests.closures import Kind as ClosureKind
from quests.decks import Ground, Mobility, Together
from quests.feelings import Feeling
from quests.languages import LAST_RESORTS, STANDS_IN
from quests.model import Company, Helper
from quests.moves import BlockedBody
from quests.outcomes import CODES as OUTCOMES
from quests.tasks import TASK_KINDS
from quests.today import TimeOfYear
from server.policy.acts.cases import KINDS as LOOKS
from server.problems import PROBLEMS
from server.stores import mine
from server.use_cases.cases import KINDS as CASES
from server.use_cases.cases.reasons import REASONS as CASE_REASONS
from server.use_cases.mine import TOGETHER
from server.use_cases.problem import CODES as REFUSALS
from server.use_cases.trail_health import Verdict as HealthVerdict

ROOT = Path(__file__).parents[2]
FILES = {file.name: file.read_bytes() for file in (ROOT / "seed_data/languages").glob("*.json")}
LANGUAGES: Languages = read_languages(FILES)
WHOLE = ("sv", "en")
#: What a language may leave to the one it falls back on, and why: packs are written by people who read Swedish.
LEFT_OUT = dict.fromkeys(
    LANGUAGES.by_tag.keys() - set(WHOLE), ("badges.", "decks.", "finding.", "pack.", "word.")
)


#: What pages in a browser say: the app's, and the studio's in a file of its own.
SHOWN = ("app.", "studio.")


def literals(form: type[msgspec.Struct], field: str) -> tuple[str, ...]:
    hint: Any = get_type_hints(form, include_extras=False)[field]
    return get_args(hint)


def exported_files() -> set[str]:
    """What a player's export explains: each table with something of players in it, and what others did with them."""
    tables = {table.name.replace("_", "-") for table, _ in mine.personal() if mine.exported(table)}
    return {*tables, TOGETHER}


def keys() -> set[str]:
    """Every key that code or a phone asks for."""
    named = {
        "finding": FINDINGS,
        "closure": [*get_args(ClosureKind), DEFAULT_SEASON],
        "outcome": OUTCOMES,
        "problem": {**PROBLEMS, **REFUSALS},
        "medium": MEDIA_REFUSALS,
        "kind": literals(QuestSheet, "kind"),
        "helper": literals(Helper, "kind"),
        "reason": literals(BlockedBody, "reason"),
        "feeling": get_args(Feeling),
        "mail": [
            *(f"{mail}.{part}" for mail in ("code", "address", "reminder") for part in ("subject", "body")),
            *(
                f"case.{part}"
                for part in ("subject", "body", "reason", "person", "appeal", "link", "taken-back")
            ),
            *(f"{mail}.{part}" for mail in ("notice", "hidden") for part in ("subject", "body")),
            *(f"offer.{part}" for part in ("subject", "body", "link")),
        ],
        "notice": ["soon", "on", "thing", "thing-how", "mend", "field", "words-missing", "who-free"],
        "case.kind": CASES,
        "case.reason": CASE_REASONS,
        "case.ground": ["law", "terms"],
        "care": ["alone", "waits", "yes", "until", "open"],
        "case.known": ["removed-before"],
        "case.who": {
            who.value
            for looks in LOOKS.values()
            if looks.impartial or looks.not_asker
            for who in looks.decide
        },
        "case.decision": [
            *(f"{kind.name}.{decision.key}" for kind in CASES.values() for decision in kind.decisions),
            *(f"second-look.{answer}" for answer in ("confirm", "decline")),
        ],
        "case.decided": [
            *(f"{kind.name}.{decision.key}" for kind in CASES.values() for decision in kind.decisions),
            "second-look.decline",
            "by-itself",
        ],
        "health": get_args(HealthVerdict),
        "company": get_args(Company),
        "today": [
            *(f"when.{season.value}.{light.value}" for season in TimeOfYear for light in Light),
            *(f"{where}.{known}" for where in ("here", "near") for known in ("new", "again")),
        ],
        "drift": [
            *(f"ground.{ground}" for ground in get_args(Ground)),
            *(f"together.{company}" for company in get_args(Together)),
            *(f"mobility.{mobility}" for mobility in get_args(Mobility)),
            *(f"nerve.{nerve}" for nerve in range(1, 4)),
            "widened",
            "nothing-left",
        ],
        "task": [str(kind.__struct_config__.tag) for kind in TASK_KINDS],
        "word": {
            *LEAVES.values(),
            *PATTERNS.values(),
            "table",
            "list",
            "pair",
            "value",
            "pattern",
            WEB_ADDRESS_WORD,
        },
    }
    written = {
        ROOT / "server/cli/pack.py": r'"(pack\.[a-z-]+)"',
        ROOT / "server/cli/badges.py": r'"(badges\.[a-z-]+)"',
        ROOT / "server/cli/deck.py": r'"(decks\.[a-z-]+)"',
        ROOT / "server/api/welcome.py": r'"(welcome\.[a-z-]+)"',
    }
    named["export"] = ["readme", *exported_files()]
    named["welcome"] = ["here", "walk", "ride", *(f"with-{one}" for one in get_args(Company))]
    return {f"{part}.{name}" for part, names in named.items() for name in names}.union(
        *(re.findall(pattern, file.read_text()) for file, pattern in written.items())
    )


def asked_by_the_phone() -> tuple[set[str], tuple[str, ...]]:
    """The keys of the app and the studio that their code names whole, and the beginnings of those that it puts together."""
    code = "\n".join(
        file.read_text("utf-8")
        for file in sorted((ROOT / "web/src").rglob("*"))
        if file.suffix in {".ts", ".svelte"} and file.name != "schema.d.ts"
    )
    whole = set(re.findall(r"[\"'`]((?:app|studio)\.[a-z0-9.-]*[a-z0-9])[\"'`]", code))
    return whole, tuple(sorted(set(re.findall(r"`((?:app|studio)\.[a-z0-9.-]*)\$\{", code))))


def test_the_app_offers_the_reasons_that_the_server_knows() -> None:
    written = (ROOT / "web/src/notices/reasons.ts").read_text("utf-8")
    listed, _, rest = written.partition("NAMELESS")
    nameless = rest.partition(";")[0]

    assert re.findall(r'"([a-z-]+)",', listed) == list(CASE_REASONS)
    assert set(re.findall(r'"([a-z-]+)"', nameless)) == {
        code for code, reason in CASE_REASONS.items() if reason.nameless
    }


def base(key: str) -> str:
    """Without the form for a number: `app.stages#one` is `app.stages`."""
    return key.partition("#")[0]


def forms(tag: str) -> set[str]:
    """The forms for whole numbers that a language has (CLDR)."""
    return {Locale.parse(tag.partition("-")[0]).plural_form(number) for number in range(200)}


@pytest.mark.parametrize("tag", sorted(LANGUAGES.by_tag))
def test_a_language_has_every_key_and_none_that_nobody_asks_for(tag: str) -> None:
    left_out = LEFT_OUT.get(tag, ())
    of_the_app = {base(key) for key in LANGUAGES.by_tag["en"].sentences if key.startswith(SHOWN)}
    wanted = {key for key in keys() | of_the_app if not key.startswith(left_out or "\0")}

    assert {base(key) for key in LANGUAGES.by_tag[tag].sentences} == wanted


def test_the_app_asks_for_what_there_is_and_for_all_of_it() -> None:
    whole, beginnings = asked_by_the_phone()
    there = {base(key) for key in LANGUAGES.by_tag["en"].sentences if key.startswith(SHOWN)}

    assert len(whole) > 100
    assert whole - there == set()
    assert {key for key in there - whole if not key.startswith(beginnings)} == set()


@pytest.mark.parametrize("tag", sorted(LANGUAGES.by_tag))
def test_what_was_decided_is_a_sentence_and_no_word_of_a_button(tag: str) -> None:
    said = LANGUAGES.by_tag[tag].sentences
    decided = {key: words for key, words in said.items() if key.startswith("case.decided.")}

    assert decided
    for key, sentence in decided.items():
        assert sentence.endswith("."), key
        assert sentence.strip(".") != said.get(key.replace(".decided.", ".decision."), "").strip("."), key


@pytest.mark.parametrize("tag", sorted(LANGUAGES.by_tag))
def test_what_is_counted_has_the_forms_of_its_language(tag: str) -> None:
    counted: dict[str, set[str]] = {}
    for key in LANGUAGES.by_tag[tag].sentences:
        if "#" in key:
            counted.setdefault(base(key), set()).add(key.partition("#")[2])

    assert all(found == forms(tag) | {"other"} for found in counted.values()), counted
    english = {base(key) for key in LANGUAGES.by_tag["en"].sentences if "#" in key}
    assert set(counted) == {key for key in english if not key.startswith(LEFT_OUT.get(tag, ()) or "\0")}


@pytest.mark.parametrize("tag", sorted(LANGUAGES.by_tag))
def test_placeholders_agree_with_the_english(tag: str) -> None:
    english, language = LANGUAGES.by_tag["en"], LANGUAGES.by_tag[tag]

    for key in language.sentences:
        same = key if key in english.sentences else f"{base(key)}#other"
        # "One stop" and "two stops" need no figure.
        optional = {"count"} if "#" in key else set()
        assert language.placeholders(key) | optional == english.placeholders(same) | optional, key


@pytest.mark.parametrize("tag", sorted(LANGUAGES.by_tag))
def test_what_a_file_says_of_its_fallback_is_what_happens(tag: str) -> None:
    assert LANGUAGES.by_tag[tag].fallback == STANDS_IN.get(tag, LAST_RESORTS)


@pytest.mark.parametrize("tag", sorted(LANGUAGES.by_tag))
def test_nobody_is_shouted_at_or_called_a_user(tag: str) -> None:
    for key, sentence in LANGUAGES.by_tag[tag].sentences.items():
        assert not re.search(
            r"!(?!\[)|\b(users?|användare|content|error|invalid|ogiltig)\b", sentence, re.IGNORECASE
        ), key


def test_easy_swedish_is_easy() -> None:
    said = LANGUAGES.by_tag["sv-simple"].sentences

    assert lix("\n\n".join(said.values())) <= EASY_LIX
    for key, text in said.items():
        assert all(len(words(sentence)) <= EASY_SENTENCE_WORDS for sentence in sentences(text)), key


def test_a_missing_sentence_is_said_in_the_language_that_stands_in() -> None:
    assert LANGUAGES.say("finding.sources-empty", {}, ["sv-simple"])[1] == "sv"
    assert LANGUAGES.say("outcome.done", {}, ["und"])[1] == "en"
    assert LANGUAGES.say("outcome.done", {}, ["sma"])[1] == "sv"
    assert LANGUAGES.say("outcome.done", {}, ["en-GB"])[1] == "en"
    assert LANGUAGES.say("outcome.done", {}, [])[1] == "en"


def test_numbers_are_written_as_the_language_writes_them() -> None:
    details = {"stage": "x", "lon": 14.5, "lat": 63.0}

    assert "14,5" in LANGUAGES.say("finding.place-swapped", details, ["sv"])[0]
    assert "14.5" in LANGUAGES.say("finding.place-swapped", details, ["en"])[0]


def test_what_ends_with_a_full_stop_ends_the_sentence() -> None:
    for day, said in {"11 грудня 2026 р.": "11 грудня 2026 р.", "11 грудня": "11 грудня."}.items():
        sentence = LANGUAGES.say("problem.being-erased", {"day": day}, ["uk"])[0]
        assert f"{said} " in sentence
        assert ".." not in sentence


def test_a_name_that_means_something_is_said_in_words() -> None:
    assert (
        "ett heltal"
        in LANGUAGES.say("finding.value-kind", {"found": "x", "expected": "whole-number"}, ["sv"])[0]
    )


def test_what_an_author_wrote_is_shown_and_never_filled_in() -> None:
    said = LANGUAGES.say("finding.key-unknown", {"key": "{known}", "known": "code"}, ["en"])[0]

    assert "{known}" in said


def test_a_key_that_no_language_has_is_a_bug() -> None:
    with pytest.raises(KeyError):
        LANGUAGES.say("finding.nothing", {}, ["sv"])


GOOD: dict[str, Any] = {"_checked_by": "nobody yet", "_fallback": [], "a": "b {c}"}


@pytest.mark.parametrize(
    "data, why",
    [
        (b"[]", "object"),
        (b"{", "Expecting"),
        (b'{"a": "b", "a": "c"}', "twice"),
        (json.dumps({**GOOD, "_checked_by": ""}).encode(), "_checked_by"),
        (json.dumps({**GOOD, "_fallback": "sv"}).encode(), "_fallback"),
        (json.dumps({**GOOD, "a": " "}).encode(), "no sentence"),
        (json.dumps({**GOOD, "a": {"b": "c"}}).encode(), "no sentence"),
        (json.dumps({**GOOD, "a": "{b.__class__}"}).encode(), "placeholder"),
        (json.dumps({**GOOD, "a": "{b:>99999999}"}).encode(), "placeholder"),
        (json.dumps({**GOOD, "a": "{0}"}).encode(), "placeholder"),
        (json.dumps({**GOOD, "a": "{"}).encode(), "'{'"),
    ],
    ids=range(11),
)
def test_a_file_that_cannot_be_used_says_why(data: bytes, why: str) -> None:
    with pytest.raises(LanguageError, match=re.escape(why)):
        read_language("sv", data)


def test_other_files_in_the_folder_are_left_alone() -> None:
    assert set(read_languages({"sv.json": json.dumps(GOOD).encode(), "README.md": b"x"}).by_tag) == {"sv"}
