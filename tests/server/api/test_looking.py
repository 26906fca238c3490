"""Who has a case open is named to the others who could decide it, and keeps nobody from deciding."""

from datetime import UTC, datetime, timedelta

import pytest

from server.app import Server
from server.stores import accounts, looks
from server.stores.bodies import Body
from server.use_cases import mails
from server.use_cases.cases.opening import NewCase, open_case
from tests.server.api.inbox import inbox
from tests.server.api.people import Browser, make_body, older, person, put_into
from tests.server.api.things import problem


@pytest.fixture
def body(server: Server) -> Body:
    return make_body(server, "asked")


@pytest.fixture
def case(server: Server, body: Body) -> str:
    """An application, which moderators do not see."""
    with server.edge.database.transaction() as connection:
        new = NewCase("application", body.id, body.id, body.municipality, 2)
        return open_case(connection, new, datetime.now(UTC))


def guide(server: Server, name: str) -> Browser:
    return person(server, how="passkey", name=name, guide="2309")


def looked_at_by(browser: Browser, case: str) -> object:
    (one,) = inbox(browser)
    whole = browser.get(f"/cases/{case}").get_json()
    assert one["looked_at_by"] == whole["looked_at_by"]
    return one["looked_at_by"]


def test_the_second_is_told_who_looks_and_may_decide_all_the_same(server: Server, case: str) -> None:
    first, second = guide(server, "Mona"), guide(server, "Mats")

    mine = first.put(f"/cases/{case}/look")
    others = second.put(f"/cases/{case}/look")

    assert (mine.get_json(), others.get_json()) == ({"by": None}, {"by": "Mona"})
    assert (looked_at_by(first, case), looked_at_by(second, case)) == (None, "Mona")
    assert first.put(f"/cases/{case}/look").get_json() == {"by": None}  # a repetition: ten minutes from now
    assert second.post(f"/cases/{case}/decision", {"decision": "approve"}).status_code == 200


def test_who_leaves_or_forgets_it_keeps_it_from_nobody(server: Server, case: str) -> None:
    first, second = guide(server, "Mona"), guide(server, "Mats")
    first.put(f"/cases/{case}/look")

    assert second.delete(f"/cases/{case}/look").status_code == 204
    assert looked_at_by(second, case) == "Mona"  # nobody ends another's
    assert first.delete(f"/cases/{case}/look").status_code == 204
    assert looked_at_by(second, case) is None
    first.put(f"/cases/{case}/look")
    older(server, "looks", "until", timedelta(minutes=10))
    assert looked_at_by(second, case) is None
    assert second.put(f"/cases/{case}/look").get_json() == {"by": None}
    assert looked_at_by(first, case) == "Mats"


def test_only_who_could_decide_looks_and_is_told(server: Server, body: Body, case: str) -> None:
    owner = put_into(server, body, person(server), "owner")
    looks_at = guide(server, "Mona")
    looks_at.put(f"/cases/{case}/look")

    assert problem(owner.put(f"/cases/{case}/look")) == "unknown-case"
    assert problem(person(server, how="passkey", moderator="").put(f"/cases/{case}/look")) == "unknown-case"
    assert problem(person(server, how="code", guide="2309").put(f"/cases/{case}/look")) == "sign-in-stronger"
    involved = put_into(server, body, guide(server, "Mats"), "viewer")
    assert looked_at_by(involved, case) is None
    looks_at.post(f"/cases/{case}/decision", {"decision": "approve"})
    assert problem(looks_at.put(f"/cases/{case}/look")) == "not-now"


def test_nothing_is_kept_of_it(server: Server, case: str) -> None:
    first = guide(server, "Mona")
    first.put(f"/cases/{case}/look")

    mails.forget(server.edge.database, datetime.now(UTC) + timedelta(minutes=11))

    assert server.edge.database.private.read("SELECT count(*) FROM people.looks") == [(0,)]
    first.put(f"/cases/{case}/look")
    with server.edge.database.transaction() as connection:
        assert accounts.remove(connection, first.account)
        assert looks.of_others(connection, [case], guide(server, "Mats").account, datetime.now(UTC)) == {}
