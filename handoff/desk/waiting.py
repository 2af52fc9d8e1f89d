"""What who waits is told, when, and why: pure rules, no storage, no web.

Nobody is asked for a sign of life to keep the place, and who is in danger is asked nothing at all.
Times are microseconds since 1970 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flows.context import CLOSING_SOON
from handoff.clock import seconds
from handoff.desk.after_closing import After
from handoff.desk.queue import ACUTE_BAND

#: The kinds of notice; each comes at most once.
RING, CLOSING, STILL_THERE, LONG = "wait_ring", "wait_closing", "wait_still_there", "wait_long"
CLOSED, ELSEWHERE = "wait_closed", "wait_elsewhere"
KINDS = frozenset((RING, CLOSING, CLOSED, ELSEWHERE, STILL_THERE, LONG))
#: Those that ask something: never of who is in danger.
ASKS = frozenset((STILL_THERE, LONG))


@dataclass(frozen=True, slots=True)
class InLine:
    """A ticket in line. `away`: the link is lost; `hidden`: the page is not in sight; `rung`:
    somebody got a sign for it; `told`: the kinds of notice that were written before; `helpers`: the
    regions that the visitor read would help."""

    band: int
    waiting_since: int
    away: bool = False
    hidden: bool = False
    own_only: bool = False
    rung: bool = False
    told: frozenset[str] = frozenset()
    helpers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds where the ticket waits. `closes_at`: when who answers now closes, None without an
    end; `can_help`: another region may help by agreement, and is open; `after`: what closing time
    left; `at_desk`: somebody is at a desk of who answers, so that an answer may be promised."""

    closes_at: int | None
    can_help: bool
    still_there_s: float
    long_wait_s: float
    after: After = field(default_factory=After)
    at_desk: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A notice that is due: the response it says, why, and the region that it names."""

    kind: str
    response: str
    reason: str
    region: str | None = None


def due(ticket: InLine, terms: Terms, now: int) -> list[Due]:
    """The notices that are due now, in the order in which they are read."""
    rules = (_ring, _closing, _elsewhere, _closed, _still_there, _long)
    found = [notice(ticket, terms, now) for notice in rules]
    acute = ticket.band == ACUTE_BAND
    return [
        one
        for one in found
        if one is not None and one.kind not in ticket.told and not (acute and one.kind in ASKS)
    ]


def _ring(ticket: InLine, terms: Terms, now: int) -> Due | None:
    return Due(RING, "utter_wait_ring", "somebody was rung") if ticket.rung else None


def _closing(ticket: InLine, terms: Terms, now: int) -> Due | None:
    """Who began within the last half hour has read it in the greeting. Who is only rung may not
    come: then no answer is promised, and the visitor reads where to call."""
    if terms.closes_at is None:
        return None
    soon = terms.closes_at - seconds(CLOSING_SOON.total_seconds())
    if not soon <= now < terms.closes_at or ticket.waiting_since >= soon:
        return None
    left = (terms.closes_at - now) // seconds(1)
    name = "utter_wait_closing" if terms.at_desk else "utter_wait_closing_call"
    return Due(CLOSING, name, f"closes in {left} s")


def _elsewhere(ticket: InLine, terms: Terms, now: int) -> Due | None:
    """Who was told of a helper that closed and went reads which other region answers."""
    other, gone = terms.after.elsewhere, ticket.helpers & terms.after.gone
    if other is None or other in ticket.helpers or not gone:
        return None
    reason = f"nobody is left at {', '.join(sorted(gone))}"
    return Due(ELSEWHERE, "utter_wait_elsewhere", reason, other)


def _closed(ticket: InLine, terms: Terms, now: int) -> Due | None:
    """Only who began before closing time was promised anything."""
    after = terms.after
    if not after.nobody or after.closed_at is None or ticket.waiting_since >= after.closed_at:
        return None
    if after.stays_for is not None and ticket.waiting_since < after.stays_for:
        return None
    closed_for = (now - after.closed_at) // seconds(1)
    return Due(CLOSED, "utter_wait_closed", f"closed for {closed_for} s, and nobody is left")


def _still_there(ticket: InLine, terms: Terms, now: int) -> Due | None:
    """Nobody reads it without a link: it is asked once they are back, if it is due then."""
    waited = now - ticket.waiting_since
    if ticket.away:
        return None
    if ticket.hidden:
        reason = "the page is hidden"
    elif waited >= seconds(terms.still_there_s):
        reason = f"waited {waited // seconds(1)} s"
    else:
        return None
    return Due(STILL_THERE, "utter_wait_still_there", reason)


def _long(ticket: InLine, terms: Terms, now: int) -> Due | None:
    """Another region is offered to who chose to wait for the own one; others get it unasked."""
    waited = now - ticket.waiting_since
    if waited < seconds(terms.long_wait_s):
        return None
    other = ticket.own_only and terms.can_help
    name = "utter_wait_long_region" if other else "utter_wait_long"
    return Due(LONG, name, f"waited {waited // seconds(1)} s")
