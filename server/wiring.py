"""Puts together what the processes need. Nothing here opens a connection: that is done at its first use."""

from procrastinate import App

from server.config import Settings
from server.jobs import job_queue
from server.stores.database import Database


def open_database(settings: Settings) -> Database:
    return Database(settings.database_url, settings.pool_size)


def open_job_queue(settings: Settings) -> App:
    return job_queue(settings.database_url, Database(settings.database_url, size=1))
