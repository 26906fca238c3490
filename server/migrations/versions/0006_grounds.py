"""Grounds"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grounds",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.Column("bans", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('church', 'protected', 'ancient', 'installation')", name=op.f("grounds_kind_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("grounds_pkey")),
        schema="game",
    )
    op.create_index(
        "grounds_area_idx", "grounds", ["area"], unique=False, schema="game", postgresql_using="gist"
    )
    op.create_index(
        op.f("grounds_kind_source_idx"), "grounds", ["kind", "source"], unique=False, schema="game"
    )


def downgrade() -> None:
    op.drop_index(op.f("grounds_kind_source_idx"), table_name="grounds", schema="game")
    op.drop_index("grounds_area_idx", table_name="grounds", schema="game", postgresql_using="gist")
    op.drop_table("grounds", schema="game")
