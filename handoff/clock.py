"""One clock, handed in: wall time that a demo may move, and monotonic time for waits.

Nothing else reads the time, and no SQL does. Stored times are whole microseconds since 1970 UTC:
the same in SQLite and PostgreSQL, exact, and ordered (docs/decisions/0006-times-as-integers.md).
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Clock(Protocol):
    """What everything that waits or stamps is given."""

    def now(self) -> datetime:
        """Wall time, aware, in UTC, moved by the offset of a demo."""
        ...

    def real(self) -> datetime:
        """Wall time that no demo moves: for login sessions and keys."""
        ...

    def monotonic(self) -> float:
        """Seconds that only go up, for waits."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        ...


class SystemClock:
    """The clock of this machine. It ticks on from `offset`."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def real(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def micros(when: datetime) -> int:
    """An aware time as microseconds since 1970 UTC."""
    return (when - EPOCH) // MICROSECOND


def moment(stored: int) -> datetime:
    """The aware time of stored microseconds."""
    return EPOCH + timedelta(microseconds=stored)


def seconds(count: float) -> int:
    """So many seconds in microseconds."""
    return round(count * 1_000_000)
