"""The order of the queue and how a wait is told: pure rules, no storage, no web.

The order is a static key: `band` (0 acute, 1 the rest) and `queue_at`, the start of the intake
minus head starts from data. Ageing is in the key, nothing ages into band 0, and every node sorts
alike. Times are microseconds since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from statistics import median

from data.hours import instant
from data.knowledge import QueueData
from flows.urgency import Triage
from handoff.clock import micros

MINUTE = 60_000_000
ACUTE_BAND = 0
OTHER_BAND = 1
HOUR = 60 * MINUTE
#: A wait is told from the last hour, and from this hour of so many days, today among them.
RECENT = HOUR
DAYS_LIKE = 14


@dataclass(frozen=True, slots=True)
class Order:
    """Where a ticket stands, and the head starts that brought it there."""

    band: int
    queue_at: int
    reasons: tuple[str, ...]


def order(
    triage: Triage,
    began_at: int,
    data: QueueData,
    *,
    returned: bool = False,
    given_back: bool = False,
    left: bool = False,
) -> Order:
    """The place of a ticket in its region's queue (DOMAIN 2.3, 2.4). Whose visitor `left` stands
    further back: who is there goes first."""
    holds = {
        "urgent": triage.level == "urgent",
        "watched": triage.watched,
        "cannot_call": triage.cannot_call,
        "danger_unknown": triage.danger_unknown,
        "returned": returned,
        "given_back": given_back,
    }
    reasons = tuple(name for name, true in holds.items() if true)
    start = sum(data.head_start_min[name] for name in reasons)
    band = ACUTE_BAND if triage.level == "acute" else OTHER_BAND
    behind = data.left_behind_min if left else 0
    return Order(band, began_at - (start - behind) * MINUTE, reasons)


def hours_like(now: datetime, zone: tzinfo) -> list[int]:
    """The hours that are like this one: the same on the clock of `zone`, on this and earlier days;
    newest first, each as its number since 1970 UTC. A clock change moves none of them."""
    local = now.astimezone(zone)
    days = (local.date() - timedelta(days=ago) for ago in range(DAYS_LIKE))
    found = (micros(instant(day, local.hour * 60, zone, late=False)) // HOUR for day in days)
    return list(dict.fromkeys(found))


def wait_band(waits: Sequence[int], data: QueueData) -> str:
    """How long it takes, as a band that is always rounded up: "soon", "about_5", "5_to_15",
    "over_15", or "unknown" under ten samples. `waits` in microseconds. Never a promise."""
    if len(waits) < data.least_samples:
        return "unknown"
    minutes = median(waits) / MINUTE
    for name, most in data.bands_min.items():
        if minutes <= most:
            return name
    return "over_15"
