"""What who waits is told: each kind of notice once for a ticket, whatever node writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handoff.protocol import LEFT
from handoff.storage import conversations, tickets
from handoff.storage.once import once
from handoff.storage.sql import Command, Rollback, Row, Sql
from handoff.storage.units import NewEvent

#: Before every ticket in the order of `IN_LINE`.
START = {"queue_region": "", "band": -1, "queue_at": -1, "id": ""}

#: In the order of the index `ticket_queue`, so that a page of it is read and nothing is sorted.
IN_LINE = Sql(
    "SELECT id, conversation, home_region, queue_region, band, queue_at, waiting_since, visitor,"
    " own_only, told_region FROM ticket WHERE state = 'waiting' AND training = false"
    " AND visitor NOT IN ('stopped', 'exit', 'gone')"
    " AND (queue_region, band, queue_at, id) > (:queue_region, :band, :queue_at, :id)"
    " ORDER BY queue_region, band, queue_at, id LIMIT :most"
)
#: A ring counts once it reached somebody: until then none is promised.
KINDS_OF = Sql(
    "SELECT subject, kind FROM escalation WHERE subject IN :ids[]"
    " AND (kind NOT LIKE 'ring%' OR answered_at IS NOT NULL)"
)
#: The visitor answered: the first answer counts.
ANSWERED = Sql(
    "UPDATE escalation SET answered_by = :by, answered_at = :at"
    " WHERE subject = :subject AND kind = :kind AND answered_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A page of those who wait, in any region, and what happened to each already, by ticket."""

    rows: Sequence[Row]
    kinds: dict[str, frozenset[str]]


def in_line(after: Row, most: int) -> Command[Line]:
    """Who waits and did not leave, `most` at a time, from `after` on (a row, or `START`)."""
    rows = yield IN_LINE, {**{name: after[name] for name in START}, "most": most}
    kinds: dict[str, set[str]] = {}
    if rows:
        for row in (yield KINDS_OF, {"ids": [row["id"] for row in rows]}):
            kinds.setdefault(str(row["subject"]), set()).add(str(row["kind"]))
    return Line(rows, {subject: frozenset(found) for subject, found in kinds.items()})


def tell(
    ticket: str,
    kind: str,
    now: int,
    events: Sequence[NewEvent],
    *,
    spares_acute: bool,
) -> Command[None]:
    """Writes what the visitor of a waiting ticket is told, once for each kind.

    Raises `Rollback`: `taken` when the ticket does not wait any more, or became acute and is to be
    spared; `told` when another node was faster.
    """
    rows = yield tickets.LOCK, {"id": ticket}
    if not rows or rows[0]["state"] != "waiting" or rows[0]["visitor"] in LEFT:
        raise Rollback("taken")
    if spares_acute and rows[0]["level"] == "acute":
        raise Rollback("taken")
    if not (yield from once(ticket, kind, now, rows[0]["queue_region"])):
        raise Rollback("told")
    yield from conversations.append(str(rows[0]["conversation"]), events)
