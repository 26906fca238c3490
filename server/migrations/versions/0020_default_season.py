"""What is closed above the tree line by default, and ground in which that does not hold"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "season_grounds",
        sa.Column("closed", sa.Boolean(), server_default=sa.true(), nullable=False),
        schema="people",
    )
    op.alter_column("season_grounds", "closed", server_default=None, schema="people")
    op.create_table(
        "default_closures",
        sa.Column("quest_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("season", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("closure_id", sa.UUID(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["quest_id"], ["game.quests.id"], name=op.f("default_closures_quest_id_fkey")
        ),
        sa.PrimaryKeyConstraint("quest_id", "season", "year", "hidden", name=op.f("default_closures_pkey")),
        sa.UniqueConstraint("closure_id", name=op.f("default_closures_closure_id_key")),
        schema="game",
    )


def downgrade() -> None:
    op.drop_table("default_closures", schema="game")
    op.drop_column("season_grounds", "closed", schema="people")
