"""Mail on its way out."""

from sqlalchemy import (
    BigInteger,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from server.tables.notes import DAY, Moment, column, metadata

mails = Table(
    "mails",
    metadata,
    column("id", BigInteger, Identity(always=True), what="A number.", why="to name it by.", kept=DAY),
    column(
        "address",
        Text,
        what="Whom it goes to.",
        why="it is not sent yet.",
        kept=DAY + "; gone when it is sent",
    ),
    column(
        "subject",
        Text,
        what="In the reader's language.",
        why="it is not sent yet.",
        kept=DAY + "; gone when it is sent",
    ),
    column(
        "body",
        Text,
        what="The text, plain.",
        why="it is not sent yet.",
        kept=DAY + "; gone when it is sent",
    ),
    column("made_at", Moment, what="When.", why="what cannot be sent for a day is given up.", kept=DAY),
    PrimaryKeyConstraint("id"),
    Index(None, "made_at"),
    schema="people",
    comment="Mail on its way out.",
)
