"""The phone's app, as it is served: its first page under every screen's address, its files by the hash in their name."""

import gzip
import re

import pytest
from flask.testing import FlaskClient

from server.api import phone
from server.config import CHECKOUT
from server.readers.site import Site, read_site
from tests.server.api.things import problem


@pytest.mark.parametrize(
    "path",
    ["/", "/find", "/me", "/q/JHXTDZW", "/q/jhxtdzw", "/play/abc", "/o/abc", "/studio", "/studio/bodies/abc"],
)
def test_every_screen_has_the_first_page(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert '<div id="app">' in answer.text
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_the_server_and_the_router_know_the_same_screens() -> None:
    router = (CHECKOUT / "web/src/app/router.svelte.ts").read_text("utf-8")
    (plain,) = re.findall(r'PLAIN = new Set\(\s*"([^"]+)"', router)
    named = set(re.findall(r'readonly name: "([a-z]+)"', router))

    assert {"today", *plain.split()} == phone.SCREENS
    assert named == {*phone.SCREENS, "quest", "play", "body", "story", "nowhere"}, (
        "these have addresses of their own form"
    )


def test_what_the_first_page_names_is_there_and_lasts(client: FlaskClient) -> None:
    named = re.findall(r'(?:src|href)="(/[^"]+)"', client.get("/").text)

    assert any(name.startswith("/assets/") and name.endswith(".js") for name in named)
    for name in named:
        if name == "/welcome":
            continue
        answer = client.get(name)
        assert answer.status_code == 200, name
        assert ("immutable" in answer.headers["Cache-Control"]) == name.startswith("/assets/")


def test_scripts_are_squeezed_for_who_can_read_that(client: FlaskClient) -> None:
    name = next(name for name, file in phone.site().files.items() if name.endswith(".js") and file.squeezed)
    plain, squeezed = client.get(f"/{name}"), client.get(f"/{name}", headers={"Accept-Encoding": "gzip"})

    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(squeezed.data) == plain.data
    assert squeezed.headers["ETag"] != plain.headers["ETag"]


def test_the_service_worker_is_never_kept(client: FlaskClient) -> None:
    assert client.get("/sw.js").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/nothing", "/assets/nothing.js", "/assets/..%2f..%2fpyproject.toml", "/.vite"]
)
def test_what_is_not_there_is_not_there(client: FlaskClient, path: str) -> None:
    assert problem(client.get(path)) in {"not-found", "invalid-path"}


def test_an_app_that_was_not_built_leads_to_the_description(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone, "site", Site)

    assert client.get("/").headers["Location"] == "/api/v1/docs"
    assert client.get("/find").status_code == 302


def test_links_lead_no_further_than_the_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder, outside = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("outside")
    (outside / "secret.txt").write_text("secret")
    (folder / "index.html").write_text("<p>")
    (folder / "secret.txt").symlink_to(outside / "secret.txt")

    assert set(read_site(folder).files) == {"index.html"}
