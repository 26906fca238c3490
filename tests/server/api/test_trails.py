"""Trails of bodies: written, asked for, published, resting, withdrawn, given away; and who reaches for another's."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from content.packs.archive import unpack_bytes
from content.packs.writing import zip_members
from media.kinds import media_type
from server.app import Server
from server.stores import accounts, duties, publications, quests, trails
from server.stores.accounts import Account
from server.stores.bodies import Body
from server.stores.duties import Duty
from server.use_cases import publish
from server.use_cases.problem import Problem
from tests.server.api.people import Browser, make_body, person, put_into
from tests.server.api.rights.trails import members, pack, put_down, put_out
from tests.server.api.things import NOW, Phone, problem


def new_id() -> str:
    return str(uuid.uuid4())


def changed(trail_id: str, title: str, **files: str) -> bytes:
    """The pack of that trail under another title."""
    found = members(trail_id)
    found["texts/sv.toml"] = found["texts/sv.toml"].replace(b'"Tips"', f'"{title}"'.encode())
    return zip_members({**found, **{name.replace("__", "/"): text.encode() for name, text in files.items()}})


def save(browser: Browser, trail_id: str, body: Body | None = None, content: bytes | None = None) -> Any:
    query = "" if body is None else f"?body={body.id}"
    tag = "" if body is not None else tag_of(browser, trail_id)
    return browser.put(f"/trails/{trail_id}{query}", content or pack(trail_id), If_Match=tag)


def tag_of(browser: Browser, trail_id: str) -> str:
    found: str = browser.get(f"/trails/{trail_id}").headers.get("ETag", '"1"')
    return found


def step(browser: Browser, trail_id: str, name: str, reason: str | None = None, tag: str = "") -> Any:
    return browser.post(
        f"/trails/{trail_id}/{name}",
        None if reason is None else {"reason": reason},
        If_Match=tag or tag_of(browser, trail_id),
    )


def trusted(server: Server, role: str = "owner") -> tuple[Body, Browser]:
    """An association of which others have looked at a trail before, and somebody in it."""
    body = make_body(server)
    put_down(server, body, "withdrawn")
    return body, put_into(server, body, person(server, name="Eva"), role)


def published(server: Server) -> tuple[Body, Browser, str]:
    body, owner = trusted(server)
    trail_id = new_id()
    assert save(owner, trail_id, body).status_code == 200
    answer = step(owner, trail_id, "publishing")
    assert answer.status_code == 200, answer.text
    return body, owner, trail_id


def seen(browser: Browser, trail_id: str) -> dict[str, Any]:
    answer = browser.get(f"/trails/{trail_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def on_the_map(server: Server, code: str, lang: str = "sv") -> Any:
    return server.test_client().get(f"/api/v1/quests/{code}?lang={lang}")


class TestWriting:
    def test_an_author_saves_a_draft_with_mistakes_and_is_told_where(self, server: Server) -> None:
        body = make_body(server)
        author, trail_id = put_into(server, body, person(server), "author"), new_id()
        broken = members(trail_id)
        broken["quest.toml"] = broken["quest.toml"].replace(b'options = ["1", "X", "2"]', b"options = []", 1)

        answer = author.put(f"/trails/{trail_id}?body={body.id}&lang=en", zip_members(broken))

        told = answer.get_json()
        assert (told["state"], told["version"], told["titles"]) == ("draft", 1, {"sv": "Tips"})
        assert told["first_look"]
        wrong = [one for one in told["findings"] if one["mistake"]]
        assert [(one["file"], one["line"]) for one in wrong][:1] == [("quest.toml", 14)]
        assert "\n" not in wrong[0]["message"]
        assert told["mistakes"] == len(wrong)
        assert unpack_bytes(author.get(f"/trails/{trail_id}/pack").data).members == broken

    def test_it_cannot_be_asked_for_or_published_with_mistakes(self, server: Server) -> None:
        body, owner = trusted(server)
        trail_id = new_id()
        without = {name: data for name, data in members(trail_id).items() if name != "private.toml"}
        assert save(owner, trail_id, body, zip_members(without)).status_code == 200

        assert problem(step(owner, trail_id, "asking")) == "pack-refused"
        assert problem(step(owner, trail_id, "publishing")) == "pack-refused"
        assert seen(owner, trail_id)["state"] == "draft"

    def test_what_is_no_archive_or_a_hostile_one_is_not_kept(self, server: Server) -> None:
        body, owner = trusted(server)
        trail_id = new_id()

        for hostile in (b"no archive", zip_members({"../../etc/passwd": b"x"})):
            assert problem(save(owner, trail_id, body, hostile)) == "pack-refused"
        assert problem(owner.put(f"/trails/{trail_id}?body={body.id}", {"quest": 1})) == "not-a-zip"
        assert problem(owner.get(f"/trails/{trail_id}")) == "unknown-trail"

    def test_signs_that_no_database_holds_are_findings(self, server: Server) -> None:
        body, owner = trusted(server)
        trail_id = new_id()

        answer = save(owner, trail_id, body, changed(trail_id, "a\\u0000b"))

        assert answer.status_code == 200
        assert answer.get_json()["mistakes"]

    def test_the_same_once_more_changes_nothing(self, server: Server) -> None:
        body, owner = trusted(server)
        trail_id = new_id()
        save(owner, trail_id, body)

        again = owner.put(f"/trails/{trail_id}?body={body.id}", pack(trail_id))  # its answer was lost

        assert (again.status_code, again.get_json()["version"]) == (200, 1)
        assert len(again.get_json()["versions"]) == 1

    def test_two_who_write_at_once_do_not_undo_each_others_work(self, server: Server) -> None:
        body, owner = trusted(server)
        trail_id = new_id()
        save(owner, trail_id, body)
        tag = tag_of(owner, trail_id)
        path = f"/trails/{trail_id}"
        assert owner.put(path, changed(trail_id, "Min"), If_Match=tag).status_code == 200

        assert problem(owner.put(path, changed(trail_id, "Din"), If_Match=tag)) == "changed-meanwhile"
        assert problem(owner.put(path, changed(trail_id, "Din"))) == "version-missing"
        assert seen(owner, trail_id)["titles"] == {"sv": "Min"}

    def test_somebody_goes_back_to_an_older_version(self, server: Server) -> None:
        body, owner = trusted(server)
        trail_id = new_id()
        save(owner, trail_id, body)
        save(owner, trail_id, content=changed(trail_id, "Sämre"))
        assert [one["version"] for one in seen(owner, trail_id)["versions"]] == [2, 1]

        old = owner.get(f"/trails/{trail_id}/pack?version=1").data
        save(owner, trail_id, content=old)

        told = seen(owner, trail_id)
        assert told["titles"] == {"sv": "Tips"}
        assert [(one["version"], one["name"]) for one in told["versions"]] == [
            (3, "Eva"),
            (2, "Eva"),
            (1, "Eva"),
        ]
        assert problem(owner.get(f"/trails/{trail_id}/pack?version=9")) == "unknown-trail-version"

    def test_of_many_versions_fifty_are_kept_and_always_the_newest(self, server: Server) -> None:
        trail_id = put_down(server, make_body(server), "draft")
        with server.edge.database.transaction() as connection:
            publication = publications.find(connection, trail_id)
            assert publication is not None
            for number in range(1, 5):
                publications.keep(
                    connection,
                    replace(publication, version=number),
                    b"x" * 10,
                    versions_most=3,
                    bytes_most=1000,
                )
            few = [one.number for one in publications.saved(connection, trail_id)]
            publications.keep(
                connection, replace(publication, version=5), b"x" * 2000, versions_most=3, bytes_most=1000
            )
            large = [one.number for one in publications.saved(connection, trail_id)]

        assert few == [4, 3, 2]
        assert large == [5]

    @pytest.mark.parametrize("field", ["state", "body", "held", "looked_at", "version", "body_id"])
    def test_nobody_sets_state_or_owner_by_a_field(self, server: Server, field: str) -> None:
        """Mass assignment."""
        _, owner, trail_id = published(server)
        tag = tag_of(owner, trail_id)

        answer = owner.post(f"/trails/{trail_id}/resting", {"reason": "Is.", field: "draft"}, If_Match=tag)
        assert problem(answer) == "invalid-body"
        query = owner.put(f"/trails/{trail_id}?{field}=published", pack(trail_id), If_Match=tag)
        assert problem(query) == "invalid-query"
        assert seen(owner, trail_id)["state"] == "published"

    def test_a_pack_of_another_trail_is_refused(self, server: Server) -> None:
        body, owner = trusted(server)

        assert problem(save(owner, new_id(), body, pack(new_id()))) == "trail-differs"


class TestOthers:
    def test_another_bodys_draft_is_not_there(self, server: Server) -> None:
        body, owner = trusted(server)
        trail_id = new_id()
        save(owner, trail_id, body)
        _, other = trusted(server)

        for method, path, sent in (
            ("GET", "", None),
            ("GET", "/pack", None),
            ("GET", "/pack?version=1", None),
            ("PUT", "", pack(trail_id)),
            ("POST", "/asking", None),
            ("POST", "/publishing", None),
            ("POST", "/resting", {"reason": "x"}),
            ("POST", "/return", None),
            ("POST", "/withdrawal", {"reason": "x"}),
            ("PUT", "/body", {"body": body.id}),
        ):
            answer = other.ask(method, f"/trails/{trail_id}{path}", sent, If_Match='"1"')
            assert problem(answer) == "unknown-trail", path
        assert other.get(f"/bodies/{body.id}/trails").get_json() == {"trails": []}
        assert trail_id in owner.get(f"/bodies/{body.id}/trails").text

    def test_an_id_that_is_anybodys_says_no_more_than_taken(self, server: Server) -> None:
        body, owner = trusted(server)
        _, other, out = published(server)
        draft, released = new_id(), new_id()
        save(owner, draft, body)
        put_out(server, released, "published")
        own, deputy = trusted(server)

        for taken in (draft, out, released):
            answer = deputy.put(f"/trails/{taken}?body={own.id}", pack(taken), If_Match='"1"')
            assert problem(answer) == "trail-taken"
        assert problem(other.put(f"/trails/{new_id()}?body={own.id}", pack(draft))) == "unknown-body"

    def test_everybody_sees_what_is_out_and_not_what_is_written_beside_it(self, server: Server) -> None:
        body, owner, trail_id = published(server)
        save(owner, trail_id, content=changed(trail_id, "Hemligt"))

        (listed,) = Browser(server).get(f"/bodies/{body.id}/trails").get_json()["trails"]

        assert listed["titles"] == {"sv": "Tips"}
        assert (listed["state"], listed["has_draft"], listed["may"]) == ("published", False, [])
        assert "Hemligt" in owner.get(f"/bodies/{body.id}/trails").text
        assert "Hemligt" not in on_the_map(server, listed["code"]).text


class TestPublishing:
    def test_a_bodys_later_trail_is_out_at_once(self, server: Server) -> None:
        _, owner, trail_id = published(server)

        told = seen(owner, trail_id)

        assert (told["state"], told["has_draft"], told["first_look"]) == ("published", False, False)
        assert on_the_map(server, told["code"]).get_json()["version"] == told["published_version"]
        assert [one["what"] for one in told["history"]] == ["publish", "begin"]

    def test_its_first_one_is_not_published_by_itself(self, server: Server) -> None:
        body = make_body(server)
        owner, trail_id = put_into(server, body, person(server), "owner"), new_id()
        save(owner, trail_id, body)

        assert problem(step(owner, trail_id, "publishing")) == "first-look-needed"
        asked = step(owner, trail_id, "asking").get_json()
        assert asked["state"] == "asked"
        assert problem(step(owner, trail_id, "publishing")) == "not-now"
        assert problem(save(owner, trail_id, content=changed(trail_id, "Annat"))) == "not-now"
        assert step(owner, trail_id, "return").get_json()["state"] == "draft"

    def test_of_two_who_publish_at_once_one_does(self, server: Server) -> None:
        body, owner = trusted(server)
        editor, trail_id = put_into(server, body, person(server), "editor"), new_id()
        save(owner, trail_id, body)
        tag = tag_of(owner, trail_id)

        with ThreadPoolExecutor(2) as both:
            said = sorted(
                both.map(lambda one: step(one, trail_id, "publishing", tag=tag).status_code, [owner, editor])
            )

        assert said == [200, 412]
        assert [one["what"] for one in seen(owner, trail_id)["history"]] == ["publish", "begin"]

    def test_a_change_is_a_draft_beside_what_is_out_until_it_is_published(self, server: Server) -> None:
        _, owner, trail_id = published(server)
        before = seen(owner, trail_id)
        save(owner, trail_id, content=changed(trail_id, "Ny"))
        between = seen(owner, trail_id)
        assert (between["state"], between["has_draft"]) == ("published", True)
        assert between["published_version"] == before["published_version"]

        step(owner, trail_id, "publishing")

        after = seen(owner, trail_id)
        assert (after["has_draft"], after["code"]) == (False, before["code"])
        assert after["published_version"] != before["published_version"]
        assert on_the_map(server, after["code"]).get_json()["title"] == "Ny"

    def test_a_journey_under_way_keeps_its_version(self, server: Server) -> None:
        _, owner, trail_id = published(server)
        phone = Phone(server.test_client()).registered()
        with server.edge.database.transaction() as connection:
            standing = quests.find(connection, trail_id)
            assert standing is not None
            version = quests.version(connection, trail_id, standing.version)
        assert version is not None
        journey = phone.begin(version.quest)
        save(owner, trail_id, content=changed(trail_id, "Ny"))
        step(owner, trail_id, "publishing")
        assert step(owner, trail_id, "withdrawal", "Slut.").status_code == 200

        move = phone.move(version.quest, "one", "row", {"kind": "choice", "option": "1"})
        assert phone.send(journey, [move]).get_json()["outcomes"][0]["outcome"] == "accepted"

    def test_a_kit_of_a_resting_trail_says_that_it_rests(self, server: Server) -> None:
        _, owner, trail_id = published(server)
        code = seen(owner, trail_id)["code"]
        phone = Phone(server.test_client()).registered()
        assert problem(step(owner, trail_id, "resting", "  ")) == "reason-missing"

        told = step(owner, trail_id, "resting", "Bron är sönder.").get_json()

        assert (told["state"], told["reason"], told["held"]) == ("resting", "Bron är sönder.", False)
        assert phone.get(f"/api/v1/quests/{code}/kit").get_json()["resting"]
        save(owner, trail_id, content=changed(trail_id, "Lagad"))
        assert step(owner, trail_id, "publishing").get_json()["state"] == "resting"
        assert phone.get(f"/api/v1/quests/{code}/kit").get_json()["resting"]
        assert step(owner, trail_id, "return").get_json()["state"] == "published"
        assert not phone.get(f"/api/v1/quests/{code}/kit").get_json()["resting"]

    def test_what_was_withdrawn_is_gone_and_comes_back_as_a_draft(self, server: Server) -> None:
        _, owner, trail_id = published(server)
        code = seen(owner, trail_id)["code"]

        step(owner, trail_id, "withdrawal", "Marken är såld.")

        assert on_the_map(server, code).status_code == 404
        assert step(owner, trail_id, "return").get_json()["state"] == "draft"
        assert on_the_map(server, code).status_code == 404
        assert step(owner, trail_id, "publishing").get_json()["state"] == "published"
        assert on_the_map(server, code).status_code == 200

    def test_what_a_moderator_let_rest_its_body_does_not_lift(self, server: Server) -> None:
        _, owner, trail_id = published(server)
        moderator = person(server, how="passkey", moderator="")
        told = step(moderator, trail_id, "resting", "Någon kan falla.").get_json()
        assert (told["held"], told["history"][0]["name"]) == (True, "")

        assert problem(step(owner, trail_id, "return")) == "held"
        assert step(moderator, trail_id, "return").get_json()["state"] == "published"

    @pytest.mark.parametrize("state", ["closed", "refused", "asked"])
    def test_a_body_that_does_not_act_publishes_nothing(self, server: Server, state: str) -> None:
        body = make_body(server, state)
        put_down(server, body, "withdrawn")
        owner = put_into(server, body, person(server), "owner")
        drafted = put_down(server, body, "draft")

        assert problem(step(owner, drafted, "asking")) == "body-not-active"
        assert problem(step(owner, drafted, "publishing")) == "body-not-active"
        begun = owner.put(f"/trails/{(another := new_id())}?body={body.id}", pack(another))
        assert begun.status_code == 200 if state == "asked" else problem(begun) == "body-not-active"

    def test_a_minor_publishes_nothing_and_writes_all_the_same(self, server: Server) -> None:
        body, owner = trusted(server)
        minor, trail_id = put_into(server, body, person(server, name="Tindra"), "owner"), new_id()
        with server.edge.database.transaction() as connection:
            young = Account(minor.account, "Tindra", "sv", is_adult=False, created_at=datetime.now(UTC))
            accounts.change(connection, young)

        assert save(minor, trail_id, body).status_code == 200
        assert problem(step(minor, trail_id, "asking")) == "grown-up-needed"
        assert problem(step(minor, trail_id, "publishing")) == "grown-up-needed"
        published_by = step(owner, trail_id, "publishing").get_json()
        assert step(minor, trail_id, "resting", "Is på vägen.").status_code == 200
        assert problem(step(minor, trail_id, "return")) == "grown-up-needed"
        out = (
            on_the_map(server, published_by["code"]).text
            + Browser(server).get(f"/bodies/{body.id}/trails").text
        )
        assert "Tindra" not in out
        assert minor.account not in out


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

    def test_what_a_closed_body_left_a_guide_hands_to_another(self, server: Server) -> None:
        body, owner, trail_id = published(server)
        other, taker = trusted(server)
        guide = person(server, how="passkey", guide="2309")
        assert problem(guide.put(f"/trails/{trail_id}/body", {"body": other.id})) == "not-now"
        assert owner.post(f"/bodies/{body.id}/closing", {"reason": "Slut."}).status_code == 200

        assert guide.put(f"/trails/{trail_id}/body", {"body": body.id}).status_code == 409
        assert guide.put(f"/trails/{trail_id}/body", {"body": other.id}).status_code == 200

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


def inbox(browser: Browser) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get("/cases").get_json()["cases"]
    return found


def decide(browser: Browser, kind: str, decision: str, words: str = "") -> Any:
    (case,) = [one for one in inbox(browser) if one["kind"] == kind]
    return browser.post(f"/cases/{case['id']}/decision", {"decision": decision, "words": words})


class TestLooking:
    def asked(self, server: Server) -> tuple[Body, Browser, str]:
        body = make_body(server)
        owner, trail_id = put_into(server, body, person(server, name="Eva"), "owner"), new_id()
        save(owner, trail_id, body)
        assert step(owner, trail_id, "asking").status_code == 200
        return body, owner, trail_id

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


def case_code(server: Server, trail_id: str) -> str:
    with server.edge.database.transaction() as connection:
        standing = quests.find(connection, trail_id)
    assert standing is not None
    return standing.code
