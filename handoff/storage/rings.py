"""Somebody is rung for a ticket, once: whoever writes that it happens rings, on whatever node.
And who reads a conversation along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from handoff.storage import conversations, seats, tickets
from handoff.storage.once import once
from handoff.storage.sql import Command, Ring, Rollback, Row, Sql
from handoff.storage.units import NewEvent

RING_LINE, RING_ACUTE, RING_CONSULT = "ring_line", "ring_acute", "ring_consult"
#: Before the region whose people at home are rung for a ticket of another line.
RING_HELP = "ring_help/"
#: Before the username of who reads along.
READS = "reads/"
#: Who waits; and who is in danger while another region is asked: the own people are rung beside it.
WAITS = (
    "(t.state = 'waiting' OR (t.state = 'offered' AND t.band = 0"
    " AND t.serving_region <> t.queue_region))"
)
#: Everybody in a line for whom nobody was rung yet, at once.
RING_FOR = Sql(
    "INSERT INTO escalation (subject, kind, at, region)"
    " SELECT t.id, CAST(:kind AS varchar), CAST(:at AS bigint), t.queue_region FROM ticket t"
    f" WHERE {WAITS} AND t.queue_region = :region AND t.band <= :band"
    " AND t.training = false ORDER BY t.id ON CONFLICT DO NOTHING RETURNING subject"
)
#: Those for whom no desk can be asked.
RING_THESE = Sql(
    "INSERT INTO escalation (subject, kind, at, region)"
    " SELECT t.id, CAST(:kind AS varchar), CAST(:at AS bigint), t.queue_region FROM ticket t"
    f" WHERE {WAITS} AND t.queue_region = :region AND t.id IN :tickets[]"
    " ORDER BY t.id ON CONFLICT DO NOTHING RETURNING subject"
)
UNRUNG_ACUTE = Sql(
    f"SELECT t.id FROM ticket t WHERE {WAITS} AND t.queue_region = :region AND t.band = 0"
    " AND t.training = false AND NOT EXISTS"
    " (SELECT 1 FROM escalation e WHERE e.subject = t.id AND e.kind = :kind)"
    " ORDER BY t.queue_at, t.id"
)
REFUSED = Sql(
    "SELECT ticket, caseworker, declined FROM not_again WHERE until > :now AND ticket IN :tickets[]"
)
#: Who waits for help of another region: danger at once, the rest when it is their turn.
HELPLESS = (
    "FROM ticket t WHERE t.state = 'waiting' AND t.queue_region = :line AND t.training = false"
    " AND t.visitor NOT IN ('stopped', 'exit', 'gone')"
    " AND (t.band = 0 OR (t.entered_at <= :before AND (:anyhow = 1 OR t.own_only = false)))"
)
UNHELPED = Sql(
    f"SELECT 1 AS one {HELPLESS} AND NOT EXISTS"
    " (SELECT 1 FROM escalation e WHERE e.subject = t.id AND e.kind = :kind) LIMIT 1"
)
RING_HELPER = Sql(
    "INSERT INTO escalation (subject, kind, at, region)"
    " SELECT t.id, CAST(:kind AS varchar), CAST(:at AS bigint), CAST(:helper AS varchar)"
    f" {HELPLESS} ORDER BY t.id ON CONFLICT DO NOTHING RETURNING subject"
)
UNRUNG = Sql(
    f"SELECT 1 AS one FROM ticket t WHERE {WAITS} AND t.queue_region = :region"
    " AND t.band <= :band AND t.training = false AND NOT EXISTS"
    " (SELECT 1 FROM escalation e WHERE e.subject = t.id AND e.kind = :kind) LIMIT 1"
)
LINES = Sql(f"SELECT DISTINCT t.queue_region FROM ticket t WHERE {WAITS}")
DROP = Sql("DELETE FROM escalation WHERE subject = :subject AND kind = :kind RETURNING subject")
DROP_ELSEWHERE = Sql(
    "DELETE FROM escalation WHERE subject = :subject AND kind = :kind AND region <> :region"
)
#: What makes a conversation one that the senior of a region was asked for.
ASKED = Sql(
    "SELECT 1 AS one FROM escalation WHERE subject = :subject AND region = :region"
    f" AND kind IN ('{RING_CONSULT}', '{RING_ACUTE}')"
)
READERS = Sql(
    "SELECT t.id, e.kind, e.region, t.state, t.serving_region, a.role, p.linked,"
    " p.since, (SELECT count(*) FROM escalation s WHERE s.subject = t.id AND s.region = e.region"
    f"  AND s.kind IN ('{RING_CONSULT}', '{RING_ACUTE}')) AS asked"
    " FROM ticket t JOIN escalation e ON e.subject = t.id"
    f" LEFT JOIN account a ON a.username = substr(e.kind, {len(READS) + 1})"
    f" LEFT JOIN presence p ON p.subject = 'caseworker/' || substr(e.kind, {len(READS) + 1})"
    " WHERE t.state IN ('waiting', 'offered', 'active', 'wrap_up', 'missed')"
    f" AND e.kind LIKE '{READS}%' ORDER BY t.id, e.kind"
)


@dataclass(frozen=True, slots=True)
class LineRows:
    """A line in which somebody waits: its desks, its places, and for what nobody was rung yet:
    for anybody in it, and for which tickets of visitors in danger. `refused`: who is not asked for
    these now."""

    caseworkers: Sequence[Row]
    places: Sequence[Row]
    line: bool
    acute: Sequence[str]
    refused: Sequence[Row]


def lines() -> Command[list[str]]:
    """The lines in which somebody waits for a person of the own region."""
    return [str(row["queue_region"]) for row in (yield LINES, {})]


def line_rows(region: str, last_band: int, now: int) -> Command[LineRows]:
    """What decides about ringing for a line, as of one moment."""
    line = yield UNRUNG, {"region": region, "kind": RING_LINE, "band": last_band}
    rows = yield UNRUNG_ACUTE, {"region": region, "kind": RING_ACUTE}
    acute = [str(row["id"]) for row in rows]
    found = bool(line or acute)
    return LineRows(
        caseworkers=(yield seats.USED, {"region": region}) if found else (),
        places=(yield seats.REGION_USED, {"region": region}) if found else (),
        line=bool(line),
        acute=acute,
        refused=(yield REFUSED, {"tickets": acute, "now": now}) if acute else (),
    )


def ring_for(region: str, kind: str, band: int, now: int) -> Command[int]:
    """Notes that people are rung for everybody in a line, each once; for how many comes back."""
    rows = yield RING_FOR, {"region": region, "kind": kind, "band": band, "at": now}
    if rows:
        yield Ring((f"r/{region}",))
    return len(rows)


def ring_these(region: str, kind: str, ids: Sequence[str], now: int) -> Command[int]:
    """Notes that people are rung for these tickets of a line, each once; for how many comes
    back."""
    rows = yield RING_THESE, {"region": region, "kind": kind, "tickets": ids, "at": now}
    if rows:
        yield Ring((f"r/{region}",))
    return len(rows)


def unhelped(line: str, turns: Mapping[str, int], anyhow: bool) -> Command[list[str]]:
    """Which of these regions have to ring their people for a line: for whom entered it before
    their turn (microseconds) nobody of them was rung. `anyhow`: also for who rather waits for the
    own region."""
    found = []
    for helper, before in turns.items():
        values = {"line": line, "before": before, "anyhow": int(anyhow)}
        if (yield UNHELPED, {**values, "kind": RING_HELP + helper}):
            found.append(helper)
    return found


def desks_of(regions: Iterable[str]) -> Command[dict[str, list[Row]]]:
    """The caseworkers of some regions, as of one moment."""
    found = {}
    for region in regions:
        found[region] = list((yield seats.USED, {"region": region}))
    return found


def ring_helper(line: str, helper: str, before: int, anyhow: bool, now: int) -> Command[int]:
    """Notes that people of another region are rung for a line; for how many comes back."""
    values = {"line": line, "before": before, "anyhow": int(anyhow), "helper": helper, "at": now}
    rows = yield RING_HELPER, {**values, "kind": RING_HELP + helper}
    if rows:
        yield Ring((f"r/{line}", f"r/{helper}"))
    return len(rows)


def consult(
    ticket: str,
    caseworker: str,
    now: int,
    events: Sequence[NewEvent],
    note: tickets.Note,
) -> Command[bool]:
    """A question to the senior. Whether it is the first of this ticket in the region that serves
    it: then somebody is rung.

    Raises `Rollback("not_yours")`."""
    rows = yield tickets.LOCK, {"id": ticket}
    if not rows or rows[0]["caseworker"] != caseworker:
        raise Rollback("not_yours")
    region = rows[0]["serving_region"]
    # who was asked where the chat came from is not who is asked now
    yield DROP_ELSEWHERE, {"subject": ticket, "kind": RING_CONSULT, "region": region}
    first = yield from once(ticket, RING_CONSULT, now, region)
    yield note
    row = yield from tickets.ring(ticket)
    yield from conversations.append(str(row["conversation"]), events)
    return first


def join(ticket: str, caseworker: str, region: str, now: int, note: tickets.Note) -> Command[None]:
    """The senior reads along from now on, where somebody asked. Twice changes nothing.

    Raises `Rollback`: `unknown`, `not_open` when it is not under way in this region, `taken` when
    it is the senior's own, `not_asked` when nobody of the region was rung for it."""
    rows = yield tickets.LOCK, {"id": ticket}
    if not rows:
        raise Rollback("unknown")
    if rows[0]["state"] != "active" or rows[0]["serving_region"] != region:
        raise Rollback("not_open")
    if rows[0]["caseworker"] == caseworker:
        raise Rollback("taken")
    if not (yield ASKED, {"subject": ticket, "region": region}):
        raise Rollback("not_asked")
    kind = f"{READS}{caseworker}"
    # a reading of another region that nobody has ended yet
    yield DROP_ELSEWHERE, {"subject": ticket, "kind": kind, "region": region}
    if (yield from once(ticket, kind, now, region)):
        yield note
        yield from tickets.ring(ticket)


def leave_chat(ticket: str, caseworker: str, note: tickets.Note) -> Command[None]:
    """The senior reads along no more. Raises `Rollback("not_yours")` when nobody did."""
    yield tickets.LOCK, {"id": ticket}
    if not (yield DROP, {"subject": ticket, "kind": f"{READS}{caseworker}"}):
        raise Rollback("not_yours")
    yield note
    yield from tickets.ring(ticket)


def readers() -> Command[list[Row]]:
    """Everybody who reads along, with what it depends on."""
    return (yield READERS, {})
