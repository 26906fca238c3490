"""Erasures that may still be regretted"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("player_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("asked_at < final_at", name=op.f("erasures_days_check")),
        sa.ForeignKeyConstraint(["player_id"], ["game.players.id"], name=op.f("erasures_player_id_fkey")),
        sa.PrimaryKeyConstraint("player_id", name=op.f("erasures_pkey")),
        schema="game",
    )
    op.create_index(op.f("erasures_final_at_idx"), "erasures", ["final_at"], unique=False, schema="game")


def downgrade() -> None:
    op.drop_index(op.f("erasures_final_at_idx"), table_name="erasures", schema="game")
    op.drop_table("erasures", schema="game")
