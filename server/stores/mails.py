"""Mail on its way out."""

from datetime import datetime

from psycopg import Connection

from server.stores.database import Row


def put(connection: Connection[Row], address: str, subject: str, body: str, now: datetime) -> int:
    row = connection.execute(
        "INSERT INTO people.mails (address, subject, body, made_at) VALUES (%(to)s, %(subject)s, %(body)s, %(now)s)"
        " RETURNING id",
        {"to": address, "subject": subject, "body": body, "now": now},
    ).fetchone()
    return 0 if row is None else int(row[0])


def take(connection: Connection[Row], mail_id: int) -> tuple[str, str, str] | None:
    """(address, subject, body) of a mail that nobody else is sending; it is gone when the transaction ends well."""
    row = connection.execute(
        "DELETE FROM people.mails WHERE id = (SELECT id FROM people.mails WHERE id = %(id)s FOR UPDATE SKIP LOCKED)"
        " RETURNING address, subject, body",
        {"id": mail_id},
    ).fetchone()
    return None if row is None else (row[0], row[1], row[2])


def waiting(connection: Connection[Row], before: datetime) -> list[int]:
    rows = connection.execute(
        "SELECT id FROM people.mails WHERE made_at < %(before)s ORDER BY id LIMIT 200", {"before": before}
    )
    return [row[0] for row in rows]
