"""`rotfaste migrate`: the database in the form that this code needs. Never at the start of a process that serves."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources

import click
import psycopg
import sqlalchemy
from alembic import command as alembic
from alembic.config import Config
from procrastinate.schema import SchemaManager
from psycopg import sql

from server.config import CHECKOUT, read_settings
from server.stores.database import SHOWN_ROLE, Database
from server.tables import metadata
from server.use_cases.publish import show_again

# One migration at a time in a database, whoever starts it. Any number, as long as it stays this one.
LOCK = 5_710_913_402


class MigrationError(click.ClickException):
    """What is missing in the database that only its superuser can add."""


@click.command("migrate")
def command() -> None:
    """Bring the database, and what it shows, to the form that this code needs."""
    settings = read_settings()
    migrate(settings.database_url)
    database = Database(settings.database_url, size=1)
    try:
        shown_again = show_again(database)
    finally:
        database.close()
    if shown_again:
        click.echo("What is shown was made anew, in the form of this release.")
    click.echo("The database is up to date.")


def migrate(database_url: str) -> None:
    """Does what is not done yet; a repetition changes nothing, and of several at once each waits its turn.

    Raises MigrationError with the statement that a superuser must run first.
    """
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        make_extension_and_role(connection)
        connection.execute("CREATE SCHEMA IF NOT EXISTS game")
        connection.execute("CREATE SCHEMA IF NOT EXISTS people")
        connection.execute("CREATE SCHEMA IF NOT EXISTS shown")
        with alembic_config(database_url) as config:
            alembic.upgrade(config, "head")
        _make_job_tables(connection)
        _write_notes(connection)
        _grant(connection)


@contextmanager
def alembic_config(database_url: str) -> Iterator[Config]:
    """Alembic's configuration, with an open connection to that database. [libpq URL]"""
    url = "postgresql+psycopg" + database_url.removeprefix("postgresql")
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
    config = Config()
    config.set_main_option("script_location", str(CHECKOUT / "server/migrations").replace("%", "%%"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        yield config
        connection.commit()


def make_extension_and_role(connection: psycopg.Connection) -> None:
    try:
        if not connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'").fetchone():
            connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [SHOWN_ROLE]).fetchone():
            # Roles belong to the whole cluster: a migration of another database may make it at this moment.
            connection.execute(
                sql.SQL(
                    "DO $$ BEGIN CREATE ROLE {} NOLOGIN;"
                    " EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$"
                ).format(sql.Identifier(SHOWN_ROLE))
            )
        member = connection.execute("SELECT pg_has_role(%s, 'MEMBER')", [SHOWN_ROLE]).fetchone()
        if member != (True,):
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(SHOWN_ROLE)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise MigrationError(
            f"{error.diag.message_primary}. As a superuser of this database run: "
            f"CREATE EXTENSION IF NOT EXISTS postgis; CREATE ROLE {SHOWN_ROLE} NOLOGIN; "
            f"GRANT {SHOWN_ROLE} TO {connection.info.user};"
        ) from None


def _write_notes(connection: psycopg.Connection) -> None:
    """The notes on tables and columns, as the database's own comments. They are no migration: they say what is."""
    with connection.transaction():
        for table in metadata.tables.values():
            name = sql.Identifier(table.schema or "", table.name)
            connection.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(name, sql.Literal(table.comment)))
            for column in table.columns:
                called = sql.Identifier(table.schema or "", table.name, column.name)
                connection.execute(
                    sql.SQL("COMMENT ON COLUMN {} IS {}").format(called, sql.Literal(column.comment))
                )


def _grant(connection: psycopg.Connection) -> None:
    role = sql.Identifier(SHOWN_ROLE)
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA shown TO {}").format(role))
    connection.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA shown TO {}").format(role))


def _make_job_tables(connection: psycopg.Connection) -> None:
    """Procrastinate's tables, at first as a whole, then change by change as newer versions of it bring them."""
    files = resources.files("procrastinate.sql.migrations").iterdir()
    changes = {
        file.name: file for file in sorted(files, key=lambda file: file.name) if file.name.endswith(".sql")
    }
    with connection.transaction():
        done = {row[0] for row in connection.execute("SELECT name FROM game.job_migrations")}
        if not done:
            connection.execute(SchemaManager.get_schema())
        else:
            for name, file in changes.items():
                if name not in done:
                    connection.execute(file.read_bytes())
        connection.cursor().executemany(
            "INSERT INTO game.job_migrations (name) VALUES (%s)",
            [(name,) for name in changes if name not in done],
        )
