"""What everybody may see: the nearest exactly, every page once, the right language, and nothing hidden."""

import json
import math
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.positions import Position, bearing_deg, destination, distance_m
from quests.conditions import Settled
from quests.model import Quest, Stage
from quests.tasks.arrive import Arrive
from server.stores import shown
from server.stores.database import Database
from server.use_cases import publish, quests
from server.use_cases.problem import Problem
from tests.factories import CENTRE, NOON, circle, published

SV = ("sv", "en")


def stage(key: str, at: Position | None, **fields: Any) -> Stage:
    return Stage(key=key, place=circle(at) if at else None, tasks=(Arrive(key="be-there"),), **fields)


def open_at(database: Database, *points: Position, **fields: Any) -> Quest:
    """A quest that can be begun at each of these points."""
    stages = tuple(stage(f"s{number}", point) for number, point in enumerate(points))
    return published(database, order="any", stages=stages, **fields)


def nearby(
    database: Database, here: Position = CENTRE, radius_m: float = 10_000, limit: int = 20
) -> list[dict[str, Any]]:
    collection = json.loads(shown.nearby(database, here, radius_m, limit, SV))
    assert collection["type"] == "FeatureCollection"
    features: list[dict[str, Any]] = collection["features"]
    return features


def codes(features: list[dict[str, Any]]) -> list[str]:
    return [feature["properties"]["code"] for feature in features]


def at(feature: dict[str, Any]) -> Position:
    return Position(*feature["geometry"]["coordinates"])


