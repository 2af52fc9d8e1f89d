"""Times in words, and the safe moments a visitor can choose: pure, in the words of the script.

The words themselves are responses (`utter_weekday_1`, `utter_moment`, ...), so that a language
is added by an editor and not by a programmer. `say(name, **fields)` gives one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from data.hours import Block, Schedule, opening, periods_from

#: Part of a day by the hour at which it begins, local time.
DAYPARTS = ((0, "night"), (6, "morning"), (12, "afternoon"), (18, "evening"))
#: The two parts in which a safe moment is offered, local hours.
MOMENT_PARTS = (("day", 8, 17), ("evening", 17, 24))
#: A moment is offered when the chat is open in it for at least this long.
LEAST_OPEN = timedelta(minutes=60)
#: How many moments are offered, and how many days ahead they may lie.
MOMENTS = 3
MOMENT_DAYS = 8
#: Beyond this a weekday alone is not clear any more.
FAR = timedelta(days=6)
#: So many days ahead it is told which differ from the week.
DIFFER_DAYS = 14
OTHER = "other"
UNKNOWN = "unknown"


class Say(Protocol):
    """Gives the text of a response in the visitor's language."""

    def __call__(self, name: str, **fields: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Moment:
    """A part of a day in which the chat is open: `value` for the slot, `title` for the button."""

    value: str
    title: str


def clock_time(when: datetime, say: Say) -> str:
    """A wall time: "9.00" in Dutch, "9:00" in English."""
    return say("utter_time", hour=str(when.hour), minute=f"{when.minute:02d}")


def moment_in_words(when: datetime, now: datetime, schedule: Schedule, say: Say) -> str:
    """ "Dinsdagochtend om 9.00 uur": begins with a capital, as it begins a sentence."""
    local = when.astimezone(schedule.zone)
    fields = {
        "weekday": say(f"utter_weekday_{local.isoweekday()}"),
        "daypart": say(f"utter_daypart_{daypart(local)}"),
        "day": str(local.day),
        "month": say(f"utter_month_{local.month}"),
        "time": clock_time(local, say),
    }
    text = say("utter_moment_far" if when - now > FAR else "utter_moment", **fields)
    return text[:1].upper() + text[1:]


def daypart(local: datetime) -> str:
    """night, morning, afternoon or evening."""
    return [name for hour, name in DAYPARTS if local.hour >= hour][-1]


def hours_today(schedule: Schedule, now: datetime, say: Say) -> str:
    """ "van 9.00 tot 12.00 uur en van 13.00 tot 17.00 uur"; empty when closed all day."""
    today = now.astimezone(schedule.zone).date()
    state = opening(schedule, now)
    if state.open and state.closes_at is None:
        return say("utter_hours_always")
    spans = []
    for start, end in periods_from(schedule, now - timedelta(hours=24), 2):
        begin = start.astimezone(schedule.zone)
        if begin.date() == today or start <= now < end:
            spans.append(span(start, end, schedule, say))
    return joined(spans, say)


def span(start: datetime, end: datetime, schedule: Schedule, say: Say) -> str:
    """ "van 9.00 tot 23.00 uur"; an end at midnight is told as 24."""
    begin, close = start.astimezone(schedule.zone), end.astimezone(schedule.zone)
    until = clock_time(close, say)
    if close.time() == time(0):
        until = say("utter_time", hour="24", minute="00")
    return say("utter_span", **{"from": clock_time(begin, say), "to": until})


def joined(parts: Sequence[str], say: Say) -> str:
    """ "a, b en c" in the visitor's language."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + say("utter_and") + parts[-1]


def week_in_words(schedule: Schedule, say: Say) -> list[tuple[str, str]]:
    """The regular week as (days, times), equal days together: what *all hours* unfolds to."""
    rows: list[tuple[list[int], str]] = []
    for day in range(7):
        times = _times((block for block in schedule.blocks if day in block.days), say)
        if rows and rows[-1][1] == times and rows[-1][0][-1] == day - 1:
            rows[-1][0].append(day)
        else:
            rows.append(([day], times))
    return [(_days(days, say), times) for days, times in rows]


def days_that_differ(schedule: Schedule, now: datetime, say: Say) -> list[str]:
    """The coming days on which the hours are not those of the week, today among them: "vrijdag 25
    december dicht". A holiday that is open all the same is told too."""
    today = now.astimezone(schedule.zone).date()
    found = []
    for offset in range(DIFFER_DAYS):
        day = today + timedelta(days=offset)
        blocks = schedule.blocks_on(day)
        as_ever = _times(blocks, say) == _times(schedule.week_on(day), say)
        if as_ever and not (blocks and schedule.is_holiday(day)):
            continue
        fields = {
            "weekday": say(f"utter_weekday_{day.isoweekday()}"),
            "day": str(day.day),
            "month": say(f"utter_month_{day.month}"),
            "times": _times(blocks, say),
        }
        found.append(say("utter_day_differs", **fields))
    return found


def exceptions_in_words(schedule: Schedule, now: datetime, say: Say) -> str:
    """The coming days that differ as a sentence; empty when there are none."""
    days = joined(days_that_differ(schedule, now, say), say)
    return say("utter_days_differ", days=days) if days else ""


def hours_in_words(schedule: Schedule, now: datetime, say: Say) -> dict[str, str]:
    """What the texts about hours fill in: the regular `week`, the `exceptions` (with a space before
    them, or empty), and the next `moments` at which the chat is open."""
    rows = week_in_words(schedule, say)
    differ = exceptions_in_words(schedule, now, say)
    return {
        "week": "; ".join(f"{days} {times}" for days, times in rows),
        "exceptions": f" {differ}" if differ else "",
        "moments": moments_in_words(schedule, now, say),
    }


def _times(blocks: Iterable[Block], say: Say) -> str:
    """ "van 9.00 tot 12.00 uur en van 13.00 tot 17.00 uur", or that it is closed."""
    spans = [
        say("utter_span", **{"from": _minutes(block.start, say), "to": _end(block.end, say)})
        for block in sorted(blocks, key=lambda found: found.start)
    ]
    return joined(spans, say) or say("utter_hours_closed_day")


def _days(days: list[int], say: Say) -> str:
    first = say(f"utter_weekday_{days[0] + 1}")
    if len(days) == 1:
        return first
    return say("utter_days", **{"from": first, "to": say(f"utter_weekday_{days[-1] + 1}")})


def _minutes(minutes: int, say: Say) -> str:
    return say("utter_time", hour=str(minutes // 60), minute=f"{minutes % 60:02d}")


def _end(minutes: int, say: Say) -> str:
    """24.00 stays 24.00; past that the hour of the next day is told."""
    return _minutes(minutes if minutes <= 24 * 60 else minutes - 24 * 60, say)


def safe_moments(schedule: Schedule, now: datetime, say: Say) -> list[Moment]:
    """The next parts of a day in which the chat is open: evening, tomorrow by day, ... (R53)."""
    today = now.astimezone(schedule.zone).date()
    periods = periods_from(schedule, now, MOMENT_DAYS)
    found = []
    for offset in range(MOMENT_DAYS):
        day = today + timedelta(days=offset)
        for part, begin, end in MOMENT_PARTS:
            start, stop = _bounds(day, begin, end, schedule)
            if _open_for(periods, max(start, now), stop) >= LEAST_OPEN:
                value = f"{day.isoformat()}.{part}"
                found.append(Moment(value, moment_title(value, today, say)))
    return found[:MOMENTS]


def moments_in_words(schedule: Schedule, now: datetime, say: Say) -> str:
    """The same in a sentence: "vanavond, morgen overdag en morgenavond"; empty without any."""
    today = now.astimezone(schedule.zone).date()
    found = safe_moments(schedule, now, say)
    return joined([_moment_words(moment.value, today, say) for moment in found], say)


def is_moment(value: object) -> bool:
    """Whether a slot value is one of ours: `2026-11-22.evening`, `other` or `unknown`."""
    if value in (OTHER, UNKNOWN):
        return True
    day, dot, part = str(value).partition(".")
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return bool(dot) and part in {name for name, _, _ in MOMENT_PARTS}


def moment_title(value: str, today: date, say: Say) -> str:
    """A chosen moment in words: "Vanavond", "Morgen overdag", "Maandagavond"."""
    if value == OTHER:
        return say("utter_moment_other")
    if value == UNKNOWN or not is_moment(value):
        return say("utter_moment_unknown")
    title = _moment_words(value, today, say)
    return title[:1].upper() + title[1:]


def _moment_words(value: str, today: date, say: Say) -> str:
    text, _, part = value.partition(".")
    day = date.fromisoformat(text)
    names = {0: "today", 1: "tomorrow"}
    name = names.get((day - today).days, "weekday")
    return say(f"utter_moment_{name}_{part}", weekday=say(f"utter_weekday_{day.isoweekday()}"))


def _bounds(day: date, begin: int, end: int, schedule: Schedule) -> tuple[datetime, datetime]:
    """In UTC, as the periods are: comparing times of two zones looks up both every time."""
    midnight = datetime.combine(day, time(0), tzinfo=schedule.zone)
    start, stop = midnight + timedelta(hours=begin), midnight + timedelta(hours=end)
    return start.astimezone(UTC), stop.astimezone(UTC)


def _open_for(
    periods: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime
) -> timedelta:
    overlaps = (min(close, end) - max(begin, start) for begin, close in periods)
    return sum((part for part in overlaps if part > timedelta(0)), timedelta(0))
