"""The inbox: who sees what, in which order, who decides, and what is told to whom."""

import dataclasses
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from quests.region import SWEDEN
from server.app import Server
from server.policy.acts.cases import KINDS as LOOKS
from server.stores import bodies, cases, duties
from server.stores.duties import Duty
from server.use_cases import mails
from server.use_cases.cases import KINDS, deciding
from server.use_cases.cases.opening import NewCase, close_case, open_case
from tests.server.api.inbox import mailed_to
from tests.server.api.people import Browser, answers, make_body, person, put_into
from tests.server.api.things import problem

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
TUESDAY = date(2026, 12, 1)


def opened(
    server: Server, *, urgency: int = 2, now: datetime | None = None, language: str | None = None
) -> str:
    """The id of a case about an association that applies."""
    body = make_body(server, "asked")
    with server.edge.database.transaction() as connection:
        new = NewCase("application", body.id, body.id, body.municipality, urgency, language)
        return open_case(connection, new, now or datetime.now(UTC))


def guide(server: Server, name: str = "Gun") -> Browser:
    return person(server, how="passkey", name=name, guide="2309")


def on_duty(server: Server, browser: Browser, *days: date) -> None:
    with server.edge.database.transaction() as connection:
        cases.set_days(connection, browser.account, days, min(days))


