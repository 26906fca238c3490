"""Form of what is shown"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What an older release has made is of form 0, and made anew at the next start.
    op.add_column(
        "quests",
        sa.Column("form", sa.Integer(), server_default=sa.text("0"), nullable=False),
        schema="shown",
    )


def downgrade() -> None:
    op.drop_column("quests", "form", schema="shown")
