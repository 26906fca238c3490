"""Hidden means not told yet: in kits, never in public bytes. Secret is in neither."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quests.judge import judge
from quests.languages import best, chain
from quests.model import Quest, QuestTexts, Variant, read_quest
from quests.moves import BlockedBody, Move
from quests.outcomes import Judged
from quests.play import Journey, play
from quests.tasks.arrive import ArriveBody
from quests.views import JourneyView, for_player, kit_for_player, public
from tests.quests.road import moves as walk
from tests.quests.road import twenty_stages
from tests.strategies import judged_sets, quests
from tests.twins import Property, caught

View = Callable[[Quest, Journey, tuple[str, ...]], JourneyView]
Public = Callable[[Quest], Any]


def bytes_of(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def told(quest: Quest, text: str, key: str) -> str:
    """The text of a stage as it stands in the generated quest: unmistakable."""
    return f"{text}-{key}."


def nothing_hidden_is_public(view: Public) -> None:
    @given(quests())
    def holds(quest: Quest) -> None:
        shown = bytes_of(view(quest))
        for stage in quest.stages:
            assert told(quest, "WAY", stage.key) not in shown
            assert told(quest, "ARRIVED", stage.key) not in shown
            assert told(quest, "AFTER", stage.key) not in shown
            if stage.hidden:
                assert told(quest, "TITLE", stage.key) not in shown
        assert "salt" not in shown
        assert '"right"' not in shown
        assert "accepted" not in shown

    holds()


def nothing_is_told_before_its_time(view: View) -> None:
    @given(judged_sets())
    def holds(case: tuple[Quest, tuple[Judged, ...]]) -> None:
        quest, judged = case
        journey = play(quest, judged)
        shown = bytes_of(view(quest, journey, ("sv",)))
        for stage in quest.stages:
            if stage.key not in journey.open:
                assert told(quest, "WAY", stage.key) not in shown
                if stage.hidden:
                    assert told(quest, "TITLE", stage.key) not in shown
            if stage.key not in journey.satisfied & journey.open:
                assert told(quest, "AFTER", stage.key) not in shown
        if quest.feedback == "at_end" and journey.facts.row is None:
            assert "AFTER-s" not in shown
        if not journey.finished:
            assert "AFTER-QUEST" not in shown

    holds()


def test_nothing_hidden_is_public() -> None:
    nothing_hidden_is_public(public)


def test_nothing_is_told_before_its_time() -> None:
    nothing_is_told_before_its_time(for_player)


def public_with_hidden_titles(quest: Quest) -> Any:
    return (public(quest), [quest.texts["sv"].stages[stage.key].title for stage in quest.stages])


def view_of_everything_open(quest: Quest, journey: Journey, wanted: tuple[str, ...]) -> JourneyView:
    """Shows what is to come."""
    from dataclasses import replace

    return for_player(quest, replace(journey, open=frozenset(stage.key for stage in quest.stages)), wanted)


def view_telling_right_answers_early(quest: Quest, journey: Journey, wanted: tuple[str, ...]) -> JourneyView:
    return for_player(msgspec.structs.replace(quest, feedback="at_once"), journey, wanted)


@pytest.mark.slow
@pytest.mark.parametrize(
    "holds, twin",
    [
        (nothing_hidden_is_public, public_with_hidden_titles),
        (nothing_hidden_is_public, kit_for_player),
        (nothing_is_told_before_its_time, view_of_everything_open),
        (nothing_is_told_before_its_time, view_telling_right_answers_early),
    ],
)
def test_the_property_catches(holds: Property, twin: Any) -> None:
    caught(holds, twin)


@given(quests())
def test_a_kit_is_the_whole_version(quest: Quest) -> None:
    assert read_quest(json.loads(json.dumps(kit_for_player(quest)))) == quest


def test_the_question_is_told_on_arrival() -> None:
    quest = twenty_stages()
    texts = {
        "tasks": {"ask": {"prompt": "How many arches?", "options": {"1": "two", "x": "three", "2": "four"}}},
        "title": "Bridge",
        "arrived": "The water is loud.",
    }
    quest = msgspec.structs.replace(
        quest,
        texts={
            "sv": msgspec.convert(
                {"title": "T", "summary": "S", "stages": {"s0": texts}}, type(quest.texts["sv"])
            )
        },
    )
    before = for_player(quest, play(quest, ()), ("sv",)).stages[0]
    after = for_player(quest, play(quest, [judge(quest, walk(quest, 1)[0])]), ("sv",)).stages[0]

    assert (before.arrived, before.tasks[1].prompt, before.tasks[1].options) == ("", None, ())
    assert (after.arrived, after.tasks[1].prompt) == ("The water is loud.", "How many arches?")
    assert [option.text for option in after.tasks[1].options] == ["two", "three", "four"]


def test_a_passed_stage_tells_what_it_would_have_asked() -> None:
    """Who cannot reach the bridge may still read about it at home."""
    quest = twenty_stages()
    blocked: Move = msgspec.structs.replace(walk(quest, 1)[0], body=BlockedBody(reason="closed"), task=None)

    view = for_player(quest, play(quest, [judge(quest, blocked)]), ("sv",))

    assert view.stages[0].state == "passed"
    assert view.stages[1].state == "open"


@pytest.mark.parametrize(
    "wanted, tried",
    [
        (("sv-simple",), ("sv-simple", "sv", "en")),
        (("sv",), ("sv", "sv-simple", "en")),
        (("uk",), ("uk", "en", "sv")),
        (("ar-SY",), ("ar-SY", "ar", "en", "sv")),
        (("sma",), ("sma", "sv", "en")),
        (("de", "sv"), ("de", "sv", "sv-simple", "en")),
        ((), ("en", "sv")),
    ],
)
def test_what_stands_in_for_a_language(wanted: tuple[str, ...], tried: tuple[str, ...]) -> None:
    assert chain(wanted) == tried


def test_any_language_is_better_than_none() -> None:
    assert best({"fi"}, ("uk",)) == "fi"
    with pytest.raises(ValueError, match="no language"):
        best((), ("uk",))


@given(st.lists(st.sampled_from(("sv", "sv-simple", "en", "uk", "ar", "sma", "de-AT")), max_size=4))
def test_a_chain_has_no_language_twice_and_ends_somewhere(wanted: list[str]) -> None:
    tried = chain(wanted)

    assert len(set(tried)) == len(tried)
    assert {"en", "sv"} <= set(tried)


def test_a_variant_has_its_own_place_words_and_tasks() -> None:
    quest = twenty_stages()
    variant = {
        "key": "winter",
        "place": {"shape": "circle", "lon": 14.7, "lat": 63.2},
        "tasks": [{"kind": "arrive", "key": "ski"}],
    }
    texts = {
        "title": "Bridge",
        "way": "Follow the path.",
        "arrived": "The water is loud.",
        "variants": {"winter": {"way": "Ski along the shore.", "tasks": {"ski": {"prompt": "Ski there."}}}},
    }
    quest = msgspec.structs.replace(
        quest,
        stages=(
            msgspec.structs.replace(quest.stages[0], variants=(msgspec.convert(variant, Variant),)),
            *quest.stages[1:],
        ),
        texts={"sv": msgspec.convert({"title": "T", "summary": "S", "stages": {"s0": texts}}, QuestTexts)},
    )
    before = for_player(quest, play(quest, ()), ("sv",)).stages[0].variants[0]
    skied = msgspec.structs.replace(
        walk(quest, 1)[0], variant="winter", task="ski", body=ArriveBody(here=True)
    )
    after = for_player(quest, play(quest, [judge(quest, skied)]), ("sv",)).stages[0]

    assert (before.key, before.way, before.arrived) == ("winter", "Ski along the shore.", "")
    assert before.place is not None
    assert (before.place.lon, before.place.lat) == (14.7, 63.2)
    assert [(task.key, task.prompt, task.done) for task in before.tasks] == [("ski", "Ski there.", False)]
    assert after.state == "satisfied"
    assert after.arrived == "The water is loud."
    assert after.variants[0].tasks[0].done
