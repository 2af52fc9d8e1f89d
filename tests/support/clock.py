"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta


class FakeClock:
    """Wall time, real time and monotonic time move together, by hand."""

    def __init__(self, now: datetime = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)) -> None:
        self.time = now
        self.ticks = 1_000.0
        self.sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self.time

    def real(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.ticks

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sleepers.append((self.ticks + seconds, future))
        await future

    def move(self, seconds: float) -> None:
        """Lets time pass; whoever slept long enough wakes."""
        self.time += timedelta(seconds=seconds)
        self.ticks += seconds
        waiting = []
        for until, future in self.sleepers:
            if future.done():
                continue
            if until <= self.ticks:
                future.set_result(None)
            else:
                waiting.append((until, future))
        self.sleepers = waiting
