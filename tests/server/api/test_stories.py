"""Stories: each its maker's own, looked at before it is shown, and gone when its maker says so."""

import io
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from quests.region import SWEDEN
from server.app import Server
from server.stores import accounts as account_store
from server.stores import notices, stories, tombstones
from server.stores.stories import SHOWN_MOST
from server.use_cases import accounts, erase, pictures, publish
from server.use_cases import stories as telling
from tests.media.hostile import photo, saved
from tests.server.api.inbox import mailed_to
from tests.server.api.notices import moderator
from tests.server.api.people import ORIGIN, SESSION, Browser, person
from tests.server.api.stories import (
    STORY,
    asked,
    case_of,
    change,
    decided,
    public,
    published,
    see,
    send,
    step,
    told,
)
from tests.server.api.test_closing import WAITING
from tests.server.api.test_guides import removing
from tests.server.api.things import NOW, make_generic, make_trail, pointers, problem, publish_all


@pytest.fixture
def maker(server: Server) -> Browser:
    return person(server, name="Amina")


def grown_up(server: Server, *, yes: bool = True) -> Browser:
    """Somebody with an address."""
    browser = Browser(server).sign_in()
    assert browser.patch("/account", {"is_adult": yes, "language": "sv"}).status_code == 200
    return browser


# Written.


def test_a_draft_is_its_makers_alone(server: Server, maker: Browser) -> None:
    story = told(maker)

    found = see(maker, story)
    assert {name: found[name] for name in STORY} == STORY
    assert (found["state"], found["month"], found["picture"], found["hidden"]) == ("draft", None, None, False)
    assert public(server) == []
    assert moderator(server).get("/cases").get_json()["cases"] == []
    assert person(server).get("/stories").get_json()["stories"] == []


def test_sent_twice_it_is_one_and_changed_only_by_who_saw_the_last(maker: Browser) -> None:
    story = told(maker)
    assert maker.put(f"/stories/{story}", STORY).get_json()["version"] == 1

    assert problem(maker.put(f"/stories/{story}", {**STORY, "title": "Annat"})) == "version-missing"
    assert change(maker, story, title="Annat").get_json()["version"] == 2
    assert problem(change(maker, story, version=1, title="Gammalt")) == "changed-meanwhile"
    assert see(maker, story)["title"] == "Annat"


def test_it_is_told_of_a_trail_that_everybody_may_know(server: Server, maker: Browser) -> None:
    trail, hidden, withdrawn = make_trail(), make_trail(), make_trail()
    publish_all(server, trail, hidden, withdrawn)
    with server.edge.database.transaction() as connection:
        connection.execute('UPDATE game.quest_versions SET municipalities = \'{"bridge": "2380"}\'')
        notices.hide(connection, "quest", hidden.quest.id, str(uuid.uuid4()), NOW, decided=True)
        publish.show_quest_again(connection, hidden.quest.id, NOW)
        publish.stand(connection, withdrawn.quest.id, "withdrawn", NOW)

    story = told(maker, quest=trail.quest.code, stage="bridge", municipality="")

    found = see(maker, story)
    assert (found["quest"], found["stage"], found["municipality"]) == (trail.quest.code, "bridge", "2380")
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({"quest": trail.quest.code}, "unknown-municipality", "/municipality"),
        ({"quest": trail.quest.code, "stage": "den", "municipality": "2380"}, "unknown-stage", "/stage"),
        ({"quest": trail.quest.code, "stage": "none", "municipality": "2380"}, "unknown-stage", "/stage"),
        ({"stage": "bridge"}, "unknown-stage", "/stage"),
        ({"quest": hidden.quest.code, "municipality": "2380"}, "unknown-quest", "/quest"),
        ({"quest": withdrawn.quest.code, "municipality": "2380"}, "unknown-quest", "/quest"),
        ({"quest": "JH23456", "municipality": "2380"}, "unknown-quest", "/quest"),
        ({"municipality": ""}, "unknown-municipality", "/municipality"),
    ]
    for changed, said, pointer in wrong:
        answer = maker.put(f"/stories/{uuid.uuid4()}", {**STORY, **changed})
        assert (problem(answer), pointers(answer)) == (said, [pointer]), changed


