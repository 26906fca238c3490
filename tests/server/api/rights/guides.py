"""The card of a municipality's guide, as the test of rights makes it."""

from server.app import Server
from tests.server.api.guides import CARD, make_guide
from tests.server.api.people import make_body
from tests.server.api.rights.kinds import MUNICIPALITY, Kind, Thing

AT = "/api/v1/guides/<municipality>"


def make(server: Server, _state: str, _owner: str) -> Thing:
    make_guide(server, MUNICIPALITY)
    return Thing(make_body(server, municipality=MUNICIPALITY), {"<municipality>": MUNICIPALITY})


KIND = Kind(
    "guide",
    "unknown-guide",
    make,
    sent={f"PUT {AT}": CARD, f"PUT {AT}/picture": b"no picture"},
    headers={"Content_Type": "application/octet-stream"},
    # The card is another guide's; and what is sent is no picture.
    let_in={f"PUT {AT}/picture": "unsupported-medium"},
)
