"""Connections to PostgreSQL: one pool for what is private, one that can read nothing but the schema `shown`.

The pool is our own, because of what a small machine needs after a storm: a connection is made in the thread
that asks, so that "PostgreSQL is gone" is known at once instead of after a wait, and the first request after
its return works, instead of the first after a growing delay. Nothing is opened before it is needed, so that
processes may fork first.
"""

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg import Connection, Cursor, OperationalError
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

Row = tuple[Any, ...]
Given = TypeVar("Given")

BINARY = 1
_NOT_PREPARED = b"26000"  # invalid_sql_statement_name
_WHOLE_NUMBER = psycopg.adapters.types["int4"].oid

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

    def read_numbers(self, statement: "Prepared", *numbers: int) -> tuple[bytes, ...]:
        """The one row of a statement over whole numbers that changes nothing, in PostgreSQL's binary form.

        By libpq itself: as many bytes at a fifth of what a cursor costs, where a statement is asked hundreds of times
        a second.
        """
        with self._place() as place:
            return place.numbers(statement, numbers)

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


@dataclass(frozen=True, slots=True)
class Prepared:
    """`query` has $1, $2 … for its parameters, whole numbers of four bytes."""

    name: bytes
    query: LiteralString


class _Place:
    """A connection in use."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.connection = pool.take()

    def first(
        self, query: LiteralString, parameters: Mapping[str, Any] | None = None, **how: bool
    ) -> Cursor[Row]:
        return self._tried(lambda connection: connection.execute(query, parameters, **how))

    def numbers(self, statement: Prepared, numbers: Sequence[int]) -> tuple[bytes, ...]:
        return self._tried(lambda connection: _row(connection.pgconn, statement, numbers))

    def _tried(self, statement: Callable[[Connection[Row]], Given]) -> Given:
        try:
            return statement(self.connection)
        except OperationalError:
            if not self.connection.broken:
                raise
        self.connection = self._pool.connect()
        return statement(self.connection)


def _row(libpq: PGconn, statement: Prepared, numbers: Sequence[int]) -> tuple[bytes, ...]:
    values = [b"%d" % number for number in numbers]
    result = libpq.exec_prepared(statement.name, values, result_format=BINARY)
    if result.error_field(DiagnosticField.SQLSTATE) == _NOT_PREPARED:  # a connection that is new
        types = [_WHOLE_NUMBER] * len(values)
        _good(libpq, libpq.prepare(statement.name, statement.query.encode(), types))
        result = libpq.exec_prepared(statement.name, values, result_format=BINARY)
    _good(libpq, result)
    return tuple(result.get_value(0, column) or b"" for column in range(result.nfields))


def _good(libpq: PGconn, result: PGresult) -> None:
    if result.status in {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}:
        return
    if libpq.status != ConnStatus.OK:  # PostgreSQL gave no reason, because it was gone
        raise OperationalError(result.get_error_message())
    raise psycopg.errors.error_from_result(result)


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
