"""Bodies: who applies, who decides, who is in them, how somebody comes in and how a body is never lost."""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from psycopg import Connection

from quests.codes import CODE_LETTERS
from server.policy.rights import ADMINISTRATORS, ROLES, Who
from server.stores import accounts, bodies, cases, duties, notices
from server.stores.bodies import Body, Deed, Invitation, Member
from server.stores.cases import Case
from server.stores.database import Database, Row
from server.use_cases import removed
from server.use_cases.cases import application
from server.use_cases.cases.opening import NewCase, open_case
from server.use_cases.problem import Problem
from server.use_cases.rights import ask, sees_hidden, who_is
from server.use_cases.sign_in import Person

#: What notices are given of.
PUBLIC = "body"
INVITATION_LASTS = timedelta(days=30)
INVITATIONS_MOST = 50
MEMBERS_MOST = 500
APPLICATIONS_MOST = 5
INVITATION_LETTERS = 12  # of 29: 58 bits
DEEDS_MOST = 200


@dataclass(frozen=True, slots=True)
class Invited:
    """`code`: told once, to whoever invites."""

    invitation: Invitation
    code: str


@dataclass(frozen=True, slots=True)
class Beside:
    """`application`: the case in which it is decided whether it may come in; None where that is decided.

    `hidden`: nobody else sees its page until somebody has looked, or decided otherwise.
    """

    application: Case | None = None
    hidden: bool = False


def allow(connection: Connection[Row], person: Person, act: str, body: Body, now: datetime) -> None:
    """Raises Problem: unknown-body, not-yours, not-now, sign-in-stronger."""
    who = who_is(connection, person, body.id, body.municipality)
    ask(act, who, body.state, person, now, unknown="unknown-body")


def apply(
    database: Database,
    person: Person,
    body_id: str,
    *,
    kind: str,
    name: str,
    municipality: str,
    phone: str,
    about: Mapping[str, str],
    now: datetime,
) -> Body:
    """A new body that waits for the guide of its municipality. A repetition of one's own changes nothing.

    Raises Problem: body-differs, applications-full.
    """
    with database.transaction() as connection:
        accounts.find(connection, person.id, lock=True)
        waiting = [
            membership
            for membership in bodies.memberships(connection, person.id)
            if membership.body.state == "asked" and membership.body.id != body_id
        ]
        if len(waiting) >= APPLICATIONS_MOST:
            raise Problem("applications-full")
        body = Body(body_id, kind, name, municipality, phone, about, "asked", 1, now)
        if bodies.add(connection, body):
            bodies.set_member(connection, body_id, person.id, "owner", now)
            bodies.write_down(connection, now, person.id, body_id, "apply", f"body {body_id}")
            before = removed.removed_in(connection, PUBLIC, about.values())
            new = NewCase(
                application.NAME,
                body_id,
                body_id,
                municipality,
                application.URGENCY,
                facts={} if before is None else {removed.FACT: before},
                asked_by=person.id,
            )
            open_case(connection, new, now)
            return body
        known = bodies.find(connection, body_id)
        if known is None or bodies.role_of(connection, body_id, person.id) != "owner":
            raise Problem("body-differs")
        return known


def read(database: Database, person: Person | None, body_id: str, now: datetime) -> Body:
    """Raises Problem: unknown-body."""
    with database.transaction() as connection:
        body = bodies.find(connection, body_id)
        if body is None:
            raise Problem("unknown-body")
        if person is None:
            if body.state != "active" or notices.is_hidden(connection, "body", body_id):
                raise Problem("unknown-body")
        else:
            allow(connection, person, "read-body", body, now)
            who = who_is(connection, person, body.id, body.municipality)
            if not sees_hidden(who) and notices.is_hidden(connection, "body", body_id):
                raise Problem("unknown-body")
        return body


def beside(database: Database, body: Body) -> Beside:
    with database.transaction() as connection:
        applies = body.state == "asked"
        return Beside(
            cases.open_of(connection, application.NAME, body.id) if applies else None,
            notices.is_hidden(connection, PUBLIC, body.id),
        )


