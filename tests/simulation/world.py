"""The made-up country of a day: its regions, people, agreements and clock, decided by a seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from data import knowledge as files
from data.hours import MINUTES_A_DAY
from data.knowledge import Knowledge
from data.rota import Planned
from handoff.desk import queue
from handoff.desk.routing import Decision
from handoff.desk.seats.memory import MemoryTicket
from handoff.insight.house import House, Work
from handoff.settings import Settings
from handoff.storage.units import NewEvent

#: Any week with a clock change in it, and one without.
MONDAYS = (datetime(2026, 10, 19, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))
SETTINGS = Settings()
FOR_GOOD = datetime(2020, 1, 1, tzinfo=UTC).date()
EVERY_DAY = frozenset(range(7))
#: From when to when people are planned: always, the evening, the night.
SHIFTS = ((0, MINUTES_A_DAY), (0, MINUTES_A_DAY), (17 * 60, 23 * 60), (22 * 60, 30 * 60))


class Broken(AssertionError):
    """Raised when a rule does not hold."""


@dataclass(frozen=True, slots=True)
class Country:
    """How many regions, caseworkers and visitors there are, and for how long."""

    regions: int = 7
    visitors: int = 40
    hours: float = 3
    caseworkers: int = 2
    #: the rules are checked after so many things that happened
    check_every: int = 1
    #: everything is over within so many hours once nobody comes any more; longer is stuck
    drained_h: float = 16


DAY = Country()
#: Weeks of the whole country: as it was at first (DOMAIN 6), ten times that, and far too much.
WEEKS = {
    "week": Country(
        regions=26, visitors=425, hours=168, caseworkers=4, check_every=1, drained_h=48
    ),
    "busy": Country(
        regions=26, visitors=5_000, hours=168, caseworkers=8, check_every=100, drained_h=240
    ),
    "flood": Country(
        regions=26, visitors=100_000, hours=168, caseworkers=30, check_every=5_000, drained_h=2_400
    ),
}


@lru_cache
def shipped() -> Knowledge:
    """The data as it ships."""
    return files.load()


async def told(decision: Decision, region: str) -> Sequence[NewEvent]:
    """Every visitor whom another region helps reads so."""
    read: Any = (region,)
    found: Sequence[NewEvent] = read
    return found


class World:
    """What everybody in a day shares."""

    def __init__(
        self, seed: int, country: Country, offered: Callable[[Decision, int], None]
    ) -> None:
        self.chance = Random(seed)
        self.country = country
        self.regions = self._regions()
        self.people = {
            f"{region}-{number}": region
            for region in self.regions
            for number in range(self.chance.randint(0, country.caseworkers))
        }
        begins = self.chance.choice(MONDAYS) + timedelta(
            days=self.chance.randrange(7), minutes=self.chance.randrange(6 * 60, 23 * 60)
        )
        self.house = House(self._knowledge(), SETTINGS, begins, offered)
        dispatch = self.house.dispatch
        dispatch.around = replace(dispatch.around, tell=told)
        self.seats = self.house.seats
        self.until = begins + timedelta(hours=country.hours)
        #: from then on everybody answers
        self.calm = False
        self.counts: Counter[str] = Counter()

    @property
    def knowledge(self) -> Knowledge:
        """What the house goes by now."""
        return self.house.knowledge

    def _regions(self) -> list[str]:
        everywhere = list(shipped().regions)
        pool = list(shipped().pools["oost"].regions)
        brabant = [one.home for one in shipped().agreements if one.id == "brabant"]
        near = self.chance.choice((pool, brabant, everywhere, everywhere))
        if self.country.regions >= len(everywhere):
            near = everywhere
        many = min(len(set(near)), self.country.regions)
        return sorted(self.chance.sample(sorted(set(near)), many))

    def _knowledge(self) -> Knowledge:
        """The shipped data with small caps, short agreements and a roster here and there."""
        data = shipped()
        regions = {
            slug: replace(region, region_cap=self.chance.choice((0, 1, 2, 3, 5, 8)))
            for slug, region in data.regions.items()
        }
        agreements = tuple(
            replace(one, most_per_day=self.chance.choice((None, 1, 3, 20)))
            for one in data.agreements
            if self.chance.random() < 0.9
        )
        pilots = {
            region: frozenset({f"{region}-0"})
            for region in self.regions
            if self.chance.random() < 0.1
        }
        roster = tuple(self._roster())
        return replace(data, regions=regions, agreements=agreements, roster=roster, pilots=pilots)

    def _roster(self) -> Sequence[Planned]:
        """Half of all people are planned at home; half of all regions have somebody on call."""
        found = []
        seniors = {f"{region}-senior": region for region in self.regions}
        for role, people in (("after_hours", self.people), ("on_call", seniors)):
            for name, region in people.items():
                if self.chance.random() < 0.5:
                    times = self.chance.choice(SHIFTS)
                    found.append(
                        Planned(name, region, name, role, EVERY_DAY, *times, FOR_GOOD, None)
                    )
        return found

    def settle_down(self) -> None:
        """The calm after the day: no pilot any more, and a place at least in every region."""
        self.calm = True
        self.house.knowledge = replace(self.knowledge, pilots={})
        for region, cap in self.seats.caps.items():
            self.seats.caps[region] = max(1, cap)
            self.ring(region)

    def soon(self, work: Work, within_s: float) -> None:
        """Something that happens at any moment within so many seconds."""
        self.house.after(self.chance.uniform(0, within_s), work)

    def ring(self, *regions: str) -> None:
        """Regions changed."""
        for region in regions:
            self.house.ring(region)

    def look_at(self, ticket: MemoryTicket) -> Callable[[], Coroutine[Any, Any, None]]:
        """A look at the line of a ticket."""

        async def look() -> None:
            self.ring(ticket.line)

        return look

    def chats_of(self, name: str) -> list[MemoryTicket]:
        """The chats of a caseworker."""
        return [
            self.seats.tickets[seat.ticket]
            for seat in self.seats.seats.values()
            if seat.caseworker == name and seat.expires_at is None
        ]

    def place_back(self, ticket: MemoryTicket) -> tuple[int, int]:
        """Where a ticket stands that is given back."""
        head_start = self.knowledge.queue.head_start_min["given_back"] * queue.MINUTE
        return ticket.band, ticket.waiting_since - head_start
