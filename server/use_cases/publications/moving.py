"""From one state to another, and what everybody sees with it."""

from dataclasses import replace
from datetime import datetime

from psycopg import Connection

from server.policy.steps import PUBLIC
from server.stores import bodies, publications
from server.stores.bodies import Body
from server.stores.database import Row
from server.stores.publications import Publication
from server.use_cases import removed
from server.use_cases.problem import Problem
from server.use_cases.publications import KINDS, reviewing
from server.use_cases.publications.contents import content_of
from server.use_cases.sign_in import Person


def move(
    connection: Connection[Row], publication: Publication, to: str, now: datetime, *, publish: bool
) -> Publication:
    """It is in that state from now on, and what everybody sees with it. The caller has asked, locked and counted.

    `publish`: what is written in its draft is what is shown from now on. Raises Problem: pack-refused, review-needed.
    """
    kind = KINDS[publication.kind]
    was = publication.state
    if publish or (to == "published" and was != to):
        then = reviewing.PUBLISH if publish else reviewing.RETURN
        reviewing.refuse_without_yes(connection, publication, then, now)
    after = replace(publication, state=to)
    if to == "asked":
        refuse_mistakes(connection, publication)
        after = replace(after, asked_at=now)
    if publish:
        content = content_of(connection, publication)
        if content is None:
            raise Problem("pack-refused")
        after = replace(kind.publish(connection, after, content, now), published_at=now, has_draft=False)
        publications.set_draft(connection, after.id, None)
    publications.change(connection, after)
    if to != was and (was in PUBLIC or (to in PUBLIC and not publish)):
        kind.stand(connection, after, now)
    if publish:
        _hold_back(connection, after, now)
    return after


def refuse_mistakes(connection: Connection[Row], publication: Publication) -> None:
    """Raises Problem: pack-refused, so that nobody is asked to look at what cannot be shown."""
    content = content_of(connection, publication)
    read = None if content is None else KINDS[publication.kind].read(connection, content)
    if read is None or any(one.weight == "mistake" for one in read.findings):
        raise Problem("pack-refused", findings=() if read is None else read.findings)


def _hold_back(connection: Connection[Row], publication: Publication, now: datetime) -> None:
    """What was removed for good and is published again under another id waits for somebody who looks."""
    kind, body = KINDS[publication.kind], bodies.find(connection, publication.body)
    _, texts = kind.told(connection, publication.id, None)
    words = (words for _, words in texts)
    municipality = "" if body is None else body.municipality
    if removed.hold_back(connection, kind.public, publication.id, publication.body, municipality, words, now):
        kind.show_again(connection, publication.id, now)


def changed(before: Publication, person: Person, now: datetime) -> Publication:
    return replace(before, version=before.version + 1, changed_at=now, changed_by=person.id)


def may_show(connection: Connection[Row], publication: Publication, person: Person) -> None:
    """Raises Problem: grown-up-needed, body-not-active."""
    if not person.account.is_adult:
        raise Problem("grown-up-needed")
    active_body(connection, publication.body)


def active_body(connection: Connection[Row], body_id: str) -> Body:
    """The body, which stays active until the transaction ends. Raises Problem: unknown-body, body-not-active."""
    body = bodies.find(connection, body_id, lock=True)
    if body is None:
        raise Problem("unknown-body")
    if body.state != "active":
        raise Problem("body-not-active")
    return body
