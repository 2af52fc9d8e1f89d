"""Makes the offers that the routing rules propose, and moves on those that nobody answers.

Any node may dispatch; who keeps the seats decides who was first, and a lost race is simply looked
at again. Nothing here holds state or knows a database; the time is handed in.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from data.knowledge import Knowledge
from handoff.clock import micros, seconds
from handoff.desk import routing
from handoff.desk.one_by_one import one_by_one
from handoff.desk.queue import ACUTE_BAND
from handoff.desk.reach import lending, lent_until, rings_at_home, serves_today
from handoff.desk.seats import Expired, Seats
from handoff.settings import Settings
from handoff.storage.sql import Rollback
from handoff.storage.units import NewEvent

log = logging.getLogger(__name__)

#: So many heads of a line are looked at in one go; the next look takes the next ones.
HEADS = 50

Tell = Callable[[routing.Decision, str], Awaitable[Sequence[NewEvent]]]


async def nothing_to_tell(decision: routing.Decision, region: str) -> Sequence[NewEvent]:
    """For who only plays a day: no visitor reads along."""
    return ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What dispatching needs of the world around it.

    `knowledge` is what the house goes by now (operation over content); `tell` is what a visitor
    reads whom another region is going to help; `ring` says that a region changed.
    """

    knowledge: Callable[[], Knowledge]
    now: Callable[[], datetime]
    settings: Settings
    ring: Callable[[str], None]
    start: Callable[[Coroutine[Any, Any, None]], Any]
    tell: Tell = nothing_to_tell


