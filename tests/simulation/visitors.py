"""Visitors of a made-up day: they come, leave, return, become acute, or wait for their region."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flows.urgency import Triage
from handoff.desk import queue
from handoff.desk.queue import ACUTE_BAND
from handoff.desk.seats.memory import MemoryTicket
from handoff.protocol import LEFT
from tests.simulation.world import World

LEVELS = ("acute", "urgent", "normal")


class Visitors:
    """What they do, by chance."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.chance, self.house, self.seats = world.chance, world.house, world.seats
        self.behind = world.knowledge.queue.left_behind_min * queue.MINUTE

    def comes(self, number: int) -> Callable[[], Any]:
        """A visitor comes to the end of the intake."""

        async def comes() -> None:
            region = self.chance.choice(self.world.regions)
            found = self.house.reach(region)
            self.world.counts["open" if found.open else "closed"] += 1
            # who began before closing stands in line all the same
            if not found.open and self.chance.random() < 0.7:
                return
            level = self.chance.choices(LEVELS, (1, 3, 6))[0]
            now, id = self.house.now(), f"{number:05}"
            place = queue.order(Triage(level=level), now, self.world.knowledge.queue)
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
            self.world.soon(self._behaves(id), 600)

        return comes

    def _behaves(self, id: str) -> Callable[[], Any]:
        async def behaves() -> None:
            ticket = self.seats.tickets[id]
            if self.world.calm or ticket.state == "closed":
                return
            what = self.chance.choice(("leave", "back", "acute", "own", "stay", "stay"))
            self.world.counts[what] += 1
            if what != "stay":
                # whose seat may be free in a moment
                served_by = ticket.serving
                await getattr(self, f"_does_{what}")(ticket)
                self.world.ring(ticket.line, served_by)
            # nobody goes on for ever
            if self.chance.random() < 0.8:
                self.world.soon(self._behaves(id), 900)

        return behaves

    async def _does_leave(self, ticket: MemoryTicket) -> None:
        if ticket.visitor not in LEFT:
            await self.seats.leave(ticket.id, self.chance.choice(LEFT), self.behind)

    async def _does_back(self, ticket: MemoryTicket) -> None:
        if ticket.visitor == "gone":
            await self.seats.come_back(ticket.id, self.behind, self.house.now())

    async def _does_acute(self, ticket: MemoryTicket) -> None:
        if ticket.band != ACUTE_BAND:
            await self.seats.order(ticket.id, ACUTE_BAND, ticket.waiting_since)

    async def _does_own(self, ticket: MemoryTicket) -> None:
        if ticket.state in ("waiting", "offered") and ticket.band != ACUTE_BAND:
            await self.seats.own_region(ticket.id)
