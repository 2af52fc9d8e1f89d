"""A caseworker's socket: the desk as it opens, changes and closes. One object per socket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from handoff import protocol
from handoff.clock import moment
from handoff.desk.caseworker.commands import CaseworkerCommands
from handoff.desk.caseworker.own_desk import OwnDesk
from handoff.desk.caseworker.practising import Practising
from handoff.desk.conversation import Conversation, Gone, Watcher
from handoff.desk.conversations import Conversations
from handoff.desk.floor import Floor
from handoff.desk.region_view import RegionView, Shown
from handoff.desk.rings import Rings
from handoff.desk.said import Said
from handoff.desk.services import Services
from handoff.desk.shift import AWAY, Person, Shift
from handoff.storage import tickets

OWN = ("active", "wrap_up")

Send = Callable[[protocol.ServerFrame], None]


@dataclass(frozen=True, slots=True)
class BackOffice:
    """What every caseworker's session is handed."""

    services: Services
    conversations: Conversations
    floor: Floor
    shift: Shift
    rings: Rings


class CaseworkerSession(Watcher):
    """One open desk; `commands` is what the caseworker does."""

    visitor = False

    def __init__(self, office: BackOffice, person: Person, send: Send) -> None:
        self.office = office
        self.person = person
        self.username, self.region = person.username, person.region
        self.send = send
        #: the conversations this desk looks at, by ticket
        self.watched: dict[str, Conversation] = {}
        #: events that came while the past of a conversation is read, by conversation
        self.held: dict[str, list[Said]] = {}
        self.stopped = False
        self.view: RegionView | None = None
        #: the last desk that was sent, without its time
        self.seen: tuple[Any, ...] = ()
        self.practising = Practising(office, self)
        self.commands = CaseworkerCommands(office, self)

    # the life of the socket

    async def start(self) -> None:
        """The desk opens: the whole of it, then every conversation that is mine."""
        await self.office.shift.join(self)
        self.office.floor.desks.append(self)
        view = await self.office.floor.refresh(self.region)
        if self.view is None:
            self.see(view, view)

    async def stop(self) -> None:
        """The socket closed."""
        self.stopped = True
        self.practising.forget()
        if self in self.office.floor.desks:
            self.office.floor.desks.remove(self)
        for ticket in list(self.watched):
            self._forget(ticket)
        await self.office.shift.leave(self)

    # what the floor and the conversations tell

    def see(self, before: RegionView, after: RegionView) -> None:
        if self.stopped or self.username not in after.colleagues:
            return
        if not after.colleagues[self.username].linked:
            self.office.conversations.start(self.office.shift.relink(self.person))
        if after.colleagues[self.username].presence != AWAY:
            # chosen here, or at another desk of the same caseworker
            self.practising.finish()
        known = {shown.ticket.id: shown for shown in self.view.shown} if self.view else {}
        first, self.view = self.view is None, after
        if first:
            self._send_desk(after)
        for shown in after.shown:
            self._compare(known.get(shown.ticket.id), shown)
        for ticket in known.keys() - {shown.ticket.id for shown in after.shown}:
            self.office.conversations.start(self._last_look(ticket))
        seen = {shown.ticket.id for shown in after.shown if self._is_seen(shown)}
        for ticket in [ticket for ticket in self.watched if ticket not in seen]:
            self._forget(ticket)
        self._send_desk(after)

    def draw(self) -> None:
        """The desk changed by itself: nothing in the region did."""
        if self.view is not None and not self.stopped:
            self._send_desk(self.view)

    def _send_desk(self, view: RegionView) -> None:
        """The whole of it, when anything but the time is new."""
        office = self.office
        whole = view.desk_of(self.username, office.services.now(), office.floor.names)
        desk = self.practising.laid_out(self._own_desk().laid_out(whole, view))
        # its time comes first
        seen = msgspec.structs.astuple(desk)[1:]
        if seen != self.seen:
            self.seen = seen
            self.send(desk)

    def _compare(self, before: Shown | None, after: Shown) -> None:
        # the same ticket may be offered once more before anybody looked between
        new = before is None or (before.seat_of, before.expires_at) != (
            after.seat_of,
            after.expires_at,
        )
        if after.seat_of == self.username and after.expires_at is not None and new:
            self.send(protocol.OfferFrame(after.card, moment(after.expires_at)))
        elif before is not None and before.card != after.card:
            self.send(protocol.TicketFrame(after.card))
        if not self._is_seen(after):
            return
        if after.ticket.id not in self.watched:
            self.office.conversations.start(self._assign(after))
        if before is not None and before.ticket.visitor != after.ticket.visitor:
            since = moment(after.ticket.visitor_since)
            visitor = after.ticket.visitor
            self.send(protocol.Visitor(after.ticket.id, visitor, since))  # type: ignore[arg-type]

    async def _last_look(self, ticket: str) -> None:
        """A ticket left the desk: closed, or served elsewhere now."""
        row = await self.office.services.db.read(tickets.one, ticket)
        if row is not None:
            self.send(protocol.TicketFrame(self.office.floor.shown(row).card))

    def _is_mine(self, shown: Shown) -> bool:
        return shown.ticket.caseworker == self.username and shown.ticket.state in OWN

    def _is_seen(self, shown: Shown) -> bool:
        """Whether this desk sees what is said there: its own conversations, and those that the
        senior reads along."""
        return self._is_mine(shown) or self._own_desk().reads(shown)

    def _own_desk(self) -> OwnDesk:
        people, listed = self.office.rings.people, self.office.services.knowledge.pilots
        return OwnDesk(
            self.person,
            listed.get(self.region),
            people(self.region, "acute"),
            people(self.region, "line"),
        )

    def _still_seen(self, ticket: str) -> bool:
        view = self.view
        return view is not None and any(
            shown.ticket.id == ticket and self._is_seen(shown) for shown in view.shown
        )

    async def _assign(self, shown: Shown) -> None:
        """Everything that was said so far, and from now on every event, once and in order."""
        ticket = shown.ticket.id
        if ticket in self.watched:
            return
        try:
            conversation = await self.office.conversations.load(shown.ticket.conversation)
        except Gone:
            return
        # while it was loaded it may have gone to somebody else, or the desk may have closed
        if ticket in self.watched or self.stopped or not self._still_seen(ticket):
            self.office.conversations.let_go(conversation)
            return
        self.watched[ticket] = conversation
        self.held[conversation.id] = []
        conversation.watch(self)
        try:
            await conversation.refresh()
            past = await conversation.history(0)
        except Exception:
            # the next look at the region tries again
            self._forget(ticket)
            raise
        if self.watched.get(ticket) is conversation:
            self._send_assigned(ticket, conversation, past)

    def _send_assigned(self, ticket: str, conversation: Conversation, past: list[Said]) -> None:
        assert self.view is not None
        card = next(shown.card for shown in self.view.shown if shown.ticket.id == ticket)
        held = self.held.pop(conversation.id, [])
        last = past[-1].seq or 0 if past else 0
        events = [*past, *(said for said in held if (said.seq or 0) > last)]
        self.send(protocol.Assigned(card, [event.frame(ticket) for event in events]))

    def _forget(self, ticket: str) -> None:
        conversation = self.watched.pop(ticket)
        self.held.pop(conversation.id, None)
        conversation.unwatch(self)
        self.office.conversations.let_go(conversation)

    def show(self, conversation: Conversation, said: Said, *, own: bool = False) -> None:
        if conversation.ticket is None:
            return
        ticket = conversation.ticket.id
        held = self.held.get(conversation.id)
        if held is not None:
            held.append(said)
        if own:
            self.send(protocol.Ack(id=said.client_id or "", seq=said.seq or 0, ticket=ticket))
        elif held is None:
            self.send(said.frame(ticket))

    def changed(self, conversation: Conversation) -> None:
        """The floor compares whole regions; nothing to do for one conversation."""

    def replaced(self) -> None:
        """Only visitors have one socket."""

    def types(self, conversation: Conversation, who: str) -> None:
        if who == "visitor" and conversation.ticket is not None:
            self.send(protocol.TypingBody(ticket=conversation.ticket.id))
