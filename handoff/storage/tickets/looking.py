"""Queries: what the desks show, what routing and the janitor look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handoff.storage import seats
from handoff.storage.sql import Command, Ring, Row, Sql
from handoff.storage.tickets.common import UNRING

#: In microseconds.
HOUR = 3_600_000_000

ON_THE_DESKS = Sql(
    "SELECT t.*, c.talk, c.last_seq, c.region, k.key_id, k.wrapped,"
    " s.caseworker AS seat_of, s.expires_at FROM ticket t"
    " JOIN conversation c ON c.id = t.conversation"
    " LEFT JOIN conversation_key k ON k.conversation = c.id AND k.purpose = 'talk'"
    " LEFT JOIN seat s ON s.ticket = t.id"
    " WHERE t.state IN ('waiting', 'offered', 'active', 'wrap_up', 'missed')"
    " AND (t.serving_region = :region OR (t.queue_region = :region AND t.state = 'offered'))"
    " ORDER BY t.band, t.queue_at, t.id"
)
LEVELS_OF = Sql(
    "SELECT level, entered_at FROM ticket WHERE training = false"
    " AND (home_region = :region OR :region = '')"
)
ONE = Sql(
    "SELECT t.*, c.talk, c.last_seq, c.region, k.key_id, k.wrapped,"
    " s.caseworker AS seat_of, s.expires_at FROM ticket t"
    " JOIN conversation c ON c.id = t.conversation"
    " LEFT JOIN conversation_key k ON k.conversation = c.id AND k.purpose = 'talk'"
    " LEFT JOIN seat s ON s.ticket = t.id WHERE t.id = :id"
)
#: Who was rung for a ticket, and who reads along: of a chat, only what happened in the region that
#: serves it now. And for which tickets of other lines the people of this region are rung.
SIGNS = Sql(
    # a sign to who is on call that reached nobody yet is there, without a time
    "SELECT e.subject, e.kind, CASE WHEN e.kind = 'ring_acute' AND e.answered_at IS NULL"
    " THEN 0 ELSE e.at END AS at FROM ticket t JOIN escalation e ON e.subject = t.id"
    " WHERE t.state IN ('waiting', 'offered', 'active') AND (t.serving_region = :region"
    " OR (t.queue_region = :region AND t.state = 'offered'))"
    " AND (t.state <> 'active' OR e.region = t.serving_region)"
    " UNION ALL "
    "SELECT e.subject, e.kind, e.at FROM ticket t JOIN escalation e ON e.subject = t.id"
    " WHERE t.state = 'waiting' AND e.kind = 'ring_help/' || :region"
)
HEADS = Sql(
    "SELECT id, band, queue_at, waiting_since, home_region, entered_at, own_only, language,"
    " told_region FROM ticket WHERE state = 'waiting' AND queue_region = :region"
    " ORDER BY band, queue_at, id LIMIT :most"
)
OFFERS_BELOW = Sql(
    "SELECT s.ticket, s.caseworker FROM seat s JOIN ticket t ON t.id = s.ticket"
    " WHERE s.region = :region AND s.expires_at IS NOT NULL AND t.state = 'offered'"
    " AND t.band > 0 ORDER BY t.band DESC, t.queue_at DESC, t.id DESC"
)
NOT_AGAIN_OF = Sql(
    "SELECT ticket, caseworker, declined FROM not_again WHERE until > :now AND ticket IN"
    " (SELECT id FROM ticket WHERE state = 'waiting' AND queue_region = :region"
    " ORDER BY band, queue_at, id LIMIT :most)"
)
WAITING_REGIONS = Sql("SELECT DISTINCT queue_region FROM ticket WHERE state = 'waiting'")
#: More than any region has places: whoever waits behind them changes nothing.
MOST_PLACES = 200
#: Somebody in danger who left is offered at home, and keeps no seat from who is there.
WAITING_IN = Sql(
    "SELECT band, count(*) AS many FROM (SELECT band FROM ticket"
    " WHERE state = 'waiting' AND queue_region = :region"
    " AND visitor NOT IN ('stopped', 'exit', 'gone')"
    f" ORDER BY band, queue_at, id LIMIT {MOST_PLACES}) AS first GROUP BY band"
)
TAKEN_OF = Sql(
    "SELECT agreement, count(*) AS many FROM (SELECT agreement, id FROM ticket"
    " WHERE state = 'offered' AND serving_region = :region AND agreement IS NOT NULL"
    " UNION SELECT agreement, ticket FROM served WHERE region = :region"
    " AND agreement IS NOT NULL AND at >= :day) AS taken GROUP BY agreement"
)
AT_DESKS = Sql(
    "SELECT w.region, count(*) AS many FROM caseworker_seats w JOIN presence p"
    " ON p.subject = 'caseworker/' || w.caseworker"
    " WHERE p.linked = true AND p.state <> 'away' GROUP BY w.region"
)
LINES = Sql(
    "SELECT DISTINCT home_region, queue_region FROM ticket WHERE state IN ('waiting', 'missed')"
)
OF_LINE = Sql(
    "SELECT id FROM ticket WHERE state IN ('waiting', 'missed') AND home_region = :home"
    " AND queue_region = :old ORDER BY id FOR NO KEY UPDATE"
)
TO_OTHER_LINE = Sql(
    "UPDATE ticket SET queue_region = :line, serving_region = :line, entered_at = :now"
    " WHERE id IN :tickets[] RETURNING conversation"
)
PRESENT = Sql(
    "SELECT w.caseworker, p.state, p.linked FROM caseworker_seats w"
    " JOIN presence p ON p.subject = 'caseworker/' || w.caseworker WHERE w.region = :region"
)
RECENT_WAITS = Sql(
    "SELECT accepted_at - waiting_since AS wait FROM ticket WHERE queue_region = :region"
    " AND level = :level AND accepted_at >= :since"
    " AND (accepted_at >= :recent OR CAST(accepted_at / 3600000000 AS TEXT) IN :hours[])"
    " AND training = false AND given_back = false ORDER BY accepted_at DESC LIMIT 100"
)
EXPIRED_OFFERS = Sql("SELECT ticket FROM seat WHERE expires_at <= :now ORDER BY expires_at")
GONE = Sql(
    "SELECT conversation FROM ticket WHERE visitor = 'away' AND"
    " ((state IN ('waiting', 'offered') AND visitor_since <= :waiting)"
    "  OR (state = 'active' AND visitor_since <= :active))"
)
LEFT = Sql(
    "SELECT id, caseworker FROM ticket WHERE state = 'active'"
    " AND ((visitor IN ('stopped', 'exit') AND visitor_since <= :left AND accepted_at <= :left)"
    "  OR (visitor = 'gone' AND visitor_since <= :left AND accepted_at <= :gone))"
)
UNREAD = Sql("SELECT id, conversation FROM ticket WHERE state = 'missed' AND unread_until <= :now")
CHATS_OF = Sql(
    "SELECT id, conversation, serving_region FROM ticket WHERE caseworker = :caseworker"
    " AND state = 'active' ORDER BY id"
)


def regions_of(rows: Sequence[Row]) -> tuple[str, ...]:
    """The bells of the regions that these tickets are served by."""
    return tuple(dict.fromkeys(f"r/{row['serving_region']}" for row in rows))


def one(id: str) -> Command[Row | None]:
    """A ticket with what its card needs."""
    rows = yield ONE, {"id": id}
    return rows[0] if rows else None


@dataclass(frozen=True, slots=True)
class RegionRows:
    """The open tickets of a region in service order, its caseworkers, how full it is, and what
    happened once to a ticket: who was rung, who reads along."""

    tickets: Sequence[Row]
    caseworkers: Sequence[Row]
    places: Sequence[Row]
    present: Sequence[Row]
    signs: Sequence[Row]


def on_the_desks(region: str) -> Command[RegionRows]:
    """What the desks of a region show, as of one moment."""
    return RegionRows(
        tickets=(yield ON_THE_DESKS, {"region": region}),
        caseworkers=(yield seats.USED, {"region": region}),
        places=(yield seats.REGION_USED, {"region": region}),
        present=(yield PRESENT, {"region": region}),
        signs=(yield SIGNS, {"region": region}),
    )


@dataclass(frozen=True, slots=True)
class RoutingRows:
    """What the routing rule looks at; `below` are the offers that an acute ticket may take over."""

    heads: Sequence[Row]
    caseworkers: Sequence[Row]
    places: Sequence[Row]
    refused: Sequence[Row]
    below: Sequence[Row]


def routing_rows(region: str, now: int, most: int) -> Command[RoutingRows]:
    """The heads of a region's queue and who could serve them, as of one moment."""
    return RoutingRows(
        heads=(yield HEADS, {"region": region, "most": most}),
        caseworkers=(yield seats.USED, {"region": region}),
        places=(yield seats.REGION_USED, {"region": region}),
        refused=(yield NOT_AGAIN_OF, {"region": region, "now": now, "most": most}),
        below=(yield OFFERS_BELOW, {"region": region}),
    )


