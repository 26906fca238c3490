"""How far a database has been migrated, and how far this code would."""

import psycopg
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql

from server.config import CHECKOUT


def schema_revision(connection: psycopg.Connection) -> str | None:
    """What the migrations have come to; None in a database that was never migrated."""
    found = connection.execute(
        "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relname = 'alembic_version' AND c.relkind = 'r'"
    ).fetchone()
    if not found:
        return None
    row = connection.execute(
        sql.SQL("SELECT version_num FROM {}").format(sql.Identifier(found[0], "alembic_version"))
    ).fetchone()
    return row[0] if row else None


def known_revisions() -> list[str]:
    """Of the migrations in this code, the newest first."""
    config = Config()
    config.set_main_option("script_location", str(CHECKOUT / "server/migrations").replace("%", "%%"))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
