"""What people do with the seats, on a real database: the same steps as `MemorySeats` has."""

from __future__ import annotations

import secrets
from typing import Any

from handoff.desk.caseworker import transfers
from handoff.desk.overflow import own_region
from handoff.desk.queue import OTHER_BAND
from handoff.desk.seats import SqlSeats
from handoff.desk.seats.memory import MemoryTicket
from handoff.desk.shift import home_again
from handoff.storage import presence, rings, seats, tickets
from handoff.storage.sql import Command, Row, Sql
from tests.support.storing import a_ticket

NOBODY_READS: list[Any] = []
ALL = Sql("SELECT * FROM ticket ORDER BY id")
SEATS = Sql("SELECT ticket, caseworker, region, expires_at FROM seat ORDER BY ticket")
DESKS = Sql(
    "SELECT caseworker, region, cap, available, unanswered FROM caseworker_seats"
    " ORDER BY caseworker"
)
HOME = {"tickets": ALL, "seats": SEATS, "desks": DESKS}
LEVELS = ("acute", "normal")
#: Any: nobody settles here.
MONTH = "2026-11"
#: Any region that may be rung for another.
HELPER = "east"
RINGS = {"line": rings.RING_LINE, "acute": rings.RING_ACUTE, "help": rings.RING_HELP + HELPER}
#: Who is planned; the last one only now and then.
PEOPLE = ("anna", "bram", "cleo")
PAUSE = 5_000_000


class PlayedSql(SqlSeats):
    """`SqlSeats` with everything that people do, without words."""

    async def open(self, ticket: MemoryTicket) -> None:
        await a_ticket(
            self.db,
            ticket.id,
            ticket.home,
            queue_region=ticket.line,
            serving_region=ticket.line,
            level=LEVELS[ticket.band],
            band=ticket.band,
            queue_at=ticket.queue_at,
            waiting_since=ticket.waiting_since,
            entered_at=ticket.entered_at,
            language=ticket.language,
            typed=ticket.typed,
            own_only=ticket.own_only,
        )

    async def order(self, ticket: str, band: int, queue_at: int) -> None:
        await self.db.run(_order, ticket, band, queue_at)

    async def own_region(self, ticket: str) -> None:
        await self.db.run(own_region, f"c-{ticket}")

    async def accept(self, ticket: str, caseworker: str, now: int) -> None:
        await self.db.run(_with_region, tickets.accept, ticket, caseworker, now)

    async def take(self, ticket: str, caseworker: str, now: int) -> None:
        await self.db.run(_with_region, transfers.take, ticket, caseworker, now)

    async def decline(self, ticket: str, caseworker: str, until: int) -> None:
        await self.db.run(tickets.refuse_offer, ticket, caseworker, until)

    async def hand_on(self, ticket: str, giver: str, receiver: str, now: int) -> None:
        await self.db.run(_hand_on, ticket, giver, receiver, now)

    async def make_room(
        self, ticket: str, given: str, caseworker: str, place: tuple[int, int], now: int
    ) -> None:
        await self.db.run(_make_room, ticket, given, caseworker, place, now)

    async def make_room_at(
        self, ticket: str, given: str, caseworker: str, receiver: str, now: int
    ) -> None:
        await self.db.run(_make_room_at, ticket, given, caseworker, receiver, now)

    async def end(self, ticket: str, caseworker: str | None, now: int) -> None:
        note = _note(ticket, now)
        await self.db.run(tickets.end, ticket, caseworker, now, MONTH, NOBODY_READS, note)

    async def give_back(self, ticket: str, place: tuple[int, int], now: int) -> None:
        await self.db.run(_give_back, ticket, place, now)

    async def leave(self, ticket: str, how: str, behind: int) -> str:
        return await self.db.run(
            tickets.leave,
            f"c-{ticket}",
            how,
            1,
            2,
            3,
            NOBODY_READS,
            drops_token=False,
            behind=behind,
        )

    async def come_back(self, ticket: str, behind: int, now: int) -> None:
        await self.db.run(tickets.come_back, f"c-{ticket}", now, behind)

    async def read(self, ticket: str, caseworker: str) -> None:
        await self.db.run(transfers.read_missed, ticket, caseworker, 1, _note(ticket, 1))

    async def close(self, ticket: str, caseworker: str) -> None:
        await self.db.run(tickets.close, ticket, caseworker, "advice", 1, 1, _note(ticket, 1))

    async def region(self, region: str, cap: int) -> None:
        await self.db.run(_one, seats.SET_REGION, {"region": region, "cap": cap})

    async def desk(self, caseworker: str, region: str, cap: int) -> None:
        values = {"caseworker": caseworker, "region": region, "cap": cap, "languages": ""}
        await self.db.run(_one, seats.SET_CASEWORKER, values)

    async def presence(self, caseworker: str, state: str, linked: bool) -> None:
        await self.db.run(presence.set_caseworker, caseworker, "one", state, linked, 1)

    async def cap(self, caseworker: str, cap: int) -> None:
        await self.db.run(_one, seats.SET_CAP, {"caseworker": caseworker, "cap": cap})

    async def change_line(self, home: str, old: str, line: str, now: int) -> None:
        await self.db.run(tickets.change_line, home, old, line, now)

    async def signs(self, region: str, now: int, turn: int) -> Any:
        """What ringing looks at in a line: for whom nobody was rung yet."""
        line, acute, helps = (_call(kind, now) for kind in RINGS.values())
        rows = await self.db.read(rings.line_rows, region, OTHER_BAND, line, acute)
        helped = await self.db.read(rings.unhelped, region, {HELPER: turn}, False, [helps])
        refused = [
            (row["ticket"], row["caseworker"], bool(row["declined"])) for row in rows.refused
        ]
        return rows.line, list(rows.acute), sorted(refused), helped

    async def rung(self, kind: str, region: str, ids: list[str], turn: int, now: int) -> Any:
        """People are rung for a line, for some tickets of it, or to help it; who is alone at home
        is not reached at every second minute."""
        call = _call(RINGS[kind], now)
        commands: dict[str, Any] = {
            "line": (rings.ring_for, region, OTHER_BAND, call),
            "acute": (rings.ring_these, region, OTHER_BAND, ids, call),
            "help": (rings.ring_helper, region, HELPER, turn, False, call),
        }
        called = await self.db.run(*commands[kind])
        for name, found in called.items():
            if name != PEOPLE[0] or now // PAUSE % 2:
                await self.db.run(rings.reached, call.kind, found, name, region, now)
        return {name: sorted(found) for name, found in called.items()}

    async def everything(self) -> dict[str, list[Row]]:
        """All tickets, seats and desks, to be compared."""
        return await self.db.read(_everything)


