"""From the first offer to the end of a chat: each transition at once or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handoff.storage import conversations, ledger, seats, sql
from handoff.storage.sql import Command, Ring, Rollback, Row, Sql
from handoff.storage.tables import NotAgain
from handoff.storage.tickets.common import UNRING, Note, ring
from handoff.storage.units import LOCKED, NewEvent

NOT_AGAIN = sql.upsert(NotAgain)
SET_ACCEPTED = Sql(
    "UPDATE ticket SET caseworker = :caseworker, accepted_at = coalesce(accepted_at, :now),"
    " opened_by = coalesce(opened_by, :caseworker), opened_at = coalesce(opened_at, :now),"
    " serving_region = :region, served_since = :now, caseworker_away = false, reason = NULL"
    " WHERE id = :id"
)
#: Each region once: their slugs with commas.
SET_TOLD = Sql(
    "UPDATE ticket SET told_region = coalesce(told_region || ',', '') || serving_region"
    " WHERE id = :id"
)
SET_WRAP_UP = Sql(
    "UPDATE ticket SET state = 'wrap_up', ended_at = :now WHERE id = :id AND state = 'active'"
    " RETURNING id, caseworker"
)
SET_WAITING = Sql(
    "UPDATE ticket SET state = 'waiting', caseworker = NULL, caseworker_away = false,"
    " serving_region = queue_region, agreement = NULL, given_back = true, band = :band,"
    " entered_at = :now, queue_at = :queue_at, reason = :reason WHERE id = :id"
    " AND state IN ('active', 'waiting') RETURNING id"
)
SET_REASON = Sql("UPDATE ticket SET reason = :reason WHERE id = :id")
OFFERED = Sql("UPDATE caseworker_seats SET last_offer_at = :now WHERE caseworker = :caseworker")
UNANSWERED = Sql(
    "UPDATE caseworker_seats SET unanswered = unanswered + 1 WHERE caseworker = :caseworker"
    " RETURNING unanswered"
)
ANSWERED = Sql("UPDATE caseworker_seats SET unanswered = 0 WHERE caseworker = :caseworker")
CONVERSATIONS_OF = Sql("SELECT conversation FROM ticket WHERE id IN :ids[]")
DROP_NOT_AGAIN = Sql("DELETE FROM not_again WHERE ticket = :id")


def offer(
    ticket: str,
    caseworker: str,
    expires_at: int,
    now: int,
    reason: str,
    help: seats.Help | None = None,
    told: Sequence[NewEvent] = (),
    note: Note | None = None,
) -> Command[None]:
    """Holds a seat for a ticket; in another region with `help`, and then the visitor is `told`.

    Raises `Rollback`: `taken`, `no_seat`, `unknown`."""
    yield from seats.claim(ticket, caseworker, expires_at, help=help)
    if note is not None:
        yield note
    row = yield from _offered(ticket, caseworker, now, reason)
    if told:
        yield SET_TOLD, {"id": ticket}
        yield from conversations.append(str(row["conversation"]), told)


def offer_over(
    acute: str, other: str, expires_at: int, now: int, reason: str, note: Note | None = None
) -> Command[str]:
    """Gives an acute ticket the seat of an offer of lower level; whose desk it is comes back."""
    caseworker = yield from seats.take_over(acute, other, expires_at)
    yield SET_REASON, {"id": other, "reason": None}
    if note is not None:
        yield note
    yield from _offered(acute, caseworker, now, reason)
    return caseworker


def _offered(ticket: str, caseworker: str, now: int, reason: str) -> Command[Row]:
    yield SET_REASON, {"id": ticket, "reason": reason}
    yield OFFERED, {"caseworker": caseworker, "now": now}
    return (yield from ring(ticket))


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
    yield from ledger.came(ticket)
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
    ticket: str,
    caseworker: str | None,
    now: int,
    month: str,
    events: Sequence[NewEvent],
    note: Note,
) -> Command[str]:
    """Ends a chat: the seat is free, the disposition is still to come. `month` is the ledger's.

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
    yield from ledger.went(ticket, row["serving_region"], now, month)
    conversation = str(row["conversation"])
    reason = "left" if row["visitor"] in ("stopped", "exit") else "ended"
    yield conversations.SET_STATE, {"id": conversation, "state": "closed", "reason": reason}
    yield from conversations.append(conversation, events)
    return conversation


