"""What every request finds at the edge, and what it is asked before it comes in."""

import hmac
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import Any

import flask
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from content.badges import Badge
from media.blobs import BlobStore
from quests.decks import Deck
from quests.languages import chain
from quests.region import SWEDEN
from server.api.addresses import Addresses
from server.api.limits import Limits
from server.api.metrics import Metrics
from server.config import Settings
from server.policy import Door, Row
from server.problems import Refusal, Sentence
from server.readers.operator import Operator
from server.stores.basemaps import BaseMaps
from server.stores.database import Database
from server.stores.tiles import Revisions
from server.use_cases import players
from server.use_cases.players import Caller

EXTENSION = "rotfaste"
LANGUAGES_MOST = 10
HEADER_MOST_CHARACTERS = 200
LOOPBACK = frozenset({"127.0.0.1", "::1"})
# What a proxy adds: behind one that nobody told us of, everybody seems to come from this machine.
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")


class Request(flask.Request):
    """With its beginning and a name of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  handed on
        super().__init__(*args, **kwargs)
        self.began = perf_counter()
        self.name = str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Edge:
    settings: Settings
    database: Database
    limits: Limits
    metrics: Metrics
    sentence: Sentence
    log: Any
    newest_revision: Callable[[], str | None]
    tile_revisions: Revisions
    base_maps: BaseMaps
    store: BlobStore
    addresses: Addresses
    operator: Operator
    badges: tuple[Badge, ...] = ()
    decks: tuple[Deck, ...] = ()
    speaks: tuple[str, ...] = ()

    def let_in(self, request: flask.Request, row: Row) -> Caller | None:
        """Who asks, where the door asks for it. Raises Refusal."""
        door = row.door
        if door is Door.OPEN:
            return None
        authorization = request.headers.get("Authorization")
        if door is Door.OPERATOR:
            if not self._is_operator(request, authorization):
                raise Refusal("not-found")
            return None
        if authorization is None and door is Door.ASKED:
            return None
        scheme, _, bearer = (authorization or "").partition(" ")
        caller = players.authenticate(self.database, bearer.strip()) if scheme.lower() == "bearer" else None
        if caller is None:
            raise Refusal("unknown-token")
        if caller.leaves_at is not None and not row.while_leaving:
            raise Refusal("being-erased", day=caller.leaves_at.astimezone(SWEDEN).date().isoformat())
        return caller

    def _is_operator(self, request: flask.Request, authorization: str | None) -> bool:
        token = self.settings.metrics_token
        if token and authorization is not None:
            return hmac.compare_digest(authorization.encode("utf-8", "replace"), f"Bearer {token}".encode())
        forwarded = any(name in request.headers for name in FORWARDED)
        return request.remote_addr in LOOPBACK and not forwarded


@dataclass(slots=True)
class Asked:
    """One request, let in. `caller` is None only where the policy lets nobody-in-particular in."""

    edge: Edge
    player: Caller | None
    lang: str | None = None

    @property
    def caller(self) -> Caller:
        if self.player is None:
            raise LookupError("the policy lets this route be asked by nobody in particular")
        return self.player

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages to try, best first."""
        return languages(self.lang, flask.request.headers.get("Accept-Language", ""))


def languages(lang: str | None, accepted: str) -> tuple[str, ...]:
    return _chain((lang or "").lower(), accepted[:HEADER_MOST_CHARACTERS])


@lru_cache(maxsize=1024)
def _chain(lang: str, accepted: str) -> tuple[str, ...]:
    wanted = [lang] if lang else []
    for tag, quality in parse_accept_header(accepted, LanguageAccept):
        if quality > 0 and re.fullmatch("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag):
            wanted.append(tag.lower())
    return chain(wanted[:LANGUAGES_MOST])


def wish_of(request: flask.Request) -> tuple[str, ...]:
    """The languages of a request whose query could not be read, or was not yet."""
    lang = request.args.get("lang", "") if len(request.query_string) < HEADER_MOST_CHARACTERS else ""
    fits = re.fullmatch("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}", lang)
    return languages(lang if fits else None, request.headers.get("Accept-Language", ""))
