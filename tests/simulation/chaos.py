"""A made-up day with everything that can happen, decided by a seed; rules that always hold.

Caseworkers come, go, decline, do not answer, lower their cap and lose their link; visitors leave,
come back, become acute, and rather wait for their own region. The routing, the queue and the
dispatch are the real ones. A day that breaks a rule says which, with the seed that plays it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from data import knowledge as files
from data.agreements import Agreement
from data.hours import opening
from data.knowledge import Knowledge
from data.rota import Planned, line_of
from flows.urgency import Triage
from handoff.desk import queue
from handoff.desk.queue import ACUTE_BAND
from handoff.desk.routing import Decision
from handoff.desk.seats.memory import MemoryTicket
from handoff.desk.seats.played import LEFT
from handoff.insight.house import House
from handoff.settings import Settings
from handoff.storage.sql import Rollback
from handoff.storage.tables import MOST_CHATS

#: Any week with a clock change in it, and one without.
MONDAYS = (datetime(2026, 10, 19, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))
LEVELS = ("acute", "urgent", "normal")
SETTINGS = Settings()
FOR_GOOD = datetime(2020, 1, 1, tzinfo=UTC).date()


class Broken(AssertionError):
    """Raised when a rule does not hold."""


@dataclass(frozen=True, slots=True)
class Country:
    """How many regions, caseworkers and visitors there are, and for how long."""

    regions: int = 7
    visitors: int = 40
    hours: float = 3
    caseworkers: int = 2
    #: the rules are checked after so many things that happened
    check_every: int = 1
    #: everything is over within so many hours once nobody comes any more; longer is stuck
    drained_h: float = 16


@lru_cache
def shipped() -> Knowledge:
    """The data as it ships."""
    return files.load()


class Day:
    """A day. `play` raises `Broken`."""

    def __init__(self, seed: int, country: Country = Country()) -> None:
        self.chance = Random(seed)
        self.country = country
        self.regions = self._regions()
        self.people = {
            f"{region}-{number}": region
            for region in self.regions
            for number in range(self.chance.randint(0, country.caseworkers))
        }
        self.knowledge = self._knowledge()
        begins = self.chance.choice(MONDAYS) + timedelta(
            days=self.chance.randrange(7), minutes=self.chance.randrange(6 * 60, 23 * 60)
        )
        self.house = House(self.knowledge, SETTINGS, begins, self._offered)
        self.until = begins + timedelta(hours=country.hours)
        self.seats = self.house.seats
        self.behind = self.knowledge.queue.left_behind_min * queue.MINUTE
        self.calm, self.steps = False, 0
        #: people change what they do this often, more often on a short day
        self.pace_s = 600 * country.hours
        self.counts: Counter[str] = Counter()
        sit = self.seats._sit
        self.seats._sit = self._checked(sit)  # type: ignore[method-assign]

    # the world

    def _regions(self) -> list[str]:
        everywhere = list(shipped().regions)
        pool = list(shipped().pools["oost"].regions)
        brabant = [one.home for one in shipped().agreements if one.id == "brabant"]
        near = self.chance.choice((pool, brabant, everywhere, everywhere))
        if self.country.regions >= len(everywhere):
            near = everywhere
        many = min(len(set(near)), self.country.regions)
        return sorted(self.chance.sample(sorted(set(near)), many))

    def _knowledge(self) -> Knowledge:
        """The shipped data with small caps, short agreements and a roster here and there."""
        data = shipped()
        regions = {
            slug: replace(region, region_cap=self.chance.choice((0, 1, 2, 3, 5, 8)))
            for slug, region in data.regions.items()
        }
        agreements = tuple(
            replace(one, most_per_day=self.chance.choice((None, 1, 3, 20)))
            for one in data.agreements
            if self.chance.random() < 0.9
        )
        roster = tuple(
            Planned(name, region, name, "after_hours", frozenset(range(7)), 0, 1440, FOR_GOOD, None)
            for name, region in self.people.items()
            if self.chance.random() < 0.5
        )
        pilots = {
            region: frozenset({f"{region}-0"})
            for region in self.regions
            if self.chance.random() < 0.1
        }
        return replace(data, regions=regions, agreements=agreements, roster=roster, pilots=pilots)

    def play(self) -> None:
        """The day, and then as long as it takes until everybody was served."""
        for name in self.people:
            self._soon(self._arrives(name), self.country.hours * 1_200)
        for number in range(self.country.visitors):
            self._soon(self._comes(number), self.country.hours * 3_600)
        while self.house.events and self.house.time < self.until:
            self._step()
        self._calm_down()
        last = self.until + timedelta(hours=self.country.drained_h)
        while self.house.events and self.house.time < last and self._any_open():
            self._step()
        self.check()
        if self._open():
            some = [(found.id, found.state, found.line) for found in self._open()[:5]]
            raise Broken(f"{len(self._open())} are stuck, such as {some}")

    def _step(self) -> None:
        self.house.step()
        self.steps += 1
        if self.steps % self.country.check_every == 0:
            self.check()

    def _open(self) -> list[MemoryTicket]:
        return [
            ticket
            for ticket in self.seats.tickets.values()
            if ticket.state in ("waiting", "offered", "active")
        ]

    def _any_open(self) -> bool:
        return bool(self.seats.seats) or any(self.seats.waiting.values())

    def _soon(self, work: Callable[[], Coroutine[Any, Any, None]], within_s: float) -> None:
        self.house.after(self.chance.uniform(0, within_s), work)

    def _calm_down(self) -> None:
        """From now on everybody answers, and every line has somebody: nothing may stay behind."""
        self.calm = True
        regions = {
            line_of(self.knowledge.pools, region, self.house.time) for region in self.regions
        }
        regions.update(self.regions)
        for region in sorted(regions):
            name = f"{region}-last"
            self.people[name] = region
            self._soon(self._arrives(name, helps=True), 60)

    # caseworkers

    def _arrives(self, name: str, *, helps: bool = False) -> Callable[[], Any]:
        region = self.people[name]

        async def arrives() -> None:
            new = name not in self.seats.desks
            await self.seats.desk(name, region, MOST_CHATS)
            if helps:
                cap = max(1, self.seats.caps.get(region, 0))
                await self.seats.region(region, cap)
                self.knowledge = replace(self.knowledge, pilots={})
                self.house.knowledge = self.knowledge
                await self.seats.cap(name, MOST_CHATS)
            await self.seats.presence(name, "available", linked=True)
            self.house.ring(region)
            if new and not self.calm:
                self._soon(self._changes(name), self.pace_s)

        return arrives

    def _changes(self, name: str) -> Callable[[], Any]:
        async def changes() -> None:
            if self.calm:
                return
            what = self.chance.choice(
                ("away", "calling", "cap", "crash", "back", "hand_on", "room")
            )
            self.counts[what] += 1
            await getattr(self, f"_does_{what}")(name)
            self.house.ring(self.people[name])
            self._soon(self._changes(name), self.pace_s)

        return changes

    async def _does_away(self, name: str) -> None:
        await self.seats.presence(name, "away", linked=True)

    async def _does_calling(self, name: str) -> None:
        await self.seats.presence(name, "calling", linked=True)

    async def _does_back(self, name: str) -> None:
        await self.seats.presence(name, "available", linked=True)

    async def _does_cap(self, name: str) -> None:
        await self.seats.cap(name, self.chance.randint(0, MOST_CHATS))

    async def _does_crash(self, name: str) -> None:
        """The link is gone; after the grace the chats go back to the front of their level."""
        await self.seats.presence(name, "available", linked=False)

        async def over() -> None:
            if not self.seats.desks[name].linked:
                for ticket in self._chats_of(name):
                    place = self._place(ticket, back=True)
                    await self.seats.give_back(ticket.id, place, self.house.now())
                    self.house.ring(ticket.line)

        self.house.after(SETTINGS.caseworker_grace_s, over)
        self._soon(self._arrives(name), 600)

    async def _does_hand_on(self, name: str) -> None:
        other = self.chance.choice(sorted(self.people))
        for ticket in self._chats_of(name)[:1]:
            try:
                await self.seats.hand_on(ticket.id, name, other, self.house.now())
            except Rollback as refused:
                self.counts[f"hand_on {refused.reason}"] += 1
            self.house.ring(self.people[name])

    async def _does_room(self, name: str) -> None:
        line = self.seats.waiting[self.people[name]]
        if not line or not self._chats_of(name):
            return
        acute = line[0][2]
        given = self.chance.choice(self._chats_of(name))
        other = self.chance.choice(sorted(self.people))
        try:
            if self.chance.random() < 0.5:
                to = self._place(given, back=True)
                await self.seats.make_room(acute, given.id, name, to, self.house.now())
            else:
                await self.seats.make_room_at(acute, given.id, name, other, self.house.now())
        except Rollback as refused:
            self.counts[f"room {refused.reason}"] += 1
            return
        self._talks(acute, name)

    def _chats_of(self, name: str) -> list[MemoryTicket]:
        return [
            self.seats.tickets[seat.ticket]
            for seat in self.seats.seats.values()
            if seat.caseworker == name and seat.expires_at is None
        ]

    def _offered(self, decision: Decision, expires_at: int) -> None:
        self._check_offer(decision)
        answer = (
            "accept"
            if self.calm
            else self.chance.choices(("accept", "decline", "nothing"), (70, 15, 15))[0]
        )
        self.counts[answer] += 1
        if answer == "nothing":
            return

        async def answers() -> None:
            now, ticket = self.house.now(), self.seats.tickets[decision.ticket]
            try:
                if answer == "decline":
                    until = now + int(SETTINGS.offer_again_s * 1_000_000)
                    await self.seats.decline(ticket.id, decision.caseworker, until)
                    self.house.after(SETTINGS.offer_again_s, self._look(ticket.line))
                else:
                    await self.seats.accept(ticket.id, decision.caseworker, now)
                    self._talks(ticket.id, decision.caseworker)
            except Rollback as refused:
                self.counts[f"{answer} {refused.reason}"] += 1
            self.house.ring(ticket.line)
            self.house.ring(self.people[decision.caseworker])

        self._soon(answers, 15)

    def _look(self, line: str) -> Callable[[], Any]:
        async def look() -> None:
            self.house.ring(line)

        return look

    def _talks(self, ticket: str, caseworker: str) -> None:
        async def ends() -> None:
            found = self.seats.tickets[ticket]
            owner = self.seats.seats[ticket].caseworker if ticket in self.seats.seats else ""
            try:
                await self.seats.end(ticket, None, self.house.now())
                await self.seats.close(ticket, found.caseworker or "")
            except Rollback as refused:
                self.counts[f"end {refused.reason}"] += 1
            self.house.ring(self.people.get(owner, found.line))

        self.house.after(self.chance.expovariate(1 / 900), ends)

    # visitors

    def _comes(self, number: int) -> Callable[[], Any]:
        async def comes() -> None:
            region = self.chance.choice(self.regions)
            found = self.house.reach(region)
            self.counts["open" if found.open else "closed"] += 1
            # who began before closing stands in line all the same
            if not found.open and self.chance.random() < 0.7:
                return
            level = self.chance.choices(LEVELS, (1, 3, 6))[0]
            now, id = self.house.now(), f"{number:05}"
            place = queue.order(Triage(level=level), now, self.knowledge.queue)
            await self.house.open(
                MemoryTicket(
                    id=id,
                    home=region,
                    line=found.line,
                    band=place.band,
                    queue_at=place.queue_at,
                    waiting_since=now - self.chance.randrange(90_000_000),
                    entered_at=now,
                    typed=self.chance.random() < 0.5,
                    language=self.chance.choice(("nl", "en")),
                )
            )
            self._soon(self._behaves(id), 600)

        return comes

    def _behaves(self, id: str) -> Callable[[], Any]:
        async def behaves() -> None:
            ticket = self.seats.tickets[id]
            if self.calm or ticket.state == "closed":
                return
            what = self.chance.choice(("leave", "back", "acute", "own", "stay", "stay"))
            if what == "leave" and ticket.visitor not in LEFT:
                await self.seats.leave(id, self.chance.choice(LEFT), self.behind)
            elif what == "back" and ticket.visitor == "gone":
                await self.seats.come_back(id, self.behind, self.house.now())
            elif what == "acute" and ticket.band != ACUTE_BAND:
                await self.seats.order(id, ACUTE_BAND, ticket.waiting_since)
            elif what == "own" and ticket.state in ("waiting", "offered") and ticket.band:
                await self.seats.own_region(id)
            self.counts[what] += 1
            self.house.ring(ticket.line)
            self.house.ring(ticket.serving)
            # nobody goes on for ever
            if self.chance.random() < 0.8:
                self._soon(self._behaves(id), 900)

        return behaves

    def _place(self, ticket: MemoryTicket, *, back: bool) -> tuple[int, int]:
        head_start = self.knowledge.queue.head_start_min["given_back"] * queue.MINUTE
        return ticket.band, ticket.waiting_since - (head_start if back else 0)

    # the rules

    def _checked(self, sit: Callable[..., None]) -> Callable[..., None]:
        def checked(
            ticket: MemoryTicket,
            caseworker: str,
            region: str,
            expires_at: int | None,
            agreement: str | None,
        ) -> None:
            if ticket.id in self.seats.seats:
                raise Broken(f"{ticket.id} has two seats")
            sit(ticket, caseworker, region, expires_at, agreement)
            if self.seats.held_by[caseworker] > MOST_CHATS:
                raise Broken(f"a fourth chat at {caseworker}")

        return checked

    def _check_offer(self, decision: Decision) -> None:
        ticket, desk = self.seats.tickets[decision.ticket], self.seats.desks[decision.caseworker]
        if self.seats.held_by[desk.caseworker] > desk.cap:
            raise Broken(f"{desk.caseworker} was offered a chat above the own cap")
        if self.seats.held_in[desk.region] > self.seats.caps[desk.region]:
            raise Broken(f"{desk.region} was offered a chat above its cap")
        listed = self.knowledge.pilots.get(desk.region)
        if listed is not None and desk.caseworker not in listed:
            raise Broken(f"{desk.caseworker} is not in the pilot")
        self._check_acute_first(ticket, decision)
        if decision.agreement is not None:
            self._check_overflow(ticket, decision.agreement)
            self.counts["overflow"] += 1
        elif desk.region != ticket.line:
            raise Broken(f"{ticket.id} of {ticket.line} went to {desk.region} without an agreement")

    def _check_acute_first(self, ticket: MemoryTicket, decision: Decision) -> None:
        """No acute ticket of a line stands behind another at a desk that could have had it."""
        region = self.seats.desks[decision.caseworker].region
        if ticket.band == ACUTE_BAND:
            return
        for band, _, id in self.seats.waiting[region]:
            if band == ACUTE_BAND and decision.caseworker not in self.seats.not_again[id]:
                raise Broken(f"{ticket.id} was offered before {id}, which is acute")

    def _check_overflow(self, ticket: MemoryTicket, agreement: Agreement) -> None:
        now = self.house.time
        if agreement.home != ticket.line:
            raise Broken(f"{ticket.id} goes on from {agreement.home}: a loop begins like that")
        if not opening(self.knowledge.regions[agreement.helper].chat_hours, now).open:
            raise Broken(f"{ticket.id} was sent to {agreement.helper}, which is closed")
        if ticket.own_only and ticket.band != ACUTE_BAND and self.house.present(ticket.line):
            raise Broken(f"{ticket.id} waits for the own region")
        used = [
            id
            for id in self.seats.helped[agreement.helper]
            if self.seats.tickets[id].agreement == agreement.id and self._today(id)
        ]
        if agreement.most_per_day is not None and len(used) > agreement.most_per_day:
            raise Broken(f"{agreement.helper} helps more often than agreed")

    def _today(self, id: str) -> bool:
        """Whether a ticket counts for the day on which it is."""
        ticket = self.seats.tickets[id]
        if ticket.state == "offered" or ticket.accepted_at is None:
            return ticket.state == "offered"
        zone = next(iter(self.knowledge.regions.values())).chat_hours.zone
        at = datetime.fromtimestamp(ticket.accepted_at / 1e6, UTC).astimezone(zone)
        return at.date() == self.house.time.astimezone(zone).date()

    def check(self) -> None:
        """What holds between any two things that happen."""
        held_by: Counter[str] = Counter()
        held_in: Counter[str] = Counter()
        for seat in self.seats.seats.values():
            held_by[seat.caseworker] += 1
            held_in[seat.region] += 1
            state = self.seats.tickets[seat.ticket].state
            if state != ("active" if seat.expires_at is None else "offered"):
                raise Broken(f"{seat.ticket} is {state} and has a seat")
        if +self.seats.held_by != held_by or +self.seats.held_in != held_in:
            raise Broken("seats that nobody has")
        in_line = 0
        for line, keys in self.seats.waiting.items():
            in_line += len(keys)
            for key in keys:
                ticket = self.seats.tickets[key[2]]
                if (ticket.state, ticket.line, ticket.key) != ("waiting", line, key):
                    raise Broken(f"{ticket.id} stands in the line of {line} and is not there")
        states = Counter(ticket.state for ticket in self.seats.tickets.values())
        if states["waiting"] != in_line:
            raise Broken("a ticket waits in no line")
        if states["offered"] + states["active"] != len(self.seats.seats):
            raise Broken("a ticket lost its seat")
        if states.keys() - {"waiting", "offered", "active", "wrap_up", "missed", "closed"}:
            raise Broken("a ticket is nowhere")


def play(seed: int, country: Country = Country()) -> Counter[str]:
    """Plays one day; what happened how often. Raises `Broken` with how to play it again."""
    day = Day(seed, country)
    try:
        day.play()
    except Broken as broken:
        raise Broken(f'{broken}; replay with make simulate ARGS="--seed {seed}"') from broken
    return day.counts