class TestNearby:
    def test_distance_and_bearing_are_those_of_the_ellipsoid(self, opened: Database) -> None:
        there = destination(CENTRE, 250, 7_531)
        open_at(opened, there)

        (feature,) = nearby(opened)

        assert feature["properties"]["distance_m"] == round(distance_m(CENTRE, at(feature)))
        assert feature["properties"]["bearing_deg"] == round(bearing_deg(CENTRE, at(feature)))
        assert feature["properties"]["where"] == "there"
        assert feature["properties"]["stage"] == "s0"

    def test_the_bearing_never_says_360(self, opened: Database) -> None:
        open_at(opened, destination(CENTRE, 359.8, 3_000))

        assert nearby(opened)[0]["properties"]["bearing_deg"] == 0

    def test_a_quest_comes_once_with_its_nearest_entrance(self, opened: Database) -> None:
        quest = open_at(opened, *(destination(CENTRE, 0, away) for away in (900, 300, 600)))

        features = nearby(opened)

        assert codes(features) == [quest.code]
        assert features[0]["properties"]["stage"] == "s1"

    def test_only_where_it_can_be_begun_and_nothing_hidden_is_told(self, opened: Database) -> None:
        quest = published(
            opened,
            stages=(
                stage("begin", destination(CENTRE, 0, 5_000)),
                stage("middle", destination(CENTRE, 0, 100), opens=Settled("begin")),
                stage("secret", destination(CENTRE, 0, 200), opens=Settled("middle"), hidden=True),
            ),
        )

        features = nearby(opened)
        described = json.loads(quests.describe(opened, quest.code, SV).body)

        assert [feature["properties"]["stage"] for feature in features] == ["begin"]
        assert [one["key"] for one in described["stages_shown"]] == ["begin", "middle"]
        assert described["stages"] == 3
        everything = str(
            opened.shown.read(
                "SELECT q::text, array_agg(s::text) FROM shown.quests q"
                " JOIN shown.stages s ON s.quest_id = q.id GROUP BY q.id"
            )
        )
        assert "secret" not in everything

    def test_quests_that_begin_anywhere_come_after_the_near_ones_under_a_limit_of_their_own(
        self, opened: Database
    ) -> None:
        generic = [published(opened, at=None, title=title) for title in ("Öppet", "Allt", "Ädelt")]
        near = open_at(opened, CENTRE)

        features = nearby(opened, limit=2)

        assert codes(features) == [near.code, generic[1].code, generic[2].code]
        assert [feature["geometry"] for feature in features[1:]] == [None, None]
        assert {feature["properties"]["where"] for feature in features[1:]} == {"here"}

    def test_nothing_near_is_an_empty_list(self, opened: Database) -> None:
        assert nearby(opened) == []

    @pytest.mark.parametrize("away_m, found", [(999.0, 1), (1_001.0, 0)])
    def test_the_radius_is_kept_to_the_metre(self, opened: Database, away_m: float, found: int) -> None:
        open_at(opened, destination(CENTRE, 90, away_m))

        assert len(nearby(opened, radius_m=1_000)) == found

    def test_the_nearest_are_found_where_many_entrances_of_one_quest_lie_before_them(
        self, opened: Database
    ) -> None:
        crowd = open_at(opened, *(destination(CENTRE, turn, 50 + turn) for turn in range(150)))
        others = [open_at(opened, destination(CENTRE, 0, 1_000 + 10 * number)) for number in range(5)]

        found = codes(nearby(opened, limit=4))

        assert found == [crowd.code, *(quest.code for quest in others[:3])]

    def test_where_entrances_crowd_the_nearest_of_them_must_do(
        self, opened: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        crowd = open_at(opened, *(destination(CENTRE, turn, 50 + turn) for turn in range(60)))
        behind = open_at(opened, destination(CENTRE, 0, 1_000))

        assert codes(nearby(opened, limit=4)) == [crowd.code, behind.code]
        monkeypatch.setattr(shown, "LOOKED_AT_MOST", 40)
        assert codes(nearby(opened, limit=4)) == [crowd.code]

    def test_the_first_look_learns_how_many_entrances_quests_have(self) -> None:
        look = shown._FirstLook()
        before = look.entrances(50)

        for _ in range(100):
            look.learn(enough=False)
        most = look.entrances(50)
        look.learn(enough=True)
        after_one = look.entrances(50)
        for _ in range(1_000):
            look.learn(enough=True)

        assert 50 < before < after_one < most <= 50 * shown.LOOKED_AT_FOR_EACH_MOST + shown.LOOKED_AT_BESIDE
        assert look.entrances(50) == before

    def test_the_order_is_the_true_one_where_the_sphere_says_otherwise(self, opened: Database) -> None:
        # Where the two disagree: 90 000 m to the north, 60 m more to the east.
        north, east = destination(CENTRE, 0, 90_000), destination(CENTRE, 90, 90_060)
        sphere = opened.private.read(
            "SELECT ST_Distance(c, n, false) > ST_Distance(c, e, false) FROM (SELECT"
            " ST_Point(%(c0)s, %(c1)s)::geography c, ST_Point(%(n0)s, %(n1)s)::geography n,"
            " ST_Point(%(e0)s, %(e1)s)::geography e) AS p",
            {
                "c0": CENTRE.lon,
                "c1": CENTRE.lat,
                "n0": north.lon,
                "n1": north.lat,
                "e0": east.lon,
                "e1": east.lat,
            },
        )
        truly = distance_m(CENTRE, north) > distance_m(CENTRE, east)
        near, far = open_at(opened, north), open_at(opened, east)

        assert sphere != [(truly,)]
        assert codes(nearby(opened, radius_m=100_000, limit=1)) == [near.code]
        assert codes(nearby(opened, radius_m=100_000)) == [near.code, far.code]

    def test_one_that_the_sphere_puts_just_beyond_what_is_looked_at_is_found(self, opened: Database) -> None:
        # At the equator the sphere makes what lies to the north half a per cent too far.
        here = Position(0, 0)
        for away_m in (90_050, *(90_490 + step for step in range(10))):
            open_at(opened, destination(here, 90, away_m))
        nearest = open_at(opened, destination(here, 0, 90_000))

        assert codes(nearby(opened, here, radius_m=100_000, limit=1)) == [nearest.code]

    def test_a_point_far_from_everything_is_answered_quickly(self, opened: Database) -> None:
        open_at(opened, *(destination(CENTRE, turn, 100 * turn) for turn in range(180)))
        began = time.monotonic()

        for far in (Position(0, 0), Position(180, 90), Position(-180, -90), Position(14.6, -63)):
            assert nearby(opened, far, radius_m=100_000, limit=100) == []

        assert time.monotonic() - began < 1

    def test_a_resting_quest_is_not_offered_and_a_withdrawn_one_is_gone(self, opened: Database) -> None:
        placed, generic = open_at(opened, CENTRE), published(opened, at=None)
        publish.set_state(opened, placed.code, "resting", NOON)
        publish.set_state(opened, generic.code, "resting", NOON)

        assert nearby(opened) == []
        assert json.loads(quests.describe(opened, placed.code, SV).body)["resting"] is True
        publish.set_state(opened, placed.code, "withdrawn", NOON)
        with pytest.raises(Problem, match="unknown-quest"):
            quests.describe(opened, placed.code, SV)
        publish.set_state(opened, placed.code, "published", NOON)
        assert codes(nearby(opened)) == [placed.code]


@pytest.fixture
def entrances(opened: Database) -> dict[str, list[Position]]:
    """Where each of 133 quests can be begun, by its code: at three places up to 3 km from the centre."""
    golden = math.pi * (3 - math.sqrt(5))
    points = [destination(CENTRE, math.degrees(n * golden) % 360, 8 * n) for n in range(1, 400)]
    points = [Position(round(point.lon, 6), round(point.lat, 6)) for point in points]
    made = {}
    for first in range(133):
        own = points[first::133]
        made[open_at(opened, *own).code] = own
    return made


# The entrances are there for all examples: nothing that is read changes them.
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    turn=st.floats(0, 360),
    away_m=st.floats(0, 5_000),
    radius_m=st.floats(1, 6_000),
    limit=st.integers(1, 100),
)
def test_nearby_finds_what_asking_every_entrance_finds(
    opened: Database,
    entrances: dict[str, list[Position]],
    turn: float,
    away_m: float,
    radius_m: float,
    limit: int,
) -> None:
    here = destination(CENTRE, turn, away_m)
    nearest = sorted(
        (min(distance_m(here, point) for point in points), code) for code, points in entrances.items()
    )
    counted = [(away, code) for away, code in nearest if away <= radius_m][:limit]

    found = nearby(opened, here, radius_m, limit)

    assert len(found) == len(counted)
    for feature, (away, code) in zip(found, counted, strict=True):
        assert feature["properties"]["distance_m"] == pytest.approx(away, abs=0.51)
        tied = distance_m(here, at(feature)) == pytest.approx(away, abs=0.01)
        assert feature["properties"]["code"] == code or tied


