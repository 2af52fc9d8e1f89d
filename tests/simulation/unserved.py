"""Nobody waits who could be asked for: a ticket and a free seat that fit are together at once.

What routing has to find is said here anew, in plain loops over every ticket and every desk. Only
in a flood is a line longer than what one look of the house sees of it (`HEADS`).
"""

from __future__ import annotations

from data.agreements import Agreement
from handoff.desk.dispatch import HEADS
from handoff.desk.queue import ACUTE_BAND
from handoff.desk.seats.memory import MemoryDesk, MemoryTicket
from handoff.protocol import LEFT
from tests.simulation.facts import Facts
from tests.simulation.world import SETTINGS, Broken, World


class Unserved:
    """Looks for a ticket that waits beside a seat it could have."""

    def __init__(self, world: World, facts: Facts) -> None:
        self.world, self.facts = world, facts
        self.house, self.seats = world.house, world.seats
        self.free: dict[str, list[MemoryDesk]] = {}

    def check(self) -> None:
        """Raises `Broken` for the first one that is found."""
        self.free = {}
        for line, keys in self.seats.waiting.items():
            if keys:
                self._at_home(line)
                self._elsewhere(line)

    def _free(self, region: str) -> list[MemoryDesk]:
        if region not in self.free:
            self.free[region] = self.facts.free(region)
        return self.free[region]

    def _line(self, line: str) -> list[MemoryTicket]:
        return [self.seats.tickets[key[2]] for key in self.seats.waiting[line][:HEADS]]

    def _fits(self, desk: MemoryDesk, ticket: MemoryTicket) -> bool:
        """Who is in danger does not wait for what a desk has left to close."""
        tired = self.seats.wrap_ups[desk.caseworker] > SETTINGS.wrap_ups_open
        return ticket.band == ACUTE_BAND or not tired

    def _at_home(self, line: str) -> None:
        desks = self._free(line)
        alone = sum(desk.available for desk in self.facts.desks(line)) == 1
        for ticket in self._line(line) if desks else ():
            for desk in desks:
                if self._fits(desk, ticket) and not self.facts.refused(ticket, desk, alone=alone):
                    raise Broken(f"{ticket.id} waits beside a free seat of {desk.caseworker}")
        self._over_an_offer(line)

    def _over_an_offer(self, line: str) -> None:
        """Somebody in danger gets the seat of an offer below that nobody accepted yet."""
        if self.seats.waiting[line][0][0] != ACUTE_BAND:
            return
        below = [
            seat
            for seat in self.seats.seats.values()
            if seat.region == line
            and seat.expires_at is not None
            and self.seats.tickets[seat.ticket].band != ACUTE_BAND
        ]
        for ticket in self._line(line) if below else ():
            if ticket.band != ACUTE_BAND:
                return
            for seat in below:
                desk = self.seats.desks[seat.caseworker]
                if not self.facts.refused(ticket, desk, alone=False):
                    raise Broken(f"{ticket.id} is acute and waits for the offer of {seat.ticket}")

    def _elsewhere(self, line: str) -> None:
        for agreement in self.facts.agreements[line]:
            desks = self._free(agreement.helper)
            for ticket in self._line(line) if desks else ():
                if self.facts.used_up(agreement, ticket.band):
                    break
                if self._may_be_helped(agreement, ticket):
                    self._nobody_fits(agreement, ticket, desks)

    def _nobody_fits(
        self, agreement: Agreement, ticket: MemoryTicket, desks: list[MemoryDesk]
    ) -> None:
        fit = [desk for desk in desks if self._fits(desk, ticket)]
        helper = agreement.helper
        places = self.seats.caps[helper] - self.seats.held_in[helper]
        free = min(places, sum(self.facts.seats_of(desk) for desk in fit))
        own = sum(
            band <= ticket.band and self.seats.tickets[id].visitor not in LEFT
            for band, _, id in self.seats.waiting[helper]
        )
        if free <= own:
            return
        for desk in fit:
            if not self.facts.refused(ticket, desk, alone=False):
                raise Broken(f"{ticket.id} waits, and {desk.caseworker} could help out")

    def _may_be_helped(self, agreement: Agreement, ticket: MemoryTicket) -> bool:
        facts = self.facts
        if not facts.lends(agreement, ticket):
            return False
        if ticket.band == ACUTE_BAND:
            return True
        present, rings = facts.present(ticket.line), bool(facts.rung(ticket.line, "line"))
        if ticket.own_only and (present or facts.comes_today(ticket.line)):
            return False
        if present and "full" in agreement.triggers:
            return True
        nobody = not present and (not rings or facts.rung_long_enough(ticket))
        if nobody and "nobody" in agreement.triggers:
            return True
        waited = self.house.now() - ticket.waiting_since
        return "waited" in agreement.triggers and waited >= agreement.after_wait_s * 1_000_000
