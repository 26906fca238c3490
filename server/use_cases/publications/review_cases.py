"""A community is asked whether something of theirs may be shown, or is asked no more."""

from datetime import datetime

from psycopg import Connection

from server.stores import bodies, cases
from server.stores.database import Row
from server.stores.publications import Publication
from server.use_cases.cases.opening import NewCase, close_case, open_case
from server.use_cases.publications.kinds import REVIEW
from server.use_cases.publications.reviewing import RENEW, THEN, Wanted, subject


def open_for(
    connection: Connection[Row],
    publication: Publication,
    needed: Wanted,
    then: str,
    asked_by: str | None,
    now: datetime,
) -> None:
    """A case for the community, and for nobody else."""
    own = bodies.find(connection, publication.body)
    facts = {THEN: then, "until": "" if needed.until is None else needed.until.isoformat()}
    open_case(
        connection,
        NewCase(
            REVIEW,
            subject(needed.body.id, publication.id),
            needed.body.id,
            "" if own is None else own.municipality,
            3 if then == RENEW else 1,
            facts=facts,
            asked_by=asked_by,
        ),
        now,
    )


def close_all(connection: Connection[Row], publication_id: str, outcome: str, now: datetime) -> None:
    """Nobody is asked any more."""
    for case in cases.open_about(connection, REVIEW, f"%/{publication_id}"):
        close_case(connection, REVIEW, case.subject, outcome, now)
