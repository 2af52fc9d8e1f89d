"""Tickets: the statements and transactions behind queue, desk and ways of leaving.

What a transition may do stands in `handoff/desk`; here is how it is done at once or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handoff.storage import conversations, seats, sql
from handoff.storage.sql import Command, Ring, Rollback, Row, Sql
from handoff.storage.tables import Audit, NotAgain, Ticket
from handoff.storage.units import LOCKED, NewEvent

INSERT = sql.insert(Ticket)
AUDIT = sql.insert(Audit)
NOT_AGAIN = sql.upsert(NotAgain)

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
SET_VISITORS_AWAY = Sql(
    "UPDATE ticket SET visitor = 'away', visitor_since = :since WHERE conversation IN :ids[]"
    " AND visitor = 'online' AND state <> 'closed' RETURNING serving_region"
)
SET_VISITOR_AWAY = Sql(
    "UPDATE ticket SET visitor = :visitor, visitor_since = :since"
    " WHERE conversation = :conversation AND visitor = 'online' AND state <> 'closed'"
)
SET_MISSED = Sql(
    "UPDATE ticket SET state = 'missed', unread_until = :until, reason = NULL WHERE id = :id"
)
SET_BACK = Sql(
    "UPDATE ticket SET state = 'waiting', unread_until = NULL, visitor = 'online',"
    " visitor_since = :now WHERE id = :id AND state = 'missed' RETURNING id"
)
SET_CLOSED = Sql(
    "UPDATE ticket SET state = 'closed', disposition = :disposition, closed_at = :now,"
    " unread_until = NULL WHERE id = :id"
)
SET_ACCEPTED = Sql(
    "UPDATE ticket SET caseworker = :caseworker, accepted_at = coalesce(accepted_at, :now),"
    " opened_by = coalesce(opened_by, :caseworker), opened_at = coalesce(opened_at, :now),"
    " serving_region = :region, caseworker_away = false, reason = NULL WHERE id = :id"
)
SET_WRAP_UP = Sql(
    "UPDATE ticket SET state = 'wrap_up', ended_at = :now WHERE id = :id AND state = 'active'"
    " RETURNING id, caseworker"
)
SET_READ = Sql(
    "UPDATE ticket SET state = 'wrap_up', caseworker = :caseworker, opened_by = :caseworker,"
    " opened_at = :now, ended_at = :now, unread_until = NULL"
    " WHERE id = :id AND state = 'missed' RETURNING id"
)
SET_WAITING = Sql(
    "UPDATE ticket SET state = 'waiting', caseworker = NULL, caseworker_away = false,"
    " given_back = true, band = :band, queue_at = :queue_at, reason = :reason WHERE id = :id"
    " AND state IN ('active', 'waiting') RETURNING id"
)
SET_REASON = Sql("UPDATE ticket SET reason = :reason WHERE id = :id")
SET_AWAY = Sql(
    "UPDATE ticket SET caseworker_away = :away WHERE id = :id AND caseworker_away <> :away"
    " AND state = 'active' RETURNING id"
)
LOCK = Sql("SELECT * FROM ticket WHERE id = :id FOR NO KEY UPDATE")
LOCK_OF = Sql("SELECT * FROM ticket WHERE conversation = :id FOR NO KEY UPDATE")
OFFERED = Sql("UPDATE caseworker_seats SET last_offer_at = :now WHERE caseworker = :caseworker")
UNANSWERED = Sql(
    "UPDATE caseworker_seats SET unanswered = unanswered + 1 WHERE caseworker = :caseworker"
    " RETURNING unanswered"
)
ANSWERED = Sql("UPDATE caseworker_seats SET unanswered = 0 WHERE caseworker = :caseworker")
CONVERSATIONS_OF = Sql("SELECT conversation FROM ticket WHERE id IN :ids[]")
DROP_NOT_AGAIN = Sql("DELETE FROM not_again WHERE ticket = :id")

ON_THE_DESKS = Sql(
    "SELECT t.*, c.talk, c.last_seq, c.region, k.key_id, k.wrapped,"
    " s.caseworker AS seat_of, s.expires_at FROM ticket t"
    " JOIN conversation c ON c.id = t.conversation"
    " LEFT JOIN conversation_key k ON k.conversation = c.id AND k.purpose = 'talk'"
    " LEFT JOIN seat s ON s.ticket = t.id"
    " WHERE t.state IN ('waiting', 'offered', 'active', 'wrap_up', 'missed')"
    " AND t.serving_region = :region ORDER BY t.band, t.queue_at, t.id"
)
ONE = Sql(
    "SELECT t.*, c.talk, c.last_seq, c.region, k.key_id, k.wrapped,"
    " s.caseworker AS seat_of, s.expires_at FROM ticket t"
    " JOIN conversation c ON c.id = t.conversation"
    " LEFT JOIN conversation_key k ON k.conversation = c.id AND k.purpose = 'talk'"
    " LEFT JOIN seat s ON s.ticket = t.id WHERE t.id = :id"
)
HEADS = Sql(
    "SELECT id, band, queue_at, waiting_since FROM ticket"
    " WHERE state = 'waiting' AND home_region = :region ORDER BY band, queue_at, id LIMIT :most"
)
OFFERS_BELOW = Sql(
    "SELECT s.ticket, s.caseworker FROM seat s JOIN ticket t ON t.id = s.ticket"
    " WHERE s.region = :region AND s.expires_at IS NOT NULL AND t.state = 'offered'"
    " AND t.band > 0 ORDER BY t.band DESC, t.queue_at DESC, t.id DESC"
)
NOT_AGAIN_OF = Sql(
    "SELECT n.ticket, n.caseworker, n.declined FROM not_again n JOIN ticket t ON t.id = n.ticket"
    " WHERE n.until > :now AND t.state = 'waiting' AND t.home_region = :region"
)
WAITING_REGIONS = Sql("SELECT DISTINCT home_region FROM ticket WHERE state = 'waiting'")
PRESENT = Sql(
    "SELECT w.caseworker, p.state, p.linked FROM caseworker_seats w"
    " JOIN presence p ON p.subject = 'caseworker/' || w.caseworker WHERE w.region = :region"
)
RECENT_WAITS = Sql(
    "SELECT accepted_at - waiting_since AS wait FROM ticket WHERE home_region = :region"
    " AND band = :band AND accepted_at >= :since AND given_back = false"
    " ORDER BY accepted_at DESC LIMIT 100"
)
EXPIRED_OFFERS = Sql("SELECT ticket FROM seat WHERE expires_at <= :now ORDER BY expires_at")
GONE = Sql(
    "SELECT conversation FROM ticket WHERE visitor = 'away' AND"
    " ((state IN ('waiting', 'offered') AND visitor_since <= :waiting)"
    "  OR (state = 'active' AND visitor_since <= :active))"
)
LEFT = Sql(
    "SELECT id, caseworker FROM ticket WHERE state = 'active' AND visitor_since <= :before"
    " AND visitor IN ('stopped', 'exit', 'gone')"
)
UNREAD = Sql("SELECT id, conversation FROM ticket WHERE state = 'missed' AND unread_until <= :now")
CHATS_OF = Sql(
    "SELECT id, conversation, serving_region FROM ticket WHERE caseworker = :caseworker"
    " AND state = 'active' ORDER BY id"
)


def regions_of(rows: Sequence[Row]) -> tuple[str, ...]:
    """The bells of the regions that these tickets are served by."""
    return tuple(dict.fromkeys(f"r/{row['serving_region']}" for row in rows))


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


def one(id: str) -> Command[Row | None]:
    """A ticket with what its card needs."""
    rows = yield ONE, {"id": id}
    return rows[0] if rows else None


@dataclass(frozen=True, slots=True)
class RegionRows:
    """The open tickets of a region in service order, its caseworkers, and how full it is."""

    tickets: Sequence[Row]
    caseworkers: Sequence[Row]
    places: Sequence[Row]
    present: Sequence[Row]


def on_the_desks(region: str) -> Command[RegionRows]:
    """What the desks of a region show, as of one moment."""
    return RegionRows(
        tickets=(yield ON_THE_DESKS, {"region": region}),
        caseworkers=(yield seats.USED, {"region": region}),
        places=(yield seats.REGION_USED, {"region": region}),
        present=(yield PRESENT, {"region": region}),
    )


@dataclass(frozen=True, slots=True)
class RoutingRows:
    """What the routing rule looks at; `below` are the offers that an acute ticket may take over."""

    heads: Sequence[Row]
    caseworkers: Sequence[Row]
    places: Sequence[Row]
    refused: Sequence[Row]
    below: Sequence[Row]


def routing_rows(region: str, now: int, most: int) -> Command[RoutingRows]:
    """The heads of a region's queue and who could serve them, as of one moment."""
    return RoutingRows(
        heads=(yield HEADS, {"region": region, "most": most}),
        caseworkers=(yield seats.USED, {"region": region}),
        places=(yield seats.REGION_USED, {"region": region}),
        refused=(yield NOT_AGAIN_OF, {"region": region, "now": now}),
        below=(yield OFFERS_BELOW, {"region": region}),
    )


