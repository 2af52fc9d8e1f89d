"""A made-up day with everything that can happen, decided by a seed; rules that always hold.

Caseworkers come, go, decline, do not answer, lower their cap and lose their link; visitors leave,
come back, become acute, and rather wait for their own region. The routing, the queue, the dispatch
and the ringing are the real ones. A day that breaks a rule says which, with the seed that plays it
again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from data.rota import line_of
from handoff.desk.routing import Decision
from handoff.desk.seats.memory import MemoryTicket
from tests.simulation.caseworkers import Caseworkers
from tests.simulation.facts import Facts
from tests.simulation.rules import Rules
from tests.simulation.signs import Signs
from tests.simulation.unserved import Unserved
from tests.simulation.visitors import Visitors
from tests.simulation.world import DAY, Broken, Country, World

#: Told after every step of a long day: how far it is.
Progress = Callable[["Day"], None]


class Day:
    """A day. `play` raises `Broken`."""

    def __init__(self, seed: int, country: Country = DAY) -> None:
        self.country = country
        self.world = World(seed, country, self._offered)
        self.house, self.seats = self.world.house, self.world.seats
        self.facts = Facts(self.world)
        self.rules = Rules(self.world, self.facts)
        self.unserved = Unserved(self.world, self.facts)
        self.caseworkers, self.visitors = Caseworkers(self.world), Visitors(self.world)
        self.signs = Signs(self.world, self.facts, self.caseworkers.rung)
        self.steps = 0

    def _offered(self, decision: Decision, expires_at: int) -> None:
        self.rules.offered(decision)
        self.caseworkers.offered(decision)

    def play(self, progress: Progress | None = None) -> None:
        """The day, and then as long as it takes until everybody was served."""
        for name in self.world.people:
            self.world.soon(self.caseworkers.arrives(name), self.country.hours * 1_200)
        for number in range(self.country.visitors):
            self.world.soon(self.visitors.comes(number), self.country.hours * 3_600)
        self._until(self.world.until, lambda: True, progress)
        self._calm_down()
        last = self.world.until + timedelta(hours=self.country.drained_h)
        self._until(last, self._any_open, progress)
        self.check()
        if self._open():
            some = [(found.id, found.state, found.line) for found in self._open()[:5]]
            raise Broken(f"{len(self._open())} are stuck, such as {some}")

    def _until(
        self, last: datetime, goes_on: Callable[[], bool], progress: Progress | None
    ) -> None:
        while self.house.events and self.house.time < last and goes_on():
            self.house.step()
            self.steps += 1
            if self.steps % self.country.check_every == 0:
                self.check()
            if progress is not None:
                progress(self)

    def check(self) -> None:
        """All that holds between two steps."""
        self.signs.check()
        self.rules.check()
        self.unserved.check()

    def _open(self) -> list[MemoryTicket]:
        return [
            ticket
            for ticket in self.seats.tickets.values()
            if ticket.state in ("waiting", "offered", "active")
        ]

    def _any_open(self) -> bool:
        return bool(self.seats.seats) or any(self.seats.waiting.values())

    def _calm_down(self) -> None:
        """From now on everybody answers, and every line has somebody: nothing may stay behind."""
        world = self.world
        world.settle_down()
        pools = world.knowledge.pools
        lines = {line_of(pools, region, self.house.time) for region in world.regions}
        for region in sorted(lines.union(world.regions)):
            name = f"{region}-last"
            world.people[name] = region
            world.soon(self.caseworkers.arrives(name), 60)


def play(seed: int, country: Country = DAY, progress: Progress | None = None) -> Counter[str]:
    """Plays one day; what happened how often. Raises `Broken` with how to play it again."""
    try:
        day = Day(seed, country)
        day.play(progress)
    except Broken as broken:
        raise Broken(f'{broken}; replay with make simulate ARGS="--seed {seed}"') from broken
    return day.world.counts
