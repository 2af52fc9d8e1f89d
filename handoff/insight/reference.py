"""A plain queue: who comes first is served first, in the own line, on as many places as the caps
give. No offers, no overflow. Small enough to be believed, and what Erlang-A can be held against.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random

from data.hours import opening
from data.rota import line_of
from handoff.insight.scenario import Arrival, Outcome, Presence, Scenario, Visit


def play(scenario: Scenario, chance: Random) -> Outcome:
    """Plays a scenario; nothing is left to chance here."""
    return _Play(scenario).run()


@dataclass(slots=True)
class _Line:
    """Who waits for one region, who is there to serve, and how many places are taken."""

    cap: int
    waiting: list[tuple[bool, int]] = field(default_factory=list)
    present: list[Presence] = field(default_factory=list)
    #: the last shift before closing: it stays until the line is empty (R64)
    last: list[Presence] = field(default_factory=list)
    used: int = 0

    @property
    def places(self) -> int:
        """The lower of the two caps."""
        return min(self.cap, sum(shift.cap for shift in self.present or self.last))


class _Play:
    """One run: what happens next, until nothing is left."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.turn = count()
        self.events: list[tuple[datetime, int, str, object]] = []
        self.lines: defaultdict[str, _Line] = defaultdict(lambda: _Line(0))
        for slug, region in scenario.knowledge.regions.items():
            self.lines[slug] = _Line(region.region_cap)
        self.visits: dict[int, Visit] = {}
        #: what each region's hours say, and until when
        self.hours: dict[str, tuple[bool, datetime]] = {}

    def run(self) -> Outcome:
        for shift in self.scenario.presence:
            self._at(shift.begins, "begins", shift)
            self._at(shift.ends, "ends", shift)
        for number, arrival in enumerate(self.scenario.arrivals):
            self._at(arrival.at, "comes", number)
        while self.events:
            now, _, what, about = heappop(self.events)
            if isinstance(about, Presence):
                self._shift(what, about, now)
            elif isinstance(about, int):
                self._visitor(what, about, now)
            else:
                self.lines[str(about)].used -= 1
                self._serve(str(about), now)
        arrivals = self.scenario.arrivals
        return Outcome(tuple(self.visits[number] for number in range(len(arrivals))))

    def _at(self, at: datetime, what: str, about: object) -> None:
        heappush(self.events, (at, next(self.turn), what, about))

    def _shift(self, what: str, shift: Presence, now: datetime) -> None:
        line = self.lines[shift.region]
        if what == "begins":
            line.present.append(shift)
            line.last = []
        else:
            if self._front(line) is not None and not self._open(shift.region, now):
                line.last.append(shift)
            line.present.remove(shift)
        self._serve(shift.region, now)

    def _visitor(self, what: str, number: int, now: datetime) -> None:
        arrival = self.scenario.arrivals[number]
        if what == "comes":
            self._comes(number, arrival, now)
        elif number not in self.visits:
            self._ends(number, "left", now)

    def _comes(self, number: int, arrival: Arrival, now: datetime) -> None:
        knowledge = self.scenario.knowledge
        if arrival.leaves == "at_once":
            self._ends(number, "at_once", now)
        elif not self._open(arrival.region, now):
            self._ends(number, "closed", now)
        else:
            slug = line_of(knowledge.pools, arrival.region, now)
            heappush(self.lines[slug].waiting, _place(arrival, number))
            self._at(now + timedelta(seconds=arrival.patience_s), "gives up", number)
            self._serve(slug, now)

    def _serve(self, slug: str, now: datetime) -> None:
        """Gives free places to who stands in front; a place is held while an offer is answered."""
        line = self.lines[slug]
        while line.used < line.places and (number := self._front(line)) is not None:
            heappop(line.waiting)
            arrival = self.scenario.arrivals[number]
            answered = now + timedelta(seconds=self.scenario.answer_s)
            gone = arrival.at + timedelta(seconds=arrival.patience_s)
            line.used += 1
            if gone < answered:
                self._ends(number, "left", gone)
                self._at(gone, "free", slug)
            else:
                self._ends(number, "answered", answered, slug)
                self._at(answered + timedelta(seconds=arrival.service_s), "free", slug)

    def _open(self, slug: str, now: datetime) -> bool:
        """Whether a region is open; time only goes forward, so an answer holds until its end."""
        found, until = self.hours.get(slug, (False, now))
        if now >= until:
            state = opening(self.scenario.knowledge.regions[slug].chat_hours, now)
            changes = state.closes_at if state.open else state.opens_at
            found, until = state.open, changes or now + timedelta(days=1)
            self.hours[slug] = (found, until)
        return found

    def _front(self, line: _Line) -> int | None:
        """Who stands in front; who left is taken out of the line only here."""
        while line.waiting and line.waiting[0][1] in self.visits:
            heappop(line.waiting)
        return line.waiting[0][1] if line.waiting else None

    def _ends(self, number: int, end: str, at: datetime, line: str | None = None) -> None:
        """`line` served the visitor, if any did: nobody is served outside the own line here."""
        arrival = self.scenario.arrivals[number]
        waited_s = (at - arrival.at).total_seconds()
        self.visits[number] = Visit(arrival, end, waited_s, line, line)


def _place(arrival: Arrival, number: int) -> tuple[bool, int]:
    """The place in line: acute first, then who came first."""
    return arrival.level != "acute", number
