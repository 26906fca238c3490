"""Pages for people, made of values: HTML in, and nothing of a request known. No scripts, nothing fetched from elsewhere."""

import tomllib
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape

from quests.languages import best
from server.config import CHECKOUT

FILES = Path(__file__).parent
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
#: Style sheets by their names: what a page may ask for.
STYLES = {file.name: file.read_bytes() for file in FILES.glob("*.css")}

_pages = Environment(
    loader=FileSystemLoader(FILES), autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True
)


@lru_cache(maxsize=512)
def diploma_page(name: str, how: str, picture: str, language: str) -> bytes:
    """A badge on one sheet of paper, A4, with lines to write on. `picture`: address, seen from the page's own."""
    words = _words()
    page = _pages.get_template("diploma.html").render(
        name=name,
        how=how,
        picture=picture,
        language=language,
        direction="rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr",
        words=words[best(words, (language,))],
    )
    return page.encode()


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((CHECKOUT / "seed_data/pages/diploma.toml").read_text("utf-8"))
