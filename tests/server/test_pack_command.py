"""`rotfaste pack` as an author meets it: what it prints, and how it ends."""

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from content.findings import CODES, Finding
from content.languages import placeholders
from server.cli.pack import Voice, command
from server.cli.seed import packs_in
from server.config import CHECKOUT

QUESTS = CHECKOUT / "seed_data/quests"
DETAILS = {"expected": "number"}  # is said in words; every other detail as it stands


def pack(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.fixture
def trail(tmp_path: Path) -> Path:
    """A pack to spoil."""
    return Path(shutil.copytree(QUESTS / "anywhere/from-your-door", tmp_path / "trail"))


def spoil(file: Path, right: str, wrong: str) -> int:
    """Puts the wrong in place of the right; the line on which it stands."""
    text = file.read_text("utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong, 1), "utf-8")
    return text[: text.index(right)].count("\n") + 1


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("code", CODES)
def test_every_finding_can_be_said(code: str, language: str) -> None:
    voice = Voice(language)
    names = placeholders(voice.languages.by_tag[language].sentences[f"finding.{code}"])
    details = {name: DETAILS.get(name, "Storsjön") for name in names}

    said = voice.of(Finding(code, "quest.toml", details=details))

    assert "{" not in said
    assert ("Storsjön" in said) == bool(names - DETAILS.keys())


def test_the_quests_of_the_release_are_clean() -> None:
    found = pack("check", "--lang", "sv", *packs_in(QUESTS))

    assert found.exit_code == 0
    clean = found.output.count("allt stämmer")
    # A place that waits to be surveyed is worth a thought, and no mistake.
    widened = len(re.findall(": 0 att rätta", found.output))
    assert clean + widened == len(packs_in(QUESTS))
    assert clean > widened


def test_a_mistake_is_told_with_file_line_and_mend(trail: Path) -> None:
    line = spoil(trail / "quest.toml", "minutes", "minuter")

    found = pack("check", "--lang", "sv", trail)

    assert found.exit_code == 1
    assert f"{trail}/quest.toml:{line}: rätta: ”minuter” finns inte här. Menade du minutes?" in found.output


def test_a_number_between_quotation_marks_is_told_to_lose_them(trail: Path) -> None:
    spoil(trail / "quest.toml", "minutes = 20", 'minutes = "20"')

    found = pack("check", "--lang", "sv", trail)

    assert "utan citattecken" in found.output


def test_findings_as_json_say_the_same(trail: Path) -> None:
    spoil(trail / "quest.toml", "minutes", "minuter")

    found = pack("check", "--lang", "en", "--json", trail)

    ((finding,),) = (one["findings"] for one in json.loads(found.output))
    assert found.exit_code == 1
    assert (finding["code"], finding["pointer"]) == ("key-unknown", "/minuter")
    assert finding["message"].startswith("There is no “minuter” here.")


def test_what_is_not_there_is_told_without_a_trace(tmp_path: Path) -> None:
    found = pack("check", "--lang", "en", tmp_path / "nowhere")

    assert found.exit_code == 1
    assert isinstance(found.exception, SystemExit)
    assert "nowhere" in found.output


def test_codes_are_drawn_once_and_renewed_on_demand(trail: Path) -> None:
    kind = spoil(trail / "quest.toml", 'kind = "answer"\nexpects = "anything"', 'kind = "scan"')
    stage = tomllib.loads("\n".join((trail / "quest.toml").read_text("utf-8").splitlines()[:kind]))["stages"][
        -1
    ]

    drawn = pack("codes", "--lang", "en", trail)
    again = pack("codes", "--lang", "en", trail)
    renewed = pack("codes", "--lang", "en", "--renew", stage["key"], trail)

    assert [drawn.exit_code, again.exit_code, renewed.exit_code] == [0, 0, 0]
    private = tomllib.loads((trail / "private.toml").read_text("utf-8"))
    codes = private["stages"][stage["key"]]["codes"]
    assert [code["rev"] for code in codes] == [1, 2]
    assert len({code["code"] for code in codes}) == 2
    assert (trail / "private.toml").stat().st_mode & 0o777 == 0o600


ESCAPE = "\\u001b]0;mine\\u0007\\u009b31m\\u202e"  # names the window, makes it red, and turns the line around


@pytest.mark.parametrize("what", ["check", "import"])
@pytest.mark.parametrize(
    "right, wrong",
    [('kind = "trail"', f'kind = "{ESCAPE}"'), ('kind = "trail"', f'"{ESCAPE}" = 1')],
    ids=["value", "key"],
)
def test_nothing_in_a_pack_steers_the_terminal(trail: Path, what: str, right: str, wrong: str) -> None:
    spoil(trail / "quest.toml", right, wrong)

    result = pack(what, trail)

    assert result.exit_code == 1
    assert "31m" in result.output
    assert all(line.isprintable() for line in result.output.split("\n"))


def test_a_pack_is_read_as_its_player_reads_it() -> None:
    found = pack("read", QUESTS / "anywhere/from-your-door", "--lang", "sv")

    assert found.exit_code == 0, found.output
    assert "* Ljusen" in found.output
    assert "[choice]" in found.output


def test_a_host_gets_a_code_for_each_day_once_it_is_drawn(trail: Path) -> None:
    spoil(
        trail / "quest.toml",
        'key = "greet"\nkind = "arrive"',
        'key = "greet"\nkind = "meet"\nrotating = true',
    )

    before = pack("host", trail)
    drawn = pack("codes", trail, "--lang", "en")
    again = pack("codes", trail, "--lang", "en")
    printed = pack("host", trail, "--days", "3", "--from", "2026-12-15")

    assert before.exit_code == 1
    assert "code of the day at hello" in drawn.output
    assert "every stop that needs a code has one" in again.output
    assert re.findall(r"  (2026-12-1[5-7])  (\d{6})\n", printed.output)[0][0] == "2026-12-15"
    assert len(set(re.findall(r"  \d{6}\n", printed.output))) == 3
    assert pack("check", trail, "--lang", "en").exit_code == 0


def test_a_pack_that_says_nothing_cannot_be_read(trail: Path) -> None:
    shutil.rmtree(trail / "texts")

    told = pack("read", trail)

    assert told.exit_code == 1
    assert "cannot be read; see ./rotfaste pack check" in told.output


def test_codes_of_the_day_end_with_the_calendar(trail: Path) -> None:
    told = pack("host", trail, "--from", "9999-12-30")

    assert told.exit_code == 2
    assert "The calendar ends before that." in told.output
