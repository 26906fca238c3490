"""Fills the schema `shown`: the only place that writes there."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from psycopg import Connection

from geo.positions import Position
from quests.languages import best
from quests.views import PublicQuest, PublicStage
from server.stores.database import Row
from server.stores.shown import Card

SORTED_IN = ("sv",)
# How PostgreSQL finds the stems of words. The search in `shown` asks in Swedish and English.
STEMS = {"sv": "swedish", "sv-simple": "swedish", "en": "english"}


def show(connection: Connection[Row], quest: PublicQuest, codes: Iterable[str], *, resting: bool) -> None:
    """In place of what was shown of it before. `codes`: all it has or has had."""
    hide(connection, quest.id)
    found = _municipalities_at(
        connection, [Position(stage.place.lon, stage.place.lat) for stage in quest.stages]
    )
    at = {"id": quest.id}
    connection.execute(
        "INSERT INTO shown.quests"
        " (id, code, version, kind, generic, resting, municipalities, sort_title, cards, stages, plan) VALUES"
        " (%(id)s, %(code)s, %(version)s, %(kind)s, %(generic)s, %(resting)s, %(municipalities)s, %(title)s,"
        " %(cards)s, %(stages)s, %(plan)s)",
        at
        | {
            "code": quest.code,
            "version": quest.version,
            "kind": quest.kind,
            "generic": quest.generic,
            "resting": resting,
            "municipalities": list(found),
            "title": quest.texts[best(quest.texts, SORTED_IN)].title,
            "cards": _json(_cards(quest, found, resting=resting)),
            "stages": _json([_stage(quest, index) for index in range(len(quest.stages))]),
            "plan": _json(quest.plan),
        },
    )
    connection.cursor().executemany(
        "INSERT INTO shown.codes (code, quest_id) VALUES (%(code)s, %(id)s)",
        [at | {"code": code} for code in codes],
    )
    connection.cursor().executemany(
        "INSERT INTO shown.stages (quest_id, key, point, entrance, feature) VALUES (%(id)s, %(key)s,"
        " ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography, %(entrance)s, %(feature)s)",
        [
            at
            | {
                "key": stage.key,
                "lon": stage.place.lon,
                "lat": stage.place.lat,
                "entrance": stage.entrance and not resting,
                "feature": _feature(stage),
            }
            for stage in quest.stages
        ],
    )
    connection.cursor().executemany(
        "INSERT INTO shown.quest_texts (quest_id, language, words) VALUES (%(id)s, %(language)s,"
        " setweight(to_tsvector('simple', %(title)s), 'A')"
        " || setweight(to_tsvector(%(stems)s::regconfig, %(title)s), 'A')"
        " || setweight(to_tsvector('simple', %(rest)s), 'B')"
        " || setweight(to_tsvector(%(stems)s::regconfig, %(rest)s), 'B'))",
        [
            at
            | {
                "language": language,
                "stems": STEMS.get(language, "simple"),
                "title": texts.title,
                "rest": "\n".join(
                    [texts.summary, *(stage.titles.get(language, "") for stage in quest.stages)]
                ),
            }
            for language, texts in quest.texts.items()
        ],
    )


def is_stale(connection: Connection[Row]) -> bool:
    """Whether something is shown in the form of an older release."""
    row = connection.execute("SELECT EXISTS (SELECT FROM shown.quests WHERE plan IS NULL)").fetchone()
    return row is not None and row[0]


def hide(connection: Connection[Row], quest_id: str) -> None:
    connection.execute("DELETE FROM shown.quests WHERE id = %(id)s", {"id": quest_id})


def borders_from(connection: Connection[Row]) -> str | None:
    """SHA-256 of the file that the municipalities were read from; None when there are none."""
    row = connection.execute("SELECT min(source_sha256) FROM shown.municipalities").fetchone()
    return None if row is None else row[0]


def replace_municipalities(
    connection: Connection[Row], features: Sequence[Mapping[str, Any]], source_sha256: str
) -> None:
    """`features` of a GeoJSON file, with the properties code and name, in WGS 84."""
    connection.execute("DELETE FROM shown.municipalities")
    connection.cursor().executemany(
        "INSERT INTO shown.municipalities (code, name, border, source_sha256) VALUES"
        " (%(code)s, %(name)s, ST_SetSRID(ST_Multi(ST_GeomFromGeoJSON(%(border)s)), 4326), %(source)s)",
        [
            {
                "code": feature["properties"]["code"],
                "name": feature["properties"]["name"],
                "border": _json(feature["geometry"]),
                "source": source_sha256,
            }
            for feature in features
        ],
    )


def _municipalities_at(connection: Connection[Row], points: Sequence[Position]) -> tuple[str, ...]:
    rows = connection.execute(
        "SELECT DISTINCT m.code FROM unnest(%(lons)s::float8[], %(lats)s::float8[]) AS p (lon, lat)"
        " JOIN shown.municipalities m ON ST_Intersects(m.border, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326))"
        " ORDER BY m.code",
        {"lons": [float(point.lon) for point in points], "lats": [float(point.lat) for point in points]},
    )
    return tuple(row[0] for row in rows)


def _cards(quest: PublicQuest, municipalities: tuple[str, ...], *, resting: bool) -> dict[str, str]:
    """Per language, the inside of the card's JSON object: lists put it between what they add to it."""
    return {
        language: _json(_card(quest, language, municipalities, resting=resting))[1:-1]
        for language in quest.texts
    }


def _card(quest: PublicQuest, language: str, municipalities: tuple[str, ...], *, resting: bool) -> Card:
    texts = quest.texts[language]
    return Card(
        id=quest.id,
        code=quest.code,
        version=quest.version,
        kind=quest.kind,
        order=quest.order,
        feedback=quest.feedback,
        association=quest.association,
        minutes=quest.minutes,
        length_m=quest.length_m,
        languages=quest.languages,
        stages=quest.stages_in_all,
        company=quest.company,
        setting=quest.setting,
        generic=quest.generic,
        resting=resting,
        municipalities=municipalities,
        title=texts.title,
        summary=texts.summary,
        language=language,
        checked_by=texts.checked_by,
    )


def _feature(stage: PublicStage) -> str:
    """The beginning of a GeoJSON feature, up to what depends on who asks."""
    geometry = {"type": "Point", "coordinates": (stage.place.lon, stage.place.lat)}
    return f'{{"type":"Feature","geometry":{_json(geometry)},"properties":{{"where":"there","stage":{_json(stage.key)},'


def _stage(quest: PublicQuest, index: int) -> dict[str, object]:
    stage = quest.stages[index]
    return {
        "key": stage.key,
        "lon": stage.place.lon,
        "lat": stage.place.lat,
        "known_to_m": stage.place.known_to_m,
        "entrance": stage.entrance,
        "titles": stage.titles,
        "takes": stage.takes,
        "to_survey": stage.to_survey,
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
