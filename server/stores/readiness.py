"""Whether the database is in the form that the code needs."""

import psycopg

from server.stores.database import Database


def revision(database: Database) -> str | None:
    """The migration the database has come to; None when it has none, or the public part cannot be read."""
    try:
        database.shown.read("SELECT FROM shown.quests LIMIT 0")
        rows = database.private.read("SELECT version_num FROM game.alembic_version")
    except (
        psycopg.errors.UndefinedTable,
        psycopg.errors.InvalidSchemaName,
        psycopg.errors.InsufficientPrivilege,
    ):
        return None
    return rows[0][0] if rows else None
