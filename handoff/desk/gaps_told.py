"""Tells coordinators of hours ahead that nobody covers: a week before, and the day before (R32).

The board and `voordeur check` show them all the time; this is the sign for who does not look. Each
is given once, over all nodes, and says no more than that the board has something to see.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable
from datetime import date

from data.hours import zone_named
from data.knowledge import Knowledge
from data.rota import Gap, gaps
from handoff.desk.rings import Ringer
from handoff.desk.services import Services
from handoff.storage import people
from handoff.storage.once import not_yet, once

log = logging.getLogger(__name__)

#: So many days before the day itself, the nearest last.
DAYS_BEFORE = (7, 1)


class GapsTold:
    """Looks now and then; works the gaps out once a day, and again when anything changed."""

    def __init__(self, services: Services, ringer: Ringer) -> None:
        self.services = services
        self.ringer = ringer
        self.looked: tuple[date, Knowledge] | None = None

    async def look(self) -> None:
        """Tells what is due. Raises `Unavailable`; then the next look tells it."""
        knowledge = self.services.knowledge
        today = self.services.clock.now().astimezone(zone_named(knowledge.zone)).date()
        if self.looked == (today, knowledge):
            return
        coordinators = await self._coordinators()
        told = True
        if coordinators:
            found = await asyncio.to_thread(gaps, knowledge, today, DAYS_BEFORE[0] + 1)
            for (where, day), kind in sorted(due(found, today).items()):
                told = await self._tell(where, day, kind, coordinators) and told
        self.looked = (today, knowledge) if told else None

    async def _coordinators(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for row in await self.services.db.read(people.accounts):
            if row["role"] == "coordinator" and not row["disabled"]:
                found.setdefault(str(row["region"]), []).append(str(row["username"]))
        return found

    async def _tell(
        self, where: str, day: date, kind: str, coordinators: dict[str, list[str]]
    ) -> bool:
        """Whether nothing is left to do: a sign that reached nobody is given at the next look."""
        told = [
            username
            for region in regions_of(where, self.services.knowledge)
            for username in coordinators.get(region, ())
        ]
        if not told:
            return True
        now, subject = self.services.now(), f"gap/{where}/{day.isoformat()}"
        if not await self.services.db.run(once, subject, kind, now, None):
            return True
        log.warning("%s: nobody covers %s", where, day)
        reached = [await self.ringer.ring(username, "gap") for username in told]
        if not any(reached):
            await self.services.db.run(not_yet, subject, kind)
        return any(reached)


def due(found: Iterable[Gap], today: date) -> dict[tuple[str, date], str]:
    """Which sign is due for which day: the nearest of `DAYS_BEFORE` that has come. A gap that
    appears late is told at once."""
    signs = {}
    for gap in found:
        left = (gap.day - today).days
        reached = [days for days in DAYS_BEFORE if 0 <= left <= days]
        if reached:
            signs[(gap.where, gap.day)] = f"gap_{reached[-1]}"
    return signs


def regions_of(where: str, knowledge: Knowledge) -> Collection[str]:
    """Whose coordinators a gap is for: those of the region, or of every region of the pool."""
    return knowledge.pools[where].regions if where in knowledge.pools else (where,)
