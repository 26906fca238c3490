"""What communities have said yes to, of what others tell of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from psycopg import Connection

from server.stores.database import Row

_COLUMNS = (
    "publication_id::text, body_id::text, version, said_at, until, asked_again_at, withdrawn_at, stages"
)
LISTED_MOST = 500


@dataclass(frozen=True, slots=True)
class Review:
    """A yes. `version`: of what. `until`: the last day of it. `stages`: keys of those that it was taken back for."""

    publication: str
    body: str
    version: str
    said_at: datetime
    until: date | None = None
    asked_again_at: datetime | None = None
    withdrawn_at: datetime | None = None
    stages: Sequence[str] = ()

    @property
    def state(self) -> str:
        """As `policy/acts/reviews.py` calls it."""
        return "said" if self.withdrawn_at is None else "withdrawn"

    def holds(self, version: str, day: date) -> bool:
        """Whether it is a yes to that version on that day."""
        stands = self.withdrawn_at is None and (self.until is None or day <= self.until)
        return stands and self.version == version


def of(
    connection: Connection[Row], publication_id: str, body_id: str, *, lock: bool = False
) -> Review | None:
    """`lock`: against every other change until the transaction ends."""
    query = (
        f"SELECT {_COLUMNS} FROM people.reviews"  # noqa: S608  our own columns
        " WHERE publication_id = %(id)s AND body_id = %(body)s"
    )
    row = connection.execute(
        query + " FOR UPDATE" if lock else query, {"id": publication_id, "body": body_id}
    ).fetchone()
    return None if row is None else Review(*row)


def of_body(connection: Connection[Row], body_id: str) -> list[Review]:
    """The newest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM people.reviews WHERE body_id = %(body)s"  # noqa: S608  our own columns
        " ORDER BY said_at DESC, publication_id LIMIT %(most)s",
        {"body": body_id, "most": LISTED_MOST},
    )
    return [Review(*row) for row in rows]


def ending(connection: Connection[Row], by: date) -> list[tuple[str, str]]:
    """Ids of publications that are shown, and of the bodies whose yes to them ends by that day."""
    rows = connection.execute(
        "SELECT r.publication_id::text, r.body_id::text FROM people.reviews r"
        " JOIN people.publications p ON p.id = r.publication_id"
        " WHERE r.until <= %(by)s AND r.withdrawn_at IS NULL AND p.state = 'published' ORDER BY 1, 2",
        {"by": by},
    )
    return [(row[0], row[1]) for row in rows]


def withheld_by(connection: Connection[Row], publication_id: str, stage: str) -> str | None:
    """What the community is called that took its yes back for that stage; None where none did."""
    row = connection.execute(
        "SELECT b.name FROM people.reviews r JOIN people.bodies b ON b.id = r.body_id"
        " WHERE r.publication_id = %(id)s AND %(stage)s = ANY (r.stages) LIMIT 1",
        {"id": publication_id, "stage": stage},
    ).fetchone()
    return None if row is None else str(row[0])


def keep(connection: Connection[Row], review: Review) -> None:
    """In place of what the body said of it before."""
    connection.execute(
        "INSERT INTO people.reviews (publication_id, body_id, version, said_at, until, asked_again_at, withdrawn_at,"
        " stages) VALUES (%(id)s, %(body)s, %(version)s, %(said)s, %(until)s, %(again)s, %(withdrawn)s, %(stages)s)"
        " ON CONFLICT (publication_id, body_id) DO UPDATE SET version = excluded.version, said_at = excluded.said_at,"
        " until = excluded.until, asked_again_at = excluded.asked_again_at, withdrawn_at = excluded.withdrawn_at,"
        " stages = excluded.stages",
        {
            "id": review.publication,
            "body": review.body,
            "version": review.version,
            "said": review.said_at,
            "until": review.until,
            "again": review.asked_again_at,
            "withdrawn": review.withdrawn_at,
            "stages": list(review.stages),
        },
    )
