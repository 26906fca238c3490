"""Reading a form with all its mistakes at once, and as much of its value as can be read.

msgspec stops at the first thing that does not fit. Here the same declarations are walked piece by
piece: what does not fit is said and left out, with the nearest thing around it that can be left out, so
that the rest can still be checked. Where nothing is said, msgspec reads the very same value.
"""

import difflib
import math
import re
import unicodedata
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Generic, TypeVar, cast, get_args

import msgspec
from msgspec import inspect

from content.findings import Detail, Step
from quests.codes import CODE_PATTERN, PRINTED_CODE_PATTERN
from quests.conditions import OptionKey, StageKey, TaskKey
from quests.decks import PromptKey
from quests.model import ClockTime, Language, MonthDay, Municipality, VariantKey

Form = TypeVar("Form")


@dataclass(frozen=True, slots=True)
class Misfit:
    """What does not fit, where, and what would."""

    code: str
    path: tuple[Step, ...]
    details: Mapping[str, Detail] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read(Generic[Form]):
    """`value` is None when nothing could be kept; it is the whole form when there are no misfits."""

    value: Form | None
    misfits: tuple[Misfit, ...]


class _Left:
    """In place of a value that had to be left out."""


LEFT: Final = _Left()
UUID_PATTERN: Final = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
CONDITION_TAG = "is"
NOT_POSITIVE = frozenset({"not", "first", "at_most", "for_all", "none", "before", "exactly"})


def read_form(
    raw: object,
    form: type[Form],
    *,
    made_later: frozenset[tuple[str, str]] = frozenset(),
    stand_ins: Mapping[str, object] = {},
) -> Read[Form]:
    """A form out of decoded TOML.

    `made_later`: (struct, field) that nobody writes by hand. `stand_ins`: values of the form's own fields
    that take the place of what was left out, so that a missing id does not hide every other mistake.
    """
    reader = _Reader(made_later)
    cleaned = reader.read(raw, _type(cast("Hashable", form)), ())
    if cleaned is LEFT and isinstance(raw, dict) and stand_ins:
        patched = {**raw, **{name: stand_ins[name] for name in reader.lost & set(stand_ins)}}
        cleaned = _Reader(made_later).read(patched, _type(cast("Hashable", form)), ())
    try:
        value = None if cleaned is LEFT else msgspec.convert(cleaned, form)
    except msgspec.ValidationError as error:
        return Read(
            None,
            (
                *reader.misfits,
                Misfit("value-kind", (), {"found": shortened(str(error)), "expected": "value"}),
            ),
        )
    return Read(value, tuple(reader.misfits))


@cache
def _type(form: Hashable) -> inspect.Type:
    """What msgspec says of a form, asked once: asking costs as much as reading a small file."""
    return inspect.type_info(form)


