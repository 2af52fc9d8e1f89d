"""What becomes of a ticket whose visitor left: missed, read, closed, or there again."""

from __future__ import annotations

from collections.abc import Sequence

from handoff.protocol import LEFT
from handoff.storage import conversations, hearings, seats
from handoff.storage.sql import Again, Command, Ring, Rollback, Sql
from handoff.storage.tickets.common import (
    LOCK,
    LOCK_OF,
    SET_CLOSED,
    SET_VISITOR,
    UNRING,
    Note,
    bells_of,
    ring,
)
from handoff.storage.units import LOCKED, Conflict, NewEvent

#: What a visitor is called who has no link; who stopped or left in a hurry chose so.
LINK_LOST = ("away", "gone")
SET_VISITORS_AWAY = Sql(
    "UPDATE ticket SET visitor = 'away', visitor_since = :since WHERE conversation IN :ids[]"
    " AND visitor = 'online' AND state <> 'closed' RETURNING serving_region"
)
SET_VISITOR_AWAY = Sql(
    "UPDATE ticket SET visitor = :visitor, visitor_since = :since"
    " WHERE conversation = :conversation AND visitor = 'online' AND state <> 'closed'"
)
SET_MISSED = Sql(
    "UPDATE ticket SET state = 'missed', serving_region = queue_region, agreement = NULL,"
    " unread_until = :until, reason = NULL WHERE id = :id"
)
#: Who left an acute ticket behind lets those go first who are there.
SET_BEHIND = Sql("UPDATE ticket SET queue_at = queue_at + :behind WHERE id = :id")
SET_BACK = Sql(
    "UPDATE ticket SET state = 'waiting', unread_until = NULL, visitor = 'online',"
    " entered_at = :now, visitor_since = :now WHERE id = :id AND state = 'missed' RETURNING id"
)
SET_READ = Sql(
    "UPDATE ticket SET state = 'wrap_up', caseworker = :caseworker, opened_by = :caseworker,"
    " opened_at = :now, ended_at = :now, unread_until = NULL"
    " WHERE id = :id AND state = 'missed' RETURNING id"
)


def read_missed(ticket: str, caseworker: str, now: int, note: Note) -> Command[str]:
    """A caseworker opens a missed ticket. Raises `Rollback("taken")` when somebody else did."""
    rows = yield SET_READ, {"id": ticket, "caseworker": caseworker, "now": now}
    if not rows:
        raise Rollback("taken")
    yield note
    row = yield from ring(ticket)
    conversation = str(row["conversation"])
    yield conversations.SET_STATE, {"id": conversation, "state": "closed", "reason": "left"}
    return conversation


def close(
    ticket: str,
    caseworker: str | None,
    disposition: str,
    now: int,
    erase_at: int,
    note: Note,
    counts: Sequence[hearings.Count] = (),
    as_of: int | None = None,
) -> Command[str]:
    """Closes a ticket with its disposition; from now the time to erasure runs.

    `caseworker` None closes what nobody read. `counts` is what its reader made of what was heard,
    worked out `as_of` that number of the conversation. Raises `Rollback`: `not_yours`, `not_open`;
    `Conflict` when something was judged meanwhile.
    """
    rows = yield LOCK, {"id": ticket}
    if not rows:
        raise Rollback("unknown")
    row = rows[0]
    if row["state"] != ("missed" if caseworker is None else "wrap_up"):
        raise Rollback("not_open")
    if caseworker is not None and row["caseworker"] != caseworker:
        raise Rollback("not_yours")
    conversation = str(row["conversation"])
    if as_of is not None:
        found = yield LOCKED, {"ids": [conversation]}
        if found[0]["last_seq"] != as_of:
            raise Conflict(conversation)
    yield SET_CLOSED, {"id": ticket, "disposition": disposition, "now": now}
    yield (
        conversations.SET_STATE,
        {
            "id": conversation,
            "state": "closed",
            "reason": "left" if caseworker is None else "ended",
        },
    )
    yield conversations.SET_ERASE, {"id": conversation, "erase_at": erase_at}
    yield note
    yield from ring(ticket)
    yield from hearings.add(counts)
    return conversation


def leave(
    conversation: str,
    how: str,
    now: int,
    unread_until: int,
    erase_at: int,
    events: Sequence[NewEvent],
    *,
    drops_token: bool,
    behind: int = 0,
) -> Command[str]:
    """A visitor left: `stopped`, `exit` or `gone`. What becomes of the ticket is decided here,
    under its lock, because a caseworker may be accepting it at the same moment.

    An acute ticket stays and is offered like any other, `behind` microseconds further back so that
    who is there goes first; one in which something was typed is
    `missed` until it is read; one with nothing to read closes. The new ticket state comes back,
    `none` without a ticket. Raises `Again` when one opened at this moment.
    """
    rows = yield LOCK_OF, {"id": conversation}
    if not rows:
        # a ticket may be opening on another node: once its writer is done it is seen
        yield LOCKED, {"ids": [conversation]}
        if (yield conversations.TICKET_OF, {"id": conversation}):
            # tickets are locked before conversations: from the beginning
            raise Again
    row = rows[0] if rows else None
    state = str(row["state"]) if row else "none"
    if row is not None and how != row["visitor"]:
        yield SET_VISITOR, {"conversation": conversation, "visitor": how, "since": now}
        if how in LEFT and row["visitor"] not in LEFT:
            yield SET_BEHIND, {"id": row["id"], "behind": behind}
    if row is not None and state in ("waiting", "offered") and row["level"] != "acute":
        yield seats.DROP_ANY_OFFER, {"ticket": row["id"]}
        if row["typed"]:
            state = "missed"
            yield SET_MISSED, {"id": row["id"], "until": unread_until}
        else:
            state = "closed"
            yield SET_CLOSED, {"id": row["id"], "disposition": "left_before_contact", "now": now}
            yield conversations.SET_ERASE, {"id": conversation, "erase_at": erase_at}
    if how != "gone" or state == "closed":
        yield conversations.SET_STATE, {"id": conversation, "state": "closed", "reason": "left"}
    if drops_token or state == "closed":
        yield conversations.DROP_TOKEN, {"id": conversation}
    if row is None:
        yield conversations.SET_ERASE, {"id": conversation, "erase_at": erase_at}
    else:
        yield Ring(bells_of(row))
    yield from conversations.append(conversation, events)
    return state


def come_back(
    conversation: str, now: int, behind: int = 0, *, only_lost: bool = False
) -> Command[bool]:
    """A visitor who was gone is there again: an unread missed ticket waits once more, in the
    place it had. Whether it did comes back. `behind` is what `leave` added. With `only_lost`
    nothing changes unless the ticket still says that the link is lost."""
    rows = yield LOCK_OF, {"id": conversation}
    if not rows or (only_lost and rows[0]["visitor"] not in LINK_LOST):
        return False
    if rows[0]["visitor"] in LEFT:
        yield SET_BEHIND, {"id": rows[0]["id"], "behind": -behind}
    back = yield SET_BACK, {"id": rows[0]["id"], "now": now}
    if back:
        yield UNRING, {"tickets": [rows[0]["id"]]}
    if not back:
        yield SET_VISITOR, {"conversation": conversation, "visitor": "online", "since": now}
    yield Ring((*bells_of(rows[0]), f"c/{conversation}/0"))
    return bool(back)
