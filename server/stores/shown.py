"""What everybody may see, read with a role that can select nothing else; JSON made by PostgreSQL.

`languages` is what `quests.languages.chain` gave: the first one that a quest has is used, else its first in
alphabetical order.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, LiteralString

import msgspec

from geo.positions import Position
from server.stores.database import Database

# Nearest first is decided on the sphere, where the index can do it, and then told on the ellipsoid. Between these two
# times the spherical distance lies the ellipsoidal one: the least and the greatest radius of curvature of WGS 84
# (6335.4 and 6399.6 km) over the mean radius of 6371.0 km, rounded outwards.
ELLIPSOID_OVER_SPHERE_LEAST, ELLIPSOID_OVER_SPHERE_MOST = 0.9944, 1.0046
# A quest may have several entrances, and the order on the sphere is not quite the true one: so more entrances are
# looked at than quests asked for, and more again while that was not enough.
LOOKED_AT_BESIDE = 5
LOOKED_AT_FOR_EACH_LEAST, LOOKED_AT_FOR_EACH_MOST = 1.1, 8.0
LOOKED_AT_MORE_LEAST, LOOKED_AT_MORE_MOST = 1.5, 5.0
# Where so many entrances of so few quests lie together, the quests among the nearest so many must do: whoever asks
# there asks often, and must not keep a processor busy.
LOOKED_AT_MOST = 2_000


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What a list says of a quest, in one language."""

    id: Annotated[str, msgspec.Meta(description="UUID, permanent.")]
    code: Annotated[str, msgspec.Meta(description="What people type: JH and five letters or digits.")]
    version: Annotated[str, msgspec.Meta(description="SHA-256 of the pack; a journey keeps it.")]
    kind: Annotated[str, msgspec.Meta(description="challenge (one stop) or trail (several stages).")]
    order: Annotated[str, msgspec.Meta(description="ordered, or any order.")]
    feedback: Annotated[str, msgspec.Meta(description="at_once, or at_end: score when the row is handed in.")]
    association: Annotated[str, msgspec.Meta(description="Who made it and keeps it alive.")]
    minutes: Annotated[int | None, msgspec.Meta(description="How long it takes, about. [min]")]
    length_m: Annotated[int | None, msgspec.Meta(description="How far one walks, about. [m]")]
    languages: Annotated[tuple[str, ...], msgspec.Meta(description="BCP 47.")]
    stages: Annotated[int, msgspec.Meta(description="How many stages, hidden ones included.")]
    company: Annotated[
        tuple[str, ...], msgspec.Meta(description="With whom it is good: alone, two, child, group.")
    ] = ()
    setting: Annotated[
        tuple[str, ...],
        msgspec.Meta(
            description="Where it is played: home, door, street, village, indoors, bus, field, forest, shore, fell."
        ),
    ] = ()
    generic: Annotated[bool, msgspec.Meta(description="Begins wherever the player is.")]
    resting: Annotated[bool, msgspec.Meta(description="Not to be begun for the time being.")]
    municipalities: Annotated[tuple[str, ...], msgspec.Meta(description="SCB codes of where its stages are.")]
    title: str
    summary: str
    language: Annotated[str, msgspec.Meta(description="The language of title and summary.")]
    checked_by: Annotated[str, msgspec.Meta(description="Who checked these texts.")]


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; None is no matter. `bbox` is west, south, east, north. [°]"""

    bbox: tuple[float, float, float, float] | None = None
    kind: Literal["challenge", "trail"] | None = None
    municipality: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """`quests`: a JSON array of `Card`. `last`: title and id that the next page goes on after, None at the end."""

    quests: bytes
    last: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Described:
    """`body`: a JSON object, `Card` with `stages_shown`, the placed stages that are not hidden."""

    code: str
    version: str
    language: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Municipalities:
    """`body`: a GeoJSON FeatureCollection; `version` changes when it does."""

    version: str
    body: bytes


def nearby(
    database: Database, here: Position, radius_m: float, limit: int, languages: Sequence[str]
) -> bytes:
    """A GeoJSON FeatureCollection: the nearest quests within the radius, then those that begin anywhere.

    A feature's properties are those of `Card` and `where`, "there" or "here"; of a quest that is there also
    the nearest `stage` where it begins, `distance_m` along the ellipsoid and `bearing_deg` from true north.
    At most `limit` of each.
    """
    looked_at = _first_look.entrances(limit)
    while True:
        seen, found, exact, there, anywhere = database.shown.read(
            _NEARBY,
            {
                "lon": here.lon,
                "lat": here.lat,
                "radius": radius_m,
                "limit": limit,
                "looked_at": looked_at,
                "least": ELLIPSOID_OVER_SPHERE_LEAST,
                "most": ELLIPSOID_OVER_SPHERE_MOST,
            }
            | slots(languages),
        )[0]
        if seen == looked_at:
            _first_look.learn(enough=exact)
        if exact or looked_at >= LOOKED_AT_MOST:
            features = b",".join(part for part in (there, anywhere) if part)
            return b'{"type":"FeatureCollection","features":[' + features + b"]}"
        more = min(max(LOOKED_AT_MORE_LEAST, 1.3 * limit / max(1, found)), LOOKED_AT_MORE_MOST)
        looked_at = min(round(looked_at * more), LOOKED_AT_MOST)


class _FirstLook:
    """How many entrances to look at for each quest asked for, as of late: a guess of each process for itself.

    It depends on how many of the quests may be begun at several places. What is found does not depend on it: too
    little costs a second look, too much costs time. It grows when it was too little and shrinks slowly while it was
    enough, so that about one look in twenty is followed by another.
    """

    def __init__(self) -> None:
        self._for_each = LOOKED_AT_FOR_EACH_LEAST

    def entrances(self, limit: int) -> int:
        return round(self._for_each * limit) + LOOKED_AT_BESIDE

    def learn(self, *, enough: bool) -> None:
        for_each = self._for_each * (0.99 if enough else 1.2)
        self._for_each = min(max(for_each, LOOKED_AT_FOR_EACH_LEAST), LOOKED_AT_FOR_EACH_MOST)


_first_look = _FirstLook()


def search(
    database: Database,
    wanted: Search,
    languages: Sequence[str],
    after: tuple[str, str] | None,
    limit: int,
) -> Page:
    """Quests in the Swedish order of their titles, after the (title, id) that was the last one seen."""
    conditions: list[LiteralString] = ["true"]
    parameters: dict[str, Any] = {"limit": limit} | slots(languages)
    if wanted.bbox is not None:
        conditions.append(_IN_BBOX)
        parameters |= zip(("west", "south", "east", "north"), wanted.bbox, strict=True)
    if wanted.kind is not None:
        conditions.append("q.kind = %(kind)s")
        parameters["kind"] = wanted.kind
    if wanted.municipality is not None:
        conditions.append("q.municipalities @> ARRAY[%(municipality)s]")
        parameters["municipality"] = wanted.municipality
    if wanted.words is not None:
        conditions.append(_SAYS)
        parameters["words"] = wanted.words
    if after is not None:
        conditions.append("(q.sort_title, q.id) > (%(title)s, %(id)s::uuid)")
        parameters |= {"title": after[0], "id": after[1]}
    rows = database.shown.read(
        _SEARCH_BEFORE + " AND ".join(conditions) + _SEARCH_AFTER, parameters, prepare=False
    )
    body, more, title, quest_id = rows[0]
    return Page(body, (title, quest_id) if more else None)


def quest(database: Database, code: str, languages: Sequence[str]) -> Described | None:
    rows = database.shown.read(_QUEST, {"code": code, "languages": list(languages)})
    return Described(*rows[0]) if rows else None


def municipalities(database: Database) -> Municipalities:
    rows = database.shown.read(_MUNICIPALITIES)
    return Municipalities(*rows[0])


def quests_there(database: Database, ids: Iterable[str]) -> set[str]:
    """Those of the ids that can be played."""
    rows = database.shown.read(
        "SELECT id::text FROM shown.quests WHERE id = ANY(%(ids)s::uuid[]) AND NOT resting",
        {"ids": list(ids)},
    )
    return {row[0] for row in rows}


def to_survey(database: Database) -> list[tuple[str, str, float, str]]:
    """Stages whose place is not well known: quest's code, stage, how well it is known [m], its title."""
    rows = database.shown.read(
        "SELECT q.code, s ->> 'key', (s ->> 'known_to_m')::float8,"
        " coalesce(s -> 'titles' ->> 'sv', s -> 'titles' ->> 'en', '')"
        " FROM shown.quests q, jsonb_array_elements(q.stages) s"
        " WHERE coalesce((s ->> 'to_survey')::boolean, false) ORDER BY 3 DESC, 1, 2"
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def slots(languages: Sequence[str]) -> dict[str, str]:
    """The chain in as many places as the query has. Its end is what content has, and never left out."""
    if len(languages) > _LANGUAGES_MOST:
        languages = [*languages[: _LANGUAGES_MOST - 2], *languages[-2:]]
    filled = [*languages, *[""] * (_LANGUAGES_MOST - len(languages))]
    return {f"l{index}": language for index, language in enumerate(filled)}


def is_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


# The card in the first language of the chain that the quest has, as the inside of a JSON object. Written out,
# and not as a query within the query, because it is asked for every quest of every list.
CARD: LiteralString = """coalesce(
        q.cards ->> %(l0)s, q.cards ->> %(l1)s, q.cards ->> %(l2)s, q.cards ->> %(l3)s,
        q.cards ->> %(l4)s, q.cards ->> %(l5)s, q.cards ->> %(l6)s, q.cards ->> %(l7)s,
        (SELECT value FROM jsonb_each_text(q.cards) ORDER BY key LIMIT 1)
    )"""
_LANGUAGES_MOST = 8

# Made once: written out in each place it would be made anew for each entrance.
_HERE: LiteralString = "(SELECT point FROM here)"

# The box finds the part of the index, the index gives its entrances nearest first (on the sphere), and outside
# of the limit the true distance decides: of those entrances of a quest that may truly be its nearest, and then
# between quests. Without the box a point far away would walk through the whole index.
_NEARBY: LiteralString = f"""
WITH here AS MATERIALIZED (
    SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography AS point
),
looked_at AS MATERIALIZED (
    SELECT s.quest_id, s.point, s.feature, s.point <-> {_HERE} AS on_sphere_m
    FROM shown.stages s
    WHERE s.entrance AND s.point && _ST_Expand({_HERE}, %(radius)s)
    ORDER BY s.point <-> {_HERE}
    LIMIT %(looked_at)s
),
nearest AS MATERIALIZED (
    SELECT * FROM (
        SELECT DISTINCT ON (quest_id) quest_id, point, feature, ST_Distance(point, {_HERE}) AS distance_m
        FROM (SELECT *, min(on_sphere_m) OVER (PARTITION BY quest_id) AS nearest_m FROM looked_at) AS own
        WHERE on_sphere_m * %(least)s <= nearest_m * %(most)s
        ORDER BY quest_id, distance_m
    ) AS one_of_each
    WHERE distance_m <= %(radius)s
    ORDER BY distance_m, quest_id LIMIT %(limit)s
),
there AS (
    SELECT n.feature || '"distance_m":' || round(n.distance_m)
        || ',"bearing_deg":' || coalesce(round(degrees(ST_Azimuth({_HERE}, n.point)))::int %% 360, 0)
        || ',' || {CARD} || '}}}}' AS feature, n.distance_m, n.quest_id
    FROM nearest n JOIN shown.quests q ON q.id = n.quest_id
),
anywhere AS (
    SELECT '{{"type":"Feature","geometry":null,"properties":{{"where":"here",' || {CARD} || '}}}}' AS feature
    FROM (
        SELECT cards FROM shown.quests WHERE generic AND NOT resting ORDER BY sort_title, id LIMIT %(limit)s
    ) AS q
)
SELECT seen, found,
    seen < %(looked_at)s OR farthest_on_sphere_m * %(least)s
        >= CASE WHEN found = %(limit)s THEN farthest_m ELSE %(radius)s END,
    convert_to((SELECT string_agg(feature, ',' ORDER BY distance_m, quest_id) FROM there), 'UTF8'),
    convert_to((SELECT string_agg(feature, ',') FROM anywhere), 'UTF8')
FROM
    (SELECT count(*)::int AS seen, max(on_sphere_m) AS farthest_on_sphere_m FROM looked_at) AS all_seen,
    (SELECT count(*)::int AS found, max(distance_m) AS farthest_m FROM nearest) AS all_found
"""  # noqa: S608  put together from constants alone

_IN_BBOX: LiteralString = """EXISTS (
    SELECT FROM shown.stages s WHERE s.quest_id = q.id
        AND s.point::geometry && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326))"""

_SAYS: LiteralString = """q.id IN (
    SELECT quest_id FROM shown.quest_texts WHERE words @@ (
        websearch_to_tsquery('simple', %(words)s)
        || websearch_to_tsquery('swedish', %(words)s)
        || websearch_to_tsquery('english', %(words)s)))"""

_SEARCH_BEFORE: LiteralString = """
WITH page AS MATERIALIZED (
    SELECT q.id, q.sort_title, q.cards FROM shown.quests q WHERE """
_SEARCH_AFTER: LiteralString = f"""
    ORDER BY q.sort_title, q.id LIMIT %(limit)s + 1
),
numbered AS (SELECT *, row_number() OVER (ORDER BY sort_title, id) AS number FROM page)
SELECT
    convert_to('[' || coalesce(
        string_agg('{{' || {CARD} || '}}', ',' ORDER BY number) FILTER (WHERE number <= %(limit)s), ''
    ) || ']', 'UTF8'),
    count(*) > %(limit)s,
    max(sort_title) FILTER (WHERE number = %(limit)s),
    max(id::text) FILTER (WHERE number = %(limit)s)
FROM numbered q
"""  # noqa: S608  put together from constants alone

_QUEST: LiteralString = """
SELECT q.code, q.version, q.language,
    convert_to('{' || (q.cards ->> q.language) || ',"plan":' || coalesce(q.plan::text, 'null')
        || ',"stages_shown":' || (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'key', stage -> 'key', 'lon', stage -> 'lon', 'lat', stage -> 'lat', 'known_to_m', stage -> 'known_to_m',
            'entrance', stage -> 'entrance', 'title', stage -> 'titles' -> q.language,
            'takes', stage -> 'takes', 'to_survey', coalesce(stage -> 'to_survey', 'false'), 'rests', stage -> 'rests'
        ) ORDER BY number), '[]') FROM jsonb_array_elements(q.stages) WITH ORDINALITY AS one (stage, number)
    )::text || '}', 'UTF8')
FROM (
    SELECT q.code, q.version, q.stages, q.cards, q.plan, coalesce(
        (SELECT tag FROM unnest(%(languages)s::text[]) WITH ORDINALITY AS one (tag, place)
         WHERE q.cards ? tag ORDER BY place LIMIT 1),
        (SELECT min(tag) FROM jsonb_object_keys(q.cards) AS tag)
    ) AS language
    FROM shown.codes c JOIN shown.quests q ON q.id = c.quest_id WHERE c.code = %(code)s
) AS q
"""

_MUNICIPALITIES: LiteralString = """
SELECT
    coalesce(encode(sha256(string_agg(m.source_sha256 || m.quests, ',' ORDER BY m.code)::bytea), 'hex'), ''),
    convert_to('{"type":"FeatureCollection","features":[' || coalesce(string_agg(
        '{"type":"Feature","id":' || to_json(m.code) || ',"geometry":' || ST_AsGeoJSON(m.border, 5)
        || ',"properties":{"code":' || to_json(m.code) || ',"name":' || to_json(m.name)
        || ',"quests":' || m.quests || '}}', ',' ORDER BY m.name), '') || ']}', 'UTF8')
FROM (
    SELECT *, (SELECT count(*) FROM shown.quests q WHERE q.municipalities @> ARRAY[m.code]) AS quests
    FROM shown.municipalities m
) AS m
"""


@dataclass(frozen=True, slots=True)
class ShownMedium:
    """A picture or sound of a quest, without its bytes."""

    type: str
    bytes: int


def medium(database: Database, sha256: str) -> ShownMedium | None:
    rows = database.shown.read(
        "SELECT type, octet_length(data) FROM shown.media WHERE sha256 = %(sha256)s LIMIT 1",
        {"sha256": sha256},
    )
    return ShownMedium(*rows[0]) if rows else None


def part_of_medium(database: Database, sha256: str, start: int, end: int) -> bytes:
    """From `start` to before `end`; nothing where it was withdrawn meanwhile."""
    rows = database.shown.read(
        "SELECT substring(data FROM %(start)s + 1 FOR %(length)s) FROM shown.media WHERE sha256 = %(sha256)s LIMIT 1",
        {"sha256": sha256, "start": start, "length": end - start},
    )
    return bytes(rows[0][0]) if rows else b""
