"""Signing in at a provider, such as a municipality's: begun in a browser, and finished in that browser alone."""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from psycopg import Connection

from server.openid import Answered, ProviderFailed, Providers, Vouched
from server.stores import accounts, attempts, bodies, duties
from server.stores.database import Database, Row
from server.use_cases.problem import Problem
from server.use_cases.sign_in import (
    Begun,
    SignedIn,
    begin,
    come_in,
    end_attempt,
    found,
    hashed,
    made,
    new_token,
)

VALID = timedelta(minutes=10)
#: For so long after somebody's last sign-in at a provider a duty holds that its word gave: somebody who left the
#: municipality, and is told so by its provider alone, decides nothing after a month.
DUTY_LASTS = timedelta(days=30)


def begin_provider(database: Database, providers: Providers, key: str, back: str, now: datetime) -> Begun:
    """`options` of what is begun: where the browser goes. `back`: where the provider sends it then.

    Raises Problem: unknown-provider, provider-failed.
    """
    token = new_token()
    try:
        address, expected = providers.begin(key, _state(token), back, now)
    except KeyError:
        raise Problem("unknown-provider") from None
    except ProviderFailed as error:
        raise Problem("provider-failed") from error
    begin(database, "provider", None, msgspec.json.encode(expected), now, token)
    return Begun(token, address)


def finish_provider(
    database: Database,
    providers: Providers,
    token: str,
    state: str,
    answered: Answered,
    browser: str,
    language: str | None,
    now: datetime,
) -> SignedIn:
    """The account of whom the provider vouches for, made if there was none.

    Never one with the same e-mail address: who runs a provider could then be anybody. An answer to what another browser
    began is told by its state, before anything of this browser's is spent.

    Raises Problem: attempt-over, provider-failed.
    """
    if not token or not hmac.compare_digest(state.encode("utf-8", "replace"), _state(token).encode()):
        raise Problem("attempt-over")
    attempt = attempts.spend_try(database, hashed(token), "provider", now - VALID, 1)
    if attempt is None:
        raise Problem("attempt-over")
    try:
        vouched = providers.finish(msgspec.json.decode(attempt.secret, type=dict[str, str]), answered, now)
    except ProviderFailed as error:
        raise Problem("provider-failed") from error
    with database.transaction() as connection:
        end_attempt(connection, attempt)
        account_id = accounts.of_identity(connection, vouched.issuer, vouched.subject)
        new = account_id is None
        if account_id is None:
            account = made(connection, language, now, vouched.name)
            if not accounts.add_identity(connection, vouched.issuer, vouched.subject, account.id, now):
                raise Problem("attempt-over")  # the same person was quicker in another browser
        else:
            account = found(connection, account_id)
        _give_and_take(connection, account.id, vouched, now)
        return come_in(connection, account, "provider", browser, now, new=new)


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
