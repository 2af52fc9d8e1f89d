"""Who is asked to serve which ticket: a pure rule that says why. No storage, no web.

It only proposes. The seat is claimed in the database, which may say no; then the rule looks again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from handoff.desk.queue import ACUTE_BAND


@dataclass(frozen=True, slots=True)
class Head:
    """A waiting ticket at the head of its queue. Times in microseconds."""

    id: str
    band: int
    queue_at: int
    waiting_since: int


@dataclass(frozen=True, slots=True)
class Desk:
    """A caseworker who may be asked."""

    caseworker: str
    cap: int
    used: int
    available: bool
    wrap_ups: int
    last_offer_at: int

    def free(self, wrap_ups_open: int) -> bool:
        """Whether an offer may come: a seat is free and not too much is left to be closed."""
        return self.available and self.used < self.cap and self.wrap_ups <= wrap_ups_open


@dataclass(frozen=True, slots=True)
class Refusal:
    """A caseworker who is not asked again for a ticket for a while."""

    ticket: str
    caseworker: str
    declined: bool


@dataclass(frozen=True, slots=True)
class Held:
    """An offer below acute that nobody accepted yet."""

    ticket: str
    caseworker: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Offer `ticket` to `caseworker`; with `over`, on the seat of that offer. `reason` is kept and
    shown: `own_region;2;3;40` is the second of three seats after a wait of 40 seconds."""

    ticket: str
    caseworker: str
    reason: str
    over: str | None = None


def choose(
    heads: Sequence[Head],
    desks: Sequence[Desk],
    *,
    places_free: int,
    refusals: Collection[Refusal],
    below: Sequence[Held],
    wrap_ups_open: int,
    now: int,
) -> list[Decision]:
    """The offers to make now, in service order: own region first (R21), the emptiest desk first,
    then the one that was asked longest ago."""
    open_desks = {desk.caseworker: desk for desk in desks if desk.free(wrap_ups_open)}
    present = [desk for desk in desks if desk.available]
    held = list(below)
    decisions = []
    for head in heads:
        asked = _may_ask(head, list(open_desks.values()), present, refusals)
        if asked and places_free > 0:
            desk = min(asked, key=lambda desk: (desk.used, desk.last_offer_at, desk.caseworker))
            open_desks[desk.caseworker] = taken = replace(desk, used=desk.used + 1)
            if not taken.free(wrap_ups_open):
                del open_desks[desk.caseworker]
            places_free -= 1
            decisions.append(Decision(head.id, desk.caseworker, _reason(head, taken, now)))
        elif head.band == ACUTE_BAND:
            over = _takes_over(head, held, refusals)
            if over is not None:
                held.remove(over)
                reason = f"over_offer;;;{_waited(head, now)}"
                decisions.append(Decision(head.id, over.caseworker, reason, over=over.ticket))
    return decisions


def _may_ask(
    head: Head, free: Sequence[Desk], present: Sequence[Desk], refusals: Collection[Refusal]
) -> list[Desk]:
    """Who did not just refuse. Who is alone and merely did not answer is asked again at once."""
    refused = {refusal.caseworker: refusal for refusal in refusals if refusal.ticket == head.id}
    alone = len(present) == 1
    return [
        desk
        for desk in free
        if desk.caseworker not in refused or (alone and not refused[desk.caseworker].declined)
    ]


def _takes_over(head: Head, held: Sequence[Held], refusals: Collection[Refusal]) -> Held | None:
    refused = {refusal.caseworker for refusal in refusals if refusal.ticket == head.id}
    return next((offer for offer in held if offer.caseworker not in refused), None)


def _reason(head: Head, desk: Desk, now: int) -> str:
    return f"own_region;{desk.used};{desk.cap};{_waited(head, now)}"


def _waited(head: Head, now: int) -> int:
    return max(0, now - head.waiting_since) // 1_000_000
