"""Releases of the script: what a conversation began with can be played to its end."""

from __future__ import annotations

from handoff.storage import sql
from handoff.storage.presence import BEAT
from handoff.storage.sql import Command, Sql
from handoff.storage.tables import Release

ADD = sql.insert(Release, or_ignore=True)
IN_USE = Sql(
    "SELECT r.id, r.files FROM release r WHERE EXISTS"
    " (SELECT 1 FROM conversation c WHERE c.release = r.id AND c.state <> 'closed')"
)


def add(id: str, files: bytes, now: int) -> Command[None]:
    """Stores a release if it is new."""
    yield ADD, {"id": id, "files": files, "at": now}


def in_use() -> Command[list[tuple[str, bytes]]]:
    """The releases that open conversations began with."""
    rows = yield IN_USE, {}
    return [(str(row["id"]), bytes(row["files"])) for row in rows]


def touch(node: str, now: int) -> Command[None]:
    """Writes something small: whether the database can be written."""
    yield BEAT, {"id": node, "now": now}
