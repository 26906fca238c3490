"""`rotfaste deck` as an author meets it: what it prints, and how it ends."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli.deck import command
from server.wiring import DECKS, open_decks

PROMPTS = sum(len(deck.prompts) for deck in open_decks())


def deck(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    """A folder with one deck that has a mistake, in its tenth line or so."""
    text = (DECKS / "winter-and-dark.toml").read_text("utf-8")
    (tmp_path / "winter-and-dark.toml").write_text(text.replace("nerve = 1", "nerve = 9", 1), "utf-8")
    return tmp_path


def test_the_decks_of_the_release_are_clean() -> None:
    found = deck("check", "--lang", "sv")

    assert found.exit_code == 0
    assert found.output == f"3 lekar med {PROMPTS} uppslag går att använda; 0 saker att titta på.\n"


def test_a_mistake_is_told_with_its_line_and_the_command_fails(spoilt: Path) -> None:
    found = deck("check", spoilt, "--lang", "en")
    line = (spoilt / "winter-and-dark.toml").read_text("utf-8").splitlines().index("nerve = 9") + 1

    assert found.exit_code == 1
    assert f"winter-and-dark.toml:{line}: mend: " in found.output
    assert found.output.endswith("0 decks with 0 prompts can be used; 1 things to look at.\n")


def test_programs_are_told_with_pointers(spoilt: Path) -> None:
    found = deck("check", spoilt, "--json")

    (finding,) = json.loads(found.output)
    assert (finding["code"], finding["pointer"]) == ("value-large", "/prompts/0/nerve")
    assert found.exit_code == 1


@pytest.mark.parametrize("lang", ["sv", "sv-simple", "en"])
def test_a_deck_is_read_aloud(lang: str) -> None:
    found = deck("read", "winter-and-dark", "--lang", lang)

    assert found.exit_code == 0
    for prompt in next(one for one in open_decks() if one.key == "winter-and-dark").prompts:
        assert f"  {prompt.texts[lang]}\n" in found.output
    assert "older-still" not in found.output


def test_all_decks_are_read_where_none_is_named() -> None:
    assert deck("read").output.count(" prompts, checked by nobody yet)") == 3


def test_a_deck_that_is_none_is_told_with_those_there_are() -> None:
    found = deck("read", "tarot")

    assert found.exit_code == 1
    assert "There are: forest-shore-and-fell, village-and-town, winter-and-dark." in found.output


def test_a_drift_is_drawn_the_same_again_and_otherwise_with_another_seed() -> None:
    one, again, other = deck("draw"), deck("draw"), deck("draw", "--seed", "another")

    assert one.output == again.output != other.output
    assert one.output.endswith("12 of 12 drawn.\n")
    assert "widened" not in one.output


def test_a_drift_that_comes_to_its_end_says_so() -> None:
    found = deck("draw", "--count", 1000, "--ground", "indoors", "--mobility", "sits", "--nerve", 1)

    assert "(widened: like-ground, company, season, ground)" in found.output
    drawn = int(found.output.splitlines()[-1].split(" of ")[0])
    assert 10 < drawn < PROMPTS
    assert len(found.output.splitlines()) == drawn + 1
