"""SQLite: one thread owns the file for writing and commits in groups; two more read.

WAL with `synchronous=FULL`: an acknowledged message survives a power cut. One thread, so that
the file is never busy with ourselves, and so that SQLite's work runs beside the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from handoff.storage.database import Done, Pending, Unavailable, outcome_or_error, still_wanted
from handoff.storage.sql import BadText, Command, Ring, Rollback
from handoff.storage.units import Outcome, Unit, commit

log = logging.getLogger(__name__)

T = TypeVar("T")
P = ParamSpec("P")

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # deleted text is overwritten with zeros; together with the destroyed key it is gone
    "PRAGMA secure_delete = ON",
    # the writer moves the log into the file itself, after it has answered
    "PRAGMA wal_autocheckpoint = 0",
)
#: The log is moved into the file when nothing came for so long.
IDLE_S = 0.05
#: Or after so many changed rows although somebody waits: the log stays below some 20 MB, and the
#: wait for it below some 20 ms.
ROWS_LOGGED = 4_000
READERS = 2

#: SQLite's answers that are about the file or the machine, not about what was asked of it.
OUTAGES = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    )
)
#: A row was there first; any other constraint refuses a value.
CLASHES = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)

_Item = tuple[Unit | Callable[[], Command[Any]], asyncio.Future[Any]]


class AlreadyServed(Exception):
    """Raised when another process serves this file."""


class SqliteFile:
    """A `Database` in one file."""

    shared = False

    def __init__(
        self, path: Path, *, batch_units: int = 512, waiting: int = 10_000, timeout_s: float = 5
    ) -> None:
        self.path = path
        self.batch_units = batch_units
        self.timeout_s = timeout_s
        self.pending = Pending(waiting, timeout_s)
        self.queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self.readers = ThreadPoolExecutor(READERS, "sqlite-read")
        self.reading = asyncio.Semaphore(READERS)
        self.local = threading.local()
        self.opened: list[sqlite3.Connection] = []
        self.thread: threading.Thread | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.commits = 0
        #: `total_changes` of the writer when the log was last moved
        self.moved_at = 0

    # what the house calls

    async def start(self) -> None:
        self.loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = self.loop.create_future()
        self.thread = threading.Thread(
            target=self._serve, args=(opened,), name="sqlite-write", daemon=True
        )
        self.thread.start()
        await opened
        self._watch()

    async def close(self) -> None:
        self.pending.closed = True
        if self.thread is not None:
            self.queue.put(None)
            await asyncio.to_thread(self.thread.join)
            self.thread = None
        await asyncio.to_thread(self.readers.shutdown, cancel_futures=True)
        for connection in self.opened:
            connection.close()
        self.opened.clear()
        self.pending.give_up()

    async def write(self, unit: Unit) -> Outcome:
        future = self.pending.add()
        self.queue.put((unit, future))
        outcome: Outcome = await future
        return outcome

    async def run(self, command: Callable[P, Command[T]], *args: P.args, **named: P.kwargs) -> T:
        future = self.pending.add()
        self.queue.put((lambda: command(*args, **named), future))
        result: T = await future
        return result

    async def read(self, query: Callable[P, Command[T]], *args: P.args, **named: P.kwargs) -> T:
        return await self.pending.answer(lambda: self._in_reader(lambda: query(*args, **named)))

    async def _in_reader(self, query: Callable[[], Command[T]]) -> T:
        # the executor's own queue has no bound
        async with self.reading:
            return await asyncio.get_running_loop().run_in_executor(self.readers, self._read, query)

    def _watch(self) -> None:
        if self.loop is not None and self.thread is not None:
            self.pending.expire(self.loop.time())
            self.loop.call_later(self.timeout_s / 4, self._watch)

    # the writing thread

    def _serve(self, opened: asyncio.Future[None]) -> None:
        assert self.loop is not None
        try:
            connection = connect(self.path, self.timeout_s)
        except sqlite3.Error as error:
            failure = Unavailable(f"{self.path}: {error}")
            self.loop.call_soon_threadsafe(opened.set_exception, failure)
            return
        self.loop.call_soon_threadsafe(opened.set_result, None)
        with contextlib.closing(connection):
            while (taken := self._take(connection)) is not None:
                batch, dropped = still_wanted(taken)
                self._tell(self._commit(connection, batch) + dropped)
                if connection.total_changes - self.moved_at >= ROWS_LOGGED:
                    self._move_log(connection)
            self._move_log(connection)

    def _take(self, connection: sqlite3.Connection) -> list[_Item] | None:
        """Waits for one item, then takes whatever else came meanwhile: no linger."""
        first = self._first(connection)
        if first is None:
            return None
        batch = [first]
        while len(batch) < self.batch_units:
            try:
                item = self.queue.get_nowait()
            except queue.Empty:
                break
            if item is None:
                self.queue.put(None)
                break
            batch.append(item)
        return batch

    def _first(self, connection: sqlite3.Connection) -> _Item | None:
        """Waits for one item; the log is moved while there is nothing else to do."""
        if connection.total_changes != self.moved_at:
            try:
                return self.queue.get(timeout=IDLE_S)
            except queue.Empty:
                self._move_log(connection)
        return self.queue.get()

    def _move_log(self, connection: sqlite3.Connection) -> None:
        if checkpoint(connection, self.timeout_s):
            self.moved_at = connection.total_changes

    def _tell(self, done: list[Done]) -> None:
        assert self.loop is not None
        # the loop is gone when the process stops in the middle of things
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self.pending.resolve, done)

    def _commit(self, connection: sqlite3.Connection, batch: Sequence[_Item]) -> list[Done]:
        """One transaction; one that fails is split, so that a bad unit fails alone."""
        if not batch:
            return []
        try:
            connection.execute("BEGIN IMMEDIATE")
            results = self._play(connection, batch)
            connection.execute("COMMIT")
        except Exception as error:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            if len(batch) == 1 or is_outage(error):
                return [(future, told(error)) for _, future in batch]
            half = len(batch) // 2
            first = self._commit(connection, batch[:half])
            return first + self._commit(connection, batch[half:])
        self.commits += 1
        return list(zip((future for _, future in batch), results, strict=True))

    def _play(self, connection: sqlite3.Connection, batch: Sequence[_Item]) -> list[Any]:
        """Units that stand together are written together; a command has a savepoint of its own."""
        results: list[Any] = []
        units: list[Unit] = []

        def flush() -> None:
            if units:
                results.extend(map(outcome_or_error, drive(connection, commit(units))))
                units.clear()

        for work, _ in batch:
            if isinstance(work, Unit):
                units.append(work)
            else:
                flush()
                results.append(self._command(connection, work))
        flush()
        return results

    def _command(self, connection: sqlite3.Connection, work: Callable[[], Command[Any]]) -> Any:
        connection.execute("SAVEPOINT command")
        try:
            result = drive(connection, work())
        except Exception as error:
            if is_outage(error):
                raise
            connection.execute("ROLLBACK TO command")
            connection.execute("RELEASE command")
            return told(error)
        connection.execute("RELEASE command")
        return result

    # the reading threads

    def _read(self, query: Callable[[], Command[T]]) -> T:
        try:
            connection = self._reader()
            connection.execute("BEGIN")
            try:
                return drive(connection, query())
            finally:
                connection.execute("COMMIT")
        except Exception as error:
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_READONLY:
                # the file is fine: a query writes
                raise
            answer = told(error)
            if answer is error:
                raise
            raise answer from error

    def _reader(self) -> sqlite3.Connection:
        """The connection of this thread; opened again when it could not be opened before."""
        found: sqlite3.Connection | None = getattr(self.local, "connection", None)
        if found is None:
            found = connect(self.path, self.timeout_s)
            found.execute("PRAGMA query_only = ON")
            self.local.connection = found
            self.opened.append(found)
        return found


def connect(path: Path, timeout_s: float = 5) -> sqlite3.Connection:
    """A connection as all of ours are; a busy file is waited for. Raises `sqlite3.Error`."""
    connection = sqlite3.connect(
        path, timeout=timeout_s, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    for pragma in PRAGMAS:
        connection.execute(pragma)
    return connection


def drive(connection: sqlite3.Connection, command: Command[T]) -> T:
    """Runs a command to its end in the transaction that is open."""
    try:
        statement = next(command)
        while True:
            if isinstance(statement, Ring):
                # one process: there is nobody to ring
                statement = command.send([])
                continue
            text, given = statement
            # each kind of statement knows how its own parameters are bound
            bound = text.for_sqlite(given)  # type: ignore[arg-type]
            rows: list[Any] = connection.execute(text.sqlite, bound).fetchall()
            statement = command.send(rows)
    except StopIteration as done:
        result: T = done.value
        return result


def checkpoint(connection: sqlite3.Connection, timeout_s: float) -> bool:
    """Moves the log into the file and empties it: what was erased is then in neither.

    It waits for nobody: with a reader in the way it is False, and some of it is left for later.
    """
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        (done,) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return not done["busy"]
    except sqlite3.Error:
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout = {round(timeout_s * 1000)}")


def is_outage(error: BaseException) -> bool:
    """Whether the file or the machine failed; then nothing is wrong with what was asked."""
    # the low byte is the kind, the rest its detail
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in OUTAGES


def told(error: Exception) -> Exception:
    """What the caller hears of a fault: an outage is `Unavailable`, a value that the database
    refuses is a `Rollback`, and a fault of ours stays what it is. SQLite's messages name tables and
    columns, never values."""
    if isinstance(error, (Rollback, Unavailable)):
        return error
    if is_outage(error):
        log.error("database: it does not work: %s", error)
        return Unavailable(type(error).__name__)
    if isinstance(error, sqlite3.IntegrityError):
        return Rollback("clash" if error.sqlite_errorcode in CLASHES else "refused")
    if isinstance(error, (sqlite3.DataError, OverflowError, UnicodeError, BadText)):
        log.error("database: a value was refused: %s", type(error).__name__)
        return Rollback("refused")
    log.error("database: a fault of ours: %s", type(error).__name__)
    return error


class ServingLock:
    """Held by the one process that serves a file. Raises `AlreadyServed` for a second."""

    def __init__(self, path: Path) -> None:
        self.file = Path(f"{path}.lock").open("w")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.file.close()
            raise AlreadyServed(
                f"{path} is served by another process; stop that one, or use PostgreSQL"
            ) from error

    def release(self) -> None:
        """Lets another process serve the file."""
        self.file.close()
