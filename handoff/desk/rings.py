"""Who gets a sign that somebody waits: the people at home, and the senior on call (R28, R34).

Nobody at a desk: those of the roster who answer. No free seat for somebody in danger, or a
question of a colleague: who is on call. Each once for a ticket, whichever node looks first; the row
that says so is written before anybody is rung.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol

from data.hours import opening
from data.knowledge import Knowledge
from data.rota import ANSWERING, planned_at
from handoff.desk.queue import ACUTE_BAND, OTHER_BAND
from handoff.desk.services import Services
from handoff.protocol import RingKind
from handoff.storage import rings
from handoff.storage.rings import RING_ACUTE, RING_LINE
from handoff.storage.sql import Row

log = logging.getLogger(__name__)

#: Which people of the roster are rung for what.
ON_CALL = ("on_call",)
ROLES: dict[RingKind, Sequence[str]] = {"line": ANSWERING, "acute": ON_CALL, "consult": ON_CALL}


class Ringer(Protocol):
    """Gives somebody a sign that holds no content: whoever reads it over a shoulder learns nothing
    of a visitor."""

    async def ring(self, username: str, kind: RingKind) -> bool:
        """Whether the sign was passed on. Never raises."""
        ...


class Rings:
    """Rings people, and looks every second whether somebody has to be."""

    def __init__(
        self,
        services: Services,
        ringer: Ringer,
        start: Callable[[Coroutine[Any, Any, None]], Any],
        changed: Callable[[str], None],
    ) -> None:
        self.services = services
        self.ringer = ringer
        self.start = start
        #: tells the desks of a region
        self.changed = changed
        #: who is planned, by the minute: every desk asks at every change of its region
        self.planned: dict[tuple[str, RingKind], tuple[int, Knowledge, list[str]]] = {}

    async def look(self) -> None:
        """Rings for every line in which somebody waits and nobody can be asked."""
        for region in await self.services.db.read(rings.lines):
            rows = await self.services.db.read(rings.line_rows, region, OTHER_BAND)
            if rows.line or rows.acute:
                await self._look_at(region, rows)

    async def _look_at(self, region: str, rows: rings.LineRows) -> None:
        listed = self.services.knowledge.pilots.get(region)
        desks = [row for row in rows.caseworkers if listed is None or row["caseworker"] in listed]
        knowledge, now = self.services.knowledge, self.services.clock.now()
        # who closed for today is not rung; who is on call may be, by the region's switch
        is_open = opening(knowledge.regions[region].chat_hours, now).open
        if rows.line and is_open and not any(row["present"] for row in desks):
            await self._ring_for(region, "line", RING_LINE, OTHER_BAND)
        if rows.acute and not has_room(desks, rows.places):
            await self._ring_for(region, "acute", RING_ACUTE, ACUTE_BAND)

    async def _ring_for(self, region: str, kind: RingKind, stored: str, band: int) -> None:
        # nobody planned now: looked at again, somebody may be later
        if not self.people(region, kind):
            return
        now = self.services.now()
        many = await self.services.db.run(rings.ring_for, region, stored, band, now)
        if many:
            log.info("line of %s: people are rung (%s) for %d tickets", region, kind, many)
            self.changed(region)
            self.ring(region, kind)

    def people(self, region: str, kind: RingKind) -> list[str]:
        """Who is rung in a region now."""
        knowledge, now = self.services.knowledge, self.services.clock.now()
        minute = int(now.timestamp()) // 60
        known = self.planned.get((region, kind))
        if known is not None and known[0] == minute and known[1] is knowledge:
            return known[2]
        zone = knowledge.regions[region].chat_hours.zone
        found = planned_at(knowledge.roster, region, now, zone, ROLES[kind])
        listed = knowledge.pilots.get(region)
        people = sorted(
            {
                planned.username
                for planned in found
                if kind != "line" or listed is None or planned.username in listed
            }
        )
        self.planned[(region, kind)] = (minute, knowledge, people)
        return people

    def ring(self, region: str, kind: RingKind) -> None:
        """Rings everybody at once; nobody waits for it here."""
        for username in self.people(region, kind):
            self.start(self._ring(username, region, kind))

    async def _ring(self, username: str, region: str, kind: RingKind) -> None:
        if not await self.ringer.ring(username, kind):
            log.error("line of %s: somebody could not be rung (%s)", region, kind)


def has_room(desks: Sequence[Row], places: Sequence[Row]) -> bool:
    """Whether an offer can be made: the lower of the two caps wins."""
    own = any(row["available"] and row["used"] < row["cap"] for row in desks)
    return own and bool(places) and places[0]["used"] < places[0]["cap"]
