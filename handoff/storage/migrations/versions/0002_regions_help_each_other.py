"""Overflow, roster, operation, ledger.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

#: New columns of `ticket`; those that may not be null get a value for the rows that are there.
TEXT, TIME, FLAG = sa.String(), sa.BigInteger(), sa.Boolean()
WAITING = sa.text("state = 'waiting'")
HELPED = sa.text("agreement IS NOT NULL")
ACCEPTED = sa.text("accepted_at IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("ticket") as table:
        table.drop_index("ticket_queue")
        table.add_column(sa.Column("queue_region", TEXT, nullable=False, server_default=""))
        table.add_column(sa.Column("entered_at", TIME, nullable=False, server_default="0"))
        table.add_column(sa.Column("own_only", FLAG, nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("training", FLAG, nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("agreement", TEXT, nullable=True))
        table.add_column(sa.Column("told_region", TEXT, nullable=True))
        table.add_column(sa.Column("served_since", TIME, nullable=True))
    op.execute(
        "UPDATE ticket SET queue_region = home_region, entered_at = waiting_since,"
        " served_since = CASE WHEN state = 'active' THEN accepted_at END"
    )
    with op.batch_alter_table("ticket") as table:
        for name in ("queue_region", "entered_at", "own_only", "training"):
            table.alter_column(name, server_default=None)
    op.create_index(
        "ticket_queue",
        "ticket",
        ["queue_region", "band", "queue_at", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index(
        "ticket_waits",
        "ticket",
        ["queue_region", "level", "accepted_at"],
        sqlite_where=ACCEPTED,
        postgresql_where=ACCEPTED,
    )
    op.create_index(
        "ticket_helped",
        "ticket",
        ["serving_region", "agreement"],
        sqlite_where=HELPED,
        postgresql_where=HELPED,
    )
    op.create_index("ticket_caseworker", "ticket", ["caseworker", "state"])
    for name in ("caseworker_seats", "account"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("languages", TEXT, nullable=False, server_default=""))
        with op.batch_alter_table(name) as table:
            table.alter_column("languages", server_default=None)
    with op.batch_alter_table("caseworker_seats") as table:
        most = sa.Column("most", sa.SmallInteger(), nullable=False, server_default="3")
        table.add_column(most)
        table.create_check_constraint("caseworker_most", "most BETWEEN 0 AND 3")
    with op.batch_alter_table("caseworker_seats") as table:
        table.alter_column("most", server_default=None)
    op.create_table(
        "roster",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("region", TEXT, nullable=False),
        sa.Column("username", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("days", TEXT, nullable=False),
        sa.Column("start_min", sa.Integer(), nullable=False),
        sa.Column("end_min", sa.Integer(), nullable=False),
        sa.Column("first_day", TEXT, nullable=False),
        sa.Column("last_day", TEXT, nullable=True),
        sa.Column("made_by", TEXT, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
    )
    op.create_index(op.f("ix_roster_region"), "roster", ["region"])
    op.create_table(
        "operation",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("region", TEXT, nullable=False),
        sa.Column("other_region", TEXT, nullable=True),
        sa.Column("subject", TEXT, nullable=True),
        sa.Column("value", TEXT, nullable=True),
        sa.Column("from_at", TIME, nullable=False),
        sa.Column("until_at", TIME, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("made_by", TEXT, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("answered_by", TEXT, nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
    )
    op.create_index("operation_until", "operation", ["until_at"])
    op.create_table(
        "ledger",
        sa.Column("home_region", TEXT, primary_key=True),
        sa.Column("serving_region", TEXT, primary_key=True),
        sa.Column("month", TEXT, primary_key=True),
        sa.Column("chats", sa.Integer(), nullable=False),
        sa.Column("seconds", TIME, nullable=False),
    )
    op.create_table(
        "escalation",
        sa.Column("subject", TEXT, primary_key=True),
        sa.Column("kind", TEXT, primary_key=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("region", TEXT, nullable=True),
        sa.Column("answered_by", TEXT, nullable=True),
        sa.Column("answered_at", TIME, nullable=True),
    )


def downgrade() -> None:
    for name in ("escalation", "ledger", "operation", "roster"):
        op.drop_table(name)
    with op.batch_alter_table("caseworker_seats") as table:
        table.drop_constraint("caseworker_most", type_="check")
        table.drop_column("most")
    for name in ("caseworker_seats", "account"):
        with op.batch_alter_table(name) as table:
            table.drop_column("languages")
    with op.batch_alter_table("ticket") as table:
        table.drop_index("ticket_queue")
        table.drop_index("ticket_helped")
        table.drop_index("ticket_caseworker")
        table.drop_index("ticket_waits")
        for name in (
            "queue_region",
            "entered_at",
            "own_only",
            "training",
            "agreement",
            "told_region",
            "served_since",
        ):
            table.drop_column(name)
    op.create_index(
        "ticket_queue",
        "ticket",
        ["home_region", "band", "queue_at", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
