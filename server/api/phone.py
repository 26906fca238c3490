"""The phone's app: its files, and its first page under every address that one of its screens has."""

import io
from functools import cache, partial
from hashlib import sha256
from typing import Annotated, Any

import msgspec
import segno
from flask import Response, request
from psycopg import InterfaceError, OperationalError

from media.previews import Fonts, preview_png
from server.api.framework import (
    END,
    Asked,
    Blueprint,
    LanguageParameters,
    OwnAddress,
    not_modified,
    own_address,
    reply_bytes,
    reply_unless_known,
)
from server.config import CHECKOUT
from server.pages.shared import preview_of, told_page
from server.problems import Refusal
from server.readers.fonts import read_fonts
from server.readers.site import START, WORKER, File, Site, file_of, read_site, refetching_start
from server.stores.shown import Card
from server.use_cases import quests
from server.use_cases.problem import Problem

blueprint = Blueprint("phone", prefix="", description="The phone's app.")

FOLDER = CHECKOUT / "web/dist"
#: The screens that have an address of their own (`web/src/app/router.svelte.ts`).
SCREENS = frozenset(
    "today find map mine me drift badges words journeys outbox taken scan feeling stored notice".split()  # noqa: SIM905
)
HTML = "text/html; charset=utf-8"
PNG, SVG = "image/png", "image/svg+xml"
HOUR = "max-age=3600"
#: How preview pictures look; with another one a picture that is kept somewhere is another picture.
PREVIEW_FORM = 1
MODULE_MM = 1.2  # a square of a printed code: read at arm's length by an old camera
QUIET_MODULES = 4  # as ISO/IEC 18004 asks for
_FILE = rf"^[A-Za-z0-9_.@-]{{1,120}}{END}"


class NamePath(msgspec.Struct, frozen=True):
    name: Annotated[
        str, msgspec.Meta(pattern=_FILE, description="A screen, or a file beside the first page.")
    ]


class AssetPath(msgspec.Struct, frozen=True):
    name: Annotated[str, msgspec.Meta(pattern=_FILE, description="A file that carries a hash in its name.")]


class QuestPath(msgspec.Struct, frozen=True):
    code: Annotated[str, msgspec.Meta(pattern=_FILE, description="The quest's code, as somebody typed it.")]


class JourneyPath(msgspec.Struct, frozen=True):
    journey_id: Annotated[
        str, msgspec.Meta(pattern=_FILE, description="The journey's id, known to its phone alone.")
    ]


class BodyScreenPath(msgspec.Struct, frozen=True):
    body_id: Annotated[str, msgspec.Meta(pattern=_FILE, description="The body's id.")]


class StoryScreenPath(msgspec.Struct, frozen=True):
    story_id: Annotated[str, msgspec.Meta(pattern=_FILE, description="The story's id.")]


class StudioPath(msgspec.Struct, frozen=True):
    page: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^[A-Za-z0-9_-]{{1,80}}(/[A-Za-z0-9_-]{{1,80}}){{0,3}}{END}",
            description="A page of the studio; what it is about stands in it.",
        ),
    ]


