"""Who asks for codes: a network, or a browser that has signed in to the account before"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempts", sa.Column("asker", sa.LargeBinary(), nullable=True), schema="people")
    op.add_column(
        "attempts",
        sa.Column("known", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="people",
    )


def downgrade() -> None:
    op.drop_column("attempts", "known", schema="people")
    op.drop_column("attempts", "asker", schema="people")
