"""What a visitor does, frame by frame.

Danger words are heard first, in every state, and the card goes out before anything is written.
What is acknowledged is on disk. A failure of the script or the database never ends in silence: the
visitor gets a sentence and the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from data.regions import Region
from flows import payloads, urgency
from flows.engine import Choose, Text
from handoff import protocol
from handoff.desk import said as events
from handoff.desk.conversation import Conversation, Turn
from handoff.desk.said import Body, Said
from handoff.desk.ticket import IN_QUEUE
from handoff.desk.visitor.in_line import ANSWERS, InLineAnswers
from handoff.desk.visitor.turns import OVER, Turns
from handoff.protocol import Refused
from handoff.storage.database import Unavailable
from handoff.storage.units import CLOSED, Ended

if TYPE_CHECKING:
    from handoff.desk.visitor.session import FrontDoor, VisitorSession

#: Info cards that can be read in every state, and the response each shows.
INFO = {
    "privacy": "utter_sys_privacy",
    "hours": "utter_sys_hours",
    "moments": "utter_sys_moments",
    "report": "utter_sys_report",
    "tips": "utter_sys_tips",
}
SAFE_HOW = {"how_chat": "chat", "how_call": "call", "how_later": "later"}
#: What stood on the button of each part of the card.
PRESSED = {"call": "utter_emergency_title", "cannot": "utter_emergency_cannot_button"}
#: More buttons at once, or longer payloads, than any question of ours has.
MOST_CHOICES, MOST_PAYLOAD = 40, 300


class VisitorCommands:
    """One method a frame. Each raises `Refused`, or `Unavailable` when the database is away."""

    __slots__ = (
        "door",
        "floor",
        "in_line",
        "services",
        "session",
        "turns",
        "typing_at",
        "words_at",
    )

    def __init__(self, door: FrontDoor, session: VisitorSession, turns: Turns) -> None:
        self.door = door
        self.services, self.floor = door.services, door.floor
        self.session = session
        self.turns = turns
        self.in_line = InLineAnswers(door, session, turns)
        self.typing_at = self.words_at = float("-inf")

    async def message(self, frame: protocol.Message) -> None:
        """Something was typed: heard first, then answered by the script or left for a human."""
        conversation = self.session.opened()
        protocol.check_id(frame.id)
        protocol.check_text(frame.text, frame.id, self.services.settings.text_characters)
        if not self.turns.seen(frame.id):
            await self.turns.write(lambda turn: self._typed(turn, frame), frame.id)
            conversation.earlier.texts.append(frame.text)

    async def _typed(self, turn: Turn, frame: protocol.Message) -> None:
        conversation = self.session.opened()
        now = conversation.now()
        turn.events.append(self.turns.own(frame.id, frame.text))
        heard = conversation.dialogue.listen(
            turn.talk,
            frame.text,
            conversation.home,
            now,
            self.floor.standing.staff_for(conversation),
            tuple(conversation.earlier.texts),
            conversation.earlier.asked(scripted=conversation.scripted),
        )
        turn.talk = heard.talk
        if heard.card is not None:
            self.turns.show_card(turn, heard.card)
        self.turns.show_help(turn, heard)
        if conversation.hours_closed:
            # not kept, and heard together with the next all the same
            conversation.earlier.texts.append(frame.text)
            raise Refused("closed", self.turns.say("utter_error_closed"), frame.id)
        if conversation.state == CLOSED:
            raise Refused("wrong_state", OVER, frame.id)
        if not turn.talk.typed:
            turn.talk = replace(turn.talk, typed=True)
        if conversation.scripted and conversation.ticket is None and not turn.talk.triage.acute:
            await self._answer(turn, Text(frame.text))

    async def choose(self, frame: protocol.Choose) -> None:
        """A button was pressed, or several of a multiple question."""
        conversation = self.session.opened()
        protocol.check_id(frame.id)
        chosen = (frame.payload,) if isinstance(frame.payload, str) else tuple(frame.payload)
        if not 1 <= len(chosen) <= MOST_CHOICES or any(
            len(payload) > MOST_PAYLOAD for payload in chosen
        ):
            raise Refused("bad_payload", "one to forty short payloads", frame.id)
        if self.turns.seen(frame.id):
            return
        try:
            parsed = payloads.parse(chosen[0])
            if isinstance(parsed, payloads.System) and len(chosen) == 1:
                await self._system(parsed.name, frame.id)
            elif not conversation.scripted and not self._answers_late(conversation, chosen):
                raise Refused("wrong_state", "the questions are over", frame.id)
            else:
                await self.turns.write(lambda turn: self._chosen(turn, frame.id, chosen), frame.id)
        except payloads.BadPayload as error:
            raise Refused("bad_payload", "no open question has this button", frame.id) from error

    def _answers_late(self, conversation: Conversation, chosen: Sequence[str]) -> bool:
        """Whether the last question is answered just after a caseworker came, who then reads it."""
        asked, ticket = conversation.question, conversation.ticket
        if asked is None or ticket is None:
            return False
        # the chat may be back in the line meanwhile: then the next caseworker reads it
        if ticket.state != "active" and not (ticket.given_back and ticket.state in IN_QUEUE):
            return False
        return set(chosen) <= {payload for _, _, payload in asked.body.buttons}

    async def _chosen(self, turn: Turn, id: str, chosen: tuple[str, ...]) -> None:
        turn.events.append(self.turns.own(id, self.turns.titles(chosen)))
        # a caseworker who accepted at the same moment reads it, and the script is silent
        if self.session.opened().scripted:
            await self._answer(turn, Choose(chosen))

    async def _answer(self, turn: Turn, given: Text | Choose) -> None:
        """Lets the script answer; the card is shown before any action runs."""
        conversation = self.session.opened()
        now = conversation.now()
        answer = await conversation.dialogue.answer(
            turn.talk,
            given,
            conversation.home,
            now,
            conversation.id,
            staff=self.floor.standing.staff_for(conversation),
            show=lambda card: self.turns.show_card(turn, card),
        )
        turn.talk = answer.talk
        turn.opens_ticket = turn.opens_ticket or answer.hands_over
        for message in answer.messages:
            author = events.SYSTEM if conversation.dialogue.is_help(message) else events.BOT
            turn.events.append(events.of_message(self.services.ids.short(), message, now, author))
        if answer.hands_over:
            self._say_waiting(turn)

    def _say_waiting(self, turn: Turn) -> None:
        """What a visitor reads on entering the line; the place itself stands in the status."""
        turn.events.append(self.turns.notice("utter_wait_begin"))
        if turn.talk.state.slots.get("moment") not in (None, urgency.UNKNOWN):
            turn.events.append(self.turns.notice("utter_safe_how"))

    async def card(self, frame: protocol.OpenCard) -> None:
        """The emergency button: a sign of acute danger, in every state."""
        protocol.check_id(frame.id)
        await self._emergency(frame.id, "call", urgency.opened_card)

    async def _emergency(
        self, id: str, part: str, raised: Callable[[urgency.Triage], urgency.Triage]
    ) -> None:
        conversation = self.session.opened()
        if self.turns.seen(id):
            return
        rings = part == "cannot" and await self.turns.opens_by_night()

        async def build(turn: Turn) -> None:
            now = conversation.now()
            staff = "rung" if rings else self.floor.standing.staff_for(conversation)
            turn.talk = replace(turn.talk, triage=raised(turn.talk.triage))
            title = self.turns.say(PRESSED[part])
            turn.events.append(self.turns.own(id, title))
            if part == "call":
                turn.talk, card = conversation.dialogue.show_card(
                    turn.talk, conversation.home, now, staff, heard=False
                )
            else:
                card = conversation.dialogue.card(
                    turn.talk, conversation.home, now, staff, part=part, heard=False
                )
            self.turns.show_card(turn, card)
            if conversation.state == CLOSED and conversation.stored:
                raise Refused("wrong_state", OVER, id)

        try:
            await self.turns.write(build, id)
        except Unavailable:
            # not kept, so nobody is rung: the chat is as closed as before
            if rings and not conversation.stored:
                conversation.hours_closed = True
            raise

    async def _system(self, name: str, id: str) -> None:
        """A `/sys:` button: answered by us in every state, never by the script."""
        if name == "cannot_call":
            await self._emergency(id, "cannot", urgency.cannot_call)
        elif name in INFO:
            await self._info(name, id)
        elif name in SAFE_HOW:
            await self._safe_how(name, id)
        elif name == "later":
            await self._later(id)
        elif name in ANSWERS:
            await self.in_line.answer(name, id)
        elif name == "stop":
            await self._stop(id)
        else:
            raise Refused("bad_payload", "there is no such button", id)

    async def _info(self, name: str, id: str) -> None:
        async def build(turn: Turn) -> None:
            turn.events.append(self.turns.own(id, self.turns.titles((f"/sys:{name}",))))
            turn.events.append(self.turns.notice(INFO[name], more=self.turns.hours()))

        await self.turns.write(build, id, late=True)

    async def _safe_how(self, name: str, id: str) -> None:
        async def build(turn: Turn) -> None:
            turn.events.append(self.turns.own(id, self.turns.titles((f"/sys:{name}",))))
            turn.talk = replace(turn.talk, safe_how=SAFE_HOW[name])
            turn.events.append(self.turns.notice("utter_sys_noted"))

        await self.turns.write(build, id, late=True)

    async def _later(self, id: str) -> None:
        """Comes back another time: three words to do so, then a friendly word."""
        if self.turns.seen(id) or not await self.in_line.may_leave(id):
            return
        conversation, title = self.session.opened(), self.in_line.title("later")
        if self._words_wait() <= 0:
            await self._give_words(conversation)
        await self._stop(id, title=title, answer="utter_sys_later")

    async def typing(self) -> None:
        """Passes on that something is being typed, and nothing of what."""
        conversation = self.session.opened()
        now = self.services.clock.monotonic()
        if now - self.typing_at >= self.services.settings.typing_every_s:
            self.typing_at = now
            self.floor.visitor_types(conversation)

    async def visible(self, frame: protocol.Visible) -> None:
        """Whether the page is in sight; known to this node only, and kept nowhere."""
        if self.session.conversation is not None:
            self.session.conversation.hidden = not frame.visible

    async def language(self, frame: protocol.Language) -> None:
        """Goes on in another language; the open question is asked again in it."""
        conversation = self.session.opened()
        if frame.language not in conversation.home.languages:
            known = ", ".join(conversation.home.languages)
            raise Refused("bad_frame", f"this region speaks {known}")
        if frame.language == conversation.talk.language:
            return
        if not conversation.stored:
            await self.turns.greet_again(frame.language)
            return

        async def build(turn: Turn) -> None:
            now, id = conversation.now(), self.services.ids.short()
            turn.talk, asked = await conversation.dialogue.again(
                turn.talk, frame.language, conversation.home, now, conversation.id
            )
            if asked and conversation.scripted:
                turn.events.append(events.of_message(id, asked[-1], now))
            else:
                # nothing is asked: a note for the desk
                body = Body(frame.language, name="language")
                turn.events.append(Said(id, events.SYSTEM, "note", now, body))

        await self.turns.write(build, None)

    async def region(self, frame: protocol.ChooseRegion) -> None:
        """Corrects the region; not any more once a ticket is open."""
        conversation = self.session.opened()
        protocol.check_id(frame.id)
        region = self.services.knowledge.regions.get(frame.region)
        if region is None:
            raise Refused("unknown_region", "there is no such region", frame.id)
        if self.turns.seen(frame.id):
            return

        async def build(turn: Turn) -> None:
            if conversation.ticket is not None or conversation.state != "intake":
                raise Refused("wrong_state", "the region is fixed once you are in line", frame.id)
            if not self.floor.standing.reach(region.slug).open:
                raise Refused("closed", self._closed_there(region), frame.id)
            turn.region = region.slug
            turn.events.append(self.turns.own(frame.id, region.name))
            turn.events.append(self.turns.notice("utter_sys_region", region))

        await self.turns.write(build, frame.id)

    def _closed_there(self, region: Region) -> str:
        """The chat of another region is closed; this conversation is not."""
        conversation = self.session.opened()
        return conversation.dialogue.text(
            "utter_error_region_closed", conversation.talk, region, conversation.now()
        )

    async def words(self, frame: protocol.AskWords) -> None:
        """Three words to come back with, shown once."""
        conversation = self.session.opened()
        protocol.check_id(frame.id)
        if self.turns.seen(frame.id):
            return
        if conversation.hours_closed:
            raise Refused("closed", self.turns.say("utter_error_closed"), frame.id)
        wait = self._words_wait()
        if wait > 0:
            message = self.turns.say("utter_error_rate_limited")
            raise Refused("rate_limited", message, frame.id, retry_after_s=int(wait) + 1)
        await self._give_words(conversation)
        conversation.acks[frame.id] = conversation.last_seq
        if conversation.stored:
            self.session.send(protocol.Ack(frame.id, conversation.last_seq))

    def _words_wait(self) -> float:
        """Making words takes a slow hash: not many times a second. How long it is until then."""
        every = self.services.settings.words_every_s
        return self.words_at + every - self.services.clock.monotonic()

    async def _give_words(self, conversation: Conversation) -> None:
        self.words_at = self.services.clock.monotonic()
        words, until = await self.door.codes.make(conversation)
        self.session.send(protocol.Words(words, until))

    async def stop(self, frame: protocol.Stop) -> None:
        """ "I have to stop": a friendly word, and the caseworker knows."""
        protocol.check_id(frame.id)
        if not self.turns.seen(frame.id):
            await self._stop(frame.id)

    async def _stop(self, id: str, **more: str) -> None:
        try:
            await self.door.leaving.stop(self.session.opened(), self.session, id, **more)
        except Ended as error:
            raise Refused("wrong_state", OVER, id) from error

    async def end(self) -> None:
        """Ends the conversation for good: the token is dead."""
        await self.session.end()

    async def exit(self) -> None:
        """Left in a hurry: nothing is sent any more."""
        await self.session.exit()
