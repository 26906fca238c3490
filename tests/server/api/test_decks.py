"""Decks over HTTP: what a phone lists, takes along and keeps."""

import json
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from quests.decks import Deck, DeckTexts, Prompt
from server.app import Server
from server.wiring import open_decks
from tests.server.api.things import problem

DECKS = {deck.key: deck for deck in open_decks()}


def listed(client: FlaskClient, lang: str = "en") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(client.get(f"/api/v1/decks?lang={lang}").data)["decks"]
    return found


def whole(client: FlaskClient, address: str) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = json.loads(answer.data)
    return found


class TestList:
    def test_every_deck_is_there_with_what_it_is_for(self, client: FlaskClient) -> None:
        cards = listed(client)

        assert [card["key"] for card in cards] == list(DECKS)
        assert len(cards) == 3
        for card in cards:
            deck = DECKS[card["key"]]
            assert card["count"] == len(deck.prompts) >= 40
            assert card["title"] == deck.texts["en"].title
            assert card["checked_by"] == "nobody yet"
            assert set(card["ground"]) == {ground for prompt in deck.prompts for ground in prompt.ground}

    @pytest.mark.parametrize("lang, language", [("sv", "sv"), ("sv-simple", "sv-simple"), ("uk", "en")])
    def test_a_deck_is_named_in_the_language_asked_for_or_the_next_best(
        self, client: FlaskClient, lang: str, language: str
    ) -> None:
        assert {card["language"] for card in listed(client, lang)} == {language}

    def test_what_one_has_already_is_not_sent_again(self, client: FlaskClient) -> None:
        first = client.get("/api/v1/decks?lang=sv")
        again = client.get("/api/v1/decks?lang=sv", headers={"If-None-Match": first.headers["ETag"]})

        assert (again.status_code, again.data) == (304, b"")
        assert first.headers["Cache-Control"] == "public, max-age=300"


class TestWholeDeck:
    @pytest.mark.parametrize("lang", ["sv", "sv-simple", "en"])
    def test_each_prompt_is_there_with_all_that_drawing_needs(self, client: FlaskClient, lang: str) -> None:
        for card in listed(client, lang):
            deck = DECKS[card["key"]]
            found = whole(client, card["address"])

            assert {name: found[name] for name in card} == card
            assert [one["name"] for one in found["prompts"]] == [
                f"{deck.key}/{prompt.key}" for prompt in deck.prompts
            ]
            for told, prompt in zip(found["prompts"], deck.prompts, strict=True):
                assert (told["text"], told["language"]) == (prompt.texts[lang], lang)
                rest = {name: told[name] for name in told if name in Prompt.__struct_fields__}
                asked = json.loads(msgspec.json.encode(prompt))
                assert rest == {name: asked[name] for name in rest}
                assert len(rest) == 6

    def test_the_address_that_the_list_names_may_be_kept_for_ever(self, client: FlaskClient) -> None:
        answer = client.get(listed(client)[0]["address"])

        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Language"] == "en"

    @pytest.mark.parametrize("query", ["", "?lang=en", "?lang=en&version=" + "0" * 64, "?version={version}"])
    def test_any_other_address_is_asked_again(self, client: FlaskClient, query: str) -> None:
        """Of another version, or of a language that the header names: what is there may be another tomorrow."""
        card = listed(client)[0]
        answer = client.get(f"/api/v1/decks/{card['key']}{query.format(**card)}")

        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert json.loads(answer.data)["version"] == card["version"]

    def test_what_one_has_already_is_not_sent_again(self, client: FlaskClient) -> None:
        address = listed(client)[0]["address"]
        first = client.get(address)
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

        assert (again.status_code, again.data) == (304, b"")

    def test_there_is_no_other_deck(self, client: FlaskClient) -> None:
        answer = client.get("/api/v1/decks/tarot?lang=sv")

        assert answer.status_code == 404
        assert problem(answer) == "unknown-deck"

    @pytest.mark.parametrize("version", ["1", "A" * 64, "0" * 63, ""])
    def test_a_version_that_can_be_none_is_refused_by_name(self, client: FlaskClient, version: str) -> None:
        answer = client.get(f"/api/v1/decks/winter-and-dark?version={version}")

        assert answer.status_code == 400
        assert json.loads(answer.data)["errors"][0]["pointer"] == "/version"

    def test_a_prompt_that_lacks_a_language_says_which_it_is_in(self, make_server: Any) -> None:
        server: Server = make_server()
        texts = DeckTexts(title="T", about="A", checked_by="Olena")
        prompt = Prompt(key="a", ground=("town",), mobility="sits", nerve=1, texts={"en": "Look."})
        deck = Deck(
            key="new",
            version="0" * 64,
            texts={"uk": texts, "en": msgspec.structs.replace(texts, checked_by="nobody yet")},
            prompts=(
                prompt,
                msgspec.structs.replace(prompt, key="b", texts={"en": "Listen.", "uk": "Слухай."}),
            ),
        )
        object.__setattr__(server.edge, "decks", (deck,))

        found = whole(server.test_client(), "/api/v1/decks/new?lang=uk")

        assert (found["language"], found["checked_by"]) == ("uk", "Olena")
        assert [(one["text"], one["language"], one["checked_by"]) for one in found["prompts"]] == [
            ("Look.", "en", "nobody yet"),
            ("Слухай.", "uk", "Olena"),
        ]


def test_nothing_of_a_drift_has_a_door_here(client: FlaskClient) -> None:
    """What was drawn, passed, found and walked is the phone's: no address takes it."""
    for path in ("/api/v1/decks", "/api/v1/decks/winter-and-dark"):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert client.open(path, method=method, json={"drawn": []}).status_code == 405
    for path in ("/api/v1/drifts", "/api/v1/drift"):
        assert client.post(path, json={}).status_code == 404