def test_a_trail_that_begins_anywhere_is_told_of_wherever_one_is(server: Server, maker: Browser) -> None:
    anywhere = make_generic()
    publish_all(server, anywhere)

    assert see(maker, told(maker, quest=anywhere.quest.code))["municipality"] == STORY["municipality"]


def test_there_is_no_story_of_a_municipality_that_is_none(server: Server, maker: Browser) -> None:
    square = {"type": "Polygon", "coordinates": [[[14, 63], [15, 63], [15, 64], [14, 64], [14, 63]]]}
    feature = {
        "type": "Feature",
        "geometry": square,
        "properties": {"code": "2309", "name": "Krokom"},
    }
    publish.load_municipalities(server.edge.database, [feature], "a" * 64)

    answer = maker.put(f"/stories/{uuid.uuid4()}", {**STORY, "municipality": "9999"})

    assert problem(answer) == "unknown-municipality"
    assert told(maker)


# Its picture.


def test_its_picture_is_made_anew_and_its_makers_until_it_is_shown(server: Server, maker: Browser) -> None:
    taken = io.BytesIO()
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (63.0, 35.0, 12.0)}
    exif[0x010F] = "Maker of cameras"
    photo(1600, 1200).save(taken, "JPEG", exif=exif)
    story, mod = told(maker), moderator(server)

    answer = send(maker, story, taken.getvalue())

    assert answer.status_code == 200, answer.text
    own = answer.get_json()["picture"]
    assert own == f"{ORIGIN}/api/v1/stories/{story}/picture"
    picture = maker.get(f"/stories/{story}/picture")
    assert picture.headers["Cache-Control"] == "private, no-store"
    assert picture.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert b"Maker of cameras" not in picture.data
    with Image.open(io.BytesIO(picture.data)) as read:
        assert max(read.size) == 960
        assert not read.getexif()
    address = f"/media/stories/{picture.headers['ETag'].strip(chr(34))}"
    for other in (person(server), mod, person(server, how="passkey", guide="2309")):
        assert problem(other.get(f"/stories/{story}/picture")) == "unknown-story"
    assert server.test_client().get(address).status_code == 404

    assert step(maker, story, "asking").status_code == 200
    assert mod.get(f"/stories/{story}/picture").data == picture.data
    assert problem(person(server, moderator="").get(f"/stories/{story}/picture")) == "sign-in-stronger"
    assert problem(person(server, how="passkey", guide="2380").get(f"/stories/{story}/picture")) == (
        "unknown-story"
    )
    assert server.test_client().get(address).status_code == 404
    assert decided(mod, story, "publish").status_code == 200
    (shown,) = public(server)
    assert shown["picture"] == ORIGIN + address
    assert server.test_client().get(address).data == picture.data

    assert step(maker, story, "resting").status_code == 200
    assert server.test_client().get(address).status_code == 404


def test_nobody_else_sees_the_picture_of_what_its_maker_took_back(server: Server, maker: Browser) -> None:
    story, mod = told(maker, picture_alt="En rund sten."), moderator(server)
    assert send(maker, story, saved(photo(64, 64), "PNG")).status_code == 200
    assert step(maker, story, "asking").status_code == 200
    assert mod.get(f"/stories/{story}/picture").status_code == 200

    assert step(maker, story, "withdrawal").status_code == 200

    assert maker.get(f"/stories/{story}/picture").status_code == 200
    assert problem(mod.get(f"/stories/{story}/picture")) == "unknown-story"


@pytest.mark.parametrize(
    "sent, said",
    [
        (b"<svg onload=alert(1)>", "unsupported-medium"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 500, "picture-refused"),
    ],
    ids=["a script", "what begins like one"],
)
def test_what_is_no_picture_is_told_so(maker: Browser, sent: bytes, said: str) -> None:
    story = told(maker)

    assert problem(send(maker, story, sent)) == said
    assert see(maker, story)["picture"] is None


def test_a_picture_that_is_sent_again_is_not_gone_with_the_one_before(server: Server, maker: Browser) -> None:
    story = told(maker)
    send(maker, story)
    first = maker.get(f"/stories/{story}/picture").data
    send(maker, story)

    for folder in removing(server):
        server.edge.store.remove(folder)

    assert maker.get(f"/stories/{story}/picture").data == first
    assert len(removing(server)) == 1
    assert maker.delete(f"/stories/{story}/picture").status_code == 204
    assert problem(maker.get(f"/stories/{story}/picture")) == "unknown-medium"
    assert len(removing(server)) == 2


