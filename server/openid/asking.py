"""One question to a provider: to its own hosts, for so long and so much, and never on to where it points."""

import ssl
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import msgspec

from server.openid.providers import origin_of

SILENT_S = 5
IN_ALL_S = 10
ANSWER_MOST_BYTES = 256_000
OK = 200


class ProviderFailed(Exception):
    """The provider could not be asked, or what it says is not to be trusted; the message is for the log alone."""


def ask(
    address: str,
    among: AbstractSet[str],
    *,
    form: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A JSON object from one of the origins `among`; with `form` it is posted. Raises ProviderFailed."""
    try:
        origin = origin_of(address)
    except ValueError:
        raise ProviderFailed("an address that is none") from None
    if origin not in among:
        raise ProviderFailed(f"{origin} is not among its hosts")
    parts = urlsplit(address)
    target = parts.path or "/"
    if parts.query:
        target += f"?{parts.query}"
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    try:
        connection.request(
            "GET" if form is None else "POST",
            target,
            None if form is None else form.encode("ascii"),
            {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})},
        )
        body = _read(connection)
    except (OSError, HTTPException, ValueError) as error:
        raise ProviderFailed(f"{origin}: {type(error).__name__}") from None
    finally:
        connection.close()
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ProviderFailed(f"{origin}: not a JSON object") from None


def _connection(scheme: str, host: str, port: int | None) -> HTTPConnection:
    if scheme == "https":
        return HTTPSConnection(host, port, timeout=SILENT_S, context=ssl.create_default_context())
    return HTTPConnection(host, port, timeout=SILENT_S)


def _read(connection: HTTPConnection) -> bytes:
    """Raises ProviderFailed for anything but a whole answer of a size that makes sense."""
    ends = monotonic() + IN_ALL_S
    response = connection.getresponse()
    if response.status != OK:
        raise ProviderFailed(f"{connection.host}: answered {response.status}")
    pieces: list[bytes] = []
    length = 0
    while piece := response.read1(65_536):
        length += len(piece)
        if length > ANSWER_MOST_BYTES or monotonic() > ends:
            raise ProviderFailed(f"{connection.host}: too much, or too slowly")
        pieces.append(piece)
    return b"".join(pieces)
