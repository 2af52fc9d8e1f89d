"""Who is at the desk when: so many in every open hour, or a table of shifts.

    region,days,from,to,caseworkers
    zuidoost-brabant,mon-fri,09:00,17:00,2

Where a pool has a region on duty, its people are there on its days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from data.files import Fault, Unreadable, shown, suggestion
from data.hours import WEEKDAYS, instant, periods_from
from data.knowledge import Knowledge
from data.rota import ANSWERING, Planned, line_of
from handoff.insight.logs import table
from handoff.insight.scenario import Presence

COLUMNS = ("region", "days", "from", "to", "caseworkers")
#: More people than this at once in a region is a slip of the pen.
MOST_CASEWORKERS = 100


def in_open_hours(
    knowledge: Knowledge, regions: Iterable[str], number: int, begins: datetime, ends: datetime
) -> tuple[Presence, ...]:
    """So many caseworkers in every open hour of these regions; in a pool, of the one on duty."""
    spans: set[tuple[datetime, datetime, str]] = set()
    for slug in regions:
        hours = knowledge.regions[slug].chat_hours
        for start, end in periods_from(hours, begins, (ends - begins).days + 1):
            if start < ends:
                spans |= set(_on_duty(knowledge, slug, start, end))
    return tuple(
        Presence(f"{slug}-{one}", slug, start, end, knowledge.regions[slug].caseworker_cap)
        for start, end, slug in sorted(spans)
        for one in range(1, number + 1)
    )


def _on_duty(
    knowledge: Knowledge, slug: str, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, str]]:
    """An open period by who is on duty: the duty of a pool may change while it is open."""
    while start < end:
        line = line_of(knowledge.pools, slug, start)
        until = start
        while until < end and line_of(knowledge.pools, slug, until) == line:
            until += timedelta(hours=1)
        yield start, min(until, end), line
        start = min(until, end)


def from_roster(
    knowledge: Knowledge, roster: Iterable[Planned], begins: datetime, ends: datetime
) -> tuple[Presence, ...]:
    """Everyone of a roster who answers visitors, as planned, from `begins` to `ends`."""
    found = []
    for planned in roster:
        region = knowledge.regions.get(planned.region)
        if region is None or planned.role not in ANSWERING:
            continue
        zone = region.chat_hours.zone
        day, last = begins.astimezone(zone).date() - timedelta(days=1), ends.astimezone(zone).date()
        while day <= last:
            # wall times as instants, as data/hours.py does: right on both clock changes
            start = instant(day, planned.start_min, zone, late=False)
            end = instant(day, planned.end_min, zone, late=True)
            if planned.begins_on(day) and start < end and start < ends and end > begins:
                cap = region.caseworker_cap
                found.append(Presence(planned.username, region.slug, start, end, cap))
            day += timedelta(days=1)
    return tuple(sorted(found, key=lambda one: (one.begins, one.caseworker)))


def read_roster(path: Path, knowledge: Knowledge) -> tuple[Planned, ...]:
    """The shifts of a file, one for each caseworker. Raises `Unreadable`, by file and line."""
    name, faults = shown(path), list[Fault]()
    found: list[Planned] = []
    for line, row in table(path, COLUMNS):
        wrong = _faults_of(row, knowledge)
        faults += [Fault(name, line, message) for message in wrong]
        if not wrong:
            found += _planned(row, line)
    if faults:
        raise Unreadable(faults)
    return tuple(found)


def _planned(row: dict[str, str], line: int) -> Iterator[Planned]:
    start, end = _minutes(row["from"]) or 0, _minutes(row["to"]) or 0
    for one in range(1, int(row["caseworkers"]) + 1):
        yield Planned(
            id=f"{line}-{one}",
            region=row["region"],
            username=f"{row['region']}-{line}-{one}",
            role=ANSWERING[0],
            days=_days(row["days"]),
            start_min=start,
            end_min=end if end > start else end + 24 * 60,
            first_day=date.min,
            last_day=None,
        )


def _faults_of(row: dict[str, str], knowledge: Knowledge) -> list[str]:
    found = []
    slug = row["region"]
    if slug not in knowledge.regions:
        found.append(f"`{slug}` is not a region{suggestion(slug, knowledge.regions)}")
    if not _days(row["days"]):
        found.append(f"`{row['days']}` is not a day; write mon ... sun, or mon-fri")
    for text in (row["from"], row["to"]):
        if _minutes(text) is None:
            found.append(f"`{text}` is not a time, such as 09:00 or 24:00")
    if row["from"] == row["to"]:
        found.append("`from` and `to` are the same time")
    number = row["caseworkers"]
    if not number.isdecimal() or int(number) > MOST_CASEWORKERS:
        found.append(f"`{number}` is not a number of caseworkers, 0 to {MOST_CASEWORKERS}")
    return found


def _days(text: str) -> frozenset[int]:
    """`mon`, `mon-fri`, `mon wed`; nothing when a word is not a day."""
    found: set[int] = set()
    for word in text.split():
        first, _, last = word.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            return frozenset()
        begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        found.update(day % 7 for day in range(begin, end + 1 if end >= begin else end + 8))
    return frozenset(found)


def _minutes(text: str) -> int | None:
    hours, _, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2):
        return None
    found = int(hours) * 60 + int(minutes)
    return found if int(minutes) < 60 and found <= 24 * 60 else None