def give_back(
    ticket: str,
    band: int,
    queue_at: int,
    reason: str,
    now: int,
    month: str,
    events: Sequence[NewEvent],
    note: Note,
) -> Command[str]:
    """A chat that lost its caseworker goes back to the front of its level.

    Raises `Rollback("taken")` when it moved on meanwhile.
    """
    row = yield from ring(ticket)
    yield seats.DROP_ANY, {"ticket": ticket}
    yield from ledger.went(ticket, row["serving_region"], now, month)
    place = {"band": band, "queue_at": queue_at, "now": now}
    rows = yield SET_WAITING, {"id": ticket, "reason": reason, **place}
    if not rows:
        raise Rollback("taken")
    yield UNRING, {"tickets": [ticket]}
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
    month: str,
    events: Sequence[NewEvent],
    note: Note,
    *,
    anyhow: bool = False,
) -> Command[str]:
    """Moves a chat to a colleague; `anyhow` also to who takes no offers now.

    Raises `Rollback`: `not_yours`, `no_seat`, `unknown`."""
    rows = yield seats.REGION_OF, {"caseworker": giver}
    yield from seats.transfer(ticket, giver, receiver, anyhow=anyhow)
    yield from ledger.went(ticket, rows[0]["region"], now, month)
    yield Ring((f"r/{rows[0]['region']}",))
    yield SET_ACCEPTED, {"id": ticket, "caseworker": receiver, "region": region, "now": now}
    if region != rows[0]["region"]:
        yield from ledger.came(ticket)
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
    month: str,
    events: tuple[Sequence[NewEvent], Sequence[NewEvent]],
    note: Note,
) -> Command[tuple[str, str]]:
    """Gives one own chat back to the front of its level and takes an acute ticket, at once.

    `place` is band and queue_at of the given one; `events` are what the visitor of each reads.
    Raises `Rollback`: `not_yours`, `taken`. The two conversations come back.
    """
    yield from seats.make_room(ticket, given, caseworker)
    yield from ledger.went(given, region, now, month)
    yield from _lock_both(ticket, given)
    back_to = {"band": place[0], "queue_at": place[1], "now": now}
    yield SET_WAITING, {"id": given, "reason": "given_back", **back_to}
    yield UNRING, {"tickets": [given]}
    row = yield from ring(given)
    back = str(row["conversation"])
    if row["visitor"] not in ("stopped", "exit"):
        yield conversations.SET_STATE, {"id": back, "state": "waiting", "reason": None}
    yield from conversations.append(back, events[1])
    taken = yield from _begun(ticket, caseworker, region, now, events[0], note)
    return taken, back


def make_room_at(
    ticket: str,
    given: str,
    caseworker: str,
    region: str,
    receiver: tuple[str, str],
    now: int,
    month: str,
    events: tuple[Sequence[NewEvent], Sequence[NewEvent]],
    note: Note,
    help: seats.Help | None = None,
) -> Command[tuple[str, str]]:
    """Gives one own chat to a colleague's free seat and takes an acute ticket, at once.

    `receiver` is the colleague and their region, `help` the agreement of another one. The two
    conversations come back. Raises `Rollback`: `not_yours`, `taken`, `no_seat`.
    """
    yield from seats.make_room_at(ticket, given, caseworker, receiver[0], help)
    yield from ledger.went(given, region, now, month)
    accepted = {"id": given, "caseworker": receiver[0], "region": receiver[1], "now": now}
    yield SET_ACCEPTED, accepted
    if receiver[1] != region:
        yield from ledger.came(given)
    yield from _lock_both(ticket, given)
    row = yield from ring(given)
    moved = str(row["conversation"])
    yield from conversations.append(moved, events[1])
    taken = yield from _begun(ticket, caseworker, region, now, events[0], note)
    return taken, moved


def _lock_both(ticket: str, given: str) -> Command[None]:
    rows = yield CONVERSATIONS_OF, {"ids": [ticket, given]}
    yield LOCKED, {"ids": [row["conversation"] for row in rows]}
