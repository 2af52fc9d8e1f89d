"""Who is there: nodes that beat, caseworkers at their desks, visitors on the line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from handoff.storage import seats, tickets
from handoff.storage.conversations import SET_PRESENCE, presence_values
from handoff.storage.sql import Command, Ring, Row, Sql
from handoff.storage.units import TICKETS_LOCKED

BEAT = Sql(
    "INSERT INTO node (id, beat_at) VALUES (:id, :now)"
    " ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at"
)
DROP_STALE = Sql("DELETE FROM node WHERE beat_at < :before AND id <> :own")
DROP_OTHERS = Sql("DELETE FROM node WHERE id <> :own")
STRANDED = Sql(
    "SELECT subject FROM presence WHERE linked = true"
    " AND node <> :own AND node NOT IN (SELECT id FROM node) ORDER BY subject"
)
UNLINK = Sql(
    "UPDATE presence SET linked = false, since = :since WHERE subject IN :subjects[]"
    " AND linked = true AND node <> :own AND node NOT IN (SELECT id FROM node) RETURNING subject"
)
ONE = Sql("SELECT state, linked, since FROM presence WHERE subject = :subject")
CASEWORKERS_OUT = Sql(
    "SELECT subject, state, since FROM presence WHERE linked = false AND since <= :before"
    " AND subject LIKE 'caseworker/%'"
)
SERVING = Sql("SELECT 1 AS one FROM ticket WHERE caseworker = :caseworker AND state = 'active'")


@dataclass(frozen=True, slots=True)
class Out:
    """A caseworker whose link is lost, since when (microseconds), and what they were doing."""

    caseworker: str
    state: str
    since: int


def beat(node: str, now: int) -> Command[None]:
    """This node lives."""
    yield BEAT, {"id": node, "now": now}


def presence_of(subject: str) -> Command[Row | None]:
    """State, link and since of one subject."""
    rows = yield ONE, {"subject": subject}
    return rows[0] if rows else None


def set_caseworker(
    caseworker: str, node: str, state: str, linked: bool, now: int
) -> Command[str | None]:
    """Writes a caseworker's presence; offers may come while available and linked. The region
    comes back."""
    subject = f"caseworker/{caseworker}"
    rows = yield (
        seats.SET_AVAILABLE,
        {"caseworker": caseworker, "available": int(linked and state == "available")},
    )
    yield SET_PRESENCE, presence_values(subject, node, state, linked, now)
    if not rows:
        return None
    yield Ring((f"r/{rows[0]['region']}",))
    return str(rows[0]["region"])


def stale_nodes(own: str, before: int, now: int) -> Command[list[str]]:
    """Makes the people of dead nodes unlinked, from now on: grace counts from the last sign or
    from when somebody could notice, whichever is later. Their subjects come back."""
    yield DROP_STALE, {"before": before, "own": own}
    return (yield from _unlink_stranded(own, now))


def alone(own: str, now: int) -> Command[list[str]]:
    """This is the only process there is: whoever was linked to another one is not any more."""
    yield DROP_OTHERS, {"own": own}
    return (yield from _unlink_stranded(own, now))


def _unlink_stranded(own: str, now: int) -> Command[list[str]]:
    """Offers stop for caseworkers whose node is gone; visitors become away. However many they are,
    it is a handful of statements."""
    found = yield STRANDED, {"own": own}
    if not found:
        return []
    # the order that everybody keeps; then it is looked whether they are still stranded
    yield seats.LOCK_CASEWORKERS, {"caseworkers": _names(found, "caseworker")}
    yield TICKETS_LOCKED, {"ids": _names(found, "visitor")}
    subjects = [row["subject"] for row in found]
    gone = yield UNLINK, {"subjects": subjects, "own": own, "since": now}
    rows = yield seats.SET_UNAVAILABLE, {"caseworkers": _names(gone, "caseworker")}
    bells = [f"r/{row['region']}" for row in rows]
    rows = yield tickets.SET_VISITORS_AWAY, {"ids": _names(gone, "visitor"), "since": now}
    bells += [f"r/{row['serving_region']}" for row in rows]
    yield Ring(tuple(dict.fromkeys(bells)))
    return [str(row["subject"]) for row in gone]


def _names(subjects: Iterable[Row], kind: str) -> list[str]:
    parts = (str(row["subject"]).partition("/") for row in subjects)
    return [name for found, _, name in parts if found == kind]


def caseworkers_out(before: int) -> Command[list[Out]]:
    """Caseworkers whose link is lost since before, and who still serve somebody."""
    found = []
    for row in (yield CASEWORKERS_OUT, {"before": before}):
        name = str(row["subject"]).partition("/")[2]
        if (yield SERVING, {"caseworker": name}):
            found.append(Out(name, str(row["state"]), int(row["since"])))
    return found


def away_notice(ticket: str, away: bool) -> Command[bool]:
    """Notes that a visitor was told of the caseworker's absence or return; whether it was new."""
    rows = yield tickets.SET_AWAY, {"id": ticket, "away": away}
    if rows:
        yield from tickets.ring(ticket)
    return bool(rows)
