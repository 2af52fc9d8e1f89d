"""When a region is open: weekly blocks, holidays, days that differ. Pure; `now` is handed in.

Wall-clock rules are worked out in the region's own zone and compared in UTC, so both clock
changes, blocks past midnight and the turn of the year need no case of their own. Dates come
from python-dateutil: `rrule` walks the days, `tz` knows the clock changes, `easter` the feasts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from dateutil import tz
from dateutil.easter import easter
from dateutil.relativedelta import relativedelta
from dateutil.rrule import DAILY, rrule

from data.files import Section, suggestion

#: How an hour is written by who does not know the colon: 9.00, 9,00, 9h00, 0900.
ALMOST_A_TIME = re.compile(r"([01]?\d|2[0-4])[.,h]?([0-5]\d)")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60
#: How far ahead an opening is looked for. Longer closed means: no opening is known.
HORIZON_DAYS = 400
#: How far back the last closing time is looked for.
LOOK_BACK_DAYS = 14
#: Open without a break for longer than this is told as "always", not as a closing time.
ALWAYS_DAYS = 14
#: How many days of schedules are kept worked out: some weeks of every region and help line.
DAYS_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Block:
    """Open from `start` to `end`, in minutes after local midnight, on `days` (Monday is 0).

    `end` is past 1440 when the block runs into the next day.
    """

    days: frozenset[int]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day that returns every year: a fixed date, or so many days from Easter Sunday."""

    month: int = 0
    day: int = 0
    easter_offset: int | None = None
    if_sunday: int = 0
    every_years: int = 1

    def on(self, year: int) -> date | None:
        """The date in `year`; None when it is not kept that year."""
        if year % self.every_years:
            return None
        if self.easter_offset is not None:
            return easter(year) + relativedelta(days=self.easter_offset)
        try:
            found = date(year, self.month, self.day)
        except ValueError:  # 29 February
            return None
        moved = self.if_sunday if found.weekday() == 6 else 0
        return found + relativedelta(days=moved)


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """The opening hours of one region or help line. Equal to itself only: its days are kept."""

    zone: tzinfo
    blocks: tuple[Block, ...]
    closed_on: Mapping[str, Holiday] = field(default_factory=dict)
    exceptions: Mapping[date, tuple[Block, ...]] = field(default_factory=dict)

    def blocks_on(self, day: date) -> tuple[Block, ...]:
        """The blocks that begin on `day`: an exception wins over a holiday, that over the week."""
        if day in self.exceptions:
            return self.exceptions[day]
        return () if self.is_holiday(day) else self.week_on(day)

    def is_holiday(self, day: date) -> bool:
        """Whether `day` is a holiday on which it is closed, unless an exception says so."""
        # a feast of next year can be moved back into this one
        years = (day.year, day.year + 1)
        return any(holiday.on(year) == day for holiday in self.closed_on.values() for year in years)

    def week_on(self, day: date) -> tuple[Block, ...]:
        """The blocks of the regular week that begin on `day`."""
        return tuple(block for block in self.blocks if day.weekday() in block.days)


@dataclass(frozen=True, slots=True)
class Opening:
    """Open or not at one moment. Times are aware, in UTC.

    `closes_at` is None while closed, and while open without an end in sight. `opens_at` is the
    next start of a period after a closed time, None when none is known.
    """

    open: bool
    closes_at: datetime | None
    opens_at: datetime | None


def opening(schedule: Schedule, now: datetime) -> Opening:
    """Whether `schedule` is open at `now` (aware), until when, and when it opens next (R3)."""
    now = now.astimezone(UTC)
    today = now.astimezone(schedule.zone).date()
    periods = _merged(_periods(schedule, today - timedelta(days=1)))
    always = timedelta(days=ALWAYS_DAYS)
    current: tuple[datetime, datetime] | None = None
    for start, end in periods:
        if end <= now:
            continue
        if start > now:
            closes = current[1] if current else None
            return Opening(current is not None, closes, start)
        current = (start, end)
        if end - now > always:
            return Opening(True, None, None)
    return Opening(current is not None, current[1] if current else None, None)


