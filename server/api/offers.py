"""What there is to play near somebody, and whether it is open."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from flask import Response

from geo.positions import Position
from quests.model import Company, Lat, Lon
from quests.openness import Why
from server.api.framework import Asked, Blueprint, LanguageParameters, reply
from server.api.quests import refuse_swapped
from server.stores.shown import Card
from server.use_cases import offers

blueprint = Blueprint("offers", description="What there is to play near somebody, and whether it is open.")


class OffersParameters(LanguageParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lon: Lon
    lat: Lat
    radius_m: Annotated[float, msgspec.Meta(ge=1, le=50_000, description="How far away at most. [m]")] = (
        25_000
    )
    limit: Annotated[
        int, msgspec.Meta(ge=1, le=50, description="How many at most, of those with a place.")
    ] = 25
    anywhere: Annotated[
        int, msgspec.Meta(ge=0, le=100, description="How many at most, of those for wherever one is.")
    ] = 15
    company: Annotated[Company | None, msgspec.Meta(description="Who comes along.")] = msgspec.field(
        name="with", default=None
    )


class ListedQuest(msgspec.Struct, frozen=True, kw_only=True):
    """A quest, where it begins, and whether it is open."""

    quest: Annotated[Card, msgspec.Meta(description="What a list says of it.")]
    open: Annotated[bool, msgspec.Meta(description="It can be begun now.")]
    why: Annotated[tuple[Why, ...], msgspec.Meta(description="What keeps it from being open.")] = ()
    until: Annotated[
        datetime | None,
        msgspec.Meta(description="When that changes; null where nobody knows, or not within days."),
    ] = None
    lon: Annotated[float | None, msgspec.Meta(description="Where it begins; null wherever one is. [°]")] = (
        None
    )
    lat: Annotated[float | None, msgspec.Meta(description="Where it begins; null wherever one is. [°]")] = (
        None
    )
    distance_m: Annotated[int | None, msgspec.Meta(description="Along the ellipsoid. [m]")] = None
    bearing_deg: Annotated[int | None, msgspec.Meta(description="Clockwise from true north. [°]")] = None


class OffersList(msgspec.Struct, frozen=True, kw_only=True):
    """What there is near somebody."""

    at: Annotated[datetime, msgspec.Meta(description="The moment for which it is told.")]
    quests: Annotated[
        tuple[ListedQuest, ...],
        msgspec.Meta(
            description="With a place, the nearest first; then those for wherever one is, open ones alone."
        ),
    ]


@blueprint.route("/offers")
@blueprint.arguments(OffersParameters, location="query")
@blueprint.response(200, OffersList)
@blueprint.says_no("swapped", "database-gone")
def near(asked: Asked, query: OffersParameters) -> Response:
    """What there is to play near a position, with what is open now and what opens when.

    Send three decimals: a phone sorts exactly by itself. What is closed now is listed too, and says why.
    """
    refuse_swapped(query.lon, query.lat, "/lon")
    at = datetime.now(UTC)
    found = offers.near(
        asked.edge.database,
        Position(query.lon, query.lat),
        at,
        asked.languages,
        radius_m=query.radius_m,
        placed_most=query.limit,
        anywhere_most=query.anywhere,
        company=query.company,
    )
    answer = OffersList(at=at.replace(microsecond=0), quests=tuple(_listed(one) for one in found))
    response = reply(answer)
    response.headers["Vary"] = "Accept-Language"
    return response


def _listed(one: offers.Listed) -> ListedQuest:
    entrance = one.entrance
    return ListedQuest(
        quest=one.card,
        open=one.opening.open,
        why=one.opening.why,
        until=one.opening.until,
        lon=None if entrance is None else round(entrance.lon, 6),
        lat=None if entrance is None else round(entrance.lat, 6),
        distance_m=None if one.distance_m is None else round(one.distance_m),
        bearing_deg=None if one.bearing_deg is None else round(one.bearing_deg) % 360,
    )
