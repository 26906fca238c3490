"""Answers and codes, by the cases that the phone runs too. Each row has a name and a why."""

import json
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quests.answers import AnswerLists, answer_bits, draw_salt, normal_form, number_form
from quests.codes import (
    hotp,
    printed_code,
    quest_code,
    rotating_code,
    rotating_codes,
    scanned_code_hash,
    typed_code,
)

VECTORS = Path(__file__).parents[1] / "vectors"


def rows(name: str, part: str) -> list[Any]:
    cases = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
    return [pytest.param(row, id=row["name"]) for row in cases[part]]


def apart(row: dict[str, Any]) -> bool:
    return bool(row.get("letters_apart", True))


@pytest.mark.parametrize("row", rows("answers", "forms"))
def test_normal_form(row: dict[str, Any]) -> None:
    found = normal_form(row["text"], letters_apart=apart(row))

    assert found == row["expected"], row["why"]
    assert normal_form(found, letters_apart=apart(row)) == found


@pytest.mark.parametrize("row", rows("answers", "numbers"))
def test_number_form(row: dict[str, Any]) -> None:
    found = number_form(row["text"])

    assert found == row["expected"], row["why"]
    assert found is None or number_form(found) == found


@pytest.mark.parametrize("row", rows("answers", "bits"))
def test_answer_bits(row: dict[str, Any]) -> None:
    assert (
        answer_bits(bytes.fromhex(row["salt"]), row["answer"], letters_apart=apart(row)) == row["expected"]
    ), row["why"]


@pytest.mark.parametrize("row", rows("codes", "typed"))
def test_typed_code(row: dict[str, Any]) -> None:
    assert typed_code(row["text"]) == row["expected"], row["why"]


@pytest.mark.parametrize("row", rows("codes", "scanned"))
def test_scanned_code_hash(row: dict[str, Any]) -> None:
    assert scanned_code_hash(row["text"]) == row["expected"], row["why"]


@pytest.mark.parametrize("row", rows("codes", "printed"))
def test_printed_code(row: dict[str, Any]) -> None:
    assert printed_code(bytes.fromhex(row["bytes"])) == row["expected"], row["why"]


@pytest.mark.parametrize("row", rows("codes", "quests"))
def test_quest_code(row: dict[str, Any]) -> None:
    assert quest_code(bytes.fromhex(row["seed"]), row["attempt"]) == row["expected"], row["why"]


@pytest.mark.parametrize("name", ["answers", "codes"])
def test_every_row_has_a_name_of_its_own_and_a_why(name: str) -> None:
    cases = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))

    for part, found in cases.items():
        if part != "note":
            assert len({row["name"] for row in found}) == len(found)
            assert all(row["why"] for row in found)


def _casefolded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _compatible(text: str) -> str:
    return normal_form(unicodedata.normalize("NFKC", text))


def _lowered(text: str) -> str:
    return " ".join(text.lower().split())


@pytest.mark.parametrize("wrong", [_casefolded, _compatible, _lowered])
def test_the_vectors_catch_a_wrong_normal_form(wrong: Callable[[str], str]) -> None:
    cases = json.loads((VECTORS / "answers.json").read_text("utf-8"))["forms"]

    assert any(wrong(row["text"]) != row["expected"] for row in cases if apart(row))


@given(st.text(max_size=30), st.booleans())
def test_normalising_twice_is_normalising_once(text: str, letters_apart: bool) -> None:  # noqa: FBT001  drawn
    once = normal_form(text, letters_apart=letters_apart)

    assert normal_form(once, letters_apart=letters_apart) == once


@given(st.text("0123456789 ,.+-−٣x", max_size=12))
def test_a_number_form_is_its_own_form(text: str) -> None:
    found = number_form(text)

    assert found is None or number_form(found) == found


WORDS = st.lists(st.text("abcåäö 12", min_size=1, max_size=6), max_size=8).map(tuple)


@given(st.binary(max_size=8), st.lists(st.builds(AnswerLists, WORDS, WORDS, st.booleans()), max_size=3))
def test_under_a_drawn_salt_no_wrong_example_slips_through_and_every_right_one_is_taken(
    seed: bytes, lists: list[AnswerLists]
) -> None:
    if any(answers.contradictions() for answers in lists):
        with pytest.raises(ValueError, match="both as right and as wrong"):
            draw_salt(seed, lists)
        return

    salt = draw_salt(seed, lists)

    assert salt == draw_salt(seed, lists)
    for answers in lists:
        right = answers.bits(salt)
        assert all(
            answer_bits(salt, one, letters_apart=answers.letters_apart) in right for one in answers.accepted
        )
        assert all(
            answer_bits(salt, one, letters_apart=answers.letters_apart) not in right for one in answers.wrong
        )


@pytest.mark.parametrize(
    "counter, password",
    list(
        enumerate(
            [
                "755224",
                "287082",
                "359152",
                "969429",
                "338314",
                "254676",
                "287922",
                "162583",
                "399871",
                "520489",
            ]
        )
    ),
)
def test_one_time_passwords_are_those_of_rfc_4226(counter: int, password: str) -> None:
    assert hotp(b"12345678901234567890", counter) == password


def test_a_code_of_the_day_is_good_on_its_day_and_on_the_way_home() -> None:
    secret = printed_code(bytes(range(16)))
    today, yesterday = rotating_code(secret, date(2026, 12, 15)), rotating_code(secret, date(2026, 12, 14))

    def good(day: int, hour: int, minute: int) -> set[str]:
        return set(rotating_codes(secret, datetime(2026, 12, day, hour, minute, tzinfo=UTC)))

    assert today != yesterday
    assert good(15, 11, 0) == {today}
    assert good(14, 23, 30) == {today, yesterday}  # half past midnight in Sweden
    assert good(15, 2, 30) == {today}
    assert good(14, 22, 59) == {yesterday}


@pytest.mark.parametrize("year, month, day", [(1, 1, 1), (9999, 12, 31)])
def test_no_code_of_the_day_is_good_at_either_end_of_time(year: int, month: int, day: int) -> None:
    hour = 0 if year == 1 else 23

    assert rotating_codes(printed_code(bytes(16)), datetime(year, month, day, hour, 30, tzinfo=UTC)) == ()
