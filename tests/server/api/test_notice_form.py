"""The notice form for whoever has no script: as a browser gets and sends it."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.app import Server
from server.pages.notice import thing_of, typed_as
from server.stores.quests import Version
from tests.server.api.inbox import mailed_to
from tests.server.api.notices import deeds, moderator
from tests.server.api.people import ORIGIN, make_body
from tests.server.api.test_welcome import Outline
from tests.server.api.things import problem

AT = "/about/notice"
NAMED = "0b5e2c54-9a3f-4d55-8f0e-4f2f5f6d7a10"
LANGUAGES = ("ar", "de", "en", "nl", "sv", "sv-simple", "uk")
ADA = {
    "reason": "spam",
    "words": "Det är reklam\r\nför en butik.",
    "name": "Ada",
    "address": "ada@example.se",
    "faith": "yes",
}


def send(client: FlaskClient, lang: str = "sv", /, *, origin: str = ORIGIN, **fields: str) -> TestResponse:
    return client.post(
        f"{AT}?lang={lang}",
        data=urlencode(fields),
        content_type="application/x-www-form-urlencoded",
        headers={"Origin": origin, "Sec-Fetch-Site": "same-origin"},
    )


def errors(answer: TestResponse) -> dict[str, str]:
    """What is said beside each field."""
    found = re.findall(r'<p class="error" id="([a-z]+)-wrong">(.*?)</p>', answer.text)
    return {name: unescape(said) for name, said in found}


def value(answer: TestResponse, name: str) -> str:
    found = re.search(rf'<input id="{name}"[^>]* value="([^"]*)"', answer.text)
    assert found is not None
    return unescape(found[1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_is_whole_in_each_language_and_runs_nothing(
    client: FlaskClient, trail: Version, language: str
) -> None:
    answer = client.get(f"{AT}?about={trail.quest.code}&lang={language}")
    outline = Outline(answer.text)

    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == language
    assert not re.search(r"<script|javascript:|\son\w+=|style=", answer.text)
    assert outline.open == []
    assert value(answer, "thing") == trail.quest.code
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert answer.headers.getlist("Referrer-Policy") == ["same-origin"]
    inputs = [one for tag, one in outline.seen if tag in {"input", "textarea"} and one.get("type") != "radio"]
    labelled = {one.get("for") for tag, one in outline.seen if tag == "label"}
    assert {one["id"] for one in inputs} - {"faith"} <= labelled
    others = {one["href"] for tag, one in outline.seen if tag == "a"}
    assert {f"notice?about={trail.quest.code}&lang={tag}" for tag in LANGUAGES} <= others


def test_a_notice_is_given_and_its_receipt_leads_to_what_becomes_of_it(
    server: Server, client: FlaskClient, trail: Version
) -> None:
    answer = send(client, thing=trail.quest.code, **ADA)
    receipt = re.search(r'href="\.\./notice#([0-9a-f-]{36})\.([A-Za-z0-9_-]+)"', answer.text)

    assert answer.status_code == 201
    assert receipt is not None
    assert answer.headers["Cache-Control"] == "no-store"
    kept = client.get(f"/api/v1/notices/{receipt[1]}", headers={"Notice-Code": receipt[2]}).get_json()
    assert (kept["reason_code"], kept["state"]) == ("spam", "waits")
    (mail,) = mailed_to(server, "ada@example.se")
    assert f"/notice#{receipt[1]}.{receipt[2]}" in mail
    (case,) = moderator(server).get("/cases?lang=sv").get_json()["cases"]
    assert case["kind"] == "notice"
    card = moderator(server).get(f"/cases/{case['id']}").get_json()
    assert any("Det är reklam\nför en butik." in text["text"] for text in card["texts"])


def test_where_a_child_is_concerned_it_is_hidden_at_once_and_nobody_says_who_they_are(
    server: Server, client: FlaskClient, trail: Version
) -> None:
    answer = send(client, thing=trail.quest.code, reason="child", words="Barn kan fara illa.", faith="yes")

    assert answer.status_code == 201
    assert "dolt" in answer.text
    assert deeds(server, "hide-at-once") == 1
    assert client.get(f"/api/v1/quests/{trail.quest.code}").status_code in {404, 410}


@pytest.mark.parametrize(
    "changed, fields",
    [
        ({"thing": ""}, ["thing"]),
        ({"thing": "JH22222"}, ["thing"]),
        ({"thing": "bron vid ån"}, ["thing"]),
        ({"reason": "no-such"}, ["reason"]),
        ({"words": " \r\n"}, ["words"]),
        ({"words": "x" * 4001}, ["words"]),
        ({"words": "a\x00b"}, ["words"]),
        ({"name": ""}, ["name"]),
        ({"name": "x" * 121}, ["name"]),
        ({"address": "ada"}, ["address"]),
        ({"faith": ""}, ["faith"]),
        ({"name": "", "address": "", "faith": "", "words": ""}, ["words", "name", "address", "faith"]),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_written_is_kept(
    server: Server, client: FlaskClient, trail: Version, changed: dict[str, str], fields: list[str]
) -> None:
    sent = {"thing": trail.quest.code, **ADA, **changed}

    answer = send(client, "en", **sent)

    assert answer.status_code == 422
    assert list(errors(answer)) == fields
    assert all(errors(answer).values())
    for name in fields:
        assert f'href="#{name}"' in answer.text
        assert f'aria-describedby="{name}-wrong"' in answer.text
    for name in ("thing", "name", "address"):
        assert value(answer, name) == sent[name]
    if sent["words"].strip() and "\x00" not in sent["words"]:
        assert sent["words"].replace("\r\n", "\n") in unescape(answer.text)
    assert deeds(server, "notice") == 0


def test_what_was_written_is_shown_as_text(client: FlaskClient, trail: Version) -> None:
    hostile = '"><script>alert(1)</script></textarea>'
    answer = send(client, thing=hostile, **{**ADA, "words": hostile, "name": hostile})

    assert answer.status_code == 422
    assert "<script" not in answer.text
    assert answer.text.count("</textarea>") == 1
    assert value(answer, "name") == hostile


def test_another_sites_page_sends_nothing(server: Server, client: FlaskClient, trail: Version) -> None:
    crossed = send(client, thing=trail.quest.code, origin="https://evil.example", **ADA)
    hidden = send(client, thing=trail.quest.code, origin="null", **ADA)

    assert (problem(crossed), problem(hidden)) == ("cross-site", "cross-site")
    assert deeds(server, "notice") == 0


@pytest.mark.parametrize(
    "data, kind, code",
    [
        (b'{"thing": 1}', "application/json", "unsupported-media-type"),
        (b"&".join(b"a%d=1" % number for number in range(30)), None, "bad-request"),
        (b"thing=\xff", None, "bad-request"),
        (b"words=" + b"x" * 70_000, None, "too-large"),
    ],
    ids=["json", "many-fields", "no-form", "too-large"],
)
def test_what_no_form_sends_is_refused(client: FlaskClient, data: bytes, kind: str | None, code: str) -> None:
    answer = client.post(
        AT,
        data=data,
        content_type=kind or "application/x-www-form-urlencoded",
        headers={"Origin": ORIGIN},
    )

    assert problem(answer) == code


def test_too_many_from_one_address_keep_what_they_wrote(
    make_server: Callable[..., Server], trail: Version
) -> None:
    careful = make_server(ROTFASTE_LIMIT_NOTICES="1")
    client = careful.test_client()
    first = send(client, thing=trail.quest.code, **ADA)

    second = send(client, thing=trail.quest.code, **ADA)
    careful.edge.database.close()

    assert (first.status_code, second.status_code) == (201, 429)
    assert int(second.headers["Retry-After"]) > 0
    assert value(second, "name") == "Ada"
    assert 'role="alert"' in second.text


def test_a_body_is_pointed_out_too(server: Server, client: FlaskClient) -> None:
    body = make_body(server, name="Byalaget")
    form = client.get(f"{AT}?about=body:{body.id}")

    answer = send(client, thing=f"https://quest.example.org/o/{body.id}", **ADA)

    assert "Byalaget" in form.text
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("jh23456", ("quest", "JH23456")),
        (" JH23456/bridge ", ("stage", "JH23456/bridge")),
        ("stage:JH23456:bridge", ("stage", "JH23456/bridge")),
        ("https://quest.example.org/q/JH23456", ("quest", "JH23456")),
        (f"https://quest.example.org/o/{NAMED}", ("body", NAMED)),
        (f"https://quest.example.org/story/{NAMED}/", ("story", NAMED)),
        (f"story:{NAMED.upper()}", ("story", NAMED)),
        (NAMED, ("body", NAMED)),
        ("guide:2313", ("guide", "2313")),
        ("2313", None),
        ("JH1", None),
        ("", None),
    ],
)
def test_what_it_is_about_is_read_however_it_is_written(typed: str, meant: tuple[str, str] | None) -> None:
    assert thing_of(typed) == meant
    if meant is not None:
        assert thing_of(typed_as(*meant)) == meant


def test_every_public_page_leads_to_it(client: FlaskClient, trail: Version) -> None:
    pages: dict[str, Any] = {
        "shared": client.get(f"/q/{trail.quest.code}", headers={"Accept-Language": "sv"}).text,
        "app": client.get("/find").text,
        "terms": client.get("/about/terms?lang=en").text,
    }

    assert f'<a href="/about/notice?about={trail.quest.code}&amp;lang=sv">' in pages["shared"]
    assert '<a href="/about/notice">' in pages["app"]
    assert 'href="notice?lang=en"' in pages["terms"]
