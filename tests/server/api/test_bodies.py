"""Bodies: applying and being approved, handing over, inviting, and everybody who reaches into another body."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.app import Server
from server.stores import duties
from server.use_cases import accounts, mails
from tests.server.api.people import Browser, answers, make_body, older, person, put_into
from tests.server.api.things import problem

APPLICATION: dict[str, Any] = {
    "kind": "association",
    "name": "Byalaget i Rödön",
    "municipality": "2309",
    "phone": "0640-123 45",
    "about": {"sv": "Vi bor här."},
}


def applied(browser: Browser, **changed: Any) -> str:
    body_id = str(uuid.uuid4())
    answer = browser.put(f"/bodies/{body_id}", {**APPLICATION, **changed})
    assert answer.status_code == 200, answer.text
    return body_id


def roles(browser: Browser, body: str) -> dict[str, str]:
    return {
        one["account"]: one["role"] for one in browser.get(f"/bodies/{body}/members").get_json()["members"]
    }


class TestApplying:
    def test_an_association_applies_and_the_guide_approves(self, server: Server) -> None:
        applicant, guide = person(server), person(server, how="passkey", guide="2309")
        body = applied(applicant)
        assert problem(Browser(server).get(f"/bodies/{body}")) == "unknown-body"

        assert answers(guide, body).status_code == 200

        assert guide.get(f"/bodies/{body}").get_json()["state"] == "active"
        shown = Browser(server).get(f"/bodies/{body}").get_json()
        assert (shown["name"], shown["phone"], shown["verified"]) == (
            "Byalaget i Rödön",
            "0640-123 45",
            False,
        )
        listed = Browser(server).get("/bodies?municipality=2309").get_json()["bodies"]
        assert [one["id"] for one in listed] == [body]
        assert Browser(server).get("/bodies?municipality=2380").get_json()["bodies"] == []
        assert roles(applicant, body) == {applicant.account: "owner"}
        measured = 'rotfaste_decision_seconds_count{kind="application"} '
        assert measured in server.test_client().get("/metrics").text

    def test_nothing_is_refused_without_a_reason(self, server: Server) -> None:
        applicant, guide = person(server), person(server, how="passkey", guide="2309")
        body = applied(applicant)

        assert problem(answers(guide, body, "refuse", " ")) == "reason-missing"
        assert answers(guide, body, "refuse", "Finns redan.").status_code == 200
        shown = guide.get(f"/bodies/{body}").get_json()
        assert (shown["state"], shown["case"]) == ("refused", None)
        told = applicant.get(f"/bodies/{body}/deeds")
        assert problem(told) == "not-now"  # its log is for active and closed bodies

    def test_a_repetition_changes_nothing_and_nobody_takes_anothers_id(self, server: Server) -> None:
        first, second = person(server), person(server)
        body = applied(first)

        assert first.put(f"/bodies/{body}", {**APPLICATION, "name": "Annat"}).get_json()["name"] == (
            "Byalaget i Rödön"
        )
        assert problem(second.put(f"/bodies/{body}", APPLICATION)) == "body-differs"

    @pytest.mark.parametrize(
        "field, value",
        [
            ("state", "active"),
            ("verified", True),
            ("verified_at", "2026-01-01T00:00:00Z"),
            ("owner", "0a1b2c3d-0000-4000-8000-000000000000"),
            ("version", 7),
        ],
    )
    def test_nobody_approves_themselves_by_a_field(self, server: Server, field: str, value: object) -> None:
        browser = person(server)
        answer = browser.put(f"/bodies/{uuid.uuid4()}", {**APPLICATION, field: value})

        assert problem(answer) == "invalid-body"
        body = applied(browser)
        changed = browser.patch(f"/bodies/{body}", {field: value}, If_Match='"1"')
        assert problem(changed) == "invalid-body"

    def test_one_person_floods_no_guide(self, server: Server) -> None:
        browser = person(server)
        for _ in range(5):
            applied(browser)

        assert problem(browser.put(f"/bodies/{uuid.uuid4()}", APPLICATION)) == "applications-full"

    @pytest.mark.parametrize(
        "field, value",
        [
            ("name", ""),
            ("name", "två\nrader"),
            ("phone", "<script>"),
            ("municipality", "23"),
            ("kind", "company"),
            ("about", {"sv": "x" * 2001}),
            ("about", {"not a tag": "x"}),
        ],
    )
    def test_what_cannot_be_is_told_with_its_field(self, server: Server, field: str, value: object) -> None:
        answer = person(server).put(f"/bodies/{uuid.uuid4()}", {**APPLICATION, field: value})

        assert problem(answer) == "invalid-body"
        assert answer.get_json()["errors"][0]["pointer"].startswith(f"/{field}")

    def test_a_sameby_is_verified_by_the_operator_alone(self, server: Server) -> None:
        body = make_body(server, kind="sameby", municipality="2309").id
        operator = person(server, how="passkey", administrator="")

        assert problem(person(server, how="passkey", guide="2309").post(f"/bodies/{body}/verification")) == (
            "not-yours"
        )
        assert operator.post(f"/bodies/{body}/verification").get_json()["verified"]


class TestChanging:
    def test_two_who_change_it_at_once_do_not_undo_each_others_work(self, server: Server) -> None:
        body = make_body(server)
        first = put_into(server, body, person(server), "owner")
        tag = first.get(f"/bodies/{body.id}").headers["ETag"]
        assert first.patch(f"/bodies/{body.id}", {"phone": "1"}, If_Match=tag).status_code == 200

        late = first.patch(f"/bodies/{body.id}", {"phone": "2"}, If_Match=tag)

        assert problem(late) == "changed-meanwhile"
        assert problem(first.patch(f"/bodies/{body.id}", {"phone": "2"})) == "version-missing"
        assert first.get(f"/bodies/{body.id}").get_json()["phone"] == "1"


class TestMembers:
    def test_a_body_is_handed_over(self, server: Server) -> None:
        body = make_body(server)
        old = put_into(server, body, person(server), "owner")
        new = put_into(server, body, person(server, name="Eva"), "editor")
        assert problem(old.delete(f"/bodies/{body.id}/members/{old.account}")) == "last-owner"

        old.put(f"/bodies/{body.id}/members/{new.account}", {"role": "owner"})
        assert old.delete(f"/bodies/{body.id}/members/{old.account}").status_code == 204

        assert roles(new, body.id) == {new.account: "owner"}
        assert problem(old.get(f"/bodies/{body.id}/members")) == "unknown-body"
        deeds = new.get(f"/bodies/{body.id}/deeds").get_json()["deeds"]
        assert [one["what"] for one in deeds] == ["leave", "change-members"]

    def test_of_two_owners_who_remove_each_other_one_stays(self, server: Server) -> None:
        for _ in range(5):
            body = make_body(server)
            both = [put_into(server, body, person(server), "owner") for _ in range(2)]

            def remove(pair: tuple[Browser, Browser], body_id: str = body.id) -> int:
                return pair[0].delete(f"/bodies/{body_id}/members/{pair[1].account}").status_code

            with ThreadPoolExecutor(2) as owners:
                said = sorted(owners.map(remove, [(both[0], both[1]), (both[1], both[0])]))

            left = server.edge.database.private.read(
                "SELECT count(*) FROM people.members WHERE body_id = %(id)s", {"id": body.id}
            )
            assert left == [(1,)]
            assert said[0] == 204
            assert said[1] in {403, 404, 409}

    def test_the_last_owner_does_not_step_down(self, server: Server) -> None:
        body = make_body(server)
        owner = put_into(server, body, person(server), "owner")

        assert problem(owner.put(f"/bodies/{body.id}/members/{owner.account}", {"role": "viewer"})) == (
            "last-owner"
        )

    def test_nobody_is_made_a_member_without_having_come(self, server: Server) -> None:
        body = make_body(server)
        owner, stranger = put_into(server, body, person(server), "owner"), person(server)

        answer = owner.put(f"/bodies/{body.id}/members/{stranger.account}", {"role": "viewer"})

        assert problem(answer) == "unknown-member"

    def test_an_owner_of_one_body_reaches_into_no_other(self, server: Server) -> None:
        """The confused deputy: all rights in one body, and the other body's ids in the address."""
        own, foreign = make_body(server), make_body(server, state="asked")
        deputy = put_into(server, own, person(server), "owner")
        victim = put_into(server, foreign, person(server), "owner")
        invited = deputy.post(f"/bodies/{own.id}/invitations", {"role": "viewer"}).get_json()

        for method, path, body in (
            ("GET", f"/bodies/{foreign.id}", None),
            ("PATCH", f"/bodies/{foreign.id}", {"name": "Vår"}),
            ("GET", f"/bodies/{foreign.id}/members", None),
            ("PUT", f"/bodies/{foreign.id}/members/{victim.account}", {"role": "viewer"}),
            ("DELETE", f"/bodies/{foreign.id}/members/{victim.account}", None),
            ("POST", f"/bodies/{foreign.id}/invitations", {"role": "owner"}),
            ("DELETE", f"/bodies/{foreign.id}/invitations/{invited['id']}", None),
        ):
            assert problem(deputy.ask(method, path, body, If_Match='"1"')) == "unknown-body", path
        assert problem(deputy.put(f"/bodies/{own.id}/members/{victim.account}", {"role": "owner"})) == (
            "unknown-member"
        )

    def test_a_body_whose_last_owner_is_gone_is_adopted(self, server: Server, tmp_path: Path) -> None:
        body = make_body(server)
        last = put_into(server, body, person(server), "owner")
        last.post("/account/erasure")
        accounts.erase_due(server.edge.database, datetime.now(UTC) + timedelta(days=15), tmp_path / "stones")
        operator, heir = person(server, how="passkey", administrator=""), person(server, name="Eva")

        code = operator.post(f"/bodies/{body.id}/invitations", {"role": "owner"}).get_json()["code"]
        assert heir.post("/invitations", {"code": code}).status_code == 200

        assert roles(heir, body.id) == {heir.account: "owner"}


