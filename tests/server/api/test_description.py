"""The API's description: complete, committed, valid, and shown without anything from elsewhere."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient

from server.api.descriptions import DESCRIPTIONS
from server.api.routes import describe
from server.api.schemas import Schemas
from server.config import CHECKOUT
from server.policy import POLICY
from server.problems import PROBLEMS
from server.use_cases.problem import CODES as USE_CASE_CODES

COMMITTED = CHECKOUT / "docs/api/openapi.json"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(describe().as_json)
    return read


def test_the_committed_description_is_the_one_that_is_served(
    client: FlaskClient, document: dict[str, Any]
) -> None:
    served = json.loads(client.get("/api/v1/openapi.json").data)

    assert served == document
    assert json.loads(COMMITTED.read_text("utf-8")) == served, "python -m server.api > docs/api/openapi.json"


def test_every_field_is_described(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    silent = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, part in schema.get("properties", {}).items()
        if not part.get("description")
    ]

    assert silent == []
    assert sum(len(schema.get("properties", {})) for schema in schemas.values()) > 200


def test_every_parameter_answer_and_route_is_described(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        shared = methods.get("parameters", [])
        for method, operation in methods.items():
            where = f"{method} {path}"
            if method == "parameters":
                continue
            assert operation["summary"], where
            assert all(one["description"] for one in [*shared, *operation.get("parameters", [])]), where
            assert all(one["description"] for one in operation["responses"].values()), where
            named = set(re.findall("{([a-z_]+)}", path))
            assert named == {one["name"] for one in shared if one["in"] == "path"}, where


def test_every_route_of_the_policy_is_described(document: dict[str, Any]) -> None:
    described = {
        f"{method.upper()} {path.replace('{', '<').replace('}', '>')}"
        for path, methods in document["paths"].items()
        for method in methods
        if method != "parameters"
    }

    assert described == {re.sub(r"<\w+:", "<", route) for route in POLICY}


def test_no_two_operations_have_one_name(document: dict[str, Any]) -> None:
    names = [
        operation["operationId"]
        for methods in document["paths"].values()
        for method, operation in methods.items()
        if method != "parameters"
    ]

    assert len(names) == len(set(names))
    assert all(re.fullmatch("[a-z_]+", name) for name in names)


def test_a_description_is_of_a_field_that_is_there(document: dict[str, Any]) -> None:
    fields = {
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field in schema.get("properties", {})
    }

    assert set(DESCRIPTIONS) - fields == set()


def test_two_forms_of_one_name_are_told_apart_at_once() -> None:
    import msgspec

    schemas = Schemas()
    schemas.of(msgspec.defstruct("Twin", [("one", int)]))

    with pytest.raises(ValueError, match="Twin"):
        schemas.of(msgspec.defstruct("Twin", [("two", int)]))


def test_every_use_case_has_a_status_for_its_no() -> None:
    assert set(USE_CASE_CODES) <= set(PROBLEMS)


@pytest.mark.parametrize("tag", ["sv", "sv-simple", "en"])
def test_every_problem_has_its_sentence(tag: str) -> None:
    sentences = json.loads((CHECKOUT / f"seed_data/languages/{tag}.json").read_text("utf-8"))

    assert {code for code in PROBLEMS if f"problem.{code}" not in sentences} == set()


class _Addresses(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: set[str] = set()
        self.targets: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            assert name != "style"
            if name in {"href", "src"}:
                self.addresses.add(value or "")
            if name == "id":
                self.targets.add(value or "")


def test_the_page_needs_nothing_from_elsewhere_and_its_policy_allows_nothing_else(
    client: FlaskClient,
) -> None:
    answer = client.get("/api/v1/docs")
    page = _Addresses()
    page.feed(answer.text)

    assert answer.mimetype == "text/html"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self';")
    assert page.tags.isdisjoint({"script", "iframe", "img", "style"})
    links = {address for address in page.addresses if not address.startswith("#")}
    assert links == {"docs/docs.css", "openapi.json"}
    assert {address[1:] for address in page.addresses - links} <= page.targets
    for link in links:
        assert client.get(f"/api/v1/{link}").status_code == 200
    for route in ("PUT /api/v1/players/{player_id}", "GET /api/v1/quests/nearby"):
        assert route in answer.text


def test_the_page_is_not_sent_twice(client: FlaskClient) -> None:
    for path in ("/api/v1/docs", "/api/v1/openapi.json", "/api/v1/docs/docs.css"):
        tag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
