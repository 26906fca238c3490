"""Media"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

Moment = sa.DateTime(timezone=True)
Uuid = sa.UUID(as_uuid=False)


def upgrade() -> None:
    op.create_table(
        "media_contents",
        sa.Column("player_id", Uuid, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("id", Uuid, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("made", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("touched_at", Moment, nullable=False),
        sa.Column("claimed_at", Moment, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint("received BETWEEN 0 AND bytes", name=op.f("media_contents_received_check")),
        sa.CheckConstraint(
            "state IN ('waiting', 'received', 'ready', 'refused')", name=op.f("media_contents_state_check")
        ),
        sa.CheckConstraint(
            "(state = 'refused') = (refusal IS NOT NULL)", name=op.f("media_contents_refusal_check")
        ),
        sa.CheckConstraint("(state = 'ready') = (made IS NOT NULL)", name=op.f("media_contents_made_check")),
        sa.ForeignKeyConstraint(
            ["player_id"], ["game.players.id"], name=op.f("media_contents_player_id_fkey")
        ),
        sa.PrimaryKeyConstraint("player_id", "sha256", name=op.f("media_contents_pkey")),
        sa.UniqueConstraint("id", name=op.f("media_contents_id_key")),
        schema="game",
    )
    op.create_index(
        "media_contents_under_way_idx",
        "media_contents",
        ["touched_at"],
        schema="game",
        postgresql_where=sa.text("state IN ('waiting', 'received')"),
    )
    op.create_table(
        "media",
        sa.Column("player_id", Uuid, nullable=False),
        sa.Column("id", Uuid, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["player_id", "sha256"],
            ["game.media_contents.player_id", "game.media_contents.sha256"],
            name=op.f("media_player_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("player_id", "id", name=op.f("media_pkey")),
        schema="game",
    )
    op.create_index(op.f("media_player_id_sha256_idx"), "media", ["player_id", "sha256"], schema="game")
    op.create_table(
        "media_days",
        sa.Column("player_id", Uuid, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["player_id"], ["game.players.id"], name=op.f("media_days_player_id_fkey")),
        sa.PrimaryKeyConstraint("player_id", "day", name=op.f("media_days_pkey")),
        schema="game",
    )
    op.create_table(
        "media",
        sa.Column("quest_id", Uuid, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "quest_id", name=op.f("media_pkey")),
        schema="shown",
    )
    op.create_index(op.f("media_quest_id_idx"), "media", ["quest_id"], schema="shown")
    # Neither compressed, which pictures and sounds are already, nor in one piece: a part is read without the rest.
    op.execute("ALTER TABLE shown.media ALTER COLUMN data SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.drop_table("media", schema="shown")
    op.drop_table("media_days", schema="game")
    op.drop_table("media", schema="game")
    op.drop_table("media_contents", schema="game")
