"""What members of a body do to what it publishes: write, ask, publish, let it rest, take it away."""

from dataclasses import replace
from datetime import datetime

from psycopg import Connection

from server.policy import Who
from server.policy.rights import DUTIES, MEMBERS
from server.policy.steps import HOLD, PUBLIC, STEPS
from server.stores import bodies, cases, publications
from server.stores.database import Database, Row
from server.stores.publications import Publication
from server.use_cases.problem import Problem
from server.use_cases.publications import KINDS, review_cases, reviewing
from server.use_cases.publications.inbox import tell_the_inbox
from server.use_cases.publications.kinds import Content
from server.use_cases.publications.moving import changed, may_show, move, refuse_mistakes
from server.use_cases.publications.seeing import View, allow, view
from server.use_cases.publications.trails import as_data
from server.use_cases.rights import ask, who_is
from server.use_cases.sign_in import Person

OF_BODY_MOST = 200
OF_BODY_MOST_BYTES = 4 * 2**30
#: Of a body that nobody has approved yet: anybody may apply.
BEFORE_ACTIVE_MOST_BYTES = 128 * 2**20
VERSIONS_MOST = 50
VERSIONS_MOST_BYTES = 96 * 2**20


def save(
    database: Database,
    person: Person,
    kind: str,
    publication_id: str,
    content: bytes,
    *,
    version: int | None,
    body_id: str | None,
    now: datetime,
) -> View:
    """Keeps what was written, mistakes and all. `body_id`: whose a new one is; `version`: the one that was changed.

    The same once more changes nothing. Raises Problem: unknown-trail, trail-taken, trail-differs, trails-full,
    pack-refused, version-missing, changed-meanwhile, body-not-active, and what `ask` raises.
    """
    with database.transaction() as connection:
        before = publications.find(connection, publication_id, lock=True)
        if before is None or (body_id is not None and body_id != before.body):
            who, publication = _begun(connection, person, kind, publication_id, body_id, now)
        else:
            who, publication = allow(connection, person, "change", before, now), before
        read = KINDS[kind].read(connection, content)
        if read.id not in {None, publication_id}:
            raise Problem("trail-differs")
        if before is not None and publications.draft(connection, before.id) == read.kept:
            return view(connection, before, person, who, now)
        if before is None:
            publication = _with(publication, read)
            if not publications.add(connection, publication, read.kept):
                raise Problem("trail-taken")
            bodies.write_down(
                connection, now, person.id, publication.body, "begin", f"{kind} {publication_id}"
            )
        else:
            _same_version(before, version)
            publication = _with(changed(before, person, now), read)
            publications.change(connection, publication)
            publications.set_draft(connection, publication.id, read.kept)
            review_cases.close_all(
                connection, publication.id, "changed", now
            )  # what they were asked to read is no more
        publications.keep(
            connection,
            publication,
            read.kept,
            versions_most=VERSIONS_MOST,
            bytes_most=VERSIONS_MOST_BYTES,
        )
        _refuse_too_much(connection, publication.body)
        return view(connection, replace(publication, has_draft=True), person, who, now)


def take(
    database: Database,
    person: Person,
    publication_id: str,
    step: str,
    *,
    version: int,
    reason: str,
    now: datetime,
) -> View:
    """One step of `STEPS`. Raises Problem: what `may_take` and `take_locked` raise."""
    with database.transaction() as connection:
        before, who = may_take(connection, person, publication_id, step, version, reason, now)
        return take_locked(connection, person, before, who, step, reason, now)


def may_take(
    connection: Connection[Row],
    person: Person,
    publication_id: str,
    step: str,
    version: int,
    reason: str,
    now: datetime,
) -> tuple[Publication, frozenset[Who]]:
    """The publication, locked, and what the person is to it.

    Raises Problem: unknown-trail, changed-meanwhile, reason-missing, and what `ask` raises.
    """
    before = publications.find(connection, publication_id, lock=True)
    if before is None:
        raise Problem("unknown-trail")
    who = allow(connection, person, step, before, now)
    _same_version(before, version)
    if STEPS[step].needs_reason and not reason.strip():
        raise Problem("reason-missing", pointer="/reason")
    return before, who


