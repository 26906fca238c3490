"""Duties that a provider's word gives, by the operator's rules: they end by themselves."""

from datetime import UTC, datetime, timedelta

import pytest

from server.app import Server
from server.stores import duties
from server.stores.duties import Duty
from tests.server.api.people import make_body
from tests.server.api.provider import RunningProvider
from tests.server.api.providers.browsers import signed_in
from tests.server.api.things import problem

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that the provider is made of


def passes(server: Server, *, days: int) -> None:
    """So many days go for whatever a provider's word gave."""
    with server.edge.database.transaction() as connection:
        connection.execute("UPDATE people.duties SET ends_at = ends_at - %s * interval '1 day'", [days])


def test_a_duty_that_its_word_gave_ends_a_month_after_the_last_sign_in_there(
    server: Server, provider: RunningProvider
) -> None:
    """Who has left the municipality never signs in there again, and no rule takes anything."""
    guide = signed_in(server, provider, groups=["lotsar"])
    body = make_body(server, "asked", municipality="2380")
    assert guide.get(f"/bodies/{body.id}").status_code == 200
    with server.edge.database.transaction() as connection:
        duties.give(connection, guide.see()["id"], Duty("insights", ""), datetime.now(UTC))
    ends = server.edge.database.private.read("SELECT ends_at FROM people.duties WHERE duty = 'guide'")
    assert timedelta(days=29) < ends[0][0] - datetime.now(UTC) <= timedelta(days=30)

    passes(server, days=31)

    assert problem(guide.get(f"/bodies/{body.id}")) == "unknown-body"
    assert [one["duty"] for one in guide.see()["duties"]] == ["insights"]  # the operator's own stays
    again = signed_in(server, provider, groups=["lotsar"])
    assert again.get(f"/bodies/{body.id}").status_code == 200
    told = server.edge.database.private.read("SELECT what FROM people.deeds ORDER BY id")
    assert told == [("give-duty",), ("give-duty",)]


def test_who_signs_in_there_now_and_then_keeps_it(server: Server, provider: RunningProvider) -> None:
    signed_in(server, provider, groups=["lotsar"])
    for _ in range(2):
        passes(server, days=20)
        guide = signed_in(server, provider, groups=["lotsar"])

    assert [one["duty"] for one in guide.see()["duties"]] == ["guide"]


def test_one_that_the_operator_gave_by_hand_does_not_end(server: Server, provider: RunningProvider) -> None:
    guide = signed_in(server, provider)
    with server.edge.database.transaction() as connection:
        given = Duty("guide", "2380", ("sv",))
        duties.give(connection, guide.see()["id"], given, datetime.now(UTC))
    signed_in(server, provider, groups=["lotsar"])

    passes(server, days=31)

    with server.edge.database.transaction() as connection:
        assert duties.of_account(connection, guide.see()["id"]) == [given]
