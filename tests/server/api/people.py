"""People with browsers: signed in by codes that the worker would have mailed, or by an authenticator made of software."""

import base64
import hashlib
import itertools
import json
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.app import Server
from server.stores import accounts, bodies, duties, sessions
from server.stores.accounts import Account
from server.stores.bodies import Body
from server.stores.duties import Duty
from server.stores.sessions import Session
from server.use_cases import sign_in

ORIGIN = "http://localhost"
HOST = "localhost"
SESSION = "__Host-session"
ATTEMPT = "__Host-attempt"


@dataclass
class Browser:
    """One person's browser, on our own pages unless a test says otherwise."""

    server: Server
    client: FlaskClient = field(init=False)
    account: str = ""
    address: str = field(default_factory=lambda: f"{uuid.uuid4().hex[:10]}@example.se")

    def __post_init__(self) -> None:
        self.client = self.server.test_client()

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        given = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", **headers}
        given = {name.replace("_", "-"): value for name, value in given.items() if value}
        of_bytes = given.pop("Content-Type", "application/zip")
        more: dict[str, Any] = {} if body is None else {"json": body}
        if isinstance(body, bytes):
            more = {"data": body, "content_type": of_bytes}
        return self.client.open(f"/api/v1{path}", method=method, headers=given, **more)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> TestResponse:
        return self.ask("POST", path, body, **headers)

    def put(self, path: str, body: object = None, **headers: str) -> TestResponse:
        return self.ask("PUT", path, body, **headers)

    def patch(self, path: str, body: object = None, **headers: str) -> TestResponse:
        return self.ask("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> TestResponse:
        return self.ask("DELETE", path, **headers)

    def cookie(self, name: str = SESSION) -> str:
        found = self.client.get_cookie(name)
        return "" if found is None else found.value

    def mailed_code(self, address: str | None = None) -> str:
        """The code of the newest mail to this address that waits to be sent."""
        rows = self.server.edge.database.private.read(
            "SELECT body FROM people.mails WHERE address = %(to)s ORDER BY id DESC LIMIT 1",
            {"to": address or self.address},
        )
        body: str = rows[0][0]
        digits = "".join(letter if letter.isdigit() else " " for letter in body).split()
        return next(f"{one}{two}" for one, two in itertools.pairwise(digits) if len(one) == len(two) == 3)

    def sign_in(self) -> "Browser":
        """By a code, as a person does."""
        assert self.post("/sign-in/code", {"address": self.address}).status_code == 202
        answer = self.post("/sign-in/code/check", {"code": self.mailed_code()})
        assert answer.status_code == 200, answer.text
        self.account = answer.get_json()["account"]
        return self

    def see(self) -> dict[str, Any]:
        answer = self.get("/account")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found


def person(server: Server, *, how: str = "code", name: str = "Ali", **duty: str) -> Browser:
    """Somebody who is signed in already; quicker than signing in. `duty`: as `guide="2309"`, a municipality."""
    browser = Browser(server)
    now = datetime.now(UTC)
    browser.account = str(uuid.uuid4())
    token = secrets.token_urlsafe(32)
    with server.edge.database.transaction() as connection:
        accounts.add_account(connection, Account(browser.account, name, "sv", is_adult=True, created_at=now))
        session = Session(str(uuid.uuid4()), how, "", now, now, now + sign_in.SESSION_LASTS)
        sessions.add(connection, session, browser.account, sign_in.hashed(token))
        for what, municipality in duty.items():
            given = Duty(what.replace("_", "-"), municipality, ("sv",))
            duties.give(connection, browser.account, given, now)
    browser.client.set_cookie(SESSION, token, secure=True, httponly=True)
    return browser


def make_body(server: Server, state: str = "active", **changed: Any) -> Body:
    """An association without anybody in it."""
    given: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "kind": "association",
        "name": "Byalaget",
        "municipality": "2309",
        "phone": "0640-123 45",
        "about": {"sv": "Vi bor här."},
        "state": state,
        "version": 1,
        "asked_at": datetime.now(UTC),
        **changed,
    }
    body = Body(**given)
    with server.edge.database.transaction() as connection:
        assert bodies.add(connection, body)
    return body


def put_into(server: Server, body: Body, browser: Browser, role: str) -> Browser:
    with server.edge.database.transaction() as connection:
        bodies.set_member(connection, body.id, browser.account, role, datetime.now(UTC))
    return browser


def answers(browser: Browser, body_id: str, decision: str = "approve", words: str = "") -> TestResponse:
    """What the inbox says to who decides on a body that applies."""
    case = browser.get(f"/bodies/{body_id}").get_json()["case"]
    return browser.post(f"/cases/{case}/decision", {"decision": decision, "words": words})


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@dataclass
class Authenticator:
    """A passkey in software, as a phone has one: asks for a finger each time, unless a test says otherwise."""

    origin: str = ORIGIN
    host: str = HOST
    verifies: bool = True
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    signatures: int = 0
    user: bytes = b""

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        self.user = base64.urlsafe_b64decode(options["user"]["id"] + "==")
        client = self._client("webauthn.create", options["challenge"])
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        )
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + public
        data = self._data(0x40) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            {"clientDataJSON": base64url(client), "attestationObject": base64url(attestation)}
        )

    def sign(self, options: dict[str, Any]) -> dict[str, Any]:
        client = self._client("webauthn.get", options["challenge"])
        data = self._data()
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credential(
            {
                "clientDataJSON": base64url(client),
                "authenticatorData": base64url(data),
                "signature": base64url(signature),
                "userHandle": base64url(self.user),
            }
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        ).encode()

    def _data(self, more: int = 0) -> bytes:
        self.signatures += 1
        flags = 0x01 | (0x04 if self.verifies else 0) | more
        return (
            hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.signatures.to_bytes(4, "big")
        )

    def _credential(self, response: dict[str, str]) -> dict[str, Any]:
        return {"id": base64url(self.credential_id), "response": response}


def add_passkey(browser: Browser, authenticator: Authenticator | None = None) -> Authenticator:
    authenticator = authenticator or Authenticator()
    options = browser.post("/account/passkey").get_json()["options"]
    answer = browser.post(
        "/account/passkey/check", {"credential": authenticator.make(options), "name": "min telefon"}
    )
    assert answer.status_code == 201, answer.text
    return authenticator


def older(server: Server, table: str, column: str, by: timedelta) -> None:
    """All rows of that table of people, made so much older than they are."""
    with server.edge.database.transaction() as connection:
        connection.execute(f"UPDATE people.{table} SET {column} = {column} - %s", [by])  # noqa: S608  a test's own words


def count(server: Server, table: str) -> int:
    rows = server.edge.database.private.read(f"SELECT count(*) FROM people.{table}")  # noqa: S608
    number: int = rows[0][0]
    return number
