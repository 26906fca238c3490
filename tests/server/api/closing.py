"""Ground that is closed, once or every year, by who may."""

import uuid
from typing import Any

from geo.positions import Position, destination
from server.stores.bodies import Body
from tests.server.api.people import Browser
from tests.server.api.rights.closures import wish
from tests.server.api.things import SQUARE


def square(at: Position = SQUARE, half_m: float = 300) -> dict[str, Any]:
    corners = [destination(at, bearing, half_m * 2**0.5) for bearing in (45, 135, 225, 315, 45)]
    ring = [[round(one.lon, 6), round(one.lat, 6)] for one in corners]
    return {"type": "Polygon", "coordinates": [ring]}


def closed(editor: Browser, body: Body, **changed: Any) -> dict[str, Any]:
    answer = editor.put(f"/closures/{uuid.uuid4()}", wish(body.id, **changed))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def marked(editor: Browser, body: Body, **changed: Any) -> dict[str, Any]:
    asked = {"body": body.id, "name": "Kalvningslandet", "area": square(half_m=1000), **changed}
    answer = editor.put(f"/season-grounds/{uuid.uuid4()}", asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def closed_some_time(browser: Browser) -> list[str]:
    """What everybody sees, without what was taken back before it began."""
    features = browser.get("/closures").get_json()["features"]
    said = [feature["properties"] for feature in features]
    return [one["authority"] for one in said if one["starts"] < one["ends"]]
