"""People who signed in, and signings-in under way."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import Connection

from server.stores.database import Database, Row
from server.tables.notes import DAY, KEPT_DAYS, YEAR

#: How old `seen_at` may be before it is written anew: a session says the hour, not each request.
SEEN_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    name: str
    language: str | None
    is_adult: bool
    created_at: datetime
    leaves_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """`how`: code, passkey or provider."""

    id: str
    how: str
    browser: str
    begun_at: datetime
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Passkey:
    credential_id: bytes
    public_key: bytes
    signatures: int
    name: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """A signing-in under way. `secret`: what comes back is compared with it."""

    id: str
    kind: str
    address: str | None
    secret: bytes
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class Duty:
    """`municipality`: empty where it holds everywhere."""

    duty: str
    municipality: str = ""
    languages: tuple[str, ...] = ()


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
) -> None:
    connection.execute(
        "INSERT INTO people.identities (issuer, subject, account_id, added_at)"
        " VALUES (%(issuer)s, %(subject)s, %(account)s, %(now)s)",
        {"issuer": issuer, "subject": subject, "account": account_id, "now": now},
    )


# Sessions.


def add_session(connection: Connection[Row], session: Session, account_id: str, token_sha256: bytes) -> None:
    connection.execute(
        "INSERT INTO people.sessions (id, account_id, token_sha256, how, browser, begun_at, seen_at, ends_at)"
        " VALUES (%(id)s, %(account)s, %(token)s, %(how)s, %(browser)s, %(begun)s, %(seen)s, %(ends)s)",
        {
            "id": session.id,
            "account": account_id,
            "token": token_sha256,
            "how": session.how,
            "browser": session.browser,
            "begun": session.begun_at,
            "seen": session.seen_at,
            "ends": session.ends_at,
        },
    )


def session_of(
    database: Database, token_sha256: bytes, now: datetime, idle: timedelta
) -> tuple[Account, Session] | None:
    """Who shows the token of this hash, unless the session has ended or was left unused for longer than `idle`."""
    rows = database.private.read(
        "SELECT a.id::text, a.name, a.language, a.is_adult, a.created_at, a.leaves_at,"
        " s.id::text, s.how, s.browser, s.begun_at, s.seen_at, s.ends_at"
        " FROM people.sessions s JOIN people.accounts a ON a.id = s.account_id"
        " WHERE s.token_sha256 = %(token)s AND s.ends_at > %(now)s AND s.seen_at > %(idle)s",
        {"token": token_sha256, "now": now, "idle": now - idle},
    )
    if not rows:
        return None
    account, session = Account(*rows[0][:6]), Session(*rows[0][6:])
    if session.seen_at < now - SEEN_EVERY:
        with database.transaction() as connection:
            connection.execute(
                "UPDATE people.sessions SET seen_at = date_trunc('hour', %(now)s::timestamptz) WHERE id = %(id)s",
                {"id": session.id, "now": now},
            )
    return account, session


def sessions(connection: Connection[Row], account_id: str) -> list[Session]:
    rows = connection.execute(
        "SELECT id::text, how, browser, begun_at, seen_at, ends_at FROM people.sessions"
        " WHERE account_id = %(id)s ORDER BY begun_at DESC, id",
        {"id": account_id},
    )
    return [Session(*row) for row in rows]


def end_session(connection: Connection[Row], account_id: str, session_id: str) -> bool:
    ended = connection.execute(
        "DELETE FROM people.sessions WHERE account_id = %(account)s AND id = %(id)s",
        {"account": account_id, "id": session_id},
    )
    return ended.rowcount == 1


def end_sessions(connection: Connection[Row], account_id: str, *, but: str | None = None) -> int:
    return connection.execute(
        "DELETE FROM people.sessions WHERE account_id = %(account)s AND id IS DISTINCT FROM %(but)s::uuid",
        {"account": account_id, "but": but},
    ).rowcount


# Passkeys.


def add_passkey(connection: Connection[Row], account_id: str, passkey: Passkey) -> bool:
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


def passkeys(connection: Connection[Row], account_id: str) -> list[Passkey]:
    rows = connection.execute(
        "SELECT credential_id, public_key, signatures, name, added_at FROM people.passkeys"
        " WHERE account_id = %(id)s ORDER BY added_at, credential_id",
        {"id": account_id},
    )
    return [Passkey(*row) for row in rows]


def passkey(connection: Connection[Row], credential_id: bytes) -> tuple[str, Passkey] | None:
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


def remove_passkey(connection: Connection[Row], account_id: str, credential_id: bytes) -> bool:
    removed = connection.execute(
        "DELETE FROM people.passkeys WHERE account_id = %(account)s AND credential_id = %(id)s",
        {"account": account_id, "id": credential_id},
    )
    return removed.rowcount == 1


# Attempts.


def add_attempt(connection: Connection[Row], attempt: Attempt, token_sha256: bytes) -> None:
    connection.execute(
        "INSERT INTO people.attempts (id, token_sha256, kind, address, secret, tries, begun_at)"
        " VALUES (%(id)s, %(token)s, %(kind)s, %(address)s, %(secret)s, 0, %(at)s)",
        {
            "id": attempt.id,
            "token": token_sha256,
            "kind": attempt.kind,
            "address": attempt.address,
            "secret": attempt.secret,
            "at": attempt.begun_at,
        },
    )


def codes_sent(connection: Connection[Row], address: str, since: datetime) -> int:
    """How many codes were sent to an address. Whoever asks twice at once waits for the first."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%(address)s, 5))", {"address": address})
    row = connection.execute(
        "SELECT count(*) FROM people.attempts WHERE address = %(address)s AND begun_at > %(since)s",
        {"address": address, "since": since},
    ).fetchone()
    return 0 if row is None else int(row[0])


