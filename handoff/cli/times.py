"""The time at which a demo or a talk begins, and the region that is shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from data.hours import opening
from data.knowledge import Knowledge
from data.regions import Region
from handoff.cli.common import Stop

T = TypeVar("T", datetime, time)

#: After the moved clock's opening, so that nothing is about to close or has just opened.
INTO_THE_DAY = timedelta(hours=1)
DAYS_TO_LOOK = 400


def longest_open(knowledge: Knowledge) -> Region:
    """The region whose chat is open longest in a week."""
    return max(knowledge.regions.values(), key=weekly_minutes)


def weekly_minutes(region: Region) -> int:
    """How long the chat of a region is open in a week."""
    return sum((block.end - block.start) * len(block.days) for block in region.chat_hours.blocks)


def clock_time(clock: str | None, region: Region, now: datetime) -> datetime:
    """The time that `--clock` asks for.

    `HH:MM` is the first day from today on which the region is open then, or today if it never is;
    a whole date is obeyed as given. Without one the clock is moved only if the region is closed.
    Raises `Stop`.
    """
    schedule = region.chat_hours
    if clock is None:
        state = opening(schedule, now)
        if state.open or state.opens_at is None:
            return now
        return state.opens_at + INTO_THE_DAY
    try:
        if "T" in clock:
            return (
                _local(datetime.fromisoformat(clock)).replace(tzinfo=schedule.zone).astimezone(UTC)
            )
        wanted = _local(time.fromisoformat(clock))
    except ValueError as error:
        raise Stop(
            f"`{clock}` is not a time of the region, such as 02:00 or 2026-12-24T16:30"
        ) from error
    today = now.astimezone(schedule.zone).date()
    for offset in range(DAYS_TO_LOOK):
        found = _at(today + timedelta(days=offset), wanted, region)
        if opening(schedule, found).open:
            return found
    return _at(today, wanted, region)


def _at(day: date, wanted: time, region: Region) -> datetime:
    return datetime.combine(day, wanted, tzinfo=region.chat_hours.zone).astimezone(UTC)


def _local(found: T) -> T:
    """A time without an offset: it is the region's. Raises `ValueError`."""
    if found.tzinfo is not None:
        raise ValueError(found)
    return found
