"""Signing in at an OpenID provider: whom it vouches for comes in."""

from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from server.app import Server
from tests.server.api.people import ATTEMPT, ORIGIN, SESSION, Browser, add_passkey, base64url
from tests.server.api.provider import RunningProvider
from tests.server.api.providers.browsers import begin, come_back, signed_in
from tests.server.api.things import problem

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that the provider is made of


class TestComingIn:
    def test_whom_the_provider_vouches_for_comes_in_and_is_known_again(
        self, server: Server, provider: RunningProvider
    ) -> None:
        first = signed_in(server, provider, name="Åsa \n Berg", email="asa@kommun.example").see()
        again = signed_in(server, provider).see()

        assert (first["name"], first["address"]) == ("Åsa Berg", None)
        (known,) = first["providers"]
        assert (known["issuer"], known["name"]) == (provider.issuer, "Östersunds kommun")
        assert first["is_strong"]
        assert again["id"] == first["id"]
        assert [one["how"] for one in again["sessions"]] == ["provider", "provider"]

    def test_the_ways_name_it(self, server: Server) -> None:
        ways = Browser(server).get("/sign-in").get_json()

        assert ways["providers"] == [
            {"key": "ostersund", "name": "Östersunds kommun", "municipality": "2380"}
        ]

    def test_the_provider_is_asked_with_pkce_a_nonce_and_our_secret(
        self, server: Server, provider: RunningProvider
    ) -> None:
        browser = Browser(server)
        address = begin(browser)
        asked = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
        come_back(browser, provider.signs_in(address, "asa"))
        (form, who) = next((form, who) for path, form, who in provider.asked if path == "/oauth2/token")

        assert asked["redirect_uri"] == f"{ORIGIN}/sign-in/back"
        assert (asked["response_type"], asked["scope"]) == ("code", "openid profile")
        assert asked["code_challenge_method"] == "S256"
        verifier = form["code_verifier"][0]
        assert asked["code_challenge"] == base64url(sha256(verifier.encode()).digest())
        assert len(verifier) >= 43
        assert len(asked["nonce"]) >= 43
        assert who.startswith("Basic ")
        assert verifier not in address
        assert browser.cookie(ATTEMPT) == ""  # it is over

    def test_its_description_and_keys_are_asked_for_once_an_hour(
        self, server: Server, provider: RunningProvider
    ) -> None:
        for _ in range(3):
            signed_in(server, provider)

        asked = [path for path, _, _ in provider.asked]
        assert asked.count("/.well-known/openid-configuration") == 1
        assert asked.count("/jwks") == 1

    def test_an_account_with_the_same_mail_address_is_another(
        self, server: Server, provider: RunningProvider
    ) -> None:
        mailed = Browser(server).sign_in()

        vouched = signed_in(server, provider, email=mailed.address, email_verified=True)

        assert vouched.see()["id"] != mailed.account

    def test_the_operators_rules_give_a_duty_and_take_it(
        self, server: Server, provider: RunningProvider
    ) -> None:
        def duties(**claims: Any) -> list[tuple[str, str]]:
            found = signed_in(server, provider, **claims).see()["duties"]
            return [(one["duty"], one["municipality"]) for one in found]

        assert duties(groups=["alla"]) == []
        assert duties(groups=["alla", "lotsar"]) == [("guide", "2380")]
        assert duties(groups="chefer") == [("guide", "2380")]
        assert duties() == []
        done = server.edge.database.private.read("SELECT what, subject FROM people.deeds ORDER BY at, id")
        assert done == [("give-duty", "guide 2380"), ("take-duty", "guide 2380")]

    def test_who_came_in_by_a_provider_may_remove_the_last_passkey(
        self, server: Server, provider: RunningProvider
    ) -> None:
        browser = signed_in(server, provider)
        add_passkey(browser)

        assert browser.delete(f"/account/passkeys/{browser.see()['passkeys'][0]['id']}").status_code == 204

    def test_coming_in_ends_what_the_browser_was_signed_in_as(
        self, server: Server, provider: RunningProvider
    ) -> None:
        browser = Browser(server).sign_in()
        before = browser.cookie()
        come_back(browser, provider.signs_in(begin(browser), "asa"))
        old = Browser(server)
        old.client.set_cookie(SESSION, before, secure=True)

        assert problem(old.get("/account")) == "signed-out"
        assert browser.get("/account").status_code == 200
