"""What people do with the seats, in memory: visitors and caseworkers of a simulated day.

Each step does what the desk's command does in the database, and refuses with the same reason.
"""

from __future__ import annotations

from bisect import insort

from handoff.desk.queue import ACUTE_BAND
from handoff.desk.seats.memory import MemoryDesk, MemorySeat, MemorySeats, MemoryTicket
from handoff.protocol import LEFT
from handoff.storage.sql import Rollback


class PlayedSeats(MemorySeats):
    """Seats that people sit down at, accept, hand on, and leave."""

    async def open(self, ticket: MemoryTicket) -> None:
        """A ticket enters its line."""
        ticket.serving = ticket.serving or ticket.line
        self.tickets[ticket.id] = ticket
        insort(self.waiting[ticket.line], ticket.key)

    async def order(self, ticket: str, band: int, queue_at: int) -> None:
        """Another level or another place; while it waits it moves in the line."""
        found = self.tickets[ticket]
        self._leave_line(found)
        found.band, found.queue_at = band, queue_at
        self._enter_line(found)

    async def own_region(self, ticket: str) -> None:
        """The visitor rather waits for the own region: an offer elsewhere is undone, and who helps
        after all is told anew.

        Raises `Rollback("taken")` once somebody accepted."""
        found = self.tickets[ticket]
        if found.state not in ("waiting", "offered"):
            raise Rollback("taken")
        if found.band == ACUTE_BAND:
            raise Rollback("acute")
        found.own_only, found.told = True, frozenset()
        if found.state == "offered" and found.serving != found.line:
            self._free(ticket)
            self._to_line(found)

    async def accept(self, ticket: str, caseworker: str, now: int) -> None:
        """Turns an offer into a chat. Raises `Rollback`: `not_offered`, `expired`."""
        found, seat = self.tickets.get(ticket), self.seats.get(ticket)
        if found is None or found.state != "offered":
            raise Rollback("not_offered")
        if seat is None or seat.caseworker != caseworker:
            raise Rollback("not_offered")
        if seat.expires_at is None or seat.expires_at <= now:
            raise Rollback("expired")
        seat.expires_at, found.state = None, "active"
        self._begun(found, caseworker, now)

    async def take(self, ticket: str, caseworker: str, now: int) -> None:
        """Claims and accepts at once; an acute ticket that another region is asked for goes to its
        own. Raises `Rollback`: `taken`, `no_seat`, `unknown`."""
        desk, seat, found = self._known(caseworker), self.seats.get(ticket), self.tickets[ticket]
        if seat is not None and seat.expires_at is not None:
            if seat.caseworker == caseworker:
                await self.accept(ticket, caseworker, now)
                return
            elsewhere = seat.region != desk.region == found.line
            if elsewhere and found.band == ACUTE_BAND:
                if not self._fits(desk):
                    raise Rollback("no_seat")
                self._free(ticket)
                self._to_line(found)
        self._claim(ticket, caseworker, None, anyhow=True)
        self._begun(found, caseworker, now)

    async def decline(self, ticket: str, caseworker: str, until: int) -> None:
        """Leaves an offer to somebody else. Raises `Rollback("not_offered")`."""
        seat = self.seats.get(ticket)
        if seat is None or seat.caseworker != caseworker or seat.expires_at is None:
            raise Rollback("not_offered")
        self._free(ticket)
        self._to_line(self.tickets[ticket])
        self.not_again[ticket][caseworker] = (until, True)
        self.desks[caseworker].unanswered = 0

    async def hand_on(self, ticket: str, giver: str, receiver: str, now: int) -> None:
        """Moves a chat to a colleague. Raises `Rollback`: `unknown`, `not_yours`, `no_seat`."""
        self._known(giver)
        desk = self._known(receiver)
        seat = self.seats.get(ticket)
        if seat is None or seat.caseworker != giver or seat.expires_at is not None:
            raise Rollback("not_yours")
        self._free(ticket)
        if not desk.available or not self._fits(desk):
            self._sit_again(ticket, giver, seat.region)
            raise Rollback("no_seat")
        found = self.tickets[ticket]
        self._sit(found, receiver, desk.region, None, self._kept(found, desk))
        found.caseworker = receiver

    async def make_room(
        self, ticket: str, given: str, caseworker: str, place: tuple[int, int], now: int
    ) -> None:
        """Gives one own chat back to its line and takes an acute one.
        Raises `Rollback`: `not_yours`, `taken`, `acute`."""
        region = self._may_make_room(ticket, given, caseworker)
        self._free(ticket)
        self._free(given)
        self._back(self.tickets[given], place, now)
        found = self.tickets[ticket]
        self._sit(found, caseworker, region, None, None)
        self._begun(found, caseworker, now)

    async def make_room_at(
        self, ticket: str, given: str, caseworker: str, receiver: str, now: int
    ) -> None:
        """Gives one own chat to a colleague's free seat and takes an acute one.
        Raises `Rollback`: `unknown`, `not_yours`, `taken`, `no_seat`, `acute`."""
        self._known(caseworker)
        desk = self._known(receiver)
        region, offer = self._may_make_room(ticket, given, caseworker), self.seats.get(ticket)
        self._free(ticket)
        self._free(given)
        fits = desk.available and self._fits(desk)
        if region == desk.region:
            # within one region it is one chat more than before
            fits = fits and self.caps[region] - self.held_in[region] > 1
        if not fits:
            self._sit_again(given, caseworker, region)
            if offer is not None:
                self._offered_again(offer)
            raise Rollback("no_seat")
        moved, found = self.tickets[given], self.tickets[ticket]
        self._sit(moved, receiver, desk.region, None, self._kept(moved, desk))
        moved.caseworker = receiver
        self._sit(found, caseworker, region, None, None)
        self._begun(found, caseworker, now)

    def _may_make_room(self, ticket: str, given: str, caseworker: str) -> str:
        found, seat = self.tickets[ticket], self.seats.get(given)
        if found.state != "waiting" and not self._asked_elsewhere(found, caseworker):
            raise Rollback("taken")
        if seat is None or seat.caseworker != caseworker or seat.expires_at is not None:
            raise Rollback("not_yours")
        if found.band != ACUTE_BAND or self.tickets[given].band == ACUTE_BAND:
            raise Rollback("acute")
        return seat.region

    def _asked_elsewhere(self, ticket: MemoryTicket, caseworker: str) -> bool:
        """Whether another region is merely asked for an acute ticket of this one's line."""
        offer, desk = self.seats.get(ticket.id), self.desks.get(caseworker)
        if desk is None or offer is None or ticket.state != "offered":
            return False
        return ticket.band == ACUTE_BAND and offer.region != desk.region == ticket.line

    async def end(self, ticket: str, caseworker: str | None, now: int) -> None:
        """Ends a chat: its seat is free. Raises `Rollback("not_yours")`."""
        found, seat = self.tickets[ticket], self.seats.get(ticket)
        if seat is None or found.state != "active":
            raise Rollback("not_yours")
        if caseworker is not None and (seat.caseworker != caseworker):
            raise Rollback("not_yours")
        self._free(ticket)
        found.state = "wrap_up"
        self.wrap_ups[found.caseworker or ""] += 1

    async def give_back(self, ticket: str, place: tuple[int, int], now: int) -> None:
        """A chat that lost its caseworker goes back to its line. Raises `Rollback("taken")`."""
        found = self.tickets[ticket]
        if found.state not in ("active", "waiting"):
            raise Rollback("taken")
        self._free(ticket)
        self._back(found, place, now)

    async def leave(self, ticket: str, how: str, behind: int) -> str:
        """A visitor left: `stopped`, `exit` or `gone`; the new state of the ticket."""
        found = self.tickets[ticket]
        if how in LEFT and found.visitor not in LEFT:
            self._leave_line(found)
            found.queue_at += behind
            self._enter_line(found)
        found.visitor = how
        if found.state in ("waiting", "offered") and found.band != ACUTE_BAND:
            self._leave_line(found)
            self._free(ticket)
            found.state = "missed" if found.typed else "closed"
            if found.typed:
                found.serving, found.agreement = found.line, None
        return found.state

    async def come_back(self, ticket: str, behind: int, now: int) -> None:
        """A visitor who was gone is there again; an unread missed ticket waits once more."""
        found = self.tickets[ticket]
        if found.visitor in LEFT:
            self._leave_line(found)
            found.queue_at -= behind
            self._enter_line(found)
        found.visitor = "online"
        if found.state == "missed":
            self._waits_anew(found, now)
            self._to_line(found)

    async def read(self, ticket: str, caseworker: str) -> None:
        """Opens a missed ticket. Raises `Rollback`: `taken`, `not_open`."""
        found = self.tickets[ticket]
        if found.state != "missed":
            waits = found.state in ("waiting", "offered", "active")
            raise Rollback("not_open" if waits else "taken")
        found.state, found.caseworker = "wrap_up", caseworker
        self.wrap_ups[caseworker] += 1

    async def close(self, ticket: str, caseworker: str) -> None:
        """Closes a ticket with its disposition. Raises `Rollback`: `not_open`, `not_yours`."""
        found = self.tickets[ticket]
        if found.state != "wrap_up":
            raise Rollback("not_open")
        if found.caseworker != caseworker:
            raise Rollback("not_yours")
        found.state = "closed"
        self.wrap_ups[caseworker] -= 1

    # who is there

    async def region(self, region: str, cap: int) -> None:
        """A region and its places."""
        self.caps[region] = cap

    async def desk(self, caseworker: str, region: str, cap: int) -> None:
        """A caseworker sits down, away; a cap that was lowered stays so."""
        if caseworker in self.desks:
            return
        self.desks[caseworker] = MemoryDesk(caseworker, region, cap)
        insort(self.of_region[region], caseworker)

    async def presence(self, caseworker: str, state: str, linked: bool) -> None:
        """Available, away or calling; and whether the link is there."""
        desk = self._known(caseworker)
        desk.state, desk.linked = state, linked
        desk.available, desk.unanswered = linked and state == "available", 0

    async def cap(self, caseworker: str, cap: int) -> None:
        """The own number of chats."""
        self._known(caseworker).cap = cap

    async def change_line(self, home: str, old: str, line: str, now: int) -> None:
        """Another region is on duty for the pool: who waits goes on in its line."""
        for ticket in self.tickets.values():
            if ticket.home == home and ticket.line == old and ticket.state in ("waiting", "missed"):
                self._leave_line(ticket)
                ticket.line = ticket.serving = line
                self._waits_anew(ticket, now)
                self._enter_line(ticket)

    # small things

    def _waits_anew(self, ticket: MemoryTicket, now: int) -> None:
        """From here its wait counts again for whoever is rung."""
        ticket.entered_at = now

    def _kept(self, ticket: MemoryTicket, desk: MemoryDesk) -> str | None:
        """A chat that changes hands within the region that helps is still its help."""
        return ticket.agreement if ticket.serving == desk.region else None

    def _sit_again(self, ticket: str, caseworker: str, region: str) -> None:
        self.seats[ticket] = MemorySeat(ticket, caseworker, region, None)
        self.held_by[caseworker] += 1
        self.held_in[region] += 1

    def _offered_again(self, offer: MemorySeat) -> None:
        self.seats[offer.ticket] = offer
        self.held_by[offer.caseworker] += 1
        self.held_in[offer.region] += 1
        if self.tickets[offer.ticket].agreement is not None:
            self.asked[offer.region].add(offer.ticket)

    def _back(self, ticket: MemoryTicket, place: tuple[int, int], now: int) -> None:
        """Waits once more; one whose visitor left meanwhile is missed, unless it is acute."""
        self._leave_line(ticket)
        ticket.caseworker, (ticket.band, ticket.queue_at) = None, place
        self._waits_anew(ticket, now)
        self._to_line(ticket)
        if ticket.visitor in LEFT and ticket.band != ACUTE_BAND:
            self._leave_line(ticket)
            ticket.state = "missed"

    def _begun(self, ticket: MemoryTicket, caseworker: str, now: int) -> None:
        ticket.caseworker = caseworker
        self.asked[ticket.serving].discard(ticket.id)
        if ticket.agreement is not None:
            self.helped[ticket.serving][ticket.id] = (ticket.agreement, now)
        if ticket.accepted_at is None:
            ticket.accepted_at = now
        self.desks[caseworker].unanswered = 0
        self.not_again.pop(ticket.id, None)