@dataclass(frozen=True, slots=True)
class HelperRows:
    """What the rule looks at of a region that may help out."""

    caseworkers: Sequence[Row]
    places: Sequence[Row]
    waiting: Sequence[Row]
    taken: Sequence[Row]


def helper_rows(regions: Mapping[str, int]) -> Command[dict[str, HelperRows]]:
    """The regions that may help out, as of one moment; each with the start of its day."""
    found = {}
    for region, day in regions.items():
        found[region] = HelperRows(
            caseworkers=(yield seats.USED, {"region": region}),
            places=(yield seats.REGION_USED, {"region": region}),
            waiting=(yield WAITING_IN, {"region": region}),
            taken=(yield TAKEN_OF, {"region": region, "day": day}),
        )
    return found


def taken_since(days: Mapping[str, int]) -> Command[dict[str, dict[str, int]]]:
    """How many chats some regions took by each agreement since their day began."""
    found = {}
    for region, day in days.items():
        rows = yield TAKEN_OF, {"region": region, "day": day}
        found[region] = {str(row["agreement"]): int(row["many"]) for row in rows}
    return found


def present_everywhere() -> Command[dict[str, int]]:
    """How many desks are open in each region that has any."""
    return {str(row["region"]): int(row["many"]) for row in (yield AT_DESKS, {})}


