"""To whom a trail belongs, and what neither a release nor the operator takes from its body."""

from datetime import UTC, datetime

import pytest

from content.packs.archive import unpack_bytes
from media.kinds import media_type
from server.app import Server
from server.stores import trails
from server.use_cases import publish
from server.use_cases.problem import Problem
from tests.server.api.inbox import mailed_to
from tests.server.api.people import Browser, person, put_into
from tests.server.api.rights.trails import pack, put_out
from tests.server.api.things import problem
from tests.server.api.trails import changed, new_id, published, seen, step, trusted


class TestBelonging:
    def test_a_trail_goes_to_another_body_when_both_owners_say_so(self, server: Server) -> None:
        _, giver, trail_id = published(server)
        other, taker = trusted(server)
        assert problem(taker.put(f"/trails/{trail_id}/body", {"body": other.id})) == "unknown-trail"

        offered = giver.put(f"/trails/{trail_id}/body", {"body": other.id}).get_json()
        assert offered["offered_to"] == other.id
        taken = taker.put(f"/trails/{trail_id}/body", {"body": other.id}).get_json()

        assert (taken["body"], taken["offered_to"], taken["state"]) == (other.id, None, "published")
        assert problem(giver.put(f"/trails/{trail_id}", pack(trail_id), If_Match='"9"')) == "not-yours"
        assert problem(giver.put(f"/trails/{trail_id}/body", {"body": other.id})) == "unknown-trail"

    def test_the_owners_of_the_body_it_is_offered_to_are_told_in_their_language(self, server: Server) -> None:
        body, giver, trail_id = published(server)
        other, _ = trusted(server)
        owner = put_into(server, other, Browser(server).sign_in(), "owner")
        reads = put_into(server, other, Browser(server).sign_in(), "editor")
        assert owner.patch("/account", {"language": "nl"}).status_code == 200

        giver.put(f"/trails/{trail_id}/body", {"body": other.id})
        giver.put(f"/trails/{trail_id}/body", {"body": other.id})

        title = seen(giver, trail_id)["titles"]["sv"]
        mail = mailed_to(server, owner.address)[-1]
        assert mail.startswith(
            f"Jullie krijgen een route aangeboden: {title}\n{body.name} wil een route aan {other.name}"
        )
        assert [title in one for one in mailed_to(server, owner.address)].count(True) == 1
        assert not any(title in one for one in mailed_to(server, reads.address))

    def test_nobodys_inbox_is_filled_by_offering_and_keeping(self, server: Server) -> None:
        body, giver, trail_id = published(server)
        other, _ = trusted(server)
        owner = put_into(server, other, Browser(server).sign_in(), "owner")
        before = len(mailed_to(server, owner.address))

        for _ in range(5):
            for whose in (other, body):
                assert giver.put(f"/trails/{trail_id}/body", {"body": whose.id}).status_code == 200

        assert len(mailed_to(server, owner.address)) == before + 3

    def test_what_was_offered_is_kept_after_all(self, server: Server) -> None:
        body, giver, trail_id = published(server)
        other, taker = trusted(server)
        assert "give" in seen(giver, trail_id)["may"]
        giver.put(f"/trails/{trail_id}/body", {"body": other.id})
        assert trail_id in taker.get(f"/bodies/{other.id}/trails").text

        kept = giver.put(f"/trails/{trail_id}/body", {"body": body.id}).get_json()

        assert (kept["body"], kept["offered_to"], kept["state"]) == (body.id, None, "published")
        assert kept["history"][0]["what"] == "keep"
        assert not kept["first_look"]
        assert trail_id not in taker.get(f"/bodies/{other.id}/trails").text
        assert problem(taker.put(f"/trails/{trail_id}/body", {"body": other.id})) == "unknown-trail"

    def test_who_may_give_what_is_left_is_told_so_before_they_have_signed_in_strongly(
        self, server: Server
    ) -> None:
        body, owner, trail_id = published(server)
        guide, weak = (person(server, how=how, guide="2309") for how in ("passkey", "code"))
        assert "give" not in seen(guide, trail_id)["may"]
        assert owner.post(f"/bodies/{body.id}/closing", {"reason": "Slut."}).status_code == 200

        for browser in (guide, weak):
            assert {"give", "rest"} <= set(seen(browser, trail_id)["may"])
        offering = {"body": trusted(server)[0].id}
        assert problem(weak.put(f"/trails/{trail_id}/body", offering)) == "sign-in-stronger"

    def test_what_a_closed_body_left_a_guide_offers_and_another_takes(self, server: Server) -> None:
        body, owner, trail_id = published(server)
        other, taker = trusted(server, "editor")
        guide = person(server, how="passkey", guide="2309")
        assert problem(guide.put(f"/trails/{trail_id}/body", {"body": other.id})) == "not-now"
        assert owner.post(f"/bodies/{body.id}/closing", {"reason": "Slut."}).status_code == 200

        assert guide.put(f"/trails/{trail_id}/body", {"body": body.id}).status_code == 409
        offered = guide.put(f"/trails/{trail_id}/body", {"body": other.id}).get_json()

        assert (offered["body"], offered["offered_to"]) == (body.id, other.id)
        listed = taker.get(f"/bodies/{other.id}/trails").get_json()["trails"]
        assert [one["offered_to"] for one in listed if one["id"] == trail_id] == [other.id]
        assert trail_id not in person(server).get(f"/bodies/{other.id}/trails").text
        assert taker.put(f"/trails/{trail_id}/body", {"body": other.id}).status_code == 200
        assert seen(taker, trail_id)["body"] == other.id

    def test_what_came_with_the_release_is_handed_over_as_it_is(self, server: Server) -> None:
        trail_id = new_id()
        put_out(server, trail_id, "published")
        body, owner = trusted(server)
        guide = person(server, how="passkey", guide="2309")
        assert problem(owner.put(f"/trails/{trail_id}/body", {"body": body.id})) == "unknown-trail"
        assert problem(guide.put(f"/trails/{new_id()}/body", {"body": body.id})) == "unknown-trail"

        assert guide.put(f"/trails/{trail_id}/body", {"body": body.id}).status_code == 200

        told = seen(owner, trail_id)
        assert (told["state"], told["titles"], told["version"]) == ("published", {"sv": "Tips"}, 1)
        with server.edge.database.transaction() as connection:
            assert trails.body_of(connection, trail_id) == body.id
            assert trails.body_of(connection, new_id()) is None


