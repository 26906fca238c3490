"""The own account: players and phones, everything that is stored, and leaving."""

import hashlib
import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from psycopg import sql

from server.app import Server
from server.stores import accounts as account_store
from server.stores import cases, duties, guides, looks, mine, proposals, reminders, stewards
from server.stores.duties import Duty
from server.stores.guides import Guide
from server.stores.proposals import Proposal
from server.stores.tombstones import read as read_stones
from server.tables import metadata
from server.use_cases import accounts, erase, sign_in
from server.use_cases.cases.opening import NewCase, open_case
from tests.server.api.people import (
    Authenticator,
    Browser,
    add_passkey,
    answers,
    make_body,
    older,
    person,
    put_into,
)
from tests.server.api.stories import told
from tests.server.api.test_bodies import APPLICATION
from tests.server.api.things import Phone, make_trail, problem, publish_all


def claimed(browser: Browser, phone: Phone) -> Phone:
    answer = browser.put("/account/player", Authorization=phone.bearer)
    assert answer.status_code == 204, answer.text
    return phone


def phone_of(server: Server) -> Phone:
    return Phone(server.test_client()).registered()


class TestPlayers:
    def test_a_new_phone_plays_on_where_the_old_one_was(self, server: Server) -> None:
        trail = make_trail()
        publish_all(server, trail)
        browser, old = Browser(server).sign_in(), phone_of(server)
        journey = old.begin(trail.quest)
        claimed(browser, old)
        new = Phone(server.test_client(), player=old.player)

        answer = browser.put(
            f"/account/players/{old.player}/devices/{new.device}", {"token_sha256": new.hash}
        )

        assert answer.status_code == 204, answer.text
        assert journey in new.get("/api/v1/journeys").text
        assert {one["id"] for one in browser.see()["players"][0]["devices"]} == {old.device, new.device}

    def test_a_lost_phone_is_shut_out(self, server: Server) -> None:
        browser, lost = Browser(server).sign_in(), phone_of(server)
        claimed(browser, lost)

        assert browser.delete(f"/account/players/{lost.player}/devices/{lost.device}").status_code == 204
        assert problem(lost.get("/api/v1/journeys")) == "unknown-token"
        assert problem(browser.delete(f"/account/players/{lost.player}/devices/{lost.device}")) == (
            "unknown-device"
        )

    def test_claiming_takes_the_phone_itself(self, server: Server) -> None:
        """Whoever only knows a player's id has nothing; the id is in no answer to others, but even so."""
        thief, victim = Browser(server).sign_in(), phone_of(server)

        assert problem(thief.put("/account/player")) == "unknown-token"
        forged = f"Bearer {victim.player}.{'A' * 43}"
        assert problem(thief.put("/account/player", Authorization=forged)) == "unknown-token"
        device = str(uuid.uuid4())
        answer = thief.put(
            f"/account/players/{victim.player}/devices/{device}",
            {"token_sha256": hashlib.sha256(b"x").hexdigest()},
        )
        assert problem(answer) == "unknown-player"
        assert problem(thief.delete(f"/account/players/{victim.player}/devices/{victim.device}")) == (
            "unknown-player"
        )
        assert victim.get("/api/v1/journeys").status_code == 200

    def test_a_claimed_player_is_not_claimed_again_until_it_is_let_go(self, server: Server) -> None:
        first, second, phone = Browser(server).sign_in(), Browser(server).sign_in(), phone_of(server)
        claimed(first, phone)
        claimed(first, phone)

        assert problem(second.put("/account/player", Authorization=phone.bearer)) == "claimed-by-another"
        assert first.delete(f"/account/players/{phone.player}").status_code == 204
        assert problem(first.delete(f"/account/players/{phone.player}")) == "unknown-player"
        claimed(second, phone)
        assert first.see()["players"] == []

    def test_a_device_of_another_registration_is_told_so(self, server: Server) -> None:
        browser, phone = Browser(server).sign_in(), phone_of(server)
        claimed(browser, phone)
        path = f"/account/players/{phone.player}/devices/{phone.device}"

        assert browser.put(path, {"token_sha256": phone.hash}).status_code == 204
        assert problem(browser.put(path, {"token_sha256": "0" * 64})) == "device-taken"

    def test_there_are_only_so_many_phones(self, server: Server) -> None:
        browser, phone = Browser(server).sign_in(), phone_of(server)
        claimed(browser, phone)

        def join(number: int) -> int:
            token = hashlib.sha256(str(number).encode()).hexdigest()
            path = f"/account/players/{phone.player}/devices/{uuid.uuid4()}"
            return browser.put(path, {"token_sha256": token}).status_code

        assert [join(number) for number in range(accounts.DEVICES_MOST)] == [204] * 19 + [429]

    def test_an_erased_player_leaves_the_account(self, server: Server) -> None:
        browser, phone = Browser(server).sign_in(), phone_of(server)
        claimed(browser, phone)
        now = datetime.now(UTC)
        erase.erase_player(server.edge.database, phone.player, now, server.edge.settings.tombstones_file)

        assert browser.see()["players"] == []


