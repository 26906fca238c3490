"""A guide's picture lies in a place of its own each time that one is sent"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("guides", sa.Column("picture_blob", sa.Text(), nullable=True), schema="people")
    op.execute(
        "UPDATE people.guides SET picture_blob = 'guides/' || municipality || '/' || picture || '.webp'"
        " WHERE picture IS NOT NULL"
    )
    op.drop_constraint("guides_picture_check", "guides", schema="people")
    op.create_check_constraint(
        op.f("guides_picture_check"),
        "guides",
        "(picture IS NULL) = (picture_bytes IS NULL) AND (picture IS NULL) = (picture_blob IS NULL)",
        schema="people",
    )


def downgrade() -> None:
    op.drop_constraint("guides_picture_check", "guides", schema="people")
    op.create_check_constraint(
        op.f("guides_picture_check"), "guides", "(picture IS NULL) = (picture_bytes IS NULL)", schema="people"
    )
    op.drop_column("guides", "picture_blob", schema="people")
