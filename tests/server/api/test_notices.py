"""Notices of public things: without an account, with a receipt; hidden at first notice, and back when nothing is wrong."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from flask.testing import FlaskClient

from content.packs.archive import unpack_bytes
from media.kinds import media_type
from quests.codes import quest_code
from quests.region import SWEDEN
from quests.tasks.meet import Meet
from server.app import Server
from server.mail import Bounced
from server.stores import cases, notices
from server.stores.quests import Version
from server.use_cases import mails, publish
from server.use_cases.cases import appealing
from server.use_cases.problem import Problem
from tests.content.examples import trail as pack_with_a_boat
from tests.server.api.inbox import mailed_to
from tests.server.api.notices import ADA, CHILD, SPAM, decide, deeds, give, look, moderator
from tests.server.api.people import Browser, make_body, person, put_into
from tests.server.api.rights.trails import put_down
from tests.server.api.things import NOW, Phone, make_generic, problem, publish_all


@pytest.fixture
def owned(server: Server) -> tuple[str, str, Browser]:
    """A quest of a body with an owner who has an address: its id, its code, the owner."""
    body = make_body(server)
    owner = put_into(server, body, Browser(server).sign_in(), "owner")
    assert owner.patch("/account", {"language": "sv"}).status_code == 200
    quest = put_down(server, body, "published")
    with server.edge.database.transaction() as connection:
        publish.show_quest_again(connection, quest, NOW)
    return quest, quest_code(uuid.UUID(quest).bytes), owner


class TestGivingNotice:
    def test_it_needs_no_account_and_gives_a_receipt(
        self, server: Server, client: FlaskClient, trail: Version
    ) -> None:
        receipt = give(client, "quest", trail.quest.code, **SPAM, **ADA, language="sv")

        assert look(client, receipt)["state"] == "waits"
        assert (receipt["hidden"], receipt["read_on"], receipt["said"]) == (
            False,
            None,
            "Tack. Någon tittar på det.",
        )
        (mail,) = mailed_to(server, "ada@example.se")
        assert f"/notice#{receipt['id']}.{receipt['code']}" in mail
        assert "Över bron" in mail
        (seen,) = moderator(server).get("/cases?lang=sv").get_json()["cases"]
        assert (seen["kind"], seen["urgency"]) == ("notice", 2)
        assert "Över bron" in seen["title"]

    def test_without_the_secret_nobody_sees_anything(self, client: FlaskClient, trail: Version) -> None:
        receipt = give(client, "quest", trail.quest.code, **SPAM, **ADA)
        other = give(client, "quest", trail.quest.code, **SPAM, **ADA)

        for code in ("", "x" * 43, other["code"], receipt["code"][:-1]):
            headers = {"Notice-Code": code}
            assert (
                problem(client.get(f"/api/v1/notices/{receipt['id']}", headers=headers)) == "unknown-notice"
            )
            appeal = client.post(
                f"/api/v1/notices/{receipt['id']}/appeal", headers=headers, json={"words": "Titta igen."}
            )
            assert problem(appeal) == "unknown-notice"

    def test_what_is_not_public_is_unknown(self, server: Server, client: FlaskClient, trail: Version) -> None:
        gone = make_generic()
        publish_all(server, gone)
        publish.set_state(server.edge.database, gone.quest.code, "withdrawn", NOW)
        draft = put_down(server, make_body(server), "draft")
        asked = make_body(server, "asked")

        for what, name in (
            ("quest", "JH22222"),
            ("quest", gone.quest.code),
            ("quest", draft),
            ("quest", quest_code(uuid.UUID(draft).bytes)),
            ("stage", f"{trail.quest.code}/nowhere"),
            ("stage", f"{trail.quest.code}/den"),  # a hidden stage
            ("stage", trail.quest.code),
            ("body", asked.id),
            ("body", "no-uuid"),
            ("body", str(uuid.uuid4())),
        ):
            answer = client.post("/api/v1/notices", json={"what": what, "id": name, **SPAM, **ADA})
            assert problem(answer) == "unknown-thing", (what, name)
        assert server.edge.database.private.read(
            "SELECT count(*) FROM people.cases WHERE kind = 'notice'"
        ) == [(0,)]

    def test_who_says_it_gives_a_name_and_good_faith_but_where_a_child_is_concerned(
        self, client: FlaskClient, trail: Version
    ) -> None:
        def said(**changed: object) -> str:
            sent = {"what": "quest", "id": trail.quest.code, **SPAM, **ADA, **changed}
            return problem(client.post("/api/v1/notices", json=sent))

        assert said(name=" ") == "name-missing"
        assert said(address="") == "name-missing"
        assert said(good_faith=False) == "good-faith-missing"
        assert said(reason_code="mood") == "unknown-reason"
        assert said(words="  \n") == "reason-missing"
        assert said(address="nobody") == "bad-address"
        assert give(client, "quest", trail.quest.code, **CHILD)["hidden"]

    def test_a_flood_is_limited_and_one_thing_is_one_case(
        self, server: Server, make_server: Callable[..., Server], trail: Version
    ) -> None:
        careful = make_server(ROTFASTE_LIMIT_NOTICES="7")
        client = careful.test_client()
        for _ in range(7):
            give(client, "quest", trail.quest.code, **SPAM, **ADA)

        answer = client.post("/api/v1/notices", json={"what": "quest", "id": trail.quest.code, **SPAM, **ADA})

        careful.edge.database.close()
        assert problem(answer) == "too-many-requests"
        (one,) = moderator(server).get("/cases").get_json()["cases"]
        assert one["times"] == 7
        assert len(mailed_to(server, "ada@example.se")) == 5  # nobody's inbox is filled by another's notices

    def test_whoever_asks_is_told_the_day(self, server: Server, client: FlaskClient, trail: Version) -> None:
        reads = moderator(server)
        today = datetime.now(SWEDEN).date()
        tuesday = today + timedelta(days=(1 - today.weekday()) % 7 or 7)
        with server.edge.database.transaction() as connection:
            cases.set_days(connection, reads.account, [tuesday], today)

        receipt = give(client, "quest", trail.quest.code, **SPAM, **ADA, language="sv")

        assert receipt["read_on"] == tuesday.isoformat()
        assert "Det läses tisdag" in receipt["said"]
        assert receipt["said"] in mailed_to(server, "ada@example.se")[0]

    def test_receipts_bounce_quietly(self, server: Server, client: FlaskClient, trail: Version) -> None:
        class NobodyThere:
            def send(self, to: str, subject: str, body: str) -> None:
                raise Bounced(to)

        receipt = give(client, "quest", trail.quest.code, **SPAM, **ADA)
        ((mail,),) = server.edge.database.private.read("SELECT id FROM people.mails")

        state = mails.send(server.edge.database, NobodyThere(), mail, datetime.now(UTC))  # type: ignore[arg-type]

        assert state == "bounced"
        assert look(client, receipt)["state"] == "waits"
        decide(moderator(server), "dismiss")
        assert look(client, receipt)["state"] == "decided"


class TestHiding:
    def is_there(self, phone: Phone, code: str) -> bool:
        shown = phone.client.get(f"/api/v1/quests/{code}").status_code == 200
        taken = phone.get(f"/api/v1/quests/{code}/kit").status_code == 200
        assert shown == taken
        return shown

    def test_at_first_notice_of_a_child_it_is_hidden_and_back_when_nothing_is_wrong(
        self, server: Server, phone: Phone, trail: Version
    ) -> None:
        code = trail.quest.code
        publish.set_state(server.edge.database, code, "resting", NOW)

        assert give(phone.client, "stage", f"{code}/bridge", **CHILD)["hidden"]

        assert not self.is_there(phone, code)
        publish_all(server, trail)  # whoever publishes it again does not bring it back
        assert not self.is_there(phone, code)
        again = {"what": "quest", "id": code, **SPAM, **ADA}
        assert problem(phone.client.post("/api/v1/notices", json=again)) == "unknown-thing"
        decide(moderator(server), "dismiss")
        assert self.is_there(phone, code)
        assert phone.client.get(f"/api/v1/quests/{code}").get_json()["resting"]

    def test_a_stage_where_people_meet_is_hidden_when_it_is_said_to_be_dangerous(
        self, server: Server, phone: Phone
    ) -> None:
        made = make_generic()
        stage = msgspec.structs.replace(made.quest.stages[0], tasks=(Meet(key="hear"),))
        quest = msgspec.structs.replace(made.quest, stages=(stage,))
        plain = make_generic()
        publish_all(server, Version(quest, made.secrets), plain)
        danger = {"reason_code": "dangerous-place", "words": "Isen bär inte.", **ADA}

        assert give(phone.client, "stage", f"{quest.code}/sound", **danger)["hidden"]
        assert not give(phone.client, "stage", f"{plain.quest.code}/sound", **danger)["hidden"]

    def test_what_somebody_found_nothing_wrong_with_is_left_in_peace_for_a_month(
        self, server: Server, phone: Phone, trail: Version
    ) -> None:
        give(phone.client, "quest", trail.quest.code, **CHILD)
        decide(moderator(server), "dismiss")

        again = give(phone.client, "quest", trail.quest.code, **CHILD)

        assert not again["hidden"]
        (one,) = moderator(server).get("/cases").get_json()["cases"]
        assert one["urgency"] == 0
        assert self.is_there(phone, trail.quest.code)

    def test_its_owners_are_told_at_once_why_and_then_what_was_decided(
        self, server: Server, phone: Phone, owned: tuple[str, str, Browser]
    ) -> None:
        _, code, owner = owned
        give(phone.client, "quest", code, **CHILD)
        hidden = mailed_to(server, owner.address)[-1]
        assert "Ett barn kan fara illa" in hidden
        assert "Barn kan fara illa här." not in hidden  # whoever said it may be known by the words

        case = decide(moderator(server), "hide", "Vi ringer er.", reason_code="child")

        told = mailed_to(server, owner.address)[-1]
        for words in (
            "Det doldes och visas inte längre.",
            "Ett barn kan fara illa",
            "lagen",
            "Vi ringer er.",
            "människa",
            "sex månader",
        ):
            assert words in told
        assert not self.is_there(phone, code)
        seen = owner.get(f"/cases/{case}").get_json()
        assert (seen["proposed"], seen["may_appeal"], seen["texts"]) == ("hide", True, [])

    def test_who_gave_notice_is_known_to_those_who_decide_and_not_to_the_owners(
        self, server: Server, client: FlaskClient, owned: tuple[str, str, Browser]
    ) -> None:
        _, code, owner = owned
        give(client, "quest", code, **SPAM, **ADA)
        reads = moderator(server)

        case = decide(reads, "hide", reason_code="spam")

        seen = reads.get(f"/cases/{case}")
        assert "Ada, ada@example.se" in seen.text
        assert seen.get_json()["known"] == ["Advertising or nonsense"]
        for told in (owner.get(f"/cases/{case}").text, *mailed_to(server, owner.address)):
            assert "Ada" not in told
            assert SPAM["words"] not in told

    def test_a_body_is_hidden_with_its_page(self, server: Server, client: FlaskClient) -> None:
        body = make_body(server)
        give(client, "body", body.id, **CHILD)

        assert problem(client.get(f"/api/v1/bodies/{body.id}")) == "unknown-body"
        assert client.get("/api/v1/bodies").get_json() == {"bodies": []}

        decide(moderator(server), "dismiss")
        assert client.get(f"/api/v1/bodies/{body.id}").status_code == 200


class TestAppeals:
    def test_who_gave_notice_appeals_and_somebody_else_looks(
        self, server: Server, client: FlaskClient, trail: Version
    ) -> None:
        receipt = give(client, "quest", trail.quest.code, **SPAM, **ADA, language="en")
        first = moderator(server)
        decide(first, "dismiss", "Butiken är målet.")
        assert look(client, receipt)["decision_words"] == "Butiken är målet."
        assert look(client, receipt)["may_appeal"]
        assert "Somebody looked and found nothing wrong." in mailed_to(server, "ada@example.se")[-1]
        at = f"/api/v1/notices/{receipt['id']}/appeal"
        sent = {"headers": {"Notice-Code": receipt["code"]}, "json": {"words": "Det är ingen butik där."}}

        assert client.post(at, **sent).status_code == 204

        assert problem(client.post(at, **sent)) == "not-now"
        (one,) = first.get("/cases").get_json()["cases"]
        assert one["for_somebody_else"]
        decide(moderator(server), "change")
        assert client.get(f"/api/v1/quests/{trail.quest.code}").status_code == 404
        assert "Somebody else looked and changed the decision." in mailed_to(server, "ada@example.se")[-1]

    def test_an_owner_who_is_right_gets_it_back(
        self, server: Server, client: FlaskClient, owned: tuple[str, str, Browser]
    ) -> None:
        _, code, owner = owned
        give(client, "quest", code, **SPAM, **ADA)
        case = decide(moderator(server), "hide", reason_code="spam")
        assert owner.post(f"/cases/{case}/appeal", {"words": "Det är vår egen kiosk."}).status_code == 201

        decide(moderator(server), "change")

        assert client.get(f"/api/v1/quests/{code}").status_code == 200

    def test_who_decides_is_told_who_says_what(self, server: Server, client: FlaskClient) -> None:
        body = make_body(server, about={"sv": "Köp vår ved."})
        owner = put_into(server, body, Browser(server).sign_in(), "owner")
        give(client, "body", body.id, **SPAM, **ADA)
        case = decide(moderator(server), "hide", "Det är ingen ved.")
        assert owner.post(f"/cases/{case}/appeal", {"words": "Veden är skänkt."}).status_code == 201
        reads = moderator(server)
        (one,) = reads.get("/cases").get_json()["cases"]

        of = {said["text"]: said["of"] for said in reads.get(f"/cases/{one['id']}").get_json()["texts"]}

        assert of == {
            "Veden är skänkt.": "appeal",
            "Det är ingen ved.": "decided",
            SPAM["words"]: "said",
            "Ada, ada@example.se": "said",
            body.name: "own",
            "Köp vår ved.": "own",
        }


class TestRemovingForGood:
    def removed(self, server: Server, client: FlaskClient) -> tuple[str, str]:
        """A quest with a picture, removed by two people: its code and the case."""
        receipt = publish.publish_pack(server.edge.database, pack_with_a_boat(), media_type, NOW)
        give(client, "quest", receipt.code, **SPAM, **ADA)
        case = decide(moderator(server), "remove")
        decide(moderator(server), "confirm")
        return receipt.code, case

    def test_it_takes_four_eyes(self, server: Server, client: FlaskClient, trail: Version) -> None:
        code = trail.quest.code
        give(client, "quest", code, **SPAM, **ADA)
        first, second = moderator(server), moderator(server)
        case = decide(first, "remove", "Allt är reklam.")
        assert first.get(f"/cases/{case}").get_json()["state"] == "second-look"
        assert client.get(f"/api/v1/quests/{code}").status_code == 404  # nobody sees it meanwhile

        again = first.post(f"/cases/{case}/decision", {"decision": "confirm"})

        assert problem(again) == "for-somebody-else"
        assert deeds(server, "remove-notice") == 0
        assert problem(second.post(f"/cases/{case}/decision", {"decision": "decline"})) == "reason-missing"
        decide(second, "decline", "Hälften är bra.")
        assert second.get(f"/cases/{case}").get_json()["state"] == "open"
        decide(first, "dismiss")
        assert client.get(f"/api/v1/quests/{code}").status_code == 200

    def test_it_is_kept_for_six_months_for_moderators_whose_reading_is_written_down(
        self, server: Server, client: FlaskClient
    ) -> None:
        code, case = self.removed(server, client)
        reads = moderator(server)
        weak = person(server, how="code", moderator="")

        told = reads.get(f"/cases/{case}").get_json()["kept_until"]
        answer = reads.get(f"/cases/{case}/quarantine")

        assert 182 < (datetime.fromisoformat(told) - datetime.now(UTC)) / timedelta(days=1) < 183
        assert "media/boat.png" in unpack_bytes(answer.data).members
        assert deeds(server, "read-quarantine") == 1
        assert problem(weak.get(f"/cases/{case}/quarantine")) == "sign-in-stronger"
        with pytest.raises(Problem, match="unknown-quest"):
            publish.export_pack(server.edge.database, code)
        for days, kept in ((182, True), (184, False)):
            with server.edge.database.transaction() as connection:
                notices.forget(connection, datetime.now(UTC) + timedelta(days=days))
            assert (reads.get(f"/cases/{case}/quarantine").status_code == 200) == kept
        assert problem(reads.get(f"/cases/{case}/quarantine")) == "nothing-kept"
        assert reads.get(f"/cases/{case}").get_json()["kept_until"] is None

    def test_its_pictures_are_not_published_again_by_anybody(
        self, server: Server, client: FlaskClient
    ) -> None:
        self.removed(server, client)
        members = pack_with_a_boat()
        quest = re.search(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", members["quest.toml"])
        assert quest is not None
        members["quest.toml"] = members["quest.toml"].replace(quest[0], str(uuid.uuid4()).encode())

        with pytest.raises(Problem, match="medium-blocked"):
            publish.publish_pack(server.edge.database, members, media_type, NOW)

    def test_an_appeal_brings_all_of_it_back(self, server: Server, client: FlaskClient) -> None:
        code, case = self.removed(server, client)
        with server.edge.database.transaction() as connection:
            one = cases.find(connection, case)
            assert one is not None
            appealing.open_appeal(
                connection, one, "body", "Det var inte reklam.", "sv", None, datetime.now(UTC)
            )

        decide(moderator(server), "change")

        assert client.get(f"/api/v1/quests/{code}").status_code == 200
        assert publish.export_pack(server.edge.database, code).pack
        with server.edge.database.transaction() as connection:
            assert notices.in_quarantine(connection, case) == []
        assert publish.publish_pack(server.edge.database, pack_with_a_boat(), media_type, NOW).code == code


def test_a_year_after_nothing_tells_who_gave_notice(
    server: Server, client: FlaskClient, trail: Version
) -> None:
    decided = give(client, "quest", trail.quest.code, **SPAM, **ADA)
    decide(moderator(server), "dismiss")

    mails.forget(server.edge.database, datetime.now(UTC) + timedelta(days=366))

    assert (
        problem(client.get(f"/api/v1/notices/{decided['id']}", headers={"Notice-Code": decided["code"]}))
        == "unknown-notice"
    )
    assert server.edge.database.private.read("SELECT count(*) FROM people.notices") == [(0,)]
