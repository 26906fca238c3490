"""Signing in: a code or a passkey, on an equal footing; and everybody who tries to come in as somebody else."""

import contextlib
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from server.app import Server
from server.use_cases import mails
from tests.server.api.people import (
    ATTEMPT,
    ORIGIN,
    SESSION,
    Authenticator,
    Browser,
    add_passkey,
    count,
    older,
    person,
)
from tests.server.api.things import problem


class TestCode:
    def test_the_first_code_makes_an_account_and_the_next_finds_it(self, server: Server) -> None:
        first = Browser(server).sign_in()
        again = Browser(server, address=first.address).sign_in()

        assert again.account == first.account
        assert again.see()["address"] == first.address
        assert count(server, "accounts") == 1

    def test_however_the_address_is_written_it_is_one(self, server: Server) -> None:
        first = Browser(server, address="stina@example.se").sign_in()
        again = Browser(server, address="stina@example.se")
        assert again.post("/sign-in/code", {"address": "  Stina@Example.SE "}).status_code == 202
        answer = again.post("/sign-in/code/check", {"code": again.mailed_code()})

        assert answer.get_json()["account"] == first.account

    @pytest.mark.parametrize("written", ["{0} {1}", "{0}-{1}", " {0}{1} "])
    def test_however_the_code_is_typed(self, server: Server, written: str) -> None:
        browser = Browser(server)
        browser.post("/sign-in/code", {"address": browser.address})
        code = browser.mailed_code()

        answer = browser.post("/sign-in/code/check", {"code": written.format(code[:3], code[3:])})

        assert answer.status_code == 200

    def test_nobody_learns_who_is_known_here(self, server: Server) -> None:
        known = Browser(server).sign_in()
        answers = [
            Browser(server).post("/sign-in/code", {"address": address})
            for address in (known.address, "nobody@example.se")
        ]

        assert answers[0].data == answers[1].data
        assert answers[0].status_code == answers[1].status_code == 202

    def test_the_mail_is_in_the_readers_language_and_has_no_address_to_press(self, server: Server) -> None:
        browser = Browser(server)
        browser.post("/sign-in/code?lang=uk", {"address": browser.address})
        ((subject, body),) = server.edge.database.private.read("SELECT subject, body FROM people.mails")

        assert re.search("[а-яі]", subject + body)
        assert "://" not in body

    def test_five_wrong_codes_and_it_is_worth_nothing(self, server: Server) -> None:
        browser = Browser(server)
        browser.post("/sign-in/code", {"address": browser.address})
        code = browser.mailed_code()
        wrong = "000000" if code != "000000" else "111111"

        said = [problem(browser.post("/sign-in/code/check", {"code": wrong})) for _ in range(6)]

        assert said == ["wrong-code"] * 5 + ["attempt-over"]
        assert problem(browser.post("/sign-in/code/check", {"code": code})) == "attempt-over"

    def test_guesses_at_once_are_as_many_tries(self, server: Server) -> None:
        browser = Browser(server)
        browser.post("/sign-in/code", {"address": browser.address})
        token, code = browser.cookie(ATTEMPT), browser.mailed_code()
        wrong = "000000" if code != "000000" else "111111"

        def guess(_: int) -> str:
            client = server.test_client()
            client.set_cookie(ATTEMPT, token, secure=True)
            answer = client.post(
                "/api/v1/sign-in/code/check", json={"code": wrong}, headers={"Origin": ORIGIN}
            )
            return problem(answer)

        with ThreadPoolExecutor(8) as guessers:
            said = list(guessers.map(guess, range(24)))

        assert said.count("wrong-code") == 5
        assert said.count("attempt-over") == 19

    def test_a_code_is_used_once(self, server: Server) -> None:
        browser = Browser(server)
        browser.post("/sign-in/code", {"address": browser.address})
        code, token = browser.mailed_code(), browser.cookie(ATTEMPT)
        assert browser.post("/sign-in/code/check", {"code": code}).status_code == 200
        browser.client.set_cookie(ATTEMPT, token, secure=True)

        assert problem(browser.post("/sign-in/code/check", {"code": code})) == "attempt-over"

    def test_a_code_is_worth_nothing_in_another_browser(self, server: Server) -> None:
        """Whoever talks a person out of a code over the telephone has not begun in that person's browser."""
        victim, thief = Browser(server), Browser(server)
        victim.post("/sign-in/code", {"address": victim.address})
        thief.post("/sign-in/code", {"address": thief.address})

        assert problem(thief.post("/sign-in/code/check", {"code": victim.mailed_code()})) == "wrong-code"
        assert problem(Browser(server).post("/sign-in/code/check", {"code": victim.mailed_code()})) == (
            "attempt-over"
        )

    def test_after_ten_minutes_it_is_too_old(self, server: Server) -> None:
        browser = Browser(server)
        browser.post("/sign-in/code", {"address": browser.address})
        older(server, "attempts", "begun_at", timedelta(minutes=10, seconds=1))

        assert problem(browser.post("/sign-in/code/check", {"code": browser.mailed_code()})) == "attempt-over"

    def test_nobodys_mailbox_is_flooded(self, server: Server) -> None:
        address = "anna@example.se"
        said = [Browser(server).post("/sign-in/code", {"address": address}).status_code for _ in range(11)]

        assert said == [202] * 10 + [429]
        assert count(server, "mails") == 10
        older(server, "attempts", "begun_at", timedelta(days=1))
        assert Browser(server).post("/sign-in/code", {"address": address}).status_code == 202

    @pytest.mark.parametrize(
        "address",
        [
            "anna",
            "anna@",
            "@example.se",
            "anna@example",
            "an na@example.se",
            "anna@example.se\nBcc: all@example.se",
            "anna@example.se,olle@example.se",
            "<anna@example.se>",
            "anna@-example.se",
            "anna@ex..ample.se",
            "a" * 65 + "@example.se",
        ],
    )
    def test_what_cannot_be_an_address_is_told_so(self, server: Server, address: str) -> None:
        said = problem(Browser(server).post("/sign-in/code", {"address": address}))

        assert said == ("invalid-body" if "\n" in address else "bad-address")
        assert count(server, "mails") == 0

    def test_nothing_in_the_database_lets_anybody_in(self, server: Server) -> None:
        browser = Browser(server)
        browser.post("/sign-in/code", {"address": browser.address})
        code, attempt = browser.mailed_code(), browser.cookie(ATTEMPT)
        browser.post("/sign-in/code/check", {"code": code})
        with server.edge.database.transaction() as connection:
            connection.execute("DELETE FROM people.mails")  # as it is once it is sent
        everything = str(
            server.edge.database.private.read(
                "SELECT (SELECT json_agg(a) FROM people.attempts a), (SELECT json_agg(s) FROM people.sessions s)"
            )
        )

        assert code not in everything
        assert attempt not in everything
        assert browser.cookie() not in everything

    def test_what_was_begun_is_gone_after_a_day(self, server: Server) -> None:
        Browser(server).sign_in()
        older(server, "attempts", "begun_at", timedelta(days=1, seconds=1))
        older(server, "mails", "made_at", timedelta(days=1, seconds=1))

        mails.forget(server.edge.database, datetime.now(UTC))

        assert (count(server, "attempts"), count(server, "mails")) == (0, 0)


