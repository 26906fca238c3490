"""Reading what a phone sends: every fault is that move's outcome, with a pointer and a reason."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quests.moves import MOVE_MAX_BYTES, Move, Unreadable, decode_json, digest, read_id, read_move
from quests.outcomes import CODES, Outcome

ID = "00000000-0000-4000-8000-000000000001"
ME = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"


def good() -> dict[str, Any]:
    return {
        "v": 1,
        "id": ID,
        "by": [ME],
        "device": ME,
        "seq": 3,
        "made_at": "2026-06-20T22:00:00.123456+02:00",
        "elapsed_ms": 1200,
        "stage": "bridge",
        "variant": None,
        "task": "come",
        "body": {"kind": "arrive"},
        "fixes": [{"lon": 14.6, "lat": 63.2, "accuracy_m": 8, "at": "2026-06-20T20:00:00Z"}],
        "media": [],
        "quest_version": "a" * 64,
        "closures_revision": 4,
        "app": "web 1",
    }


def changed(path: str, value: Any) -> dict[str, Any]:
    move = good()
    *way, last = [int(part) if part.isdigit() else part for part in path.split("/")[1:]]
    inner: Any = move
    for part in way:
        inner = inner[part]
    inner[last] = value
    return move


def test_a_good_move_is_read_in_utc_to_the_millisecond() -> None:
    move = read_move(good())

    assert isinstance(move, Move)
    assert move.made_at == datetime(2026, 6, 20, 20, 0, 0, 123000, tzinfo=UTC)


@pytest.mark.parametrize(
    "path, value",
    [
        ("/id", "not-an-id"),
        ("/id", ID.upper().replace("0", "A")),
        ("/by", []),
        ("/by/0", "me"),
        ("/device", 7),
        ("/seq", -1),
        ("/seq", 2**64),
        ("/made_at", "yesterday"),
        ("/made_at", "2026-06-20T20:00:00"),
        ("/made_at", "0001-01-01T00:00:00+14:00"),
        ("/stage", ""),
        ("/body", "arrive"),
        ("/body/kind", "teleport"),
        ("/body/extra", 1),
        ("/fixes", [good()["fixes"][0]] * 6),
        ("/fixes/0/lon", 181),
        ("/fixes/0/lon", float("nan")),
        ("/fixes/0/lat", "63.2"),
        ("/fixes/0/accuracy_m", float("inf")),
        ("/fixes/0/accuracy_m", -1),
        ("/fixes/0/at", None),
        ("/media", [{"id": ID}]),
        ("/quest_version", "short"),
        ("/app", "x" * 81),
        ("/extra", 1),
    ],
)
def test_a_fault_is_named_by_its_field(path: str, value: Any) -> None:
    found = read_move(changed(path, value))

    assert isinstance(found, Unreadable)
    assert found.code == "unreadable"
    assert found.pointer.startswith(path)
    assert found.reason


@pytest.mark.parametrize("field", ["id", "by", "device", "made_at", "body", "quest_version"])
def test_what_is_missing_is_named(field: str) -> None:
    move = good()
    del move[field]

    found = read_move(move)

    assert isinstance(found, Unreadable)
    assert found.pointer == f"/{field}"


def test_swapped_coordinates_are_asked_about() -> None:
    found = read_move(changed("/fixes/0", {**good()["fixes"][0], "lon": 63.2, "lat": 14.6}))

    assert found == Unreadable("swapped", "/fixes/0/lon", "is 63.2 meant as latitude?")


def test_a_name_that_stands_twice_is_named() -> None:
    text = json.dumps(good()).replace('"lat": 63.2', '"lat": 63.2, "lat": 63.3')

    found = read_move(decode_json(text))

    assert found == Unreadable("duplicate-key", "/fixes/0/lat", "this name stands twice; keep one")


@pytest.mark.parametrize("text", ["\ud800", "a\0b"])
def test_text_that_nothing_can_store_is_named(text: str) -> None:
    found = read_move(changed("/body", {"kind": "answer", "text": text}))

    assert isinstance(found, Unreadable)
    assert found.pointer == "/body/text"


def test_a_move_of_a_later_form_is_unknown_and_not_wrong() -> None:
    for version in (2, 0, "1", 1.0, True, None):
        found = read_move(changed("/v", version))

        assert isinstance(found, Unreadable)
        assert (found.code, found.pointer) == ("unknown-form", "/v")


def test_a_move_larger_than_sixteen_kilobytes_is_too_large() -> None:
    found = read_move(changed("/app", "x" * MOVE_MAX_BYTES))

    assert isinstance(found, Unreadable)
    assert found.code == "too-large"


@pytest.mark.parametrize("raw", [None, 1, "move", [], True])
def test_what_is_no_object_is_no_move(raw: Any) -> None:
    assert isinstance(read_move(raw), Unreadable)
    assert read_id(raw) is None


def test_the_same_move_spelled_otherwise_is_the_same_move() -> None:
    reordered = dict(reversed(good().items()))

    assert digest(reordered) == digest(good())
    assert digest(changed("/seq", 4)) != digest(good())


def test_an_id_is_found_in_a_move_that_cannot_be_read() -> None:
    assert read_id({"id": ID, "v": 99}) == ID
    assert read_id({"id": ID.upper().replace("0", "A")}) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=5), parts, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(good())), json_values)
def test_whatever_comes_is_a_move_or_a_reason(field: str, value: Any) -> None:
    found = read_move(changed(f"/{field}", value))

    if isinstance(found, Unreadable):
        assert CODES[found.code][0] is Outcome.UNREADABLE
        assert found.pointer == "" or found.pointer.startswith("/")
    else:
        assert read_move(changed(f"/{field}", value)) == found
