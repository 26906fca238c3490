"""Trails of bodies are looked at: the first before it is shown, the later ones afterwards, and each language by who reads it."""

import pytest

from content.packs.writing import zip_members
from server.app import Server
from server.stores import duties
from server.stores.bodies import Body
from server.stores.duties import Duty
from server.use_cases import publish
from tests.content.examples import PNG
from tests.server.api.inbox import decide, inbox
from tests.server.api.people import Browser, make_body, person, put_into
from tests.server.api.rights.trails import members
from tests.server.api.things import NOW, problem
from tests.server.api.trails import (
    case_code,
    changed,
    new_id,
    on_the_map,
    published,
    save,
    seen,
    step,
    trusted,
)


class TestLanguages:
    def test_one_that_nobody_has_read_is_not_listed(self, server: Server) -> None:
        body, owner = trusted(server)
        trail_id = new_id()
        files = members(trail_id)
        files["quest.toml"] = files["quest.toml"].replace(b'["sv"]', b'["sv", "en", "de"]')
        files["texts/en.toml"] = files["texts/sv.toml"].replace(b'"Tips"', b'"Quiz"')
        files["texts/de.toml"] = b'checked_by = "Anna"\n' + files["texts/sv.toml"].replace(
            b'"Tips"', b'"Rundgang"'
        )
        save(owner, trail_id, body, zip_members(files))

        told = step(owner, trail_id, "publishing").get_json()

        assert (told["languages"], told["unlisted"]) == (["sv", "en", "de"], ["en"])
        shown = on_the_map(server, told["code"], "en").get_json()
        assert shown["languages"] == ["sv", "de"]
        assert "Quiz" not in on_the_map(server, told["code"], "en").text
        assert "Quiz" not in Browser(server).get(f"/bodies/{body.id}/trails").text
        publish.show_again(server.edge.database)
        assert "Quiz" not in on_the_map(server, told["code"], "en").text


