"""Badges: what players earned, which rules were looked through, and where stages lie."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "quest_versions",
        sa.Column("municipalities", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        schema="game",
    )
    op.create_table(
        "awards",
        sa.Column("player_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("badge", sa.Text(), nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["player_id"], ["game.players.id"], name=op.f("awards_player_id_fkey")),
        sa.PrimaryKeyConstraint("player_id", "badge", name=op.f("awards_pkey")),
        schema="game",
    )
    op.create_table(
        "badge_rules",
        sa.Column("badge", sa.Text(), nullable=False),
        sa.Column("rule_sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("badge", name=op.f("badge_rules_pkey")),
        schema="game",
    )


def downgrade() -> None:
    op.drop_table("badge_rules", schema="game")
    op.drop_table("awards", schema="game")
    op.drop_column("quest_versions", "municipalities", schema="game")
