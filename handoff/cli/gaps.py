"""What `check` warns of: open hours, four weeks ahead, that nobody covers."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from data import knowledge
from data.hours import zone_named
from data.knowledge import Knowledge
from data.rota import Gap, gaps
from handoff.cli.store import with_database
from handoff.clock import micros
from handoff.desk.operation import lay_over
from handoff.storage import operation
from handoff.storage.database import Database

WHY = {
    "no_duty": "the rota names no region",
    "duty_closed": "it is on duty, and says that it is closed",
    "no_roster": "nobody is planned",
}


def warnings(data: Path, database: str | None, now: datetime) -> list[str]:
    """One line for every gap; with a database roster and operation count too.

    Raises `Stop` when the database cannot be read."""
    found, faults = knowledge.read(data)
    if faults:
        return []
    if database is not None:
        found = asyncio.run(with_database(database, lambda db: _laid_over(found, db, now)))
    today = now.astimezone(zone_named(found.zone)).date()
    return [
        _line(gap, found)
        for gap in gaps(found, today)
        # without a database nothing is known of who is planned
        if database is not None or gap.why != "no_roster"
    ]


async def _laid_over(content: Knowledge, db: Database, now: datetime) -> Knowledge:
    roster, rows = await db.read(operation.everything, micros(now))
    return lay_over(content, roster, rows, now)


def _line(gap: Gap, found: Knowledge) -> str:
    pool = found.pools.get(gap.where)
    zone = (pool.hours if pool else found.regions[gap.where].chat_hours).zone
    start, end = gap.start.astimezone(zone), gap.end.astimezone(zone)
    when = f"{gap.day:%a} {gap.day} {start:%H:%M}-{end:%H:%M}"
    return f"warning: {when} {gap.where}: {WHY[gap.why]}"