class TestPasskey:
    def test_a_person_adds_one_and_signs_in_with_it_without_typing_a_name(self, server: Server) -> None:
        owner = Browser(server).sign_in()
        phone = add_passkey(owner)
        elsewhere = Browser(server)
        options = elsewhere.post("/sign-in/passkey").get_json()["options"]

        answer = elsewhere.post("/sign-in/passkey/check", {"credential": phone.sign(options)})

        assert answer.get_json() == {"account": owner.account, "new": False}
        assert elsewhere.see()["is_strong"]
        assert not owner.see()["is_strong"]
        assert [one["name"] for one in owner.see()["passkeys"]] == ["min telefon"]
        assert "allowCredentials" not in options or options["allowCredentials"] == []
        assert options["userVerification"] == "required"

    def test_an_answer_is_used_once(self, server: Server) -> None:
        phone = add_passkey(Browser(server).sign_in())
        browser = Browser(server)
        credential = phone.sign(browser.post("/sign-in/passkey").get_json()["options"])
        token = browser.cookie(ATTEMPT)
        assert browser.post("/sign-in/passkey/check", {"credential": credential}).status_code == 200
        browser.client.set_cookie(ATTEMPT, token, secure=True)

        assert problem(browser.post("/sign-in/passkey/check", {"credential": credential})) == "attempt-over"

    @pytest.mark.parametrize(
        "spoilt",
        [
            {"origin": "https://r0tfaste.example"},
            {"host": "example.com"},
            {"verifies": False},
        ],
        ids=["another site's page", "another site's passkey", "no finger was asked for"],
    )
    def test_what_was_signed_elsewhere_or_by_nobody_is_nothing(
        self, server: Server, spoilt: dict[str, object]
    ) -> None:
        phone = add_passkey(Browser(server).sign_in())
        for name, value in spoilt.items():
            setattr(phone, name, value)
        browser = Browser(server)
        options = browser.post("/sign-in/passkey").get_json()["options"]

        answer = browser.post("/sign-in/passkey/check", {"credential": phone.sign(options)})

        assert problem(answer) == "wrong-passkey"
        assert browser.get("/account").status_code == 401

    def test_an_answer_to_another_question_is_nothing(self, server: Server) -> None:
        phone = add_passkey(Browser(server).sign_in())
        asked, other = Browser(server), Browser(server)
        options = other.post("/sign-in/passkey").get_json()["options"]
        asked.post("/sign-in/passkey")

        assert problem(asked.post("/sign-in/passkey/check", {"credential": phone.sign(options)})) == (
            "wrong-passkey"
        )

    def test_a_copy_that_counts_less_is_noticed(self, server: Server) -> None:
        phone = add_passkey(Browser(server).sign_in())
        browser = Browser(server)
        phone.signatures = 10
        browser.post(
            "/sign-in/passkey/check",
            {"credential": phone.sign(browser.post("/sign-in/passkey").get_json()["options"])},
        )
        phone.signatures = 3
        thief = Browser(server)
        options = thief.post("/sign-in/passkey").get_json()["options"]

        assert problem(thief.post("/sign-in/passkey/check", {"credential": phone.sign(options)})) == (
            "wrong-passkey"
        )

    def test_a_key_that_signs_for_anothers_id_is_nothing(self, server: Server) -> None:
        phone = add_passkey(Browser(server).sign_in())
        forged = Authenticator(credential_id=phone.credential_id, user=phone.user)
        thief = Browser(server)
        options = thief.post("/sign-in/passkey").get_json()["options"]

        assert problem(thief.post("/sign-in/passkey/check", {"credential": forged.sign(options)})) == (
            "wrong-passkey"
        )

    def test_a_question_for_one_person_adds_nothing_to_another(self, server: Server) -> None:
        victim, thief = Browser(server).sign_in(), Browser(server).sign_in()
        options = thief.post("/account/passkey").get_json()["options"]
        victim.client.set_cookie(ATTEMPT, thief.cookie(ATTEMPT), secure=True)  # planted

        answer = victim.post(
            "/account/passkey/check", {"credential": Authenticator().make(options), "name": "x"}
        )

        assert problem(answer) == "attempt-over"
        assert victim.see()["passkeys"] == []

    @pytest.mark.parametrize("credential", [{}, {"id": "!"}, {"id": "AAAA"}, {"id": "AAAA", "response": {}}])
    def test_rubbish_is_told_so(self, server: Server, credential: dict[str, object]) -> None:
        browser = Browser(server)
        browser.post("/sign-in/passkey")

        assert problem(browser.post("/sign-in/passkey/check", {"credential": credential})) == "invalid-body"

    def test_well_formed_rubbish_is_no_passkey(self, server: Server) -> None:
        browser, phone = Browser(server), add_passkey(Browser(server).sign_in())
        options = browser.post("/sign-in/passkey").get_json()["options"]
        credential = phone.sign(options)
        credential["response"] = dict.fromkeys(credential["response"], "AAAA")

        assert problem(browser.post("/sign-in/passkey/check", {"credential": credential})) == "wrong-passkey"

    def test_the_last_way_in_stays(self, server: Server) -> None:
        somebody = person(server, how="passkey")
        phone = add_passkey(somebody)
        shown = somebody.see()["passkeys"][0]["id"]

        assert problem(somebody.delete(f"/account/passkeys/{shown}")) == "last-way-in"
        add_passkey(somebody, Authenticator())
        assert somebody.delete(f"/account/passkeys/{shown}").status_code == 204
        assert problem(somebody.delete(f"/account/passkeys/{shown}")) == "unknown-passkey"
        browser = Browser(server)
        options = browser.post("/sign-in/passkey").get_json()["options"]
        assert problem(browser.post("/sign-in/passkey/check", {"credential": phone.sign(options)})) == (
            "wrong-passkey"
        )


