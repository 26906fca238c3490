"""Fills the schema `shown`: the only place that writes there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import msgspec
from psycopg import Connection

from geo.names import search_forms
from geo.positions import Position
from quests.languages import best
from quests.views import PublicQuest, PublicStage
from server.stores.database import Row
from server.stores.shown import Card

#: Raised by whatever changes what is written here for the same quest: what stands in an older form is then made anew.
FORM = 2
SORTED_IN = ("sv",)
OPENSTREETMAP: LiteralString = "OpenStreetMap"
TITLE_ON_TILES_MOST = 60  # longer ones are cut: a label on a map is short, and tiles are small
# How PostgreSQL finds the stems of words. The search in `shown` asks in Swedish and English.
STEMS = {"sv": "swedish", "sv-simple": "swedish", "en": "english"}

_POINT: LiteralString = "ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)"
# Tiles end at 85.0511°, where the world is a square in their projection.
_MERCATOR: LiteralString = f"CASE WHEN abs(%(lat)s::float8) <= 85.05 THEN ST_Transform({_POINT}, 3857) END"
_STAGE: LiteralString = f"""
INSERT INTO shown.stages (quest_id, key, code, point, entrance, feature, start, mercator)
VALUES (%(id)s, %(key)s, %(code)s, {_POINT}::geography, %(entrance)s, %(feature)s, %(start)s, {_MERCATOR})
"""  # noqa: S608  put together from constants alone, as below
# Tiles end at 85.0511°. Whichever of two municipalities has the lower code counts on their border.
_PUT_PLACES: LiteralString = """
INSERT INTO shown.places (id, kind, name, names, municipality, population, known_to_m, source, point, mercator)
SELECT DISTINCT ON (r.id) r.id, r.kind, r.names ->> 'sv', r.names, coalesce(r.municipality, m.code), r.population,
    r.known_to_m, %(source)s, r.at::geography, CASE WHEN abs(r.lat) <= 85.05 THEN ST_Transform(r.at, 3857) END
FROM (SELECT *, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS at FROM read_places) AS r
LEFT JOIN shown.municipalities m ON r.municipality IS NULL AND ST_Intersects(m.border, r.at)
WHERE coalesce(r.municipality, m.code) IS NOT NULL
ORDER BY r.id, m.code
"""
_SAME_WITHIN_M: LiteralString = "5000"
_ONCE: LiteralString = f"""
DELETE FROM shown.places o
USING shown.places p
    JOIN shown.place_names a ON a.place_id = p.id AND a.whole
    JOIN shown.place_names b ON b.form = a.form AND b.whole
WHERE o.id = b.place_id AND o.source = '{OPENSTREETMAP}' AND p.source <> '{OPENSTREETMAP}'
    AND (o.kind = p.kind OR (p.kind = 'settlement' AND o.kind = 'hamlet'))
    AND ST_DWithin(p.point, o.point, {_SAME_WITHIN_M})
