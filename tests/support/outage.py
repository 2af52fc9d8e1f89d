"""A database that does not answer, for as long as a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from handoff.storage.database import Unavailable
from handoff.storage.units import Unit
from tests.support.running import Server


async def _silent(*args: Any, **named: Any) -> Any:
    raise Unavailable("the database does not answer")


@contextmanager
def no_answer(server: Server) -> Iterator[None]:
    """Nothing is written and nothing is read."""
    db: Any = server.house.db
    for name in ("write", "run", "read"):
        setattr(db, name, _silent)
    try:
        yield
    finally:
        for name in ("write", "run", "read"):
            delattr(db, name)


@contextmanager
def no_answer_after_writing(server: Server) -> Iterator[None]:
    """Units are written, and the answer that they were is lost: it came too late."""
    db: Any = server.house.db
    write = db.write

    async def written(unit: Any) -> Any:
        await write(unit)
        raise Unavailable("the database does not answer")

    db.write = written
    try:
        yield
    finally:
        del db.write


@contextmanager
def overtaken(server: Server, which: Callable[[Unit], bool], other: Any) -> Iterator[list[Unit]]:
    """Before any such unit reaches the database `other` is awaited, as often as it is tried; the
    tries come back."""
    db: Any = server.house.db
    write = db.write
    tries: list[Unit] = []

    async def overtakes(unit: Unit) -> Any:
        if which(unit):
            tries.append(unit)
            await other()
        return await write(unit)

    db.write = overtakes
    try:
        yield tries
    finally:
        del db.write


class Gate:
    """Holds calls until the test opens it."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.reached = asyncio.Event()


@asynccontextmanager
async def held(target: Any, name: str, *, after: bool = False) -> AsyncIterator[Gate]:
    """Holds the next call of a method of `target` (of the database, for a server), before it or
    `after` it was done: what happens meanwhile overtakes it."""
    target = target.house.db if isinstance(target, Server) else target
    method = getattr(target, name)
    gate = Gate()

    async def waits(*args: Any, **named: Any) -> Any:
        if gate.reached.is_set():
            return await method(*args, **named)
        gate.reached.set()
        if after:
            result = await method(*args, **named)
            await gate.open.wait()
            return result
        await gate.open.wait()
        return await method(*args, **named)

    setattr(target, name, waits)
    try:
        yield gate
    finally:
        gate.open.set()
        delattr(target, name)
