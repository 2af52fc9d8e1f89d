"""Caseworkers come, go, and lose their link: whose desk is open, and what becomes of the chats."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Protocol

from handoff.clock import seconds
from handoff.desk import queue
from handoff.desk.conversation import Conversation, Gone
from handoff.desk.conversations import Conversations
from handoff.desk.floor import Floor
from handoff.desk.one_by_one import one_by_one
from handoff.desk.said import SYSTEM, Said, of_message
from handoff.desk.services import Services
from handoff.protocol import LEFT
from handoff.storage import conversations as stored
from handoff.storage import presence, seats, tickets
from handoff.storage.database import Unavailable
from handoff.storage.sql import Command, Rollback, Row, Sql
from handoff.storage.units import NewEvent

log = logging.getLogger(__name__)

AWAY = "away"
SET_HOME = Sql("UPDATE ticket SET serving_region = queue_region, agreement = NULL WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Person:
    """Who sits at a desk. `name` is what visitors read."""

    username: str
    name: str
    region: str
    role: str
    #: with commas; empty is whatever the region speaks
    languages: str = ""


class Linked(Protocol):
    """An open socket of a caseworker."""

    person: Person


class Shift:
    """Who is at work, over all nodes."""

    def __init__(self, services: Services, conversations: Conversations, floor: Floor) -> None:
        self.services = services
        self.conversations = conversations
        self.floor = floor
        #: before this nobody could come back, so no grace counts from before it
        self.started = services.now()
        self.linked: dict[str, list[Linked]] = {}
        #: who left while the database was away: written as soon as it is back
        self.unwritten: dict[str, Person] = {}

    async def join(self, socket: Linked) -> None:
        """A desk opens. Who was away for a moment goes on as before; a new shift begins away."""
        person = socket.person
        self.linked.setdefault(person.username, []).append(socket)
        region = self.services.knowledge.regions[person.region]
        now = self.services.now()
        state = await self._state_to_go_on_with(person.username, now)
        await self.services.db.run(
            seat_of,
            person.username,
            person.region,
            region.region_cap,
            region.caseworker_cap,
            person.languages,
        )
        await self._write(person.username, state, linked=True, now=now)
        for row in await self.services.db.read(tickets.chats_of, person.username):
            await self._tell_visitor(row["id"], row["conversation"], away=False)
        self.floor.ring(person.region)

    async def _state_to_go_on_with(self, username: str, now: int) -> str:
        found = await self.services.db.read(presence.presence_of, f"caseworker/{username}")
        if found is None:
            return AWAY
        state = str(found["state"])
        grace = seconds(self._grace_s(state))
        return state if found["linked"] or now - found["since"] < grace else AWAY

    def _grace_s(self, state: str) -> float:
        settings = self.services.settings
        return settings.calling_grace_s if state == "calling" else settings.caseworker_grace_s

    async def relink(self, person: Person) -> None:
        """Somebody with an open desk here was thought to be away: another desk of theirs closed on
        another node, or this node was taken for dead."""
        found = await self.services.db.read(presence.presence_of, f"caseworker/{person.username}")
        if person.username in self.linked and found is not None and not found["linked"]:
            now = self.services.now()
            await self._write(person.username, str(found["state"]), linked=True, now=now)
            self.floor.ring(person.region)

    async def leave(self, socket: Linked) -> None:
        """A desk's socket closed; the last one of a caseworker begins the grace."""
        person = socket.person
        others = self.linked.get(person.username, [])
        if socket in others:
            others.remove(socket)
        if others:
            return
        self.linked.pop(person.username, None)
        try:
            await self._unlink(person)
        except Unavailable:
            log.warning("shift: a lost link was not written; it is once the database is back")
            self.unwritten[person.username] = person

    async def _unlink(self, person: Person) -> None:
        found = await self.services.db.read(presence.presence_of, f"caseworker/{person.username}")
        state = str(found["state"]) if found else AWAY
        await self._write(person.username, state, linked=False, now=self.services.now())
        self.floor.ring(person.region)

    async def write_lost_links(self) -> None:
        """Writes what the database did not take before. Raises `Unavailable`."""
        for username, person in list(self.unwritten.items()):
            if username not in self.linked:
                await self._unlink(person)
            del self.unwritten[username]

    async def set_presence(self, person: Person, state: str) -> None:
        """Available, away (no offers), or calling the police for a visitor (seats kept)."""
        await self._write(person.username, state, linked=True, now=self.services.now())
        self.floor.ring(person.region)

    async def set_cap(self, person: Person, cap: int) -> None:
        """The own number of chats, after a heavy one; running chats stay."""
        await self.services.db.run(set_cap, person.username, cap)
        self.floor.ring(person.region)

    async def _write(self, username: str, state: str, *, linked: bool, now: int) -> None:
        await self.services.db.run(
            presence.set_caseworker, username, self.services.node, state, linked, now
        )

    # timers

    async def look_after(self) -> None:
        """Tells visitors that their caseworker is away for a moment; after the grace the chats go
        back to the front of their level, and colleagues can take an acute one at once."""
        before = self.services.now() - seconds(self.services.settings.caseworker_notice_s)
        await one_by_one(
            await self.services.db.read(presence.caseworkers_out, before), self._look_after
        )

    async def _look_after(self, out: presence.Out) -> None:
        since = max(out.since, self.started)
        over = self.services.now() - since >= seconds(self._grace_s(out.state))

        async def move_on(row: Row) -> None:
            if over:
                await self.give_back(row["id"], row["conversation"], out.caseworker)
            else:
                await self._tell_visitor(row["id"], row["conversation"], away=True)

        await one_by_one(await self.services.db.read(tickets.chats_of, out.caseworker), move_on)

    async def _tell_visitor(self, ticket: str, conversation: str, *, away: bool) -> None:
        if not await self.services.db.run(presence.away_notice, ticket, away):
            return
        name = "utter_caseworker_away" if away else "utter_caseworker_back"
        await self.say(conversation, name)

    async def say(self, id: str, name: str) -> None:
        """A system notice into a conversation."""
        try:
            async with self.conversations.borrowed(id) as found:
                events = [found.seal(notice(found, name, self.services))]
                await self.services.db.run(stored.append, id, events)
                await found.refresh()
        except Gone:
            return

    async def give_back(self, ticket: str, id: str, caseworker: str) -> None:
        """Puts a chat back to the front of its level."""
        try:
            async with self.conversations.borrowed(id) as found:
                told = notice(found, "utter_takeover_wait", self.services)
                note = self._audit("system", "given_back", ticket, caseworker)
                until = self.floor.unread_until(found.home)
                await self.services.db.run(
                    given_back,
                    ticket,
                    caseworker,
                    place_of(found),
                    until,
                    self.services.now(),
                    self.services.month(),
                    found.seal(told),
                    note,
                )
                log.info("ticket %s: back in the queue, its caseworker lost the link", ticket)
                served = found.ticket.serving_region if found.ticket else found.region
                await found.refresh()
                self.floor.ring(served)
                self.floor.ring(found.region)
        except (Gone, Rollback):
            return

    def _audit(self, actor: str, action: str, ticket: str, detail: str) -> tickets.Note:
        id, now = self.services.ids.short(), self.services.now()
        return tickets.audit(id, now, actor, action, ticket, detail)


