"""Attacks on those who sign in, by name; what is tried elsewhere already stands in docs/security/attacks.md."""

import contextlib
import re
import uuid
from collections.abc import Callable

import pytest

from server.app import Server
from server.policy import ACTS, POLICY, Door
from server.policy.rights import DUTIES
from server.stores import duties
from server.stores.duties import Duty
from server.use_cases import sign_in
from tests.server.api.people import Browser, add_passkey, answers, person
from tests.server.api.test_bodies import applied
from tests.server.api.things import NOW, problem

EVIL = "https://evil.example"


def test_guessing_codes_over_many_addresses_is_counted_by_where_it_comes_from(
    make_server: Callable[..., Server], server: Server
) -> None:
    careful = make_server(ROTFASTE_LIMIT_SIGN_IN="8")
    with contextlib.closing(careful.edge.database):
        said = []
        for number in range(5):
            browser = Browser(careful)  # another browser and another address each time
            said += [
                browser.post("/sign-in/code", {"address": f"{number}@example.se"}).status_code,
                browser.post("/sign-in/code/check", {"code": "000000"}).status_code,
            ]
        elsewhere = Browser(careful)
        elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.9"

        assert said[8:] == [429, 429]
        assert elsewhere.post("/sign-in/code", {"address": "9@example.se"}).status_code == 202


def test_a_code_asked_for_again_brings_no_more_tries_for_the_first(server: Server) -> None:
    first, again = Browser(server), Browser(server)
    first.post("/sign-in/code", {"address": first.address})
    code = first.mailed_code()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert problem(first.post("/sign-in/code/check", {"code": wrong})) == "wrong-code"
    again.post("/sign-in/code", {"address": first.address})

    assert problem(first.post("/sign-in/code/check", {"code": code})) == "attempt-over"


def from_network(server: Server, number: int, address: str = "") -> Browser:
    browser = Browser(server, address=address) if address else Browser(server)
    browser.client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
    return browser


def wrong_guesses(browser: Browser, codes: int, address: str) -> list[str]:
    """What is said to five guesses at each code."""
    said = []
    for _ in range(codes):
        if browser.post("/sign-in/code", {"address": address}).status_code == 202:
            code = f"{(int(browser.mailed_code(address)) + 1) % 1_000_000:06d}"
            said += [problem(browser.post("/sign-in/code/check", {"code": code})) for _ in range(5)]
    return said


def test_a_stranger_who_asks_for_codes_shuts_nobody_out(server: Server) -> None:
    owner = Browser(server).sign_in()
    assert owner.delete("/sign-in").status_code == 204
    ask = {"address": owner.address}
    said = [
        [from_network(server, number).post("/sign-in/code", ask).status_code for _ in range(11)]
        for number in range(3)
    ]
    assert said[0] == [202] * sign_in.OF_NETWORK.codes + [429]
    assert [one for some in said for one in some].count(
        202
    ) == sign_in.OF_NETWORKS.codes - 1  # the owner's first code was a stranger's
    assert problem(from_network(server, 9).post("/sign-in/code", ask)) == "codes-sent"

    account = owner.account
    assert owner.sign_in().account == account


def test_a_strangers_wrong_guesses_spend_nothing_of_a_known_browsers(server: Server) -> None:
    owner = Browser(server).sign_in()
    owner.delete("/sign-in")

    said = [
        one for number in range(5) for one in wrong_guesses(from_network(server, number), 3, owner.address)
    ]

    assert said.count("wrong-code") == sign_in.OF_NETWORKS.wrong
    assert owner.sign_in().account


def test_a_code_that_was_sent_before_is_worth_nothing_when_a_days_guesses_are_spent(server: Server) -> None:
    address = "anna@example.se"
    first = from_network(server, 1)
    assert first.post("/sign-in/code", {"address": address}).status_code == 202
    code = first.mailed_code(address)

    wrong_guesses(from_network(server, 1), 2, address)

    assert problem(first.post("/sign-in/code/check", {"code": code})) == "attempt-over"


def test_a_browser_is_known_for_its_own_account_alone(server: Server) -> None:
    thief, victim = from_network(server, 1).sign_in(), from_network(server, 2).sign_in()
    own = thief.cookie("__Host-known")
    forged = f"{own.partition('.')[0]}.{'0' * 64}"
    assert wrong_guesses(thief, 3, victim.address).count("wrong-code") == sign_in.OF_NETWORK.wrong

    for known in (own, forged, "", ".", "é"):
        thief.client.set_cookie("__Host-known", known, secure=True)
        assert problem(thief.post("/sign-in/code", {"address": victim.address})) == "codes-sent"
    assert victim.account not in own


def test_a_days_guesses_at_one_address_are_one_in_twenty_thousand(server: Server) -> None:
    """Also by who has read the mail once, in as many browsers as they like."""
    address = from_network(server, 1).sign_in().address
    known = [from_network(server, number, address).sign_in() for number in range(2, 5)]

    guesses = [one for browser in known for one in wrong_guesses(browser, 5, address)]
    guesses += [
        one for number in range(9, 14) for one in wrong_guesses(from_network(server, number), 3, address)
    ]

    assert guesses.count("wrong-code") == sign_in.OF_NETWORKS.wrong + sign_in.OF_BROWSERS.wrong
    assert 20_000 * guesses.count("wrong-code") <= 10**sign_in.CODE_DIGITS


