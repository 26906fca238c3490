"""A map host that the operator has named is asked for pictures, over our own map, and only where that is wanted."""

import io
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image
from playwright.sync_api import expect

from geo.positions import Position
from tests.browser import quests
from tests.browser.machine import Machine
from tests.browser.phone import WITHIN_MS, Phone

HERE: Position = quests.SHORE
CREDIT = "Somebody’s map"
DRAWN = ".map[data-ready=true]"


class Host(ThreadingHTTPServer):
    """Somebody else's map: every tile is red."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Tiles)
        self.asked: list[str] = []
        drawn = io.BytesIO()
        Image.new("RGB", (256, 256), "red").save(drawn, "PNG")
        self.tile = drawn.getvalue()

    @property
    def address(self) -> str:
        return f"http://localhost:{self.server_port}"


class Tiles(BaseHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(self.server.tile)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def host() -> Iterator[Host]:
    with Host() as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        yield host
        host.shutdown()


@pytest.fixture
def beside(another_machine: Machine, host: Host) -> Machine:
    another_machine.serve(
        more={
            "ROTFASTE_BASE_MAP": host.address + "/{z}/{x}/{y}.png",
            "ROTFASTE_BASE_MAP_CREDIT": CREDIT,
        }
    )
    return another_machine


def reddish(phone: Phone) -> bool:
    """Where nothing of ours lies, which is most of it."""
    shot = Image.open(io.BytesIO(phone.page.locator(DRAWN).screenshot())).convert("RGB")
    red = sum(count for count, (r, g, b) in shot.getcolors(2**24) or () if r > 200 and g < 60 and b < 60)  # type: ignore[misc]
    return red > shot.width * shot.height / 3


def test_its_pictures_are_drawn_and_its_credit_is_said(
    beside: Machine, host: Host, new_phone: Callable[..., Phone]
) -> None:
    phone = new_phone(settings={}, at=HERE, address=beside.address)
    phone.open("/map")

    expect(phone.page.locator(DRAWN)).to_be_visible(timeout=WITHIN_MS)
    phone.wait_until(lambda: reddish(phone))
    assert host.asked
    expect(phone.page.locator(".maplibregl-ctrl-attrib")).to_contain_text(CREDIT)


def test_who_is_sparing_has_our_map_alone(
    beside: Machine, host: Host, new_phone: Callable[..., Phone]
) -> None:
    phone = new_phone(settings={"sparing": True}, at=HERE, address=beside.address)
    phone.open("/map")

    expect(phone.page.locator(DRAWN)).to_be_visible(timeout=WITHIN_MS)
    phone.at_rest()
    assert host.asked == []


def test_a_host_that_nobody_named_is_not_asked_whatever_the_app_is_told(
    host: Host, new_phone: Callable[..., Phone]
) -> None:
    """The policy holds, and not only the app's own good will."""
    phone = new_phone(settings={}, worker=False)
    phone.open("/")

    blocked = phone.page.evaluate(
        """(address) => new Promise((done) => {
          document.addEventListener('securitypolicyviolation', (event) => done(event.blockedURI));
          fetch(address).then(() => done('fetched'), () => {});
        })""",
        f"{host.address}/1/1/1.png",
    )

    assert blocked.startswith(host.address)
    assert host.asked == []
    phone.troubles.clear()  # the browser says that it was blocked