class TestLanguages:
    @pytest.mark.parametrize(
        "chain, language",
        [
            (("en", "sv"), "en"),
            (("sma", "sv", "en"), "sv"),
            (("uk", "ar", "de", "nl", "fi", "no", "da", "is", "fr", "en", "sv"), "en"),
            (("uk",), "en"),
            ((), "en"),
        ],
    )
    def test_the_first_of_the_chain_that_there_is(
        self, opened: Database, chain: tuple[str, ...], language: str
    ) -> None:
        quest = published(opened)

        described = quests.describe(opened, quest.code, chain)
        near = json.loads(shown.nearby(opened, CENTRE, 10, 1, chain))["features"][0]["properties"]
        listed = json.loads(quests.search(opened, shown.Search(), chain).quests)[0]

        title = quest.texts[language].title
        assert (described.language, json.loads(described.body)["title"]) == (language, title)
        assert (near["language"], near["title"]) == (language, title)
        assert (listed["language"], listed["title"]) == (language, title)

    def test_titles_of_stages_follow(self, opened: Database) -> None:
        quest = published(opened)

        body = json.loads(quests.describe(opened, quest.code, ("en",)).body)

        assert [one["title"] for one in body["stages_shown"]] == ["start in English", "middle in English"]

    def test_a_text_may_hold_anything_that_json_has_signs_for(self, opened: Database) -> None:
        odd = 'Å "citat" \\ {klammer} %s ,"id":1} 🎿'
        quest = published(opened, title=odd)

        listed = json.loads(quests.search(opened, shown.Search(), SV).quests)

        assert [one["title"] for one in listed] == [odd]
        assert json.loads(quests.describe(opened, quest.code, SV).body)["title"] == odd
        assert nearby(opened)[0]["properties"]["title"] == odd