class TestTheList:
    def test_the_worst_comes_first_and_of_those_the_oldest(self, server: Server) -> None:
        now = datetime.now(UTC)
        later = opened(server, urgency=2, now=now - timedelta(hours=1))
        oldest = opened(server, urgency=2, now=now - timedelta(days=3))
        at_once = opened(server, urgency=0, now=now)

        listed = guide(server).get("/cases").get_json()["cases"]

        assert [one["id"] for one in listed] == [at_once, oldest, later]
        assert [(one["press"], one["decision"]) for one in listed[0]["decisions"]] == [
            ("1", "approve"),
            ("2", "refuse"),
        ]

    def test_who_has_nothing_to_look_at_sees_nothing(self, server: Server) -> None:
        opened(server)

        assert person(server).get("/cases").get_json() == {"cases": [], "more": 0, "locked": 0}
        assert person(server, how="passkey", guide="2380").get("/cases").get_json()["cases"] == []

    def test_what_asks_for_a_stronger_sign_in_is_only_counted(self, server: Server) -> None:
        opened(server)

        listed = person(server, how="code", guide="2309").get("/cases").get_json()

        assert (listed["cases"], listed["locked"]) == ([], 1)

    def test_a_second_opening_joins_the_first_and_is_as_urgent_as_the_worse(self, server: Server) -> None:
        body = make_body(server, "asked")
        with server.edge.database.transaction() as connection:
            new = [NewCase("application", body.id, body.id, "2309", urgency) for urgency in (3, 1, 2)]
            ids = {open_case(connection, one, datetime.now(UTC)) for one in new}

        (one,) = guide(server).get("/cases").get_json()["cases"]

        assert {one["id"]} == ids
        assert (one["times"], one["urgency"]) == (3, 1)

    def test_what_ended_by_itself_is_gone_and_may_be_opened_anew(self, server: Server) -> None:
        body = make_body(server, "asked")
        new = NewCase("application", body.id, body.id, "2309", 2)
        with server.edge.database.transaction() as connection:
            first = open_case(connection, new, datetime.now(UTC))
            assert close_case(connection, "application", body.id, "withdrawn", datetime.now(UTC))
            assert not close_case(connection, "application", body.id, "withdrawn", datetime.now(UTC))
        assert guide(server).get("/cases").get_json()["cases"] == []

        with server.edge.database.transaction() as connection:
            assert open_case(connection, new, datetime.now(UTC)) != first

    def test_however_much_waits_elsewhere_ones_own_is_listed(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever fills another municipality's inbox hides nothing in this one."""
        monkeypatch.setattr(cases, "LOOKED_THROUGH_MOST", 1)
        elsewhere = make_body(server, "asked", municipality="2380")
        with server.edge.database.transaction() as connection:
            worse = NewCase("application", elsewhere.id, elsewhere.id, "2380", 0)
            open_case(connection, worse, datetime.now(UTC) - timedelta(days=1))
        own = opened(server)

        assert [one["id"] for one in guide(server).get("/cases").get_json()["cases"]] == [own]
        everywhere = person(server, how="passkey", administrator="")
        assert [one["id"] for one in everywhere.get("/cases").get_json()["cases"]] != [own]


class TestWhatWasDecided:
    def test_it_is_found_by_who_decided_and_by_whom_it_was_decided_about(self, server: Server) -> None:
        now = datetime.now(UTC)
        body = make_body(server, "asked")
        owner = put_into(server, body, person(server), "owner")
        with server.edge.database.transaction() as connection:
            new = NewCase("application", body.id, body.id, body.municipality, 2)
            case = open_case(connection, new, now - timedelta(hours=2))
        by_itself = opened(server)
        with server.edge.database.transaction() as connection:
            found = cases.find(connection, by_itself)
            assert found is not None
            assert close_case(connection, "application", found.subject, "withdrawn", now)
        still_open, decides = opened(server), guide(server)
        sent = {"decision": "refuse", "words": "Ni finns redan."}
        assert decides.post(f"/cases/{case}/decision", sent).status_code == 200

        for browser in (decides, owner):
            (one,) = browser.get("/cases/decided").get_json()["cases"]
            assert (one["id"], one["state"], one["proposed"]) == (case, "decided", "refuse")
            assert datetime.fromisoformat(one["decided_at"]) >= now
        assert [one["id"] for one in decides.get("/cases").get_json()["cases"]] == [still_open]

    def test_nobody_else_learns_of_it_and_a_code_alone_only_how_many_there_are(self, server: Server) -> None:
        case = opened(server)
        guide(server).post(f"/cases/{case}/decision", {"decision": "approve"})

        nothing = {"cases": [], "more": 0, "locked": 0}
        assert person(server).get("/cases/decided").get_json() == nothing
        assert person(server, how="passkey", guide="2380").get("/cases/decided").get_json() == nothing
        weak = person(server, how="code", guide="2309").get("/cases/decided").get_json()
        assert (weak["cases"], weak["locked"]) == ([], 1)

    def test_it_is_listed_as_long_as_it_can_be_appealed(self, server: Server) -> None:
        case, decides = opened(server), guide(server)
        decides.post(f"/cases/{case}/decision", {"decision": "approve"})
        with server.edge.database.transaction() as connection:
            connection.execute("UPDATE people.cases SET decided_at = decided_at - interval '184 days'")

        assert decides.get("/cases/decided").get_json()["cases"] == []


class TestDeciding:
    def test_an_application_is_a_case_and_is_decided_once(self, server: Server) -> None:
        applying = Browser(server).sign_in()
        ids = [str(uuid.uuid4()) for _ in range(2)]
        for body_id in ids:
            sent = {"kind": "association", "name": "Byalaget", "municipality": "2309"}
            assert applying.put(f"/bodies/{body_id}", sent).status_code == 200
        decides = guide(server)
        by_subject = {one["subject"]: one for one in decides.get("/cases").get_json()["cases"]}
        assert set(by_subject) == set(ids)

        assert answers(decides, ids[0]).get_json()["state"] == "decided"
        case = by_subject[ids[1]]["id"]
        refused = decides.post(f"/cases/{case}/decision", {"decision": "refuse", "words": "Ni finns redan."})

        assert refused.get_json()["state"] == "decided"
        assert applying.get(f"/bodies/{ids[0]}").get_json()["state"] == "active"
        assert applying.get(f"/bodies/{ids[1]}").get_json()["state"] == "refused"
        assert decides.get("/cases").get_json()["cases"] == []
        assert problem(decides.post(f"/cases/{case}/decision", {"decision": "approve"})) == "not-now"
        told = mailed_to(server, applying.address)
        assert any("Ni finns redan." in one and "Byalaget" in one for one in told)

    def test_a_mail_leads_to_the_case_at_our_own_address_and_to_none_that_a_request_names(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        applying, decides = Browser(server).sign_in(), guide(server)
        bodies_asked = [str(uuid.uuid4()) for _ in range(2)]
        for body_id in bodies_asked:
            sent = {"kind": "association", "name": "Byalaget", "municipality": "2309"}
            assert applying.put(f"/bodies/{body_id}", sent).status_code == 200
        first, second = (decides.get(f"/bodies/{one}").get_json()["case"] for one in bodies_asked)
        refuse = {"decision": "refuse", "words": "Skriv mer."}
        assert decides.post(f"/cases/{first}/decision", refuse).status_code == 200
        assert "://" not in mailed_to(server, applying.address)[-1]

        ours = "https://quest.example.se"
        settings = dataclasses.replace(server.edge.settings, public_address=ours)
        edge = dataclasses.replace(server.edge, settings=settings)
        monkeypatch.setattr(server, "edge", edge)
        monkeypatch.setitem(server.extensions, "rotfaste", edge)
        assert decides.post(f"/cases/{second}/decision", refuse, Origin=ours).status_code == 200

        assert f"{ours}/studio/inbox/{second}" in mailed_to(server, applying.address)[-1]

    def test_nothing_is_refused_without_a_reason_and_nothing_unknown_is_decided(self, server: Server) -> None:
        case = opened(server)
        decides = guide(server)

        for sent, code in (
            ({"decision": "refuse"}, "reason-missing"),
            ({"decision": "refuse", "words": " \n "}, "reason-missing"),
            ({"decision": "refuse", "words": "Nej.\a"}, "invalid-body"),
            ({"decision": "banish", "words": "Nej."}, "unknown-decision"),
            ({"decision": "refuse", "reason_code": "mood", "words": "Nej."}, "unknown-decision"),
        ):
            assert problem(decides.post(f"/cases/{case}/decision", sent)) == code
        assert decides.get(f"/cases/{case}").get_json()["state"] == "open"

    def test_the_time_to_a_decision_is_measured(self, server: Server) -> None:
        quick = opened(server, now=datetime.now(UTC) - timedelta(hours=2))
        opened(server, now=datetime.now(UTC) - timedelta(days=9))
        guide(server).post(f"/cases/{quick}/decision", {"decision": "approve"})

        (told,) = person(server, moderator="").get("/cases/times").get_json()["kinds"]

        assert (told["kind"], told["open"], told["decided"]) == ("application", 1, 1)
        assert 7_190 < told["median_s"] == told["most_s"] < 7_300
        assert problem(person(server, insights="").get("/cases/times")) == "not-yours"
        text = server.test_client().get("/metrics").text
        assert 'rotfaste_decision_seconds_count{kind="application"}' in text

    def test_whose_thing_it_is_sees_what_was_decided_but_not_by_whom(self, server: Server) -> None:
        case = opened(server)
        decides = guide(server, "Gunilla")
        (body,) = [one["subject"] for one in decides.get("/cases").get_json()["cases"]]
        owner = person(server)
        with server.edge.database.transaction() as connection:
            bodies.set_member(connection, body, owner.account, "owner", datetime.now(UTC))
        assert problem(owner.get(f"/cases/{case}")) == "unknown-case"
        decides.post(f"/cases/{case}/decision", {"decision": "refuse", "words": "Skriv mer."})

        seen = owner.get(f"/cases/{case}")

        assert seen.get_json()["words"] == "Skriv mer."
        assert "Gunilla" not in seen.text
        assert "Gunilla" in decides.get(f"/cases/{case}").text


class TestAppeals:
    def refused(self, server: Server) -> tuple[Browser, str, str]:
        """An owner, the body and the case in which an administrator has refused it."""
        body = make_body(server, "asked")
        owner = put_into(server, body, person(server), "owner")
        with server.edge.database.transaction() as connection:
            case = open_case(
                connection, NewCase("application", body.id, body.id, "2309", 2), datetime.now(UTC)
            )
        return owner, body.id, case

    def test_an_own_decision_is_not_decided_on_again_by_the_same_person(self, server: Server) -> None:
        owner, body, case = self.refused(server)
        first = person(server, how="passkey", name="Ada", administrator="")
        first.post(f"/cases/{case}/decision", {"decision": "refuse", "words": "Nej."})
        appealed = owner.post(f"/cases/{case}/appeal", {"words": "Vi finns på riktigt."})
        assert appealed.status_code == 201
        again = appealed.get_json()["id"]

        listed = first.get(f"/cases/{again}").get_json()
        refused = first.post(f"/cases/{again}/decision", {"decision": "keep", "words": "Nej."})

        assert listed["for_somebody_else"]
        assert listed["decisions"] == []
        assert problem(refused) == "for-somebody-else"
        other = person(server, how="passkey", moderator="")
        assert "Vi finns på riktigt." in other.get(f"/cases/{again}").text
        assert other.post(f"/cases/{again}/decision", {"decision": "change"}).status_code == 200
        assert owner.get(f"/bodies/{body}").get_json()["state"] == "active"

    def test_who_is_in_the_body_decides_no_appeal_of_it(self, server: Server) -> None:
        owner, body, case = self.refused(server)
        guide(server).post(f"/cases/{case}/decision", {"decision": "refuse", "words": "Nej."})
        again = owner.post(f"/cases/{case}/appeal", {"words": "Titta igen."}).get_json()["id"]
        both = person(server, how="passkey", moderator="")
        with server.edge.database.transaction() as connection:
            bodies.set_member(connection, body, both.account, "viewer", datetime.now(UTC))

        answer = both.post(f"/cases/{again}/decision", {"decision": "change"})

        assert problem(answer) == "for-somebody-else"

    def test_one_appeals_once_within_six_months_and_only_against_a_no(self, server: Server) -> None:
        owner, _, case = self.refused(server)
        guide(server).post(f"/cases/{case}/decision", {"decision": "refuse", "words": "Nej."})
        with server.edge.database.transaction() as connection:
            connection.execute("UPDATE people.cases SET decided_at = decided_at - interval '184 days'")
        assert problem(owner.post(f"/cases/{case}/appeal", {"words": "Titta igen."})) == "appeal-over"
        with server.edge.database.transaction() as connection:
            connection.execute("UPDATE people.cases SET decided_at = decided_at + interval '2 days'")
        assert owner.get(f"/cases/{case}").get_json()["may_appeal"]
        assert owner.post(f"/cases/{case}/appeal", {"words": "Titta igen."}).status_code == 201
        assert problem(owner.post(f"/cases/{case}/appeal", {"words": "Titta igen."})) == "not-now"

        approved_owner, _, approved = self.refused(server)
        guide(server).post(f"/cases/{approved}/decision", {"decision": "approve"})

        assert problem(approved_owner.post(f"/cases/{approved}/appeal", {"words": "Nej?"})) == "not-now"

    def test_every_kind_that_may_be_appealed_can_be_undone(self) -> None:
        assert set(KINDS) == set(LOOKS)
        assert {name for name, kind in KINDS.items() if kind.undo is not None} == {
            name for name, looks in LOOKS.items() if looks.appeal
        }
        assert all(len(kind.decisions) <= 9 for kind in KINDS.values())


class TestDutyCalendar:
    def test_what_is_asked_while_nobody_is_on_duty_is_held_till_tuesday(self, server: Server) -> None:
        moderator = guide(server)
        on_duty(server, moderator, TUESDAY, TUESDAY + timedelta(days=3))

        case = opened(server, now=MONDAY)

        assert moderator.get(f"/cases/{case}").get_json()["read_on"] == "2026-12-01"
        on_the_day = opened(server, now=MONDAY + timedelta(days=1))
        assert moderator.get(f"/cases/{on_the_day}").get_json()["read_on"] is None

    def test_who_applies_is_told_the_day(self, server: Server) -> None:
        tomorrow = datetime.now(SWEDEN).date() + timedelta(days=1)
        on_duty(server, guide(server), tomorrow)
        sent = {"kind": "association", "name": "Byalaget", "municipality": "2309"}

        applied = person(server).put(f"/bodies/{uuid.uuid4()}", sent).get_json()

        assert applied["read_on"] == tomorrow.isoformat()

    def test_everybody_says_their_own_days_and_sees_who_else_is_there(self, server: Server) -> None:
        today = datetime.now(SWEDEN).date()
        days = [(today + timedelta(days=ahead)).isoformat() for ahead in (1, 8)]
        gun, ada = guide(server), person(server, name="Ada", moderator="")
        assert gun.put("/duty-calendar", {"days": [*days, days[0]]}).get_json()["mine"] == days
        assert gun.put("/duty-calendar", {"days": days[:1]}).get_json()["mine"] == days[:1]

        seen = ada.get("/duty-calendar").get_json()

        assert [(one["day"], one["name"], one["duty"], one["me"]) for one in seen["days"]] == [
            (days[0], "Gun", "guide", False)
        ]
        assert seen["mine"] == []
        assert person(server).get("/duty-calendar").get_json() == {"days": [], "mine": []}

    def test_days_that_cannot_be_and_people_without_a_duty_are_refused(self, server: Server) -> None:
        today = datetime.now(SWEDEN).date()
        yesterday, far = today - timedelta(days=1), today + timedelta(days=401)

        for day in (yesterday, far):
            assert problem(guide(server).put("/duty-calendar", {"days": [day.isoformat()]})) == "bad-day"
        for nobody in (person(server), person(server, insights="")):
            assert problem(nobody.put("/duty-calendar", {"days": [today.isoformat()]})) == "not-yours"


class TestLanguages:
    def helper(self, server: Server, *languages: str) -> Browser:
        browser = person(server, name="Amal")
        with server.edge.database.transaction() as connection:
            duties.give(
                connection, browser.account, Duty("language-helper", "", languages), datetime.now(UTC)
            )
        return browser

    def test_words_that_nobody_who_decides_reads_go_to_a_language_helper_first(self, server: Server) -> None:
        decides, helps = guide(server), self.helper(server, "ar")
        case = opened(server, language="ar")
        assert decides.get(f"/cases/{case}").get_json()["state"] == "unread"
        assert problem(decides.post(f"/cases/{case}/decision", {"decision": "approve"})) == "not-now"
        (seen,) = helps.get("/cases").get_json()["cases"]
        assert (seen["in_my_languages"], seen["decisions"]) == (True, [])

        assert helps.post(f"/cases/{case}/reading", {"words": "De vill bada."}).status_code == 204

        assert helps.get("/cases").get_json()["cases"] == []
        whole = decides.get(f"/cases/{case}").get_json()
        assert [(one["words"], one["name"]) for one in whole["readings"]] == [("De vill bada.", "Amal")]
        assert decides.post(f"/cases/{case}/decision", {"decision": "approve"}).status_code == 200

    def test_a_helper_reads_only_the_own_languages(self, server: Server) -> None:
        guide(server)
        self.helper(server, "ar")
        other = self.helper(server, "uk")
        case = opened(server, language="ar")

        assert problem(other.post(f"/cases/{case}/reading", {"words": "?"})) == "not-your-language"

    def test_nothing_waits_for_a_reader_whom_there_is_not_nor_for_longer_than_two_days(
        self, server: Server
    ) -> None:
        decides = guide(server)
        alone = opened(server, language="so")
        easy = opened(server, language="sv-simple")
        self.helper(server, "ar")
        waiting = opened(server, language="ar")
        states = {one["id"]: one["state"] for one in decides.get("/cases").get_json()["cases"]}
        assert states == {alone: "open", easy: "open", waiting: "unread"}
        now = datetime.now(UTC)

        assert deciding.wake(server.edge.database, now + timedelta(days=1)) == 0
        assert deciding.wake(server.edge.database, now + timedelta(days=3)) == 1

        assert decides.get(f"/cases/{waiting}").get_json()["state"] == "open"


def test_after_two_years_nothing_tells_of_a_decided_case(server: Server) -> None:
    decided, waiting = opened(server), opened(server)
    guide(server).post(f"/cases/{decided}/decision", {"decision": "approve"})
    long_after = datetime.now(UTC) + timedelta(days=731)

    mails.forget(server.edge.database, long_after)

    rows = server.edge.database.private.read("SELECT id::text FROM people.cases")
    assert rows == [(waiting,)]
