"""What was heard and what caseworkers made of it, by day, week or month. Pure.

Read by people outside, small numbers could tell of one visitor. For them fewer than five is not
told; and where a part of a number would be that small, only the whole is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from data.triage import LEVELS
from flows.danger.judging import Rate

#: What people outside are told at least.
LEAST = 5
NOTHING = "-"
#: Period, level, and how many tickets of how many.
Share = tuple[str, str, Rate]


@dataclass(frozen=True, slots=True)
class Heard:
    """How often one level or signal was heard in a period; of these, agreed with and struck."""

    period: str
    name: str
    heard: int
    agreed: int
    struck: int

    @property
    def open(self) -> int:
        """Those that nobody judged."""
        return max(0, self.heard - self.agreed - self.struck)

    @property
    def parts(self) -> tuple[int, int, int]:
        """Agreed, struck, not judged."""
        return self.agreed, self.struck, self.open

    @property
    def right(self) -> Rate:
        """How often it was right: agreed, of those that were judged."""
        return Rate(self.agreed, self.agreed + self.struck)

    def is_few(self, outside: bool) -> bool:
        """Whether there are too few to tell people outside how many."""
        return outside and 0 < self.heard < LEAST

    def is_whole(self, outside: bool) -> bool:
        """Whether its parts are not told, since one of them is small."""
        return outside and any(0 < part < LEAST for part in (self.heard, *self.parts))


def by_day(day: str) -> str:
    """A day as itself."""
    return day


def by_week(day: str) -> str:
    """The week of a day: 2026-W48."""
    year, week, _ = date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02}"


def by_month(day: str) -> str:
    """The month of a day, or of a month: 2026-11."""
    return day[: len("2026-11")]


PERIODS: Mapping[str, Callable[[str], str]] = {"day": by_day, "week": by_week, "month": by_month}


def gathered(
    rows: Iterable[Mapping[str, Any]], when: str, name: str, period: Callable[[str], str]
) -> list[Heard]:
    """Rows of all regions together, by period and by level or signal, in order."""
    sums: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        found = sums.setdefault((period(row[when]), row[name]), [0, 0, 0])
        for at, kind in enumerate(("heard", "agreed", "struck")):
            found[at] += row[kind]
    return [Heard(*key, *sums[key]) for key in sorted(sums)]


def periods(first: str, last: str, period: Callable[[str], str]) -> list[str]:
    """All periods from one day to another, also those in which nothing was heard."""
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    days = ((begin + timedelta(days=at)).isoformat() for at in range((end - begin).days + 1))
    return list(dict.fromkeys(period(day) for day in days))


#: The columns that `cells` fills; the share is of those that were judged, in percent.
COLUMNS = ("heard", "agreed", "struck", "not_judged", "agreed_percent", "low", "high")


def cells(row: Heard, outside: bool) -> list[str]:
    """A row as it is told: counts, and how often it was right with its 95% interval (Wilson)."""
    if row.is_whole(outside):
        heard = f"<{LEAST}" if row.is_few(outside) else str(row.heard)
        return [heard, *[NOTHING] * (len(COLUMNS) - 1)]
    return [str(row.heard), *map(str, row.parts), *_percents(row.right)]


def shares(days: Iterable[tuple[str, str]], period: Callable[[str], str]) -> list[list[Share]]:
    """Of the tickets of each period the part with each level, the worst level first."""
    found = Counter((period(day), level) for day, level in days)
    wholes = Counter[str]()
    for (name, _), many in found.items():
        wholes[name] += many
    return [
        [(name, level, Rate(found[name, level], wholes[name])) for level in reversed(LEVELS)]
        for name in sorted(wholes)
    ]


def share_cells(of_period: Sequence[Share], outside: bool) -> list[list[str]]:
    """How many, and which part that is, in percent with its 95% interval. Where one number of a
    period is not told, no part is: it would tell the whole."""
    hides = outside and any(0 < rate.part < LEAST for _, _, rate in of_period)
    rows = []
    for name, level, rate in of_period:
        few = hides and 0 < rate.part < LEAST
        number = f"<{LEAST}" if few else str(rate.part)
        rows.append([name, level, number, *([NOTHING] * 3 if hides else _percents(rate))])
    return rows


def _percents(rate: Rate) -> list[str]:
    if not rate.whole:
        return [NOTHING] * 3
    return [str(round(100 * one)) for one in (rate.part / rate.whole, *rate.interval)]
