"""A process that writes as fast as it can and says what was acknowledged, until it is killed."""

from __future__ import annotations

import asyncio
import sys
from itertools import count

from handoff.storage.database import Database
from handoff.storage.hearings import Count
from handoff.storage.units import Unit
from tests.support.storing import begun, event, opened

CONVERSATIONS, WRITERS = 4, 5


async def chatter(db: Database, conversation: str, writer: int) -> None:
    """One acknowledged event a line: conversation, number, client id."""
    for number in count():
        name = f"{writer}-{number}"
        # what is sent twice stands there once
        for _ in range(1 + number % 2):
            said, counted = [event(name.encode(), name)], [Count((conversation, "day", "acute"), 1)]
            outcome = await db.write(Unit(conversation, said, counts=counted))
        sys.stdout.write(f"{conversation} {outcome.seqs[0]} {name}\n")
        sys.stdout.flush()


async def main(url: str) -> None:
    """Writes into several conversations at once, for ever."""
    async with opened(url) as db:
        ids = [await begun(db) for _ in range(CONVERSATIONS)]
        await asyncio.gather(*(chatter(db, id, writer) for id in ids for writer in range(WRITERS)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
