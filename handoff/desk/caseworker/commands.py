"""What a caseworker does, frame by frame."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from data.hours import opening
from flows import urgency
from handoff import protocol
from handoff.clock import seconds
from handoff.desk.caseworker import transfers
from handoff.desk.conversation import Conversation, Gone, Turn
from handoff.desk.said import CASEWORKER, Body, Said
from handoff.desk.shift import bye_of, notice, place_of
from handoff.protocol import ErrorCode, Refused
from handoff.storage import tickets
from handoff.storage.sql import Rollback
from handoff.storage.units import Conflict, Ended

if TYPE_CHECKING:
    from handoff.desk.caseworker.session import BackOffice, CaseworkerSession

TRIES = 5
#: What a username looks like: nothing else is asked of the database.
USERNAME = re.compile(r"[a-z0-9._-]{1,64}")
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
    "clash": ("taken", "somebody else was faster; look again"),
}


class CaseworkerCommands:
    """One method a frame. Each raises `Refused`, or `Unavailable` when the database is away."""

    def __init__(self, office: BackOffice, session: CaseworkerSession) -> None:
        self.office = office
        self.services, self.floor = office.services, office.floor
        self.session = session
        self.person = session.person
        self.username, self.region = session.username, session.region

    # presence and queue

    async def presence(self, frame: protocol.SetPresence) -> None:
        """Available, away, or calling."""
        await self.office.shift.set_presence(self.person, frame.state)

    async def cap(self, frame: protocol.Cap) -> None:
        """The own number of chats, from none to what the region allows."""
        most = self.services.knowledge.regions[self.region].caseworker_cap
        if not 0 <= frame.seats <= most:
            raise Refused("bad_frame", f"seats is a number from 0 to {most}")
        await self.office.shift.set_cap(self.person, frame.seats)

    async def accept(self, frame: protocol.Accept) -> None:
        """Takes an offer."""
        await self._begin(frame.ticket, tickets.accept, "accept")

    async def take(self, frame: protocol.Take) -> None:
        """Takes a ticket out of the queue."""
        await self._begin(frame.ticket, transfers.take, "take")

    async def _begin(self, ticket: str, command: Any, action: str) -> None:
        async with self._conversation(ticket) as conversation:
            here = notice(conversation, "utter_here", self.services, **self._here())
            await self._run(
                command,
                ticket,
                self.username,
                self.region,
                self.services.now(),
                [conversation.seal(here)],
                self._note(action, ticket),
            )
            await conversation.refresh()
            await self.floor.refresh(self.region)

    def _here(self) -> dict[str, str]:
        region = self.services.knowledge.regions[self.region]
        return {"caseworker": self.person.name, "serving_region": region.name}

    async def decline(self, frame: protocol.Decline) -> None:
        """Leaves an offer to somebody else."""
        again = seconds(self.services.settings.offer_again_s)
        until = self.services.now() + again
        async with self._conversation(frame.ticket):
            await self._run(tickets.refuse_offer, frame.ticket, self.username, until)
        self.floor.ring(self.region)

    async def make_room(self, frame: protocol.MakeRoom) -> None:
        """Gives one own chat back and takes an acute ticket, in one transaction."""
        given = self._own(frame.give_back, "active")
        async with self._conversation(frame.ticket) as taken:
            here = notice(taken, "utter_here", self.services, **self._here())
            back = notice(given, "utter_takeover_wait", self.services)
            await self._run(
                transfers.make_room,
                frame.ticket,
                frame.give_back,
                self.username,
                self.region,
                place_of(given),
                self.floor.unread_until(given.home),
                self.services.now(),
                ([taken.seal(here)], [given.seal(back)]),
                self._note("make_room", frame.ticket, frame.give_back),
            )
            await taken.refresh()
            await given.refresh()
            self.floor.ring(given.region)
            await self.floor.refresh(self.region)

    # talking

    async def message(self, frame: protocol.StaffMessage) -> None:
        """Says something to the visitor."""
        conversation = self._own(frame.ticket, "active")
        await self._say(conversation, frame, "text", late=False)

    async def note(self, frame: protocol.Note) -> None:
        """Writes something that the visitor does not see."""
        await self._say(self._own(frame.ticket), frame, "note", late=True)

    async def _say(
        self,
        conversation: Conversation,
        frame: protocol.StaffMessage | protocol.Note,
        kind: protocol.Kind,
        *,
        late: bool,
    ) -> None:
        protocol.check_id(frame.id)
        protocol.check_text(frame.text, frame.id, self.services.settings.text_characters)
        turn = conversation.turn(self._event(kind, frame.text, frame.id), late=late)
        try:
            await conversation.commit(turn, sender=self.session)
        except Ended as error:
            raise Refused("not_open", "the visitor has left the conversation", frame.id) from error

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

    async def typing(self, frame: protocol.StaffTyping) -> None:
        """Is typing to a visitor."""
        self.floor.caseworker_types(self._own(frame.ticket, "active"))

    # the triage

    async def level(self, frame: protocol.SetLevel) -> None:
        """Raises or lowers a level; only a caseworker lowers one, and says why."""
        reason = self._reason(frame.reason)
        await self._judge(
            frame.ticket,
            lambda triage: urgency.set_by_caseworker(triage, frame.level, reason),
            f"{frame.level}: {reason}",
            "level",
            frame.level,
        )

    async def strike(self, frame: protocol.Strike) -> None:
        """Strikes a signal that was heard wrongly; it stays struck."""
        if frame.signal not in self.services.knowledge.triage.signals:
            raise Refused("bad_frame", "there is no such signal")
        reason = self._reason(frame.reason)
        await self._judge(
            frame.ticket,
            lambda triage: urgency.strike(triage, frame.signal),
            f"{frame.signal}: {reason}",
            "strike",
            frame.signal,
        )

    async def _judge(
        self,
        ticket: str,
        judge: Callable[[urgency.Triage], urgency.Triage],
        note: str,
        action: str,
        detail: str,
    ) -> None:
        conversation = self._own(ticket)

        def build(turn: Turn) -> None:
            turn.talk = replace(turn.talk, triage=judge(turn.talk.triage))
            turn.events.append(self._event("note", note, name=action))
            turn.also.append(self._note(action, ticket, detail))

        await self._change(conversation, build)

    async def _change(
        self, conversation: Conversation, build: Callable[[Turn], None], id: str | None = None
    ) -> None:
        """Changes what the conversation remembers, from its newest state."""
        for _ in range(TRIES):
            turn = conversation.turn(late=True)
            build(turn)
            try:
                await conversation.commit(turn, sender=self.session)
                return
            except Conflict:
                await conversation.refresh()
        raise Refused("unavailable", "the conversation changes too fast; try again", id)

    async def moment(self, frame: protocol.SetMoment) -> None:
        """Notes a safe moment that was agreed (R52, R53)."""
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

        def build(turn: Turn) -> None:
            turn.talk = replace(turn.talk, agreed=agreed)
            turn.events.append(self._event("note", frame.text, frame.id, name="moment"))

        await self._change(self._own(frame.ticket), build, frame.id)

    # handing on and ending

    async def consult(self, frame: protocol.Consult) -> None:
        """Asks the senior: an internal note that stands out at the desk, and in the audit."""
        protocol.check_text(frame.text, frame.ticket, self.services.settings.text_characters)
        conversation = self._own(frame.ticket)
        turn = conversation.turn(self._event("note", frame.text, name="consult"), late=True)
        turn.also.append(self._note("consult", frame.ticket))
        await conversation.commit(turn)

    async def transfer(self, frame: protocol.Transfer) -> None:
        """Hands a chat to a colleague, with a note; refused when the target is full."""
        conversation = self._own(frame.ticket, "active")
        receiver, region = await self._receiver(frame.to)
        told = [notice(conversation, "utter_takeover", self.services)]
        if frame.note:
            protocol.check_text(frame.note, frame.ticket, self.services.settings.text_characters)
            told.append(self._event("note", frame.note, name="transfer"))
        await self._run(
            tickets.hand_on,
            frame.ticket,
            self.username,
            receiver,
            region,
            self.services.now(),
            [conversation.seal(event) for event in told],
            self._note("transfer", frame.ticket, receiver),
        )
        await conversation.refresh()
        self.floor.ring(region)
        await self.floor.refresh(self.region)

    async def _receiver(self, to: protocol.Target) -> tuple[str, str]:
        """The colleague who gets it: the named one, or the emptiest desk of the region."""
        knowledge = self.services.knowledge
        if to.region is not None:
            if to.region not in knowledge.regions:
                raise Refused("unknown_region", "there is no such region")
            if not opening(knowledge.regions[to.region].chat_hours, self.services.clock.now()).open:
                raise Refused("not_open", "that region is closed now")
            view = await self.floor.refresh(to.region)
            free = [
                colleague
                for colleague in view.colleagues.values()
                if colleague.available
                and colleague.used < colleague.cap
                and colleague.name != self.username
            ]
            if not free or view.free == 0:
                raise Refused("no_seat", "no seat is free in that region")
            return min(free, key=lambda found: (found.used, found.name)).name, to.region
        if to.caseworker is None or to.caseworker == self.username:
            raise Refused("bad_frame", "`to` names a region or another caseworker")
        region = None
        if USERNAME.fullmatch(to.caseworker):
            region = await self.services.db.read(tickets.region_of, to.caseworker)
        if region is None:
            raise Refused("forbidden", "there is no such caseworker")
        return to.caseworker, region

    async def end(self, frame: protocol.StaffEnd) -> None:
        """Ends the conversation; its seat is free, the disposition is still to come."""
        conversation = self._own(frame.ticket, "active")
        bye = notice(conversation, bye_of(conversation), self.services)
        await self._run(
            tickets.end,
            frame.ticket,
            self.username,
            self.services.now(),
            [conversation.seal(bye)],
            self._note("end", frame.ticket),
        )
        await conversation.refresh()
        await self.floor.refresh(self.region)

    async def read(self, frame: protocol.Read) -> None:
        """Opens a missed ticket: it is mine to close, and takes no seat."""
        async with self._conversation(frame.ticket) as conversation:
            now, note = self.services.now(), self._note("read", frame.ticket)
            await self._run(transfers.read_missed, frame.ticket, self.username, now, note)
            await conversation.refresh()
            await self.floor.refresh(self.region)

    async def wrap_up(self, frame: protocol.WrapUp) -> None:
        """Closes a ticket with its disposition."""
        found = self.services.knowledge.dispositions.get(frame.disposition)
        if found is None or found.by_system:
            known = ", ".join(
                key
                for key, value in self.services.knowledge.dispositions.items()
                if not value.by_system
            )
            raise Refused("bad_frame", f"a disposition is one of: {known}")
        async with self._conversation(frame.ticket) as conversation:
            await self._run(
                tickets.close,
                frame.ticket,
                self.username,
                frame.disposition,
                self.services.now(),
                conversation.erase_after(),
                self._note("wrap_up", frame.ticket, frame.disposition),
            )
            await conversation.refresh()
            await self.floor.refresh(self.region)

    # small things

    def _own(self, ticket: str, *states: str) -> Conversation:
        """The conversation of a ticket that is mine. Raises `Refused`."""
        conversation = self.session.watched.get(ticket)
        if conversation is None or conversation.ticket is None:
            known = self.session.view is not None and any(
                shown.ticket.id == ticket for shown in self.session.view.shown
            )
            if known:
                raise Refused("not_yours", "this ticket is not yours")
            raise Refused("unknown_ticket", "there is no such ticket")
        if states and conversation.ticket.state not in states:
            raise Refused("not_open", "this conversation is not under way")
        return conversation

    @asynccontextmanager
    async def _conversation(self, ticket: str) -> AsyncIterator[Conversation]:
        """The conversation of any ticket of this region. Raises `Refused`."""
        row = None
        if protocol.ID.fullmatch(ticket):
            row = await self.services.db.read(tickets.one, ticket)
        if row is None or row["serving_region"] != self.region:
            raise Refused("unknown_ticket", "there is no such ticket")
        try:
            async with self.office.conversations.borrowed(row["conversation"]) as conversation:
                yield conversation
        except Gone as error:
            raise Refused("unknown_ticket", "this conversation was erased") from error

    async def _run(self, command: Any, *args: Any) -> Any:
        try:
            return await self.services.db.run(command, *args)
        except Rollback as refused:
            code, message = REASONS.get(refused.reason, ("internal", refused.reason))
            raise Refused(code, message) from refused

    def _reason(self, text: str) -> str:
        if not text.strip() or len(text) > MOST_REASON or protocol.UNPRINTABLE.search(text):
            raise Refused("bad_frame", "a reason is needed, in a few words")
        return text.strip()

    def _note(self, action: str, ticket: str, detail: str | None = None) -> tickets.Note:
        id, now = self.services.ids.short(), self.services.now()
        return tickets.audit(id, now, self.username, action, ticket, detail)
