"""A thousand phones come home in ten minutes while everything is killed: each move is there, and there once.

The server and the worker run as in production, on a database of its own that is written to disk. `make deep` takes
1,000 phones with 200 moves each over ten minutes and five kills; ROTFASTE_DEEP_PHONES, _MOVES (of a phone), _MINUTES
and _KILLS say otherwise. `make test` takes a few.
"""

import asyncio
import contextlib
import json
import os
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from random import Random
from typing import Any

import msgspec
import psycopg
import pytest

from quests.judge import judge, judge_free, unreadable
from quests.moves import FreeMove, Move, Unreadable, read_free_move, read_move
from quests.outcomes import Judged
from quests.play import play
from quests.secrets import Heard, hear
from quests.views import JourneyView, for_player
from server.cli.cluster import Cluster
from server.cli.migrate import migrate
from server.stores import awards, journeys
from server.stores.database import Database
from server.stores.quests import Version
from server.use_cases import publish
from server.use_cases.awards import deeds_of_player
from server.wiring import open_badges
from tests.factories import NOON, VersionFactory
from tests.server.machine import Machine, kill_postgres
from tests.server.phones import FREE, Seen, SimulatedPhone

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"


def _wanted(name: str, deep: float, small: float) -> float:
    return float(os.environ.get(f"ROTFASTE_DEEP_{name}", deep if DEEP else small))


PHONES = int(_wanted("PHONES", 1_000, 20))
MOVES = int(_wanted("MOVES", 200, 100))
MINUTES = _wanted("MINUTES", 10, 0.3)
KILLS = int(_wanted("KILLS", 5, 2))
SEED = int(_wanted("SEED", time.time_ns() % 1_000_000, 1))
#: A run of ten minutes has the phones' own waiting times, a shorter one shorter ones.
PACE = min(1.0, MINUTES / 10)


@dataclass(frozen=True, slots=True)
class Audit:
    """What is wrong. All of it 0 is how it should be."""

    lost: int  # made, and not there
    doubled: int  # there more than once, or told as new more than once
    strange: int  # there, and nobody made it
    told_otherwise: int  # the phone was told something else than stands
    judged_otherwise: int  # judged anew, from what the phone sent, it comes to something else
    folded_otherwise: int  # the journey that the server shows is not the fold of its moves judged anew
    awards_missing: int  # earned by what is stored, and not given


@pytest.fixture
def machine(cluster: Cluster) -> Iterator[Machine]:
    machine = Machine(cluster, ROTFASTE_TRUSTED_PROXIES="1", ROTFASTE_LOG_LEVEL="error")
    yield machine
    machine.kill()


@pytest.mark.slow
@pytest.mark.timeout(MINUTES * 60 * 4 + 900)
def test_a_thousand_phones_lose_and_double_nothing(cluster: Cluster, machine: Machine) -> None:
    migrate(cluster.url())
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 2 * PHONES + 500)), hard))
    with contextlib.closing(Database(cluster.url(), size=2)) as database:
        assert {durable(cluster, name) for name in ("fsync", "synchronous_commit", "full_page_writes")} == {
            "on"
        }
        version = VersionFactory.create()
        receipt = publish.publish_version(database, version, b"a pack", NOON)
        version = replace(version, quest=msgspec.structs.replace(version.quest, code=receipt.code))

        machine.start("serve", "worker")
        phones, seen, kills, took_s = asyncio.run(all_come_home(cluster, machine, version))
        views = asyncio.run(shown(phones))
        found = audit(database, version, phones, views)
        print(json.dumps(figures(phones, seen, kills, took_s) | asdict(found), indent=1))  # noqa: T201

        assert seen.answers.keys() <= {200, 201, 429, 503}
        assert seen.tries_again > 0
        assert sum(len(phone.made) for phone in phones) == PHONES * MOVES
        assert found == Audit(0, 0, 0, 0, 0, 0, 0)
        assert_the_audit_finds(database, cluster, version, phones, views)


async def all_come_home(
    cluster: Cluster, machine: Machine, version: Version
) -> tuple[list[SimulatedPhone], Seen, list[dict[str, Any]], float]:
    """The phones, what they met, when what was killed, and how long it took until every outbox was empty. [s]"""
    chance, over_s, seen = Random(SEED), MINUTES * 60, Seen()
    began = time.monotonic()

    def clock() -> float:
        return time.monotonic() - began

    phones = [
        SimulatedPhone(
            number,
            machine.port,
            version.quest,
            seen,
            moves=MOVES,
            over_s=over_s,
            pace=PACE,
            clock=clock,
            chance=Random(chance.random()),
        )
        for number in range(PHONES)
    ]
    part_s = 0.8 * over_s / max(1, KILLS)
    moments = [0.1 * over_s + part_s * number + chance.uniform(0, 0.7 * part_s) for number in range(KILLS)]
    async with asyncio.TaskGroup() as group:
        for phone in phones:
            group.create_task(phone.live())
        killing = group.create_task(kill_at(moments, cluster, machine, chance, clock))
    return phones, seen, killing.result(), clock()


async def kill_at(
    moments: list[float], cluster: Cluster, machine: Machine, chance: Random, clock: Callable[[], float]
) -> list[dict[str, Any]]:
    """Kill -9 of server, worker and database at each moment, one after the other as chance has it."""
    done = []
    for moment in moments:
        await asyncio.sleep(max(0.0, moment - clock()))
        first, second = chance.sample([lambda: kill_postgres(cluster), machine.kill], 2)
        at, apart_s = clock(), chance.choice((0.0, chance.uniform(0, 0.5)))
        first()
        await asyncio.sleep(apart_s)
        second()
        machine.start("serve", "worker")
        await asyncio.to_thread(cluster.start)
        done.append(
            {"at_s": round(at, 1), "apart_ms": round(apart_s * 1000), "back_s": round(clock() - at, 1)}
        )
    return done


