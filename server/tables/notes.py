"""What is said of every column, and the words in which it is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from geoalchemy2 import Geometry
from sqlalchemy import Column, DateTime, MetaData
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.types import UserDefinedType

Erasing = Literal["removed", "id taken out", "kept"]


@dataclass(frozen=True, slots=True)
class Note:
    """`kept`: how long, and what ends it. `exported`: whether a player's own export holds it.

    `erased`: what erasing a player does with it; `kept` where it says nothing about a person.
    """

    what: str
    why: str
    kept: str
    exported: bool
    erased: Erasing

    @property
    def comment(self) -> str:
        exported = "in the player's export" if self.exported else "not in the player's export"
        return f"{self.what} Why: {self.why} Kept: {self.kept}; {exported}; when a player is erased: {self.erased}."


class Xid8(UserDefinedType[int]):
    """A transaction's number, which never comes round again."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:  # noqa: ANN401  SQLAlchemy's signature
        return "xid8"


metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

FOR_EVER = "for ever: it says nothing about a person"
WITH_PLAYER = "until the player is erased"
WITH_ACCOUNT = "until the account is erased"
WITH_STORY = "until the account is erased, or its maker takes the story away for good"
WITH_STORY_SHOWN = "until the story rests, is withdrawn, hidden or taken away, or its maker is erased"
WITH_BODY = "as long as the body: what was decided in its name is answered for"
WITH_JOURNEY = "until the journey's owner is erased"
WITH_QUEST = "as long as the quest: a journey keeps its version"
WITH_SHOWN = "until the quest is published anew or withdrawn"
DAYS_90 = "90 days after hearing"
WITH_MEDIA = "until the quest is withdrawn: journeys of older versions show them too"
YEAR = "one year"
UNTIL_LOADED = "until its source is loaded anew: it says nothing about a person"
TWO_DAYS = "two days, or " + WITH_PLAYER
HALF_YEAR = "six months after it was removed"
TWO_YEARS = "two years after the decision"
DAY = "one day"
LOOKED = "one day, or until the account is erased"
PROPOSED = "until the account is erased, or 90 days after it was answered, or one year"
#: After how many days what is kept so is gone by itself; whatever else is a player's goes when the player is erased.
KEPT_DAYS: Mapping[str, int] = {
    DAYS_90: 90,
    YEAR: 365,
    HALF_YEAR: 183,
    TWO_YEARS: 730,
    TWO_DAYS: 2,
    DAY: 1,
    LOOKED: 1,
}

Moment = DateTime(timezone=True)
Uuid = UUID(as_uuid=False)


def column(
    name: str,
    kind: Any,  # noqa: ANN401  a SQLAlchemy type, as an instance or a class
    *constraints: Any,  # noqa: ANN401
    what: str,
    why: str,
    kept: str,
    exported: bool = False,
    erased: Erasing = "kept",
    **more: Any,  # noqa: ANN401
) -> Column[Any]:
    note = Note(what, why, kept, exported, erased)
    more = {"nullable": False} | more
    return Column(name, kind, *constraints, info={"note": note}, comment=note.comment, **more)


def mercator(kind: str, kept: str) -> Column[Any]:
    return column(
        "mercator",
        Geometry(kind, srid=3857, spatial_index=False),
        nullable=True,
        what="The same in the tiles' projection; null where it is beyond their edge, near a pole.",
        why="a tile of a map is made of many, while somebody waits.",
        kept=kept,
    )
