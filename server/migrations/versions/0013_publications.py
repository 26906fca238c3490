"""What bodies publish"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "publications",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("titles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("draft", sa.LargeBinary(), nullable=True),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("offered_to", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("read_texts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unlisted", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.UUID(as_uuid=False), nullable=True),
        sa.CheckConstraint("kind IN ('trail')", name=op.f("publications_kind_check")),
        sa.CheckConstraint(
            "state IN ('draft', 'asked', 'published', 'resting', 'withdrawn')",
            name=op.f("publications_state_check"),
        ),
        sa.ForeignKeyConstraint(["body_id"], ["people.bodies.id"], name=op.f("publications_body_id_fkey")),
        sa.ForeignKeyConstraint(
            ["offered_to"], ["people.bodies.id"], name=op.f("publications_offered_to_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("publications_pkey")),
        schema="people",
    )
    op.create_index(
        op.f("publications_body_id_idx"), "publications", ["body_id"], unique=False, schema="people"
    )
    op.create_index(
        op.f("publications_changed_by_idx"), "publications", ["changed_by"], unique=False, schema="people"
    )
    op.create_table(
        "publication_versions",
        sa.Column("publication_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=True),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["people.publications.id"],
            name=op.f("publication_versions_publication_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("publication_id", "number", name=op.f("publication_versions_pkey")),
        schema="people",
    )
    op.create_index(
        op.f("publication_versions_account_id_idx"),
        "publication_versions",
        ["account_id"],
        unique=False,
        schema="people",
    )


def downgrade() -> None:
    op.drop_index(
        op.f("publication_versions_account_id_idx"), table_name="publication_versions", schema="people"
    )
    op.drop_table("publication_versions", schema="people")
    op.drop_index(op.f("publications_changed_by_idx"), table_name="publications", schema="people")
    op.drop_index(op.f("publications_body_id_idx"), table_name="publications", schema="people")
    op.drop_table("publications", schema="people")