def recent_waits(region: str, band: int, since: int) -> Command[list[int]]:
    """How long visitors of a region waited lately, in microseconds."""
    rows = yield RECENT_WAITS, {"region": region, "band": band, "since": since}
    return [int(row["wait"]) for row in rows]


def offer(ticket: str, caseworker: str, expires_at: int, now: int, reason: str) -> Command[None]:
    """Holds a seat for a ticket."""
    yield from seats.claim(ticket, caseworker, expires_at)
    yield from _offered(ticket, caseworker, now, reason)


def offer_over(acute: str, other: str, expires_at: int, now: int, reason: str) -> Command[str]:
    """Gives an acute ticket the seat of an offer of lower level; whose desk it is comes back."""
    caseworker = yield from seats.take_over(acute, other, expires_at)
    yield SET_REASON, {"id": other, "reason": None}
    yield from _offered(acute, caseworker, now, reason)
    return caseworker


def _offered(ticket: str, caseworker: str, now: int, reason: str) -> Command[None]:
    yield SET_REASON, {"id": ticket, "reason": reason}
    yield OFFERED, {"caseworker": caseworker, "now": now}
    yield from ring(ticket)


def ring(ticket: str) -> Command[Row]:
    """Rings for the ticket's region and conversation; its row comes back."""
    rows = yield LOCK, {"id": ticket}
    if not rows:
        raise Rollback("unknown")
    yield Ring((f"r/{rows[0]['serving_region']}", f"c/{rows[0]['conversation']}/0"))
    return rows[0]