class TestOperator:
    def test_neither_a_release_nor_an_import_overrules_a_body(self, server: Server) -> None:
        database, now = server.edge.database, datetime.now(UTC)
        _, owner, trail_id = published(server)
        step(owner, trail_id, "withdrawal", "Slut.")
        newer = unpack_bytes(changed(trail_id, "Från releasen")).members

        assert publish.publish_once(database, newer, media_type, now) is None
        with pytest.raises(Problem, match="belongs-to-body"):
            publish.publish_pack(database, newer, media_type, now)
        told = seen(owner, trail_id)
        assert (told["state"], told["titles"]) == ("withdrawn", {"sv": "Tips"})

    def test_the_operator_takes_away_and_brings_back_only_that(self, server: Server) -> None:
        database, now = server.edge.database, datetime.now(UTC)
        _, owner, trail_id = published(server)
        code = seen(owner, trail_id)["code"]

        publish.set_state(database, code, "resting", now, "Ras vid bron.")
        told = seen(owner, trail_id)
        assert (told["state"], told["held"], told["reason"]) == ("resting", True, "Ras vid bron.")
        assert problem(step(owner, trail_id, "return")) == "held"
        publish.set_state(database, code, "published", now)
        assert seen(owner, trail_id)["state"] == "published"

        step(owner, trail_id, "resting", "Vinter.")
        with pytest.raises(Problem, match="belongs-to-body"):
            publish.set_state(database, code, "published", now)
