"""Who comes, and when: visitors drawn by chance from a log of real chats, or from a number a week.

Within an hour of the week visitors come independently (a Poisson process whose rate changes by the
hour); talks are drawn again from the log, or lognormal. All chance is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from math import log as logarithm
from math import sqrt
from random import Random

from data.hours import MINUTES_A_DAY, Schedule
from handoff.insight.logs import Log
from handoff.insight.scenario import Arrival

HOURS_A_WEEK = 168
MINUTES_A_WEEK = HOURS_A_WEEK * 60
#: So many chats without a pattern are mixed into hour and weekday: an hour without a chat in one
#: week is not an hour without visitors for ever.
DOUBT_SIDE = 10
#: And so many, spread by hour and weekday, into each single hour of the week: a log of one week
#: says little about Tuesday at four, one of two years says nearly all.
DOUBT_CELL = HOURS_A_WEEK

#: Seconds, drawn by the chance handed in.
Draw = Callable[[Random], float]


@dataclass(frozen=True, slots=True)
class Pattern:
    """How many visitors come in each hour of the week, per open hour, Monday 00:00 first (local).

    `open_minutes` are the minutes of a usual week in which the chat is open; on a holiday visitors
    come as well, and find it closed.
    """

    rates: tuple[float, ...]
    open_minutes: frozenset[int]

    @property
    def per_week(self) -> float:
        """Visitors in a usual week."""
        return sum(
            rate * part for rate, part in zip(self.rates, _parts(self.open_minutes), strict=True)
        )

    def scaled(self, per_week: float) -> Pattern:
        """The same shape with so many visitors a week."""
        now = self.per_week
        if now == 0:
            return flat(per_week, self.open_minutes)
        return replace(self, rates=tuple(rate * per_week / now for rate in self.rates))


def usual_minutes(schedule: Schedule) -> frozenset[int]:
    """The minutes of a week without holidays in which a schedule is open; Monday 00:00 is 0."""
    return frozenset(
        (day * MINUTES_A_DAY + minute) % MINUTES_A_WEEK
        for block in schedule.blocks
        for day in block.days
        for minute in range(block.start, block.end)
    )


def flat(per_week: float, open_minutes: frozenset[int]) -> Pattern:
    """So many visitors a week, as likely at any open minute."""
    rate = per_week * 60 / len(open_minutes) if open_minutes else 0.0
    rates = (rate if part else 0.0 for part in _parts(open_minutes))
    return Pattern(tuple(rates), open_minutes)


def pattern_of(log: Log, open_minutes: frozenset[int]) -> Pattern:
    """The pattern of a log within these minutes: its chats of the usual open time, none more."""
    chats = [0.0] * HOURS_A_WEEK
    for chat in log.chats:
        minute = _minute_of_week(chat.at.astimezone(log.zone))
        if minute in open_minutes:
            chats[minute // 60] += 1
    total, parts = sum(chats), _parts(open_minutes)
    if not total:
        return flat(0, open_minutes)
    likely = _by_hour_and_weekday(chats, parts)
    shares = [
        (found + DOUBT_CELL * guess) / (total + DOUBT_CELL)
        for found, guess in zip(chats, likely, strict=True)
    ]
    per_week = total / log.weeks
    rates = (
        share * per_week / part if part else 0.0 for share, part in zip(shares, parts, strict=True)
    )
    return Pattern(tuple(rates), open_minutes)


def _by_hour_and_weekday(chats: Sequence[float], parts: Sequence[float]) -> list[float]:
    """The share of each hour of the week if hour and weekday had nothing to do with each other."""
    hours = _leaning(chats, parts, [range(hour, HOURS_A_WEEK, 24) for hour in range(24)])
    days = _leaning(chats, parts, [range(day * 24, day * 24 + 24) for day in range(7)])
    found = [part * hours[cell % 24] * days[cell // 24] for cell, part in enumerate(parts)]
    total = sum(found)
    return [share / total for share in found]


def _leaning(
    chats: Sequence[float], parts: Sequence[float], groups: Sequence[range]
) -> list[float]:
    """How much busier each group of hours is than the mean of all open time."""
    total, open_hours = sum(chats), sum(parts)
    found = []
    for group in groups:
        usual = sum(parts[cell] for cell in group) / open_hours
        seen = sum(chats[cell] for cell in group)
        share = (seen + DOUBT_SIDE * usual) / (total + DOUBT_SIDE)
        found.append(share / usual if usual else 0.0)
    return found


def _parts(open_minutes: frozenset[int]) -> list[float]:
    """How much of each hour of the week is open, 0 to 1."""
    found = [0] * HOURS_A_WEEK
    for minute in open_minutes:
        found[minute // 60] += 1
    return [minutes / 60 for minutes in found]


def _minute_of_week(local: datetime) -> int:
    return local.weekday() * MINUTES_A_DAY + local.hour * 60 + local.minute


def resampled(log: Log) -> Draw:
    """Talks as long as those of the log, each as likely. Raises `ValueError` when it has none."""
    talks = [minutes * 60 for minutes in log.talks]
    if not talks:
        raise ValueError("the log has no chat that was answered")
    return lambda chance: chance.choice(talks)


def lognormal(mean_min: float, median_min: float) -> Draw:
    """Talks with this mean and median, lognormal: many short ones and a long tail."""
    if not 0 < median_min <= mean_min:
        raise ValueError("the median of talks is above zero and not above their mean")
    sigma = sqrt(2 * logarithm(mean_min / median_min))
    return lambda chance: 60 * chance.lognormvariate(logarithm(median_min), sigma)


def exponential(mean_min: float) -> Draw:
    """Talks or patience without memory, as Erlang-A has them."""
    return lambda chance: chance.expovariate(1 / (60 * mean_min))


@dataclass(frozen=True, slots=True)
class Visitors:
    """What visitors are like. Shares are 0 to 1; `at_once` go offline before anybody could answer,
    `silent` is the share of leavers who give no sign."""

    talk: Draw
    patience: Draw
    acute: float = 0.0
    urgent: float = 0.0
    at_once: float = 0.0
    silent: float = 0.0

    def arrival(self, at: datetime, region: str, chance: Random) -> Arrival:
        """One visitor, drawn whole: the same chance gives the same one to every roster."""
        die = chance.random()
        level = "acute" if die < self.acute else "normal"
        if self.acute <= die < self.acute + self.urgent:
            level = "urgent"
        talk_s, patience_s = self.talk(chance), self.patience(chance)
        leaves = "silently" if chance.random() < self.silent else "says"
        if chance.random() < self.at_once:
            talk_s, patience_s, leaves = 0.0, 0.0, "at_once"
        return Arrival(at, region, level, talk_s, patience_s, leaves)


def draw(
    pattern: Pattern,
    region: str,
    begins: datetime,
    ends: datetime,
    zone: tzinfo,
    visitors: Visitors,
    chance: Random,
) -> list[Arrival]:
    """The visitors of a region from `begins` to `ends` (aware), in order. Wall time is `zone`'s, so
    that both clock changes come out right: a skipped hour has no visitors, a repeated one twice."""
    return [
        visitors.arrival(at, region, chance) for at in _times(pattern, begins, ends, zone, chance)
    ]


def _times(
    pattern: Pattern, begins: datetime, ends: datetime, zone: tzinfo, chance: Random
) -> Iterator[datetime]:
    hour = begins.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while hour < ends:
        local = hour.astimezone(zone)
        rate = pattern.rates[local.weekday() * 24 + local.hour]
        # without memory, so each hour may begin anew
        passed = chance.expovariate(rate) if rate else 1.0
        while passed < 1:
            at = hour + timedelta(hours=passed)
            minute = _minute_of_week(at.astimezone(zone))
            if begins <= at < ends and minute in pattern.open_minutes:
                yield at
            passed += chance.expovariate(rate)
        hour += timedelta(hours=1)


def replayed(log: Log, region: str, visitors: Visitors, chance: Random) -> list[Arrival]:
    """The chats of a log once more, when they came and as long as they took; what it does not hold
    (patience, level) is drawn."""
    found = []
    for chat in log.chats:
        drawn = replace(visitors, at_once=0.0).arrival(chat.at, region, chance)
        if chat.at_once:
            drawn = replace(drawn, patience_s=0.0, leaves="at_once")
        found.append(replace(drawn, service_s=chat.minutes * 60))
    return found
