"""Who reaches through the inbox, notices and publishing for what is not theirs: each is a test by name."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from content.packs.writing import zip_members
from server.app import Server
from server.stores import bodies, cases, duties, notices, publications, stewards
from server.stores.duties import Duty
from server.stores.quests import Version
from server.use_cases.cases import appealing
from server.use_cases.cases.opening import NewCase, open_case
from server.use_cases.publications import acting
from tests.server.api.inbox import decide as decide_about
from tests.server.api.inbox import inbox, mailed_to
from tests.server.api.notices import ADA, CHILD, SPAM, decide, give, look, moderator
from tests.server.api.people import Browser, answers, make_body, person, put_into
from tests.server.api.rights.trails import members, pack, put_out
from tests.server.api.things import NOW, Phone, problem
from tests.server.api.trails import (
    case_code,
    changed,
    new_id,
    published,
    save,
    seen,
    step,
    tag_of,
    trusted,
)


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
        return appealing.open_appeal(connection, case, "body", "Det stämmer inte.", "sv", None, NOW)


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

    def test_what_a_moderator_lets_rest_is_told_to_its_body_which_may_appeal(self, server: Server) -> None:
        body, _, trail_id = published(server)
        owner = put_into(server, body, Browser(server).sign_in(), "owner")
        first, second = moderator(server), moderator(server)
        decide_about(first, "trail", "fine")
        rest = {"reason": "Isen bär inte.", "reason_code": "dangerous-place"}
        tag = tag_of(first, trail_id)

        unknown = first.post(f"/trails/{trail_id}/resting", {**rest, "reason_code": "mood"}, If_Match=tag)
        assert problem(unknown) == "unknown-reason"
        rested = first.post(f"/trails/{trail_id}/resting", rest, If_Match=tag).get_json()

        assert (rested["state"], rested["held"]) == ("resting", True)
        case = seen(owner, trail_id)["held_in"]
        told = owner.get(f"/cases/{case}").get_json()
        assert (told["proposed"], told["reason_code"], told["words"], told["may_appeal"]) == (
            "rest",
            "dangerous-place",
            "Isen bär inte.",
            True,
        )
        mail = mailed_to(server, owner.address)[-1]
        assert "Isen bär inte." in mail
        assert "person has looked at it" in mail or "människa" in mail
        appealed = owner.post(f"/cases/{case}/appeal", {"words": "Det finns ingen is."}).get_json()["id"]
        change = {"decision": "change"}
        assert problem(first.post(f"/cases/{appealed}/decision", change)) == "for-somebody-else"
        assert second.post(f"/cases/{appealed}/decision", change).status_code == 200
        assert seen(owner, trail_id)["state"] == "published"
        assert seen(owner, trail_id)["held_in"] is None

    def test_who_lifts_what_was_decided_ends_the_appeal_against_it(self, server: Server) -> None:
        _, owner, trail_id = published(server)
        first, second = moderator(server), moderator(server)
        decide_about(first, "trail", "fine")
        assert step(first, trail_id, "resting", "Isen bär inte.").status_code == 200
        case = seen(owner, trail_id)["held_in"]
        assert owner.post(f"/cases/{case}/appeal", {"words": "Det finns ingen is."}).status_code == 201
        assert [one["kind"] for one in inbox(second)] == ["appeal"]

        assert step(first, trail_id, "return").get_json()["state"] == "published"

        assert inbox(second) == []
        assert not owner.get(f"/cases/{case}").get_json()["may_appeal"]

    def test_what_nobody_waited_for_is_in_no_time_to_a_decision(self, server: Server) -> None:
        _, _, trail_id = published(server)
        reads = moderator(server)
        decide_about(reads, "trail", "fine")
        assert step(reads, trail_id, "resting", "Isen bär inte.").status_code == 200

        (told,) = reads.get("/cases/times").get_json()["kinds"]

        assert (told["kind"], told["decided"]) == ("trail", 1)

    def test_what_its_own_body_lets_rest_is_nobodys_decision(self, server: Server) -> None:
        _, owner, trail_id = published(server)
        before = inbox(moderator(server))

        rested = step(owner, trail_id, "resting", "Vinter.").get_json()

        assert (rested["held"], rested["held_in"]) == (False, None)
        assert [one["state"] for one in inbox(moderator(server))] == [one["state"] for one in before]


class TestAppealsOfMany:
    def appeal(self, client: FlaskClient, receipt: dict[str, Any], words: str) -> Any:
        headers = {"Notice-Code": receipt["code"]}
        return client.post(f"/api/v1/notices/{receipt['id']}/appeal", headers=headers, json={"words": words})

    def test_each_who_gave_notice_appeals_for_themselves_and_once(
        self, server: Server, client: FlaskClient, trail: Version
    ) -> None:
        """Else whoever is quickest, and says little, appeals for all."""
        bo = {**ADA, "name": "Bo", "address": "bo@example.se"}
        of_ada, of_bo = (give(client, "quest", trail.quest.code, **SPAM, **who) for who in (ADA, bo))
        decide(moderator(server), "dismiss")
        assert self.appeal(client, of_ada, "Nej.").status_code == 204
        assert problem(self.appeal(client, of_ada, "Nej, nej.")) == "not-now"

        assert look(client, of_bo)["may_appeal"]
        assert self.appeal(client, of_bo, "Här finns kvittot.").status_code == 204

        before = len(mailed_to(server, "bo@example.se"))
        reads = moderator(server)
        ids = {
            reads.get(f"/cases/{one['id']}").get_json()["texts"][0]["text"]: one["id"] for one in inbox(reads)
        }
        kept = reads.post(
            f"/cases/{ids['Nej.']}/decision", {"decision": "keep", "words": "Det stämmer inte."}
        )
        assert kept.status_code == 200
        assert len(mailed_to(server, "bo@example.se")) == before  # it was not Bo who asked
        assert look(client, of_bo)["state"] == "decided"
        changed_now = reads.post(f"/cases/{ids['Här finns kvittot.']}/decision", {"decision": "change"})
        assert changed_now.status_code == 200
        assert client.get(f"/api/v1/quests/{trail.quest.code}").status_code == 404

    def test_one_that_was_right_ends_the_others_and_is_told_to_all_and_to_the_body(
        self, server: Server, client: FlaskClient
    ) -> None:
        body, _, trail_id = published(server)
        owner = put_into(server, body, Browser(server).sign_in(), "owner")
        code = case_code(server, trail_id)
        decide_about(moderator(server), "trail", "fine")
        bo, cia = ({**ADA, "address": f"{who}@example.se"} for who in ("bo", "cia"))
        receipts = [give(client, "quest", code, **SPAM, **who) for who in (ADA, bo, cia)]
        decide(moderator(server), "dismiss")
        for receipt in receipts[:2]:
            assert self.appeal(client, receipt, "Titta igen.").status_code == 204
        reads = moderator(server)
        first, second = inbox(reads)

        assert reads.post(f"/cases/{first['id']}/decision", {"decision": "change"}).status_code == 200

        assert inbox(reads) == []
        assert problem(reads.post(f"/cases/{second['id']}/decision", {"decision": "change"})) == "not-now"
        assert problem(self.appeal(client, receipts[2], "Jag med.")) == "not-now"
        told = [mailed_to(server, one)[-1] for one in ("ada@example.se", "bo@example.se", "cia@example.se")]
        told.append(mailed_to(server, owner.address)[-1])
        assert all("ändrade beslutet" in mail or "changed the decision" in mail for mail in told)


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

    def words(self, trail_id: str) -> bytes:
        """Another trail with the same words, spaced and capitalised otherwise."""
        files = members(trail_id)
        files["texts/sv.toml"] = files["texts/sv.toml"].replace(b'"Tips"', b'"TIPS!"')
        return zip_members(files)

    def test_the_same_words_under_another_id_are_not_shown_until_somebody_has_looked(
        self, server: Server, client: FlaskClient
    ) -> None:
        self.removed(server, client)
        body, owner = trusted(server)
        again = new_id()
        assert save(owner, again, body, self.words(again)).status_code == 200

        told = step(owner, again, "publishing").get_json()

        assert (told["state"], told["hidden"]) == ("published", True)
        code = case_code(server, again)
        assert client.get(f"/api/v1/quests/{code}").status_code == 404
        assert again not in person(server).get(f"/bodies/{body.id}/trails").text
        reads = moderator(server)
        (case,) = [one for one in inbox(reads) if one["kind"] == "notice"]
        card = reads.get(f"/cases/{case['id']}?lang=en").get_json()
        assert card["known"] == ["The same words were removed for good before, in another place."]
        dismissed = {"decision": "dismiss", "words": "Det här är en annan sak."}
        assert reads.post(f"/cases/{case['id']}/decision", dismissed).status_code == 200
        assert client.get(f"/api/v1/quests/{code}").status_code == 200
        assert save(owner, again, content=changed(again, "Tips igen")).status_code == 200
        step(owner, again, "publishing")
        assert save(owner, again, content=self.words(again)).status_code == 200
        assert not step(owner, again, "publishing").get_json()["hidden"]  # somebody has looked at it

    def test_other_words_are_shown_at_once_and_so_are_the_same_after_an_appeal(
        self, server: Server, client: FlaskClient
    ) -> None:
        _, _, case = self.removed(server, client)
        body, owner = trusted(server)
        other, same = new_id(), new_id()
        assert save(owner, other, body, changed(other, "Något helt annat")).status_code == 200
        assert not step(owner, other, "publishing").get_json()["hidden"]

        appealed = open_appeal_of(server, case)
        change = {"decision": "change"}
        assert moderator(server).post(f"/cases/{appealed}/decision", change).status_code == 200

        assert save(owner, same, body, pack(same)).status_code == 200
        assert not step(owner, same, "publishing").get_json()["hidden"]

    def test_what_a_body_said_of_itself_comes_back_under_no_other_name(
        self, server: Server, client: FlaskClient
    ) -> None:
        said = "Vi säljer billiga klockor till alla som bor i bygden och längre bort."
        spams = make_body(server, about={"sv": said})
        give(client, "body", spams.id, **SPAM, **ADA)
        decide(moderator(server), "remove")
        decide(moderator(server), "confirm")

        other = make_body(server)
        owner = put_into(server, other, person(server), "owner")
        tag = owner.get(f"/bodies/{other.id}").headers["ETag"]
        told = owner.patch(f"/bodies/{other.id}", {"about": {"sv": said.upper()}}, If_Match=tag)
        newcomer = person(server)
        applies = {"kind": "association", "name": "Ny", "municipality": "2309", "about": {"en": said}}
        asked = newcomer.put(f"/bodies/{new_id()}", applies).get_json()

        assert told.get_json()["hidden"]
        assert problem(client.get(f"/api/v1/bodies/{other.id}")) == "unknown-body"
        guide = person(server, how="passkey", guide="2309")
        assert len(guide.get(f"/cases/{asked['case']}").get_json()["known"]) == 1

    def test_only_a_hash_of_the_words_is_kept_and_for_two_years(
        self, server: Server, client: FlaskClient
    ) -> None:
        self.removed(server, client)
        rows = server.edge.database.private.read(
            "SELECT octet_length(sha256), t::text FROM people.removed_words t"
        )
        assert {length for length, _ in rows} == {32}
        assert not any("Vilken" in row for _, row in rows)

        with server.edge.database.transaction() as connection:
            notices.forget(connection, NOW + timedelta(days=732))

        assert server.edge.database.private.read("SELECT FROM people.removed_words") == []


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


class TestOwnBodies:
    def applied(self, browser: Browser) -> str:
        body_id = new_id()
        sent = {"kind": "association", "name": "Byalaget", "municipality": "2309"}
        assert browser.put(f"/bodies/{body_id}", sent).status_code == 200
        return body_id

    def test_no_guide_approves_a_body_of_their_own(self, server: Server) -> None:
        guide = person(server, how="passkey", guide="2309")
        body = self.applied(guide)

        case = guide.get(f"/bodies/{body}").get_json()["case"]
        refused = guide.post(f"/cases/{case}/decision?lang=en", {"decision": "approve"})

        assert problem(refused) == "for-somebody-else"
        assert "the municipality's guide or an administrator" in refused.get_json()["detail"]
        told = guide.get(f"/cases/{case}?lang=sv").get_json()
        assert (told["for_somebody_else"], told["decisions"]) == (True, [])
        assert told["who_decides"] == "kommunens inflyttarvägledare eller en administratör"
        assert guide.get(f"/bodies/{body}").get_json()["state"] == "asked"

    def test_a_single_operator_approves_others_bodies_and_not_the_own(self, server: Server) -> None:
        operator = person(server, how="passkey", administrator="")
        own, others = self.applied(operator), self.applied(person(server))

        assert problem(answers(operator, own)) == "for-somebody-else"
        assert answers(operator, others).status_code == 200
        assert answers(person(server, how="passkey", guide="2309"), own).status_code == 200

    def test_who_applied_and_has_left_approves_nothing_either(self, server: Server) -> None:
        guide, other = person(server, how="passkey", guide="2309"), person(server)
        body = self.applied(guide)
        with server.edge.database.transaction() as connection:
            bodies.set_member(connection, body, other.account, "owner", NOW)
            bodies.remove_member(connection, body, guide.account)

        assert problem(answers(guide, body)) == "for-somebody-else"


class TestStewards:
    def test_who_looks_after_a_stage_reads_its_trail_and_nothing_that_its_body_writes(
        self, server: Server
    ) -> None:
        body, owner, trail_id = published(server)
        assert save(owner, trail_id, content=changed(trail_id, "Hemligt utkast")).status_code == 200
        steward = person(server)
        assert problem(steward.get(f"/trails/{trail_id}")) == "not-yours"
        with server.edge.database.transaction() as connection:
            stewards.add(connection, trail_id, "one", steward.account, NOW)

        told = seen(steward, trail_id)

        assert (told["state"], told["titles"], told["may"]) == ("published", {"sv": "Tips"}, [])
        assert (told["versions"], told["history"], told["findings"], told["has_draft"]) == ([], [], [], False)
        assert steward.get(f"/trails/{trail_id}/health").status_code == 200
        assert "Hemligt" not in steward.get(f"/bodies/{body.id}/trails").text
        assert problem(steward.get(f"/trails/{trail_id}/pack")) == "not-yours"
        for door in ("resting", "withdrawal", "publishing"):
            sent = None if door == "publishing" else {"reason": "Så."}
            answer = steward.post(f"/trails/{trail_id}/{door}", sent, If_Match=tag_of(owner, trail_id))
            assert problem(answer) == "not-yours"
        with server.edge.database.transaction() as connection:
            stewards.remove(connection, trail_id, "one", steward.account)
        assert problem(steward.get(f"/trails/{trail_id}")) == "not-yours"


class TestWhatIsGiven:
    def test_nobody_gives_a_left_trail_to_a_body_that_has_not_said_yes(self, server: Server) -> None:
        """Else it answers for what it never saw."""
        body, owner, trail_id = published(server)
        taking, _ = trusted(server)
        viewer = put_into(server, taking, person(server), "viewer")
        stranger, guide = person(server), person(server, how="passkey", guide="2309")
        assert owner.post(f"/bodies/{body.id}/closing", {"reason": "Slut."}).status_code == 200

        for giver in (owner, guide):
            assert giver.put(f"/trails/{trail_id}/body", {"body": taking.id}).get_json()["body"] == body.id
        for other in (viewer, stranger):
            assert problem(other.put(f"/trails/{trail_id}/body", {"body": taking.id})) == "unknown-trail"

        with server.edge.database.transaction() as connection:
            assert publications.owner_of(connection, trail_id) == body.id

    def test_who_is_a_guide_and_in_the_receiving_body_says_both_at_once(self, server: Server) -> None:
        body, owner, trail_id = published(server)
        assert owner.post(f"/bodies/{body.id}/closing", {"reason": "Slut."}).status_code == 200
        taking = make_body(server)
        guide = put_into(server, taking, person(server, how="passkey", guide="2309"), "editor")

        assert guide.put(f"/trails/{trail_id}/body", {"body": taking.id}).get_json()["body"] == taking.id


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
