"""What a person does with the own account: names, passkeys, sessions, players and their devices, export and leaving."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from server.policy import Who
from server.policy.acts.cases import KINDS as LOOKS
from server.policy.rights import DUTIES
from server.stores import (
    accounts,
    attempts,
    bodies,
    claims,
    duties,
    involved,
    mine,
    passkeys,
    players,
    reminders,
    sessions,
    stewards,
    tombstones,
)
from server.stores.accounts import Account, Identity
from server.stores.bodies import Membership
from server.stores.database import Database
from server.stores.duties import Duty
from server.stores.passkeys import Passkey
from server.stores.players import Device, DeviceSeen
from server.stores.sessions import Session
from server.stores.tombstones import Tombstone
from server.use_cases import sign_in, stories
from server.use_cases.erase import ACCOUNT
from server.use_cases.players import Caller
from server.use_cases.problem import Problem
from server.use_cases.sign_in import Begun, Came, Person, Words

REGRET = timedelta(days=14)
AT_ONCE = 100
DEVICES_MOST = 20


@dataclass(frozen=True, slots=True)
class Overview:
    account: Account
    address: str | None
    passkeys: tuple[Passkey, ...]
    sessions: tuple[Session, ...]
    players: Mapping[str, tuple[DeviceSeen, ...]]
    identities: tuple[Identity, ...]
    duties: tuple[Duty, ...]
    memberships: tuple[Membership, ...]

    @property
    def needs_passkey(self) -> bool:
        """A duty in which others are decided for, and no way yet to sign in strongly enough for it."""
        decides = any(Who(duty.duty) in DUTIES for duty in self.duties)
        return decides and not self.passkeys and not self.identities

    reminders: bool
    looks_after: tuple[str, ...]


def overview(database: Database, person: Person) -> Overview:
    with database.transaction() as connection:
        return Overview(
            accounts.find(connection, person.id) or person.account,
            accounts.address_of(connection, person.id),
            tuple(passkeys.of_account(connection, person.id)),
            tuple(sessions.of_account(connection, person.id)),
            {
                player: tuple(players.devices_seen(connection, player))
                for player in claims.players(connection, person.id)
            },
            tuple(accounts.identities(connection, person.id)),
            tuple(duties.of_account(connection, person.id)),
            tuple(bodies.memberships(connection, person.id)),
            reminders.wanted(connection, person.id),
            tuple(stewards.of_account(connection, person.id)),
        )


def change(
    database: Database,
    person: Person,
    *,
    name: str | None = None,
    language: str | None = None,
    is_adult: bool | None = None,
    reminded: bool | None = None,
) -> Account:
    """What is None stays as it is. Raises Problem: signed-out."""
    with database.transaction() as connection:
        account = accounts.find(connection, person.id, lock=True)
        if account is None:
            raise Problem("signed-out")
        account = replace(
            account,
            name=account.name if name is None else name.strip(),
            language=account.language if language is None else language,
            is_adult=account.is_adult if is_adult is None else is_adult,
        )
        accounts.change(connection, account)
        if is_adult is not None:
            stories.show_all_again(connection, account.id)  # of who is not grown up nothing is shown
        if reminded is not None:
            reminders.set_wanted(connection, person.id, wanted=reminded)
        return account


def begin_address(
    database: Database, person: Person, address: str, key: bytes, came: Came, words: Words, now: datetime
) -> Begun:
    """Sends a code to the address that is to become the account's.

    Raises Problem: bad-address, codes-sent, sign-in-stronger, sign-in-again.
    """
    with database.transaction() as connection:
        sign_in.refuse_stale(connection, person, now)
    return sign_in.begin_code(database, address, key, came, words, now)


def change_address(
    database: Database,
    person: Person,
    token: str,
    code: str,
    key: bytes,
    words: Words,
    about: str,
    now: datetime,
) -> None:
    """The address that the code was sent to becomes the account's, in place of the older one; wherever else the person is signed in ends.

    The older one is told of it by a mail, for whoever did not want it. `about`: the page on which it stands who
    answers for the service. Raises Problem: wrong-code, attempt-over, address-taken, sign-in-stronger, sign-in-again.
    """
    address, attempt = sign_in.check_code(database, token, code, key, now)
    with database.transaction() as connection:
        accounts.find(connection, person.id, lock=True)
        sign_in.refuse_stale(connection, person, now)
        before = accounts.address_of(connection, person.id)
        if not attempts.finish(connection, attempt.id):
            raise Problem("attempt-over")
        if accounts.of_address(connection, address) not in {None, person.id}:
            raise Problem("address-taken")
        accounts.drop_address(connection, person.id)
        if not accounts.set_address(connection, person.id, address, now):
            raise Problem("address-taken")
        sessions.end_all(connection, person.id, but=person.session.id)
        if before not in {None, address}:
            subject, body = words("mail.address.subject", {}), words("mail.address.body", {"link": about})
            sign_in.post(connection, before, subject, body, now)


def remove_passkey(database: Database, person: Person, credential_id: bytes, now: datetime) -> None:
    """The last way in stays, and wherever else the person is signed in ends.

    Raises Problem: unknown-passkey, last-way-in, sign-in-stronger, sign-in-again.
    """
    with database.transaction() as connection:
        accounts.find(connection, person.id, lock=True)
        sign_in.refuse_stale(connection, person, now)
        known = passkeys.of_account(connection, person.id)
        if credential_id not in {passkey.credential_id for passkey in known}:
            raise Problem("unknown-passkey")
        other = accounts.address_of(connection, person.id) or accounts.issuers(connection, person.id)
        if len(known) == 1 and not other:
            raise Problem("last-way-in")
        passkeys.remove(connection, person.id, credential_id)
        sessions.end_all(connection, person.id, but=person.session.id)


def end_session(database: Database, person: Person, session_id: str) -> None:
    """Raises Problem: unknown-session."""
    with database.transaction() as connection:
        if not sessions.end(connection, person.id, session_id):
            raise Problem("unknown-session")


def end_other_sessions(database: Database, person: Person) -> int:
    with database.transaction() as connection:
        return sessions.end_all(connection, person.id, but=person.session.id)


def claim(database: Database, person: Person, caller: Caller, now: datetime) -> None:
    """The player of this device belongs to the account from now on. Raises Problem: claimed-by-another, unknown-token."""
    with database.transaction() as connection:
        if not players.lock(connection, caller.player):
            raise Problem("unknown-token")
        if not claims.add(connection, person.id, caller.player, now):
            raise Problem("claimed-by-another")


def let_go(database: Database, person: Person, player_id: str) -> None:
    """The player plays on, as nobody's. Raises Problem: unknown-player."""
    with database.transaction() as connection:
        if not claims.remove(connection, person.id, player_id):
            raise Problem("unknown-player")


