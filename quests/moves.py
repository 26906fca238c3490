"""One thing a player did, as the phone sends it, and how it is read.

`read_move` turns one decoded JSON value into a `Move`, or says what is wrong with it and where. A form
`v` once released is read for ever: a new form is a new reader in `READERS`, and never a change to this one.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar, Union

import msgspec

from geo.positions import Position
from quests.reasons import reason_and_pointer
from quests.region import looks_swapped
from quests.tasks import TASK_KINDS, Body

MOVE_MAX_BYTES = 16_000
FIXES_MOST = 5
WHOLE_MOST_DIGITS = 400  # longer ones are beyond any float, and take quadratic time to read and to write
MEDIA_MOST = 10
PLAYERS_MOST = 30

Uuid = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        max_length=36,  # in Python `$` also matches before a line break at the end
        description="UUID made on the phone (v4), lower case.",
    ),
]
Sha256 = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9a-f]{64}$", max_length=64, description="SHA-256 in hex: 64 digits, lower case."
    ),
]
Moment = Annotated[
    datetime, msgspec.Meta(tz=True, description="RFC 3339 with zone; kept to the millisecond in UTC.")
]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class Fix(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One position from the phone. `accuracy_m` is taken as the 68 % radius."""

    lon: Annotated[float, msgspec.Meta(ge=-180, le=180, description="Longitude, WGS 84. [°]")]
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90, description="Latitude, WGS 84. [°]")]
    accuracy_m: Annotated[float, msgspec.Meta(ge=0, le=10_000_000, description="68 % radius. [m]")]
    at: Moment
    altitude_m: Annotated[float, msgspec.Meta(ge=-1_000, le=20_000, description="[m]")] | None = None
    heading_deg: (
        Annotated[float, msgspec.Meta(ge=0, le=360, description="Clockwise from north. [°]")] | None
    ) = None
    speed_mps: Annotated[float, msgspec.Meta(ge=0, le=1_000, description="[m/s]")] | None = None

    @property
    def position(self) -> Position:
        return Position(self.lon, self.lat)


class MediaReference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A picture or sound that belongs to the move; its bytes may arrive later, or never."""

    id: Uuid
    sha256: Sha256
    bytes: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]
    type: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^(image|audio)/[a-z0-9.+-]{1,60}$(?!\n)",
            description="Media type of a picture or a sound, as image/jpeg.",
        ),
    ]


#: Why a stage cannot be done.
Blocked = Literal["cannot-reach", "not-safe", "closed", "gone"]


class BlockedBody(Body, frozen=True, tag="blocked", kw_only=True):
    """The stage cannot be done: it is passed, what follows opens, and its steward is told."""

    reason: Blocked
    note: Annotated[str, msgspec.Meta(max_length=500, description="For the steward alone.")] = ""


class HandInBody(Body, frozen=True, tag="hand-in", kw_only=True):
    """A tipspromenad's row, as on the paper slip: the option per stage, and the tie-break number."""

    row: Annotated[dict[Key, Annotated[str, msgspec.Meta(max_length=20)]], msgspec.Meta(max_length=200)]
    tie_break: Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)] | None = None


BODY_KINDS: tuple[type[Body], ...] = (*(kind.Body for kind in TASK_KINDS), BlockedBody, HandInBody)
AnyBody: Any = Union[BODY_KINDS]  # noqa: UP007  made from the list of kinds
#: What can be said of any place, outside of any quest.
FREE_BODY_KINDS: tuple[type[Body], ...] = tuple(kind.Body for kind in TASK_KINDS if kind.ANYWHERE)
FreeBody: Any = Union[FREE_BODY_KINDS]  # noqa: UP007  made from the list of kinds


