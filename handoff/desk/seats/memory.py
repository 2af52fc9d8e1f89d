"""The seats in dictionaries: the same rules as in the database, for simulation.

One thread, one step at a time, so nothing is locked. What the database refuses is refused here with
the same reason; a test compares them step by step.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handoff.desk import routing
from handoff.desk.queue import ACUTE_BAND
from handoff.desk.seats.port import Expired
from handoff.storage.sql import Rollback
from handoff.storage.tables import MOST_CHATS
from handoff.storage.tickets.looking import MOST_PLACES
from handoff.storage.units import NewEvent

Key = tuple[int, int, str]
#: How a visitor is called who does not wait any more.
LEFT = ("stopped", "exit", "gone")


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
    """`Seats`, and what people do with them, in memory."""

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
        self.helped: dict[str, set[str]] = defaultdict(set)

    # what routing looks at

    async def line(self, region: str, now: int, most: int) -> routing.Line:
        heads = [self.tickets[key[2]] for key in self.waiting[region][:most]]
        return routing.Line(
            heads=[_head(ticket) for ticket in heads],
            desks=[self._desk(name) for name in self.of_region[region]],
            places_free=self._places(region),
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
                places_free=self._places(region),
                waiting=Counter(band for band, _, _ in self.waiting[region][:MOST_PLACES]),
                taken_today=Counter(
                    self.tickets[id].agreement or ""
                    for id in self.helped[region]
                    if self._counts(self.tickets[id], day)
                ),
            )
            for region, day in days.items()
        }

    def _counts(self, ticket: MemoryTicket, day: int) -> bool:
        since = ticket.accepted_at
        return ticket.state == "offered" or (since is not None and since >= day)

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

    def _places(self, region: str) -> int:
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
            used = sum(
                self.tickets[id].agreement == agreement.id and self._counts(self.tickets[id], day)
                for id in self.helped[region]
            )
            if used >= agreement.most_per_day:
                raise Rollback("no_seat")
        id = agreement.id if agreement else None
        self._claim(decision.ticket, decision.caseworker, expires_at, agreement=id)
        self.desks[decision.caseworker].last_offer_at = now

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

    # what people do

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
        """The visitor rather waits for the own region: an offer elsewhere is undone.

        Raises `Rollback("taken")` once somebody accepted."""
        found = self.tickets[ticket]
        if found.state not in ("waiting", "offered"):
            raise Rollback("taken")
        found.own_only = True
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
        self._free(given)
        self._back(self.tickets[given], place)
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
        region = self._may_make_room(ticket, given, caseworker)
        self._free(given)
        fits = desk.available and self._fits(desk)
        if region == desk.region:
            # within one region it is one chat more than before
            fits = fits and self.caps[region] - self.held_in[region] > 1
        if not fits:
            self._sit_again(given, caseworker, region)
            raise Rollback("no_seat")
        moved, found = self.tickets[given], self.tickets[ticket]
        self._sit(moved, receiver, desk.region, None, self._kept(moved, desk))
        moved.caseworker = receiver
        self._sit(found, caseworker, region, None, None)
        self._begun(found, caseworker, now)

    def _may_make_room(self, ticket: str, given: str, caseworker: str) -> str:
        found, seat = self.tickets[ticket], self.seats.get(given)
        if found.state != "waiting":
            raise Rollback("taken")
        if seat is None or seat.caseworker != caseworker or seat.expires_at is not None:
            raise Rollback("not_yours")
        if found.band != ACUTE_BAND or self.tickets[given].band == ACUTE_BAND:
            raise Rollback("acute")
        return seat.region

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
        self._back(found, place)

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

    async def come_back(self, ticket: str, behind: int) -> None:
        """A visitor who was gone is there again; an unread missed ticket waits once more."""
        found = self.tickets[ticket]
        if found.visitor in LEFT:
            self._leave_line(found)
            found.queue_at -= behind
            self._enter_line(found)
        found.visitor = "online"
        if found.state == "missed":
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

    async def change_line(self, home: str, old: str, line: str) -> None:
        """Another region is on duty for the pool: who waits goes on in its line."""
        for ticket in self.tickets.values():
            if ticket.home == home and ticket.line == old and ticket.state in ("waiting", "missed"):
                self._leave_line(ticket)
                ticket.line = ticket.serving = line
                self._enter_line(ticket)

    # small things

    def _known(self, caseworker: str) -> MemoryDesk:
        if caseworker not in self.desks:
            raise Rollback("unknown")
        return self.desks[caseworker]

    def _fits(self, desk: MemoryDesk) -> bool:
        own = min(desk.cap, MOST_CHATS)
        return self.held_by[desk.caseworker] < own and self._places(desk.region) > 0

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
        if agreement is not None:
            self.helped[region].add(ticket.id)
        self.seats[ticket.id] = MemorySeat(ticket.id, caseworker, region, expires_at)
        self.held_by[caseworker] += 1
        self.held_in[region] += 1

    def _kept(self, ticket: MemoryTicket, desk: MemoryDesk) -> str | None:
        """A chat that changes hands within the region that helps is still its help."""
        return ticket.agreement if ticket.serving == desk.region else None

    def _sit_again(self, ticket: str, caseworker: str, region: str) -> None:
        self.seats[ticket] = MemorySeat(ticket, caseworker, region, None)
        self.held_by[caseworker] += 1
        self.held_in[region] += 1

    def _free(self, ticket: str) -> None:
        seat = self.seats.pop(ticket, None)
        if seat is not None:
            self.held_by[seat.caseworker] -= 1
            self.held_in[seat.region] -= 1

    def _to_line(self, ticket: MemoryTicket) -> None:
        self.helped[ticket.serving].discard(ticket.id)
        ticket.state, ticket.serving, ticket.agreement = "waiting", ticket.line, None
        self._enter_line(ticket)

    def _back(self, ticket: MemoryTicket, place: tuple[int, int]) -> None:
        """Waits once more; one whose visitor left meanwhile is missed, unless it is acute."""
        self._leave_line(ticket)
        ticket.caseworker, (ticket.band, ticket.queue_at) = None, place
        self._to_line(ticket)
        if ticket.visitor in LEFT and ticket.band != ACUTE_BAND:
            self._leave_line(ticket)
            ticket.state = "missed"

    def _enter_line(self, ticket: MemoryTicket) -> None:
        if ticket.state == "waiting":
            insort(self.waiting[ticket.line], ticket.key)

    def _leave_line(self, ticket: MemoryTicket) -> None:
        if ticket.state == "waiting":
            keys = self.waiting[ticket.line]
            at = bisect_left(keys, ticket.key)
            del keys[at]

    def _begun(self, ticket: MemoryTicket, caseworker: str, now: int) -> None:
        ticket.caseworker = caseworker
        if ticket.accepted_at is None:
            ticket.accepted_at = now
        self.desks[caseworker].unanswered = 0
        self.not_again.pop(ticket.id, None)


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
    )
