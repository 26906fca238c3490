"""Cases about a person's own things, and pictures in quarantine"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("maker", sa.UUID(as_uuid=False), nullable=True), schema="people")
    op.create_index(op.f("cases_maker_idx"), "cases", ["maker"], unique=False, schema="people")
    op.add_column("quarantine", sa.Column("blob", sa.Text(), nullable=True), schema="people")
    op.alter_column(
        "hidden",
        "id",
        type_=sa.Text(),
        existing_type=sa.UUID(as_uuid=False),
        existing_nullable=False,
        schema="people",
    )


def downgrade() -> None:
    op.execute("DELETE FROM people.hidden WHERE kind = 'guide'")
    op.alter_column(
        "hidden",
        "id",
        type_=sa.UUID(as_uuid=False),
        existing_type=sa.Text(),
        existing_nullable=False,
        postgresql_using="id::uuid",
        schema="people",
    )
    op.drop_column("quarantine", "blob", schema="people")
    op.drop_index(op.f("cases_maker_idx"), table_name="cases", schema="people")
    op.drop_column("cases", "maker", schema="people")
