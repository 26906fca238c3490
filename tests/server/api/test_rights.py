"""Every cell of the table of rights, by really calling: route × who × state of the thing.

A route whose row names an act is called by everybody that there is, for a thing in every state; what comes is what the
table says. A route that forgets to ask, or asks for another act, is found here.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from werkzeug.test import TestResponse

from server.app import Server
from server.policy import ACTS, POLICY, STATES, Act, Verdict, Who, decide
from server.policy.rights import ALL_DUTIES, EVERYBODY, ROLES
from server.stores import bodies, stewards
from server.use_cases.rights_table import cells_of_acts
from tests.server.api.people import Browser, make_body, person, put_into
from tests.server.api.rights import KINDS
from tests.server.api.rights.kinds import ELSEWHERE, MUNICIPALITY, Kind, Thing
from tests.server.api.things import problem


@dataclass(frozen=True, slots=True)
class Somebody:
    """`who`: what the table calls them."""

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
        yield Somebody("maker", frozenset({Who.MAKER}), how)
        yield Somebody("steward", frozenset({Who.STEWARD}), how)
        for duty in ALL_DUTIES:
            yield Somebody(duty.value, frozenset({duty}), how)
        yield Somebody("guide elsewhere", EVERYBODY, how)
        yield Somebody("owner of another association", frozenset({Who.MEMBER_ELSEWHERE}), how)


EVERY_SOMEBODY = tuple(_everybody())


@dataclass(frozen=True, slots=True)
class Case:
    method: str
    rule: str
    who: Somebody
    state: str

    @property
    def route(self) -> str:
        return f"{self.method} {self.rule}"

    @property
    def act(self) -> Act:
        return ACTS[POLICY[self.route].act or ""]

    @property
    def kind(self) -> Kind:
        return KINDS[self.act.kind]

    @property
    def expected(self) -> Verdict:
        return decide(self.act, self.who.who, self.state, strong=self.who.how == "passkey")

    def __str__(self) -> str:
        return f"{self.route} by {self.who}, {self.state}"


ROUTES = sorted(route for route, row in POLICY.items() if row.act is not None)
CASES = [
    Case(*route.partition(" ")[::2], who, state)
    for route in ROUTES
    for who, state in itertools.product(EVERY_SOMEBODY, STATES[ACTS[POLICY[route].act or ""].kind])
]


class Crowd:
    """A server that all cells share, and the people in them, each made once."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.owner = person(server, name="Eva")
        self.other_owner = person(server, name="Olle")  # so that no removal is refused for want of one
        self._known: dict[Somebody, Browser] = {}
        self._shared: dict[tuple[str, str], Thing] = {}

    def come(self, somebody: Somebody) -> Browser:
        if somebody not in self._known:
            self._known[somebody] = self._made(somebody)
        return self._known[somebody]

    def _made(self, somebody: Somebody) -> Browser:
        if somebody.name == "guide elsewhere":
            return person(self.server, how=somebody.how, guide=ELSEWHERE)
        if Who.MEMBER_ELSEWHERE in somebody.who:
            other = make_body(self.server, municipality=ELSEWHERE)
            return put_into(self.server, other, person(self.server, how=somebody.how), "owner")
        (who,) = somebody.who
        if who in {*ROLES, Who.MAKER, Who.STEWARD, Who.STRANGER}:
            return person(self.server, how=somebody.how)
        everywhere = "" if who is Who.ADMINISTRATOR else MUNICIPALITY
        return person(self.server, how=somebody.how, **{who.value.replace("-", "_"): everywhere})

    def call(self, case: Case) -> TestResponse:
        browser = self.come(case.who)
        thing = self._thing(case)
        (who, *_) = case.who.who
        if who in ROLES:
            # In no other body: there an editor or owner would be one of another association.
            self._leave_all(browser)
            put_into(self.server, thing.body, browser, who.value)
        if who is Who.STEWARD and thing.stage:
            quest, _, stage = thing.stage.partition("/")
            with self.server.edge.database.transaction() as connection:
                stewards.add(connection, quest, stage, browser.account, datetime.now(UTC))
        if who is Who.MAKER and thing.make_own is not None:
            thing.make_own(browser.account)
        path = case.rule.removeprefix("/api/v1")
        for name, value in thing.names.items():
            path = path.replace(name, value)
        sent = {**case.kind.sent, **thing.sent}.get(case.route)
        headers = {**case.kind.headers, **thing.headers}
        return browser.ask(case.method, path, sent() if callable(sent) else sent, **headers)

    def _thing(self, case: Case) -> Thing:
        """One that nobody has touched for whom may change it; whoever is refused changes nothing, and all share one."""
        key = (case.kind.name, case.state)
        if case.expected is not Verdict.ALLOWED and key in self._shared:
            return self._shared[key]
        thing = case.kind.make(self.server, case.state, self.owner.account)
        put_into(self.server, thing.body, self.owner, "owner")
        put_into(self.server, thing.body, self.other_owner, "owner")
        if case.expected is not Verdict.ALLOWED:
            self._shared[key] = thing
        return thing

    def _leave_all(self, browser: Browser) -> None:
        with self.server.edge.database.transaction() as connection:
            for membership in bodies.memberships(connection, browser.account):
                bodies.remove_member(connection, membership.body.id, browser.account)


