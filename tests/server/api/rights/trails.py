"""A trail in each of its states, and its ownership, as the test of rights makes them: rows, and one pack that all share."""

import uuid
from datetime import UTC, datetime
from functools import cache

import msgspec

from content.packs.archive import unpack_bytes
from content.packs.publishing import publish
from content.packs.reading import read
from content.packs.writing import zip_members
from media.kinds import media_type
from quests.codes import quest_code
from server.app import Server
from server.stores import bodies, publications
from server.stores.bodies import Body
from server.stores.publications import Publication
from server.stores.quests import Standing, Version, add_version, set_standing
from tests.content.examples import TIPS
from tests.server.api.people import make_body
from tests.server.api.rights.kinds import MUNICIPALITY, Kind, Thing

AT = "/api/v1/trails/<trail_id>"
RECEIVING = "0b0d1e50-0000-4000-8000-000000000001"
OUT = {"published", "resting", "withdrawn"}
_ID = "6f9619ff-8b86-4d01-b42d-00cf4fc964fe"


def members(trail_id: str) -> dict[str, bytes]:
    """The files of a small tipspromenad of that id."""
    return {name: text.replace(_ID, trail_id).encode() for name, text in TIPS.items()}


def pack(trail_id: str, community: str = "") -> bytes:
    """`community`: the body that it tells of."""
    found = members(trail_id)
    if community:
        care = f'\n[care]\nabout = "sami"\nreviewer = "Anna Lans"\nsaid_yes = "2026-05-01"\ncommunity = "{community}"\n'
        head, stages, rest = found["quest.toml"].decode().partition("\n[[stages]]")
        found["quest.toml"] = (head + care + stages + rest).encode()
    return zip_members(found)


@cache
def _shared() -> Version:
    drafted = read(unpack_bytes(pack(_ID)).members, media_type).pack
    assert drafted is not None
    made = publish(drafted)
    return Version(made.quest, made.secrets)


def put_out(server: Server, trail_id: str, state: str) -> None:
    """A quest with that id that is nobody's, in the municipality of the test."""
    shared = _shared()
    code = quest_code(uuid.UUID(trail_id).bytes)
    quest = msgspec.structs.replace(shared.quest, id=trail_id, code=code, municipalities=(MUNICIPALITY,))
    with server.edge.database.transaction() as connection:
        set_standing(connection, Standing(trail_id, code, quest.version, state))  # type: ignore[arg-type]
        add_version(connection, Version(quest, shared.secrets), pack(trail_id), datetime.now(UTC))


def put_down(server: Server, body: Body, state: str, *, community: str = "", **changed: object) -> str:
    """A trail of that body in that state; what has been out is out or withdrawn as it would be."""
    trail_id, now = str(uuid.uuid4()), datetime.now(UTC)
    given: dict[str, object] = {
        "id": trail_id,
        "kind": "trail",
        "body": body.id,
        "state": state,
        "version": 1,
        "made_at": now,
        "changed_at": now,
        "changed_by": None,
        "looked_at": now if state in OUT else None,
        "published_at": now if state in OUT else None,
        **changed,
    }
    if state in OUT:
        put_out(server, trail_id, state)
    with server.edge.database.transaction() as connection:
        draft = None if state in OUT else pack(trail_id, community)
        assert publications.add(connection, Publication(**given), draft)  # type: ignore[arg-type]
    return trail_id


def make(server: Server, state: str, _owner: str) -> Thing:
    body = make_body(server, municipality=MUNICIPALITY)
    trail_id = put_down(server, body, state)
    if state == "draft":
        looked_at = datetime.now(UTC)  # at another of the body's, so that this one may be published at once
        other = Publication(
            str(uuid.uuid4()),
            "trail",
            body.id,
            "withdrawn",
            1,
            looked_at,
            looked_at,
            None,
            looked_at=looked_at,
        )
        with server.edge.database.transaction() as connection:
            publications.add(connection, other, None)
    return Thing(body, {"<trail_id>": trail_id, "<name>": "boat.png"}, stage=f"{trail_id}/one")


TRAIL = Kind(
    "trail",
    "unknown-trail",
    make,
    sent={
        f"PUT {AT}": zip_members({"SOURCES.md": b"Egna iakttagelser."}),  # a beginning, without an id yet
        f"POST {AT}/resting": {"reason": "Bron är sönder."},
        f"POST {AT}/withdrawal": {"reason": "Slut."},
    },
    headers={"If_Match": '"1"'},
    let_in={f"GET {AT}/media/<name>": "unknown-medium"},
)


def make_owned(server: Server, state: str, _owner: str) -> Thing:
    """A trail of an acting body, of one that is closed, or of nobody; and an association that would take it."""
    body = make_body(server, "closed" if state == "left" else "active", municipality=MUNICIPALITY)
    receiving = Body(
        RECEIVING, "association", "Hembygdsföreningen", "2303", "", {}, "active", 1, body.asked_at
    )
    with server.edge.database.transaction() as connection:
        bodies.add(connection, receiving)
    if state == "nobodys":
        trail_id = str(uuid.uuid4())
        put_out(server, trail_id, "published")
    else:
        trail_id = put_down(server, body, "draft")
    return Thing(body, {"<trail_id>": trail_id})


OWNERSHIP = Kind("ownership", "unknown-trail", make_owned, sent={f"PUT {AT}/body": {"body": RECEIVING}})
