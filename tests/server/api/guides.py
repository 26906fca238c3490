"""A guide with a card, made without asking."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from server.app import Server
from server.stores import guides
from server.stores.guides import Guide, Hours, blob_of
from tests.media.hostile import photo, saved
from tests.server.api.people import person

CARD: dict[str, Any] = {
    "name": "Åsa Berg",
    "phone": "0640-161 23",
    "hours": [{"day": 4, "begins": "13:00", "ends": "15:30"}, {"day": 1, "begins": "09:00", "ends": "11:00"}],
    "languages": ["sv", "ar"],
}


def make_guide(server: Server, municipality: str) -> Guide:
    """With a picture, in place of the one that was there."""
    picture = saved(photo(32, 32), "WEBP")
    digest = sha256(picture).hexdigest()
    guide = Guide(
        municipality,
        person(server, guide=municipality).account,
        "Åsa Berg",
        "0640-161 23",
        (Hours(1, "09:00", "11:00"),),
        ("sv",),
        digest,
        blob_of(municipality, "own"),
        len(picture),
    )
    server.edge.store.put(blob_of(municipality, "own"), picture)
    with server.edge.database.transaction() as connection:
        guides.put(connection, guide, datetime.now(UTC))
    return guide
