"""`rotfaste worker`: does what waits in the job queue."""

import asyncio
import logging
import signal
from typing import TYPE_CHECKING

import click

from server.config import read_settings
from server.wiring import open_job_queue

if TYPE_CHECKING:
    from procrastinate import App

STOP_WITHIN_S = 20


class WorkerError(click.ClickException):
    """Why the worker ended without having been asked to; whoever started it starts it again."""


@click.command("worker")
def command() -> None:
    """Do what waits in the job queue, until stopped."""
    from server.api.logs import OtherLogs, open_log

    settings = read_settings()
    log = open_log(settings.log_level)
    logging.getLogger().addHandler(OtherLogs(log))
    asyncio.run(_work(open_job_queue(settings, log)))


async def _work(queue: "App") -> None:
    """Until a signal asks to stop; what is being done then is finished. Raises WorkerError."""
    from procrastinate.exceptions import ConnectorException
    from psycopg import OperationalError

    try:
        async with queue.open_async():
            # What is done leaves the queue; what failed stays, to be looked at.
            work = asyncio.ensure_future(
                queue.run_worker_async(
                    name="rotfaste",
                    delete_jobs="successful",
                    shutdown_graceful_timeout=STOP_WITHIN_S,
                    install_signal_handlers=False,
                )
            )
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, work.cancel)
            await work
    except asyncio.CancelledError:
        return
    except (ConnectorException, OperationalError) as error:
        raise WorkerError("The database cannot be reached.") from error
    raise WorkerError("The database is gone.")
