"""Who closed which ground, and ground that is closed every year"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "season_grounds",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("body_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("season", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.Column("stays_open", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["body_id"], ["people.bodies.id"], name=op.f("season_grounds_body_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("season_grounds_pkey")),
        schema="people",
    )
    op.create_index(
        op.f("season_grounds_body_id_idx"), "season_grounds", ["body_id"], unique=False, schema="people"
    )
    op.create_table(
        "closed_by",
        sa.Column("closure_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("body_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("season_ground_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(season_ground_id IS NULL) = (year IS NULL)", name=op.f("closed_by_season_check")
        ),
        sa.ForeignKeyConstraint(["body_id"], ["people.bodies.id"], name=op.f("closed_by_body_id_fkey")),
        sa.ForeignKeyConstraint(
            ["season_ground_id"], ["people.season_grounds.id"], name=op.f("closed_by_season_ground_id_fkey")
        ),
        sa.PrimaryKeyConstraint("closure_id", name=op.f("closed_by_pkey")),
        sa.UniqueConstraint("season_ground_id", "year", name=op.f("closed_by_season_ground_id_year_key")),
        schema="people",
    )
    op.create_index(op.f("closed_by_body_id_idx"), "closed_by", ["body_id"], unique=False, schema="people")
    op.create_table(
        "stays_open",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("shape", Geometry("GEOMETRY", srid=4326, spatial_index=False), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('winter-trails', 'ski-areas', 'roads')", name=op.f("stays_open_kind_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("stays_open_pkey")),
        schema="game",
    )
    op.create_index(
        "stays_open_shape_idx", "stays_open", ["shape"], unique=False, schema="game", postgresql_using="gist"
    )


def downgrade() -> None:
    op.drop_index("stays_open_shape_idx", table_name="stays_open", schema="game", postgresql_using="gist")
    op.drop_table("stays_open", schema="game")
    op.drop_index(op.f("closed_by_body_id_idx"), table_name="closed_by", schema="people")
    op.drop_table("closed_by", schema="people")
    op.drop_index(op.f("season_grounds_body_id_idx"), table_name="season_grounds", schema="people")
    op.drop_table("season_grounds", schema="people")
