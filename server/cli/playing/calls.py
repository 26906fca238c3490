"""Calls to a server's API as a phone makes them: by HTTP alone, repeated where the network or the server asks for it."""

import base64
import hashlib
import http.client
import ipaddress
import json
import secrets
import ssl
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

TIMEOUT_S = 30
TRIES = 3
LONGEST_WAIT_S = 60  # what a server asks for beyond that is for people to wait
TOKEN_BYTES = 32
TRY_LATER = frozenset({http.client.TOO_MANY_REQUESTS, http.client.SERVICE_UNAVAILABLE})
BROKEN_OFF = (
    ConnectionResetError,
    ConnectionAbortedError,
    BrokenPipeError,
    TimeoutError,
    http.client.IncompleteRead,
)
LOCAL_ENDINGS = (".local", ".lan", ".home.arpa", ".internal", ".localhost")


class CallError(Exception):
    """Why there was no answer, or which no it was, in words for whoever sits at the keyboard. `code` is the no's."""

    def __init__(self, what: str, code: str = "") -> None:
        super().__init__(what)
        self.code = code


@dataclass(frozen=True, slots=True)
class Credentials:
    """A player on one device. The token stays here; the server hears its SHA-256."""

    player: str
    device: str
    token: bytes = field(repr=False)

    @classmethod
    def new(cls) -> "Credentials":
        return cls(str(uuid.uuid4()), str(uuid.uuid4()), secrets.token_bytes(TOKEN_BYTES))

    @property
    def token_sha256(self) -> str:
        return hashlib.sha256(self.token).hexdigest()

    @property
    def header(self) -> str:
        return f"Bearer {self.player}.{base64.urlsafe_b64encode(self.token).decode().rstrip('=')}"


@dataclass(frozen=True, slots=True)
class Answered:
    """A JSON object, and how often it was asked for: of all but the last time the answer was lost or put off."""

    value: dict[str, Any]
    tries: int


class Api:
    """`/api/v1` of one server. Everything called here may be repeated, so a lost answer costs nothing."""

    def __init__(
        self,
        url: str,
        language: str,
        *,
        insecure_local: bool = False,
        tell: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Raises CallError for an address that is none, or may not be called in this way."""
        self.url = url.rstrip("/")
        try:
            parts = urlsplit(self.url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        if host is None or parts.scheme not in {"http", "https"}:
            raise CallError(f"{url} is no address of a server; it looks like http://localhost:8123")
        if insecure_local and not _is_local(host):
            raise CallError(f"--insecure-local is for machines of your own network, and {host} is none")
        self._path = f"{parts.path}/api/v1"
        self._language = language
        self._tell = tell
        self._sleep = sleep
        if parts.scheme == "http":
            self._connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        else:
            trust = ssl.create_default_context()
            if insecure_local:
                trust.check_hostname = False
                trust.verify_mode = ssl.CERT_NONE
            self._connection = http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=trust)

    def close(self) -> None:
        self._connection.close()

    def register(self, who: Credentials) -> None:
        body = {"device": who.device, "token_sha256": who.token_sha256, "language": self._language}
        self._call("PUT", f"/players/{who.player}", body)

    def kit(self, who: Credentials, code: str) -> dict[str, Any]:
        return self._call("GET", f"/quests/{quote(code, safe='')}/kit", who=who).value

    def closures(self) -> dict[str, Any]:
        """The whole list, as GeoJSON."""
        return self._call("GET", "/closures").value

    def put_journey(self, who: Credentials, journey: str, body: dict[str, Any]) -> None:
        self._call("PUT", f"/journeys/{journey}", body, who)

    def submit(self, who: Credentials, journey: str, moves: list[dict[str, Any]]) -> Answered:
        path = f"/journeys/{journey}/moves?{urlencode({'lang': self._language})}"
        return self._call("POST", path, {"moves": moves}, who)

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None = None, who: Credentials | None = None
    ) -> Answered:
        headers = {"Accept": "application/json", "Accept-Language": self._language}
        if who is not None:
            headers["Authorization"] = who.header
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body, separators=(",", ":")).encode()
        tries = 0
        while True:
            tries += 1
            status, answered, wait_s = self._answer(
                method, self._path + path, data, headers, is_last=tries == TRIES
            )
            if status in TRY_LATER and tries < TRIES and wait_s <= LONGEST_WAIT_S:
                self._tell(f"The server asks to wait {wait_s:g} s ({status}).")
                self._sleep(wait_s)
            elif status is not None:
                return Answered(self._read(method, path, status, answered), tries)

    def _answer(
        self, method: str, path: str, data: bytes | None, headers: dict[str, str], *, is_last: bool
    ) -> tuple[int | None, bytes, float]:
        """Status, body and how long to wait before asking again; no status where the line broke and it may be tried again."""
        try:
            self._connection.request(method, path, data, headers)
            answer = self._connection.getresponse()
            after = answer.getheader("Retry-After", "1")
            return answer.status, answer.read(), float(after) if after.isdigit() else 1.0
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise CallError(
                f"{self.url} shows a certificate that is not trusted here ({error.verify_message}). "
                "One made by `make run HTTPS=1` is passed by --insecure-local."
            ) from None
        except (http.client.HTTPException, OSError) as error:
            self.close()
            if is_last or not isinstance(error, BROKEN_OFF):
                raise CallError(self._nobody(error)) from None
            return None, b"", 0.0

    def _nobody(self, error: Exception) -> str:
        if isinstance(error, ssl.SSLError | http.client.BadStatusLine | http.client.LineTooLong):
            other = "http" if self.url.startswith("https") else "https"
            return f"{self.url} does not speak {self.url.partition(':')[0].upper()}; is it {other}://?"
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return f"Nobody answers at {self.url} ({reason}). Is it started (make run)? Is it another address (--url)?"

    def _read(self, method: str, path: str, status: int, answered: bytes) -> dict[str, Any]:
        try:
            value = json.loads(answered)
        except ValueError:
            raise CallError(
                f"{self.url} answers ({status}), but not as Rotfäste does. Is it the right address?"
            ) from None
        if status < http.client.BAD_REQUEST and isinstance(value, dict):
            return value
        problem = value if isinstance(value, dict) else {}
        code = str(problem.get("type", "")).rpartition("/problems/")[2]
        wrong = "; ".join(
            f"{one.get('pointer')}: {one.get('message')}"
            for one in problem.get("errors", ())
            if isinstance(one, dict)
        )
        said = problem.get("detail") or problem.get("title") or http.client.responses.get(status, "")
        where = f"{method} {path.partition('?')[0]}"
        raise CallError(
            f"The server says no to {where} ({status} {code}): {said}{f' [{wrong}]' if wrong else ''}", code
        )


def _is_local(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.lower().endswith(LOCAL_ENDINGS)
    return address.is_private or address.is_loopback or address.is_link_local
