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
    PrimaryKeyConstraint("account_id", "duty", "municipality"),
    ForeignKeyConstraint(["account_id"], ["people.accounts.id"]),
    CheckConstraint(
        "duty IN ('guide', 'moderator', 'language-helper', 'insights', 'administrator')", name="duty"
    ),
    schema="people",
    comment="What people do for all, beside what they do in a body.",
)
