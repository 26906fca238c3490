"""Guides as persons, and an end for reasons in words"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guides",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("hours", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.Column("picture_bytes", sa.BigInteger(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(name) <= 80", name=op.f("guides_name_check")),
        sa.CheckConstraint("(picture IS NULL) = (picture_bytes IS NULL)", name=op.f("guides_picture_check")),
        sa.ForeignKeyConstraint(["account_id"], ["people.accounts.id"], name=op.f("guides_account_id_fkey")),
        sa.PrimaryKeyConstraint("municipality", name=op.f("guides_pkey")),
        schema="people",
    )
    op.create_index(op.f("guides_account_id_idx"), "guides", ["account_id"], unique=False, schema="people")
    op.create_index(
        op.f("deeds_at_idx"),
        "deeds",
        ["at"],
        unique=False,
        schema="people",
        postgresql_where=sa.text("reason <> ''"),
    )


def downgrade() -> None:
    op.drop_index(op.f("deeds_at_idx"), table_name="deeds", schema="people")
    op.drop_table("guides", schema="people")
