"""Who reaches through the inbox, notices and publishing for what is not theirs: each is a test by name."""

import uuid

import pytest
from flask.testing import FlaskClient

from server.app import Server
from server.stores import bodies, cases, duties, publications
from server.stores.duties import Duty
from server.stores.quests import Version
from server.use_cases.cases import deciding
from server.use_cases.cases.opening import NewCase, open_case
from server.use_cases.publications import acting
from tests.server.api.inbox import inbox
from tests.server.api.people import Browser, add_passkey, make_body, person, put_into
from tests.server.api.rights.trails import pack, put_out
from tests.server.api.test_cases import mailed_to
from tests.server.api.test_notices import ADA, CHILD, NOW, SPAM, decide, give, moderator
from tests.server.api.things import Phone, problem
from tests.server.api.trails import case_code, changed, new_id, published, save, seen, step, trusted


class TestWhatIsHidden:
    def test_signing_in_shows_nobody_a_hidden_body(self, server: Server, client: FlaskClient) -> None:
        body = make_body(server)
        owner = put_into(server, body, person(server), "owner")
        give(client, "body", body.id, **CHILD)

        assert problem(person(server).get(f"/bodies/{body.id}")) == "unknown-body"
        assert problem(person(server).get(f"/bodies/{body.id}/trails")) == "unknown-body"
        assert owner.get(f"/bodies/{body.id}").status_code == 200
        assert moderator(server).get(f"/bodies/{body.id}").status_code == 200

    def test_a_hidden_trail_is_in_no_list_of_its_body(self, server: Server, client: FlaskClient) -> None:
        body, owner, trail_id = published(server)
        give(client, "quest", case_code(server, trail_id), **CHILD)

        for stranger in (Browser(server), person(server)):
            listed = stranger.get(f"/bodies/{body.id}/trails").get_json()["trails"]
            assert trail_id not in [one["id"] for one in listed]
        assert trail_id in owner.get(f"/bodies/{body.id}/trails").text

    def test_what_two_cases_hide_is_back_when_both_are_taken_back(
        self, server: Server, phone: Phone, trail: Version
    ) -> None:
        code, reads = trail.quest.code, moderator(server)
        give(phone.client, "stage", f"{code}/bridge", **SPAM, **ADA)
        give(phone.client, "quest", code, **SPAM, **ADA)
        for case in inbox(reads):
            hide = {"decision": "hide", "reason_code": "spam"}
            assert reads.post(f"/cases/{case['id']}/decision", hide).status_code == 200
            open_appeal_of(server, case["id"])
        first, second = (one["id"] for one in inbox(reads))

        for appealed, status in ((first, 404), (second, 200)):
            change = {"decision": "change"}
            answer = moderator(server).post(f"/cases/{appealed}/decision", change)
            assert answer.status_code == 200
            assert phone.client.get(f"/api/v1/quests/{code}").status_code == status

    def test_what_is_back_after_an_appeal_is_left_in_peace(
        self, server: Server, phone: Phone, trail: Version
    ) -> None:
        give(phone.client, "quest", trail.quest.code, **CHILD)
        appealed = open_appeal_of(server, decide(moderator(server), "hide"))
        assert (
            moderator(server).post(f"/cases/{appealed}/decision", {"decision": "change"}).status_code == 200
        )

        assert not give(phone.client, "quest", trail.quest.code, **CHILD)["hidden"]

    def test_nobody_keeps_a_thing_hidden_by_writing_in_a_language_that_few_read(
        self, server: Server, phone: Phone, trail: Version
    ) -> None:
        helper, reads = person(server), moderator(server)
        with server.edge.database.transaction() as connection:
            duties.give(connection, helper.account, Duty("language-helper", "", ("ar",)), NOW)
        assert give(phone.client, "quest", trail.quest.code, **CHILD, language="ar")["hidden"]

        decide(reads, "dismiss")

        assert phone.client.get(f"/api/v1/quests/{trail.quest.code}").status_code == 200


def open_appeal_of(server: Server, case_id: str) -> str:
    with server.edge.database.transaction() as connection:
        case = cases.find(connection, case_id)
        assert case is not None
        return deciding.open_appeal(connection, case, "body", "Det stämmer inte.", "sv", None, NOW)


class TestWhoGaveNotice:
    def test_a_moderator_in_the_body_does_not_learn_who_gave_notice_of_it(
        self, server: Server, client: FlaskClient
    ) -> None:
        body, _, trail_id = published(server)
        inside = put_into(server, body, moderator(server), "viewer")
        give(client, "quest", case_code(server, trail_id), **SPAM, **ADA)

        (case,) = [one for one in inbox(inside) if one["kind"] == "notice"]

        told = inside.get(f"/cases/{case['id']}")
        assert told.get_json()["for_somebody_else"]
        assert "Ada" not in told.text
        assert SPAM["words"] not in told.text

    def test_a_language_helper_reads_the_words_and_not_who_wrote_them(
        self, server: Server, client: FlaskClient, trail: Version
    ) -> None:
        helper = person(server)
        with server.edge.database.transaction() as connection:
            duties.give(connection, helper.account, Duty("language-helper", "", ("ar",)), NOW)
        give(client, "quest", trail.quest.code, **SPAM, **ADA, language="ar")

        (case,) = inbox(helper)

        told = helper.get(f"/cases/{case['id']}").text
        assert SPAM["words"] in told
        assert "ada@example.se" not in told

    def test_many_notices_with_anothers_address_are_one_mail_when_it_is_decided(
        self, server: Server, client: FlaskClient, trail: Version
    ) -> None:
        for _ in range(8):
            give(client, "quest", trail.quest.code, **SPAM, **ADA)
        before = len(mailed_to(server, "ada@example.se"))

        decide(moderator(server), "dismiss")

        assert len(mailed_to(server, "ada@example.se")) == before + 1


