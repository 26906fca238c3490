"""What somebody sees of what bodies publish, and may do with it: the rights of each, looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from psycopg import Connection

from media.kinds import HEAD_BYTES, media_type, sort_of
from server.policy import ACTS, Verdict, Who, decide
from server.policy.acts.cases import KINDS as LOOKS
from server.policy.rights import EDITORS, MEMBERS
from server.policy.steps import HOLD, LOOKING, STEPS
from server.stores import bodies, cases, notices, publications, stewards
from server.stores.bodies import Deed
from server.stores.database import Database, Row
from server.stores.publications import Publication, Saved
from server.use_cases.problem import Problem
from server.use_cases.publications import KINDS, reviewing
from server.use_cases.publications.contents import content_of
from server.use_cases.publications.kinds import Pictures, Shown, Texts
from server.use_cases.publications.reviewing import Standing
from server.use_cases.rights import ask, sees_hidden, who_is
from server.use_cases.sign_in import Person

STEPS_TOLD_MOST = 100
#: Whoever has not signed in strongly is asked to when they do it, and until then told that they may.
MAY = frozenset({Verdict.ALLOWED, Verdict.SIGN_IN_STRONGER})


@dataclass(frozen=True, slots=True)
class View:
    """A publication as one person sees it. `may`: what can be done with it now. `shown`: None where nothing is out.

    `inside`: whoever looks is a member, and sees who did what. `sees_draft`: and what is not out yet, too. `first_look`: others look at it before it is shown. `review`: whether the community
    that it tells of has said yes. `held_in`: the case in which others decided so, for whom that was told. `offered`: another
    body would give it to that of whoever looks. `hidden`: nobody else sees it until somebody has looked, or decided otherwise.
    """

    publication: Publication
    shown: Shown | None
    may: tuple[str, ...]
    inside: bool
    sees_draft: bool
    first_look: bool
    saved: Sequence[Saved] = ()
    steps: Sequence[Deed] = ()
    review: Standing | None = None
    held_in: str | None = None
    offered: bool = False
    hidden: bool = False


def list_of_body(database: Database, person: Person | None, body_id: str, now: datetime) -> list[View]:
    """Members see all, and editors what others would give to it; everybody else what is out. Raises Problem: unknown-body."""
    with database.transaction() as connection:
        body = bodies.find(connection, body_id)
        if body is None:
            raise Problem("unknown-body")
        who = None if person is None else who_is(connection, person, body.id, body.municipality)
        if person is not None and who is not None:
            ask("read-body", who, body.state, person, now, unknown="unknown-body")
        elif body.state != "active":
            raise Problem("unknown-body")
        if not sees_hidden(who or frozenset()) and notices.is_hidden(connection, "body", body.id):
            raise Problem("unknown-body")
        found = publications.of_body(connection, body.id)
        shown = _shown(connection, found)
        looked = {
            kind: publications.was_looked_at(connection, body.id, kind) for kind in {e.kind for e in found}
        }
        own = [
            _view(one, shown.get(one.id), person, who or frozenset(), now, looked_at=looked[one.kind])
            for one in found
            if one.id in shown or may_read(one, person, who, now)
        ]
        return own + _offered(connection, person, who or frozenset(), body.id, now)


def _offered(
    connection: Connection[Row], person: Person | None, who: frozenset[Who], body_id: str, now: datetime
) -> list[View]:
    """What others would give to the body, for who may say yes to it."""
    if not who & EDITORS:
        return []
    found = publications.offered_to(connection, body_id)
    shown = _shown(connection, found)
    return [
        replace(
            _view(one, shown.get(one.id), person, frozenset(), now, looked_at=True),
            offered=True,
        )
        for one in found
    ]


def _shown(connection: Connection[Row], found: Sequence[Publication]) -> Mapping[str, Shown]:
    return {
        id_: one
        for kind in KINDS.values()
        for id_, one in kind.shown(connection, [each.id for each in found if each.kind == kind.name]).items()
    }


def read(database: Database, person: Person, publication_id: str, now: datetime) -> View:
    """Raises Problem: unknown-trail, not-yours."""
    with database.transaction() as connection:
        publication = publications.find(connection, publication_id)
        if publication is None:
            raise Problem("unknown-trail")
        who = allow(connection, person, "read", publication, now)
        return view(connection, publication, person, who, now)


def view(
    connection: Connection[Row],
    publication: Publication,
    person: Person,
    who: frozenset[Who],
    now: datetime,
) -> View:
    subject = f"{publication.kind} {publication.id}"
    if not who & LOOKING:
        if notices.is_hidden(connection, KINDS[publication.kind].public, publication.id):
            raise Problem(f"unknown-{publication.kind}")
        return _of_steward(connection, publication, person, now)
    seen = _view(
        publication,
        KINDS[publication.kind].shown(connection, [publication.id]).get(publication.id),
        person,
        who,
        now,
        looked_at=publications.was_looked_at(connection, publication.body, publication.kind),
    )
    gives = decide(ACTS["give-trail"], who, held_how(connection, publication), strong=person.is_strong(now))
    return replace(
        seen,
        may=(*seen.may, "give") if gives in MAY else seen.may,
        saved=publications.saved(connection, publication.id),
        steps=bodies.deeds_to(connection, publication.body, subject, STEPS_TOLD_MOST),
        review=reviewing.standing(connection, publication, now),
        held_in=_held_in(connection, publication, who),
        hidden=notices.is_hidden(connection, KINDS[publication.kind].public, publication.id),
    )


def _of_steward(connection: Connection[Row], publication: Publication, person: Person, now: datetime) -> View:
    """What is out and how far it has come; nothing of what its body writes, nor of who did what."""
    known = replace(
        publication, findings=(), reason="", offered_to=None, asked_at=None, unlisted=(), has_draft=False
    )
    shown = KINDS[publication.kind].shown(connection, [publication.id]).get(publication.id)
    return _view(known, shown, person, frozenset(), now, looked_at=True)


def _held_in(connection: Connection[Row], publication: Publication, who: frozenset[Who]) -> str | None:
    looks = LOOKS[publication.kind]
    if not publication.held or not who & (looks.decide | looks.told):
        return None
    return cases.decided_last(connection, publication.kind, publication.id, HOLD)


def read_content(
    database: Database, person: Person, publication_id: str, number: int | None, now: datetime
) -> tuple[Publication, bytes]:
    """What was written last, published or not; or that older version. Raises Problem: unknown-trail-version."""
    with database.transaction() as connection:
        publication = publications.find(connection, publication_id)
        if publication is None:
            raise Problem("unknown-trail")
        allow(connection, person, "read", publication, now, "-pack")
        if number is None:
            content = content_of(connection, publication)
        else:
            content = publications.saved_content(connection, publication.id, number)
        if content is None:
            raise Problem("unknown-trail-version")
        return publication, content


def told(
    connection: Connection[Row], publication_id: str, *, written: bool
) -> tuple[Mapping[str, str] | str, Texts]:
    """Titles and what must be read, by language. `written`: of what was written last, where something was."""
    publication = publications.find(connection, publication_id)
    if publication is None:
        return publication_id, ()
    draft = publications.draft(connection, publication.id) if written else None
    titles, texts = KINDS[publication.kind].told(connection, publication.id, draft)
    return titles or publication.titles or publication.id, texts


def pictures(connection: Connection[Row], publication_id: str, *, written: bool) -> Pictures:
    """As `told`, what must be looked at."""
    publication = publications.find(connection, publication_id)
    if publication is None:
        return ()
    draft = publications.draft(connection, publication.id) if written else None
    return KINDS[publication.kind].pictures(connection, publication.id, draft)


def read_medium(
    database: Database, person: Person, publication_id: str, name: str, now: datetime
) -> tuple[bytes, str]:
    """A picture of what others are asked to look at, and its media type. What is out everybody sees elsewhere.

    Raises Problem: unknown-trail, unknown-medium, not-yours, sign-in-stronger.
    """
    with database.transaction() as connection:
        publication = publications.find(connection, publication_id)
        if publication is None:
            raise Problem("unknown-trail")
        allow(connection, person, "read", publication, now)
        draft = publications.draft(connection, publication.id) if publication.state == "asked" else None
    data = None if draft is None else KINDS[publication.kind].medium(draft, name)
    kind = None if data is None else media_type(data[:HEAD_BYTES])
    if data is None or kind is None or sort_of(kind) != "image":
        raise Problem("unknown-medium")
    return data, kind


def seen(connection: Connection[Row], publication: Publication, person: Person, now: datetime) -> View | None:
    who = who_to(connection, person, publication)
    return (
        view(connection, publication, person, who, now) if may_read(publication, person, who, now) else None
    )


def allow(
    connection: Connection[Row],
    person: Person,
    act: str,
    publication: Publication,
    now: datetime,
    more: str = "",
) -> frozenset[Who]:
    who = who_to(connection, person, publication)
    name = f"{act}-{publication.kind}{more}"
    ask(name, who, publication.state, person, now, unknown=f"unknown-{publication.kind}")
    return who


def who_to(connection: Connection[Row], person: Person, publication: Publication) -> frozenset[Who]:
    body = bodies.find(connection, publication.body)
    found = who_is(connection, person, publication.body, "" if body is None else body.municipality)
    looks_after = any(
        one.partition("/")[0] == publication.id for one in stewards.of_account(connection, person.id)
    )
    return found | {Who.STEWARD} if looks_after else found


def held_how(connection: Connection[Row], publication: Publication) -> str:
    """Whether its body acts: a state of the act that gives it away."""
    body = bodies.find(connection, publication.body)
    acts = body is not None and body.state not in {"closed", "refused"}
    return "owned" if acts and bodies.owners(connection, publication.body) else "left"


def may_read(
    publication: Publication, person: Person | None, who: frozenset[Who] | None, now: datetime
) -> bool:
    return person is not None and who is not None and may_do("read", publication, person, who, now)


def may_do(act: str, publication: Publication, person: Person, who: frozenset[Who], now: datetime) -> bool:
    found = decide(ACTS[f"{act}-{publication.kind}"], who, publication.state, strong=person.is_strong(now))
    return found in MAY


def _view(
    publication: Publication,
    shown: Shown | None,
    person: Person | None,
    who: frozenset[Who],
    now: datetime,
    *,
    looked_at: bool,
) -> View:
    inside = bool(who & MEMBERS)
    first_look = publication.state in {"draft", "asked"} and not looked_at
    if person is None:
        return View(publication, shown, (), inside, sees_draft=False, first_look=first_look)
    may = tuple(act for act in ("change", *STEPS) if may_do(act, publication, person, who, now))
    sees_draft = may_do("read", publication, person, who, now)
    return View(publication, shown, may, inside, sees_draft=sees_draft, first_look=first_look)
