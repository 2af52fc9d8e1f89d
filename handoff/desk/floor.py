"""The work floor: what every region looks like now, and who on this node has to be told.

Whatever changes, the region is read again as a whole and compared: a change on another node, a
timer, a claim and a message that raises a level all come the same way.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from data.hours import opening
from data.regions import Region
from data.triage import LEVELS
from flows.context import speaker
from flows.moments import moment_title
from handoff.clock import micros
from handoff.desk import queue
from handoff.desk.conversation import Conversation, Gone, open_talk
from handoff.desk.conversations import Conversations, open_keys
from handoff.desk.dialogue import Talk
from handoff.desk.dispatch import HEADS
from handoff.desk.latest import Latest
from handoff.desk.reach import day_began
from handoff.desk.region_view import RegionView, Shown, colleagues_of
from handoff.desk.routing import Refusal
from handoff.desk.said import VISITOR
from handoff.desk.services import Services
from handoff.desk.standing import Standing
from handoff.desk.ticket import NO_SIGNS, Signs, Ticket, bells_of, card_of
from handoff.storage import conversations as stored
from handoff.storage import tickets
from handoff.storage.database import Unavailable
from handoff.storage.keys import NoKey
from handoff.storage.rings import RING_HELP
from handoff.storage.sql import Command, Row
from handoff.storage.units import Unit

log = logging.getLogger(__name__)

#: Waits are looked up again after this many microseconds.
WAITS_FOR = 30_000_000
#: The same for what a region took today: whoever waits is told with it whether help may come.
TAKEN_FOR = 5_000_000
#: The levels whose wait is told; to who is in danger no time is named.
TOLD_A_WAIT = LEVELS[:2]
EMPTY = RegionView((), {}, 0, 0)
NO_TALKS: Mapping[str, tuple[bytes, Talk | None]] = {}


def _refused(region: str, now: int) -> Command[list[Row]]:
    """Who is not asked again for the first of a line."""
    return (yield tickets.NOT_AGAIN_OF, {"region": region, "now": now, "most": HEADS})


class Desk(Protocol):
    """A caseworker's open desk on this node."""

    username: str
    region: str

    def see(self, before: RegionView, after: RegionView) -> None:
        """The region changed."""
        ...


@dataclass(slots=True)
class _Region:
    look: Latest
    view: RegionView = EMPTY
    read: bool = False
    reading: bool = False
    again: bool = False
    waits: dict[str, tuple[int, str]] = field(default_factory=dict)
    #: how many chats it took today by each agreement, as of a time
    taken: Mapping[str, int] = field(default_factory=dict)
    taken_at: int = 0
    #: whether it was looked at since without being counted again
    taken_later: bool = False
    #: the opened talks of the tickets in view, each with its ciphertext, which is opened once
    talks: dict[str, tuple[bytes, Talk | None]] = field(default_factory=dict)


