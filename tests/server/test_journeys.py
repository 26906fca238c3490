"""Journeys as use cases: put once, moves heard once, judged alone, folded together."""

import hashlib
import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from geo.positions import destination
from quests.evidence import ANYWHERE
from quests.moves import decode_json
from quests.outcomes import Outcome
from quests.play import play
from quests.tasks import Scene
from quests.tasks.answer import Answer, AnswerBody
from quests.views import for_player
from server.stores import journeys as kept
from server.stores.database import Database
from server.stores.players import Player
from server.use_cases import hearing, journeys, players
from server.use_cases.cursors import write_cursor
from server.use_cases.players import Caller
from server.use_cases.problem import Problem
from tests.factories import (
    CENTRE,
    NOON,
    SECRET_ANSWER,
    SECRET_CODE,
    FixFactory,
    Phone,
    PhoneFactory,
    Started,
    new_id,
    published,
    registered,
    started,
)


@pytest.fixture
def walk(opened: Database) -> Started:
    return started(opened)


def put(walk: Started, **changed: Any) -> journeys.Put:
    said: dict[str, Any] = {
        "quest": walk.quest.code,
        "quest_version": walk.quest.version,
        "players": [walk.caller.player],
        "started_at": NOON,
        "now": NOON,
    }
    return journeys.put(walk.database, walk.caller, walk.journey, **{**said, **changed})


def rows(walk: Started, columns: str) -> list[tuple[Any, ...]]:
    query = f"SELECT {columns} FROM game.moves WHERE owner_player_id = %(player)s ORDER BY id"  # noqa: S608
    return walk.database.private.read(query, {"player": walk.caller.player})


class TestPut:
    def test_a_repetition_answers_the_same_and_says_that_it_is_one(self, opened: Database) -> None:
        walk = started(opened)

        again = put(walk)

        assert not again.created
        assert again.journey == journeys.view(opened, walk.caller, walk.journey, ["sv"]).journey

    def test_the_quest_may_be_named_by_its_id(self, walk: Started) -> None:
        assert not put(walk, quest=walk.quest.id).created

    @pytest.mark.parametrize(
        "changed",
        [
            {"started_at": NOON + timedelta(milliseconds=1)},
            {"players": ["6f9619ff-8b86-4d01-b42d-00cf4fc964ff"]},
            {"quest_version": "another"},
        ],
    )
    def test_other_content_under_the_same_id_is_refused(self, walk: Started, changed: dict[str, Any]) -> None:
        if "players" in changed:
            changed = {"players": [walk.caller.player, *changed["players"]]}
        if "quest_version" in changed:
            changed = {"quest": (other := published(walk.database)).code, "quest_version": other.version}

        with pytest.raises(Problem, match="journey-differs"):
            put(walk, **changed)

    def test_the_moment_is_kept_to_the_millisecond(self, walk: Started) -> None:
        assert not put(walk, started_at=NOON + timedelta(microseconds=999)).created

    @pytest.mark.parametrize(
        "changed, code, pointer",
        [
            ({"quest": "JH22222"}, "unknown-quest-version", "/quest"),
            ({"quest_version": "f" * 64}, "unknown-quest-version", "/quest_version"),
            ({"players": [new_id()]}, "owner-missing", "/players"),
            (
                {"started_at": datetime.fromisoformat("0001-01-01T00:00:00+05:00")},
                "bad-moment",
                "/started_at",
            ),
        ],
    )
    def test_what_is_wrong_is_named(
        self, opened: Database, changed: dict[str, Any], code: str, pointer: str
    ) -> None:
        quest, caller = published(opened), registered(opened)
        fresh = Started(opened, caller, quest, new_id())

        with pytest.raises(Problem) as problem:
            put(fresh, **changed)

        assert (problem.value.code, problem.value.pointer) == (code, pointer)
        assert journeys.list_own(opened, caller, ["sv"]).journeys == ()

    def test_who_was_erased_meanwhile_is_unknown(self, opened: Database) -> None:
        walk = started(opened)
        opened.private.read("DELETE FROM game.journeys RETURNING 1")
        opened.private.read("DELETE FROM game.devices RETURNING 1")
        opened.private.read("DELETE FROM game.players RETURNING 1")

        with pytest.raises(Problem, match="unknown-token"):
            put(walk)

    def test_the_same_id_of_two_owners_is_two_journeys(self, walk: Started) -> None:
        other = Started(walk.database, registered(walk.database), walk.quest, walk.journey)

        assert put(other).created
        assert not put(walk).created


