"""PostgreSQL: the same commands and batches, on several nodes, with a doorbell between them.

The doorbell is a NOTIFY inside the transaction and says only what changed. It may be lost: every
node also looks by itself after a reconnect and every few seconds. Not through a pooler that shares
connections between transactions; LISTEN would hear nothing there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

import asyncpg

from handoff.storage.database import (
    SILENT,
    TRIES,
    Done,
    Pending,
    Unavailable,
    outcome_or_error,
    still_wanted,
)
from handoff.storage.sql import Again, Command, Ring, Rollback
from handoff.storage.units import Outcome, Unit, commit

log = logging.getLogger(__name__)

T = TypeVar("T")
P = ParamSpec("P")

CHANNEL = "voordeur"
#: PostgreSQL refuses a payload of 8,000 bytes.
PAYLOAD_BYTES = 7_900
RING = "SELECT pg_notify($1, $2)"
WRITES = "BEGIN ISOLATION LEVEL READ COMMITTED"
READS = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
RETRY_S = 0.5

#: The server, its disk or the way to it failed; then nothing is wrong with what was asked.
OUTAGES = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresSystemError,
    asyncpg.InternalServerError,
)
#: Another transaction was in the way; this one is played again from its beginning.
CLASHES = (
    Again,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.UniqueViolationError,
    # the tables were migrated while we ran
    asyncpg.InvalidCachedStatementError,
)
REFUSED = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)

Hear = Callable[[Sequence[str]], None]
_Item = tuple[Unit, asyncio.Future[Any]]


class _Stale(Exception):
    """Raised when a connection had ended while nobody used it: nothing was asked of it yet."""


class Postgres:
    """A `Database` that several nodes share. `node` is this one's id; it ignores its own bell."""

    shared = True

    def __init__(
        self,
        url: str,
        node: str,
        *,
        connections: int = 4,
        batch_units: int = 512,
        waiting: int = 10_000,
        timeout_s: float = 5,
    ) -> None:
        self.url = url
        self.node = node
        self.connections = connections
        self.batch_units = batch_units
        self.pending = Pending(waiting, timeout_s)
        self.timeout_s = timeout_s
        #: between two tries to connect
        self.retry_s = min(RETRY_S, timeout_s)
        self.units: deque[_Item] = deque()
        self.wake = asyncio.Event()
        self.stopping = False
        self.tasks: list[asyncio.Task[None]] = []
        #: the writer's connection
        self.own: Any = None
        self.commits = 0
        self.hear: Hear = lambda bells: None
        self.caught_up: Callable[[], None] = lambda: None
        self.listening = False
        #: the server itself ends what nobody waits for any more, and lets go of the locks of a node
        #: that froze in the middle of a transaction
        limit_ms = str(max(1, round(timeout_s * 1000)))
        self.server_settings = {
            "statement_timeout": limit_ms,
            "idle_in_transaction_session_timeout": limit_ms,
        }

    async def start(self) -> None:
        try:
            async with asyncio.timeout(self.timeout_s):
                self.pool = await asyncpg.create_pool(
                    self.url,
                    min_size=1,
                    max_size=self.connections,
                    server_settings=self.server_settings,
                )
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise Unavailable(f"PostgreSQL does not answer: {type(error).__name__}") from error
        self.tasks = [
            asyncio.create_task(self._write(), name="postgres-write"),
            asyncio.create_task(self._listen(), name="postgres-listen"),
        ]
        self._watch()

    async def close(self) -> None:
        self.pending.closed = True
        self.stopping = True
        self.wake.set()
        if self.tasks:
            writer, listener = self.tasks
            listener.cancel()
            await asyncio.gather(writer, listener, return_exceptions=True)
            self.tasks = []
            try:
                async with asyncio.timeout(self.timeout_s):
                    await self.pool.close()
            except TimeoutError:
                self.pool.terminate()
        self.pending.give_up()

    async def write(self, unit: Unit) -> Outcome:
        future = self.pending.add()
        self.units.append((unit, future))
        self.wake.set()
        outcome: Outcome = await future
        return outcome

    async def run(self, command: Callable[P, Command[T]], *args: P.args, **named: P.kwargs) -> T:
        return await self.pending.answer(
            lambda: self._in_pool(WRITES, lambda: command(*args, **named))
        )

    async def read(self, query: Callable[P, Command[T]], *args: P.args, **named: P.kwargs) -> T:
        return await self.pending.answer(
            lambda: self._in_pool(READS, lambda: query(*args, **named))
        )

    async def _in_pool(self, begin: str, command: Callable[[], Command[T]]) -> T:
        try:
            for _ in range(self.connections):
                with contextlib.suppress(_Stale):
                    async with self.pool.acquire() as connection:
                        return await self._transaction(connection, begin, command)
            raise Unavailable(SILENT)
        except Exception as error:
            answer = told(error)
            if answer is error:
                raise
            raise answer from error

    async def _transaction(
        self, connection: Any, begin: str, command: Callable[[], Command[T]]
    ) -> T:
        """Plays a command in a transaction, again when another one was in the way.

        One that gets no answer, or whose caller is gone, ends with its connection: the server then
        undoes it, and nobody waits for that. Raises `Unavailable`, `_Stale` when the connection had
        ended before anything was asked of it, or what the command raises.
        """
        for last in (False,) * (TRIES - 1) + (True,):
            try:
                await self._begin(connection, begin)
                result = await self._drive(connection, command())
                await connection.execute("COMMIT")
                return result
            except (asyncio.CancelledError, _Stale):
                _hang_up(connection)
                raise
            except Exception as error:
                if _is_outage(error, begin) or _is_closed(connection):
                    _hang_up(connection)
                    raise _unavailable(error) from error
                await self._undo(connection)
                if last or not isinstance(error, CLASHES):
                    raise
        raise AssertionError("unreachable")

    async def _begin(self, connection: Any, begin: str) -> None:
        try:
            await connection.execute(begin)
        except Exception as error:
            if _is_closed(connection):
                raise _Stale(type(error).__name__) from error
            raise

    async def _undo(self, connection: Any) -> None:
        try:
            await connection.execute("ROLLBACK")
        except BaseException:
            _hang_up(connection)
            raise

    async def _drive(self, connection: Any, command: Command[T]) -> T:
        try:
            statement = next(command)
            while True:
                if isinstance(statement, Ring):
                    for payload in payloads(self.node, statement.bells):
                        await connection.execute(RING, CHANNEL, payload)
                    statement = command.send([])
                    continue
                text, given = statement
                bound = text.for_postgres(given)  # type: ignore[arg-type]
                statement = command.send(await connection.fetch(text.postgres, *bound))
        except StopIteration as done:
            result: T = done.value
            return result

    def _watch(self) -> None:
        if self.tasks:
            loop = asyncio.get_running_loop()
            self.pending.expire(loop.time())
            loop.call_later(self.timeout_s / 4, self._watch)

    # the writer

    async def _write(self) -> None:
        """One transaction in flight; what comes meanwhile is the next batch."""
        while batch := await self._take():
            done = await self._commit(batch)
            self.pending.resolve(done)
            if self.own is None or self.own.is_closed():
                await asyncio.sleep(self.retry_s)
        await _dropped(self.own)

    async def _take(self) -> list[_Item]:
        """Waits for one unit, then takes whatever else came meanwhile: no linger. Empty at the end.

        What nobody waits for any more is not begun.
        """
        while True:
            while not self.units:
                if self.stopping:
                    return []
                self.wake.clear()
                await self.wake.wait()
            taken = [self.units.popleft() for _ in range(min(len(self.units), self.batch_units))]
            batch, dropped = still_wanted(taken)
            self.pending.resolve(dropped)
            if batch:
                return batch

    async def _commit(self, batch: Sequence[_Item]) -> list[Done]:
        """One transaction; one that fails is split, so that a bad unit fails alone."""
        units = [unit for unit, _ in batch]
        try:
            async with asyncio.timeout(self.timeout_s):
                outcomes = await self._in_own(lambda: commit(units))
        except Exception as error:
            if len(batch) == 1 or isinstance(error, (Unavailable, *OUTAGES)):
                return [(future, told(error)) for _, future in batch]
            half = len(batch) // 2
            return await self._commit(batch[:half]) + await self._commit(batch[half:])
        self.commits += 1
        told_each = map(outcome_or_error, outcomes)
        return list(zip((future for _, future in batch), told_each, strict=True))

    async def _in_own(self, command: Callable[[], Command[T]]) -> T:
        """Plays a command on the writer's own connection, on a new one when that had ended."""
        for _ in range(2):
            if self.own is None or self.own.is_closed():
                self.own = None
                self.own = await asyncpg.connect(self.url, server_settings=self.server_settings)
            with contextlib.suppress(_Stale):
                return await self._transaction(self.own, WRITES, command)
        raise Unavailable(SILENT)

    # the doorbell

    async def _listen(self) -> None:
        while True:
            connection: Any = None
            try:
                async with asyncio.timeout(self.timeout_s):
                    connection = await asyncpg.connect(self.url)
                    await connection.add_listener(CHANNEL, self._rang)
                self.listening = True
                # what was rung while nobody listened is looked up
                self.caught_up()
                await self._until_ended(connection)
            except Exception as error:
                log.error("database: the doorbell is silent: %s", type(error).__name__)
                if connection is not None:
                    _hang_up(connection)
            finally:
                self.listening = False
                await _dropped(connection)
            await asyncio.sleep(self.retry_s)

    async def _until_ended(self, connection: Any) -> None:
        """Waits until a connection ends. A way that broke without a word shows at the next ping."""
        ended = asyncio.Event()
        connection.add_termination_listener(lambda _: ended.set())
        while not connection.is_closed():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.timeout_s):
                    await ended.wait()
                    return
            async with asyncio.timeout(self.timeout_s):
                await connection.execute("SELECT 1")

    def _rang(self, connection: Any, pid: int, channel: str, payload: str) -> None:
        node, _, bells = payload.partition("|")
        if node != self.node:
            self.hear(bells.split())


