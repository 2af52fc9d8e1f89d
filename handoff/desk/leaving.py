"""The ways a visitor leaves: stop, end, exit, gone. Nothing ends unread.

An acute ticket stays in line and is offered like any other. One in which something was typed is
missed until a caseworker reads it. Only what holds nothing to read closes by itself.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
from typing import Any

from handoff.desk.conversation import Conversation, Watcher
from handoff.desk.conversations import Conversations
from handoff.desk.floor import Floor
from handoff.desk.queue import MINUTE
from handoff.desk.said import SYSTEM, VISITOR, Body, Said, of_message
from handoff.desk.services import Services
from handoff.storage import tickets
from handoff.storage.database import Unavailable
from handoff.storage.sql import Command, Rollback
from handoff.storage.units import Conflict, Ended

log = logging.getLogger(__name__)

TRIES = 5
#: What the desk is told of each way; `end` is a visitor who closed the talk politely.
STATES = {"stop": "stopped", "end": "stopped", "exit": "exit", "gone": "gone"}


class Leaving:
    """Lets visitors go, and keeps what they left."""

    def __init__(self, services: Services, conversations: Conversations, floor: Floor) -> None:
        self.services = services
        self.conversations = conversations
        self.floor = floor

    async def stop(
        self,
        conversation: Conversation,
        watcher: Watcher,
        id: str,
        *,
        title: str = "",
        answer: str = "utter_stop",
    ) -> None:
        """ "I have to stop", or whatever the `title` of the button was: a friendly word first. The
        token stays good for what was said.

        Raises `Ended` when the conversation is over already."""
        now = conversation.now()
        title = title or conversation.dialogue.text(
            "utter_page_stop", conversation.talk, conversation.home, now
        )
        own = Said(self.services.ids.short(), VISITOR, "text", now, Body(title), id)
        message = conversation.dialogue.message(answer, conversation.talk, conversation.home, now)
        word = of_message(self.services.ids.short(), message, now, SYSTEM)
        if conversation.state == "closed":
            raise Ended(conversation.id)
        if conversation.stored:
            conversation.will_answer([own], watcher)
            await self.leave(conversation, "stop", [own, word])
            return
        # nothing was said, so there is nothing to keep
        conversation.state, conversation.reason = "closed", "left"
        own.seq, word.seq = conversation.last_seq + 1, conversation.last_seq + 2
        conversation.last_seq += 2
        conversation.acks[id] = own.seq
        watcher.show(conversation, own, own=True)
        watcher.show(conversation, word)
        watcher.changed(conversation)

    async def leave(
        self, conversation: Conversation, how: str, events: Sequence[Said] = ()
    ) -> None:
        """Writes that the visitor left: `stop`, `end`, `exit` or `gone`."""
        if conversation.hours_closed or not await self._is_stored(conversation):
            return
        await self._keep_what_was_typed(conversation)
        region = conversation.home
        try:
            state = await self.services.db.run(
                gone if how == "gone" else tickets.leave,
                conversation.id,
                STATES[how],
                self.services.now(),
                self.floor.unread_until(region),
                conversation.erase_after(),
                [conversation.seal(said) for said in events],
                drops_token=how in ("end", "exit"),
                behind=self.services.knowledge.queue.left_behind_min * MINUTE,
            )
            log.info("conversation %s: visitor left (%s), ticket %s", conversation.id, how, state)
        except Rollback as error:
            if how != "gone" and not events:
                raise Unavailable("somebody else was in the way") from error
            # came back at the last moment, or this was written before and got no answer
            log.info("conversation %s: did not leave (%s)", conversation.id, how)
        before = conversation.ticket
        await conversation.refresh()
        # an offer elsewhere is over too, and the own line no longer shows it
        self.floor.ring_for(before, conversation.ticket)

    async def _is_stored(self, conversation: Conversation) -> bool:
        """Whether there is something to leave; a first turn may be on disk without an answer."""
        with contextlib.suppress(Conflict):
            await conversation.find_out()
        return conversation.stored

    async def _keep_what_was_typed(self, conversation: Conversation) -> None:
        """Who typed and left during the questions gets a ticket, so that somebody reads it."""
        for _ in range(TRIES):
            if conversation.ticket is not None or not conversation.talk.typed:
                return
            try:
                await conversation.commit(conversation.turn(opens_ticket=True))
            except Conflict:
                await conversation.refresh()
            except Ended:
                return


def gone(conversation: str, *args: Any, **named: Any) -> Command[str]:
    """Leaves for a visitor who was away for too long, unless the link is back meanwhile."""
    rows = yield tickets.LOCK_OF, {"id": conversation}
    if not rows or rows[0]["visitor"] != "away":
        raise Rollback("taken")
    return (yield from tickets.leave(conversation, *args, **named))