class TestInvitations:
    def invite(self, owner: Browser, body: str, role: str = "author") -> str:
        answer = owner.post(f"/bodies/{body}/invitations", {"role": role})
        assert answer.status_code == 201, answer.text
        code: str = answer.get_json()["code"]
        return code

    def test_who_has_the_code_comes_in_once(self, server: Server) -> None:
        body = make_body(server)
        owner, guest, late = put_into(server, body, person(server), "owner"), person(server), person(server)
        code = self.invite(owner, body.id)

        assert guest.post("/invitations", {"code": code.lower().replace("-", " ")}).status_code == 200
        assert problem(late.post("/invitations", {"code": code})) == "unknown-invitation"
        assert roles(owner, body.id)[guest.account] == "author"

    def test_of_many_at_once_one_comes_in(self, server: Server) -> None:
        body = make_body(server)
        owner = put_into(server, body, person(server), "owner")
        code = self.invite(owner, body.id)
        guests = [person(server) for _ in range(6)]

        with ThreadPoolExecutor(6) as many:
            said = list(
                many.map(lambda guest: guest.post("/invitations", {"code": code}).status_code, guests)
            )

        assert sorted(said) == [200] + [404] * 5

    def test_one_ends_with_who_sent_it(self, server: Server) -> None:
        body = make_body(server)
        owner, sender = (put_into(server, body, person(server), "owner") for _ in range(2))
        codes = [self.invite(sender, body.id, "owner") for _ in range(2)]

        assert owner.put(f"/bodies/{body.id}/members/{sender.account}", {"role": "editor"}).status_code == 200
        assert problem(person(server).post("/invitations", {"code": codes[0]})) == "unknown-invitation"
        assert owner.delete(f"/bodies/{body.id}/members/{sender.account}").status_code == 204
        assert problem(person(server).post("/invitations", {"code": codes[1]})) == "unknown-invitation"

    def test_one_ends_with_an_erased_sender(self, server: Server, tmp_path: Path) -> None:
        body = make_body(server)
        put_into(server, body, person(server), "owner")
        sender = put_into(server, body, person(server), "owner")
        code = self.invite(sender, body.id)
        sender.post("/account/erasure")
        accounts.erase_due(server.edge.database, datetime.now(UTC) + timedelta(days=15), tmp_path / "stones")

        assert problem(person(server).post("/invitations", {"code": code})) == "unknown-invitation"

    def test_an_administrators_ends_with_the_duty(self, server: Server) -> None:
        body = make_body(server)
        operator = person(server, how="passkey", administrator="")
        first, second = (self.invite(operator, body.id) for _ in range(2))
        assert person(server).post("/invitations", {"code": first}).status_code == 200

        with server.edge.database.transaction() as connection:
            duties.take(connection, operator.account, "administrator", "")

        assert problem(person(server).post("/invitations", {"code": second})) == "unknown-invitation"

    def test_one_that_was_taken_back_or_is_old_is_nothing(self, server: Server) -> None:
        body = make_body(server)
        owner = put_into(server, body, person(server), "owner")
        code = self.invite(owner, body.id)
        (shown,) = owner.get(f"/bodies/{body.id}/invitations").get_json()["invitations"]
        assert owner.delete(f"/bodies/{body.id}/invitations/{shown['id']}").status_code == 204
        assert problem(person(server).post("/invitations", {"code": code})) == "unknown-invitation"

        old = self.invite(owner, body.id)
        older(server, "invitations", "ends_at", timedelta(days=30, seconds=1))
        assert problem(person(server).post("/invitations", {"code": old})) == "unknown-invitation"

    def test_one_into_a_closed_body_is_nothing(self, server: Server) -> None:
        body = make_body(server)
        owner = put_into(server, body, person(server), "owner")
        code = self.invite(owner, body.id)
        assert owner.post(f"/bodies/{body.id}/closing", {"reason": "Slut."}).status_code == 200

        assert problem(person(server).post("/invitations", {"code": code})) == "unknown-invitation"

    def test_an_owner_who_takes_a_lower_one_stays_owner(self, server: Server) -> None:
        body = make_body(server)
        owner = put_into(server, body, person(server), "owner")

        assert owner.post("/invitations", {"code": self.invite(owner, body.id, "viewer")}).status_code == 200
        assert roles(owner, body.id) == {owner.account: "owner"}

    def test_the_code_is_told_once_and_not_kept(self, server: Server) -> None:
        body = make_body(server)
        owner = put_into(server, body, person(server), "owner")
        code = self.invite(owner, body.id)
        kept = str(server.edge.database.private.read("SELECT json_agg(i) FROM people.invitations i"))

        assert code not in kept
        assert code.replace("-", "") not in kept
        assert code not in owner.get(f"/bodies/{body.id}/invitations").text

    def test_after_a_year_nothing_tells_of_it(self, server: Server) -> None:
        body = make_body(server)
        self.invite(put_into(server, body, person(server), "owner"), body.id)
        older(server, "invitations", "made_at", timedelta(days=366))

        mails.forget(server.edge.database, datetime.now(UTC))

        assert server.edge.database.private.read("SELECT count(*) FROM people.invitations") == [(0,)]
