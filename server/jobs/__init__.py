"""Work that nobody waits for, done by `rotfaste worker`. Kept in PostgreSQL, so that there is no broker to run."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from procrastinate import App, PsycopgConnector

from content.badges import Badge
from server.stores.database import Database
from server.use_cases import awards, forget

# Every hour and not once a night: a machine that was off at that minute is only an hour late.
HOURLY = "17 * * * *"


# For a database that is gone; then the worker ends, and whoever started it starts it again.
WAIT_S = 5


def job_queue(
    database_url: str,
    database: Database,
    badges: Sequence[Badge],
    log: Any,  # noqa: ANN401  structlog's loggers are untyped
) -> App:
    """The queue with everything that is done in it. [libpq URL]"""
    app = App(connector=PsycopgConnector(conninfo=database_url, min_size=1, max_size=2, timeout=WAIT_S))

    @app.periodic(cron=HOURLY, periodic_id="forget")
    @app.task(name="forget", queueing_lock="forget")
    def forget_what_is_due(timestamp: int) -> None:  # noqa: ARG001  procrastinate says when it was due
        now = datetime.now(UTC)
        log.info(
            "forgotten",
            positions=forget.forget_positions(database, now),
            reports=forget.forget_reports(database, now),
        )

    @app.periodic(cron=HOURLY, periodic_id="award")
    @app.task(name="award", queueing_lock="award")
    def award_what_is_new(timestamp: int) -> None:  # noqa: ARG001  procrastinate says when it was due
        done = awards.backfill_what_is_new(database, badges, datetime.now(UTC))
        if done is not None:
            log.info("awarded", players=done.players, awards=done.awards)

    return app
