"""Who gets a sign that somebody waits: the people at home, and the senior on call (R28, R34).

Nobody at a desk: those of the roster who answer. No free seat for somebody in danger, or a
question of a colleague: who is on call. Each once for a ticket, whichever node looks first. The row
that says so is written before anybody is rung, and says afterwards whom the sign reached: whoever
it did not reach, and who comes on duty while it still waits, is rung at a later look.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from data.agreements import Agreement
from data.hours import opening
from data.knowledge import Knowledge
from data.rota import ANSWERING, planned_at
from handoff.clock import seconds
from handoff.desk.one_by_one import one_by_one
from handoff.desk.queue import OTHER_BAND
from handoff.desk.reach import day_began, lending, rings_at_home, serves_today
from handoff.desk.services import Services
from handoff.protocol import RingKind
from handoff.storage import rings
from handoff.storage.rings import (
    RING_ACUTE,
    RING_CONSULT,
    RING_HELP,
    RING_LINE,
    Call,
    Called,
)
from handoff.storage.sql import Command, Row
from handoff.storage.tickets import taken_since

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
        """Rings for every line in which somebody waits and nobody can be asked, and for questions
        that reached nobody. Raises `Unavailable`."""
        await one_by_one(await self.services.db.read(rings.lines), self._look_at_line)
        questions = await self.services.db.read(rings.unheard, self._free())
        await one_by_one(questions, self._look_at_question)

    async def _look_at_line(self, region: str) -> None:
        line = self.call(region, "line", RING_LINE)
        acute = self.call(region, "acute", RING_ACUTE)
        rows = await self.services.db.read(rings.line_rows, region, OTHER_BAND, line, acute)
        if rows.line or rows.acute:
            await self._look_at(region, rows, line, acute)
        await self._look_for_help(region)

    async def _look_at(self, region: str, rows: rings.LineRows, line: Call, acute: Call) -> None:
        desks = self._listed(region, rows.caseworkers)
        knowledge, now = self.services.knowledge, self.services.clock.now()
        # who closed for today is not rung; who is on call may be, by the region's switch
        is_open = opening(knowledge.regions[region].chat_hours, now).open
        if rows.line and is_open and not any(row["present"] for row in desks):
            ring = partial(rings.ring_for, region, OTHER_BAND, line)
            await self._ring_for(region, "line", line, ring)
        alone = [
            ticket
            for ticket in rows.acute
            if not has_room(desks, rows.places, _refused(rows.refused, ticket))
        ]
        if alone:
            ring = partial(rings.ring_these, region, OTHER_BAND, alone, acute)
            await self._ring_for(region, "acute", acute, ring)

    async def _look_for_help(self, line: str) -> None:
        """Nobody is at a desk: the people of partners are rung at home, for danger all at once, and
        else one region after the other, each as long before the next as the own ones are."""
        helpers = self._helpers_at_home(line)
        if not helpers:
            return
        knowledge, now = self.services.knowledge, self.services.clock.now()
        own = rings_at_home(knowledge, line, now)
        # who rather waits for the own region waits for those who come later today too
        anyhow = not own and not serves_today(knowledge, line, now, lambda _: 0)
        turns = await self._turns(helpers, own)
        calls = {helper: self.call(helper, "line", RING_HELP + helper) for helper in turns}
        asked = (line, turns, anyhow, list(calls.values()))
        due = await self.services.db.read(rings.unhelped, *asked)
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
                call = calls[helper]
                ring = partial(rings.ring_helper, line, helper, turns[helper], anyhow, call)
                await self._ring_for(helper, "line", call, ring)

    async def _look_at_question(self, row: Row) -> None:
        """A question was asked while nobody was on call, or the sign for it reached nobody."""
        region = str(row["region"])
        call = self.call(region, "consult", RING_CONSULT)
        # nobody planned now: looked at again, somebody may be later
        if call.people:
            ring = partial(rings.ring_again, str(row["subject"]), region, call)
            await self._ring_for(region, "consult", call, ring)

    async def _turns(self, helpers: Sequence[Agreement], own: bool) -> dict[str, int]:
        """Before when somebody must have entered the line for the people of each helper to be rung.
        One that took all it may today comes for danger only, and nobody waits for its turn."""
        wait, now = seconds(self.services.settings.ring_own_first_s), self.services.now()
        used_up = await self._used_up([one for one in helpers if one.most_per_day is not None])
        left = [one.helper for one in helpers if one.helper not in used_up]
        before = {helper: now - (turn + own) * wait for turn, helper in enumerate(left)}
        return {one.helper: before.get(one.helper, 0) for one in helpers}

    async def _used_up(self, limited: Sequence[Agreement]) -> set[str]:
        """Helpers that took as many chats today as an agreement with a maximum lets them."""
        if not limited:
            return set()
        knowledge, now = self.services.knowledge, self.services.clock.now()
        days = {one.helper: day_began(knowledge, one.helper, now) for one in limited}
        taken = await self.services.db.read(taken_since, days)
        return {
            one.helper
            for one in limited
            if taken[one.helper].get(one.id, 0) >= (one.most_per_day or 0)
        }

    def _helpers_at_home(self, line: str) -> list[Agreement]:
        """By whom help comes when nobody does here, with people who are rung, in order."""
        knowledge, now = self.services.knowledge, self.services.clock.now()
        return [
            agreement
            for agreement in lending(knowledge, line, now)
            if "nobody" in agreement.triggers and self.people(agreement.helper, "line")
        ]

    def _listed(self, region: str, desks: Sequence[Row]) -> list[Row]:
        """The desks that get conversations: in a pilot those that are listed."""
        listed = self.services.knowledge.pilots.get(region)
        return [row for row in desks if listed is None or row["caseworker"] in listed]

    def call(self, region: str, kind: RingKind, cause: str) -> Call:
        """Whom a region rings now, for one cause."""
        return Call(cause, self.people(region, kind), self.services.now(), self._free())

    def _free(self) -> int:
        """Who tried before this is done with it, or died over it."""
        settings = self.services.settings
        # two tries and the pause between them have to fit in
        pause = max(settings.ring_again_s, 3 * settings.ring_timeout_s)
        return self.services.now() - seconds(pause)

    async def _ring_for(
        self, region: str, kind: RingKind, call: Call, note: Callable[[], Command[Called]]
    ) -> None:
        called = await self.services.db.run(note)
        if called:
            many = len({ticket for subjects in called.values() for ticket in subjects})
            log.info("people of %s are rung (%s) for %d tickets", region, kind, many)
            self.changed(region)
            self.ring(region, kind, call, called)

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

    def ring(self, region: str, kind: RingKind, call: Call, called: Called) -> None:
        """Rings everybody at once; nobody waits for it here."""
        for username, subjects in called.items():
            self.start(self._ring(username, region, kind, call, subjects))

    async def _ring(
        self, username: str, region: str, kind: RingKind, call: Call, subjects: list[str]
    ) -> None:
        if not await self.ringer.ring(username, kind):
            # nothing says that it reached them, so a later look rings again
            log.error("line of %s: somebody could not be rung (%s)", region, kind)
            return
        now = self.services.now()
        await self.services.db.run(rings.reached, call.kind, subjects, username, region, now)
        self.changed(region)


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
