"""One small thing near somebody today."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from geo.positions import Position
from quests.closures import not_offered
from quests.model import Company
from quests.today import WALK_MOST_M, Candidate, Reasons, draw
from server.stores import closures, journeys, offers, places
from server.stores.database import Database
from server.stores.shown import Card
from server.use_cases.players import Caller
from server.use_cases.problem import Problem


@dataclass(frozen=True, slots=True)
class Today:
    """`distance_m` and `entrance`: None where it begins right here."""

    card: Card
    reasons: Reasons
    distance_m: float | None
    entrance: Position | None


def one_small_thing(
    database: Database,
    caller: Caller | None,
    here: Position,
    at: datetime,
    languages: Sequence[str],
    *,
    company: Company | None = None,
    not_these: Collection[str] = (),
    first: bool = False,
) -> Today:
    """The first of today's that is none of `not_these` (codes). `first`: for who has never played. Raises Problem: nothing-today."""
    begun = set() if caller is None else journeys.quests_begun(database, caller.player)
    found = {one.id: one for one in offers.near(database, here, WALK_MOST_M)}
    candidates = [
        Candidate(one.id, one.code, one.plan, one.distance_m, done=one.id in begun)
        for one in found.values()
        if one.code not in not_these
    ]
    closed = not_offered(closures.standing(database, at))
    village = places.middle_of_village(database, here)
    drawn = draw(candidates, at, here, around=village, company=company, closed=closed, first=first)
    if not drawn:
        raise Problem("nothing-today")
    chosen = found[drawn[0].candidate.id]
    card = offers.cards(database, [chosen.id], languages).get(chosen.id)
    if card is None:
        raise Problem("nothing-today")  # withdrawn at this very moment
    return Today(card, drawn[0].reasons, chosen.distance_m, chosen.entrance)
