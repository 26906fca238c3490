"""Quests as trails of bodies: whose a quest is, and where it lies."""

from psycopg import Connection

from server.stores import publications
from server.stores.database import Row


def body_of(connection: Connection[Row], quest_id: str) -> str | None:
    """The body that a quest belongs to; None: it came with the release, and is nobody's."""
    return publications.owner_of(connection, quest_id)


def municipalities_of(connection: Connection[Row], quest_id: str) -> frozenset[str]:
    """SCB's codes of where the version that is played now lies or belongs."""
    row = connection.execute(
        "SELECT v.municipalities, v.body -> 'municipalities' FROM game.quests q JOIN game.quest_versions v"
        " ON v.quest_id = q.id AND v.version = q.version WHERE q.id = %(id)s",
        {"id": quest_id},
    ).fetchone()
    return frozenset() if row is None else frozenset([*(row[0] or {}).values(), *(row[1] or [])])


def shown(
    connection: Connection[Row], ids: list[str]
) -> list[tuple[str, str, str, dict[str, str], tuple[str, ...]]]:
    """Of those that are out and not hidden: id, code, version, titles by language, and the languages in which it is shown."""
    rows = connection.execute(
        "SELECT q.id::text, q.code, q.version, coalesce((SELECT jsonb_object_agg(t.key, t.value ->> 'title')"
        " FROM jsonb_each(v.body -> 'texts') t WHERE t.key <> ALL (coalesce(p.unlisted, '{}'))), '{}'),"
        " v.body -> 'languages', p.unlisted"
        " FROM game.quests q JOIN game.quest_versions v ON v.quest_id = q.id AND v.version = q.version"
        " LEFT JOIN people.publications p ON p.id = q.id"
        " WHERE q.id = ANY (%(ids)s::uuid[]) AND q.state <> 'withdrawn'"
        " AND NOT EXISTS (SELECT FROM people.hidden h WHERE h.kind = 'quest' AND h.id = q.id::text)",
        {"ids": ids},
    )
    return [
        (id_, code, version, titles, tuple(one for one in languages if one not in (unlisted or ())))
        for id_, code, version, titles, languages, unlisted in rows
    ]


def standing(connection: Connection[Row], quest_id: str) -> str | None:
    """published, resting or withdrawn; None where there is no such quest."""
    row = connection.execute("SELECT state FROM game.quests WHERE id = %(id)s", {"id": quest_id}).fetchone()
    return None if row is None else str(row[0])
