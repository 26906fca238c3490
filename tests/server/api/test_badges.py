"""Badges over HTTP: what everybody sees, what only their player sees, and what is printed."""

import json
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from server.stores.quests import Version
from server.wiring import open_badges
from tests.server.api.things import Phone, problem

BADGES = open_badges()
WITH_DOORS = [badge for badge in BADGES if badge.sheet.door is not None]


def gallery(client: FlaskClient, lang: str = "en") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(client.get(f"/api/v1/badges?lang={lang}").data)["badges"]
    return found


def earned(phone: Phone, trail: Version) -> dict[str, Any]:
    """What the answer to the batch says that earns a first badge."""
    moves = [phone.arrival(trail.quest), phone.answer(trail.quest)]
    answer = phone.send(phone.begin(trail.quest), moves, "?lang=en")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = json.loads(answer.data)
    return body


class TestGallery:
    def test_every_badge_is_there_with_how_it_is_earned(self, client: FlaskClient) -> None:
        cards = gallery(client)

        assert [card["key"] for card in cards] == [badge.key for badge in BADGES]
        for card in cards:
            assert card["name"]
            assert card["how"].endswith(".")
            assert card["language"] == "en"
            assert card["checked_by"] == "nobody yet"
            assert client.get(card["picture"]).status_code == client.get(card["diploma"]).status_code == 200

    @pytest.mark.parametrize(
        "lang, language", [("ar", "ar"), ("uk", "uk"), ("sv-simple", "sv-simple"), ("fi", "en")]
    )
    def test_texts_come_in_the_language_asked_for(
        self, client: FlaskClient, lang: str, language: str
    ) -> None:
        answer = client.get(f"/api/v1/badges?lang={lang}")

        assert {card["language"] for card in json.loads(answer.data)["badges"]} == {language}
        assert answer.headers["Content-Language"] == language

    def test_what_one_has_already_is_not_sent_again(self, client: FlaskClient) -> None:
        first = client.get("/api/v1/badges?lang=sv")
        again = client.get("/api/v1/badges?lang=sv", headers={"If-None-Match": first.headers["ETag"]})

        assert again.status_code == 304
        assert again.data == b""

    def test_nobody_sees_who_or_how_many_have_earned_what(
        self, client: FlaskClient, phone: Phone, trail: Version
    ) -> None:
        before = client.get("/api/v1/badges").data
        assert earned(phone, trail)["awards"]

        assert client.get("/api/v1/badges").data == before
        assert phone.player.encode() not in before


class TestDoors:
    def test_no_door_is_in_any_public_bytes(self, client: FlaskClient) -> None:
        assert WITH_DOORS
        for badge in BADGES:
            public = [client.get(f"/api/v1/badges?lang={tag}").data for tag in badge.sheet.texts]
            public += [
                client.get(f"/api/v1/badges/{badge.key}/diploma?lang={tag}").data for tag in badge.sheet.texts
            ]
            public.append(client.get(f"/api/v1/badges/{badge.key}/picture.png").data)
            door = badge.sheet.door
            for said in [] if door is None else [door.url, door.source, *door.texts.values()]:
                assert not any(said.encode() in body for body in public), (badge.key, said)

    def test_no_door_is_in_the_description(self, client: FlaskClient) -> None:
        described = client.get("/api/v1/openapi.json").data + client.get("/api/v1/docs").data

        for badge in WITH_DOORS:
            assert badge.sheet.door is not None
            assert badge.sheet.door.url.encode() not in described

    def test_a_door_opens_for_who_has_earned_it_and_for_nobody_else(
        self, client: FlaskClient, phone: Phone, trail: Version, server: Any
    ) -> None:
        stage = trail.quest.stages[0]
        assert stage.place is not None
        with server.edge.database.transaction() as connection:
            connection.execute(
                "INSERT INTO game.awards (player_id, badge, awarded_on) VALUES (%s, 'hello', '2026-06-20')",
                [phone.player],
            )
        other = Phone(client).registered()

        (award,) = json.loads(phone.get("/api/v1/awards?lang=sv").data)["awards"]

        door = {badge.key: badge for badge in BADGES}["hello"].sheet.door
        assert door is not None
        assert award["door"] == {
            "text": door.texts["sv"], "language": "sv", "url": door.url, "checked": door.checked,
        }  # fmt: skip
        assert json.loads(other.get("/api/v1/awards").data) == {"awards": []}

    def test_a_door_is_said_in_a_language_that_it_has(self, phone: Phone, server: Any) -> None:
        with server.edge.database.transaction() as connection:
            connection.execute(
                "INSERT INTO game.awards (player_id, badge, awarded_on) VALUES (%s, 'hello', '2026-06-20')",
                [phone.player],
            )

        (award,) = json.loads(phone.get("/api/v1/awards?lang=ar").data)["awards"]

        assert (award["language"], award["door"]["language"]) == ("ar", "en")
        assert award["after"]


