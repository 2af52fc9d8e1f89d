"""What a caseworker does, frame by frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flows import urgency
from handoff import protocol
from handoff.clock import seconds
from handoff.desk import hearings
from handoff.desk.caseworker import transfers
from handoff.desk.caseworker.handing_on import HandingOn
from handoff.desk.caseworker.handling import (
    REASONS,
    agreed_of,
    checked_disposition,
    checked_reason,
)
from handoff.desk.conversation import Conversation, Turn
from handoff.desk.shift import bye_of, notice
from handoff.protocol import Refused
from handoff.storage import tickets
from handoff.storage.units import Conflict, Ended

__all__ = ["REASONS", "CaseworkerCommands"]

TRIES = 5
#: What was said can be judged until its ticket is closed.
OPEN = ("active", "wrap_up")
TOO_FAST = "the conversation changes too fast; try again"


class CaseworkerCommands(HandingOn):
    """One method a frame. Each raises `Refused`, or `Unavailable` when the database is away."""

    # presence and queue

    async def presence(self, frame: protocol.SetPresence) -> None:
        """Available, away, or calling."""
        await self.office.shift.set_presence(self.person, frame.state)

    async def practise(self, frame: protocol.Practise) -> None:
        """A made-up visitor comes to this desk (R39)."""
        await self.session.practising.begin(frame)

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
            self.may_serve(self.username, self.region, conversation)
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

    async def decline(self, frame: protocol.Decline) -> None:
        """Leaves an offer to somebody else."""
        again = seconds(self.services.settings.offer_again_s)
        until = self.services.now() + again
        async with self._conversation(frame.ticket):
            await self._run(tickets.refuse_offer, frame.ticket, self.username, until)
        self.floor.ring(self.region)

    # talking

    async def message(self, frame: protocol.StaffMessage) -> None:
        """Says something to the visitor."""
        conversation = self._own(frame.ticket, "active")
        await self._say(conversation, frame, "text", late=False)

    async def note(self, frame: protocol.Note) -> None:
        """Writes something that the visitor does not see; who reads along may too."""
        await self._say(self._seen(frame.ticket), frame, "note", late=True)

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

    async def typing(self, frame: protocol.StaffTyping) -> None:
        """Is typing to a visitor."""
        self.floor.caseworker_types(self._own(frame.ticket, "active"))

    # the triage

    async def level(self, frame: protocol.SetLevel) -> None:
        """Raises or lowers a level; only a caseworker lowers one, and says why."""
        reason = checked_reason(frame.reason)
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
        reason = checked_reason(frame.reason)
        await self._judge(
            frame.ticket,
            lambda triage: urgency.strike(triage, frame.signal),
            f"{frame.signal}: {reason}",
            "strike",
        )

    async def agree(self, frame: protocol.Agree) -> None:
        """Agrees with what was heard, as far as nobody has judged it."""

        def build(turn: Turn) -> None:
            memory, turn.counts = hearings.agreed(turn.talk.counted)
            if not turn.counts:
                raise Refused("not_open", "nothing that was heard waits for a judgement")
            told = hearings.told(turn.talk.counted)
            turn.talk = replace(turn.talk, counted=memory)
            turn.events.append(self._event("note", told, name="agree"))
            turn.also.append(self._note("agree", frame.ticket))

        await self._change(self._own(frame.ticket, *OPEN), build)

    async def _judge(
        self,
        ticket: str,
        judge: Callable[[urgency.Triage], urgency.Triage],
        note: str,
        action: str,
        detail: str | None = None,
    ) -> None:
        # a signal is content: it stands in the sealed note, never in the audit
        conversation = self._own(ticket, *OPEN)

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
        raise Refused("unavailable", TOO_FAST, id)

    async def moment(self, frame: protocol.SetMoment) -> None:
        """Notes a safe moment that was agreed (R52, R53)."""
        agreed = agreed_of(frame)

        def build(turn: Turn) -> None:
            turn.talk = replace(turn.talk, agreed=agreed)
            turn.events.append(self._event("note", frame.text, frame.id, name="moment"))

        await self._change(self._own(frame.ticket), build, frame.id)

    # handing on and ending

    async def end(self, frame: protocol.StaffEnd) -> None:
        """Ends the conversation; its seat is free, the disposition is still to come."""
        conversation = self._own(frame.ticket, "active")
        bye = notice(conversation, bye_of(conversation), self.services)
        await self._run(
            tickets.end,
            frame.ticket,
            self.username,
            self.services.now(),
            self.services.month(),
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
        checked_disposition(self.services.knowledge, frame.disposition)
        async with self._conversation(frame.ticket) as conversation:
            await self._close(conversation, frame)
            await conversation.refresh()
            await self.floor.refresh(self.region)

    async def _close(self, conversation: Conversation, frame: protocol.WrapUp) -> None:
        """Whoever closes a conversation and struck nothing of what was heard agrees with it."""
        note = self._note("wrap_up", frame.ticket, frame.disposition)
        for _ in range(TRIES):
            _, counts = hearings.agreed(conversation.talk.counted)
            try:
                await self._run(
                    tickets.close,
                    frame.ticket,
                    self.username,
                    frame.disposition,
                    self.services.now(),
                    conversation.erase_after(),
                    note,
                    counts,
                    conversation.last_seq,
                )
                return
            except Conflict:
                await conversation.refresh()
        raise Refused("unavailable", TOO_FAST)