def list_active(database: Database, municipality: str | None) -> list[Body]:
    with database.transaction() as connection:
        return bodies.active(connection, municipality)


def change(
    database: Database,
    person: Person,
    body_id: str,
    version: int,
    *,
    name: str | None,
    phone: str | None,
    about: Mapping[str, str] | None,
    now: datetime,
) -> Body:
    """What is None stays. Under another name it is verified anew. Raises Problem: changed-meanwhile, as `allow`."""
    with database.transaction() as connection:
        body = _locked(connection, person, "change-body", body_id, now)
        if body.version != version:
            raise Problem("changed-meanwhile")
        renamed = name is not None and name != body.name
        if renamed and not who_is(connection, person, None, "") & ADMINISTRATORS:
            body = replace(body, verified_at=None)
        body = replace(
            body,
            name=body.name if name is None else name,
            phone=body.phone if phone is None else phone,
            about=body.about if about is None else about,
            version=body.version + 1,
        )
        bodies.change(connection, body)
        bodies.write_down(connection, now, person.id, body_id, "change-body", f"body {body_id}")
        if about is not None:
            removed.hold_back(connection, PUBLIC, body_id, body_id, body.municipality, about.values(), now)
        return body


def verify(database: Database, person: Person, body_id: str, now: datetime) -> Body:
    """The operator made sure that it is who it says. Raises what `allow` raises."""
    with database.transaction() as connection:
        body = _locked(connection, person, "verify-body", body_id, now)
        body = replace(body, verified_at=body.verified_at or now, version=body.version + 1)
        bodies.change(connection, body)
        bodies.write_down(connection, now, person.id, body_id, "verify-body", f"body {body_id}")
        return body


def close(database: Database, person: Person, body_id: str, reason: str, now: datetime) -> Body:
    """Raises what `allow` raises."""
    with database.transaction() as connection:
        body = _locked(connection, person, "close-body", body_id, now)
        body = replace(body, state="closed", version=body.version + 1)
        bodies.change(connection, body)
        bodies.write_down(connection, now, person.id, body_id, "close-body", f"body {body_id}", reason)
        return body


def list_members(database: Database, person: Person, body_id: str, now: datetime) -> list[Member]:
    with database.transaction() as connection:
        _found(connection, person, "read-members", body_id, now)
        return bodies.members(connection, body_id)


def set_role(
    database: Database, person: Person, body_id: str, account_id: str, role: str, now: datetime
) -> list[Member]:
    """The last owner stays owner until there is another. Nobody is made a member so: people are invited.

    Raises Problem: unknown-member, last-owner, and what `allow` raises.
    """
    with database.transaction() as connection:
        body = _locked(connection, person, "change-members", body_id, now)
        before = bodies.role_of(connection, body.id, account_id)
        if before is None:
            raise Problem("unknown-member")
        if before == "owner" and role != "owner":
            _another_owner(connection, body.id, account_id)
            bodies.end_invitations_of(connection, body.id, account_id, now)
        bodies.set_member(connection, body.id, account_id, role, now)
        bodies.write_down(connection, now, person.id, body.id, "change-members", f"member to {role}")
        return bodies.members(connection, body.id)


def remove_member(database: Database, person: Person, body_id: str, account_id: str, now: datetime) -> None:
    """Somebody leaves, or is asked to. What they invited to ends with them.

    Raises Problem: unknown-member, last-owner, and what `allow` raises.
    """
    with database.transaction() as connection:
        body = bodies.find(connection, body_id, lock=True)
        if body is None:
            raise Problem("unknown-body")
        allow(connection, person, "read-members" if account_id == person.id else "change-members", body, now)
        before = bodies.role_of(connection, body.id, account_id)
        if before is None:
            raise Problem("unknown-member")
        if before == "owner":
            _another_owner(connection, body.id, account_id)
        bodies.end_invitations_of(connection, body.id, account_id, now)
        bodies.remove_member(connection, body.id, account_id)
        what = "leave" if account_id == person.id else "remove-member"
        bodies.write_down(connection, now, person.id, body.id, what, f"member as {before}")


