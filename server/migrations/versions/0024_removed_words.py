"""What was removed for good is known again by a hash of its words"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "removed_words",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "sha256", "case_id", name=op.f("removed_words_pkey")),
        schema="people",
    )
    op.create_index(
        op.f("removed_words_case_id_idx"), "removed_words", ["case_id"], unique=False, schema="people"
    )
    op.create_index(
        op.f("removed_words_since_idx"), "removed_words", ["since"], unique=False, schema="people"
    )


def downgrade() -> None:
    op.drop_index(op.f("removed_words_since_idx"), table_name="removed_words", schema="people")
    op.drop_index(op.f("removed_words_case_id_idx"), table_name="removed_words", schema="people")
    op.drop_table("removed_words", schema="people")