def closed_since(schedule: Schedule, now: datetime) -> datetime | None:
    """When `schedule` closed last; None while it is open, or when it was not open for long."""
    if opening(schedule, now).open:
        return None
    today = now.astimezone(schedule.zone).date()
    for ago in range(LOOK_BACK_DAYS):
        periods = periods_on(schedule, today - timedelta(days=ago))
        ended = [end for _, end in periods if end <= now]
        if ended:
            return max(ended)
    return None


def periods_from(schedule: Schedule, now: datetime, days: int) -> list[tuple[datetime, datetime]]:
    """The open periods that end after `now` and begin within `days`, in UTC, in order."""
    today = now.astimezone(schedule.zone).date()
    last = now + timedelta(days=days)
    found = []
    for start, end in _merged(_periods(schedule, today - timedelta(days=1))):
        if start > last:
            break
        if end > now:
            found.append((start, end))
    return found


def _periods(schedule: Schedule, first: date) -> Iterator[tuple[datetime, datetime]]:
    for midnight in _days_from(first):
        yield from _day(schedule, midnight)


@lru_cache(maxsize=64)
def _days_from(first: date) -> rrule:
    """The days ahead. The rule keeps those that were walked: everybody asks for the same few."""
    begin = datetime.combine(first, datetime.min.time())
    return rrule(DAILY, dtstart=begin, count=HORIZON_DAYS, cache=True)


