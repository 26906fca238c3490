"""Signing in at a provider by OpenID Connect: authorization code with PKCE, and an ID token that is checked in full.

Sources: OpenID Connect Core 1.0, section 3.1; RFC 7636 (PKCE); RFC 9207 (which provider answers); RFC 9700, section 2.1.
"""

import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from server.openid.asking import ProviderFailed, ask
from server.openid.providers import Provider, Rule, origin_of

KEPT = timedelta(hours=1)
#: A key that nobody knows yet is asked for no more often than this.
ASKED_AGAIN = timedelta(minutes=1)
#: Requests at once that may wait for one provider: when it hangs, everybody else is still served.
WAITING_MOST = 2
BYTES_OF_CHANCE = 32


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back with the browser. What is empty was not there."""

    code: str = ""
    error: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who somebody is to an issuer. `rules`: each rule of the provider, and whether it holds."""

    issuer: str
    subject: str
    name: str
    rules: tuple[tuple[Rule, bool], ...]


@dataclass(slots=True)
class _Known:
    """What a provider said of itself, and when."""

    provider: Provider
    about: dict[str, Any] = field(default_factory=dict)
    about_at: datetime | None = None
    keys: list[dict[str, Any]] = field(default_factory=list)
    keys_at: datetime | None = None
    waiting: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(WAITING_MOST)
    )


class Providers:
    """The providers of this installation. What they say of themselves is kept for an hour."""

    def __init__(self, providers: tuple[Provider, ...]) -> None:
        self.all = providers
        self._known = {provider.key: _Known(provider) for provider in providers}

    def name_of(self, issuer: str) -> str:
        """What people know it as; its address where it is none of these any more."""
        return next((one.name for one in self.all if one.issuer == issuer), issuer)

    def begin(self, key: str, state: str, back: str, now: datetime) -> tuple[str, dict[str, str]]:
        """Where the browser goes, and what the answer is compared with.

        Raises KeyError for a provider that there is not, ProviderFailed.
        """
        from server.openid import protocol

        known = self._known[key]
        with _one_of_few(known):
            about = _about(known, now)
        expected = {
            "provider": key,
            "back": back,
            "nonce": secrets.token_urlsafe(BYTES_OF_CHANCE),
            "verifier": secrets.token_urlsafe(BYTES_OF_CHANCE),
        }
        address = protocol.grant_address(
            _endpoint(known, about, "authorization_endpoint"), known.provider, expected, state
        )
        return address, expected

    def finish(self, expected: Mapping[str, str], answered: Answered, now: datetime) -> Vouched:
        """Raises ProviderFailed."""
        from server.openid import protocol

        known = self._known.get(expected["provider"])
        if known is None:
            raise ProviderFailed("the provider was taken away meanwhile")
        if answered.error or not answered.code:
            raise ProviderFailed("it said no")
        with _one_of_few(known):
            about = _about(known, now)
            _is_its_own(known.provider, about, answered.issuer)
            token = _token(known, about, expected, answered.code)
            key = _key(known, about, protocol.key_name(token), now)
            claims = protocol.claims_of(token, key, known.provider, expected["nonce"], now)
        return Vouched(
            known.provider.issuer,
            claims["sub"],
            _line(claims.get("name")),
            tuple((rule, _holds(rule, claims)) for rule in known.provider.rules),
        )


@contextmanager
def _one_of_few(known: _Known) -> Iterator[None]:
    if not known.waiting.acquire(blocking=False):
        raise ProviderFailed("others wait for it already")
    try:
        yield
    finally:
        known.waiting.release()


def _about(known: _Known, now: datetime) -> dict[str, Any]:
    """The provider's description of itself (OpenID Connect Discovery 1.0)."""
    if known.about_at is None or not timedelta() <= now - known.about_at < KEPT:
        issuer = known.provider.issuer
        about = ask(f"{issuer.rstrip('/')}/.well-known/openid-configuration", known.provider.origins)
        if about.get("issuer") != issuer:
            raise ProviderFailed("it calls itself otherwise than it was called")
        known.about, known.about_at = about, now
    return known.about


def _endpoint(known: _Known, about: Mapping[str, Any], name: str) -> str:
    """An address of the provider's own hosts: a browser is sent nowhere else either."""
    address = about.get(name)
    try:
        if isinstance(address, str) and origin_of(address) in known.provider.origins:
            return address
    except ValueError:
        pass
    raise ProviderFailed(f"its {name} is none of its own hosts")


def _is_its_own(provider: Provider, about: Mapping[str, Any], issuer: str) -> None:
    """That this provider answers, and not another that somebody mixed up with it."""
    needed = about.get("authorization_response_iss_parameter_supported") is True
    if (issuer or needed) and issuer != provider.issuer:
        raise ProviderFailed("another provider answers")


def _token(known: _Known, about: Mapping[str, Any], expected: Mapping[str, str], code: str) -> str:
    """The ID token for a code."""
    from server.openid import protocol

    ways = about.get("token_endpoint_auth_methods_supported")
    in_form = isinstance(ways, list) and "client_secret_basic" not in ways and "client_secret_post" in ways
    address, headers, form = protocol.token_request(
        _endpoint(known, about, "token_endpoint"), known.provider, expected, code, secret_in_form=in_form
    )
    token = ask(address, known.provider.origins, form=form, headers=headers).get("id_token")
    if not isinstance(token, str):
        raise ProviderFailed("it sent no ID token")
    return token


def _key(known: _Known, about: Mapping[str, Any], name: object, now: datetime) -> dict[str, Any]:
    """The provider's key of that name; asked for anew when it is unknown, as after a change of keys."""
    age = None if known.keys_at is None else now - known.keys_at
    if age is None or not timedelta() <= age < KEPT or (age >= ASKED_AGAIN and not _named(known.keys, name)):
        told = ask(_endpoint(known, about, "jwks_uri"), known.provider.origins).get("keys")
        keys = told if isinstance(told, list) else []
        known.keys = [
            one
            for one in keys
            if isinstance(one, dict) and one.get("kty") in {"RSA", "EC"} and one.get("use", "sig") == "sig"
        ]
        known.keys_at = now
    found = _named(known.keys, name)
    if len(found) != 1:
        raise ProviderFailed("its token is signed with a key that it does not show")
    return found[0]


def _named(keys: list[dict[str, Any]], name: object) -> list[dict[str, Any]]:
    """A token may leave out the name where the provider has one key."""
    return keys if name is None else [one for one in keys if one.get("kid") == name]


def _holds(rule: Rule, claims: Mapping[str, Any]) -> bool:
    said = claims.get(rule.claim)
    return rule.value in said if isinstance(said, list) else said == rule.value


def _line(name: object) -> str:
    """A name as it may be shown: one line, at most 80 characters."""
    shown = "".join(sign if sign.isprintable() else " " for sign in name) if isinstance(name, str) else ""
    return " ".join(shown.split())[:80]
