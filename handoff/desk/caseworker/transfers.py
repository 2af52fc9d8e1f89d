"""Tickets that change hands: commands made of those of the storage, each in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from handoff.desk.shift import home_again
from handoff.storage import seats, tickets
from handoff.storage.sql import Command, Rollback
from handoff.storage.units import NewEvent

Events = Sequence[NewEvent]


def take(
    ticket: str, caseworker: str, region: str, now: int, events: Events, note: tickets.Note
) -> Command[str]:
    """Claims and accepts at once; what is offered to the one who takes it is accepted.

    Raises `Rollback`: `taken` when it is offered to a colleague, `no_seat`, `unknown`."""
    held = yield seats.OFFER_OF, {"ticket": ticket}
    if held and held[0]["caseworker"] == caseworker and held[0]["expires_at"] is not None:
        return (yield from tickets.accept(ticket, caseworker, region, now, events, note))
    return (yield from tickets.take(ticket, caseworker, region, now, events, note))


def make_room(
    ticket: str,
    given: str,
    caseworker: str,
    region: str,
    place: tuple[int, int],
    unread_until: int,
    now: int,
    events: tuple[Events, Events],
    note: tickets.Note,
) -> Command[None]:
    """Gives one own chat back and takes an acute ticket. The levels are those of this moment: one
    of the two visitors may just have said something.

    Raises `Rollback`: `acute`, `not_yours`, `taken`."""
    yield from tickets.make_room(ticket, given, caseworker, region, place, now, events, note)
    for id, acute in ((ticket, True), (given, False)):
        rows = yield tickets.LOCK, {"id": id}
        if (rows[0]["level"] == "acute") != acute:
            raise Rollback("acute")
    yield from home_again(given, unread_until)


def read_missed(ticket: str, caseworker: str, now: int, note: tickets.Note) -> Command[None]:
    """Opens a missed ticket. Raises `Rollback`: `taken` when somebody else did, `not_open` when it
    was never missed."""
    rows = yield tickets.LOCK, {"id": ticket}
    if not rows:
        raise Rollback("unknown")
    if rows[0]["state"] in ("waiting", "offered", "active"):
        raise Rollback("not_open")
    yield from tickets.read_missed(ticket, caseworker, now, note)