def accept(
    ticket: str, caseworker: str, region: str, now: int, events: Sequence[NewEvent], note: Note
) -> Command[str]:
    """Turns an offer into a chat, tells the visitor; the conversation comes back."""
    yield from seats.accept(ticket, caseworker, now)
    return (yield from _begun(ticket, caseworker, region, now, events, note))


def take(
    ticket: str, caseworker: str, region: str, now: int, events: Sequence[NewEvent], note: Note
) -> Command[str]:
    """Claims and accepts at once. Raises `Rollback`: `taken`, `no_seat`, `unknown`."""
    yield from seats.claim(ticket, caseworker, None, anyhow=True)
    return (yield from _begun(ticket, caseworker, region, now, events, note))


def _begun(
    ticket: str, caseworker: str, region: str, now: int, events: Sequence[NewEvent], note: Note
) -> Command[str]:
    yield SET_ACCEPTED, {"id": ticket, "caseworker": caseworker, "region": region, "now": now}
    yield ANSWERED, {"caseworker": caseworker}
    yield DROP_NOT_AGAIN, {"id": ticket}
    yield note
    row = yield from ring(ticket)
    conversation = str(row["conversation"])
    yield conversations.SET_STATE, {"id": conversation, "state": "active", "reason": None}
    if row["visitor"] in ("stopped", "exit"):
        # the visitor left for good: the conversation stays closed, the ticket is read
        yield conversations.SET_STATE, {"id": conversation, "state": "closed", "reason": "left"}
    yield from conversations.append(conversation, events)
    return conversation


