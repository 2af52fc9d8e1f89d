"""Tickets and seats for tests of the claim: two regions, three caseworkers."""

from __future__ import annotations

from typing import Any

import pytest

from handoff.storage import seats, tickets
from handoff.storage.database import Database
from handoff.storage.sql import Rollback
from tests.support.storing import MONTH, NOW, SOON, a_desk, a_region, a_ticket, rows

MARY, OMAR, ANNA = "mary", "omar", "anna"
OVER = SOON + 1


async def two_regions(db: Database) -> None:
    """A region of five places with two caseworkers, and one of one place with one."""
    await a_region(db, "north", 5)
    await a_region(db, "south", 1)
    for caseworker, region in ((MARY, "north"), (OMAR, "north"), (ANNA, "south")):
        await a_desk(db, caseworker, region)


async def refused(db: Database, command: Any, *given: Any, **named: Any) -> str:
    """Why a command was undone."""
    with pytest.raises(Rollback) as rollback:
        await db.run(command, *given, **named)
    return rollback.value.reason


async def waiting(db: Database, *ids: str) -> tuple[str, ...]:
    """Tickets that wait in the north."""
    for id in ids:
        await a_ticket(db, id)
    return ids


async def offered(db: Database, id: str, caseworker: str = MARY, expires_at: int = SOON) -> str:
    """A ticket that is offered."""
    await waiting(db, id)
    await db.run(seats.claim, id, caseworker, expires_at)
    return id


async def served(db: Database, id: str, caseworker: str = MARY) -> str:
    """A ticket that is served."""
    await waiting(db, id)
    await db.run(seats.claim, id, caseworker, None, anyhow=True)
    return id


async def used(db: Database, region: str = "north") -> int:
    """The places of a region that are taken."""
    found = await rows(db, "SELECT count(*) AS many FROM seat WHERE region = :r", r=region)
    return int(found[0]["many"])


async def ended(db: Database, id: str, caseworker: str | None = MARY) -> str:
    """Ends a conversation; in which state its ticket is then."""
    note = tickets.audit(f"end-{id}", NOW, caseworker or "system", "end", id)
    return await db.run(tickets.end, id, caseworker, NOW, MONTH, [], note)