def payloads(node: str, bells: Sequence[str]) -> list[str]:
    """The bells in as few payloads as PostgreSQL takes."""
    found, current = [], ""
    for bell in bells:
        longer = f"{current} {bell}" if current else f"{node}|{bell}"
        if len(longer.encode()) > PAYLOAD_BYTES:
            found.append(current)
            longer = f"{node}|{bell}"
        current = longer
    return [*found, current] if current else found


def told(error: Exception) -> Exception:
    """What the caller hears of a fault: an outage is `Unavailable`, a value that the database
    refuses is a `Rollback`, and a fault of ours stays what it is. PostgreSQL's messages may hold
    values, so that only their type is logged."""
    if isinstance(error, (Rollback, Unavailable)):
        return error
    if isinstance(error, OUTAGES):
        return _unavailable(error)
    if isinstance(error, CLASHES):
        return Rollback("clash")
    if isinstance(error, REFUSED):
        log.error("database: a value was refused: %s", type(error).__name__)
        return Rollback("refused")
    log.error("database: a fault of ours: %s", type(error).__name__)
    return error


def _is_outage(error: Exception, begin: str) -> bool:
    """Whether the server failed. One that takes no writes now has; a query that writes has not."""
    read_only = isinstance(error, asyncpg.ReadOnlySQLTransactionError)
    return isinstance(error, OUTAGES) or (read_only and begin == WRITES)


def _unavailable(error: Exception) -> Unavailable:
    log.error("database: it does not work: %s", type(error).__name__)
    return Unavailable(type(error).__name__)


def _is_closed(connection: Any) -> bool:
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        # the pool took it back, because it ended
        return True


def _hang_up(connection: Any) -> None:
    with contextlib.suppress(asyncpg.InterfaceError):
        connection.terminate()


async def _dropped(connection: Any) -> None:
    if connection is not None:
        with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await connection.close(timeout=1)
