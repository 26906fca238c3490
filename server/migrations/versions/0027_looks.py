"""Who has a case open is told to the others"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "looks",
        sa.Column("case_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["people.accounts.id"], name=op.f("looks_account_id_fkey")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["people.cases.id"], name=op.f("looks_case_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("looks_pkey")),
        schema="people",
    )
    op.create_index(op.f("looks_account_id_idx"), "looks", ["account_id"], unique=False, schema="people")


def downgrade() -> None:
    op.drop_index(op.f("looks_account_id_idx"), table_name="looks", schema="people")
    op.drop_table("looks", schema="people")