class Dispatch:
    """Offers for every line."""

    def __init__(self, seats: Seats, around: Surroundings) -> None:
        self.seats = seats
        self.around = around
        #: what holds for a line, by the minute: hours begin and end on whole minutes
        self.known: dict[str, tuple[int, Knowledge, routing.Terms]] = {}
        self.busy: set[str] = set()
        self.again: set[str] = set()

    def wake(self, region: str) -> None:
        """A region changed: its waiting tickets are looked at, once at a time."""
        if region in self.busy:
            self.again.add(region)
            return
        self.busy.add(region)
        self.around.start(self._run(region))

    async def _run(self, region: str) -> None:
        try:
            self.again.add(region)
            while region in self.again:
                self.again.discard(region)
                if await self.offers(region):
                    self.around.ring(region)
        finally:
            self.busy.discard(region)

    async def offers(self, region: str) -> int:
        """Makes the offers that are due in a region's line, at home and then elsewhere; how many
        were made."""
        moment = self.around.now()
        now = micros(moment)
        line = await self.seats.line(region, now, HEADS)
        if not line.heads:
            return 0
        line = self._for_pilot(region, line)
        bands = {head.id: head.band for head in line.heads}
        here = routing.choose(
            line,
            region=region,
            wrap_ups_open=self.around.settings.wrap_ups_open,
            now=now,
        )
        made = 0
        for decision in here:
            made += await self._offer(decision, bands[decision.ticket], now)
        chosen = {decision.ticket for decision in here}
        rest = replace(line, heads=[head for head in line.heads if head.id not in chosen])
        if rest.heads:
            made += await self._offers_elsewhere(region, rest, bands, moment)
        return made

    async def _offers_elsewhere(
        self, region: str, line: routing.Line, bands: Mapping[str, int], moment: datetime
    ) -> int:
        terms = self._about(line, self.terms(region, moment), micros(moment))
        if not terms.agreements:
            return 0
        days = {
            agreement.helper: self._day_of(agreement.helper, moment)
            for agreement in terms.agreements
        }
        helpers = {
            name: self._with_pilot(name, helper)
            for name, helper in (await self.seats.helpers(days)).items()
        }
        made = 0
        for decision in routing.choose_help(line, helpers, terms, now=micros(moment)):
            assert decision.agreement is not None
            helper = decision.agreement.helper
            told = await self.around.tell(decision, helper)
            made += await self._offer(
                decision, bands[decision.ticket], micros(moment), days[helper], told
            )
            self.around.ring(helper)
        return made

    def _about(self, line: routing.Line, terms: routing.Terms, now: int) -> routing.Terms:
        """The terms with only those agreements that are about anybody here: the desks of the
        others are not read."""
        present = any(desk.present for desk in line.desks)
        agreements = [
            agreement
            for agreement in terms.agreements
            if any(
                routing.ground_of(agreement, head, present=present, terms=terms, now=now)
                for head in line.heads
            )
        ]
        return replace(terms, agreements=agreements)

    def terms(self, region: str, moment: datetime) -> routing.Terms:
        """What holds for a line at a moment (aware): agreements of helpers that are open, or were;
        whether anybody is rung, and whether anybody comes later today."""
        minute, knowledge = int(moment.timestamp()) // 60, self.around.knowledge()
        known = self.known.get(region)
        if known is None or known[0] != minute or known[1] is not knowledge:
            known = self.known[region] = minute, knowledge, self._terms(knowledge, region, moment)
        return known[2]

    def _terms(self, knowledge: Knowledge, region: str, moment: datetime) -> routing.Terms:
        settings = self.around.settings
        open_now = {agreement.helper for agreement in lending(knowledge, region, moment)}
        agreements, closed = [], {}
        for agreement in knowledge.agreements:
            if agreement.home != region:
                continue
            if agreement.helper not in open_now:
                since = lent_until(knowledge, agreement, moment)
                if since is None:
                    continue
                closed[agreement.helper] = micros(since)
            agreements.append(agreement)
        # whose people want to go home are asked after those who are open
        agreements.sort(key=lambda agreement: agreement.helper in closed)
        return routing.Terms(
            agreements=agreements,
            closed=closed,
            rings=rings_at_home(knowledge, region, moment),
            ring_own_first_s=settings.ring_own_first_s,
            wrap_ups_open=settings.wrap_ups_open,
            comes_today=serves_today(knowledge, region, moment, lambda _: 0),
        )

    def _day_of(self, region: str, moment: datetime) -> int:
        """When the local day of a region began, in microseconds."""
        zone = self.around.knowledge().regions[region].chat_hours.zone
        local = moment.astimezone(zone)
        return micros(local.replace(hour=0, minute=0, second=0, microsecond=0))

    def _for_pilot(self, region: str, line: routing.Line) -> routing.Line:
        """In a pilot only the listed caseworkers get offers (R36)."""
        return replace(line, desks=self._piloted(region, line.desks))

    def _with_pilot(self, region: str, helper: routing.Helper) -> routing.Helper:
        return replace(helper, desks=self._piloted(region, helper.desks))

    def _piloted(self, region: str, desks: Sequence[routing.Desk]) -> Sequence[routing.Desk]:
        listed = self.around.knowledge().pilots.get(region)
        return desks if listed is None else [desk for desk in desks if desk.caseworker in listed]

    async def _offer(
        self,
        decision: routing.Decision,
        band: int,
        now: int,
        day: int = 0,
        told: Sequence[NewEvent] = (),
    ) -> int:
        settings, acute = self.around.settings, band == ACUTE_BAND
        timeout = settings.offer_acute_timeout_s if acute else settings.offer_timeout_s
        try:
            await self.seats.offer(decision, now + seconds(timeout), now, day, told)
        except Rollback as refused:
            log.info("ticket %s: not offered (%s)", decision.ticket, refused.reason)
            return 0
        log.info("ticket %s: offered (%s)", decision.ticket, decision.reason)
        return 1

    async def expire(self) -> None:
        """Moves on the offers whose time is over; a desk that never answers becomes away."""
        now = micros(self.around.now())
        await one_by_one(await self.seats.expired(now), self._expire)

    async def _expire(self, ticket: str) -> None:
        now, settings = micros(self.around.now()), self.around.settings
        until = now + seconds(settings.offer_again_s)
        expired: Expired = await self.seats.expire(ticket, now, until)
        log.info("ticket %s: no answer", ticket)
        if expired.unanswered >= settings.offers_unanswered:
            await self.seats.nobody_there(expired.caseworker)
        for region in {expired.line, expired.region}:
            self.around.ring(region)