def join_device(database: Database, person: Person, player_id: str, device: Device, now: datetime) -> None:
    """One more device of a player of this account: a new phone plays on. A repetition changes nothing.

    Raises Problem: unknown-player, device-taken, devices-full.
    """
    with database.transaction() as connection:
        if player_id not in claims.players(connection, person.id) or not players.lock(connection, player_id):
            raise Problem("unknown-player")
        known = players.devices(connection, player_id)
        if device in known:
            return
        if len(known) >= DEVICES_MOST:
            raise Problem("devices-full")
        if not players.add_device(connection, player_id, device, now):
            raise Problem("device-taken")


def revoke_device(database: Database, person: Person, player_id: str, device_id: str) -> None:
    """Its token opens nothing any more. Raises Problem: unknown-player, unknown-device."""
    with database.transaction() as connection:
        if player_id not in claims.players(connection, person.id):
            raise Problem("unknown-player")
        if not players.remove_device(connection, player_id, device_id):
            raise Problem("unknown-device")


def export(database: Database, person: Person) -> bytes:
    """Everything that is stored of the account, and of what it did, asked and was told, as JSON.

    What was played is exported by its player.
    """
    told = [(kind, role.value) for kind, looks in LOOKS.items() for role in looks.told]
    with database.transaction() as connection:
        tables = {
            table.name: [msgspec.Raw(row.encode()) for row in mine.rows(connection, table, whose, person.id)]
            for table, whose in mine.personal("people")
            if mine.exported(table)
        }
        found = involved.rows(connection, person.id, told)
        tables |= {name: [msgspec.Raw(row.encode()) for row in rows] for name, rows in found.items()}
    return msgspec.json.format(msgspec.json.encode(tables))


def ask_to_leave(database: Database, person: Person, now: datetime) -> Account:
    """The account is erased in 14 days. A repetition puts nothing off. Raises Problem: last-owner, signed-out."""
    with database.transaction() as connection:
        account = accounts.find(connection, person.id, lock=True)
        if account is None:
            raise Problem("signed-out")
        if account.leaves_at is None:
            account = replace(account, leaves_at=now + REGRET)
            accounts.change(connection, account)
            stories.show_all_again(connection, account.id)
        return account


def stay(database: Database, person: Person) -> Account:
    """Raises Problem: signed-out."""
    with database.transaction() as connection:
        account = accounts.find(connection, person.id, lock=True)
        if account is None:
            raise Problem("signed-out")
        account = replace(account, leaves_at=None)
        accounts.change(connection, account)
        stories.show_all_again(connection, account.id)
        return account


def erase_due(database: Database, now: datetime, tombstones_file: Path) -> int:
    """Erases the accounts whose time for regret is over; how many. Bodies that are left without an owner wait to be adopted."""
    erased = 0
    while ids := accounts.due(database, now, AT_ONCE):
        for account_id in ids:
            with database.transaction() as connection:
                account = accounts.find(connection, account_id, lock=True)
                if account is None or account.leaves_at is None or account.leaves_at > now:
                    continue
                stone = Tombstone(ACCOUNT, account_id, now)
                tombstones.append(tombstones_file, stone)
                tombstones.add(connection, stone)
                erased += accounts.remove(connection, account_id)
    return erased