class TestReading:
    def test_nobody_sees_anothers_journey(self, walk: Started) -> None:
        stranger = registered(walk.database)

        with pytest.raises(Problem, match="unknown-journey"):
            journeys.view(walk.database, stranger, walk.journey, ["sv"])
        with pytest.raises(Problem, match="unknown-journey"):
            journeys.submit_moves(walk.database, stranger, walk.journey, [walk.move()], ["sv"], NOON)

        assert journeys.list_own(walk.database, stranger, ["sv"]).journeys == ()

    def test_the_list_goes_from_the_newest_start_page_by_page(self, opened: Database) -> None:
        quest, caller = published(opened), registered(opened)
        begun = {}
        for minutes in (3, 1, 2, 2, 0):
            fresh = Started(opened, caller, quest, new_id())
            put(fresh, started_at=NOON + timedelta(minutes=minutes))
            begun[fresh.journey] = minutes

        seen: list[str] = []
        cursor = None
        while True:
            page = journeys.list_own(opened, caller, ["sv"], cursor=cursor, limit=2)
            seen += [line.journey.id for line in page.journeys]
            cursor = page.after
            if cursor is None:
                break

        assert [begun[journey] for journey in seen] == [3, 2, 2, 1, 0]
        assert len(set(seen)) == 5

    @pytest.mark.parametrize("cursor", ["", "x", "YQ", write_cursor("a"), write_cursor("now", "here")])
    def test_a_cursor_of_somebodys_making_is_refused(self, walk: Started, cursor: str) -> None:
        with pytest.raises(Problem, match="bad-cursor"):
            journeys.list_own(walk.database, walk.caller, ["sv"], cursor=cursor)

    def test_texts_come_in_the_language_that_was_asked_for(self, walk: Started) -> None:
        shown = journeys.view(walk.database, walk.caller, walk.journey, ["en"])

        assert shown.view.language == "en"
        assert shown.view.title.endswith("in English")


class TestHearing:
    def test_moves_are_judged_kept_and_folded(self, walk: Started) -> None:
        heard = walk.submit(
            walk.move(),
            walk.answer("fel"),
            walk.answer(SECRET_ANSWER.upper()),
            walk.move(stage="nowhere"),
        )

        assert [(outcome.outcome, outcome.code) for outcome in heard.outcomes] == [
            (Outcome.ACCEPTED, "done"),
            (Outcome.MISSED, "wrong-answer"),
            (Outcome.ACCEPTED, "done"),
            (Outcome.REFUSED, "unknown-stage"),
        ]
        assert [outcome.trust for outcome in heard.outcomes] == [2, None, 1, None]
        assert {stage.key: stage.state for stage in heard.view.stages} == {
            "start": "satisfied",
            "middle": "satisfied",
            "end": "open",
        }
        assert journeys.view(walk.database, walk.caller, walk.journey, ["sv"]).view == heard.view

    def test_what_is_kept_folds_to_the_same_journey_as_what_was_judged(self, walk: Started) -> None:
        view = walk.submit(walk.move(), walk.answer(SECRET_ANSWER), walk.answer("fel")).view

        with walk.database.transaction() as connection:
            judged = kept.judged(connection, walk.caller.player, walk.journey)

        assert len(judged) == 3
        assert for_player(walk.quest, play(walk.quest, reversed(judged)), ["sv"]) == view

    def test_full_equality_adds_trust_and_a_wrong_word_with_the_same_bits_does_not(
        self, walk: Started
    ) -> None:
        right = walk.submit(walk.answer(SECRET_ANSWER)).outcomes[0]
        code = walk.submit(
            walk.move(stage="middle", task="post", body={"kind": "scan", "code": SECRET_CODE})
        ).outcomes[0]
        middle = walk.quest.stages[1]
        task = middle.tasks[0]
        assert isinstance(task, Answer)
        scene = Scene(stage="middle", presence=ANYWHERE, salt=bytes.fromhex(middle.salt))
        lookalike = next(
            word
            for word in map(str, range(100_000))
            if task.judge(AnswerBody(text=word), scene).code == "done"  # the phone's check alone
        )
        looked = walk.submit(walk.answer(lookalike)).outcomes[0]

        assert (right.trust, code.trust) == (1, 2)
        assert (looked.outcome, looked.trust) == (Outcome.ACCEPTED, 0)

    def test_positions_are_kept_apart_from_all_else(self, walk: Started) -> None:
        place = destination(CENTRE, 10, 5)
        walk.submit(walk.move(fixes=[FixFactory.build(position=place, altitude_m=312.5)]))
        walk.submit({"id": new_id(), "v": 1, "fixes": [{"lon": 14.63579}]})

        for by, body, judged, fixes, raw in rows(walk, "by, body::text, judged::text, fixes, raw"):
            assert "14.63" not in f"{by}{body}{judged}"
            assert "312.5" not in f"{body}{judged}"
            assert fixes is None or fixes[0]["altitude_m"] == 312.5
            assert raw is None or b"14.63579" in raw

    def test_a_move_is_kept_whole(self, walk: Started) -> None:
        sent = walk.answer("Älven", seq=7, app="web 1", elapsed_ms=12, variant=None)
        walk.submit(sent)

        (move_id, by, body, fixes, raw, digest), *rest = rows(
            walk, "id::text, by::text[], body, fixes, raw, digest"
        )

        assert rest == []
        assert (move_id, by, raw) == (sent["id"], sent["by"], None)
        assert body["body"] == {"kind": "answer", "text": "Älven", "here": False, "from_card": False}
        assert (body["seq"], body["app"], body["elapsed_ms"]) == (7, "web 1", 12)
        assert fixes[0]["lon"] == sent["fixes"][0]["lon"]
        assert (
            digest
            == hashlib.sha256(json.dumps(sent, sort_keys=True, separators=(",", ":")).encode()).digest()
        )

    def test_an_empty_batch_shows_where_the_journey_stands(self, walk: Started) -> None:
        assert walk.submit().outcomes == ()
        assert walk.submit().view.stages

    def test_who_sends_and_who_made_it_may_be_two_devices(self, walk: Started) -> None:
        walk.submit(walk.move(device=new_id()))

        assert rows(walk, "heard_from::text") == [(walk.caller.device,)]

    def test_a_stage_that_cannot_be_done_is_told_to_its_steward_and_not_by_whom(self, walk: Started) -> None:
        blocked = walk.move(task=None, body={"kind": "blocked", "reason": "not-safe", "note": "Isen är tunn"})

        walk.submit(blocked)
        walk.submit(blocked)
        walk.submit(walk.move(stage="nowhere", task=None, body={"kind": "blocked", "reason": "gone"}))

        assert walk.database.private.read(
            "SELECT quest_id::text, quest_version, stage, reason, note, day FROM game.stage_reports"
        ) == [(walk.quest.id, walk.quest.version, "start", "not-safe", "Isen är tunn", NOON.date())]
        assert walk.caller.player not in str(
            walk.database.private.read("SELECT r::text FROM game.stage_reports r")
        )


