"""Connections to PostgreSQL: one pool for what is private, one that can read nothing but the schema `shown`.

The pool is our own, because of what a small machine needs after a storm: a connection is made in the thread
that asks, so that "PostgreSQL is gone" is known at once instead of after a wait, and the first request after
its return works, instead of the first after a growing delay. Nothing is opened before it is needed, so that
processes may fork first.
"""

import contextlib
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, LiteralString

import psycopg
from psycopg import Connection, Cursor, OperationalError
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus

Row = tuple[Any, ...]

WAIT_S = 5
CONNECT_TIMEOUT_S = 3
UNANSWERED_MS = 10_000  # a server that went silent in the network is given up after this

SHOWN_ROLE = "shown_reader"
# A statement that runs longer than this is a fault or an attack; waiting on a lock means a stuck transaction.
PRIVATE_OPTIONS = {
    "jit": "off",
    "timezone": "UTC",
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}
SHOWN_OPTIONS = {
    "jit": "off",
    "timezone": "UTC",
    "statement_timeout": "5s",
    "default_transaction_read_only": "on",
    "role": SHOWN_ROLE,
}


class PoolExhausted(OperationalError):
    """Every connection has been in use for longer than anybody should wait."""


class Pool:
    """At most `size` connections, made when needed, used last-in first-out.

    Every use raises psycopg.OperationalError at once when PostgreSQL cannot be reached. What a first statement
    finds broken (a restart, a kill) is replaced, and that statement is tried once more; nothing else is.
    """

    def __init__(self, database_url: str, size: int, options: Mapping[str, str]) -> None:
        own = conninfo_to_dict(database_url).get("options") or ""
        ours = " ".join(f"-c {name}={value}" for name, value in options.items())
        self._conninfo = make_conninfo(
            database_url,
            options=f"{own} {ours}".strip(),
            connect_timeout=CONNECT_TIMEOUT_S,
            tcp_user_timeout=UNANSWERED_MS,
        )
        self._idle: deque[Connection[Row]] = deque()
        self._places = threading.BoundedSemaphore(size)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection[Row]]:
        """Committed at the end of the block, rolled back when it raises."""
        with self._place() as place:
            place.first("BEGIN")
            try:
                yield place.connection
            except BaseException:
                with contextlib.suppress(OperationalError):
                    place.connection.rollback()
                raise
            place.connection.commit()

    def read(
        self, query: LiteralString, parameters: Mapping[str, Any] | None = None, *, prepare: bool = True
    ) -> list[Row]:
        """All rows of one statement that changes nothing. Results come in binary: bytes need no decoding.

        Without `prepare` it is planned anew for these parameters, where the best plan depends on them.
        """
        with self._place() as place:
            return place.first(query, parameters, binary=True, prepare=prepare).fetchall()

    def close(self) -> None:
        """The idle ones. The pool can be used again afterwards."""
        with contextlib.suppress(IndexError):
            while True:
                self._idle.pop().close()

    @contextlib.contextmanager
    def _place(self) -> Iterator["_Place"]:
        if not self._places.acquire(timeout=WAIT_S):
            raise PoolExhausted("every connection is in use")
        try:
            place = _Place(self)
            try:
                yield place
            finally:
                self._give_back(place.connection)
        finally:
            self._places.release()

    def take(self) -> Connection[Row]:
        with contextlib.suppress(IndexError):
            return self._idle.pop()
        return self.connect()

    def connect(self) -> Connection[Row]:
        connection = psycopg.connect(self._conninfo, autocommit=True)
        connection.prepare_threshold = 0
        return connection

    def _give_back(self, connection: Connection[Row]) -> None:
        if connection.info.transaction_status is TransactionStatus.IDLE:
            self._idle.append(connection)
        else:
            connection.close()


class _Place:
    """A connection in use."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.connection = pool.take()

    def first(
        self, query: LiteralString, parameters: Mapping[str, Any] | None = None, **how: bool
    ) -> Cursor[Row]:
        try:
            return self.connection.execute(query, parameters, **how)
        except OperationalError:
            if not self.connection.broken:
                raise
        self.connection = self._pool.connect()
        return self.connection.execute(query, parameters, **how)


class Database:
    """Where everything is kept. `private` may do everything; `shown` may only read what everybody may see."""

    def __init__(self, database_url: str, size: int) -> None:
        self.private = Pool(database_url, size, PRIVATE_OPTIONS)
        self.shown = Pool(database_url, size, SHOWN_OPTIONS)

    def transaction(self) -> contextlib.AbstractContextManager[Connection[Row]]:
        return self.private.transaction()

    def close(self) -> None:
        self.private.close()
        self.shown.close()
