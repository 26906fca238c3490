"""Codes that people type, print and scan."""

import base64
import binascii
import hashlib
import re

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRTVWXYZ"  # without 0 O, 1 I L, S and U: they are misread and misheard
CODE_LENGTH = 5
CODE_PATTERN = rf"^JH[{CODE_LETTERS}]{{{CODE_LENGTH}}}$"

PRINTED_CODE_BYTES = 16
PRINTED_CODE_PATTERN = r"^[A-Za-z0-9_-]{22}$"


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