class TestRepetition:
    def test_a_repeated_batch_tells_what_stands_and_changes_nothing(self, walk: Started) -> None:
        batch = [walk.move(), walk.answer("fel"), walk.answer(SECRET_ANSWER)]
        first = walk.submit(*batch)

        again = walk.submit(*batch, now=NOON + timedelta(days=50))

        assert [outcome.outcome for outcome in again.outcomes] == [Outcome.DUPLICATE] * 3
        assert tuple(outcome.first for outcome in again.outcomes) == first.outcomes
        assert again.view == first.view
        assert len(rows(walk, "1")) == 3

    def test_a_move_twice_in_one_batch_is_heard_once(self, walk: Started) -> None:
        move = walk.move()

        outcomes = walk.submit(move, dict(reversed(move.items()))).outcomes

        assert [outcome.outcome for outcome in outcomes] == [Outcome.ACCEPTED, Outcome.DUPLICATE]
        assert outcomes[1].first is not None
        assert outcomes[1].first.code == "done"

    def test_the_same_id_with_other_bytes_is_refused_and_the_first_stands(self, walk: Started) -> None:
        move = walk.answer(SECRET_ANSWER)
        walk.submit(move)

        later = walk.submit({**move, "seq": 1}).outcomes[0]
        in_one_batch = walk.submit(other := walk.move(), {**other, "seq": 1}).outcomes

        assert (later.outcome, later.code) == (Outcome.REFUSED, "id-reused")
        assert [outcome.code for outcome in in_one_batch] == ["done", "id-reused"]
        assert [body["seq"] for (body,) in rows(walk, "body")] == [0, 0]

    def test_an_id_used_in_another_journey_is_refused(self, walk: Started) -> None:
        other = started(walk.database, walk.quest, walk.caller)
        move = walk.move()
        walk.submit(move)

        outcome = other.submit(move).outcomes[0]

        assert (outcome.outcome, outcome.code) == (Outcome.REFUSED, "id-reused")
        assert other.submit().view.stages[0].state == "open"

    def test_two_players_may_use_one_id(self, walk: Started) -> None:
        other = started(walk.database, walk.quest)
        move = walk.move()
        walk.submit(move)

        outcome = other.submit({**move, "by": [other.caller.player]}).outcomes[0]

        assert outcome.outcome is Outcome.ACCEPTED

    def test_what_could_not_be_read_is_known_again_too(self, walk: Started) -> None:
        broken = {"id": new_id(), "v": 99}
        first = walk.submit(broken).outcomes[0]

        again = walk.submit(broken, {**broken, "v": 98}).outcomes

        assert (first.outcome, first.code, first.pointer) == (Outcome.UNREADABLE, "unknown-form", "/v")
        assert again[0].first == first
        assert again[1].code == "id-reused"


