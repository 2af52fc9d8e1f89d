"""What is simulated, and what came of it: one value in, one value out, for any engine.

A scenario holds everything that chance decides about visitors (when they come, how long they talk,
how long they wait), so that two engines, or two rosters, can be given the very same week. An engine
decides who serves whom. Times are aware datetimes in UTC, durations are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from random import Random
from typing import Protocol

from data.knowledge import Knowledge
from data.regions import MOST_CHATS
from data.triage import LEVELS

#: How a visitor who does not wait any longer goes: with a sign (the place is free at once),
#: silently (the link is gone, and the house finds out later), or offline before anybody could
#: answer (R50).
LEAVES = ("says", "silently", "at_once")
#: What became of a visitor. `closed`: nobody was open, so no place in line; `waiting`: still in
#: line when the run was over, because nobody came to serve.
ENDS = ("answered", "left", "at_once", "closed", "waiting")


class BadScenario(Exception):
    """Raised for a scenario that cannot be played; says what is wrong."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One visitor. `service_s` is how long the talk takes once somebody answers, `patience_s` how
    long the visitor waits for that; `region` is whose website it was, `level` one of `LEVELS`."""

    at: datetime
    region: str
    level: str
    service_s: float
    patience_s: float
    leaves: str = "says"


@dataclass(frozen=True, slots=True)
class Presence:
    """One caseworker of `region` at the desk from `begins` to `ends`, with `cap` chats at most.

    Chats that run when the shift ends are finished (R64). One caseworker may have many of these.
    """

    caseworker: str
    region: str
    begins: datetime
    ends: datetime
    cap: int = MOST_CHATS


@dataclass(frozen=True, slots=True)
class Scenario:
    """A period with its rules, its people and its visitors. Raises `BadScenario`.

    `knowledge` has what the house goes by: hours, region caps, pools, agreements, head starts.
    `answer_s` is how long a caseworker takes to accept an offer. Arrivals are in time order.
    """

    knowledge: Knowledge
    begins: datetime
    ends: datetime
    presence: tuple[Presence, ...]
    arrivals: tuple[Arrival, ...]
    answer_s: float = 0.0

    def __post_init__(self) -> None:
        for one, next_one in pairwise(self.arrivals):
            if next_one.at < one.at:
                raise BadScenario(f"the arrival at {next_one.at} stands after that at {one.at}")
        for arrival in self.arrivals:
            if fault := _arrival_fault(arrival, self.knowledge):
                raise BadScenario(f"the arrival at {arrival.at}: {fault}")
        for shift in self.presence:
            if fault := _shift_fault(shift, self.knowledge):
                raise BadScenario(f"{shift.caseworker} from {shift.begins}: {fault}")

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that have visitors, in the order of the data."""
        seen = {arrival.region for arrival in self.arrivals}
        return tuple(slug for slug in self.knowledge.regions if slug in seen)


def _arrival_fault(arrival: Arrival, knowledge: Knowledge) -> str | None:
    if arrival.region not in knowledge.regions:
        return f"there is no region `{arrival.region}`"
    if arrival.level not in LEVELS:
        return f"`{arrival.level}` is not a level"
    if arrival.leaves not in LEAVES:
        return f"`{arrival.leaves}` is not a way to leave"
    if arrival.service_s < 0 or arrival.patience_s < 0:
        return "a duration is below zero"
    return None


def _shift_fault(shift: Presence, knowledge: Knowledge) -> str | None:
    if shift.region not in knowledge.regions:
        return f"there is no region `{shift.region}`"
    if not 0 <= shift.cap <= MOST_CHATS:
        return f"a caseworker serves at most {MOST_CHATS} chats"
    if shift.ends <= shift.begins:
        return "a shift ends after it begins"
    return None


@dataclass(frozen=True, slots=True)
class Visit:
    """What became of one arrival. `waited_s` is the time from coming to an answer or to leaving;
    `served_by` is the region of the caseworker who answered; `line` is the region in whose line the
    visitor stood, where that is not the own one: on its day the region on duty is home (R22)."""

    arrival: Arrival
    end: str
    waited_s: float
    served_by: str | None = None
    line: str | None = None

    @property
    def overflow(self) -> tuple[str, str] | None:
        """From whose line to which region this visitor went; None when it was not elsewhere."""
        home = self.line or self.arrival.region
        return (home, self.served_by) if self.served_by not in (None, home) else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run: a visit for every arrival of the scenario, in the same order."""

    visits: tuple[Visit, ...]


class Engine(Protocol):
    """Plays a scenario. All chance that is left (who accepts, who declines) is handed in."""

    def __call__(self, scenario: Scenario, chance: Random) -> Outcome: ...
