"""For whom whom was rung, in a dictionary: what the table `escalation` is to ringing.

The rules of `handoff/desk/rings.py` ask it instead of a database. A test holds it against the real
commands on both databases.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from handoff.desk.queue import ACUTE_BAND
from handoff.desk.seats.memory import MemoryTicket
from handoff.desk.seats.played import PlayedSeats
from handoff.protocol import LEFT
from handoff.storage import rings, tickets
from handoff.storage.rings import Call, Called, LineRows
from handoff.storage.sql import Row
from handoff.storage.tables import MOST_CHATS


class Ledger:
    """Notes every sign once; stands in for `Database` towards the ringing commands."""

    def __init__(self, seats: PlayedSeats) -> None:
        self.seats = seats
        #: by ticket and cause: when it was tried last, and whom it reached
        self.rung: defaultdict[str, dict[str, tuple[int, list[str]]]] = defaultdict(dict)
        anew = seats._waits_anew

        def waits_anew(ticket: MemoryTicket, now: int) -> None:
            anew(ticket, now)
            self.forget(ticket.id)

        seats._waits_anew = waits_anew  # type: ignore[method-assign]
        self.commands: dict[object, Callable[..., Any]] = {
            rings.lines: self.lines,
            rings.line_rows: self.line_rows,
            rings.ring_for: self.ring_for,
            rings.ring_these: self.ring_these,
            rings.unhelped: self.unhelped,
            rings.desks_of: self.desks_of,
            rings.ring_helper: self.ring_helper,
            rings.reached: self.reached,
            rings.unheard: lambda free: [],
            tickets.taken_since: self.taken_since,
        }

    async def read(self, command: object, *given: Any) -> Any:
        """What the command finds."""
        return self.commands[command](*given)

    async def run(self, command: object, *given: Any) -> Any:
        """What the command does."""
        if isinstance(command, partial):
            command, given = command.func, (*command.args, *given)
        return self.commands[command](*given)

    def forget(self, ticket: str) -> None:
        """Who waits anew is rung for anew."""
        self.rung.pop(ticket, None)

    def lines(self) -> list[str]:
        """The lines in which somebody waits for a person of the own region."""
        found = {line for line, keys in self.seats.waiting.items() if keys}
        return sorted(found | {ticket.line for ticket in self._asked_elsewhere()})

    def line_rows(self, region: str, last_band: int, first: Call, second: Call) -> LineRows:
        """What decides about ringing for a line."""
        line = any(self._unrung(self.waits(region, last_band), first))
        found = self._unrung(self.waits(region, ACUTE_BAND), second)
        acute = [ticket.id for ticket in sorted(found, key=lambda ticket: ticket.key)]
        return LineRows(
            caseworkers=self._desks(region) if line or acute else (),
            places=self._places(region) if line or acute else (),
            line=line,
            acute=acute,
            refused=[
                {"ticket": id, "caseworker": name, "declined": declined}
                for id in acute
                for name, (until, declined) in self.seats.not_again[id].items()
                if until > second.now
            ],
        )

    def ring_for(self, region: str, band: int, call: Call) -> Called:
        """Notes that people are rung for everybody in a line; whom, and for which tickets."""
        return self._note(self.waits(region, band), call)

    def ring_these(self, region: str, band: int, ids: Sequence[str], call: Call) -> Called:
        """Notes that people are rung for these tickets of a line."""
        return self._note([one for one in self.waits(region, band) if one.id in ids], call)

    def unhelped(
        self, line: str, turns: Mapping[str, int], anyhow: bool, calls: Sequence[Call]
    ) -> list[str]:
        """Which of these regions have to ring their people for a line."""
        return [
            helper
            for (helper, before), call in zip(turns.items(), calls, strict=True)
            if any(self._unrung(self._helpless(line, before, anyhow), call))
        ]

    def ring_helper(self, line: str, helper: str, before: int, anyhow: bool, call: Call) -> Called:
        """Notes that people of another region are rung for a line."""
        return self._note(self._helpless(line, before, anyhow), call)

    def reached(
        self, kind: str, subjects: Sequence[str], username: str, region: str, now: int
    ) -> None:
        """Notes that a sign was passed on."""
        for id in subjects:
            if kind in self.rung[id]:
                self.rung[id][kind][1].append(username)

    def taken_since(self, days: Mapping[str, int]) -> dict[str, dict[str, int]]:
        """How many chats some regions took by each agreement since their day began."""
        return {region: dict(self.seats.taken(region, day)) for region, day in days.items()}

    def desks_of(self, regions: Iterable[str]) -> dict[str, list[Row]]:
        """The caseworkers of some regions."""
        return {region: self._desks(region) for region in regions}

    def _note(self, found: Iterable[MemoryTicket], call: Call) -> Called:
        called: Called = {}
        for ticket in list(self._unrung(found, call)):
            before = self.rung[ticket.id].get(call.kind, (0, []))[1]
            self.rung[ticket.id][call.kind] = (call.now, before)
            for name in self._missing(before, call):
                called.setdefault(name, []).append(ticket.id)
        return called

    def _unrung(self, found: Iterable[MemoryTicket], call: Call) -> Iterator[MemoryTicket]:
        for ticket in found:
            at, before = self.rung[ticket.id].get(call.kind, (call.free, []))
            if at <= call.free and self._missing(before, call):
                yield ticket

    def _missing(self, before: Sequence[str], call: Call) -> list[str]:
        return [name for name in call.people if name not in before]

    def _helpless(self, line: str, before: int, anyhow: bool) -> Iterator[MemoryTicket]:
        """Who waits for help of another region: danger at once, the rest when it is their turn."""
        for band, _, id in self.seats.waiting[line]:
            ticket = self.seats.tickets[id]
            turn = ticket.entered_at <= before and (anyhow or not ticket.own_only)
            if ticket.visitor not in LEFT and (band == ACUTE_BAND or turn):
                yield ticket

    def waits(self, region: str, last_band: int) -> Iterator[MemoryTicket]:
        """Who waits in a line, and who is in danger while another region is asked."""
        for band, _, id in self.seats.waiting[region]:
            if band > last_band:
                break
            yield self.seats.tickets[id]
        for ticket in self._asked_elsewhere():
            if ticket.line == region:
                yield ticket

    def _asked_elsewhere(self) -> Iterator[MemoryTicket]:
        for seat in self.seats.seats.values():
            ticket = self.seats.tickets[seat.ticket]
            offered = ticket.state == "offered" and ticket.band == ACUTE_BAND
            if offered and ticket.serving != ticket.line:
                yield ticket

    def _desks(self, region: str) -> list[Row]:
        return [
            {
                "caseworker": name,
                "cap": min(self.seats.desks[name].cap, MOST_CHATS),
                "used": self.seats.held_by[name],
                "available": self.seats.desks[name].available,
                "present": self.seats.desks[name].linked and self.seats.desks[name].state != "away",
            }
            for name in self.seats.of_region[region]
        ]

    def _places(self, region: str) -> list[Row]:
        if region not in self.seats.caps:
            return []
        return [{"cap": self.seats.caps[region], "used": self.seats.held_in[region]}]