@pytest.fixture(scope="module")
def crowd(worker_server: Server, clean_database: Callable[[], None]) -> Iterator[Crowd]:
    clean_database()
    yield Crowd(worker_server)
    clean_database()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_everybody_meets_what_the_table_says(case: Case, crowd: Crowd) -> None:
    answer = crowd.call(case)

    says = {
        Verdict.NOTHING_THERE: case.kind.unknown,
        Verdict.NOT_YOURS: "not-yours",
        Verdict.NOT_NOW: "not-now",
        Verdict.SIGN_IN_STRONGER: "sign-in-stronger",
    }
    if case.expected is not Verdict.ALLOWED:
        assert problem(answer) == says[case.expected]
    elif case.route in case.kind.let_in:
        assert problem(answer) == case.kind.let_in[case.route]
    else:
        assert answer.status_code in {200, 201, 204}, answer.text


def test_every_act_is_asked_by_some_route_and_every_state_is_named() -> None:
    asked = {row.act for row in POLICY.values() if row.act is not None}

    assert asked == set(ACTS)
    for act in ACTS.values():
        assert set(act.may) <= set(STATES[act.kind])
        assert set(act.sees) == set(STATES[act.kind])


def test_there_are_cells_for_everybody() -> None:
    expected = sum(len(EVERY_SOMEBODY) * len(STATES[ACTS[POLICY[route].act or ""].kind]) for route in ROUTES)

    assert len(CASES) == expected
    assert len(CASES) == cells_of_acts()  # as docs/operating/rights.md says


def test_who_may_do_a_thing_may_see_it() -> None:
    for name, act in ACTS.items():
        for state, who in act.may.items():
            for one in who:
                assert decide(act, {one}, state, strong=True) is Verdict.ALLOWED, name
                assert one in act.sees[state] or act.sees[state] >= EVERYBODY, (name, state, one)


def test_nothing_else_is_for_strangers_viewers_and_other_associations() -> None:
    # The cells say that the code does as the table says, and not that the table is right. So whoever widens it for those
    # who have least to do with a thing writes it twice.
    def by(who: Who) -> set[str]:
        return {name for name, act in ACTS.items() if any(who in may for may in act.may.values())}

    assert by(Who.STRANGER) == {"read-body"}
    assert {state for state, who in ACTS["read-body"].may.items() if who >= EVERYBODY} == {"active"}
    assert by(Who.MEMBER_ELSEWHERE) == {"read-trail", "read-case", "look-at-case", "decide-case"}
    assert {name for name in by(Who.VIEWER) if not name.startswith("read-")} == set()


def test_a_table_that_lets_everybody_in_is_caught(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """That the cells can fail: with another table in force some of them meet something else."""
    open_to_all = {
        name: Act(act.kind, dict.fromkeys(STATES[act.kind], EVERYBODY), act.sees, act.why)
        for name, act in ACTS.items()
    }
    monkeypatch.setattr("server.use_cases.rights.ACTS", open_to_all)
    case = next(
        case
        for case in CASES
        if case.who.name == "viewer" and case.method == "PATCH" and case.state == "active"
    )

    assert case.expected is Verdict.NOT_YOURS
    assert crowd.call(case).status_code == 200
