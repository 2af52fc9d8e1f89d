"""Keeps what was promised to who waits: every notice that is due is written, once over all nodes.

Any node may look; who writes the row of `escalation` first says it.
"""

from __future__ import annotations

import logging

from data.agreements import Agreement
from handoff.clock import micros, seconds
from handoff.desk import waiting
from handoff.desk.after_closing import after_closing
from handoff.desk.conversations import Conversations
from handoff.desk.floor import Floor
from handoff.desk.one_by_one import one_by_one
from handoff.desk.queue import ACUTE_BAND
from handoff.desk.reach import lending, never, reach
from handoff.desk.services import Services
from handoff.desk.shift import notice
from handoff.desk.waiting import Due, InLine, Terms
from handoff.storage import escalations
from handoff.storage.escalations import START
from handoff.storage.rings import RING_ACUTE, RING_HELP, RING_LINE
from handoff.storage.sql import Rollback, Row

log = logging.getLogger(__name__)

#: So many tickets are looked at in one go; the next look takes the next ones.
MOST = 500
AWAY = "away"


class Promises:
    """Looks at everybody in line, a page at a time."""

    def __init__(self, services: Services, conversations: Conversations, floor: Floor) -> None:
        self.services = services
        self.conversations = conversations
        self.floor = floor
        self.after: Row = START
        #: regions without anybody at a desk, and agreements that are used up for today: since when,
        #: and when that was looked at last
        self.lasting: dict[str, tuple[int, int]] = {}

    async def look(self) -> None:
        """Writes what is due for who waits. Raises `Unavailable`."""
        line = await self.services.db.read(escalations.in_line, self.after, MOST)
        self.after = line.rows[-1] if len(line.rows) == MOST else START
        terms: dict[tuple[str, str, bool], Terms] = {}

        async def keep(row: Row) -> None:
            key = (row["home_region"], row["queue_region"], row["band"] == ACUTE_BAND)
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
            rung=_rung(kinds) and bool(self.services.settings.ring_url),
            told=kinds,
            helpers=frozenset((row["told_region"] or "").split(",")) - {""},
        )

    def _terms(self, home: str, line: str, acute: bool) -> Terms:
        """No maximum of a day holds for who is in danger: help still comes to them."""
        knowledge, settings = self.services.knowledge, self.services.settings
        now, standing = self.services.clock.now(), self.floor.standing
        found = reach(knowledge, home, now, standing.present) if acute else standing.reach(home)
        can_help = any(not standing.used_up(one) for one in lending(knowledge, line, now))
        used_up = never if acute else self._used_up
        return Terms(
            closes_at=micros(found.closes_at) if found.closes_at else None,
            can_help=can_help,
            at_desk=found.by is not None and standing.present(found.by) > 0,
            still_there_s=settings.still_there_s,
            long_wait_s=settings.long_wait_s,
            after=after_closing(knowledge, line, now, found.by, self._there, used_up),
        )

    def _there(self, region: str) -> bool:
        """Whether somebody is at a desk of a region, or was until a moment ago: a link that is lost
        may come back, and who was rung at home may be on the way."""
        return not self._lasts(region, not self.floor.standing.present(region))

    def _used_up(self, agreement: Agreement) -> bool:
        """Whether a helper takes nobody more today: an offer that counts may come back."""
        name = f"{agreement.id}/{agreement.helper}"
        return self._lasts(name, self.floor.standing.used_up(agreement))

    def _lasts(self, what: str, holds: bool) -> bool:
        """Whether it has held for as long as people may take to come back or to answer."""
        if not holds:
            self.lasting.pop(what, None)
            return False
        now, settings = self.services.now(), self.services.settings
        grace = seconds(max(settings.caseworker_grace_s, settings.ring_own_first_s))
        since, looked = self.lasting.get(what, (now, now))
        if now - looked > grace:
            # nobody waited for it meanwhile, so nobody looked
            since = now
        self.lasting[what] = (since, now)
        return now - since >= grace

    async def _tell(self, row: Row, due: Due) -> None:
        """Another node may be faster; then what it wrote is shown here."""
        async with self.conversations.borrowed(str(row["conversation"])) as found:
            named = {}
            if due.region is not None:
                named["serving_region"] = self.services.knowledge.regions[due.region].name
            said = found.seal(notice(found, due.response, self.services, **named))
            now, spares_acute = self.services.now(), due.kind in waiting.ASKS
            try:
                await self.services.db.run(
                    escalations.tell, row["id"], due.kind, now, [said], spares_acute=spares_acute
                )
                log.info("ticket %s: told %s (%s)", row["id"], due.kind, due.reason)
            except Rollback as late:
                log.info("ticket %s: not told %s (%s)", row["id"], due.kind, late.reason)
            await found.refresh()


def _rung(kinds: frozenset[str]) -> bool:
    """Whether somebody was rung for a ticket, here or in a region that helps."""
    return any(kind in (RING_LINE, RING_ACUTE) or kind.startswith(RING_HELP) for kind in kinds)
