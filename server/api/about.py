"""What a public body must say of the service: privacy, terms, accessibility. For reading and printing."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from flask import Response

from server.api.framework import END, Asked, Blueprint, LanguageParameters, reply_unless_known
from server.api.welcome import HTML
from server.pages import PAGE_POLICY
from server.pages.about import about_page, language_of, page_of, texts
from server.problems import Refusal
from server.use_cases.about import figures, stored_tables

blueprint = Blueprint("about", prefix="", description="What is kept, on which terms, and for everybody.")

CACHE = "max-age=300"


class AboutPath(msgspec.Struct, frozen=True):
    name: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^[a-z-]{{1,40}}{END}", description="Which page: privacy, terms or accessibility."
        ),
    ]


@blueprint.route("/about/<name>")
@blueprint.arguments(AboutPath, location="path")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.response(
    200,
    str,
    media_type=HTML,
    headers={"ETag": "Changes with the content.", "Content-Language": "The language of the page."},
)
@blueprint.response(304, description="The asker has it already.")
@blueprint.says_no("not-found")
def about(asked: Asked, path: AboutPath, _query: LanguageParameters) -> Response:
    """Read what is kept about players, the terms, or how accessible the service is, and who answers for it."""
    name = page_of(path.name)
    if name is None:
        raise Refusal("not-found")
    language = language_of(name, asked.languages)
    body = about_page(
        name,
        language,
        wanted=asked.languages[0],
        operator=asked.edge.operator,
        facts=_facts(asked, language),
        stored=[asked.edge.sentence(f"export.{table}", {}, (language,))[0] for table in stored_tables()],
        notice=asked.edge.sentence("app.notice.title", {}, (language,))[0],
        own_names={tag: asked.edge.sentence("welcome.this-language", {}, (tag,))[0] for tag in texts()[name]},
    )
    response = reply_unless_known(body, HTML, cache=CACHE, language=language)
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


def _facts(asked: Asked, language: str) -> Mapping[str, object]:
    """What the texts' `{names}` stand for: figures, and what the app calls its own screens."""
    names = {"me": "app.me.title", "stored": "app.me.stored"}
    host = (asked.edge.settings.base_map_host or "").partition("://")[2]
    return (
        figures()
        | {"map_host": host}
        | {name: asked.edge.sentence(key, {}, (language,))[0] for name, key in names.items()}
    )