def refuse_offer(ticket: str, caseworker: str, until: int) -> Command[None]:
    """A caseworker leaves an offer to somebody else."""
    yield from seats.decline(ticket, caseworker)
    yield NOT_AGAIN, _not_again(ticket, caseworker, until, declined=True)
    yield ANSWERED, {"caseworker": caseworker}
    yield SET_REASON, {"id": ticket, "reason": None}
    yield from ring(ticket)


def expire_offer(ticket: str, now: int, until: int) -> Command[tuple[str, int]]:
    """An offer that got no answer; whose it was, and how many in a row that makes."""
    caseworker = yield from seats.expire(ticket, now)
    yield NOT_AGAIN, _not_again(ticket, caseworker, until, declined=False)
    rows = yield UNANSWERED, {"caseworker": caseworker}
    yield SET_REASON, {"id": ticket, "reason": None}
    yield from ring(ticket)
    return caseworker, int(rows[0]["unanswered"])


def _not_again(ticket: str, caseworker: str, until: int, declined: bool) -> dict[str, Any]:
    return {"ticket": ticket, "caseworker": caseworker, "until": until, "declined": declined}


def end(
    ticket: str, caseworker: str | None, now: int, events: Sequence[NewEvent], note: Note
) -> Command[str]:
    """Ends a chat: the seat is free, the disposition is still to come.

    `caseworker` None ends it whoever serves it: its visitor left. Raises `Rollback("not_yours")`.
    """
    yield from seats.lock_tickets([ticket])
    if caseworker is None:
        dropped = yield seats.DROP_ANY, {"ticket": ticket}
    else:
        dropped = yield seats.DROP_CHAT, {"ticket": ticket, "caseworker": caseworker}
    rows = (yield SET_WRAP_UP, {"id": ticket, "now": now}) if dropped else []
    if not rows:
        raise Rollback("not_yours")
    yield note
    row = yield from ring(ticket)
    conversation = str(row["conversation"])
    reason = "left" if row["visitor"] in ("stopped", "exit") else "ended"
    yield conversations.SET_STATE, {"id": conversation, "state": "closed", "reason": reason}
    yield from conversations.append(conversation, events)
    return conversation


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
    ticket: str, caseworker: str | None, disposition: str, now: int, erase_at: int, note: Note
) -> Command[str]:
    """Closes a ticket with its disposition; from now the time to erasure runs.

    `caseworker` None closes what nobody read. Raises `Rollback`: `not_yours`, `not_open`.
    """
    rows = yield LOCK, {"id": ticket}
    if not rows:
        raise Rollback("unknown")
    row = rows[0]
    if row["state"] != ("missed" if caseworker is None else "wrap_up"):
        raise Rollback("not_open")
    if caseworker is not None and row["caseworker"] != caseworker:
        raise Rollback("not_yours")
    yield SET_CLOSED, {"id": ticket, "disposition": disposition, "now": now}
    conversation = str(row["conversation"])
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
) -> Command[str]:
    """A visitor left: `stopped`, `exit` or `gone`. What becomes of the ticket is decided here,
    under its lock, because a caseworker may be accepting it at the same moment.

    An acute ticket stays and is offered like any other; one in which something was typed is
    `missed` until it is read; one with nothing to read closes. The new ticket state comes back,
    `none` without a ticket.
    """
    rows = yield LOCK_OF, {"id": conversation}
    if not rows:
        # a ticket may be opening on another node: once its writer is done it is seen
        yield LOCKED, {"ids": [conversation]}
        rows = yield LOCK_OF, {"id": conversation}
    row = rows[0] if rows else None
    state = str(row["state"]) if row else "none"
    if row is not None and how != row["visitor"]:
        yield SET_VISITOR, {"conversation": conversation, "visitor": how, "since": now}
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
        yield Ring((f"r/{row['serving_region']}",))
    yield from conversations.append(conversation, events)
    return state


def come_back(conversation: str, now: int) -> Command[bool]:
    """A visitor who was gone is there again: an unread missed ticket waits once more, in the
    place it had. Whether it did comes back."""
    rows = yield LOCK_OF, {"id": conversation}
    if not rows:
        return False
    back = yield SET_BACK, {"id": rows[0]["id"], "now": now}
    if not back:
        yield SET_VISITOR, {"conversation": conversation, "visitor": "online", "since": now}
    yield Ring((f"r/{rows[0]['serving_region']}", f"c/{conversation}/0"))
    return bool(back)


