"""What Alembic runs. The connection is handed in by `server.cli.migrate`, which holds the lock."""

from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy.dialects.postgresql.base import ischema_names

from server.tables import Xid8, metadata

ischema_names["xid8"] = Xid8  # SQLAlchemy does not know the type when it looks at a database

OURS = {"game", "people", "shown"}


def include_name(name: str | None, kind: str, _: Any) -> bool:  # noqa: ANN401  Alembic's signature
    """Only our schemas: extensions and the job queue have tables of their own in others."""
    return name in OURS if kind == "schema" else True


def render_item(kind: str, item: Any, autogen_context: Any) -> Any:  # noqa: ANN401  Alembic's signature
    if kind == "type" and isinstance(item, Xid8):
        autogen_context.imports.add("from server.tables import Xid8")
        return "Xid8()"
    return alembic_helpers.render_item(kind, item, autogen_context)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table_schema="game",
    include_schemas=True,
    include_name=include_name,
    include_object=alembic_helpers.include_object,
    process_revision_directives=alembic_helpers.writer,
    render_item=render_item,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