def place_of(conversation: Conversation) -> tuple[int, int]:
    """Band and queue time of a chat that goes back: the front of its level."""
    ticket = conversation.ticket
    place = queue.order(
        conversation.talk.triage,
        conversation.began_at,
        conversation.services.knowledge.queue,
        returned=bool(ticket and ticket.returned),
        given_back=True,
        left=bool(ticket and ticket.visitor in LEFT),
    )
    return place.band, place.queue_at


def given_back(
    ticket: str,
    caseworker: str,
    place: tuple[int, int],
    unread_until: int,
    now: int,
    month: str,
    told: NewEvent,
    note: tickets.Note,
) -> Command[None]:
    """Gives a chat back, unless its caseworker came back first. It waits where it came from: the
    region that helped out is not looked at for it. Raises `Rollback`."""
    found = yield from presence.presence_of(f"caseworker/{caseworker}")
    rows = yield tickets.LOCK, {"id": ticket}
    if (found is not None and found["linked"]) or not rows:
        raise Rollback("taken")
    if rows[0]["caseworker"] != caseworker:
        raise Rollback("taken")
    yield from tickets.give_back(ticket, *place, "given_back", now, month, [told], note)
    yield from home_again(ticket, unread_until)


def home_again(ticket: str, unread_until: int) -> Command[None]:
    """A ticket that waits, waits in its own line. One whose visitor left meanwhile is offered
    only when it is acute; otherwise it is missed, and read."""
    yield SET_HOME, {"id": ticket}
    row = yield from tickets.ring(ticket)
    if row["visitor"] in LEFT and row["level"] != "acute":
        yield tickets.SET_MISSED, {"id": ticket, "until": unread_until}


def notice(conversation: Conversation, name: str, services: Services, **more: str) -> Said:
    """What the system says to a visitor."""
    now = conversation.now()
    message = conversation.dialogue.message(name, conversation.talk, conversation.home, now, **more)
    return of_message(services.ids.short(), message, now, SYSTEM)


def seat_of(
    caseworker: str, region: str, region_cap: int, cap: int, languages: str = ""
) -> Command[None]:
    """Makes the rows that claims lock; a cap that was lowered at the desk stays lowered."""
    yield seats.SET_REGION, {"region": region, "cap": region_cap}
    seat = {"caseworker": caseworker, "region": region, "cap": cap, "languages": languages}
    yield seats.SET_CASEWORKER, seat


def set_cap(caseworker: str, cap: int) -> Command[None]:
    """Sets the own cap; the database refuses more than three."""
    yield seats.SET_CAP, {"caseworker": caseworker, "cap": cap}


def bye_of(conversation: Conversation) -> str:
    """The goodbye that fits the role."""
    return bye_for(conversation.talk.triage.role)


def bye_for(role: str) -> str:
    """The same for a role."""
    return f"utter_bye_{role}" if role in ("other", "young", "work") else "utter_bye_self"