class Floor:
    """All regions as this node knows them."""

    def __init__(self, services: Services, names: Callable[[str], str]) -> None:
        self.services = services
        #: the name that a visitor reads for a caseworker; empty while it is not known here
        self.names = names
        self.conversations: Conversations
        self.regions: dict[str, _Region] = {}
        self.desks: list[Desk] = []
        #: called after a region changed here, so that waiting tickets get their offers
        self.dispatch: Callable[[str], None] = lambda region: None
        #: links that were lost while the database was away: written as soon as it is back
        self.unwritten: set[str] = set()
        self.standing = Standing(services, self)

    # reading

    def _region(self, region: str) -> _Region:
        if region not in self.regions:
            self.regions[region] = _Region(Latest(lambda: self._look(region)))
        return self.regions[region]

    def ring(self, region: str) -> None:
        """A region changed, here or elsewhere: it is read again, once however often it rings."""
        found = self._region(region)
        found.again = True
        if not found.reading:
            found.reading = True
            self.conversations.start(self._read(region, found))

    def ring_for(self, *looks: Ticket | None) -> None:
        """A ticket changed: the regions that look at it, in each of the states it was seen in."""
        bells = [bell for ticket in looks if ticket is not None for bell in bells_of(ticket)]
        for bell in dict.fromkeys(bells):
            self.ring(bell.partition("/")[2])

    async def _read(self, region: str, found: _Region) -> None:
        try:
            while found.again:
                found.again = False
                await self.refresh(region)
        finally:
            found.reading = False

    async def catch_up(self) -> None:
        """Reads every region that somebody here looks at, and those where somebody came or went;
        what a lost bell did not tell is seen. Raises `Unavailable`."""
        regions = {desk.region for desk in self.desks}
        for conversation in self.conversations.live.values():
            if conversation.ticket is not None:
                regions.add(conversation.ticket.serving_region)
                regions.add(conversation.ticket.queue_region)
        at_desks = await self.services.db.read(tickets.present_everywhere)
        for region, found in self.regions.items():
            changed = found.view.present != at_desks.get(region, 0)
            if found.read and (changed or self._counts_again(region, found)):
                regions.add(region)
        for region in sorted(regions):
            self.ring(region)

    async def refresh(self, region: str) -> RegionView:
        """Reads a region and tells who looks at it. Raises `Unavailable`."""
        found = self._region(region)
        await found.look()
        return found.view

    async def _look(self, region: str) -> None:
        found = self._region(region)
        rows = await self.services.db.read(tickets.on_the_desks, region)
        now = self.services.now()
        for level in TOLD_A_WAIT:
            await self._read_waits(region, level, found, now)
        await self._read_taken(region, found, now)
        before, known = found.view, found.talks
        # talks of tickets that left the view are not kept, not even here
        found.talks = {}
        for row in rows.tickets:
            found.talks[row["conversation"]] = self._talk_of(row, known)
        places = rows.places[0] if rows.places else {"cap": 0, "used": 0}
        signs: dict[str, dict[str, int]] = {}
        for row in rows.signs:
            signs.setdefault(row["subject"], {})[row["kind"]] = row["at"]
        found.view = RegionView(
            shown=[self.shown(row, found.talks, signs.get(row["id"], {})) for row in rows.tickets],
            colleagues=colleagues_of(rows),
            cap=places["cap"],
            used=places["used"],
            helps=any(f"{RING_HELP}{region}" in kinds for kinds in signs.values()),
            taken=found.taken,
            refusals=await self._refusals(region, rows.tickets, now),
        )
        found.read = True
        if before.present != found.view.present or before.taken != found.view.taken:
            self.standing.forget()
        self._tell(region, before, found.view)

    async def _read_waits(self, region: str, level: str, found: _Region, now: int) -> None:
        if level in found.waits and now - found.waits[level][0] < WAITS_FOR:
            return
        zone = self.services.knowledge.regions[region].chat_hours.zone
        hours = queue.hours_like(self.services.clock.now(), zone)
        recent = now - queue.RECENT
        waits = await self.services.db.read(tickets.recent_waits, region, level, recent, hours)
        found.waits[level] = (now, queue.wait_band(waits, self.services.knowledge.queue))

    async def _read_taken(self, region: str, found: _Region, now: int) -> None:
        """Only where an agreement has a maximum for a day."""
        knowledge, moment = self.services.knowledge, self.services.clock.now()
        if not any(
            one.helper == region and one.most_per_day is not None for one in knowledge.agreements
        ):
            return
        found.taken_later = now - found.taken_at < TAKEN_FOR
        if found.taken_later:
            return
        day = day_began(knowledge, region, moment)
        found.taken = (await self.services.db.read(tickets.taken_since, {region: day}))[region]
        found.taken_at = now

    def _counts_again(self, region: str, found: _Region) -> bool:
        """Whether what a region took has to be counted again though nothing rings any more: the
        last time it was too early for that, or its day began since."""
        if found.taken_later:
            return self.services.now() - found.taken_at >= TAKEN_FOR
        knowledge, now = self.services.knowledge, self.services.clock.now()
        return bool(found.taken) and found.taken_at < day_began(knowledge, region, now)

    async def _refusals(self, region: str, shown: Sequence[Row], now: int) -> list[Refusal]:
        """Who is not asked again for whom yet; read only while somebody waits."""
        if not any(row["state"] == "waiting" for row in shown):
            return []
        rows = await self.services.db.read(_refused, region, now)
        return [Refusal(row["ticket"], row["caseworker"], bool(row["declined"])) for row in rows]

    def _tell(self, region: str, before: RegionView, after: RegionView) -> None:
        shown_of = {shown.ticket.conversation: shown for shown in after.shown}
        for conversation in list(self.conversations.live.values()):
            shown = shown_of.get(conversation.id)
            if shown is not None and conversation.stored:
                self._tell_conversation(conversation, shown)
            if shown is not None or conversation.region == region:
                for watcher in list(conversation.watchers):
                    watcher.changed(conversation)
        for desk in list(self.desks):
            if desk.region == region:
                desk.see(before, after)
        waiting = any(shown.ticket.state == "waiting" for shown in after.shown)
        if waiting:
            self.dispatch(region)

    def _tell_conversation(self, conversation: Conversation, shown: Shown) -> None:
        """A look that is older than what the conversation knows changes nothing in it: after a
        caseworker accepted, the script must not wake once more."""
        if shown.last_seq > conversation.last_seq:
            self.conversations.start(conversation.refresh())
        elif shown.last_seq == conversation.last_seq:
            conversation.ticket = shown.ticket
            lost = shown.ticket.visitor in tickets.LINK_LOST and conversation.state != "closed"
            if lost and conversation.visited:
                # another node thought that this one was dead
                self.conversations.start(self.visitor_linked(conversation, only_lost=True))

    def shown(
        self,
        row: Any,
        talks: Mapping[str, tuple[bytes, Talk | None]] = NO_TALKS,
        signs: Signs = NO_SIGNS,
    ) -> Shown:
        """A ticket's row as the desk shows it."""
        ticket = Ticket.of(row)
        talk = (talks.get(ticket.conversation) or self._talk_of(row, talks))[1]
        card = card_of(
            ticket,
            talk,
            self.services.knowledge,
            safe_moment=self.safe_moment(ticket, talk),
            signs=signs,
            names=self.names,
        )
        return Shown(ticket, card, row["seat_of"], row["expires_at"], row["last_seq"], signs)

    def _talk_of(
        self, row: Any, known: Mapping[str, tuple[bytes, Talk | None]]
    ) -> tuple[bytes, Talk | None]:
        sealed = bytes(row["talk"]) if row["talk"] is not None else b""
        before = known.get(row["conversation"])
        if before is not None and before[0] == sealed:
            return before
        return sealed, self._opened(row["conversation"], row, sealed)

    def _opened(self, conversation: str, row: Any, sealed: bytes) -> Talk | None:
        try:
            keys = open_keys(self.services, conversation, row)
            return open_talk(conversation, keys, sealed)
        except (Gone, NoKey):
            return None

    def safe_moment(self, ticket: Ticket, talk: Talk | None) -> dict[str, Any] | None:
        """The chosen moment for the desk, in its first language; None when none was chosen."""
        if talk is None:
            return None
        if talk.agreed:
            return dict(talk.agreed)
        value = talk.state.slots.get("moment")
        if not value or value == "unknown":
            return None
        knowledge = self.services.knowledge
        zone = knowledge.regions[ticket.home_region].chat_hours.zone
        today = self.services.clock.now().astimezone(zone).date()
        say = speaker(self.services.dialogue.script, knowledge.language)
        found = {"text": moment_title(str(value), today, say), "value": str(value)}
        return {**found, "how": talk.safe_how} if talk.safe_how else found

    def waits(self, region: str) -> Mapping[str, tuple[int, str]]:
        """How long visitors of a region waited lately, as bands by level."""
        return self._region(region).waits

    def view(self, region: str) -> RegionView:
        """A region as it was last read; it is read now when it never was."""
        found = self.regions.get(region)
        if found is None or not found.read:
            self.ring(region)
            return EMPTY
        return found.view

    # the link of a visitor

    async def visitor_linked(self, conversation: Conversation, *, only_lost: bool = False) -> None:
        """A visitor is there again; a missed ticket that nobody read waits once more. `only_lost`:
        a look says that the link is lost, which may be over: who stopped since is not back."""
        self.unwritten.discard(conversation.id)
        await self._presence(conversation, linked=True)
        if conversation.ticket is not None and conversation.state != "closed":
            now = self.services.now()
            behind = self.services.knowledge.queue.left_behind_min * queue.MINUTE
            back, id = tickets.come_back, conversation.id
            await self.services.db.run(back, id, now, behind, only_lost=only_lost)
            self.ring_for(conversation.ticket)

    async def visitor_unlinked(self, conversation: Conversation) -> None:
        """A visitor's link is lost: away, until time says gone."""
        try:
            await self._presence(conversation, linked=False)
        except Unavailable:
            log.warning("floor: a lost link was not written; it is once the database is back")
            self.unwritten.add(conversation.id)
            return
        if conversation.ticket is not None:
            self.ring_for(conversation.ticket)

    async def write_lost_links(self) -> None:
        """Writes what the database did not take before. Raises `Unavailable`."""
        for id in sorted(self.unwritten):
            try:
                async with self.conversations.borrowed(id) as conversation:
                    self.unwritten.discard(id)
                    if not conversation.visited:
                        await self.visitor_unlinked(conversation)
            except Gone:
                self.unwritten.discard(id)

    async def _presence(self, conversation: Conversation, *, linked: bool) -> None:
        now, state = self.services.now(), "online" if linked else "away"
        subject = f"{VISITOR}/{conversation.id}"
        presence = stored.presence_values(subject, self.services.node, state, linked, now)
        also: list[tuple[Any, Any]] = [(stored.SET_PRESENCE, presence)]
        if not linked and conversation.state != "closed":
            visitor = {"conversation": conversation.id, "visitor": "away", "since": now}
            also.append((tickets.SET_VISITOR_AWAY, visitor))
        ticket = conversation.ticket
        # the desks of other nodes see at once that a link is lost
        bells = bells_of(ticket) if ticket is not None else ()
        if linked:
            # a socket on another node ends when the visitor goes on here
            bells = (f"v/{conversation.id}",)
        await self.services.db.write(Unit(conversation.id, also=also, bells=bells, late=True))

    def visitor_types(self, conversation: Conversation) -> None:
        """Tells whoever serves the conversation, on whatever node."""
        self._typing(conversation, "visitor")

    def caseworker_types(self, conversation: Conversation) -> None:
        """Tells the visitor."""
        self._typing(conversation, "caseworker")

    def _typing(self, conversation: Conversation, who: str) -> None:
        conversation.types(who)
        ticket = conversation.ticket
        if self.services.db.shared and ticket is not None and ticket.state == "active":
            bell = f"t/{conversation.id}/{who}"
            unit = Unit(conversation.id, bells=(bell,), late=True)
            self.conversations.start(self.services.db.write(unit))

    def unread_until(self, region: Region) -> int:
        """The end of the next opening day: unread at most until then."""
        schedule, now = region.chat_hours, self.services.clock.now()
        today = now.astimezone(schedule.zone).date()
        state = opening(schedule, now)
        later = now
        while state.opens_at is not None:
            later = state.opens_at
            state = opening(schedule, later)
            if later.astimezone(schedule.zone).date() > today:
                return micros(state.closes_at or later + timedelta(days=1))
        return micros(now + timedelta(days=1))
