"""Commands for the database: `migrate [--check]` and `purge`."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from handoff.cli.common import Stop, add_database, add_keys, called
from handoff.clock import micros
from handoff.storage import keys, schema
from handoff.storage.database import Database, Unavailable
from handoff.storage.erasure import erase_due, unneeded_days
from handoff.storage.postgres import Postgres
from handoff.storage.sqlite_file import SqliteFile

T = TypeVar("T")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the commands."""
    migrate = commands.add_parser("migrate", help="bring the database to this version's tables")
    migrate.add_argument("--check", action="store_true", help="only say whether it is there")
    add_database(migrate)
    migrate.set_defaults(run=run_migrate)

    purge = commands.add_parser("purge", help="erase now what is due, rows and keys")
    add_database(purge)
    add_keys(purge)
    purge.set_defaults(run=run_purge)


def run_migrate(given: argparse.Namespace) -> int:
    """Upgrades, or only checks: 1 when the tables are old."""
    try:
        if given.check:
            schema.check(given.database)
        made = not given.check and schema.migrate(given.database)
    except schema.OldSchema as error:
        raise Stop(f"{called(given.database)}: {error}") from error
    except schema.BadDatabase as error:
        raise Stop(str(error)) from error
    told = "made new" if made else "is at this version"
    sys.stdout.write(f"{called(given.database)}: {told}\n")
    return 0


def run_purge(given: argparse.Namespace) -> int:
    """Erases every conversation whose time has come, and the day keys that nothing needs any more;
    how many, as proof."""
    now = datetime.now(UTC)

    async def inside(db: Database) -> tuple[int, int]:
        erased = await erase_due(db, micros(now), secrets.token_urlsafe(9), "operator")
        days = await unneeded_days(db, keys.days_in(given.keys), now.date())
        for key_id in days:
            keys.destroy(given.keys, key_id)
        return len(erased), len(days)

    conversations, days = asyncio.run(with_database(given.database, inside))
    sys.stdout.write(f"{conversations} conversations erased, {days} day keys destroyed\n")
    return 0


async def with_database(url: str, work: Callable[[Database], Awaitable[T]]) -> T:
    """Opens a database for one piece of work. Raises `Stop` for an old or unreachable one."""
    try:
        await asyncio.to_thread(schema.check, url)
        path = schema.sqlite_path(url)
        db: Database = SqliteFile(path) if path is not None else Postgres(url, "command")
        await db.start()
    except schema.OldSchema as error:
        raise Stop(f"{called(url)}: {error}") from error
    except (schema.BadDatabase, Unavailable) as error:
        raise Stop(str(error)) from error
    try:
        return await work(db)
    finally:
        await db.close()
