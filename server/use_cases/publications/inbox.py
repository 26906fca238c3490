"""What others must look at of a publication: cases are opened for it, and end with it."""

from datetime import datetime

from psycopg import Connection

from server.stores import bodies
from server.stores.database import Row
from server.stores.publications import Publication
from server.use_cases.cases.opening import NewCase, close_case, open_case
from server.use_cases.publications import review_cases
from server.use_cases.publications.kinds import FIRST_LOOK, TEXT


def tell_the_inbox(
    connection: Connection[Row],
    before: Publication,
    after: Publication,
    person_id: str,
    now: datetime,
    *,
    published: bool,
    asks: bool = False,
) -> None:
    """Opens a case for what others must look at now, and ends those that nobody needs to look at any more.

    `asks`: somebody wants others to look at it.
    """
    body = bodies.find(connection, after.body)
    municipality = "" if body is None else body.municipality
    if asks:
        new = NewCase(FIRST_LOOK, after.id, after.body, municipality, 1, asked_by=person_id)
        open_case(connection, new, now)
    elif before.state == "asked":
        close_case(connection, FIRST_LOOK, after.id, "taken-back", now)
    if after.state in {"draft", "withdrawn"}:
        review_cases.close_all(connection, after.id, "taken-back", now)
    if published:
        open_case(connection, NewCase(after.kind, after.id, after.body, municipality, 3), now)
        ask_for_readers(connection, after, now)
    if after.state == "withdrawn":
        close_case(connection, after.kind, after.id, "withdrawn", now)
        for language in after.unlisted:
            close_case(connection, TEXT, f"{after.id}/{language}", "withdrawn", now)


def ask_for_readers(connection: Connection[Row], publication: Publication, now: datetime) -> None:
    """A case for each language that nobody has read; those of the languages that are listed end."""
    body = bodies.find(connection, publication.body)
    municipality = "" if body is None else body.municipality
    for language in publication.languages:
        subject = f"{publication.id}/{language}"
        if language in publication.unlisted:
            open_case(
                connection, NewCase(TEXT, subject, publication.body, municipality, 3, language=language), now
            )
        else:
            close_case(connection, TEXT, subject, "read", now)
