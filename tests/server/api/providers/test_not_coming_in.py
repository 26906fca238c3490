"""Signing in at an OpenID provider: everything that must not come in."""

import contextlib
import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwk

from server.api.sign_in import SIGNED_IN_PAGE
from server.app import Server
from tests.server.api import provider as openid
from tests.server.api.people import ATTEMPT, Browser, base64url, count, older
from tests.server.api.provider import CLIENT_ID, CLIENT_SECRET, RunningProvider, Spoiled
from tests.server.api.providers.browsers import FAILED, OVER, begin, come_back, where, with_providers
from tests.server.api.things import problem

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that the provider is made of


class TestNotComingIn:
    def test_an_answer_is_used_once(self, server: Server, provider: RunningProvider) -> None:
        browser = Browser(server)
        back = provider.signs_in(begin(browser), "asa")
        token = browser.cookie(ATTEMPT)
        come_back(browser, back)
        browser.client.set_cookie(ATTEMPT, token, secure=True)

        assert where(come_back(browser, back)) == OVER
        assert count(server, "sessions") == 1

    def test_an_answer_that_another_browser_began_signs_nobody_in(
        self, server: Server, provider: RunningProvider
    ) -> None:
        """Login CSRF: the attacker's own answer, followed in the victim's browser."""
        attacker, victim = Browser(server), Browser(server)
        back = provider.signs_in(begin(attacker), "attacker")
        begin(victim)

        for browser in (victim, Browser(server)):
            assert where(come_back(browser, back)) == OVER
            assert browser.cookie() == ""

    def test_a_wrong_state_spends_nothing(self, server: Server, provider: RunningProvider) -> None:
        browser = Browser(server)
        back = provider.signs_in(begin(browser), "asa")

        for state in ("", "x", "0" * 64, "å"):
            changed = back.replace(openid.state_of(back), state)
            assert where(come_back(browser, changed)) == OVER
        assert where(come_back(browser, back)) == SIGNED_IN_PAGE

    def test_it_is_over_after_ten_minutes(self, server: Server, provider: RunningProvider) -> None:
        browser = Browser(server)
        back = provider.signs_in(begin(browser), "asa")
        older(server, "attempts", "begun_at", timedelta(minutes=10, seconds=1))

        assert where(come_back(browser, back)) == OVER

    def test_who_says_no_at_the_provider_is_told_so(self, server: Server, provider: RunningProvider) -> None:
        browser = Browser(server)
        address = begin(browser)

        answer = come_back(browser, f"/sign-in/back?error=access_denied&state={openid.state_of(address)}")

        assert where(answer) == FAILED
        assert browser.cookie() == ""

    @pytest.mark.parametrize(
        "spoiled",
        [
            Spoiled(claims={"nonce": "of-another-question"}),
            Spoiled(without=("nonce",)),
            Spoiled(claims={"aud": "another-service"}),
            Spoiled(claims={"aud": [CLIENT_ID, "another-service"]}),
            Spoiled(claims={"azp": "another-service"}),
            Spoiled(claims={"iss": "https://login.evil.example"}),
            Spoiled(claims={"exp": 1_000_000_000}),
            Spoiled(without=("exp",)),
            Spoiled(claims={"iat": 4_000_000_000}),
            Spoiled(claims={"sub": ""}),
            Spoiled(claims={"sub": 17}),
            Spoiled(claims={"sub": "a" * 256}),
            Spoiled(without=("sub",)),
            Spoiled(key=jwk.RSAKey.generate_key(2048)),
            Spoiled(header={"kid": "a-key-it-does-not-show"}),
            Spoiled(header={"alg": "HS256"}, key=jwk.OctKey.import_key(CLIENT_SECRET)),
        ],
        ids=[
            "nonce of another", "no nonce", "for another", "for others too", "azp", "another issuer",
            "expired", "never expires", "of the future", "nobody", "a number", "too long", "no subject",
            "another key", "unknown key", "signed with our secret",
        ],
    )  # fmt: skip
    def test_a_token_that_is_not_as_it_must_be_is_not_believed(
        self, server: Server, provider: RunningProvider, spoiled: Spoiled
    ) -> None:
        provider.spoiled = spoiled
        browser = Browser(server)

        assert where(come_back(browser, provider.signs_in(begin(browser), "asa"))) == FAILED
        assert (browser.cookie(), count(server, "accounts")) == ("", 0)

    def test_an_unsigned_token_is_not_believed(self, server: Server, provider: RunningProvider) -> None:
        browser = Browser(server)
        address = begin(browser)
        nonce = parse_qs(urlsplit(address).query)["nonce"][0]
        claims = {
            "iss": provider.issuer,
            "aud": CLIENT_ID,
            "sub": "asa",
            "exp": 4e9,
            "iat": 1,
            "nonce": nonce,
        }
        parts = [base64url(json.dumps(part).encode()) for part in ({"alg": "none"}, claims)]
        token = json.dumps({"id_token": ".".join([*parts, ""])}).encode()
        provider.spoiled.answers["/oauth2/token"] = ("200 OK", [], token)

        assert where(come_back(browser, provider.signs_in(address, "asa"))) == FAILED

    def test_another_provider_that_answers_is_noticed(
        self, server: Server, provider: RunningProvider
    ) -> None:
        browser = Browser(server)
        back = provider.signs_in(begin(browser), "asa")

        assert where(come_back(browser, f"{back}&iss=https%3A%2F%2Flogin.evil.example")) == FAILED

    def test_one_that_says_it_names_itself_must(self, server: Server, provider: RunningProvider) -> None:
        provider.spoiled.about = {"authorization_response_iss_parameter_supported": True}
        silent, named = Browser(server), Browser(server)

        assert where(come_back(silent, provider.signs_in(begin(silent), "asa"))) == FAILED
        back = provider.signs_in(begin(named), "asa")
        assert where(come_back(named, f"{back}&iss={provider.issuer}")) == SIGNED_IN_PAGE

    @pytest.mark.parametrize(
        "about",
        [
            {"issuer": "https://login.evil.example"},
            {"authorization_endpoint": "https://login.evil.example/authorize"},
            {"authorization_endpoint": "javascript:alert(1)"},
            {"authorization_endpoint": None},
        ],
        ids=str,
    )
    def test_a_browser_is_sent_to_the_providers_own_hosts_alone(
        self, server: Server, provider: RunningProvider, about: dict[str, Any]
    ) -> None:
        provider.spoiled.about = about

        assert problem(Browser(server).post("/sign-in/provider/ostersund")) == "provider-failed"

    @pytest.mark.parametrize(
        "about",
        [{"token_endpoint": "http://127.0.0.1:1/token"}, {"jwks_uri": "file:///etc/passwd"}],
        ids=str,
    )
    def test_nobody_else_is_asked(
        self, server: Server, provider: RunningProvider, about: dict[str, Any]
    ) -> None:
        provider.spoiled.about = about
        browser = Browser(server)

        assert where(come_back(browser, provider.signs_in(begin(browser), "asa"))) == FAILED

    @pytest.mark.parametrize(
        "answer",
        [
            ("302 Found", [("Location", "/elsewhere")], b""),
            ("500 Oh", [], b"{}"),
            ("200 OK", [], b"<html>"),
            ("200 OK", [], b"[]"),
            ("200 OK", [], b'{"id_token": 7}'),
            ("200 OK", [], b'{"a":"' + b"x" * 300_000 + b'"}'),
            ("200 OK", [("Content-Encoding", "gzip")], b"\x1f\x8b"),
        ],
        ids=["redirect", "broken", "no JSON", "a list", "a number", "too much", "packed"],
    )
    def test_an_answer_that_is_none_is_the_providers_failure(
        self, server: Server, provider: RunningProvider, answer: Any
    ) -> None:
        browser = Browser(server)
        back = provider.signs_in(begin(browser), "asa")
        provider.spoiled.answers["/oauth2/token"] = answer

        assert where(come_back(browser, back)) == FAILED

    def test_a_provider_that_is_gone_is_told_so(
        self, make_server: Callable[..., Server], server: Server, tmp_path: Path
    ) -> None:
        (tmp_path / "p.toml").write_text(
            '[x]\nname = "X"\nissuer = "http://localhost:1"\nclient_id = "r"\nclient_secret_env = "PATH"\n'
        )
        alone = make_server(ROTFASTE_PROVIDERS=str(tmp_path / "p.toml"))
        with contextlib.closing(alone.edge.database):
            answer = Browser(alone).post("/sign-in/provider/x")

        assert (answer.status_code, problem(answer)) == (424, "provider-failed")
        assert problem(Browser(server).post("/sign-in/provider/nobody")) == "unknown-provider"

    def test_an_own_page_alone_begins_it(self, server: Server) -> None:
        answer = Browser(server).post("/sign-in/provider/ostersund", Origin="https://evil.example")

        assert problem(answer) == "cross-site"

    def test_it_leads_on_to_no_page_but_ours(self, server: Server, provider: RunningProvider) -> None:
        browser = Browser(server)
        back = provider.signs_in(begin(browser), "asa")

        answer = come_back(browser, f"{back}&next=https://evil.example&redirect_uri=//evil.example")

        assert where(answer) == SIGNED_IN_PAGE

    def test_what_a_mail_code_began_is_not_finished_here(
        self, server: Server, provider: RunningProvider
    ) -> None:
        browser = Browser(server)
        browser.post("/sign-in/code", {"address": browser.address})
        state = sha256(f"state {browser.cookie(ATTEMPT)}".encode()).hexdigest()

        assert where(come_back(browser, f"/sign-in/back?code=x&state={state}")) == OVER

    def test_a_code_by_mail_is_not_offered_where_none_can_be_sent(
        self, make_server: Callable[..., Server], server: Server
    ) -> None:
        public = make_server(ROTFASTE_PUBLIC_ADDRESS="https://quest.example.se")
        with contextlib.closing(public.edge.database):
            browser = Browser(public)

            assert not browser.get("/sign-in").get_json()["code"]
            answer = browser.post(
                "/sign-in/code", {"address": browser.address}, Origin="https://quest.example.se"
            )
            assert problem(answer) == "mail-off"


class TestAcr:
    def test_what_the_operator_asks_for_must_be_said(
        self, server: Server, provider: RunningProvider, file: Path, tmp_path: Path
    ) -> None:
        wanted = tmp_path / "strict.toml"
        wanted.write_text(
            file.read_text().replace('municipality = "2380"', 'municipality = "2380"\nacr = "mfa"')
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(server, "edge", with_providers(server, wanted))
            patch.setitem(server.extensions, "rotfaste", server.edge)
            weak, strong = Browser(server), Browser(server)
            address = begin(weak)

            assert parse_qs(urlsplit(address).query)["acr_values"] == ["mfa"]
            assert where(come_back(weak, provider.signs_in(address, "asa"))) == FAILED
            provider.spoiled.claims = {"acr": "mfa"}
            assert where(come_back(strong, provider.signs_in(begin(strong), "asa"))) == SIGNED_IN_PAGE
