"""What people do for all, beside what they do in a body."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from server.stores.database import Row

#: Of a row `d` of `people.duties`: it has not ended. Whatever reads duties asks for it.
HOLDS = "(d.ends_at IS NULL OR d.ends_at > now())"


@dataclass(frozen=True, slots=True)
class Duty:
    """`municipality`: empty where it holds everywhere. `ends_at`: None where it does not end by itself."""

    duty: str
    municipality: str = ""
    languages: tuple[str, ...] = ()
    ends_at: datetime | None = None


def of_account(connection: Connection[Row], account_id: str) -> list[Duty]:
    """Those that hold now."""
    rows = connection.execute(
        "SELECT d.duty, d.municipality, d.languages, d.ends_at FROM people.duties d"  # noqa: S608  our own words
        f" WHERE d.account_id = %(id)s AND {HOLDS} ORDER BY d.duty, d.municipality",
        {"id": account_id},
    )
    return [Duty(duty, where, tuple(languages), ends_at) for duty, where, languages, ends_at in rows]


def give(connection: Connection[Row], account_id: str, duty: Duty, now: datetime) -> None:
    """By the operator: it does not end by itself."""
    connection.execute(
        "INSERT INTO people.duties (account_id, duty, municipality, languages, since)"
        " VALUES (%(account)s, %(duty)s, %(municipality)s, %(languages)s, %(now)s)"
        " ON CONFLICT (account_id, duty, municipality) DO UPDATE SET languages = EXCLUDED.languages,"
        " issuer = NULL, ends_at = NULL",
        {
            "account": account_id,
            "duty": duty.duty,
            "municipality": duty.municipality,
            "languages": list(duty.languages),
            "now": now,
        },
    )


def give_until(
    connection: Connection[Row],
    account_id: str,
    duty: str,
    municipality: str,
    issuer: str,
    ends_at: datetime,
    now: datetime,
) -> None:
    """By a provider's word, until then. One that the operator gave stays as it is, and languages that are known stay."""
    connection.execute(
        "INSERT INTO people.duties AS d (account_id, duty, municipality, languages, since, issuer, ends_at)"
        " VALUES (%(account)s, %(duty)s, %(municipality)s, '{}', %(now)s, %(issuer)s, %(ends)s)"
        " ON CONFLICT (account_id, duty, municipality) DO UPDATE SET issuer = EXCLUDED.issuer,"
        " ends_at = EXCLUDED.ends_at WHERE d.ends_at IS NOT NULL",
        {
            "account": account_id,
            "duty": duty,
            "municipality": municipality,
            "issuer": issuer,
            "ends": ends_at,
            "now": now,
        },
    )


def take(connection: Connection[Row], account_id: str, duty: str, municipality: str) -> bool:
    taken = connection.execute(
        "DELETE FROM people.duties WHERE account_id = %(account)s AND duty = %(duty)s AND municipality = %(in)s",
        {"account": account_id, "duty": duty, "in": municipality},
    )
    return taken.rowcount == 1


def take_of_issuer(connection: Connection[Row], account_id: str, issuer: str) -> list[Duty]:
    """Those that this provider's word gave; which they were."""
    rows = connection.execute(
        "DELETE FROM people.duties WHERE account_id = %(account)s AND issuer = %(issuer)s"
        " RETURNING duty, municipality, languages, ends_at",
        {"account": account_id, "issuer": issuer},
    )
    return [Duty(duty, where, tuple(languages), ends_at) for duty, where, languages, ends_at in rows]


def all_given(connection: Connection[Row]) -> list[tuple[str, str, Duty]]:
    """(address, name, duty) of those that hold now, by duty; an address is empty where somebody has none."""
    rows = connection.execute(
        "SELECT coalesce(m.address, ''), a.name, d.duty, d.municipality, d.languages, d.ends_at"  # noqa: S608  ours
        " FROM people.duties d JOIN people.accounts a ON a.id = d.account_id"
        f" LEFT JOIN people.addresses m ON m.account_id = a.id WHERE {HOLDS}"
        " ORDER BY d.duty, d.municipality, d.since"
    )
    return [
        (address, name, Duty(duty, where, tuple(tags), ends_at))
        for address, name, duty, where, tags, ends_at in rows
    ]
