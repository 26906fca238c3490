"""What a community has said yes to: listed, taken back, and at its end."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from psycopg import Connection

from server.stores import bodies, publications, reports, reviews
from server.stores.database import Database, Row
from server.stores.reviews import Review
from server.use_cases import stages
from server.use_cases.bodies import allow
from server.use_cases.cases.kinds import Say
from server.use_cases.cases.telling import in_languages, written_to
from server.use_cases.problem import Problem
from server.use_cases.publications import review_cases, reviewing
from server.use_cases.publications.moving import move
from server.use_cases.rights import ask, who_is
from server.use_cases.sign_in import Person, post

AHEAD = timedelta(days=30)
#: What players are told of a stage that rests because a community wants it to.
RESTS_FOR = "closed"


@dataclass(frozen=True, slots=True)
class Said:
    """`titles`: by language, of the trail as it was written last."""

    review: Review
    titles: Mapping[str, str]
    state: str


def list_of_body(database: Database, person: Person, body_id: str, now: datetime) -> list[Said]:
    """Raises Problem: unknown-body, and what `ask` raises."""
    with database.transaction() as connection:
        body = bodies.find(connection, body_id)
        if body is None:
            raise Problem("unknown-body")
        allow(connection, person, "read-reviews", body, now)
        found = reviews.of_body(connection, body_id)
        told = [(one, publications.find(connection, one.publication)) for one in found]
    return [Said(one, trail.titles, trail.state) for one, trail in told if trail is not None]


def take_back(
    database: Database,
    person: Person,
    body_id: str,
    publication_id: str,
    stage: str | None,
    reason: str,
    say: Say,
    now: datetime,
) -> Said:
    """The trail rests at once, or that stage of it, until the community says yes again; its owners are told why.

    Raises Problem: unknown-review, unknown-stage, reason-missing, and what `ask` raises.
    """
    with database.transaction() as connection:
        publication = publications.find(connection, publication_id, lock=True)
        review = reviews.of(connection, publication_id, body_id, lock=True)
        body = bodies.find(connection, body_id)
        if publication is None or review is None or body is None:
            raise Problem("unknown-review")
        who = who_is(connection, person, body.id, body.municipality)
        ask("withdraw-review", who, review.state, person, now, unknown="unknown-review")
        if not reason.strip():
            raise Problem("reason-missing", pointer="/reason")
        if stage is None:
            review = replace(review, withdrawn_at=now)
            reviews.keep(connection, review)
            if publication.state == "published":
                publication = _rest(connection, publication, reason.strip(), now)
        else:
            review = _without(connection, review, stage, now)
        what = f"{publication.kind} {publication_id}" + ("" if stage is None else f" {stage}")
        for whose, by in ((publication.body, None), (body.id, person.id)):
            bodies.write_down(connection, now, by, whose, "community-takes-back", what, reason.strip())
        _tell(connection, publication, reason.strip(), say, now)
        return Said(review, publication.titles, publication.state)


def _tell(
    connection: Connection[Row], publication: publications.Publication, reason: str, say: Say, now: datetime
) -> None:
    """Mails the owners of the trail's body, each in their own language."""
    for _, address, language in written_to(connection, bodies.owners(connection, publication.body)):
        wanted = (language,)
        title = in_languages(dict(publication.titles), wanted)
        what, _ = say("mail.case.taken-back", {}, wanted)
        subject, _ = say("mail.case.subject", {"title": title}, wanted)
        body, _ = say("mail.case.body", {"title": title, "decision": what}, wanted)
        post(connection, address, subject, f"{body}\n\n{reason}", now)


def _rest(
    connection: Connection[Row], publication: publications.Publication, reason: str, now: datetime
) -> publications.Publication:
    resting = replace(
        publication, version=publication.version + 1, changed_at=now, changed_by=None, reason=reason
    )
    return move(connection, resting, "resting", now, publish=False)


def _without(connection: Connection[Row], review: Review, stage: str, now: datetime) -> Review:
    """That stage rests, and nobody but the community ends it."""
    reports.lock(connection, review.publication, stage)
    if stages.find(connection, review.publication, stage) is None:
        raise Problem("unknown-stage", pointer="/stage")
    review = replace(review, stages=sorted({*review.stages, stage}))
    reviews.keep(connection, review)
    stages.keep_resting(connection, review.publication, stage, RESTS_FOR, now)
    return review


def follow_ends(database: Database, now: datetime) -> int:
    """Who said yes until a day is asked again a month before it; after it the trail rests. Gives how many rest now."""
    with database.transaction() as connection:
        ending = reviews.ending(connection, reviewing.today(now + AHEAD))
    return sum(_follow_end(database, publication_id, body_id, now) for publication_id, body_id in ending)


def _follow_end(database: Database, publication_id: str, body_id: str, now: datetime) -> bool:
    with database.transaction() as connection:
        publication = publications.find(connection, publication_id, lock=True)
        review = reviews.of(connection, publication_id, body_id, lock=True)
        if publication is None or review is None or review.until is None or publication.state != "published":
            return False
        needed = reviewing.wanted(connection, publication, reviewing.RENEW)
        if needed is None or needed.body.id != body_id:
            return False  # what is out tells of them no more
        if review.asked_again_at is None:
            review_cases.open_for(connection, publication, needed, reviewing.RENEW, None, now)
            reviews.keep(connection, replace(review, asked_again_at=now))
        if reviewing.today(now) <= review.until:
            return False
        _rest(connection, publication, "", now)
        return True
