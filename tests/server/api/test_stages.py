"""Who looks after stages: what reaches whom, who says what becomes of it, how a trail is, and reminders."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from quests.model import Quest
from server.app import Server
from server.stores import accounts, publications, stewards
from server.stores.bodies import Body
from server.stores.publications import Publication
from server.use_cases import reminders
from server.wiring import open_languages
from tests.server.api.inbox import inbox
from tests.server.api.people import Browser, make_body, person, put_into
from tests.server.api.things import NOW, Phone, make_trail, problem, publish_all

MUNICIPALITY = "2309"


@dataclass
class Trail:
    """A body's trail: two stages, `bridge`, and a hidden `den`."""

    server: Server
    quest: Quest
    body: Body | None

    @property
    def at(self) -> str:
        return f"/trails/{self.quest.id}"

    def report(self, reason: str = "gone", note: str = "", stage: str = "bridge") -> Phone:
        phone = Phone(self.server.test_client()).registered()
        journey = phone.begin(self.quest)
        body = {"kind": "blocked", "reason": reason, "note": note}
        answer = phone.post(
            f"/api/v1/journeys/{journey}/moves",
            {"moves": [phone.move(self.quest, stage=stage, task=None, body=body)]},
        )
        assert answer.get_json()["outcomes"][0]["outcome"] == "accepted", answer.text
        return phone

    def member(self, role: str, **given: Any) -> Browser:
        assert self.body is not None
        return put_into(self.server, self.body, person(self.server, **given), role)

    def steward(self, stage: str = "bridge") -> Browser:
        found = person(self.server)
        with self.server.edge.database.transaction() as connection:
            stewards.add(connection, self.quest.id, stage, found.account, NOW)
        return found


@pytest.fixture
def make(server: Server) -> Callable[..., Trail]:
    def made(*, owned: bool = True) -> Trail:
        version = make_trail(municipalities=(MUNICIPALITY,))
        publish_all(server, version)
        if not owned:
            return Trail(server, version.quest, None)
        body = make_body(server, municipality=MUNICIPALITY)
        with server.edge.database.transaction() as connection:
            publication = Publication(
                version.quest.id, "trail", body.id, "published", 1, NOW, NOW, None, looked_at=NOW
            )
            assert publications.add(connection, publication, None)
        return Trail(server, version.quest, body)

    return made


@pytest.fixture
def owned_trail(make: Callable[..., Trail]) -> Trail:
    return make()


def rests(browser: Browser, trail: Trail) -> dict[str, Any]:
    """Why each stage rests, as whoever looks after the trail sees it."""
    answer = browser.get(f"{trail.at}/health")
    assert answer.status_code == 200, answer.text
    return {one["stage"]: one["rests"] and one["rests"]["reason"] for one in answer.get_json()["stages"]}