class _Reader:
    def __init__(self, made_later: frozenset[tuple[str, str]]) -> None:
        self.made_later = made_later
        self.misfits: list[Misfit] = []
        self.lost: set[str] = set()  # fields of the form itself that are missing or could not be kept

    def read(self, raw: object, kind: inspect.Type, path: tuple[Step, ...]) -> object:
        """The value cleaned of what does not fit, or LEFT."""
        match kind:
            case inspect.Metadata():
                return self.read(raw, kind.type, path)
            case inspect.StructType():
                return self._struct(raw, kind, path)
            case inspect.UnionType():
                return self._union(raw, kind, path)
            case inspect.VarTupleType():
                return self._list(raw, kind, path)
            case inspect.TupleType():
                return self._pair(raw, kind, path)
            case inspect.DictType():
                return self._names(raw, kind, path)
            case _:
                return self._leaf(raw, kind, path)

    def _misfit(self, code: str, path: tuple[Step, ...], **details: Detail) -> _Left:
        self.misfits.append(Misfit(code, path, details))
        return LEFT

    def _struct(self, raw: object, kind: inspect.StructType, path: tuple[Step, ...]) -> object:
        if not isinstance(raw, dict):
            return self._misfit("value-kind", path, expected="table", found=as_written(raw))
        fields = {field.encode_name: field for field in kind.fields}
        later = {name for struct, name in self.made_later if struct == kind.cls.__name__}
        cleaned: dict[str, object] = {}
        for name, value in raw.items():
            if name == kind.tag_field:
                cleaned[name] = value
            elif name in later:
                self._misfit("key-made-at-publishing", (*path, name), key=name)
            elif name not in fields:
                self._unknown(name, [*fields, kind.tag_field or ""], later, path)
            elif (read := self.read(value, fields[name].type, (*path, name))) is not LEFT:
                cleaned[name] = read
        for name, known in fields.items():
            if known.required and name not in raw and name not in later:
                self._misfit("key-missing", (*path, name), key=name)
        lost = {
            name
            for name, known in fields.items()
            if known.required and name not in cleaned and name not in later
        }
        if not path:
            self.lost = lost
        return LEFT if lost else cleaned

    def _unknown(self, name: str, known: list[str], later: set[str], path: tuple[Step, ...]) -> None:
        names = sorted(name for name in known if name and name not in later)
        close = difflib.get_close_matches(name, names, n=1)
        self._misfit("key-unknown", (*path, name), key=shortened(name), known=", ".join(close or names))

    def _union(self, raw: object, kind: inspect.UnionType, path: tuple[Step, ...]) -> object:
        structs = [part for part in kind.types if isinstance(part, inspect.StructType)]
        others = [part for part in kind.types if not isinstance(part, inspect.StructType | inspect.NoneType)]
        if not structs:
            return self.read(raw, others[0], path)
        if len(structs) == 1 and structs[0].tag_field is None:
            return self.read(raw, structs[0], path)
        if not isinstance(raw, dict):
            return self._misfit("value-kind", path, expected="table", found=as_written(raw))
        tag_field = structs[0].tag_field or ""
        tags = ", ".join(sorted(str(part.tag) for part in structs))
        if tag_field not in raw:
            return self._misfit("key-missing", (*path, tag_field), key=tag_field)
        for part in structs:
            if part.tag == raw[tag_field]:
                return self.read(raw, part, path)
        if tag_field == CONDITION_TAG and said(raw[tag_field]) in NOT_POSITIVE:
            return self._misfit(
                "condition-not-positive", (*path, tag_field), found=said(raw[tag_field]), listed=tags
            )
        return self._misfit("value-not-listed", (*path, tag_field), found=said(raw[tag_field]), listed=tags)

    def _list(self, raw: object, kind: inspect.VarTupleType, path: tuple[Step, ...]) -> object:
        if not isinstance(raw, list):
            return self._misfit("value-kind", path, expected="list", found=as_written(raw))
        least, most = kind.min_length or 0, kind.max_length
        if len(raw) < least:
            self._misfit("value-few", path, found=len(raw), least=least)
        if most is not None and len(raw) > most:
            self._misfit("value-many", path, found=len(raw), most=most)
        read = [self.read(item, kind.item_type, (*path, index)) for index, item in enumerate(raw[:most])]
        kept = [item for item in read if item is not LEFT]
        return LEFT if len(kept) < least else kept

    def _pair(self, raw: object, kind: inspect.TupleType, path: tuple[Step, ...]) -> object:
        if not isinstance(raw, list) or len(raw) != len(kind.item_types):
            return self._misfit("value-kind", path, expected="pair", found=as_written(raw))
        read = [
            self.read(item, part, (*path, index))
            for index, (item, part) in enumerate(zip(raw, kind.item_types, strict=True))
        ]
        return LEFT if LEFT in read else read

    def _names(self, raw: object, kind: inspect.DictType, path: tuple[Step, ...]) -> object:
        if not isinstance(raw, dict):
            return self._misfit("value-kind", path, expected="table", found=as_written(raw))
        read = {}
        for name, value in raw.items():
            key = self._leaf(name, kind.key_type, (*path, name))
            inner = self.read(value, kind.value_type, (*path, name))
            if key is not LEFT and inner is not LEFT:
                read[name] = inner
        return read

    def _leaf(self, raw: object, kind: inspect.Type, path: tuple[Step, ...]) -> object:
        while isinstance(kind, inspect.Metadata):
            kind = kind.type
        expected = LEAVES.get(type(kind), "value")
        match kind, raw:
            case inspect.LiteralType(), str() | int() if not isinstance(raw, bool):
                if raw not in kind.values:
                    listed = ", ".join(map(str, kind.values))
                    return self._misfit("value-not-listed", path, found=said(raw), listed=listed)
            case inspect.StrType(), str():
                return self._text(raw, kind, path)
            case inspect.BoolType(), bool():
                return raw
            case inspect.IntType(), int() if not isinstance(raw, bool):
                return self._number(raw, kind, path)
            case inspect.FloatType(), int() | float() if not isinstance(raw, bool):
                return self._number(raw, kind, path)
            case _:
                return self._misfit("value-kind", path, expected=expected, found=as_written(raw))
        return raw

    def _text(self, raw: str, kind: inspect.StrType, path: tuple[Step, ...]) -> object:
        if odd := next((sign for sign in raw if _unprintable(sign)), None):
            return self._misfit("value-unprintable", path, found=f"U+{ord(odd):04X}")
        if kind.min_length is not None and len(raw) < kind.min_length:
            return self._misfit("value-empty", path)
        if kind.max_length is not None and len(raw) > kind.max_length:
            return self._misfit("value-long", path, found=len(raw), most=kind.max_length)
        if kind.pattern is not None and not re.fullmatch(kind.pattern, raw):
            expected = PATTERNS.get(kind.pattern, "pattern")
            return self._misfit("value-pattern", path, found=said(raw), expected=expected)
        return raw

    def _number(
        self, raw: float, kind: inspect.IntType | inspect.FloatType, path: tuple[Step, ...]
    ) -> object:
        if not math.isfinite(raw):
            return self._misfit("value-kind", path, expected="number", found=as_written(raw))
        if abs(raw) > 2**53:
            return self._misfit("value-large", path, found=said(raw), most=2**53)
        if (kind.ge is not None and raw < kind.ge) or (kind.gt is not None and raw <= kind.gt):
            return self._misfit(
                "value-small", path, found=raw, least=_plain(kind.ge if kind.ge is not None else kind.gt)
            )
        if (kind.le is not None and raw > kind.le) or (kind.lt is not None and raw >= kind.lt):
            return self._misfit(
                "value-large", path, found=raw, most=_plain(kind.le if kind.le is not None else kind.lt)
            )
        return raw


