"""A duty that a provider's word gave ends by itself"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("duties", sa.Column("issuer", sa.Text(), nullable=True), schema="people")
    op.add_column("duties", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True), schema="people")
    op.create_check_constraint(
        op.f("duties_ends_at_check"), "duties", "(issuer IS NULL) = (ends_at IS NULL)", schema="people"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("duties_ends_at_check"), "duties", schema="people", type_="check")
    op.drop_column("duties", "ends_at", schema="people")
    op.drop_column("duties", "issuer", schema="people")
