"""Everything that is open ends some day: timers that stand in the database, on any node.

Each look is safe to repeat and safe beside another node's: the command that acts checks again
under its lock. One failing look does not stop the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence

from data.rota import line_of
from handoff.clock import micros, seconds
from handoff.desk.conversation import Conversation, Gone
from handoff.desk.conversations import Conversations
from handoff.desk.dispatch import Dispatch
from handoff.desk.floor import Floor
from handoff.desk.leaving import Leaving
from handoff.desk.one_by_one import one_by_one
from handoff.desk.said import VISITOR
from handoff.desk.services import Services
from handoff.desk.shift import Shift, bye_of, notice
from handoff.storage import conversations as stored
from handoff.storage import people, presence, tickets
from handoff.storage.database import Unavailable
from handoff.storage.erasure import erase_due, unneeded_days
from handoff.storage.units import Conflict

log = logging.getLogger(__name__)

#: One look at something that waits for time to pass. Raises `Unavailable`.
Look = Callable[[], Awaitable[None]]
#: Looks that matter less often: erasing, keys, sessions.
SLOW_EVERY = 30


class Janitor:
    """Looks after everything that waits for time to pass."""

    def __init__(
        self,
        services: Services,
        conversations: Conversations,
        floor: Floor,
        shift: Shift,
        dispatch: Dispatch,
        leaving: Leaving,
        operate: Look,
        *,
        quick: Sequence[Look] = (),
        slow: Sequence[Look] = (),
    ) -> None:
        self.services = services
        self.conversations = conversations
        self.floor = floor
        self.shift = shift
        self.dispatch = dispatch
        self.leaving = leaving
        #: applies what coordinators changed
        self.operate = operate
        #: what others look after: every time, and less often
        self.also = (tuple(quick), tuple(slow))
        self.looks = 0
        self.started = services.now()
        self.beat_at = self.caught_up_at = 0

    async def look(self) -> None:
        """One round over all timers."""
        quick: list[Look] = [
            self.nodes,
            self.links,
            self.dispatch.expire,
            self.idle,
            self.gone,
            self.shift.look_after,
            self.left,
            self.lines,
            self.waiting,
            *self.also[0],
            self.catch_up,
        ]
        slow: list[Look] = [
            self.unread,
            self.erase,
            self.day_keys,
            self.sessions,
            *self.also[1],
        ]
        for work in quick + (slow if self.looks % SLOW_EVERY == 0 else []):
            try:
                await work()
            except Unavailable:
                log.warning("janitor: %s: the database does not answer", work.__qualname__)
            except Exception as error:
                # the message may hold what somebody typed; its type says where to look
                log.error("janitor: %s failed: %s", work.__qualname__, type(error).__name__)
        self.looks += 1

    async def run(self) -> None:
        """Looks every second or so, until it is cancelled."""
        while True:
            await self.look()
            await self.services.clock.sleep(self.services.settings.janitor_every_s)

    async def nodes(self) -> None:
        """This node lives; the people of dead ones are away.

        A node that was silent itself for too long judges nobody in that look: the database may have
        been away for all of them. Its own people come back by what their region shows."""
        now, stale = self.services.now(), seconds(self.services.settings.node_stale_s)
        silent = now - self.beat_at >= stale
        await self.services.db.run(presence.beat, self.services.node, now)
        self.beat_at = now
        if silent:
            return
        lost = await self.services.db.run(
            presence.stale_nodes, self.services.node, now - stale, now
        )
        for subject in lost:
            log.info("presence: the link of a %s is lost with its node", subject.partition("/")[0])
        if lost:
            await self.floor.catch_up()

    async def links(self) -> None:
        """Links that were lost while the database was away."""
        await self.floor.write_lost_links()
        await self.shift.write_lost_links()

    async def catch_up(self) -> None:
        """Bells can be lost: what is looked at here is read again, as often as nodes beat."""
        now = self.services.now()
        if now - self.caught_up_at >= seconds(self.services.settings.node_beat_s):
            self.caught_up_at = now
            await self.floor.catch_up()
            await self.operate()

    async def idle(self) -> None:
        """Who typed or answered and then did nothing goes to the queue with what is known."""
        now, stale = self.services.now(), seconds(self.services.settings.node_stale_s)
        late = set(await self.services.db.read(stored.idle, now - stale))

        async def pass_on(id: str) -> None:
            if await self._is_ours(id, late):
                async with self.conversations.borrowed(id) as found:
                    await self._pass_on(found)

        await one_by_one(await self.services.db.read(stored.idle, now), pass_on)

    async def _is_ours(self, id: str, late: Collection[str]) -> bool:
        """Whether this node passes on a silent visitor: the one with the socket does, so that no
        other takes somebody for away who is there. Without a socket, and after a while, anyone."""
        found = self.conversations.live.get(id)
        if (found is not None and found.visited) or id in late or not self.services.db.shared:
            return True
        row = await self.services.db.read(presence.presence_of, f"{VISITOR}/{id}")
        return row is not None and not row["linked"]

    async def _pass_on(self, found: Conversation) -> None:
        told = notice(found, "utter_idle", self.services)
        try:
            await found.commit(found.turn(told, opens_ticket=True))
        except Conflict:
            await found.refresh()
            return
        if not found.visited:
            # a ticket that opens while its visitor's link is lost begins as away
            await self.floor.visitor_unlinked(found)

    async def gone(self) -> None:
        """Visitors who were away for too long are gone; while we were down none could come back."""
        now, settings = self.services.now(), self.services.settings
        up = now - self.started
        waiting, active = seconds(settings.gone_waiting_s), seconds(settings.gone_active_s)
        never = -1
        found = await self.services.db.read(
            tickets.gone,
            now - waiting if up >= waiting else never,
            now - active if up >= active else never,
        )

        async def is_gone(id: str) -> None:
            async with self.conversations.borrowed(id) as conversation:
                await self.leaving.leave(conversation, "gone")

        await one_by_one(found, is_gone)

    async def left(self) -> None:
        """A chat whose visitor left frees its seat; the caseworker still closes it."""
        now, settings = self.services.now(), self.services.settings
        left_before = now - seconds(settings.left_grace_s)
        gone_before = now - seconds(settings.gone_active_s)
        found = await self.services.db.read(tickets.left, left_before, gone_before)
        await one_by_one(found, self._end)

    async def _end(self, ticket: str) -> None:
        row = await self.services.db.read(tickets.one, ticket)
        if row is None:
            return
        now, note = self.services.now(), self._note("end", ticket, "visitor_left")
        ended = (ticket, None, now, self.services.month())
        try:
            async with self.conversations.borrowed(row["conversation"]) as found:
                bye = [found.seal(notice(found, bye_of(found), self.services))]
                await self.services.db.run(tickets.end, *ended, bye, note)
                await found.refresh()
        except Gone:
            await self.services.db.run(tickets.end, *ended, [], note)
        self.floor.ring(row["serving_region"])

    async def lines(self) -> None:
        """At midnight another region is on duty for its pool: who waits goes on in that line."""
        now, pools = self.services.clock.now(), self.services.knowledge.pools
        for home, old in await self.services.db.read(tickets.lines):
            line = line_of(pools, home, now)
            if line != old:
                moved = await self.services.db.run(
                    tickets.change_line, home, old, line, self.services.now()
                )
                log.info("line of %s: %d tickets go on at %s", home, moved, line)
                self.floor.ring(old)
                self.floor.ring(line)

    async def waiting(self) -> None:
        """Whatever was missed elsewhere: every region in which somebody waits is looked at."""
        for region in await self.services.db.read(tickets.waiting_regions):
            self.dispatch.wake(region)

    async def unread(self) -> None:
        """Missed tickets that nobody read in time close as unread."""
        rows = await self.services.db.read(tickets.unread, self.services.now())
        await one_by_one([str(row["id"]) for row in rows], self._close_unread)

    async def _close_unread(self, ticket: str) -> None:
        now, note = self.services.now(), self._note("close", ticket, "unread")
        await self.services.db.run(tickets.close, ticket, None, "unread", now, now, note)
        log.warning("ticket %s: closed unread", ticket)
        row = await self.services.db.read(tickets.one, ticket)
        if row is not None:
            self.floor.ring(row["serving_region"])

    async def erase(self) -> None:
        """Erases what is due: keys, text, answers. The proof is a count and a time."""
        services = self.services
        erased = await erase_due(services.db, services.now(), services.ids.short(), "system")
        if erased:
            log.info("janitor: %d conversations erased", len(erased))
        for id in erased:
            self.conversations.live.pop(id, None)

    async def day_keys(self) -> None:
        """Makes the keys of coming days, destroys those of days that nothing needs any more."""
        today = self.services.clock.now().date()
        vault, knowledge = self.services.vault, self.services.knowledge
        ahead = self.services.settings.days_ahead
        # each key is a file that is forced to disk: not while somebody waits for the card
        await asyncio.to_thread(vault.make_ahead, knowledge.regions, today, ahead)
        days = await asyncio.to_thread(vault.days)
        for key_id in await unneeded_days(self.services.db, days, today):
            await asyncio.to_thread(vault.destroy, key_id)
            log.info("janitor: the key %s is destroyed", key_id)

    async def sessions(self) -> None:
        """Forgets logins and return codes whose time is over."""
        await self.services.db.run(people.forget, micros(self.services.clock.real()))

    def _note(self, action: str, ticket: str | None, detail: str) -> tickets.Note:
        id, now = self.services.ids.short(), self.services.now()
        return tickets.audit(id, now, "system", action, ticket, detail)
