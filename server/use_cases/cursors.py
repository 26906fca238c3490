"""Where a list goes on. Opaque to those who get it: what is inside may change with any release."""

import base64
import binascii
import json

from server.use_cases.problem import Problem


def write_cursor(*parts: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).rstrip(b"=").decode()


def read_cursor(cursor: str, length: int) -> tuple[str, ...]:
    """The parts it was written with. Raises Problem: bad-cursor."""
    try:
        parts = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise Problem("bad-cursor") from None
    if not isinstance(parts, list) or len(parts) != length or not all(_sound(part) for part in parts):
        raise Problem("bad-cursor")
    return tuple(parts)


def _sound(part: object) -> bool:
    if not isinstance(part, str) or "\0" in part:
        return False
    try:
        part.encode()
    except UnicodeEncodeError:
        return False
    return True
