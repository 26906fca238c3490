"""What is kept for a while only, and forgotten every day."""

from datetime import datetime, timedelta

from server.stores import journeys, reports
from server.stores.database import Database

POSITIONS_KEPT = timedelta(days=90)
REPORTS_KEPT = timedelta(days=365)
AT_ONCE = 1_000


def forget_positions(database: Database, now: datetime) -> int:
    """Takes the raw positions from moves heard over 90 days ago; from how many.

    What the moves came to stays. In small transactions, so that nobody waits for it.
    """
    forgotten = 0
    while True:
        with database.transaction() as connection:
            taken = journeys.forget_positions(connection, now - POSITIONS_KEPT, AT_ONCE)
        forgotten += taken
        if taken < AT_ONCE:
            return forgotten


def forget_reports(database: Database, now: datetime) -> int:
    """Removes reports on stages that are over a year old; how many."""
    with database.transaction() as connection:
        return reports.forget(connection, (now - REPORTS_KEPT).date())
