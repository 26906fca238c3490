"""Players that belong to accounts."""

from datetime import datetime

from psycopg import Connection

from server.stores.database import Row


def add(connection: Connection[Row], account_id: str, player_id: str, now: datetime) -> bool:
    """False when the player belongs to somebody else."""
    claimed = connection.execute(
        "INSERT INTO people.claims (player_id, account_id, claimed_at) VALUES (%(player)s, %(account)s, %(now)s)"
        " ON CONFLICT (player_id) DO UPDATE SET account_id = EXCLUDED.account_id"
        " WHERE people.claims.account_id = %(account)s",
        {"player": player_id, "account": account_id, "now": now},
    )
    return claimed.rowcount == 1


def players(connection: Connection[Row], account_id: str) -> list[str]:
    rows = connection.execute(
        "SELECT player_id::text FROM people.claims WHERE account_id = %(id)s ORDER BY claimed_at, player_id",
        {"id": account_id},
    )
    return [row[0] for row in rows]


def remove(connection: Connection[Row], account_id: str, player_id: str) -> bool:
    removed = connection.execute(
        "DELETE FROM people.claims WHERE account_id = %(account)s AND player_id = %(player)s",
        {"account": account_id, "player": player_id},
    )
    return removed.rowcount == 1
