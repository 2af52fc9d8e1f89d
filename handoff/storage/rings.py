"""What happens once: somebody is rung for a ticket. And who reads a conversation along.

A row of `escalation` is what makes it once: whoever writes it rings, on whatever node.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handoff.storage import conversations, seats, tickets
from handoff.storage.sql import Command, Ring, Rollback, Row, Sql
from handoff.storage.units import NewEvent

RING_LINE, RING_ACUTE, RING_CONSULT = "ring_line", "ring_acute", "ring_consult"
#: Before the username of who reads along.
READS = "reads/"
ONCE = Sql(
    "INSERT INTO escalation (subject, kind, at, region) VALUES (:subject, :kind, :at, :region)"
    " ON CONFLICT DO NOTHING RETURNING subject"
)
#: Everybody in a line for whom nobody was rung yet, at once.
#: Who waits; and who is in danger while another region is asked: the own people are rung beside it.
WAITS = (
    "(t.state = 'waiting' OR (t.state = 'offered' AND t.band = 0"
    " AND t.serving_region <> t.queue_region))"
)
RING_FOR = Sql(
    "INSERT INTO escalation (subject, kind, at, region)"
    " SELECT t.id, CAST(:kind AS varchar), CAST(:at AS bigint), t.queue_region FROM ticket t"
    f" WHERE {WAITS} AND t.queue_region = :region AND t.band <= :band"
    " AND t.training = false ORDER BY t.id ON CONFLICT DO NOTHING RETURNING subject"
)
UNRUNG = Sql(
    f"SELECT 1 AS one FROM ticket t WHERE {WAITS} AND t.queue_region = :region"
    " AND t.band <= :band AND t.training = false AND NOT EXISTS"
    " (SELECT 1 FROM escalation e WHERE e.subject = t.id AND e.kind = :kind) LIMIT 1"
)
LINES = Sql(f"SELECT DISTINCT t.queue_region FROM ticket t WHERE {WAITS}")
DROP = Sql("DELETE FROM escalation WHERE subject = :subject AND kind = :kind RETURNING subject")


@dataclass(frozen=True, slots=True)
class LineRows:
    """A line in which somebody waits: its desks, its places, and for what nobody was rung yet."""

    caseworkers: Sequence[Row]
    places: Sequence[Row]
    line: bool
    acute: bool


def lines() -> Command[list[str]]:
    """The lines in which somebody waits for a person of the own region."""
    return [str(row["queue_region"]) for row in (yield LINES, {})]


def line_rows(region: str, last_band: int) -> Command[LineRows]:
    """What decides about ringing for a line, as of one moment."""
    line = yield UNRUNG, {"region": region, "kind": RING_LINE, "band": last_band}
    acute = yield UNRUNG, {"region": region, "kind": RING_ACUTE, "band": 0}
    found = bool(line or acute)
    return LineRows(
        caseworkers=(yield seats.USED, {"region": region}) if found else (),
        places=(yield seats.REGION_USED, {"region": region}) if found else (),
        line=bool(line),
        acute=bool(acute),
    )


def once(subject: str, kind: str, now: int, region: str | None) -> Command[bool]:
    """Notes that something happens; whether it is the first time."""
    rows = yield ONCE, {"subject": subject, "kind": kind, "at": now, "region": region}
    return bool(rows)


def ring_for(region: str, kind: str, band: int, now: int) -> Command[int]:
    """Notes that people are rung for everybody in a line, each once; for how many comes back."""
    rows = yield RING_FOR, {"region": region, "kind": kind, "band": band, "at": now}
    if rows:
        yield Ring((f"r/{region}",))
    return len(rows)


def consult(
    ticket: str,
    caseworker: str,
    now: int,
    events: Sequence[NewEvent],
    note: tickets.Note,
) -> Command[bool]:
    """A question to the senior. Whether it is the first of this ticket: then somebody is rung.

    Raises `Rollback("not_yours")`."""
    rows = yield tickets.LOCK, {"id": ticket}
    if not rows or rows[0]["caseworker"] != caseworker:
        raise Rollback("not_yours")
    values = {"subject": ticket, "kind": RING_CONSULT, "at": now}
    first = yield ONCE, {**values, "region": rows[0]["serving_region"]}
    yield note
    row = yield from tickets.ring(ticket)
    yield from conversations.append(str(row["conversation"]), events)
    return bool(first)


def join(ticket: str, caseworker: str, region: str, now: int, note: tickets.Note) -> Command[None]:
    """The senior reads along from now on. Twice changes nothing.

    Raises `Rollback`: `unknown`, `not_open` when it is not under way in this region, `taken` when
    it is the senior's own."""
    rows = yield tickets.LOCK, {"id": ticket}
    if not rows:
        raise Rollback("unknown")
    if rows[0]["state"] != "active" or rows[0]["serving_region"] != region:
        raise Rollback("not_open")
    if rows[0]["caseworker"] == caseworker:
        raise Rollback("taken")
    values = {"subject": ticket, "kind": f"{READS}{caseworker}", "at": now, "region": region}
    if (yield ONCE, values):
        yield note
        yield from tickets.ring(ticket)


def leave_chat(ticket: str, caseworker: str, note: tickets.Note) -> Command[None]:
    """The senior reads along no more. Raises `Rollback("not_yours")` when nobody did."""
    yield tickets.LOCK, {"id": ticket}
    if not (yield DROP, {"subject": ticket, "kind": f"{READS}{caseworker}"}):
        raise Rollback("not_yours")
    yield note
    yield from tickets.ring(ticket)