def try_attempt(
    database: Database, token_sha256: bytes, kind: str, since: datetime, tries: int
) -> Attempt | None:
    """The attempt that a browser goes on with, one try of it spent; None when it is over or has none left.

    Spent before anything is compared, in a transaction of its own: many guesses at once are as many tries.
    """
    with database.transaction() as connection:
        row = connection.execute(
            "UPDATE people.attempts SET tries = tries + 1"
            " WHERE token_sha256 = %(token)s AND kind = %(kind)s AND begun_at > %(since)s AND tries < %(tries)s"
            "   AND secret IS NOT NULL"
            " RETURNING id::text, kind, address, secret, begun_at",
            {"token": token_sha256, "kind": kind, "since": since, "tries": tries},
        ).fetchone()
    return None if row is None else Attempt(*row)


def finish_attempt(connection: Connection[Row], attempt_id: str) -> bool:
    """Once: False when somebody else was quicker. The row stays for a day, so that codes can be counted."""
    finished = connection.execute(
        "UPDATE people.attempts SET secret = NULL WHERE id = %(id)s AND secret IS NOT NULL",
        {"id": attempt_id},
    )
    return finished.rowcount == 1


def forget(connection: Connection[Row], now: datetime) -> int:
    """Attempts and mails of more than a day, invitations of more than a year, and sessions that are over. [rows]"""
    at = {
        "before": now - timedelta(days=KEPT_DAYS[DAY]),
        "year": now - timedelta(days=KEPT_DAYS[YEAR]),
        "now": now,
    }
    return sum(
        connection.execute(statement, at).rowcount
        for statement in (
            "DELETE FROM people.attempts WHERE begun_at < %(before)s",
            "DELETE FROM people.mails WHERE made_at < %(before)s",
            "DELETE FROM people.invitations WHERE made_at < %(year)s",
            "DELETE FROM people.sessions WHERE ends_at < %(now)s",
        )
    )


# Players that belong to accounts.


