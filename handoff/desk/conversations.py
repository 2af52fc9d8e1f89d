"""The conversations that somebody on this node looks at: opened, found again, let go."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any

from data.regions import Region
from flows.engine import State
from flows.urgency import Triage
from handoff.clock import micros
from handoff.desk import said
from handoff.desk.conversation import Conversation, Gone
from handoff.desk.dialogue import Talk
from handoff.desk.services import Services
from handoff.storage import conversations as stored
from handoff.storage.database import Unavailable
from handoff.storage.keys import ConversationKeys, NoKey

log = logging.getLogger(__name__)


def token_hash(token: str) -> bytes:
    """What is stored of a token. A plain hash is enough: the token has 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


class Conversations:
    """Every live conversation of this node, by id."""

    def __init__(
        self,
        services: Services,
        ring: Callable[[str], None],
        is_open: Callable[[str], bool],
    ) -> None:
        self.services = services
        self.ring = ring
        #: whether a new conversation of a region would be answered now
        self.is_open = is_open
        self.live: dict[str, Conversation] = {}
        self.tasks: set[asyncio.Task[Any]] = set()

    async def open(self, region: Region, language: str) -> tuple[Conversation, str]:
        """A new conversation and its token. Nothing is written: who only looks leaves no row."""
        now = self.services.clock.now()
        id, token = self.services.ids.short(), self.services.ids.token()
        dialogue = self.services.dialogue
        talk, messages = await dialogue.open(region, language, now, id)
        conversation = Conversation(
            self.services,
            id=id,
            region=region.slug,
            dialogue=dialogue,
            talk=talk,
            began_at=micros(now),
            ring=self.ring,
        )
        conversation.token = token_hash(token)
        conversation.hours_closed = not self.is_open(region.slug)
        conversation.untouched = True
        for seq, message in enumerate(messages, 1):
            event = said.of_message(self.services.ids.short(), message, now)
            event.seq = conversation.last_seq = seq
            conversation.note(event)
            conversation.pending.append(event)
        self.live[id] = conversation
        return conversation, token

    async def by_token(self, token: str) -> Conversation:
        """The conversation of a token. Raises `Gone`, or `Unavailable`."""
        id = await self.services.db.read(stored.id_of_token, token_hash(token))
        if id is None:
            raise Gone("no conversation has this token")
        return await self.load(id)

    async def load(self, id: str) -> Conversation:
        """A stored conversation. Raises `Gone` when it is not there or can no longer be read."""
        if id in self.live:
            return self.live[id]
        found = await self.services.db.read(stored.load, id, 0)
        if found is None or found.conversation["wrapped"] is None:
            raise Gone("the conversation is not there, or was erased")
        # somebody else may have loaded it while we were reading
        return self.live.setdefault(id, self._restored(found))

    def _restored(self, found: stored.Loaded) -> Conversation:
        row = found.conversation
        keys = open_keys(self.services, row["id"], row)
        conversation = Conversation(
            self.services,
            id=row["id"],
            region=row["region"],
            dialogue=self.services.dialogues(row["release"]) or self.services.dialogue,
            talk=silent(row["language"]),
            began_at=row["began_at"],
            ring=self.ring,
        )
        conversation.keys = keys
        conversation.stored = True
        conversation.take(found)
        return conversation

    @asynccontextmanager
    async def borrowed(self, id: str) -> AsyncIterator[Conversation]:
        """A conversation for as long as it is worked on; forgotten afterwards unless somebody looks
        at it. Raises `Gone`, or `Unavailable`."""
        conversation = await self.load(id)
        conversation.users += 1
        try:
            yield conversation
        finally:
            conversation.users -= 1
            self.let_go(conversation)

    def let_go(self, conversation: Conversation) -> None:
        """Forgets a conversation that nobody here looks at any more."""
        idle = not conversation.watchers and conversation.users == 0
        if idle and self.live.get(conversation.id) is conversation:
            del self.live[conversation.id]

    def rang(self, bells: Iterable[str]) -> None:
        """Another node wrote something: who has a socket for it reads the rows.

        `c/<id>/<seq>` a conversation, `r/<region>` a region, `t/<id>/<who>` somebody is typing,
        `v/<id>` the visitor has a socket there now."""
        for bell in bells:
            kind, _, rest = bell.partition("/")
            id, _, more = rest.partition("/")
            if kind == "r":
                self.ring(id)
            elif id not in self.live:
                continue
            elif kind == "c" and more != str(self.live[id].last_seq):
                self.start(self.live[id].refresh())
            elif kind == "t":
                self.live[id].types(more)
            elif kind == "v":
                self.replace_visitor(self.live[id])

    def replace_visitor(self, conversation: Conversation) -> None:
        """Another socket has the conversation now; the one here ends."""
        for watcher in list(conversation.watchers):
            if watcher.visitor:
                watcher.replaced()

    def catch_up(self) -> None:
        """After a silence of the doorbell everything is looked up."""
        for conversation in list(self.live.values()):
            if conversation.stored:
                self.start(conversation.refresh())
        for region in self.services.knowledge.regions:
            self.ring(region)

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Runs something in the background; a fault is logged by its type only."""
        task = asyncio.get_running_loop().create_task(_guarded(work))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task


async def _guarded(work: Coroutine[Any, Any, Any]) -> None:
    try:
        await work
    except (Gone, NoKey, Unavailable) as error:
        log.warning("conversation: not refreshed: %s", type(error).__name__)
    except Exception as error:
        log.error("conversation: a background task failed: %s", type(error).__name__)


def silent(language: str) -> Talk:
    """The talk of a conversation whose script cannot go on: a human answers."""
    return Talk(State(slots={}, language=language, paused=True), Triage())


def open_keys(services: Services, id: str, row: Any) -> ConversationKeys:
    """The keys of a stored conversation. Raises `Gone` when they were destroyed."""
    try:
        return services.vault.open(id, "talk", row["key_id"], bytes(row["wrapped"]))
    except NoKey as error:
        raise Gone("the conversation was erased") from error
