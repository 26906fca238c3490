"""Notice is given of stories: hidden, removed and brought back, and their makers are told and may appeal."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from server.app import Server
from server.stores import accounts, notices
from tests.server.api.inbox import inbox, mailed_to
from tests.server.api.notices import ADA, CHILD, SPAM, decide, give, moderator
from tests.server.api.people import ORIGIN, Browser
from tests.server.api.stories import STORY, asked, case_of, change, public, published, see, send, step, told
from tests.server.api.test_guides import removing
from tests.server.api.things import problem

LONG = {"words": "Jag gick den vägen varje dag i elva år, och ingen hade sagt mig att fallet fanns."}


@pytest.fixture
def maker(server: Server) -> Browser:
    """With an address."""
    browser = Browser(server).sign_in()
    assert browser.patch("/account", {"is_adult": True, "language": "sv"}).status_code == 200
    return browser


@pytest.fixture
def story(server: Server, maker: Browser) -> str:
    """Shown, with a picture."""
    return published(server, maker, picture=True, **LONG)


def removed(server: Server, client: FlaskClient, story: str) -> str:
    """The case in which two people removed it."""
    give(client, "story", story, **SPAM, **ADA)
    case = decide(moderator(server), "remove")
    decide(moderator(server), "confirm")
    return case


def test_it_is_hidden_its_maker_is_told_appeals_and_another_brings_it_back(
    server: Server, client: FlaskClient, maker: Browser, story: str
) -> None:
    picture = public(server)[0]["picture"].removeprefix(ORIGIN)
    give(client, "story", story, **SPAM, **ADA)
    looks = moderator(server)
    card = case_of(looks, story)
    assert LONG["words"] in [one["text"] for one in card["texts"]]
    assert looks.client.get(card["pictures"][0]["address"]).status_code == 200

    case = decide(looks, "hide", "Det är reklam.", reason_code="spam")

    assert (public(server), client.get(picture).status_code) == ([], 404)
    assert (see(maker, story)["state"], see(maker, story)["hidden"]) == ("published", True)
    mail = mailed_to(server, maker.address)[-1]
    assert STORY["title"] in mail
    assert "Det är reklam." in mail
    seen = maker.get(f"/cases/{case}").get_json()
    assert (seen["may_appeal"], seen["texts"], seen["pictures"]) == (True, [], [])
    assert maker.post(f"/cases/{case}/appeal", {"words": "Jag säljer ingenting."}).status_code == 201
    decide(moderator(server), "change")
    assert [one["id"] for one in public(server)] == [story]
    assert client.get(picture).status_code == 200


def test_whatever_its_maker_does_meanwhile_it_stays_hidden(
    server: Server, client: FlaskClient, maker: Browser, story: str
) -> None:
    give(client, "story", story, **SPAM, **ADA)
    decide(moderator(server), "hide")

    step(maker, story, "resting")
    step(maker, story, "return")
    assert public(server) == []
    step(maker, story, "return")
    change(maker, story, title="Ett annat namn")
    step(maker, story, "asking")
    decide(moderator(server), "publish")

    assert see(maker, story)["state"] == "published"
    assert public(server) == []


def test_a_child_in_danger_hides_it_at_once_until_somebody_finds_nothing_wrong(
    server: Server, client: FlaskClient, maker: Browser, story: str
) -> None:
    assert give(client, "story", story, **CHILD)["hidden"]
    assert public(server) == []
    assert STORY["title"] in mailed_to(server, maker.address)[-1]

    decide(moderator(server), "dismiss")

    assert [one["id"] for one in public(server)] == [story]


@pytest.mark.parametrize("state", ["draft", "asked", "resting", "withdrawn"])
def test_nobody_learns_by_a_notice_of_what_is_not_shown(
    server: Server, client: FlaskClient, maker: Browser, state: str
) -> None:
    one = told(maker) if state == "draft" else asked(maker)
    if state == "resting":
        decide(moderator(server), "publish")
        step(maker, one, "resting")
    if state == "withdrawn":
        step(maker, one, "withdrawal")

    for name in (one, "no-id", one.upper(), f"{one}/x"):
        answer = client.post("/api/v1/notices", json={"what": "story", "id": name, **SPAM, **ADA})
        assert problem(answer) == "unknown-thing"


def test_its_maker_who_moderates_does_not_decide(server: Server, client: FlaskClient) -> None:
    maker = moderator(server)
    story = published(server, maker)
    give(client, "story", story, **SPAM, **ADA)
    (one,) = inbox(maker)

    answer = maker.post(f"/cases/{one['id']}/decision", {"decision": "dismiss", "words": "Nej."})

    assert problem(answer) == "for-somebody-else"
    assert maker.get(f"/cases/{one['id']}").get_json()["texts"] == []


def test_what_is_being_written_anew_is_not_read_by_who_looks_at_a_notice(
    server: Server, client: FlaskClient, maker: Browser, story: str
) -> None:
    give(client, "story", story, **SPAM, **ADA)
    step(maker, story, "return")
    change(maker, story, title="Hemligt", words="Det här är bara mitt.")
    looks = moderator(server)

    card = looks.get(f"/cases/{inbox(looks)[0]['id']}")

    assert "bara mitt" not in card.text
    assert "Hemligt" not in card.text
    sent = {"decision": "hide", "words": "Det är reklam."}
    assert problem(looks.post(f"/cases/{card.get_json()['id']}/decision", sent)) == "not-now"
    decide(looks, "dismiss")


class TestRemovedForGood:
    def test_words_and_picture_are_kept_for_six_months_for_who_answers_for_it(
        self, server: Server, client: FlaskClient, maker: Browser, story: str
    ) -> None:
        case = removed(server, client, story)
        reads = moderator(server)

        found = see(maker, story)
        assert (found["title"], found["words"], found["picture"], found["state"], found["hidden"]) == (
            "", "", None, "withdrawn", True,
        )  # fmt: skip
        assert problem(step(maker, story, "return")) == "not-now"
        kept = reads.get(f"/cases/{case}/quarantine")
        assert kept.get_json(force=True)["words"] == LONG["words"]
        assert maker.account not in kept.text
        assert reads.get(f"/cases/{case}/quarantine/picture").content_type == "image/webp"
        assert problem(maker.get(f"/cases/{case}/quarantine")) == "not-yours"
        assert maker.delete(f"/stories/{story}").status_code == 204
        assert removing(server) == []
        with server.edge.database.transaction() as connection:
            notices.forget(connection, datetime.now(UTC) + timedelta(days=184))
        assert removing(server) == [kept.get_json(force=True)["picture_blob"]]

    def test_an_appeal_brings_it_back_whole(
        self, server: Server, client: FlaskClient, maker: Browser, story: str
    ) -> None:
        (before,) = public(server)
        case = removed(server, client, story)
        assert maker.post(f"/cases/{case}/appeal", {"words": "Jag säljer ingenting."}).status_code == 201

        decide(moderator(server), "change")

        assert public(server) == [before]
        assert client.get(before["picture"].removeprefix(ORIGIN)).status_code == 200

    def test_what_its_maker_took_away_does_not_come_back(
        self, server: Server, client: FlaskClient, maker: Browser, story: str
    ) -> None:
        case = removed(server, client, story)
        maker.post(f"/cases/{case}/appeal", {"words": "Jag säljer ingenting."})
        maker.delete(f"/stories/{story}")
        other = moderator(server)
        (one,) = inbox(other)

        assert problem(other.post(f"/cases/{one['id']}/decision", {"decision": "change"})) == "not-now"

    def test_the_same_words_are_known_again_and_the_same_picture_is_refused(
        self, server: Server, client: FlaskClient, maker: Browser, story: str
    ) -> None:
        removed(server, client, story)

        again = told(maker, words=LONG["words"].upper() + "!")

        assert problem(send(maker, again)) == "picture-refused"
        step(maker, again, "asking")
        looks = moderator(server)
        known = looks.get(f"/cases/{case_of(looks, again)['id']}", Accept_Language="en").get_json()["known"]
        assert known == ["The same words were removed for good before, in another place."]

    def test_who_is_erased_leaves_nothing_but_that(
        self, server: Server, client: FlaskClient, maker: Browser, story: str
    ) -> None:
        case = removed(server, client, story)
        with server.edge.database.transaction() as connection:
            assert accounts.remove(connection, maker.account)

        assert moderator(server).get(f"/cases/{case}/quarantine").status_code == 200
        kept = server.edge.database.private.read(
            "SELECT (SELECT json_agg(c)::text FROM people.cases c) || (SELECT json_agg(d)::text FROM people.deeds d)"
        )
        assert maker.account not in kept[0][0]
