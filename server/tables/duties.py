"""What people do for all, beside what they do in a body."""

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from server.tables.notes import WITH_ACCOUNT, Moment, Uuid, column, metadata

duties = Table(
    "duties",
    metadata,
    column(
        "account_id",
        Uuid,
        what="Who has it.",
        why="what a person may do hangs on it.",
        kept=WITH_ACCOUNT,
        exported=True,
        erased="removed",
    ),
    column(
        "duty",
        Text,
        what="guide, moderator, language-helper, insights or administrator.",
        why="see account_id.",
        kept=WITH_ACCOUNT,
        exported=True,
        erased="removed",
    ),
    column(
        "municipality",
        Text,
        what="SCB's code of the municipality it holds for; empty: everywhere.",
        why="a guide looks after one municipality.",
        kept=WITH_ACCOUNT,
        exported=True,
        erased="removed",
    ),
    column(
        "languages",
        ARRAY(Text),
        what="BCP 47 tags of what the person reads.",
        why="texts are given to who can read them.",
        kept=WITH_ACCOUNT,
        exported=True,
        erased="removed",
    ),
    column(
        "since",
        Moment,
        what="When it was given.",
        why="for people who look into it.",
        kept=WITH_ACCOUNT,
        exported=True,
        erased="removed",
    ),
    column(
        "issuer",
        Text,
        nullable=True,
        what="Address of the OpenID provider whose word gave it; null: the operator did.",
        why="it ends with the identity there.",
        kept=WITH_ACCOUNT,
        exported=True,
        erased="removed",
    ),
    column(
        "ends_at",
        Moment,
        nullable=True,
        what="When it ends unless the person signs in at that provider before; null: never by itself.",
        why="who has left the municipality is not asked to sign in once more.",
        kept=WITH_ACCOUNT,
        exported=True,
        erased="removed",
    ),
    PrimaryKeyConstraint("account_id", "duty", "municipality"),
    ForeignKeyConstraint(["account_id"], ["people.accounts.id"]),
    CheckConstraint(
        "duty IN ('guide', 'moderator', 'language-helper', 'insights', 'administrator')", name="duty"
    ),
    CheckConstraint("(issuer IS NULL) = (ends_at IS NULL)", name="ends_at"),
    schema="people",
    comment="What people do for all, beside what they do in a body.",
)
