"""Closures and grounds"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "closures",
        sa.Column("revision", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("area", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("texts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint("starts < ends OR withdrawn AND starts = ends", name=op.f("closures_dates_check")),
        sa.PrimaryKeyConstraint("revision", name=op.f("closures_pkey")),
        schema="game",
    )
    op.create_index(
        "closures_area_idx", "closures", ["area"], unique=False, schema="game", postgresql_using="gist"
    )
    op.create_index(
        op.f("closures_id_revision_idx"), "closures", ["id", "revision"], unique=False, schema="game"
    )
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
    op.create_table(
        "closures",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("closures_pkey")),
        schema="shown",
    )
    op.create_index(op.f("closures_ends_idx"), "closures", ["ends"], unique=False, schema="shown")


def downgrade() -> None:
    op.drop_index(op.f("closures_ends_idx"), table_name="closures", schema="shown")
    op.drop_table("closures", schema="shown")
    op.drop_index(op.f("grounds_kind_source_idx"), table_name="grounds", schema="game")
    op.drop_index("grounds_area_idx", table_name="grounds", schema="game", postgresql_using="gist")
    op.drop_table("grounds", schema="game")
    op.drop_index(op.f("closures_id_revision_idx"), table_name="closures", schema="game")
    op.drop_index("closures_area_idx", table_name="closures", schema="game", postgresql_using="gist")
    op.drop_table("closures", schema="game")
