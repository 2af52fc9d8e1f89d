"""A region under a steady load, made so that Erlang-A must come out: for any engine to be held
against."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import fmean

from data.hours import Block, Schedule
from data.regions import MOST_CHATS
from handoff.insight.arrivals import Visitors, draw, exponential, flat, usual_minutes
from handoff.insight.erlang import ErlangA
from handoff.insight.outcome import error_of
from handoff.insight.scenario import Engine, Presence, Scenario, Visit
from tests import shipped

REGION = "zuidoost-brabant"
BEGINS = datetime(2026, 11, 23, tzinfo=UTC)
#: A queue that begins empty needs this long to forget it.
WARM_UP = timedelta(days=1)
ALWAYS = Schedule(UTC, (Block(frozenset(range(7)), 0, 24 * 60),))


def scenario(model: ErlangA, days: float, chance: Random) -> Scenario:
    """Always open, as many places as the model has, talks and patience without memory."""
    known = shipped.knowledge()
    region = replace(
        known.regions[REGION],
        chat_hours=ALWAYS,
        region_cap=model.places,
        caseworker_cap=MOST_CHATS,
    )
    ends = BEGINS + timedelta(days=days)
    visitors = Visitors(exponential(model.talk_min), exponential(model.patience_min))
    pattern = flat(model.per_hour * 24 * 7, usual_minutes(ALWAYS))
    return Scenario(
        knowledge=replace(known, regions={REGION: region}, pools={}, agreements=()),
        begins=BEGINS,
        ends=ends,
        # everybody stays past the end, so that the last ones in line are no different
        presence=tuple(
            Presence(f"{REGION}-{n}", REGION, BEGINS, ends + timedelta(days=1))
            for n in range(-(-model.places // MOST_CHATS))
        ),
        arrivals=tuple(draw(pattern, REGION, BEGINS, ends, UTC, visitors, chance)),
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of the model, the mean of the runs, and half their 99% confidence interval."""

    exact: float
    found: float
    error: float

    @property
    def agrees(self) -> bool:
        """Whether the exact figure lies within the simulation's own error."""
        return abs(self.exact - self.found) <= self.error


def compare(
    engine: Engine, model: ErlangA, runs: int = 16, days: float = 22
) -> dict[str, Compared]:
    """What an engine makes of a steady load, beside Erlang-A's exact figures."""
    exact = {
        "leaves": model.leaves,
        "mean wait": model.mean_wait_min,
        "within 5": model.answered_within(5),
        "at once": 1 - model.has_to_wait,
    }
    found: dict[str, list[float]] = {name: [] for name in exact}
    for number in range(runs):
        outcome = engine(scenario(model, days, Random(f"steady {number}")), Random(number))
        seen = [visit for visit in outcome.visits if visit.arrival.at >= BEGINS + WARM_UP]
        for name, value in _figures(seen).items():
            found[name].append(value)
    return {
        name: Compared(exact[name], fmean(values), error_of(values, 0.99))
        for name, values in found.items()
    }


def _figures(seen: list[Visit]) -> dict[str, float]:
    answered = [visit for visit in seen if visit.end == "answered"]
    return {
        "leaves": sum(visit.end == "left" for visit in seen) / len(seen),
        "mean wait": fmean(visit.waited_s for visit in seen) / 60,
        "within 5": sum(visit.waited_s <= 300 for visit in answered) / len(seen),
        "at once": sum(visit.waited_s == 0 for visit in answered) / len(seen),
    }