def test_a_browser_that_somebody_else_began_in_is_not_signed_in_as_them(server: Server) -> None:
    """Fixation: what a thief planted as the session is neither taken over nor left in force."""
    thief, victim = Browser(server).sign_in(), Browser(server)
    victim.client.set_cookie("__Host-session", thief.cookie(), secure=True)
    victim.sign_in()

    assert victim.account != thief.account
    assert victim.cookie() != thief.cookie()
    assert problem(thief.get("/account")) == "signed-out"


CHANGES = sorted(
    route
    for route, row in POLICY.items()
    if row.door in {Door.PERSON, Door.PERSON_AND_DEVICE, Door.VISITOR} and not route.startswith("GET ")
)


def test_a_page_of_another_site_changes_nothing_by_any_route(server: Server) -> None:
    victim = person(server, how="passkey", administrator="", guide="2309", moderator="")

    for route in CHANGES:
        method, _, rule = route.partition(" ")
        path = re.sub("<[a-z_]+>", str(uuid.UUID(int=4)), rule).removeprefix("/api/v1")
        answer = victim.ask(method, path, {}, Origin=EVIL, Sec_Fetch_Site="cross-site")
        assert problem(answer) == "cross-site", route
    assert len(CHANGES) >= 40
    assert victim.see()["leaves_at"] is None


PAGES = ("/", "/find", "/about/privacy", "/welcome", "/api/v1/docs", "/studio", "/studio/sign-in", "/nowhere")


@pytest.mark.parametrize("path", PAGES)
def test_no_page_stands_in_a_frame_of_another_site(server: Server, path: str) -> None:
    answer = server.test_client().get(path)
    policies = [
        part.split()
        for part in answer.headers["Content-Security-Policy"].split(";")
        if "frame-ancestors" in part
    ]

    assert policies == [["frame-ancestors", "'none'"]]


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "//evil.example/studio",
        "/%2Fevil.example",
        "/%5Cevil.example",
        f"/studio?next={EVIL}",
        f"/studio/sign-in?next=//evil.example&return_to={EVIL}",
        f"/sign-in/back?next={EVIL}&state=x&code=y",
        f"/sign-in/back?state=x&error={EVIL}",
        f"/q/JH23456?url={EVIL}",
        f"/?redirect={EVIL}",
    ],
)
def test_no_address_leads_to_another_site(server: Server, path: str) -> None:
    answer = server.test_client().get(path)

    where = answer.headers.get("Location", "/")
    assert where.startswith("/")
    assert not where.startswith(("//", "/\\"))
    assert "evil" not in where


def test_what_is_changed_in_a_duty_asks_for_more_than_a_code_on_every_route() -> None:
    in_duty = {
        route: ACTS[row.act]
        for route, row in POLICY.items()
        if row.act is not None
        and not route.startswith("GET ")
        and any(who & DUTIES for who in ACTS[row.act].may.values())
    }

    assert [route for route, act in in_duty.items() if not act.strong] == []
    assert len(in_duty) >= 8


def test_who_is_given_a_duty_and_has_no_passkey_is_led_to_make_one(server: Server) -> None:
    body = applied(person(server))
    guide = person(server, guide="2309")
    assert guide.see()["needs_passkey"]
    assert problem(answers(guide, body)) == "sign-in-stronger"
    passkey = add_passkey(guide)
    assert not guide.see()["needs_passkey"]
    options = guide.post("/sign-in/passkey").get_json()["options"]
    guide.post("/sign-in/passkey/check", {"credential": passkey.sign(options)})

    assert answers(guide, body).status_code == 200
    assert not person(server).see()["needs_passkey"]
    assert not person(server, insights="2309").see()["needs_passkey"]


def test_a_passkey_that_was_removed_opens_nothing(server: Server) -> None:
    owner = Browser(server).sign_in()
    lost = add_passkey(owner)
    assert owner.delete(f"/account/passkeys/{owner.see()['passkeys'][0]['id']}").status_code == 204
    finder = Browser(server)
    options = finder.post("/sign-in/passkey").get_json()["options"]

    assert (
        problem(finder.post("/sign-in/passkey/check", {"credential": lost.sign(options)})) == "wrong-passkey"
    )


def test_a_passkey_that_was_removed_leaves_no_session_that_it_began(server: Server) -> None:
    owner = Browser(server).sign_in()
    lost = add_passkey(owner)
    finder = Browser(server)
    options = finder.post("/sign-in/passkey").get_json()["options"]
    finder.post("/sign-in/passkey/check", {"credential": lost.sign(options)})
    assert finder.get("/account").status_code == 200

    owner.delete(f"/account/passkeys/{owner.see()['passkeys'][0]['id']}")

    assert problem(finder.get("/account")) == "signed-out"
    assert owner.get("/account").status_code == 200


class TestWaysIn:
    def test_who_reads_a_moderators_mail_makes_no_passkey_for_the_account(self, server: Server) -> None:
        """Else a stolen mailbox would be as good as the moderator's own phone."""
        moa = Browser(server).sign_in()
        with server.edge.database.transaction() as connection:
            duties.give(connection, moa.account, Duty("moderator", ""), NOW)
        phone = add_passkey(moa)
        thief = Browser(server, address=moa.address).sign_in()
        assert thief.account == moa.account

        (own,) = thief.see()["passkeys"]
        assert problem(thief.post("/account/passkey")) == "sign-in-stronger"
        assert problem(thief.delete(f"/account/passkeys/{own['id']}")) == "sign-in-stronger"
        options = moa.post("/sign-in/passkey").get_json()["options"]
        assert moa.post("/sign-in/passkey/check", {"credential": phone.sign(options)}).status_code == 200
        assert moa.post("/account/passkey").status_code == 200
