"""What the OpenAPI document says of a route: made of its forms, its answers and its row in the policy."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from server.api.framework.operation import Operation, Says
from server.api.framework.replies import JSON
from server.api.schemas import Schemas
from server.policy import Cell, Door, Row
from server.problems import MEDIA_TYPE, PROBLEMS, ProblemBody

# What any route may say, by what it does.
_ALWAYS = ("invalid-query", "too-many-requests")
_OF_LOCATION = {
    "path": ("invalid-path",),
    "query": (),
    "header": ("invalid-header",),
    "json": ("not-json", "invalid-body", "too-large", "unsupported-media-type", "unsupported-encoding"),
}
_OF_DOOR: Mapping[Door, tuple[list[dict[str, list[str]]], tuple[str, ...]]] = {
    Door.OPEN: ([], ()),
    Door.DEVICE: ([{"device": []}], ("unknown-token", "database-gone")),
    Door.ASKED: ([{}, {"device": []}], ("unknown-token", "database-gone")),
    Door.PERSON: ([{"session": []}], ("signed-out", "cross-site", "database-gone")),
    Door.VISITOR: ([{}, {"session": []}], ("database-gone",)),
    Door.PERSON_AND_DEVICE: (
        [{"session": [], "device": []}],
        ("signed-out", "cross-site", "unknown-token", "database-gone"),
    ),
    Door.OPERATOR: ([{}, {"operator": []}], ("not-found",)),
}
_HEADERS_OF_STATUS = {
    401: {"WWW-Authenticate": "How to show who you are."},
    429: {"Retry-After": "When to try again. [s]"},
    503: {"Retry-After": "When to try again. [s]"},
    507: {"Retry-After": "When to try again. [s]"},
}


def described(operation: Operation, row: Row, name: str, method: str, schemas: Schemas) -> dict[str, Any]:
    """An operation of the OpenAPI document. `name`: of the view, which is the operation's."""
    security, of_door = _OF_DOOR[row.door]
    codes = [*_ALWAYS, *operation.says_no, *_who_may_not(row), *_codes_of_reading(operation), *of_door]
    parts = {
        "requestBody": _body(operation, schemas),
        "parameters": _parameters(operation),
        "security": security,
    }
    answers = {
        str(status): _answer(says, schemas, method) for status, says in sorted(operation.answers.items())
    }
    responses = answers | _problems(codes, schemas)
    return {part: said for part, said in parts.items() if said} | {
        "responses": responses,
        "operationId": name,
    }


def _codes_of_reading(operation: Operation) -> Iterable[str]:
    for read in operation.reads:
        yield from _OF_LOCATION[read.location]
    if operation.piece is not None:
        yield from (operation.piece.refused, "unsupported-encoding", "too-large")


def _body(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    """Empty where a route takes none."""
    content = {}
    for read in operation.reads:
        if read.location == "json":
            content = {JSON: {"schema": schemas.of(read.form)}}
            for field, item in read.items.items():
                schemas.should_be(read.form, field, item)
    if operation.piece is not None:
        schema = {"type": "string", "format": "binary", "maxLength": operation.piece.most_bytes}
        content = {operation.piece.media_type: {"schema": schema}}
    return {"required": True, "content": content} if content else {}


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    """Of query and headers; those in the path are said where the route is registered."""
    parameters = [
        {"in": read.location, "name": field.encode_name, "required": field.required, **parameter(field)}
        for read in operation.reads
        if read.location in {"query", "header"}
        for field in msgspec.structs.fields(read.form)
    ]
    if any(one["name"] == "lang" for one in parameters):
        parameters.append(
            {
                "in": "header",
                "name": "Accept-Language",
                "required": False,
                "description": "Languages of the answer, best first.",
                "schema": {"type": "string"},
            }
        )
    return parameters


def parameter(field: msgspec.structs.FieldInfo) -> dict[str, Any]:
    """Schema and description of one parameter."""
    one = msgspec.defstruct("One", [(field.name, field.type)])
    _, components = msgspec.json.schema_components([one], ref_template="{name}")
    schema = components["One"]["properties"][field.name]
    if "anyOf" in schema:
        # `| None` is how a parameter that may be missing is said in Python, not over the wire
        schema = {**schema, **next(part for part in schema["anyOf"] if part.get("type") != "null")}
        del schema["anyOf"]
    if not field.required and field.default is not msgspec.NODEFAULT and field.default is not None:
        schema["default"] = field.default
    description = schema.pop("description", "")
    return {"schema": schema, "description": description}


def _answer(says: Says, schemas: Schemas, method: str) -> dict[str, Any]:
    told: dict[str, Any] = {"description": says.description}
    if says.headers:
        told["headers"] = _headers(says.headers)
    if says.form is not None and method != "head":
        schema = {str: {"type": "string"}, bytes: {}}.get(says.form) if says.form in {str, bytes} else None
        schema = schemas.of(says.form) if schema is None else schema
        told["content"] = {says.media_type: {"schema": schema}}
    return told


def _who_may_not(row: Row) -> Iterable[str]:
    return ("being-erased",) if row.leaving_device is Cell.BEING_ERASED else ()


def _problems(codes: Iterable[str], schemas: Schemas) -> dict[str, Any]:
    """One response for each status, which lists the codes that it may carry."""
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(PROBLEMS[code].status, []).append(code)
    answers = {}
    for status, found in sorted(by_status.items()):
        told = "; ".join(f"`{code}`: {PROBLEMS[code].title}" for code in sorted(found))
        answers[str(status)] = {
            "description": f"{told}.",
            "content": {MEDIA_TYPE: {"schema": schemas.of(ProblemBody)}},
        }
        if status in _HEADERS_OF_STATUS:
            answers[str(status)]["headers"] = _headers(_HEADERS_OF_STATUS[status])
    return answers


def _headers(described: Mapping[str, str]) -> dict[str, Any]:
    return {name: {"description": told, "schema": {"type": "string"}} for name, told in described.items()}