class TestUnreadable:
    def test_one_broken_among_499_costs_nothing_but_itself(self, walk: Started) -> None:
        batch: list[Any] = [walk.move() for _ in range(499)]
        batch.insert(250, {"id": new_id(), "v": 1, "fixes": "no"})

        outcomes = walk.submit(*batch).outcomes

        assert [outcome.outcome for outcome in outcomes].count(Outcome.ACCEPTED) == 499
        assert outcomes[250].outcome is Outcome.UNREADABLE
        assert [outcome.id for outcome in outcomes] == [move["id"] for move in batch]

    @pytest.mark.parametrize(
        "raw", [None, 3, "move", [], {}, {"id": 5}, {"id": "abc"}, {"id": new_id().upper()}]
    )
    def test_what_has_no_id_is_told_by_its_place_and_not_kept(self, walk: Started, raw: object) -> None:
        outcomes = walk.submit(walk.move(), raw).outcomes

        assert (outcomes[1].id, outcomes[1].index, outcomes[1].outcome) == (None, 1, Outcome.UNREADABLE)
        assert len(rows(walk, "1")) == 1

    def test_it_is_kept_as_it_came(self, walk: Started) -> None:
        raw = {"id": new_id(), "v": 2, "new": {"deep": [1.5, "å", None]}}
        walk.submit(raw)

        assert [json.loads(text) for (text,) in rows(walk, "raw")] == [raw]

    def test_a_move_by_others_alone_is_not_this_journeys(self, walk: Started) -> None:
        outcome = walk.submit(walk.move(by=[new_id()])).outcomes[0]

        assert (outcome.outcome, outcome.code, outcome.pointer) == (Outcome.UNREADABLE, "unreadable", "/by")

    @pytest.mark.parametrize(
        "odd",
        [
            '"\\ud800"',
            '"\\u0000"',
            "NaN",
            "1e999",
            "-Infinity",
            '{"\\ud800":1,"\\ud800":2}',
            '{"\\u0000":1,"\\u0000":1}',
        ],
    )
    def test_what_a_database_cannot_hold_is_said_and_survived(self, walk: Started, odd: str) -> None:
        text = json.dumps(walk.move()).replace('"stage": "start"', f'"stage": {odd}')

        outcome = walk.submit(decode_json(text)).outcomes[0]

        assert outcome.outcome is Outcome.UNREADABLE
        msgspec.json.encode(outcome)
        assert len(rows(walk, "1")) == 1

    def test_a_huge_one_is_kept_in_part(self, walk: Started) -> None:
        outcome = walk.submit(walk.move(app="x" * 40_000)).outcomes[0]

        assert (outcome.outcome, outcome.code) == (Outcome.UNREADABLE, "too-large")
        assert [len(raw) for (raw,) in rows(walk, "raw")] == [16_000]

    def test_a_long_name_does_not_fill_the_answer(self, walk: Started) -> None:
        text = json.dumps(walk.move())[:-1] + ', "%s": 1, "%s": 2}' % (("n" * 5_000,) * 2)

        outcome = walk.submit(decode_json(text)).outcomes[0]

        assert outcome.code == "duplicate-key"
        assert len(outcome.pointer or "") <= 300

    def test_one_nested_deeper_than_can_be_walked_is_told_and_the_others_count(self, walk: Started) -> None:
        deep: Any = []
        for _ in range(100_000):
            deep = [deep]

        outcomes = walk.submit({"id": (broken := new_id()), "v": 1, "app": deep}, walk.move()).outcomes

        assert (outcomes[0].id, outcomes[0].outcome) == (broken, Outcome.UNREADABLE)
        assert outcomes[1].outcome is Outcome.ACCEPTED
        while deep:  # taken apart by hand: freeing it at once would be as deep
            deep = deep[0]


