"""The database as the rest of the house sees it: write a unit, run a command, read.

One process and one file is SQLite (`sqlite_file`); several nodes are PostgreSQL (`postgres`). Both
drive the same commands (`sql`) and commit the same batches (`units`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ParamSpec, Protocol, TypeVar

from handoff.storage.sql import Command
from handoff.storage.units import Outcome, Unit

T = TypeVar("T")
W = TypeVar("W")
P = ParamSpec("P")

#: A transaction that clashed with another one is tried so often in all.
TRIES = 4
SILENT = "the database does not answer"


class Unavailable(Exception):
    """Raised when the database does not answer, or too much waits for it: nothing was promised."""


class Database(Protocol):
    """What both databases can do."""

    #: whether other nodes can see what this one writes
    shared: bool

    async def start(self) -> None:
        """Opens the connections. Raises `Unavailable`."""
        ...

    async def close(self) -> None:
        """Commits what waits, and closes; from now on everything is `Unavailable`."""
        ...

    async def write(self, unit: Unit) -> Outcome:
        """Writes a unit with whatever else is waiting, in one commit. Raises `units.Conflict`,
        `units.Ended`, `sql.Rollback` when the database refuses its values, or `Unavailable`; when
        it returns the unit is on disk."""
        ...

    async def run(self, command: Callable[P, Command[T]], *args: P.args, **named: P.kwargs) -> T:
        """Runs a command in a transaction of its own. Raises what it raises, `sql.Rollback` when
        the database refuses its values, or `Unavailable`."""
        ...

    async def read(self, query: Callable[P, Command[T]], *args: P.args, **named: P.kwargs) -> T:
        """Runs a command that only reads. Raises `Unavailable`."""
        ...


#: The promise to a caller, and what became of its work.
Done = tuple[asyncio.Future[Any], Any]


class Pending:
    """Work that the database has not answered yet: bounded, and never waited for long.

    What was handed over counts until it is given back, also when its caller gave up meanwhile: a
    database that hangs does not fill the memory. What nobody waits for any more is not begun.
    """

    def __init__(self, most: int, timeout_s: float) -> None:
        self.most = most
        self.timeout_s = timeout_s
        self.handed = 0
        #: set when the database closes: nothing more is taken
        self.closed = False
        self.waiting: dict[asyncio.Future[Any], float] = {}

    def add(self) -> asyncio.Future[Any]:
        """A promise for one more unit or command. Raises `Unavailable` when too many wait."""
        self._admit()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self.waiting[future] = loop.time()
        return future

    async def answer(self, work: Callable[[], Awaitable[T]]) -> T:
        """The result of something that does not go through the writer, under the same bounds.

        Raises what it raises, or `Unavailable`."""
        self._admit()
        try:
            async with asyncio.timeout(self.timeout_s):
                return await work()
        except TimeoutError as error:
            raise Unavailable(SILENT) from error
        finally:
            self.handed -= 1

    def _admit(self) -> None:
        if self.closed:
            raise Unavailable("the database is closing")
        if self.handed >= self.most:
            raise Unavailable("too much is waiting for the database")
        self.handed += 1

    def resolve(self, done: Sequence[Done]) -> None:
        """Tells each what became of it; an exception is raised at its caller."""
        self.handed -= len(done)
        for future, result in done:
            self.waiting.pop(future, None)
            _settle(future, result)

    def expire(self, now: float) -> None:
        """Gives up what waits longer than the timeout; it may still be written, but unacknowledged.

        One look at the oldest is enough: they stand in the order in which they came.
        """
        while self.waiting:
            future, since = next(iter(self.waiting.items()))
            if now - since < self.timeout_s:
                return
            del self.waiting[future]
            _settle(future, Unavailable(SILENT))

    def give_up(self) -> None:
        """Nobody answers any more: tells whatever still waits."""
        waiting, self.waiting = self.waiting, {}
        for future in waiting:
            _settle(future, Unavailable("the database is closed"))


def still_wanted(
    taken: Sequence[tuple[W, asyncio.Future[Any]]],
) -> tuple[list[tuple[W, asyncio.Future[Any]]], list[Done]]:
    """Work that somebody waits for; and the promises of the rest, which is not begun."""
    wanted, dropped = [], []
    for item in taken:
        # asked once: the caller may give up while we look
        if item[1].done():
            dropped.append((item[1], None))
        else:
            wanted.append(item)
    return wanted, dropped


def _settle(future: asyncio.Future[Any], result: Any) -> None:
    if future.done():
        # its caller gave up, or was cancelled
        return
    if isinstance(result, BaseException):
        future.set_exception(result)
    else:
        future.set_result(result)


def outcome_or_error(outcome: Outcome) -> Outcome | Exception:
    """What the caller of `write` gets: a unit's own error is raised, and no other unit's."""
    return outcome.error or outcome
