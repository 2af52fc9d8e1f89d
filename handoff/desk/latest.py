"""One look at a time, and never an older one after a newer: for everything that is read again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class Latest:
    """Whoever calls gets a look that began after the call; many who wait share one.

    Looks that overlap may come back in the wrong order, and an older one would undo a newer.
    """

    __slots__ = ("asked", "done", "lock", "look")

    def __init__(self, look: Callable[[], Awaitable[None]]) -> None:
        self.look = look
        self.lock = asyncio.Lock()
        self.asked = 0
        self.done = 0

    async def __call__(self) -> None:
        """Returns when such a look has come back. Raises what the look raises."""
        self.asked += 1
        mine = self.asked
        async with self.lock:
            if self.done >= mine:
                return
            upto = self.asked
            await self.look()
            self.done = upto
