"""A case of every kind, as the test of rights makes it: a line in SUBJECTS for a new kind."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from server.app import Server
from server.stores import accounts, cases, proposals
from server.stores.accounts import Account
from server.stores.bodies import Body
from server.stores.cases import Case
from server.stores.proposals import Proposal
from server.use_cases.stories import CONTENT, content_of
from tests.server.api.people import make_body, person
from tests.server.api.rights import stories, trails
from tests.server.api.rights.kinds import MUNICIPALITY, Kind, Thing

AT = "/api/v1/cases/<case_id>"


@dataclass(frozen=True, slots=True)
class About:
    """What a case is about. `decision`: one that whoever may decide can make at once. `against`: whose thing it is.

    `of_nobody`: no body is asked. `facts`: that the case needs.
    """

    body: Body
    subject: str
    decision: str
    against: str
    of_nobody: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)


def of_application(server: Server, phase: str) -> About:
    body = make_body(server, "refused" if phase == "decided" else "asked", municipality=MUNICIPALITY)
    return About(body, body.id, "approve", "refuse")


def of_appeal(server: Server, phase: str) -> About:
    del phase
    body = make_body(server, "refused", municipality=MUNICIPALITY)
    decided = case_about(
        "application", replace(About(body, body.id, "approve", "refuse"), decision="refuse"), "decided"
    )
    with server.edge.database.transaction() as connection:
        appealed = cases.add(connection, decided)
        cases.change(connection, decided)
    return About(body, appealed, "change", "keep")


def of_notice(server: Server, phase: str) -> About:
    del phase
    body = make_body(server, "active", municipality=MUNICIPALITY)
    return About(body, f"body {body.id}", "dismiss", "hide")


def of_first_look(server: Server, phase: str) -> About:
    body = make_body(server, municipality=MUNICIPALITY)
    return About(body, trails.put_down(server, body, "asked"), "publish", "send-back")


def of_trail(server: Server, phase: str) -> About:
    body = make_body(server, municipality=MUNICIPALITY)
    rests = phase == "decided"
    trail_id = trails.put_down(server, body, "resting" if rests else "published", held=rests)
    return About(body, trail_id, "fine", "rest")


def of_text(server: Server, phase: str) -> About:
    body = make_body(server, municipality=MUNICIPALITY)
    return About(body, trails.put_down(server, body, "published", unlisted=("sv",)) + "/sv", "list", "mend")


def of_proposal(server: Server, phase: str) -> About:
    """What a stranger has proposed for a trail of the body."""
    body, proposal = make_body(server, municipality=MUNICIPALITY), proposed(server)
    return About(body, proposal, "take-up", "decline")


def of_place(server: Server, phase: str) -> About:
    """The body is no association: its editors would be asked like those of all others."""
    body = make_body(server, kind="municipality", municipality=MUNICIPALITY)
    return About(body, proposed(server), "take-up", "decline", of_nobody=True)


def proposed(server: Server) -> str:
    account, proposal, now = str(uuid.uuid4()), str(uuid.uuid4()), datetime.now(UTC)
    with server.edge.database.transaction() as connection:
        accounts.add_account(connection, Account(account, "Ali", "sv", is_adult=True, created_at=now))
        new = Proposal(
            proposal,
            account,
            "place",
            "Källan",
            "Kallt vatten.",
            "sv",
            14.6,
            63.2,
            None,
            None,
            False,
            "open",
            now,
        )
        assert proposals.add(connection, new)
    return proposal


def of_stage(server: Server, phase: str) -> About:
    del phase
    body = make_body(server, municipality=MUNICIPALITY)
    return About(body, f"{uuid.uuid4()}/one", "mended", "not-so")


def of_closure(server: Server, phase: str) -> About:
    """Of a closure and a trail that are gone: there is nothing to rest, and it is seen."""
    del phase
    body = make_body(server, municipality=MUNICIPALITY)
    return About(body, f"{uuid.uuid4()}/{uuid.uuid4()}", "seen", "seen")


def of_review(server: Server, phase: str) -> About:
    """The case is the community's; the trail is another body's, which has nothing to do with it."""
    del phase
    sameby = make_body(
        server, kind="sameby", municipality=MUNICIPALITY, verified_at=datetime.now(UTC), name="Samebyn"
    )
    author = make_body(server, municipality="2380")
    trail_id = trails.put_down(server, author, "asked", community=sameby.id)
    return About(sameby, f"{sameby.id}/{trail_id}", "yes", "no")


def of_story(server: Server, phase: str) -> About:
    """Somebody's own; the body is no association, and is not asked."""
    body = make_body(server, kind="municipality", municipality=MUNICIPALITY)
    story = stories.put_down(server, person(server).account, "draft" if phase == "decided" else "asked")
    return About(body, story.id, "publish", "send-back", of_nobody=True, facts={CONTENT: content_of(story)})


SUBJECTS: Mapping[str, Callable[[Server, str], About]] = {
    "application": of_application,
    "stage": of_stage,
    "appeal": of_appeal,
    "notice": of_notice,
    "first-look": of_first_look,
    "trail": of_trail,
    "text": of_text,
    "proposal": of_proposal,
    "place": of_place,
    "closure": of_closure,
    "review": of_review,
    "story": of_story,
}


def case_about(kind: str, about: About, phase: str) -> Case:
    outcome = {"decided": about.against, "second-look": about.decision}.get(phase, "")
    now = datetime.now(UTC)
    return Case(
        str(uuid.uuid4()),
        kind,
        about.subject,
        None if about.of_nobody else about.body.id,
        about.body.municipality,
        2,
        "sv",
        about.facts,
        None,
        now,
        1,
        None,
        phase,
        decided_at=now if phase == "decided" else None,
        outcome=outcome,
    )


def make(server: Server, state: str, owner: str) -> Thing:
    del owner
    kind, _, phase = state.partition(" ")
    about = SUBJECTS[kind](server, phase)
    case = case_about(kind, about, phase)
    with server.edge.database.transaction() as connection:
        cases.add(connection, case)
        cases.change(connection, case)

    def make_own(account: str) -> None:
        with server.edge.database.transaction() as connection:
            connection.execute("UPDATE people.cases SET maker = %s WHERE id = %s", [account, case.id])

    decision = "confirm" if phase == "second-look" else about.decision
    return Thing(
        about.body,
        {"<case_id>": case.id},
        {f"POST {AT}/decision": {"decision": decision, "words": "Vi har tittat."}},
        stage=about.subject if kind == "stage" else "",
        make_own=make_own,
    )


KIND = Kind(
    "case",
    "unknown-case",
    make,
    sent={
        f"POST {AT}/reading": {"words": "De bor vid sjön och vill visa den."},
        f"POST {AT}/appeal": {"words": "Vi är många i byn som vill det här."},
    },
    let_in={f"GET {AT}/quarantine": "nothing-kept", f"GET {AT}/quarantine/picture": "nothing-kept"},
)