def test_a_picture_that_was_refused_at_last_leaves_nothing_in_the_store(
    server: Server, maker: Browser
) -> None:
    story = told(maker)
    send(maker, story)
    digest = maker.get(f"/stories/{story}/picture").headers["ETag"].strip('"')
    other = told(person_two := person(server))
    with server.edge.database.transaction() as connection:
        case = _any_case(connection)
        notices.block(connection, case, [digest], NOW)

    assert problem(send(person_two, other)) == "picture-refused"

    (left,) = server.edge.store.list(f"stories/{other}")
    assert removing(server) == [left]


def _any_case(connection: Any) -> str:
    row = connection.execute(
        "INSERT INTO people.cases (id, kind, subject, municipality, urgency, facts, opened_at, times, state, outcome,"
        " reason_code, words) VALUES (gen_random_uuid(), 'notice', 'x', '', 2, '{}', now(), 1, 'decided', '', '', '')"
        " RETURNING id::text"
    ).fetchone()
    return str(row[0])


def test_who_sends_a_picture_while_others_are_made_anew_waits_and_is_told_so(
    maker: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = told(maker)
    monkeypatch.setattr(pictures, "WITHIN_S", 0)
    monkeypatch.setattr(pictures, "_places", threading.BoundedSemaphore(1))

    with pictures._places:
        answer = send(maker, story)

    assert (problem(answer), answer.headers["Retry-After"]) == ("pictures-busy", "0")


def test_one_person_sends_so_many_pictures_an_hour(make_server: Callable[..., Server], database: str) -> None:
    del database
    limited = make_server(ROTFASTE_LIMIT_OWN_DATA="2")
    maker = person(limited)
    story = told(maker)

    said = [send(maker, story, b"no picture") for _ in range(3)]
    limited.edge.database.close()

    assert [problem(one) for one in said] == [*["unsupported-medium"] * 2, "too-many-requests"]


def test_what_a_crash_left_in_the_store_is_swept_away_and_nothing_else(
    server: Server, maker: Browser
) -> None:
    story = told(maker)
    send(maker, story)
    telling.sweep(server.edge.database, server.edge.store)  # what other tests have left
    server.edge.store.put(f"stories/{uuid.uuid4()}/left.webp", b"x")

    assert telling.sweep(server.edge.database, server.edge.store) == 1
    assert maker.get(f"/stories/{story}/picture").status_code == 200
    assert telling.sweep(server.edge.database, server.edge.store) == 0


# Asked for.


def test_it_is_asked_for_by_a_grown_up_who_agrees(server: Server) -> None:
    young = grown_up(server, yes=False)
    story = told(young)
    assert problem(step(young, story, "asking")) == "grown-up-needed"
    young.patch("/account", {"is_adult": True})

    for body in ({}, {"consent": False}):
        answer = young.post(f"/stories/{story}/asking", body, If_Match='"1"')
        assert (problem(answer), pointers(answer)) == ("consent-missing", ["/consent"])
    assert problem(step(young, story, "asking", version=7)) == "changed-meanwhile"
    assert step(young, story, "asking").get_json()["state"] == "asked"


def test_a_picture_is_told_in_words_before_it_is_asked_for(maker: Browser) -> None:
    story = told(maker, picture_alt="")
    send(maker, story)

    answer = step(maker, story, "asking")

    assert (problem(answer), pointers(answer)) == ("picture-without-words", ["/picture_alt"])


def test_there_is_nothing_to_look_at_in_blanks(maker: Browser) -> None:
    for changed, pointer in (({"title": "   "}, "/title"), ({"words": "\n \n"}, "/words")):
        answer = step(maker, told(maker, **changed), "asking")
        assert (problem(answer), pointers(answer)) == ("story-empty", [pointer])


def test_who_looks_reads_it_all_and_its_maker_does_not_decide(server: Server) -> None:
    maker = person(server, how="passkey", name="Amina", moderator="")
    story = told(maker)
    send(maker, story)
    step(maker, story, "asking")

    card = case_of(moderator(server), story)

    assert card["title"] == STORY["title"]
    assert [one["text"] for one in card["texts"]] == [STORY["words"], STORY["by"]]
    assert card["pictures"] == [
        {"address": f"/api/v1/stories/{story}/picture", "words": STORY["picture_alt"]}
    ]
    assert [one["decision"] for one in card["decisions"]] == ["publish", "send-back"]
    own = case_of(maker, story)
    assert (own["decisions"], own["for_somebody_else"]) == ([], True)
    assert problem(decided(maker, story, "publish")) == "for-somebody-else"
    assert public(server) == []


def test_who_is_guide_there_decides_and_who_is_elsewhere_sees_nothing(server: Server, maker: Browser) -> None:
    story = asked(maker)

    assert person(server, how="passkey", guide="2380").get("/cases").get_json()["cases"] == []
    assert decided(person(server, how="passkey", guide="2309"), story, "publish").status_code == 200
    assert [one["id"] for one in public(server)] == [story]


def test_words_that_nobody_of_them_reads_are_read_by_a_helper_first(server: Server, maker: Browser) -> None:
    from server.stores import duties
    from server.stores.duties import Duty

    helper, mod = person(server), moderator(server)
    with server.edge.database.transaction() as connection:
        duties.give(connection, helper.account, Duty("language-helper", "", ("uk",)), datetime.now(UTC))
    story = told(maker, language="uk", words="Я почула його раніше, ніж побачила.")
    send(maker, story)
    step(maker, story, "asking")

    card = case_of(helper, story)
    assert (card["state"], [one["language"] for one in card["texts"]]) == ("unread", ["uk"])
    assert card["pictures"] == []
    assert case_of(mod, story)["decisions"] == []
    assert (
        helper.post(f"/cases/{card['id']}/reading", {"words": "Hon hörde fallet först."}).status_code == 204
    )
    assert decided(mod, story, "publish").status_code == 200


def test_published_it_has_its_place_and_month_and_no_day(server: Server, maker: Browser) -> None:
    story = published(server, maker)
    month = f"{datetime.now(SWEDEN):%Y-%m}"

    (one,) = public(server)

    assert one == {
        "id": story,
        **{name: STORY[name] for name in ("title", "words", "language", "by", "municipality")},
        "quest": None,
        "stage": None,
        "picture": None,
        "picture_alt": "",
        "month": month,
    }
    assert server.test_client().get(f"/api/v1/told-stories/{story}").get_json() == one
    assert see(maker, story)["month"] == month
    assert maker.account not in server.test_client().get(f"/api/v1/told-stories/{story}").text


def test_it_is_sent_back_with_words_and_its_maker_mends_it(server: Server) -> None:
    maker, mod = grown_up(server), moderator(server)
    story = asked(maker)
    assert problem(decided(mod, story, "send-back")) == "reason-missing"

    assert decided(mod, story, "send-back", "Skriv inte ut vad grannen heter.").status_code == 200

    found = see(maker, story)
    assert (found["state"], found["reason"]) == ("draft", "Skriv inte ut vad grannen heter.")
    mail = mailed_to(server, maker.address)[-1]
    assert "Skriv inte ut vad grannen heter." in mail
    change(maker, story, words="Min granne visade mig dit.")
    assert step(maker, story, "asking").get_json()["reason"] == ""
    assert decided(mod, story, "publish").status_code == 200
    assert public(server)[0]["words"] == "Min granne visade mig dit."


def test_a_reason_by_its_code_is_told_in_the_makers_language(server: Server, maker: Browser) -> None:
    story, mod = asked(maker), moderator(server)
    case = case_of(mod, story)
    sent = {"decision": "send-back", "reason_code": "personal-data"}
    assert mod.post(f"/cases/{case['id']}/decision", sent).status_code == 200

    said = maker.get("/stories", Accept_Language="en").get_json()["stories"][0]["reason"]

    assert said not in {"", "personal-data"}


def test_what_was_sent_back_is_shown_when_an_appeal_was_right(server: Server, maker: Browser) -> None:
    story, first = told(maker), moderator(server)
    send(maker, story)
    step(maker, story, "asking")
    case = case_of(first, story)["id"]
    decided(first, story, "send-back", "Det här är reklam.")
    mine = maker.get(f"/cases/{case}").get_json()
    assert (mine["may_appeal"], mine["title"]) == (True, STORY["title"])
    other = moderator(server)
    assert problem(other.get(f"/stories/{story}/picture")) == "unknown-story"

    assert maker.post(f"/cases/{case}/appeal", {"words": "Jag säljer ingenting."}).status_code == 201

    (appeal,) = [one for one in other.get("/cases").get_json()["cases"] if one["kind"] == "appeal"]
    texts = [one["text"] for one in other.get(f"/cases/{appeal['id']}").get_json()["texts"]]
    assert texts == ["Jag säljer ingenting.", "Det här är reklam.", STORY["words"], STORY["by"]]
    assert other.get(f"/stories/{story}/picture").status_code == 200
    assert problem(first.post(f"/cases/{appeal['id']}/decision", {"decision": "change"})) == (
        "for-somebody-else"
    )
    assert other.post(f"/cases/{appeal['id']}/decision", {"decision": "change"}).status_code == 200
    assert [one["id"] for one in public(server)] == [story]


def test_who_writes_on_ends_the_appeal_and_nobody_reads_what_is_new(server: Server, maker: Browser) -> None:
    story, mod = asked(maker), moderator(server)
    case = case_of(mod, story)["id"]
    decided(mod, story, "send-back", "Nej.")
    maker.post(f"/cases/{case}/appeal", {"words": "Jo."})

    change(maker, story, title="Hemligt", words="Det här är bara mitt.")

    other = moderator(server)
    assert other.get("/cases").get_json()["cases"] == []
    seen = other.get(f"/cases/{case}")
    assert (seen.get_json()["title"], seen.get_json()["texts"]) == (STORY["title"], [])
    assert "bara mitt" not in seen.text
    assert "Hemligt" not in seen.text


def test_an_appeal_publishes_what_was_sent_back_and_not_what_was_written_since(
    server: Server, maker: Browser
) -> None:
    story, mod = asked(maker), moderator(server)
    case = case_of(mod, story)["id"]
    decided(mod, story, "send-back", "Nej.")
    change(maker, story, words="Det här har ingen sett.")
    assert maker.post(f"/cases/{case}/appeal", {"words": "Jo."}).status_code == 201
    other = moderator(server)
    (appeal,) = other.get("/cases").get_json()["cases"]
    assert "ingen sett" not in other.get(f"/cases/{appeal['id']}").text

    answer = other.post(f"/cases/{appeal['id']}/decision", {"decision": "change"})

    assert problem(answer) == "not-now"
    assert public(server) == []


def test_nobody_decides_on_what_was_taken_back_or_asked_anew(server: Server, maker: Browser) -> None:
    story, mod = asked(maker), moderator(server)
    old = case_of(mod, story)["id"]
    assert step(maker, story, "return").get_json()["state"] == "draft"
    assert mod.get(f"/cases/{old}").get_json()["texts"] == []
    change(maker, story, words="Något annat.")
    step(maker, story, "asking")

    assert problem(mod.post(f"/cases/{old}/decision", {"decision": "publish"})) == "not-now"
    assert public(server) == []
    assert case_of(mod, story)["texts"][0]["text"] == "Något annat."


# Taken away, and brought back.


def test_its_maker_shows_it_or_does_not(server: Server, maker: Browser) -> None:
    story = published(server, maker)
    with server.edge.database.transaction() as connection:
        connection.execute("UPDATE people.stories SET month = '2020-02-01'")
    for name, state, shown in (
        ("resting", "resting", 0),
        ("return", "published", 1),
        ("return", "draft", 0),
    ):
        answer = step(maker, story, name)
        assert (answer.get_json()["state"], len(public(server))) == (state, shown)
    assert server.test_client().get(f"/api/v1/told-stories/{story}").status_code == 404
    step(maker, story, "asking")
    decided(moderator(server), story, "publish")
    assert public(server)[0]["month"] == "2020-02"

    assert step(maker, story, "withdrawal").get_json()["state"] == "withdrawn"
    assert public(server) == []
    assert step(maker, story, "return").get_json()["state"] == "draft"


@pytest.mark.parametrize(
    "name, states",
    [
        ("asking", {"draft"}),
        ("resting", {"published"}),
        ("return", {"asked", "published", "resting", "withdrawn"}),
        ("withdrawal", {"asked", "published", "resting"}),
    ],
)
def test_a_step_from_another_state_is_told_so(
    server: Server, maker: Browser, name: str, states: set[str]
) -> None:
    for state in {"draft", "asked", "published", "resting", "withdrawn"} - states:
        story = told(maker)
        with server.edge.database.transaction() as connection:
            connection.execute(
                "UPDATE people.stories SET state = %s, consented_at = now(), month = '2026-01-01' WHERE id = %s",
                [state, story],
            )
        assert problem(step(maker, story, name)) == "not-now", state
        if state != "draft":
            assert problem(change(maker, story, title="x")) == "not-now"
            assert problem(send(maker, story)) == "not-now"
            assert problem(maker.delete(f"/stories/{story}/picture")) == "not-now"


def test_who_is_not_grown_up_after_all_is_not_shown(server: Server) -> None:
    maker = grown_up(server)
    story = published(server, maker)
    maker.patch("/account", {"is_adult": False})
    assert public(server) == []
    step(maker, story, "resting")
    assert problem(step(maker, story, "return")) == "grown-up-needed"

    maker.patch("/account", {"is_adult": True})
    step(maker, story, "return")

    assert len(public(server)) == 1


def test_it_is_taken_away_for_good_with_its_picture_and_its_case(server: Server, maker: Browser) -> None:
    mod = moderator(server)
    shown, waits = published(server, maker, picture=True), asked(maker)
    digest = public(server)[0]["picture"].removeprefix(ORIGIN)

    for story in (shown, waits):
        assert maker.delete(f"/stories/{story}").status_code == 204

    assert maker.get("/stories").get_json()["stories"] == []
    assert public(server) == []
    assert server.test_client().get(digest).status_code == 404
    assert len(removing(server)) == 1
    assert mod.get("/cases").get_json()["cases"] == []
    kept = server.edge.database.private.read("SELECT json_agg(c)::text FROM people.cases c")
    assert STORY["title"] not in kept[0][0]
    assert problem(maker.delete(f"/stories/{shown}")) == "unknown-story"


def test_an_older_dump_does_not_bring_back_what_was_taken_away_for_good(
    server: Server, maker: Browser
) -> None:
    story = published(server, maker)
    with server.edge.database.transaction() as connection:
        before = stories.find(connection, story)
    assert maker.delete(f"/stories/{story}").status_code == 204
    assert problem(maker.put(f"/stories/{story}", STORY)) == "unknown-story"
    with server.edge.database.transaction() as connection:
        assert before is not None
        assert stories.add(connection, before)
        stories.show(connection, before)
    assert len(public(server)) == 1

    assert erase.replay(server.edge.database, tombstones.read(server.edge.settings.tombstones_file)) == 1

    assert public(server) == maker.get("/stories").get_json()["stories"] == []


def test_all_that_one_has_told_is_taken_along_with_its_pictures(server: Server, maker: Browser) -> None:
    trail = make_trail()
    publish_all(server, trail)
    story = told(maker, title='Ett "fall"', quest=trail.quest.code)
    told(person(server))
    send(maker, story)

    answer = maker.get("/account/export/stories")

    with ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.namelist() == [f"stories/{story}.md", f"stories/{story}.webp"]
        text = archive.read(f"stories/{story}.md").decode()
        picture = archive.read(f"stories/{story}.webp")
    assert text.startswith('---\ntitle: "Ett \\"fall\\""\nby: "Amina"\n')
    assert f'quest: "{trail.quest.code}"' in text
    assert text.endswith(f"{STORY['words']}\n")
    assert picture == maker.get(f"/stories/{story}/picture").data
    assert [one["id"] for one in maker.get("/account/export").get_json(force=True)["stories"]] == [story]


def test_who_leaves_is_shown_no_more_and_is_gone_in_two_weeks(server: Server, tmp_path: Path) -> None:
    maker = grown_up(server)
    published(server, maker, picture=True)
    asked(maker)
    assert maker.post("/account/erasure").status_code == 200
    assert public(server) == []
    assert maker.delete("/account/erasure").status_code == 200
    assert len(public(server)) == 1
    maker.post("/account/erasure")

    later = datetime.now(UTC) + accounts.REGRET + timedelta(minutes=1)
    assert accounts.erase_due(server.edge.database, later, tmp_path / "stones") == 1

    (left,) = server.edge.database.private.read(
        "SELECT (SELECT count(*) FROM people.stories), (SELECT count(*) FROM shown.stories),"
        " (SELECT count(*) FROM people.cases WHERE state <> 'decided' OR maker IS NOT NULL OR facts ? 'title')"
    )
    assert left == (0, 0, 0)
    assert len(removing(server)) == 1


# Read.


def test_they_are_read_by_municipality_or_trail_the_newest_month_first(
    server: Server, maker: Browser
) -> None:
    trail = make_trail()
    publish_all(server, trail)
    here, there = published(server, maker), published(server, maker, municipality="2380")
    of_trail = published(server, maker, quest=trail.quest.code, stage="bridge")
    with server.edge.database.transaction() as connection:
        connection.execute("UPDATE shown.stories SET month = '2020-02-01' WHERE id = %s", [here])

    assert [one["id"] for one in public(server)] == [of_trail, here]
    assert [one["id"] for one in public(server, municipality="2380")] == [there]
    (one,) = public(server, quest=trail.quest.code)
    assert (one["id"], one["quest"], one["stage"]) == (of_trail, trail.quest.code, "bridge")
    for query in ({}, {"quest": trail.quest.code, "municipality": "2309"}):
        answer = server.test_client().get("/api/v1/told-stories", query_string=query)
        assert problem(answer) == "told-where"


def test_a_trail_that_is_not_shown_is_not_named_by_its_stories(server: Server, maker: Browser) -> None:
    trail = make_trail()
    publish_all(server, trail)
    published(server, maker, quest=trail.quest.code, stage="bridge")
    with server.edge.database.transaction() as connection:
        notices.hide(connection, "quest", trail.quest.id, str(uuid.uuid4()), NOW, decided=True)
        publish.show_quest_again(connection, trail.quest.id, NOW)

    (one,) = public(server)
    assert (one["quest"], one["stage"]) == (None, None)
    assert public(server, quest=trail.quest.code) == []


def test_lists_end_and_are_read_by_an_index(server: Server, maker: Browser) -> None:
    story = published(server, maker)
    with server.edge.database.transaction() as connection:
        connection.execute(
            "INSERT INTO shown.stories (id, municipality, month, title, words, language, by_name, picture_alt)"
            " SELECT gen_random_uuid(), (2300 + n % 10)::text, '2020-01-01'::date + make_interval(months => n % 70),"
            " 'En', 'Två', 'sv', '', '' FROM generate_series(1, 20000) n"
        )
        connection.execute("ANALYZE shown.stories")
        plan = connection.execute(
            f"EXPLAIN {stories.TOLD_IN}",
            {"in": "2309", "most": SHOWN_MOST},
        ).fetchall()

    found = public(server)

    assert (len(found), found[0]["id"]) == (SHOWN_MOST, story)
    said = "\n".join(row[0] for row in plan)
    assert "stories_municipality_month_idx" in said
    assert "Sort" not in said


# Attacked.


def test_nobody_changes_anothers_or_says_more_than_they_may(server: Server, maker: Browser) -> None:
    story, other = told(maker), person(server, how="passkey", administrator="")
    send(maker, story)
    nothing = str(uuid.uuid4())
    for one in (story, nothing):
        answers = [
            other.delete(f"/stories/{one}"),
            send(other, one),
            other.delete(f"/stories/{one}/picture"),
            other.get(f"/stories/{one}/picture"),
            *(step(other, one, name, version=2) for name in ("asking", "resting", "return", "withdrawal")),
        ]
        assert {problem(answer) for answer in answers} == {"unknown-story"}
    assert problem(other.put(f"/stories/{story}", STORY, If_Match='"2"')) == "unknown-story"
    for field, value in {
        "state": "published",
        "account": maker.account,
        "month": "2020-01",
        "picture": "a" * 64,
        "consented_at": "2020-01-01T00:00:00Z",
        "reason": "x",
    }.items():
        answer = maker.put(f"/stories/{uuid.uuid4()}", {**STORY, field: value})
        assert problem(answer) == "invalid-body", field
    assert see(maker, story)["version"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "x" * 121},
        {"title": "två\nrader"},
        {"words": "x" * 8001},
        {"words": "\x00"},
        {"by": "x" * 81},
        {"picture_alt": "x" * 301},
        {"municipality": "23091"},
        {"language": "x" * 50},
    ],
    ids=str,
)
def test_what_is_too_long_or_odd_is_told_so(maker: Browser, wrong: dict[str, Any]) -> None:
    assert problem(maker.put(f"/stories/{uuid.uuid4()}", {**STORY, **wrong})) == "invalid-body"


