"""Work that nobody waits for, done by `rotfaste worker`. Kept in PostgreSQL, so that there is no broker to run."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from procrastinate import App, PsycopgConnector, RetryStrategy

from content.badges import Badge
from media.blobs import BlobStore
from server.mail import Sender
from server.stores.database import Database
from server.stores.jobs import REMOVE_BLOBS, SEND_MAIL, TAKE_IN
from server.use_cases import accounts, awards, erase, forget, mails, media, reminders, seasons, stories
from server.use_cases.cases import deciding
from server.use_cases.publications import said
from server.use_cases.reminders import Say

# Every hour and not once a night: a machine that was off at that minute is only an hour late.
HOURLY = "17 * * * *"
EVERY_FIVE_MINUTES = "*/5 * * * *"
MORNINGS = "23 6-9 * * *"  # in UTC: nobody is written to at night, and a machine that was off at six is in time at nine
HOURLY_TOO = "41 * * * *"  # with another hour's minute than the rest


# What is to be gone is tried again while its store cannot be reached, for eighteen hours; the sweep takes the rest.
UNTIL_GONE = RetryStrategy(max_attempts=15, exponential_wait=2)

# As long as backups: what failed says what was to be done, of whom, and nobody needs to know that for ever.
FAILED_KEPT_H = 35 * 24

# For a database that is gone; then the worker ends, and whoever started it starts it again.
WAIT_S = 5


def job_queue(
    database_url: str,
    database: Database,
    badges: Sequence[Badge],
    store: BlobStore,
    work: Path,
    tombstones_file: Path,
    sender: Sender,
    say: Say,
    home: str,
    log: Any,  # noqa: ANN401  structlog's loggers are untyped
) -> App:
    """The queue with everything that is done in it. `home`: where people find this, for mails. [libpq URL]"""
    app = App(connector=PsycopgConnector(conninfo=database_url, min_size=1, max_size=2, timeout=WAIT_S))

    @app.periodic(cron=HOURLY, periodic_id="forget")
    @app.task(name="forget", queueing_lock="forget")
    def forget_what_is_due(timestamp: int) -> None:  # noqa: ARG001  procrastinate says when it was due
        now = datetime.now(UTC)
        media.clear_work(work)
        log.info(
            "forgotten",
            positions=forget.forget_positions(database, now),
            reports=forget.forget_reports(database, now),
            people=mails.forget(database, now),
            uploads=media.clear_given_up(database, now),
        )

    @app.periodic(cron=HOURLY, periodic_id="wake-cases")
    @app.task(name="wake-cases", queueing_lock="wake-cases")
    def wake_cases(timestamp: int) -> None:  # noqa: ARG001  procrastinate says when it was due
        if woken := deciding.wake(database, datetime.now(UTC)):
            log.info("nobody read them", cases=woken)

    @app.periodic(cron=HOURLY, periodic_id="erase")
    @app.task(name="erase", queueing_lock="erase")
    def erase_who_is_due(timestamp: int) -> None:  # noqa: ARG001  procrastinate says when it was due
        if erased := erase.erase_due(database, datetime.now(UTC), tombstones_file):
            log.info("erased", players=erased)
        if left := accounts.erase_due(database, datetime.now(UTC), tombstones_file):
            log.info("erased", accounts=left)

    @app.periodic(cron=HOURLY, periodic_id="seasons")
    @app.task(name="seasons", queueing_lock="seasons")
    def announce_seasons(timestamp: int) -> None:  # noqa: ARG001  procrastinate says when it was due
        if announced := seasons.announce_all(database, datetime.now(UTC)):
            log.info("seasons announced", closures=announced)

    @app.periodic(cron=HOURLY, periodic_id="award")
    @app.task(name="award", queueing_lock="award")
    def award_what_is_new(timestamp: int) -> None:  # noqa: ARG001  procrastinate says when it was due
        done = awards.backfill_what_is_new(database, badges, datetime.now(UTC))
        if done is not None:
            log.info("awarded", players=done.players, awards=done.awards)

    @app.periodic(cron=HOURLY_TOO, periodic_id="forget-jobs")
    @app.task(name="forget-jobs", queueing_lock="forget-jobs")
    async def forget_jobs(timestamp: int) -> None:  # noqa: ARG001  as above
        await app.job_manager.delete_old_jobs(
            nb_hours=FAILED_KEPT_H, include_failed=True, include_cancelled=True, include_aborted=True
        )

    _add_mail(app, database, sender, log)
    _add_reminders(app, database, say, home, log)
    _add_reviews(app, database, log)
    _add_media(app, database, store, work, log)
    return app


def _add_mail(app: App, database: Database, sender: Sender, log: Any) -> None:  # noqa: ANN401  as above
    @app.task(name=SEND_MAIL)
    def send_mail(mail: int) -> None:
        log.info("mail", state=mails.send(database, sender, mail, datetime.now(UTC)))

    @app.periodic(cron=EVERY_FIVE_MINUTES, periodic_id="mail-again")
    @app.task(name="mail-again", queueing_lock="mail-again")
    def send_what_waits(timestamp: int) -> None:  # noqa: ARG001  as above
        if sent := mails.send_waiting(database, sender, datetime.now(UTC)):
            log.info("mail again", **sent)


def _add_reminders(app: App, database: Database, say: Say, home: str, log: Any) -> None:  # noqa: ANN401  as above
    @app.periodic(cron=MORNINGS, periodic_id="remind")
    @app.task(name="remind", queueing_lock="remind")
    def remind_who_waits(timestamp: int) -> None:  # noqa: ARG001  as above
        if written := reminders.remind(database, say, home, datetime.now(UTC)):
            log.info("reminded", people=written)


def _add_reviews(app: App, database: Database, log: Any) -> None:  # noqa: ANN401  as above
    @app.periodic(cron=HOURLY, periodic_id="reviews")
    @app.task(name="reviews", queueing_lock="reviews")
    def follow_reviews(timestamp: int) -> None:  # noqa: ARG001  as above
        if rested := said.follow_ends(database, datetime.now(UTC)):
            log.info("a community's yes is over", trails=rested)


def _add_media(app: App, database: Database, store: BlobStore, work: Path, log: Any) -> None:  # noqa: ANN401  as above
    @app.task(name=TAKE_IN)
    def take_in_medium(content: str) -> None:
        began = perf_counter()
        state = media.take_in(database, store, work, content, datetime.now(UTC))
        if state is not None:
            log.info("taken in", state=state, ms=round((perf_counter() - began) * 1000))

    @app.task(name=REMOVE_BLOBS, retry=UNTIL_GONE)
    def remove_blobs(folder: str) -> None:
        log.info("blobs removed", blobs=store.remove(folder))

    @app.periodic(cron=EVERY_FIVE_MINUTES, periodic_id="left-lying")
    @app.task(name="left-lying", queueing_lock="left-lying")
    def look_for_left_lying(timestamp: int) -> None:  # noqa: ARG001  as above
        if found := media.look_for_left_lying(database, datetime.now(UTC)):
            log.info("left lying", media=found)

    @app.periodic(cron=HOURLY_TOO, periodic_id="sweep")
    @app.task(name="sweep", queueing_lock="sweep")
    def sweep_store(timestamp: int) -> None:  # noqa: ARG001  as above
        log.info("swept", blobs=media.sweep(database, store) + stories.sweep(database, store))
