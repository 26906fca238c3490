"""Puts together what the processes need. Nothing here opens a connection: that is done at its first use."""

from typing import TYPE_CHECKING, Any

from server.config import Settings
from server.stores.database import Database

if TYPE_CHECKING:
    from procrastinate import App


def open_database(settings: Settings) -> Database:
    return Database(settings.database_url, settings.pool_size)


def open_job_queue(settings: Settings, log: Any) -> "App":  # noqa: ANN401  structlog's loggers are untyped
    from server.jobs import job_queue  # the worker alone needs it, and it takes a while to import

    return job_queue(settings.database_url, Database(settings.database_url, size=1), log)
