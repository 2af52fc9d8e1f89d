"""Tickets that change hands: commands made of those of the storage, each in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from handoff.desk.shift import home_again
from handoff.storage import rings, seats, tickets
from handoff.storage.sql import Command, Ring, Rollback
from handoff.storage.units import NewEvent

Events = Sequence[NewEvent]


def take(
    ticket: str, caseworker: str, region: str, now: int, events: Events, note: tickets.Note
) -> Command[str]:
    """Claims and accepts at once; what is offered to the one who takes it is accepted, and an acute
    ticket that another region is asked for goes to who is faster (R21).

    Raises `Rollback`: `taken` when it is offered to a colleague, `no_seat`, `unknown`."""
    held = yield seats.OFFER_OF, {"ticket": ticket}
    if held and held[0]["expires_at"] is not None:
        other = str(held[0]["caseworker"])
        if other == caseworker:
            return (yield from tickets.accept(ticket, caseworker, region, now, events, note))
        yield from seats.lock_desks(caseworker, other)
        yield from _back_from_elsewhere(ticket, other, region)
    return (yield from tickets.take(ticket, caseworker, region, now, events, note))


def _back_from_elsewhere(ticket: str, other: str, region: str) -> Command[None]:
    """An acute ticket that `other` of another region is merely asked for waits in its own line
    again. What is no such ticket any more stays as it is, and is found taken."""
    rows = yield tickets.LOCK, {"id": ticket}
    if not rows or (rows[0]["level"], rows[0]["state"]) != ("acute", "offered"):
        return
    held = yield seats.OFFER_OF, {"ticket": ticket}
    if not held or held[0]["caseworker"] != other:
        return
    if rows[0]["queue_region"] == region != rows[0]["serving_region"]:
        yield from seats.decline(ticket, other)
        yield Ring(tickets.bells_of(rows[0]))


def _wins(ticket: str, given: str, region: str, *desks: str) -> Command[None]:
    """Who makes room for an acute ticket is faster than a region that is merely asked for it (R21).
    All desks are locked before any ticket, and the two tickets at once: the order of everybody."""
    held = yield seats.OFFER_OF, {"ticket": ticket}
    if held and held[0]["expires_at"] is not None:
        other = str(held[0]["caseworker"])
        yield from seats.lock_desks(*{*desks, other})
        yield from seats.lock_tickets([ticket, given])
        yield from _back_from_elsewhere(ticket, other, region)


def make_room(
    ticket: str,
    given: str,
    caseworker: str,
    region: str,
    place: tuple[int, int],
    unread_until: int,
    now: int,
    month: str,
    events: tuple[Events, Events],
    note: tickets.Note,
) -> Command[None]:
    """Gives one own chat back and takes an acute ticket. The levels are those of this moment: one
    of the two visitors may just have said something.

    Raises `Rollback`: `acute`, `not_yours`, `taken`."""
    yield from _wins(ticket, given, region, caseworker)
    first = (ticket, given, caseworker, region, place)
    yield from tickets.make_room(*first, now, month, events, note)
    yield from _levels(ticket, given)
    yield from home_again(given, unread_until)


def make_room_at(
    ticket: str,
    given: str,
    caseworker: str,
    region: str,
    receiver: tuple[str, str],
    now: int,
    month: str,
    events: tuple[Events, Events],
    note: tickets.Note,
    help: seats.Help | None = None,
) -> Command[None]:
    """Gives one own chat to a free seat of a colleague and takes an acute ticket; `help` is the
    agreement by which another region gets it.

    Raises `Rollback`: `acute`, `not_yours`, `taken`, `no_seat`, `unknown`."""
    yield from _wins(ticket, given, region, caseworker, receiver[0])
    at = (ticket, given, caseworker, region, receiver)
    yield from tickets.make_room_at(*at, now, month, events, note, help)
    yield from _levels(ticket, given)


def _levels(ticket: str, given: str) -> Command[None]:
    """Room is made for an acute ticket, and never out of one."""
    for id, acute in ((ticket, True), (given, False)):
        rows = yield tickets.LOCK, {"id": id}
        if (rows[0]["level"] == "acute") != acute:
            raise Rollback("acute")


def take_over(
    ticket: str,
    taker: str,
    region: str,
    senior: bool,
    now: int,
    month: str,
    events: Events,
    note: tickets.Note,
) -> Command[None]:
    """Moves a chat to who takes it over: a colleague when its caseworker lost the link, the senior
    at any time. Both caps hold.

    Raises `Rollback`: `forbidden`, `not_open`, `taken` when it just went to somebody else,
    `no_seat`."""
    row = yield from tickets.one(ticket)
    if row is None:
        raise Rollback("unknown")
    holder = row["caseworker"]
    if row["state"] != "active" or row["serving_region"] != region:
        raise Rollback("not_open")
    if holder == taker:
        raise Rollback("forbidden")
    yield from seats.lock_desks(holder, taker)
    row = (yield tickets.LOCK, {"id": ticket})[0]
    if (row["state"], row["caseworker"]) != ("active", holder):
        raise Rollback("taken")
    if not (senior or row["caseworker_away"]):
        raise Rollback("forbidden")
    given = (ticket, holder, taker, region)
    yield from tickets.hand_on(*given, now, month, events, note, anyhow=True)
    yield rings.DROP, {"subject": ticket, "kind": f"{rings.READS}{taker}"}


def read_missed(ticket: str, caseworker: str, now: int, note: tickets.Note) -> Command[None]:
    """Opens a missed ticket. Raises `Rollback`: `taken` when somebody else did, `not_open` when it
    was never missed."""
    rows = yield tickets.LOCK, {"id": ticket}
    if not rows:
        raise Rollback("unknown")
    if rows[0]["state"] in ("waiting", "offered", "active"):
        raise Rollback("not_open")
    yield from tickets.read_missed(ticket, caseworker, now, note)
