"""Who gets a sign that somebody waits: the people at home, and the senior on call (R28, R34).

Nobody at a desk: those of the roster who answer. No free seat for somebody in danger, or a
question of a colleague: who is on call. Each once for a ticket, whichever node looks first; the row
that says so is written before anybody is rung.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from data.hours import opening
from data.knowledge import Knowledge
from data.rota import ANSWERING, planned_at
from handoff.clock import seconds
from handoff.desk.queue import OTHER_BAND
from handoff.desk.reach import lending, rings_at_home
from handoff.desk.services import Services
from handoff.protocol import RingKind
from handoff.storage import rings
from handoff.storage.rings import RING_ACUTE, RING_LINE
from handoff.storage.sql import Command, Row

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
            now = self.services.now()
            rows = await self.services.db.read(rings.line_rows, region, OTHER_BAND, now)
            if rows.line or rows.acute:
                await self._look_at(region, rows)
            await self._look_for_help(region)

    async def _look_at(self, region: str, rows: rings.LineRows) -> None:
        desks = self._listed(region, rows.caseworkers)
        knowledge, now = self.services.knowledge, self.services.clock.now()
        # who closed for today is not rung; who is on call may be, by the region's switch
        is_open = opening(knowledge.regions[region].chat_hours, now).open
        if rows.line and is_open and not any(row["present"] for row in desks):
            ring = partial(rings.ring_for, region, RING_LINE, OTHER_BAND)
            await self._ring_for(region, "line", ring)
        alone = [
            ticket
            for ticket in rows.acute
            if not has_room(desks, rows.places, _refused(rows.refused, ticket))
        ]
        if alone:
            ring = partial(rings.ring_these, region, RING_ACUTE, alone)
            await self._ring_for(region, "acute", ring)

    async def _look_for_help(self, line: str) -> None:
        """Nobody is at a desk: the people of partners are rung at home, for danger all at once, and
        else one region after the other, each as long before the next as the own ones are."""
        helpers = self._helpers_at_home(line)
        if not helpers:
            return
        wait, now = seconds(self.services.settings.ring_own_first_s), self.services.now()
        own = rings_at_home(self.services.knowledge, line, self.services.clock.now())
        turns = {helper: now - (turn + own) * wait for turn, helper in enumerate(helpers)}
        due = await self.services.db.read(rings.unhelped, line, turns, not own)
        if not due:
            return
        found = await self.services.db.read(rings.desks_of, [line, *due])
        there = {
            region: any(row["present"] for row in self._listed(region, rows))
            for region, rows in found.items()
        }
        for helper in due if not there[line] else ():
            # a desk gets an offer when it has a seat
            if not there[helper]:
                ring = partial(rings.ring_helper, line, helper, turns[helper], not own)
                await self._ring_for(helper, "line", ring)

    def _helpers_at_home(self, line: str) -> list[str]:
        """Regions that come when nobody does here, and have people who are rung, in order."""
        knowledge, now = self.services.knowledge, self.services.clock.now()
        return [
            agreement.helper
            for agreement in lending(knowledge, line, now)
            if "nobody" in agreement.triggers and self.people(agreement.helper, "line")
        ]

    def _listed(self, region: str, desks: Sequence[Row]) -> list[Row]:
        """The desks that get conversations: in a pilot those that are listed."""
        listed = self.services.knowledge.pilots.get(region)
        return [row for row in desks if listed is None or row["caseworker"] in listed]

    async def _ring_for(
        self, region: str, kind: RingKind, note: Callable[[int], Command[int]]
    ) -> None:
        # nobody planned now: looked at again, somebody may be later
        if not self.people(region, kind):
            return
        many = await self.services.db.run(note, self.services.now())
        if many:
            log.info("people of %s are rung (%s) for %d tickets", region, kind, many)
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


def has_room(desks: Sequence[Row], places: Sequence[Row], refused: Mapping[str, bool]) -> bool:
    """Whether an offer can be made: the lower of the two caps wins, and who just left it to others
    is not asked. `refused`: who did, and whether they declined; who is alone and merely did not
    answer is asked again at once."""
    available = [row for row in desks if row["available"]]
    alone = len(available) == 1
    left_to_others = {name for name, declined in refused.items() if declined or not alone}
    own = any(
        row["used"] < row["cap"] and row["caseworker"] not in left_to_others for row in available
    )
    return own and bool(places) and places[0]["used"] < places[0]["cap"]


def _refused(rows: Sequence[Row], ticket: str) -> dict[str, bool]:
    return {
        str(row["caseworker"]): bool(row["declined"]) for row in rows if row["ticket"] == ticket
    }
