"""Signing in at an OpenID provider, a real one that runs beside: what comes in, and everything that must not."""

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwk
from werkzeug.test import TestResponse

from server.api.sign_in import SIGN_IN_PAGE, SIGNED_IN_PAGE
from server.app import Server
from server.config import SettingError, read_settings
from server.openid import Providers, read_providers
from server.wiring import open_providers
from tests.server.api import provider as openid
from tests.server.api.people import ATTEMPT, ORIGIN, SESSION, Browser, base64url
from tests.server.api.provider import CLIENT_ID, CLIENT_SECRET, RunningProvider, Spoiled
from tests.server.api.test_sign_in import count, older
from tests.server.api.things import problem

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries that the provider is made of


@pytest.fixture(scope="module")
def running() -> Iterator[RunningProvider]:
    with openid.running() as provider:
        yield provider


@pytest.fixture(scope="module")
def file(running: RunningProvider, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("providers")
    (folder / "secret").write_text(CLIENT_SECRET + "\n")
    file = folder / "providers.toml"
    file.write_text(
        f"""
        [ostersund]
        name = "Östersunds kommun"
        issuer = "{running.issuer}"
        client_id = "{CLIENT_ID}"
        client_secret_file = "{folder / "secret"}"
        municipality = "2380"
        [[ostersund.duties]]
        claim = "groups"
        value = "lotsar"
        duty = "guide"
        [[ostersund.duties]]
        claim = "groups"
        value = "chefer"
        duty = "guide"
        """
    )
    return file


@pytest.fixture
def provider(running: RunningProvider) -> Iterator[RunningProvider]:
    running.spoiled, running.users = Spoiled(), {}
    running.asked.clear()
    yield running
    assert running.broken == []


@pytest.fixture
def server(server: Server, file: Path, provider: RunningProvider) -> Iterator[Server]:
    """The application that the other tests have, with the provider besides; nothing of it is known yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "edge", with_providers(server, file))
        patch.setitem(server.extensions, "rotfaste", server.edge)
        yield server


def with_providers(server: Server, file: Path) -> Any:
    import dataclasses

    return dataclasses.replace(server.edge, providers=Providers(read_providers(file)))


def begin(browser: Browser) -> str:
    answer = browser.post("/sign-in/provider/ostersund")
    assert answer.status_code == 200, answer.text
    address: str = answer.get_json()["address"]
    return address


def come_back(browser: Browser, address: str) -> TestResponse:
    """As the browser follows the provider: from another site, with the cookies that come along then."""
    parts = urlsplit(address)
    return browser.client.get(parts.path, query_string=parts.query, headers={"Sec-Fetch-Site": "cross-site"})


def where(answer: TestResponse) -> str:
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


FAILED, OVER = f"{SIGN_IN_PAGE}#provider-failed", f"{SIGN_IN_PAGE}#attempt-over"


def signed_in(server: Server, provider: RunningProvider, subject: str = "asa", **claims: Any) -> Browser:
    provider.know(subject, **claims)
    browser = Browser(server)
    answer = come_back(browser, provider.signs_in(begin(browser), subject))
    assert where(answer) == SIGNED_IN_PAGE
    return browser


class TestComingIn:
    def test_whom_the_provider_vouches_for_comes_in_and_is_known_again(
        self, server: Server, provider: RunningProvider
    ) -> None:
        first = signed_in(server, provider, name="Åsa \n Berg", email="asa@kommun.example").see()
        again = signed_in(server, provider).see()

        assert (first["name"], first["address"], first["providers"]) == ("Åsa Berg", None, [provider.issuer])
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
        from tests.server.api.people import add_passkey

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


class TestFile:
    @pytest.mark.parametrize(
        "changed, said",
        [
            ({"issuer": "http://login.example.se"}, "issuer: 'http://login.example.se' is no address"),
            ({"issuer": "https://login.example.se?x=1"}, "issuer: "),
            ({"also": ["ftp://x"]}, "also: 'ftp://x' is no address"),
            ({"client_secret_env": "NOWHERE"}, "the variable NOWHERE holds no secret"),
            ({"client_secret_file": "/nowhere"}, "name the file with the secret, or"),
            ({"municipality": "Östersund"}, "SCB's code of four digits"),
            ({"name": ""}, "must be what people know it as"),
            ({"colour": "red"}, "colour"),
            ({"duties": [{"claim": "g", "value": "x", "duty": "administrator"}]}, "Invalid enum value"),
            ({"duties": [{"claim": "g", "value": "x", "duty": "guide"}]}, "a guide is of one municipality"),
        ],
        ids=str,
    )  # fmt: skip
    def test_a_mistake_is_told_with_its_place(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], said: str
    ) -> None:
        monkeypatch.setenv("SECRET", "s")
        told = {
            "name": "X",
            "issuer": "https://login.example.se",
            "client_id": "r",
            "client_secret_env": "SECRET",
            **changed,
        }
        file = tmp_path / "p.toml"
        file.write_text("[x]\n" + "".join(f"{name} = {_toml(value)}\n" for name, value in told.items()))

        with pytest.raises(SettingError) as wrong:
            open_providers(read_settings({"ROTFASTE_PROVIDERS": str(file)}))

        assert said in str(wrong.value)
        assert str(file) in str(wrong.value)

    def test_the_form_can_be_filled_in(self, tmp_path: Path) -> None:
        form = (Path(__file__).parents[3] / "deploy/providers.toml").read_text()
        lines = form.splitlines()
        begin = lines.index("# [ostersund]")
        filled = [
            line.removeprefix("# ") if "=" in line or line.startswith("# [") else line
            for line in lines[begin:]
        ]
        secret = tmp_path / "secret"
        secret.write_text("s")
        file = tmp_path / "p.toml"
        file.write_text("\n".join(filled).replace("/etc/rotfaste/ostersund.secret", str(secret)))

        (one,) = read_providers(file)

        assert (one.key, one.municipality, one.rules[0].duty) == ("ostersund", "2380", "guide")
        assert one.origins == {"https://login.kommun.example", "https://keys.kommun.example"}
        assert "s" not in repr(one).split("client_secret")[-1][:3]


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
