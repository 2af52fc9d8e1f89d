"""The ledger as it is settled: who helped whom (R25). No content, no names."""

from __future__ import annotations

from handoff.storage.sql import Command, Row, Sql

SETTLEMENT = Sql(
    "SELECT home_region, serving_region, month, chats, seconds FROM ledger"
    " WHERE month = :month OR :month = ''"
    " ORDER BY month, home_region, serving_region"
)


def settlement(month: str = "") -> Command[list[Row]]:
    """The rows of a month such as 2026-11, or of all."""
    return (yield SETTLEMENT, {"month": month})
