"""What changed, what was erased, and how far the job queue has come."""

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, PrimaryKeyConstraint, Table, Text, text

from server.tables.notes import FOR_EVER, Moment, Xid8, column, metadata

revisions = Table(
    "revisions",
    metadata,
    column(
        "revision",
        BigInteger,
        Identity(always=True),
        what="A number that grows.",
        why="orders the changes of one transaction.",
        kept=FOR_EVER,
    ),
    column(
        "transaction",
        Xid8,
        server_default=text("pg_current_xact_id()"),
        what="The transaction that made the change.",
        why="a reader sees only what no transaction under way can still come before.",
        kept=FOR_EVER,
    ),
    column("kind", Text, what="What kind of thing changed: quest or closure.", why="see id.", kept=FOR_EVER),
    column(
        "id",
        Text,
        what="Which one. Only things that were public: never a player.",
        why="mirrors and kits fetch it anew, or purge it.",
        kept=FOR_EVER,
    ),
    column("change", Text, what="changed or deleted.", why="see id.", kept=FOR_EVER),
    column("at", Moment, what="When.", why="for people who look into it.", kept=FOR_EVER),
    PrimaryKeyConstraint("revision"),
    CheckConstraint("change IN ('changed', 'deleted')", name="change"),
    Index(None, "transaction", "revision"),
    schema="game",
    comment="What changed and what was deleted, in an order that never skips anything.",
)

tombstones = Table(
    "tombstones",
    metadata,
    column(
        "kind",
        Text,
        what="What was erased: player, account or story.",
        why="see id.",
        kept="for ever, so that no old dump brings it back",
    ),
    column(
        "id",
        Text,
        what="Its id, which now stands for nothing.",
        why="a restored dump is cleaned of it, and nobody takes it again.",
        kept="for ever, so that no old dump brings it back",
    ),
    column(
        "erased_at",
        Moment,
        what="When.",
        why="it can be shown that it was done, and how soon.",
        kept="for ever, so that no old dump brings it back",
    ),
    PrimaryKeyConstraint("kind", "id"),
    schema="game",
    comment="What was erased. A copy is in a file outside the database.",
)

job_migrations = Table(
    "job_migrations",
    metadata,
    column(
        "name",
        Text,
        what="A change of Procrastinate's own tables that this database has.",
        why="a newer Procrastinate brings changes, and each is made once.",
        kept=FOR_EVER,
    ),
    PrimaryKeyConstraint("name"),
    schema="game",
    comment="How far the tables of the job queue have come.",
)
