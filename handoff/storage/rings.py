"""Somebody is rung for a ticket: whoever writes that it happens rings, on whatever node, and writes
whom the sign reached. Whom it did not reach, and who comes on duty later, is rung after a pause.
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
#: Of a ring the row says: `at`, when it was tried last; `answered_by`, whom it reached so far, with
#: commas; `answered_at`, when it reached somebody. Between `at` and the pause after it one node
#: tries, and no other.
REACHED_BY = "coalesce(e.answered_by, '') AS reached"
NOTED = "FROM ticket t LEFT JOIN escalation e ON e.subject = t.id AND e.kind = :kind"
FREE = "(e.subject IS NULL OR e.at <= :free)"
IN_LINE = f"{WAITS} AND t.queue_region = :region AND t.training = false AND t.band <= :band"
#: Who waits for help of another region: danger at once, the rest when it is their turn.
HELPLESS = (
    "t.state = 'waiting' AND t.queue_region = :line AND t.training = false"
    " AND t.visitor NOT IN ('stopped', 'exit', 'gone')"
    " AND (t.band = 0 OR (t.entered_at <= :before AND (:anyhow = 1 OR t.own_only = false)))"
)
UNRUNG = Sql(f"SELECT DISTINCT {REACHED_BY} {NOTED} WHERE {IN_LINE} AND {FREE}")
UNRUNG_EACH = Sql(
    f"SELECT t.id, {REACHED_BY} {NOTED} WHERE {IN_LINE} AND {FREE} ORDER BY t.queue_at, t.id"
)
UNHELPED = Sql(f"SELECT DISTINCT {REACHED_BY} {NOTED} WHERE {HELPLESS} AND {FREE}")
#: The row is there, with a new `at`; of two nodes that try at once only one gets it back.
TRIED = (
    f" {FREE} AND coalesce(e.answered_by, '') IN :lists[] ORDER BY t.id"
    " ON CONFLICT (subject, kind) DO UPDATE SET at = excluded.at WHERE escalation.at <= :free"
    " RETURNING subject, coalesce(answered_by, '') AS reached"
)
TRY = (
    "INSERT INTO escalation (subject, kind, at, region)"
    " SELECT t.id, CAST(:kind AS varchar), CAST(:at AS bigint),"
)
#: Everybody in a line for whom somebody was not rung yet, at once.
RING_FOR = Sql(f"{TRY} t.queue_region {NOTED} WHERE {IN_LINE} AND {TRIED}")
#: Those for whom no desk can be asked.
RING_THESE = Sql(f"{TRY} t.queue_region {NOTED} WHERE {IN_LINE} AND t.id IN :tickets[] AND {TRIED}")
RING_HELPER = Sql(f"{TRY} CAST(:helper AS varchar) {NOTED} WHERE {HELPLESS} AND {TRIED}")
RING_AGAIN = Sql(
    "UPDATE escalation SET at = :at WHERE subject = :subject AND kind = :kind AND at <= :free"
    " RETURNING subject, coalesce(answered_by, '') AS reached"
)
SET_REACHED = Sql(
    "UPDATE escalation SET answered_at = :at, answered_by ="
    " CASE WHEN answered_by IS NULL THEN CAST(:name AS varchar)"
    " ELSE answered_by || ',' || CAST(:name AS varchar) END"
    " WHERE kind = :kind AND subject IN :subjects[]"
)
#: Questions to the senior that reached nobody, and nobody reads along.
UNHEARD = Sql(
    "SELECT e.subject, e.region FROM ticket t JOIN escalation e ON e.subject = t.id"
    f" AND e.kind = '{RING_CONSULT}' WHERE t.state = 'active' AND t.serving_region = e.region"
    " AND e.answered_at IS NULL AND e.at <= :free AND NOT EXISTS"
    f" (SELECT 1 FROM escalation r WHERE r.subject = t.id AND r.kind LIKE '{READS}%')"
    " ORDER BY e.subject"
)
REFUSED = Sql(
    "SELECT ticket, caseworker, declined FROM not_again WHERE until > :now AND ticket IN :tickets[]"
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


#: The tickets for which each person is rung now, by username.
Called = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Call:
    """Who is to be rung at a moment, and why. A try that was made after `free` is still under way,
    or too fresh to be repeated."""

    kind: str
    people: Sequence[str]
    now: int
    free: int


@dataclass(frozen=True, slots=True)
class LineRows:
    """A line in which somebody waits: its desks, its places, and for what somebody has to be rung:
    for anybody in it, and for which tickets of visitors in danger. `refused`: who is not asked for
    these now."""

    caseworkers: Sequence[Row]
    places: Sequence[Row]
    line: bool
    acute: Sequence[str]
    refused: Sequence[Row]


def unreached(people: Sequence[str], reached: str) -> list[str]:
    """Those of `people` who are not in a list of a row."""
    before = reached.split(",")
    return [name for name in people if name not in before]


def called(people: Sequence[str], rows: Iterable[Row]) -> Called:
    """Whom to ring, and for which of these tickets."""
    found: Called = {}
    for row in rows:
        for name in unreached(people, str(row["reached"])):
            found.setdefault(name, []).append(str(row["subject"]))
    return found


def lines() -> Command[list[str]]:
    """The lines in which somebody waits for a person of the own region."""
    return [str(row["queue_region"]) for row in (yield LINES, {})]


def line_rows(region: str, last_band: int, line: Call, acute: Call) -> Command[LineRows]:
    """What decides about ringing for a line, as of one moment."""
    lists = yield from _lists(UNRUNG, line, {"region": region, "band": last_band})
    tickets = []
    if acute.people:
        values = {"region": region, "band": 0, "kind": acute.kind, "free": acute.free}
        for row in (yield UNRUNG_EACH, values):
            if unreached(acute.people, str(row["reached"])):
                tickets.append(str(row["id"]))
    found = bool(lists or tickets)
    return LineRows(
        caseworkers=(yield seats.USED, {"region": region}) if found else (),
        places=(yield seats.REGION_USED, {"region": region}) if found else (),
        line=bool(lists),
        acute=tickets,
        refused=(yield REFUSED, {"tickets": tickets, "now": acute.now}) if tickets else (),
    )


def _lists(statement: Sql, call: Call, values: Mapping[str, object]) -> Command[list[str]]:
    """The lists of whom a sign reached in which somebody is missing who is to be rung."""
    if not call.people:
        return []
    rows = yield statement, {**values, "kind": call.kind, "free": call.free}
    lists = [str(row["reached"]) for row in rows]
    return [reached for reached in lists if unreached(call.people, reached)]


def ring_for(region: str, band: int, call: Call) -> Command[Called]:
    """Notes that people are rung for everybody in a line; whom, and for which tickets."""
    values = {"region": region, "band": band}
    return (yield from _try(UNRUNG, RING_FOR, call, values, {}, (region,)))


def ring_these(region: str, band: int, ids: Sequence[str], call: Call) -> Command[Called]:
    """Notes that people are rung for these tickets of a line; whom, and for which."""
    values, these = {"region": region, "band": band}, {"tickets": ids}
    return (yield from _try(UNRUNG, RING_THESE, call, values, these, (region,)))


def ring_helper(line: str, helper: str, before: int, anyhow: bool, call: Call) -> Command[Called]:
    """Notes that people of another region are rung for a line; whom, and for which tickets."""
    values = {"line": line, "before": before, "anyhow": int(anyhow)}
    there = {"helper": helper}
    return (yield from _try(UNHELPED, RING_HELPER, call, values, there, (line, helper)))


def _try(
    find: Sql,
    write: Sql,
    call: Call,
    values: Mapping[str, object],
    more: Mapping[str, object],
    regions: Iterable[str],
) -> Command[Called]:
    lists = yield from _lists(find, call, values)
    if not lists:
        return {}
    tried = {"kind": call.kind, "at": call.now, "free": call.free, "lists": lists}
    rows = yield write, {**values, **more, **tried}
    if rows:
        yield Ring(tuple(f"r/{region}" for region in regions))
    return called(call.people, rows)


def reached(
    kind: str, subjects: Sequence[str], username: str, region: str, now: int
) -> Command[None]:
    """Notes that a sign for these tickets was passed on to somebody of a region."""
    values = {"kind": kind, "subjects": subjects, "name": username, "at": now}
    yield SET_REACHED, values
    yield Ring((f"r/{region}",))


def unhelped(
    line: str, turns: Mapping[str, int], anyhow: bool, calls: Sequence[Call]
) -> Command[list[str]]:
    """Which of these regions have to ring their people for a line: somebody of them was not rung
    for who entered it before their turn (microseconds). `anyhow`: also for who rather waits for the
    own region."""
    found = []
    for (helper, before), call in zip(turns.items(), calls, strict=True):
        values = {"line": line, "before": before, "anyhow": int(anyhow)}
        if (yield from _lists(UNHELPED, call, values)):
            found.append(helper)
    return found


def desks_of(regions: Iterable[str]) -> Command[dict[str, list[Row]]]:
    """The caseworkers of some regions, as of one moment."""
    found = {}
    for region in regions:
        found[region] = list((yield seats.USED, {"region": region}))
    return found


def unheard(free: int) -> Command[list[Row]]:
    """The questions to the senior that nobody heard, and that were tried before `free`."""
    return (yield UNHEARD, {"free": free})


def ring_again(ticket: str, region: str, call: Call) -> Command[Called]:
    """Notes that people are rung once more for a question; whom."""
    values = {"subject": ticket, "kind": call.kind, "at": call.now, "free": call.free}
    rows = yield RING_AGAIN, values
    if rows:
        yield Ring((f"r/{region}",))
    return called(call.people, rows)


def consult(
    ticket: str,
    caseworker: str,
    call: Call,
    events: Sequence[NewEvent],
    note: tickets.Note,
) -> Command[Called]:
    """A question to the senior; who has to be rung for it. Somebody whom an earlier question of
    this ticket reached, in the region that serves it, is not.

    Raises `Rollback("not_yours")`."""
    rows = yield tickets.LOCK, {"id": ticket}
    if not rows or rows[0]["caseworker"] != caseworker:
        raise Rollback("not_yours")
    region = rows[0]["serving_region"]
    # who was asked where the chat came from is not who is asked now
    yield DROP_ELSEWHERE, {"subject": ticket, "kind": RING_CONSULT, "region": region}
    asked: Sequence[Row] = ({"subject": ticket, "reached": ""},)
    if not (yield from once(ticket, RING_CONSULT, call.now, region)):
        values = {"subject": ticket, "kind": RING_CONSULT, "at": call.now, "free": call.free}
        asked = yield RING_AGAIN, values
    yield note
    row = yield from tickets.ring(ticket)
    yield from conversations.append(str(row["conversation"]), events)
    return called(call.people, asked)


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
