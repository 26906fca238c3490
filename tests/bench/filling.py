"""Made-up quests, copied in the database from two that were shown as publishing shows them."""

from dataclasses import dataclass
from typing import Literal

from geo.positions import Position, destination
from quests.conditions import Settled
from quests.openness import Plan, PlannedStage
from quests.views import PlaceView, PublicQuest, PublicStage, PublicTexts
from server.stores.showing import show
from tests.bench.rig import Rig

Box = tuple[float, float, float, float]
Order = Literal["any", "ordered"]

REGION: Box = (11.8, 61.5, 17.5, 65.1)  # about the region: west, south, east, north [°]
STORSJON = Position(14.63566, 63.1792)
SUMMARIES = {
    "sv": "Fem platser mellan kyrkan och vattnet, med en fråga vid varje. Lätt att gå med barnvagn, även på vintern.",
    "sv-simple": "Du går till fem platser. Vid varje plats får du en fråga. Vägen är platt och lätt att gå.",
    "en": "Five places between the church and the water, each with a question. Easy with a pram, in winter too.",
}
# What the copies have in place of these.
ID = "00000000-0000-4000-8000-00000000000{}"
CODE = "JHZZZZ{}"
TITLE = "Stigen nummer 0000000"
NOWHERE = "[0.0,0.0]"


@dataclass(frozen=True, slots=True)
class Scene:
    """`any_order`: the part of the quests that may be begun at any stage; the others have one entrance.

    The stages of a quest lie within `trail_m` of its middle, the middles anywhere in `box`.
    """

    stages: int
    stages_in_a_quest: int = 5
    any_order: float = 0.5
    trail_m: float = 1_000
    box: Box = REGION

    @property
    def quests(self) -> int:
        return self.stages // self.stages_in_a_quest


def village(stages: int, stages_in_a_quest: int = 5, any_order: float = 0.5) -> Scene:
    """All stages within about a kilometre of one point."""
    west, south = destination(STORSJON, 270, 700).lon, destination(STORSJON, 180, 700).lat
    east, north = destination(STORSJON, 90, 700).lon, destination(STORSJON, 0, 700).lat
    return Scene(stages, stages_in_a_quest, any_order, 300, (west, south, east, north))


def fill(rig: Rig, scene: Scene) -> int:
    """In place of all that is shown; how many entrances there are. The same scene gives the same places."""
    with rig.connect() as connection:
        connection.execute("TRUNCATE shown.quests CASCADE")
        orders: tuple[Order, ...] = ("any", "ordered")
        for number, order in enumerate(orders):
            show(connection, _template(number, order, scene), [CODE.format(number + 2)], resting=False)
        connection.execute("SELECT setseed(0.42)")
        west, south, east, north = scene.box
        given = {
            "quests": scene.quests,
            "any_order": scene.any_order,
            "west": west,
            "south": south,
            "wide": east - west,
            "high": north - south,
            "stages": scene.stages_in_a_quest,
            "lon_of_trail": destination(STORSJON, 90, scene.trail_m).lon - STORSJON.lon,
            "lat_of_trail": destination(STORSJON, 0, scene.trail_m).lat - STORSJON.lat,
            "title": TITLE,
            "nowhere": NOWHERE,
        }
        for statement in (_COPIES, _COPIED_QUESTS, _COPIED_STAGES, _TEMPLATES_AWAY, "DROP TABLE copies"):
            connection.execute(statement, given)
        for table in ("quests", "stages", "codes", "quest_texts"):
            connection.execute(f"VACUUM (ANALYZE) shown.{table}")
        row = connection.execute("SELECT count(*) FROM shown.stages WHERE entrance").fetchone()
        connection.execute("CHECKPOINT")
    return row[0] if row else 0


def _template(number: int, order: Order, scene: Scene) -> PublicQuest:
    nowhere = PlaceView(lon=0.0, lat=0.0, known_to_m=10)
    return PublicQuest(
        id=ID.format(number),
        code=CODE.format(number + 2),
        version="5f" * 32,
        kind="trail" if scene.stages_in_a_quest > 1 else "challenge",
        order=order,
        feedback="at_once",
        association="Hembygdsföreningen vid sjön",
        minutes=45,
        length_m=2_100,
        languages=tuple(SUMMARIES),
        stages_in_all=scene.stages_in_a_quest,
        generic=False,
        plan=Plan(stages=(PlannedStage(key="s0"),), finishing=Settled("s0")),
        texts={
            language: PublicTexts(
                title=TITLE,
                summary=summary,
                checked_by="hembygdsföreningen",
            )
            for language, summary in SUMMARIES.items()
        },
        stages=tuple(
            PublicStage(
                key=f"s{at}",
                place=nowhere,
                entrance=order == "any" or at == 0,
                titles=dict.fromkeys(SUMMARIES, "Platsen vid vattnet"),
            )
            for at in range(scene.stages_in_a_quest)
        ),
    )


_COPIES = f"""
CREATE TEMP TABLE copies AS
SELECT number, md5('quest ' || number)::uuid AS id,
    'JH' || translate(lpad(to_hex(number), 5, '0'), '0123456789abcdef', '23456789ABCDEFGH') AS code,
    'Stigen nummer ' || lpad(number::text, 7, '0') AS title,
    %(west)s + %(wide)s * random() AS lon, %(south)s + %(high)s * random() AS lat,
    (CASE WHEN random() < %(any_order)s THEN '{ID.format(0)}' ELSE '{ID.format(1)}' END)::uuid AS template
FROM generate_series(1, %(quests)s) AS number
"""  # noqa: S608  put together from constants alone

_COPIED_QUESTS = """
INSERT INTO shown.quests
    (id, code, version, kind, generic, resting, municipalities, sort_title, cards, stages, on_tiles)
SELECT c.id, c.code, t.version, t.kind, t.generic, t.resting, t.municipalities, c.title,
    replace(replace(replace(t.cards::text, t.id::text, c.id::text), t.code, c.code), %(title)s, c.title)::jsonb,
    t.stages, replace(t.on_tiles::text, %(title)s, c.title)::jsonb
FROM copies c JOIN shown.quests t ON t.id = c.template
"""

_COPIED_STAGES = """
INSERT INTO shown.stages (quest_id, key, code, point, entrance, feature, start, mercator)
SELECT id, key, code, ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography, entrance,
    replace(feature, %(nowhere)s, '[' || round(lon::numeric, 6) || ',' || round(lat::numeric, 6) || ']'),
    start, ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 3857)
FROM (
    SELECT c.id, c.code, t.key, t.entrance, t.feature, t.start,
        c.lon + %(lon_of_trail)s * (2 * random() - 1) AS lon, c.lat + %(lat_of_trail)s * (2 * random() - 1) AS lat
    FROM copies c JOIN shown.stages t ON t.quest_id = c.template
) AS placed
"""

_TEMPLATES_AWAY = f"DELETE FROM shown.quests WHERE id IN ('{ID.format(0)}', '{ID.format(1)}')"  # noqa: S608
