"""Accounts and bodies"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("is_adult", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(name) <= 80", name=op.f("accounts_name_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("accounts_pkey")),
        schema="people",
    )
    op.create_index(
        op.f("accounts_leaves_at_idx"),
        "accounts",
        ["leaves_at"],
        unique=False,
        schema="people",
        postgresql_where=sa.text("leaves_at IS NOT NULL"),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('code', 'passkey', 'new-passkey', 'provider')", name=op.f("attempts_kind_check")
        ),
        sa.CheckConstraint("octet_length(token_sha256) = 32", name=op.f("attempts_token_sha256_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("attempts_pkey")),
        sa.UniqueConstraint("token_sha256", name=op.f("attempts_token_sha256_key")),
        schema="people",
    )
    op.create_index(
        op.f("attempts_address_begun_at_idx"),
        "attempts",
        ["address", "begun_at"],
        unique=False,
        schema="people",
    )
    op.create_index(op.f("attempts_begun_at_idx"), "attempts", ["begun_at"], unique=False, schema="people")
    op.create_table(
        "bodies",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('association', 'sameby', 'municipality', 'region')", name=op.f("bodies_kind_check")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'active', 'refused', 'closed')", name=op.f("bodies_state_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("bodies_pkey")),
        schema="people",
    )
    op.create_index(
        op.f("bodies_municipality_idx"), "bodies", ["municipality"], unique=False, schema="people"
    )
    op.create_table(
        "deeds",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("body_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("deeds_pkey")),
        schema="people",
    )
    op.create_index(op.f("deeds_account_id_idx"), "deeds", ["account_id"], unique=False, schema="people")
    op.create_index(op.f("deeds_body_id_id_idx"), "deeds", ["body_id", "id"], unique=False, schema="people")
    op.create_table(
        "mails",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("mails_pkey")),
        schema="people",
    )
    op.create_index(op.f("mails_made_at_idx"), "mails", ["made_at"], unique=False, schema="people")
    op.create_table(
        "addresses",
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["people.accounts.id"], name=op.f("addresses_account_id_fkey")
        ),
        sa.PrimaryKeyConstraint("address", name=op.f("addresses_pkey")),
        sa.UniqueConstraint("account_id", name=op.f("addresses_account_id_key")),
        schema="people",
    )
    op.create_table(
        "claims",
        sa.Column("player_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["people.accounts.id"], name=op.f("claims_account_id_fkey")),
        sa.PrimaryKeyConstraint("player_id", name=op.f("claims_pkey")),
        schema="people",
    )
    op.create_index(op.f("claims_account_id_idx"), "claims", ["account_id"], unique=False, schema="people")
    op.create_table(
        "duties",
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "duty IN ('guide', 'moderator', 'language-helper', 'insights', 'administrator')",
            name=op.f("duties_duty_check"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["people.accounts.id"], name=op.f("duties_account_id_fkey")),
        sa.PrimaryKeyConstraint("account_id", "duty", "municipality", name=op.f("duties_pkey")),
        schema="people",
    )
    op.create_table(
        "identities",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["people.accounts.id"], name=op.f("identities_account_id_fkey")
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("identities_pkey")),
        schema="people",
    )
    op.create_index(
        op.f("identities_account_id_idx"), "identities", ["account_id"], unique=False, schema="people"
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("body_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("code_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('viewer', 'author', 'editor', 'owner')", name=op.f("invitations_role_check")
        ),
        sa.CheckConstraint("octet_length(code_sha256) = 32", name=op.f("invitations_code_sha256_check")),
        sa.ForeignKeyConstraint(["body_id"], ["people.bodies.id"], name=op.f("invitations_body_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("invitations_pkey")),
        sa.UniqueConstraint("code_sha256", name=op.f("invitations_code_sha256_key")),
        schema="people",
    )
    op.create_index(
        op.f("invitations_body_id_idx"), "invitations", ["body_id"], unique=False, schema="people"
    )
    op.create_index(
        op.f("invitations_invited_by_idx"), "invitations", ["invited_by"], unique=False, schema="people"
    )
    op.create_table(
        "members",
        sa.Column("body_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('viewer', 'author', 'editor', 'owner')", name=op.f("members_role_check")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["people.accounts.id"], name=op.f("members_account_id_fkey")),
        sa.ForeignKeyConstraint(["body_id"], ["people.bodies.id"], name=op.f("members_body_id_fkey")),
        sa.PrimaryKeyConstraint("body_id", "account_id", name=op.f("members_pkey")),
        schema="people",
    )
    op.create_index(op.f("members_account_id_idx"), "members", ["account_id"], unique=False, schema="people")
    op.create_table(
        "passkeys",
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("signatures", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["people.accounts.id"], name=op.f("passkeys_account_id_fkey")
        ),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("passkeys_pkey")),
        schema="people",
    )
    op.create_index(
        op.f("passkeys_account_id_idx"), "passkeys", ["account_id"], unique=False, schema="people"
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("how IN ('code', 'passkey', 'provider')", name=op.f("sessions_how_check")),
        sa.CheckConstraint("octet_length(token_sha256) = 32", name=op.f("sessions_token_sha256_check")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["people.accounts.id"], name=op.f("sessions_account_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("sessions_pkey")),
        sa.UniqueConstraint("token_sha256", name=op.f("sessions_token_sha256_key")),
        schema="people",
    )
    op.create_index(
        op.f("sessions_account_id_idx"), "sessions", ["account_id"], unique=False, schema="people"
    )
    op.create_index(op.f("sessions_ends_at_idx"), "sessions", ["ends_at"], unique=False, schema="people")


def downgrade() -> None:
    op.drop_index(op.f("sessions_ends_at_idx"), table_name="sessions", schema="people")
    op.drop_index(op.f("sessions_account_id_idx"), table_name="sessions", schema="people")
    op.drop_table("sessions", schema="people")
    op.drop_index(op.f("passkeys_account_id_idx"), table_name="passkeys", schema="people")
    op.drop_table("passkeys", schema="people")
    op.drop_index(op.f("members_account_id_idx"), table_name="members", schema="people")
    op.drop_table("members", schema="people")
    op.drop_index(op.f("invitations_invited_by_idx"), table_name="invitations", schema="people")
    op.drop_index(op.f("invitations_body_id_idx"), table_name="invitations", schema="people")
    op.drop_table("invitations", schema="people")
    op.drop_index(op.f("identities_account_id_idx"), table_name="identities", schema="people")
    op.drop_table("identities", schema="people")
    op.drop_table("duties", schema="people")
    op.drop_index(op.f("claims_account_id_idx"), table_name="claims", schema="people")
    op.drop_table("claims", schema="people")
    op.drop_table("addresses", schema="people")
    op.drop_index(op.f("mails_made_at_idx"), table_name="mails", schema="people")
    op.drop_table("mails", schema="people")
    op.drop_index(op.f("deeds_body_id_id_idx"), table_name="deeds", schema="people")
    op.drop_index(op.f("deeds_account_id_idx"), table_name="deeds", schema="people")
    op.drop_table("deeds", schema="people")
    op.drop_index(op.f("bodies_municipality_idx"), table_name="bodies", schema="people")
    op.drop_table("bodies", schema="people")
    op.drop_index(op.f("attempts_begun_at_idx"), table_name="attempts", schema="people")
    op.drop_index(op.f("attempts_address_begun_at_idx"), table_name="attempts", schema="people")
    op.drop_table("attempts", schema="people")
    op.drop_index(
        op.f("accounts_leaves_at_idx"),
        table_name="accounts",
        schema="people",
        postgresql_where=sa.text("leaves_at IS NOT NULL"),
    )
    op.drop_table("accounts", schema="people")