"""  # noqa: S608


def show(connection: Connection[Row], quest: PublicQuest, codes: Iterable[str], *, resting: bool) -> None:
    """In place of what was shown of it before. `codes`: all it has or has had."""
    hide(connection, quest.id)
    within = _municipalities_at(
        connection, [Position(stage.place.lon, stage.place.lat) for stage in quest.stages]
    )
    found = tuple(sorted({*within, *quest.municipalities}))
    at = {"id": quest.id}
    connection.execute(
        "INSERT INTO shown.quests"
        " (id, code, version, kind, generic, resting, municipalities, sort_title, cards, stages, plan, on_tiles,"
        " form)"
        " VALUES (%(id)s, %(code)s, %(version)s, %(kind)s, %(generic)s, %(resting)s, %(municipalities)s, %(title)s,"
        " %(cards)s, %(stages)s, %(plan)s, %(on_tiles)s, %(form)s)",
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
            "on_tiles": _json(_on_tiles(quest)),
            "form": FORM,
        },
    )
    connection.cursor().executemany(
        "INSERT INTO shown.codes (code, quest_id) VALUES (%(code)s, %(id)s)",
        [at | {"code": code} for code in codes],
    )
    connection.cursor().executemany(
        _STAGE,
        [
            at
            | {
                "key": stage.key,
                "code": quest.code,
                "lon": stage.place.lon,
                "lat": stage.place.lat,
                "entrance": stage.entrance and not resting,
                "feature": _feature(stage),
                "start": stage.entrance,
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


def show_media(connection: Connection[Row], quest_id: str, media: Mapping[str, tuple[str, bytes]]) -> None:
    """Beside those of its older versions, which journeys under way go on with. `media`: type and bytes by SHA-256."""
    connection.cursor().executemany(
        "INSERT INTO shown.media (quest_id, sha256, type, data) VALUES (%(id)s, %(sha256)s, %(type)s, %(data)s)"
        " ON CONFLICT DO NOTHING",
        [
            {"id": quest_id, "sha256": sha256, "type": kind, "data": data}
            for sha256, (kind, data) in media.items()
        ],
    )


def hide_media(connection: Connection[Row], quest_id: str) -> None:
    """Of every version."""
    connection.execute("DELETE FROM shown.media WHERE quest_id = %(id)s", {"id": quest_id})


def is_stale(connection: Connection[Row]) -> bool:
    """Whether something is shown in the form of another release, or lacks its media."""
    row = connection.execute(
        """
        SELECT EXISTS (SELECT FROM shown.quests WHERE form <> %(form)s) OR EXISTS (
            SELECT FROM shown.quests q JOIN game.quest_versions v ON v.quest_id = q.id AND v.version = q.version,
                jsonb_array_elements(coalesce(v.body->'media', '[]')) AS medium
            WHERE NOT EXISTS (
                SELECT FROM shown.media m WHERE m.quest_id = q.id AND m.sha256 = medium->>'sha256'))
        """,
        {"form": FORM},
    ).fetchone()
    return row is not None and row[0]


def hide(connection: Connection[Row], quest_id: str) -> None:
    connection.execute("DELETE FROM shown.quests WHERE id = %(id)s", {"id": quest_id})
    _raise_revision(connection, "quests", "stages")


def borders_from(connection: Connection[Row]) -> str | None:
    """SHA-256 of the file that the municipalities were read from; None when there are none."""
    row = connection.execute("SELECT min(source_sha256) FROM shown.municipalities").fetchone()
    return None if row is None else row[0]


def replace_municipalities(
    connection: Connection[Row], features: Sequence[Mapping[str, Any]], source_sha256: str
) -> None:
    """`features` of a GeoJSON file, with the properties code and name, in WGS 84."""
    _raise_revision(connection, "municipalities")
    connection.execute("DELETE FROM shown.municipalities")
    connection.cursor().executemany(
        "INSERT INTO shown.municipalities (code, name, border, source_sha256, mercator)"
        " SELECT %(code)s, %(name)s, border, %(source)s, ST_Transform(border, 3857)"
        " FROM (SELECT ST_SetSRID(ST_Multi(ST_GeomFromGeoJSON(%(border)s)), 4326) AS border) AS read",
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


def places_from(connection: Connection[Row]) -> str | None:
    """SHA-256 of what the release's places were read from; None when there are none."""
    row = connection.execute(
        "SELECT source_sha256 FROM shown.layers WHERE layer = 'places'"
        " AND EXISTS (SELECT FROM shown.places WHERE source <> %(map)s)",
        {"map": OPENSTREETMAP},
    ).fetchone()
    return None if row is None else row[0]


def say_places_from(connection: Connection[Row], source_sha256: str) -> None:
    connection.execute(
        "UPDATE shown.layers SET source_sha256 = %(sha256)s WHERE layer = 'places'", {"sha256": source_sha256}
    )


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """`names`: by language, with a Swedish one. `municipality`: None where the borders tell."""

    id: str
    kind: str
    names: Mapping[str, str]
    other_names: Sequence[str]
    population: int
    known_to_m: int
    position: Position
    municipality: str | None = None


