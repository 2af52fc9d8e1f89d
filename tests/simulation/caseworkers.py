"""Caseworkers of a made-up day: they come, go, decline, do not answer, and lose their link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handoff.desk.routing import Decision
from handoff.storage.sql import Rollback
from handoff.storage.tables import MOST_CHATS
from tests.simulation.world import SETTINGS, World


class Caseworkers:
    """What they do, by chance."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.chance, self.house, self.seats = world.chance, world.house, world.seats
        #: people change what they do this often, more often on a short day
        self.pace_s = 600 * world.country.hours

    def arrives(self, name: str) -> Callable[[], Any]:
        """Somebody sits down, for the first time or again."""
        region = self.world.people[name]

        async def arrives() -> None:
            new = name not in self.seats.desks
            await self.seats.desk(name, region, MOST_CHATS)
            if self.world.calm:
                await self.seats.cap(name, MOST_CHATS)
            await self.seats.presence(name, "available", linked=True)
            self.world.ring(region)
            if new and not self.world.calm:
                self.world.soon(self._changes(name), self.pace_s)

        return arrives

    def rung(self, name: str) -> None:
        """Half of those who are rung at home sit down at their desk within some minutes."""
        if name in self.world.people and self.chance.random() < 0.5:
            self.world.soon(self.arrives(name), 300)

    def _changes(self, name: str) -> Callable[[], Any]:
        async def changes() -> None:
            if self.world.calm:
                return
            what = self.chance.choice(
                ("away", "calling", "cap", "crash", "back", "hand_on", "room")
            )
            self.world.counts[what] += 1
            await getattr(self, f"_does_{what}")(name)
            self.world.ring(self.world.people[name])
            self.world.soon(self._changes(name), self.pace_s)

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
                for ticket in self.world.chats_of(name):
                    place = self.world.place_back(ticket)
                    await self.seats.give_back(ticket.id, place, self.house.now())
                    self.world.ring(ticket.line, self.world.people[name])

        self.house.after(SETTINGS.caseworker_grace_s, over)
        self.world.soon(self.arrives(name), 600)

    async def _does_hand_on(self, name: str) -> None:
        other = self.chance.choice(sorted(self.world.people))
        for ticket in self.world.chats_of(name)[:1]:
            try:
                await self.seats.hand_on(ticket.id, name, other, self.house.now())
            except Rollback as refused:
                self.world.counts[f"hand_on {refused.reason}"] += 1

    async def _does_room(self, name: str) -> None:
        line, own = self.seats.waiting[self.world.people[name]], self.world.chats_of(name)
        if not line or not own:
            return
        acute, given = line[0][2], self.chance.choice(own)
        other = self.chance.choice(sorted(self.world.people))
        try:
            if self.chance.random() < 0.5:
                to = self.world.place_back(given)
                await self.seats.make_room(acute, given.id, name, to, self.house.now())
            else:
                await self.seats.make_room_at(acute, given.id, name, other, self.house.now())
        except Rollback as refused:
            self.world.counts[f"room {refused.reason}"] += 1
            return
        self.world.ring(given.line)
        self.talks(acute, name)

    def offered(self, decision: Decision) -> None:
        """Somebody is asked; most say yes, within a moment."""
        answers = ("accept", "decline", "nothing")
        calm = self.world.calm
        answer = "accept" if calm else self.chance.choices(answers, (70, 15, 15))[0]
        self.world.counts[answer] += 1
        if answer != "nothing":
            self.world.soon(self._answers(decision, answer), 15)

    def _answers(self, decision: Decision, answer: str) -> Callable[[], Any]:
        ticket, name = self.seats.tickets[decision.ticket], decision.caseworker

        async def answers() -> None:
            now = self.house.now()
            try:
                if answer == "accept":
                    await self.seats.accept(ticket.id, name, now)
                    self.talks(ticket.id, name)
                    return
                until = now + int(SETTINGS.offer_again_s * 1_000_000)
                await self.seats.decline(ticket.id, name, until)
            except Rollback as refused:
                self.world.counts[f"{answer} {refused.reason}"] += 1
                return
            self.house.after(SETTINGS.offer_again_s, self.world.look_at(ticket))
            self.world.ring(ticket.line, self.world.people[name])

        return answers

    def talks(self, ticket: str, caseworker: str) -> None:
        """A chat begins, and ends some time later."""

        async def ends() -> None:
            found, seat = self.seats.tickets[ticket], self.seats.seats.get(ticket)
            try:
                await self.seats.end(ticket, None, self.house.now())
                await self.seats.close(ticket, found.caseworker or "")
            except Rollback as refused:
                self.world.counts[f"end {refused.reason}"] += 1
                return
            if seat is not None:
                self.world.ring(seat.region)

        self.house.after(self.chance.expovariate(1 / 900), ends)
