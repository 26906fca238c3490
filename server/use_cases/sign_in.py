"""Signing in: by a code sent to an e-mail address, by a passkey, or at a provider. No password is ever asked for.

Each begins with an attempt that belongs to the browser that began it, and ends with a session that is new: nothing
that somebody planted in a browser before is worth anything after.
"""

import hmac
import re
import secrets
import unicodedata
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from psycopg import Connection
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from server.policy import Who
from server.policy.rights import DUTIES
from server.stores import accounts, attempts, duties, jobs, mails, passkeys, sessions
from server.stores.accounts import Account
from server.stores.attempts import Asker, Attempt, Sent
from server.stores.database import Database, Row
from server.stores.passkeys import Passkey
from server.stores.sessions import Session
from server.use_cases.problem import Problem

TOKEN_BYTES = 32
CODE_DIGITS = 6
CODE_VALID = timedelta(minutes=10)
CODE_TRIES = 5
PASSKEY_VALID = timedelta(minutes=5)
SESSION_LASTS = timedelta(days=90)
SESSION_IDLES = timedelta(days=30)
#: For how long a sign-in by passkey or provider stands for more than a code does.
STRONG_LASTS = timedelta(hours=12)
#: For how long a sign-in, by a code too, lets a person change how they sign in.
FRESH_LASTS = timedelta(minutes=15)
STRONG = frozenset({"passkey", "provider"})
PASSKEYS_MOST = 20
NAME = "Rotfäste"

# What a mail server somewhere may take; whether somebody reads it, the code shows.
_ADDRESS = re.compile(
    r"[^\s@\"(),:;<>\[\]\\\x00-\x1f\x7f]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\.[a-z0-9-]{2,63}"
)
ADDRESS_MOST = 254


@dataclass(frozen=True, slots=True)
class Allowance:
    """For one address in a day: codes that are sent there, and wrong ones that are typed."""

    codes: int
    wrong: int


#: Of one network, and of one browser that has signed in to the account before. Strangers use up nothing of a known one's.
OF_NETWORK, OF_BROWSER = Allowance(codes=10, wrong=10), Allowance(codes=10, wrong=20)
#: Of all networks, and of all known browsers. A day's guesses at one address are 30 of strangers in a million, and 20 more
#: of who once read its mail: one in 20,000 at most, as docs/security/asvs.md says at 6.5.4.
OF_NETWORKS, OF_BROWSERS = Allowance(codes=30, wrong=30), Allowance(codes=30, wrong=20)
DAY = timedelta(days=1)

