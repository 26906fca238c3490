"""Trails that tell of a community: it says yes to each version, takes it back, and nobody does it in its place."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from content.packs.archive import unpack_bytes
from content.packs.writing import zip_members
from media.kinds import media_type
from server.app import Server
from server.stores import accounts, quests, rests
from server.stores.bodies import Body
from server.use_cases import publish
from server.use_cases.problem import Problem
from server.use_cases.publications import said
from tests.server.api.inbox import mailed_to
from tests.server.api.people import Browser, make_body, person, put_into
from tests.server.api.rights.closures import make_sameby
from tests.server.api.rights.trails import members, pack
from tests.server.api.test_rights import ELSEWHERE
from tests.server.api.test_trails import new_id, save, seen, step, trusted
from tests.server.api.things import Phone, problem

STAGE = "one"


@pytest.fixture
def sameby(server: Server) -> Body:
    return make_sameby(server)


@pytest.fixture
def reader(server: Server, sameby: Body) -> Browser:
    return put_into(server, sameby, person(server, name="Sara"), "editor")


def telling(trail_id: str, community: Body, title: str = "Tips", until: str = "") -> bytes:
    found = members(trail_id)
    care = f'[care]\nabout = "sami"\nreviewer = "Anna Lans"\nsaid_yes = "2026-05-01"\ncommunity = "{community.id}"\n'
    care += f'review_until = "{until}"\n' if until else ""
    quest = found["quest.toml"].decode().replace("[[stages]]", f"{care}\n[[stages]]", 1)
    texts = found["texts/sv.toml"].decode().replace('"Tips"', f'"{title}"')
    return zip_members({**found, "quest.toml": quest.encode(), "texts/sv.toml": texts.encode()})


def asked(server: Server, sameby: Body, until: str = "") -> tuple[Body, Browser, str]:
    """A trail that tells of them, of an association that others have looked at before: published, as far as it can be."""
    body, owner = trusted(server)
    trail_id = new_id()
    assert save(owner, trail_id, body, telling(trail_id, sameby, until=until)).status_code == 200
    answer = step(owner, trail_id, "publishing")
    assert answer.status_code == 200, answer.text
    return body, owner, trail_id


def inbox(browser: Browser) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get("/cases", Accept_Language="sv").get_json()["cases"]
    return found


def answer(reader: Browser, decision: str, **words: str) -> None:
    (case,) = [one for one in inbox(reader) if one["kind"] == "review"]
    decided = reader.post(f"/cases/{case['id']}/decision", {"decision": decision, **words})
    assert decided.status_code == 200, decided.text


def reached(server: Server, browser: Browser) -> None:
    """They have an address that mails come to."""
    with server.edge.database.transaction() as connection:
        assert accounts.set_address(connection, browser.account, browser.address, datetime.now(UTC))


def shown(server: Server, trail_id: str) -> str | None:
    """The version that is played; None where nothing is."""
    with server.edge.database.transaction() as connection:
        standing = quests.find(connection, trail_id)
    return None if standing is None or standing.state != "published" else standing.version


# ---------------------------------------------------------------------------------------------------- before it is shown


def test_a_trail_waits_for_their_yes_and_is_published_by_it(
    server: Server, sameby: Body, reader: Browser
) -> None:
    _, owner, trail_id = asked(server, sameby)
    waits = seen(owner, trail_id)
    before = shown(server, trail_id)
    (case,) = inbox(reader)
    card = reader.get(f"/cases/{case['id']}").get_json()
    answer(reader, "yes")
    now = seen(owner, trail_id)

    assert (waits["state"], before) == ("asked", None)
    assert waits["review"] == {
        "body": sameby.id,
        "name": sameby.name,
        "said_yes": False,
        "waits": True,
        "until": None,
    }
    assert (case["kind"], case["title"]) == ("review", "Tips")
    assert any("Tips" in text["text"] for text in card["texts"])  # all that players would read
    assert (now["state"], now["review"]["said_yes"]) == ("published", True)
    assert shown(server, trail_id) == now["published_version"]
    assert inbox(reader) == []


def test_a_no_sends_it_back_with_its_reason(server: Server, sameby: Body, reader: Browser) -> None:
    _, owner, trail_id = asked(server, sameby)
    reached(server, owner)
    (case,) = inbox(reader)

    bare = reader.post(f"/cases/{case['id']}/decision", {"decision": "no"})
    answer(reader, "no", words="Så berättar vi det inte.")

    assert problem(bare) == "reason-missing"
    now = seen(owner, trail_id)
    assert (now["state"], now["reason"]) == ("draft", "Så berättar vi det inte.")
    assert shown(server, trail_id) is None
    assert "Så berättar vi det inte." in mailed_to(server, owner.address)[-1]


def test_the_next_version_waits_too_and_the_last_one_stays_out_meanwhile(
    server: Server, sameby: Body, reader: Browser
) -> None:
    _, owner, trail_id = asked(server, sameby)
    answer(reader, "yes")
    first = shown(server, trail_id)
    save(owner, trail_id, content=telling(trail_id, sameby, "Nytt"))
    waits = step(owner, trail_id, "publishing").get_json()

    assert (waits["state"], waits["has_draft"], waits["review"]["waits"]) == ("published", True, True)
    assert shown(server, trail_id) == first
    answer(reader, "yes")
    assert seen(owner, trail_id)["titles"] == {"sv": "Nytt"}
    assert shown(server, trail_id) not in {None, first}


def test_what_is_changed_while_they_read_is_asked_for_anew(
    server: Server, sameby: Body, reader: Browser
) -> None:
    _, owner, trail_id = asked(server, sameby)
    answer(reader, "yes")
    save(owner, trail_id, content=telling(trail_id, sameby, "Nytt"))
    step(owner, trail_id, "publishing")
    save(owner, trail_id, content=telling(trail_id, sameby, "Något annat"))

    assert inbox(reader) == []
    assert step(owner, trail_id, "publishing").get_json()["review"]["waits"]
    assert [one["title"] for one in inbox(reader)] == ["Något annat"]


def test_the_first_look_does_not_stand_in_for_them(server: Server, sameby: Body, reader: Browser) -> None:
    guide = person(server, how="passkey", administrator="")
    body = make_body(server)
    owner, trail_id = put_into(server, body, person(server), "owner"), new_id()
    save(owner, trail_id, body, telling(trail_id, sameby))
    assert step(owner, trail_id, "asking").status_code == 200
    (look,) = inbox(guide)
    card = guide.get(f"/cases/{look['id']}", Accept_Language="sv").get_json()
    looked = guide.post(f"/cases/{look['id']}/decision", {"decision": "publish"})
    after_the_look = seen(owner, trail_id)["state"]
    answer(reader, "yes")

    assert look["kind"] == "first-look"  # and nothing else: the review is not theirs to see
    assert "visas först när" in card["known"][0]
    assert (looked.status_code, after_the_look) == (200, "asked")
    assert seen(owner, trail_id)["state"] == "published"


def test_their_yes_does_not_stand_in_for_the_first_look(
    server: Server, sameby: Body, reader: Browser
) -> None:
    guide = person(server, how="passkey", administrator="")
    body = make_body(server)
    owner, trail_id = put_into(server, body, person(server), "owner"), new_id()
    save(owner, trail_id, body, telling(trail_id, sameby))
    step(owner, trail_id, "asking")
    answer(reader, "yes")
    after_the_yes = seen(owner, trail_id)["state"]
    (look,) = inbox(guide)
    guide.post(f"/cases/{look['id']}/decision", {"decision": "publish"})

    assert after_the_yes == "asked"
    assert seen(owner, trail_id)["state"] == "published"


@pytest.mark.parametrize("duty", ["guide", "moderator", "administrator"])
def test_nobody_with_a_duty_says_yes_in_their_place(
    server: Server, sameby: Body, reader: Browser, duty: str
) -> None:
    asked(server, sameby)
    (case,) = inbox(reader)
    somebody = person(server, how="passkey", **{duty: ""})

    decided = somebody.post(f"/cases/{case['id']}/decision", {"decision": "yes"})

    assert problem(decided) == "unknown-case"
    assert [one["kind"] for one in inbox(somebody)] == []


@pytest.mark.parametrize(
    "changed",
    [{"verified_at": None}, {"state": "closed"}, {"kind": "municipality"}],
    ids=["not-verified", "closed", "no-community"],
)
def test_where_they_are_no_body_here_the_named_reviewer_stands_and_the_guide_sees_it(
    server: Server, changed: dict[str, Any]
) -> None:
    state = changed.pop("state", "active")
    nobody = make_body(server, state, **{"kind": "sameby", "verified_at": datetime.now(UTC), **changed})
    guide = person(server, how="passkey", administrator="")
    _, owner, trail_id = asked(server, nobody)

    now = seen(owner, trail_id)
    (look,) = inbox(guide)
    card = guide.get(f"/cases/{look['id']}", Accept_Language="sv").get_json()

    assert (now["state"], now["review"]["body"]) == ("published", None)
    assert "Ingen sameby" in card["known"][0]


def test_what_they_tell_themselves_asks_nobody(server: Server, sameby: Body) -> None:
    owner, trail_id = put_into(server, sameby, person(server), "owner"), new_id()
    save(owner, trail_id, sameby, telling(trail_id, sameby))

    assert seen(owner, trail_id)["review"]["body"] is None
    assert problem(step(owner, trail_id, "publishing")) == "first-look-needed"


def test_the_operator_publishes_nothing_of_theirs_as_nobodys(server: Server, sameby: Body) -> None:
    trail_id = str(uuid.uuid4())
    told = unpack_bytes(pack(trail_id, sameby.id)).members

    with pytest.raises(Problem) as refused:
        publish.publish_pack(server.edge.database, told, media_type, datetime.now(UTC))

    assert refused.value.code == "review-needed"


# ------------------------------------------------------------------------------------------------------- taken back


def taken_back(reader: Browser, sameby: Body, trail_id: str, **more: Any) -> Any:
    return reader.post(f"/bodies/{sameby.id}/reviews/{trail_id}/withdrawal", {"reason": "Inte så.", **more})


def test_a_yes_that_is_taken_back_lets_the_trail_rest_and_nobody_else_lifts_it(
    server: Server, sameby: Body, reader: Browser
) -> None:
    _, owner, trail_id = asked(server, sameby)
    reached(server, owner)
    answer(reader, "yes")
    (listed,) = reader.get(f"/bodies/{sameby.id}/reviews").get_json()["reviews"]
    unsaid = problem(taken_back(reader, sameby, trail_id, reason=" "))
    taken = taken_back(reader, sameby, trail_id).get_json()
    resting = seen(owner, trail_id)
    guide = person(server, how="passkey", administrator="")
    by_guide = step(guide, trail_id, "return").get_json()

    assert (listed["trail"], listed["state"]) == (trail_id, "published")
    assert unsaid == "reason-missing"
    assert taken["withdrawn_at"] is not None
    assert (resting["state"], resting["reason"], shown(server, trail_id)) == ("resting", "Inte så.", None)
    assert by_guide["state"] == "resting"
    assert mailed_to(server, owner.address)[-1].endswith("Inte så.")
    assert problem(taken_back(reader, sameby, trail_id)) == "not-now"
    answer(reader, "yes")  # they were asked by that
    assert seen(owner, trail_id)["state"] == "published"


def test_one_stage_rests_and_only_their_yes_ends_it(
    server: Server, sameby: Body, reader: Browser, phone: Phone
) -> None:
    _, owner, trail_id = asked(server, sameby)
    answer(reader, "yes")

    unknown = taken_back(reader, sameby, trail_id, stage="no-such-stage")
    taken = taken_back(reader, sameby, trail_id, stage=STAGE)
    mended = owner.post(f"/trails/{trail_id}/stages/{STAGE}/mended", {"words": "Nu går det."})

    def resting() -> set[str]:
        with server.edge.database.transaction() as connection:
            return {one.stage for one in rests.standing(connection, trail_id)}

    assert problem(unknown) == "unknown-stage"
    assert taken.get_json()["stages"] == [STAGE]
    assert problem(mended) == "review-needed"
    assert resting() == {STAGE}
    assert shown(server, trail_id) is not None
    save(owner, trail_id, content=telling(trail_id, sameby, "Nytt"))
    step(owner, trail_id, "publishing")
    answer(reader, "yes")
    assert resting() == set()


def test_another_body_takes_nothing_back(server: Server, sameby: Body, reader: Browser) -> None:
    _, owner, trail_id = asked(server, sameby)
    answer(reader, "yes")
    other = make_sameby(server)
    stranger = put_into(server, other, person(server), "owner")

    assert problem(taken_back(stranger, sameby, trail_id)) == "unknown-review"
    assert problem(taken_back(stranger, other, trail_id)) == "unknown-review"
    assert problem(taken_back(owner, sameby, trail_id)) == "unknown-review"
    assert problem(owner.get(f"/bodies/{sameby.id}/reviews")) == "unknown-body"
    assert seen(owner, trail_id)["state"] == "published"


def test_a_yes_ends_on_its_day_and_they_are_asked_once_before(
    server: Server, sameby: Body, reader: Browser
) -> None:
    until = datetime(2031, 5, 1, 12, tzinfo=UTC)
    _, owner, trail_id = asked(server, sameby, until="2031-05-01")
    answer(reader, "yes")
    database = server.edge.database

    early = said.follow_ends(database, until - timedelta(days=40)), inbox(reader)
    month = said.follow_ends(database, until - timedelta(days=20))
    (again,) = inbox(reader)
    on_the_day = said.follow_ends(database, until), seen(owner, trail_id)["state"]
    after = said.follow_ends(database, until + timedelta(days=1)), seen(owner, trail_id)["state"]

    assert early == (0, [])
    assert (month, again["kind"]) == (0, "review")
    assert on_the_day == (0, "published")
    assert after == (1, "resting")
    assert said.follow_ends(database, until + timedelta(days=2)) == 0
    assert len(inbox(reader)) == 1


def test_a_trail_that_moves_to_another_body_leaves_the_question_with_them(
    server: Server, sameby: Body, reader: Browser
) -> None:
    _, owner, trail_id = asked(server, sameby)
    other = make_body(server, municipality=ELSEWHERE)
    put_into(server, other, owner, "owner")

    moved = owner.put(f"/trails/{trail_id}/body", {"body": other.id})

    assert (moved.status_code, moved.get_json()["state"]) == (200, "draft")
    assert inbox(reader) == []
    assert [one for one in inbox(owner) if one["kind"] == "review"] == []
