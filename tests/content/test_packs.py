"""Packs there and back: what is read is what was written, and the same pack is the same version."""

import dataclasses
import tomllib
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from content.packs.archive import unpack_bytes
from content.packs.checks import check
from content.packs.forms import read_form
from content.packs.model import MADE_AT_PUBLISHING, Pack, Private, QuestSheet
from content.packs.publishing import publish
from content.packs.reading import read
from content.packs.writing import version, write, write_members
from quests.codes import scanned_code_hash
from quests.model import QuestTexts, read_quest, write_quest
from quests.tasks.choice import Choice
from tests.content.examples import CODE, probe, spoilt, tips, trail
from tests.content.packs import packs

# A pack is made of thousands of choices: a third as many of them are tried as of smaller things.
HEAVY = settings(max_examples=max(10, settings().max_examples // 3))

Write = Callable[[Pack], bytes]


# A known-bad twin is to be caught, not to be understood: finding is enough.
CAUGHT = settings(phases=(Phase.generate,), report_multiple_bugs=False, max_examples=300)


def what_is_written_is_read_again(write: Write, tried: settings) -> None:
    @tried
    @given(packs())
    def holds(pack: Pack) -> None:
        unpacked = unpack_bytes(write(pack))
        assert unpacked.findings == ()
        reading = read(unpacked.members, probe)
        assert reading.findings == ()
        assert reading.pack == pack

    holds()


def test_what_is_written_is_read_again() -> None:
    what_is_written_is_read_again(write, HEAVY)


def _without_hints(pack: Pack) -> bytes:
    texts = {
        tag: msgspec.structs.replace(
            said, stages={key: msgspec.structs.replace(one, hints=()) for key, one in said.stages.items()}
        )
        for tag, said in pack.texts.items()
    }
    return write(dataclasses.replace(pack, texts=texts))


def _with_an_hour_at_most(pack: Pack) -> bytes:
    return write(
        dataclasses.replace(
            pack,
            sheet=msgspec.structs.replace(
                pack.sheet, minutes=pack.sheet.minutes and min(pack.sheet.minutes, 60)
            ),
        )
    )


@pytest.mark.parametrize("twin", [_without_hints, _with_an_hour_at_most])
def test_a_writer_that_loses_something_is_caught(twin: Write) -> None:
    with pytest.raises(AssertionError):
        what_is_written_is_read_again(twin, CAUGHT)


@HEAVY
@given(packs())
def test_two_packs_are_one_version_only_when_they_are_equal(pack: Pack) -> None:
    again = read(write_members(pack), probe).pack

    assert again is not None
    assert version(again) == version(pack)
    assert version(dataclasses.replace(pack, sources=pack.sources + ".")) != version(pack)


def test_comments_spaces_and_order_do_not_make_another_version() -> None:
    members = trail()
    other = spoilt(members, "quest.toml", "# A trail with one of each.\n", "\r\n# Another comment\r\n\r\n")
    other = spoilt(other, "quest.toml", "minutes = 40\n", "")
    other = spoilt(other, "quest.toml", 'kind = "trail"\n', 'minutes   = 40 # long\nkind = "trail"\n')

    first, second = check(members, probe).pack, check(other, probe).pack

    assert first is not None
    assert second is not None
    assert version(first) == version(second)


def test_the_version_of_a_pack_stays_what_it_was() -> None:
    """A changed hash means that every pack in the world has another version: change the writer never."""
    pack = check(trail(), probe).pack

    assert pack is not None
    assert version(pack) == "e089060b91d57c593bcc5c5dc26c1391c7a9fe8e21f599e4f5021049cb0e54d9"


def test_the_same_pack_publishes_the_same_quest() -> None:
    pack, again = check(trail(), probe).pack, check(trail(), probe).pack

    assert pack is not None
    assert again is not None
    assert publish(pack) == publish(again)


def test_what_is_published_is_what_a_store_reads_again() -> None:
    pack = check(trail(), probe).pack
    assert pack is not None

    quest = publish(pack).quest

    assert read_quest(msgspec.json.decode(msgspec.json.encode(write_quest(quest)))) == quest


def test_publishing_splits_what_a_kit_holds_from_what_stays_secret() -> None:
    pack = check(trail(), probe).pack
    assert pack is not None

    published = publish(pack)

    kit = msgspec.json.encode(write_quest(published.quest)).decode()
    assert CODE not in kit
    assert "Frösö" not in kit
    assert "1786" not in kit
    assert published.secrets.answers["end"]["name"] == ("Frösön", "Frösö")
    assert published.secrets.codes == {"west": (CODE,)}
    west = published.quest.stage("west")
    assert west is not None
    assert west.codes == (scanned_code_hash(CODE),)


def test_numbers_are_kept_in_the_form_they_are_compared_in() -> None:
    pack = check(spoilt(trail(), "private.toml", '["1786"]', '["01 786,0"]'), probe).pack
    assert pack is not None

    assert publish(pack).secrets.answers["start"]["year"] == ("1786",)


def test_no_wrong_option_of_a_choice_is_ever_right() -> None:
    """Over many versions: some salts would let one through if the other options were not kept out."""
    for number in range(200):
        members = spoilt(
            tips(), "quest.toml", 'code = "JH33333"', f'code = "JH33333"\nminutes = {number + 1}'
        )
        pack = check(members, probe).pack
        assert pack is not None
        for stage in publish(pack).quest.stages:
            task = stage.tasks[0]
            assert isinstance(task, Choice)
            assert sum(task.is_right(option, bytes.fromhex(stage.salt)) for option in task.options) == 1


def test_newer_codes_come_first_and_older_ones_stay_good() -> None:
    newer = "AQAAAAAAAAAAAAAAAAAAAA"
    members = spoilt(
        trail(),
        "private.toml",
        "[[stages.west.codes]]",
        f'[[stages.west.codes]]\nrev = 2\ncode = "{newer}"\n[[stages.west.codes]]',
    )
    pack = check(members, probe).pack
    assert pack is not None

    published = publish(pack)

    assert published.secrets.codes["west"] == (newer, CODE)


FORMS: tuple[type[msgspec.Struct], ...] = (QuestSheet, Private, QuestTexts)
FILES = {QuestSheet: "quest.toml", Private: "private.toml", QuestTexts: "texts/sv.toml"}


@st.composite
def bent(draw: st.DrawFn, form: type[msgspec.Struct]) -> tuple[type[msgspec.Struct], Any]:
    """What a form is written as, with a few values changed to anything that TOML can hold."""
    pack = draw(packs())
    written = write_members(pack)
    name = FILES[form]
    raw = tomllib.loads(written[name].decode())
    for _ in range(draw(st.integers(0, 3))):
        raw = draw(_changed(raw))
    return form, raw


ODD = st.one_of(
    st.booleans(),
    st.integers(-3, 10**20),
    st.floats(),
    st.sampled_from(("", "x", "chose", "not", "circle", "s0", "a\x00b", "é" * 2000)),
    st.lists(st.integers(0, 3), max_size=3),
    st.dictionaries(st.sampled_from(("key", "kind", "is", "x")), st.text(max_size=3), max_size=2),
)


@st.composite
def _changed(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, dict) and value and draw(st.integers(0, 9)) < 8:
        name = draw(st.sampled_from(sorted(value)))
        if draw(st.integers(0, 5)) == 0:
            return {other: part for other, part in value.items() if other != name}
        return {**value, name: draw(_changed(value[name]))}
    if isinstance(value, list) and value and draw(st.integers(0, 9)) < 8:
        index = draw(st.integers(0, len(value) - 1))
        return [*value[:index], draw(_changed(value[index])), *value[index + 1 :]]
    return draw(ODD)


@HEAVY
@given(st.one_of([bent(form) for form in FORMS]))
def test_a_form_has_misfits_exactly_when_it_cannot_be_read(case: tuple[type[msgspec.Struct], Any]) -> None:
    form, raw = case

    found = read_form(raw, form, made_later=MADE_AT_PUBLISHING)

    try:
        meant = msgspec.convert(raw, form)
    except (msgspec.ValidationError, OverflowError):
        assert found.misfits
    else:
        if not found.misfits:
            assert found.value == meant
        # What is stricter here than there: signs that cannot be seen, and names that publishing gives.
        assert all(
            misfit.code in {"value-unprintable", "key-made-at-publishing", "value-pattern", "value-large"}
            for misfit in found.misfits
        )


@HEAVY
@given(st.one_of([bent(form) for form in FORMS]))
def test_the_readable_rest_of_a_form_fits_it(case: tuple[type[msgspec.Struct], Any]) -> None:
    form, raw = case

    found = read_form(raw, form, made_later=MADE_AT_PUBLISHING)

    if found.value is not None:
        assert msgspec.convert(msgspec.to_builtins(found.value), form) == found.value
    assert not any(
        "expected" in misfit.details and misfit.details.get("found") == "?" for misfit in found.misfits
    )


@HEAVY
@given(packs(), st.data())
def test_any_generated_pack_is_checked_without_breaking(pack: Pack, data: st.DataObject) -> None:
    members = write_members(pack)
    if data.draw(st.booleans()):
        name = data.draw(st.sampled_from(sorted(members)))
        cut = data.draw(st.integers(0, len(members[name])))
        members[name] = members[name][:cut] + data.draw(st.binary(max_size=3)) + members[name][cut:]

    reading = check(members, probe)

    assert reading.pack is None or publish(reading.pack).quest.version == version(reading.pack)


LISTED = st.lists(
    st.sampled_from(("7", "07", "7,0", " 7", "sju", "Sju ", "8", "å", "a", "A\u030a")), min_size=1, max_size=3
)


@given(
    accepted=LISTED,
    wrong=LISTED,
    expects=st.sampled_from(("number", "words", "anything")),
    letters_apart=st.booleans(),
)
def test_what_is_checked_without_a_mistake_can_be_published(
    *, accepted: list[str], wrong: list[str], expects: str, letters_apart: bool
) -> None:
    members = spoilt(trail(), "private.toml", '["1786"]', msgspec.json.encode(accepted).decode())
    members = spoilt(members, "private.toml", '["1768"]', msgspec.json.encode(wrong).decode())
    members = spoilt(
        members,
        "quest.toml",
        'expects = "number"',
        f'expects = "{expects}"\nletters_apart = {str(letters_apart).lower()}',
    )

    reading = check(members, probe)

    if reading.pack is None:
        assert {finding.code for finding in reading.findings} <= {
            "answer-contradiction",
            "answer-not-a-number",
            "answer-needless",
            "answer-missing",
            "wrong-missing",
        }
    else:
        stage = publish(reading.pack).quest.stage("start")
        assert stage is not None
