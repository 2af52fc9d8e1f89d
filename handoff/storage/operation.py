"""Roster and operation as stored: what coordinators plan, change for a while, and agree upon.

Rows of the roster are never changed, only added and dropped; a row of operation is answered or
ended once. Each command notes who did it, and rings `o/`: every node lays them over the files anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from handoff.clock import moment
from handoff.storage import seats, sql
from handoff.storage.sql import Command, Ring, Rollback, Row, Sql
from handoff.storage.tables import MOST_CHATS, Operation, Roster
from handoff.storage.tickets import Note

#: A day of duty goes to another region: the one that takes it proposes, or the one that gives it.
SWAPS = ("swap", "give")
#: These kinds bind two regions: they work once the other one accepted.
BINDING = (*SWAPS, "agreement")
#: So long the one who proposed sees that the other region said no.
REFUSED_FOR = timedelta(days=7)
#: A region has at most so many rows of each that are not over.
MOST_ROWS = 1_000
BELL = Ring(("o/",))
Fits = Callable[[Row, Sequence[Row]], bool]
#: A local day is over everywhere on earth so much later.
DAY_IS_OVER = timedelta(days=2)

ROSTER = Sql(
    "SELECT * FROM roster WHERE last_day IS NULL OR last_day >= :day"
    " ORDER BY region, first_day, start_min, username, id"
)
OPERATION = Sql(
    "SELECT * FROM operation WHERE until_at > :now AND (state IN ('proposed', 'active')"
    " OR (state = 'refused' AND answered_at > :since)) ORDER BY made_at, id"
)
#: Everything about the same day of duty: two of them are not accepted at once.
RIVALS = Sql(
    "SELECT * FROM operation WHERE kind IN ('swap', 'give') AND subject = :subject"
    " AND value = :value AND until_at > :now ORDER BY id FOR UPDATE"
)
# a sum of remainders: whole times would not fit into one number
MARK = Sql(
    "SELECT count(*) AS many, coalesce(CAST(sum(made_at % 1000003) AS bigint), 0) AS made,"
    " 0 AS active FROM roster"
    " UNION ALL "
    "SELECT count(*) AS many,"
    " coalesce(CAST(sum(coalesce(answered_at, made_at) % 1000003) AS bigint), 0) AS made,"
    " coalesce(sum(CASE WHEN state = 'active' THEN 1 ELSE 0 END), 0) AS active"
    " FROM operation WHERE until_at > :now AND state IN ('proposed', 'active')"
)
COUNT_ROSTER = Sql("SELECT count(*) AS many FROM roster WHERE region = :region")
COUNT_OPERATION = Sql(
    "SELECT count(*) AS many FROM operation WHERE region = :region AND until_at > :now"
    " AND state IN ('proposed', 'active')"
)
ADD_SHIFT = sql.insert(Roster)
DROP_SHIFT = Sql("DELETE FROM roster WHERE id = :id")
SHIFT = Sql("SELECT * FROM roster WHERE id = :id FOR UPDATE")
ADD = sql.insert(Operation)
LOOK = Sql("SELECT * FROM operation WHERE id = :id")
ONE = Sql("SELECT * FROM operation WHERE id = :id FOR UPDATE")
ANSWER = Sql(
    "UPDATE operation SET state = :state, answered_by = :by, answered_at = :now WHERE id = :id"
)
REGION_CAPS = Sql("SELECT region, cap FROM region_seats ORDER BY region")
#: Whom a coordinator lowered, and whom one lowers now.
MOST = Sql(
    "SELECT caseworker, most FROM caseworker_seats"
    f" WHERE caseworker IN :names[] OR most < {MOST_CHATS} ORDER BY caseworker"
)
SET_REGION_CAP = Sql("UPDATE region_seats SET cap = :cap WHERE region = :region")
SET_MOST = Sql("UPDATE caseworker_seats SET most = :most WHERE caseworker = :caseworker")


def mark(now: int) -> Command[tuple[int, ...]]:
    """Differs when something of `everything` changed; one short look instead of all rows."""
    rows = yield MARK, {"now": now}
    return tuple(int(row[name]) for row in rows for name in ("many", "made", "active"))


def everything(now: int) -> Command[tuple[list[Row], list[Row]]]:
    """The roster and the operation that are not over, with what was refused lately."""
    day = (moment(now) - DAY_IS_OVER).date().isoformat()
    roster = yield ROSTER, {"day": day}
    since = now - int(REFUSED_FOR.total_seconds() * 1_000_000)
    operation = yield OPERATION, {"now": now, "since": since}
    return [dict(row) for row in roster], [dict(row) for row in operation]


# the roster


def add_roster(row: Roster, note: Note) -> Command[None]:
    """Plans somebody. Raises `Rollback("too_many")`."""
    rows = yield COUNT_ROSTER, {"region": row.region}
    if rows[0]["many"] >= MOST_ROWS:
        raise Rollback("too_many")
    yield ADD_SHIFT, sql.values_of(row)
    yield note
    yield BELL


def drop_roster(id: str, region: str, note: Note) -> Command[Row]:
    """Plans somebody no more; the row comes back. Raises `Rollback`: `unknown`, or `forbidden`
    for another region."""
    rows = yield SHIFT, {"id": id}
    if not rows:
        raise Rollback("unknown")
    if rows[0]["region"] != region:
        raise Rollback("forbidden")
    yield DROP_SHIFT, {"id": id}
    yield note
    yield BELL
    return rows[0]


# operation


def propose(row: Operation, note: Note) -> Command[str]:
    """Adds a change; its state comes back: active, or proposed when it binds another region too.

    Raises `Rollback("too_many")`."""
    rows = yield COUNT_OPERATION, {"region": row.region, "now": row.made_at}
    if rows[0]["many"] >= MOST_ROWS:
        raise Rollback("too_many")
    state = "proposed" if row.kind in BINDING else "active"
    yield ADD, {**sql.values_of(row), "state": state}
    yield note
    yield BELL
    return state


def answer(
    id: str,
    accepts: bool,
    region: str,
    by: str,
    now: int,
    note: Note,
    fits: Fits = lambda row, rivals: True,
) -> Command[Row]:
    """The other region's yes or no; the row comes back. `fits` says whether a day of duty can still
    change hands so, given all that is in force about that day.

    Raises `Rollback`: `unknown`, `forbidden` for any other region, `wrong_state` when it was
    answered, withdrawn or is over, `overtaken` when the day has gone elsewhere meanwhile."""
    rivals = (yield from _rivals(id, now)) if accepts else []
    row = yield from _locked(id)
    if row["other_region"] != region:
        raise Rollback("forbidden")
    if row["state"] != "proposed" or row["until_at"] <= now:
        raise Rollback("wrong_state")
    if accepts and row["kind"] in SWAPS and not fits(row, rivals):
        raise Rollback("overtaken")
    return (yield from _answered(row, "active" if accepts else "refused", by, now, note))


def end_now(id: str, region: str, by: str, now: int, note: Note) -> Command[Row]:
    """Ends a change of one's own region before its time, or withdraws a proposal; the row comes
    back. What both regions agreed to is not ended by one: it takes a proposal of the opposite.
    Raises `Rollback`: `unknown`, `forbidden`, `wrong_state`, or `binding`."""
    row = yield from _locked(id)
    if row["region"] != region:
        raise Rollback("forbidden")
    if row["state"] not in ("proposed", "active") or row["until_at"] <= now:
        raise Rollback("wrong_state")
    if row["kind"] in BINDING and row["state"] == "active":
        raise Rollback("binding")
    return (yield from _answered(row, "ended", by, now, note))


def _rivals(id: str, now: int) -> Command[list[Row]]:
    """What is in force about the same day of duty; all of it is locked, in one order."""
    rows = yield LOOK, {"id": id}
    if not rows or rows[0]["kind"] not in SWAPS:
        return []
    day = {"subject": rows[0]["subject"], "value": rows[0]["value"], "now": now}
    return [row for row in (yield RIVALS, day) if row["state"] == "active"]


def _locked(id: str) -> Command[Row]:
    rows = yield ONE, {"id": id}
    if not rows:
        raise Rollback("unknown")
    return rows[0]


def _answered(row: Row, state: str, by: str, now: int, note: Note) -> Command[Row]:
    yield ANSWER, {"id": row["id"], "state": state, "by": by, "now": now}
    yield note
    yield BELL
    return {**row, "state": state, "answered_by": by, "answered_at": now}


# caps: what the claim looks at follows what is in force


def caps(names: Iterable[str]) -> Command[tuple[dict[str, int], dict[str, int]]]:
    """The caps by which seats are claimed: of every region with desks, and what coordinators leave
    to these caseworkers and to all who have less than the most."""
    regions = yield REGION_CAPS, {}
    found = yield MOST, {"names": sorted(names)}
    return (
        {str(row["region"]): int(row["cap"]) for row in regions},
        {str(row["caseworker"]): int(row["most"]) for row in found},
    )


def set_region_caps(wanted: Mapping[str, int]) -> Command[None]:
    """Sets the caps of regions. Running chats stay, also above a cap."""
    for region in sorted(wanted):
        yield seats.LOCK_REGION, {"region": region}
        yield SET_REGION_CAP, {"region": region, "cap": wanted[region]}
    yield Ring(tuple(f"r/{region}" for region in sorted(wanted)))


def set_most(wanted: Mapping[str, int]) -> Command[None]:
    """Sets what coordinators leave to caseworkers; their own caps and running chats stay."""
    bells = []
    for name in sorted(wanted):
        rows = yield seats.LOCK_CASEWORKER, {"caseworker": name}
        if rows:
            yield SET_MOST, {"caseworker": name, "most": wanted[name]}
            bells.append(f"r/{rows[0]['region']}")
    yield Ring(tuple(dict.fromkeys(bells)))
