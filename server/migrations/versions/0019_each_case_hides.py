"""Each case hides for itself"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("hidden_pkey"), "hidden", schema="people", type_="primary")
    op.create_primary_key(op.f("hidden_pkey"), "hidden", ["kind", "id", "case_id"], schema="people")


def downgrade() -> None:
    op.execute(
        "DELETE FROM people.hidden a USING people.hidden b WHERE a.kind = b.kind AND a.id = b.id"
        " AND (a.decided, a.case_id) < (b.decided, b.case_id)"
    )
    op.drop_constraint(op.f("hidden_pkey"), "hidden", schema="people", type_="primary")
    op.create_primary_key(op.f("hidden_pkey"), "hidden", ["kind", "id"], schema="people")
