"""Closures from a file to a judged move: announced, changed, ended, and each move judged by what its phone knew."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from click.testing import CliRunner, Result

from content.closures import FILE_MOST_BYTES, Announced, read_closures
from geo.positions import Position, destination
from quests.closures import Closure
from quests.outcomes import Outcome
from server.cli import main
from server.stores import bodies, closing, revisions
from server.stores import closures as stored
from server.stores.bodies import Body
from server.stores.database import SHOWN_ROLE, Database
from server.use_cases import closures, kits
from server.use_cases.problem import Problem
from tests.factories import CENTRE, NOON, FixFactory, Started, new_id, published, started

DAY = timedelta(days=1)


def square(middle: Position = CENTRE, half_m: float = 300) -> list[list[list[float]]]:
    corners = [destination(middle, bearing, half_m * 2**0.5) for bearing in (45, 135, 225, 315)]
    ring = [[round(one.lon, 6), round(one.lat, 6)] for one in corners]
    return [[*ring, ring[0]]]


def feature(
    middle: Position = CENTRE, half_m: float = 300, *, since: str = "2026-04-01", **said: Any
) -> dict[str, Any]:
    properties = {"kind": "calving", "from": since, "to": "2026-06-24", "authority": "Samebyn"}
    return {
        "type": "Feature",
        "properties": {**properties, **said},
        "geometry": {"type": "Polygon", "coordinates": square(middle, half_m)},
    }


def collection(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def announced(*features: dict[str, Any]) -> tuple[Announced, ...]:
    read = read_closures(collection(*features))
    assert read.findings == ()
    return read.closures


def load(database: Database, *features: dict[str, Any], now: datetime = NOON - 60 * DAY) -> closures.Loaded:
    return closures.load(database, announced(*features), now)


@pytest.fixture
def walk(opened: Database) -> Started:
    return started(opened)


def code(walk: Started, **fields: Any) -> str:
    return walk.submit(walk.move(**fields)).outcomes[0].code


# ----------------------------------------------------------------------------------------- a list that grows


def test_loading_the_same_file_again_changes_nothing(opened: Database) -> None:
    first = load(opened, feature(), feature(destination(CENTRE, 0, 5000), kind="moving"))
    again = load(opened, feature(), feature(destination(CENTRE, 0, 5000), kind="moving"), now=NOON)

    assert (len(first.changed), first.same) == (2, ())
    assert (again.changed, len(again.same)) == ((), 2)
    with opened.transaction() as connection:
        assert stored.revision(connection) == first.changed[1].revision
        assert len(revisions.after(connection, 0, 0, 10)) == 2


def test_what_says_something_else_is_a_new_revision_of_the_same_closure(opened: Database) -> None:
    mine = new_id()
    (first,) = load(opened, feature(id=mine)).changed
    (longer,) = load(opened, feature(id=mine, to="2026-07-01")).changed

    assert (first.id, longer.id) == (mine, mine)
    assert longer.revision > first.revision
    assert [one.ends for one in closures.list_all(opened)] == [longer.ends]


def test_what_was_ended_by_command_stays_ended_when_the_old_file_is_loaded_again(opened: Database) -> None:
    (closed,) = load(opened, feature()).changed
    ended = closures.end(opened, closed.id, NOON, NOON)

    assert load(opened, feature(), now=NOON).changed == ()
    assert closures.list_all(opened) == (ended,)
    assert (ended.ends, ended.withdrawn) == (NOON, True)
    # And what is announced anew is closed anew.
    assert [one.withdrawn for one in load(opened, feature(id=closed.id, to="2026-06-30")).changed] == [False]


def test_before_its_beginning_a_closure_is_taken_back_whole(opened: Database) -> None:
    (closed,) = load(opened, feature(since="2026-08-01", to="2026-08-09")).changed

    ended = closures.end(opened, closed.id, NOON, NOON)

    assert (ended.starts, ended.ends) == (closed.starts, closed.starts)
    assert not ended.holds(closed.starts)


def test_nothing_is_ended_later_than_it_ends_and_nothing_that_is_not_there(opened: Database) -> None:
    (closed,) = load(opened, feature()).changed

    with pytest.raises(Problem) as over:
        closures.end(opened, closed.id, closed.ends, NOON)
    with pytest.raises(Problem) as unknown:
        closures.end(opened, new_id(), NOON, NOON)

    assert (over.value.code, unknown.value.code) == ("closure-over", "unknown-closure")


def test_rows_are_never_changed(opened: Database, database: str) -> None:
    (closed,) = load(opened, feature()).changed
    with psycopg.connect(database) as connection:
        before = connection.execute("SELECT * FROM game.closures").fetchall()
    closures.end(opened, closed.id, NOON, NOON)
    load(opened, feature(id=closed.id, to="2026-06-30"))

    with psycopg.connect(database) as connection:
        after = connection.execute("SELECT * FROM game.closures ORDER BY revision").fetchall()
    assert after[:1] == before
    assert len(after) == 3


def test_several_loads_at_once_come_one_after_another(opened: Database) -> None:
    """So that whoever sees a revision has seen every smaller one."""
    files = [announced(feature(destination(CENTRE, 40 * n, 3000), authority=f"S{n}")) for n in range(8)]

    with ThreadPoolExecutor(4) as pool:
        loaded = list(pool.map(lambda file: closures.load(opened, file, NOON), files))

    with opened.transaction() as connection:
        newest, found = stored.not_over(connection, NOON)
        told = [one.id for one in revisions.after(connection, 0, 0, 20)]
    by_revision = sorted((one for each in loaded for one in each.changed), key=lambda one: one.revision)
    assert newest == by_revision[-1].revision
    assert len(found) == 8
    assert told == [one.id for one in by_revision]


def test_who_loads_waits_for_whoever_is_loading(opened: Database) -> None:
    """Else the second could be seen first, and a phone that names it would have missed the first."""
    (mine,) = announced(feature())
    waiting = announced(feature(destination(CENTRE, 0, 3000)))

    with ThreadPoolExecutor(1) as pool:
        with opened.transaction() as connection:
            stored.lock(connection)
            other = pool.submit(closures.load, opened, waiting, NOON)
            done, _ = wait([other], timeout=0.5)
            first = stored.add(
                connection,
                Closure(**{name: getattr(mine, name) for name in mine.__slots__}, announced_at=NOON),
            )
        second = other.result()

    assert done == set()
    assert second.changed[0].revision > first.revision


def test_what_is_stored_is_what_was_announced_to_the_last_digit(opened: Database) -> None:
    hole = square(CENTRE, 100)[0]
    one = feature(texts={"sv": "Håll hunden kopplad.", "en": "Keep your dog on a lead."})
    one["geometry"]["coordinates"].append(hole)

    (closed,) = load(opened, one).changed

    (said,) = announced(one)
    with opened.transaction() as connection:
        (found,) = stored.newest(connection)
    assert found == closed
    assert (found.area, found.texts) == (said.area, said.texts)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Closure) == found


# -------------------------------------------------------------------------------------------- moves


def test_a_move_in_a_closure_that_its_phone_knew_is_refused(walk: Started) -> None:
    (closed,) = load(walk.database, feature()).changed

    outcome = walk.submit(walk.move(closures_revision=closed.revision)).outcomes[0]

    assert (outcome.outcome, outcome.code) == (Outcome.REFUSED, "closed-ground")


def test_a_closure_that_the_phone_could_not_know_undoes_nothing(walk: Started) -> None:
    (other,) = load(walk.database, feature(destination(CENTRE, 0, 4000))).changed
    load(walk.database, feature())

    assert code(walk) == "done"
    assert code(walk, closures_revision=other.revision) == "done"
    assert code(walk, closures_revision=0) == "done"


def test_a_stored_judgement_stands_whatever_becomes_of_the_closure(walk: Started) -> None:
    (closed,) = load(walk.database, feature()).changed
    refused = walk.move(closures_revision=closed.revision)
    walk.submit(refused)
    closures.end(walk.database, closed.id, NOON - DAY, NOON)

    again = walk.submit(refused).outcomes[0]

    assert (again.outcome, again.code) == (Outcome.DUPLICATE, "closed-ground")


def test_by_a_revision_that_knows_it_ended_the_ground_is_open(walk: Started) -> None:
    (closed,) = load(walk.database, feature()).changed
    ended = closures.end(walk.database, closed.id, NOON - DAY, NOON)

    assert code(walk, closures_revision=closed.revision) == "closed-ground"
    assert code(walk, closures_revision=ended.revision) == "done"


def test_a_closure_that_was_moved_is_no_longer_where_it_was(walk: Started) -> None:
    """Though its old row still lies around the fix, and its new one far away."""
    mine = new_id()
    (first,) = load(walk.database, feature(id=mine)).changed
    (moved,) = load(walk.database, feature(destination(CENTRE, 0, 40_000), id=mine)).changed

    assert code(walk, closures_revision=first.revision) == "closed-ground"
    assert code(walk, closures_revision=moved.revision) == "done"


def test_a_blocked_stage_is_passed_also_by_whoever_stands_outside_the_closure(walk: Started) -> None:
    (closed,) = load(walk.database, feature()).changed
    away = FixFactory(position=destination(CENTRE, 0, 900))
    blocked = {"kind": "blocked", "reason": "closed"}

    found = code(walk, body=blocked, task=None, fixes=[away], closures_revision=closed.revision)

    assert found == "passed"


def test_without_a_position_nobody_is_refused(walk: Started) -> None:
    (closed,) = load(walk.database, feature()).changed

    assert code(walk, fixes=[], closures_revision=closed.revision) == "no-position"


def test_a_batch_of_five_hundred_moves_in_a_closure_of_five_thousand_corners_is_quick(walk: Started) -> None:
    """Whoever sends them must not keep a processor busy."""
    many = feature(CENTRE)
    corners = [destination(CENTRE, number * 360 / 4990, 300) for number in range(4990)]
    ring = [[round(one.lon, 6), round(one.lat, 6)] for one in corners]
    many["geometry"]["coordinates"] = [[*ring, ring[0]]]
    (closed,) = load(walk.database, many).changed
    moves = [walk.move(closures_revision=closed.revision) for _ in range(500)]

    began_s = time.process_time()
    outcomes = walk.submit(*moves).outcomes

    assert {one.code for one in outcomes} == {"closed-ground"}
    assert time.process_time() - began_s < 5, "of the processor, however busy the machine is"


# ---------------------------------------------------------------------------------------- kits, and everybody


def test_a_kit_holds_what_is_near_and_not_over(opened: Database) -> None:
    quest = published(opened)
    near = load(
        opened,
        feature(),
        feature(authority="Kommunen", kind="municipal", since="2027-01-01", to="2027-02-01"),
    )
    load(opened, feature(destination(CENTRE, 180, 30_000)))
    load(opened, feature(since="2026-01-01", to="2026-01-31"))
    with opened.transaction() as connection:
        newest = stored.revision(connection)

    kit = kits.take_along(opened, quest.code, NOON)

    assert kit.revision == newest
    assert {one.id for one in kit.closures} == {one.id for one in near.changed}


def test_the_reading_role_sees_the_newest_and_nothing_that_is_over(opened: Database) -> None:
    (closed,) = load(opened, feature(texts={"sv": "”Stängt”"})).changed
    load(opened, feature(since="2026-01-01", to="2026-01-31"))
    ended = closures.end(opened, closed.id, NOON + DAY, NOON)

    shown = json.loads(stored.shown(opened, NOON))

    assert shown["revision"] == ended.revision
    (one,) = shown["features"]
    assert one["id"] == closed.id
    assert one["properties"]["ends"] == "2026-06-21T10:00:00Z"
    assert one["properties"]["texts"] == {"sv": "”Stängt”"}
    assert one["geometry"]["coordinates"] == [square()]
    assert json.loads(stored.shown(opened, NOON + 2 * DAY))["features"] == []
    assert SHOWN_ROLE == "shown_reader"


def test_without_closures_the_revision_is_0(opened: Database) -> None:
    assert json.loads(stored.shown(opened, NOON)) == {
        "type": "FeatureCollection",
        "revision": 0,
        "features": [],
    }


# ---------------------------------------------------------------------------------------------- commands


@pytest.fixture
def run(database: str, tmp_path: Path) -> Callable[..., Result]:
    def command(*arguments: object) -> Result:
        environ = {"DATABASE_URL": database, "ROTFASTE_DATA": str(tmp_path)}
        return CliRunner().invoke(main, ["closures", *map(str, arguments)], env=environ)

    return command


def test_a_file_is_loaded_listed_and_ended(run: Callable[..., Result], tmp_path: Path) -> None:
    file = tmp_path / "calving.geojson"
    file.write_bytes(collection(feature(since="2099-04-01", to="2099-06-24")))

    loaded, again = run("load", file), run("load", file)
    listed = run("list")
    (one,) = json.loads(run("list", "--json").stdout)
    ended = run("end", one["id"], "--at", "2099-05-01")
    gone = run("end", one["id"])

    assert "1 closures announced, 0 were there already." in loaded.stdout
    assert "0 closures announced, 1 were there already." in again.stdout
    assert "announced  2099-04-01 00:00 to 2099-06-25 00:00  calving  Samebyn" in listed.stdout
    assert "2099-04-01 00:00 to 2099-05-01 00:00" in ended.stdout
    assert "2099-04-01 00:00 to 2099-04-01 00:00" in gone.stdout


def test_mistakes_are_told_with_their_feature_and_nothing_is_loaded(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "calving.geojson"
    wrong = feature(since="first of \x1b[31mApril")
    file.write_bytes(collection(feature(), wrong, {**feature(), "geometry": None}))

    told = run("load", file, "--lang", "en")

    assert told.exit_code == 1
    assert f"{file}: feature 2 (properties/from): mend:" in told.stderr
    assert f"{file}: feature 3 (geometry): mend:" in told.stderr
    assert "\x1b" not in told.stderr
    assert run("list", "--all").stdout == ""


@pytest.mark.parametrize(
    "arguments", [("end", "nonsense"), ("end", new_id()), ("end", new_id(), "--at", "soon")]
)
def test_what_cannot_be_ended_is_said(run: Callable[..., Result], arguments: tuple[str, ...]) -> None:
    told = run(*arguments)

    assert told.exit_code in {1, 2}
    assert "Traceback" not in told.output
    assert "There is no closure" in told.output or "is no day and no moment" in told.output


@pytest.mark.parametrize("command", [("closures", "load"), ("grounds", "load", "--kind", "church")])
def test_a_file_without_end_is_too_large(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = tmp_path / "endless.geojson"
    endless.symlink_to("/dev/zero")
    monkeypatch.setattr("server.cli.grounds.FILE_MOST_BYTES", FILE_MOST_BYTES)
    monkeypatch.setattr("content.grounds.FILE_MOST_BYTES", FILE_MOST_BYTES)

    told = CliRunner().invoke(main, [*command, "--lang", "en", str(endless)])

    assert told.exit_code == 1
    assert "The file is too large." in told.stderr


def test_ground_is_closed_by_phone_for_a_body_and_is_that_bodys(
    run: Callable[..., Result], tmp_path: Path, opened: Database
) -> None:
    def body(**changed: Any) -> str:
        given = {"kind": "sameby", "state": "active", "verified_at": NOON, **changed}
        made = Body(
            new_id(), name="Byn", municipality="", phone="", about={}, version=1, asked_at=NOON, **given
        )
        with opened.transaction() as connection:
            assert bodies.add(connection, made)
        return made.id

    ours, theirs, unverified = body(), body(), body(verified_at=None)
    file = tmp_path / "calving.geojson"
    file.write_bytes(collection(feature(since="2099-04-01", to="2099-06-24", id=new_id())))

    refused = run("load", file, "--for", unverified, "--lang", "en")
    loaded = run("load", file, "--for", ours)
    file.write_bytes(file.read_bytes().replace(b"calving", b"moving"))
    taken = run("load", file, "--for", theirs, "--lang", "en")

    assert "not made sure yet who you are" in refused.output
    assert "belongs to somebody else" in taken.output
    assert loaded.exit_code == 0, loaded.output
    with opened.transaction() as connection:
        (one,) = closing.of_body(connection, ours)
        deeds = [deed.what for deed in bodies.deeds(connection, ours, 10)]
    assert (one.closure.authority, one.closure.kind) == ("Byn", "calving")
    assert deeds == ["close-ground"]
