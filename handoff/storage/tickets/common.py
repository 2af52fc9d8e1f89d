"""What every change of a ticket needs: its lock, its audit row, and the bell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handoff.storage import sql
from handoff.storage.sql import Command, Ring, Rollback, Row, Sql
from handoff.storage.tables import Audit, Ticket

INSERT = sql.insert(Ticket)
AUDIT = sql.insert(Audit)
#: A new order: for a ticket that waits it moves in the queue, for any other it is only shown.
SET_ORDER = Sql(
    "UPDATE ticket SET level = :level, band = :band, queue_at = :queue_at, watched = :watched,"
    " cannot_call = :cannot_call, danger_unknown = :danger_unknown WHERE id = :id"
)
SET_TYPED = Sql("UPDATE ticket SET typed = true WHERE id = :id AND NOT typed")
SET_VISITOR = Sql(
    "UPDATE ticket SET visitor = :visitor, visitor_since = :since"
    " WHERE conversation = :conversation AND visitor <> :visitor AND state <> 'closed'"
    " RETURNING id, serving_region"
)
SET_CLOSED = Sql(
    "UPDATE ticket SET state = 'closed', disposition = :disposition, closed_at = :now,"
    " unread_until = NULL WHERE id = :id"
)
SET_AWAY = Sql(
    "UPDATE ticket SET caseworker_away = :away WHERE id = :id AND caseworker_away <> :away"
    " AND state = 'active' RETURNING id"
)
LOCK = Sql("SELECT * FROM ticket WHERE id = :id FOR NO KEY UPDATE")
LOCK_OF = Sql("SELECT * FROM ticket WHERE conversation = :id FOR NO KEY UPDATE")
#: Who waits anew is rung for anew, and reads so anew.
UNRING = Sql(
    "DELETE FROM escalation WHERE (kind LIKE 'ring_help/%' OR kind IN"
    " ('ring_line', 'ring_acute', 'ring_consult', 'wait_ring')) AND subject IN :tickets[]"
)
Note = tuple[Sql, Mapping[str, Any]]
"""The audit row of a command."""


def audit(
    id: str, at: int, actor: str, action: str, ticket: str | None, detail: str | None = None
) -> Note:
    """The statement that notes who did what. Never what was said."""
    return AUDIT, {
        "id": id,
        "at": at,
        "actor": actor,
        "action": action,
        "ticket": ticket,
        "detail": detail,
    }


def ring(ticket: str) -> Command[Row]:
    """Rings for the ticket's region and conversation; its row comes back."""
    rows = yield LOCK, {"id": ticket}
    if not rows:
        raise Rollback("unknown")
    yield Ring((*bells_of(rows[0]), f"c/{rows[0]['conversation']}/0"))
    return rows[0]


def bells_of(row: Row) -> tuple[str, ...]:
    """The regions that look at a ticket: whose line it stands in, and who serves it."""
    return tuple(dict.fromkeys((f"r/{row['serving_region']}", f"r/{row['queue_region']}")))
