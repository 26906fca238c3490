"""What a community must say yes to before it is shown, and whether it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from psycopg import Connection

from quests.region import SWEDEN
from server.stores import cases, publications, reviews
from server.stores.bodies import Body
from server.stores.database import Row
from server.stores.publications import Publication
from server.stores.reviews import Review
from server.use_cases import communities
from server.use_cases.problem import Problem
from server.use_cases.publications import KINDS
from server.use_cases.publications.contents import content_of
from server.use_cases.publications.kinds import REVIEW

#: What is done when they have said yes: what was asked for is published, what rests is back, or it goes on.
PUBLISH, RETURN, RENEW = "publish", "return", "renew"
THEN = "then"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose yes is needed to which version, and until when it is asked for."""

    body: Body
    version: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far it has come. `body`: None where the reviewer that the pack names stands alone.

    `said`: it is a yes to what was written last; `waits`: the community has been asked. `until`: the last day of it.
    """

    body: Body | None
    said: bool = False
    waits: bool = False
    until: date | None = None


def wanted(connection: Connection[Row], publication: Publication, then: str) -> Wanted | None:
    """For what was written last, or for what is out where it returns or goes on. None where no community is asked."""
    kind = KINDS[publication.kind]
    content = (
        content_of(connection, publication) if then == PUBLISH else kind.published(connection, publication.id)
    )
    told = None if content is None else kind.care(content)
    body = None if told is None else communities.asked(connection, told.care, publication.body)
    if told is None or told.care is None or body is None:
        return None
    return Wanted(
        body, told.version, date.fromisoformat(told.care.review_until) if told.care.review_until else None
    )


def lacking(connection: Connection[Row], publication: Publication, then: str, now: datetime) -> Wanted | None:
    """The yes that is needed and is not there; None where nothing is."""
    needed = wanted(connection, publication, then)
    said = None if needed is None else reviews.of(connection, publication.id, needed.body.id)
    if needed is None or (said is not None and said.holds(needed.version, today(now))):
        return None
    return needed


def refuse_without_yes(
    connection: Connection[Row], publication: Publication, then: str, now: datetime
) -> None:
    """Nobody says yes in their place. Raises Problem: review-needed."""
    needed = lacking(connection, publication, then, now)
    if needed is not None:
        raise Problem("review-needed", body=needed.body.name)


def standing(connection: Connection[Row], publication: Publication, now: datetime) -> Standing | None:
    """Of what was written last; None where it tells of nobody's culture."""
    content = content_of(connection, publication)
    told = None if content is None else KINDS[publication.kind].care(content)
    if told is None or told.care is None:
        return None
    body = communities.asked(connection, told.care, publication.body)
    if body is None:
        return Standing(None)
    said = reviews.of(connection, publication.id, body.id)
    return Standing(
        body,
        said=said is not None and said.holds(told.version, today(now)),
        waits=cases.open_of(connection, REVIEW, subject(body.id, publication.id)) is not None,
        until=None if said is None else said.until,
    )


def say_yes(
    connection: Connection[Row], publication: Publication, needed: Wanted, now: datetime
) -> Review | None:
    """Gives what the community had said before."""
    before = reviews.of(connection, publication.id, needed.body.id, lock=True)
    reviews.keep(connection, Review(publication.id, needed.body.id, needed.version, now, needed.until))
    return before


def sentence(found: Standing | None) -> tuple[str, ...]:
    """What others who look are told of it: keys of sentences."""
    if found is None:
        return ()
    if found.body is None:
        return ("care.alone",)
    return ("care.yes",) if found.said else ("care.waits",)


def subject(body_id: str, publication_id: str) -> str:
    """What a case of it is about: the community comes first, so that a trail that moves does not take it along."""
    return f"{body_id}/{publication_id}"


def today(now: datetime) -> date:
    return now.astimezone(SWEDEN).date()


def sentences_about(connection: Connection[Row], publication_id: str, now: datetime) -> tuple[str, ...]:
    """The same of a publication by its id."""
    publication = publications.find(connection, publication_id)
    return () if publication is None else sentence(standing(connection, publication, now))


def then_of(facts: Mapping[str, object]) -> str:
    """What is done when they have said yes."""
    return str(facts.get(THEN, PUBLISH))
