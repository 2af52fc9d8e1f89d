"""Commands for the operator: `key new` and `user add|list|disable|enable|remove|password`."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from collections.abc import Callable
from typing import Any

from argon2 import PasswordHasher

from handoff.cli.common import Stop, add_database, add_folders, called, read_knowledge
from handoff.cli.store import with_database
from handoff.clock import SystemClock
from handoff.people.accounts import ROLES, Accounts, BadAccount
from handoff.settings import Settings
from handoff.storage import people
from handoff.storage.database import Database
from handoff.storage.keys import new_master
from handoff.storage.sql import Rollback


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the commands."""
    key = commands.add_parser("key", help="make a master key")
    keys = key.add_subparsers(dest="what", required=True)
    keys.add_parser("new", help="print a fresh master key").set_defaults(run=run_key)

    user = commands.add_parser("user", help="who may log in")
    users = user.add_subparsers(dest="what", required=True)
    for name, work, help in (
        ("add", add_user, "add a login; the password is asked for, or read from standard input"),
        ("list", list_users, "list all logins"),
        ("disable", disable_user, "end a login and let nobody in with it"),
        ("enable", enable_user, "let somebody in again"),
        ("remove", remove_user, "take a login away for good"),
        ("password", set_password, "set a new password"),
    ):
        found = users.add_parser(name, help=help)
        add_database(found)
        add_folders(found)
        if name != "list":
            found.add_argument("username")
        if name == "add":
            found.add_argument("--name", required=True, help="the name that visitors read")
            found.add_argument("--region", required=True, help="slug of the region")
            found.add_argument("--role", choices=ROLES, default="caseworker")
            found.add_argument(
                "--languages",
                default="",
                metavar="nl,en",
                help="what they speak: who is asked first for a visitor in that language",
            )
        found.set_defaults(run=_with_accounts(work))


def run_key(given: argparse.Namespace) -> int:
    """Prints a key, and nothing else: it can be sent straight into a file."""
    sys.stdout.write(new_master() + "\n")
    return 0


Work = Callable[[argparse.Namespace, Database, Accounts], Any]


def _with_accounts(work: Work) -> Callable[[argparse.Namespace], int]:
    def run(given: argparse.Namespace) -> int:
        async def inside(db: Database) -> None:
            await work(given, db, Accounts(db, Settings(), SystemClock(), PasswordHasher()))

        try:
            asyncio.run(with_database(given.database, inside))
        except BadAccount as error:
            raise Stop(str(error)) from error
        return 0

    return run


async def add_user(given: argparse.Namespace, db: Database, accounts: Accounts) -> None:
    """Adds a login."""
    regions = read_knowledge(given).regions
    if given.region not in regions:
        raise Stop(f"there is no region `{given.region}`; regions.yml lists them")
    row = accounts.row(
        given.username,
        given.name,
        given.role,
        given.region,
        _password(),
        languages=given.languages,
    )
    try:
        await db.run(people.add_account, row)
    except Rollback as error:
        raise Stop(f"`{given.username}` is there already") from error
    sys.stdout.write(f"{given.username} can log in; database: {called(given.database)}\n")


async def list_users(given: argparse.Namespace, db: Database, accounts: Accounts) -> None:
    """Lists the logins: name, role, region, and whether they work."""
    for row in await db.read(people.accounts):
        state = "disabled" if row["disabled"] else "demo" if row["demo"] else ""
        columns = (row["username"], row["role"], row["region"], row["name"], state)
        sys.stdout.write("\t".join(columns).rstrip() + "\n")


async def disable_user(given: argparse.Namespace, db: Database, accounts: Accounts) -> None:
    """Disables a login."""
    await _set_disabled(given, db, True)


async def enable_user(given: argparse.Namespace, db: Database, accounts: Accounts) -> None:
    """Enables a login."""
    await _set_disabled(given, db, False)


async def _set_disabled(given: argparse.Namespace, db: Database, disabled: bool) -> None:
    if not await db.run(people.set_disabled, given.username, disabled):
        raise Stop(f"there is no `{given.username}`; `voordeur user list` names all")
    sys.stdout.write(f"{given.username} is {'disabled' if disabled else 'enabled'}\n")


async def remove_user(given: argparse.Namespace, db: Database, accounts: Accounts) -> None:
    """Takes a login away; the audit keeps what was done with it."""
    try:
        there = await db.run(people.remove_account, given.username)
    except Rollback as error:
        raise Stop(
            f"`{given.username}` still has conversations; end and close them, or disable the login"
        ) from error
    if not there:
        raise Stop(f"there is no `{given.username}`; `voordeur user list` names all")
    sys.stdout.write(f"{given.username} is removed\n")


async def set_password(given: argparse.Namespace, db: Database, accounts: Accounts) -> None:
    """Sets a password and ends all logins with the old one."""
    hash = accounts.hash(_password())
    if not await db.run(people.set_password, given.username, hash):
        raise Stop(f"there is no `{given.username}`; `voordeur user list` names all")
    sys.stdout.write(f"{given.username} has a new password\n")


def _password() -> str:
    """Asked for twice at a terminal; a line of standard input elsewhere. Never an argument, which
    every process on the machine could read."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        raise Stop("the two are not the same; nothing was changed")
    return first
