"""Offers, and moves without a journey"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "quests", sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), nullable=True), schema="shown"
    )
    op.alter_column("moves", "journey_id", nullable=True, schema="game")
    op.create_foreign_key(
        op.f("moves_owner_player_id_fkey"),
        "moves",
        "players",
        ["owner_player_id"],
        ["id"],
        source_schema="game",
        referent_schema="game",
    )


def downgrade() -> None:
    op.drop_constraint("moves_owner_player_id_fkey", "moves", schema="game")
    op.execute("DELETE FROM game.moves WHERE journey_id IS NULL")
    op.alter_column("moves", "journey_id", nullable=False, schema="game")
    op.drop_column("quests", "plan", schema="shown")
