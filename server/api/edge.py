"""What every request finds at the edge, and what it is asked before it comes in."""

import hmac
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
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
from server.openid import Providers
from server.policy import Door, Row
from server.problems import Refusal, Sentence
from server.readers.operator import Operator
from server.stores.basemaps import BaseMaps
from server.stores.database import Database
from server.stores.tiles import Revisions
from server.use_cases import players, sign_in
from server.use_cases.players import Caller
from server.use_cases.sign_in import Person

EXTENSION = "rotfaste"
LANGUAGES_MOST = 10
HEADER_MOST_CHARACTERS = 200
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# A browser takes a cookie of this name only over HTTPS (or from this machine), for all paths, and for no other host.
SESSION_COOKIE = "__Host-session"
ATTEMPT_COOKIE = "__Host-attempt"
KNOWN_COOKIE = "__Host-known"
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
    providers: Providers
    badges: tuple[Badge, ...] = ()
    decks: tuple[Deck, ...] = ()
    speaks: tuple[str, ...] = ()
    signing: bytes = b""

    def person(self, request: flask.Request, row: Row) -> Person | None:
        """Who is signed in, where the door asks for it. Raises Refusal.

        A cookie comes along with whatever page asks, so only our own pages may change anything by it.
        """
        if row.door not in {Door.PERSON, Door.VISITOR, Door.PERSON_AND_DEVICE}:
            return None
        token = request.cookies.get(SESSION_COOKIE, "")
        person = sign_in.authenticate(self.database, token, datetime.now(UTC)) if token else None
        if person is None:
            if row.door is Door.VISITOR:
                return None
            raise Refusal("signed-out")
        only_from_here(self.settings, request)
        return person

    def let_in(self, request: flask.Request, row: Row) -> Caller | None:
        """Who asks, where the door asks for it. Raises Refusal."""
        door = row.door
        if door in {Door.OPEN, Door.PERSON, Door.VISITOR}:
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


def only_from_here(settings: Settings, request: flask.Request) -> None:
    """Raises Refusal for a change that a page of another site asks for. Browsers tell where a request is from."""
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    own = settings.public_address or f"{request.scheme}://{request.host}"
    if origin is None or origin.lower() != own.lower() or site not in {None, "same-origin"}:
        raise Refusal("cross-site")


@dataclass(slots=True)
class Asked:
    """One request, let in. `caller` is None only where the policy lets nobody-in-particular in."""

    edge: Edge
    player: Caller | None
    lang: str | None = None
    signed_in: Person | None = None

    @property
    def person(self) -> Person:
        if self.signed_in is None:
            raise LookupError("the policy lets this route be asked by nobody in particular")
        return self.signed_in

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