def take_locked(
    connection: Connection[Row],
    person: Person,
    before: Publication,
    who: frozenset[Who],
    step: str,
    reason: str,
    now: datetime,
) -> View:
    """What needs a community's yes first is not shown by it: the community is asked.

    Raises Problem: grown-up-needed, body-not-active, first-look-needed, held, pack-refused.
    """
    told = STEPS[step]
    if step == "return":
        _not_held(before, who, person, now)
    if told.makes_public(before.state):
        may_show(connection, before, person)
    if step == "publish" and before.state in PUBLIC and not before.has_draft:
        return view(connection, before, person, who, now)  # it is out already
    if step == "publish" and before.state == "draft" and _needs_look(connection, before):
        raise Problem("first-look-needed")
    then = reviewing.RETURN if step == "return" else reviewing.PUBLISH
    shows = told.makes_public(before.state)
    needed = reviewing.lacking(connection, before, then, now) if shows else None
    waits = needed is not None and step != "ask"
    if waits:
        refuse_mistakes(connection, before)
    published = step == "publish" and not waits
    after = move(
        connection,
        replace(
            changed(before, person, now),
            reason=before.reason if waits else reason.strip(),
            held=before.held and (waits or step != "return"),
        ),
        _while_waiting(before) if waits else told.leads[before.state],
        now,
        publish=published,
    )
    done, subject = "ask" if waits else step, f"{before.kind} {before.id}"
    bodies.write_down(connection, now, person.id, before.body, done, subject, reason.strip())
    tell_the_inbox(connection, before, after, person.id, now, published=published, asks=step == "ask")
    if needed is not None:
        review_cases.open_for(connection, after, needed, then, person.id, now)
    if before.held and not after.held:
        _end_appeals(connection, after, now)
    return view(connection, after, person, who, now)


def _end_appeals(connection: Connection[Row], publication: Publication, now: datetime) -> None:
    """Of what others have lifted by themselves nobody needs to look at an appeal any more."""
    decided = cases.decided_last(connection, publication.kind, publication.id, HOLD)
    if decided is not None:
        cases.end_appeals(connection, decided, decided, now)


def _while_waiting(publication: Publication) -> str:
    """In which state it waits for a community: what is out stays out as it is."""
    return "asked" if publication.state == "draft" else publication.state


def _begun(
    connection: Connection[Row],
    person: Person,
    kind: str,
    publication_id: str,
    body_id: str | None,
    now: datetime,
) -> tuple[frozenset[Who], Publication]:
    """A new one of that body, if it may be: ids that are somebody's say no more than that they are."""
    if body_id is None:
        raise Problem("unknown-trail")
    body = bodies.find(connection, body_id, lock=True)
    if body is None:
        raise Problem("unknown-body")
    who = who_is(connection, person, body.id, body.municipality)
    ask(f"change-{kind}", who, "draft", person, now, unknown="unknown-body")
    if body.state not in {"asked", "active"}:
        raise Problem("body-not-active")
    if publications.owner_of(connection, publication_id) is not None or KINDS[kind].is_there(
        connection, publication_id
    ):
        raise Problem("trail-taken")
    if len(publications.of_body(connection, body.id)) >= OF_BODY_MOST:
        raise Problem("trails-full")
    return who, Publication(publication_id, kind, body.id, "draft", 1, now, now, person.id)


def _refuse_too_much(connection: Connection[Row], body_id: str) -> None:
    """Raises Problem: trails-full, where all that is kept of the body's is more than fits."""
    body = bodies.find(connection, body_id)
    active = body is not None and body.state == "active"
    if publications.bytes_of_body(connection, body_id) > (
        OF_BODY_MOST_BYTES if active else BEFORE_ACTIVE_MOST_BYTES
    ):
        raise Problem("trails-full")


def _with(publication: Publication, read: Content) -> Publication:
    return replace(publication, titles=read.titles, languages=read.languages, findings=as_data(read.findings))


def _same_version(before: Publication, version: int | None) -> None:
    if version is None:
        raise Problem("version-missing")
    if before.version != version:
        raise Problem("changed-meanwhile")


def _needs_look(connection: Connection[Row], publication: Publication) -> bool:
    return not publications.was_looked_at(connection, publication.body, publication.kind)


def _not_held(publication: Publication, who: frozenset[Who], person: Person, now: datetime) -> None:
    """What others decided its body does not lift. Raises Problem: held, sign-in-stronger."""
    if publication.held:
        if who & MEMBERS or not who & DUTIES:
            raise Problem("held")
        if not person.is_strong(now):
            raise Problem("sign-in-stronger")
