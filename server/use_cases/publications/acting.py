"""What members of a body do to what it publishes: write, ask, publish, let it rest, take it away."""

from dataclasses import replace
from datetime import datetime

from psycopg import Connection

from server.policy import Who
from server.policy.rights import DUTIES, MEMBERS
from server.policy.steps import DECISIONS, HOLD, PUBLIC, STEPS
from server.stores import bodies, cases, publications, reports
from server.stores.bodies import Body
from server.stores.database import Database, Row
from server.stores.publications import Publication
from server.use_cases import removed, stages
from server.use_cases.cases.opening import NewCase, close_case, open_case
from server.use_cases.problem import Problem
from server.use_cases.publications import KINDS, review_cases, reviewing
from server.use_cases.publications.contents import content_of
from server.use_cases.publications.kinds import FIRST_LOOK, TEXT, Content
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
        _may_show(connection, before, person)
    if step == "publish" and before.state in PUBLIC and not before.has_draft:
        return view(connection, before, person, who, now)  # it is out already
    if step == "publish" and before.state == "draft" and _needs_look(connection, before):
        raise Problem("first-look-needed")
    then = reviewing.RETURN if step == "return" else reviewing.PUBLISH
    shows = told.makes_public(before.state)
    needed = reviewing.lacking(connection, before, then, now) if shows else None
    waits = needed is not None and step != "ask"
    if waits:
        _refuse_mistakes(connection, before)
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
    _tell_the_inbox(connection, before, after, person.id, now, published=published, asks=step == "ask")
    if needed is not None:
        review_cases.open_for(connection, after, needed, then, person.id, now)
    return view(connection, after, person, who, now)


def decide_about(
    connection: Connection[Row],
    person: Person,
    publication_id: str,
    decision: str,
    reason: str,
    now: datetime,
) -> None:
    """What others decided of it, in the transaction that decides.

    Where a community must say yes too, what they publish waits for that. Raises Problem: not-now, grown-up-needed,
    body-not-active, pack-refused, review-needed.
    """
    before = publications.find(connection, publication_id, lock=True)
    leads = DECISIONS[decision]
    if before is None or before.state not in leads:
        raise Problem("not-now")
    if decision == "publish":
        _may_show(connection, before, person)
    if decision == "restore" and not before.held:
        raise Problem("not-now")
    to = leads[before.state]
    if decision == "fine" and not before.held:
        return  # as it is: what its body lets rest goes on resting
    publishes = decision == "publish"
    if publishes and reviewing.lacking(connection, before, reviewing.PUBLISH, now) is not None:
        to, publishes = before.state, False
    after = move(
        connection,
        replace(
            changed(before, person, now),
            reason=reason.strip(),
            held=decision in HOLD,
            looked_at=now if decision == "publish" else before.looked_at,
        ),
        to,
        now,
        publish=publishes,
    )
    subject = f"{before.kind} {before.id}"
    bodies.write_down(connection, now, person.id, before.body, decision, subject, reason.strip())
    if publishes:
        _ask_for_readers(connection, after, now)
    if after.state in {"draft", "withdrawn"}:
        review_cases.close_all(connection, after.id, decision, now)


def decide_review(
    connection: Connection[Row],
    person: Person,
    publication_id: str,
    community: str,
    then: str,
    *,
    says_yes: bool,
    reason: str,
    now: datetime,
) -> None:
    """What a community has said, in the transaction that decides: what waited for its yes alone is done.

    Raises Problem: not-now, where the trail names it no more; grown-up-needed, body-not-active, pack-refused.
    """
    before = publications.find(connection, publication_id, lock=True)
    needed = None if before is None else reviewing.wanted(connection, before, then)
    if before is None or needed is None or needed.body.id != community:
        raise Problem("not-now")
    subject = f"{before.kind} {before.id}"
    word = "community-yes" if says_yes else "community-no"
    for body_id, who in ((before.body, None), (community, person.id)):
        bodies.write_down(connection, now, who, body_id, word, subject, reason)
    if says_yes:
        known = reviewing.say_yes(connection, before, needed, now)
        for stage in () if known is None else sorted(known.stages):
            reports.lock(connection, before.id, stage)
            stages.answer(connection, before.id, stage, "mended", now)
        _go_on(connection, before, person, then, now)
    elif before.state == "asked":
        move(
            connection,
            replace(changed(before, person, now), changed_by=None, reason=reason),
            "draft",
            now,
            publish=False,
        )
        close_case(connection, FIRST_LOOK, before.id, "sent-back", now)


