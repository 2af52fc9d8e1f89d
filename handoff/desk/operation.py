"""Operation beats content: what coordinators changed is laid over what the files say.

Pure: rows of the database and the moment come in, knowledge comes out, and everybody who reads
knowledge goes by it. A row that cannot be applied changes nothing, and is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from data.agreements import Agreement, Pool
from data.hours import MINUTES_A_DAY, Block, Schedule, instant
from data.knowledge import Knowledge
from data.regions import MOST_CHATS, Region
from data.rota import ROLES, Planned
from handoff.clock import micros, moment
from handoff.storage.operation import SWAPS
from handoff.storage.sql import Row

#: These say of coming hours and days how they are, so they are shown before they begin.
AHEAD = ("closed", "opens_later", *SWAPS)
KINDS = (*AHEAD, "region_cap", "caseworker_cap", "agreement", "pilot")
#: A region has at most so many places: the table of places ends there.
MOST_PLACES = 200
#: An operation ends by itself; what is to last longer belongs in the files.
LONGEST = timedelta(days=366)
EVERY_DAY = frozenset(range(7))


class Unusable(Exception):
    """Raised for a row that says nothing that can be done; the message says why."""


@dataclass(slots=True)
class _Draft:
    """Knowledge while rows are laid over it."""

    regions: dict[str, Region]
    pools: dict[str, Pool]
    agreements: dict[tuple[str, str, str], Agreement]
    pilots: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, content: Knowledge) -> _Draft:
        """What the files say."""
        agreements = {_key(one): one for one in content.agreements}
        return cls(dict(content.regions), dict(content.pools), agreements)


def _key(agreement: Agreement) -> tuple[str, str, str]:
    return agreement.id, agreement.home, agreement.helper


def lay_over(
    content: Knowledge,
    roster_rows: Iterable[Row],
    operation_rows: Iterable[Row],
    now: datetime,
    ignored: list[str] | None = None,
) -> Knowledge:
    """The files with roster and operation laid over them, as of `now` (aware).

    Why a row was not applied is added to `ignored`, each as one line."""
    refused = ignored if ignored is not None else []
    draft = _Draft.of(content)
    for row in sorted(operation_rows, key=lambda row: (row["made_at"], row["id"])):
        if not in_force(row, now):
            continue
        try:
            _apply(draft, content, row)
        except Unusable as why:
            refused.append(f"operation {row['id']} ({row['kind']}): {why}")
    roster = []
    for row in roster_rows:
        try:
            roster.append(planned_of(row, content))
        except Unusable as why:
            refused.append(f"roster {row['id']}: {why}")
    return replace(
        content,
        regions=draft.regions,
        pools=draft.pools,
        agreements=tuple(draft.agreements.values()),
        roster=tuple(roster),
        pilots=draft.pilots,
    )


def in_force(row: Row, now: datetime) -> bool:
    """Whether a row is to be laid over the files now."""
    at = micros(now)
    begun = row["from_at"] <= at or row["kind"] in AHEAD
    return bool(row["state"] == "active" and begun and at < row["until_at"])


def next_change(rows: Iterable[Row], now: datetime) -> datetime | None:
    """When the next of these operations begins or ends; None when none does."""
    at = micros(now)
    times = [
        time
        for row in rows
        if row["state"] == "active"
        for time in (row["from_at"], row["until_at"])
        if time > at
    ]
    return moment(min(times)) if times else None


def caseworker_caps(rows: Iterable[Row], now: datetime) -> dict[str, int]:
    """The most chats of a caseworker by what coordinators decided; the newest counts."""
    return {
        str(row["subject"]): int(row["value"])
        for row in sorted(rows, key=lambda row: (row["made_at"], row["id"]))
        if row["kind"] == "caseworker_cap" and in_force(row, now) and _is_number(row["value"])
    }


def try_on(content: Knowledge, row: Row) -> None:
    """Raises `Unusable` when a row of operation cannot be laid over this."""
    _apply(_Draft.of(content), content, row)


def fits(content: Knowledge, row: Row, rivals: Iterable[Row], now: datetime) -> bool:
    """Whether a proposal changes what it says once it is accepted, and nothing of what the rest is
    in force for."""
    ignored: list[str] = []
    lay_over(content, (), [*rivals, {**row, "state": "active"}], now, ignored)
    return not ignored


def whole_day(pools: Mapping[str, Pool], subject: str | None, value: str | None) -> int:
    """Until when a swap has to last: to the end of its day, and of what runs past midnight."""
    pool = pools.get(subject or "")
    if pool is None:
        raise Unusable("there is no such pool")
    day = _day(value)
    last = max([block.end for block in pool.hours.blocks_on(day)] + [MINUTES_A_DAY])
    return micros(instant(day, last, pool.hours.zone, late=True))


def _apply(draft: _Draft, content: Knowledge, row: Row) -> None:
    """Lays one row over. Raises `Unusable`."""
    kind = row["kind"]
    region = draft.regions.get(row["region"])
    if region is None:
        raise Unusable("there is no such region")
    if kind in ("closed", "opens_later"):
        hours = _closed(region, row) if kind == "closed" else _opens_later(region, row)
        draft.regions[region.slug] = replace(region, chat_hours=hours)
    elif kind == "region_cap":
        draft.regions[region.slug] = replace(region, region_cap=_number(row, MOST_PLACES))
    elif kind == "caseworker_cap":
        _number(row, MOST_CHATS)
        if not row["subject"]:
            raise Unusable("it names no caseworker")
    elif kind == "agreement":
        _agree(draft, content, row)
    elif kind in SWAPS:
        _swap(draft, row)
    elif kind == "pilot":
        names = names_in(row["value"])
        if not names:
            raise Unusable("it names nobody")
        draft.pilots[region.slug] = names
    else:
        raise Unusable("there is no such kind")


def names_in(value: str | None) -> frozenset[str]:
    """Usernames with commas between them."""
    return frozenset(name.strip() for name in (value or "").split(",") if name.strip())


# hours


def _closed(region: Region, row: Row) -> Schedule:
    """No new conversations from then to then, whatever the files say of these days."""
    schedule = region.chat_hours
    start, end = (
        moment(row[name]).astimezone(schedule.zone).replace(tzinfo=None)
        for name in ("from_at", "until_at")
    )
    if not timedelta(0) < end - start <= LONGEST:
        raise Unusable("it ends before it begins, or lasts too long")
    # what began the day before may run past midnight
    days = (end.date() - start.date()).days + 2
    first = start.date() - timedelta(days=1)
    found = dict(schedule.exceptions)
    for day in (first + timedelta(days=number) for number in range(days)):
        midnight = datetime.combine(day, datetime.min.time())
        cut = [(time - midnight) // timedelta(minutes=1) for time in (start, end)]
        before = schedule.blocks_on(day)
        after = tuple(part for block in before for part in _without(block, cut[0], cut[1]))
        if after != before:
            found[day] = after
    return replace(schedule, exceptions=found)


def _without(block: Block, start: int, end: int) -> list[Block]:
    """What is left of a block outside these minutes."""
    left = []
    if block.start < start:
        left.append(replace(block, end=min(block.end, start)))
    if block.end > end:
        left.append(replace(block, start=max(block.start, end)))
    return [part for part in left if part.start < part.end]


def _opens_later(region: Region, row: Row) -> Schedule:
    """On the local day on which it begins, nothing that begins that day is open before a time."""
    schedule = region.chat_hours
    day = moment(row["from_at"]).astimezone(schedule.zone).date()
    minutes = minutes_of(row["value"])
    if minutes is None:
        raise Unusable("its value is no time, such as 10:30")
    blocks = tuple(
        replace(block, start=max(block.start, minutes))
        for block in schedule.blocks_on(day)
        if block.end > minutes
    )
    return replace(schedule, exceptions={**schedule.exceptions, day: blocks})


def minutes_of(text: str | None) -> int | None:
    """A time such as 09:00, or 24:00, as minutes after midnight; None when it is none."""
    hours, colon, minutes = (text or "").partition(":")
    if not (colon and len(hours) == len(minutes) == 2 and (hours + minutes).isascii()):
        return None
    if not (hours + minutes).isdecimal() or int(minutes) > 59:
        return None
    found = int(hours) * 60 + int(minutes)
    return found if found <= MINUTES_A_DAY else None


def end_of(start: int, end: int) -> int:
    """The end of a shift in minutes after the midnight before it: it may end the next day."""
    return end if end > start else end + MINUTES_A_DAY


def clock_of(minutes: int) -> str:
    """Minutes after midnight as a time; of the next day without saying so."""
    if minutes > MINUTES_A_DAY:
        minutes -= MINUTES_A_DAY
    return f"{minutes // 60:02}:{minutes % 60:02}"


# who helps whom, who is on duty


def _agree(draft: _Draft, content: Knowledge, row: Row) -> None:
    """Switches an agreement between two regions off, or on again, in both directions."""
    if row["value"] not in ("on", "off"):
        raise Unusable("its value is not on or off")
    pair = {row["region"], row["other_region"]}
    theirs = [
        one
        for one in content.agreements
        if one.id == row["subject"] and {one.home, one.helper} == pair
    ]
    if not theirs:
        raise Unusable("these regions have no such agreement")
    keys = {_key(one) for one in theirs}
    on = draft.agreements.keys() | keys if row["value"] == "on" else draft.agreements.keys() - keys
    # the order of the files is the order in which helpers are tried
    draft.agreements = {_key(one): one for one in content.agreements if _key(one) in on}


def _swap(draft: _Draft, row: Row) -> None:
    """One region takes over another's day of duty; whichever of them proposed it."""
    pool = draft.pools.get(row["subject"] or "")
    if pool is None:
        raise Unusable("there is no such pool")
    day = _day(row["value"])
    taker, giver = row["region"], row["other_region"]
    if row["kind"] == "give":
        taker, giver = giver, taker
    if taker not in pool.regions or giver not in pool.regions or taker == giver:
        raise Unusable("it is between two regions of the pool")
    if pool.duty_on(day) != giver:
        raise Unusable(f"{giver} is not on duty that day")
    draft.pools[pool.id] = replace(pool, swaps={**pool.swaps, day: taker})


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError as error:
        raise Unusable("its value is no date, such as 2026-11-30") from error


