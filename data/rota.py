"""Who is planned when, in whose line a visitor stands, and which open hours nobody covers.

Pure; `now` is handed in. A shift or an opening that runs past midnight belongs to the day on which
it began. Wall times become instants as in `data/hours.py`, so clock changes need no case here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from data.agreements import Pool
from data.hours import Schedule, instant, periods_on

if TYPE_CHECKING:
    from data.knowledge import Knowledge

#: At the desk, at home to be rung, and the senior who is asked for help (R28).
ROLES = ("front_office", "after_hours", "on_call")
#: Those who answer visitors. Who is on call only helps.
ANSWERING = ROLES[:2]
#: How far ahead gaps are shown.
GAP_DAYS = 28
MINUTE = timedelta(minutes=1)
#: Wall time and elapsed time differ by less than this, in minutes: nearer to a shift's begin or end
#: it is worked out to the second, which takes longer.
CLOCK_CHANGE = 180

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Planned:
    """A weekly shift of one person between two local dates; without the last: for good.

    Minutes count from local midnight; `end_min` is past 1440 when the shift runs into the next day.
    """

    id: str
    region: str
    username: str
    role: str
    days: frozenset[int]
    start_min: int
    end_min: int
    first_day: date
    last_day: date | None

    def begins_on(self, day: date) -> bool:
        """Whether a shift begins on a local day."""
        if day.weekday() not in self.days or day < self.first_day:
            return False
        return self.last_day is None or day <= self.last_day

    def lasts(self, day: date, local: datetime, now: datetime, zone: tzinfo) -> bool:
        """Whether the shift that began on `day` lasts at `now`; `local` is its wall time."""
        if not self.begins_on(day):
            return False
        midnight = datetime.combine(day, datetime.min.time())
        wall = (local - midnight) / MINUTE
        if not self.start_min - CLOCK_CHANGE <= wall <= self.end_min + CLOCK_CHANGE:
            return False
        if self.start_min + CLOCK_CHANGE <= wall <= self.end_min - CLOCK_CHANGE:
            return True
        start, end = _span(day, self.start_min, self.end_min, zone)
        return start <= now < end


@dataclass(frozen=True, slots=True)
class Gap:
    """Open hours that nobody covers. `where` is a region, or a pool on a day without duty.

    `why`: no_duty (the rota names nobody), duty_closed (the region on duty says it is closed), or
    no_roster (nobody is planned who answers).
    """

    day: date
    where: str
    start: datetime
    end: datetime
    why: str


def planned_at(
    roster: Iterable[Planned],
    region: str,
    now: datetime,
    zone: tzinfo,
    roles: Collection[str] = ANSWERING,
) -> list[Planned]:
    """Who is planned in a region at `now` (aware), in one of `roles`."""
    local = now.astimezone(zone).replace(tzinfo=None)
    days = (local.date() - timedelta(days=1), local.date())
    found = []
    for planned in roster:
        if planned.region != region or planned.role not in roles:
            continue
        if any(planned.lasts(day, local, now, zone) for day in days):
            found.append(planned)
    return found


def line_of(pools: Mapping[str, Pool], slug: str, now: datetime) -> str:
    """The region in whose line a visitor of `slug` stands: its own, or that on duty for its pool.

    When the rota names nobody everyone stands in their own line."""
    pool = next((pool for pool in pools.values() if slug in pool.regions), None)
    if pool is None:
        return slug
    return pool.duty_on(day_of(pool.hours, now)) or slug


def day_of(hours: Schedule, now: datetime) -> date:
    """The local day that `now` belongs to: past midnight still the day that opened."""
    today = now.astimezone(hours.zone).date()
    yesterday = today - timedelta(days=1)
    runs_on = any(start <= now < end for start, end in periods_on(hours, yesterday))
    return yesterday if runs_on else today


def gaps(knowledge: Knowledge, first_day: date, days: int = GAP_DAYS) -> list[Gap]:
    """Every open hour, from a local day on, without a region on duty, or whose region on duty is
    closed or has nobody planned. In a pilot only the listed get visitors, so only they count."""
    ahead = [first_day + timedelta(days=number) for number in range(days)]
    pooled = {slug for pool in knowledge.pools.values() for slug in pool.regions}
    by_region: dict[str, list[Planned]] = {}
    for planned in knowledge.roster:
        listed = knowledge.pilots.get(planned.region)
        if planned.role in ANSWERING and (listed is None or planned.username in listed):
            by_region.setdefault(planned.region, []).append(planned)
    found: list[Gap] = []
    for day in ahead:
        for pool in knowledge.pools.values():
            found += _pool_gaps(knowledge, pool, by_region, day)
        for slug, region in knowledge.regions.items():
            if slug not in pooled:
                spans = list(periods_on(region.chat_hours, day))
                found += _unplanned(knowledge, by_region, slug, day, spans)
    return found


def _pool_gaps(
    knowledge: Knowledge, pool: Pool, by_region: Mapping[str, list[Planned]], day: date
) -> Iterator[Gap]:
    """The gaps of a pool on a day: it is open when one of its regions is."""
    schedules = [knowledge.regions[slug].chat_hours for slug in pool.regions]
    spans = _joined(span for hours in schedules for span in periods_on(hours, day))
    duty = pool.duty_on(day)
    if duty is None or duty not in knowledge.regions:
        for start, end in spans:
            yield Gap(day, pool.id, start, end, "no_duty")
        return
    own = list(periods_on(knowledge.regions[duty].chat_hours, day))
    closed = _without(spans, own)
    for start, end in closed:
        yield Gap(day, duty, start, end, "duty_closed")
    yield from _unplanned(knowledge, by_region, duty, day, _without(spans, closed))


def _unplanned(
    knowledge: Knowledge,
    by_region: Mapping[str, list[Planned]],
    slug: str,
    day: date,
    spans: list[Span],
) -> Iterator[Gap]:
    if not spans:
        return
    zone = knowledge.regions[slug].chat_hours.zone
    # a shift of the day before may last, one of the day after may begin before closing
    near = [day + timedelta(days=number) for number in (-1, 0, 1)]
    # many share their hours: a clock's worth of work each, once
    hours = {
        (one, planned.start_min, planned.end_min)
        for planned in by_region.get(slug, ())
        for one in near
        if planned.begins_on(one)
    }
    for start, end in _without(spans, [_span(*times, zone) for times in hours]):
        yield Gap(day, slug, start, end, "no_roster")


def _span(day: date, start_min: int, end_min: int, zone: tzinfo) -> Span:
    """From when to when it lasts."""
    start = instant(day, start_min, zone, late=False)
    return start, instant(day, end_min, zone, late=True)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order; those that touch or overlap become one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _without(spans: Iterable[Span], covered: Iterable[Span]) -> list[Span]:
    """What is left of `spans` where nothing of `covered` is."""
    left = list(spans)
    for begin, finish in covered:
        rest: list[Span] = []
        for start, end in left:
            rest += [(start, min(end, begin))] if start < begin else []
            rest += [(max(start, finish), end)] if end > finish else []
        left = rest
    return left
