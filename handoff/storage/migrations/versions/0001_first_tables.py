"""The first tables.

Revision: 0001, after nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("username"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("ticket", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_audit_ticket"), "audit", ["ticket"], unique=False)
    op.create_table(
        "conversation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("idle_at", sa.BigInteger(), nullable=True),
        sa.Column("erase_at", sa.BigInteger(), nullable=True),
        sa.Column("talk", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
    )
    op.create_index("conversation_erase", "conversation", ["erase_at"], unique=False)
    op.create_index("conversation_idle", "conversation", ["idle_at"], unique=False)
    op.create_table(
        "event",
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", "seq"),
        sa.UniqueConstraint("conversation", "author", "client_id"),
    )
    op.create_table(
        "node",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("beat_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "number",
        sa.Column("n", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_table(
        "presence",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
    )
    op.create_index(op.f("ix_presence_node"), "presence", ["node"], unique=False)
    op.create_table(
        "region_seats",
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("cap", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("cap >= 0", name="region_cap"),
        sa.PrimaryKeyConstraint("region"),
    )
    op.create_table(
        "release",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "return_code",
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("lookup"),
    )
    op.create_table(
        "caseworker_seats",
        sa.Column("caseworker", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("cap", sa.SmallInteger(), nullable=False),
        sa.Column("available", sa.SmallInteger(), nullable=False),
        sa.Column("unanswered", sa.SmallInteger(), nullable=False),
        sa.Column("last_offer_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("cap BETWEEN 0 AND 3", name="caseworker_cap"),
        sa.ForeignKeyConstraint(
            ["region"],
            ["region_seats.region"],
        ),
        sa.PrimaryKeyConstraint("caseworker"),
    )
    op.create_index(
        op.f("ix_caseworker_seats_region"), "caseworker_seats", ["region"], unique=False
    )
    op.create_table(
        "conversation_key",
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation.id"],
        ),
        sa.PrimaryKeyConstraint("conversation", "purpose"),
    )
    op.create_index(
        op.f("ix_conversation_key_key_id"), "conversation_key", ["key_id"], unique=False
    )
    op.create_table(
        "login_session",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["username"],
            ["account.username"],
        ),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_index(op.f("ix_login_session_username"), "login_session", ["username"], unique=False)
    op.create_table(
        "ticket",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("home_region", sa.String(), nullable=False),
        sa.Column("serving_region", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("band", sa.SmallInteger(), nullable=False),
        sa.Column("queue_at", sa.BigInteger(), nullable=False),
        sa.Column("waiting_since", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("watched", sa.Boolean(), nullable=False),
        sa.Column("cannot_call", sa.Boolean(), nullable=False),
        sa.Column("danger_unknown", sa.Boolean(), nullable=False),
        sa.Column("returned", sa.Boolean(), nullable=False),
        sa.Column("given_back", sa.Boolean(), nullable=False),
        sa.Column("typed", sa.Boolean(), nullable=False),
        sa.Column("visitor", sa.String(), nullable=False),
        sa.Column("visitor_since", sa.BigInteger(), nullable=False),
        sa.Column("caseworker", sa.String(), nullable=True),
        sa.Column("opened_by", sa.String(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("disposition", sa.String(), nullable=True),
        sa.Column("caseworker_away", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("unread_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conversation"),
    )
    op.create_index(
        "ticket_queue",
        "ticket",
        ["home_region", "band", "queue_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ticket_state", "ticket", ["state", "serving_region"], unique=False)
    op.create_table(
        "not_again",
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("caseworker", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("declined", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["ticket.id"],
        ),
        sa.PrimaryKeyConstraint("ticket", "caseworker"),
    )
    op.create_table(
        "seat",
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("caseworker", sa.String(), nullable=False),
        sa.Column("n", sa.SmallInteger(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("n BETWEEN 1 AND 3", name="seat_n"),
        sa.CheckConstraint("place >= 1", name="seat_place"),
        sa.ForeignKeyConstraint(
            ["caseworker"],
            ["caseworker_seats.caseworker"],
        ),
        sa.ForeignKeyConstraint(
            ["region"],
            ["region_seats.region"],
        ),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["ticket.id"],
        ),
        sa.PrimaryKeyConstraint("ticket"),
        sa.UniqueConstraint("caseworker", "n"),
        sa.UniqueConstraint("region", "place"),
    )
    op.create_index(op.f("ix_seat_expires_at"), "seat", ["expires_at"], unique=False)
    number = sa.table("number", sa.column("n", sa.SmallInteger))
    op.bulk_insert(number, [{"n": n} for n in range(1, 201)])


def downgrade() -> None:
    for name in (
        "seat",
        "not_again",
        "ticket",
        "login_session",
        "conversation_key",
        "caseworker_seats",
        "return_code",
        "release",
        "region_seats",
        "presence",
        "number",
        "node",
        "event",
        "conversation",
        "audit",
        "account",
    ):
        op.drop_table(name)
