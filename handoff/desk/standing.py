"""Where a visitor stands: who answers their region now, who could come, and how long it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from data.knowledge import Knowledge
from data.regions import Region
from handoff import protocol
from handoff.desk import queue
from handoff.desk.conversation import Conversation
from handoff.desk.reach import Reach, reach, rings_on_call
from handoff.desk.region_view import RegionView
from handoff.desk.routing import Desk, Head, Helper, Terms, ground_of, has_seat_for
from handoff.desk.services import Services
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
        own = self._view(conversation).staff_for(ticket)
        if own != "called" and self._helpers_free(conversation):
            return "called"
        triage = conversation.talk.triage
        in_need = own == "none" and triage.acute and triage.cannot_call
        return "rung" if in_need and self.rings_on_call(conversation.region) else own

    def rings_on_call(self, region: str) -> bool:
        """Whether who is on call gets a sign for a visitor in danger though the chat is closed."""
        now = self.services.clock.now()
        can_ring = bool(self.services.settings.ring_url)
        closed = can_ring and not self.reach(region).open
        return closed and rings_on_call(self.services.knowledge, region, now)

    def _helpers_free(self, conversation: Conversation) -> bool:
        """Whether a region that helps out could be asked now, by the rule that asks it."""
        head, now = self._head(conversation), self.services.clock.now()
        terms = self.terms(head.home, now)
        present = self.present(head.home) > 0
        for agreement in terms.agreements:
            why = ground_of(agreement, head, present=present, terms=terms, now=self.services.now())
            if why and has_seat_for(
                self._helper(agreement.helper), agreement, head.band, terms.wrap_ups_open
            ):
                return True
        return False

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
        """A region as the rule that asks for help sees it."""
        view, listed = self.floor.view(region), self.services.knowledge.pilots.get(region)
        wrap_ups = Counter(
            shown.ticket.caseworker for shown in view.shown if shown.ticket.state == "wrap_up"
        )
        return Helper(
            desks=[
                Desk(desk.name, desk.cap, desk.used, desk.available, wrap_ups[desk.name], 0)
                for desk in view.colleagues.values()
                if listed is None or desk.name in listed
            ],
            places_free=view.cap - view.used,
            waiting=Counter(
                shown.ticket.band for shown in view.shown if shown.ticket.state == "waiting"
            ),
            taken_today=view.taken,
        )

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
        """A region as anyone may see it: open, busy (open, and every seat taken), or closed."""
        now = self.services.clock.now()
        found = self.reach(region.slug)
        view = self.floor.view(found.by or found.line)
        busy = view.present > 0 and view.free == 0
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

    def reach(self, region: str) -> Reach:
        """Who answers a visitor of a region now."""
        now, knowledge = self.services.clock.now(), self.services.knowledge
        minute = int(now.timestamp()) // 60
        known = self.reached.get(region)
        if known is not None and known[0] == minute and known[1] is knowledge:
            return known[2]
        found = reach(knowledge, region, now, self.present)
        self.reached[region] = (minute, knowledge, found)
        return found

    def present(self, region: str) -> int:
        """How many desks of a region are open; in a pilot, of those who are listed (R36)."""
        listed = self.services.knowledge.pilots.get(region)
        colleagues = self.floor.view(region).colleagues.values()
        return sum(
            colleague.linked and colleague.presence != "away"
            for colleague in colleagues
            if listed is None or colleague.name in listed
        )
