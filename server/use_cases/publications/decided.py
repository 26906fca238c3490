"""What others have decided of a publication is carried out, in the transaction that decides."""

from dataclasses import replace
from datetime import datetime

from psycopg import Connection

from server.policy.steps import DECISIONS, HOLD, PUBLIC
from server.stores import bodies, cases, publications, reports
from server.stores.database import Row
from server.stores.publications import Publication
from server.use_cases import stages
from server.use_cases.cases.opening import close_case
from server.use_cases.problem import Problem
from server.use_cases.publications import KINDS, review_cases, reviewing
from server.use_cases.publications.inbox import ask_for_readers, tell_the_inbox
from server.use_cases.publications.kinds import FIRST_LOOK
from server.use_cases.publications.moving import changed, may_show, move
from server.use_cases.sign_in import Person


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
        may_show(connection, before, person)
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
        ask_for_readers(connection, after, now)
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


def _go_on(
    connection: Connection[Row], before: Publication, person: Person, then: str, now: datetime
) -> None:
    """What waited for a community's yes alone is done now; what waits for somebody else too goes on waiting."""
    open_look = cases.open_of(connection, FIRST_LOOK, before.id) is not None
    after = replace(changed(before, person, now), changed_by=None, reason="")
    if then == reviewing.RETURN and before.state == "resting" and not before.held:
        may_show(connection, before, person)
        move(connection, after, "published", now, publish=False)
    elif then == reviewing.PUBLISH and (
        (before.state == "asked" and not open_look) or (before.state in PUBLIC and before.has_draft)
    ):
        may_show(connection, before, person)
        to = "published" if before.state == "asked" else before.state
        after = move(connection, after, to, now, publish=True)
        tell_the_inbox(connection, before, after, person.id, now, published=True)
