"""Pages for people, made of values: HTML in, and nothing of a request known. No scripts, nothing fetched from elsewhere."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from quests.languages import best
from server.config import CHECKOUT

FILES = Path(__file__).parent
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
#: What a page may do: show our own pictures and style, and nothing else.
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none';"
    " form-action 'none'"
)
#: Style sheets by their names: what a page may ask for.
STYLES = {file.name: file.read_bytes() for file in FILES.glob("*.css")}

_pages = Environment(
    loader=FileSystemLoader(FILES), autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True
)


def direction(language: str) -> str:
    """How a language is written: rtl or ltr."""
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def rendered(template: str, language: str, **words: Any) -> bytes:  # noqa: ANN401  what the template names
    """A page in a language. Everything that is put in is text, but for what is marked as ours."""
    given = {"language": language, "direction": direction(language), **words}
    return _pages.get_template(template).render(given).encode()


@lru_cache(maxsize=512)
def diploma_page(name: str, told: str, picture: str, language: str) -> bytes:
    """A badge on one sheet of paper, A4, with lines to write on.

    `told`: to whoever has it, may be empty. `picture`: address, seen from the page's own.
    """
    words = _words()
    return rendered(
        "diploma.html",
        language,
        name=name,
        told=told,
        picture=picture,
        words=words[best(words, (language,))],
    )


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((CHECKOUT / "seed_data/pages/diploma.toml").read_text("utf-8"))
