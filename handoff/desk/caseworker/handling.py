"""What every command of a caseworker needs: whose ticket it is, and how a no is said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from data.knowledge import Knowledge
from handoff import protocol
from handoff.desk.conversation import Conversation, Gone
from handoff.desk.said import Body, Said
from handoff.protocol import ErrorCode, Refused
from handoff.storage import tickets
from handoff.storage.sql import Rollback
from handoff.storage.units import CASEWORKER

if TYPE_CHECKING:
    from handoff.desk.caseworker.session import BackOffice, CaseworkerSession

#: The longest reason for a level or a struck signal, in code points.
MOST_REASON = 500

#: What a client is told for each reason that a command is undone with.
REASONS: dict[str, tuple[ErrorCode, str]] = {
    "unknown": ("unknown_ticket", "there is no such ticket"),
    "taken": ("taken", "somebody else was faster, or it is offered to a colleague"),
    "no_seat": ("no_seat", "no seat is free: every seat here or in the region is taken"),
    "not_offered": ("not_offered", "this ticket is not offered to you"),
    "expired": ("expired", "the offer is over; it went to somebody else"),
    "not_yours": ("not_yours", "this ticket is not yours"),
    "not_open": ("not_open", "this ticket is not open for that now"),
    "acute": ("forbidden", "room is made for an acute ticket only, and never out of one"),
    "forbidden": ("forbidden", "the senior may, or a colleague when the caseworker is away"),
    "not_asked": ("forbidden", "the senior reads along where a colleague asks, or was rung"),
    "clash": ("taken", "somebody else was faster; look again"),
}


def checked_reason(text: str) -> str:
    """A caseworker's reason. Raises `Refused`."""
    if not text.strip() or len(text) > MOST_REASON or protocol.UNPRINTABLE.search(text):
        raise Refused("bad_frame", "a reason is needed, in a few words")
    return text.strip()


def checked_disposition(knowledge: Knowledge, key: str) -> None:
    """Raises `Refused` unless a caseworker may choose this disposition."""
    found = knowledge.dispositions.get(key)
    if found is None or found.by_system:
        chosen = [name for name, known in knowledge.dispositions.items() if not known.by_system]
        raise Refused("bad_frame", f"a disposition is one of: {', '.join(chosen)}")


def agreed_of(frame: protocol.SetMoment) -> dict[str, Any]:
    """A safe moment as it is kept. Raises `Refused`."""
    protocol.check_id(frame.id)
    protocol.check_text(frame.text, frame.id, MOST_REASON)
    agreed: dict[str, Any] = {"text": frame.text}
    for name in ("who_calls", "say_if_other"):
        value = getattr(frame, name)
        if value:
            protocol.check_text(value, frame.id, MOST_REASON)
            agreed[name] = value
    if frame.voicemail is not None:
        agreed["voicemail"] = frame.voicemail
    return agreed


class Handling:
    """The desk's owner, and the tickets that the desk shows."""

    def __init__(self, office: BackOffice, session: CaseworkerSession) -> None:
        self.office = office
        self.services, self.floor = office.services, office.floor
        self.session = session
        self.person = session.person
        self.username, self.region = session.username, session.region

    def may_serve(self, username: str, region: str, conversation: Conversation) -> None:
        """In a pilot only the listed caseworkers get conversations (R36); and who is on call those
        of visitors in danger, for whom they are rung. Raises `Refused`."""
        listed = self.services.knowledge.pilots.get(region)
        if listed is None or username in listed:
            return
        acute = conversation.ticket is not None and conversation.ticket.level == "acute"
        if not acute or username not in self.office.rings.people(region, "acute"):
            raise Refused("forbidden", "a pilot is on there, and this caseworker is not in it")

    def _own(self, ticket: str, *states: str) -> Conversation:
        """The conversation of a ticket that is mine. Raises `Refused`."""
        conversation = self._seen(ticket)
        if conversation.ticket is None or conversation.ticket.caseworker != self.username:
            raise Refused("not_yours", "this ticket is not yours")
        if states and conversation.ticket.state not in states:
            raise Refused("not_open", "this conversation is not under way")
        return conversation

    def _seen(self, ticket: str) -> Conversation:
        """The conversation of a ticket that is mine, or that I read along. Raises `Refused`."""
        conversation = self.session.watched.get(ticket)
        if conversation is not None and conversation.ticket is not None:
            return conversation
        known = self.session.view is not None and any(
            shown.ticket.id == ticket for shown in self.session.view.shown
        )
        if known:
            raise Refused("not_yours", "this ticket is not yours")
        raise Refused("unknown_ticket", "there is no such ticket")

    @asynccontextmanager
    async def _conversation(self, ticket: str) -> AsyncIterator[Conversation]:
        """The conversation of any ticket of this region. Raises `Refused`."""
        row = None
        if protocol.ID.fullmatch(ticket):
            row = await self.services.db.read(tickets.one, ticket)
        if row is None or self.region not in (row["serving_region"], row["queue_region"]):
            raise Refused("unknown_ticket", "there is no such ticket")
        try:
            async with self.office.conversations.borrowed(row["conversation"]) as conversation:
                yield conversation
                # the other region that looked at it, before or now, looks again
                self._ring_others(row["serving_region"], row["queue_region"])
        except Gone as error:
            raise Refused("unknown_ticket", "this conversation was erased") from error

    def _ring_others(self, *regions: str) -> None:
        for region in set(regions) - {self.region}:
            self.floor.ring(region)

    async def _run(self, command: Any, *args: Any) -> Any:
        try:
            return await self.services.db.run(command, *args)
        except Rollback as refused:
            code, message = REASONS.get(refused.reason, ("internal", refused.reason))
            raise Refused(code, message) from refused

    def _event(self, kind: protocol.Kind, text: str, id: str | None = None, name: str = "") -> Said:
        author = CASEWORKER + self.username
        body = Body(text, name=name, by=self.person.name)
        return Said(
            self.services.ids.short(),
            author,
            kind,
            self.services.clock.now(),
            body,
            id,
        )

    def _note(self, action: str, ticket: str, detail: str | None = None) -> tickets.Note:
        id, now = self.services.ids.short(), self.services.now()
        return tickets.audit(id, now, self.username, action, ticket, detail)
