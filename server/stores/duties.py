"""What people do for all, beside what they do in a body."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from server.stores.database import Row


@dataclass(frozen=True, slots=True)
class Duty:
    """`municipality`: empty where it holds everywhere."""

    duty: str
    municipality: str = ""
    languages: tuple[str, ...] = ()


def of_account(connection: Connection[Row], account_id: str) -> list[Duty]:
    rows = connection.execute(
        "SELECT duty, municipality, languages FROM people.duties WHERE account_id = %(id)s ORDER BY duty, municipality",
        {"id": account_id},
    )
    return [Duty(duty, municipality, tuple(languages)) for duty, municipality, languages in rows]


def give(connection: Connection[Row], account_id: str, duty: Duty, now: datetime) -> None:
    connection.execute(
        "INSERT INTO people.duties (account_id, duty, municipality, languages, since)"
        " VALUES (%(account)s, %(duty)s, %(municipality)s, %(languages)s, %(now)s)"
        " ON CONFLICT (account_id, duty, municipality) DO UPDATE SET languages = EXCLUDED.languages",
        {
            "account": account_id,
            "duty": duty.duty,
            "municipality": duty.municipality,
            "languages": list(duty.languages),
            "now": now,
        },
    )


def take(connection: Connection[Row], account_id: str, duty: str, municipality: str) -> bool:
    taken = connection.execute(
        "DELETE FROM people.duties WHERE account_id = %(account)s AND duty = %(duty)s AND municipality = %(in)s",
        {"account": account_id, "duty": duty, "in": municipality},
    )
    return taken.rowcount == 1


def all_given(connection: Connection[Row]) -> list[tuple[str, str, Duty]]:
    """(address, name, duty), by duty; an address is empty where somebody has none."""
    rows = connection.execute(
        "SELECT coalesce(d.address, ''), a.name, t.duty, t.municipality, t.languages FROM people.duties t"
        " JOIN people.accounts a ON a.id = t.account_id LEFT JOIN people.addresses d ON d.account_id = a.id"
        " ORDER BY t.duty, t.municipality, t.since"
    )
    return [(address, name, Duty(duty, where, tuple(tags))) for address, name, duty, where, tags in rows]
