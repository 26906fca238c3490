"""Stories of places"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stories",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("quest_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.Column("picture_blob", sa.Text(), nullable=True),
        sa.Column("picture_bytes", sa.BigInteger(), nullable=True),
        sa.Column("picture_alt", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'asked', 'published', 'resting', 'withdrawn')",
            name=op.f("stories_state_check"),
        ),
        sa.CheckConstraint(
            "(picture IS NULL) = (picture_bytes IS NULL) AND (picture IS NULL) = (picture_blob IS NULL)",
            name=op.f("stories_picture_check"),
        ),
        sa.CheckConstraint("stage IS NULL OR quest_id IS NOT NULL", name=op.f("stories_stage_check")),
        sa.CheckConstraint("month IS NULL OR extract(day FROM month) = 1", name=op.f("stories_month_check")),
        sa.CheckConstraint("state <> 'published' OR month IS NOT NULL", name=op.f("stories_published_check")),
        sa.CheckConstraint(
            "state NOT IN ('asked', 'published') OR consented_at IS NOT NULL",
            name=op.f("stories_consent_check"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["people.accounts.id"], name=op.f("stories_account_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("stories_pkey")),
        schema="people",
    )
    op.create_index(
        op.f("stories_account_id_made_at_idx"),
        "stories",
        ["account_id", "made_at"],
        unique=False,
        schema="people",
    )
    op.create_table(
        "stories",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("quest_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.Column("picture_blob", sa.Text(), nullable=True),
        sa.Column("picture_bytes", sa.BigInteger(), nullable=True),
        sa.Column("picture_alt", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(picture IS NULL) = (picture_bytes IS NULL) AND (picture IS NULL) = (picture_blob IS NULL)",
            name=op.f("stories_picture_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("stories_pkey")),
        schema="shown",
    )
    op.create_index(
        "stories_municipality_month_idx",
        "stories",
        ["municipality", sa.text("month DESC"), "id"],
        unique=False,
        schema="shown",
    )
    op.create_index(
        "stories_quest_id_month_idx",
        "stories",
        ["quest_id", sa.text("month DESC"), "id"],
        unique=False,
        schema="shown",
    )
    op.create_index(op.f("stories_picture_idx"), "stories", ["picture"], unique=False, schema="shown")


def downgrade() -> None:
    op.execute("DELETE FROM people.hidden WHERE kind = 'story'")
    op.drop_table("stories", schema="shown")
    op.drop_table("stories", schema="people")