class PictureParameters(LanguageParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    v: (
        Annotated[
            str,
            msgspec.Meta(
                pattern=rf"^[0-9a-f]{{1,64}}{END}",
                description="Names the content, so that those who keep pictures by their address ask anew.",
            ),
        ]
        | None
    ) = None


@cache
def policy(map_host: str | None) -> str:
    """What the app may do: nothing from elsewhere, but for the tiles of the one host that the operator may have named.

    WASM reads printed codes, `blob:` shows one's own pictures and sounds.
    """
    elsewhere = "" if map_host is None else f" {map_host}"
    return (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self';"
        f" img-src 'self' blob: data:{elsewhere}; media-src 'self' blob:; font-src 'self';"
        f" connect-src 'self' blob:{elsewhere};"
        " manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )


@cache
def fonts() -> Fonts | None:
    """What pictures are written with; None where the app's packages are not there."""
    return read_fonts(CHECKOUT / "web/node_modules")


@cache
def site() -> Site:
    """As it was built when this process began."""
    return read_site(FOLDER)


@cache
def worker_beside(map_host: str) -> File | None:
    """The service worker where a host is named: installed phones fetch the first page anew, with its policy."""
    worker = site().files.get(WORKER)
    return None if worker is None else refetching_start(worker, map_host)


@blueprint.route("/")
@blueprint.response(200, str, media_type=HTML, headers={"ETag": "Changes with the content."})
@blueprint.response(302, description="To the API's description, where the app was not built.")
@blueprint.response(304, description="The asker has it already.")
def first_page(asked: Asked) -> Response:
    """The app's first page."""
    return _page(asked)


@blueprint.route("/<name>")
@blueprint.arguments(NamePath, location="path")
@blueprint.response(200, str, media_type=HTML, headers={"ETag": "Changes with the content."})
@blueprint.response(302, description="To the API's description, where the app was not built.")
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("not-found")
def screen(asked: Asked, path: NamePath) -> Response:
    """A screen of the app, or a file beside its first page, such as the service worker."""
    if path.name in SCREENS:
        return _page(asked)
    host = asked.edge.settings.base_map_host
    if path.name == WORKER and host is not None:
        return _sent(asked, worker_beside(host))
    return _sent(asked, site().files.get(path.name))


@blueprint.route("/q/<code>")
@blueprint.arguments(QuestPath, location="path")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.response(200, str, media_type=HTML, headers={"ETag": "Changes with the content."})
@blueprint.response(302, description="To the API's description, where the app was not built.")
@blueprint.response(304, description="The asker has it already.")
def quest_screen(asked: Asked, path: QuestPath, _query: LanguageParameters) -> Response:
    """A quest, as the app shows it: the address that people share.

    Its head says what the quest is called, for whoever shows the link. Of a quest that is not there it says nothing.
    """
    start = site().start
    if start is None:
        return _page(asked)
    try:
        card, address = _card(asked, path.code), own_address(asked)
    except (Problem, Refusal, InterfaceError, OperationalError):  # the app itself needs no database
        return _sent(asked, start)
    own = f"{address.url}/q/{card.code}"
    picture = None
    if fonts() is not None:
        picture = f"{own}/preview.png?lang={card.language}&v={_picture_tag(asked, card)}"
    response = _sent(asked, file_of(START, told_page(start.body, card, own, picture)))
    response.headers["Vary"] = "Accept-Encoding, Accept-Language"
    response.headers["Content-Language"] = card.language
    response.headers["Cache-Control"] = _kept(address, "no-cache")
    return response


@blueprint.route("/q/<code>/preview.png")
@blueprint.arguments(QuestPath, location="path")
@blueprint.arguments(PictureParameters, location="query")
@blueprint.response(
    200,
    str,
    media_type=PNG,
    headers={"ETag": "Changes with the content.", "Content-Language": "The language of the texts."},
)
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("unknown-quest", "not-found", "database-gone")
def quest_preview(asked: Asked, path: QuestPath, _query: PictureParameters) -> Response:
    """The picture that goes along with a link to a quest: 1200 × 630, its name, its length, who made it."""
    card, faces = _card(asked, path.code), fonts()
    if faces is None:
        raise Refusal("not-found")
    tag = _picture_tag(asked, card)
    response = not_modified(tag)
    if response is None:
        response = reply_bytes(preview_png(preview_of(card, _saying(asked, card)), faces), PNG)
    response.set_etag(tag)
    response.headers["Cache-Control"] = f"public, {HOUR}"
    response.headers["Content-Language"] = card.language
    response.headers["Vary"] = "Accept-Language"
    return response


@blueprint.route("/q/<code>/qr.svg")
@blueprint.arguments(QuestPath, location="path")
@blueprint.response(200, str, media_type=SVG, headers={"ETag": "Changes with the content."})
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("unknown-quest", "bad-request", "database-gone")
def quest_square(asked: Asked, path: QuestPath) -> Response:
    """The quest's address as a QR code, to show or to print: black on white, with the quiet zone around it."""
    card, address = _card(asked, path.code), own_address(asked)
    drawn = io.BytesIO()
    segno.make(f"{address.url}/q/{card.code}", error="m", micro=False).save(
        drawn, kind="svg", border=QUIET_MODULES, scale=MODULE_MM, unit="mm", light="white", title=card.code
    )
    response = reply_unless_known(drawn.getvalue(), SVG, cache=_kept(address, f"public, {HOUR}"))
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )
    return response


def _card(asked: Asked, code: str) -> Card:
    """Of a quest that is shown. Raises Problem: unknown-quest."""
    return msgspec.json.decode(quests.describe(asked.edge.database, code, asked.languages).body, type=Card)


def _saying(asked: Asked, card: Card) -> Any:  # noqa: ANN401  a function of a key and facts
    """Sentences in the language of the card."""
    return partial(_said, asked, (card.language, *asked.languages))


def _said(asked: Asked, languages: tuple[str, ...], key: str, **facts: Any) -> str:  # noqa: ANN401  numbers
    return asked.edge.sentence(key, facts, languages)[0]


def _picture_tag(asked: Asked, card: Card) -> str:
    shown = msgspec.json.encode((PREVIEW_FORM, preview_of(card, _saying(asked, card))))
    return sha256(shown).hexdigest()[:32]


def _kept(address: OwnAddress, cache: str) -> str:
    """What repeats a host of anybody's saying is kept by no shared cache."""
    return cache if address.is_set else f"private, {cache.removeprefix('public, ')}"


@blueprint.route("/play/<journey_id>")
@blueprint.arguments(JourneyPath, location="path")
@blueprint.response(200, str, media_type=HTML, headers={"ETag": "Changes with the content."})
@blueprint.response(302, description="To the API's description, where the app was not built.")
@blueprint.response(304, description="The asker has it already.")
def play_screen(asked: Asked, path: JourneyPath) -> Response:  # noqa: ARG001
    """A journey, which only its own phone can show."""
    return _page(asked)


@blueprint.route("/studio")
@blueprint.response(200, str, media_type=HTML, headers={"ETag": "Changes with the content."})
@blueprint.response(302, description="To the API's description, where the app was not built.")
@blueprint.response(304, description="The asker has it already.")
def studio(asked: Asked) -> Response:
    """The studio, for who does more than play. Who may do what there is asked by the API."""
    return _page(asked)


@blueprint.route("/studio/<path:page>")
@blueprint.arguments(StudioPath, location="path")
@blueprint.response(200, str, media_type=HTML, headers={"ETag": "Changes with the content."})
@blueprint.response(302, description="To the API's description, where the app was not built.")
@blueprint.response(304, description="The asker has it already.")
def studio_page(asked: Asked, path: StudioPath) -> Response:  # noqa: ARG001
    """A page of the studio, which knows by itself which there are."""
    return _page(asked)


@blueprint.route("/o/<body_id>")
@blueprint.arguments(BodyScreenPath, location="path")
@blueprint.response(200, str, media_type=HTML, headers={"ETag": "Changes with the content."})
@blueprint.response(302, description="To the API's description, where the app was not built.")
@blueprint.response(304, description="The asker has it already.")
def body_screen(asked: Asked, path: BodyScreenPath) -> Response:  # noqa: ARG001
    """The start page of a body, such as an association: what the API says of it."""
    return _page(asked)


@blueprint.route("/story/<story_id>")
@blueprint.arguments(StoryScreenPath, location="path")
@blueprint.response(200, str, media_type=HTML, headers={"ETag": "Changes with the content."})
@blueprint.response(302, description="To the API's description, where the app was not built.")
@blueprint.response(304, description="The asker has it already.")
def story_screen(asked: Asked, path: StoryScreenPath) -> Response:  # noqa: ARG001
    """A story that somebody told: what the API says of it."""
    return _page(asked)


@blueprint.route("/assets/<name>")
@blueprint.arguments(AssetPath, location="path")
@blueprint.response(
    200, str, media_type="text/javascript; charset=utf-8", headers={"ETag": "Of the content."}
)
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("not-found")
def asset(asked: Asked, path: AssetPath) -> Response:
    """A script, style sheet, font or picture of the app. Kept for a year: another content has another name."""
    return _sent(asked, site().files.get("assets/" + path.name))


def _page(asked: Asked) -> Response:
    start = site().start
    if start is not None:
        return _sent(asked, start)
    response = Response(status=302)
    response.headers["Location"] = "/api/v1/docs"
    return response


def _sent(asked: Asked, file: File | None) -> Response:
    if file is None:
        raise Refusal("not-found")
    squeezes = file.squeezed is not None and request.accept_encodings.quality("gzip") > 0
    tag = file.tag + ("-gz" if squeezes else "")
    response = not_modified(tag)
    if response is None:
        response = Response(file.squeezed if squeezes else file.body, content_type=file.media_type)
        if squeezes:
            response.headers["Content-Encoding"] = "gzip"
    response.set_etag(tag)
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if file.lasting else "no-cache"
    response.headers["Content-Security-Policy"] = policy(asked.edge.settings.base_map_host)
    # No page that opened ours, or was opened by it, holds on to its window.
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return response
