"""What may stand in a variable: each function reads its text, and raises ValueError with what it must be."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

TOKEN_LEAST_CHARACTERS = 20
CREDIT_MOST_CHARACTERS = 200
#: A name or a number, perhaps with a port: what may stand in an address of ours.
HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")
#: Hosts that are this machine, and may be spoken to without encryption.
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
#: An address in plain ASCII, with places for a tile's numbers in braces.
_TEMPLATE = re.compile(r"[A-Za-z0-9:/?&=._~%@+{}\[\]-]+")

_FLAGS = {"": False, "0": False, "no": False, "false": False, "1": True, "yes": True, "true": True}


def flag(text: str) -> bool:
    try:
        return _FLAGS[text.lower()]
    except KeyError:
        raise ValueError("1 or 0") from None


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
            raise ValueError(f"a whole number from {lowest} to {highest}")
        return int(text)

    return read


def folder(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise ValueError("the absolute path of a folder")
    return path


def file(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise ValueError("the absolute path of a file")
    return path


def database(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ValueError(
            "like postgresql://user@host/database, or postgresql://user@/database?host=/socket/folder"
        )
    return "postgresql" + text.removeprefix(parts.scheme)


def public(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not HOST.fullmatch(parts.netloc) or parts.path.strip("/"):
        raise ValueError("like https://quest.example.se, without a path")
    if parts.query or parts.fragment or not _is_port(parts):
        raise ValueError("like https://quest.example.se, without a path")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def smtp(text: str) -> str:
    parts = urlsplit(text)
    if (
        parts.scheme not in {"smtp", "smtps"}
        or not parts.hostname
        or parts.path.strip("/")
        or not _is_port(parts)
    ):
        raise ValueError("like smtps://user:password@mail.example.se or smtp://mail.example.se:587")
    return text


def mail_address(text: str) -> str:
    if not re.fullmatch(r"[^\s@<>\",;:]{1,64}@[A-Za-z0-9.-]{1,253}", text):
        raise ValueError("an e-mail address")
    return text


def map_tiles(text: str) -> str:
    """One host, named in full: it stands in the app's policy, so nothing may stand in it that a policy reads otherwise."""
    wanted = "like https://tiles.example.se/{z}/{x}/{y}.png: https, one host, {z}, {x} and {y} once each"
    parts = urlsplit(text)
    here = parts.scheme == "http" and parts.hostname in LOOPBACK_NAMES
    if not (parts.scheme == "https" or here) or not HOST.fullmatch(parts.netloc) or not _is_port(parts):
        raise ValueError(wanted)
    if parts.fragment or not _TEMPLATE.fullmatch(text):
        raise ValueError(wanted)
    below = f"{parts.path}?{parts.query}"
    if sorted(re.findall(r"\{[^}]*\}?|\}", below)) != ["{x}", "{y}", "{z}"]:
        raise ValueError(wanted)
    return f"{parts.scheme}://{parts.netloc.lower()}{text[len(parts.scheme) + 3 + len(parts.netloc) :]}"


def credit(text: str) -> str:
    if (
        not text.isprintable()
        or not text.strip()
        or len(text) > CREDIT_MOST_CHARACTERS
        or set("<>&") & set(text)
    ):
        raise ValueError(f"a line of plain text, {CREDIT_MOST_CHARACTERS} characters at most")
    return text.strip()


def _is_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def long_enough(text: str) -> str:
    if len(text) < TOKEN_LEAST_CHARACTERS or not text.isascii():
        raise ValueError(f"at least {TOKEN_LEAST_CHARACTERS} letters and digits")
    return text


def one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError("one of " + ", ".join(choices))
        return text

    return read


def without_password(url: str) -> str:
    try:
        password = urlsplit(url).password
    except ValueError:
        return "(unreadable)"
    return url.replace(f":{password}@", ":…@", 1) if password else url
