"""Quests as everybody may see them: near a place, looked for, one by its code."""

from collections.abc import Sequence
from dataclasses import dataclass

from quests.codes import typed_code
from server.stores import shown
from server.stores.database import Database
from server.use_cases.cursors import read_cursor, write_cursor
from server.use_cases.problem import Problem


@dataclass(frozen=True, slots=True)
class Page:
    """`quests`: a JSON array of `shown.Card`. `after`: the cursor of what follows, None at the end."""

    quests: bytes
    after: str | None


def search(
    database: Database,
    wanted: shown.Search,
    languages: Sequence[str],
    *,
    cursor: str | None = None,
    limit: int = 20,
) -> Page:
    """In the Swedish order of their titles. Raises Problem: bad-cursor."""
    page = shown.search(database, wanted, languages, _after(cursor), limit)
    return Page(page.quests, page.last and write_cursor(*page.last))


def describe(database: Database, code: str, languages: Sequence[str]) -> shown.Described:
    """By any code it has ever had, however it was typed. Raises Problem: unknown-quest."""
    meant = typed_code(code)
    found = None if meant is None else shown.quest(database, meant, languages)
    if found is None:
        raise Problem("unknown-quest")
    return found


def _after(cursor: str | None) -> tuple[str, str] | None:
    if cursor is None:
        return None
    title, quest_id = read_cursor(cursor, 2)
    if not shown.is_id(quest_id):
        raise Problem("bad-cursor")
    return title, quest_id