class TestLimits:
    def test_a_journey_takes_no_more_than_a_journey_may_and_nothing_is_half_done(
        self, walk: Started, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(journeys, "MOVES_IN_A_JOURNEY", 3)
        kept_before = [walk.move(), walk.move()]
        walk.submit(*kept_before)

        with pytest.raises(Problem) as problem:
            walk.submit(walk.move(), walk.move())

        assert problem.value.code == "journey-full"
        assert problem.value.facts == {"most": 3, "left": 1}
        assert len(rows(walk, "1")) == 2
        assert [o.outcome for o in walk.submit(*kept_before, walk.move()).outcomes] == [
            Outcome.DUPLICATE,
            Outcome.DUPLICATE,
            Outcome.ACCEPTED,
        ]

    def test_a_device_is_limited_by_the_day_of_the_region(
        self, walk: Started, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hearing, "MOVES_OF_A_DEVICE_IN_A_DAY", 3)
        other = started(walk.database, walk.quest, walk.caller)
        late = datetime(2026, 6, 20, 21, 59, 50, tzinfo=UTC)  # 23:59:50 there
        walk.submit(walk.move(), walk.move(), now=NOON)

        with pytest.raises(Problem) as problem:
            other.submit(other.move(), other.move(), now=late)

        assert problem.value.code == "device-tired"
        assert problem.value.retry_after_s == 10
        assert problem.value.facts == {"most": 3, "left": 1}
        assert len(other.submit(other.move(), other.move(), now=late + timedelta(seconds=10)).outcomes) == 2

    def test_another_device_of_the_player_is_counted_apart(
        self, walk: Started, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hearing, "MOVES_OF_A_DEVICE_IN_A_DAY", 1)
        walk.submit(walk.move())
        tablet = Caller(walk.caller.player, new_id())

        outcomes = journeys.submit_moves(
            walk.database, tablet, walk.journey, [walk.move()], ["sv"], NOON
        ).outcomes

        assert outcomes[0].outcome is Outcome.ACCEPTED


class TestAtTheSameTime:
    def test_batches_that_overlap_keep_every_move_once(self, opened: Database) -> None:
        walk = started(opened)
        moves = [walk.move() for _ in range(60)]
        batches = [moves[start : start + 30] for start in (0, 10, 20, 30)] * 3
        together = threading.Barrier(4)

        def send(batch: list[dict[str, Any]]) -> list[Outcome]:
            together.wait(10)
            return [outcome.outcome for outcome in walk.submit(*batch).outcomes]

        with ThreadPoolExecutor(4) as phones:
            outcomes = [outcome for told in phones.map(send, batches) for outcome in told]

        assert outcomes.count(Outcome.ACCEPTED) == 60
        assert set(outcomes) == {Outcome.ACCEPTED, Outcome.DUPLICATE}
        assert len(rows(walk, "1")) == 60

    def test_ids_used_crosswise_by_two_devices_end_in_one_of_two_journeys(self, opened: Database) -> None:
        walk = started(opened)
        tablet: Phone = PhoneFactory.create()
        players.register(opened, Player(walk.caller.player, None), tablet.stored, NOON, walk.caller)
        other = started(opened, walk.quest, Caller(walk.caller.player, tablet.device))
        together = threading.Barrier(2)

        def send(by: Started, moves: list[dict[str, Any]]) -> journeys.Submitted:
            together.wait(10)
            return by.submit(*moves)

        for _ in range(4):
            moves = [walk.move() for _ in range(400)]
            with ThreadPoolExecutor(2) as devices:
                one = devices.submit(send, walk, moves)
                two = devices.submit(send, other, moves[::-1])
            codes = [outcome.code for told in (one, two) for outcome in told.result().outcomes]

            assert Counter(codes) == {"done": 400, "id-reused": 400}
            assert len(rows(walk, "1")) == 400
            opened.private.read("DELETE FROM game.moves RETURNING 1")

    def test_two_batches_at_once_do_not_fill_a_journey_beyond_what_it_may_hold(
        self, opened: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(journeys, "MOVES_IN_A_JOURNEY", 300)
        together = threading.Barrier(2)

        def send(walk: Started) -> str:
            batch = [walk.move() for _ in range(200)]
            together.wait(10)
            try:
                walk.submit(*batch)
            except Problem as problem:
                return problem.code
            return "heard"

        for _ in range(4):
            walk = started(opened)
            with ThreadPoolExecutor(2) as phones:
                said = sorted(phones.map(send, [walk, walk]))

            assert said == ["heard", "journey-full"]
            assert len(rows(walk, "1")) == 200

    def test_the_same_journey_put_twice_at_once_is_created_once(self, opened: Database) -> None:
        quest, caller = published(opened), registered(opened)
        fresh = Started(opened, caller, quest, new_id())

        with ThreadPoolExecutor(4) as phones:
            created = [answer.created for answer in phones.map(lambda _: put(fresh), range(4))]

        assert sorted(created) == [False, False, False, True]
