"""How a visitor's input becomes a turn: built from the newest state, written, shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from data.regions import Region
from flows import payloads
from flows.context import speaker
from flows.moments import hours_in_words
from handoff import protocol
from handoff.desk import said as events
from handoff.desk.conversation import Conversation, Turn
from handoff.desk.dialogue import Card, Hearing
from handoff.desk.said import Body, Said
from handoff.desk.services import Services
from handoff.protocol import Refused
from handoff.storage.database import Unavailable
from handoff.storage.units import CLOSED, Conflict, Ended

if TYPE_CHECKING:
    from handoff.desk.visitor.session import VisitorSession

#: A turn that was worked out from an older state is worked out again so often.
TRIES = 5
OVER = "the conversation is over"

Build = Callable[[Turn], Awaitable[None]]


class Turns:
    """Builds and writes the turns of one session."""

    __slots__ = ("cards", "services", "session")

    def __init__(self, services: Services, session: VisitorSession) -> None:
        self.services = services
        self.session = session
        #: the card that was shown for an input which got no answer from the database, by its id:
        #: when the input is sent again the card does not come a second time
        self.cards: dict[str, str] = {}

    async def write(self, build: Build, id: str | None, *, late: bool = False) -> None:
        """Builds a turn from the newest state and writes it, again when somebody else was first.

        A `late` turn is written after the end too: a button that is answered in every state."""
        conversation = self.session.opened()
        await self._look_at_the_clock(conversation)
        if not self._writes(conversation):
            await self._unwritten(build, id)
            return
        card = self.cards.get(id or "")
        for _ in range(TRIES):
            turn = conversation.turn(late=late and conversation.state == CLOSED)
            turn.card = card
            try:
                await build(turn)
                await conversation.commit(turn, sender=self.session)
                self.cards.pop(id or "", None)
                return
            except Conflict:
                card = turn.card
                await conversation.refresh()
                if id is not None and self.seen(id):
                    return
            except Ended as error:
                await conversation.refresh()
                raise Refused("wrong_state", OVER, id) from error
            except Unavailable:
                if turn.card is not None and id is not None:
                    self.cards[id] = turn.card
                raise
            except Refused:
                self._remember(conversation, turn)
                raise
        raise Refused("unavailable", self.say("utter_error_unavailable"), id)

    async def _look_at_the_clock(self, conversation: Conversation) -> None:
        """A page may lie open for hours before it is touched: what counts is when the visitor
        begins. An intake that has begun goes on past closing time (R3)."""
        if conversation.untouched and self._closed(conversation) != conversation.hours_closed:
            await self.greet_again(conversation.talk.language)
        conversation.untouched = False

    def _closed(self, conversation: Conversation) -> bool:
        """Whether this is a visit to a closed chat. Who read "begin now and you get an answer" just
        before closing time gets it while somebody is there, and is not left waiting for nobody."""
        door = self.session.door
        if door.floor.standing.reach(conversation.region).open:
            return False
        return conversation.hours_closed or door.floor.standing.staff_for(conversation) == "none"

    async def opens_by_night(self) -> bool:
        """The chat is closed, and its visitor is in danger and cannot call: where the region rings
        who is on call, it is kept from here on, and becomes a ticket. Whether that is so now."""
        conversation = self.session.opened()
        await self._look_at_the_clock(conversation)
        if not conversation.hours_closed:
            return False
        if not self.session.door.floor.standing.rings_on_call(conversation.region):
            return False
        conversation.hours_closed = False
        return True

    async def greet_again(self, language: str) -> None:
        """The greeting and the first question once more; nothing is written before an input."""
        conversation = self.session.opened()
        now = conversation.now()
        if conversation.untouched:
            conversation.hours_closed = self._closed(conversation)
        talk, messages = await conversation.dialogue.open(
            conversation.home, language, now, conversation.id
        )
        turn = conversation.turn()
        conversation.talk = replace(conversation.talk, state=talk.state)
        for message in messages:
            turn.events.append(events.of_message(self.services.ids.short(), message, now))
        if self._may_be_kept(conversation):
            conversation.pending.extend(turn.events)
        self.number(turn)
        self.session.changed(conversation)

    def _writes(self, conversation: Conversation) -> bool:
        """Whether anything of this conversation is kept: not when the chat is closed, and not after
        somebody left who had said nothing."""
        over = conversation.state == CLOSED and not conversation.stored
        return not conversation.hours_closed and not over

    def _may_be_kept(self, conversation: Conversation) -> bool:
        """Whether what is shown now may be written with a later input, under the same numbers. When
        the chat is closed only where who is on call may come to read it; in memory until then."""
        return not conversation.hours_closed or conversation.home.rings_on_call_when_closed

    def _remember(self, conversation: Conversation, turn: Turn) -> None:
        """What is refused because nobody reads it was heard all the same: the card does not come
        with every text."""
        if conversation.state == CLOSED:
            conversation.talk = turn.talk

    async def _unwritten(self, build: Build, id: str | None) -> None:
        """The journey of a closed chat: answered, shown, and kept nowhere."""
        conversation = self.session.opened()
        turn = conversation.turn()
        try:
            await build(turn)
        except Refused:
            # the text is kept nowhere; the help that it called for is shown all the same
            turn.events = [said for said in turn.events if said.kind == "notice"]
            self._show_unwritten(turn)
            raise
        finally:
            conversation.talk = turn.talk
        self._show_unwritten(turn)

    def _show_unwritten(self, turn: Turn) -> None:
        conversation = self.session.opened()
        if self._may_be_kept(conversation):
            conversation.pending.extend(turn.events)
        self.number(turn)

    def number(self, turn: Turn) -> None:
        conversation = self.session.opened()
        for said in turn.events:
            conversation.last_seq += 1
            said.seq = conversation.last_seq
            if said.author == events.VISITOR:
                conversation.acks[said.client_id or ""] = said.seq
            conversation.note(said)
            self.session.show(conversation, said, own=said.author == events.VISITOR)

    def show_card(self, turn: Turn, card: Card) -> None:
        """At once, without a number: the acknowledgement brings it when the card is on disk."""
        conversation = self.session.opened()
        # worked out again after somebody else was first: the card is on the screen already
        shown, id = turn.card is not None, turn.card or self.services.ids.short()
        language = self._if_other(card.language, turn.talk.language)
        said = events.of_card(id, card, conversation.now(), language)
        if not shown:
            turn.card = id
            conversation.shown.add(id)
            self.session.send(said.frame())
        turn.events.append(said)

    def show_help(self, turn: Turn, found: Hearing) -> None:
        """The help cards that fit what was heard: notices, below the text and any emergency card;
        nothing that is asked stops or comes again for them."""
        now = self.session.opened().now()
        language = self._if_other(found.language, found.talk.language)
        for message in found.help:
            id = self.services.ids.short()
            turn.events.append(events.of_message(id, message, now, events.SYSTEM, language))

    # small things

    def _if_other(self, language: str, own: str) -> str:
        """A language that is told because it is not the conversation's."""
        return language if language != own else ""

    def seen(self, id: str) -> bool:
        """Whether an id was written before; it is acknowledged again with its first number."""
        conversation = self.session.opened()
        if id not in conversation.acks:
            return False
        self.session.send(protocol.Ack(id=id, seq=conversation.acks[id]))
        return True

    def own(self, id: str, text: str) -> Said:
        now = self.session.opened().now()
        return Said(self.services.ids.short(), events.VISITOR, "text", now, Body(text), id)

    def hours(self) -> dict[str, str]:
        """The opening hours of the region in the visitor's language: the regular week, the coming
        days that differ, and the next moments at which the chat is open."""
        conversation = self.session.opened()
        say = speaker(conversation.dialogue.live, conversation.talk.language)
        return hours_in_words(conversation.home.chat_hours, conversation.now(), say)

    def notice(
        self, name: str, region: Region | None = None, more: Mapping[str, str] | None = None
    ) -> Said:
        conversation = self.session.opened()
        home = region or conversation.home
        message = conversation.dialogue.message(
            name, conversation.talk, home, conversation.now(), **(more or {})
        )
        id = self.services.ids.short()
        return events.of_message(id, message, conversation.now(), events.SYSTEM)

    def say(self, name: str) -> str:
        conversation = self.session.opened()
        return conversation.dialogue.text(
            name, conversation.talk, conversation.home, conversation.now()
        )

    def titles(self, chosen: tuple[str, ...]) -> str:
        """The titles of the buttons that were pressed, as the visitor read them."""
        conversation = self.session.opened()
        known = dict(conversation.dialogue.system_titles(conversation.talk.language))
        if conversation.question is not None:
            known.update(
                (payload, title) for _, title, payload in conversation.question.body.buttons
            )
        return ", ".join(known.get(payload) or payloads.button_id(payload) for payload in chosen)
