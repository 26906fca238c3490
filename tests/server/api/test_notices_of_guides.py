"""A guide's card is public, and a person's own: notice may be given of it, and the guide is told and may appeal."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from server.app import Server
from server.stores import accounts, duties, notices
from server.stores.duties import Duty
from server.use_cases.cases.public import KINDS
from tests.media.hostile import photo, saved
from tests.server.api.guides import CARD
from tests.server.api.inbox import inbox, mailed_to
from tests.server.api.notices import ADA, SPAM, decide, give, moderator
from tests.server.api.people import ORIGIN, Browser, person
from tests.server.api.test_guides import removing
from tests.server.api.things import problem

WHERE = "2313"
AT = f"/municipalities/{WHERE}/guide"


@pytest.fixture
def guide(server: Server) -> Browser:
    """With an address, a card and a picture."""
    browser = Browser(server).sign_in()
    with server.edge.database.transaction() as connection:
        duties.give(connection, browser.account, Duty("guide", WHERE, ("sv",)), datetime.now(UTC))
        connection.execute("UPDATE people.sessions SET how = 'passkey'")
    assert browser.patch("/account", {"language": "sv"}).status_code == 200
    assert browser.put(f"/guides/{WHERE}", CARD).status_code == 200
    assert send_picture(browser).status_code == 200
    return browser


def send_picture(browser: Browser):  # type: ignore[no-untyped-def]  # noqa: ANN201  what werkzeug answers
    return browser.client.put(
        f"/api/v1/guides/{WHERE}/picture",
        data=saved(photo(64, 64), "PNG"),
        content_type="application/octet-stream",
        headers={"Origin": ORIGIN},
    )


def told(client: FlaskClient) -> int:
    return client.get(f"/api/v1{AT}").status_code


def address_of_picture(client: FlaskClient) -> str:
    return str(client.get(f"/api/v1{AT}").get_json()["picture"]).removeprefix(ORIGIN)


def removed(server: Server, client: FlaskClient) -> str:
    """The case in which two people removed it."""
    give(client, "guide", WHERE, **SPAM, **ADA)
    case = decide(moderator(server), "remove")
    decide(moderator(server), "confirm")
    return case


def test_it_is_hidden_with_its_picture_and_the_guide_sees_it_still(
    server: Server, client: FlaskClient, guide: Browser
) -> None:
    picture = address_of_picture(client)
    give(client, "guide", WHERE, **SPAM, **ADA)

    decide(moderator(server), "hide", reason_code="spam")

    assert (told(client), client.get(picture).status_code) == (404, 404)
    own = guide.get(f"/guides/{WHERE}").get_json()
    assert (own["hidden"], own["name"]) == (True, CARD["name"])
    seen = guide.client.get(own["picture"].removeprefix(ORIGIN))
    assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "private, no-cache")
    assert problem(person(server).get(f"/guides/{WHERE}")) == "not-yours"
    assert problem(person(server).get(f"/guides/{WHERE}/picture")) == "not-yours"
    assert guide.put(f"/guides/{WHERE}", {**CARD, "name": "Åsa B"}).get_json()["hidden"]
    assert told(client) == 404  # written anew, it is that person's card all the same


def test_the_guide_is_told_why_appeals_and_another_brings_it_back(
    server: Server, client: FlaskClient, guide: Browser
) -> None:
    give(client, "guide", WHERE, **SPAM, **ADA)
    first = moderator(server)
    case = decide(first, "hide", "Det är reklam.", reason_code="spam")

    mail = mailed_to(server, guide.address)[-1]
    assert "Åsa Berg" in mail
    assert "Det är reklam." in mail
    (one,) = guide.get("/cases/decided").get_json()["cases"]
    seen = guide.get(f"/cases/{one['id']}").get_json()
    assert (one["id"], seen["may_appeal"]) == (case, True)
    assert seen["texts"] == seen["pictures"] == []  # what others said of it, and who, is not for them
    assert "Ada" not in str(seen)
    assert guide.post(f"/cases/{case}/appeal", {"words": "Det är min tjänst."}).status_code == 201
    assert problem(guide.post(f"/cases/{case}/appeal", {"words": "En gång till."})) == "not-now"
    assert inbox(first)[0]["for_somebody_else"]
    decide(moderator(server), "change")

    assert told(client) == 200
    assert not guide.get(f"/guides/{WHERE}").get_json()["hidden"]


def test_a_guide_who_moderates_does_not_decide_about_the_own_card(
    server: Server, client: FlaskClient, guide: Browser
) -> None:
    with server.edge.database.transaction() as connection:
        duties.give(connection, guide.account, Duty("moderator", "", ("sv",)), datetime.now(UTC))
    give(client, "guide", WHERE, **SPAM, **ADA)
    (one,) = inbox(guide)

    answer = guide.post(f"/cases/{one['id']}/decision", {"decision": "dismiss"})

    assert one["for_somebody_else"]
    assert problem(answer) == "for-somebody-else"
    assert guide.get(f"/cases/{one['id']}").get_json()["texts"] == []
    assert inbox(moderator(server))[0]["decisions"]


def test_a_moderator_looks_at_the_words_and_the_picture(
    server: Server, client: FlaskClient, guide: Browser
) -> None:
    give(client, "guide", WHERE, reason_code="child", words="Det är ett barn på bilden.", good_faith=True)
    assert told(client) == 404  # hidden at first notice
    assert CARD["name"] in mailed_to(server, guide.address)[-1]
    looks = moderator(server)

    case = looks.get(f"/cases/{inbox(looks)[0]['id']}").get_json()

    assert CARD["name"] in [text["text"] for text in case["texts"]]
    (picture,) = case["pictures"]
    assert looks.client.get(picture["address"]).content_type == "image/webp"


def test_a_successors_card_is_shown(server: Server, client: FlaskClient, guide: Browser) -> None:
    give(client, "guide", WHERE, **SPAM, **ADA)
    case = decide(moderator(server), "hide")
    after = person(server, how="passkey", guide=WHERE)

    assert after.put(f"/guides/{WHERE}", CARD).get_json()["hidden"] is False

    assert told(client) == 200
    guide.post(f"/cases/{case}/appeal", {"words": "Det är min tjänst."})
    decide(moderator(server), "change")
    assert told(client) == 200  # and the appeal that was right changes nothing of it


class TestRemovedForGood:
    def test_the_card_and_the_picture_are_kept_for_six_months(
        self, server: Server, client: FlaskClient, guide: Browser
    ) -> None:
        case = removed(server, client)
        reads = moderator(server)

        assert problem(guide.get(f"/guides/{WHERE}")) == "unknown-guide"
        kept = reads.get(f"/cases/{case}/quarantine").get_json(force=True)
        assert (kept["name"], kept["phone"]) == (CARD["name"], CARD["phone"])
        seen = reads.client.get(f"/api/v1/cases/{case}/quarantine/picture")
        assert (seen.content_type, len(seen.data) > 100) == ("image/webp", True)
        assert problem(guide.get(f"/cases/{case}/quarantine/picture")) == "not-yours"
        assert removing(server) == []
        with server.edge.database.transaction() as connection:
            notices.forget(connection, datetime.now(UTC) + timedelta(days=184))
        assert removing(server) == [kept["picture_blob"]]

    def test_the_same_picture_does_not_come_back_and_a_new_card_stays_hidden(
        self, server: Server, client: FlaskClient, guide: Browser
    ) -> None:
        removed(server, client)

        assert guide.put(f"/guides/{WHERE}", CARD).get_json()["hidden"]

        assert problem(send_picture(guide)) == "picture-refused"
        assert told(client) == 404

    def test_an_appeal_brings_it_back_with_its_picture(
        self, server: Server, client: FlaskClient, guide: Browser
    ) -> None:
        case = removed(server, client)
        assert guide.post(f"/cases/{case}/appeal", {"words": "Det är min tjänst."}).status_code == 201

        decide(moderator(server), "change")

        assert client.get(f"/api/v1{AT}").get_json()["hours"] == sorted(
            CARD["hours"], key=lambda one: one["day"]
        )
        assert client.get(address_of_picture(client)).status_code == 200
        assert send_picture(guide).status_code == 200


def test_who_is_erased_is_no_cases_maker_any_more(
    server: Server, client: FlaskClient, guide: Browser
) -> None:
    give(client, "guide", WHERE, **SPAM, **ADA)
    with server.edge.database.transaction() as connection:
        assert accounts.remove(connection, guide.account)

    (one,) = inbox(moderator(server))
    decide(moderator(server), "dismiss")

    assert one["title"]
    assert server.edge.database.private.read("SELECT maker FROM people.cases") == [(None,)]


def test_what_was_removed_does_not_come_back_for_who_is_erased(
    server: Server, client: FlaskClient, guide: Browser
) -> None:
    case = removed(server, client)
    assert guide.post(f"/cases/{case}/appeal", {"words": "Det är min tjänst."}).status_code == 201
    with server.edge.database.transaction() as connection:
        assert accounts.remove(connection, guide.account)
    looks = moderator(server)
    (appeal,) = inbox(looks)

    assert problem(looks.post(f"/cases/{appeal['id']}/decision", {"decision": "change"})) == "not-now"
    assert (
        looks.post(f"/cases/{appeal['id']}/decision", {"decision": "keep", "words": "Borta."}).status_code
        == 200
    )


def test_what_was_decided_is_in_the_guides_export(
    server: Server, client: FlaskClient, guide: Browser
) -> None:
    give(client, "guide", WHERE, **SPAM, **ADA)
    case = decide(moderator(server), "hide", "Det är reklam.")

    (one,) = guide.get("/account/export").get_json(force=True)["decided_about_my_own"]

    assert (one["id"], one["outcome"], one["decision_words"]) == (case, "hide", "Det är reklam.")
    assert "Ada" not in str(one)


def test_a_card_that_is_not_shown_is_no_public_thing(server: Server, guide: Browser) -> None:
    with server.edge.database.transaction() as connection:
        assert KINDS["guide"].find(connection, WHERE) is not None
        assert KINDS["guide"].find(connection, "2326") is None
        duties.take(connection, guide.account, "guide", WHERE)
        assert KINDS["guide"].find(connection, WHERE) is None
