"""Who looks after stages, and when they were last reminded."""

from sqlalchemy import Boolean, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, Text

from server.tables.notes import WITH_ACCOUNT, Moment, Uuid, column, metadata

stewards = Table(
    "stewards",
    metadata,
    column(
        "quest_id",
        Uuid,
        what="The quest.",
        why="see stage.",
        kept=WITH_ACCOUNT,
        exported=True,
        erased="removed",
    ),
    column(
        "stage",
        Text,
        what="The stage's key; empty: all stages of the quest.",
        why="its steward is told when it cannot be done, and says when it is mended.",
        kept=WITH_ACCOUNT,
        exported=True,
        erased="removed",
    ),
    column(
        "account_id",
        Uuid,
        what="Who looks after it.",
        why="see stage.",
        kept=WITH_ACCOUNT,
        exported=True,
        erased="removed",
    ),
    column(
        "since",
        Moment,
        what="Since when.",
        why="for people who look into it.",
        kept=WITH_ACCOUNT,
        exported=True,
        erased="removed",
    ),
    PrimaryKeyConstraint("quest_id", "stage", "account_id"),
    ForeignKeyConstraint(["account_id"], ["people.accounts.id"]),
    Index(None, "account_id"),
    schema="people",
    comment="Stewards of stages: members of a body, or somebody who took a stage on.",
)

reminders = Table(
    "reminders",
    metadata,
    column(
        "account_id",
        Uuid,
        what="Who is reminded.",
        why="see sent_at.",
        kept=WITH_ACCOUNT,
        exported=True,
        erased="removed",
    ),
    column(
        "wanted",
        Boolean,
        what="Whether the person wants to be reminded by mail.",
        why="it can be switched off.",
        kept=WITH_ACCOUNT,
        exported=True,
        erased="removed",
    ),
    column(
        "sent_at",
        Moment,
        nullable=True,
        what="When the last reminder was written; null before the first.",
        why="nobody gets more than one a week.",
        kept=WITH_ACCOUNT,
        exported=True,
        erased="removed",
    ),
    PrimaryKeyConstraint("account_id"),
    ForeignKeyConstraint(["account_id"], ["people.accounts.id"]),
    schema="people",
    comment="Reminders of what waits: a row for whoever was reminded once, or does not want to be.",
)
