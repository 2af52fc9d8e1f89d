"""`voordeur serve`: production. It refuses to start with anything that would be unsafe."""

from __future__ import annotations

import argparse
import asyncio
import errno
import gc
import logging
import os
import pwd
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

from aiohttp import web

from data.files import Unreadable
from flows.content import Content
from handoff.app import Plan, build
from handoff.cli.checking import checked
from handoff.cli.common import (
    Stop,
    add_database,
    add_folders,
    add_keys,
    add_settings,
    master_key,
    port_number,
    read_settings,
)
from handoff.cli.floors import refuse_deaf
from handoff.cli.store import with_database
from handoff.clock import SystemClock
from handoff.storage import people
from handoff.storage.database import Database, Unavailable
from handoff.storage.keys import NoKey
from handoff.storage.schema import sqlite_path
from handoff.storage.sqlite_file import AlreadyServed, ServingLock

log = logging.getLogger("voordeur")

#: The collector looks at everything far less often than by default: with a thousand conversations
#: that takes some 40 ms, in which nobody gets an answer. Nearly all is freed without it.
COLLECT = (20_000, 20, 50)

#: So far from a port that is taken lies the one that is suggested.
NEXT_PORT = 10


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command."""
    serve = commands.add_parser("serve", help="run the server")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    serve.add_argument(
        "--port", type=port_number, default=8080, help="port for visitors (%(default)s)"
    )
    serve.add_argument("--staff-port", type=port_number, help="a port of its own for staff pages")
    add_keys(serve)
    add_database(serve)
    add_folders(serve)
    add_settings(serve)
    serve.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Checks everything first, then serves until it is told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    quiet_libraries()
    try:
        content = checked(given.script.resolve(), given.data.resolve())
    except Unreadable as error:
        sys.stderr.write(f"{error}\n")
        raise Stop("the script or the data has faults; `voordeur check` shows them") from error
    plan = Plan(
        database=given.database,
        keys=given.keys,
        master=master_key(),
        content=content,
        settings=read_settings(given),
        clock=SystemClock(),
    )
    refuse_unwritable(given.database, given.keys)
    try:
        asyncio.run(
            with_database(given.database, lambda db: refuse(db, content, plan.settings.listening))
        )
    except Unreadable as error:
        sys.stderr.write(f"{error}\n")
        raise Stop("the examples have faults; `voordeur check` shows them") from error
    with_lock(given.database, lambda: serve(plan, given.host, given.port, given.staff_port))
    return 0


def refuse_unwritable(database: str, keys: Path) -> None:
    """Names what cannot be written, before the first visitor finds out. Raises `Stop`."""
    for path in must_be_written(database, keys):
        if not os.access(path, os.R_OK | os.W_OK):
            raise Stop(
                f"{path.absolute()} cannot be written by {whoami()}: give it to that user (chown),"
                " and run every `voordeur` command as that user (sudo -u)"
            )


def must_be_written(database: str, keys: Path) -> Iterator[Path]:
    """What is there of: the folder of a SQLite file, the file and those beside it, the keys.

    Of a keys folder that is still to be made, the folder in which it will stand.
    """
    path = sqlite_path(database)
    if path is not None and path.parent.is_dir():
        yield path.parent
        beside = (Path(f"{path}{ending}") for ending in ("", "-wal", "-shm", ".lock"))
        yield from (file for file in beside if file.exists())
    if keys.is_dir():
        yield keys
        yield from (folder for folder in sorted(keys.iterdir()) if folder.is_dir())
    else:
        yield next(folder for folder in keys.absolute().parents if folder.exists())


def whoami() -> str:
    """The name of the user who runs this, or the number of one without a name."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"user {os.geteuid()}"


async def refuse(db: Database, content: Content, listening: str) -> None:
    """What only the database can tell. Raises `Stop`, and `Unreadable`."""
    await refuse_demo_accounts(db)
    await refuse_deaf(db, content, listening)


async def refuse_demo_accounts(db: Database) -> None:
    """Everybody knows their password. Raises `Stop`."""
    if await db.read(people.demo_accounts):
        raise Stop(
            "this database has demo accounts, whose password everybody knows: `voordeur user list`"
            " names them, `voordeur user remove` takes each away"
        )


def with_lock(database: str, work: Callable[[], None]) -> None:
    """Runs while no other process serves the same file. Raises `Stop`."""
    path = sqlite_path(database)
    if path is None:
        work()
        return
    try:
        lock = ServingLock(path)
    except AlreadyServed as error:
        raise Stop(str(error)) from error
    except OSError as error:
        raise Stop(f"{path.absolute()} cannot be served: {error.strerror}") from error
    try:
        work()
    finally:
        lock.release()


def serve(
    plan: Plan,
    host: str,
    port: int,
    staff_port: int | None,
    ready: Callable[[], None] | None = None,
) -> None:
    """Serves until SIGINT or SIGTERM; then sockets are told to come back."""
    app = build(plan, staff_port)
    try:
        run_on_best_loop(_serve(app, host, port, staff_port, plan.settings.shutdown_s, ready))
    except Taken as taken:
        raise Stop(taken.told(in_demo=plan.demo is not None)) from taken
    except (Unavailable, NoKey) as error:
        raise Stop(str(error)) from error


class Taken(Exception):
    """Raised when a port cannot be listened on."""

    def __init__(self, host: str, port: int, option: str, error: OSError) -> None:
        super().__init__(host, port)
        self.host, self.port, self.option, self.error = host, port, option, error

    def told(self, *, in_demo: bool) -> str:
        """What is wrong, and what to try when somebody else listens there."""
        told = f"cannot listen on {self.host}:{self.port}"
        if self.error.errno != errno.EADDRINUSE:
            return f"{told}: {self.error.strerror or self.error}"
        option = f"{self.option} {self.port + NEXT_PORT}"
        return f"{told}: it is taken; try " + (f'ARGS="{option}"' if in_demo else option)


async def _serve(
    app: web.Application,
    host: str,
    port: int,
    staff_port: int | None,
    shutdown_s: float,
    ready: Callable[[], None] | None,
) -> None:
    # no access log: it would hold addresses
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=shutdown_s)
    await runner.setup()
    # what is loaded now stays: the collector need not look at it again
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        for one, option, whom in (
            (port, "--port", "visitors and staff" if staff_port is None else "visitors"),
            (staff_port, "--staff-port", "staff"),
        ):
            if one is None:
                continue
            try:
                await web.TCPSite(runner, host, one).start()
            except OSError as error:
                raise Taken(host, one, option, error) from error
            log.info("listening on http://%s:%d for %s", host, one, whom)
        if ready is not None:
            ready()
        await stop.wait()
        log.info("stopping: sockets are told to come back")
    finally:
        await runner.cleanup()


def run_on_best_loop(main: Coroutine[Any, Any, None]) -> None:
    """uvloop where it can be had: a tenth faster, and steady (docs/benchmarks.md)."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(main)
    else:
        uvloop.run(main)


def quiet_libraries() -> None:
    """Libraries log what does not help an operator."""
    for name in ("alembic", "rasa_sdk", "asyncio", "aiohttp"):
        logging.getLogger(name).setLevel(logging.WARNING)
