"""Quests to publish and phones to play them with."""

import base64
import hashlib
import itertools
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geo.positions import Position
from quests.answers import answer_bits
from quests.codes import quest_code, scanned_code_hash
from quests.model import CirclePlace, Quest, QuestTexts, Stage, StageTexts, TaskTexts
from quests.secrets import Secrets
from quests.tasks.answer import Answer
from quests.tasks.arrive import Arrive
from quests.tasks.choice import Choice
from quests.tasks.scan import Scan
from server.app import Server
from server.stores.quests import Version
from server.use_cases import publish

NOW = datetime.now(UTC).replace(microsecond=0)
SQUARE = Position(14.63566, 63.1792)  # Östersund's main square
SALT = "5a" * 16
ANSWER = "sju"
PRINTED = base64.urlsafe_b64encode(bytes(range(16))).rstrip(b"=").decode()

_numbers = itertools.count(1)


def make_trail(at: Position = SQUARE, **changed: Any) -> Version:
    """Two stages in order: one to arrive at and answer, then a hidden one with a code on a post."""
    number = next(_numbers)
    stages = (
        Stage(
            key="bridge",
            place=CirclePlace(lon=at.lon, lat=at.lat, radius_m=30),
            tasks=(
                Arrive(key="there"),
                Answer(key="count", accepted=(answer_bits(bytes.fromhex(SALT), ANSWER),)),
            ),
            salt=SALT,
        ),
        Stage(
            key="den",
            place=CirclePlace(lon=at.lon, lat=at.lat + 0.002, radius_m=30),
            tasks=(Scan(key="post"),),
            hidden=True,
            codes=(scanned_code_hash(PRINTED) or "",),
        ),
    )
    secrets = Secrets(answers={"bridge": {"count": (ANSWER,)}}, codes={"den": (PRINTED,)})
    texts = {
        "sv": _texts("Över bron", "Räkna bågarna.", number, {"bridge": "Bron", "den": "Lyan i granen"}),
        "en": _texts(
            "Over the bridge", "Count the arches.", number, {"bridge": "Bridge", "den": "Den in the spruce"}
        ),
    }
    return Version(_quest(number, "trail", stages, texts, **changed), secrets)


def make_generic(**changed: Any) -> Version:
    """A challenge that begins from one's own door."""
    number = next(_numbers)
    stages = (Stage(key="sound", tasks=(Answer(key="hear", expects="anything"),)),)
    texts = {"sv": _texts("Från din dörr", "Lyssna en minut.", number, {"sound": "Ljud"})}
    return Version(_quest(number, "challenge", stages, texts, **changed), Secrets())


def make_tips() -> Version:
    """A tipspromenad of one question and a tie-break."""
    number = next(_numbers)
    bits = answer_bits(bytes.fromhex(SALT), "x")
    stages = (
        Stage(key="q1", tasks=(Choice(key="mark", options=("1", "x", "2"), right=(bits,)),), salt=SALT),
    )
    texts = {"sv": _texts("Tips", "Sex frågor.", number, {"q1": "Fråga ett"})}
    quest = _quest(number, "trail", stages, texts, feedback="at_end", tie_break=True)
    return Version(quest, Secrets(answers={"q1": {"mark": ("x",)}}, tie_break=12.0))


def _texts(title: str, summary: str, number: int, stages: dict[str, str]) -> QuestTexts:
    tasks = {name: TaskTexts(prompt="Vad?") for name in ("there", "count", "post", "hear", "mark")}
    return QuestTexts(
        title=f"{title} {number}",
        summary=summary,
        stages={
            key: StageTexts(title=told, tasks=tasks, arrived=f"arrived at {key}")
            for key, told in stages.items()
        },
    )


def _quest(
    number: int, kind: str, stages: tuple[Stage, ...], texts: dict[str, QuestTexts], **changed: Any
) -> Quest:
    seed = str(number).encode()
    given = {
        "id": str(uuid.UUID(int=number)),
        "code": quest_code(seed),
        "version": hashlib.sha256(seed).hexdigest(),
        "kind": kind,
        "stages": stages,
        "languages": tuple(texts),
        "texts": texts,
        **changed,
    }
    return Quest(**given)


def of_bytes(data: bytes, kind: str = "image/png") -> dict[str, Any]:
    """What a phone says of a file that it is going to send."""
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "type": kind}


def publish_all(server: Server, *versions: Version) -> None:
    for version in versions:
        publish.publish_version(server.edge.database, version, b"", NOW)


