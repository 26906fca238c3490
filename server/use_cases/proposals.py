"""People who have played propose a stage or a place, or ask to look after a stage; who looks after it answers."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from psycopg import Connection

from server.stores import accounts, bodies, proposals, stewards, trails
from server.stores.database import Database, Row
from server.stores.proposals import Proposal
from server.use_cases import stages
from server.use_cases.cases.opening import NewCase, close_case, open_case
from server.use_cases.problem import Problem
from server.use_cases.rights import leads_association
from server.use_cases.sign_in import Person

#: The kinds of case: asked of the body whose trail it is for, or of whoever is near.
OF_BODY, OF_ANYBODY = "proposal", "place"
URGENCY = 2
OPEN_MOST = 10
MEMBERS_MOST = 500


@dataclass(frozen=True, slots=True)
class Titled:
    """`title`: what is proposed is called, by language where it has several."""

    proposal: Proposal
    title: Mapping[str, str] | str


def propose(
    database: Database, person: Person, proposal: Proposal, code: str | None, now: datetime
) -> Titled:
    """`code`: of the trail that it is for. A repetition changes nothing.

    Raises Problem: unknown-quest, proposal-taken, proposals-full.
    """
    with database.transaction() as connection:
        if code is not None:
            quest = stages.played(connection, code)
            if quest is None:
                raise Problem("unknown-quest", pointer="/quest")
            proposal = replace(proposal, quest=quest.id)
        return _titled(connection, _put(connection, person, proposal, now))


def adopt(database: Database, person: Person, quest_id: str, stage: str, now: datetime) -> Titled:
    """Asks to look after a stage. A repetition changes nothing. Raises Problem: unknown-stage, proposals-full."""
    with database.transaction() as connection:
        if stages.find(connection, quest_id, stage) is None:
            raise Problem("unknown-stage")
        asked = Proposal(
            str(uuid.uuid4()),
            person.id,
            "adoption",
            "",
            "",
            None,
            None,
            None,
            quest_id,
            stage,
            False,
            "open",
            now,
        )
        return _titled(connection, _put(connection, person, asked, now))


def mine(database: Database, person: Person) -> list[Titled]:
    """The newest first."""
    with database.transaction() as connection:
        return [_titled(connection, one) for one in proposals.of_account(connection, person.id)]


def take_back(database: Database, person: Person, proposal_id: str, now: datetime) -> None:
    """With the place that it names. Raises Problem: unknown-proposal."""
    with database.transaction() as connection:
        found = proposals.find(connection, proposal_id, lock=True)
        if found is None or found.account != person.id:
            raise Problem("unknown-proposal")
        for kind in (OF_BODY, OF_ANYBODY):
            close_case(connection, kind, found.id, "taken-back", now)
        proposals.remove(connection, found.id)


def answer(
    connection: Connection[Row],
    person: Person,
    proposal_id: str,
    body_id: str | None,
    *,
    taken_up: bool,
    now: datetime,
) -> None:
    """In the transaction that decides. Who is taken up and wished to write along comes in as an author.

    Raises Problem: not-now, members-full.
    """
    found = proposals.find(connection, proposal_id, lock=True)
    if found is None or found.state != "open":
        raise Problem("not-now")
    proposals.settle(connection, found.id, "taken-up" if taken_up else "declined", now)
    if not taken_up:
        return
    if found.kind == "adoption":
        if found.quest is None or found.stage is None:
            raise Problem("not-now")
        stewards.add(connection, found.quest, found.stage, found.account, now)
        subject = f"stage {found.quest}/{found.stage}"
        bodies.write_down(connection, now, person.id, body_id, "give-stage", subject)
    elif found.joins:
        _take_in(connection, person, found.account, body_id, now)


def title_of(connection: Connection[Row], proposal: Proposal) -> Mapping[str, str] | str:
    """Of an adoption: what the stage is called."""
    quest = None if proposal.quest is None else stages.played(connection, proposal.quest)
    if quest is None or proposal.stage is None:
        return proposal.id
    return {
        tag: texts.stages[proposal.stage].title
        for tag, texts in quest.texts.items()
        if proposal.stage in texts.stages
    }


def _titled(connection: Connection[Row], proposal: Proposal) -> Titled:
    return Titled(proposal, proposal.name or title_of(connection, proposal))


def _put(connection: Connection[Row], person: Person, proposal: Proposal, now: datetime) -> Proposal:
    accounts.find(connection, person.id, lock=True)  # one after another: what somebody asks for is counted
    known = proposals.of_account(connection, person.id)
    for one in known:
        same_stage = one.stage is not None and (one.quest, one.stage) == (proposal.quest, proposal.stage)
        if one.id == proposal.id or same_stage:
            return one
    if sum(one.state == "open" for one in known) >= OPEN_MOST:
        raise Problem("proposals-full")
    if not proposals.add(connection, proposal):
        raise Problem("proposal-taken")
    body_id = None if proposal.quest is None else trails.body_of(connection, proposal.quest)
    body = None if body_id is None else bodies.find(connection, body_id)
    if body is not None and body.state == "active":
        kind, municipality = OF_BODY, body.municipality
    else:
        kind, municipality = OF_ANYBODY, _municipality(connection, proposal)
    new = NewCase(
        kind,
        proposal.id,
        body.id if body is not None and kind == OF_BODY else None,
        municipality,
        URGENCY,
        language=proposal.language,
        asked_by=person.id,
    )
    open_case(connection, new, now)
    return proposal


def _municipality(connection: Connection[Row], proposal: Proposal) -> str:
    if proposal.lon is not None and proposal.lat is not None:
        return proposals.municipality_at(connection, proposal.lon, proposal.lat)
    within = frozenset() if proposal.quest is None else trails.municipalities_of(connection, proposal.quest)
    return min(within, default="")


def _take_in(
    connection: Connection[Row], person: Person, account_id: str, body_id: str | None, now: datetime
) -> None:
    """As an author of the body that was asked, or of the association of whoever takes it up."""
    if body_id is None:
        memberships = bodies.memberships(connection, person.id)
        body_id = next((one.body.id for one in memberships if leads_association(one)), None)
    body = None if body_id is None else bodies.find(connection, body_id, lock=True)
    if body is None or body.state != "active" or bodies.role_of(connection, body.id, account_id) is not None:
        return
    if len(bodies.members(connection, body.id)) >= MEMBERS_MOST:
        raise Problem("members-full")
    bodies.set_member(connection, body.id, account_id, "author", now)
    bodies.write_down(connection, now, person.id, body.id, "take-up", "member as author")
