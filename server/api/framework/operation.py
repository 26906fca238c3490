"""What the decorators of a route gather of it, until it is registered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

Location = Literal["path", "query", "header", "json"]


@dataclass(frozen=True, slots=True)
class Read:
    form: type[msgspec.Struct]
    location: Location
    most_bytes: int
    items: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TakesBytes:
    """A body of bytes."""

    media_type: str
    most_bytes: int
    refused: str


@dataclass(frozen=True, slots=True)
class Says:
    form: Any
    media_type: str
    description: str
    headers: Mapping[str, str]


@dataclass(slots=True)
class Operation:
    """What the decorators of one view say of it."""

    reads: list[Read] = field(default_factory=list)
    answers: dict[int, Says] = field(default_factory=dict)
    says_no: list[str] = field(default_factory=list)
    piece: TakesBytes | None = None


def operation_of(view: Callable[..., Any]) -> Operation:
    found: Operation | None = getattr(view, "operation", None)
    if found is None:
        found = view.operation = Operation()  # type: ignore[attr-defined]
    return found
