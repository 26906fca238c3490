"""A case of every kind, as the test of rights makes it: a line in SUBJECTS for a new kind."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from server.app import Server
from server.stores import cases
from server.stores.bodies import Body
from server.stores.cases import Case
from tests.server.api.people import make_body
from tests.server.api.rights.kinds import MUNICIPALITY, Kind, Thing

AT = "/api/v1/cases/<case_id>"


@dataclass(frozen=True, slots=True)
class About:
    """What a case is about. `decision`: one that whoever may decide can make at once. `against`: the body."""

    body: Body
    subject: str
    decision: str
    against: str


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


SUBJECTS: Mapping[str, Callable[[Server, str], About]] = {
    "application": of_application,
    "appeal": of_appeal,
}


def case_about(kind: str, about: About, phase: str) -> Case:
    outcome = {"decided": about.against, "second-look": about.decision}.get(phase, "")
    now = datetime.now(UTC)
    return Case(
        str(uuid.uuid4()),
        kind,
        about.subject,
        about.body.id,
        about.body.municipality,
        2,
        "sv",
        {},
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
    decision = "confirm" if phase == "second-look" else about.decision
    return Thing(about.body, {"<case_id>": case.id}, {f"POST {AT}/decision": {"decision": decision}})


KIND = Kind(
    "case",
    "unknown-case",
    make,
    sent={
        f"POST {AT}/reading": {"words": "De bor vid sjön och vill visa den."},
        f"POST {AT}/appeal": {"words": "Vi är många i byn som vill det här."},
    },
)
