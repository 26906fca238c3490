"""Trails of bodies: written, asked for, published, resting, withdrawn; and who reaches for another's."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from content.packs.archive import unpack_bytes
from content.packs.writing import zip_members
from server.app import Server
from server.stores import accounts, publications, quests
from server.stores.accounts import Account
from tests.server.api.people import Browser, make_body, person, put_into
from tests.server.api.rights.trails import members, pack, put_down, put_out
from tests.server.api.things import Phone, problem
from tests.server.api.trails import changed, new_id, on_the_map, published, save, seen, step, tag_of, trusted


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
