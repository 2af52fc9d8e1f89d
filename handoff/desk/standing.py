"""Where a visitor stands: who answers their region now, who could come, and how long it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.hours import opening
from data.knowledge import Knowledge
from data.regions import Region
from handoff import protocol
from handoff.desk import queue
from handoff.desk.conversation import Conversation
from handoff.desk.reach import Reach, reach, rings_on_call
from handoff.desk.region_view import RegionView
from handoff.desk.services import Services
from handoff.storage.units import CLOSED

if TYPE_CHECKING:
    from handoff.desk.floor import Floor


class Standing:
    """What visitors are told, out of what the floor knows."""

    def __init__(self, services: Services, floor: Floor) -> None:
        self.services = services
        self.floor = floor
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
        if own != "called" and self._helpers_free(conversation.region):
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

    def _helpers_free(self, region: str) -> bool:
        """Whether a region that helps out has a seat free now."""
        found, now = self.reach(region), self.services.clock.now()
        knowledge = self.services.knowledge
        return any(
            agreement.home == found.line
            and agreement.covers(now)
            and self.floor.view(agreement.helper).free > 0
            and opening(knowledge.regions[agreement.helper].chat_hours, now).open
            for agreement in knowledge.agreements
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
