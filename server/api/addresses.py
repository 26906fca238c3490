"""Addresses that let in whoever has them, for ten minutes: signed by the server, and of one file each."""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

VALID_FOR = timedelta(minutes=10)
_PURPOSE = b"address of a private medium"


@dataclass(frozen=True, slots=True)
class Signed:
    url: str
    until: datetime


class Addresses:
    """`secret`: of the installation; what is signed with it here can be used for nothing else. `base`: host, or empty."""

    def __init__(self, secret: bytes, base: str) -> None:
        self._key = hmac.digest(secret, _PURPOSE, "sha256")
        self._base = base

    def sign(self, content: str, name: str, now: datetime) -> Signed:
        until = int((now + VALID_FOR).timestamp())
        query = f"until={until}&signature={self._signature(content, name, until)}"
        at = datetime.fromtimestamp(until, now.tzinfo)
        return Signed(f"{self._base}/media/private/{content}/{name}?{query}", at)

    def judge(
        self, content: str, name: str, until: int, signature: str, now: datetime
    ) -> Literal["valid", "expired", "forged"]:
        right = self._signature(content, name, until)
        if not hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace")):
            return "forged"
        return "valid" if now.timestamp() < until else "expired"

    def _signature(self, content: str, name: str, until: int) -> str:
        told = "\n".join((content, name, str(until))).encode()
        return urlsafe_b64encode(hmac.new(self._key, told, sha256).digest()).rstrip(b"=").decode()