class Made(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every move says: who made it, when and where."""

    v: Literal[1] = 1
    id: Uuid
    by: Annotated[tuple[Uuid, ...], msgspec.Meta(min_length=1, max_length=PLAYERS_MOST)]
    device: Uuid
    seq: Annotated[int, msgspec.Meta(ge=0, le=2**53, description="For diagnosis only.")] = 0
    made_at: Moment
    elapsed_ms: Annotated[int, msgspec.Meta(ge=0, le=2**53, description="Phone's steady clock. [ms]")] = 0
    fixes: Annotated[tuple[Fix, ...], msgspec.Meta(max_length=FIXES_MOST)] = ()
    media: Annotated[tuple[MediaReference, ...], msgspec.Meta(max_length=MEDIA_MOST)] = ()
    replaces: (
        Annotated[
            Uuid,
            msgspec.Meta(
                description="The move whose text this one's stands for; of several the last by made_at and id is shown."
            ),
        ]
        | None
    ) = None
    app: Annotated[str, msgspec.Meta(max_length=80, description="For diagnosis only.")] = ""


class Move(Made, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one or more players did, at one stage of one quest version."""

    stage: Key | None = None
    variant: Key | None = None
    task: Key | None = None
    body: AnyBody
    quest_version: Annotated[
        Sha256,
        msgspec.Meta(description="The version that its player had: SHA-256 in hex, 64 digits, lower case."),
    ]
    closures_revision: Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None = None


class FreeMove(Made, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one or more players said of wherever they were: one tap, anywhere, outside of any quest."""

    body: FreeBody


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A move that could not be read. `pointer` is a JSON pointer into the move; `reason` is for developers."""

    code: str
    pointer: str
    reason: str


class Repeated(dict[str, Any]):
    """A decoded JSON object in which a name stood twice; `names` says which."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        seen: set[str] = set()
        self.names = [name for name, _ in pairs if name in seen or seen.add(name)]  # type: ignore[func-returns-value]


def decode_json(text: str | bytes) -> Any:  # noqa: ANN401  any JSON value
    """JSON with what strictness would hide: repeated names are kept as `Repeated`, NaN as a float.

    A whole number of hundreds of digits is kept as infinity. So that one broken move among five hundred is
    that move's outcome and not the whole batch's. Raises ValueError for what is not JSON, and RecursionError
    for what is nested too deep.
    """
    return json.loads(text, object_pairs_hook=_pairs, parse_int=_whole)


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) < WHOLE_MOST_DIGITS else float(digits)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Repeated(pairs)


def canonical_json(value: object) -> bytes:
    """One spelling for equal values: sorted names, no spaces, ASCII. Two moves with other bytes differ here."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def digest(value: object) -> bytes:
    """SHA-256 of the canonical spelling: what tells a repetition from an id used twice."""
    return hashlib.sha256(canonical_json(value)).digest()


def read_id(raw: object) -> str | None:
    """The move's id, if it has a proper one, even where nothing else of it can be read."""
    found = raw.get("id") if isinstance(raw, dict) else None
    return found if isinstance(found, str) and _is_uuid(found) else None


def read_move(raw: object) -> Move | Unreadable:
    """One move of a journey's batch, or what is wrong with it."""
    return _read(raw, READERS)


def read_free_move(raw: object) -> FreeMove | Unreadable:
    """One move outside of any journey, or what is wrong with it."""
    return _read(raw, FREE_READERS)


AnyMove = TypeVar("AnyMove", bound=Made)
Reader = Callable[[dict[str, Any]], AnyMove | Unreadable]


def _read(raw: object, readers: Mapping[int, Reader[AnyMove]]) -> AnyMove | Unreadable:
    if not isinstance(raw, dict):
        return Unreadable("unreadable", "", "a move is a JSON object")
    if len(canonical_json(raw)) > MOVE_MAX_BYTES:  # first: whatever is asked next looks at every value
        return Unreadable("too-large", "", f"a move has at most {MOVE_MAX_BYTES} bytes")
    if repeated := _repeated(raw):
        return Unreadable("duplicate-key", repeated, "this name stands twice; keep one")
    if odd := _odd_text(raw):
        return Unreadable("unreadable", odd, "the text holds a lone surrogate or a NUL; leave it out")
    version = raw.get("v")
    reader = readers.get(version) if type(version) is int else None
    if reader is None:
        return Unreadable("unknown-form", "/v", f"the forms known here: {', '.join(map(str, readers))}")
    return reader(raw)


def _converted(raw: dict[str, Any], form: type[AnyMove]) -> AnyMove | Unreadable:
    try:
        move = msgspec.convert(raw, form)
        made_at = to_millisecond(move.made_at)
        fixes = tuple(msgspec.structs.replace(fix, at=to_millisecond(fix.at)) for fix in move.fixes)
    except msgspec.ValidationError as error:
        reason, pointer = reason_and_pointer(error, form)
        return Unreadable("unreadable", pointer, reason)
    except OverflowError:
        return Unreadable(
            "unreadable", "/made_at", "the moment cannot be told in UTC; check the phone's clock"
        )
    for index, fix in enumerate(move.fixes):
        if looks_swapped(fix.lon, fix.lat):
            # To a tenth of a degree: what a move came to is kept for longer than its positions are.
            return Unreadable("swapped", f"/fixes/{index}/lon", f"is {fix.lon:.1f} meant as latitude?")
    return msgspec.structs.replace(move, made_at=made_at, fixes=fixes)


def _read_v1(raw: dict[str, Any]) -> Move | Unreadable:
    return _converted(raw, Move)


def _read_free_v1(raw: dict[str, Any]) -> FreeMove | Unreadable:
    return _converted(raw, FreeMove)


READERS: Mapping[int, Reader[Move]] = {1: _read_v1}
FREE_READERS: Mapping[int, Reader[FreeMove]] = {1: _read_free_v1}


def to_millisecond(moment: datetime) -> datetime:
    """The moment in UTC, cut to the millisecond. Raises OverflowError beyond years 1–9999."""
    in_utc = moment.astimezone(UTC)
    return in_utc.replace(microsecond=in_utc.microsecond // 1000 * 1000)


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


# Both walks are made for every move, and nearly always find nothing: the pointer is put together on the way back.
def _repeated(value: object) -> str | None:
    """The pointer of the first name that stands twice."""
    if isinstance(value, Repeated):
        return f"/{_escaped(value.names[0])}"
    for name, part in _parts(value):
        if isinstance(part, dict | list) and (found := _repeated(part)) is not None:
            return f"/{_escaped(str(name))}{found}"
    return None


def _odd_text(value: object) -> str | None:
    """The pointer of the first text that UTF-8 or a database cannot hold."""
    if isinstance(value, str):
        return "" if _odd(value) else None
    if isinstance(value, dict) and any(map(_odd, value)):
        return ""
    for name, part in _parts(value):
        if isinstance(part, str | dict | list) and (found := _odd_text(part)) is not None:
            return f"/{_escaped(str(name))}{found}"
    return None


def _odd(text: str) -> bool:
    return "\0" in text or not (text.isascii() or _encodable(text))


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _parts(value: object) -> Iterable[tuple[str | int, object]]:
    if isinstance(value, dict):
        return value.items()
    if isinstance(value, list):
        return enumerate(value)
    return ()


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