def _is_number(text: str | None) -> bool:
    return bool(text) and str(text).isascii() and str(text).isdecimal() and len(str(text)) <= 3


def _number(row: Row, most: int) -> int:
    if not _is_number(row["value"]) or int(row["value"]) > most:
        raise Unusable(f"its value is no number from 0 to {most}")
    return int(row["value"])


# the roster


def planned_of(row: Row, content: Knowledge) -> Planned:
    """A row of the roster. Raises `Unusable`."""
    days = str(row["days"])
    if row["region"] not in content.regions:
        raise Unusable("there is no such region")
    if row["role"] not in ROLES:
        raise Unusable("there is no such role")
    if not days or set(days) - set("0123456"):
        raise Unusable("its days are not digits from 0 to 6")
    start, end = int(row["start_min"]), int(row["end_min"])
    if not (0 <= start < MINUTES_A_DAY and start < end <= start + MINUTES_A_DAY):
        raise Unusable("its times are no shift of at most a day")
    return Planned(
        id=str(row["id"]),
        region=str(row["region"]),
        username=str(row["username"]),
        role=str(row["role"]),
        days=frozenset(int(day) for day in days),
        start_min=start,
        end_min=end,
        first_day=_day(row["first_day"]),
        last_day=_day(row["last_day"]) if row["last_day"] else None,
    )
