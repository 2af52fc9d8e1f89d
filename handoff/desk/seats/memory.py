"""The seats in dictionaries: the same rules as in the database, for simulation.

Here is what routing asks and does; what people do with seats stands in `played`. One thread, one
step at a time, so nothing is locked. What the database refuses is refused here with the same
reason; a test compares them step by step.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from handoff.desk import routing
from handoff.desk.queue import ACUTE_BAND
from handoff.desk.seats.port import Expired
from handoff.protocol import LEFT
from handoff.storage.sql import Rollback
from handoff.storage.tables import MOST_CHATS
from handoff.storage.tickets.looking import MOST_PLACES
from handoff.storage.units import NewEvent

Key = tuple[int, int, str]


@dataclass(slots=True)
class MemoryTicket:
    """A ticket, as far as the queue knows it. Times in microseconds."""

    id: str
    home: str
    line: str
    band: int
    queue_at: int
    waiting_since: int
    entered_at: int
    language: str = "nl"
    typed: bool = False
    own_only: bool = False
    state: str = "waiting"
    serving: str = ""
    visitor: str = "online"
    caseworker: str | None = None
    agreement: str | None = None
    accepted_at: int | None = None
    told: frozenset[str] = frozenset()

    @property
    def key(self) -> Key:
        return self.band, self.queue_at, self.id


@dataclass(slots=True)
class MemoryDesk:
    """A caseworker's desk."""

    caseworker: str
    region: str
    cap: int
    available: bool = False
    state: str = "away"
    linked: bool = False
    unanswered: int = 0
    last_offer_at: int = 0
    languages: frozenset[str] = frozenset()


@dataclass(slots=True)
class MemorySeat:
    """A seat in use: an offer while `expires_at` is set."""

    ticket: str
    caseworker: str
    region: str
    expires_at: int | None