class TestWhatIsReported:
    def test_it_reaches_the_steward_the_editors_and_the_guide_and_nobody_else(
        self, owned_trail: Trail, server: Server
    ) -> None:
        elsewhere = put_into(server, make_body(server), person(server), "owner")
        for one in (
            owned_trail.steward(),
            owned_trail.member("editor"),
            person(server, how="passkey", guide=MUNICIPALITY),
            person(server, how="passkey", moderator=""),
        ):
            owned_trail.report(note="Bron är borta")
            (case,) = inbox(one)
            assert (case["kind"], case["urgency"]) in {("stage", 2), ("stage", 1)}
            seen = one.get(f"/cases/{case['id']}").get_json()
            assert "Bron är borta" in str(seen)
            assert seen["known"] == ["It is not there any more"]
        for other in (elsewhere, person(server), person(server, how="passkey", guide="2380")):
            assert inbox(other) == []

    def test_what_nobody_owns_reaches_the_guide(self, make: Callable[..., Trail], server: Server) -> None:
        trail, guide = make(owned=False), person(server, how="passkey", guide=MUNICIPALITY)

        trail.report("not-safe")

        assert [(case["kind"], case["urgency"]) for case in inbox(guide)] == [("stage", 0)]
        assert rests(guide, trail)["bridge"] == "not-safe"

    def test_a_steward_of_one_stage_decides_no_other(self, owned_trail: Trail) -> None:
        steward = owned_trail.steward("bridge")
        owned_trail.report("not-safe", stage="den")
        editor = owned_trail.member("editor")
        (other,) = inbox(editor)

        assert inbox(steward) == []
        assert problem(steward.get(f"/cases/{other['id']}")) == "unknown-case"
        decided = steward.post(f"/cases/{other['id']}/decision", {"decision": "mended"})
        assert problem(decided) == "unknown-case"
        assert problem(steward.post(f"{owned_trail.at}/stages/den/mended", {})) == "unknown-stage"
        owned_trail.report("gone")
        (own,) = inbox(steward)
        decided = steward.post(f"/cases/{own['id']}/decision", {"decision": "mended"})
        assert decided.status_code == 200, decided.text

    def test_a_steward_of_a_trail_decides_of_every_stage(self, owned_trail: Trail) -> None:
        steward = owned_trail.steward(stewards.ALL)
        assert steward.see()["looks_after"] == [f"{owned_trail.quest.id}/"]

        owned_trail.report(stage="den")
        owned_trail.report(stage="bridge")

        assert len(inbox(steward)) == 2

    @pytest.mark.parametrize("decision, after", [("mended", None), ("rest", "not-safe"), ("not-so", None)])
    def test_it_is_mended_rests_on_or_was_not_so(
        self, owned_trail: Trail, decision: str, after: str | None
    ) -> None:
        editor = owned_trail.member("editor")
        owned_trail.report("not-safe")
        (case,) = inbox(editor)

        answer = editor.post(
            f"/cases/{case['id']}/decision", {"decision": decision, "words": "Jag har varit där."}
        )

        assert answer.status_code == 200, answer.text
        assert inbox(editor) == []
        assert rests(editor, owned_trail)["bridge"] == after

    def test_who_mends_it_ends_the_case_and_writes_it_down(self, owned_trail: Trail) -> None:
        steward, owner = owned_trail.steward(), owned_trail.member("owner")
        phone = owned_trail.report("not-safe")
        kit = f"/api/v1/quests/{owned_trail.quest.code}/kit"
        resting = phone.get(kit)
        assert [one["stage"] for one in resting.get_json()["rests"]] == ["bridge"]
        assert phone.get(kit, If_None_Match=resting.headers["ETag"]).status_code == 304

        answer = steward.post(f"{owned_trail.at}/stages/bridge/mended", {"words": "Ny planka."})

        assert answer.get_json() == {"stage": "bridge", "rests": None}
        mended = phone.get(kit, **{"If-None-Match": resting.headers["ETag"]})
        assert mended.get_json()["rests"] == []
        assert inbox(owner) == []
        assert owned_trail.body is not None
        deeds = owner.get(f"/bodies/{owned_trail.body.id}/deeds").get_json()["deeds"]
        assert [(deed["what"], deed["reason"]) for deed in deeds][:1] == [("mend-stage", "Ny planka.")]

    def test_a_person_lets_it_rest_and_only_once(self, owned_trail: Trail) -> None:
        editor = owned_trail.member("editor")

        answer = editor.post(f"{owned_trail.at}/stages/bridge/rest", {"reason": "closed"})
        again = editor.post(f"{owned_trail.at}/stages/bridge/rest", {"reason": "gone"})

        assert answer.get_json()["rests"] | {"since": ""} == {
            "reason": "closed",
            "since": "",
            "by_itself": False,
        }
        assert problem(again) == "not-now"
        assert problem(editor.post(f"{owned_trail.at}/stages/nowhere/mended", {})) == "unknown-stage"


class TestStewards:
    def test_editors_ask_a_member_who_may_stop(self, owned_trail: Trail) -> None:
        editor, viewer = owned_trail.member("editor"), owned_trail.member("viewer")
        path = f"{owned_trail.at}/stages/-/stewards"

        for _ in range(2):
            answer = editor.put(f"{path}/{viewer.account}")
        assert [one["every_stage"] for one in answer.get_json()["stewards"]] == [True]
        assert viewer.delete(f"{path}/{viewer.account}").status_code == 204
        assert viewer.get(path).get_json() == {"stewards": []}
        assert problem(viewer.delete(f"{path}/{viewer.account}")) == "unknown-steward"

    def test_nobody_is_made_a_steward_unasked(self, owned_trail: Trail, server: Server) -> None:
        editor, stranger = owned_trail.member("editor"), person(server)

        answer = editor.put(f"{owned_trail.at}/stages/bridge/stewards/{stranger.account}")

        assert problem(answer) == "unknown-member"

    def test_a_steward_asks_nobody_else_to_stop(self, owned_trail: Trail) -> None:
        one, other = owned_trail.steward(), owned_trail.steward()

        answer = one.delete(f"{owned_trail.at}/stages/bridge/stewards/{other.account}")

        assert problem(answer) == "not-yours"

    def test_what_nobody_owns_its_guide_looks_after(self, make: Callable[..., Trail], server: Server) -> None:
        trail, guide = make(owned=False), person(server, how="passkey", guide=MUNICIPALITY)
        path = f"{trail.at}/stages/bridge/stewards"

        assert guide.put(f"{path}/{guide.account}").status_code == 200
        assert problem(guide.put(f"{path}/{person(server).account}")) == "unknown-member"

    def test_who_leaves_looks_after_nothing_any_more(self, owned_trail: Trail, server: Server) -> None:
        steward = owned_trail.steward()
        assert "bridge" in steward.get("/account/export").text

        with server.edge.database.transaction() as connection:
            assert accounts.remove(connection, steward.account)
            assert stewards.of_stage(connection, owned_trail.quest.id, "bridge") == []