LEAVES: Mapping[type[inspect.Type], str] = {
    inspect.StrType: "text",
    inspect.BoolType: "yes-no",
    inspect.IntType: "whole-number",
    inspect.FloatType: "number",
    inspect.LiteralType: "text",
}


def _pattern(annotated: object) -> str:
    meta: msgspec.Meta = get_args(annotated)[1]
    return meta.pattern or ""


#: The name of each pattern, under which languages say in words what fits it.
PATTERNS: Mapping[str, str] = {
    CODE_PATTERN: "pattern-quest-code",
    PRINTED_CODE_PATTERN: "pattern-printed-code",
    UUID_PATTERN: "pattern-uuid",
    _pattern(ClockTime): "pattern-clock",
    _pattern(Language): "pattern-language",
    _pattern(MonthDay): "pattern-month-day",
    _pattern(Municipality): "pattern-municipality",
    _pattern(OptionKey): "pattern-option",
    _pattern(PromptKey): "pattern-key",
    _pattern(StageKey): "pattern-key",
    _pattern(TaskKey): "pattern-key",
    _pattern(VariantKey): "pattern-variant",
}


def _unprintable(sign: str) -> bool:
    """What no page can show and a database may refuse, and the two signs that turn all after them around."""
    return (unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\t") or sign in "\u202d\u202e"


def _plain(number: float | None) -> float:
    """A bound without a needless ".0"."""
    if number is None:
        return 0
    return int(number) if float(number).is_integer() else number


def said(raw: object) -> str:
    """A value as an author would know it again."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, dict | list):
        return "{…}" if isinstance(raw, dict) else "[…]"
    try:
        return shortened(str(raw))
    except ValueError:  # a whole number with more digits than Python prints
        return "…"


def as_written(raw: object) -> str:
    """As `said`, with the quotation marks that make a text of it."""
    return f'"{said(raw)}"' if isinstance(raw, str) else said(raw)


def shortened(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
