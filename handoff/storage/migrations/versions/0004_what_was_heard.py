"""How often danger was heard, and what caseworkers made of it: numbers for the pilot.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "heard_level",
        sa.Column("region", sa.String(), primary_key=True),
        sa.Column("day", sa.String(), primary_key=True),
        sa.Column("level", sa.String(), primary_key=True),
        sa.Column("heard", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("struck", sa.Integer(), nullable=False),
    )
    op.create_table(
        "heard_signal",
        sa.Column("month", sa.String(), primary_key=True),
        sa.Column("signal", sa.String(), primary_key=True),
        sa.Column("heard", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("struck", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("heard_signal")
    op.drop_table("heard_level")
