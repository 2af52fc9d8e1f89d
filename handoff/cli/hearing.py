"""`voordeur report hearing`: what was heard and what caseworkers made of it, as CSV and as bars."""

from __future__ import annotations

import argparse
import asyncio
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from data.knowledge import Knowledge
from data.triage import LEVELS
from handoff.cli.common import Stop, read_knowledge
from handoff.cli.period import add_period, check_period
from handoff.cli.store import with_database
from handoff.insight import hearing
from handoff.insight.hearing import COLUMNS, Heard, cells
from handoff.insight.hearing_chart import Shown
from handoff.insight.hearing_chart import hearing as chart
from handoff.insight.outcome import ALL
from handoff.insight.words import Words
from handoff.storage import hearings
from handoff.storage.sql import Row

#: More bars than this have no room beside each other.
MOST_BARS = 92
#: The worst first, as everywhere.
SHOWN = tuple(reversed(LEVELS[1:]))


def add(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the kind of report."""
    found = kinds.add_parser(
        "hearing", help="danger heard in texts, and how often a caseworker agreed or struck it"
    )
    add_period(found)
    found.add_argument(
        "--signals", action="store_true", help="signals instead of levels: by month, all regions"
    )
    found.add_argument("--svg", type=Path, metavar="FILE", help="draw it as bars too")
    found.add_argument("--language", metavar="L", help="of the picture (default: the first)")
    found.set_defaults(run=run_hearing)


def run_hearing(given: argparse.Namespace) -> int:
    """Writes the figures to the standard output, and the picture to its file. Raises `Stop`."""
    knowledge = read_knowledge(given)
    found = _read(given, *_check(given, knowledge))
    by, name = ("month", "signal") if given.signals else (given.by or "day", "level")
    when = "month" if given.signals else "day"
    rows = hearing.gathered(found, when, name, hearing.PERIODS[by])
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow([by, name, *COLUMNS])
    for row in rows:
        table.writerow([row.period, row.name, *cells(row, given.outside)])
    if not rows:
        sys.stderr.write("nothing was heard in this period: widen it with --from and --to\n")
    if given.svg is not None:
        days = [row["day"] for row in found]
        axis = hearing.periods(min(days), max(days), hearing.PERIODS[by]) if days else []
        _draw(given, knowledge, rows, axis)
    return 0


def _check(given: argparse.Namespace, knowledge: Knowledge) -> tuple[str, str]:
    """The first day and the last. Raises `Stop`."""
    if given.signals and (given.region or given.svg or given.by):
        raise Stop(
            "signals are kept by the month and of all regions together, so that none leads to a"
            " visitor: leave out --region, --by and --svg"
        )
    if given.language and given.language not in knowledge.languages:
        raise Stop(f"`{given.language}` is not one of {', '.join(knowledge.languages)}")
    return check_period(given, knowledge)


def _read(given: argparse.Namespace, first: str, last: str) -> list[Row]:
    """The rows of the period, by the day or by the month."""
    if given.signals:
        asked = (hearing.by_month(first), hearing.by_month(last))
        return asyncio.run(
            with_database(given.database, lambda db: db.read(hearings.signals, *asked))
        )
    region = given.region or ""
    return asyncio.run(
        with_database(given.database, lambda db: db.read(hearings.levels, first, last, region))
    )


def _draw(
    given: argparse.Namespace, knowledge: Knowledge, rows: Sequence[Heard], axis: Sequence[str]
) -> None:
    if len(axis) > MOST_BARS:
        raise Stop(f"{len(axis)} bars cannot be told apart: add --by week or --by month")
    language = given.language or knowledge.language
    names = {slug: region.name for slug, region in knowledge.regions.items()}
    say = Words(knowledge.report_words, language, names)
    levels = {level: knowledge.triage.levels[level][language] for level in SHOWN}
    found = {(row.period, row.name): row for row in rows}
    shown = Shown(given.region or ALL, SHOWN, axis, found, given.outside)
    try:
        given.svg.write_text(chart(shown, say, levels), "utf-8")
    except OSError as error:
        raise Stop(f"{given.svg}: cannot be written: {error.strerror}") from error
