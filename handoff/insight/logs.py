"""A log of chats as a region kept it: a table with a row for each chat, times on its own clock.

    number,started_at,minutes,offline_at_once
    1,2020-04-21T12:44,5,no

Rows need not be in order; commas or semicolons, as a spreadsheet saves them. A further column
`region` tells rows of several regions apart.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from statistics import fmean, median

from dateutil import tz

from data.files import Fault, Unreadable, shown

#: The chats of the first pilot, which ships as an example (R63).
PILOT = Path(__file__).parent / "examples" / "pilot_2020.csv"
COLUMNS = ("number", "started_at", "minutes", "offline_at_once")
REGION = "region"
YES_NO = {"yes": True, "no": False, "ja": True, "nee": False}
#: A talk of more than a day is a slip of the pen.
LONGEST_MIN = 24 * 60
#: No log is so uneven that its median is less than this part of the mean.
SHORTEST = 0.05


@dataclass(frozen=True, slots=True)
class Chat:
    """One row: when it began (UTC), how long it took, and whether the visitor was gone at once."""

    number: int
    at: datetime
    minutes: float
    at_once: bool
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """Chats in order of time, the zone of the clock they were noted by, and how long the log is:
    from its first to its last day, both whole, in weeks."""

    chats: tuple[Chat, ...]
    zone: tzinfo
    weeks: float

    @property
    def at_once(self) -> float:
        """The share of visitors who were gone at once."""
        return sum(chat.at_once for chat in self.chats) / len(self.chats)

    @property
    def talks(self) -> list[float]:
        """How many minutes each answered chat took."""
        return [chat.minutes for chat in self.chats if not chat.at_once]

    @property
    def median_of_mean(self) -> float:
        """The median of the talks as a part of their mean: below 1 when a few take very long."""
        mean = fmean(self.talks)
        return min(1.0, max(median(self.talks) / mean, SHORTEST)) if mean else 1.0

    def of(self, region: str) -> Log | None:
        """The rows of one region; all of them when the log names no regions, None when it has
        other regions only."""
        own = tuple(chat for chat in self.chats if chat.region in (None, region))
        return replace(self, chats=own) if own else None


def read_log(path: Path, zone: tzinfo) -> Log:
    """The chats of a file. Raises `Unreadable` with every fault, by file and line."""
    name, faults = shown(path), list[Fault]()
    numbers: dict[int, int] = {}
    chats = []
    for line, row in table(path, COLUMNS, (REGION,)):
        faulty = _Row(name, line, row, faults)
        chat = faulty.chat(zone)
        if chat is None:
            continue
        if chat.number in numbers:
            faulty.fault(f"number {chat.number} stands in line {numbers[chat.number]} too")
        numbers.setdefault(chat.number, line)
        chats.append(chat)
    if not chats and not faults:
        faults.append(Fault(name, 1, "there is no chat in this file"))
    if faults:
        raise Unreadable(faults)
    chats.sort(key=lambda chat: (chat.at, chat.number))
    first, last = (chats[at].at.astimezone(zone).date() for at in (0, -1))
    return Log(tuple(chats), zone, ((last - first).days + 1) / 7)


def table(
    path: Path, columns: Sequence[str], more: Sequence[str] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table by line, with these columns; `more` may be there too. Raises `Unreadable`
    when it cannot be read as one."""
    name = shown(path)
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise Unreadable([Fault(name, 1, f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise Unreadable([Fault(name, 1, "is not text in UTF-8")]) from error
    lines = text.splitlines()
    mark = ";" if lines and ";" in lines[0] else ","
    rows = csv.reader(lines, delimiter=mark)
    heads = [head.strip() for head in next(rows, [])]
    wrong = [head for head in heads if head not in (*columns, *more)]
    if wrong or not set(columns) <= set(heads):
        raise Unreadable([Fault(name, 1, f"the first line must be {','.join(columns)}")])
    faults = []
    found = []
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(heads):
            faults.append(Fault(name, rows.line_num, f"{len(heads)} values are needed"))
            continue
        cells = (cell.strip() for cell in row)
        found.append((rows.line_num, dict(zip(heads, cells, strict=True))))
    if faults:
        raise Unreadable(faults)
    yield from found


@dataclass(frozen=True, slots=True)
class _Row:
    """One row on its way to a chat."""

    name: str
    line: int
    cells: dict[str, str]
    faults: list[Fault]

    def fault(self, message: str) -> None:
        self.faults.append(Fault(self.name, self.line, message))

    def chat(self, zone: tzinfo) -> Chat | None:
        before = len(self.faults)
        number, at, minutes = self._number(), self._at(zone), self._minutes()
        at_once = YES_NO.get(self.cells["offline_at_once"].lower())
        if at_once is None:
            self.fault(f"`{self.cells['offline_at_once']}` is neither yes nor no")
        elif at_once and minutes:
            self.fault("who was offline at once did not talk: write 0 minutes")
        if number is None or at is None or minutes is None or len(self.faults) > before:
            return None
        return Chat(number, at, minutes, bool(at_once), self.cells.get(REGION) or None)

    def _number(self) -> int | None:
        text = self.cells["number"]
        if text.isdecimal():
            return int(text)
        self.fault(f"`{text}` is not a number")
        return None

    def _at(self, zone: tzinfo) -> datetime | None:
        text = self.cells["started_at"]
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            found = None
        if found is None or found.tzinfo is not None or len(text) < len("2020-04-21T12:44"):
            self.fault(f"`{text}` is not a local time, such as 2020-04-21T12:44")
            return None
        local = found.replace(tzinfo=zone)
        if not tz.datetime_exists(local):
            self.fault(f"`{text}` never was: the clock was put forward")
            return None
        return local.astimezone(UTC)

    def _minutes(self) -> float | None:
        text = self.cells["minutes"]
        try:
            found = float(text.replace(",", "."))
        except ValueError:
            found = -1.0
        if 0 <= found <= LONGEST_MIN:
            return found
        self.fault(f"`{text}` is not a number of minutes, 0 to {LONGEST_MIN}")
        return None
