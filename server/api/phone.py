"""The phone's app: its files, and its first page under every address that one of its screens has."""

from functools import cache
from typing import Annotated

import msgspec
from flask import Response, request

from server.api.framework import END, Asked, Blueprint, not_modified
from server.config import CHECKOUT
from server.problems import Refusal
from server.readers.site import File, Site, read_site

blueprint = Blueprint("phone", prefix="", description="The phone's app.")

FOLDER = CHECKOUT / "web/dist"
#: What the app may do: nothing from elsewhere. WASM reads printed codes, `blob:` shows one's own pictures and sounds.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self';"
    " img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self' blob:;"
    " manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
#: The screens that have an address of their own (`web/src/app/router.svelte.ts`).
SCREENS = frozenset(
    "today find map mine me drift badges words journeys outbox taken scan feeling stored".split()  # noqa: SIM905
)
HTML = "text/html; charset=utf-8"
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


@cache
def site() -> Site:
    """As it was built when this process began."""
    return read_site(FOLDER)


@blueprint.route("/")
@blueprint.response(200, str, media_type=HTML, headers={"ETag": "Changes with the content."})
@blueprint.response(302, description="To the API's description, where the app was not built.")
@blueprint.response(304, description="The asker has it already.")
def first_page(_asked: Asked) -> Response:
    """The app's first page."""
    return _page()


@blueprint.route("/<name>")
@blueprint.arguments(NamePath, location="path")
@blueprint.response(200, str, media_type=HTML, headers={"ETag": "Changes with the content."})
@blueprint.response(302, description="To the API's description, where the app was not built.")
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("not-found")
def screen(_asked: Asked, path: NamePath) -> Response:
    """A screen of the app, or a file beside its first page, such as the service worker."""
    if path.name in SCREENS:
        return _page()
    return _sent(site().files.get(path.name))


@blueprint.route("/q/<code>")
@blueprint.arguments(QuestPath, location="path")
@blueprint.response(200, str, media_type=HTML, headers={"ETag": "Changes with the content."})
@blueprint.response(302, description="To the API's description, where the app was not built.")
@blueprint.response(304, description="The asker has it already.")
def quest_screen(_asked: Asked, path: QuestPath) -> Response:  # noqa: ARG001
    """A quest, as the app shows it: the address that people share."""
    return _page()


@blueprint.route("/play/<journey_id>")
@blueprint.arguments(JourneyPath, location="path")
@blueprint.response(200, str, media_type=HTML, headers={"ETag": "Changes with the content."})
@blueprint.response(302, description="To the API's description, where the app was not built.")
@blueprint.response(304, description="The asker has it already.")
def play_screen(_asked: Asked, path: JourneyPath) -> Response:  # noqa: ARG001
    """A journey, which only its own phone can show."""
    return _page()


@blueprint.route("/assets/<name>")
@blueprint.arguments(AssetPath, location="path")
@blueprint.response(
    200, str, media_type="text/javascript; charset=utf-8", headers={"ETag": "Of the content."}
)
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("not-found")
def asset(_asked: Asked, path: AssetPath) -> Response:
    """A script, style sheet, font or picture of the app. Kept for a year: another content has another name."""
    return _sent(site().files.get("assets/" + path.name))


def _page() -> Response:
    start = site().start
    if start is not None:
        return _sent(start)
    response = Response(status=302)
    response.headers["Location"] = "/api/v1/docs"
    return response


def _sent(file: File | None) -> Response:
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
    response.headers["Content-Security-Policy"] = POLICY
    return response
