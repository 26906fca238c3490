"""Everything that is stored of one player, found by the notes of the tables: no list of tables to forget one in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql
from sqlalchemy import Column, LargeBinary, Table

from server.stores.database import Row
from server.tables import KEPT_DAYS, Note, metadata

#: By schema, what the column is called that says whose a row is.
_WHOSE = {"game": ("owner_player_id", "player_id"), "people": ("account_id",)}
#: Where it is the id itself.
_THEMSELVES = frozenset({"players", "accounts"})
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Stored:
    """So many rows of a table, or of a part of it that goes earlier than the rest. `days`: None until erased."""

    table: str
    part: str | None
    count: int
    days: int | None


def note_of(column: Column[Any]) -> Note:
    found: Note = column.info["note"]
    return found


def personal(schema: str = "game") -> tuple[tuple[Table, str], ...]:
    """Each table with rows of players (of accounts: `people`), and its column that says whose.

    Raises LookupError where none does.
    """
    return tuple(
        (table, _whose(table))
        for table in metadata.sorted_tables
        if table.schema == schema and any(note_of(column).erased == "removed" for column in table.columns)
    )


def exported(table: Table) -> tuple[Column[Any], ...]:
    return tuple(column for column in table.columns if note_of(column).exported)


def count(connection: Connection[Row], player_id: str) -> list[Stored]:
    """In the order in which tables depend on each other; nothing where there is nothing."""
    found = []
    for table, whose in personal():
        parts = [column for column in table.columns if column.nullable and note_of(column).kept in KEPT_DAYS]
        counted = [sql.SQL("count(*)")] + [
            sql.SQL("count({})").format(sql.Identifier(column.name)) for column in parts
        ]
        query = sql.SQL("SELECT {} FROM {} WHERE {} = %s").format(
            sql.SQL(", ").join(counted), _name(table), sql.Identifier(whose)
        )
        row = connection.execute(query, [player_id]).fetchone() or ()
        found += [
            Stored(str(table.name), None if column is None else str(column.name), number, _days(column))
            for column, number in zip([None, *parts], row, strict=True)
            if number
        ]
    return found


def rows(connection: Connection[Row], table: Table, whose: str, player_id: str) -> Iterator[str]:
    """The player's rows as JSON objects of the exported columns; bytes as base64. A few at a time are in memory."""
    columns = sql.SQL(", ").join(
        sql.SQL("encode({0}, 'base64') AS {0}" if isinstance(column.type, LargeBinary) else "{0}").format(
            sql.Identifier(column.name)
        )
        for column in exported(table)
    )
    keys = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.primary_key)
    query = sql.SQL("SELECT to_jsonb(r)::text FROM (SELECT {} FROM {} WHERE {} = %s ORDER BY {}) r").format(
        columns, _name(table), sql.Identifier(whose), keys
    )
    with connection.cursor("export") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(query, [player_id])
        for (row,) in cursor:
            yield row


def taken_part(connection: Connection[Row], player_id: str) -> Iterator[str]:
    """Journeys of others in which the player is named, as JSON objects, without who the others are."""
    with connection.cursor("together") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(
            "SELECT jsonb_build_object('quest_id', quest_id, 'quest_version', quest_version, 'started_at', started_at)"
            "::text FROM game.journeys WHERE players @> ARRAY[%(player)s::uuid] AND owner_player_id <> %(player)s"
            " ORDER BY started_at",
            {"player": player_id},
        )
        for (row,) in cursor:
            yield row


def _whose(table: Table) -> str:
    if table.name in _THEMSELVES:
        return "id"
    for name in _WHOSE[str(table.schema)]:
        if name in table.columns:
            return name
    raise LookupError(f"{table.fullname}: no column says whose a row is")


def _days(column: Column[Any] | None) -> int | None:
    return None if column is None else KEPT_DAYS[note_of(column).kept]


def _name(table: Table) -> sql.Identifier:
    return sql.Identifier(str(table.schema), table.name)