class TestSearch:
    def titles(self, database: Database, **wanted: Any) -> list[str]:
        page = quests.search(database, shown.Search(**wanted), SV, limit=100)
        return [card["title"] for card in json.loads(page.quests)]

    def test_every_page_goes_on_in_swedish_order(self, opened: Database) -> None:
        titles = ["Zorn", "Åre", "Ängen", "Över ån", "alm", "Al", "Åre", "Örn", "z"]
        for title in titles:
            published(opened, title=title)

        seen: list[str] = []
        cursor = None
        for _ in range(20):
            page = quests.search(opened, shown.Search(), SV, cursor=cursor, limit=2)
            seen += [card["title"] for card in json.loads(page.quests)]
            cursor = page.after
            if cursor is None:
                break

        assert seen == ["Al", "alm", "z", "Zorn", "Åre", "Åre", "Ängen", "Örn", "Över ån"]

    def test_a_full_last_page_says_that_it_is_the_last(self, opened: Database) -> None:
        published(opened)
        published(opened)

        page = quests.search(opened, shown.Search(), SV, limit=2)

        assert len(json.loads(page.quests)) == 2
        assert page.after is None

    def test_it_can_be_looked_for_by_where_it_is(self, opened: Database) -> None:
        published(opened, title="Här")
        published(opened, title="Där", at=destination(CENTRE, 0, 50_000))
        published(opened, title="Överallt", at=None)

        assert self.titles(opened, bbox=(14.6, 63.1, 14.7, 63.2)) == ["Här"]
        assert self.titles(opened, bbox=(14.6, 63.1, 14.7, 63.7)) == ["Där", "Här"]
        assert self.titles(opened, bbox=(0, 0, 1, 1)) == []

    @pytest.mark.parametrize(
        "words, found",
        [
            ("väg", True),
            ("vägen", True),
            ("vägarna längs vattnet", True),
            ("roads", False),
            ("middle", True),
            ("english", True),
            ("Stigen", True),
            ("", False),
            ("och", False),
            ("vattnet -väg", False),
            ("' & ! ) ( : *", False),
            ("x" * 5_000, False),
        ],
    )
    def test_it_can_be_looked_for_by_words(self, opened: Database, words: str, found: bool) -> None:  # noqa: FBT001
        published(opened, title="Stig")

        assert (self.titles(opened, words=words) == ["Stig"]) is found

    def test_what_is_told_only_at_the_place_is_not_found_by_its_words(self, opened: Database) -> None:
        published(opened)

        assert self.titles(opened, words="told after start") == []

    def test_kinds_and_municipalities(self, opened: Database) -> None:
        border = {"type": "Polygon", "coordinates": [[[14, 63], [15, 63], [15, 64], [14, 64], [14, 63]]]}
        published(opened, title="Inne", kind="challenge")
        published(opened, title="Ute", at=Position(12, 62))
        properties = {"code": "2380", "name": "Östersund"}
        features = [{"type": "Feature", "properties": properties, "geometry": border}]
        publish.load_municipalities(opened, features, "a" * 64)

        assert self.titles(opened, municipality="2380") == ["Inne"]
        assert self.titles(opened, municipality="2303") == []
        assert self.titles(opened, kind="challenge") == ["Inne"]
        assert self.titles(opened, kind="challenge", municipality="2380", words="inne") == ["Inne"]
        described = shown.municipalities(opened)
        (feature,) = json.loads(described.body)["features"]
        assert feature["properties"] == {"code": "2380", "name": "Östersund", "quests": 1}
        published(opened, title="Också inne")
        assert shown.municipalities(opened).version != described.version
        assert self.titles(opened, municipality="2380") == ["Inne", "Också inne"]

    @pytest.mark.parametrize(
        "cursor", ["", "x", "WyJhIl0", "WyJhIiwiYiJd", "WyJhXHUwMDAwIiwiYiJd", "[]", "é"]
    )
    def test_a_cursor_of_somebodys_making_is_refused(self, opened: Database, cursor: str) -> None:
        with pytest.raises(Problem, match="bad-cursor"):
            quests.search(opened, shown.Search(), SV, cursor=cursor)


def test_a_quest_is_found_however_its_code_is_typed(opened: Database) -> None:
    quest = published(opened)
    typed = f" {quest.code[:2].lower()}-{quest.code[2:].lower()} "

    assert quests.describe(opened, typed, SV).code == quest.code
    with pytest.raises(Problem, match="unknown-quest"):
        quests.describe(opened, "JH22222", SV)
    with pytest.raises(Problem, match="unknown-quest"):
        quests.describe(opened, "\0", SV)


def test_the_internal_function_of_postgis_does_what_the_query_relies_on(opened: Database) -> None:
    # Nothing within the radius may be outside of the box; what the box has too much is taken out afterwards.
    rows = opened.shown.read(
        """
        SELECT count(*) FILTER (WHERE ST_DWithin(p, here, 20000) AND NOT p && _ST_Expand(here, 20000)),
               count(*) FILTER (WHERE ST_DWithin(p, here, 20000))
        FROM (SELECT ST_Point(14.6 + x * 0.01, 63.2 + y * 0.005)::geography AS p,
                     ST_Point(14.6, 63.2)::geography AS here
              FROM generate_series(-60, 60) x, generate_series(-60, 60) y) AS grid
        """
    )

    assert rows[0][0] == 0
    assert rows[0][1] > 3_000
