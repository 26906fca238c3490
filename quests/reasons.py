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
        told = next(
            (words for pattern, words in _patterns(form) if reason.endswith(f"regex {pattern!r}")), ""
        )
        reason = f"{WRONG_FORM}: {told}" if told else WRONG_FORM
    return reason, f"{pointer}/{missing[1]}" if missing else pointer


@lru_cache(maxsize=256)
def _patterns(form: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401  any type
    return tuple(patterns_in(form))


def patterns_in(form: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401  any type
    """(pattern, description) of each text within a form that has a pattern; without a description it is empty."""
    seen: set[type] = set()
    left = [(inspect.type_info(form), "")]
    while left:
        kind, words = left.pop(0)
        if isinstance(kind, inspect.StrType) and kind.pattern is not None:
            yield kind.pattern, words
        if isinstance(kind, inspect.StructType):
            if kind.cls not in seen:
                seen.add(kind.cls)
                left = [*((field.type, "") for field in kind.fields), *left]
        elif isinstance(kind, inspect.Metadata):
            left.insert(0, (kind.type, (kind.extra_json_schema or {}).get("description", words)))
        else:
            left = [*((inner, words) for inner in _inner(kind)), *left]


def _inner(kind: Any) -> tuple[inspect.Type, ...]:  # noqa: ANN401  a type of msgspec.inspect
    """What a union, a mapping, a pair or a list is made of."""
    match kind:
        case inspect.UnionType():
            return kind.types
        case inspect.DictType():
            return kind.key_type, kind.value_type
        case inspect.TupleType():
            return kind.item_types
        case _:
            item = getattr(kind, "item_type", None)
            return () if item is None else (item,)
