"""What does not fit is told in words: a pattern says nothing to people."""

from typing import Annotated, Any

import msgspec
import pytest

from quests.moves import FreeMove, Move, Unreadable, read_move
from quests.reasons import patterns_in, reason_and_pointer
from tests.quests.test_moves import changed

Code = Annotated[str, msgspec.Meta(pattern=r"^\d'\"x$", description="A digit, quotes and x.")]


class Holder(msgspec.Struct):
    codes: tuple[Code, ...] = ()
    bare: Annotated[str, msgspec.Meta(pattern="^b$")] = "b"
    named: dict[Code, int] = {}


def told(value: object) -> tuple[str, str]:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(value, Holder)
    return reason_and_pointer(caught.value, Holder)


@pytest.mark.parametrize(
    "value, reason, pointer",
    [
        ({"codes": ["q"]}, "not written as it should be: A digit, quotes and x.", "/codes/0"),
        ({"named": {"q": 1}}, "not written as it should be: A digit, quotes and x.", "/named"),
        ({"bare": "c"}, "not written as it should be", "/bare"),
        ({"codes": 1}, "Expected `array`, got `int`", "/codes"),
    ],
)
def test_the_form_s_own_words_stand_in_place_of_the_pattern(value: Any, reason: str, pointer: str) -> None:
    assert told(value) == (reason, pointer)


def test_a_move_says_what_an_id_is() -> None:
    found = read_move(changed("/device", "mine"))

    assert isinstance(found, Unreadable)
    assert found.reason == "not written as it should be: UUID made on the phone (v4), lower case."
    assert found.pointer == "/device"


@pytest.mark.parametrize("form", [Move, FreeMove])
def test_every_pattern_of_a_move_has_words(form: type) -> None:
    patterns = list(patterns_in(form))

    assert len(patterns) >= 5
    assert [pattern for pattern, words in patterns if not words] == []
