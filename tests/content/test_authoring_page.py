"""The page for authors: its examples can be read, and it names what there is."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from content.packs.archive import RATIO_MOST, UNPACKED_MOST_BYTES
from content.packs.checks import check
from content.packs.forms import read_form
from content.packs.model import IMAGE_MOST_BYTES, MADE_AT_PUBLISHING, SOUND_MOST_BYTES, Private, QuestSheet
from content.readability import EASY_LIX, EASY_SENTENCE_WORDS
from quests.model import ANSWER_WITHIN_H, RADIUS_LEAST_M, RADIUS_MOST_M, WELL_KNOWN_M, QuestTexts, Stage
from quests.tasks import TASK_KINDS
from tests.content.examples import probe

PAGE = (Path(__file__).parents[2] / "docs/authoring/pack.md").read_text("utf-8")
EXAMPLES = {
    heading: re.findall(r"```toml\n(.*?)```", part, re.DOTALL)
    for heading, part in re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
}


def test_the_sheet_of_the_example_is_a_quest() -> None:
    read = read_form(tomllib.loads(EXAMPLES["quest.toml"][0]), QuestSheet, made_later=MADE_AT_PUBLISHING)

    assert read.misfits == ()
    assert read.value is not None


@pytest.mark.parametrize("line", EXAMPLES["quest.toml"][1].strip().split("\n"))
def test_every_condition_of_the_page_is_one(line: str) -> None:
    text = line.partition("  #")[0].replace("…", '{ is = "settled", stage = "a" }')
    sheet = EXAMPLES["quest.toml"][0].split("\n[[stages]]")[0]
    whole = f'{sheet}\n{text.replace("opens", "finish")}\n[[stages]]\nkey = "a"\n[[stages.tasks]]\nkey = "b"\nkind = "arrive"\n'

    assert read_form(tomllib.loads(whole), QuestSheet).misfits == ()


def test_the_texts_of_the_example_are_texts() -> None:
    assert set(tomllib.loads(EXAMPLES["texts/<language>.toml"][0])) <= set(QuestTexts.__struct_fields__)
    raw = tomllib.loads(EXAMPLES["texts/<language>.toml"][0])
    raw["stages"]["fork"]["title"] = "Vägskälet"
    raw["stages"]["fork"]["tasks"]["way"]["prompt"] = "Vart?"
    assert read_form(raw, QuestTexts).misfits == ()


def test_the_private_part_of_the_example_is_one() -> None:
    text = EXAMPLES["private.toml"][0].replace('"…"', '"AAAAAAAAAAAAAAAAAAAAAA"')

    assert read_form(tomllib.loads(text), Private).misfits == ()


def test_the_examples_make_a_pack_that_can_be_published() -> None:
    texts = """\
title = "Över bron"
summary = "En kilometer längs vattnet."
[stages.bridge]
title = "Bron"
tasks = { be-there = { prompt = "Gå dit." }, year = { prompt = "Vilket år?" } }
[stages.bench]
title = "Bänken"
tasks = { rest = { prompt = "Sitt." } }
"""
    members = {
        "quest.toml": EXAMPLES["quest.toml"][0].encode(),
        "private.toml": b'[stages.bridge.tasks.year]\naccepted = ["1924"]\nwrong = ["1942"]\n',
        "SOURCES.md": b"egna",
        **{f"texts/{tag}.toml": texts.encode() for tag in ("sv", "sv-simple", "en")},
    }

    assert check(members, probe).findings == ()


def test_every_field_and_every_task_kind_is_explained() -> None:
    fields = {*QuestSheet.__struct_fields__, *Stage.__struct_fields__, *QuestTexts.__struct_fields__}
    fields |= {*Private.__struct_fields__}
    drawn = {name for _, name in MADE_AT_PUBLISHING}

    assert [name for name in sorted(fields - drawn) if not re.search(rf"\b{name}\b", PAGE)] == []
    for kind in TASK_KINDS:
        assert f"| `{kind.__struct_config__.tag}` |" in PAGE
        own = {name for name in kind.__struct_fields__ if name not in drawn}
        assert [name for name in sorted(own) if not re.search(rf"\b{name}\b", PAGE)] == []


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    assert f"{RADIUS_LEAST_M} to {RADIUS_MOST_M} m" in PAGE
    assert f"Above {WELL_KNOWN_M} m" in PAGE
    assert f"kitchen table; {ANSWER_WITHIN_H}" in PAGE
    mib = 2**20
    assert f"up to {IMAGE_MOST_BYTES // mib} MiB, MP3, M4A or Ogg up to {SOUND_MOST_BYTES // mib} MiB" in PAGE
    assert f"{UNPACKED_MOST_BYTES // mib} MiB in all" in PAGE
    assert (RATIO_MOST, EASY_SENTENCE_WORDS) == (50, 15)
    assert "more than fifty times" in PAGE
    assert "at most fifteen words" in PAGE
    assert f"at most {EASY_LIX} a stage" in PAGE


def test_the_forms_are_structs_that_refuse_what_they_do_not_know() -> None:
    for form in (QuestSheet, Private, QuestTexts):
        assert form.__struct_config__.forbid_unknown_fields
        assert issubclass(form, msgspec.Struct)