def _go_on(
    connection: Connection[Row], before: Publication, person: Person, then: str, now: datetime
) -> None:
    """What waited for a community's yes alone is done now; what waits for somebody else too goes on waiting."""
    open_look = cases.open_of(connection, FIRST_LOOK, before.id) is not None
    after = replace(changed(before, person, now), changed_by=None, reason="")
    if then == reviewing.RETURN and before.state == "resting" and not before.held:
        _may_show(connection, before, person)
        move(connection, after, "published", now, publish=False)
    elif then == reviewing.PUBLISH and (
        (before.state == "asked" and not open_look) or (before.state in PUBLIC and before.has_draft)
    ):
        _may_show(connection, before, person)
        to = "published" if before.state == "asked" else before.state
        after = move(connection, after, to, now, publish=True)
        _tell_the_inbox(connection, before, after, person.id, now, published=True)


def _while_waiting(publication: Publication) -> str:
    """In which state it waits for a community: what is out stays out as it is."""
    return "asked" if publication.state == "draft" else publication.state


def _refuse_mistakes(connection: Connection[Row], publication: Publication) -> None:
    """Raises Problem: pack-refused, so that nobody is asked to look at what cannot be shown."""
    content = content_of(connection, publication)
    read = None if content is None else KINDS[publication.kind].read(connection, content)
    if read is None or any(one.weight == "mistake" for one in read.findings):
        raise Problem("pack-refused", findings=() if read is None else read.findings)


def list_in(connection: Connection[Row], publication_id: str, language: str, now: datetime) -> None:
    """Somebody has read that language: it is shown in it, and not read again as long as nobody changes its texts."""
    before = publications.find(connection, publication_id, lock=True)
    if before is None or language not in before.unlisted:
        raise Problem("not-now")
    kind = KINDS[before.kind]
    digests = kind.digests(connection, before.id)
    after = replace(
        before,
        unlisted=tuple(one for one in before.unlisted if one != language),
        read_texts={**before.read_texts, **{tag: digests[tag] for tag in digests if tag == language}},
    )
    publications.change(connection, after)
    kind.show_again(connection, after.id, now)


def _tell_the_inbox(
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
        _ask_for_readers(connection, after, now)
    if after.state == "withdrawn":
        close_case(connection, after.kind, after.id, "withdrawn", now)
        for language in after.unlisted:
            close_case(connection, TEXT, f"{after.id}/{language}", "withdrawn", now)


def _ask_for_readers(connection: Connection[Row], publication: Publication, now: datetime) -> None:
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
        _refuse_mistakes(connection, publication)
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


def _hold_back(connection: Connection[Row], publication: Publication, now: datetime) -> None:
    """What was removed for good and is published again under another id waits for somebody who looks."""
    kind, body = KINDS[publication.kind], bodies.find(connection, publication.body)
    _, texts = kind.told(connection, publication.id, None)
    words = (words for _, words in texts)
    municipality = "" if body is None else body.municipality
    if removed.hold_back(connection, kind.public, publication.id, publication.body, municipality, words, now):
        kind.show_again(connection, publication.id, now)


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


def changed(before: Publication, person: Person, now: datetime) -> Publication:
    return replace(before, version=before.version + 1, changed_at=now, changed_by=person.id)


def _same_version(before: Publication, version: int | None) -> None:
    if version is None:
        raise Problem("version-missing")
    if before.version != version:
        raise Problem("changed-meanwhile")


def _may_show(connection: Connection[Row], publication: Publication, person: Person) -> None:
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


def _needs_look(connection: Connection[Row], publication: Publication) -> bool:
    return not publications.was_looked_at(connection, publication.body, publication.kind)


def _not_held(publication: Publication, who: frozenset[Who], person: Person, now: datetime) -> None:
    """What others decided its body does not lift. Raises Problem: held, sign-in-stronger."""
    if publication.held:
        if who & MEMBERS or not who & DUTIES:
            raise Problem("held")
        if not person.is_strong(now):
            raise Problem("sign-in-stronger")