def test_nobody_floods_those_who_look_nor_keeps_without_end(
    server: Server, maker: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(telling.ASKED_MOST):
        asked(maker)
    more = told(maker)
    assert problem(step(maker, more, "asking")) == "stories-waiting"
    monkeypatch.setattr(telling, "KEPT_MOST", telling.ASKED_MOST + 1)

    assert problem(maker.put(f"/stories/{uuid.uuid4()}", STORY)) == "stories-full"
    assert change(maker, more, title="Den som är där").status_code == 200


def test_of_many_that_are_asked_for_at_once_no_more_wait_than_may(server: Server, maker: Browser) -> None:
    drafts = [told(maker) for _ in range(telling.ASKED_MOST + 4)]
    browsers = [_again(server, maker) for _ in drafts]

    with ThreadPoolExecutor(6) as many:
        said = list(many.map(lambda one, story: step(one, story, "asking", version=1), browsers, drafts))

    assert sorted(one.status_code for one in said) == [200] * telling.ASKED_MOST + [429] * 4


@pytest.mark.parametrize("what", ["return", "delete", "not grown up"])
def test_whoever_comes_first_what_is_shown_is_what_its_maker_lets_be_shown(
    server: Server, maker: Browser, what: str
) -> None:
    waiting = [asked(maker) for _ in range(8)]
    cases = {story: case_of(moderator(server), story)["id"] for story in waiting}
    makers, looks = ([_again(server, one) for _ in waiting] for one in (maker, moderator(server)))

    def takes_back(browser: Browser, story: str) -> TestResponse:
        if what == "delete":
            return browser.delete(f"/stories/{story}")
        if what == "return":
            return step(browser, story, "return", version=2)
        return browser.patch("/account", {"is_adult": False})

    def publishes(browser: Browser, story: str) -> TestResponse:
        return browser.post(f"/cases/{cases[story]}/decision", {"decision": "publish"})

    with ThreadPoolExecutor(6) as many:
        back = [many.submit(takes_back, *one) for one in zip(makers, waiting, strict=True)]
        out = [many.submit(publishes, *one) for one in zip(looks, waiting, strict=True)]
        said = {one.result().status_code for one in (*back, *out)}

    assert said <= {200, 204, 404, 409, 412}
    states = {one["id"]: one["state"] for one in maker.get("/stories").get_json()["stories"]}
    kept = [] if what == "not grown up" else [one for one in states if states[one] == "published"]
    assert {one["id"] for one in public(server)} == set(kept)


def test_who_publishes_waits_for_whoever_says_not_to_be_grown_up(server: Server, maker: Browser) -> None:
    story, looks = asked(maker), moderator(server)
    case, database = case_of(looks, story)["id"], server.edge.database

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as changing:
            account = account_store.find(changing, maker.account, lock=True)
            assert account is not None
            account_store.change(changing, replace(account, is_adult=False))
            telling.show_all_again(changing, maker.account)
            publishing = pool.submit(looks.post, f"/cases/{case}/decision", {"decision": "publish"})
            while not database.private.read(WAITING) and not publishing.done():
                pass
        answer = publishing.result(20)

    assert answer.status_code == 200, answer.text
    assert public(server) == []


def _again(server: Server, browser: Browser) -> Browser:
    """The same person in another browser."""
    other = Browser(server)
    other.account = browser.account
    other.client.set_cookie(SESSION, browser.cookie(), secure=True, httponly=True)
    return other
