"""People who signed in: by what they are known, and what goes with them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from psycopg import Connection

from server.stores import guides, stories
from server.stores.database import Database, Row
from server.tables.notes import DAY, KEPT_DAYS, TWO_YEARS, YEAR


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    name: str
    language: str | None
    is_adult: bool
    created_at: datetime
    leaves_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """What an OpenID provider calls a person."""

    issuer: str
    subject: str
    added_at: datetime

    @property
    def id(self) -> str:
        """Names it here, and says nothing of what the provider calls the person. [32 hex digits]"""
        return sha256(f"identity {self.issuer} {self.subject}".encode()).hexdigest()[:32]


def add_account(connection: Connection[Row], account: Account) -> None:
    connection.execute(
        "INSERT INTO people.accounts (id, name, language, is_adult, created_at)"
        " VALUES (%(id)s, %(name)s, %(language)s, %(adult)s, %(at)s)",
        {
            "id": account.id,
            "name": account.name,
            "language": account.language,
            "adult": account.is_adult,
            "at": account.created_at,
        },
    )


def find(connection: Connection[Row], account_id: str, *, lock: bool = False) -> Account | None:
    """`lock`: against every other change of this account until the transaction ends."""
    query = "SELECT id::text, name, language, is_adult, created_at, leaves_at FROM people.accounts WHERE id = %(id)s"
    row = connection.execute(query + " FOR UPDATE" if lock else query, {"id": account_id}).fetchone()
    return None if row is None else Account(*row)


def change(connection: Connection[Row], account: Account) -> None:
    connection.execute(
        "UPDATE people.accounts SET name = %(name)s, language = %(language)s, is_adult = %(adult)s,"
        " leaves_at = %(leaves)s WHERE id = %(id)s",
        {
            "id": account.id,
            "name": account.name,
            "language": account.language,
            "adult": account.is_adult,
            "leaves": account.leaves_at,
        },
    )


def of_address(connection: Connection[Row], address: str) -> str | None:
    row = connection.execute(
        "SELECT account_id::text FROM people.addresses WHERE address = %(address)s", {"address": address}
    ).fetchone()
    return None if row is None else str(row[0])


def address_of(connection: Connection[Row], account_id: str) -> str | None:
    row = connection.execute(
        "SELECT address FROM people.addresses WHERE account_id = %(id)s", {"id": account_id}
    ).fetchone()
    return None if row is None else str(row[0])


def set_address(connection: Connection[Row], account_id: str, address: str, now: datetime) -> bool:
    """The account's one address, in place of an older one; False when it is somebody else's."""
    set_now = connection.execute(
        "INSERT INTO people.addresses (address, account_id, confirmed_at) VALUES (%(address)s, %(id)s, %(now)s)"
        " ON CONFLICT (address) DO UPDATE SET confirmed_at = %(now)s, bounced_at = NULL"
        " WHERE people.addresses.account_id = %(id)s",
        {"address": address, "id": account_id, "now": now},
    )
    return set_now.rowcount == 1


def drop_address(connection: Connection[Row], account_id: str) -> None:
    connection.execute("DELETE FROM people.addresses WHERE account_id = %(id)s", {"id": account_id})


def bounced(connection: Connection[Row], address: str, now: datetime) -> None:
    connection.execute(
        "UPDATE people.addresses SET bounced_at = %(now)s WHERE address = %(address)s",
        {"address": address, "now": now},
    )


def of_identity(connection: Connection[Row], issuer: str, subject: str) -> str | None:
    row = connection.execute(
        "SELECT account_id::text FROM people.identities WHERE issuer = %(issuer)s AND subject = %(subject)s",
        {"issuer": issuer, "subject": subject},
    ).fetchone()
    return None if row is None else str(row[0])


def add_identity(
    connection: Connection[Row], issuer: str, subject: str, account_id: str, now: datetime
) -> bool:
    """False when it leads to an account already, whosever."""
    added = connection.execute(
        "INSERT INTO people.identities (issuer, subject, account_id, added_at)"
        " VALUES (%(issuer)s, %(subject)s, %(account)s, %(now)s) ON CONFLICT DO NOTHING",
        {"issuer": issuer, "subject": subject, "account": account_id, "now": now},
    )
    return added.rowcount == 1


def identities(connection: Connection[Row], account_id: str) -> list[Identity]:
    """The oldest first."""
    rows = connection.execute(
        "SELECT issuer, subject, added_at FROM people.identities WHERE account_id = %(id)s"
        " ORDER BY added_at, issuer, subject",
        {"id": account_id},
    )
    return [Identity(*row) for row in rows]


def remove_identity(connection: Connection[Row], account_id: str, identity: Identity) -> None:
    connection.execute(
        "DELETE FROM people.identities WHERE account_id = %(account)s AND issuer = %(issuer)s"
        " AND subject = %(subject)s",
        {"account": account_id, "issuer": identity.issuer, "subject": identity.subject},
    )


def issuers(connection: Connection[Row], account_id: str) -> list[str]:
    """The providers at which the person has signed in."""
    rows = connection.execute(
        "SELECT issuer FROM people.identities WHERE account_id = %(id)s ORDER BY added_at, issuer",
        {"id": account_id},
    )
    return [row[0] for row in rows]


def forget(connection: Connection[Row], now: datetime) -> int:
    """Attempts and mails of more than a day, invitations of more than a year, sessions that are over, and the words of old deeds. [rows]"""
    at = {
        "before": now - timedelta(days=KEPT_DAYS[DAY]),
        "year": now - timedelta(days=KEPT_DAYS[YEAR]),
        "years": now - timedelta(days=KEPT_DAYS[TWO_YEARS]),
        "now": now,
    }
    return sum(
        connection.execute(statement, at).rowcount
        for statement in (
            "DELETE FROM people.attempts WHERE begun_at < %(before)s",
            "DELETE FROM people.mails WHERE made_at < %(before)s",
            "DELETE FROM people.invitations WHERE made_at < %(year)s",
            "DELETE FROM people.sessions WHERE ends_at < %(now)s",
            "UPDATE people.deeds SET reason = '' WHERE at < %(years)s AND reason <> ''",
        )
    )


def remove(connection: Connection[Row], account_id: str) -> bool:
    """The account and everything that refers to it; what it did stays done, without who did it."""
    at = {"id": account_id}
    guides.remove_of(connection, account_id)
    stories.remove_of(connection, account_id)
    for statement in (
        "UPDATE people.deeds SET account_id = NULL WHERE account_id = %(id)s",
        "UPDATE people.cases SET asked_by = NULL WHERE asked_by = %(id)s",
        "UPDATE people.cases SET maker = NULL WHERE maker = %(id)s",
        "UPDATE people.cases SET first_by = NULL WHERE first_by = %(id)s",
        "UPDATE people.cases SET decided_by = NULL WHERE decided_by = %(id)s",
        "UPDATE people.readings SET read_by = NULL WHERE read_by = %(id)s",
        "DELETE FROM people.looks WHERE account_id = %(id)s",
        "DELETE FROM people.duty_days WHERE account_id = %(id)s",
        "DELETE FROM people.proposals WHERE account_id = %(id)s",
        "UPDATE people.publications SET changed_by = NULL WHERE changed_by = %(id)s",
        "UPDATE people.publication_versions SET account_id = NULL WHERE account_id = %(id)s",
        "UPDATE people.invitations SET ended_at = now() WHERE invited_by = %(id)s AND ended_at IS NULL",
        "UPDATE people.invitations SET invited_by = NULL WHERE invited_by = %(id)s",
        "DELETE FROM people.members WHERE account_id = %(id)s",
        "DELETE FROM people.stewards WHERE account_id = %(id)s",
        "DELETE FROM people.reminders WHERE account_id = %(id)s",
        "DELETE FROM people.duties WHERE account_id = %(id)s",
        "DELETE FROM people.claims WHERE account_id = %(id)s",
        "DELETE FROM people.sessions WHERE account_id = %(id)s",
        "DELETE FROM people.identities WHERE account_id = %(id)s",
        "DELETE FROM people.passkeys WHERE account_id = %(id)s",
        "DELETE FROM people.attempts WHERE address = %(id)s::text",  # of a passkey that was never made
        "DELETE FROM people.attempts WHERE address = (SELECT address FROM people.addresses WHERE account_id = %(id)s)",
        "DELETE FROM people.mails WHERE address = (SELECT address FROM people.addresses WHERE account_id = %(id)s)",
        "DELETE FROM people.addresses WHERE account_id = %(id)s",
    ):
        connection.execute(statement, at)
    return connection.execute("DELETE FROM people.accounts WHERE id = %(id)s", at).rowcount == 1


def due(database: Database, now: datetime, most: int) -> list[str]:
    rows = database.private.read(
        "SELECT id::text FROM people.accounts WHERE leaves_at <= %(now)s ORDER BY leaves_at LIMIT %(most)s",
        {"now": now, "most": most},
    )
    return [row[0] for row in rows]
