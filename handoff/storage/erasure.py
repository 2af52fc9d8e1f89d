"""Erasing what is due: rows, and the day keys that nothing needs any more, which is the erasure
itself (a deleted row survives in logs and backups). The janitor and `voordeur purge` do the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from handoff.storage import conversations, people, tickets
from handoff.storage.database import Database
from handoff.storage.keys import day_of


async def erase_due(db: Database, now: int, audit_id: str, actor: str) -> list[str]:
    """Erases keys, text and answers whose time has come; the audit keeps a count and a time."""
    erased: list[str] = []
    while due := await db.read(conversations.due_to_erase, now):
        await db.run(conversations.erase, due)
        erased += due
    if erased:
        note = tickets.audit(audit_id, now, actor, "erase", None, str(len(erased)))
        await db.run(people.audit, note)
    return erased


async def unneeded_days(db: Database, days: Iterable[str], today: date) -> list[str]:
    """The day keys to destroy: older than yesterday, and no conversation needs them."""
    needed = await db.read(conversations.keys_in_use)
    before = today - timedelta(days=1)
    return [key_id for key_id in days if day_of(key_id) < before and key_id not in needed]