def lines() -> Command[list[tuple[str, str]]]:
    """Home and line of who waits or left something to read."""
    rows = yield LINES, {}
    return [(str(row["home_region"]), str(row["queue_region"])) for row in rows]


def change_line(home: str, old: str, line: str, now: int) -> Command[int]:
    """Another region is on duty for the pool: who waits goes on in its line, in the same order,
    and its people are rung. How many moved comes back."""
    ids = [str(row["id"]) for row in (yield OF_LINE, {"home": home, "old": old})]
    rows = yield TO_OTHER_LINE, {"tickets": ids, "line": line, "now": now}
    yield UNRING, {"tickets": ids}
    bells = [f"c/{row['conversation']}/0" for row in rows]
    yield Ring((f"r/{old}", f"r/{line}", *bells))
    return len(rows)


def recent_waits(region: str, level: str, recent: int, hours: Sequence[int]) -> Command[list[int]]:
    """How long visitors of a region waited, in microseconds: those that were answered since
    `recent`, and those answered in one of `hours`, which are numbers since 1970 UTC, newest first.
    """
    rows = yield (
        RECENT_WAITS,
        {
            "region": region,
            "level": level,
            "since": min(recent, hours[-1] * HOUR),
            "recent": recent,
            "hours": [str(hour) for hour in hours],
        },
    )
    return [int(row["wait"]) for row in rows]


def expired_offers(now: int) -> Command[list[str]]:
    """Tickets whose offer got no answer in time."""
    rows = yield EXPIRED_OFFERS, {"now": now}
    return [str(row["ticket"]) for row in rows]


def waiting_regions() -> Command[list[str]]:
    """The regions in which somebody waits."""
    rows = yield WAITING_REGIONS, {}
    return [str(row["queue_region"]) for row in rows]


def gone(waiting_before: int, active_before: int) -> Command[list[str]]:
    """Conversations whose visitor was away for too long."""
    rows = yield GONE, {"waiting": waiting_before, "active": active_before}
    return [str(row["conversation"]) for row in rows]


def left(left_before: int, gone_before: int) -> Command[list[str]]:
    """Chats whose visitor left, and that still hold a seat.

    A caseworker who accepted afterwards has as long; and who is gone may still come back to a
    chat that was accepted since `gone_before`.
    """
    rows = yield LEFT, {"left": left_before, "gone": gone_before}
    return [str(row["id"]) for row in rows]


def unread(now: int) -> Command[list[Row]]:
    """Missed tickets that nobody read in time."""
    return (yield UNREAD, {"now": now})


def levels_of(region: str) -> Command[list[Row]]:
    """Level and time of every ticket of a region, or of all when it is empty; no practice."""
    return (yield LEVELS_OF, {"region": region})


def region_of(caseworker: str) -> Command[str | None]:
    """The region a caseworker works for."""
    rows = yield seats.REGION_OF, {"caseworker": caseworker}
    return str(rows[0]["region"]) if rows else None


def chats_of(caseworker: str) -> Command[list[Row]]:
    """The chats a caseworker serves."""
    return (yield CHATS_OF, {"caseworker": caseworker})
