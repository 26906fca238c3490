"""Who is known by mail joins who they are at a provider to their account, and takes it away; and who reaches for another's."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.api.sign_in import ACCOUNT_PAGE
from server.app import Server
from server.stores import duties
from server.stores.duties import Duty
from tests.server.api import provider as openid
from tests.server.api.people import SESSION, Browser, add_passkey
from tests.server.api.provider import RunningProvider
from tests.server.api.providers.browsers import OVER, come_back, signed_in, where
from tests.server.api.test_sign_in import count, older
from tests.server.api.things import problem

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that the provider is made of


def joins(browser: Browser, provider: RunningProvider, subject: str = "asa", **claims: Any) -> str:
    """Where the browser is led in the end."""
    provider.know(subject, **claims)
    answer = browser.post("/account/providers/ostersund")
    assert answer.status_code == 200, answer.text
    return where(come_back(browser, provider.signs_in(answer.get_json()["address"], subject)))


class TestJoining:
    def test_who_is_known_by_mail_joins_and_comes_in_by_it(
        self, server: Server, provider: RunningProvider
    ) -> None:
        mailed = Browser(server).sign_in()

        assert joins(mailed, provider, groups=["lotsar"]) == ACCOUNT_PAGE

        told = mailed.see()
        assert [(one["name"], one["issuer"]) for one in told["providers"]] == [
            ("Östersunds kommun", provider.issuer)
        ]
        assert "asa" not in str(told["providers"])
        assert ([one["duty"] for one in told["duties"]], told["is_strong"]) == (["guide"], False)
        again = signed_in(server, provider, groups=["lotsar"])
        assert again.see()["id"] == mailed.account
        assert joins(again, provider, groups=["lotsar"]) == ACCOUNT_PAGE  # once more changes nothing
        assert len(mailed.see()["providers"]) == 1

    def test_who_leaves_it_comes_in_by_it_as_somebody_else_and_loses_what_its_word_gave(
        self, server: Server, provider: RunningProvider
    ) -> None:
        mailed = Browser(server).sign_in()
        joins(mailed, provider, groups=["lotsar"])
        elsewhere = signed_in(server, provider, groups=["lotsar"])
        (one,) = mailed.see()["providers"]
        assert problem(mailed.delete(f"/account/identities/{one['id']}")) == "sign-in-stronger"

        assert elsewhere.delete(f"/account/identities/{one['id']}").status_code == 204

        told = elsewhere.see()
        assert (told["providers"], told["duties"]) == ([], [])
        assert problem(elsewhere.delete(f"/account/identities/{one['id']}")) == "unknown-identity"
        assert problem(mailed.get("/account")) == "signed-out"  # wherever else they were signed in
        assert signed_in(server, provider).see()["id"] != mailed.account

    def test_the_last_way_in_stays(self, server: Server, provider: RunningProvider) -> None:
        browser = signed_in(server, provider)
        (one,) = browser.see()["providers"]

        assert problem(browser.delete(f"/account/identities/{one['id']}")) == "last-way-in"
        add_passkey(browser)
        assert browser.delete(f"/account/identities/{one['id']}").status_code == 204

    def test_who_is_somebody_here_already_is_joined_to_nobody_else(
        self, server: Server, provider: RunningProvider
    ) -> None:
        first = signed_in(server, provider).see()["id"]
        mailed = Browser(server).sign_in()

        assert joins(mailed, provider) == f"{ACCOUNT_PAGE}#identity-taken"

        assert mailed.see()["providers"] == []
        assert signed_in(server, provider).see()["id"] == first

    def test_a_browser_that_somebody_forgot_to_sign_out_of_joins_nothing(
        self, server: Server, provider: RunningProvider
    ) -> None:
        forgotten = Browser(server).sign_in()
        older(server, "sessions", "begun_at", timedelta(minutes=16))

        assert problem(forgotten.post("/account/providers/ostersund")) == "sign-in-again"
        with server.edge.database.transaction() as connection:
            connection.execute("UPDATE people.sessions SET how = 'passkey'")
        assert joins(forgotten, provider) == ACCOUNT_PAGE

    def test_who_reads_a_moderators_mail_joins_nobody_to_the_account(
        self, server: Server, provider: RunningProvider
    ) -> None:
        moa = Browser(server).sign_in()
        with server.edge.database.transaction() as connection:
            duties.give(connection, moa.account, Duty("moderator", ""), datetime.now(UTC))
        add_passkey(moa)
        thief = Browser(server, address=moa.address).sign_in()

        assert problem(thief.post("/account/providers/ostersund")) == "sign-in-stronger"

    def test_an_answer_joins_the_account_that_asked_for_it_and_no_other(
        self, server: Server, provider: RunningProvider
    ) -> None:
        """The thief's own answer in the victim's browser, and another account in the browser that began."""
        thief, victim = Browser(server).sign_in(), Browser(server).sign_in()
        provider.know("thief")
        address = thief.post("/account/providers/ostersund").get_json()["address"]
        back = provider.signs_in(address, "thief")
        assert where(come_back(victim, back)) == OVER

        thief.client.set_cookie(SESSION, victim.cookie(), secure=True)
        assert where(come_back(thief, back)) == f"{ACCOUNT_PAGE}#signed-out"

        assert victim.see()["providers"] == []
        assert count(server, "identities") == 0

    def test_who_says_no_at_the_provider_is_joined_to_nothing_and_stays_signed_in(
        self, server: Server, provider: RunningProvider
    ) -> None:
        mailed = Browser(server).sign_in()
        address = mailed.post("/account/providers/ostersund").get_json()["address"]

        refused = f"/sign-in/back?error=access_denied&state={openid.state_of(address)}"

        assert where(come_back(mailed, refused)) == f"{ACCOUNT_PAGE}#provider-failed"
        assert mailed.see()["providers"] == []
