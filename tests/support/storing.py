"""Databases, conversations and tickets for tests of the storage floor: no server, no script."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from handoff.storage import schema, seats, sql, tables, tickets
from handoff.storage.database import Database
from handoff.storage.postgres import Postgres
from handoff.storage.sql import Command, Row, Sql
from handoff.storage.sqlite_file import SqliteFile
from handoff.storage.units import MUTABLE, OPEN_COLUMNS, NewEvent, Outcome, Unit

#: Whatever a test waits for comes within this, or it fails; nothing waits for time to pass.
PATIENCE_S = 20
#: Microseconds; any will do.
NOW = 1_700_000_000_000_000
#: That of `NOW`.
MONTH = "2023-11"
SOON, LATER = NOW + 30_000_000, NOW + 60_000_000


@asynccontextmanager
async def opened(url: str, node: str = "one", **bounds: Any) -> AsyncIterator[Any]:
    """A database of either kind, opened; `bounds` are those of its constructor."""
    path = schema.sqlite_path(url)
    db: Database = Postgres(url, node, **bounds) if path is None else SqliteFile(path, **bounds)
    await db.start()
    try:
        yield db
    finally:
        async with asyncio.timeout(PATIENCE_S):
            await db.close()


@asynccontextmanager
async def stuck(url: str) -> AsyncIterator[None]:
    """While this is open the database lets nobody write, and does not say why."""
    path = schema.sqlite_path(url)
    if path is not None:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.close()
        return
    blocker = await asyncpg.connect(url)
    try:
        async with blocker.transaction():
            await blocker.execute("LOCK TABLE conversation, region_seats, node")
            yield
    finally:
        await blocker.close()


@asynccontextmanager
async def held_still(url: str, which: str = "true") -> AsyncIterator[int]:
    """Holds the PostgreSQL processes of a database still, as a network does that loses everything;
    how many. `which` is a condition on `pg_stat_activity`."""
    admin = await asyncpg.connect(url)
    try:
        found = await admin.fetch(
            "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database() AND backend_type = 'client backend'"
            f" AND {which}"
        )
        for row in found:
            os.kill(row["pid"], signal.SIGSTOP)
        try:
            yield len(found)
        finally:
            for row in found:
                os.kill(row["pid"], signal.SIGCONT)
    finally:
        await admin.close()


# units


def event(body: bytes = b"sealed", client_id: str | None = None, **more: Any) -> NewEvent:
    """An event; with a `client_id` it is one that its sender may send twice."""
    given = {"id": secrets.token_hex(6), "author": "visitor", "kind": "text", "at": NOW, **more}
    return NewEvent(body=body, client_id=client_id, **given)


def row_of(**changes: Any) -> dict[str, Any]:
    """The mutable columns of a conversation."""
    found = {
        "token": secrets.token_bytes(32),
        "region": "north",
        "language": "nl",
        "state": "intake",
        "reason": None,
        "idle_at": None,
        "erase_at": None,
        "talk": b"talk",
    }
    assert set(found) == set(MUTABLE)
    return found | changes


def opening(id: str, *events: NewEvent, **row: Any) -> Unit:
    """The first unit of a conversation."""
    values = row_of(**row) | {"id": id, "release": "r1", "began_at": NOW, "last_seq": 0}
    return Unit(
        id,
        events,
        opens=[values[name] for name in OPEN_COLUMNS],
        keys=[(id, "talk", "north/2026-11-23.talk", b"wrapped")],
    )


async def begun(db: Database, *events: NewEvent, **row: Any) -> str:
    """The id of a conversation that is on disk."""
    id = secrets.token_hex(6)
    await db.write(opening(id, *events, **row))
    return id


async def rows(db: Database, statement: str, **given: Any) -> list[Row]:
    """Rows straight from the database."""

    def query() -> Command[list[Row]]:
        return (yield Sql(statement), given)

    return await db.read(query)


async def run(db: Database, statement: str, **given: Any) -> list[Row]:
    """One statement in a transaction of its own."""

    def command() -> Command[list[Row]]:
        return (yield Sql(statement), given)

    return await db.run(command)


async def written(db: Database, conversation: str) -> list[tuple[int, bytes]]:
    """The events of a conversation as they stand there: number and body, in order."""
    found = await rows(
        db, "SELECT seq, body FROM event WHERE conversation = :id ORDER BY seq", id=conversation
    )
    return [(row["seq"], bytes(row["body"])) for row in found]


async def all_of(*work: Any) -> list[Outcome | BaseException]:
    """What became of several at once, errors too."""
    async with asyncio.timeout(PATIENCE_S):
        return await asyncio.gather(*work, return_exceptions=True)


async def until(holds: Callable[[], Any]) -> None:
    """Goes on when something holds that is under way now."""
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0)


async def together(url: str, db: Any, *work: Coroutine[Any, Any, Any]) -> list[Any]:
    """What became of units that were handed over while the writer was busy with another one: they
    all go into its next commit, if they may."""
    async with stuck(url):
        first = asyncio.create_task(db.write(opening(secrets.token_hex(6))))
        await until(lambda: is_taken(db))
        rest = asyncio.gather(*work, return_exceptions=True)
        # each runs as far as to where it waits
        await asyncio.sleep(0)
    async with asyncio.timeout(PATIENCE_S):
        await first
        return await rest


def is_taken(db: Any) -> bool:
    """Whether the writer has begun with what was handed over."""
    waits = db.units if db.shared else not db.queue.empty()
    return bool(db.pending.handed) and not waits


# seats


async def a_region(db: Database, region: str, cap: int) -> None:
    """A region with so many places."""

    def command() -> Command[None]:
        yield seats.SET_REGION, {"region": region, "cap": cap}

    await db.run(command)


async def a_desk(
    db: Database, caseworker: str, region: str = "north", cap: int = 3, available: bool = True
) -> None:
    """A caseworker with so many places, who takes offers if `available`."""

    def command() -> Command[None]:
        values = {"caseworker": caseworker, "region": region, "cap": cap, "languages": ""}
        yield seats.SET_CASEWORKER, values
        yield seats.SET_CAP, {"caseworker": caseworker, "cap": cap}
        yield seats.SET_AVAILABLE, {"caseworker": caseworker, "available": int(available)}

    await db.run(command)


async def a_ticket(db: Database, id: str, region: str = "north", **changes: Any) -> str:
    """A waiting ticket with its conversation; the conversation's id is `c-` before its own."""
    ticket = tables.Ticket(**ticket_values(id, region) | changes)
    unit = opening(f"c-{id}", event(), region=region, state="waiting")
    unit.also = [(sql.insert(tables.Ticket), sql.values_of(ticket))]
    await db.write(unit)
    return id


def ticket_values(id: str, region: str) -> Mapping[str, Any]:
    """The columns of a waiting ticket."""
    return {
        "id": id,
        "conversation": f"c-{id}",
        "state": "waiting",
        "home_region": region,
        "queue_region": region,
        "serving_region": region,
        "level": "normal",
        "band": 1,
        "queue_at": NOW,
        "waiting_since": NOW,
        "entered_at": NOW,
        "language": "nl",
        "visitor_since": NOW,
    }


async def state_of(db: Database, ticket: str) -> str:
    """Where a ticket stands."""
    (row,) = await rows(db, "SELECT state FROM ticket WHERE id = :id", id=ticket)
    return str(row["state"])


async def seat_of(db: Database, ticket: str) -> tuple[str, int, int, bool] | None:
    """Who has a ticket: caseworker, `n`, `place`, and whether it is only an offer."""
    found = await rows(db, "SELECT * FROM seat WHERE ticket = :ticket", ticket=ticket)
    return next(
        (
            (row["caseworker"], row["n"], row["place"], row["expires_at"] is not None)
            for row in found
        ),
        None,
    )


def note(id: str) -> tickets.Note:
    """A statement that belongs to a turn."""
    return tickets.audit(id, NOW, "somebody", "did", None)