class TestSession:
    def test_the_cookies_are_for_this_host_and_no_script(self, server: Server) -> None:
        browser = Browser(server)
        begun = browser.post("/sign-in/code", {"address": browser.address})
        signed_in = browser.post("/sign-in/code/check", {"code": browser.mailed_code()})

        for answer, name in ((begun, ATTEMPT), (signed_in, SESSION)):
            (cookie,) = [
                one
                for one in answer.headers.getlist("Set-Cookie")
                if one.startswith(name) and "Max-Age=0" not in one
            ]
            parts = {part.strip() for part in cookie.split(";")[1:]}
            assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
            assert not [part for part in parts if part.startswith("Domain")]
            assert answer.headers["Cache-Control"] == "no-store"

    def test_what_was_planted_before_is_worth_nothing_after(self, server: Server) -> None:
        browser = Browser(server)
        browser.client.set_cookie(SESSION, "planted-by-somebody-who-knows-it", secure=True)
        browser.sign_in()

        assert browser.cookie() != "planted-by-somebody-who-knows-it"
        thief = Browser(server)
        thief.client.set_cookie(SESSION, "planted-by-somebody-who-knows-it", secure=True)
        assert problem(thief.get("/account")) == "signed-out"

    def test_signing_in_again_ends_what_was_before(self, server: Server) -> None:
        browser = Browser(server).sign_in()
        before = browser.cookie()
        browser.sign_in()
        old = Browser(server)
        old.client.set_cookie(SESSION, before, secure=True)

        assert problem(old.get("/account")) == "signed-out"

    def test_a_stolen_cookie_is_worth_nothing_after_signing_out(self, server: Server) -> None:
        browser = Browser(server).sign_in()
        stolen = browser.cookie()
        assert browser.delete("/sign-in").status_code == 204
        thief = Browser(server)
        thief.client.set_cookie(SESSION, stolen, secure=True)

        assert problem(thief.get("/account")) == "signed-out"
        assert browser.cookie() == ""

    def test_a_person_sees_where_they_are_signed_in_and_ends_it(self, server: Server) -> None:
        here = Browser(server).sign_in()
        there = Browser(server, address=here.address)
        there.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Android 14; Mobile) Firefox/140.0"
        there.sign_in()
        shown = here.see()["sessions"]

        assert [one["current"] for one in shown] == [False, True]
        assert shown[0]["browser"] == "Firefox, Android"
        assert here.delete(f"/account/sessions/{shown[0]['id']}").status_code == 204
        assert problem(there.get("/account")) == "signed-out"
        assert problem(here.delete(f"/account/sessions/{shown[0]['id']}")) == "unknown-session"

    def test_nobody_ends_anothers(self, server: Server) -> None:
        victim, other = Browser(server).sign_in(), Browser(server).sign_in()
        session = victim.see()["sessions"][0]["id"]

        assert problem(other.delete(f"/account/sessions/{session}")) == "unknown-session"
        assert other.delete("/account/sessions").status_code == 204
        assert victim.get("/account").status_code == 200

    @pytest.mark.parametrize("column, days", [("ends_at", 90), ("seen_at", 31)])
    def test_one_ends_by_itself(self, server: Server, column: str, days: int) -> None:
        browser = Browser(server).sign_in()
        older(server, "sessions", column, timedelta(days=days))

        assert problem(browser.get("/account")) == "signed-out"

    def test_a_strong_one_is_so_for_twelve_hours(self, server: Server) -> None:
        somebody = person(server, how="passkey")
        assert somebody.see()["is_strong"]
        older(server, "sessions", "begun_at", timedelta(hours=12))

        assert not somebody.see()["is_strong"]