class MemorySeats:
    """`Seats` in memory."""

    def __init__(self) -> None:
        self.tickets: dict[str, MemoryTicket] = {}
        self.desks: dict[str, MemoryDesk] = {}
        self.caps: dict[str, int] = {}
        self.seats: dict[str, MemorySeat] = {}
        self.not_again: dict[str, dict[str, tuple[int, bool]]] = defaultdict(dict)
        #: kept beside the above, so that no question walks over everything
        self.waiting: dict[str, list[Key]] = defaultdict(list)
        self.of_region: dict[str, list[str]] = defaultdict(list)
        self.held_by: Counter[str] = Counter()
        self.held_in: Counter[str] = Counter()
        self.wrap_ups: Counter[str] = Counter()
        #: by region: what it is asked for by an agreement, and what it accepted, by which and when
        self.asked: dict[str, set[str]] = defaultdict(set)
        self.helped: dict[str, dict[str, tuple[str, int]]] = defaultdict(dict)

    # what routing looks at

    async def line(self, region: str, now: int, most: int) -> routing.Line:
        heads = [self.tickets[key[2]] for key in self.waiting[region][:most]]
        return routing.Line(
            heads=[_head(ticket) for ticket in heads],
            desks=[self._desk(name) for name in self.of_region[region]],
            places_free=self.places(region),
            refusals=[
                routing.Refusal(ticket.id, caseworker, declined)
                for ticket in heads
                for caseworker, (until, declined) in self.not_again[ticket.id].items()
                if until > now
            ],
            below=self._below(region),
        )

    def _below(self, region: str) -> list[routing.Held]:
        held = [
            self.tickets[seat.ticket]
            for seat in self.seats.values()
            if seat.region == region and seat.expires_at is not None
        ]
        found = sorted((ticket.key for ticket in held if ticket.band != ACUTE_BAND), reverse=True)
        return [routing.Held(id, self.seats[id].caseworker) for _, _, id in found]

    async def helpers(self, days: Mapping[str, int]) -> dict[str, routing.Helper]:
        return {
            region: routing.Helper(
                desks=[self._desk(name) for name in self.of_region[region]],
                places_free=self.places(region),
                waiting=Counter(islice(self._there(region), MOST_PLACES)),
                taken_today=self.taken(region, day),
            )
            for region, day in days.items()
        }

    def _there(self, region: str) -> Iterator[int]:
        """The bands of who waits in a line and did not leave."""
        return (
            band for band, _, id in self.waiting[region] if self.tickets[id].visitor not in LEFT
        )

    def taken(self, region: str, day: int) -> Counter[str]:
        """How many chats count for each agreement since `day`; one that is asked anew is one."""
        taken = {(id, by) for id, (by, at) in self.helped[region].items() if at >= day}
        taken.update((id, self.tickets[id].agreement or "") for id in self.asked[region])
        return Counter(by for _, by in taken)

    def _desk(self, name: str) -> routing.Desk:
        desk = self.desks[name]
        return routing.Desk(
            caseworker=name,
            cap=desk.cap,
            used=self.held_by[name],
            available=desk.available,
            wrap_ups=self.wrap_ups[name],
            last_offer_at=desk.last_offer_at,
            present=desk.linked and desk.state != "away",
            languages=desk.languages,
        )

    def places(self, region: str) -> int:
        """How many places a region still has."""
        return self.caps.get(region, 0) - self.held_in[region]

    async def lines(self) -> Sequence[str]:
        return [region for region, keys in self.waiting.items() if keys]

    async def expired(self, now: int) -> Sequence[str]:
        found = [
            (seat.expires_at, seat.ticket)
            for seat in self.seats.values()
            if seat.expires_at is not None and seat.expires_at <= now
        ]
        return [ticket for _, ticket in sorted(found)]

    # what routing does

    async def offer(
        self,
        decision: routing.Decision,
        expires_at: int,
        now: int,
        day: int = 0,
        told: Sequence[NewEvent] = (),
    ) -> None:
        if decision.over is not None:
            self._offer_over(decision.ticket, decision.over, expires_at, now)
            return
        agreement = decision.agreement
        if agreement is not None and agreement.most_per_day is not None:
            region = self._known(decision.caseworker).region
            used_up = self.taken(region, day)[agreement.id] >= agreement.most_per_day
            if used_up and not self._in_danger(decision.ticket):
                raise Rollback("no_seat")
        id = agreement.id if agreement else None
        self._claim(decision.ticket, decision.caseworker, expires_at, agreement=id)
        self.desks[decision.caseworker].last_offer_at = now
        if told:
            ticket = self.tickets[decision.ticket]
            ticket.told |= {ticket.serving}

    def _offer_over(self, acute: str, other: str, expires_at: int, now: int) -> None:
        seat = self.seats.get(other)
        ticket = self.tickets.get(acute)
        if ticket is None or ticket.state != "waiting" or seat is None:
            raise Rollback("taken")
        if seat.expires_at is None:
            raise Rollback("taken")
        caseworker, region = seat.caseworker, seat.region
        self._free(other)
        self._to_line(self.tickets[other])
        self._sit(ticket, caseworker, region, expires_at, None)
        self.desks[caseworker].last_offer_at = now

    async def expire(self, ticket: str, now: int, until: int) -> Expired:
        seat = self.seats.get(ticket)
        if seat is None or seat.expires_at is None or seat.expires_at > now:
            raise Rollback("not_offered")
        self._free(ticket)
        self._to_line(self.tickets[ticket])
        self.not_again[ticket][seat.caseworker] = (until, False)
        desk = self.desks[seat.caseworker]
        desk.unanswered += 1
        line = self.tickets[ticket].line
        return Expired(seat.caseworker, desk.unanswered, line, seat.region)

    async def nobody_there(self, caseworker: str) -> None:
        desk = self._known(caseworker)
        desk.available, desk.state, desk.unanswered = False, "away", 0

    # small things

    def _known(self, caseworker: str) -> MemoryDesk:
        if caseworker not in self.desks:
            raise Rollback("unknown")
        return self.desks[caseworker]

    def _in_danger(self, ticket: str) -> bool:
        return ticket in self.tickets and self.tickets[ticket].band == ACUTE_BAND

    def _fits(self, desk: MemoryDesk) -> bool:
        own = min(desk.cap, MOST_CHATS)
        return self.held_by[desk.caseworker] < own and self.places(desk.region) > 0

    def _claim(
        self,
        ticket: str,
        caseworker: str,
        expires_at: int | None,
        *,
        anyhow: bool = False,
        agreement: str | None = None,
    ) -> None:
        desk, found = self._known(caseworker), self.tickets.get(ticket)
        if found is None or found.state != "waiting":
            raise Rollback("taken")
        if not (desk.available or anyhow) or not self._fits(desk):
            raise Rollback("no_seat")
        self._sit(found, caseworker, desk.region, expires_at, agreement)

    def _sit(
        self,
        ticket: MemoryTicket,
        caseworker: str,
        region: str,
        expires_at: int | None,
        agreement: str | None,
    ) -> None:
        self._leave_line(ticket)
        ticket.state = "active" if expires_at is None else "offered"
        ticket.serving, ticket.agreement = region, agreement
        if agreement is not None and expires_at is not None:
            self.asked[region].add(ticket.id)
        self.seats[ticket.id] = MemorySeat(ticket.id, caseworker, region, expires_at)
        self.held_by[caseworker] += 1
        self.held_in[region] += 1

    def _free(self, ticket: str) -> None:
        seat = self.seats.pop(ticket, None)
        if seat is not None:
            self.held_by[seat.caseworker] -= 1
            self.held_in[seat.region] -= 1
            self.asked[seat.region].discard(ticket)

    def _to_line(self, ticket: MemoryTicket) -> None:
        ticket.state, ticket.serving, ticket.agreement = "waiting", ticket.line, None
        self._enter_line(ticket)

    def _enter_line(self, ticket: MemoryTicket) -> None:
        if ticket.state == "waiting":
            insort(self.waiting[ticket.line], ticket.key)

    def _leave_line(self, ticket: MemoryTicket) -> None:
        if ticket.state == "waiting":
            keys = self.waiting[ticket.line]
            at = bisect_left(keys, ticket.key)
            del keys[at]


def _head(ticket: MemoryTicket) -> routing.Head:
    return routing.Head(
        id=ticket.id,
        band=ticket.band,
        queue_at=ticket.queue_at,
        waiting_since=ticket.waiting_since,
        home=ticket.home,
        entered_at=ticket.entered_at,
        own_only=ticket.own_only,
        language=ticket.language,
        told=ticket.told,
    )