class TestHolding:
    def test_a_guide_in_the_body_does_not_lift_what_others_decided_of_it(self, server: Server) -> None:
        body, owner, trail_id = published(server)
        guide = put_into(server, body, person(server, how="passkey", guide="2309"), "editor")
        other = person(server, how="passkey", guide="2309")
        assert step(other, trail_id, "resting", "Bron är borta.").get_json()["held"]

        for inside in (owner, guide):
            assert problem(step(inside, trail_id, "return")) == "held"
        assert step(other, trail_id, "return").get_json()["state"] == "published"


class TestRemovedForGood:
    def removed(self, server: Server, client: FlaskClient) -> tuple[Browser, str, str]:
        """An owner, the trail, and the case in which it was removed; with an older version and a draft."""
        _, owner, trail_id = published(server)
        assert save(owner, trail_id, content=changed(trail_id, "Utkast")).status_code == 200
        give(client, "quest", case_code(server, trail_id), **SPAM, **ADA)
        (case,) = [one for one in inbox(moderator(server)) if one["kind"] == "notice"]
        for decision in ("remove", "confirm"):
            sent = {"decision": decision, "words": "Så."}
            assert moderator(server).post(f"/cases/{case['id']}/decision", sent).status_code == 200
        return owner, trail_id, case["id"]

    def test_no_older_version_and_no_draft_of_it_is_taken_away_by_anybody(
        self, server: Server, client: FlaskClient
    ) -> None:
        owner, trail_id, _ = self.removed(server, client)

        for query in ("", "?version=1", "?version=2"):
            assert problem(owner.get(f"/trails/{trail_id}/pack{query}")) == "unknown-trail-version"
        assert seen(owner, trail_id)["versions"] == []

    def test_an_appeal_brings_older_versions_and_the_draft_back(
        self, server: Server, client: FlaskClient
    ) -> None:
        owner, trail_id, case = self.removed(server, client)
        appealed = open_appeal_of(server, case)

        answer = moderator(server).post(f"/cases/{appealed}/decision", {"decision": "change"})

        assert answer.status_code == 200
        told = seen(owner, trail_id)
        assert told["has_draft"]
        assert [one["version"] for one in told["versions"]] == [3, 1]
        assert owner.get(f"/trails/{trail_id}/pack?version=1").data == pack(trail_id)


class TestOwnCases:
    def test_nobody_takes_up_what_they_proposed_themselves(self, server: Server) -> None:
        """An editor of any association would look after any stage that is nobody's."""
        trail_id = str(uuid.uuid4())
        put_out(server, trail_id, "published")
        _, editor = trusted(server, "editor")
        assert editor.put(f"/trails/{trail_id}/stages/one/adoption").status_code == 200

        (case,) = [one for one in inbox(editor) if one["kind"] == "place"]

        answer = editor.post(f"/cases/{case['id']}/decision", {"decision": "take-up"})
        assert problem(answer) == "for-somebody-else"
        assert problem(editor.post(f"/trails/{trail_id}/stages/one/rest", {"reason": "closed"})) == (
            "unknown-stage"
        )

    def test_open_cases_go_along_with_a_trail_that_is_given_away(self, server: Server) -> None:
        """Else the body that gave it goes on deciding what rests."""
        body, giver, trail_id = published(server)
        taking, taker = trusted(server)
        put_into(server, taking, giver, "owner")
        new = NewCase("stage", f"{trail_id}/one", body.id, "2309", 2)
        with server.edge.database.transaction() as connection:
            open_case(connection, new, NOW)
        newcomer = person(server)
        assert newcomer.put(f"/trails/{trail_id}/stages/one/adoption").status_code == 200
        stays = put_into(server, body, person(server), "editor")
        assert {one["kind"] for one in inbox(stays)} >= {"stage", "proposal"}

        assert giver.put(f"/trails/{trail_id}/body", {"body": taking.id}).status_code == 200

        assert not {one["kind"] for one in inbox(stays)} & {"stage", "proposal"}
        assert {one["kind"] for one in inbox(taker)} >= {"stage", "proposal"}


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


class TestBodies:
    def test_who_was_verified_under_one_name_does_not_close_ground_under_another(
        self, server: Server
    ) -> None:
        body = make_body(server, kind="sameby", name="Njaarke", verified_at=NOW)
        owner = put_into(server, body, person(server), "owner")

        tag = owner.get(f"/bodies/{body.id}").headers["ETag"]
        phone = owner.patch(f"/bodies/{body.id}", {"phone": "0640-1"}, If_Match=tag)
        assert phone.get_json()["verified"]
        renamed = owner.patch(f"/bodies/{body.id}", {"name": "Länsstyrelsen"}, If_Match=phone.headers["ETag"])

        assert not renamed.get_json()["verified"]

    def test_who_applies_does_not_fill_the_disk(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        body = make_body(server, "asked")
        owner, first, second = put_into(server, body, person(server), "owner"), new_id(), new_id()
        assert save(owner, first, body).status_code == 200
        monkeypatch.setattr(acting, "BEFORE_ACTIVE_MOST_BYTES", 2 * len(pack(second)) + 100)

        assert problem(save(owner, second, body)) == "trails-full"
        assert problem(save(owner, first, content=changed(first, "Mer"))) == "trails-full"
        with server.edge.database.transaction() as connection:
            assert publications.find(connection, second) is None
            assert bodies.find(connection, body.id) is not None
