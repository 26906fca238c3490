"""Ground that is closed for a while, and ground with rules."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from server.tables.notes import FOR_EVER, UNTIL_LOADED, Moment, Uuid, column, metadata

closures = Table(
    "closures",
    metadata,
    column(
        "revision",
        BigInteger,
        Identity(always=True),
        what="Which state of the list this row made.",
        why="a move names the revision that its player knew, and is judged by that one.",
        kept=FOR_EVER,
    ),
    column(
        "id",
        Uuid,
        what="UUID of the closure, the same in each revision.",
        why="to change it by.",
        kept=FOR_EVER,
    ),
    column(
        "kind", Text, what="Why the ground is closed, such as calving.", why="people are told.", kept=FOR_EVER
    ),
    column(
        "area",
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False),
        what="The closed ground, WGS 84, 6 decimals.",
        why="who stands on it is refused.",
        kept=FOR_EVER,
    ),
    column(
        "starts",
        Moment,
        what="Closed from this moment on.",
        why="it may be announced long before.",
        kept=FOR_EVER,
    ),
    column("ends", Moment, what="Open again from this moment on.", why="see starts.", kept=FOR_EVER),
    column(
        "authority",
        Text,
        what="Who closed it: a body, never a person.",
        why="people may ask there.",
        kept=FOR_EVER,
    ),
    column("texts", JSONB, what="By language, what to know.", why="people are told.", kept=FOR_EVER),
    column(
        "announced_at",
        Moment,
        what="When this row was made.",
        why="it can be shown what was known when.",
        kept=FOR_EVER,
    ),
    column(
        "withdrawn",
        Boolean,
        what="Ended before its time by command.",
        why="loading the old file once more does not close it again.",
        kept=FOR_EVER,
    ),
    PrimaryKeyConstraint("revision"),
    CheckConstraint("starts < ends OR withdrawn AND starts = ends", name="dates"),
    Index(None, "id", "revision"),
    Index("closures_area_idx", "area", postgresql_using="gist"),
    schema="game",
    comment="Ground that is closed for a while. Rows are added and never changed; the newest of an id holds.",
)

grounds = Table(
    "grounds",
    metadata,
    column(
        "id", BigInteger, Identity(always=True), what="A number.", why="to name it by.", kept=UNTIL_LOADED
    ),
    column(
        "kind",
        Text,
        what="church, protected, ancient or installation.",
        why="which rules hold there.",
        kept=UNTIL_LOADED,
    ),
    column(
        "name", Text, what="What it is called, may be empty.", why="its author is told.", kept=UNTIL_LOADED
    ),
    column(
        "area",
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False),
        what="The ground, WGS 84, 6 decimals.",
        why="stages in or near it are found.",
        kept=UNTIL_LOADED,
    ),
    column(
        "bans",
        JSONB,
        what="First and last day, as month and day, of each time of the year when nobody may be there.",
        why="a stage there needs a season.",
        kept=UNTIL_LOADED,
    ),
    column("source", Text, what="Whose list it is from.", why="that list replaces it.", kept=UNTIL_LOADED),
    column("loaded_at", Moment, what="When.", why="an old list is told from a new one.", kept=UNTIL_LOADED),
    column(
        "source_sha256",
        Text,
        what="SHA-256 of the file that it was read from, in hex.",
        why="the same file once more changes nothing.",
        kept=UNTIL_LOADED,
    ),
    PrimaryKeyConstraint("id"),
    CheckConstraint("kind IN ('church', 'protected', 'ancient', 'installation')", name="kind"),
    Index("grounds_area_idx", "area", postgresql_using="gist"),
    Index(None, "kind", "source"),
    schema="game",
    comment="Ground with rules, from open data: packs are checked against it.",
)
