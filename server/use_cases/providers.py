"""Signing in at a provider, such as a municipality's: begun in a browser, and finished in that browser alone."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from psycopg import Connection

from server.openid import Answered, ProviderFailed, Providers, Vouched
from server.stores import accounts, attempts, bodies, duties, passkeys, sessions
from server.stores.attempts import Attempt
from server.stores.database import Database, Row
from server.use_cases.problem import Problem
from server.use_cases.sign_in import (
    Begun,
    Person,
    SignedIn,
    begin,
    come_in,
    end_attempt,
    found,
    hashed,
    made,
    new_token,
    refuse_stale,
)

VALID = timedelta(minutes=10)
#: For so long after somebody's last sign-in at a provider a duty holds that its word gave: somebody who left the
#: municipality, and is told so by its provider alone, decides nothing after a month.
DUTY_LASTS = timedelta(days=30)


def begin_provider(database: Database, providers: Providers, key: str, back: str, now: datetime) -> Begun:
    """`options` of what is begun: where the browser goes. `back`: where the provider sends it then.

    Raises Problem: unknown-provider, provider-failed.
    """
    return _begun(database, providers, key, back, None, now)


def begin_joining(
    database: Database, person: Person, providers: Providers, key: str, back: str, now: datetime
) -> Begun:
    """The same, to join whom the provider vouches for to the person's account.

    Raises Problem: unknown-provider, provider-failed, sign-in-stronger, sign-in-again.
    """
    with database.transaction() as connection:
        refuse_stale(connection, person, now)
    return _begun(database, providers, key, back, person.id, now)


def _begun(
    database: Database, providers: Providers, key: str, back: str, account_id: str | None, now: datetime
) -> Begun:
    token = new_token()
    try:
        address, expected = providers.begin(key, _state(token), back, now)
    except KeyError:
        raise Problem("unknown-provider") from None
    except ProviderFailed as error:
        raise Problem("provider-failed") from error
    begin(database, "provider", account_id, msgspec.json.encode(expected), now, token)
    return Begun(token, address)


@dataclass(frozen=True, slots=True)
class Back:
    """A browser that comes back from a provider. `person`: who is signed in in it."""

    token: str
    state: str
    answered: Answered
    person: Person | None
    browser: str
    language: str | None


def finish_provider(database: Database, providers: Providers, back: Back, now: datetime) -> SignedIn | None:
    """The account of whom the provider vouches for, made if there was none; None where it was joined to the person's own.

    Never one with the same e-mail address: who runs a provider could then be anybody. An answer to what another browser
    began is told by its state, before anything of this browser's is spent.

    Raises Problem: attempt-over, provider-failed; NotJoined: signed-out, identity-taken, provider-failed.
    """
    expected = _state(back.token)
    if not back.token or not hmac.compare_digest(back.state.encode("utf-8", "replace"), expected.encode()):
        raise Problem("attempt-over")
    attempt = attempts.spend_try(database, hashed(back.token), "provider", now - VALID, 1)
    if attempt is None:
        raise Problem("attempt-over")
    try:
        vouched = providers.finish(
            msgspec.json.decode(attempt.secret, type=dict[str, str]), back.answered, now
        )
    except ProviderFailed as error:
        raise _failed(attempt, "provider-failed") from error
    with database.transaction() as connection:
        end_attempt(connection, attempt)
        if attempt.address is not None:
            _join(connection, attempt, back.person, vouched, now)
            return None
        account_id = accounts.of_identity(connection, vouched.issuer, vouched.subject)
        new = account_id is None
        if account_id is None:
            account = made(connection, back.language, now, vouched.name)
            if not accounts.add_identity(connection, vouched.issuer, vouched.subject, account.id, now):
                raise Problem("attempt-over")  # the same person was quicker in another browser
        else:
            account = found(connection, account_id)
        _give_and_take(connection, account.id, vouched, now)
        return come_in(connection, account, "provider", back.browser, now, new=new)


class NotJoined(Problem):
    """What keeps somebody from being joined to the account that asked for it."""


def _failed(attempt: Attempt, code: str) -> Problem:
    return Problem(code) if attempt.address is None else NotJoined(code)


def _join(
    connection: Connection[Row], attempt: Attempt, person: Person | None, vouched: Vouched, now: datetime
) -> None:
    """Only to the account that asked for it, in a browser that is still signed in to it.

    Raises NotJoined: signed-out, identity-taken.
    """
    if person is None or person.id != attempt.address:
        raise NotJoined("signed-out")
    found(connection, person.id)
    accounts.add_identity(connection, vouched.issuer, vouched.subject, person.id, now)
    if accounts.of_identity(connection, vouched.issuer, vouched.subject) != person.id:
        raise NotJoined("identity-taken")
    _give_and_take(connection, person.id, vouched, now)


def leave_provider(database: Database, person: Person, identity_id: str, now: datetime) -> None:
    """That identity leads here no more; duties that its provider's word gave end, and wherever else the person is signed in.

    Raises Problem: unknown-identity, last-way-in, sign-in-stronger, sign-in-again.
    """
    with database.transaction() as connection:
        accounts.find(connection, person.id, lock=True)
        refuse_stale(connection, person, now)
        known = {one.id: one for one in accounts.identities(connection, person.id)}
        identity = known.get(identity_id)
        if identity is None:
            raise Problem("unknown-identity")
        other = accounts.address_of(connection, person.id) or passkeys.of_account(connection, person.id)
        if len(known) == 1 and not other:
            raise Problem("last-way-in")
        accounts.remove_identity(connection, person.id, identity)
        for duty in duties.take_of_issuer(connection, person.id, identity.issuer):
            what = f"{duty.duty} {duty.municipality}".strip()
            bodies.write_down(connection, now, person.id, None, "take-duty", what)
        sessions.end_all(connection, person.id, but=person.session.id)


def _state(token: str) -> str:
    """Made from the browser's own secret, which it does not tell: an answer that was begun elsewhere has another."""
    return sha256(f"state {token}".encode("utf-8", "replace")).hexdigest()


def _give_and_take(connection: Connection[Row], account_id: str, vouched: Vouched, now: datetime) -> None:
    """Duties as the operator's rules have them, for a while. One that several rules give is there while one of them holds."""
    ruled: dict[tuple[str, str], bool] = {}
    for rule, holds in vouched.rules:
        at = (rule.duty, rule.municipality)
        ruled[at] = ruled.get(at, False) or holds
    had = {(duty.duty, duty.municipality) for duty in duties.of_account(connection, account_id)}
    for (duty, municipality), holds in ruled.items():
        if holds:
            ends_at = now + DUTY_LASTS
            duties.give_until(connection, account_id, duty, municipality, vouched.issuer, ends_at, now)
        if holds == ((duty, municipality) in had):
            continue
        if not holds:
            duties.take(connection, account_id, duty, municipality)
        act = "give-duty" if holds else "take-duty"
        bodies.write_down(connection, now, account_id, None, act, f"{duty} {municipality}".strip())
