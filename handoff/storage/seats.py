"""The seat claim: who serves which ticket, decided in the database and nowhere else.

Never a fourth chat on one desk, never more chats than a region has places: the caps are checked
while the rows of region and caseworker are locked, and the table's own constraints stand behind
that. Counting first and inserting afterwards put eight chats on one desk when it was tried.

Lock order everywhere: region rows by slug, caseworkers by name, ticket rows by id, the seat, what
was served and its row of the ledger, then conversations by id, then presence. A step that finds
nothing raises `Rollback` with the reason, and the whole command is undone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from handoff.storage.sql import Command, Ring, Rollback, Sql
from handoff.storage.tables import MOST_CHATS

LOCK_REGION = Sql("SELECT cap FROM region_seats WHERE region = :region FOR NO KEY UPDATE")
LOCK_CASEWORKER = Sql(
    "SELECT cap, region, available FROM caseworker_seats"
    " WHERE caseworker = :caseworker FOR NO KEY UPDATE"
)
LOCK_CASEWORKERS = Sql(
    "SELECT caseworker FROM caseworker_seats WHERE caseworker IN :caseworkers[]"
    " ORDER BY caseworker FOR NO KEY UPDATE"
)
LOCK_TICKETS = Sql(
    "SELECT id, state, level, caseworker FROM ticket WHERE id IN :tickets[]"
    " ORDER BY id FOR NO KEY UPDATE"
)
#: The caseworker's own cap or the coordinator's: the lower wins.
CAP = "CASE WHEN w.most < w.cap THEN w.most ELSE w.cap END"
TO_STATE = Sql("UPDATE ticket SET state = :new WHERE id = :ticket AND state = :old RETURNING id")
#: Asked for by a desk: its region serves the ticket, by an agreement when it helps out. A chat that
#: changes hands within the region that helps is still its help.
TO_DESK = Sql(
    "UPDATE ticket SET state = :new, agreement = coalesce(CAST(:agreement AS varchar),"
    " CASE WHEN state = 'active' AND serving_region = :region THEN agreement END),"
    " serving_region = :region WHERE id = :ticket AND state = :old RETURNING id"
)
#: Waits again, in its own line, whoever was asked.
TO_LINE = Sql(
    "UPDATE ticket SET state = 'waiting', serving_region = queue_region, agreement = NULL"
    " WHERE id = :ticket AND state = :old RETURNING id"
)
#: What is asked now, and what was accepted today, wherever it is since; a chat that is both is one.
TAKEN_TODAY = Sql(
    "SELECT count(*) AS many FROM (SELECT id FROM ticket WHERE state = 'offered'"
    " AND serving_region = :region AND agreement = :agreement UNION SELECT ticket FROM served"
    " WHERE region = :region AND agreement = :agreement AND at >= :day) AS taken"
)
IN_DANGER = Sql("SELECT 1 AS one FROM ticket WHERE id = :ticket AND band = 0")
CLAIM = Sql(
    "INSERT INTO seat (ticket, caseworker, n, region, place, expires_at)"
    " SELECT CAST(:ticket AS varchar), w.caseworker,"
    " (SELECT min(k.n) FROM number k WHERE k.n <= 3 AND NOT EXISTS"
    "  (SELECT 1 FROM seat s WHERE s.caseworker = w.caseworker AND s.n = k.n)),"
    " r.region,"
    " (SELECT min(k.n) FROM number k WHERE k.n <= r.cap AND NOT EXISTS"
    "  (SELECT 1 FROM seat s WHERE s.region = r.region AND s.place = k.n)),"
    " CAST(:expires_at AS bigint)"
    " FROM caseworker_seats w JOIN region_seats r ON r.region = w.region"
    " WHERE w.caseworker = :caseworker AND (w.available = 1 OR :anyhow = 1)"
    f" AND (SELECT count(*) FROM seat s WHERE s.caseworker = w.caseworker) < {CAP}"
    " AND (SELECT count(*) FROM seat s WHERE s.region = r.region) < r.cap"
    " RETURNING n, place"
)
#: A chat on the lowest free seat and place, without asking for the caps: one was given away in this
#: transaction. The constraints of the table still hold.
CLAIM_FREED = Sql(
    "INSERT INTO seat (ticket, caseworker, n, region, place, expires_at)"
    " SELECT CAST(:ticket AS varchar), CAST(:caseworker AS varchar),"
    " (SELECT min(k.n) FROM number k WHERE k.n <= 3 AND NOT EXISTS"
    "  (SELECT 1 FROM seat s WHERE s.caseworker = :caseworker AND s.n = k.n)),"
    " CAST(:region AS varchar),"
    " (SELECT min(k.n) FROM number k WHERE NOT EXISTS"
    "  (SELECT 1 FROM seat s WHERE s.region = :region AND s.place = k.n)), NULL"
    " RETURNING n, place"
)
KEEP = Sql(
    "UPDATE seat SET expires_at = NULL WHERE ticket = :ticket AND caseworker = :caseworker"
    " AND expires_at > :now RETURNING n"
)
OFFER_OF = Sql("SELECT caseworker, expires_at FROM seat WHERE ticket = :ticket")
DROP_EXPIRED = Sql(
    "DELETE FROM seat WHERE ticket = :ticket AND caseworker = :caseworker"
    " AND expires_at <= :now RETURNING caseworker"
)
DROP_OFFER = Sql(
    "DELETE FROM seat WHERE ticket = :ticket AND caseworker = :caseworker"
    " AND expires_at IS NOT NULL RETURNING caseworker"
)
DROP_ANY_OFFER = Sql(
    "DELETE FROM seat WHERE ticket = :ticket AND expires_at IS NOT NULL RETURNING caseworker"
)
DROP_CHAT = Sql(
    "DELETE FROM seat WHERE ticket = :ticket AND caseworker = :caseworker"
    " AND expires_at IS NULL RETURNING caseworker"
)
DROP_ANY = Sql("DELETE FROM seat WHERE ticket = :ticket RETURNING caseworker, expires_at")
TAKE_OVER = Sql(
    "UPDATE seat SET ticket = :acute, expires_at = :expires_at"
    " WHERE ticket = :other AND caseworker = :caseworker AND expires_at IS NOT NULL"
    " RETURNING caseworker"
)
MOVE_CHAT = Sql(
    "UPDATE seat SET ticket = :ticket WHERE ticket = :given AND caseworker = :caseworker"
    " AND expires_at IS NULL RETURNING n"
)
REGION_OF = Sql("SELECT region FROM caseworker_seats WHERE caseworker = :caseworker")
USED = Sql(
    f"SELECT w.caseworker, w.region, {CAP} AS cap, w.available, w.unanswered, w.last_offer_at,"
    " w.languages,"
    " (SELECT count(*) FROM presence p WHERE p.subject = 'caseworker/' || w.caseworker"
    "   AND p.linked = true AND p.state <> 'away') AS present,"
    " (SELECT count(*) FROM seat s WHERE s.caseworker = w.caseworker) AS used,"
    " (SELECT count(*) FROM ticket t WHERE t.caseworker = w.caseworker"
    "   AND t.state = 'wrap_up') AS wrap_ups"
    " FROM caseworker_seats w WHERE w.region = :region"
)
REGION_USED = Sql(
    "SELECT r.cap, (SELECT count(*) FROM seat s WHERE s.region = r.region) AS used"
    " FROM region_seats r WHERE r.region = :region"
)
SET_REGION = Sql(
    "INSERT INTO region_seats (region, cap) VALUES (:region, :cap)"
    " ON CONFLICT (region) DO UPDATE SET cap = excluded.cap"
)
SET_CASEWORKER = Sql(
    "INSERT INTO caseworker_seats (caseworker, region, cap, most, available, unanswered,"
    " last_offer_at, languages)"
    f" VALUES (:caseworker, :region, :cap, {MOST_CHATS}, 0, 0, 0, :languages)"
    " ON CONFLICT (caseworker) DO UPDATE SET region = excluded.region,"
    " languages = excluded.languages"
)
SET_CAP = Sql(
    "UPDATE caseworker_seats SET cap = :cap WHERE caseworker = :caseworker RETURNING caseworker"
)
SET_UNAVAILABLE = Sql(
    "UPDATE caseworker_seats SET available = 0, unanswered = 0 WHERE caseworker IN :caseworkers[]"
    " RETURNING region"
)
SET_AVAILABLE = Sql(
    "UPDATE caseworker_seats SET available = :available, unanswered = 0"
    " WHERE caseworker = :caseworker RETURNING region"
)


@dataclass(frozen=True, slots=True)
class Places:
    """The seat that a claim got: the caseworker's `n`th, the region's `place`th."""

    n: int
    place: int


@dataclass(frozen=True, slots=True)
class Help:
    """By which agreement another region helps out. `most` chats a day, which began at `day`
    (microseconds) where that region is; None is no maximum. Somebody in danger has none."""

    agreement: str
    most: int | None = None
    day: int = 0


def claim(
    ticket: str,
    caseworker: str,
    expires_at: int | None,
    *,
    old: str = "waiting",
    anyhow: bool = False,
    help: Help | None = None,
) -> Command[Places]:
    """Takes a seat for a ticket: an offer until `expires_at` (microseconds), or a chat (None).

    `anyhow` also claims for somebody who takes no offers now: who takes a ticket by hand does.
    Raises `Rollback`: `unknown` for a caseworker without a desk, `taken` when the ticket is not
    `old` any more, `no_seat` when the desk or the region is full, or not available, or when the
    agreement was used up for the day and the ticket is not acute.
    """
    (region,) = yield from _regions_of(caseworker)
    yield LOCK_REGION, {"region": region}
    yield LOCK_CASEWORKER, {"caseworker": caseworker}
    yield from _not_used_up(help, region, ticket)
    return (yield from _claim_locked(ticket, caseworker, region, expires_at, old, anyhow, help))


def _regions_of(*caseworkers: str) -> Command[list[str]]:
    """The region of each. Raises `Rollback("unknown")` for who has no desk."""
    regions = []
    for name in caseworkers:
        rows = yield REGION_OF, {"caseworker": name}
        if not rows:
            raise Rollback("unknown")
        regions.append(str(rows[0]["region"]))
    return regions


def _not_used_up(help: Help | None, region: str, ticket: str) -> Command[None]:
    """Raises `Rollback("no_seat")` when the agreement was used up for the day. Under the lock of
    the helping region: nobody else counts at the same time. Danger counts and is never refused."""
    if help is None or help.most is None:
        return
    values = {"agreement": help.agreement, "region": region, "day": help.day}
    used_up = (yield TAKEN_TODAY, values)[0]["many"] >= help.most
    if used_up and not (yield IN_DANGER, {"ticket": ticket}):
        raise Rollback("no_seat")


def _claim_locked(
    ticket: str,
    caseworker: str,
    region: str,
    expires_at: int | None,
    old: str,
    anyhow: bool,
    help: Help | None = None,
) -> Command[Places]:
    new = "offered" if expires_at is not None else "active"
    to = {"ticket": ticket, "old": old, "new": new, "region": region}
    rows = yield TO_DESK, {**to, "agreement": help.agreement if help else None}
    if not rows:
        raise Rollback("taken")
    seat = {"ticket": ticket, "caseworker": caseworker, "expires_at": expires_at}
    rows = yield CLAIM, {**seat, "anyhow": int(anyhow)}
    if not rows:
        raise Rollback("no_seat")
    return Places(rows[0]["n"], rows[0]["place"])


def accept(ticket: str, caseworker: str, now: int) -> Command[None]:
    """Turns an offer into a chat. Raises `Rollback`: `not_offered`, or `expired`."""
    yield LOCK_CASEWORKER, {"caseworker": caseworker}
    yield from lock_tickets([ticket])
    rows = yield TO_STATE, {"ticket": ticket, "old": "offered", "new": "active"}
    if not rows:
        raise Rollback("not_offered")
    rows = yield KEEP, {"ticket": ticket, "caseworker": caseworker, "now": now}
    if not rows:
        held = yield OFFER_OF, {"ticket": ticket}
        mine = bool(held) and held[0]["caseworker"] == caseworker
        raise Rollback("expired" if mine else "not_offered")


def expire(ticket: str, now: int) -> Command[str]:
    """Frees an offer that nobody answered; whose it was. Raises `Rollback` when there is none."""
    caseworker = yield from _lock_holder(ticket)
    yield from lock_tickets([ticket])
    rows = yield TO_LINE, {"ticket": ticket, "old": "offered"}
    values = {"ticket": ticket, "caseworker": caseworker, "now": now}
    dropped = (yield DROP_EXPIRED, values) if rows else []
    if not dropped:
        raise Rollback("not_offered")
    yield from _ring(caseworker)
    return caseworker


def _ring(caseworker: str) -> Command[None]:
    """The region of a desk looks again: what it served or was asked for is elsewhere now."""
    for row in (yield REGION_OF, {"caseworker": caseworker}):
        yield Ring((f"r/{row['region']}",))


def decline(ticket: str, caseworker: str) -> Command[None]:
    """Gives an offer back. Raises `Rollback("not_offered")`."""
    yield LOCK_CASEWORKER, {"caseworker": caseworker}
    yield from lock_tickets([ticket])
    rows = yield TO_LINE, {"ticket": ticket, "old": "offered"}
    dropped = (yield DROP_OFFER, {"ticket": ticket, "caseworker": caseworker}) if rows else []
    if not dropped:
        raise Rollback("not_offered")
    yield from _ring(caseworker)


def take_over(acute: str, other: str, expires_at: int) -> Command[str]:
    """An acute ticket takes the seat of an offer of lower level that nobody accepted yet.

    Whose desk it is comes back. Raises `Rollback("taken")` when either moved on meanwhile.
    """
    caseworker = yield from _lock_holder(other)
    yield from lock_tickets([acute, other])
    rows = yield REGION_OF, {"caseworker": caseworker}
    region = str(rows[0]["region"]) if rows else ""
    to = {"ticket": acute, "old": "waiting", "new": "offered", "region": region}
    up = yield TO_DESK, {**to, "agreement": None}
    down = yield TO_LINE, {"ticket": other, "old": "offered"}
    if not up or not down:
        raise Rollback("taken")
    values = {"acute": acute, "other": other, "caseworker": caseworker, "expires_at": expires_at}
    rows = yield TAKE_OVER, values
    if not rows:
        raise Rollback("taken")
    return caseworker


def transfer(ticket: str, giver: str, receiver: str, *, anyhow: bool = False) -> Command[Places]:
    """Moves a chat to a colleague, who gets it as a chat. A full target leaves all as it was.
    `anyhow` also moves it to somebody who takes no offers now: who takes it over by hand.

    Raises `Rollback`: `unknown`, `not_yours`, `no_seat`.
    """
    regions = yield from _regions_of(giver, receiver)
    for region in sorted(set(regions)):
        yield LOCK_REGION, {"region": region}
    yield LOCK_CASEWORKER, {"caseworker": receiver}
    yield from lock_tickets([ticket])
    dropped = yield DROP_CHAT, {"ticket": ticket, "caseworker": giver}
    if not dropped:
        raise Rollback("not_yours")
    return (yield from _claim_locked(ticket, receiver, regions[1], None, "active", anyhow))


def make_room(ticket: str, given: str, caseworker: str) -> Command[None]:
    """Gives one own chat back to the queue and takes a waiting one, in one transaction.

    The seat itself moves, so nobody can come between and no cap is asked: it does so at a desk
    whose cap was lowered meanwhile too. Raises `Rollback`: `not_yours`, `taken`.
    """
    yield LOCK_CASEWORKER, {"caseworker": caseworker}
    yield from lock_tickets([ticket, given])
    rows = yield TO_STATE, {"ticket": ticket, "old": "waiting", "new": "active"}
    if not rows:
        raise Rollback("taken")
    rows = yield MOVE_CHAT, {"ticket": ticket, "given": given, "caseworker": caseworker}
    if not rows:
        raise Rollback("not_yours")
    yield TO_LINE, {"ticket": given, "old": "active"}


def make_room_at(
    ticket: str, given: str, caseworker: str, receiver: str, help: Help | None = None
) -> Command[Places]:
    """Gives one own chat to a colleague's free seat and takes a waiting one, in one transaction.

    Raises `Rollback`: `unknown`, `not_yours`, `taken`, `no_seat` when the colleague's desk or that
    region is full by now. The place that the receiver's region gave comes back. `help` is the
    agreement by which another region takes it.
    """
    regions = yield from _regions_of(caseworker, receiver)
    yield from lock_desks(caseworker, receiver)
    yield from lock_tickets([ticket, given])
    rows = yield TO_STATE, {"ticket": ticket, "old": "waiting", "new": "active"}
    if not rows:
        raise Rollback("taken")
    rows = yield DROP_CHAT, {"ticket": given, "caseworker": caseworker}
    if not rows:
        raise Rollback("not_yours")
    yield from _not_used_up(help, regions[1], given)
    places = yield from _claim_locked(given, receiver, regions[1], None, "active", False, help)
    if regions[0] == regions[1]:
        # within one region it is one chat more than before
        used = (yield REGION_USED, {"region": regions[0]})[0]
        if used["used"] >= used["cap"]:
            raise Rollback("no_seat")
    # the seat that this desk has just given away, whatever its cap is by now: never one more
    rows = yield (
        CLAIM_FREED,
        {"ticket": ticket, "caseworker": caseworker, "region": regions[0]},
    )
    if not rows:
        raise Rollback("no_seat")
    return places


def lock_desks(*caseworkers: str) -> Command[None]:
    """Locks desks and their regions in the order that everybody keeps, before any ticket."""
    regions: set[str] = set()
    for name in caseworkers:
        rows = yield REGION_OF, {"caseworker": name}
        regions.update(str(row["region"]) for row in rows)
    for region in sorted(regions):
        yield LOCK_REGION, {"region": region}
    yield LOCK_CASEWORKERS, {"caseworkers": sorted(caseworkers)}


def _lock_holder(ticket: str) -> Command[str]:
    """Locks the desk that an offer stands on, before its ticket: the order that everybody keeps.

    Whose it is comes back, empty when nobody's. It may be another's by the time the ticket is
    locked; then it is not ours to touch.
    """
    held = yield OFFER_OF, {"ticket": ticket}
    if not held:
        return ""
    yield LOCK_CASEWORKER, {"caseworker": held[0]["caseworker"]}
    return str(held[0]["caseworker"])


def lock_tickets(tickets: Iterable[str]) -> Command[list[str]]:
    """Locks tickets in the order that everybody keeps; those that exist come back."""
    rows = yield LOCK_TICKETS, {"tickets": sorted(tickets)}
    return [str(row["id"]) for row in rows]
