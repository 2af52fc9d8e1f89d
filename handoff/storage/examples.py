"""Examples that editors made up, as stored: proposed by one, approved by another, or taken away;
and which danger data were accepted."""

from __future__ import annotations

from handoff.storage import sql
from handoff.storage.sql import Command, Rollback, Row, Sql
from handoff.storage.tables import DangerAccepted, DangerExample
from handoff.storage.tickets import Note

#: What is approved goes into the files: no more than a page can show.
MOST = 2_000

ALL = Sql("SELECT * FROM danger_example ORDER BY added_at DESC, id")
APPROVED = Sql(
    "SELECT * FROM danger_example WHERE approved_by IS NOT NULL ORDER BY language, added_at, id"
)
COUNT = Sql("SELECT count(*) AS many FROM danger_example")
ADD = sql.insert(DangerExample, or_ignore=True)
SAME = Sql("SELECT * FROM danger_example WHERE language = :language AND plain = :plain")
ONE = Sql("SELECT * FROM danger_example WHERE id = :id FOR UPDATE")
APPROVE = Sql("UPDATE danger_example SET approved_by = :by, approved_at = :now WHERE id = :id")
DROP = Sql("DELETE FROM danger_example WHERE id = :id")
ACCEPTED = Sql("SELECT at FROM danger_accepted WHERE digest = :digest")
ACCEPT = sql.insert(DangerAccepted, or_ignore=True)


def everything() -> Command[list[Row]]:
    """All examples, newest first."""
    return (yield ALL, {})


def approved() -> Command[list[Row]]:
    """Those that are learnt from."""
    return (yield APPROVED, {})


def add(row: DangerExample, note: Note) -> Command[Row]:
    """Proposes an example; the row of this text comes back, which is another one where the text was
    there already. Raises `Rollback`: `too_many`, and `clash` when another one of this text was
    taken away at the same moment."""
    rows = yield COUNT, {}
    if rows[0]["many"] >= MOST:
        raise Rollback("too_many")
    yield ADD, sql.values_of(row)
    rows = yield SAME, {"language": row.language, "plain": row.plain}
    if not rows:
        raise Rollback("clash")
    if rows[0]["id"] == row.id:
        yield note
    return rows[0]


def approve(id: str, by: str, now: int, note: Note) -> Command[Row]:
    """A second editor's yes; the row comes back.

    Raises `Rollback`: `unknown`, `wrong_state` when it was approved, `forbidden` for who proposed
    it (R67)."""
    row = yield from _locked(id)
    if row["approved_by"] is not None:
        raise Rollback("wrong_state")
    if row["added_by"] == by:
        raise Rollback("forbidden")
    yield APPROVE, {"id": id, "by": by, "now": now}
    yield note
    return {**row, "approved_by": by, "approved_at": now}


def withdraw(id: str, note: Note) -> Command[Row]:
    """Takes an example away, approved or not; the row comes back. Raises `Rollback("unknown")`."""
    row = yield from _locked(id)
    yield DROP, {"id": id}
    yield note
    return row


def _locked(id: str) -> Command[Row]:
    rows = yield ONE, {"id": id}
    if not rows:
        raise Rollback("unknown")
    return rows[0]


def is_accepted(digest: str) -> Command[bool]:
    """Whether these danger data were heard well enough before."""
    return bool((yield ACCEPTED, {"digest": digest}))


def accept(digest: str, now: int) -> Command[None]:
    """Remembers that these danger data are heard well enough."""
    yield ACCEPT, {"digest": digest, "at": now}
