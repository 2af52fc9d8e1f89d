"""Every escalation once: who has to be rung is rung at once, and never again while a ticket waits;
who comes on duty meanwhile is rung too, a pause after the others were.

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
#: Who of which region is rung, how, and for which waits.
Sign = tuple[str, str, set[str], set[Wait]]
#: So long nobody is rung for the same once more.
PAUSE = seconds(max(SETTINGS.ring_again_s, 3 * SETTINGS.ring_timeout_s))


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
        #: when somebody was rung for it last, and who was so far
        self.signed: dict[Wait, tuple[int, set[str]]] = {}

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
        due = [(name, kind) for _, kind, names, _ in owed for name in names]
        self.heard.clear()
        drive(self.rings.look())
        self.world.house.settle()
        if sorted(self.heard) != sorted(due):
            raise Broken(f"{sorted(self.heard)} were rung, and should have been {sorted(due)}")
        for _, kind, names, waits in owed:
            self.world.counts[f"rung {kind}"] += 1
            for wait in waits:
                before = self.signed.get(wait, (0, set()))[1]
                self.world.counts["rung once more"] += bool(before)
                self.signed[wait] = (self.world.house.now(), before | names)

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
        turn, comes = int(bool(self.facts.rung(line, "line"))), self.facts.comes_today(line)
        for agreement in self.facts.helpers_at_home(line):
            helper, used_up = agreement.helper, self.facts.used_up(agreement, OTHER_BAND)
            before = self.world.house.now() - turn * seconds(SETTINGS.ring_own_first_s)
            # who takes nobody more today is rung for danger only, and is nobody's turn
            turn += not used_up
            helpless = [
                ticket
                for ticket in waits
                if ticket.state == "waiting"
                and ticket.visitor not in LEFT
                and (
                    ticket.band == ACUTE_BAND
                    or not (used_up or ticket.entered_at > before or (comes and ticket.own_only))
                )
            ]
            if not self.facts.present(helper):
                yield from self._sign(helper, "line", f"help of {helper}", helpless)

    def _sign(
        self, region: str, kind: str, why: str, tickets: Sequence[MemoryTicket]
    ) -> Iterator[Sign]:
        people, free = set(self.facts.rung(region, kind)), self.world.house.now() - PAUSE
        names: set[str] = set()
        waits = set()
        for ticket in tickets if people else ():
            wait = (ticket.id, why, ticket.entered_at)
            at, before = self.signed.get(wait, (free, set()))
            if at <= free and people - before:
                waits.add(wait)
                names |= people - before
        if waits:
            yield region, kind, names, waits
