"""The API's description: OpenAPI 3.1 for programs, a page of our own for people. Nothing is fetched from elsewhere."""

import json
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import msgspec
from flask import Flask, Response, current_app
from jinja2 import Environment, FileSystemLoader, select_autoescape

from server.api.edge import SESSION_COOKIE
from server.api.framework import END, JSON, Api, Asked, Blueprint, reply_unless_known
from server.problems import PROBLEMS, Refusal

EXTENSION = "rotfaste-description"
FILES = Path(__file__).parent / "pages"
STYLE = "docs.css"
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

SPEC = {
    "title": "Rotfäste",
    "version": "1",
    "openapi_version": "3.1.0",
    "info": {
        "summary": "Quests for a region, played on phones with or without a network.",
        "description": (
            "Phones make players, journeys and moves, with ids of their own (UUID v4), online or off; whatever"
            " response is lost, the request can be repeated. Coordinates are WGS 84, longitude first; times are UTC;"
            " distances metres. Texts come in the first language of `?lang=` and `Accept-Language` that there is.\n\n"
            "Every no is a problem (RFC 9457): `type` is stable, `detail` a sentence for people, `errors` names every"
            " field that does not fit. Unknown parameters and fields are errors. 429 and 503 say in `Retry-After` when"
            " to try again. Requests are counted per token and per address, generously."
        ),
        "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    },
    "servers": [{"url": "/", "description": "This server."}],
}

blueprint = Blueprint("description", description="What is described here.")


class FilePath(msgspec.Struct, frozen=True):
    name: Annotated[
        str, msgspec.Meta(pattern=rf"^[a-z]{{1,30}}\.[a-z]{{1,9}}{END}", description="A file of the page.")
    ]


class Description:
    """Made once, when it is first asked for."""

    def __init__(self, api: Api) -> None:
        self._api = api

    @cached_property
    def document(self) -> dict[str, Any]:
        return self._api.document()

    @cached_property
    def as_json(self) -> bytes:
        return json.dumps(self.document, ensure_ascii=False, separators=(",", ":")).encode()

    @cached_property
    def page(self) -> bytes:
        pages = Environment(loader=FileSystemLoader(FILES), autoescape=select_autoescape(), trim_blocks=True)
        pages.filters["form"] = form
        problems = sorted(PROBLEMS.items(), key=lambda problem: (problem[1].status, problem[0]))
        return pages.get_template("docs.html").render(document=self.document, problems=problems).encode()


def register(app: Flask, api: Api, blueprints: Iterable[Blueprint]) -> Description:
    for one in blueprints:
        api.register_blueprint(one)
    token = {"type": "http", "scheme": "bearer", "bearerFormat": "<player id>.<token, 32 bytes as base64url>"}
    api.spec.components.security_scheme("device", {**token, "description": "One of a player's devices."})
    session = {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "Who is signed in with a browser. What changes anything must come from our own pages.",
    }
    api.spec.components.security_scheme("session", session)
    operator = {"type": "http", "scheme": "bearer", "description": "Whoever runs the server."}
    api.spec.components.security_scheme("operator", operator)
    described = app.extensions[EXTENSION] = Description(api)
    return described


def form(schema: dict[str, Any]) -> str:
    """A schema in a few words, for the page."""
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(form(one) for one in schema[several])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    match schema.get("type"):
        case "array" if schema.get("items"):
            return f"list of {form(schema['items'])}"
        case "object" if isinstance(schema.get("additionalProperties"), dict):
            return f"map of {form(schema['additionalProperties'])}"
        case str(name):
            bounds = [f"{sign} {schema[key]}" for key, sign in _BOUNDS if key in schema]
            return " ".join([name, *bounds])
    return "anything"


_BOUNDS = (
    ("minimum", "≥"),
    ("maximum", "≤"),
    ("minLength", "length ≥"),
    ("maxLength", "length ≤"),
    ("pattern", "like"),
)


def _description() -> Description:
    found: Description = current_app.extensions[EXTENSION]
    return found


@blueprint.route("/openapi.json")
@blueprint.response(200, dict[str, Any], headers={"ETag": "Changes with the content."})
@blueprint.response(304, description="The asker has it already.")
def openapi(_asked: Asked) -> Response:
    """What is described here, as OpenAPI 3.1."""
    return reply_unless_known(_description().as_json, JSON, cache="no-cache")


@blueprint.route("/docs")
@blueprint.response(
    200, str, media_type="text/html; charset=utf-8", headers={"ETag": "Changes with the content."}
)
@blueprint.response(304, description="The asker has it already.")
def docs(_asked: Asked) -> Response:
    """What is described here, as a page."""
    page = reply_unless_known(_description().page, "text/html; charset=utf-8", cache="no-cache")
    page.headers["Content-Security-Policy"] = PAGE_POLICY
    return page


@blueprint.route("/docs/<name>")
@blueprint.arguments(FilePath, location="path")
@blueprint.response(
    200, str, media_type="text/css; charset=utf-8", headers={"ETag": "Changes with the content."}
)
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("not-found")
def docs_file(_asked: Asked, path: FilePath) -> Response:
    """A file of that page."""
    if path.name != STYLE:
        raise Refusal("not-found")
    return reply_unless_known((FILES / STYLE).read_bytes(), "text/css; charset=utf-8", cache="no-cache")
