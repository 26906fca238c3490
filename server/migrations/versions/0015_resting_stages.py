"""Stages that rest, who looks after them, and reminders"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "stage_reports",
        sa.Column("counts", sa.Boolean(), nullable=False, server_default=sa.true()),
        schema="game",
    )
    op.alter_column("stage_reports", "counts", server_default=None, schema="game")
    op.add_column("stage_reports", sa.Column("answer", sa.Text(), nullable=True), schema="game")
    op.add_column(
        "stage_reports", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True), schema="game"
    )
    op.create_check_constraint(
        op.f("stage_reports_answer_check"),
        "stage_reports",
        "(answer IS NULL) = (answered_at IS NULL)",
        schema="game",
    )
    op.create_index(
        op.f("stage_reports_quest_id_stage_idx"),
        "stage_reports",
        ["quest_id", "stage"],
        unique=False,
        schema="game",
    )
    op.create_index("journeys_quest_idx", "journeys", ["quest_id"], unique=False, schema="game")
    op.create_table(
        "stage_rests",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("quest_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_itself", sa.Boolean(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["quest_id"], ["game.quests.id"], name=op.f("stage_rests_quest_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("stage_rests_pkey")),
        schema="game",
    )
    op.create_index(
        "stage_rests_now_idx",
        "stage_rests",
        ["quest_id", "stage"],
        unique=True,
        schema="game",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "stewards",
        sa.Column("quest_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["people.accounts.id"], name=op.f("stewards_account_id_fkey")
        ),
        sa.PrimaryKeyConstraint("quest_id", "stage", "account_id", name=op.f("stewards_pkey")),
        schema="people",
    )
    op.create_index(
        op.f("stewards_account_id_idx"), "stewards", ["account_id"], unique=False, schema="people"
    )
    op.create_table(
        "reminders",
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["people.accounts.id"], name=op.f("reminders_account_id_fkey")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("reminders_pkey")),
        schema="people",
    )


def downgrade() -> None:
    op.drop_table("reminders", schema="people")
    op.drop_index(op.f("stewards_account_id_idx"), table_name="stewards", schema="people")
    op.drop_table("stewards", schema="people")
    op.drop_index(
        "stage_rests_now_idx",
        table_name="stage_rests",
        schema="game",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("stage_rests", schema="game")
    op.drop_index("journeys_quest_idx", table_name="journeys", schema="game")
    op.drop_index(op.f("stage_reports_quest_id_stage_idx"), table_name="stage_reports", schema="game")
    op.drop_constraint(op.f("stage_reports_answer_check"), "stage_reports", schema="game", type_="check")
    op.drop_column("stage_reports", "answered_at", schema="game")
    op.drop_column("stage_reports", "answer", schema="game")
    op.drop_column("stage_reports", "counts", schema="game")
