"""A publication goes to another body, or from nobody to one."""

from dataclasses import replace
from datetime import datetime, timedelta

from psycopg import Connection

from server.policy import Who
from server.policy.rights import EDITORS
from server.stores import bodies, cases, publications, trails
from server.stores.bodies import Body
from server.stores.database import Database, Row
from server.stores.publications import Publication
from server.use_cases.cases.kinds import Voice
from server.use_cases.cases.opening import NewCase, close_case, open_case
from server.use_cases.cases.telling import in_languages, written_to
from server.use_cases.problem import Problem
from server.use_cases.publications import review_cases
from server.use_cases.publications.kinds import FIRST_LOOK
from server.use_cases.publications.moving import active_body, changed
from server.use_cases.publications.seeing import View, held_how, seen, view
from server.use_cases.publications.trails import digests_of, pack_of
from server.use_cases.rights import ask, who_is
from server.use_cases.sign_in import Person, post

#: How often in a day owners are written to of the same trail, however often it is offered and kept again.
TOLD_A_DAY = 3


def give(
    database: Database, person: Person, quest_id: str, to: str, voice: Voice, now: datetime
) -> View | None:
    """A trail goes to another body when an owner of the one has said so and an editor of the other.

    Of what a body left behind a guide says so in its place; what came with the release is handed over.

    To its own body it goes when it was offered and is kept after all. None where the person sees no more of it.
    The owners of the body that it is offered to are told by mail.

    Raises Problem: unknown-trail, unknown-body, body-not-active, and what `ask` raises.
    """
    with database.transaction() as connection:
        before = publications.find(connection, quest_id, lock=True)
        if before is None:
            return _hand_over(connection, person, quest_id, to, now)
        body = bodies.find(connection, before.body)
        takes = bodies.role_of(connection, to, person.id) in EDITORS
        if takes and before.offered_to == to:
            active_body(connection, to)
            return _moved(connection, before, person, to, now)
        held = held_how(connection, before)
        who = who_is(connection, person, before.body, "" if body is None else body.municipality)
        ask("give-trail", who, held, person, now, unknown="unknown-trail")
        receiving = active_body(connection, to)
        if to == before.body:
            return _kept(connection, before, person, who, now)
        if takes:
            return _moved(connection, before, person, to, now)
        after = replace(changed(before, person, now), offered_to=to)
        publications.change(connection, after)
        if before.offered_to != to:
            _tell(connection, after, body, receiving, voice, now)
        bodies.write_down(connection, now, person.id, before.body, "offer", f"{before.kind} {before.id}")
        return view(connection, after, person, who, now)


def _tell(
    connection: Connection[Row],
    offered: Publication,
    giver: Body | None,
    receiving: Body,
    voice: Voice,
    now: datetime,
) -> None:
    """Mails the owners of the body that it is offered to, each in their own language."""
    done = bodies.deeds_to(connection, offered.body, f"{offered.kind} {offered.id}", 100)
    if sum(one.what == "offer" and one.at > now - timedelta(days=1) for one in done) >= TOLD_A_DAY:
        return
    for _, address, language in written_to(connection, bodies.owners(connection, receiving.id)):

        def said(part: str, language: str = language, **facts: str) -> str:
            return voice.say(f"mail.offer.{part}", facts, (language,))[0]

        title = in_languages(dict(offered.titles), (language,))
        body = said("body", title=title, giver="" if giver is None else giver.name, receiver=receiving.name)
        if voice.home:
            body = f"{body}\n\n{said('link', link=f'{voice.home}/studio/trails')}"
        post(connection, address, said("subject", title=title), body, now)


def _kept(
    connection: Connection[Row], before: Publication, person: Person, who: frozenset[Who], now: datetime
) -> View:
    """Its body keeps it after all: what was offered is not to be had any more."""
    if before.offered_to is None:
        return view(connection, before, person, who, now)
    after = replace(changed(before, person, now), offered_to=None)
    publications.change(connection, after)
    bodies.write_down(connection, now, person.id, before.body, "keep", f"{before.kind} {before.id}")
    return view(connection, after, person, who, now)


def _moved(
    connection: Connection[Row], before: Publication, person: Person, to: str, now: datetime
) -> View | None:
    state = "draft" if before.state == "asked" else before.state
    after = replace(changed(before, person, now), body=to, offered_to=None, looked_at=None, state=state)
    publications.change(connection, after)
    cases.go_along(connection, after.id, to)
    close_case(connection, FIRST_LOOK, after.id, "moved", now)
    review_cases.close_all(connection, after.id, "moved", now)
    receiving = bodies.find(connection, to)
    if close_case(connection, after.kind, after.id, "moved", now) and receiving is not None:
        open_case(connection, NewCase(after.kind, after.id, to, receiving.municipality, 3), now)
    for body_id, what in ((before.body, "give"), (to, "take")):
        bodies.write_down(connection, now, person.id, body_id, what, f"{before.kind} {before.id}")
    return seen(connection, after, person, now)


def _hand_over(
    connection: Connection[Row], person: Person, quest_id: str, to: str, now: datetime
) -> View | None:
    """What came with the release, to a body that will look after it. Its texts are taken as they are."""
    found = trails.standing(connection, quest_id)
    if found is None:
        raise Problem("unknown-trail")
    who: frozenset[Who] = frozenset().union(
        *(
            who_is(connection, person, None, municipality)
            for municipality in trails.municipalities_of(connection, quest_id) or {""}
        )
    )
    ask("give-trail", who, "nobodys", person, now, unknown="unknown-trail")
    active_body(connection, to)
    pack = pack_of(connection, quest_id)
    after = Publication(
        quest_id,
        "trail",
        to,
        found,
        1,
        now,
        now,
        person.id,
        titles={} if pack is None else {tag: texts.title for tag, texts in pack.texts.items()},
        languages=() if pack is None else pack.sheet.languages,
        read_texts={} if pack is None else digests_of(pack),
        published_at=now,
    )
    if not publications.add(connection, after, None):
        raise Problem("changed-meanwhile")
    cases.go_along(connection, quest_id, to)
    bodies.write_down(connection, now, person.id, to, "take", f"trail {quest_id}")
    return seen(connection, after, person, now)
