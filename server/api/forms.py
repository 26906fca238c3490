"""From what came over the wire to a form, or to a problem that names every field that does not fit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from flask import Request
from msgspec import inspect
from werkzeug.exceptions import ClientDisconnected

from quests.moves import Repeated, decode_json
from quests.reasons import reason_and_pointer
from server.problems import FieldProblem, Refusal

Form = TypeVar("Form", bound=msgspec.Struct)

BODY_MOST_BYTES = 10_000_000  # 500 moves of 16 kB, and room
DEPTH_MOST = 200  # no form of ours is deeper than ten
# The fullest move that can be read has some four hundred values. A list or object of Python's takes twenty times the
# bytes that it has in JSON, so that ten megabytes of brackets would keep a process busy for half a minute.
SIGNS_MOST = 500_000
PARAMETERS_MOST = 40
READ_BYTES = 65_536
ODD_TEXT = "holds a control character or half a character"
_ODD = re.compile("[\0-\x1f\x7f\ud800-\udfff]")  # our texts are ids, codes and words, each in one line
#: One sign of what may be typed in several lines. A field whose pattern is made of it may hold line breaks.
TEXT = r"[^\x00-\x09\x0b-\x1f\x7f]"


# What stands in an address is text. The reader would take 1.0 and 1e0 for whole numbers, and one thing would have many
# addresses.
_WHOLE = re.compile("0|-?[1-9][0-9]*")
NOT_WHOLE = "a whole number is written in digits alone"


def read_query(form: type[Form], request: Request) -> Form:
    """The query parameters, each named once and each known."""
    text = request.query_string
    if not text:
        return _convert(form, {}, "invalid-query", strict=False)
    try:
        pairs = parse_qsl(
            text.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=PARAMETERS_MOST
        )
    except ValueError:
        raise Refusal("invalid-query", FieldProblem("", "too-many", "too many parameters")) from None
    values = dict(pairs)
    if len(values) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Refusal("invalid-query", FieldProblem(_pointer(twice), "repeated", "given twice; give it once"))
    found = _convert(form, values, "invalid-query", strict=False)
    _refuse_unless_whole(form, values, "invalid-query")
    attributes = {field.encode_name: field.name for field in msgspec.structs.fields(form)}
    for name, value in pairs:
        if (
            name in attributes and value.lower() == "null" and getattr(found, attributes[name]) is None
        ):  # read as "nothing", which is said by leaving it out
            raise Refusal("invalid-query", FieldProblem(_pointer(name), "wrong", "leave it out instead"))
    return found


def read_path(form: type[Form], values: dict[str, Any]) -> Form:
    found = _convert(form, values, "invalid-path", strict=False)
    _refuse_unless_whole(form, values, "invalid-path")
    return found


def read_headers(form: type[Form], request: Request) -> Form:
    """Those headers that the form names; others are none of its business."""
    names = [field.encode_name for field in msgspec.structs.fields(form)]
    values = {name: request.headers[name] for name in names if name in request.headers}
    return _convert(form, values, "invalid-header", strict=False)


@dataclass(frozen=True, slots=True)
class Piece:
    """`whole`: False where the connection ended before the body did."""

    data: bytes
    whole: bool


def read_piece(request: Request, media_type: str, most_bytes: int, refused: str) -> Piece:
    """A body of bytes; `refused` is said of another type. Of one that breaks off, what came is worth keeping: where coverage is bad it is all there is."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refusal("unsupported-encoding")
    if request.mimetype != media_type:
        raise Refusal(refused)
    if (request.content_length or 0) > most_bytes:
        raise Refusal("too-large")
    parts: list[bytes] = []
    length = 0
    try:
        while part := request.stream.read(min(READ_BYTES, most_bytes + 1 - length)):
            parts.append(part)
            length += len(part)
            if length > most_bytes:
                raise Refusal("too-large")
    except (ClientDisconnected, OSError):
        return Piece(b"".join(parts), whole=False)
    return Piece(b"".join(parts), whole=True)


def read_body(form: type[Form], request: Request, most_bytes: int) -> Form:
    """A JSON body. What lies in fields of type `Any` is handed on as it came, repeated names and all."""
    value = _json(request, most_bytes)
    if isinstance(value, Repeated):
        repeated = FieldProblem(_pointer(value.names[0]), "repeated", "this name stands twice; keep one")
        raise Refusal("invalid-body", repeated)
    if not isinstance(value, dict):
        raise Refusal("invalid-body", FieldProblem("", "wrong", "the body is a JSON object"))
    return _convert(form, value, "invalid-body", strict=True)


def _json(request: Request, most_bytes: int) -> Any:  # noqa: ANN401  any JSON value
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refusal("unsupported-encoding")
    if request.mimetype != "application/json":
        raise Refusal("unsupported-media-type")
    request.max_content_length = most_bytes
    data = request.get_data(cache=False)
    if request.content_length is None and len(data) >= most_bytes:
        raise Refusal("too-large")  # a body of unknown length is cut off there without a word
    if sum(map(data.count, (b",", b"[", b"{"))) > SIGNS_MOST:
        raise Refusal("too-large")
    try:
        value = decode_json(data)
    except (ValueError, RecursionError):
        raise Refusal("not-json") from None
    if too_deep(value):
        raise Refusal("not-json")
    return value


