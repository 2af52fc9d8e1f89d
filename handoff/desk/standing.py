"""Where a visitor stands: who answers their region now, who could come, and how long it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime
from typing import TYPE_CHECKING

from data.agreements import Agreement
from data.knowledge import Knowledge
from data.regions import Region
from handoff import protocol
from handoff.desk import queue
from handoff.desk.conversation import Conversation
from handoff.desk.reach import Reach, reach, rings_on_call
from handoff.desk.region_view import RegionView
from handoff.desk.routing import Desk, Head, Held, Helper, Line, Terms, choose, choose_help
from handoff.desk.services import Services
from handoff.protocol import LEFT
from handoff.storage.units import CLOSED

if TYPE_CHECKING:
    from handoff.desk.floor import Floor


class Standing:
    """What visitors are told, out of what the floor knows."""

    def __init__(self, services: Services, floor: Floor) -> None:
        self.services = services
        self.floor = floor
        #: what holds for a line now, as whoever makes the offers goes by it
        self.terms: Callable[[str, datetime], Terms]
        #: who answers which region, by the minute: looked up with every answer of the script
        self.reached: dict[str, tuple[int, Knowledge, Reach]] = {}
        #: the regions as the rules see them, each made once for a look at it
        self.helpers: dict[str, tuple[RegionView, Knowledge, Helper]] = {}

    def forget(self) -> None:
        """Somebody came or went."""
        self.reached.clear()

    def staff_for(self, conversation: Conversation) -> protocol.Staff:
        """Who could come: what the emergency card says of us depends on it."""
        if conversation.hours_closed or conversation.state == CLOSED:
            return "none"
        ticket = conversation.ticket
        if ticket is not None and ticket.state == "active":
            # one whose link is lost may be back in a moment, or not
            return "full" if ticket.caseworker_away else "here"
        head = self._head(conversation)
        if (ticket is not None and ticket.state == "offered") or self._can_be_asked(head):
            return "called"
        if self.present(head.home) > 0:
            return "full"
        triage = conversation.talk.triage
        in_need = triage.acute and triage.cannot_call
        return "rung" if in_need and self.rings_on_call(conversation.region) else "none"

    def rings_on_call(self, region: str) -> bool:
        """Whether who is on call gets a sign for a visitor in danger though the chat is closed."""
        now = self.services.clock.now()
        can_ring = bool(self.services.settings.ring_url)
        closed = can_ring and not self.reach(region).open
        return closed and rings_on_call(self.services.knowledge, region, now)

    def _can_be_asked(self, head: Head) -> bool:
        """Whether somebody could be asked now, at home or in a region that helps out: by the very
        rules that ask, so that nobody reads of a caseworker who is not called."""
        now, line = self.services.now(), self._line(head)
        wrap_ups_open = self.services.settings.wrap_ups_open
        if choose(line, region=head.home, wrap_ups_open=wrap_ups_open, now=now):
            return True
        terms = self.terms(head.home, self.services.clock.now())
        helpers = {one.helper: self._helper(one.helper) for one in terms.agreements}
        return bool(choose_help(line, helpers, terms, now=now))

    def _line(self, head: Head) -> Line:
        """The line of a visitor as the rule that makes offers sees it, with nobody else in it."""
        own, view = self._helper(head.home), self.floor.view(head.home)
        below = [
            Held(shown.ticket.id, shown.seat_of)
            for shown in view.shown
            if shown.seat_of is not None
            and shown.seat_of in view.colleagues
            and shown.ticket.state == "offered"
            and shown.ticket.band != queue.ACUTE_BAND
        ]
        return Line([head], own.desks, own.places_free, view.refusals, below)

    def _head(self, conversation: Conversation) -> Head:
        """The place of a visitor in line, also of one who is not there yet."""
        ticket, now = conversation.ticket, self.services.now()
        if ticket is None:
            line, acute = self.reach(conversation.region).line, conversation.talk.triage.acute
            band = queue.ACUTE_BAND if acute else queue.OTHER_BAND
            return Head("", band, now, now, line, now)
        return Head(
            ticket.id,
            ticket.band,
            ticket.queue_at,
            ticket.waiting_since,
            ticket.queue_region,
            ticket.entered_at,
            ticket.own_only,
            told=frozenset((ticket.told_region or "").split(",")) - {""},
        )

    def _helper(self, region: str) -> Helper:
        """A region as the rules see it: of a pilot only who is listed."""
        view, knowledge = self.floor.view(region), self.services.knowledge
        known = self.helpers.get(region)
        if known is None or known[0] is not view or known[1] is not knowledge:
            made = _helper_of(view, knowledge.pilots.get(region))
            known = self.helpers[region] = view, knowledge, made
        return known[2]

    def status_of(self, conversation: Conversation) -> protocol.Status:
        """Where the visitor stands: closed before active before waiting before intake."""
        quiet = conversation.talk.triage.watched or None
        if conversation.hours_closed:
            return protocol.Status("closed", reason="hours", staff="none", quiet=quiet)
        ticket = conversation.ticket
        if conversation.state == "closed" or (ticket and ticket.state in ("wrap_up", "closed")):
            reason = conversation.reason or "ended"
            return protocol.Status(
                "closed",
                reason=reason,  # type: ignore[arg-type]
                staff="none",
                quiet=quiet,
            )
        if ticket is None:
            return protocol.Status("intake", staff=self.staff_for(conversation), quiet=quiet)
        if ticket.state == "active":
            return protocol.Status(
                "active",
                serving_region=ticket.serving_region,
                caseworker=self.floor.names(ticket.caseworker or "") or None,
                staff=self.staff_for(conversation),
                away=ticket.caseworker_away or None,
                quiet=quiet,
            )
        view = self._view(conversation)
        found = self.floor.waits(ticket.serving_region)
        acute = ticket.band == queue.ACUTE_BAND
        wait = "unknown" if acute else found.get(ticket.level, (0, "unknown"))[1]
        return protocol.Status(
            "waiting",
            position=view.place_of(ticket),
            wait=wait,  # type: ignore[arg-type]
            serving_region=ticket.serving_region,
            staff=self.staff_for(conversation),
            quiet=quiet,
        )

    def _view(self, conversation: Conversation) -> RegionView:
        ticket = conversation.ticket
        region = ticket.serving_region if ticket else self.reach(conversation.region).line
        return self.floor.view(region)

    def region_body(self, region: Region) -> protocol.RegionBody:
        """A region as anyone may see it: open, busy (open, and nobody there can be asked now), or
        closed."""
        now = self.services.clock.now()
        found = self.reach(region.slug)
        answers = found.by or found.line
        busy = self.present(answers) > 0 and not self._has_seat(answers)
        knowledge = self.services.knowledge
        return protocol.RegionBody(
            region=region.slug,
            name=region.name,
            state="closed" if not found.open else "busy" if busy else "open",
            phone=knowledge.help_lines[knowledge.advice_line].number,
            now=now,
            opens_at=found.opens_at,
            closes_at=found.closes_at,
        )

    def _has_seat(self, region: str) -> bool:
        """Whether a visitor who is not in danger could be asked for here."""
        helper, wrap_ups_open = self._helper(region), self.services.settings.wrap_ups_open
        free = any(desk.free(queue.OTHER_BAND, wrap_ups_open) for desk in helper.desks)
        return helper.places_free > 0 and free

    def reach(self, region: str) -> Reach:
        """Who answers a visitor of a region now."""
        now, knowledge = self.services.clock.now(), self.services.knowledge
        minute = int(now.timestamp()) // 60
        known = self.reached.get(region)
        if known is not None and known[0] == minute and known[1] is knowledge:
            return known[2]
        found = reach(knowledge, region, now, self.present, self.used_up)
        self.reached[region] = (minute, knowledge, found)
        return found

    def used_up(self, agreement: Agreement) -> bool:
        """Whether a helper took as many chats today as it agreed to."""
        most, taken = agreement.most_per_day, self.floor.view(agreement.helper).taken
        return most is not None and taken.get(agreement.id, 0) >= most

    def present(self, region: str) -> int:
        """How many desks of a region are open; in a pilot, of those who are listed (R36)."""
        listed = self.services.knowledge.pilots.get(region)
        colleagues = self.floor.view(region).colleagues.values()
        return sum(
            colleague.at_desk
            for colleague in colleagues
            if listed is None or colleague.name in listed
        )


def _helper_of(view: RegionView, listed: Collection[str] | None) -> Helper:
    """What the rules look at of a region."""
    states = [shown.ticket for shown in view.shown]
    wrap_ups = Counter(ticket.caseworker for ticket in states if ticket.state == "wrap_up")
    waiting = (one for one in states if one.state == "waiting" and one.visitor not in LEFT)
    return Helper(
        desks=[
            Desk(
                desk.name,
                desk.cap,
                desk.used,
                desk.available,
                wrap_ups[desk.name],
                0,
                present=desk.at_desk,
            )
            for desk in view.colleagues.values()
            if listed is None or desk.name in listed
        ],
        places_free=view.cap - view.used,
        waiting=Counter(ticket.band for ticket in waiting),
        taken_today=view.taken,
    )
