"""A body, as the test of rights makes it."""

import uuid

from server.app import Server
from tests.server.api.people import make_body
from tests.server.api.rights.kinds import MUNICIPALITY, Kind, Thing

AT = "/api/v1/bodies/<body_id>"


def make(server: Server, state: str, owner: str) -> Thing:
    body = make_body(server, state, municipality=MUNICIPALITY)
    return Thing(body, {"<body_id>": body.id, "<account_id>": owner, "<invitation_id>": str(uuid.uuid4())})


KIND = Kind(
    "body",
    "unknown-body",
    make,
    sent={
        f"PATCH {AT}": {"name": "Nytt namn"},
        f"POST {AT}/closing": {},
        f"PUT {AT}/members/<account_id>": {"role": "owner"},
        f"POST {AT}/invitations": {"role": "author"},
    },
    let_in={f"DELETE {AT}/invitations/<invitation_id>": "unknown-invitation"},
    headers={"If_Match": '"1"'},
)
