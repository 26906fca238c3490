"""A community's yes in each of its states, as the test of rights makes it."""

from datetime import UTC, datetime

from server.app import Server
from server.stores import reviews
from server.stores.reviews import Review
from tests.server.api.people import make_body
from tests.server.api.rights import trails
from tests.server.api.rights.kinds import ELSEWHERE, MUNICIPALITY, Kind, Thing

AT = "/api/v1/bodies/<body_id>/reviews/<trail_id>"


def make(server: Server, state: str, _owner: str) -> Thing:
    """The trail is another body's, whose people have nothing to do with the yes."""
    now = datetime.now(UTC)
    sameby = make_body(server, kind="sameby", municipality=MUNICIPALITY, verified_at=now, name="Samebyn")
    trail_id = trails.put_down(server, make_body(server, municipality=ELSEWHERE), "published")
    said = Review(trail_id, sameby.id, "0" * 64, now, withdrawn_at=now if state == "withdrawn" else None)
    with server.edge.database.transaction() as connection:
        reviews.keep(connection, said)
    return Thing(sameby, {"<body_id>": sameby.id, "<trail_id>": trail_id})


KIND = Kind(
    "review",
    "unknown-review",
    make,
    sent={f"POST {AT}/withdrawal": {"reason": "Vi vill inte att det berättas så."}},
)
