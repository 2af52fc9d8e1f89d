"""`voordeur report`: figures for coordinators, as CSV."""

from __future__ import annotations

import argparse
import asyncio
import csv
import re
import sys

from handoff.cli import hearing, levels
from handoff.cli.common import add_database
from handoff.cli.store import with_database
from handoff.storage.ledger import settlement

MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
COLUMNS = ("home_region", "serving_region", "month", "chats", "minutes")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command."""
    report = commands.add_parser("report", help="figures as CSV")
    kinds = report.add_subparsers(dest="kind", required=True, metavar="KIND")
    found = kinds.add_parser("settlement", help="who helped whom: chats and minutes by month")
    found.add_argument("--month", type=_month, metavar="YYYY-MM", help="only this one")
    add_database(found)
    found.set_defaults(run=run_settlement)
    hearing.add(kinds)
    levels.add(kinds)


def run_settlement(given: argparse.Namespace) -> int:
    """Writes the ledger to the standard output; a part of a minute counts as it rounds."""
    month = given.month or ""
    rows = asyncio.run(with_database(given.database, lambda db: db.read(settlement, month)))
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in rows:
        minutes = (row["seconds"] + 30) // 60
        table.writerow([*(row[name] for name in COLUMNS[:-1]), minutes])
    return 0


def _month(text: str) -> str:
    """A month, for argparse. Raises `ArgumentTypeError`."""
    if not MONTH.fullmatch(text):
        raise argparse.ArgumentTypeError(f"`{text}` is not a month, such as 2026-11")
    return text
