"""Everything of the first release"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geography, Geometry
from sqlalchemy.dialects import postgresql

from server.tables import Xid8

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_migrations",
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("job_migrations_pkey")),
        schema="game",
    )
    op.create_table(
        "players",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("players_pkey")),
        schema="game",
    )
    op.create_table(
        "quests",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('published', 'resting', 'withdrawn')", name=op.f("quests_state_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("quests_pkey")),
        sa.UniqueConstraint("code", name=op.f("quests_code_key")),
        schema="game",
    )
    op.create_table(
        "revisions",
        sa.Column("revision", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("transaction", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("change IN ('changed', 'deleted')", name=op.f("revisions_change_check")),
        sa.PrimaryKeyConstraint("revision", name=op.f("revisions_pkey")),
        schema="game",
    )
    op.create_index(
        op.f("revisions_transaction_revision_idx"),
        "revisions",
        ["transaction", "revision"],
        unique=False,
        schema="game",
    )
    op.create_table(
        "tombstones",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name=op.f("tombstones_pkey")),
        schema="game",
    )
    op.create_table(
        "municipalities",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(collation="sv-x-icu"), nullable=False),
        sa.Column(
            "border",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("source_sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("municipalities_pkey")),
        schema="shown",
    )
    op.create_index(
        "municipalities_border_idx",
        "municipalities",
        ["border"],
        unique=False,
        schema="shown",
        postgresql_using="gist",
    )
    op.create_table(
        "quests",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("generic", sa.Boolean(), nullable=False),
        sa.Column("resting", sa.Boolean(), nullable=False),
        sa.Column("municipalities", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("sort_title", sa.Text(collation="sv-x-icu"), nullable=False),
        sa.Column("cards", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("stages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("quests_pkey")),
        sa.UniqueConstraint("code", name=op.f("quests_code_key")),
        schema="shown",
    )
    # Cards in several languages come to some kilobytes; compressed, each would be unpacked for every list it is in.
    op.execute("ALTER TABLE shown.quests SET (toast_tuple_target = 8160)")
    op.create_index(
        "quests_generic_idx",
        "quests",
        ["sort_title", "id"],
        unique=False,
        schema="shown",
        postgresql_where=sa.text("generic"),
    )
    op.create_index(
        "quests_municipalities_idx",
        "quests",
        ["municipalities"],
        unique=False,
        schema="shown",
        postgresql_using="gin",
    )
    op.create_index("quests_sort_title_idx", "quests", ["sort_title", "id"], unique=False, schema="shown")
    op.create_table(
        "devices",
        sa.Column("player_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("octet_length(token_sha256) = 32", name=op.f("devices_token_sha256_check")),
        sa.ForeignKeyConstraint(["player_id"], ["game.players.id"], name=op.f("devices_player_id_fkey")),
        sa.PrimaryKeyConstraint("player_id", "id", name=op.f("devices_pkey")),
        sa.UniqueConstraint("player_id", "token_sha256", name=op.f("devices_player_id_token_sha256_key")),
        schema="game",
    )
    op.create_table(
        "quest_codes",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("quest_id", sa.UUID(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["quest_id"], ["game.quests.id"], name=op.f("quest_codes_quest_id_fkey")),
        sa.PrimaryKeyConstraint("code", name=op.f("quest_codes_pkey")),
        schema="game",
    )
    op.create_index(
        op.f("quest_codes_quest_id_idx"), "quest_codes", ["quest_id"], unique=False, schema="game"
    )
    op.create_table(
        "quest_versions",
        sa.Column("quest_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("secrets", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["quest_id"], ["game.quests.id"], name=op.f("quest_versions_quest_id_fkey")),
        sa.PrimaryKeyConstraint("quest_id", "version", name=op.f("quest_versions_pkey")),
        schema="game",
    )
    # Each of the two tables refers to the other: a quest and its first version come in one transaction.
    op.create_foreign_key(
        op.f("quests_id_version_fkey"),
        "quests",
        "quest_versions",
        ["id", "version"],
        ["quest_id", "version"],
        source_schema="game",
        referent_schema="game",
        initially="DEFERRED",
        deferrable=True,
    )
    op.create_table(
        "stage_reports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("quest_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("quest_version", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["quest_id"], ["game.quests.id"], name=op.f("stage_reports_quest_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("stage_reports_pkey")),
        schema="game",
    )
    op.create_index(op.f("stage_reports_day_idx"), "stage_reports", ["day"], unique=False, schema="game")
    op.create_table(
        "codes",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("quest_id", sa.UUID(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["quest_id"], ["shown.quests.id"], name=op.f("codes_quest_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("codes_pkey")),
        schema="shown",
    )
    op.create_index(op.f("codes_quest_id_idx"), "codes", ["quest_id"], unique=False, schema="shown")
    op.create_table(
        "quest_texts",
        sa.Column("quest_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(
            ["quest_id"], ["shown.quests.id"], name=op.f("quest_texts_quest_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("quest_id", "language", name=op.f("quest_texts_pkey")),
        schema="shown",
    )
    op.create_index(
        "quest_texts_words_idx",
        "quest_texts",
        ["words"],
        unique=False,
        schema="shown",
        postgresql_using="gin",
    )
    op.create_table(
        "stages",
        sa.Column("quest_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "point",
            Geography(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeogFromText",
                name="geography",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("entrance", sa.Boolean(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["quest_id"], ["shown.quests.id"], name=op.f("stages_quest_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("quest_id", "key", name=op.f("stages_pkey")),
        schema="shown",
    )
    op.create_index(
        "stages_entrance_point_idx",
        "stages",
        ["point"],
        unique=False,
        schema="shown",
        postgresql_using="gist",
        postgresql_where=sa.text("entrance"),
    )
    op.create_index(
        "stages_geometry_idx",
        "stages",
        [sa.literal_column("(point::geometry)")],
        unique=False,
        schema="shown",
        postgresql_using="gist",
    )
    op.create_table(
        "journeys",
        sa.Column("owner_player_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("quest_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("quest_version", sa.Text(), nullable=False),
        sa.Column("players", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_player_id"], ["game.players.id"], name=op.f("journeys_owner_player_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["quest_id", "quest_version"],
            ["game.quest_versions.quest_id", "game.quest_versions.version"],
            name=op.f("journeys_quest_id_quest_version_fkey"),
        ),
        sa.PrimaryKeyConstraint("owner_player_id", "id", name=op.f("journeys_pkey")),
        schema="game",
    )
    op.create_index(
        "journeys_owner_started_idx",
        "journeys",
        ["owner_player_id", sa.literal_column("started_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        schema="game",
    )
    op.create_index(
        "journeys_players_idx", "journeys", ["players"], unique=False, schema="game", postgresql_using="gin"
    )
    op.create_table(
        "packs",
        sa.Column("quest_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("pack", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["quest_id", "version"],
            ["game.quest_versions.quest_id", "game.quest_versions.version"],
            name=op.f("packs_quest_id_version_fkey"),
        ),
        sa.PrimaryKeyConstraint("quest_id", "version", name=op.f("packs_pkey")),
        schema="game",
    )
    op.create_table(
        "moves",
        sa.Column("owner_player_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("journey_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("heard_from", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", postgresql.ARRAY(sa.UUID()), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("fixes", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("judged", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("(body IS NULL) = (by IS NULL)", name=op.f("moves_read_check")),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("moves_digest_check")),
        sa.ForeignKeyConstraint(
            ["owner_player_id", "journey_id"],
            ["game.journeys.owner_player_id", "game.journeys.id"],
            name=op.f("moves_owner_player_id_journey_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("owner_player_id", "id", name=op.f("moves_pkey")),
        schema="game",
    )
    op.create_index(
        "moves_by_idx",
        "moves",
        ["by"],
        unique=False,
        schema="game",
        postgresql_using="gin",
        postgresql_where=sa.text("cardinality(by) > 1"),
    )
    op.create_index(
        "moves_device_day_idx",
        "moves",
        ["owner_player_id", "heard_from", "heard_at"],
        unique=False,
        schema="game",
    )
    op.create_index(
        "moves_journey_idx", "moves", ["owner_player_id", "journey_id"], unique=False, schema="game"
    )
    op.create_index(
        "moves_positions_idx",
        "moves",
        ["heard_at"],
        unique=False,
        schema="game",
        postgresql_where=sa.text("fixes IS NOT NULL OR raw IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "moves_positions_idx",
        table_name="moves",
        schema="game",
        postgresql_where=sa.text("fixes IS NOT NULL OR raw IS NOT NULL"),
    )
    op.drop_index("moves_journey_idx", table_name="moves", schema="game")
    op.drop_index("moves_device_day_idx", table_name="moves", schema="game")
    op.drop_index(
        "moves_by_idx",
        table_name="moves",
        schema="game",
        postgresql_using="gin",
        postgresql_where=sa.text("cardinality(by) > 1"),
    )
    op.drop_table("moves", schema="game")
    op.drop_table("packs", schema="game")
    op.drop_index("journeys_players_idx", table_name="journeys", schema="game", postgresql_using="gin")
    op.drop_index("journeys_owner_started_idx", table_name="journeys", schema="game")
    op.drop_table("journeys", schema="game")
    op.drop_index("stages_geometry_idx", table_name="stages", schema="shown", postgresql_using="gist")
    op.drop_index(
        "stages_entrance_point_idx",
        table_name="stages",
        schema="shown",
        postgresql_using="gist",
        postgresql_where=sa.text("entrance"),
    )
    op.drop_table("stages", schema="shown")
    op.drop_index("quest_texts_words_idx", table_name="quest_texts", schema="shown", postgresql_using="gin")
    op.drop_table("quest_texts", schema="shown")
    op.drop_index(op.f("codes_quest_id_idx"), table_name="codes", schema="shown")
    op.drop_table("codes", schema="shown")
    op.drop_index(op.f("stage_reports_day_idx"), table_name="stage_reports", schema="game")
    op.drop_table("stage_reports", schema="game")
    op.drop_constraint(op.f("quests_id_version_fkey"), "quests", schema="game")
    op.drop_table("quest_versions", schema="game")
    op.drop_index(op.f("quest_codes_quest_id_idx"), table_name="quest_codes", schema="game")
    op.drop_table("quest_codes", schema="game")
    op.drop_table("devices", schema="game")
    op.drop_index("quests_sort_title_idx", table_name="quests", schema="shown")
    op.drop_index("quests_municipalities_idx", table_name="quests", schema="shown", postgresql_using="gin")
    op.drop_index(
        "quests_generic_idx", table_name="quests", schema="shown", postgresql_where=sa.text("generic")
    )
    op.drop_table("quests", schema="shown")
    op.drop_index(
        "municipalities_border_idx",
        table_name="municipalities",
        schema="shown",
        postgresql_using="gist",
    )
    op.drop_table("municipalities", schema="shown")
    op.drop_table("tombstones", schema="game")
    op.drop_index(op.f("revisions_transaction_revision_idx"), table_name="revisions", schema="game")
    op.drop_table("revisions", schema="game")
    op.drop_table("quests", schema="game")
    op.drop_table("players", schema="game")
    op.drop_table("job_migrations", schema="game")