@dataclass
class Phone:
    """One player on one device, as it speaks to the server."""

    client: FlaskClient
    player: str = field(default_factory=lambda: str(uuid.uuid4()))
    device: str = field(default_factory=lambda: str(uuid.uuid4()))
    token: bytes = field(default_factory=lambda: uuid.uuid4().bytes * 2)
    seq: int = 0

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.token).hexdigest()

    @property
    def bearer(self) -> str:
        return f"Bearer {self.player}.{base64.urlsafe_b64encode(self.token).rstrip(b'=').decode()}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": self.bearer}

    def registration(self) -> dict[str, Any]:
        return {"device": self.device, "token_sha256": self.hash}

    def register(self, **headers: str) -> TestResponse:
        return self.put(f"/api/v1/players/{self.player}", self.registration(), headers=headers)

    def registered(self) -> "Phone":
        assert self.register().status_code == 201
        return self

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers={**self.headers, **headers})

    def put(self, path: str, body: object, headers: dict[str, str] | None = None) -> TestResponse:
        return self.client.put(path, json=body, headers=self.headers if headers is None else headers)

    def post(self, path: str, body: object) -> TestResponse:
        return self.client.post(path, json=body, headers=self.headers)

    def bring(self, data: bytes, kind: str = "image/png", medium: str | None = None) -> str:
        """Begins to; no byte is sent."""
        medium = medium or str(uuid.uuid4())
        answer = self.put(f"/api/v1/media/{medium}", of_bytes(data, kind))
        assert answer.status_code == 201, answer.text
        return medium

    def send_piece(
        self,
        medium: str,
        offset: int,
        data: bytes,
        kind: str = "application/offset+octet-stream",
        **headers: str,
    ) -> TestResponse:
        return self.client.patch(
            f"/api/v1/media/{medium}",
            data=data,
            content_type=kind,
            headers={**self.headers, "Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), **headers},
        )

    def begin(self, of: Quest, journey: str | None = None, **changed: Any) -> str:
        journey = journey or str(uuid.uuid4())
        answer = self.put(f"/api/v1/journeys/{journey}", self.beginning(of, **changed))
        assert answer.status_code == 201, answer.text
        return journey

    def beginning(self, of: Quest, **changed: Any) -> dict[str, Any]:
        return {
            "quest": of.code,
            "quest_version": of.version,
            "players": [self.player],
            "started_at": NOW.isoformat(),
            **changed,
        }

    def move(
        self, quest: Quest, stage: str | None, task: str | None, body: dict[str, Any], **changed: Any
    ) -> Any:
        self.seq += 1
        return {
            "v": 1,
            "id": str(uuid.uuid4()),
            "by": [self.player],
            "device": self.device,
            "seq": self.seq,
            "made_at": (NOW - timedelta(minutes=1)).isoformat(),
            "stage": stage,
            "task": task,
            "body": body,
            "quest_version": quest.version,
            **changed,
        }

    def arrival(self, quest: Quest, at: Position = SQUARE, **changed: Any) -> Any:
        fix = {"lon": at.lon, "lat": at.lat, "accuracy_m": 8, "at": (NOW - timedelta(minutes=1)).isoformat()}
        return self.move(quest, "bridge", "there", {"kind": "arrive"}, fixes=[fix], **changed)

    def answer(self, quest: Quest, text: str = ANSWER, **changed: Any) -> Any:
        return self.move(quest, "bridge", "count", {"kind": "answer", "text": text}, **changed)

    def send(self, journey: str, moves: list[Any], query: str = "") -> TestResponse:
        return self.post(f"/api/v1/journeys/{journey}/moves{query}", {"moves": moves})

    def send_bytes(self, journey: str, body: bytes, **headers: str) -> TestResponse:
        return self.client.post(
            f"/api/v1/journeys/{journey}/moves",
            data=body,
            headers={**self.headers, "Content-Type": "application/json", **headers},
        )


def problem(answer: TestResponse) -> str:
    """The code of a problem; what is said must be of the form of RFC 9457."""
    assert answer.mimetype == "application/problem+json", answer.text
    body = json.loads(answer.data)
    assert body["status"] == answer.status_code
    assert body["title"]
    assert body["detail"]
    assert body["instance"] == f"urn:uuid:{answer.headers['X-Request-Id']}"
    code: str = body["type"].removeprefix("/problems/")
    return code


def pointers(answer: TestResponse) -> list[str]:
    return [error["pointer"] for error in json.loads(answer.data).get("errors", [])]


def outcomes(answer: TestResponse) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.text
    return [(one["outcome"], one["code"]) for one in json.loads(answer.data)["outcomes"]]
