"""The WSGI application: `create` puts the edge together; everything else is looked up in it."""

import gc
import logging
import uuid
from collections.abc import Iterable, Mapping
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import flask
from flask import Flask, Response
from flask.sessions import NullSession, SessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix

from quests.outcomes import CODES
from server.api import media, routes, tiles
from server.api.addresses import Addresses
from server.api.edge import EXTENSION, Edge, Request, wish_of
from server.api.limits import Limits, counter
from server.api.logs import OtherLogs, open_log, told_of
from server.api.metrics import Metrics
from server.config import Settings, load_secrets, read_settings
from server.problems import PROBLEMS, answer, what_to_say
from server.stores.database import Database
from server.stores.tiles import Revisions
from server.wiring import (
    open_badges,
    open_base_maps,
    open_decks,
    open_languages,
    open_operator,
    open_providers,
    open_store,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # What the phone app needs of the phone, from our own pages alone; too strict a list kills AR silently.
    "Permissions-Policy": (
        "accelerometer=(self), camera=(self), geolocation=(self), gyroscope=(self), magnetometer=(self),"
        " microphone=(self)"
    ),
}
# Answers are data. The documentation page brings its own.
CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_HEADERS_OF_TILES = (*HEADERS.items(), ("Content-Security-Policy", CONTENT_SECURITY_POLICY))
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"})
SERVER_ERROR = 500


class _NoSessions(SessionInterface):
    """Nothing is kept between requests: who asks shows a token each time."""

    def __init__(self) -> None:
        self._none = NullSession()

    def open_session(self, _app: Flask, _request: flask.Request) -> NullSession:
        return self._none

    def is_null_session(self, _session: object) -> bool:
        return True


class Server(Flask):
    """Flask with one way out: every response passes `process_response`, and every exception `handle_user_exception`."""

    request_class = Request
    session_interface = _NoSessions()
    edge: Edge

    def process_response(self, response: Response) -> Response:
        request = cast("Request", flask.request)
        seconds = perf_counter() - request.began
        rule = request.url_rule
        route = "-" if rule is None else rule.rule
        method = request.method if request.method in METHODS else "other"
        headers = response.headers
        for name, value in (*HEADERS.items(), ("Content-Security-Policy", CONTENT_SECURITY_POLICY)):
            headers.setdefault(name, value)
        headers["X-Request-Id"] = request.name
        if route == media.ROUTE:
            media.tell_of_tus(request.method, headers)
        if self.edge.settings.trusted_proxies and request.is_secure:
            headers["Strict-Transport-Security"] = STRICT_TRANSPORT
        self._tell(request.name, method, route, response.status_code, seconds)
        return response

    def wsgi_app(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Tiles go past Flask when there is nothing to say but the tile."""
        began = perf_counter()
        quick = tiles.quick_tile(self.edge, environ)
        if quick is None:
            return super().wsgi_app(environ, start_response)
        name = str(uuid.uuid4())
        headers = [*quick.headers, *_HEADERS_OF_TILES, ("X-Request-Id", name)]
        if self.edge.settings.trusted_proxies and environ["wsgi.url_scheme"] == "https":
            headers.append(("Strict-Transport-Security", STRICT_TRANSPORT))
        self._tell(name, "GET", tiles.ROUTE, int(quick.status[:3]), perf_counter() - began)
        start_response(quick.status, headers)
        return [quick.body]

    def _tell(self, name: str, method: str, route: str, status: int, seconds: float) -> None:
        self.edge.metrics.request(method, route, status, seconds)
        ms = round(seconds * 1000, 1)
        self.edge.log.info("request", id=name, method=method, route=route, status=status, ms=ms)

    def handle_user_exception(self, e: Exception) -> Response:
        """Whatever was raised, as a problem. Only what nobody foresaw is written down with its place."""
        request = cast("Request", flask.request)
        said = what_to_say(e)
        if PROBLEMS[said.code].status >= SERVER_ERROR:
            self.edge.log.error("broken", id=request.name, code=said.code, **told_of(e))
        return answer(said, self.edge.sentence, wish_of(request), request.name)

    def handle_exception(self, e: Exception) -> Response:
        """What goes wrong on the way out."""
        return self.process_response(self.handle_user_exception(e))

    def log_exception(self, _exc_info: object) -> None:
        pass


def create(settings: Settings | None = None, *, log_to: BinaryIO | None = None) -> Server:
    """Ready to serve; connections are made when they are needed, so that processes may fork first."""
    settings = settings or read_settings()
    server = Server(__name__, static_folder=None)
    log = open_log(settings.log_level, log_to)
    database = Database(settings.database_url, settings.pool_size)
    sentences = _Sentences()
    server.edge = server.extensions[EXTENSION] = Edge(
        settings=settings,
        database=database,
        limits=Limits(
            counter(settings.limits_url),
            per_token=settings.limit_per_token,
            per_address=settings.limit_per_address,
            tiles=settings.limit_tiles,
            new_players=settings.limit_new_players,
            own_data=settings.limit_own_data,
            sign_in=settings.limit_sign_in,
            notices=settings.limit_notices,
            media_bytes=settings.limit_media_mb * 1_000_000,
        ),
        metrics=Metrics(settings.data / "metrics"),
        sentence=sentences,
        log=log,
        newest_revision=_newest_revision,
        tile_revisions=Revisions(database),
        base_maps=open_base_maps(settings),
        store=open_store(settings),
        signing=load_secrets(settings.secrets_file).signing,
        addresses=Addresses(load_secrets(settings.secrets_file).signing, settings.media_address or ""),
        operator=open_operator(settings),
        providers=open_providers(settings),
        badges=open_badges(),
        decks=open_decks(),
        speaks=sentences.tags,
    )
    server.url_map.merge_slashes = False
    _hear_libraries(log)
    routes.register(server)
    if settings.trusted_proxies:
        server.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            server.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies
        )
    return server


def create_to_serve() -> Server:
    """As `create`, in a process that does nothing else.

    What is there by now stays, and the garbage collector is told so: going through all of it again took up to fifty
    milliseconds, in the middle of somebody's request.
    """
    server = create()
    gc.collect()
    gc.freeze()
    return server


class _Sentences:
    """What to say for a key, from `seed_data/languages`; the English meaning of the code where no sentence is."""

    def __init__(self) -> None:
        self._languages = open_languages()

    @property
    def tags(self) -> tuple[str, ...]:
        """The languages that there are."""
        return tuple(self._languages.by_tag)

    def __call__(self, key: str, facts: Mapping[str, Any], wanted: Iterable[str]) -> tuple[str, str]:
        try:
            return self._languages.say(key, facts, wanted)
        except KeyError:
            kind, _, code = key.partition(".")
            return (CODES[code][1] if kind == "outcome" else PROBLEMS[code].title), "en"


@lru_cache(maxsize=1)
def _newest_revision() -> str | None:
    from server.cli.schema import known_revisions

    return next(iter(known_revisions()), None)


def _hear_libraries(log: Any) -> None:  # noqa: ANN401  structlog's bound loggers are untyped
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, OtherLogs)]:
        root.removeHandler(handler)
    root.addHandler(OtherLogs(log))