def claim(connection: Connection[Row], account_id: str, player_id: str, now: datetime) -> bool:
    """False when the player belongs to somebody else."""
    claimed = connection.execute(
        "INSERT INTO people.claims (player_id, account_id, claimed_at) VALUES (%(player)s, %(account)s, %(now)s)"
        " ON CONFLICT (player_id) DO UPDATE SET account_id = EXCLUDED.account_id"
        " WHERE people.claims.account_id = %(account)s",
        {"player": player_id, "account": account_id, "now": now},
    )
    return claimed.rowcount == 1


def claimed(connection: Connection[Row], account_id: str) -> list[str]:
    rows = connection.execute(
        "SELECT player_id::text FROM people.claims WHERE account_id = %(id)s ORDER BY claimed_at, player_id",
        {"id": account_id},
    )
    return [row[0] for row in rows]


def let_go(connection: Connection[Row], account_id: str, player_id: str) -> bool:
    removed = connection.execute(
        "DELETE FROM people.claims WHERE account_id = %(account)s AND player_id = %(player)s",
        {"account": account_id, "player": player_id},
    )
    return removed.rowcount == 1


# Duties.


def duties(connection: Connection[Row], account_id: str) -> list[Duty]:
    rows = connection.execute(
        "SELECT duty, municipality, languages FROM people.duties WHERE account_id = %(id)s ORDER BY duty, municipality",
        {"id": account_id},
    )
    return [Duty(duty, municipality, tuple(languages)) for duty, municipality, languages in rows]


def give_duty(connection: Connection[Row], account_id: str, duty: Duty, now: datetime) -> None:
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


def take_duty(connection: Connection[Row], account_id: str, duty: str, municipality: str) -> bool:
    taken = connection.execute(
        "DELETE FROM people.duties WHERE account_id = %(account)s AND duty = %(duty)s AND municipality = %(in)s",
        {"account": account_id, "duty": duty, "in": municipality},
    )
    return taken.rowcount == 1


def everybody_with_duties(connection: Connection[Row]) -> list[tuple[str, str, Duty]]:
    """(address, name, duty), by duty; an address is empty where somebody has none."""
    rows = connection.execute(
        "SELECT coalesce(d.address, ''), a.name, t.duty, t.municipality, t.languages FROM people.duties t"
        " JOIN people.accounts a ON a.id = t.account_id LEFT JOIN people.addresses d ON d.account_id = a.id"
        " ORDER BY t.duty, t.municipality, t.since"
    )
    return [(address, name, Duty(duty, where, tuple(tags))) for address, name, duty, where, tags in rows]


# Mail.


def put_mail(connection: Connection[Row], address: str, subject: str, body: str, now: datetime) -> int:
    row = connection.execute(
        "INSERT INTO people.mails (address, subject, body, made_at) VALUES (%(to)s, %(subject)s, %(body)s, %(now)s)"
        " RETURNING id",
        {"to": address, "subject": subject, "body": body, "now": now},
    ).fetchone()
    return 0 if row is None else int(row[0])


def take_mail(connection: Connection[Row], mail_id: int) -> tuple[str, str, str] | None:
    """(address, subject, body) of a mail that nobody else is sending; it is gone when the transaction ends well."""
    row = connection.execute(
        "DELETE FROM people.mails WHERE id = (SELECT id FROM people.mails WHERE id = %(id)s FOR UPDATE SKIP LOCKED)"
        " RETURNING address, subject, body",
        {"id": mail_id},
    ).fetchone()
    return None if row is None else (row[0], row[1], row[2])


def waiting_mails(connection: Connection[Row], before: datetime) -> list[int]:
    rows = connection.execute(
        "SELECT id FROM people.mails WHERE made_at < %(before)s ORDER BY id LIMIT 200", {"before": before}
    )
    return [row[0] for row in rows]


def remove(connection: Connection[Row], account_id: str) -> bool:
    """The account and everything that refers to it; what it did stays done, without who did it."""
    at = {"id": account_id}
    for statement in (
        "UPDATE people.deeds SET account_id = NULL WHERE account_id = %(id)s",
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
