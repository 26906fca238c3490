"""Every cell of the table of rights, by really calling: route × who × state of the body.

A route whose row names an act is called by everybody that there is, for a body in every state; what comes is what the
table says. A route that forgets to ask, or asks for another act, is found here.
"""

import itertools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from server.app import Server
from server.policy import ACTS, POLICY, Act, Verdict, Who, decide
from server.policy.rights import BODY_STATES, DUTIES, EVERYBODY, ROLES
from server.stores.bodies import Body
from tests.server.api.people import Browser, make_body, person, put_into
from tests.server.api.things import problem

MUNICIPALITY, ELSEWHERE = "2309", "2380"


@dataclass(frozen=True, slots=True)
class Somebody:
    """`who`: what the table calls them; None is somebody with the same duty for another municipality."""

    name: str
    who: frozenset[Who]
    how: str

    def __str__(self) -> str:
        return f"{self.name} by {self.how}"


def _everybody() -> Iterator[Somebody]:
    for how in ("code", "passkey"):
        yield Somebody("stranger", EVERYBODY, how)
        for role in ROLES:
            yield Somebody(role.value, frozenset({role}), how)
        for duty in (Who.GUIDE, Who.MODERATOR, Who.LANGUAGE_HELPER, Who.INSIGHTS, Who.ADMINISTRATOR):
            yield Somebody(duty.value, frozenset({duty}), how)
        yield Somebody("guide elsewhere", EVERYBODY, how)
        yield Somebody("owner of another body", EVERYBODY, how)


EVERY_SOMEBODY = tuple(_everybody())


@dataclass(frozen=True, slots=True)
class Case:
    method: str
    rule: str
    who: Somebody
    state: str

    @property
    def act(self) -> Act:
        return ACTS[POLICY[f"{self.method} {self.rule}"].act or ""]

    @property
    def expected(self) -> Verdict:
        return decide(self.act, self.who.who, self.state, strong=self.who.how == "passkey")

    def __str__(self) -> str:
        return f"{self.method} {self.rule} by {self.who}, {self.state}"


ROUTES = sorted(route for route, row in POLICY.items() if row.act is not None)
CASES = [
    Case(*route.partition(" ")[::2], who, state)
    for route, who, state in itertools.product(ROUTES, EVERY_SOMEBODY, BODY_STATES)
    if ACTS[POLICY[route].act or ""].kind == "body"
]

SAYS = {
    Verdict.NOTHING_THERE: "unknown-body",
    Verdict.NOT_YOURS: "not-yours",
    Verdict.NOT_NOW: "not-now",
    Verdict.SIGN_IN_STRONGER: "sign-in-stronger",
}


@pytest.fixture(scope="module")
def crowd(worker_server: Server, clean_database: Callable[[], None]) -> Iterator[Server]:
    """A server that all cells share: each has a body of its own."""
    clean_database()
    yield worker_server
    clean_database()


def come(server: Server, body: Body, somebody: Somebody) -> Browser:
    """Somebody's browser, in or beside this body."""
    if somebody.name == "guide elsewhere":
        return person(server, how=somebody.how, guide=ELSEWHERE)
    if somebody.name == "owner of another body":
        other = make_body(server, municipality=ELSEWHERE)
        return put_into(server, other, person(server, how=somebody.how), "owner")
    (who,) = somebody.who
    if who in ROLES:
        return put_into(server, body, person(server, how=somebody.how), who.value)
    if who == Who.STRANGER:
        return person(server, how=somebody.how)
    everywhere = "" if who is Who.ADMINISTRATOR else MUNICIPALITY
    return person(server, how=somebody.how, **{who.value.replace("-", "_"): everywhere})


def call(server: Server, case: Case, body: Body, browser: Browser) -> TestResponse:
    other = put_into(server, body, person(server, name="Olle"), "owner")
    path = (
        case.rule.removeprefix("/api/v1")
        .replace("<body_id>", body.id)
        .replace("<account_id>", other.account)
        .replace("<invitation_id>", str(uuid.uuid4()))
    )
    sent: dict[str, Any] = {
        "PATCH /api/v1/bodies/<body_id>": {"name": "Nytt namn"},
        "POST /api/v1/bodies/<body_id>/decision": {"approve": True},
        "POST /api/v1/bodies/<body_id>/closing": {},
        "PUT /api/v1/bodies/<body_id>/members/<account_id>": {"role": "owner"},
        "POST /api/v1/bodies/<body_id>/invitations": {"role": "author"},
    }
    return browser.ask(case.method, path, sent.get(f"{case.method} {case.rule}"), If_Match='"1"')


@pytest.mark.parametrize("case", CASES, ids=str)
def test_everybody_meets_what_the_table_says(case: Case, crowd: Server) -> None:
    body = make_body(crowd, case.state, municipality=MUNICIPALITY)
    browser = come(crowd, body, case.who)
    # Who is in a body by its role keeps an owner beside, so that a removal is refused for no other reason.
    put_into(crowd, body, person(crowd, name="Eva"), "owner")

    answer = call(crowd, case, body, browser)

    if case.expected is not Verdict.ALLOWED:
        assert problem(answer) == SAYS[case.expected]
    elif case.rule.endswith("<invitation_id>"):
        assert problem(answer) == "unknown-invitation"  # let in, and there is none of that id
    else:
        assert answer.status_code in {200, 201, 204}, answer.text


def test_every_act_is_asked_by_some_route_and_every_state_is_named() -> None:
    asked = {row.act for row in POLICY.values() if row.act is not None}

    assert asked == set(ACTS)
    for act in ACTS.values():
        assert set(act.may) <= set(BODY_STATES)
        assert set(act.sees) == set(BODY_STATES)
        assert not any(who - act.sees[state] - DUTIES - set(ROLES) for state, who in act.may.items())


def test_there_are_cells_for_everybody() -> None:
    assert len(CASES) == len(ROUTES) * len(EVERY_SOMEBODY) * len(BODY_STATES)
    assert len(CASES) >= 1000


def test_who_may_do_a_thing_may_see_it() -> None:
    for name, act in ACTS.items():
        for state, who in act.may.items():
            for one in who:
                assert decide(act, {one}, state, strong=True) is Verdict.ALLOWED, name
                assert one in act.sees[state] or act.sees[state] >= EVERYBODY, (name, state, one)


def test_a_table_that_lets_everybody_in_is_caught(crowd: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """That the cells can fail: with another table in force some of them meet something else."""
    open_to_all = {
        name: Act(act.kind, dict.fromkeys(BODY_STATES, EVERYBODY), act.sees, act.why)
        for name, act in ACTS.items()
    }
    monkeypatch.setattr("server.use_cases.bodies.ACTS", open_to_all)
    case = next(
        case
        for case in CASES
        if case.who.name == "viewer" and case.method == "PATCH" and case.state == "active"
    )
    body = make_body(crowd, case.state)

    answer = call(crowd, case, body, come(crowd, body, case.who))

    assert case.expected is Verdict.NOT_YOURS
    assert answer.status_code == 200
