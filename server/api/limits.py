"""How often somebody may ask: per token first, per address second.

Generous on purpose: a school class, or half a valley behind one operator's gateway, has one address. In memory
each process counts for itself, so that two workers allow up to twice as much; a Valkey counts for all.
"""

import ipaddress
import threading
import time
from functools import lru_cache
from hashlib import blake2b
from typing import Protocol

from limits import RateLimitItemPerSecond
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from server.config import SettingError, without_password
from server.problems import Refusal

MINUTE_S = 60
HOUR_S = 3600


class Counter(Protocol):
    def hit(self, key: str, most: int, window_s: int, cost: int = 1) -> int:
        """Counts so many. 0 when it is within the limit, else in how long the window ends. [s]"""


class InMemory:
    """Fixed windows in one process.

    The engine of Flask-Limiter starts a thread for every hundredth of a second in which something is counted,
    and walks all its keys in it; here a window that has ended is dropped as a whole.
    """

    def __init__(self) -> None:
        self._windows: dict[int, tuple[int, dict[str, int]]] = {}
        self._lock = threading.Lock()

    def hit(self, key: str, most: int, window_s: int, cost: int = 1) -> int:
        now = time.time()
        number = int(now // window_s)
        with self._lock:
            current, counts = self._windows.get(window_s, (-1, {}))
            if current != number:
                counts = {}
                self._windows[window_s] = (number, counts)
            count = counts.get(key, 0) + cost
            counts[key] = count
        return 0 if count <= most else max(1, int((number + 1) * window_s - now))


class Shared:
    """Fixed windows in a store that several machines share.

    While the store cannot be reached each process counts for itself: nobody is turned away because of it.
    """

    def __init__(self, url: str) -> None:
        try:
            self._windows = FixedWindowRateLimiter(storage_from_string(url, wrap_exceptions=True))
        except ConfigurationError as error:
            raise SettingError(f"ROTFASTE_LIMITS_URL={without_password(url)}: {error}") from None
        self._meanwhile = InMemory()

    def hit(self, key: str, most: int, window_s: int, cost: int = 1) -> int:
        item = RateLimitItemPerSecond(most, window_s)
        try:
            if self._windows.hit(item, key, cost=cost):
                return 0
            return max(1, int(self._windows.get_window_stats(item, key).reset_time - time.time()))
        except StorageError:
            return self._meanwhile.hit(key, most, window_s, cost)


def counter(url: str) -> Counter:
    """Raises SettingError for an address that nothing here can speak to."""
    return InMemory() if url == "memory://" else Shared(url)


class Limits:
    """Requests a minute; of new players, of own data, of notices and of bytes of media, an hour; 0 is no limit."""

    def __init__(
        self,
        counter: Counter,
        *,
        per_token: int,
        per_address: int,
        tiles: int,
        new_players: int,
        own_data: int = 0,
        sign_in: int = 0,
        notices: int = 0,
        media_bytes: int = 0,
    ) -> None:
        self._counter = counter
        self._per_token = per_token
        self._per_address = per_address
        self._tiles = tiles
        self._new_players = new_players
        self._own_data = own_data
        self._sign_in = sign_in
        self._notices = notices
        self._media_bytes = media_bytes

    def count(self, authorization: str | None, address: str) -> None:
        """Raises Refusal too-many-requests. A token is counted as it is claimed, so that this needs no database."""
        if authorization is not None:
            # However scheme and spaces are written it is the same token.
            token = authorization.partition(" ")[2].strip() or authorization
            key = "t" + blake2b(token.encode("utf-8", "replace"), digest_size=12).hexdigest()
            self._hit(key, self._per_token, MINUTE_S)
        self._hit("a" + network(address), self._per_address, MINUTE_S)

    def count_tile(self, address: str) -> None:
        """Apart from all else: a class that looks at maps must not keep itself from sending its moves."""
        self._hit("m" + network(address), self._tiles, MINUTE_S)

    def count_new_player(self, address: str) -> None:
        self._hit("n" + network(address), self._new_players, HOUR_S)

    def count_own_data(self, whose: str) -> None:
        """Exports, erasures and pictures of stories, which cost more than anybody needs often. `whose`: a player or an account."""
        self._hit("o" + whose, self._own_data, HOUR_S)

    def count_sign_in(self, address: str) -> None:
        """Whatever can be guessed: codes, invitations."""
        self._hit("s" + network(address), self._sign_in, HOUR_S)

    def count_notice(self, address: str) -> None:
        """Each is looked at by a person."""
        self._hit("c" + network(address), self._notices, HOUR_S)

    def count_media(self, address: str, size: int) -> None:
        """So many bytes: whoever makes players by the hundred must not fill the disk with what they never finish."""
        self._hit("b" + network(address), self._media_bytes, HOUR_S, size)

    def _hit(self, key: str, most: int, window_s: int, cost: int = 1) -> None:
        if most and cost and (wait_s := self._counter.hit(key, most, window_s, cost)):
            raise Refusal("too-many-requests", headers={"Retry-After": str(wait_s)}, seconds=wait_s)


@lru_cache(maxsize=4096)
def network(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that a household has of IPv6."""
    if ":" not in address:
        return address
    try:
        found = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return (
        str(found.ipv4_mapped) if found.ipv4_mapped else str(ipaddress.IPv6Network((found, 64), strict=False))
    )
