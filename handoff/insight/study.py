"""A question of a coordinator as many possible weeks: the same visitors for every roster.

The chance of a run comes from its number alone, for each region apart: whoever changes the roster,
or leaves a region out, compares the very same visitors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from random import Random

from data.knowledge import Knowledge
from handoff.insight.arrivals import Pattern, Visitors, draw, replayed
from handoff.insight.logs import Log
from handoff.insight.outcome import Summary, count, summarise
from handoff.insight.scenario import Arrival, Engine, Presence, Scenario

#: Told after each run: how many are done, of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Study:
    """What is asked: which regions with which visitors, and who is there, from `begins` to `ends`.

    With `replay` the chats of that log come once more instead of drawn ones. Times are aware.
    """

    knowledge: Knowledge
    zone: tzinfo
    begins: datetime
    ends: datetime
    patterns: Mapping[str, Pattern]
    visitors: Visitors
    presence: tuple[Presence, ...]
    answer_s: float = 0.0
    replay: Log | None = None

    @property
    def weeks(self) -> float:
        """How long one run is."""
        return (self.ends - self.begins) / timedelta(weeks=1)

    @property
    def per_week(self) -> float:
        """How many visitors come in a week, on average."""
        if self.replay is not None:
            logs = (self.replay.of(region) for region in self.patterns)
            return sum(len(own.chats) / own.weeks for own in logs if own)
        return sum(pattern.per_week for pattern in self.patterns.values())


def scenario(study: Study, number: int) -> Scenario:
    """One possible period: run `number` of a study."""
    arrivals: list[Arrival] = []
    for region, pattern in study.patterns.items():
        chance = Random(f"visitors {region} {number}")
        own = study.replay.of(region) if study.replay is not None else None
        if own is not None:
            arrivals += replayed(own, region, study.visitors, chance)
        elif study.replay is None:
            arrivals += draw(
                pattern, region, study.begins, study.ends, study.zone, study.visitors, chance
            )
    return Scenario(
        knowledge=study.knowledge,
        begins=study.begins,
        ends=study.ends,
        presence=study.presence,
        arrivals=tuple(sorted(arrivals, key=lambda one: (one.at, one.region))),
        answer_s=study.answer_s,
    )


def run(
    study: Study, engine: Engine, runs: int, within_min: float, progress: Progress | None = None
) -> Summary:
    """Plays so many runs and sums them up; `within_min` is the promised time to an answer."""
    found = []
    for number in range(runs):
        outcome = engine(scenario(study, number), Random(f"engine {number}"))
        found.append(count(outcome, study.zone, within_min * 60))
        if progress is not None:
            progress(number + 1, runs)
    return summarise(found, study.patterns, study.weeks, within_min)
