"""Places of a base map, and large lakes"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SETTLEMENTS = sa.text("kind = 'settlement'")


def upgrade() -> None:
    op.create_index(
        "places_settlements_population_idx",
        "places",
        [sa.literal_column("population DESC"), "id"],
        schema="shown",
        postgresql_where=SETTLEMENTS,
    )
    op.create_index(
        "places_settlements_mercator_idx",
        "places",
        ["mercator"],
        schema="shown",
        postgresql_using="gist",
        postgresql_where=SETTLEMENTS,
    )
    op.create_index(op.f("places_source_idx"), "places", ["source"], schema="shown")
    op.create_table(
        "water",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("area_km2", postgresql.DOUBLE_PRECISION(), nullable=False),
        sa.Column("mercator", Geometry("POLYGON", srid=3857, spatial_index=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("water_pkey")),
        schema="shown",
    )
    op.create_index("water_mercator_idx", "water", ["mercator"], schema="shown", postgresql_using="gist")
    op.execute(
        "INSERT INTO shown.layers (layer, revision)"
        " VALUES ('water', (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)"
    )


def downgrade() -> None:
    op.execute("DELETE FROM shown.layers WHERE layer = 'water'")
    op.drop_table("water", schema="shown")
    op.drop_index(op.f("places_source_idx"), table_name="places", schema="shown")
    op.drop_index("places_settlements_mercator_idx", table_name="places", schema="shown")
    op.drop_index("places_settlements_population_idx", table_name="places", schema="shown")
