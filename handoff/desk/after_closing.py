"""What closing time leaves to those who wait: a pure rule.

Closing time stops new intakes only. Whoever waits is still offered to those who stayed, and reads
the truth once nobody did: which other region answers, or that nobody is there any more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from data.hours import closed_since
from data.knowledge import Knowledge
from handoff.clock import micros
from handoff.desk.reach import UsedUp, lending, lent_until, never

#: What lets a helper be asked though nobody of the own region is there.
COMES = frozenset(("nobody", "waited"))


@dataclass(frozen=True, slots=True)
class After:
    """What is left for a line whose own people are not there. Times in microseconds.

    `closed_at` is when the last who would have answered closed, which is now for a helper that took
    all that it may today, and `nobody` whether none of them is left; `stays_for`: who began before
    that is still offered to a helper that closed; `gone` are the helpers that closed and went;
    `elsewhere` is another region that answers now.
    """

    closed_at: int | None = None
    nobody: bool = False
    stays_for: int | None = None
    gone: frozenset[str] = frozenset()
    elsewhere: str | None = None


def after_closing(
    knowledge: Knowledge,
    line: str,
    now: datetime,
    by: str | None,
    there: Callable[[str], bool],
    used_up: UsedUp = never,
) -> After:
    """What is left at `now` (aware). `by` is who answers new visitors of the line, if anybody;
    `there` says whether somebody is at a desk of a region, or was just now; `used_up` whether a
    helper takes nobody more today."""
    if by == line or there(line):
        return After()
    open_now = list(lending(knowledge, line, now))
    spent = [one for one in open_now if COMES & one.triggers and used_up(one)]
    lent = {agreement.helper for agreement in open_now}
    closed = {}
    for agreement in knowledge.agreements:
        if agreement.home == line and agreement.helper not in lent and COMES & agreement.triggers:
            until = lent_until(knowledge, agreement, now)
            if until is not None:
                closed[agreement.helper] = micros(until)
    stay = {helper for helper in closed if there(helper)}
    own = closed_since(knowledge.regions[line].chat_hours, now)
    ended = [*closed.values(), *([micros(own)] if own else []), *([micros(now)] if spent else [])]
    left = lent - {agreement.helper for agreement in spent}
    return After(
        closed_at=max(ended, default=None),
        nobody=by is None and not {helper for helper in left if there(helper)},
        stays_for=max((closed[helper] for helper in stay), default=None),
        gone=frozenset(closed.keys() - stay),
        elsewhere=by,
    )
