"""Which providers there are, as the operator wrote it down in one TOML file. `deploy/providers.toml` is the form."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from server.config import HOST, LOOPBACK_NAMES

KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")
_MUNICIPALITY = re.compile(r"[0-9]{4}")
_PLAIN = re.compile(r"[\x21-\x7e]{1,2000}")

#: What a provider's word may give. Administrators are made on the server itself, and nowhere else.
Given = Literal["guide", "moderator", "language-helper", "insights"]


class ProvidersError(Exception):
    """A file that cannot be used; the message has a line for everything that is to be mended."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Whose token has `value` in `claim` has the duty from then on, and whose has not has it no more."""

    claim: str
    value: str
    duty: str
    municipality: str


@dataclass(frozen=True, slots=True)
class Provider:
    """`origins`: scheme, host and port of what is asked; nothing else is. `acr`: what it must say of how somebody signed in."""

    key: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    municipality: str
    origins: frozenset[str]
    acr: str
    rules: tuple[Rule, ...]


class _Duty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    claim: str
    value: str
    duty: Given


class _Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    issuer: str
    client_id: str
    client_secret_file: str = ""
    client_secret_env: str = ""
    municipality: str = ""
    also: tuple[str, ...] = ()
    acr: str = ""
    duties: tuple[_Duty, ...] = ()


def origin_of(address: str) -> str:
    """Scheme, host and port of an https address (of this machine also http). Raises ValueError for another."""
    parts = urlsplit(address)
    here = parts.scheme == "http" and parts.hostname in LOOPBACK_NAMES
    if not (parts.scheme == "https" or here) or not HOST.fullmatch(parts.netloc) or parts.port == 0:
        raise ValueError(address)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def read_providers(file: Path | None, environ: Mapping[str, str] | None = None) -> tuple[Provider, ...]:
    """In the order of the file; none without one. Raises ProvidersError."""
    if file is None:
        return ()
    try:
        told = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ProvidersError(f"{file} cannot be read: {error.strerror}. See ROTFASTE_PROVIDERS.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProvidersError(f"{file} is not TOML in UTF-8: {error}.") from None
    wrong: list[str] = []
    providers: list[Provider] = []
    for key, part in told.items():
        try:
            one = msgspec.convert(part, _Told)
        except msgspec.ValidationError as error:
            wrong.append(f"{file}: {key}: {error}.")
            continue
        mistakes = [f"{file}: {key}.{line}" for line in _mistakes(key, one)]
        if mistakes:
            wrong += mistakes
            continue
        try:
            secret = _secret(one, os.environ if environ is None else environ)
        except ValueError as error:
            wrong.append(f"{file}: {key}.{error}")
            continue
        providers.append(_provider(key, one, secret))
    issuers = [(provider.issuer, provider.client_id) for provider in providers]
    if len(set(issuers)) != len(issuers):
        wrong.append(f"{file}: two providers have the same issuer and client_id. Take one away.")
    if wrong:
        raise ProvidersError("\n".join(wrong))
    return tuple(providers)


def _mistakes(key: str, told: _Told) -> Iterator[str]:
    if not KEY.fullmatch(key):
        yield "key: must be of small letters, digits and -, like ostersund."
    if not told.name.strip() or len(told.name) > 80 or not told.name.isprintable():
        yield "name: must be what people know it as, at most 80 characters."
    if not _PLAIN.fullmatch(told.client_id):
        yield "client_id: must be what the provider knows us as."
    if bool(told.client_secret_file) == bool(told.client_secret_env):
        yield "client_secret_file: name the file with the secret, or in client_secret_env the variable."
    for name, address in (("issuer", told.issuer), *(("also", one) for one in told.also)):
        try:
            origin = origin_of(address)
        except ValueError:
            origin = ""
        if not origin or "?" in address or "#" in address:
            yield f"{name}: {address!r} is no address like https://login.example.se."
    if told.municipality and not _MUNICIPALITY.fullmatch(told.municipality):
        yield "municipality: must be SCB's code of four digits, in quotes, like 2380."
    for duty in told.duties:
        if not duty.claim or not duty.value:
            yield "duties: claim and value must say something."
        if duty.duty == "guide" and not told.municipality:
            yield "duties: a guide is of one municipality. Fill in municipality."


def _secret(told: _Told, environ: Mapping[str, str]) -> str:
    """Raises ValueError with what is to be mended."""
    if told.client_secret_env:
        secret = environ.get(told.client_secret_env, "")
        if not _PLAIN.fullmatch(secret):
            raise ValueError(f"client_secret_env: the variable {told.client_secret_env} holds no secret.")
        return secret
    try:
        secret = Path(told.client_secret_file).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        secret = ""
    if not _PLAIN.fullmatch(secret):
        raise ValueError(f"client_secret_file: {told.client_secret_file} cannot be read or holds no secret.")
    return secret


def _provider(key: str, told: _Told, secret: str) -> Provider:
    return Provider(
        key,
        told.name.strip(),
        told.issuer,
        told.client_id,
        secret,
        told.municipality,
        frozenset(origin_of(address) for address in (told.issuer, *told.also)),
        told.acr,
        tuple(Rule(one.claim, one.value, one.duty, told.municipality) for one in told.duties),
    )