def invite(database: Database, person: Person, body_id: str, role: str, now: datetime) -> Invited:
    """A code for one person, to print or to send. Raises Problem: invitations-full, and what `allow` raises."""
    with database.transaction() as connection:
        body = _locked(connection, person, "invite", body_id, now)
        if len(bodies.invitations(connection, body.id, now)) >= INVITATIONS_MOST:
            raise Problem("invitations-full")
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(INVITATION_LETTERS))
        invitation = Invitation(str(uuid.uuid4()), body.id, role, person.id, now, now + INVITATION_LASTS)
        bodies.invite(connection, invitation, code_hash(code))
        bodies.write_down(connection, now, person.id, body.id, "invite", f"invitation as {role}")
        return Invited(invitation, "-".join(code[at : at + 4] for at in range(0, INVITATION_LETTERS, 4)))


def list_invitations(database: Database, person: Person, body_id: str, now: datetime) -> list[Invitation]:
    with database.transaction() as connection:
        _found(connection, person, "invite", body_id, now)
        return bodies.invitations(connection, body_id, now)


def take_back(database: Database, person: Person, body_id: str, invitation_id: str, now: datetime) -> None:
    """Raises Problem: unknown-invitation, and what `allow` raises."""
    with database.transaction() as connection:
        body = _locked(connection, person, "invite", body_id, now)
        if not bodies.end_invitation(connection, body.id, invitation_id, now):
            raise Problem("unknown-invitation")
        bodies.write_down(connection, now, person.id, body.id, "take-back", "invitation")


def accept(database: Database, person: Person, code: str, now: datetime) -> Body:
    """Comes in with a code, once, as long as whoever invited may still invite. Nobody loses a higher role by it.

    Raises Problem: unknown-invitation, members-full.
    """
    with database.transaction() as connection:
        invitation = bodies.take_invitation(connection, code_hash(code), now)
        body = None if invitation is None else bodies.find(connection, invitation.body, lock=True)
        if invitation is None or body is None or body.state != "active":
            raise Problem("unknown-invitation", pointer="/code")
        if not _may_still_invite(connection, body, invitation):
            raise Problem("unknown-invitation", pointer="/code")
        if len(bodies.members(connection, body.id)) >= MEMBERS_MOST:
            raise Problem("members-full")
        before = bodies.role_of(connection, body.id, person.id)
        if before is None or ROLES.index(Who(before)) < ROLES.index(Who(invitation.role)):
            bodies.set_member(connection, body.id, person.id, invitation.role, now)
            bodies.write_down(connection, now, person.id, body.id, "come-in", f"member as {invitation.role}")
        return body


def read_deeds(database: Database, person: Person, body_id: str, now: datetime) -> list[Deed]:
    with database.transaction() as connection:
        _found(connection, person, "read-deeds", body_id, now)
        return bodies.deeds(connection, body_id, DEEDS_MOST)


def code_hash(code: str) -> bytes:
    """However the code was typed: small letters, spaces and dashes are the same."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return sha256(f"invitation {letters}".encode("utf-8", "replace")).digest()


def _may_still_invite(connection: Connection[Row], body: Body, invitation: Invitation) -> bool:
    """An invitation of the operator's, who is in no body, holds; one of a member only while that is an owner."""
    if invitation.invited_by is None:
        return True
    if bodies.role_of(connection, body.id, invitation.invited_by) == "owner":
        return True
    return any(duty.duty == "administrator" for duty in duties.of_account(connection, invitation.invited_by))


def _another_owner(connection: Connection[Row], body_id: str, account_id: str) -> None:
    """The body is locked: of two owners who remove each other the second one stays."""
    if not [owner for owner in bodies.owners(connection, body_id) if owner != account_id]:
        raise Problem("last-owner")


def _found(connection: Connection[Row], person: Person, act: str, body_id: str, now: datetime) -> Body:
    body = bodies.find(connection, body_id)
    if body is None:
        raise Problem("unknown-body")
    allow(connection, person, act, body, now)
    return body


def _locked(connection: Connection[Row], person: Person, act: str, body_id: str, now: datetime) -> Body:
    body = bodies.find(connection, body_id, lock=True)
    if body is None:
        raise Problem("unknown-body")
    allow(connection, person, act, body, now)
    return body
