"""What there is to play near somebody, and whether it is open: the list that a phone shows beside its map."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from geo.positions import Position, bearing_deg
from quests.closures import not_offered
from quests.model import Company
from quests.openness import Opening, offer
from quests.region import SWEDEN
from quests.today import Candidate, draw
from server.stores import closures, offers
from server.stores.database import Database
from server.stores.shown import Card


@dataclass(frozen=True, slots=True)
class Listed:
    """One quest. `distance_m`, `bearing_deg` and `entrance` are None where it begins wherever one is. [m, °]"""

    card: Card
    opening: Opening
    distance_m: float | None
    bearing_deg: float | None
    entrance: Position | None


def near(
    database: Database,
    here: Position,
    at: datetime,
    languages: Sequence[str],
    *,
    radius_m: float,
    placed_most: int,
    anywhere_most: int,
    company: Company | None = None,
) -> tuple[Listed, ...]:
    """Those with a place, the nearest first, closed ones among them; then those for anywhere that are open.

    The latter in the order of the day, as /today draws them. Cost: as `offers.near`, and one look at the sun for each.
    """
    found = offers.near(database, here, radius_m)
    closed = not_offered(closures.standing(database, at))
    placed = sorted(
        (one for one in found if one.distance_m is not None), key=lambda one: (one.distance_m or 0, one.id)
    )[:placed_most]
    drawn = draw(
        [Candidate(one.id, one.code, one.plan) for one in found if one.distance_m is None],
        at,
        here,
        company=company,
        closed=closed,
        most=anywhere_most,
        minutes_most=None,
    )
    by_id = {one.id: one for one in found}
    chosen = [*placed, *(by_id[one.candidate.id] for one in drawn)]
    cards = offers.cards(database, [one.id for one in chosen], languages)
    return tuple(
        Listed(
            card=cards[one.id],
            opening=_local(offer(one.plan, at, here, closed).opening),
            distance_m=one.distance_m,
            bearing_deg=None if one.entrance is None else bearing_deg(here, one.entrance),
            entrance=one.entrance,
        )
        for one in chosen
        if one.id in cards
    )


def _local(opening: Opening) -> Opening:
    until = None if opening.until is None else opening.until.astimezone(SWEDEN)
    return Opening(opening.open, opening.why, until)
