"""Passkeys of people."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from server.stores.database import Row


@dataclass(frozen=True, slots=True)
class Passkey:
    credential_id: bytes
    public_key: bytes
    signatures: int
    name: str
    added_at: datetime


def add(connection: Connection[Row], account_id: str, passkey: Passkey) -> bool:
    """False when there is one of that id, whosever."""
    added = connection.execute(
        "INSERT INTO people.passkeys (credential_id, account_id, public_key, signatures, name, added_at)"
        " VALUES (%(id)s, %(account)s, %(key)s, %(count)s, %(name)s, %(at)s) ON CONFLICT DO NOTHING",
        {
            "id": passkey.credential_id,
            "account": account_id,
            "key": passkey.public_key,
            "count": passkey.signatures,
            "name": passkey.name,
            "at": passkey.added_at,
        },
    )
    return added.rowcount == 1


def of_account(connection: Connection[Row], account_id: str) -> list[Passkey]:
    rows = connection.execute(
        "SELECT credential_id, public_key, signatures, name, added_at FROM people.passkeys"
        " WHERE account_id = %(id)s ORDER BY added_at, credential_id",
        {"id": account_id},
    )
    return [Passkey(*row) for row in rows]


def find(connection: Connection[Row], credential_id: bytes) -> tuple[str, Passkey] | None:
    """Whose it is, and the passkey, locked: two answers of one passkey are looked at one after the other."""
    row = connection.execute(
        "SELECT account_id::text, credential_id, public_key, signatures, name, added_at FROM people.passkeys"
        " WHERE credential_id = %(id)s FOR UPDATE",
        {"id": credential_id},
    ).fetchone()
    return None if row is None else (row[0], Passkey(*row[1:]))


def count_signatures(connection: Connection[Row], credential_id: bytes, signatures: int) -> None:
    connection.execute(
        "UPDATE people.passkeys SET signatures = %(count)s WHERE credential_id = %(id)s",
        {"id": credential_id, "count": signatures},
    )


def remove(connection: Connection[Row], account_id: str, credential_id: bytes) -> bool:
    removed = connection.execute(
        "DELETE FROM people.passkeys WHERE account_id = %(account)s AND credential_id = %(id)s",
        {"account": account_id, "id": credential_id},
    )
    return removed.rowcount == 1