class TestLooking:
    def asked(self, server: Server) -> tuple[Body, Browser, str]:
        body = make_body(server)
        owner, trail_id = put_into(server, body, person(server, name="Eva"), "owner"), new_id()
        save(owner, trail_id, body)
        assert step(owner, trail_id, "asking").status_code == 200
        return body, owner, trail_id

    def test_its_pictures_are_looked_at_before_it_is_shown(self, server: Server) -> None:
        body, trail_id = make_body(server), new_id()
        owner = put_into(server, body, person(server, name="Eva"), "owner")
        files = {**members(trail_id), "media/boat.png": PNG}
        files["texts/sv.toml"] = files["texts/sv.toml"].replace(
            b"Vilken d", b"![En b\xc3\xa5t](boat.png) Vilken d"
        )
        assert save(owner, trail_id, body, zip_members(files)).status_code == 200
        at = f"/trails/{trail_id}/media/boat.png"
        guide, elsewhere = (person(server, how="passkey", guide=where) for where in ("2309", "2380"))
        assert problem(guide.get(at)) == "unknown-trail"
        assert step(owner, trail_id, "asking").status_code == 200
        (case,) = inbox(guide)

        (picture,) = guide.get(f"/cases/{case['id']}").get_json()["pictures"]

        assert picture == {"address": f"/api/v1{at}", "words": "boat.png"}
        seen_by_guide = guide.get(at)
        assert (seen_by_guide.content_type, seen_by_guide.data) == ("image/png", PNG)
        assert seen_by_guide.headers["Content-Security-Policy"].startswith("sandbox;")
        assert problem(elsewhere.get(at)) == "unknown-trail"
        assert problem(guide.get(f"/trails/{trail_id}/media/quest.toml")) == "unknown-medium"
        assert decide(guide, "first-look", "publish").status_code == 200
        assert problem(guide.get(at)) == "unknown-medium"  # everybody sees it now, by its hash

    @pytest.mark.parametrize("who", ["guide", "another association"])
    def test_the_first_look_publishes_and_later_trails_are_out_at_once(
        self, server: Server, who: str
    ) -> None:
        body, owner, trail_id = self.asked(server)
        looker = person(server, how="passkey", guide="2309") if who == "guide" else trusted(server)[1]
        (case,) = inbox(looker)
        card = looker.get(f"/cases/{case['id']}").get_json()
        assert "Vilken då?" in str(card)

        assert decide(looker, "first-look", "publish").status_code == 200

        told = seen(owner, trail_id)
        assert (told["state"], told["history"][0]["what"]) == ("published", "publish")
        later = new_id()
        save(owner, later, body)
        assert step(owner, later, "publishing").get_json()["state"] == "published"

    def test_it_is_not_by_oneself(self, server: Server) -> None:
        body, owner, trail_id = self.asked(server)
        own_guide = put_into(server, body, person(server, how="passkey", guide="2309"), "viewer")
        (case,) = inbox(own_guide)

        answer = own_guide.post(f"/cases/{case['id']}/decision", {"decision": "publish"})

        assert problem(answer) == "for-somebody-else"
        assert inbox(owner) == []
        assert seen(owner, trail_id)["state"] == "asked"

    @pytest.mark.parametrize(
        "no_association_that_acts",
        [{"state": "asked"}, {"state": "closed"}, {"kind": "sameby"}, {"kind": "municipality"}],
        ids=str,
    )
    def test_nobody_looks_at_it_but_an_association_that_acts(
        self, server: Server, no_association_that_acts: dict[str, str]
    ) -> None:
        """Anybody may apply for a body; that alone must not let them see or publish what others wrote."""
        _, owner, trail_id = self.asked(server)
        (case,) = inbox(person(server, how="passkey", guide="2309"))
        other = make_body(server, **no_association_that_acts)
        stranger = put_into(server, other, person(server, how="passkey"), "owner")

        answer = stranger.post(f"/cases/{case['id']}/decision", {"decision": "publish"})

        assert problem(answer) == "unknown-case"
        assert inbox(stranger) == []
        assert problem(stranger.get(f"/trails/{trail_id}")) == "unknown-trail"
        assert seen(owner, trail_id)["state"] == "asked"

    def test_it_is_sent_back_with_words_and_asked_for_again(self, server: Server) -> None:
        _, owner, trail_id = self.asked(server)
        guide = person(server, how="passkey", guide="2309")
        assert problem(decide(guide, "first-look", "send-back")) == "reason-missing"

        decide(guide, "first-look", "send-back", "Fråga två har två svar.")

        told = seen(owner, trail_id)
        assert (told["state"], told["reason"], told["held"]) == ("draft", "Fråga två har två svar.", False)
        assert step(owner, trail_id, "asking").get_json()["state"] == "asked"
        assert step(owner, trail_id, "return").get_json()["state"] == "draft"
        assert inbox(guide) == []

    def test_what_is_out_is_checked_afterwards_and_may_be_taken_away(self, server: Server) -> None:
        _, owner, trail_id = published(server)
        moderator = person(server, how="passkey", moderator="")
        decide(moderator, "trail", "rest", "Frågan pekar ut en granne.")
        assert seen(owner, trail_id)["held"]
        assert problem(step(owner, trail_id, "return")) == "held"

        save(owner, trail_id, content=changed(trail_id, "Rättad"))
        assert step(owner, trail_id, "publishing").get_json()["state"] == "resting"
        decide(moderator, "trail", "fine")

        told = seen(owner, trail_id)
        assert (told["state"], told["held"], told["titles"]) == ("published", False, {"sv": "Rättad"})

    def test_fine_does_not_wake_what_its_body_lets_rest(self, server: Server) -> None:
        _, owner, trail_id = published(server)
        step(owner, trail_id, "resting", "Vinter.")

        decide(person(server, how="passkey", moderator=""), "trail", "fine")

        assert seen(owner, trail_id)["state"] == "resting"

    def test_an_appeal_that_was_right_brings_it_back(self, server: Server) -> None:
        _, owner, trail_id = published(server)
        first, second = (person(server, how="passkey", moderator="") for _ in range(2))
        (case,) = inbox(first)
        decide(first, "trail", "withdraw", "Marken är privat.")
        assert on_the_map(server, case_code(server, trail_id)).status_code == 404

        assert owner.post(f"/cases/{case['id']}/appeal", {"words": "Ägaren har sagt ja."}).status_code < 300
        assert decide(second, "appeal", "change").status_code == 200

        assert seen(owner, trail_id)["state"] == "published"
        assert on_the_map(server, case_code(server, trail_id)).status_code == 200

    def test_a_language_is_listed_when_who_reads_it_has_read_it(self, server: Server) -> None:
        body, owner = trusted(server)
        trail_id = new_id()
        files = members(trail_id)
        files["quest.toml"] = files["quest.toml"].replace(b'["sv"]', b'["sv", "en"]')
        files["texts/en.toml"] = files["texts/sv.toml"].replace(b'"Tips"', b'"Quiz"')
        save(owner, trail_id, body, zip_members(files))
        code = step(owner, trail_id, "publishing").get_json()["code"]
        reads_swedish = person(server, language_helper="2309")
        assert problem(decide(reads_swedish, "text", "list")) == "not-your-language"

        reads_english = person(server, name="Ann")
        with server.edge.database.transaction() as connection:
            duties.give(connection, reads_english.account, Duty("language-helper", "2309", ("en",)), NOW)
        assert decide(reads_english, "text", "list").status_code == 200

        assert on_the_map(server, code, "en").get_json()["title"] == "Quiz"
        files["texts/sv.toml"] = files["texts/sv.toml"].replace(b'"Tips"', b'"Ny"')
        save(owner, trail_id, content=zip_members(files))
        assert step(owner, trail_id, "publishing").get_json()["unlisted"] == []
        assert [one for one in inbox(reads_english) if one["kind"] == "text"] == []

        files["texts/en.toml"] = files["texts/en.toml"].replace(b'"Quiz"', b'"Something else"')
        save(owner, trail_id, content=zip_members(files))
        assert step(owner, trail_id, "publishing").get_json()["unlisted"] == ["en"]
        assert "Something else" not in on_the_map(server, code, "en").text
        assert [one["kind"] for one in inbox(reads_english)] == ["text"]
