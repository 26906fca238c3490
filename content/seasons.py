"""Seasons in which ground is closed every year, out of `seed_data/seasons`."""

import tomllib
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, get_args

import msgspec

from quests.closures import Kind, day_begins
from quests.model import MonthDay

StaysOpen = Literal["winter-trails", "ski-areas", "roads"]
STAYS_OPEN: tuple[StaysOpen, ...] = get_args(StaysOpen)


class Season(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"starts": "from", "ends": "to"},
):
    """Swedish days, both closed. `ahead`: so many seasons are announced. `stays_open_m`: to each side. [m]

    `above_tree_line_m`: stages there are closed in it by default, so far around them; null: none is. [m]
    """

    kind: Kind
    starts: MonthDay
    ends: MonthDay
    ahead: Annotated[int, msgspec.Meta(ge=1, le=5)]
    above_tree_line_m: Annotated[float, msgspec.Meta(ge=20, le=1000)] | None = None
    stays_open_m: dict[StaysOpen, Annotated[float, msgspec.Meta(gt=0, le=1000)]]

    def of(self, year: int) -> tuple[datetime, datetime]:
        """The first moment in that year's season, and the first after it. In UTC."""
        last = date.fromisoformat(f"{year}-{self.ends}")
        return day_begins(date.fromisoformat(f"{year}-{self.starts}")), day_begins(last + timedelta(days=1))

    def coming(self, now: datetime) -> tuple[int, ...]:
        """The years whose seasons are to be announced: the one that it is in, or the next, and on."""
        first = now.year if now < self.of(now.year)[1] else now.year + 1
        return tuple(range(first, first + self.ahead))


def read_season(data: bytes) -> Season:
    """Raises ValueError for what is none, also where a kind of what stays open is left out."""
    season = msgspec.convert(tomllib.loads(data.decode()), Season)
    if set(season.stays_open_m) != set(STAYS_OPEN) or season.starts >= season.ends:
        raise ValueError(f"a season begins before it ends, and says of each of {STAYS_OPEN} how wide it is")
    return season