class TestEarning:
    def test_the_answer_to_a_batch_names_what_it_brought_once(self, phone: Phone, trail: Version) -> None:
        told = earned(phone, trail)["awards"]
        again = earned(phone, trail)["awards"]

        assert [award["key"] for award in told] == ["first-step"]
        assert again == []
        assert told[0]["name"] == "The first step"
        assert told[0]["after"]
        assert told[0]["door"] is None
        assert len(told[0]["awarded_on"]) == len("2026-06-20")

    def test_own_badges_are_listed_and_kept_by_nobody_on_the_way(self, phone: Phone, trail: Version) -> None:
        told = earned(phone, trail)["awards"]
        answer = phone.get("/api/v1/awards?lang=en")

        assert json.loads(answer.data)["awards"] == told
        assert answer.headers["Cache-Control"] == "no-store"

    def test_without_a_token_there_is_nothing(self, client: FlaskClient) -> None:
        assert problem(client.get("/api/v1/awards")) == "unknown-token"


class TestPicture:
    @pytest.mark.parametrize("size", [64, 128, 256, 512])
    def test_a_picture_is_a_png_of_the_size_asked_for(self, client: FlaskClient, size: int) -> None:
        answer = client.get(f"/api/v1/badges/hello/picture.png?size={size}")

        assert answer.mimetype == "image/png"
        assert Image.open(BytesIO(answer.data)).size == (size, size)
        assert "max-age" in answer.headers["Cache-Control"]
        again = client.get(
            f"/api/v1/badges/hello/picture.png?size={size}", headers={"If-None-Match": answer.headers["ETag"]}
        )
        assert again.status_code == 304

    def test_no_other_size_is_drawn(self, client: FlaskClient) -> None:
        for size in ("0", "100000", "255", "large"):
            assert problem(client.get(f"/api/v1/badges/hello/picture.png?size={size}")) == "invalid-query"

    def test_an_unknown_badge_is_not_there(self, client: FlaskClient) -> None:
        assert problem(client.get("/api/v1/badges/trophy/picture.png")) == "unknown-badge"
        assert problem(client.get("/api/v1/badges/trophy/diploma")) == "unknown-badge"
        assert problem(client.get("/api/v1/badges/Not..A.Key/picture.png")) == "invalid-path"


class _Sound(HTMLParser):
    """Well nested, and nothing that a page may not have."""

    VOID = ("meta", "link", "img")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.asked: list[str] = []
        self.attributes: dict[str, dict[str, str | None]] = {}
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "form", "input", "iframe", "style"}
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)
        self.attributes[tag] = dict(attrs)
        self.asked += [value or "" for name, value in attrs if name in {"href", "src"}]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


class TestDiploma:
    @pytest.mark.parametrize(
        "lang, direction", [("sv", "ltr"), ("sv-simple", "ltr"), ("en", "ltr"), ("uk", "ltr"), ("ar", "rtl")]
    )
    def test_a_diploma_is_a_sound_page_in_its_language(
        self, client: FlaskClient, lang: str, direction: str
    ) -> None:
        for badge in BADGES:
            answer = client.get(f"/api/v1/badges/{badge.key}/diploma?lang={lang}")
            page = _Sound()
            page.feed(answer.text)
            page.close()

            assert page.open == []
            assert page.attributes["html"] == {"lang": lang, "dir": direction}
            assert badge.sheet.texts[lang].name in page.text
            assert badge.sheet.texts[lang].after in page.text
            assert badge.sheet.texts[lang].how not in page.text
            assert answer.headers["Content-Language"] == lang

    def test_all_that_it_asks_for_is_here_and_allowed(self, client: FlaskClient) -> None:
        path = "/api/v1/badges/hello/diploma"
        answer = client.get(path)
        page = _Sound()
        page.feed(answer.text)

        assert page.asked == ["../../pages/diploma.css", "picture.png?size=512"]
        assert client.get("/api/v1/pages/diploma.css").mimetype == "text/css"
        assert client.get("/api/v1/badges/hello/picture.png?size=512").status_code == 200
        policy = answer.headers["Content-Security-Policy"]
        assert "style-src 'self'" in policy
        assert "img-src 'self'" in policy
        assert "script-src" not in policy

    def test_it_fits_one_sheet_and_a_name_is_written_by_hand(self, client: FlaskClient) -> None:
        style = client.get("/api/v1/pages/diploma.css").text

        assert "size: A4 portrait" in style
        assert "@media print" in style
        assert 'class="line"' in client.get("/api/v1/badges/hello/diploma").text
        assert problem(client.get("/api/v1/badges/hello/diploma?name=Ada")) == "invalid-query"

    def test_another_file_of_the_pages_is_not_there(self, client: FlaskClient) -> None:
        assert problem(client.get("/api/v1/pages/docs.css")) == "not-found"
        assert problem(client.get("/api/v1/pages/diploma.html")) == "not-found"
