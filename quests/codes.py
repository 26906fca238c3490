"""Codes that people type, print and scan."""

import base64
import binascii
import hashlib
import hmac
import re
from datetime import date, datetime, timedelta

from quests.region import SWEDEN

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRTVWXYZ"  # without 0 O, 1 I L, S and U: they are misread and misheard
CODE_LENGTH = 5
CODE_PATTERN = rf"^JH[{CODE_LETTERS}]{{{CODE_LENGTH}}}$"

PRINTED_CODE_BYTES = 16
PRINTED_CODE_PATTERN = r"^[A-Za-z0-9_-]{22}$"

ROTATING_DIGITS = 6
ROTATING_SECRET_PATTERN = PRINTED_CODE_PATTERN  # 16 random bytes, as a printed code


def quest_code(seed: bytes, attempt: int = 0) -> str:
    """A quest's code, `JH` and five letters; the next attempt gives another when one is taken."""
    number = int.from_bytes(hashlib.sha256(seed + attempt.to_bytes(4, "big")).digest()[:8], "big")
    letters = []
    for _ in range(CODE_LENGTH):
        number, index = divmod(number, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[index])
    return "JH" + "".join(letters)


def typed_code(text: str) -> str | None:
    """The code somebody meant by what they typed, or None: case, spaces and dashes do not matter."""
    code = re.sub(r"[\s-]", "", text).upper()
    return code if re.fullmatch(CODE_PATTERN, code) else None


def printed_code(secret: bytes) -> str:
    """A printed code as text: base64url of its 16 bytes, 22 characters."""
    if len(secret) != PRINTED_CODE_BYTES:
        msg = f"a printed code has {PRINTED_CODE_BYTES} bytes, not {len(secret)}"
        raise ValueError(msg)
    return base64.urlsafe_b64encode(secret).rstrip(b"=").decode()


def scanned_code_hash(scanned: str) -> str | None:
    """The SHA-256 that a kit holds for a scanned code, as hex; None when it is no code of ours.

    Takes the bare code or the whole address of a printed QR code, whose fragment is `c=<code>`.
    """
    code = scanned.strip().rpartition("#c=")[2]
    if not re.fullmatch(PRINTED_CODE_PATTERN, code):
        return None
    try:
        secret = base64.b64decode(code + "==", altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    return hashlib.sha256(secret).hexdigest()


def hotp(key: bytes, counter: int) -> str:
    """A one-time password of six digits. Source: RFC 4226 section 5."""
    digest = hmac.digest(key, counter.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**ROTATING_DIGITS).rjust(ROTATING_DIGITS, "0")


def rotating_code(secret: str, day: date) -> str:
    """A host's code for one day in Sweden. `secret` has the form of a printed code."""
    return hotp(base64.urlsafe_b64decode(secret + "=="), day.toordinal())


def rotating_codes(secret: str, made_at: datetime) -> tuple[str, ...]:
    """The codes that are good at a moment: the day's in Sweden, and for three hours after midnight the day before's.

    An evening's meeting may be written down on the way home.
    """
    try:
        local = made_at.astimezone(SWEDEN)
        days = {local.date(), (local - timedelta(hours=3)).date()}
    except OverflowError:  # a phone's clock may say the first or the last day that there is
        return ()
    return tuple(rotating_code(secret, day) for day in sorted(days))