def replace_places(connection: Connection[Row], places: Iterable[NamedPlace], source: str) -> int:
    """In place of what this source had; what others have stays. How many were put there.

    Those that lie in no municipality are left out, and OpenStreetMap's where another source has a place of the same kind
    and name within some kilometres: people would find it twice.
    """
    _raise_revision(connection, "places")
    connection.execute("DELETE FROM shown.places WHERE source = %(source)s", {"source": source})
    connection.execute(
        "CREATE TEMPORARY TABLE read_places (id text, kind text, names jsonb, municipality text, population int,"
        " known_to_m int, lon float8, lat float8) ON COMMIT DROP"
    )
    connection.execute(
        "CREATE TEMPORARY TABLE read_names (place_id text, form text, whole boolean) ON COMMIT DROP"
    )
    forms: list[tuple[str, dict[str, bool]]] = []
    with connection.cursor().copy("COPY read_places FROM STDIN") as copy:
        for one in places:
            copy.write_row(
                (
                    one.id,
                    one.kind,
                    _json(one.names),
                    one.municipality,
                    one.population,
                    one.known_to_m,
                    one.position.lon,
                    one.position.lat,
                )
            )
            forms.append((one.id, _forms([*one.names.values(), *one.other_names])))
    with connection.cursor().copy("COPY read_names FROM STDIN") as copy:
        for place_id, found in forms:
            for form, whole in found.items():
                copy.write_row((place_id, form, whole))
    connection.execute(_PUT_PLACES, {"source": source})
    connection.execute(
        "INSERT INTO shown.place_names (place_id, form, whole)"
        " SELECT n.* FROM read_names n JOIN shown.places p ON p.id = n.place_id WHERE p.source = %(source)s"
        " ON CONFLICT DO NOTHING",
        {"source": source},
    )
    connection.execute("DROP TABLE read_places, read_names")
    connection.execute(_ONCE)
    row = connection.execute(
        "SELECT count(*) FROM shown.places WHERE source = %(source)s", {"source": source}
    ).fetchone()
    return 0 if row is None else row[0]


def water_from(connection: Connection[Row]) -> str | None:
    """SHA-256 of what the lakes were read from; None when there are none."""
    row = connection.execute(
        "SELECT source_sha256 FROM shown.layers WHERE layer = 'water' AND EXISTS (SELECT FROM shown.water)"
    ).fetchone()
    return None if row is None else row[0]


def replace_water(
    connection: Connection[Row], features: Iterable[Mapping[str, Any]], source_sha256: str
) -> None:
    """`features`: polygons of a GeoJSON file, in WGS 84, with the properties name (or null) and area_km2."""
    _raise_revision(connection, "water")
    connection.execute(
        "UPDATE shown.layers SET source_sha256 = %(sha256)s WHERE layer = 'water'", {"sha256": source_sha256}
    )
    connection.execute("DELETE FROM shown.water")
    connection.cursor().executemany(
        "INSERT INTO shown.water (id, name, area_km2, mercator) VALUES (%(id)s, %(name)s, %(area_km2)s,"
        " ST_Transform(ST_SetSRID(ST_GeomFromGeoJSON(%(shore)s), 4326), 3857))",
        [{"id": one["id"], "shore": _json(one["geometry"])} | dict(one["properties"]) for one in features],
    )


def _forms(names: Iterable[str]) -> dict[str, bool]:
    """What a place is found by, and whether that is a whole name of it."""
    found: dict[str, bool] = {}
    for name in names:
        for number, form in enumerate(search_forms(name)):
            found[form] = found.get(form, False) or number == 0
    return found


def _raise_revision(connection: Connection[Row], *layers: str) -> None:
    """In the transaction that changes what these layers show, once for each: nobody sees the one without the other.

    A clock with a counter's guarantee: it grows also where the clock does not, and comes to no number again that was
    given out before an older dump was restored.
    """
    connection.execute(
        "UPDATE shown.layers"
        " SET revision = greatest(revision + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)"
        " WHERE layer = ANY(%(layers)s) AND xmin <> pg_current_xact_id()::xid",
        {"layers": list(layers)},
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


def _on_tiles(quest: PublicQuest) -> dict[str, str | int]:
    """Titles in all languages, so that one tile serves every reader, and a phone that is offline may change language."""
    titles: dict[str, str | int] = {
        f"title_{language}": texts.title[:TITLE_ON_TILES_MOST] for language, texts in quest.texts.items()
    }
    return titles if quest.minutes is None else {"minutes": quest.minutes, **titles}


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
        "rests": stage.rests,
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
