"""The ledger: which region served whose visitors, and for how long (R25). No content, no names.

A chat counts for a region once, however often it came there, and it counts when it goes: at its
end, or when it is given back or handed on, so that nobody's minutes stand without their chat. The
ledger's row is locked after those of the ticket and its seat, before conversations.
"""

from __future__ import annotations

from handoff.storage.sql import Command, Row, Sql

#: A chat came to the region that serves it. Its agreement stays when it comes again without one.
CAME = Sql(
    "INSERT INTO served (ticket, region, at, agreement, settled)"
    " SELECT id, serving_region, served_since, agreement, false FROM ticket WHERE id = :ticket"
    " ON CONFLICT (ticket, region) DO UPDATE SET"
    " at = CASE WHEN excluded.agreement IS NULL THEN served.at ELSE excluded.at END,"
    " agreement = coalesce(excluded.agreement, served.agreement)"
)
SETTLED = Sql(
    "UPDATE served SET settled = true WHERE ticket = :ticket AND region = :region"
    " AND settled = false RETURNING ticket"
)
#: What a region has served of a chat, until now. A training chat never counts (R39).
COUNT = Sql(
    "INSERT INTO ledger (home_region, serving_region, month, chats, seconds)"
    " SELECT home_region, CAST(:region AS varchar), CAST(:month AS varchar),"
    " CAST(:chats AS integer), (CAST(:now AS bigint) - served_since) / 1000000 FROM ticket"
    " WHERE id = :ticket AND served_since IS NOT NULL AND training = false"
    " ON CONFLICT (home_region, serving_region, month) DO UPDATE SET"
    " chats = ledger.chats + excluded.chats, seconds = ledger.seconds + excluded.seconds"
)
NOT_SERVED = Sql("UPDATE ticket SET served_since = NULL WHERE id = :ticket")
SETTLEMENT = Sql(
    "SELECT home_region, serving_region, month, chats, seconds FROM ledger"
    " WHERE month = :month OR :month = ''"
    " ORDER BY month, home_region, serving_region"
)


def came(ticket: str) -> Command[None]:
    """Notes that the region which serves a chat now has it."""
    yield CAME, {"ticket": ticket}


def went(ticket: str, region: str, now: int, month: str) -> Command[None]:
    """Adds up what `region` served of a chat since somebody there began. `month` is that of the
    organisation's clock, such as 2026-11."""
    new = yield SETTLED, {"ticket": ticket, "region": region}
    values = {"ticket": ticket, "region": region, "now": now, "chats": len(new), "month": month}
    yield COUNT, values
    yield NOT_SERVED, {"ticket": ticket}


def settlement(month: str = "") -> Command[list[Row]]:
    """The rows of a month such as 2026-11, or of all."""
    return (yield SETTLEMENT, {"month": month})