#: A sentence for a key and its facts, in the person's language.
Words = Callable[[str, dict[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, and how."""

    account: Account
    session: Session

    @property
    def id(self) -> str:
        return self.account.id

    def is_strong(self, now: datetime) -> bool:
        return self.session.how in STRONG and self.session.begun_at > now - STRONG_LASTS

    def is_fresh(self, now: datetime) -> bool:
        """However the person signed in, it was of late: no forgotten browser."""
        return self.session.begun_at > now - FRESH_LASTS


@dataclass(frozen=True, slots=True)
class Place:
    """Where the browser is: what a passkey is bound to. `origin` as in https://quest.example.se."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Came:
    """Where somebody comes from who asks for a code. `known`: what the browser kept of a sign-in before; may be empty."""

    network: str
    known: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """`token` goes into the browser's cookie; `options`: for its authenticator, as JSON, or where it goes on."""

    token: str
    options: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`token` goes into the browser's cookie. `new`: an account was made."""

    token: str
    person: Person
    new: bool


def read_address(text: str) -> str:
    """An e-mail address as it is kept: composed, in lower case. Raises Problem: bad-address."""
    address = unicodedata.normalize("NFC", text).strip().lower()
    if len(address) > ADDRESS_MOST or not _ADDRESS.fullmatch(address) or ".." in address:
        raise Problem("bad-address", pointer="/address")
    return address


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def hashed(token: str) -> bytes:
    return sha256(token.encode("utf-8", "replace")).digest()


# By a code.


def begin_code(
    database: Database, address: str, key: bytes, came: Came, words: Words, now: datetime
) -> Begun:
    """Sends a code to an address, whether anybody is known by it or not, and says the same in both cases.

    `key`: the server's own, so that the hashes of a million codes cannot be made by who has read the database.
    Raises Problem: bad-address, codes-sent.
    """
    address = read_address(address)
    token, code = new_token(), f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    attempt_id = str(uuid.uuid4())
    with database.transaction() as connection:
        asker = _asker(key, accounts.of_address(connection, address), came)
        sent = attempts.sent(connection, address, now - DAY)
        if _has_no_code_left(sent, asker) or _has_no_guess_left(sent, asker):
            raise Problem("codes-sent", pointer="/address", retry_after_s=3600)
        attempt = Attempt(attempt_id, "code", address, _code_hash(key, attempt_id, code), now, asker)
        attempts.add(connection, attempt, hashed(token))
        facts = {"code": f"{code[:3]} {code[3:]}", "minutes": CODE_VALID.seconds // 60}
        post(connection, address, words("mail.code.subject", facts), words("mail.code.body", facts), now)
    return Begun(token)


def finish_code(
    database: Database, token: str, code: str, key: bytes, browser: str, language: str | None, now: datetime
) -> SignedIn:
    """The account of the address that the code was sent to, made if there was none.

    Raises Problem: wrong-code, attempt-over.
    """
    address, attempt = check_code(database, token, code, key, now)
    with database.transaction() as connection:
        end_attempt(connection, attempt)
        account_id = accounts.of_address(connection, address)
        new = account_id is None
        account = made(connection, language, now) if account_id is None else found(connection, account_id)
        if not accounts.set_address(connection, account.id, address, now):
            raise Problem("attempt-over")  # somebody else was quicker
        return come_in(connection, account, "code", browser, now, new=new)


def check_code(database: Database, token: str, code: str, key: bytes, now: datetime) -> tuple[str, Attempt]:
    """The address whose code this is, with the attempt that is still to be finished.

    Raises Problem: wrong-code, attempt-over.
    """
    attempt = _guess(database, hashed(token), now)
    if attempt is None or attempt.address is None:
        raise Problem("attempt-over")
    digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code))
    if not hmac.compare_digest(_code_hash(key, attempt.id, digits), attempt.secret):
        raise Problem("wrong-code", pointer="/code")
    return attempt.address, attempt


def _guess(database: Database, token_sha256: bytes, now: datetime) -> Attempt | None:
    """One try is spent, of the code and of what the address has in a day; None where there is none left."""
    with database.transaction() as connection:
        begun = attempts.code_under_way(connection, token_sha256, now - CODE_VALID)
        if begun is None or _has_no_guess_left(attempts.sent(connection, begun[0], now - DAY), begun[1]):
            return None
        return attempts.spend_locked(connection, token_sha256, "code", now - CODE_VALID, CODE_TRIES)


def _asker(key: bytes, account_id: str | None, came: Came) -> Asker:
    browser = None if account_id is None else known_browser(key, account_id, came.known)
    whence = f"network {came.network}" if browser is None else f"browser {browser}"
    return Asker(hmac.digest(key, whence.encode("utf-8", "replace"), "sha256"), known=browser is not None)


def _has_no_code_left(sent: Sequence[Sent], asker: Asker) -> bool:
    own, all_such = (OF_BROWSER, OF_BROWSERS) if asker.known else (OF_NETWORK, OF_NETWORKS)
    return (
        sum(one.codes for one in sent if one.asker == asker) >= own.codes
        or sum(one.codes for one in sent if one.asker.known == asker.known) >= all_such.codes
    )


def _has_no_guess_left(sent: Sequence[Sent], asker: Asker) -> bool:
    own, all_such = (OF_BROWSER, OF_BROWSERS) if asker.known else (OF_NETWORK, OF_NETWORKS)
    return (
        sum(one.wrong for one in sent if one.asker == asker) >= own.wrong
        or sum(one.wrong for one in sent if one.asker.known == asker.known) >= all_such.wrong
    )


def new_known(key: bytes, account_id: str) -> str:
    """What a browser keeps that has signed in to this account: its number and our signature, and nothing of whose it is."""
    browser = secrets.token_urlsafe(16)
    return f"{browser}.{_signature(key, account_id, browser)}"


def known_browser(key: bytes, account_id: str, known: str) -> str | None:
    """The browser's number, where it has signed in to this account before."""
    browser, _, signature = known.partition(".")
    right = _signature(key, account_id, browser)
    return browser if hmac.compare_digest(signature.encode("utf-8", "replace"), right.encode()) else None


def _signature(key: bytes, account_id: str, browser: str) -> str:
    return hmac.digest(key, f"known {account_id} {browser}".encode("utf-8", "replace"), "sha256").hex()


def _code_hash(key: bytes, attempt_id: str, code: str) -> bytes:
    return hmac.digest(key, f"code {attempt_id} {code}".encode("utf-8", "replace"), "sha256")


def post(connection: Connection[Row], address: str, subject: str, body: str, now: datetime) -> None:
    """A mail, sent by the worker when this transaction has ended well."""
    mail_id = mails.put(connection, address, subject, body, now)
    jobs.put(connection, jobs.SEND_MAIL, {"mail": mail_id})


# By a passkey.


def begin_passkey(database: Database, place: Place, now: datetime) -> Begun:
    """Asks whoever it is for one of their passkeys: no name is typed, and none can be tried."""
    challenge = secrets.token_bytes(32)
    options = generate_authentication_options(
        rp_id=place.host, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
    )
    token = new_token()
    begin(database, "passkey", None, challenge, now, token)
    return Begun(token, options_to_json(options))


def finish_passkey(
    database: Database, token: str, credential: dict[str, Any], place: Place, browser: str, now: datetime
) -> SignedIn:
    """Raises Problem: attempt-over, wrong-passkey."""
    attempt = attempts.spend_try(database, hashed(token), "passkey", now - PASSKEY_VALID, 1)
    if attempt is None:
        raise Problem("attempt-over")
    with database.transaction() as connection:
        end_attempt(connection, attempt)
        known = passkeys.find(connection, _credential_id(credential))
        if known is None:
            raise Problem("wrong-passkey")
        account_id, passkey = known
        try:
            shown = verify_authentication_response(
                credential=credential,
                expected_challenge=attempt.secret,
                expected_rp_id=place.host,
                expected_origin=place.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.signatures,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError):
            raise Problem("wrong-passkey") from None
        passkeys.count_signatures(connection, passkey.credential_id, shown.new_sign_count)
        return come_in(connection, found(connection, account_id), "passkey", browser, now, new=False)


def begin_new_passkey(database: Database, person: Person, place: Place, now: datetime) -> Begun:
    """Raises Problem: passkeys-full, sign-in-stronger, sign-in-again."""
    challenge = secrets.token_bytes(32)
    with database.transaction() as connection:
        refuse_stale(connection, person, now)
        known = passkeys.of_account(connection, person.id)
        address = accounts.address_of(connection, person.id)
    if len(known) >= PASSKEYS_MOST:
        raise Problem("passkeys-full")
    called = person.account.name or address or NAME
    options = generate_registration_options(
        rp_id=place.host,
        rp_name=NAME,
        user_id=uuid.UUID(person.id).bytes,
        user_name=called,
        user_display_name=called,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in known],
    )
    token = new_token()
    begin(database, "new-passkey", person.id, challenge, now, token)
    return Begun(token, options_to_json(options))


def refuse_weaker(connection: Connection[Row], person: Person, now: datetime) -> None:
    """Who decides for others, and has more than a code, is not changed by who reads their mail alone.

    Raises Problem: sign-in-stronger.
    """
    if person.is_strong(now):
        return
    decides = any(Who(duty.duty) in DUTIES for duty in duties.of_account(connection, person.id))
    if decides and (passkeys.of_account(connection, person.id) or accounts.issuers(connection, person.id)):
        raise Problem("sign-in-stronger")


def refuse_stale(connection: Connection[Row], person: Person, now: datetime) -> None:
    """As `refuse_weaker`; and whoever signed in by a code has done so of late.

    Raises Problem: sign-in-stronger, sign-in-again.
    """
    refuse_weaker(connection, person, now)
    if not person.is_strong(now) and not person.is_fresh(now):
        raise Problem("sign-in-again")


def finish_new_passkey(
    database: Database,
    person: Person,
    token: str,
    credential: dict[str, Any],
    name: str,
    place: Place,
    now: datetime,
) -> Passkey:
    """Raises Problem: attempt-over, wrong-passkey."""
    attempt = attempts.spend_try(database, hashed(token), "new-passkey", now - PASSKEY_VALID, 1)
    if attempt is None or attempt.address != person.id:
        raise Problem("attempt-over")
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=attempt.secret,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise Problem("wrong-passkey") from None
    passkey = Passkey(made.credential_id, made.credential_public_key, made.sign_count, name, now)
    with database.transaction() as connection:
        end_attempt(connection, attempt)
        if not passkeys.add(connection, person.id, passkey):
            raise Problem("wrong-passkey")
    return passkey


def _credential_id(credential: dict[str, Any]) -> bytes:
    try:
        return base64url_to_bytes(str(credential["id"]))
    except (KeyError, ValueError):
        raise Problem("wrong-passkey") from None


# Sessions.


def authenticate(database: Database, token: str, now: datetime) -> Person | None:
    """Who shows this token; None when it is nobody's, or its session is over."""
    found = sessions.of_token(database, hashed(token), now, SESSION_IDLES)
    return None if found is None else Person(*found)


def sign_out(database: Database, person: Person) -> None:
    with database.transaction() as connection:
        sessions.end(connection, person.id, person.session.id)


def begin(
    database: Database,
    kind: str,
    whose: str | None,
    secret: bytes,
    now: datetime,
    token: str,
) -> None:
    """An attempt of the browser that gets `token` in its cookie."""
    attempt = Attempt(str(uuid.uuid4()), kind, whose, secret, now)
    with database.transaction() as connection:
        attempts.add(connection, attempt, hashed(token))


def end_attempt(connection: Connection[Row], attempt: Attempt) -> None:
    if not attempts.finish(connection, attempt.id):
        raise Problem("attempt-over")


def made(connection: Connection[Row], language: str | None, now: datetime, name: str = "") -> Account:
    account = Account(str(uuid.uuid4()), name[:80], language, is_adult=False, created_at=now)
    accounts.add_account(connection, account)
    return account


def found(connection: Connection[Row], account_id: str) -> Account:
    account = accounts.find(connection, account_id, lock=True)
    if account is None:
        raise Problem("attempt-over")  # erased at this moment
    return account


def come_in(
    connection: Connection[Row], account: Account, how: str, browser: str, now: datetime, *, new: bool
) -> SignedIn:
    token = new_token()
    session = Session(str(uuid.uuid4()), how, browser, now, now, now + SESSION_LASTS)
    sessions.add(connection, session, account.id, hashed(token))
    return SignedIn(token, Person(account, session), new)
