"""What people do with trails of bodies, as the studio does it for them."""

import uuid
from typing import Any

from content.packs.writing import zip_members
from server.app import Server
from server.stores import quests
from server.stores.bodies import Body
from tests.server.api.people import Browser, make_body, person, put_into
from tests.server.api.rights.trails import members, pack, put_down


def new_id() -> str:
    return str(uuid.uuid4())


def changed(trail_id: str, title: str) -> bytes:
    """The pack of that trail under another title."""
    found = members(trail_id)
    found["texts/sv.toml"] = found["texts/sv.toml"].replace(b'"Tips"', f'"{title}"'.encode())
    return zip_members(found)


def save(browser: Browser, trail_id: str, body: Body | None = None, content: bytes | None = None) -> Any:
    query = "" if body is None else f"?body={body.id}"
    tag = "" if body is not None else tag_of(browser, trail_id)
    return browser.put(f"/trails/{trail_id}{query}", content or pack(trail_id), If_Match=tag)


def tag_of(browser: Browser, trail_id: str) -> str:
    found: str = browser.get(f"/trails/{trail_id}").headers.get("ETag", '"1"')
    return found


def step(browser: Browser, trail_id: str, name: str, reason: str | None = None, tag: str = "") -> Any:
    return browser.post(
        f"/trails/{trail_id}/{name}",
        None if reason is None else {"reason": reason},
        If_Match=tag or tag_of(browser, trail_id),
    )


def trusted(server: Server, role: str = "owner") -> tuple[Body, Browser]:
    """An association of which others have looked at a trail before, and somebody in it."""
    body = make_body(server)
    put_down(server, body, "withdrawn")
    return body, put_into(server, body, person(server, name="Eva"), role)


def published(server: Server) -> tuple[Body, Browser, str]:
    body, owner = trusted(server)
    trail_id = new_id()
    assert save(owner, trail_id, body).status_code == 200
    answer = step(owner, trail_id, "publishing")
    assert answer.status_code == 200, answer.text
    return body, owner, trail_id


def seen(browser: Browser, trail_id: str) -> dict[str, Any]:
    answer = browser.get(f"/trails/{trail_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def on_the_map(server: Server, code: str, lang: str = "sv") -> Any:
    return server.test_client().get(f"/api/v1/quests/{code}?lang={lang}")


def case_code(server: Server, trail_id: str) -> str:
    with server.edge.database.transaction() as connection:
        standing = quests.find(connection, trail_id)
    assert standing is not None
    return standing.code