class TestOtherSites:
    """A cookie comes along with whatever page asks: only our own pages change anything by it."""

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example", "Sec_Fetch_Site": "cross-site"},
            {"Origin": "https://evil.example", "Sec_Fetch_Site": ""},
            {"Origin": "null", "Sec_Fetch_Site": ""},
            {"Origin": "", "Sec_Fetch_Site": ""},
            {"Origin": "http://localhost.evil.example", "Sec_Fetch_Site": ""},
            {"Origin": "http://localhost:8080", "Sec_Fetch_Site": "same-site"},
            {"Origin": ORIGIN, "Sec_Fetch_Site": "cross-site"},
        ],
        ids=str,
    )
    @pytest.mark.parametrize(
        "method, path, body",
        [
            ("PATCH", "/account", {"name": "Eva"}),
            ("POST", "/sign-in/code", {"address": "eva@example.se"}),
            ("POST", "/account/erasure", None),
            ("DELETE", "/sign-in", None),
        ],
    )
    def test_they_change_nothing(
        self, server: Server, headers: dict[str, str], method: str, path: str, body: object
    ) -> None:
        victim = person(server)

        assert problem(victim.ask(method, path, body, **headers)) == "cross-site"
        assert victim.see()["name"] == "Ali"
        assert victim.see()["leaves_at"] is None

    def test_they_read_nothing(self, server: Server) -> None:
        answer = person(server).get("/account", Origin="https://evil.example")

        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"

    def test_the_public_address_is_ours_behind_a_proxy(
        self, make_server: Callable[..., Server], server: Server
    ) -> None:
        ours = make_server(ROTFASTE_PUBLIC_ADDRESS="https://quest.example.se")
        with contextlib.closing(ours.edge.database):
            browser = Browser(ours)

            assert browser.post("/sign-in/passkey", Origin="https://quest.example.se").status_code == 200
            assert problem(browser.post("/sign-in/passkey", Origin=ORIGIN)) == "cross-site"


def test_guessing_is_counted(make_server: Callable[..., Server], server: Server) -> None:
    careful = make_server(ROTFASTE_LIMIT_SIGN_IN="5")
    with contextlib.closing(careful.edge.database):
        browser = Browser(careful)

        said = [browser.post("/sign-in/code/check", {"code": "123456"}).status_code for _ in range(6)]

        assert said == [410] * 5 + [429]
        assert (
            problem(person(careful).post("/invitations", {"code": "ABCD-EFGH-JKMN"})) == "too-many-requests"
        )


def test_one_knows_how_one_can_sign_in(server: Server) -> None:
    ways = Browser(server).get("/sign-in").get_json()

    assert ways["code"]
    assert ways["passkey"]
