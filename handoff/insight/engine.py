"""Plays a scenario on the real routing: what a coordinator asks with `voordeur simulate`."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from flows.urgency import Triage
from handoff.desk import queue
from handoff.desk.routing import Decision
from handoff.desk.seats.memory import MemoryTicket
from handoff.insight.house import House, Work
from handoff.insight.scenario import Arrival, Outcome, Presence, Scenario, Visit
from handoff.settings import Settings
from handoff.storage.sql import Rollback

#: How often the last caseworker of a shift looks whether the line is empty.
LAST_LOOK_S = 60


def play(scenario: Scenario, chance: Random, settings: Settings | None = None) -> Outcome:
    """Plays a scenario; who is offered whom is decided as it is in the house."""
    return _Play(scenario, settings or Settings()).run()


class _Play:
    """One run: people who come, wait, are answered, or leave."""

    def __init__(self, scenario: Scenario, settings: Settings) -> None:
        self.scenario, self.settings = scenario, settings
        self.house = House(scenario.knowledge, settings, scenario.begins, self._offered)
        self.seats = self.house.seats
        self.behind = scenario.knowledge.queue.left_behind_min * queue.MINUTE
        self.visits: dict[int, Visit] = {}
        self.of_ticket: dict[str, int] = {}
        self.shifts: dict[str, int] = {}

    def run(self) -> Outcome:
        for shift in self.scenario.presence:
            self.house.at(shift.begins, self._begins(shift))
            self.house.at(shift.ends, self._ends(shift))
        for number, arrival in enumerate(self.scenario.arrivals):
            self.house.at(arrival.at, self._comes(number, arrival))
        last = max([self.scenario.ends, *(shift.ends for shift in self.scenario.presence)])
        arrivals = self.scenario.arrivals
        while self.house.events:
            if len(self.visits) == len(arrivals) or self.house.time > last + timedelta(days=1):
                break
            self.house.step()
        for number, arrival in enumerate(arrivals):
            if number not in self.visits:
                waited = max(0.0, (last - arrival.at).total_seconds())
                self._done(number, "waiting", waited)
        return Outcome(tuple(self.visits[number] for number in range(len(arrivals))))

    # caseworkers

    def _begins(self, shift: Presence) -> Work:
        async def begins() -> None:
            name = shift.caseworker
            self.shifts[name] = self.shifts.get(name, 0) + 1
            await self.seats.desk(name, shift.region, shift.cap)
            await self.seats.cap(name, shift.cap)
            await self.seats.presence(name, "available", linked=True)
            self.house.ring(shift.region)

        return begins

    def _ends(self, shift: Presence) -> Work:
        async def ends() -> None:
            region = shift.region
            if self.seats.waiting[region] and self.house.present(region) == 1:
                # the last one stays until the line is empty (R64)
                self.house.after(LAST_LOOK_S, ends)
                return
            self.shifts[shift.caseworker] -= 1
            if self.shifts[shift.caseworker] == 0:
                await self.seats.presence(shift.caseworker, "away", linked=False)

        return ends

    def _offered(self, decision: Decision, expires_at: int) -> None:
        async def accept() -> None:
            try:
                await self.seats.accept(decision.ticket, decision.caseworker, self.house.now())
            except Rollback:
                # the visitor left, or danger went first
                return
            self._answered(decision.ticket, decision.caseworker)

        self.house.after(self.scenario.answer_s, accept)

    def _answered(self, ticket: str, caseworker: str) -> None:
        number = self.of_ticket[ticket]
        arrival = self.scenario.arrivals[number]
        here = number not in self.visits and arrival.leaves != "at_once"
        if here:
            waited = (self.house.time - arrival.at).total_seconds()
            self._done(number, "answered", waited, self.seats.desks[caseworker].region)
        # who left is read, and the seat is free a little later
        talk = arrival.service_s if here else self.settings.left_grace_s

        async def end() -> None:
            await self.seats.end(ticket, caseworker, self.house.now())
            await self.seats.close(ticket, caseworker)
            self.house.ring(self.seats.desks[caseworker].region)

        self.house.after(talk, end)

    # visitors

    def _comes(self, number: int, arrival: Arrival) -> Work:
        async def comes() -> None:
            found = self.house.reach(arrival.region)
            if not found.open:
                self._done(number, "closed", 0.0)
                return
            now, id = self.house.now(), _id(number)
            place = queue.order(Triage(level=arrival.level), now, self.scenario.knowledge.queue)
            self.of_ticket[id] = number
            await self.house.open(
                MemoryTicket(
                    id=id,
                    home=arrival.region,
                    line=found.line,
                    band=place.band,
                    queue_at=place.queue_at,
                    waiting_since=now,
                    entered_at=now,
                )
            )
            if arrival.leaves == "at_once":
                self._done(number, "at_once", 0.0)
                self.house.after(self.settings.gone_waiting_s, self._leaves(id, "gone"))
            else:
                self.house.after(arrival.patience_s, self._gives_up(number, id))

        return comes

    def _gives_up(self, number: int, id: str) -> Work:
        async def gives_up() -> None:
            if number in self.visits:
                return
            arrival = self.scenario.arrivals[number]
            self._done(number, "left", arrival.patience_s)
            if arrival.leaves == "silently":
                # the link is gone, and the place is kept for a while
                self.house.after(self.settings.gone_waiting_s, self._leaves(id, "gone"))
            else:
                await self._leaves(id, "stopped")()

        return gives_up

    def _leaves(self, id: str, how: str) -> Work:
        async def leaves() -> None:
            ticket = self.seats.tickets[id]
            if ticket.state in ("waiting", "offered"):
                await self.seats.leave(id, how, self.behind)
                self.house.ring(ticket.line)

        return leaves

    def _done(self, number: int, end: str, waited_s: float, served_by: str | None = None) -> None:
        arrival = self.scenario.arrivals[number]
        ticket = self.seats.tickets.get(_id(number))
        line = ticket.line if ticket else None
        self.visits[number] = Visit(arrival, end, waited_s, served_by, line)


def _id(number: int) -> str:
    """The ticket of an arrival: in the order of the arrivals, as the house breaks a tie."""
    return f"{number:08}"
