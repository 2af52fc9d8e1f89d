"""Every escalation once: who has to be rung is rung at once, and never again while a ticket waits.

The rules that decide are the real ones (`handoff/desk/rings.py`) over a ledger in memory. Who has
to be rung is worked out here from the facts, and each ticket is remembered by when it entered its
line: only who waits anew is rung for anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from handoff.clock import seconds
from handoff.desk.queue import ACUTE_BAND, OTHER_BAND
from handoff.desk.rings import Rings
from handoff.desk.seats.memory import MemoryTicket
from handoff.insight.house import drive
from handoff.protocol import LEFT
from tests.simulation.facts import Facts
from tests.simulation.ledger import Ledger
from tests.simulation.world import SETTINGS, Broken, World

#: When nobody is owed a sign it is looked all the same so often, that none comes twice.
IDLE_LOOK = 16

#: For which wait somebody is rung: the ticket, why, and since when it stands in line.
Wait = tuple[str, str, int]
#: Whose people are rung, how, and for which waits.
Sign = tuple[str, str, set[Wait]]


class ByHouse:
    """What ringing needs of `Services`: the clock, the data, and the ledger as its database."""

    def __init__(self, world: World) -> None:
        self.house, self.db, self.settings = world.house, Ledger(world.seats), SETTINGS
        self.clock = SimpleNamespace(now=lambda: self.house.time)

    @property
    def knowledge(self) -> Any:
        """What the house goes by now."""
        return self.house.knowledge

    def now(self) -> int:
        """The time in microseconds."""
        return self.house.now()


class Signs:
    """Rings, and looks whether the right people were rung."""

    def __init__(self, world: World, facts: Facts, rung: Any) -> None:
        self.world, self.facts = world, facts
        self.services: Any = ByHouse(world)
        self.ledger: Ledger = self.services.db
        self.rings = Rings(self.services, self, drive, world.house.ring)
        #: who is told of a sign, so that some come
        self.rung = rung
        self.heard: list[tuple[str, str]] = []
        self.looks = 0
        self.signed: set[Wait] = set()

    async def ring(self, username: str, kind: str) -> bool:
        """Somebody gets a sign."""
        self.heard.append((username, kind))
        self.rung(username)
        return True

    def check(self) -> None:
        """One look of the house; raises `Broken` when others are rung than should be."""
        self.looks += 1
        owed = list(self._owed())
        if not owed and self.looks % IDLE_LOOK:
            return
        due = [(name, kind) for region, kind, _ in owed for name in self.facts.rung(region, kind)]
        self.heard.clear()
        drive(self.rings.look())
        self.world.house.settle()
        if sorted(self.heard) != sorted(due):
            raise Broken(f"{sorted(self.heard)} were rung, and should have been {sorted(due)}")
        for _, kind, waits in owed:
            self.world.counts[f"rung {kind}"] += 1
            self.signed.update(waits)

    def _owed(self) -> Iterator[Sign]:
        """Whose people have to be rung now, for what, and for which waits."""
        for line in self.ledger.lines():
            waits = list(self.ledger.waits(line, OTHER_BAND))
            alone = not self.facts.present(line)
            if alone:
                yield from self._sign(line, "line", "line", waits)
            no_room = [
                ticket
                for ticket in waits
                if ticket.band == ACUTE_BAND and not self.facts.may_be_asked(ticket)
            ]
            yield from self._sign(line, "acute", "acute", no_room)
            if alone:
                yield from self._help(line, waits)

    def _help(self, line: str, waits: Sequence[MemoryTicket]) -> Iterator[Sign]:
        """Partners ring at home too when nobody is there: for danger all at once, for others one
        after the other, each in its turn."""
        if all(self.facts.present(one.helper) for one in self.facts.agreements[line]):
            # whoever is at a desk is not rung
            return
        own = bool(self.facts.rung(line, "line"))
        for turn, helper in enumerate(self.facts.helpers_at_home(line)):
            before = self.world.house.now() - (turn + own) * seconds(SETTINGS.ring_own_first_s)
            helpless = [
                ticket
                for ticket in waits
                if ticket.state == "waiting"
                and ticket.visitor not in LEFT
                and (
                    ticket.band == ACUTE_BAND
                    or (ticket.entered_at <= before and not (own and ticket.own_only))
                )
            ]
            if not self.facts.present(helper):
                yield from self._sign(helper, "line", f"help of {helper}", helpless)

    def _sign(
        self, region: str, kind: str, why: str, tickets: Sequence[MemoryTicket]
    ) -> Iterator[Sign]:
        waits = {(ticket.id, why, ticket.entered_at) for ticket in tickets} - self.signed
        if waits and self.facts.rung(region, kind):
            yield region, kind, waits
