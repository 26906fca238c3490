"""A stage of a body's trail, as the test of rights makes it."""

from datetime import UTC, datetime

from server.app import Server
from server.use_cases import stages
from tests.server.api.people import make_body
from tests.server.api.rights.kinds import MUNICIPALITY, Kind, Thing
from tests.server.api.rights.trails import put_down

AT = "/api/v1/trails/<trail_id>/stages/<stage>"
STAGE = "one"


def make(server: Server, state: str, owner: str) -> Thing:
    body = make_body(server, municipality=MUNICIPALITY)
    trail_id = put_down(server, body, "published")
    now = datetime.now(UTC)
    with server.edge.database.transaction() as connection:
        if state == "rests":
            stages.keep_resting(connection, trail_id, STAGE, "closed", now)
    names = {"<trail_id>": trail_id, "<stage>": STAGE, "<account_id>": owner}
    return Thing(body, names, stage=f"{trail_id}/{STAGE}")


KIND = Kind(
    "stage",
    "unknown-stage",
    make,
    sent={f"POST {AT}/rest": {"reason": "gone"}, f"POST {AT}/mended": {}},
    let_in={f"DELETE {AT}/stewards/<account_id>": "unknown-steward"},
)
