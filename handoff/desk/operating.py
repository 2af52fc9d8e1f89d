"""Keeps what the house goes by up to date: files, with roster and operation laid over them.

Every node looks after a bell and every two seconds; a look that finds nothing new is one short
query. Running chats are never touched: only what is read for the next decision changes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from data.knowledge import Knowledge
from data.regions import MOST_CHATS
from handoff.desk.operation import caseworker_caps, fits, lay_over, next_change, try_on
from handoff.desk.services import Services
from handoff.storage import operation
from handoff.storage.sql import Row

log = logging.getLogger(__name__)


class Operating:
    """Lays roster and operation over the files, on this node.

    `told` is called with every new knowledge, before anybody else reads it."""

    def __init__(self, services: Services, told: Callable[[Knowledge], None]) -> None:
        self.services = services
        self.told = told
        #: what the files say, whatever was laid over them since
        self.content = services.knowledge
        self.rows: list[Row] = []
        self.mark: tuple[int, ...] | None = None
        self.changes_at: datetime | None = None
        self.ignored: list[str] = []
        self.one_at_a_time = asyncio.Lock()

    async def look(self) -> bool:
        """Applies what changed, began or ended since the last look; whether anything did.

        Raises `Unavailable`; then all stays as it was until the next look."""
        async with self.one_at_a_time:
            now = self.services.clock.now()
            at = self.services.now()
            mark = await self.services.db.read(operation.mark, at)
            due = self.changes_at is not None and now >= self.changes_at
            changed = mark != self.mark or due
            if changed:
                roster, self.rows = await self.services.db.read(operation.everything, at)
                self._lay_over(roster, now)
                self.mark, self.changes_at = mark, next_change(self.rows, now)
            await self._caps(now)
            return changed

    def try_on(self, row: Row) -> None:
        """Raises `Unusable` when a change could not be applied to how things are now."""
        # an agreement that is off can be switched on again; a day that was swapped is the other's
        pools = self.services.knowledge.pools
        try_on(replace(self.content, pools=pools), row)

    def fits(self, row: Row, rivals: Sequence[Row]) -> bool:
        """Whether a day of duty can change hands so, with these in force about that day."""
        return fits(self.content, row, rivals, self.services.clock.now())

    def _lay_over(self, roster: list[Row], now: datetime) -> None:
        ignored: list[str] = []
        knowledge = lay_over(self.content, roster, self.rows, now, ignored)
        for line in ignored:
            if line not in self.ignored:
                log.warning("%s: it changes nothing", line)
        self.ignored = ignored
        self.services.knowledge = knowledge
        self.told(knowledge)

    async def _caps(self, now: datetime) -> None:
        """Seats are claimed in the database, so that is where caps count."""
        db, knowledge = self.services.db, self.services.knowledge
        wanted = caseworker_caps(self.rows, now)
        regions, most = await db.read(operation.caps, wanted)
        differ = {
            slug: knowledge.regions[slug].region_cap
            for slug, cap in regions.items()
            if slug in knowledge.regions and knowledge.regions[slug].region_cap != cap
        }
        if differ:
            await db.run(operation.set_region_caps, differ)
        changed = {
            name: wanted.get(name, MOST_CHATS)
            for name, left in most.items()
            if wanted.get(name, MOST_CHATS) != left
        }
        if changed:
            await db.run(operation.set_most, changed)
