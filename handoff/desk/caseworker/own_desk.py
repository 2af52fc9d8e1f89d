"""What one desk is told beyond the view of its region: who may help, who is rung. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import msgspec

from handoff import protocol
from handoff.desk.readers import SENIOR
from handoff.desk.region_view import Colleague, RegionView, Shown
from handoff.desk.shift import Person
from handoff.desk.ticket import readers_of
from handoff.storage.rings import RING_ACUTE, RING_CONSULT, RING_LINE


def is_senior(person: Person, on_call: Collection[str]) -> bool:
    """Who may read along when asked, and take over at any time: the senior, or who is on call."""
    return person.role == SENIOR or person.username in on_call


def free_desks(view: RegionView, listed: Collection[str] | None) -> list[Colleague]:
    """Desks that can get a chat now; in a pilot only those that are listed."""
    return [
        desk
        for desk in view.colleagues.values()
        if desk.available and desk.used < desk.cap and (listed is None or desk.name in listed)
    ]


def places_free(view: RegionView, listed: Collection[str] | None) -> int:
    """Seats that an offer can get now: the lower of the two caps wins (R18)."""
    own = sum(desk.cap - desk.used for desk in free_desks(view, listed))
    return max(0, min(own, view.cap - view.used))


@dataclass(frozen=True, slots=True)
class OwnDesk:
    """A desk and its owner, as of one moment."""

    person: Person
    #: who alone gets conversations while a pilot is on
    listed: Collection[str] | None
    #: who is planned in the region now: the senior on call, and those who answer
    on_call: Collection[str]
    answering: Collection[str]

    def laid_out(self, desk: protocol.Desk, view: RegionView) -> protocol.Desk:
        """The desk with what only its owner is shown."""
        listed, senior = self.listed, is_senior(self.person, self.on_call)
        return msgspec.structs.replace(
            desk,
            free=places_free(view, listed),
            reads=[shown.card for shown in view.shown if self.reads(shown)],
            others=[shown.card for shown in view.shown if self._may_help(shown, senior)],
            senior=senior,
            rung=self._rung(desk, view),
            unlisted=listed is not None and self.person.username not in listed,
        )

    def reads(self, shown: Shown) -> bool:
        """Whether the owner reads this conversation along."""
        return (
            shown.ticket.state == "active"
            and shown.ticket.caseworker != self.person.username
            and self.person.username in readers_of(shown.signs)
        )

    def _may_help(self, shown: Shown, senior: bool) -> bool:
        """Chats of colleagues: all for the senior, and those whose caseworker lost the link."""
        ticket = shown.ticket
        others = (
            ticket.state == "active"
            and ticket.serving_region == self.person.region
            and ticket.caseworker != self.person.username
        )
        return others and (senior or ticket.caseworker_away) and not self.reads(shown)

    def _rung(self, desk: protocol.Desk, view: RegionView) -> protocol.RingKind | None:
        """For what the owner is rung and has not come yet."""
        waiting = {kind for shown in view.queue() for kind in shown.signs}
        away = desk.presence == "away"
        on_call = self.person.username in self.on_call
        if away and on_call and RING_ACUTE in waiting:
            return "acute"
        if on_call and any(self._is_asked(shown) for shown in view.shown):
            return "consult"
        rung = RING_LINE in waiting or view.helps
        if away and rung and self.person.username in self.answering:
            return "line"
        return None

    def _is_asked(self, shown: Shown) -> bool:
        """Whether a colleague asked the senior, and none reads along yet."""
        others = shown.ticket.state == "active" and shown.ticket.caseworker != self.person.username
        return others and RING_CONSULT in shown.signs and not readers_of(shown.signs)
