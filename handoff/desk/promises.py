"""Keeps what was promised to who waits: every notice that is due is written, once over all nodes.

Any node may look; who writes the row of `escalation` first says it.
"""

from __future__ import annotations

import logging

from data.hours import opening
from handoff.clock import micros
from handoff.desk import waiting
from handoff.desk.conversations import Conversations
from handoff.desk.floor import Floor
from handoff.desk.one_by_one import one_by_one
from handoff.desk.services import Services
from handoff.desk.shift import notice
from handoff.desk.waiting import Due, InLine, Terms
from handoff.storage import escalations
from handoff.storage.escalations import START
from handoff.storage.rings import RING_ACUTE, RING_LINE
from handoff.storage.sql import Rollback, Row

log = logging.getLogger(__name__)

#: So many tickets are looked at in one go; the next look takes the next ones.
MOST = 500
AWAY = "away"
#: The rows that say that somebody was rung for a ticket.
RUNG = frozenset((RING_LINE, RING_ACUTE))


class Promises:
    """Looks at everybody in line, a page at a time."""

    def __init__(self, services: Services, conversations: Conversations, floor: Floor) -> None:
        self.services = services
        self.conversations = conversations
        self.floor = floor
        self.after: Row = START

    async def look(self) -> None:
        """Writes what is due for who waits. Raises `Unavailable`."""
        line = await self.services.db.read(escalations.in_line, self.after, MOST)
        self.after = line.rows[-1] if len(line.rows) == MOST else START
        terms: dict[tuple[str, str], Terms] = {}

        async def keep(row: Row) -> None:
            key = (row["home_region"], row["queue_region"])
            if key not in terms:
                terms[key] = self._terms(*key)
            kinds = line.kinds.get(row["id"], frozenset())
            for due in waiting.due(self._in_line(row, kinds), terms[key], self.services.now()):
                await self._tell(row, due)

        await one_by_one(line.rows, keep)

    def _in_line(self, row: Row, kinds: frozenset[str]) -> InLine:
        """Whether the page is hidden is known to the node that has its socket, which then says
        what is due; no other needs to know."""
        found = self.conversations.live.get(row["conversation"])
        return InLine(
            band=row["band"],
            waiting_since=row["waiting_since"],
            away=row["visitor"] == AWAY,
            hidden=found is not None and found.visited and found.hidden,
            own_only=bool(row["own_only"]),
            # without an address to ring at nobody at home has a sign, and none is promised
            rung=bool(kinds & RUNG) and bool(self.services.settings.ring_url),
            told=kinds,
        )

    def _terms(self, home: str, line: str) -> Terms:
        knowledge, settings = self.services.knowledge, self.services.settings
        now, found = self.services.clock.now(), self.floor.standing.reach(home)
        return Terms(
            closes_at=micros(found.closes_at) if found.closes_at else None,
            can_help=any(
                agreement.home == line
                and agreement.covers(now)
                and opening(knowledge.regions[agreement.helper].chat_hours, now).open
                for agreement in knowledge.agreements
            ),
            still_there_s=settings.still_there_s,
            long_wait_s=settings.long_wait_s,
        )

    async def _tell(self, row: Row, due: Due) -> None:
        """Another node may be faster; then what it wrote is shown here."""
        async with self.conversations.borrowed(str(row["conversation"])) as found:
            said = found.seal(notice(found, due.response, self.services))
            now, spares_acute = self.services.now(), due.kind in waiting.ASKS
            try:
                await self.services.db.run(
                    escalations.tell, row["id"], due.kind, now, [said], spares_acute=spares_acute
                )
                log.info("ticket %s: told %s (%s)", row["id"], due.kind, due.reason)
            except Rollback as late:
                log.info("ticket %s: not told %s (%s)", row["id"], due.kind, late.reason)
            await found.refresh()
