"""The offers that dispatching makes with real data, over the seats in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from data import knowledge as files
from data.hours import Block, Schedule
from data.knowledge import Knowledge
from data.rota import Planned
from handoff.clock import micros
from handoff.desk.dispatch import Dispatch, Surroundings
from handoff.desk.queue import ACUTE_BAND, OTHER_BAND
from handoff.desk.seats.memory import MemoryTicket
from handoff.desk.seats.played import PlayedSeats
from handoff.settings import Settings
from tests.support.clock import FakeClock

#: Open until eleven, and until five; both on the clock there.
LATE, EARLY, OTHER = "zuidoost-brabant", "midden-brabant", "brabant-noordoost"
#: A Monday: noon and seven in the evening there.
NOON, EVENING = (datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (11, 18))
EVERY_DAY = frozenset(range(7))
DATA = files.load()
SECOND = 1_000_000


class Floor:
    """Regions with seats in memory, and whoever sits there."""

    def __init__(self, now: datetime, knowledge: Knowledge = DATA) -> None:
        self.clock, self.seats = FakeClock(now), PlayedSeats()
        around = Surroundings(
            lambda: knowledge, self.clock.now, Settings(), lambda region: None, lambda work: None
        )
        self.dispatch = Dispatch(self.seats, around)

    @property
    def now(self) -> int:
        return micros(self.clock.now())

    async def sits(self, region: str, cap: int = 3) -> str:
        """Somebody who takes offers."""
        name = f"{region}-1"
        await self.seats.region(region, 5)
        await self.seats.desk(name, region, cap)
        await self.seats.presence(name, "available", linked=True)
        return name

    async def waits(self, id: str, line: str, band: int = OTHER_BAND, **more: Any) -> MemoryTicket:
        """A visitor in line."""
        ticket = MemoryTicket(id, line, line, band, self.now, self.now, self.now, **more)
        await self.seats.open(ticket)
        return ticket


def planned(region: str, start: int, end: int) -> Knowledge:
    """Somebody of the front office is planned every day, between these minutes of it."""
    first = date(2026, 1, 1)
    shift = Planned("p", region, "piet", "front_office", EVERY_DAY, start, end, first, None)
    return replace(DATA, roster=(shift,))


async def test_a_helper_that_closed_is_asked_after_one_that_is_open() -> None:
    """Both stay for who began before; who closed wants to go home."""
    until_six = Schedule(DATA.regions[LATE].chat_hours.zone, (Block(EVERY_DAY, 0, 1080),))
    agreements = tuple(
        replace(one, hours=until_six if one.helper == LATE else None) for one in DATA.agreements
    )
    regions = {slug: replace(DATA.regions[LATE], slug=slug) for slug in DATA.regions}
    floor = Floor(EVENING, replace(DATA, agreements=agreements, regions=regions))

    terms = floor.dispatch.terms(OTHER, floor.clock.now())

    helpers = [agreement.helper for agreement in terms.agreements]
    assert helpers == [EARLY, LATE]
    assert set(terms.closed) == {LATE}


async def test_who_rather_waits_for_the_own_region_is_kept_for_who_is_planned_later_today() -> None:
    # from one to five in the afternoon
    floor = Floor(NOON, planned(EARLY, 13 * 60, 17 * 60))
    await floor.sits(LATE)
    ticket = await floor.waits("t1", EARLY, own_only=True)

    assert await floor.dispatch.offers(EARLY) == 0
    # the last of today has gone home, and nobody came
    floor.clock.move(5 * 3600)
    assert await floor.dispatch.offers(EARLY) == 1
    assert ticket.serving == LATE


async def test_somebody_in_danger_who_left_keeps_no_seat_from_one_who_is_there() -> None:
    floor = Floor(NOON)
    name = await floor.sits(LATE, cap=1)
    await floor.waits("gone", LATE, ACUTE_BAND, visitor="gone")
    await floor.dispatch.offers(LATE)
    await floor.seats.decline("gone", name, floor.now + 60 * SECOND)
    there = await floor.waits("there", EARLY, ACUTE_BAND)

    await floor.dispatch.offers(EARLY)

    assert (there.state, there.serving) == ("offered", LATE)


async def test_somebody_in_danger_is_offered_by_an_agreement_that_is_used_up() -> None:
    agreements = tuple(replace(one, most_per_day=1) for one in DATA.agreements)
    floor = Floor(NOON, replace(DATA, agreements=agreements))
    name = await floor.sits(LATE)
    first, second = await floor.waits("t1", EARLY), await floor.waits("t2", EARLY)
    await floor.dispatch.offers(EARLY)
    await floor.seats.accept("t1", name, floor.now)
    assert (first.state, second.state) == ("active", "waiting")

    await floor.seats.order("t2", ACUTE_BAND, second.queue_at)
    await floor.dispatch.offers(EARLY)

    assert (second.state, second.serving) == ("offered", LATE)