@lru_cache(maxsize=DAYS_KEPT)
def _day(schedule: Schedule, midnight: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """The periods that begin on one day. Every answer of the script asks for the same few."""
    found = []
    for block in sorted(schedule.blocks_on(midnight.date()), key=lambda block: block.start):
        start = instant(midnight.date(), block.start, schedule.zone, late=False)
        end = instant(midnight.date(), block.end, schedule.zone, late=True)
        if end > start:
            found.append((start, end))
    return tuple(found)


def periods_on(schedule: Schedule, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """The open periods that begin on a local day, in UTC, in order; not joined with others."""
    return _day(schedule, datetime.combine(day, datetime.min.time()))


def instant(day: date, minutes: int, zone: tzinfo, *, late: bool) -> datetime:
    """A wall time, in minutes after midnight of `day`, as an instant; of two equal wall times the
    later one ends, so we never close early, and a skipped wall time moves on by the change."""
    midnight = datetime.combine(day, datetime.min.time())
    wall = (midnight + timedelta(minutes=minutes)).replace(tzinfo=zone)
    return tz.resolve_imaginary(tz.enfold(wall, fold=1 if late else 0)).astimezone(UTC)


def _merged(
    periods: Iterator[tuple[datetime, datetime]],
) -> Iterator[tuple[datetime, datetime]]:
    """Joins periods that touch or overlap, as 00:00-24:00 on every day does; stops joining
    once a period is long enough to count as always open."""
    always = timedelta(days=ALWAYS_DAYS + 2)
    current: tuple[datetime, datetime] | None = None
    for start, end in periods:
        if current and start <= current[1] and current[1] - current[0] <= always:
            current = (current[0], max(current[1], end))
            continue
        if current:
            yield current
        current = (start, end)
    if current:
        yield current


@lru_cache(maxsize=64)
def zone_named(name: str) -> tzinfo:
    """A time zone by its IANA name. Raises `LookupError` when there is none."""
    found = tz.gettz(name)
    if found is None or not name:
        raise LookupError(name)
    return found


def read_zone(section: Section, default: str) -> tzinfo:
    """The `zone` of a section."""
    name = section.text("zone", default)
    try:
        return zone_named(name)
    except LookupError:
        section.fault(f"`{name}` is not a time zone, such as Europe/Amsterdam", "zone")
        return UTC


def read_blocks(section: Section, key: str) -> tuple[Block, ...]:
    """A list of `{days, from, to}`; `to` may be 24:00, or earlier than `from` for past midnight."""
    found: list[tuple[Block, int]] = []
    for item in section.items(key, ()):
        days = _read_days(item)
        start, end = _read_minutes(item, "from"), _read_minutes(item, "to")
        item.done()
        if start is None or end is None:
            continue
        if start == end:
            item.fault("`from` and `to` are the same time", "to")
        block = Block(days, start, end if end > start else end + MINUTES_A_DAY)
        for other, line in found:
            if _overlap(block, other):
                item.fault(f"these hours overlap those of line {line}")
        found.append((block, item.map.line))
    return tuple(block for block, _ in found)


def _overlap(one: Block, other: Block) -> bool:
    """Whether two blocks are open at the same time on some day of the week."""
    for days_between, shift in ((0, 0), (1, MINUTES_A_DAY), (6, -MINUTES_A_DAY)):
        begins, ends = other.start + shift, other.end + shift
        meets = any((day + days_between) % 7 in other.days for day in one.days)
        if meets and begins < one.end and one.start < ends:
            return True
    return False


def read_exceptions(section: Section, key: str) -> dict[date, tuple[Block, ...]]:
    """A list of `{date, closed: true}` or `{date, from, to}`; one date may stand there twice."""
    found: dict[date, tuple[Block, ...]] = {}
    every_day = frozenset(range(7))
    for item in section.items(key, ()):
        text = item.text("date")
        item.text("why", "")
        closed = item.flag("closed", False)
        start = 0 if closed else _read_minutes(item, "from")
        end = 0 if closed else _read_minutes(item, "to")
        item.done()
        try:
            day = date.fromisoformat(text)
        except ValueError:
            item.fault(f"`{text}` is not a date, such as 2026-12-24", "date")
            continue
        if closed:
            found[day] = ()
        elif start is not None and end is not None:
            end = end if end > start else end + MINUTES_A_DAY
            found[day] = (*found.get(day, ()), Block(every_day, start, end))
    return found


def read_holidays(section: Section) -> dict[str, Holiday]:
    """The named holidays below `holidays`."""
    found = {}
    for name, item in section.sections("holidays").items():
        every = item.number("every_years", 1, least=1)
        # also one with a fault is a name that regions may list
        found[name] = Holiday()
        if item.has("easter"):
            offset = item.raw("easter")
            if isinstance(offset, int):
                found[name] = Holiday(easter_offset=offset, every_years=every)
            else:
                item.fault("`easter` must be a number of days from Easter Sunday", "easter")
        else:
            moved = item.raw("if_sunday", 0)
            day = _read_day_of_year(item, "on")
            if not isinstance(moved, int):
                item.fault("`if_sunday` must be a number of days", "if_sunday")
            elif day:
                found[name] = Holiday(*day, if_sunday=moved, every_years=every)
        item.done()
    return found


def read_closed_on(section: Section, holidays: Mapping[str, Holiday]) -> dict[str, Holiday]:
    """The holidays that a section lists by name: it is closed on them."""
    found = {}
    for name in section.texts("holidays", ()):
        if name in holidays:
            found[name] = holidays[name]
        else:
            section.fault(f"`{name}` is not a holiday{suggestion(name, holidays)}", "holidays")
    return found


def _read_day_of_year(item: Section, key: str) -> tuple[int, int] | None:
    text = item.text(key)
    try:
        # 2000 is a leap year, so 02-29 may be written
        day = date.fromisoformat(f"2000-{text}")
    except ValueError:
        item.fault(f"`{text}` is not a month and day, such as 04-27", key)
        return None
    return day.month, day.day


def _read_days(item: Section) -> frozenset[int]:
    found: set[int] = set()
    for word in item.texts("days"):
        first, _, last = word.partition("-")
        if first not in WEEKDAYS or (last and last not in WEEKDAYS):
            item.fault(f"`{word}` is not a day; write mon ... sun, or mon-fri", "days")
            continue
        begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        found.update(day % 7 for day in range(begin, end + 1 if end >= begin else end + 8))
    return frozenset(found)


def _read_minutes(item: Section, key: str) -> int | None:
    text = item.text(key)
    hours, colon, minutes = text.partition(":")
    if colon and hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2:
        total = int(hours) * 60 + int(minutes)
        if int(minutes) < 60 and total <= MINUTES_A_DAY:
            return total
    if key in item.map:
        near = ALMOST_A_TIME.fullmatch(text)
        hint = f"; write {int(near[1]):02}:{near[2]}" if near else ", such as 09:00 or 24:00"
        item.fault(f"`{text}` is not a time{hint}", key)
    return None
