"""TOML with its lines: the meaning is the standard reader's, the lines are right, and all mistakes are told."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.packs.toml_lines import Path, TomlDocument, read_toml
from content.packs.toml_writing import write_toml

EVERYTHING = '''\
# A comment = not a key
title = "A \\" # quote"   # and a comment
"a key" = 'C:\\path'
point.lon = 14.6
date = 2026-01-01 10:00:00
long = """
one = 1
[two]
"""
raw = \'\'\'x = """ \'\'\'

[table] # header
list = [ 1, # one
  2,
  { deep = [3, "]"] },
]

[[stages]]
key = "a"
[[stages.tasks]]
key = "b"
[[stages.tasks]]
key = "c"
[stages.place]
shape = "circle"

[[stages]]
key = "d"
'''


def test_every_value_is_found_in_its_line() -> None:
    document = read_toml(EVERYTHING)

    assert document.table == tomllib.loads(EVERYTHING)
    expected: dict[Path, int] = {
        ("title",): 2,
        ("a key",): 3,
        ("point", "lon"): 4,
        ("long",): 6,
        ("raw",): 10,
        ("table",): 12,
        ("table", "list", 1): 14,
        ("table", "list", 2, "deep", 1): 15,
        ("stages", 0): 18,
        ("stages", 0, "tasks", 1, "key"): 23,
        ("stages", 0, "place", "shape"): 25,
        ("stages", 1, "key"): 28,
    }
    assert {path: document.line(path) for path in expected} == expected


def test_what_is_not_written_is_where_it_would_stand() -> None:
    assert read_toml(EVERYTHING).line(("stages", 0, "tasks", 1, "kind")) == 22


def test_names_that_stand_twice_are_all_told_and_the_first_counts() -> None:
    document = read_toml("a = 1\na = 2\n[b]\nc = 1\nc = [\n 2]\nd = 4\n[e]\nf = 1\n[b]\nc = 3\n[g]\nh = 1\n")

    assert document.table == {"a": 1, "b": {"c": 1, "d": 4}, "e": {"f": 1}, "g": {"h": 1}}
    assert document.twice == ((("a",), 2), (("b", "c"), 5), (("b",), 10))
    assert document.line(("b", "d")) == 7


def test_every_line_that_is_no_toml_is_told() -> None:
    document = read_toml('a = hej\nb = "ok"\nc "nej"\nd = "open\ne = 5\n')

    assert document.table is None
    assert [line for line, _ in document.errors] == [1, 3, 4]


@pytest.mark.parametrize(
    "text",
    [
        "a = [" * 5_000,
        "a = " + "[" * 5_000 + "]" * 5_000,
        "a = " + "{a=" * 5_000 + "1" + "}" * 5_000,
        "a" + ".a" * 50_000 + " = 1",
        'a = """' + '"' * 50_000,
        "a = " + "9" * 50_000,
        "\\" * 50_000,
        "[a]\n" * 300,
        "\0",
        "a = 1e400",
        'a = "\\ud800"',
        '"\x1b" = 1',
        '"\\ud800" = 1',
        '["\x9b"."\x07"]',
    ],
    ids=range(14),
)
@pytest.mark.timeout(10)
def test_hostile_text_is_read_or_refused_in_time(text: str) -> None:
    document = read_toml(text)

    assert document.table is not None or document.errors


NAMES = st.from_regex(r"\A[a-z0-9_-]{1,4}\Z") | st.text(
    st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [
        '"',
        '""',
        '"""',
        '\\"""',
        'a\n"""',
        "a\n\\",
        "\n",
        "a\nb",
        '\n"',
        'a\n""""""b\n\'\'\'',
        "\x7f\n",
        "å\n\t#=[",
    ]
)
SCALARS = (
    st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
TABLES = st.dictionaries(NAMES | st.sampled_from(["opens", "place"]), VALUES, max_size=5)


@given(TABLES)
def test_what_is_written_is_read_again(table: dict[str, Any]) -> None:
    assert tomllib.loads(write_toml(table)) == table


@given(TABLES)
def test_every_value_has_a_line_that_names_it(table: dict[str, Any]) -> None:
    text = write_toml(table)
    lines = text.split("\n")

    document = read_toml(text)

    assert document.table == table
    assert document.twice == ()
    for path in _paths(table):
        assert path in document.lines
        if isinstance(path[-1], str) and re.fullmatch(r"[a-z0-9_-]+", path[-1]):
            assert path[-1] in lines[document.lines[path] - 1]


@given(st.text(max_size=60) | st.lists(st.sampled_from("a.=[]{}\"'#\\\n, 1"), max_size=40).map("".join))
def test_any_text_is_read_as_the_standard_reader_reads_it(text: str) -> None:
    document = read_toml(text)

    try:
        meant = tomllib.loads(text)
    except ValueError:
        assert document.errors or document.twice
    else:
        assert document.table == meant
        assert not document.twice


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _paths(part, (*path, name))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _paths(part, (*path, index))


def test_a_document_that_is_none_has_a_first_line() -> None:
    assert TomlDocument(None).line(("a", 1)) == 1