class TestHealth:
    def test_it_tells_what_was_said_and_nothing_of_who_said_it(self, owned_trail: Trail) -> None:
        owned_trail.report("gone", "Anna från Tulleråsen var här")
        owned_trail.report("closed")
        viewer = owned_trail.member("viewer")

        health = viewer.get(f"{owned_trail.at}/health", Accept_Language="sv").get_json()

        bridge, den = health["stages"]
        assert (health["verdict"], bridge["verdict"], den["verdict"]) == ("look", "look", "fine")
        assert (bridge["reports"], bridge["waiting"]) == ({"closed": 1, "gone": 1}, 2)
        assert bridge["newest_report"] == datetime.now(UTC).date().isoformat()
        assert bridge["message"] == "Titta till det här."
        assert (bridge["done_since"], bridge["steward"]) == (None, False)
        assert "Anna" not in str(health)

    def test_it_says_when_the_whole_trail_rests(self, owned_trail: Trail) -> None:
        for stage in ("bridge", "den"):
            owned_trail.report("not-safe", stage=stage)

        assert owned_trail.member("viewer").get(f"{owned_trail.at}/health").get_json()["verdict"] == "rests"

    def test_others_do_not_see_it(self, owned_trail: Trail, server: Server) -> None:
        other = put_into(server, make_body(server), person(server), "owner")

        assert problem(other.get(f"{owned_trail.at}/health")) == "unknown-stage"


class TestReminders:
    @pytest.fixture
    def steward(self, owned_trail: Trail, server: Server) -> Browser:
        """Of a stage that was reported just now."""
        owned_trail.report()
        found = owned_trail.steward()
        with server.edge.database.transaction() as connection:
            assert accounts.set_address(connection, found.account, found.address, NOW)
        return found

    def remind(self, server: Server, days: float) -> int:
        now = datetime.now(UTC) + timedelta(days=days)
        return reminders.remind(server.edge.database, open_languages().say, "https://quest.example.se", now)

    def mails(self, server: Server, browser: Browser) -> list[str]:
        rows = server.edge.database.private.read(
            "SELECT subject || body FROM people.mails WHERE address = %(to)s", {"to": browser.address}
        )
        return [row[0] for row in rows]

    def test_one_mail_a_week_whatever_happens(
        self, steward: Browser, owned_trail: Trail, server: Server
    ) -> None:
        assert self.remind(server, 2.9) == 0
        owned_trail.report(stage="den")
        with server.edge.database.transaction() as connection:
            stewards.add(connection, owned_trail.quest.id, "den", steward.account, NOW)
        for day in (3.1, 3.1, 4, 9):
            self.remind(server, day)

        (mail,) = self.mails(server, steward)
        assert mail.count("– ") == 2, "one list of all that waits"
        assert "https://quest.example.se/studio/inbox" in mail
        assert "Det här väntar på dig" in mail
        assert self.remind(server, 10.2) == 1

    def test_who_does_not_want_it_gets_none(self, steward: Browser, server: Server) -> None:
        assert steward.see()["reminders"]
        assert not steward.patch("/account", {"reminders": False}).get_json()["reminders"]

        assert self.remind(server, 4) == 0
        assert steward.patch("/account", {"reminders": True}).get_json()["reminders"]
        assert self.remind(server, 4) == 1

    def test_an_address_that_bounced_gets_none(self, steward: Browser, server: Server) -> None:
        with server.edge.database.transaction() as connection:
            accounts.bounced(connection, steward.address, NOW)

        assert self.remind(server, 4) == 0
        assert self.mails(server, steward) == []

    def test_what_is_mended_reminds_nobody(
        self, steward: Browser, owned_trail: Trail, server: Server
    ) -> None:
        assert steward.post(f"{owned_trail.at}/stages/bridge/mended", {}).status_code == 200

        assert self.remind(server, 4) == 0

    def test_editors_are_reminded_and_viewers_are_not(self, owned_trail: Trail, server: Server) -> None:
        owned_trail.report()
        for role in ("editor", "viewer"):
            member = owned_trail.member(role)
            with server.edge.database.transaction() as connection:
                assert accounts.set_address(connection, member.account, member.address, NOW)

        assert self.remind(server, 4) == 1
