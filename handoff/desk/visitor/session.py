"""A visitor's socket: opened, resumed, replaced, lost. One object per socket, no web in it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from data.regions import Region
from data.triage import LEVELS
from flows import urgency
from flows.context import speaker
from handoff import protocol
from handoff.desk import said as events
from handoff.desk.conversation import Conversation, Gone, Watcher
from handoff.desk.conversations import Conversations
from handoff.desk.floor import Floor
from handoff.desk.leaving import Leaving
from handoff.desk.return_code import ReturnCodes
from handoff.desk.said import Said
from handoff.desk.services import Services
from handoff.desk.visitor.commands import VisitorCommands
from handoff.desk.visitor.turns import Turns
from handoff.protocol import Refused

log = logging.getLogger(__name__)

Send = Callable[[protocol.ServerFrame], None]


@dataclass(frozen=True, slots=True)
class FrontDoor:
    """What every visitor's session is handed."""

    services: Services
    conversations: Conversations
    floor: Floor
    leaving: Leaving
    codes: ReturnCodes


class VisitorSession(Watcher):
    """The visitor's side of one socket; `commands` is what the visitor does."""

    __slots__ = (
        "close",
        "commands",
        "conversation",
        "door",
        "held",
        "last_status",
        "left",
        "over",
        "room",
        "send",
        "status_at",
        "status_later",
        "turns",
    )
    visitor = True

    def __init__(self, door: FrontDoor, send: Send, close: Callable[[str], None]) -> None:
        self.door = door
        self.send = send
        #: ends the socket: `replaced` by another one, or the visitor `left`
        self.close = close
        #: waits until the socket can take more; many events are sent after a resume
        self.room: Callable[[], Awaitable[None]] = _at_once
        self.conversation: Conversation | None = None
        #: events that came while the past is read after a resume
        self.held: deque[Said] | None = None
        self.last_status: protocol.Status | None = None
        self.status_at = float("-inf")
        #: sends the newest status as soon as the pace allows
        self.status_later: asyncio.Task[None] | None = None
        #: closes a socket that only looks on
        self.over: asyncio.Task[None] | None = None
        #: the visitor left, or goes on elsewhere: a lost link means nothing more
        self.left = False
        self.turns = Turns(door.services, self)
        self.commands = VisitorCommands(door, self, self.turns)

    # the life of the socket

    async def open(self, frame: protocol.Open) -> None:
        """A new conversation: opened, its first events, where it stands."""
        region = self._region_to_open(frame.region)
        language = frame.language if frame.language in region.languages else region.languages[0]
        conversation, token = await self.door.conversations.open(region, language)
        self._attach(conversation)
        self._send_opened(token)
        for said in conversation.pending:
            self.send(said.frame())
        self.changed(conversation)

    def _region_to_open(self, slug: str) -> Region:
        if self.conversation is not None:
            raise Refused("wrong_state", "this socket has a conversation; open another socket")
        region = self.door.services.knowledge.regions.get(slug)
        if region is None:
            raise Refused("unknown_region", "there is no such region")
        return region

    async def come_back(self, frame: protocol.Return) -> None:
        """A new conversation of somebody who was here before: nothing of the old one is shown."""
        region = self._region_to_open(frame.region)
        language = frame.language if frame.language in region.languages else region.languages[0]
        if not await self.door.codes.find(frame.words, region.slug):
            say = speaker(self.door.services.dialogue.script, language)
            raise Refused("bad_token", say("utter_return_wrong"))
        await self.open(protocol.Open(frame.region, language))
        conversation = self.opened()
        triage = urgency.came_back(conversation.talk.triage)
        conversation.talk = replace(conversation.talk, triage=triage, returned=True)
        turn = conversation.turn(self.turns.notice("utter_return_ok"))
        conversation.pending.extend(turn.events)
        self.turns.number(turn)

    def hears_danger(self, text: str) -> bool:
        """Whether a text that no conversation has says danger: three words that are none."""
        return self.door.services.dialogue.ears.hear(text).level != LEVELS[0]

    async def resume(self, frame: protocol.Resume) -> None:
        """Goes on after a lost link: opened, status, then what was missed, once and in order."""
        if self.conversation is not None:
            raise Refused("wrong_state", "this socket has a conversation; open another socket")
        try:
            conversation = await self.door.conversations.by_token(frame.token)
        except Gone as error:
            raise Refused("bad_token", "this conversation is over; open a new one") from error
        self.door.conversations.replace_visitor(conversation)
        # what is said while the past is read is shown after it
        self.held = deque()
        self._attach(conversation)
        try:
            await self._go_on(conversation, frame)
        except Exception:
            # this socket may try again, or another one
            self._let_go()
            await self.door.floor.visitor_unlinked(conversation)
            raise

    async def _go_on(self, conversation: Conversation, frame: protocol.Resume) -> None:
        await self.door.floor.visitor_linked(conversation)
        await conversation.refresh()
        missed = deque(await conversation.history(frame.after))
        self._send_opened(frame.token)
        self._send_status(self.door.floor.standing.status_of(conversation))
        last = frame.after
        while missed or self.held:
            said = missed.popleft() if missed else self._next_held()
            if (said.seq or 0) > last and said.kind not in events.INTERNAL:
                last = said.seq or 0
                conversation.shown.discard(said.id)
                self.send(said.frame())
                await self.room()
        self.held = None
        self.changed(conversation)

    def _next_held(self) -> Said:
        assert self.held
        return self.held.popleft()

    def replaced(self) -> None:
        """The visitor goes on through another socket."""
        self.left = True
        self._detach()
        self.close("replaced")

    async def lost(self) -> None:
        """The socket closed without a word: the visitor is away, not gone."""
        conversation = self.conversation
        self._detach()
        if conversation is None:
            return
        if conversation.stored and not self.left:
            await self.door.floor.visitor_unlinked(conversation)
        self.door.conversations.let_go(conversation)

    def _attach(self, conversation: Conversation) -> None:
        self.conversation = conversation
        # a page that is not in sight says so again
        conversation.hidden = False
        conversation.watch(self)

    def _detach(self) -> None:
        for task in (self.status_later, self.over):
            if task is not None:
                task.cancel()
        if self.conversation is not None:
            self.conversation.unwatch(self)

    def _let_go(self) -> None:
        """The socket has no conversation after all."""
        conversation = self.opened()
        self._detach()
        self.conversation = self.held = None
        self.door.conversations.let_go(conversation)

    def _send_opened(self, token: str) -> None:
        conversation = self.opened()
        self.send(
            protocol.Opened(
                conversation=conversation.id,
                token=token,
                region=self.door.floor.standing.region_body(conversation.home),
                language=conversation.talk.language,
                now=conversation.now(),
            )
        )

    # what a watcher is told

    def show(self, conversation: Conversation, said: Said, *, own: bool = False) -> None:
        if said.kind in events.INTERNAL:
            return
        if self.held is not None:
            self.held.append(said)
        elif own:
            self.send(protocol.Ack(id=said.client_id or "", seq=said.seq or 0))
        elif said.id in conversation.shown:
            conversation.shown.discard(said.id)
            self.send(protocol.Ack(id=said.id, seq=said.seq or 0))
        else:
            self.send(said.frame())

    def changed(self, conversation: Conversation) -> None:
        """At most one status in `status_every_s`, and the newest is never lost."""
        if self.held is not None or self.status_later is not None:
            return
        status = self.door.floor.standing.status_of(conversation)
        if status == self.last_status:
            return
        services = self.door.services
        wait = self.status_at + services.settings.status_every_s - services.clock.monotonic()
        if wait > 0:
            self.status_later = asyncio.create_task(self._change_later(conversation, wait))
        else:
            self._send_status(status)

    async def _change_later(self, conversation: Conversation, wait: float) -> None:
        await self.door.services.clock.sleep(wait)
        self.status_later = None
        self.changed(conversation)

    def _send_status(self, status: protocol.Status) -> None:
        self.last_status = status
        self.status_at = self.door.services.clock.monotonic()
        self.send(status)
        if status.state == "closed" and self.over is None:
            self.over = asyncio.create_task(self._close_later())
        elif status.state != "closed" and self.over is not None:
            # opened before the chat was, and touched after
            self.over.cancel()
            self.over = None

    async def _close_later(self) -> None:
        services = self.door.services
        await services.clock.sleep(services.settings.stop_link_s)
        self.close("left")

    def types(self, conversation: Conversation, who: str) -> None:
        if who == "caseworker" and self.held is None:
            self.send(protocol.TypingBody())

    def opened(self) -> Conversation:
        """The conversation of this socket. Raises `Refused` before there is one."""
        if self.conversation is None:
            raise Refused("wrong_state", "open or resume a conversation first")
        return self.conversation

    async def end(self) -> None:
        """The visitor ends the conversation. Raises `Unavailable`; then it goes on."""
        await self.door.leaving.leave(self.opened(), "end")
        self.left = True
        self.close("left")

    async def exit(self) -> None:
        """The visitor left in a hurry: from now on nothing is sent, not even an error."""
        conversation = self.opened()
        self._detach()
        try:
            await self.door.leaving.leave(conversation, "exit")
            self.left = True
        except Exception as error:
            # then the lost link is what is known, and is written when the database is back
            log.error("visitor: an exit was not written: %s", type(error).__name__)
        self.close("left")


async def _at_once() -> None:
    """There is always room."""
