"""What reports are asked for: from which day to which, of which region, and how much together."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from data.knowledge import DEFAULT_FOLDER, Knowledge
from handoff.cli.common import Stop, add_database
from handoff.insight import hearing

#: Before and after every day that was ever written.
FIRST, LAST = "", "9"


def add_period(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("--from", dest="first", type=_day, metavar="DATE", help="from this day")
    parser.add_argument("--to", dest="last", type=_day, metavar="DATE", help="up to this day")
    parser.add_argument("--region", metavar="R", help="only who came to this region")
    parser.add_argument(
        "--by", choices=hearing.PERIODS, help="rows by day, week or month (default: day)"
    )
    parser.add_argument(
        "--outside",
        action="store_true",
        help=f"for people outside: fewer than {hearing.LEAST} is not told",
    )
    parser.add_argument(
        "--data", type=Path, default=DEFAULT_FOLDER, metavar="DIR", help="regions and words"
    )
    add_database(parser)


def check_period(given: argparse.Namespace, knowledge: Knowledge) -> tuple[str, str]:
    """The first day and the last. Raises `Stop`."""
    if given.first and given.last and given.first > given.last:
        raise Stop(f"--from {given.first} is after --to {given.last}: turn them round")
    if given.region and given.region not in knowledge.regions:
        known = ", ".join(knowledge.regions)
        raise Stop(f"`{given.region}` is not a region; it is one of {known}")
    return given.first or FIRST, given.last or LAST


def _day(text: str) -> str:
    """A day, for argparse. Raises `ArgumentTypeError`."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"`{text}` is not a day, such as 2026-11-23") from None
