"""One small thing near somebody today."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from flask import Response

from geo.positions import Position
from geo.sun import Light
from quests.codes import CODE_PATTERN
from quests.model import Company, Lat, Lon
from quests.today import Reasons, TimeOfYear
from server.api.framework import END, Asked, Blueprint, LanguageParameters, reply
from server.api.quests import refuse_swapped
from server.stores.shown import Card
from server.use_cases import today

blueprint = Blueprint("today", description="One small thing near somebody today.")

_CODE = CODE_PATTERN.removeprefix("^").removesuffix("$")


class TodayParameters(LanguageParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lon: Lon
    lat: Lat
    company: Annotated[Company | None, msgspec.Meta(description="Who comes along.")] = msgspec.field(
        name="with", default=None
    )
    not_these: (
        Annotated[
            str,
            msgspec.Meta(
                pattern=rf"^({_CODE}(,{_CODE}){{0,29}})?{END}",
                description="Not today: codes of what was offered already, at most 30, with commas between;"
                " empty is none.",
            ),
        ]
        | None
    ) = msgspec.field(name="not", default=None)
    first: Annotated[
        bool,
        msgspec.Meta(description="Nobody has played on this phone: something that a tap or two finish."),
    ] = False


class TodayAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One small thing, and why just this one."""

    quest: Annotated[Card, msgspec.Meta(description="What a list says of it.")]
    because: Annotated[str, msgspec.Meta(description="One sentence, in the language asked for.")]
    season: Annotated[TimeOfYear, msgspec.Meta(description="By the month.")]
    light: Annotated[Light, msgspec.Meta(description="Whether there is daylight now.")]
    new: Annotated[bool, msgspec.Meta(description="The asking player has not begun it before.")]
    lon: Annotated[float | None, msgspec.Meta(description="Where it begins; null right here. [°]")] = None
    lat: Annotated[float | None, msgspec.Meta(description="Where it begins; null right here. [°]")] = None
    distance_m: Annotated[int | None, msgspec.Meta(description="Along the ellipsoid. [m]")] = None
    minutes: Annotated[int | None, msgspec.Meta(description="There on foot, with a child. [min]")] = None


@blueprint.route("/today")
@blueprint.arguments(TodayParameters, location="query")
@blueprint.response(200, TodayAnswer, headers={"Content-Language": "The language of its texts."})
@blueprint.says_no("swapped", "nothing-today", "database-gone")
def small_thing_today(asked: Asked, query: TodayParameters) -> Response:
    """One small thing near me today.

    Drawn by the day: neighbours who go together are offered the same. With a token, what the player has begun
    before comes last. "Not today" is the same question with its code in `not`.
    """
    refuse_swapped(query.lon, query.lat, "/lon")
    found = today.one_small_thing(
        asked.edge.database,
        asked.player,
        Position(query.lon, query.lat),
        datetime.now(UTC),
        asked.languages,
        company=query.company,
        not_these=(query.not_these or "").split(","),
        first=query.first,
    )
    entrance = found.entrance
    answer = TodayAnswer(
        quest=found.card,
        because=_because(asked, found.reasons),
        season=found.reasons.season,
        light=found.reasons.light,
        new=found.reasons.new,
        lon=None if entrance is None else round(entrance.lon, 6),
        lat=None if entrance is None else round(entrance.lat, 6),
        distance_m=None if found.distance_m is None else round(found.distance_m),
        minutes=found.reasons.minutes,
    )
    response = reply(answer, language=found.card.language)
    response.headers["Vary"] = "Accept-Language, Authorization"
    return response


def _because(asked: Asked, reasons: Reasons) -> str:
    when, _ = asked.edge.sentence(
        f"today.when.{reasons.season.value}.{reasons.light.value}", {}, asked.languages
    )
    where = "here" if reasons.minutes is None else "near"
    known = "new" if reasons.new else "again"
    facts = {"when": when, "minutes": reasons.minutes or 0}
    return asked.edge.sentence(f"today.{where}.{known}", facts, asked.languages)[0]
