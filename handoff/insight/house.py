"""The queue of a whole country without a database: the real routing, dispatch and order on a clock
that jumps from one thing that happens to the next.

Nothing is polled: whatever changes wakes the lines that could be served by it, and what only time
changes (an offer that runs out, a wait that becomes too long, a day that ends) has a timer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any

from data.agreements import Agreement
from data.knowledge import Knowledge
from data.rota import line_of
from handoff.clock import micros, seconds
from handoff.desk.dispatch import Dispatch, Surroundings
from handoff.desk.reach import Reach, day_began, reach
from handoff.desk.routing import Decision
from handoff.desk.seats.memory import MemoryTicket
from handoff.desk.seats.played import PlayedSeats
from handoff.settings import Settings
from handoff.storage.units import NewEvent

Work = Callable[[], Coroutine[Any, Any, None]]
#: Opening hours and agreements begin and end on a quarter of an hour: then everybody looks again.
QUARTER = timedelta(minutes=15)


class Stuck(RuntimeError):
    """Raised when something waits for more than the clock: a simulation has nothing else."""


def drive(work: Coroutine[Any, Any, None]) -> None:
    """Runs a coroutine to its end at once: in memory nothing has to be waited for."""
    try:
        work.send(None)
    except StopIteration:
        return
    raise Stuck("a simulated step waited for something")


class WatchedSeats(PlayedSeats):
    """Seats that tell of every offer, so that a simulated caseworker can answer it, and of whoever
    waits anew, so that it is looked at when it is due."""

    def __init__(
        self,
        offered: Callable[[Decision, int], None],
        anew: Callable[[MemoryTicket], None],
    ) -> None:
        super().__init__()
        self.offered = offered
        self.anew = anew

    async def offer(
        self,
        decision: Decision,
        expires_at: int,
        now: int,
        day: int = 0,
        told: Sequence[NewEvent] = (),
    ) -> None:
        await super().offer(decision, expires_at, now, day, told)
        self.offered(decision, expires_at)

    def _waits_anew(self, ticket: MemoryTicket, now: int) -> None:
        super()._waits_anew(ticket, now)
        self.anew(ticket)


class House:
    """Lines, desks and the clock. `offered` is told of every offer, with when it runs out."""

    def __init__(
        self,
        knowledge: Knowledge,
        settings: Settings,
        begins: datetime,
        offered: Callable[[Decision, int], None],
    ) -> None:
        self.knowledge, self.settings, self.time = knowledge, settings, begins
        self.seats = WatchedSeats(self._watch(offered), self._look_when_due)
        self.dispatch = Dispatch(
            self.seats,
            Surroundings(
                knowledge=lambda: self.knowledge,
                now=lambda: self.time,
                settings=settings,
                ring=self.ring,
                start=drive,
            ),
        )
        self.events: list[tuple[datetime, int, Work]] = []
        self.turn = count()
        #: what changed, in that order: a day is the same each time it is played
        self.rung: dict[str, None] = {}
        #: whose lines a free seat of a region could help
        self.helps: defaultdict[str, set[str]] = defaultdict(set)
        self.waits: defaultdict[str, set[int]] = defaultdict(set)
        #: when which line is looked at again because somebody has waited so long
        self.due: set[tuple[datetime, str]] = set()
        for agreement in knowledge.agreements:
            self.helps[agreement.helper].add(agreement.home)
            if "waited" in agreement.triggers:
                self.waits[agreement.home].add(agreement.after_wait_s)
        for slug, region in knowledge.regions.items():
            drive(self.seats.region(slug, region.region_cap))
        self.at(_next_quarter(begins), self._quarter)

    def _watch(self, offered: Callable[[Decision, int], None]) -> Callable[[Decision, int], None]:
        def watch(decision: Decision, expires_at: int) -> None:
            late = timedelta(microseconds=expires_at - self.now())
            self.at(self.time + late, self._expire)
            offered(decision, expires_at)

        return watch

    # time

    def now(self) -> int:
        """The simulated time in microseconds."""
        return micros(self.time)

    def at(self, when: datetime, work: Work) -> None:
        """Something that happens then."""
        heappush(self.events, (when, next(self.turn), work))

    def after(self, wait_s: float, work: Work) -> None:
        """Something that happens so many seconds from now."""
        self.at(self.time + timedelta(seconds=wait_s), work)

    def step(self) -> bool:
        """The next thing that happens, and all that follows from it at once; whether there was
        anything but the turning of the clock."""
        if not self.events:
            return False
        self.time, _, work = heappop(self.events)
        drive(work())
        self.settle()
        return True

    def ring(self, region: str) -> None:
        """A region changed: its own line and those it helps are looked at."""
        self.rung[region] = None

    def settle(self) -> None:
        """Makes every offer that follows from what changed."""
        while self.rung:
            region = next(iter(self.rung))
            del self.rung[region]
            # who has no place left helps nobody
            helped = sorted(self.helps[region]) if self.seats.places(region) > 0 else ()
            for line in (region, *helped):
                if self.seats.waiting[line]:
                    self.dispatch.wake(line)

    async def _expire(self) -> None:
        late = await self.seats.expired(self.now())
        if not late:
            # it was answered long ago
            return
        await self.dispatch.expire()

        async def again() -> None:
            for id in late:
                self.ring(self.seats.tickets[id].line)

        self.after(self.settings.offer_again_s, again)

    async def _all(self) -> None:
        for line in await self.seats.lines():
            self.ring(line)

    async def _quarter(self) -> None:
        """Hours may have changed, and at midnight the duty did."""
        pools = self.knowledge.pools
        for line in list(await self.seats.lines()):
            homes = {self.seats.tickets[key[2]].home for key in self.seats.waiting[line]}
            for home in sorted(homes):
                duty = line_of(pools, home, self.time)
                if duty != line:
                    await self.seats.change_line(home, line, duty, self.now())
                    self.ring(duty)
        await self._all()
        if self.events or await self.seats.lines():
            self.at(_next_quarter(self.time), self._quarter)

    # visitors

    def reach(self, region: str) -> Reach:
        """Who answers a visitor of a region now."""
        return reach(self.knowledge, region, self.time, self.present, self._used_up)

    def _used_up(self, agreement: Agreement) -> bool:
        """Whether a helper took as many chats today as it agreed to."""
        most, day = agreement.most_per_day, day_began(self.knowledge, agreement.helper, self.time)
        return most is not None and self.seats.taken(agreement.helper, day)[agreement.id] >= most

    def present(self, region: str) -> int:
        """How many desks of a region are open; in a pilot, of those who are listed (R36)."""
        listed = self.knowledge.pilots.get(region)
        desks = (self.seats.desks[name] for name in self.seats.of_region[region])
        return sum(
            desk.linked and desk.state != "away"
            for desk in desks
            if listed is None or desk.caseworker in listed
        )

    async def open(self, ticket: MemoryTicket) -> None:
        """A visitor enters a line."""
        await self.seats.open(ticket)
        self.ring(ticket.line)
        self._look_when_due(ticket)

    def _look_when_due(self, ticket: MemoryTicket) -> None:
        """What only waiting changes is looked at when it is due."""
        begins = {self.settings.ring_own_first_s: ticket.entered_at}
        for wait in self.waits[ticket.line]:
            begins[wait] = ticket.waiting_since

        for wait_s, since in begins.items():
            due = self.time + timedelta(microseconds=since + seconds(wait_s) - self.now())
            # many may enter a line at once: one look is for all of them
            if due > self.time and (due, ticket.line) not in self.due:
                self.due.add((due, ticket.line))
                self.at(due, self._look_at(due, ticket.line))

    def _look_at(self, due: datetime, line: str) -> Work:
        async def look() -> None:
            self.due.discard((due, line))
            self.ring(line)

        return look


def _next_quarter(now: datetime) -> datetime:
    return now + QUARTER - (now - datetime.min.replace(tzinfo=now.tzinfo)) % QUARTER