class TestAddress:
    def test_another_address_takes_the_place_of_the_old_one(self, server: Server) -> None:
        browser = Browser(server).sign_in()
        browser.post("/account/address", {"address": "ny@example.se"})
        answer = browser.post("/account/address/check", {"code": browser.mailed_code("ny@example.se")})

        assert answer.get_json()["address"] == "ny@example.se"
        old = Browser(server, address=browser.address).sign_in()
        assert old.account != browser.account
        assert Browser(server, address="ny@example.se").sign_in().account == browser.account

    def test_the_older_one_is_told_so_that_nobody_loses_an_account_unawares(self, server: Server) -> None:
        browser = Browser(server).sign_in()
        browser.post("/account/address", {"address": "ny@example.se"})
        browser.post("/account/address/check", {"code": browser.mailed_code("ny@example.se")})

        ((subject, body),) = server.edge.database.private.read(
            "SELECT subject, body FROM people.mails WHERE address = %(old)s AND subject NOT LIKE '%%code%%'",
            {"old": browser.address},
        )
        assert subject == "Your account has another address now"
        assert "http://localhost/about/privacy" in body
        assert "ny@example.se" not in body

    def test_a_browser_that_somebody_left_signed_in_changes_no_way_in(self, server: Server) -> None:
        left = Browser(server).sign_in()
        older(server, "sessions", "begun_at", sign_in.FRESH_LASTS)

        assert problem(left.post("/account/address", {"address": "tjuv@example.se"})) == "sign-in-again"
        assert problem(left.post("/account/passkey")) == "sign-in-again"
        assert left.see()["address"] == left.address

    def test_one_that_is_left_between_the_code_and_its_typing_changes_nothing(self, server: Server) -> None:
        left = Browser(server).sign_in()
        left.post("/account/address", {"address": "tjuv@example.se"})
        older(server, "sessions", "begun_at", sign_in.FRESH_LASTS)

        answer = left.post("/account/address/check", {"code": left.mailed_code("tjuv@example.se")})

        assert problem(answer) == "sign-in-again"
        assert left.see()["address"] == left.address

    def test_nobody_takes_anothers(self, server: Server) -> None:
        victim, thief = Browser(server).sign_in(), Browser(server).sign_in()
        thief.post("/account/address", {"address": victim.address})
        code = thief.mailed_code(victim.address)  # as if the victim had read it out

        assert problem(thief.post("/account/address/check", {"code": code})) == "address-taken"
        assert victim.see()["address"] == victim.address


class TestChanging:
    def test_a_person_is_called_what_they_want(self, server: Server) -> None:
        browser = Browser(server).sign_in()
        answer = browser.patch("/account", {"name": "  Åsa\u00a0 Lindström ", "is_adult": True})

        assert answer.get_json()["name"] == "Åsa Lindström"
        assert answer.get_json()["is_adult"]
        assert browser.patch("/account", {"language": "sv-simple"}).get_json()["name"] == "Åsa Lindström"

    @pytest.mark.parametrize("field", ["id", "leaves_at", "duties", "address", "is_strong", "how", "role"])
    def test_what_is_not_a_persons_to_change_is_refused(self, server: Server, field: str) -> None:
        browser = Browser(server).sign_in()

        assert problem(browser.patch("/account", {field: "administrator"})) == "invalid-body"
        assert browser.see()["duties"] == []


