"""What happens once: a row of `escalation` says that it did, whatever node writes it."""

from __future__ import annotations

from handoff.storage.sql import Command, Sql

ONCE = Sql(
    "INSERT INTO escalation (subject, kind, at, region) VALUES (:subject, :kind, :at, :region)"
    " ON CONFLICT DO NOTHING RETURNING subject"
)
DROP = Sql("DELETE FROM escalation WHERE subject = :subject AND kind = :kind")


def once(subject: str, kind: str, now: int, region: str | None) -> Command[bool]:
    """Notes that something happens; whether it is the first time."""
    rows = yield ONCE, {"subject": subject, "kind": kind, "at": now, "region": region}
    return bool(rows)


def not_yet(subject: str, kind: str) -> Command[None]:
    """It did not happen after all; the next look may try again."""
    yield DROP, {"subject": subject, "kind": kind}
