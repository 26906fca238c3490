"""Names of places, folded. `tests/vectors/names.json` is what the phone runs too."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.names import folded, likeness, mistyped, search_forms

ROWS = json.loads((Path(__file__).parents[1] / "vectors/names.json").read_text("utf-8"))["rows"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_name_folds_as_the_vectors_say(row: dict[str, Any]) -> None:
    assert folded(row["text"]) == row["expected"]


@given(st.text(max_size=30))
@example("aAeE oe ÆæŒœ")
@example("İıſ\u0345")
def test_folding_twice_is_folding_once(name: str) -> None:
    assert folded(folded(name)) == folded(name)


@given(st.text(alphabet="abeosåäöæøïÅÄÖÆØÏ -", max_size=20), st.integers(0, 20))
def test_what_begins_a_name_folds_to_what_begins_the_folded_name(name: str, typed: int) -> None:
    assert folded(name).startswith(folded(name[:typed]))


def test_a_name_is_found_from_each_of_its_words_on() -> None:
    assert search_forms("Östra Norra-Byn") == ("ostra norra byn", "norra byn", "byn")
    assert search_forms("Ås") == ("as",)
    assert search_forms("--") == ()


@pytest.mark.parametrize(
    "typed, like, unlike",
    [
        ("hamerdal", "hammerdal", "hammarstrand"),
        ("ostersnd", "ostersund", "undersaker"),
        ("fun", "funasdalen", "brunflo"),
        ("stromsnd", "stromsund", "ostersund"),
    ],
)
def test_what_is_mistyped_is_most_like_what_was_meant(typed: str, like: str, unlike: str) -> None:
    assert likeness(typed, like) >= 0.4
    assert likeness(typed, like) > likeness(typed, unlike)


@pytest.mark.parametrize("typed", ["", "a", "aa", "qqq", "stockholm"])
def test_what_is_like_nothing_is_like_no_name(typed: str) -> None:
    assert max(likeness(typed, name) for name in ("are", "ostersund", "brunflo", "hammerdal", "ange")) < 0.4


@given(st.text("abc ", max_size=12), st.text("abc ", max_size=12))
def test_likeness_is_between_nought_and_one_and_one_for_equal_names(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) == (1 if one else 0)


@pytest.mark.parametrize(
    "typed, name",
    [
        ("hamerdal", "hammerdal"),
        ("hammmerdal", "hammerdal"),
        ("hammerdel", "hammerdal"),
        ("hamemrdal", "hammerdal"),
        ("hamerd", "hammerdal"),
        ("гаммердала", "гаммердал"),
        ("lita", "lit"),
        ("krokom", "krokom"),
    ],
)
def test_one_slip_is_forgiven(typed: str, name: str) -> None:
    assert mistyped(typed, name)


@pytest.mark.parametrize(
    "typed, name",
    [
        ("amerdal", "hammerdal"),
        ("hamrdal", "hammerdal"),
        ("gammerdal", "hammerdal"),
        ("hamerdall", "hammerdal"),
        ("lot", "lit"),
        ("", "lit"),
        ("stockholm", "stromsund"),
    ],
)
def test_two_slips_the_first_letter_and_short_words_are_not(typed: str, name: str) -> None:
    assert not mistyped(typed, name)


@given(st.text("abc", min_size=4, max_size=7), st.text("abc", max_size=7))
def test_a_slip_is_one_edit_of_some_beginning(typed: str, name: str) -> None:
    letters = "abc"
    slips = {typed}
    for at in range(len(typed) + 1):
        slips |= {typed[:at] + letter + typed[at:] for letter in letters}
        slips |= {typed[:at] + letter + typed[at + 1 :] for letter in letters if at < len(typed)}
        slips.add(typed[:at] + typed[at + 1 :])
        slips.add(typed[:at] + typed[at : at + 2][::-1] + typed[at + 2 :])
    begins = any(name[:length] in slips for length in range(len(name) + 1))

    assert mistyped(typed, name) == (begins and name[:1] == typed[0])
