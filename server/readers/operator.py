"""Who runs this installation and answers for it, as its operator wrote it down in one TOML file.

What the file leaves out is said to be not filled in, on the pages and in the records. `deploy/operator.toml` is the
form to fill in.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, get_args, get_origin
from urllib.parse import urlsplit

import msgspec

from server.tables.purposes import PURPOSES

#: A text in languages: BCP 47 tag → the words.
Words = dict[str, str]

_MAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[A-Za-z]{2,}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/-]{3,30}")
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
#: What everybody may be sent to, so that a text without its language is read by most.
NEEDED: Final = "sv"


class OperatorError(Exception):
    """A file that cannot be used; the message has a line for everything that is to be mended."""


class Contact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How somebody is reached. What is empty is not shown."""

    name: str = ""
    email: str = ""
    phone: str = ""
    post: str = ""
    web: str = ""


class Operator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`contact` answers for the service; `feedback` hears of what is hard to use, without one it is `contact`.

    `read_by_lawyer`: when the operator's lawyer read and changed the legal texts; None: they are drafts.
    `assessed_on`, `assessed_how`: when and how it was last looked at whether everybody can use the service.
    `legal_basis`: by a purpose's key, by language.
    """

    contact: Contact = Contact()
    organisation_number: str = ""
    registry: Contact = Contact()
    data_protection_officer: Contact = Contact()
    feedback: Contact = Contact()
    data_protection_authority: Contact = Contact(
        name="Integritetsskyddsmyndigheten (IMY)", web="https://www.imy.se"
    )
    accessibility_authority: Contact = Contact(
        name="Myndigheten för digital förvaltning (Digg)", web="https://www.digg.se/tdosanmalan"
    )
    read_by_lawyer: date | None = None
    assessed_on: date | None = None
    assessed_how: Words = {}
    legal_basis: dict[str, Words] = {}

    @property
    def is_filled_in(self) -> bool:
        """Whether the law's least is there: who it is and how they are reached, and the data protection officer."""
        officer = self.data_protection_officer
        return bool(
            self.contact.name
            and (self.contact.email or self.contact.phone)
            and (officer.email or officer.phone)
        )


def read_operator(file: Path | None) -> Operator:
    """Without a file nothing is filled in. Raises OperatorError."""
    if file is None:
        return Operator()
    try:
        told = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise OperatorError(f"{file} cannot be read: {error.strerror}. See ROTFASTE_OPERATOR.") from None
    except UnicodeDecodeError:
        raise OperatorError(f"{file} is not written in UTF-8. Save it anew as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise OperatorError(f"{file} is not TOML: {error}.") from None
    wrong = [f"{file}: {line}" for line in _wrong(told)]
    if wrong:
        raise OperatorError("\n".join(wrong))
    return msgspec.convert(told, Operator)


def _wrong(told: Mapping[str, Any]) -> Iterator[str]:
    """Everything that is to be mended, by field."""
    forms = {field.name: field.type for field in msgspec.structs.fields(Operator)}
    for name, value in told.items():
        if name not in forms:
            yield f"{name}: there is no such field. There are {', '.join(forms)}."
        elif forms[name] is Contact:
            yield from _wrong_contact(name, value)
        elif name == "legal_basis":
            yield from _wrong_bases(value)
        elif get_origin(forms[name]) is dict:
            yield from _wrong_words(name, value)
        elif forms[name] is str:
            if not isinstance(value, str):
                yield f'{name}: must be a text, in quotes: {name} = "…".'
        elif type(value) not in get_args(forms[name]):
            yield f"{name}: must be a day without quotes, like {name} = 2027-01-31."


def _wrong_contact(name: str, told: Any) -> Iterator[str]:  # noqa: ANN401  whatever stands there
    if not isinstance(told, dict):
        yield f"{name}: must be a part of its own, [{name}], with {', '.join(Contact.__struct_fields__)}."
        return
    for part, value in told.items():
        if part not in Contact.__struct_fields__:
            yield f"{name}.{part}: there is no such field. There are {', '.join(Contact.__struct_fields__)}."
        elif not isinstance(value, str):
            yield f'{name}.{part}: must be a text, in quotes: {part} = "…".'
        elif value and part == "email" and not _MAIL.fullmatch(value):
            yield f"{name}.email: {value!r} is no e-mail address like registrator@kommun.example."
        elif value and part == "phone" and not _PHONE.fullmatch(value):
            yield f"{name}.phone: {value!r} is no number to dial, like 0640-161 00 or +46 640 161 00."
        elif value and part == "web" and not _is_web(value):
            yield f"{name}.web: {value!r} is no address like https://www.kommun.example/om."


def _wrong_bases(told: Any) -> Iterator[str]:  # noqa: ANN401  as above
    keys = [purpose.key for purpose in PURPOSES if purpose.people]
    if not isinstance(told, dict):
        yield "legal_basis: must be parts of their own, [legal_basis.play] and so on, with a text by language."
        return
    for key, words in told.items():
        if key not in keys:
            yield f"legal_basis.{key}: there is no such purpose. There are {', '.join(keys)}."
        else:
            yield from _wrong_words(f"legal_basis.{key}", words)


def _wrong_words(name: str, told: Any) -> Iterator[str]:  # noqa: ANN401  as above
    if not isinstance(told, dict):
        yield f'{name}: must be a text by language, like {name} = {{ sv = "…", en = "…" }}.'
        return
    for tag, text in told.items():
        if not _TAG.fullmatch(tag):
            yield f"{name}.{tag}: is no language like sv, en or sv-simple."
        elif not isinstance(text, str) or not text.strip():
            yield f'{name}.{tag}: must be a text, in quotes: {tag} = "…".'
    if told and NEEDED not in told:
        yield f"{name}: needs a text in Swedish, {NEEDED}; other languages beside it as you wish."


def _is_web(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme == "https" and "." in parts.netloc and not re.search(r"\s", text)
