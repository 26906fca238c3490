"""What was written of a publication."""

from psycopg import Connection

from server.stores import publications
from server.stores.database import Row
from server.stores.publications import Publication
from server.use_cases.publications import KINDS


def content_of(connection: Connection[Row], publication: Publication) -> bytes | None:
    """What was written last, published or not."""
    return publications.draft(connection, publication.id) or KINDS[publication.kind].published(
        connection, publication.id
    )
