"""Answers and codes as people type and scan them: the cases that the phone runs too, and wrong ways that they catch."""

import hashlib
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quests.answers import (
    AnswerLists,
    answer_bits,
    draw_salt,
    normal_form,
    number_form,
)
from quests.codes import printed_code, quest_code, scanned_code_hash, typed_code

VECTORS = Path(__file__).parents[1] / "vectors"
ANSWERS = json.loads((VECTORS / "answers.json").read_text("utf-8"))
CODES = json.loads((VECTORS / "codes.json").read_text("utf-8"))

Run = Callable[[dict[str, Any]], object]


def normal_form_of(row: dict[str, Any]) -> str:
    return normal_form(row["text"], letters_apart=row["letters_apart"])


def number_of(row: dict[str, Any]) -> str | None:
    return number_form(row["text"])


def bits_of(row: dict[str, Any]) -> int:
    return answer_bits(bytes.fromhex(row["salt"]), row["text"], letters_apart=row["letters_apart"])


def typed(row: dict[str, Any]) -> str | None:
    return typed_code(row["text"])


def scanned(row: dict[str, Any]) -> str | None:
    return scanned_code_hash(row["text"])


RUNS: tuple[tuple[Run, list[dict[str, Any]]], ...] = (
    (normal_form_of, ANSWERS["normal_forms"]),
    (number_of, ANSWERS["numbers"]),
    (bits_of, ANSWERS["bits"]),
    (typed, CODES["typed"]),
    (scanned, CODES["scanned"]),
)


@pytest.mark.parametrize(
    "run, row",
    [pytest.param(run, row, id=f"{run.__name__}-{row['name']}") for run, rows in RUNS for row in rows],
)
def test_the_vectors_hold(run: Run, row: dict[str, Any]) -> None:
    assert run(row) == row["expected"], row["why"]


# What somebody who writes the same in another language would most likely get wrong.


def lowered_only(row: dict[str, Any]) -> str:
    return " ".join(unicodedata.normalize("NFC", row["text"]).lower().split())


def always_plain(row: dict[str, Any]) -> str:
    return normal_form(row["text"], letters_apart=False)


def of_compatible_letters(row: dict[str, Any]) -> str:
    return normal_form(unicodedata.normalize("NFKC", row["text"]), letters_apart=row["letters_apart"])


def floating(row: dict[str, Any]) -> str | None:
    try:
        return f"{float(row['text'].replace(',', '.')):g}"
    except ValueError:
        return None


def without_a_salt(row: dict[str, Any]) -> int:
    return answer_bits(b"", row["text"], letters_apart=row["letters_apart"])


def hash_of_the_text(row: dict[str, Any]) -> str | None:
    return hashlib.sha256(row["text"].strip().encode()).hexdigest()


def upper_cased_only(row: dict[str, Any]) -> str | None:
    text: str = row["text"].upper()
    return text if text.startswith("JH") else None


@pytest.mark.parametrize(
    "wrong, rows",
    [
        pytest.param(wrong, rows, id=wrong.__name__)
        for wrong, rows in (
            (always_plain, ANSWERS["normal_forms"]),
            (lowered_only, ANSWERS["normal_forms"]),
            (of_compatible_letters, ANSWERS["normal_forms"]),
            (floating, ANSWERS["numbers"]),
            (without_a_salt, ANSWERS["bits"]),
            (hash_of_the_text, CODES["scanned"]),
            (upper_cased_only, CODES["typed"]),
        )
    ],
)
def test_the_vectors_catch(wrong: Run, rows: list[dict[str, Any]]) -> None:
    assert any(wrong(row) != row["expected"] for row in rows)


@pytest.mark.parametrize("row", ANSWERS["normal_forms"], ids=lambda row: row["name"])
def test_a_normal_form_is_its_own(row: dict[str, Any]) -> None:
    once = normal_form_of(row)

    assert normal_form(once, letters_apart=row["letters_apart"]) == once


def test_a_salt_lets_no_wrong_example_slip_through() -> None:
    lists = AnswerLists(("Frösön",), tuple(f"ord {number}" for number in range(100)))

    salts = [draw_salt(bytes([seed]), [lists]) for seed in range(20)]

    assert not any(lists.slips(salt) for salt in salts)
    assert any(lists.slips(bytes([seed]) * 16) for seed in range(100))  # one in ten would have


def test_a_salt_is_the_same_for_the_same_seed() -> None:
    lists = [AnswerLists(("a",), ("b",))]

    assert draw_salt(b"seed", lists) == draw_salt(b"seed", lists) != draw_salt(b"other", lists)


def test_what_is_listed_as_right_and_wrong_has_no_salt() -> None:
    with pytest.raises(ValueError, match="frösön"):
        draw_salt(b"", [AnswerLists(("Frösön",), (" FRÖSÖN",))])


def test_a_printed_code_is_scanned_as_itself() -> None:
    secrets = [bytes([number]) * 16 for number in range(256)]

    assert len({scanned_code_hash(printed_code(secret)) for secret in secrets} - {None}) == 256
    with pytest.raises(ValueError, match="16"):
        printed_code(b"short")


def test_a_quests_code_is_typed_as_itself_and_the_next_is_another() -> None:
    codes = [quest_code(b"quest", attempt) for attempt in range(50)]

    assert [typed_code(code.lower()) for code in codes] == codes
    assert len(set(codes)) == 50
