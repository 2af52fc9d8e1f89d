"""One conversation while somebody on this node looks at it.

It knows the newest numbered state, writes turns as units, and shows what is committed to whoever
watches: each event once, in the order of its number, whichever node wrote it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from data.regions import Region
from flows import urgency
from handoff.clock import micros, moment
from handoff.desk import writing
from handoff.desk.dialogue import Dialogue, Talk
from handoff.desk.earlier import Earlier
from handoff.desk.latest import Latest
from handoff.desk.said import VISITOR, Said, opened
from handoff.desk.services import Services
from handoff.desk.ticket import IN_QUEUE, Ticket
from handoff.desk.turn import Gone, Turn, Watcher
from handoff.storage import conversations
from handoff.storage.database import Unavailable
from handoff.storage.keys import ConversationKeys, NoKey, place, seal, unseal
from handoff.storage.sql import Rollback
from handoff.storage.units import CLOSED, Conflict, Ended, Outcome, Unit

__all__ = ["Conversation", "Gone", "Turn", "Watcher", "open_talk"]

log = logging.getLogger(__name__)

_encode_talk = msgspec.json.Encoder().encode
_decode_talk = msgspec.json.Decoder(Talk).decode


class Conversation:
    """The newest state of one conversation on this node."""

    __slots__ = (
        "acks",
        "began_at",
        "dialogue",
        "earlier",
        "hidden",
        "hours_closed",
        "id",
        "keys",
        "last_seq",
        "look",
        "pending",
        "question",
        "reason",
        "region",
        "release",
        "ring",
        "senders",
        "services",
        "shown",
        "state",
        "stored",
        "talk",
        "ticket",
        "token",
        "unsure",
        "untouched",
        "users",
        "watchers",
    )

    def __init__(
        self,
        services: Services,
        *,
        id: str,
        region: str,
        dialogue: Dialogue,
        talk: Talk,
        began_at: int,
        ring: Callable[[str], None],
    ) -> None:
        self.services = services
        self.id = id
        self.region = region
        self.dialogue = dialogue
        self.release = dialogue.script.id
        self.talk = talk
        self.began_at = began_at
        #: tells this node that the queue of a region changed
        self.ring = ring
        self.state = "intake"
        self.reason: str | None = None
        self.token: bytes | None = None
        self.keys: ConversationKeys | None = None
        self.last_seq = 0
        self.stored = False
        #: the first turn got no answer from the database: it may be on disk all the same
        self.unsure = False
        #: the chat is closed: the journey is played in memory, nothing is kept
        self.hours_closed = False
        #: opened on this node, and nothing was said or pressed yet
        self.untouched = False
        #: the visitor's page is not in sight, as far as it told this node
        self.hidden = False
        #: events that are shown and not written yet: the greeting
        self.pending: list[Said] = []
        self.question: Said | None = None
        self.ticket: Ticket | None = None
        #: what the next text is heard after
        self.earlier = Earlier()
        #: the visitor's own ids, with the number each got
        self.acks: dict[str, int] = {}
        #: who sent what is being written, by author and client id: gets the acknowledgement
        self.senders: dict[tuple[str, str], Watcher] = {}
        #: events that a watcher has seen without a number: cards
        self.shown: set[str] = set()
        self.watchers: list[Watcher] = []
        #: how many work on it without looking: it stays in memory
        self.users = 0
        self.look: Latest | None = None

    @property
    def home(self) -> Region:
        """The region that the visitor came to."""
        return self.services.knowledge.regions[self.region]

    @property
    def scripted(self) -> bool:
        """Whether the script still answers: until a caseworker accepts, or it has ended. In a chat
        that came back to the line a human has spoken already, so the script stays silent."""
        ticket = self.ticket
        waits = ticket is None or (ticket.state in IN_QUEUE and not ticket.given_back)
        return self.state != CLOSED and waits and self.talk.state.talking

    def now(self) -> datetime:
        """The wall time, aware."""
        return self.services.clock.now()

    def turn(self, *events: Said, opens_ticket: bool = False, late: bool = False) -> Turn:
        """A turn from here on."""
        return Turn(
            self.talk,
            self.last_seq,
            self.talk,
            list(events),
            opens_ticket=opens_ticket,
            late=late,
        )

    # who looks

    def watch(self, watcher: Watcher) -> None:
        """From now on every event is shown to `watcher`."""
        self.watchers.append(watcher)

    def unwatch(self, watcher: Watcher) -> None:
        """Nothing is shown to `watcher` any more."""
        if watcher in self.watchers:
            self.watchers.remove(watcher)
        for key in [key for key, sender in self.senders.items() if sender is watcher]:
            del self.senders[key]

    @property
    def visited(self) -> bool:
        """Whether the visitor has a socket on this node."""
        return any(watcher.visitor for watcher in self.watchers)

    # writing

    async def commit(self, turn: Turn, *, sender: Watcher | None = None) -> None:
        """Writes a turn and shows it; its sender gets acknowledgements. A client id that was
        written before changes nothing and is acknowledged with its first number.

        Raises `units.Conflict` when the turn was worked out from an older state, `units.Ended`
        after the end, `database.Unavailable`; then nothing has changed here."""
        if self.state == CLOSED and not turn.late:
            raise Ended(self.id)
        await self.find_out()
        if turn.changes and turn.before is not self.talk:
            raise Conflict(self.id)
        events = [*self.pending, *turn.events]
        before, ticket = self.ticket, writing.ticket_after(self, turn)
        try:
            unit = writing.unit_of(self, turn, events, ticket)
        except NoKey as error:
            raise Unavailable("the key of the day cannot be made") from error
        self.will_answer(turn.events, sender)
        outcome = await self._written(unit)
        if outcome.duplicate:
            self.stored, self.unsure, self.pending = True, False, []
            await self._again(turn.events, outcome.seqs[0], sender)
            return
        self.stored, self.pending = True, []
        for said, seq in zip(events, outcome.seqs, strict=True):
            said.seq = seq
        await self._publish(turn, before, ticket)
        for bell in unit.bells:
            self.ring(bell.partition("/")[2])

    async def _written(self, unit: Unit) -> Outcome:
        try:
            return await self.services.db.write(unit)
        except Rollback as error:
            # a row was in the way that somebody else just wrote, such as the ticket
            self.unsure = not self.stored
            raise Conflict(self.id) from error
        except (Conflict, Unavailable):
            self.unsure = not self.stored
            raise

    async def find_out(self) -> None:
        """Whether a first turn that got no answer was written after all. Raises `Conflict` if it
        was: then what comes next is worked out from there."""
        if not self.unsure:
            return
        found = await self.services.db.read(conversations.load, self.id, self.last_seq)
        self.unsure = False
        if found is not None:
            self.stored, self.pending = True, []
            self.take(found)
            raise Conflict(self.id)

    def will_answer(self, events: Sequence[Said], sender: Watcher | None) -> None:
        """Notes who gets the acknowledgement, however these events come to be shown here."""
        for said in events:
            if sender is not None and said.client_id is not None:
                self.senders[(said.author, said.client_id)] = sender

    async def _again(self, events: Sequence[Said], seq: int, sender: Watcher | None) -> None:
        """What was sent twice is acknowledged twice."""
        if seq > self.last_seq:
            # the first time was written without an answer: what followed was never shown
            await self.refresh()
            return
        for said in events:
            if said.client_id is not None:
                self.senders.pop((said.author, said.client_id), None)
                said.seq = seq
                if said.author == VISITOR:
                    self.acks[said.client_id] = seq
                if sender is not None:
                    sender.show(self, said, own=True)

    # showing

    async def _publish(self, turn: Turn, before: Ticket | None, ticket: Ticket | None) -> None:
        """Shows what was just written, unless something else was written between: then the table
        is read, which knows the newest of everything."""
        first = (turn.events[0].seq or 0) - 1 if turn.events else turn.base
        if first == self.last_seq:
            self._apply(turn, before, ticket)
            self._show(turn.events)
            self._tell()
        elif not turn.events or (turn.events[-1].seq or 0) > self.last_seq:
            await self.refresh()

    def _apply(self, turn: Turn, before: Ticket | None, ticket: Ticket | None) -> None:
        if turn.talk is not turn.before:
            self._remember(turn.talk)
        self.region = turn.region or self.region
        self.state = writing.state_after(self, ticket)
        if ticket is not None and ticket is not before:
            same = self.ticket is before
            self.ticket = ticket if same else writing.ordered_as(self.ticket or ticket, ticket)

    def _remember(self, talk: Talk) -> None:
        """What a caseworker has judged is not heard again with the next text: only new text raises
        a level once more."""
        was, now = self.talk.triage, talk.triage
        if urgency.rank(now.level) < urgency.rank(was.level) or set(now.struck) - set(was.struck):
            self.earlier.texts.clear()
        self.talk = talk

    def _show(self, events: Sequence[Said]) -> None:
        for said in events:
            if said.seq is None or said.seq <= self.last_seq:
                continue
            self.last_seq = said.seq
            self.note(said)
            sender = None
            if said.client_id is not None:
                sender = self.senders.pop((said.author, said.client_id), None)
                if said.author == VISITOR:
                    self.acks[said.client_id] = said.seq
            for watcher in list(self.watchers):
                watcher.show(self, said, own=watcher is sender)

    def note(self, said: Said) -> None:
        """What the next input may answer."""
        if said.kind == "question":
            self.question = said
        self.earlier.note(said)

    def _tell(self) -> None:
        for watcher in list(self.watchers):
            watcher.changed(self)

    def types(self, who: str) -> None:
        """Tells who looks on that somebody is typing."""
        for watcher in list(self.watchers):
            watcher.types(self, who)

    async def refresh(self) -> None:
        """Reads what others wrote: state, ticket, and every event that is not shown yet."""
        if self.look is None:
            self.look = Latest(self._read)
        await self.look()

    async def _read(self) -> None:
        found = await self.services.db.read(conversations.load, self.id, self.last_seq)
        if found is not None:
            self.take(found)
        self._tell()

    def take(self, found: conversations.Loaded) -> None:
        """The state that was read, unless a newer one is here already."""
        row = found.conversation
        if row["last_seq"] < self.last_seq:
            return
        self.state, self.reason = row["state"], row["reason"]
        self.region = row["region"]
        self.token = bytes(row["token"]) if row["token"] is not None else None
        self.ticket = Ticket.of(found.ticket) if found.ticket else None
        self._take_talk(row)
        keys = self.open_keys()
        self._show([opened(self.id, event, keys) for event in found.events])

    def _take_talk(self, row: Any) -> None:
        """The talk that was read. One that does not load, or whose script is gone, goes to a
        human: the script stays silent."""
        if row["talk"] is None:
            return
        try:
            talk = self.open_talk(row["talk"])
        except NoKey:
            log.error("conversation %s: its talk does not load", self.id)
            return
        if self.release != row["release"]:
            talk = replace(talk, state=replace(talk.state, paused=True))
        self._remember(talk)

    async def history(self, after: int) -> list[Said]:
        """The events above `after`, as far as they are shown here."""
        if not self.stored:
            return [said for said in self.pending if (said.seq or 0) > after]
        after = max(0, min(after, self.last_seq))
        found = await self.services.db.read(conversations.load, self.id, after)
        keys = self.open_keys()
        events = found.events if found else ()
        return [opened(self.id, event, keys) for event in events if event["seq"] <= self.last_seq]

    # sealing

    def open_keys(self) -> ConversationKeys:
        """The key of this conversation; made when it is first needed. Raises `NoKey`."""
        if self.keys is None:
            day = moment(self.began_at).date()
            self.keys = self.services.vault.new(self.id, self.region, day, "talk")
        return self.keys

    def seal(self, said: Said) -> Any:
        """The row of an event, for a command that writes it."""
        return said.sealed(self.id, self.open_keys(), self.services.vault.nonces)

    def seal_talk(self, talk: Talk) -> bytes:
        """The talk as it is stored."""
        plain = _encode_talk(talk)
        belongs_to = place("conversation", self.id, "talk", "talk")
        return seal(self.open_keys().cipher, self.services.vault.nonces, plain, belongs_to)

    def open_talk(self, sealed: bytes) -> Talk:
        """The talk of a stored row. Raises `NoKey`."""
        return open_talk(self.id, self.open_keys(), sealed)

    def erase_after(self) -> int:
        """When text of a conversation that closes now is erased, in microseconds."""
        return micros(self.now() + timedelta(hours=self.services.settings.retention_h))


def open_talk(id: str, keys: ConversationKeys, sealed: bytes) -> Talk:
    """The talk of a stored conversation. Raises `NoKey` when it does not decrypt or read."""
    plain = unseal(keys.cipher, bytes(sealed), place("conversation", id, "talk", "talk"))
    try:
        return _decode_talk(plain)
    except msgspec.MsgspecError as error:
        raise NoKey("the talk of a conversation does not read") from error
