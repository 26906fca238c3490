"""Bodies, their members, invitations into them, and the log of what was done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.types.json import Jsonb

from server.stores.database import Row

_BODY = "id::text, kind, name, municipality, phone, about, state, version, asked_at, decided_at, verified_at"


@dataclass(frozen=True, slots=True)
class Body:
    """`about`: a few sentences by language. `version` grows with each change."""

    id: str
    kind: str
    name: str
    municipality: str
    phone: str
    about: Mapping[str, str]
    state: str
    version: int
    asked_at: datetime
    decided_at: datetime | None = None
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Member:
    account: str
    name: str
    role: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    body: Body
    role: str


@dataclass(frozen=True, slots=True)
class Invitation:
    id: str
    body: str
    role: str
    invited_by: str | None
    made_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Deed:
    """`account`: None where the operator did it, or somebody who was erased."""

    at: datetime
    account: str | None
    name: str
    what: str
    subject: str
    reason: str


def add(connection: Connection[Row], body: Body) -> bool:
    """False when there is one of that id."""
    added = connection.execute(
        "INSERT INTO people.bodies (id, kind, name, municipality, phone, about, state, version, asked_at, decided_at,"
        " verified_at) VALUES (%(id)s, %(kind)s, %(name)s, %(municipality)s, %(phone)s, %(about)s, %(state)s,"
        " %(version)s, %(asked)s, %(decided)s, %(verified)s) ON CONFLICT DO NOTHING",
        _values(body),
    )
    return added.rowcount == 1


def find(connection: Connection[Row], body_id: str, *, lock: bool = False) -> Body | None:
    """`lock`: against every other change of the body and of who is in it until the transaction ends."""
    query = f"SELECT {_BODY} FROM people.bodies WHERE id = %(id)s"  # noqa: S608  our own columns
    row = connection.execute(query + " FOR UPDATE" if lock else query, {"id": body_id}).fetchone()
    return None if row is None else Body(*row)


def change(connection: Connection[Row], body: Body) -> None:
    connection.execute(
        "UPDATE people.bodies SET name = %(name)s, municipality = %(municipality)s, phone = %(phone)s,"
        " about = %(about)s, state = %(state)s, version = %(version)s, decided_at = %(decided)s,"
        " verified_at = %(verified)s WHERE id = %(id)s",
        _values(body),
    )


def _values(body: Body) -> dict[str, object]:
    return {
        "id": body.id,
        "kind": body.kind,
        "name": body.name,
        "municipality": body.municipality,
        "phone": body.phone,
        "about": Jsonb(dict(body.about)),
        "state": body.state,
        "version": body.version,
        "asked": body.asked_at,
        "decided": body.decided_at,
        "verified": body.verified_at,
    }


def active(connection: Connection[Row], municipality: str | None) -> list[Body]:
    """By name. None: everywhere."""
    query = (
        f"SELECT {_BODY} FROM people.bodies b WHERE state = 'active'"  # noqa: S608  our own columns
        " AND NOT EXISTS (SELECT FROM people.hidden h WHERE h.kind = 'body' AND h.id = b.id::text)"
        " AND (%(in)s::text IS NULL OR municipality = %(in)s) ORDER BY name, id LIMIT 1000"
    )
    rows = connection.execute(query, {"in": municipality})
    return [Body(*row) for row in rows]


def role_of(connection: Connection[Row], body_id: str, account_id: str) -> str | None:
    row = connection.execute(
        "SELECT role FROM people.members WHERE body_id = %(body)s AND account_id = %(account)s",
        {"body": body_id, "account": account_id},
    ).fetchone()
    return None if row is None else str(row[0])


def members(connection: Connection[Row], body_id: str) -> list[Member]:
    rows = connection.execute(
        "SELECT m.account_id::text, a.name, m.role, m.since FROM people.members m"
        " JOIN people.accounts a ON a.id = m.account_id WHERE m.body_id = %(body)s ORDER BY m.since, m.account_id",
        {"body": body_id},
    )
    return [Member(*row) for row in rows]


def memberships(connection: Connection[Row], account_id: str) -> list[Membership]:
    rows = connection.execute(
        "SELECT b.id::text, b.kind, b.name, b.municipality, b.phone, b.about, b.state, b.version, b.asked_at,"
        " b.decided_at, b.verified_at, m.role FROM people.members m JOIN people.bodies b ON b.id = m.body_id"
        " WHERE m.account_id = %(account)s ORDER BY b.name, b.id",
        {"account": account_id},
    )
    return [Membership(Body(*row[:-1]), row[-1]) for row in rows]


def set_member(connection: Connection[Row], body_id: str, account_id: str, role: str, now: datetime) -> None:
    connection.execute(
        "INSERT INTO people.members (body_id, account_id, role, since) VALUES (%(body)s, %(account)s, %(role)s, %(now)s)"
        " ON CONFLICT (body_id, account_id) DO UPDATE SET role = EXCLUDED.role",
        {"body": body_id, "account": account_id, "role": role, "now": now},
    )


def remove_member(connection: Connection[Row], body_id: str, account_id: str) -> bool:
    removed = connection.execute(
        "DELETE FROM people.members WHERE body_id = %(body)s AND account_id = %(account)s",
        {"body": body_id, "account": account_id},
    )
    return removed.rowcount == 1


def owners(connection: Connection[Row], body_id: str) -> list[str]:
    """Those who can still come in: who asked to be erased no longer counts."""
    rows = connection.execute(
        "SELECT m.account_id::text FROM people.members m JOIN people.accounts a ON a.id = m.account_id"
        " WHERE m.body_id = %(body)s AND m.role = 'owner' AND a.leaves_at IS NULL ORDER BY m.since",
        {"body": body_id},
    )
    return [row[0] for row in rows]


def invite(connection: Connection[Row], invitation: Invitation, code_sha256: bytes) -> None:
    connection.execute(
        "INSERT INTO people.invitations (id, body_id, role, code_sha256, invited_by, made_at, ends_at)"
        " VALUES (%(id)s, %(body)s, %(role)s, %(code)s, %(by)s, %(made)s, %(ends)s)",
        {
            "id": invitation.id,
            "body": invitation.body,
            "role": invitation.role,
            "code": code_sha256,
            "by": invitation.invited_by,
            "made": invitation.made_at,
            "ends": invitation.ends_at,
        },
    )


def invitations(connection: Connection[Row], body_id: str, now: datetime) -> list[Invitation]:
    """Those that can still be taken."""
    rows = connection.execute(
        "SELECT id::text, body_id::text, role, invited_by::text, made_at, ends_at FROM people.invitations"
        " WHERE body_id = %(body)s AND ended_at IS NULL AND ends_at > %(now)s ORDER BY made_at, id",
        {"body": body_id, "now": now},
    )
    return [Invitation(*row) for row in rows]


def take_invitation(connection: Connection[Row], code_sha256: bytes, now: datetime) -> Invitation | None:
    """The invitation of this code, which nobody else can take from now on; None when there is none any more."""
    row = connection.execute(
        "UPDATE people.invitations SET ended_at = %(now)s WHERE code_sha256 = %(code)s AND ended_at IS NULL"
        " AND ends_at > %(now)s RETURNING id::text, body_id::text, role, invited_by::text, made_at, ends_at",
        {"code": code_sha256, "now": now},
    ).fetchone()
    return None if row is None else Invitation(*row)


def end_invitation(connection: Connection[Row], body_id: str, invitation_id: str, now: datetime) -> bool:
    ended = connection.execute(
        "UPDATE people.invitations SET ended_at = %(now)s WHERE body_id = %(body)s AND id = %(id)s"
        " AND ended_at IS NULL",
        {"body": body_id, "id": invitation_id, "now": now},
    )
    return ended.rowcount == 1


def end_invitations_of(connection: Connection[Row], body_id: str, account_id: str, now: datetime) -> None:
    """Those that somebody sent who may no longer invite."""
    connection.execute(
        "UPDATE people.invitations SET ended_at = %(now)s WHERE body_id = %(body)s AND invited_by = %(by)s"
        " AND ended_at IS NULL",
        {"body": body_id, "by": account_id, "now": now},
    )


def write_down(
    connection: Connection[Row],
    now: datetime,
    account_id: str | None,
    body_id: str | None,
    what: str,
    subject: str,
    reason: str = "",
) -> None:
    """One line of the audit log. `account_id` None: the operator, by command."""
    connection.execute(
        "INSERT INTO people.deeds (at, account_id, body_id, what, subject, reason)"
        " VALUES (%(at)s, %(account)s, %(body)s, %(what)s, %(subject)s, %(reason)s)",
        {
            "at": now,
            "account": account_id,
            "body": body_id,
            "what": what,
            "subject": subject,
            "reason": reason,
        },
    )


def deeds_to(connection: Connection[Row], body_id: str, subject: str, most: int) -> list[Deed]:
    """What was done to one thing of a body, the newest first."""
    rows = connection.execute(
        "SELECT d.at, d.account_id::text, coalesce(a.name, ''), d.what, d.subject, d.reason FROM people.deeds d"
        " LEFT JOIN people.accounts a ON a.id = d.account_id WHERE d.body_id = %(body)s AND d.subject = %(subject)s"
        " ORDER BY d.id DESC LIMIT %(most)s",
        {"body": body_id, "subject": subject, "most": most},
    )
    return [Deed(*row) for row in rows]


def deeds(connection: Connection[Row], body_id: str, most: int) -> list[Deed]:
    """The newest first."""
    rows = connection.execute(
        "SELECT d.at, d.account_id::text, coalesce(a.name, ''), d.what, d.subject, d.reason FROM people.deeds d"
        " LEFT JOIN people.accounts a ON a.id = d.account_id WHERE d.body_id = %(body)s ORDER BY d.id DESC"
        " LIMIT %(most)s",
        {"body": body_id, "most": most},
    )
    return [Deed(*row) for row in rows]
