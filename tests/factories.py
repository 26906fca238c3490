"""Things to test with, numbered so that no two are alike and every run makes the same ones."""

import base64
import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import factory
import msgspec

from content.badges import Badge
from geo.positions import Position, destination
from quests.answers import answer_bits
from quests.codes import printed_code, quest_code, scanned_code_hash
from quests.model import CirclePlace, Quest, QuestTexts, Stage, StageTexts, TaskTexts
from quests.secrets import Secrets
from quests.tasks.answer import Answer
from quests.tasks.arrive import Arrive
from quests.tasks.choice import Choice
from quests.tasks.scan import Scan
from server.stores.database import Database
from server.stores.players import Device, Player
from server.stores.quests import Version
from server.use_cases import journeys, players, publish
from server.use_cases.players import Caller

CENTRE = Position(14.63566, 63.1792)  # Stortorget, Östersund
NOON = datetime(2026, 6, 20, 10, 0, tzinfo=UTC)
SALT = bytes(range(16))
SECRET_ANSWER = "storsjöodjuret"
SECRET_CODE = printed_code(bytes(range(16)))


def numbered_uuid(kind: str, number: int) -> str:
    return str(uuid.UUID(bytes=hashlib.sha256(f"{kind}{number}".encode()).digest()[:16], version=4))


def circle(at: Position) -> CirclePlace:
    return CirclePlace(lon=round(at.lon, 6), lat=round(at.lat, 6))


class QuestFactory(factory.Factory[Quest]):
    """A trail of three: be there, then answer, choose and scan, then a hidden end."""

    class Meta:
        model = Quest

    class Params:
        at = CENTRE
        title = factory.Sequence(lambda n: f"Stig {n}")

    id = factory.Sequence(lambda n: numbered_uuid("quest", n))
    code = factory.Sequence(lambda n: quest_code(b"quest", n))
    version = factory.Sequence(lambda n: hashlib.sha256(f"version{n}".encode()).hexdigest())
    kind = "trail"
    languages = ("sv", "en")

    @factory.lazy_attribute
    def stages(self: Any) -> tuple[Stage, ...]:
        at = self.at
        asked = (
            Answer(key="name", accepted=(answer_bits(SALT, SECRET_ANSWER),)),
            Choice(key="tip", options=("1", "x", "2"), right=(answer_bits(SALT, "x"),)),
            Scan(key="post"),
        )
        return (
            Stage(key="start", place=at and circle(at), tasks=(Arrive(key="be-there"),), salt=SALT.hex()),
            Stage(
                key="middle",
                place=at and circle(destination(at, 90, 400)),
                tasks=asked,
                needs=1,
                salt=SALT.hex(),
                codes=(scanned_code_hash(SECRET_CODE) or "",),
            ),
            Stage(
                key="end",
                place=at and circle(destination(at, 90, 800)),
                tasks=(Arrive(key="be-there"),),
                hidden=True,
                salt=SALT.hex(),
            ),
        )

    @factory.lazy_attribute
    def texts(self: Any) -> dict[str, QuestTexts]:
        return {
            language: QuestTexts(
                title=f"{self.title}{mark}",
                summary=f"En väg längs vattnet{mark}.",
                stages={
                    stage.key: StageTexts(
                        title=f"{stage.key}{mark}",
                        after=f"Told after {stage.key}{mark}",
                        tasks={task.key: TaskTexts(prompt=f"{task.key}?") for task in stage.tasks},
                    )
                    for stage in self.stages
                },
            )
            for language, mark in (("sv", ""), ("en", " in English"))
        }


class VersionFactory(factory.Factory[Version]):
    """A quest with its secrets."""

    class Meta:
        model = Version

    quest = factory.SubFactory(QuestFactory)
    secrets = Secrets(
        answers={"middle": {"name": (SECRET_ANSWER,), "tip": ("x",)}}, codes={"middle": (SECRET_CODE,)}
    )


