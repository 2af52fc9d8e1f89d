"""Which regions served a chat: it counts for them, also when it went elsewhere since.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

HELPED = sa.text("agreement IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "served",
        sa.Column("ticket", sa.String(), sa.ForeignKey("ticket.id"), primary_key=True),
        sa.Column("region", sa.String(), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("agreement", sa.String(), nullable=True),
        sa.Column("settled", sa.Boolean(), nullable=False),
    )
    op.create_index(
        "served_help",
        "served",
        ["region", "at"],
        sqlite_where=HELPED,
        postgresql_where=HELPED,
    )
    # chats that are served now, and those that were helped: they count today
    op.execute(
        "INSERT INTO served (ticket, region, at, agreement, settled)"
        " SELECT id, serving_region, coalesce(served_since, accepted_at), agreement,"
        " served_since IS NULL FROM ticket WHERE served_since IS NOT NULL"
        " OR (agreement IS NOT NULL AND accepted_at IS NOT NULL AND state <> 'offered')"
    )
    op.drop_index("ticket_helped", "ticket")


def downgrade() -> None:
    op.create_index(
        "ticket_helped",
        "ticket",
        ["serving_region", "agreement"],
        sqlite_where=HELPED,
        postgresql_where=HELPED,
    )
    op.drop_table("served")
