"""Brings a database to today's tables, and says whether it is there. Alembic does the work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

T = TypeVar("T")

MIGRATIONS = Path(__file__).parent / "migrations"
#: What a migration begins with. The number of the lock is any, and the same on all nodes; Python
#: would begin no transaction for tables that are made on SQLite.
ONE_AT_A_TIME = {
    "postgresql": "SELECT pg_advisory_xact_lock(8687367)",
    "sqlite": "BEGIN IMMEDIATE",
}


class OldSchema(Exception):
    """Raised when the database is not at the newest migration; says what to run."""


class BadDatabase(Exception):
    """Raised for a database URL that is neither SQLite nor PostgreSQL, or that does not open."""


def sqlite_path(url: str) -> Path | None:
    """The file of a `sqlite:///path` URL; None for PostgreSQL. Raises `BadDatabase`."""
    if url.startswith("sqlite:///"):
        return Path(url.removeprefix("sqlite:///"))
    if url.startswith(("postgresql://", "postgres://")):
        return None
    raise BadDatabase("a database is sqlite:///path/to/file.db or postgresql://user@host/name")


def migrate(url: str) -> bool:
    """Upgrades to the newest migration, whole or not at all; who comes second waits, and finds
    nothing to do. Whether there were no tables before."""

    def upgrade(connection: Connection) -> bool:
        connection.exec_driver_sql(ONE_AT_A_TIME[connection.dialect.name])
        before = MigrationContext.configure(connection).get_current_revision()
        command.upgrade(_config(connection), "head")
        return before is None

    path = sqlite_path(url)
    if path is not None and not path.parent.is_dir():
        # a folder that is misspelt must not look like an empty database
        raise BadDatabase(f"the database does not open: there is no folder {path.parent}")
    return _with_connection(url, upgrade)


def check(url: str) -> None:
    """Raises `OldSchema` unless the database is at the newest migration; makes no file."""
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    found = _revision(url)
    if found is None:
        raise OldSchema("there are no tables yet; run `voordeur migrate`")
    if found != newest:
        raise OldSchema(
            f"the database is at {found}, the program at {newest}: "
            "make a backup, then run `voordeur migrate`"
        )


def _revision(url: str) -> str | None:
    path = sqlite_path(url)
    if path is not None and not path.exists():
        return None
    return _with_connection(
        url, lambda connection: MigrationContext.configure(connection).get_current_revision()
    )


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _with_connection(url: str, work: Callable[[Connection], T]) -> T:
    """Runs `work` in a transaction. Raises `BadDatabase` when the database does not open."""
    path = sqlite_path(url)
    return asyncio.run(_with_postgres(url, work)) if path is None else _with_sqlite(path, work)


def _with_sqlite(path: Path, work: Callable[[Connection], T]) -> T:
    engine = create_engine(f"sqlite:///{path}")
    try:
        connection = engine.connect()
    except SQLAlchemyError as error:
        raise _does_not_open(error) from error
    try:
        with connection.begin():
            return work(connection)
    finally:
        connection.close()
        engine.dispose()


async def _with_postgres(url: str, work: Callable[[Connection], T]) -> T:
    engine = create_async_engine(f"postgresql+asyncpg://{url.partition('://')[2]}")
    try:
        connection = await engine.connect()
    except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise _does_not_open(error) from error
    try:
        async with connection.begin():
            return await connection.run_sync(work)
    finally:
        await connection.close()
        await engine.dispose()


def _does_not_open(error: BaseException) -> BadDatabase:
    # the driver's own error says most; its message may hold the URL, and that a password
    while error.__cause__ is not None:
        error = error.__cause__
    return BadDatabase(f"the database does not open ({type(error).__name__})")
