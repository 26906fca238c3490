"""Cases"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("urgency", sa.SmallInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_by", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("first_by", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("decided_by", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint("urgency BETWEEN 0 AND 3", name=op.f("cases_urgency_check")),
        sa.CheckConstraint(
            "state IN ('unread', 'open', 'second-look', 'decided')", name=op.f("cases_state_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("cases_pkey")),
        schema="people",
    )
    op.create_index(
        "cases_kind_subject_open_idx",
        "cases",
        ["kind", "subject"],
        unique=True,
        schema="people",
        postgresql_where=sa.text("state <> 'decided'"),
    )
    op.create_index(
        "cases_urgency_opened_at_idx",
        "cases",
        ["urgency", "opened_at"],
        unique=False,
        schema="people",
        postgresql_where=sa.text("state <> 'decided'"),
    )
    op.create_index(
        op.f("cases_kind_subject_idx"), "cases", ["kind", "subject"], unique=False, schema="people"
    )
    op.create_index(op.f("cases_body_id_idx"), "cases", ["body_id"], unique=False, schema="people")
    op.create_index(op.f("cases_decided_at_idx"), "cases", ["decided_at"], unique=False, schema="people")
    op.create_table(
        "readings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("read_by", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("readings_pkey")),
        schema="people",
    )
    op.create_index(
        op.f("readings_kind_subject_language_idx"),
        "readings",
        ["kind", "subject", "language"],
        unique=False,
        schema="people",
    )
    op.create_index(op.f("readings_read_at_idx"), "readings", ["read_at"], unique=False, schema="people")
    op.create_table(
        "duty_days",
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["people.accounts.id"], name=op.f("duty_days_account_id_fkey")
        ),
        sa.PrimaryKeyConstraint("account_id", "day", name=op.f("duty_days_pkey")),
        schema="people",
    )
    op.create_index(op.f("duty_days_day_idx"), "duty_days", ["day"], unique=False, schema="people")
    op.create_index(op.f("deeds_subject_idx"), "deeds", ["subject"], unique=False, schema="people")
    # What waits already is in the inbox too.
    op.execute(
        "INSERT INTO people.cases (id, kind, subject, body_id, municipality, urgency, facts, asked_by, opened_at, times,"
        " state, outcome, reason_code, words)"
        " SELECT gen_random_uuid(), 'application', b.id::text, b.id, b.municipality, 2, '{}',"
        " (SELECT m.account_id FROM people.members m WHERE m.body_id = b.id AND m.role = 'owner'"
        "  ORDER BY m.since LIMIT 1), b.asked_at, 1, 'open', '', '', ''"
        " FROM people.bodies b WHERE b.state = 'asked'"
    )


def downgrade() -> None:
    op.drop_index(op.f("deeds_subject_idx"), table_name="deeds", schema="people")
    op.drop_table("duty_days", schema="people")
    op.drop_table("readings", schema="people")
    op.drop_table("cases", schema="people")
