"""Whether a visitor of a region can be answered now, and by whom: a pure rule.

Open is more than hours: somebody must be there, or be planned and rung (DOMAIN finding 7). A region
whose partner is open never shows "closed".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from data.hours import opening
from data.knowledge import Knowledge
from data.rota import line_of, planned_at


@dataclass(frozen=True, slots=True)
class Reach:
    """`line` is the region whose line a visitor stands in; `by` the one that answers now, None
    while nobody does. `rung`: nobody is at a desk there, and people at home get a sign.

    Times are aware: until when it lasts, and when the own region opens next.
    """

    line: str
    by: str | None
    rung: bool
    closes_at: datetime | None
    opens_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether a new conversation may begin."""
        return self.by is not None

    @property
    def helped(self) -> bool:
        """Whether another region answers, because the own one does not."""
        return self.by is not None and self.by != self.line


def reach(knowledge: Knowledge, region: str, now: datetime, present: Callable[[str], int]) -> Reach:
    """Who answers a visitor of `region` at `now` (aware); `present` counts open desks of a region.

    Own region first, then helpers in the order of the agreements. Whether a seat is free is no
    matter here: who finds all of them taken waits.
    """
    own = knowledge.regions[region]
    line = line_of(knowledge.pools, region, now)
    hours = opening(own.chat_hours, now)
    at_desk, rung = present(line) > 0, _rings(knowledge, line, now)
    on_duty = line == region or opening(knowledge.regions[line].chat_hours, now).open
    if hours.open and on_duty and (at_desk or rung):
        return Reach(line, line, not at_desk, hours.closes_at, hours.opens_at)
    for agreement in knowledge.agreements:
        if agreement.home != line or "nobody" not in agreement.triggers:
            continue
        helper = opening(knowledge.regions[agreement.helper].chat_hours, now)
        if helper.open and agreement.covers(now) and present(agreement.helper) > 0:
            return Reach(line, agreement.helper, False, helper.closes_at, hours.opens_at)
    return Reach(line, None, False, None, hours.opens_at)


def _rings(knowledge: Knowledge, region: str, now: datetime) -> bool:
    zone = knowledge.regions[region].chat_hours.zone
    listed = knowledge.pilots.get(region)
    return any(
        listed is None or planned.username in listed
        for planned in planned_at(knowledge.roster, region, now, zone)
    )


def rings_on_call(knowledge: Knowledge, region: str, now: datetime) -> bool:
    """Whether a closed region has who is on call rung for somebody in danger, and knows whom."""
    own = knowledge.regions[region]
    if not own.rings_on_call_when_closed:
        return False
    line = line_of(knowledge.pools, region, now)
    return bool(planned_at(knowledge.roster, line, now, own.chat_hours.zone, ("on_call",)))
