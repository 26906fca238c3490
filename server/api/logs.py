"""What is written down of a request: its id, route, status and time, as one JSON line.

Never a coordinate, a query, a body, an address or a token; of an exception its kind and where it happened, and
not its message, which may quote what somebody sent.
"""

import logging
import sys
import traceback
from typing import Any, BinaryIO

import orjson
import structlog

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def open_log(level: str, stream: BinaryIO | None = None) -> Any:  # noqa: ANN401  structlog's bound loggers are untyped
    """A logger of JSON lines on standard error, or on `stream`."""
    return structlog.wrap_logger(
        structlog.BytesLogger(stream or sys.stderr.buffer),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.JSONRenderer(serializer=_line),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        cache_logger_on_first_use=True,
    ).bind()


def _line(event: dict[str, Any], **_: object) -> bytes:
    return orjson.dumps(event, default=str)


def told_of(error: BaseException) -> dict[str, Any]:
    """Of an exception: its kind, PostgreSQL's code for it, the causes' kinds, and where it happened."""
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(kinds) < 5:
        kinds.append(type(cause).__qualname__)
        cause = cause.__cause__ or cause.__context__
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    return {
        "error": kinds,
        "sqlstate": getattr(error, "sqlstate", None),
        "where": [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
    }


class OtherLogs(logging.Handler):
    """Warnings of libraries, in the same form: who says it and at which line, without what they quote."""

    def __init__(self, log: Any) -> None:  # noqa: ANN401  as above
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        self._log.warning("library", logger=record.name, message=str(record.msg), line=record.lineno)
