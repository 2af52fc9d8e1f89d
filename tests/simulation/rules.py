"""What no day may break: caps, the order, where help may come from, and that nobody is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from data.agreements import Agreement
from handoff.desk.queue import ACUTE_BAND
from handoff.desk.routing import Decision
from handoff.desk.seats.memory import MemoryTicket
from handoff.protocol import LEFT
from handoff.storage.tables import MOST_CHATS
from tests.simulation.facts import Facts
from tests.simulation.world import Broken, World

STATES = {"waiting", "offered", "active", "wrap_up", "missed", "closed"}
Sit = Callable[[MemoryTicket, str, str, int | None, str | None], None]


class Rules:
    """Looks at every seat that is taken, every offer, and everything between two steps."""

    def __init__(self, world: World, facts: Facts) -> None:
        self.world, self.facts = world, facts
        self.seats = world.seats
        self.seats._sit = self._watched(self.seats._sit)  # type: ignore[method-assign]
        #: every ticket there ever was
        self.known: set[str] = set()

    def _watched(self, sit: Sit) -> Sit:
        def watched(
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

        return watched

    # an offer

    def offered(self, decision: Decision) -> None:
        """What holds of every offer at the moment it is made."""
        ticket, desk = self.seats.tickets[decision.ticket], self.seats.desks[decision.caseworker]
        if self.seats.held_by[desk.caseworker] > desk.cap:
            raise Broken(f"{desk.caseworker} was offered a chat above the own cap")
        if self.seats.held_in[desk.region] > self.seats.caps[desk.region]:
            raise Broken(f"{desk.region} was offered a chat above its cap")
        if not self.facts.listed(desk):
            raise Broken(f"{desk.caseworker} is not in the pilot")
        self._acute_first(ticket, decision)
        if decision.agreement is not None:
            self._overflow(ticket, decision.agreement)
            self.world.counts["overflow"] += 1
        elif desk.region != ticket.line:
            raise Broken(f"{ticket.id} of {ticket.line} went to {desk.region} without an agreement")

    def _acute_first(self, ticket: MemoryTicket, decision: Decision) -> None:
        """No acute ticket of a line stands behind another at a desk that could have had it; who
        helps out keeps a seat for each."""
        region = self.seats.desks[decision.caseworker].region
        if ticket.band == ACUTE_BAND:
            return
        before = []
        helps = decision.agreement is not None
        for band, _, id in self.seats.waiting[region]:
            if band != ACUTE_BAND:
                break
            if helps and self.seats.tickets[id].visitor in LEFT:
                # keeps no seat from who is there
                continue
            if decision.caseworker not in self.seats.not_again[id]:
                before.append(id)
        left = self.facts.free_seats(region) if helps else 0
        if len(before) > left:
            raise Broken(f"{ticket.id} was offered before {before[0]}, which is acute")

    def _overflow(self, ticket: MemoryTicket, agreement: Agreement) -> None:
        if agreement.home != ticket.line:
            raise Broken(f"{ticket.id} goes on from {agreement.home}: a loop begins like that")
        if not self.facts.lends(agreement, ticket):
            raise Broken(f"{ticket.id} was sent to {agreement.helper}, which is closed")
        if ticket.band == ACUTE_BAND:
            # danger is helped whatever was chosen or agreed
            return
        comes = self.facts.present(ticket.line) or self.facts.comes_today(ticket.line)
        if ticket.own_only and comes:
            raise Broken(f"{ticket.id} waits for the own region")
        used = self.facts.used_today(agreement)
        if agreement.most_per_day is not None and used > agreement.most_per_day:
            raise Broken(f"{agreement.helper} helps more often than agreed")

    # between two steps

    def check(self) -> None:
        """What holds between any two things that happen: nobody lost, doubled or nowhere."""
        seats = self.seats
        held_by: Counter[str] = Counter()
        held_in: Counter[str] = Counter()
        for seat in seats.seats.values():
            held_by[seat.caseworker] += 1
            held_in[seat.region] += 1
            state = seats.tickets[seat.ticket].state
            if state != ("active" if seat.expires_at is None else "offered"):
                raise Broken(f"{seat.ticket} is {state} and has a seat")
        if +seats.held_by != held_by or +seats.held_in != held_in:
            raise Broken("seats that nobody has")
        if not self.known <= seats.tickets.keys():
            raise Broken("a ticket is gone")
        self.known = set(seats.tickets)
        in_line = self._in_line()
        states = Counter([ticket.state for ticket in seats.tickets.values()])
        if states["waiting"] != in_line:
            raise Broken("a ticket waits in no line")
        if states["offered"] + states["active"] != len(seats.seats):
            raise Broken("a ticket lost its seat")
        if states.keys() - STATES:
            raise Broken("a ticket is nowhere")

    def _in_line(self) -> int:
        """How many stand in line, each once, in order, and where it says."""
        many = 0
        for line, keys in self.seats.waiting.items():
            many += len(keys)
            last = None
            for key in keys:
                ticket = self.seats.tickets[key[2]]
                here = ticket.state == "waiting" and ticket.line == line and ticket.key == key
                if not here or (last is not None and not last < key):
                    raise Broken(f"{ticket.id} stands in the line of {line} and is not there")
                last = key
        return many
