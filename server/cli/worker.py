"""`rotfaste worker`: does what waits in the job queue."""

import click

from server.config import read_settings
from server.wiring import open_job_queue


@click.command("worker")
def command() -> None:
    """Do what waits in the job queue, until stopped."""
    queue = open_job_queue(read_settings())
    with queue.open():
        # What is done leaves the queue; what failed stays, to be looked at.
        queue.run_worker(name="rotfaste", delete_jobs="successful", shutdown_graceful_timeout=20)
