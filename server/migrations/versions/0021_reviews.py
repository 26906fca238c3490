"""What communities have said yes to"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("publication_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("body_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("asked_again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["people.bodies.id"], name=op.f("reviews_body_id_fkey")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["people.publications.id"], name=op.f("reviews_publication_id_fkey")
        ),
        sa.PrimaryKeyConstraint("publication_id", "body_id", name=op.f("reviews_pkey")),
        schema="people",
    )
    op.create_index(op.f("reviews_body_id_idx"), "reviews", ["body_id"], unique=False, schema="people")


def downgrade() -> None:
    op.drop_index(op.f("reviews_body_id_idx"), table_name="reviews", schema="people")
    op.drop_table("reviews", schema="people")