def _call(kind: str, now: int) -> rings.Call:
    """Who is to be rung at a moment: another shift every ten seconds or so."""
    people = PEOPLE if now // (2 * PAUSE) % 2 else PEOPLE[:2]
    return rings.Call(kind, people, now, now - PAUSE)


def _note(ticket: str, now: int) -> tickets.Note:
    return tickets.audit(secrets.token_hex(8), now, "system", "did", ticket)


def _one(statement: Sql, values: dict[str, Any]) -> Command[None]:
    yield statement, values


def _everything() -> Command[dict[str, list[Row]]]:
    found = {}
    for name, statement in HOME.items():
        found[name] = list((yield statement, {}))
    return found


def _order(ticket: str, band: int, queue_at: int) -> Command[None]:
    values = {"id": ticket, "band": band, "queue_at": queue_at, "level": LEVELS[band]}
    flags = dict.fromkeys(("watched", "cannot_call", "danger_unknown"), False)
    yield tickets.SET_ORDER, values | flags


def _region_of(caseworker: str) -> Command[str]:
    rows = yield seats.REGION_OF, {"caseworker": caseworker}
    return str(rows[0]["region"]) if rows else ""


def _with_region(command: Any, ticket: str, caseworker: str, now: int) -> Command[None]:
    region = yield from _region_of(caseworker)
    yield from command(ticket, caseworker, region, now, NOBODY_READS, _note(ticket, now))


def _hand_on(ticket: str, giver: str, receiver: str, now: int) -> Command[None]:
    region = yield from _region_of(receiver)
    note = _note(ticket, now)
    yield from tickets.hand_on(ticket, giver, receiver, region, now, MONTH, NOBODY_READS, note)


def _make_room(
    ticket: str, given: str, caseworker: str, place: tuple[int, int], now: int
) -> Command[None]:
    region, told = (yield from _region_of(caseworker)), (NOBODY_READS, NOBODY_READS)
    note = _note(ticket, now)
    first = (ticket, given, caseworker, region, place)
    yield from transfers.make_room(*first, 2, now, MONTH, told, note)


def _make_room_at(
    ticket: str, given: str, caseworker: str, receiver: str, now: int
) -> Command[None]:
    region = yield from _region_of(caseworker)
    there = receiver, (yield from _region_of(receiver))
    told, note = (NOBODY_READS, NOBODY_READS), _note(ticket, now)
    first = (ticket, given, caseworker, region, there)
    yield from transfers.make_room_at(*first, now, MONTH, told, note)


def _give_back(ticket: str, place: tuple[int, int], now: int) -> Command[None]:
    note = _note(ticket, now)
    yield from tickets.give_back(ticket, *place, "given_back", now, MONTH, NOBODY_READS, note)
    yield from home_again(ticket, 2)
