"""The order of the queue and how a wait is told: pure rules, no storage, no web.

The order is a static key: `band` (0 acute, 1 the rest) and `queue_at`, the start of the intake
minus head starts from data. Ageing is in the key, nothing ages into band 0, and every node sorts
alike. Times are microseconds since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from data.knowledge import QueueData
from flows.urgency import Triage

MINUTE = 60_000_000
ACUTE_BAND = 0
OTHER_BAND = 1
#: A median is taken over this many microseconds back: the same hour of the shift.
RECENT = 60 * MINUTE


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
) -> Order:
    """The place of a ticket in its region's queue (DOMAIN 2.3, 2.4)."""
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
    return Order(band, began_at - start * MINUTE, reasons)


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
