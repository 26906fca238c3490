"""What a reader of forms says of a value that does not fit, in words and with where it stands."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import inspect

#: Before the description of what would fit.
WRONG_FORM = "not written as it should be"


def reason_and_pointer(error: msgspec.ValidationError, form: Any) -> tuple[str, str]:  # noqa: ANN401  any type
    """What the error says, and the JSON pointer of where. `form`: the type that the value was to be read as.

    A pattern means nothing to people: in its place stands what the form says of the value.
    """
    reason, _, path = str(error).partition(" - at `")
    path = path.removesuffix("`").removeprefix("key` in `").removeprefix("$")
    pointer = re.sub(r"\[(\d+)\]", r"/\1", path).replace("[...]", "").replace(".", "/")
    missing = re.search(r"(?:required field|unknown field) `([^`]+)`", reason)
    if " matching regex " in reason:
        told = next((words for pattern, words in _patterns(form) if reason.endswith(f"regex {pattern!r}")), "")
        reason = f"{WRONG_FORM}: {told}" if told else WRONG_FORM
    return reason, f"{pointer}/{missing[1]}" if missing else pointer


@lru_cache(maxsize=256)
def _patterns(form: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401  any type
    return tuple(patterns_in(form))


def patterns_in(form: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401  any type
    """(pattern, description) of each text within a form that has a pattern; without a description it is empty."""
    seen: set[type] = set()

    def walk(kind: Any, words: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401  msgspec.inspect's
        if isinstance(kind, inspect.Metadata):
            yield from walk(kind.type, (kind.extra_json_schema or {}).get("description", words))
        elif isinstance(kind, inspect.StrType):
            if kind.pattern is not None:
                yield kind.pattern, words
        elif isinstance(kind, inspect.StructType):
            if kind.cls not in seen:
                seen.add(kind.cls)
                for field in kind.fields:
                    yield from walk(field.type, "")
        elif isinstance(kind, inspect.UnionType):
            for one in kind.types:
                yield from walk(one, words)
        elif isinstance(kind, inspect.DictType):
            yield from walk(kind.key_type, "")
            yield from walk(kind.value_type, words)
        elif isinstance(kind, inspect.TupleType):
            for one in kind.item_types:
                yield from walk(one, words)
        elif (inner := getattr(kind, "item_type", None)) is not None:  # lists, sets, tuples of any length
            yield from walk(inner, words)

    yield from walk(inspect.type_info(form), "")
