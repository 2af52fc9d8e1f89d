"""What is true in a made-up day, said without the code that is being looked at.

Only the hours, the roster and the rows themselves are asked; the rules of routing and ringing are
not. What changes by the minute is kept for the minute.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from data.agreements import Agreement
from data.hours import Schedule, closed_since, opening
from data.rota import ANSWERING, planned_at
from handoff.clock import micros, moment
from handoff.desk.queue import ACUTE_BAND
from handoff.desk.seats.memory import MemoryDesk, MemoryTicket
from handoff.storage.tables import MOST_CHATS
from tests.simulation.world import SETTINGS, World


class Facts:
    """Answers about now."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.house, self.seats = world.house, world.seats
        self.agreements: defaultdict[str, list[Agreement]] = defaultdict(list)
        for agreement in world.knowledge.agreements:
            self.agreements[agreement.home].append(agreement)
        self.minute: tuple[object, ...] = ()
        self.kept: dict[object, object] = {}

    def _kept(self) -> dict[object, object]:
        """What was found in this minute, by what was asked."""
        minute = (self.house.time.replace(second=0, microsecond=0), self.world.knowledge)
        if not self.minute or minute[0] != self.minute[0] or minute[1] is not self.minute[1]:
            self.minute, self.kept = minute, {}
        return self.kept

    # who is there

    def listed(self, desk: MemoryDesk) -> bool:
        """Whether a desk gets offers at all: in a pilot only some do (R36)."""
        pilot = self.world.knowledge.pilots.get(desk.region)
        return pilot is None or desk.caseworker in pilot

    def desks(self, region: str) -> list[MemoryDesk]:
        """The desks of a region that get offers."""
        found = (self.seats.desks[name] for name in self.seats.of_region[region])
        return [desk for desk in found if self.listed(desk)]

    def present(self, region: str) -> bool:
        """Whether anybody is at a desk."""
        for name in self.seats.of_region[region]:
            desk = self.seats.desks[name]
            if desk.linked and desk.state != "away" and self.listed(desk):
                return True
        return False

    def free(self, region: str) -> list[MemoryDesk]:
        """The desks with a free seat, where the region has a free place."""
        if self.seats.caps[region] - self.seats.held_in[region] <= 0:
            return []
        return [desk for desk in self.desks(region) if desk.available and self.seats_of(desk) > 0]

    def seats_of(self, desk: MemoryDesk) -> int:
        """The free seats of a desk."""
        return min(desk.cap, MOST_CHATS) - self.seats.held_by[desk.caseworker]

    def free_seats(self, region: str) -> int:
        """How many offers a region could get now: the lower of the two caps wins (R18)."""
        places = self.seats.caps[region] - self.seats.held_in[region]
        return max(0, min(places, sum(self.seats_of(desk) for desk in self.free(region))))

    def rung(self, region: str, kind: str) -> list[str]:
        """Who is rung for a line now: `line` at home, while it is open; `acute` the senior."""
        kept, key = self._kept(), (region, kind)
        if key not in kept:
            kept[key] = self._rung(region, kind)
        return kept[key]  # type: ignore[return-value]

    def _rung(self, region: str, kind: str) -> list[str]:
        if kind == "line":
            return self._answer_at(region, self.house.time)
        roster, zone = self.world.knowledge.roster, self._hours(region).zone
        planned = planned_at(roster, region, self.house.time, zone, ("on_call",))
        return sorted({one.username for one in planned})

    def _answer_at(self, region: str, at: datetime) -> list[str]:
        """Who is planned for visitors at a time, if the region is open then."""
        knowledge, hours = self.world.knowledge, self._hours(region)
        if not opening(hours, at).open:
            return []
        names = {
            one.username for one in planned_at(knowledge.roster, region, at, hours.zone, ANSWERING)
        }
        return sorted(names & knowledge.pilots.get(region, frozenset(names)))

    def comes_today(self, region: str) -> bool:
        """Whether somebody who answers is planned in a quarter of an hour of today that is still to
        come and in which the region is open. Shifts and hours begin and end on such quarters."""
        kept, key = self._kept(), ("comes", region)
        if key not in kept:
            kept[key] = self._comes_today(region)
        return bool(kept[key])

    def _comes_today(self, region: str) -> bool:
        hours, at = self._hours(region), self.house.time
        today = at.astimezone(hours.zone).date()
        while at.astimezone(hours.zone).date() == today:
            if self._answer_at(region, at):
                return True
            at = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
            at += timedelta(minutes=15)
        return False

    # who helps whom

    def lends(self, agreement: Agreement, ticket: MemoryTicket) -> bool:
        """Whether a helper is open for this visitor. Closing time stops new intakes only: who began
        before stays with it, if told so, in danger, or without anybody else."""
        closed = self._closed(agreement)
        if closed is None:
            return True
        others = self.present(ticket.line) or bool(self.rung(ticket.line, "line"))
        counts_on = ticket.band == ACUTE_BAND or agreement.helper in ticket.told or not others
        return ticket.waiting_since < closed and counts_on

    def _closed(self, agreement: Agreement) -> int | None:
        """Since when a helper does not help any more, in microseconds; None while it does; 0 when
        that is too long ago to be of interest."""
        kept, key = self._kept(), (agreement.home, agreement.helper)
        if key not in kept:
            kept[key] = self._closed_now(agreement)
        return kept[key]  # type: ignore[return-value]

    def _closed_now(self, agreement: Agreement) -> int | None:
        now, both = self.house.time, [self._hours(agreement.helper)]
        if agreement.hours is not None:
            both.append(agreement.hours)
        if all(opening(hours, now).open for hours in both):
            return None
        ended = (closed_since(hours, now) for hours in both)
        return min((micros(end) for end in ended if end is not None), default=0)

    def _hours(self, region: str) -> Schedule:
        return self.world.knowledge.regions[region].chat_hours

    def used_up(self, agreement: Agreement, band: int) -> bool:
        """Whether a helper is not asked for anybody of this band any more today; for danger it
        always is."""
        most = agreement.most_per_day
        return most is not None and band != ACUTE_BAND and self.used_today(agreement) >= most

    def used_today(self, agreement: Agreement) -> int:
        """How many chats a helper is asked for, or took today, by an agreement."""
        seats, helper = self.seats, agreement.helper
        asked = {id for id in seats.asked[helper] if seats.tickets[id].agreement == agreement.id}
        helped = seats.helped[helper].items()
        return len(
            asked.union(
                id for id, (by, at) in helped if by == agreement.id and self._is_today(at, helper)
            )
        )

    def _is_today(self, at: int, region: str) -> bool:
        zone = self._hours(region).zone
        day = moment(at).astimezone(zone).date()
        return day == self.house.time.astimezone(zone).date()

    def helpers_at_home(self, line: str) -> list[Agreement]:
        """By what regions help when nobody is there, that are open and have people who are rung."""
        return [
            agreement
            for agreement in self.agreements[line]
            if "nobody" in agreement.triggers
            and self._closed(agreement) is None
            and self.rung(agreement.helper, "line")
        ]

    def may_be_asked(self, ticket: MemoryTicket) -> bool:
        """Whether a desk of its own line has a free seat for a ticket, and did not just refuse."""
        alone = sum(desk.available for desk in self.desks(ticket.line)) == 1
        return any(not self.refused(ticket, desk, alone=alone) for desk in self.free(ticket.line))

    def refused(self, ticket: MemoryTicket, desk: MemoryDesk, *, alone: bool) -> bool:
        """Whether a desk is not asked again for a ticket yet. Who is alone, and merely did not
        answer, is asked again at once."""
        until, declined = self.seats.not_again[ticket.id].get(desk.caseworker, (0, False))
        return until > self.house.now() and (declined or not alone)

    def rung_long_enough(self, ticket: MemoryTicket) -> bool:
        """Whether those who are rung at home had their time to come."""
        waited = self.house.now() - ticket.entered_at
        return waited >= SETTINGS.ring_own_first_s * 1_000_000