def too_deep(value: object, most: int = DEPTH_MOST) -> bool:
    """Whether a decoded JSON value is nested deeper than `most`. Whoever walks it later may then recurse."""
    level = [value]
    for _ in range(most):
        level = [part for parts in level for part in _inner(parts)]
        if not level:
            return False
    return True


def _inner(value: object) -> list[object]:
    if isinstance(value, dict):
        return [part for part in value.values() if isinstance(part, dict | list)]
    if isinstance(value, list):
        return [part for part in value if isinstance(part, dict | list)]
    return []


def _convert(form: type[Form], values: dict[str, Any], code: str, *, strict: bool) -> Form:
    try:
        found = msgspec.convert(values, form, strict=strict)
    except (msgspec.ValidationError, UnicodeEncodeError):
        raise Refusal(code, *_wrong(form, values, strict=strict)) from None
    if odd := _odd(form, values):
        raise Refusal(code, odd)
    return found


def _wrong(form: type[msgspec.Struct], values: dict[str, Any], *, strict: bool) -> Iterator[FieldProblem]:
    """Everything that is wrong, field by field: the reader itself stops at the first."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(form)}
    for name in values:
        if name not in fields:
            known = ", ".join(fields) or "none"
            yield FieldProblem(_pointer(name), "unknown", f"unknown; known here: {known}")
    for name, field in fields.items():
        if name in values:
            try:
                msgspec.convert(values[name], field.type, strict=strict)
            except msgspec.ValidationError as error:
                reason, inner = reason_and_pointer(error, field.type)
                yield FieldProblem(_pointer(name) + inner, "wrong", reason)
            except UnicodeEncodeError:
                yield FieldProblem(_pointer(name), "wrong", ODD_TEXT)
        elif field.required:
            yield FieldProblem(_pointer(name), "missing", "needed, and not there")


def _odd(form: type[msgspec.Struct], values: dict[str, Any]) -> FieldProblem | None:
    """The first text that UTF-8 or a database cannot hold, or name that stands twice, in what was read."""
    for name in _read_fields(form):
        value = values.get(name)
        if name in _in_lines(form) and isinstance(value, str):
            value = value.replace("\n", "")
        if value is not None and (found := _odd_value(value, _pointer(name))):
            return found
    return None


@lru_cache(maxsize=256)
def _in_lines(form: type[msgspec.Struct]) -> frozenset[str]:
    """The fields of a form that may hold several lines."""
    return frozenset(
        field.encode_name
        for field in msgspec.structs.fields(form)
        if TEXT in _pattern(msgspec.inspect.type_info(field.type))
    )


def _pattern(kind: msgspec.inspect.Type) -> str:
    if isinstance(kind, msgspec.inspect.Metadata):
        return _pattern(kind.type)
    return kind.pattern or "" if isinstance(kind, msgspec.inspect.StrType) else ""


@lru_cache(maxsize=256)
def _read_fields(form: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields of a form that hold what was read, and not what is handed on as it came."""
    fields = msgspec.structs.fields(form)
    handed_on = {list[Any]}
    return tuple(
        field.encode_name
        for field in fields
        if handed_on.isdisjoint({field.type, getattr(field.type, "__origin__", None)})
    )


def _odd_value(value: object, pointer: str) -> FieldProblem | None:
    if isinstance(value, str):
        return FieldProblem(pointer, "wrong", ODD_TEXT) if _ODD.search(value) else None
    if isinstance(value, Repeated):
        return FieldProblem(
            pointer + _pointer(value.names[0]), "repeated", "this name stands twice; keep one"
        )
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inner:
        if found := _odd_value(part, pointer + _pointer(str(name))):
            return found
    return None


def _refuse_unless_whole(form: type[msgspec.Struct], values: dict[str, Any], code: str) -> None:
    """Raises Refusal where a whole number is written as none."""
    wrong = [
        name for name in _whole_fields(form) if name in values and not _WHOLE.fullmatch(str(values[name]))
    ]
    if wrong:
        raise Refusal(code, *(FieldProblem(_pointer(name), "wrong", NOT_WHOLE) for name in wrong))


@lru_cache(maxsize=256)
def _whole_fields(form: type[msgspec.Struct]) -> tuple[str, ...]:
    described = inspect.type_info(form)
    assert isinstance(described, inspect.StructType)  # noqa: S101  forms are structs
    return tuple(field.encode_name for field in described.fields if _is_whole(field.type))


def _is_whole(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.UnionType):
        return any(map(_is_whole, kind.types))
    return isinstance(kind, inspect.IntType) or (isinstance(kind, inspect.Metadata) and _is_whole(kind.type))


def _pointer(name: str) -> str:
    """One step of a JSON pointer; what UTF-8 cannot hold is shown as a question mark, and a long name is cut."""
    shown = name.encode("utf-8", "replace").decode()[:80]
    return "/" + shown.replace("~", "~0").replace("/", "~1")
