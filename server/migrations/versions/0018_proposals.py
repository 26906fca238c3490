"""What people would like to give"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("quest_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("joins", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name=op.f("proposals_position_check")),
        sa.CheckConstraint("kind IN ('stage', 'place', 'adoption')", name=op.f("proposals_kind_check")),
        sa.CheckConstraint("state IN ('open', 'taken-up', 'declined')", name=op.f("proposals_state_check")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["people.accounts.id"], name=op.f("proposals_account_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("proposals_pkey")),
        sa.UniqueConstraint(
            "account_id", "quest_id", "stage", name=op.f("proposals_account_id_quest_id_stage_key")
        ),
        schema="people",
    )
    op.create_index(op.f("proposals_made_at_idx"), "proposals", ["made_at"], unique=False, schema="people")


def downgrade() -> None:
    op.drop_index(op.f("proposals_made_at_idx"), table_name="proposals", schema="people")
    op.drop_table("proposals", schema="people")
