"""Places, and what tiles are made of"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geography, Geometry
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LAYERS = ("quests", "stages", "places", "municipalities")


def upgrade() -> None:
    op.create_table(
        "places",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("known_to_m", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("point", Geography("POINT", srid=4326, spatial_index=False), nullable=False),
        _mercator("POINT"),
        sa.PrimaryKeyConstraint("id", name=op.f("places_pkey")),
        schema="shown",
    )
    op.create_index(
        "places_population_idx", "places", [sa.literal_column("population DESC"), "id"], schema="shown"
    )
    op.create_index("places_mercator_idx", "places", ["mercator"], schema="shown", postgresql_using="gist")
    op.create_table(
        "place_names",
        sa.Column("place_id", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(collation="C"), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["shown.places.id"], name=op.f("place_names_place_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("place_id", "form", name=op.f("place_names_pkey")),
        schema="shown",
    )
    op.create_index(
        op.f("place_names_form_place_id_idx"), "place_names", ["form", "place_id"], schema="shown"
    )
    layers = op.create_table(
        "layers",
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("layer", name=op.f("layers_pkey")),
        schema="shown",
    )
    op.bulk_insert(layers, [{"layer": layer, "revision": 0} for layer in LAYERS])
    op.execute("UPDATE shown.layers SET revision = extract(epoch FROM clock_timestamp()) * 1000000")

    op.add_column(
        "quests",
        sa.Column("on_tiles", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        schema="shown",
    )
    op.add_column("stages", sa.Column("start", sa.Boolean(), nullable=True), schema="shown")
    op.add_column("stages", sa.Column("code", sa.Text(), nullable=True), schema="shown")
    # As publishing writes them. A card is the inside of a JSON object.
    op.execute(
        "UPDATE shown.quests q SET on_tiles = (SELECT"
        " coalesce(jsonb_object_agg('title_' || key, card -> 'title'), '{}')"
        " || jsonb_strip_nulls(jsonb_build_object('minutes', min(card ->> 'minutes')::int))"
        " FROM (SELECT key, ('{' || value || '}')::jsonb AS card FROM jsonb_each_text(q.cards)) AS cards)"
    )
    op.execute(
        "UPDATE shown.stages s SET code = q.code, start = coalesce(("
        " SELECT (stage ->> 'entrance')::boolean FROM jsonb_array_elements(q.stages) AS stage"
        " WHERE stage ->> 'key' = s.key), false) FROM shown.quests q WHERE q.id = s.quest_id"
    )
    op.alter_column("quests", "on_tiles", nullable=False, schema="shown")
    op.alter_column("stages", "start", nullable=False, schema="shown")
    op.alter_column("stages", "code", nullable=False, schema="shown")
    op.add_column("stages", _mercator("POINT"), schema="shown")
    op.add_column("municipalities", _mercator("MULTIPOLYGON"), schema="shown")
    op.execute(
        "UPDATE shown.stages SET mercator = ST_Transform(point::geometry, 3857)"
        " WHERE abs(ST_Y(point::geometry)) <= 85.05"
    )
    op.execute("UPDATE shown.municipalities SET mercator = ST_Transform(border, 3857)")
    op.create_index("stages_mercator_idx", "stages", ["mercator"], schema="shown", postgresql_using="gist")
    op.create_index(
        "stages_start_mercator_idx",
        "stages",
        ["mercator"],
        schema="shown",
        postgresql_using="gist",
        postgresql_where=sa.text("start"),
    )


def downgrade() -> None:
    op.drop_index("stages_start_mercator_idx", table_name="stages", schema="shown")
    op.drop_index("stages_mercator_idx", table_name="stages", schema="shown")
    op.drop_column("municipalities", "mercator", schema="shown")
    op.drop_column("stages", "mercator", schema="shown")
    op.drop_column("stages", "start", schema="shown")
    op.drop_column("stages", "code", schema="shown")
    op.drop_column("quests", "on_tiles", schema="shown")
    for table in ("layers", "place_names", "places"):
        op.drop_table(table, schema="shown")


def _mercator(kind: str) -> sa.Column[object]:
    return sa.Column("mercator", Geometry(kind, srid=3857, spatial_index=False), nullable=True)
