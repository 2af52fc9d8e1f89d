"""`voordeur demo`: a ready system with made-up people, on this machine only."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import logging
import secrets
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from argon2 import PasswordHasher

from data.hours import MINUTES_A_DAY
from data.knowledge import Knowledge
from handoff.app import Plan
from handoff.cli.common import (
    DEMO_KEY,
    Stop,
    add_folders,
    add_settings,
    port_number,
    read_content,
    read_settings,
)
from handoff.cli.serve import quiet_libraries, serve, with_lock
from handoff.cli.store import with_database
from handoff.cli.times import clock_time, longest_open
from handoff.clock import SystemClock, micros
from handoff.people.accounts import Accounts
from handoff.settings import Settings
from handoff.storage import operation, people, schema, tickets
from handoff.storage.database import Database
from handoff.storage.keys import read_master
from handoff.storage.sql import Rollback
from handoff.storage.tables import Roster
from handoff.web.demo_page import Demo

PASSWORD = "demo"
HOST = "127.0.0.1"
#: The names that visitors read; made up, and of nobody.
NAMES = ("Noor", "Sam", "Robin", "Jip", "Charlie", "Bo", "Senna", "Lou")
#: Demo caseworkers are planned from here on, whatever clock the demo has.
LONG_AGO = "2000-01-01"
#: The logins beside the caseworkers: only who has a page to log in to.
STAFF = (
    ("coordinator", "coordinator"),
    ("editor", "editor"),
    ("editor-2", "editor"),
    ("admin", "admin"),
)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command."""
    demo = commands.add_parser("demo", help="try everything with made-up people")
    demo.add_argument("--port", type=port_number, default=8080, help="(%(default)s)")
    demo.add_argument("--database", metavar="URL", help="keep it there; thrown away without")
    demo.add_argument("--clock", metavar="C", help="HH:MM, or YYYY-MM-DDTHH:MM, in the region")
    demo.add_argument(
        "--caseworkers", type=_count, default=2, metavar="N", help="a region (%(default)s)"
    )
    demo.add_argument(
        "--region",
        action="append",
        metavar="R",
        help="a region that gets logins; the first is shown",
    )
    add_folders(demo)
    add_settings(demo)
    demo.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Makes the database and the people, says where everything is, and serves."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    quiet_libraries()
    content = read_content(given)
    knowledge = content.knowledge
    regions = chosen_regions(knowledge, given.region)
    shown = knowledge.regions[regions[0]]
    now = datetime.now(UTC)
    moved = clock_time(given.clock, shown, now)
    settings = read_settings(given, secure_cookies=False)
    with ExitStack() as stack:
        database, keys = places(given.database, stack)
        say("database: " + (given.database or "a throw-away one"))
        plan = Plan(
            database=database,
            keys=keys,
            master=read_master(DEMO_KEY),
            content=content,
            settings=settings,
            clock=SystemClock(moved - now),
            demo=Demo(
                region=shown.slug,
                logins=tuple(logins(regions, given.caseworkers)),
                password=PASSWORD,
                moved=moved if given.clock or moved != now else None,
                chosen=bool(given.clock),
            ),
        )

        def work() -> None:
            try:
                schema.migrate(database)
            except schema.BadDatabase as error:
                raise Stop(str(error)) from error
            asyncio.run(
                with_database(
                    database, lambda db: add_people(db, settings, regions, given.caseworkers)
                )
            )
            serve(plan, HOST, given.port, None, lambda: tell(plan, given.port))

        with_lock(database, work)
    return 0


def chosen_regions(knowledge: Knowledge, given: Sequence[str] | None) -> list[str]:
    """The regions that get logins. Raises `Stop` for one that is not there."""
    for slug in given or ():
        if slug not in knowledge.regions:
            known = ", ".join(knowledge.regions)
            raise Stop(f"there is no region `{slug}`; there are {known}")
    return list(dict.fromkeys(given or [longest_open(knowledge).slug]))


def places(database: str | None, stack: ExitStack) -> tuple[str, Path]:
    """The database and the keys: both thrown away, or both kept beside each other."""
    if database is None:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="voordeur-demo-")))
        return f"sqlite:///{folder / 'demo.db'}", folder / "keys"
    try:
        path = schema.sqlite_path(database)
    except schema.BadDatabase as error:
        raise Stop(str(error)) from error
    if path is not None:
        return database, Path(f"{path}.keys")
    name = hashlib.sha256(database.encode()).hexdigest()[:16]
    return database, Path(tempfile.gettempdir()) / f"voordeur-demo-keys-{name}"


def logins(regions: Sequence[str], caseworkers: int) -> list[tuple[str, str, str]]:
    """(username, role, region) of everybody who can log in."""
    found = [
        (f"{region}-{number}", "caseworker", region)
        for region in regions
        for number in range(1, caseworkers + 1)
    ]
    return found + [(name, role, regions[0]) for name, role in STAFF]


def _count(text: str) -> int:
    """How many, for argparse. Raises `ArgumentTypeError`."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of caseworkers, 0 or more")
    return int(text)


async def add_people(
    db: Database, settings: Settings, regions: Sequence[str], caseworkers: int
) -> None:
    """Adds the made-up people; who is there already stays. Raises `Stop` where real ones work."""
    known = await db.read(people.accounts)
    if known and not any(row["demo"] for row in known):
        raise Stop(
            "this database has logins of its own, and a demo would let everybody in;"
            " leave --database out, or name another one"
        )
    accounts = Accounts(db, settings, SystemClock(), PasswordHasher())
    for number, (username, role, region) in enumerate(logins(regions, caseworkers)):
        if await db.read(people.account, username) is not None:
            continue
        name = NAMES[number % len(NAMES)]
        row = accounts.row(username, name, role, region, PASSWORD, demo=True)
        try:
            await db.run(people.add_account, row)
        except Rollback:
            continue
        if role == "caseworker":
            await _plan(db, username, region)


async def _plan(db: Database, username: str, region: str) -> None:
    """Plans somebody at the desk at all hours, so that the region counts as staffed."""
    id, now = secrets.token_urlsafe(9), micros(datetime.now(UTC))
    row = Roster(
        id=id,
        region=region,
        username=username,
        role="front_office",
        days="0123456",
        start_min=0,
        end_min=MINUTES_A_DAY,
        first_day=LONG_AGO,
        made_by="demo",
        made_at=now,
    )
    note = tickets.audit(secrets.token_urlsafe(9), now, "demo", "roster", None, f"{id} {username}")
    await db.run(operation.add_roster, row, note)


def tell(plan: Plan, port: int) -> None:
    """Says where everything is."""
    demo = plan.demo
    assert demo is not None
    local = plan.clock.now().astimezone(plan.knowledge.regions[demo.region].chat_hours.zone)
    here = f"http://{HOST}:{port}"
    lines = [
        "",
        f"  Front page    {here}/",
        f"  The chat      {here}/chat/{demo.region}",
        f"  The desk      {here}/desk",
        f"  The board     {here}/board, with the login `coordinator`",
        f"  Editors       {here}/editor, with the login `editor`",
        "",
        "  Logins        " + ", ".join(name for name, _, _ in demo.logins),
        f"  Password      {demo.password}",
        f"  The clock     {local:%A %d %B %Y, %H:%M}" + ("" if demo.moved is None else " (moved)"),
        "",
        "  Ctrl-C stops it.",
        "",
    ]
    say("\n".join(lines))


def say(text: str) -> None:
    """Says what is going on, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
