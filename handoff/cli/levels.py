"""`voordeur report levels`: which part of the tickets is acute, urgent and normal, as CSV.

If most are urgent the order of the queue means little (DOMAIN 2.3).
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import sys

from data.hours import zone_named
from handoff.cli.common import read_knowledge
from handoff.cli.period import add_period, check_period
from handoff.cli.store import with_database
from handoff.clock import moment
from handoff.insight import hearing
from handoff.storage import tickets

COLUMNS = ("level", "tickets", "percent", "low", "high")


def add(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the kind of report."""
    found = kinds.add_parser("levels", help="which part of the tickets has which level")
    add_period(found)
    found.set_defaults(run=run_levels)


def run_levels(given: argparse.Namespace) -> int:
    """Writes the figures to the standard output. Raises `Stop`."""
    knowledge = read_knowledge(given)
    first, last = check_period(given, knowledge)
    region = given.region or ""
    rows = asyncio.run(with_database(given.database, lambda db: db.read(tickets.levels_of, region)))
    zone = zone_named(knowledge.zone)
    by = given.by or "day"
    days = (
        (moment(row["entered_at"]).astimezone(zone).date().isoformat(), row["level"])
        for row in rows
    )
    asked = ((day, level) for day, level in days if first <= day <= last)
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow([by, *COLUMNS])
    for of_period in hearing.shares(asked, hearing.PERIODS[by]):
        table.writerows(hearing.share_cells(of_period, given.outside))
    return 0
