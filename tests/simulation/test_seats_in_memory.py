"""The seats in memory do what the database does: the same steps, the same answers, the same end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.agreements import Agreement
from handoff.desk.routing import Decision
from handoff.desk.seats.memory import MemoryTicket
from handoff.desk.seats.played import PlayedSeats
from handoff.storage.sql import Rollback
from tests.simulation.ledger import Ledger
from tests.simulation.played_sql import PlayedSql
from tests.support.storing import event, opened

REGIONS = ("north", "south")
PEOPLE = ("ann", "bob", "cas", "dee")
TICKETS = range(6)
HELP = Agreement("help", "north", "south", "partners", frozenset({"full"}), most_per_day=1)
LENT = Agreement("lent", "south", "north", "partners", frozenset({"full"}))
AGREEMENTS = (None, HELP, HELP, LENT)
MINUTE = 60_000_000

Step = tuple[str, int, int, int]
NAMES = (
    ["open"] * 6
    + ["offer"] * 8
    + ["accept"] * 6
    + "over take take decline expire end end hand_on make_room make_room_at give_back".split()
    + "leave leave come_back read close order own_region presence presence cap region".split()
    + "change_line nobody_there late rung rung rung rung".split()
)
STEPS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(0, 5), st.integers(0, 3), st.integers(0, 5)),
    min_size=10,
    max_size=60,
)


class RungSeats(PlayedSeats):
    """The seats in memory with the ledger of who was rung, asked as the database is."""

    def __init__(self) -> None:
        super().__init__()
        self.db = Ledger(self)

    signs = PlayedSql.signs
    rung = PlayedSql.rung


class Both:
    """The same day twice."""

    def __init__(self, sql: PlayedSql, number: int) -> None:
        self.memory, self.sql = RungSeats(), sql
        self.mark = f"e{number}"
        self.now = number * 1_000 * MINUTE
        self.begun = self.now
        self.open: set[int] = set()

    def region(self, number: int) -> str:
        return f"{self.mark}-{REGIONS[number % 2]}"

    def person(self, number: int) -> str:
        return f"{self.mark}-{PEOPLE[number % 4]}"

    def ticket(self, number: int) -> str:
        return f"{self.mark}-{number}"

    async def both(self, name: str, *given: Any, **named: Any) -> None:
        """One step on both; they say the same."""
        answers = []
        for seats in (self.memory, self.sql):
            try:
                answers.append(await getattr(seats, name)(*given, **named))
            except Rollback as refused:
                answers.append(refused.reason)
        assert answers[0] == answers[1], (name, given, answers)

    async def begin(self) -> None:
        for number, cap in enumerate((3, 2)):
            await self.both("region", self.region(number), cap)
        for number, cap in enumerate((3, 1, 2, 1)):
            await self.both("desk", self.person(number), self.region(number), cap)
            await self.both("presence", self.person(number), "available", True)

    async def step(self, step: Step) -> None:
        name, a, b, c = step
        self.now += 1_000_000
        if name == "open":
            await self.enter(a, b, c)
        elif name == "rung":
            kind = ("line", "acute", "help")[b % 3]
            ids = [self.ticket(number) for number in range(c)]
            await self.both(name, kind, self.region(a), ids, self.now - MINUTE, self.now)
        elif name in ("region", "cap", "presence", "nobody_there", "change_line", "late"):
            await self.surroundings(name, a, b, c)
        elif a in self.open:
            await getattr(self, f"do_{name}", self.plainly(name))(a, b, c)

    def plainly(self, name: str) -> Any:
        """A step that says only which ticket, and for some who and when."""
        given = {
            "accept": lambda b: (self.person(b), self.now),
            "take": lambda b: (self.person(b), self.now),
            "decline": lambda b: (self.person(b), self.now + MINUTE),
            "expire": lambda b: (self.now, self.now + MINUTE),
            "come_back": lambda b: (MINUTE, self.now),
            "read": lambda b: (self.person(b),),
            "close": lambda b: (self.person(b),),
        }.get(name, lambda b: ())

        async def does(a: int, b: int, c: int) -> None:
            await self.both(name, self.ticket(a), *given(b))

        return does

    async def do_offer(self, a: int, b: int, c: int) -> None:
        await self.offer("offer", self.ticket(a), self.person(b), c)

    async def do_over(self, a: int, b: int, c: int) -> None:
        await self.offer("over", self.ticket(a), self.person(b), c)

    async def do_hand_on(self, a: int, b: int, c: int) -> None:
        await self.both("hand_on", self.ticket(a), self.person(b), self.person(c), self.now)

    async def do_make_room(self, a: int, b: int, c: int) -> None:
        if c in self.open and c != a:
            first = self.ticket(a), self.ticket(c), self.person(b)
            await self.both("make_room", *first, (1, self.now), self.now)

    async def do_make_room_at(self, a: int, b: int, c: int) -> None:
        if c in self.open and c != a:
            first = self.ticket(a), self.ticket(c), self.person(b)
            await self.both("make_room_at", *first, self.person(b + 1), self.now)

    async def do_give_back(self, a: int, b: int, c: int) -> None:
        band = self.memory.tickets[self.ticket(a)].band
        await self.both("give_back", self.ticket(a), (band, self.now), self.now)

    async def do_end(self, a: int, b: int, c: int) -> None:
        await self.both("end", self.ticket(a), None if c == 0 else self.person(b), self.now)

    async def do_leave(self, a: int, b: int, c: int) -> None:
        await self.both("leave", self.ticket(a), ("stopped", "exit", "gone")[c % 3], MINUTE)

    async def do_order(self, a: int, b: int, c: int) -> None:
        await self.both("order", self.ticket(a), b % 2, self.now - c * MINUTE)

    async def enter(self, a: int, b: int, c: int) -> None:
        if a in self.open:
            return
        self.open.add(a)
        values = {"id": self.ticket(a), "home": self.region(b), "line": self.region(b)}
        times = dict.fromkeys(("queue_at", "waiting_since", "entered_at"), self.now)
        for seats in (self.memory, self.sql):
            await seats.open(MemoryTicket(**values, band=c % 2, typed=c % 3 == 0, **times))

    async def offer(self, name: str, ticket: str, person: str, c: int) -> None:
        over = self.ticket(c) if name == "over" and c in self.open else None
        if over == ticket:
            return
        agreement = None if over else AGREEMENTS[c % 4]
        decision = Decision(ticket, person, "why;1;3;0", over=over, agreement=agreement)
        told = [event()] if agreement and c % 2 else []
        await self.both("offer", decision, self.now + MINUTE, self.now, self.begun, told)

    async def surroundings(self, name: str, a: int, b: int, c: int) -> None:
        if name == "late":
            self.now += MINUTE
        elif name == "region":
            await self.both(name, self.region(a), b)
        elif name == "cap":
            await self.both(name, self.person(b), a % 4)
        elif name == "presence":
            state = ("available", "available", "away", "calling")[b]
            await self.both(name, self.person(c), state, a != 0)
        elif name == "nobody_there":
            await self.both(name, self.person(b))
        else:
            regions = self.region(a), self.region(b), self.region(b + 1)
            await self.both(name, *regions, self.now)

    async def compare(self) -> None:
        """What routing would look at, and every row."""
        for number in range(2):
            region = self.region(number)
            lines = [await seats.line(region, self.now, 50) for seats in (self.memory, self.sql)]
            assert _sorted(lines[0]) == _sorted(lines[1])
            await self.both("signs", region, self.now, self.now - MINUTE)
            day = {region: self.begun}
            first, second = [await seats.helpers(day) for seats in (self.memory, self.sql)]
            assert _helper(first[region]) == _helper(second[region])
        found = await self.sql.everything()
        seats = {row["ticket"]: row for row in found["seats"] if self.ours(row["ticket"])}
        assert set(seats) == set(self.memory.seats)
        for id, seat in self.memory.seats.items():
            row = seats[id]
            assert (seat.caseworker, seat.region) == (row["caseworker"], row["region"])
            assert seat.expires_at == row["expires_at"]
        for row in found["tickets"]:
            if self.ours(row["id"]) and row["state"] != "closed":
                ticket = self.memory.tickets[row["id"]]
                assert _ticket(ticket) == (
                    row["state"],
                    row["queue_region"],
                    row["serving_region"],
                    row["band"],
                    row["queue_at"],
                    row["agreement"],
                    row["caseworker"],
                    row["visitor"],
                )

    def ours(self, id: str) -> bool:
        return id.startswith(f"{self.mark}-")


def _ticket(ticket: MemoryTicket) -> tuple[Any, ...]:
    return (
        ticket.state,
        ticket.line,
        ticket.serving,
        ticket.band,
        ticket.queue_at,
        ticket.agreement,
        ticket.caseworker,
        ticket.visitor,
    )


def _sorted(line: Any) -> Any:
    names = {head.id for head in line.heads}
    return (
        line.heads,
        sorted(line.desks, key=lambda desk: desk.caseworker),
        line.places_free,
        {refusal for refusal in line.refusals if refusal.ticket in names},
        line.below,
    )


def _helper(helper: Any) -> Any:
    desks = sorted(helper.desks, key=lambda desk: desk.caseworker)
    return desks, helper.places_free, dict(helper.waiting), dict(helper.taken_today)


def test_memory_and_database_answer_alike_whatever_is_done(database: str) -> None:
    numbers = count()
    with asyncio.Runner() as runner:

        async def play(sql: PlayedSql, steps: Sequence[Step]) -> None:
            both = Both(sql, next(numbers))
            await both.begin()
            for step in steps:
                await both.step(step)
            await both.compare()

        context = opened(database)
        sql = PlayedSql(runner.run(context.__aenter__()))

        @settings(
            max_examples=150,
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        )
        @given(STEPS)
        def whatever(steps: Sequence[Step]) -> None:
            runner.run(play(sql, steps))

        try:
            whatever()
        finally:
            runner.run(context.__aexit__(None, None, None))
