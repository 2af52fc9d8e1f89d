"""A desk that practises with a made-up visitor: its frames are answered here, in memory.

No row, no seat, no bell, no word in a log: what is never written cannot count, leak or stay.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from data.training import PracticeScript
from flows import urgency
from handoff import protocol
from handoff.desk.caseworker.handling import agreed_of, checked_disposition, checked_reason
from handoff.desk.caseworker.practice import Practice, Trainee
from handoff.desk.said import SYSTEM, Said, of_message
from handoff.desk.shift import AWAY, bye_for
from handoff.protocol import Refused

if TYPE_CHECKING:
    from handoff.desk.caseworker.session import BackOffice, CaseworkerSession


class Practising:
    """The practice of one socket, at most one at a time."""

    def __init__(self, office: BackOffice, session: CaseworkerSession) -> None:
        self.office = office
        self.services = office.services
        self.session = session
        self.practice: Practice | None = None
        #: which made-up visitor comes when none is named: each in turn
        self.turn = 0
        #: the visitor's next words, under way
        self.coming: asyncio.Task[Any] | None = None

    # beginning and ending

    async def begin(self, frame: protocol.Practise) -> None:
        """A made-up visitor comes to this desk. Raises `Refused` unless its owner is away."""
        if frame.id is not None:
            protocol.check_id(frame.id)
        if self.practice is not None:
            raise Refused("not_open", "one practice at a time: close this one first")
        script, language = self._script(frame.script), self._language(frame.language)
        view = await self.office.floor.refresh(self.session.region)
        own = view.colleagues.get(self.session.username)
        if self.session.stopped:
            return
        if own is None or own.presence != AWAY:
            raise Refused("not_open", "practise while you are away, so that no visitor waits")
        person = self.session.person
        trainee = Trainee(person.username, person.name, person.region)
        now = self.services.clock.now()
        knowledge, ids = self.services.knowledge, self.services.ids.short
        self.practice = Practice(script, trainee, knowledge, language, ids, now)
        name = knowledge.regions[person.region].name
        here = self._notice("utter_here", caseworker=person.name, serving_region=name)
        self.practice.add(here)
        self.session.draw()
        events = [said.frame(self.practice.id) for said in self.practice.events]
        self.session.send(protocol.Assigned(self.practice.card(), events))

    def _script(self, key: str | None) -> PracticeScript:
        scripts = self.services.knowledge.training
        if key is None:
            key = list(scripts)[self.turn % len(scripts)]
            self.turn += 1
        if key not in scripts:
            raise Refused("bad_frame", f"a script is one of: {', '.join(scripts)}")
        return scripts[key]

    def _language(self, language: str | None) -> str:
        knowledge = self.services.knowledge
        if language is None:
            return knowledge.language
        if language not in knowledge.languages:
            raise Refused("bad_frame", f"a language is one of: {', '.join(knowledge.languages)}")
        return language

    def finish(self) -> None:
        """It is over, and nothing is left of it; the desk is drawn by who asks for this."""
        if self.practice is None:
            return
        self.practice.become("closed")
        self.session.send(protocol.TicketFrame(self.practice.card()))
        self.forget()

    def forget(self) -> None:
        """The same without a word: the socket is closed."""
        self.practice = None
        if self.coming is not None:
            self.coming.cancel()
            self.coming = None

    def laid_out(self, desk: protocol.Desk) -> protocol.Desk:
        """The desk with the practice among its conversations; it takes no seat."""
        if self.practice is None:
            return desk
        return msgspec.structs.replace(desk, tickets=[*desk.tickets, self.practice.card()])

    # what the caseworker does

    def takes(self, frame: Any) -> bool:
        """Whether a frame was about the practice, and was answered. Raises `Refused`."""
        practice = self.practice
        named = (getattr(frame, "ticket", None), getattr(frame, "give_back", None))
        if practice is None or practice.id not in named:
            return False
        work = WORK.get(type(frame))
        if work is None:
            raise Refused("not_open", "this is a practice: it stays at this desk, with nobody else")
        work(self, practice, frame)
        return True

    def _message(self, practice: Practice, frame: protocol.StaffMessage) -> None:
        self._is_active(practice)
        if practice.left and frame.id not in practice.acks:
            raise Refused("not_open", "the visitor has left the conversation", frame.id)
        self._say(practice, frame, "text")
        if practice.answers and self.coming is None:
            self.coming = self.office.conversations.start(self._answer(practice))

    def _note(self, practice: Practice, frame: protocol.Note) -> None:
        self._say(practice, frame, "note")

    def _say(
        self,
        practice: Practice,
        frame: protocol.StaffMessage | protocol.Note,
        kind: protocol.Kind,
    ) -> None:
        protocol.check_id(frame.id)
        protocol.check_text(frame.text, frame.id, self.services.settings.text_characters)
        self._once(practice, kind, frame.text, frame.id)

    def _once(
        self, practice: Practice, kind: protocol.Kind, text: str, id: str, name: str = ""
    ) -> None:
        """Acknowledges what was sent; sending it twice changes nothing."""
        if id not in practice.acks:
            practice.by_caseworker(kind, text, self.services.clock.now(), id=id, name=name)
        self.session.send(protocol.Ack(id=id, seq=practice.acks[id], ticket=practice.id))

    def _typing(self, practice: Practice, frame: protocol.StaffTyping) -> None:
        self._is_active(practice)

    def _level(self, practice: Practice, frame: protocol.SetLevel) -> None:
        reason = checked_reason(frame.reason)
        practice.judge(urgency.set_by_caseworker(practice.talk.triage, frame.level, reason))
        self._noted(practice, f"{frame.level}: {reason}", "level")

    def _strike(self, practice: Practice, frame: protocol.Strike) -> None:
        if frame.signal not in self.services.knowledge.triage.signals:
            raise Refused("bad_frame", "there is no such signal")
        reason = checked_reason(frame.reason)
        practice.judge(urgency.strike(practice.talk.triage, frame.signal))
        self._noted(practice, f"{frame.signal}: {reason}", "strike")

    def _agree(self, practice: Practice, frame: protocol.Agree) -> None:
        told = practice.agree_with_heard()
        if not told:
            raise Refused("not_open", "nothing that was heard waits for a judgement")
        self._noted(practice, told, "agree")

    def _noted(self, practice: Practice, text: str, name: str) -> None:
        """A note of the desk itself, and the card that it changed."""
        said = practice.by_caseworker("note", text, self.services.clock.now(), name=name)
        self.session.send(said.frame(practice.id))
        self._changed(practice)

    def _moment(self, practice: Practice, frame: protocol.SetMoment) -> None:
        agreed = agreed_of(frame)
        if frame.id not in practice.acks:
            practice.agree(agreed)
        self._once(practice, "note", frame.text, frame.id, "moment")
        self._changed(practice)

    def _end(self, practice: Practice, frame: protocol.StaffEnd) -> None:
        self._is_active(practice)
        bye = practice.add(self._notice(bye_for(practice.talk.triage.role)))
        practice.become("wrap_up")
        self.session.send(bye.frame(practice.id))
        self._changed(practice)

    def _wrap_up(self, practice: Practice, frame: protocol.WrapUp) -> None:
        checked_disposition(self.services.knowledge, frame.disposition)
        if practice.active:
            raise Refused("not_open", "this ticket is not open for that now")
        self.finish()
        self.session.draw()

    def _is_active(self, practice: Practice) -> None:
        if not practice.active:
            raise Refused("not_open", "this conversation is not under way")

    # what the visitor and the system do

    async def _answer(self, practice: Practice) -> None:
        """The visitor types for a while, then says the next words. What the caseworker wrote
        meanwhile was read too: it gets no answer of its own."""
        self.session.send(protocol.TypingBody(ticket=practice.id))
        await self.services.clock.sleep(practice.script.answers_after_s)
        if practice is not self.practice or self.session.stopped:
            return
        self.coming = None
        if not practice.answers:
            return
        now = self.services.clock.now()
        self.session.send(practice.answer(now).frame(practice.id))
        if practice.left:
            state = practice.card().visitor
            assert state is not None
            self.session.send(protocol.Visitor(practice.id, state, now))
            self._changed(practice)

    def _changed(self, practice: Practice) -> None:
        self.session.send(protocol.TicketFrame(practice.card()))
        self.session.draw()

    def _notice(self, name: str, **more: str) -> Said:
        """What the system says to a visitor, in the same words as to a real one."""
        assert self.practice is not None
        region = self.services.knowledge.regions[self.session.region]
        now = self.services.clock.now()
        message = self.services.dialogue.message(name, self.practice.talk, region, now, **more)
        return of_message(self.services.ids.short(), message, now, SYSTEM)


#: What can be done in a practice; every other frame about it is refused.
WORK: dict[type, Callable[[Practising, Practice, Any], None]] = {
    protocol.StaffMessage: Practising._message,
    protocol.Note: Practising._note,
    protocol.StaffTyping: Practising._typing,
    protocol.SetLevel: Practising._level,
    protocol.Strike: Practising._strike,
    protocol.Agree: Practising._agree,
    protocol.SetMoment: Practising._moment,
    protocol.StaffEnd: Practising._end,
    protocol.WrapUp: Practising._wrap_up,
}
