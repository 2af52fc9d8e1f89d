"""Queries: what the desks show, what routing and the janitor look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handoff.storage import seats
from handoff.storage.sql import Command, Row, Sql

ON_THE_DESKS = Sql(
    "SELECT t.*, c.talk, c.last_seq, c.region, k.key_id, k.wrapped,"
    " s.caseworker AS seat_of, s.expires_at FROM ticket t"
    " JOIN conversation c ON c.id = t.conversation"
    " LEFT JOIN conversation_key k ON k.conversation = c.id AND k.purpose = 'talk'"
    " LEFT JOIN seat s ON s.ticket = t.id"
    " WHERE t.state IN ('waiting', 'offered', 'active', 'wrap_up', 'missed')"
    " AND t.serving_region = :region ORDER BY t.band, t.queue_at, t.id"
)
ONE = Sql(
    "SELECT t.*, c.talk, c.last_seq, c.region, k.key_id, k.wrapped,"
    " s.caseworker AS seat_of, s.expires_at FROM ticket t"
    " JOIN conversation c ON c.id = t.conversation"
    " LEFT JOIN conversation_key k ON k.conversation = c.id AND k.purpose = 'talk'"
    " LEFT JOIN seat s ON s.ticket = t.id WHERE t.id = :id"
)
HEADS = Sql(
    "SELECT id, band, queue_at, waiting_since FROM ticket"
    " WHERE state = 'waiting' AND home_region = :region ORDER BY band, queue_at, id LIMIT :most"
)
OFFERS_BELOW = Sql(
    "SELECT s.ticket, s.caseworker FROM seat s JOIN ticket t ON t.id = s.ticket"
    " WHERE s.region = :region AND s.expires_at IS NOT NULL AND t.state = 'offered'"
    " AND t.band > 0 ORDER BY t.band DESC, t.queue_at DESC, t.id DESC"
)
NOT_AGAIN_OF = Sql(
    "SELECT n.ticket, n.caseworker, n.declined FROM not_again n JOIN ticket t ON t.id = n.ticket"
    " WHERE n.until > :now AND t.state = 'waiting' AND t.home_region = :region"
)
WAITING_REGIONS = Sql("SELECT DISTINCT home_region FROM ticket WHERE state = 'waiting'")
PRESENT = Sql(
    "SELECT w.caseworker, p.state, p.linked FROM caseworker_seats w"
    " JOIN presence p ON p.subject = 'caseworker/' || w.caseworker WHERE w.region = :region"
)
RECENT_WAITS = Sql(
    "SELECT accepted_at - waiting_since AS wait FROM ticket WHERE home_region = :region"
    " AND band = :band AND accepted_at >= :since AND given_back = false"
    " ORDER BY accepted_at DESC LIMIT 100"
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
    """The open tickets of a region in service order, its caseworkers, and how full it is."""

    tickets: Sequence[Row]
    caseworkers: Sequence[Row]
    places: Sequence[Row]
    present: Sequence[Row]


def on_the_desks(region: str) -> Command[RegionRows]:
    """What the desks of a region show, as of one moment."""
    return RegionRows(
        tickets=(yield ON_THE_DESKS, {"region": region}),
        caseworkers=(yield seats.USED, {"region": region}),
        places=(yield seats.REGION_USED, {"region": region}),
        present=(yield PRESENT, {"region": region}),
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
        refused=(yield NOT_AGAIN_OF, {"region": region, "now": now}),
        below=(yield OFFERS_BELOW, {"region": region}),
    )


def recent_waits(region: str, band: int, since: int) -> Command[list[int]]:
    """How long visitors of a region waited lately, in microseconds."""
    rows = yield RECENT_WAITS, {"region": region, "band": band, "since": since}
    return [int(row["wait"]) for row in rows]


def expired_offers(now: int) -> Command[list[str]]:
    """Tickets whose offer got no answer in time."""
    rows = yield EXPIRED_OFFERS, {"now": now}
    return [str(row["ticket"]) for row in rows]


def waiting_regions() -> Command[list[str]]:
    """The regions in which somebody waits."""
    rows = yield WAITING_REGIONS, {}
    return [str(row["home_region"]) for row in rows]


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


def region_of(caseworker: str) -> Command[str | None]:
    """The region a caseworker works for."""
    rows = yield seats.REGION_OF, {"caseworker": caseworker}
    return str(rows[0]["region"]) if rows else None


def chats_of(caseworker: str) -> Command[list[Row]]:
    """The chats a caseworker serves."""
    return (yield CHATS_OF, {"caseworker": caseworker})
