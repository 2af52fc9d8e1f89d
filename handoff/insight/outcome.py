"""What many runs of one scenario say: how long people wait, how many leave, who overflows where.

A run is one possible period. A figure is its mean over the runs, with the range in which 95 of 100
runs lie: what a coordinator has to reckon with in one real period. Pure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import pairwise
from math import ceil, sqrt
from statistics import NormalDist, fmean, stdev

from handoff.insight.scenario import Outcome, Visit

#: Nobody's region: the row of all together.
ALL = "*"
#: Ends of the bars of the chart of waits, in minutes; the promised time is put between them.
EDGES_MIN = (1, 2, 10, 30)
#: Shares of the answered whose wait is told.
PERCENTILES = (50, 90, 95)


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over runs: its mean, the range of 95 of 100 runs, and `error`, half the width of the
    95% confidence interval of the mean (0 with one run). More runs make only the error smaller."""

    mean: float
    low: float
    high: float
    error: float


def spread(values: Sequence[float]) -> Spread | None:
    """The spread of a figure; None when no run has it."""
    if not values:
        return None
    ordered = sorted(values)
    error = error_of(ordered, 0.95)
    return Spread(fmean(ordered), percentile(ordered, 2.5), percentile(ordered, 97.5), error)


def error_of(values: Sequence[float], sure: float) -> float:
    """Half the width of the confidence interval of a mean, by Student's t; 0 for one value."""
    if len(values) < 2:
        return 0.0
    return student_t(sure, len(values) - 1) * stdev(values) / sqrt(len(values))