def give_back(
    ticket: str, band: int, queue_at: int, reason: str, events: Sequence[NewEvent], note: Note
) -> Command[str]:
    """A chat that lost its caseworker goes back to the front of its level.

    Raises `Rollback("taken")` when it moved on meanwhile.
    """
    yield from seats.lock_tickets([ticket])
    yield seats.DROP_ANY, {"ticket": ticket}
    rows = yield SET_WAITING, {"id": ticket, "band": band, "queue_at": queue_at, "reason": reason}
    if not rows:
        raise Rollback("taken")
    yield note
    row = yield from ring(ticket)
    conversation = str(row["conversation"])
    if row["visitor"] not in ("stopped", "exit"):
        yield conversations.SET_STATE, {"id": conversation, "state": "waiting", "reason": None}
    yield from conversations.append(conversation, events)
    return conversation


def hand_on(
    ticket: str,
    giver: str,
    receiver: str,
    region: str,
    now: int,
    events: Sequence[NewEvent],
    note: Note,
) -> Command[str]:
    """Moves a chat to a colleague. Raises `Rollback`: `not_yours`, `no_seat`, `unknown`."""
    yield from seats.transfer(ticket, giver, receiver)
    yield SET_ACCEPTED, {"id": ticket, "caseworker": receiver, "region": region, "now": now}
    yield note
    row = yield from ring(ticket)
    conversation = str(row["conversation"])
    yield from conversations.append(conversation, events)
    return conversation


def make_room(
    ticket: str,
    given: str,
    caseworker: str,
    region: str,
    place: tuple[int, int],
    now: int,
    events: tuple[Sequence[NewEvent], Sequence[NewEvent]],
    note: Note,
) -> Command[tuple[str, str]]:
    """Gives one own chat back to the front of its level and takes an acute ticket, at once.

    `place` is band and queue_at of the given one; `events` are what the visitor of each reads.
    Raises `Rollback`: `not_yours`, `taken`. The two conversations come back.
    """
    yield from seats.make_room(ticket, given, caseworker)
    rows = yield CONVERSATIONS_OF, {"ids": [ticket, given]}
    yield LOCKED, {"ids": [row["conversation"] for row in rows]}
    band, queue_at = place
    yield (
        SET_WAITING,
        {"id": given, "band": band, "queue_at": queue_at, "reason": "given_back"},
    )
    row = yield from ring(given)
    back = str(row["conversation"])
    yield conversations.SET_STATE, {"id": back, "state": "waiting", "reason": None}
    yield from conversations.append(back, events[1])
    taken = yield from _begun(ticket, caseworker, region, now, events[0], note)
    return taken, back


def expired_offers(now: int) -> Command[list[str]]:
    """Tickets whose offer got no answer in time."""
    rows = yield EXPIRED_OFFERS, {"now": now}
    return [str(row["ticket"]) for row in rows]


def waiting_regions() -> Command[list[str]]:
    """The regions in which somebody waits."""
    rows = yield WAITING_REGIONS, {}
    return [str(row["home_region"]) for row in rows]


def gone(waiting_before: int, active_before: int) -> Command[list[str]]:
    """Conversations whose visitor was away for too long."""
    rows = yield GONE, {"waiting": waiting_before, "active": active_before}
    return [str(row["conversation"]) for row in rows]


def left(before: int) -> Command[list[str]]:
    """Chats whose visitor left before, and that still hold a seat."""
    rows = yield LEFT, {"before": before}
    return [str(row["id"]) for row in rows]


def unread(now: int) -> Command[list[Row]]:
    """Missed tickets that nobody read in time."""
    return (yield UNREAD, {"now": now})


def region_of(caseworker: str) -> Command[str | None]:
    """The region a caseworker works for."""
    rows = yield seats.REGION_OF, {"caseworker": caseworker}
    return str(rows[0]["region"]) if rows else None


def chats_of(caseworker: str) -> Command[list[Row]]:
    """The chats a caseworker serves."""
    return (yield CHATS_OF, {"caseworker": caseworker})
