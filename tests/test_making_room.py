"""Room made for a ticket that another region is asked for: the same in memory as in both databases,
and every lock in the order that everybody keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from handoff.desk.caseworker import transfers
from handoff.storage import seats, tickets
from handoff.storage.database import Database
from handoff.storage.sql import Command, Sql
from tests.simulation.played_sql import NOBODY_READS, PlayedSql
from tests.simulation.test_seats_in_memory import Both
from tests.support.storing import MONTH, NOW, SOON, a_desk, a_region, a_ticket, state_of

#: The people and regions of `Both`: ann and cas in the north, bob and dee in the south.
ANN, BOB, CAS, DEE = range(4)
NORTH, SOUTH = 0, 1
GIVEN, OTHER, IN_DANGER = range(3)
HELP, LENT = 2, 3


async def asked_elsewhere(db: Database, band: int = 0) -> Both:
    """A desk with two chats, and a ticket of its line that the other region is asked for."""
    both = Both(PlayedSql(db), 1)
    await both.begin()
    for number in (GIVEN, OTHER):
        await both.enter(number, NORTH, 1)
        await both.both("take", both.ticket(number), both.person(ANN), both.now)
    await both.enter(IN_DANGER, NORTH, band)
    await both.offer("offer", both.ticket(IN_DANGER), both.person(BOB), HELP)
    return both


async def makes_room(both: Both, to: int | None, who: int = ANN) -> None:
    first = both.ticket(IN_DANGER), both.ticket(GIVEN), both.person(who)
    if to is None:
        await both.both("make_room", *first, (1, both.now), both.now)
    else:
        await both.both("make_room_at", *first, both.person(to), both.now)


@pytest.mark.parametrize("to", [None, BOB, CAS, DEE])
async def test_who_makes_room_is_faster_than_a_region_that_is_merely_asked(
    db: Database, to: int | None
) -> None:
    both = await asked_elsewhere(db)

    await makes_room(both, to)

    await both.compare()
    assert both.memory.tickets[both.ticket(IN_DANGER)].caseworker == both.person(ANN)
    seat = both.memory.seats.get(both.ticket(GIVEN))
    assert (seat and seat.caseworker) == (None if to is None else both.person(to))


@pytest.mark.parametrize("to", [BOB, CAS, DEE])
async def test_an_offer_elsewhere_stays_when_no_seat_is_found_for_what_is_given(
    db: Database, to: int
) -> None:
    both = await asked_elsewhere(db)
    await both.both("cap", both.person(to), 0)

    await makes_room(both, to)

    await both.compare()
    assert both.memory.seats[both.ticket(IN_DANGER)].caseworker == both.person(BOB)
    assert both.memory.seats[both.ticket(GIVEN)].caseworker == both.person(ANN)


@pytest.mark.parametrize("to", [None, DEE])
@pytest.mark.parametrize(("who", "band"), [(DEE, 0), (ANN, 1)])
async def test_who_is_not_of_its_line_or_it_is_not_in_danger_and_no_room_is_made(
    db: Database, to: int | None, who: int, band: int
) -> None:
    both = await asked_elsewhere(db, band)

    await makes_room(both, to, who)

    await both.compare()
    assert both.memory.tickets[both.ticket(IN_DANGER)].state == "offered"


# the order of the locks


class Spied:
    """A command, and which rows it locked in which order."""

    def __init__(self) -> None:
        self.desks: set[str] = set()
        self.tickets: list[tuple[str, ...]] = []
        self.late: list[str] = []

    def run(self, command: Command[None]) -> Iterator[Any]:
        statement = next(command)
        while True:
            if isinstance(statement, tuple):
                self.look(*statement)
            answer = yield statement
            try:
                statement = command.send(answer)
            except StopIteration:
                return

    def look(self, sql: Sql, values: dict[str, Any]) -> None:
        desks = {
            seats.LOCK_REGION: [values.get("region")],
            seats.LOCK_CASEWORKER: [values.get("caseworker")],
            seats.LOCK_CASEWORKERS: values.get("caseworkers"),
        }.get(sql)
        if desks is not None:
            new = set(desks) - self.desks
            self.late += sorted(new) if self.tickets else []
            self.desks |= new
        if sql is seats.LOCK_TICKETS:
            self.tickets.append(tuple(values["tickets"]))
        if sql is tickets.LOCK:
            self.tickets.append((values["id"],))


@pytest.mark.parametrize("to", [None, ("anna", "south"), ("cor", "south"), ("omar", "north")])
async def test_all_desks_are_locked_before_any_ticket_and_both_tickets_at_once(
    db: Database, to: tuple[str, str] | None
) -> None:
    for region in ("north", "south"):
        await a_region(db, region, 5)
    for name, region in (("mary", "north"), ("omar", "north"), ("anna", "south"), ("cor", "south")):
        await a_desk(db, name, region)
    await a_ticket(db, "a-chat")
    await db.run(seats.claim, "a-chat", "mary", None)
    await a_ticket(db, "danger", level="acute", band=0)
    await db.run(seats.claim, "danger", "anna", SOON)
    told, note = (NOBODY_READS, NOBODY_READS), tickets.audit("made", NOW, "mary", "did", "danger")
    first = ("danger", "a-chat", "mary", "north")
    spied = Spied()

    def command() -> Command[None]:
        if to is None:
            made = transfers.make_room(*first, (1, NOW), NOW, NOW, MONTH, told, note)
        else:
            made = transfers.make_room_at(*first, to, NOW, MONTH, told, note)
        yield from spied.run(made)

    await db.run(command)

    assert await state_of(db, "danger") == "active"
    assert spied.late == []
    assert spied.tickets[0] == ("a-chat", "danger")
    assert {"mary", "anna"} <= spied.desks