class TestLeaving:
    def full(self, server: Server) -> Browser:
        """Somebody of whom there is a row in every table that may hold one."""
        browser = Browser(server).sign_in()
        browser.patch("/account", {"name": "Åsa", "reminders": False})
        add_passkey(browser, Authenticator())
        claimed(browser, phone_of(server))
        body = make_body(server)
        put_into(server, body, browser, "owner")
        assert browser.post(f"/bodies/{body.id}/invitations", {"role": "author"}).status_code == 201
        now = datetime.now(UTC)
        trail = make_trail()
        publish_all(server, trail)
        adopted = browser.put(f"/trails/{trail.quest.id}/stages/bridge/adoption", {})
        assert adopted.status_code == 200, adopted.text
        with server.edge.database.transaction() as connection:
            reminders.set_wanted(connection, browser.account, wanted=False)
            assert stewards.add(connection, trail.quest.id, "", browser.account, now)
            duties.give(connection, browser.account, Duty("guide", "2309", ("sv",)), now)
            place = Proposal(
                str(uuid.uuid4()), browser.account, "place", "Källan", "Kallt.", "sv", 14.6, 63.1, None, None,
                joins=False, state="open", made_at=now,
            )  # fmt: skip
            assert proposals.add(connection, place)
            guides.put(connection, Guide("2309", browser.account, "Åsa", "0640-1", (), ("sv",)), now)
            cases.set_days(connection, browser.account, [now.date()], now.date())
            account_store.add_identity(connection, "https://id.example.se", "asa", browser.account, now)
            new = NewCase("application", body.id, body.id, body.municipality, 2)
            assert looks.take(
                connection, open_case(connection, new, now), browser.account, now + timedelta(days=1), now
            )
        told(browser)
        return browser

    def test_what_one_did_asked_and_was_told_is_in_the_export_and_nobody_else(self, server: Server) -> None:
        owner = Browser(server).sign_in()
        owner.patch("/account", {"name": "Eva Ek"})
        body = str(uuid.uuid4())
        assert owner.put(f"/bodies/{body}", APPLICATION).status_code == 200
        guide = person(server, how="passkey", name="Gunilla Guide", guide="2309")
        case = guide.get(f"/bodies/{body}").get_json()["case"]
        answers(guide, body, "refuse", "Skriv mer om er.")
        assert owner.post(f"/cases/{case}/appeal", {"words": "Vi är många."}).status_code == 201
        shown = make_body(server)
        notice = {
            "what": "body",
            "id": shown.id,
            "reason_code": "spam",
            "words": "Reklam.",
            "good_faith": True,
        }
        own, another = {"name": "Eva", "address": owner.address}, {"name": "Bo", "address": "bo@example.se"}
        for who in (own, another):
            given = server.test_client().post("/api/v1/notices", json={**notice, **who})
            assert given.status_code == 201

        text = owner.get("/account/export").text
        told = json.loads(text)

        assert [one["words"] for one in told["notices"]] == ["Reklam."]
        assert [
            (one["kind"], one["outcome"], one["decision_words"], one["words"]) for one in told["asked"]
        ] == [
            ("application", "refuse", "Skriv mer om er.", None),
            ("appeal", "", "", "Vi är många."),
        ]
        assert [one["id"] for one in told["decided_about_my_bodies"]] == [case]
        assert [one["what"] for one in told["deeds"]] == ["apply", "appeal"]
        for other in ("Gunilla", guide.account, "Bo", "bo@example.se"):
            assert other not in text
        helper = json.loads(guide.get("/account/export").text)
        assert [one["what"] for one in helper["deeds"]] == ["refuse-application"]
        assert helper["notices"] == []

    def test_everything_that_is_stored_is_in_the_export_and_no_key(self, server: Server) -> None:
        browser = self.full(server)
        answer = browser.get("/account/export")
        told = json.loads(answer.data)

        with server.edge.database.transaction() as connection:
            for table, whose in mine.personal("people"):
                query = sql.SQL("SELECT count(*) FROM {} WHERE {} = %s").format(
                    sql.Identifier("people", str(table.name)), sql.Identifier(whose)
                )
                row = connection.execute(query, [browser.account]).fetchone()
                assert row is not None
                assert row[0] >= 1, f"the test above puts nothing into {table.name}"
                assert len(told[str(table.name)]) == row[0]
        assert told["accounts"][0]["name"] == "Åsa"
        assert told["addresses"][0]["address"] == browser.address
        assert "public_key" not in answer.text
        assert "token_sha256" not in answer.text
        assert "attachment" in answer.headers["Content-Disposition"]

    def test_it_can_be_regretted_for_fourteen_days_and_then_nothing_is_left(
        self, server: Server, tmp_path: Path
    ) -> None:
        browser = self.full(server)
        now = datetime.now(UTC)
        leaves = browser.post("/account/erasure").get_json()["leaves_at"]
        assert datetime.fromisoformat(leaves) - now > timedelta(days=13, hours=23)
        assert browser.post("/account/erasure").get_json()["leaves_at"] == leaves
        assert accounts.erase_due(server.edge.database, now, tmp_path / "stones") == 0
        assert browser.delete("/account/erasure").get_json() == {"leaves_at": None}
        browser.post("/account/erasure")
        due = now + timedelta(days=14, minutes=1)

        assert accounts.erase_due(server.edge.database, due, tmp_path / "stones") == 1

        with server.edge.database.transaction() as connection:
            for table in metadata.sorted_tables:
                if table.schema == "people":
                    rows = connection.execute(
                        sql.SQL("SELECT coalesce(json_agg(t)::text, '') FROM {} t").format(
                            sql.Identifier("people", str(table.name))
                        )
                    ).fetchone()
                    assert rows is not None
                    assert browser.account not in rows[0], table.name
                    assert browser.address not in rows[0], table.name
        assert [stone.kind for stone in read_stones(tmp_path / "stones")] == ["account"]
        assert problem(browser.get("/account")) == "signed-out"

    def test_a_dump_from_before_does_not_bring_anybody_back(self, server: Server, tmp_path: Path) -> None:
        browser = self.full(server)
        browser.post("/account/erasure")
        stones = tmp_path / "stones"
        due = datetime.now(UTC) + timedelta(days=15)
        with server.edge.database.transaction() as connection:
            dump = connection.execute(
                "SELECT id::text, name FROM people.accounts WHERE id = %s", [browser.account]
            ).fetchone()
        accounts.erase_due(server.edge.database, due, stones)
        assert dump is not None
        with server.edge.database.transaction() as connection:
            connection.execute(
                "INSERT INTO people.accounts (id, name, is_adult, created_at) VALUES (%s, %s, true, now())",
                dump,
            )

        assert erase.replay(server.edge.database, read_stones(stones)) == 1
        rows = server.edge.database.private.read("SELECT count(*) FROM people.accounts")
        assert rows == [(0,)]

    def test_who_is_about_to_leave_is_no_owner_that_counts(self, server: Server) -> None:
        body = make_body(server)
        leaving = put_into(server, body, person(server), "owner")
        staying = put_into(server, body, person(server, name="Eva"), "owner")
        leaving.post("/account/erasure")

        answer = staying.delete(f"/bodies/{body.id}/members/{staying.account}")

        assert problem(answer) == "last-owner"

    def test_old_sessions_are_forgotten(self, server: Server) -> None:
        browser = Browser(server).sign_in()
        older(server, "sessions", "ends_at", timedelta(days=91))
        with server.edge.database.transaction() as connection:
            assert account_store.forget(connection, datetime.now(UTC)) == 1
        assert problem(browser.get("/account")) == "signed-out"
