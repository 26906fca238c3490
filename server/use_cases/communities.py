"""The community whose culture a pack tells of, where it is a body here: its yes is needed before it is shown."""

from psycopg import Connection

from content.packs.model import Care
from server.policy.authority import REVIEWS
from server.stores import bodies
from server.stores.bodies import Body
from server.stores.database import Row


def asked(connection: Connection[Row], care: Care | None, own: str | None) -> Body | None:
    """Who is asked; None where the reviewer that the pack names stands alone.

    That is so where it names no body, or one that is not here, not active or not verified. `own`: the body that tells
    it itself, which asks nobody.
    """
    if care is None or care.community is None or care.community == own:
        return None
    body = bodies.find(connection, care.community)
    if body is None or body.kind not in REVIEWS or body.state != "active" or body.verified_at is None:
        return None
    return body
