"""Notices"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("case_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("secret_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("octet_length(secret_sha256) = 32", name=op.f("notices_secret_sha256_check")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["people.cases.id"], name=op.f("notices_case_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("notices_pkey")),
        schema="people",
    )
    op.create_index(op.f("notices_case_id_idx"), "notices", ["case_id"], unique=False, schema="people")
    op.create_index(op.f("notices_made_at_idx"), "notices", ["made_at"], unique=False, schema="people")
    op.create_index(
        op.f("notices_address_made_at_idx"), "notices", ["address", "made_at"], unique=False, schema="people"
    )
    op.create_table(
        "hidden",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("case_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("decided", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name=op.f("hidden_pkey")),
        schema="people",
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("quarantine_pkey")),
        schema="people",
    )
    op.create_index(op.f("quarantine_case_id_idx"), "quarantine", ["case_id"], unique=False, schema="people")
    op.create_index(
        op.f("quarantine_taken_at_idx"), "quarantine", ["taken_at"], unique=False, schema="people"
    )
    op.create_table(
        "blocked_media",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("case_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("blocked_media_pkey")),
        schema="people",
    )
    op.create_index(
        op.f("blocked_media_case_id_idx"), "blocked_media", ["case_id"], unique=False, schema="people"
    )


def downgrade() -> None:
    op.drop_table("blocked_media", schema="people")
    op.drop_table("quarantine", schema="people")
    op.drop_table("hidden", schema="people")
    op.drop_table("notices", schema="people")