async def shown(phones: list[SimulatedPhone]) -> list[JourneyView]:
    few = asyncio.Semaphore(8)

    async def one(phone: SimulatedPhone) -> JourneyView:
        async with few:
            return msgspec.convert((await phone.view())["view"], JourneyView)

    return list(await asyncio.gather(*(one(phone) for phone in phones)))


def audit(
    database: Database, version: Version, phones: list[SimulatedPhone], views: list[JourneyView]
) -> Audit:
    badges = open_badges()
    made = {move: phone.player for phone in phones for move in phone.made}
    rows = database.private.read("SELECT id::text, owner_player_id::text FROM game.moves")
    times = Counter(str(row[0]) for row in rows)
    owners = {str(row[0]): str(row[1]) for row in rows}
    wrong: Counter[str] = Counter(
        lost=sum(move not in times for move in made),
        doubled=sum(count > 1 for count in times.values())
        + sum(count > 1 for phone in phones for count in phone.told_as_new.values()),
        strange=sum(made.get(move) != owner for move, owner in owners.items()),
    )
    for phone, view in zip(phones, views, strict=True):
        with database.transaction() as connection:
            stands = journeys.kept_moves(connection, phone.player, phone.made)
            heard_at: dict[str, datetime] = dict(
                connection.execute(
                    "SELECT id::text, heard_at FROM game.moves WHERE owner_player_id = %(owner)s",
                    {"owner": phone.player},
                )
            )
            has = awards.keys(connection, phone.player)
            deeds = deeds_of_player(connection, phone.player)
        wrong["awards_missing"] += len(phone.awards - set(has)) + sum(
            badge.sheet.rule.holds(deeds) and badge.key not in has for badge in badges
        )
        anew = []
        for move, (where, raw) in phone.made.items():
            if move not in stands:
                continue
            kept = stands[move]
            judged = judge_anew(version, move, where, raw, heard_at[move])
            if where != FREE:
                anew.append(judged)
            wrong["told_otherwise"] += phone.told.get(move) != kept.judged.outcome
            wrong["judged_otherwise"] += judged != kept.judged or kept.journey != (
                None if where == FREE else phone.journey
            )
        folded = for_player(version.quest, play(version.quest, anew), ["sv"])
        wrong["folded_otherwise"] += folded != view
    return Audit(**{name: wrong[name] for name in Audit.__dataclass_fields__})


def judge_anew(version: Version, move: str, where: str, raw: dict[str, Any], heard_at: datetime) -> Judged:
    read: Move | FreeMove | Unreadable = read_free_move(raw) if where == FREE else read_move(raw)
    match read:
        case Unreadable():
            return unreadable(move, read, heard_at)
        case FreeMove():
            return judge_free(read, Heard(at=heard_at))
        case _:
            return judge(version.quest, read, hear(version.quest, version.secrets, read, heard_at))


def assert_the_audit_finds(
    database: Database,
    cluster: Cluster,
    version: Version,
    phones: list[SimulatedPhone],
    views: list[JourneyView],
) -> None:
    """What it is there to find: a move that is gone, and one that is there twice."""
    gone = next(move for move, (where, _) in phones[0].made.items() if where == FREE)
    twice = next(move for move, (where, _) in phones[1].made.items() if where == FREE)
    with psycopg.connect(cluster.url()) as connection:
        connection.execute("DELETE FROM game.moves WHERE id = %s", [gone])
        connection.execute(
            "INSERT INTO game.moves (owner_player_id, id, heard_from, heard_at, by, digest, body, fixes, judged)"
            " SELECT %s, id, heard_from, heard_at, by, digest, body, fixes, judged FROM game.moves WHERE id = %s",
            [phones[0].player, twice],
        )

    found = audit(database, version, phones, views)

    assert (found.lost, found.doubled, found.folded_otherwise) == (1, 1, 0)


def figures(
    phones: list[SimulatedPhone], seen: Seen, kills: list[dict[str, Any]], took_s: float
) -> dict[str, Any]:
    took_ms = sorted(took for _, took, _ in seen.batches)
    a_second = Counter({int(at): 0 for at, _, _ in seen.batches})
    for at, _, moves in seen.batches:
        a_second[int(at)] += moves
    sent = sum(len(phone.made) for phone in phones)
    return {
        "phones": PHONES,
        "sent": sent,
        "seed": SEED,
        "outcomes": dict(Counter(told for phone in phones for told in phone.told.values())),
        "told_again": sum(moves for _, _, moves in seen.batches)
        - sum(sum(phone.told_as_new.values()) for phone in phones),
        "requests": seen.requests,
        "answers": {str(status): count for status, count in sorted(seen.answers.items())},
        "tried_again": seen.tries_again,
        "kills": kills,
        "minutes": round(took_s / 60, 2),
        "moves_a_second": round(sent / took_s),
        "moves_in_the_fullest_second": max(a_second.values()),
        "batches": len(took_ms),
        "batch_ms": {
            name: round(took_ms[int(part * (len(took_ms) - 1))])
            for name, part in (("p50", 0.5), ("p99", 0.99), ("most", 1.0))
        },
    }


def durable(cluster: Cluster, name: str) -> str:
    with psycopg.connect(cluster.url()) as connection:
        row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    return "" if row is None else str(row[0])