def student_t(sure: float, freedom: int) -> float:
    """The two-sided quantile of Student's t, by the expansion around the normal one (Abramowitz and
    Stegun 26.7.5): within 1% from 5 degrees of freedom on."""
    z = NormalDist().inv_cdf((1 + sure) / 2)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that `share` percent of the ordered values do not exceed."""
    return ordered[max(0, ceil(len(ordered) * share / 100) - 1)]


@dataclass(slots=True)
class Tally:
    """What one run counts for one region, and for all. Waits in seconds."""

    ends: Counter[str] = field(default_factory=Counter)
    within: int = 0
    overflowed: int = 0
    waits: list[float] = field(default_factory=list)
    left_after: list[float] = field(default_factory=list)
    visitors_by_hour: Counter[int] = field(default_factory=Counter)
    waits_by_hour: defaultdict[int, list[float]] = field(default_factory=lambda: defaultdict(list))

    @property
    def in_line(self) -> int:
        """Who stood in line: not who was gone at once, nor who found it closed."""
        return self.ends["answered"] + self.ends["left"] + self.ends["waiting"]

    def add(self, visit: Visit, hour: int, within_s: float) -> None:
        """Counts one visitor, who came at this hour of the day."""
        self.ends[visit.end] += 1
        if visit.end in ("at_once", "closed"):
            return
        self.visitors_by_hour[hour] += 1
        self.waits_by_hour[hour].append(visit.waited_s)
        if visit.end == "left":
            self.left_after.append(visit.waited_s)
        if visit.end != "answered":
            return
        self.waits.append(visit.waited_s)
        self.within += visit.waited_s <= within_s
        self.overflowed += visit.overflow is not None


@dataclass(frozen=True, slots=True)
class Run:
    """The counts of one run: by region (and `ALL`), and chats served by another region."""

    tallies: Mapping[str, Tally]
    overflow: Mapping[tuple[str, str], int]


def count(outcome: Outcome, zone: tzinfo, within_s: float) -> Run:
    """What one run counts. `within_s` is the promised time to an answer (R30)."""
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    overflow: Counter[tuple[str, str]] = Counter()
    for visit in outcome.visits:
        home = visit.arrival.region
        hour = visit.arrival.at.astimezone(zone).hour
        for region in (home, ALL):
            tallies[region].add(visit, hour, within_s)
        if visit.end == "answered" and visit.overflow is not None:
            overflow[visit.overflow] += 1
    return Run(dict(tallies), dict(overflow))


@dataclass(frozen=True, slots=True)
class Figures:
    """One region over all runs. Numbers per week; shares 0 to 1 of those who stood in line; waits
    in minutes, of those who were answered. None: no run had anybody."""

    region: str
    visitors: Spread
    answered: Spread
    left: Spread
    at_once: Spread
    closed: Spread
    waiting: Spread
    overflowed: Spread
    within: Spread | None
    left_share: Spread | None
    mean_wait_min: Spread | None
    wait_min: Mapping[int, Spread | None]


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of the day: visitors per week, and the mean time in line of those who came in it,
    answered or not, in minutes."""

    hour: int
    visitors: Spread
    wait_min: Spread | None


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of waiting, in minutes, and the share of those in line who were answered in it.
    `end` None: longer; `begin` None: left, or never answered."""

    begin: float | None
    end: float | None
    share: Spread


@dataclass(frozen=True, slots=True)
class Summary:
    """All figures of a simulation: `regions` begins with all together."""

    runs: int
    weeks: float
    within_min: float
    regions: tuple[Figures, ...]
    hours: tuple[Hour, ...]
    bars: tuple[Bar, ...]
    overflow: Mapping[tuple[str, str], Spread]

    @property
    def all(self) -> Figures:
        """All regions together."""
        return self.regions[0]


def summarise(
    runs: Sequence[Run], regions: Iterable[str], weeks: float, within_min: float
) -> Summary:
    """The figures of all runs, each of so many weeks."""
    if not runs:
        raise ValueError("there is no run to sum up")
    together = [_tally(run, ALL) for run in runs]
    pairs = sorted({pair for run in runs for pair in run.overflow})
    return Summary(
        runs=len(runs),
        weeks=weeks,
        within_min=within_min,
        regions=tuple(
            _figures(slug, [_tally(run, slug) for run in runs], weeks) for slug in (ALL, *regions)
        ),
        hours=tuple(_hour(hour, together, weeks) for hour in range(24)),
        bars=_bars(together, within_min),
        overflow={
            pair: _sure(spread([run.overflow.get(pair, 0) / weeks for run in runs]))
            for pair in pairs
        },
    )


def _tally(run: Run, region: str) -> Tally:
    return run.tallies.get(region) or Tally()


def _sure(found: Spread | None) -> Spread:
    return found or Spread(0, 0, 0, 0)


def _figures(region: str, tallies: Sequence[Tally], weeks: float) -> Figures:
    def weekly(number: Callable[[Tally], int]) -> Spread:
        return _sure(spread([number(tally) / weeks for tally in tallies]))

    def share(number: Callable[[Tally], int]) -> Spread | None:
        return spread([number(tally) / tally.in_line for tally in tallies if tally.in_line])

    waits = [sorted(tally.waits) for tally in tallies if tally.waits]
    return Figures(
        region=region,
        visitors=weekly(lambda tally: tally.ends.total()),
        answered=weekly(lambda tally: tally.ends["answered"]),
        left=weekly(lambda tally: tally.ends["left"]),
        at_once=weekly(lambda tally: tally.ends["at_once"]),
        closed=weekly(lambda tally: tally.ends["closed"]),
        waiting=weekly(lambda tally: tally.ends["waiting"]),
        overflowed=weekly(lambda tally: tally.overflowed),
        within=share(lambda tally: tally.within),
        left_share=share(lambda tally: tally.ends["left"]),
        mean_wait_min=spread([fmean(found) / 60 for found in waits]),
        wait_min={
            part: spread([percentile(found, part) / 60 for found in waits]) for part in PERCENTILES
        },
    )


def _hour(hour: int, tallies: Sequence[Tally], weeks: float) -> Hour:
    return Hour(
        hour,
        _sure(spread([tally.visitors_by_hour[hour] / weeks for tally in tallies])),
        spread(
            [
                fmean(tally.waits_by_hour[hour]) / 60
                for tally in tallies
                if tally.visitors_by_hour[hour]
            ]
        ),
    )


def _bars(tallies: Sequence[Tally], within_min: float) -> tuple[Bar, ...]:
    edges: list[float | None] = [0, *sorted({*EDGES_MIN, within_min}), None]
    seen = [tally for tally in tallies if tally.in_line]
    found = []
    for begin, end in pairwise(edges):
        shares = [_between(tally.waits, begin, end) / tally.in_line for tally in seen]
        found.append(Bar(begin, end, _sure(spread(shares))))
    unanswered = [(tally.in_line - tally.ends["answered"]) / tally.in_line for tally in seen]
    return (*found, Bar(None, None, _sure(spread(unanswered))))


def _between(waits: Sequence[float], begin: float | None, end: float | None) -> int:
    """How many waited longer than `begin` and not longer than `end` minutes; 0 takes in 0."""
    least = -1.0 if not begin else begin * 60
    most = float("inf") if end is None else end * 60
    return sum(least < wait <= most for wait in waits)