class PlayerFactory(factory.Factory[Player]):
    class Meta:
        model = Player

    id = factory.Sequence(lambda n: numbered_uuid("player", n))
    language = None


@dataclass(frozen=True, slots=True)
class Phone:
    """A device and the token that it alone holds."""

    device: str
    token: bytes

    @property
    def stored(self) -> Device:
        return Device(self.device, hashlib.sha256(self.token).digest())

    def bearer(self, player: str) -> str:
        return f"{player}.{base64.urlsafe_b64encode(self.token).rstrip(b'=').decode()}"


class PhoneFactory(factory.Factory[Phone]):
    class Meta:
        model = Phone

    device = factory.Sequence(lambda n: numbered_uuid("device", n))
    token = factory.Sequence(lambda n: hashlib.sha256(f"token{n}".encode()).digest())


class FixFactory(factory.DictFactory):
    class Params:
        position = CENTRE

    lon = factory.LazyAttribute(lambda fix: round(fix.position.lon, 7))
    lat = factory.LazyAttribute(lambda fix: round(fix.position.lat, 7))
    accuracy_m = 8
    at = NOON.isoformat()


class MoveFactory(factory.DictFactory):
    """A move as a phone sends it: by default, being at the first stage of a `QuestFactory` quest."""

    v = 1
    id = factory.Sequence(lambda n: numbered_uuid("move", n))
    by = factory.LazyFunction(list)
    device = numbered_uuid("device", 0)
    made_at = factory.LazyAttribute(lambda move: (NOON + timedelta(seconds=1)).isoformat())
    stage = "start"
    task = "be-there"
    body = factory.LazyFunction(lambda: {"kind": "arrive"})
    fixes = factory.LazyFunction(lambda: [FixFactory()])
    quest_version = "0" * 64


def new_id() -> str:
    """A UUID that nothing else has, as a phone makes one."""
    made: str = _IdFactory.build()["id"]
    return made


class _IdFactory(factory.DictFactory):
    id = factory.Sequence(lambda n: numbered_uuid("thing", n))


def published(database: Database, now: datetime = NOON, **fields: Any) -> Quest:
    """A quest that can be played; `fields` are those of a `QuestFactory`."""
    version = VersionFactory.create(**{f"quest__{name}": value for name, value in fields.items()})
    receipt = publish.publish_version(database, version, b"a pack", now)
    return msgspec.structs.replace(version.quest, code=receipt.code)


def registered(database: Database, phone: Phone | None = None) -> Caller:
    """A new player on a phone."""
    phone = phone or PhoneFactory.create()
    player = PlayerFactory.create()
    players.register(database, player, phone.stored, NOON)
    return Caller(player.id, phone.device)


@dataclass(frozen=True, slots=True)
class Started:
    """A journey in a published quest, and whoever plays it."""

    database: Database
    caller: Caller
    quest: Quest
    journey: str

    def move(self, **fields: Any) -> dict[str, Any]:
        mine = {"by": [self.caller.player], "device": self.caller.device, "quest_version": self.quest.version}
        made: dict[str, Any] = MoveFactory.build(**{**mine, **fields})
        return made

    def answer(self, text: str, **fields: Any) -> dict[str, Any]:
        """A move that answers the question of the second stage."""
        return self.move(stage="middle", task="name", body={"kind": "answer", "text": text}, **fields)

    def submit(
        self, *moves: object, now: datetime = NOON, badges: tuple[Badge, ...] = ()
    ) -> journeys.Submitted:
        return journeys.submit_moves(self.database, self.caller, self.journey, moves, ("sv",), now, badges)


def started(
    database: Database,
    quest: Quest | None = None,
    caller: Caller | None = None,
    others: tuple[str, ...] = (),
) -> Started:
    quest = quest or published(database)
    caller = caller or registered(database)
    journey = new_id()
    journeys.put(
        database,
        caller,
        journey,
        quest=quest.code,
        quest_version=quest.version,
        players=[caller.player, *others],
        started_at=NOON,
        now=NOON,
    )
    return Started(database, caller, quest, journey)
