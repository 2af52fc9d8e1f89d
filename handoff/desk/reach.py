"""Whether a visitor of a region can be answered now, and by whom: a pure rule.

Open is more than hours: somebody must be there, or be planned and rung (DOMAIN finding 7). A region
whose partner is open never shows "closed".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.agreements import Agreement
from data.hours import closed_since, instant, opening, periods_on
from data.knowledge import Knowledge
from data.rota import ANSWERING, Planned, line_of, planned_at
from handoff.clock import micros

#: Whether a helper took as many chats today as an agreement lets it.
UsedUp = Callable[[Agreement], bool]


def never(agreement: Agreement) -> bool:
    """No maximum is asked for: danger has none, and for a rule about hours it is no matter."""
    return False


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


def reach(
    knowledge: Knowledge,
    region: str,
    now: datetime,
    present: Callable[[str], int],
    used_up: UsedUp = never,
) -> Reach:
    """Who answers a visitor of `region` at `now` (aware); `present` counts open desks of a region.

    Own region first, then helpers in the order of the agreements. Whether a seat is free is no
    matter here: who finds all of them taken waits. A maximum that is used up is: nobody comes by
    that agreement any more today, however long somebody waits.
    """
    own = knowledge.regions[region]
    line = line_of(knowledge.pools, region, now)
    hours = opening(own.chat_hours, now)
    at_desk, rung = present(line) > 0, _rings(knowledge, line, now)
    on_duty = line == region or opening(knowledge.regions[line].chat_hours, now).open
    if hours.open and on_duty and (at_desk or rung):
        return Reach(line, line, not at_desk, hours.closes_at, hours.opens_at)
    lent = [
        agreement
        for agreement in lending(knowledge, line, now)
        if "nobody" in agreement.triggers and not used_up(agreement)
    ]
    # who is at a desk answers sooner than who is at home
    found, rung = next((one for one in lent if present(one.helper) > 0), None), False
    if found is None:
        at_home = (one for one in lent if _rings(knowledge, one.helper, now))
        found, rung = next(at_home, None), True
    if found is None:
        return Reach(line, None, False, None, hours.opens_at)
    return Reach(line, found.helper, rung, _lends_until(knowledge, found, now), hours.opens_at)


def lending(knowledge: Knowledge, line: str, now: datetime) -> Iterator[Agreement]:
    """The agreements by which a region lends a hand to a line now, in the order in which they are
    tried: its own hours and those of the agreement say so."""
    for agreement in knowledge.agreements:
        if agreement.home == line and agreement.covers(now):
            if opening(knowledge.regions[agreement.helper].chat_hours, now).open:
                yield agreement


def day_began(knowledge: Knowledge, region: str, now: datetime) -> int:
    """When the local day of a region began, in microseconds: a maximum per day counts from then."""
    local = now.astimezone(knowledge.regions[region].chat_hours.zone)
    return micros(local.replace(hour=0, minute=0, second=0, microsecond=0))


def lent_until(knowledge: Knowledge, agreement: Agreement, now: datetime) -> datetime | None:
    """When a helper that does not help any more stopped: it closed, or the hours of its agreement
    ended, whichever came first."""
    hours = (knowledge.regions[agreement.helper].chat_hours, agreement.hours)
    ended = [closed_since(one, now) for one in hours if one is not None]
    return min((end for end in ended if end is not None), default=None)


def _lends_until(knowledge: Knowledge, agreement: Agreement, now: datetime) -> datetime | None:
    """Until when a helper that helps now goes on: its own hours or the agreement end, whichever is
    first."""
    hours = (knowledge.regions[agreement.helper].chat_hours, agreement.hours)
    ends = [opening(one, now).closes_at for one in hours if one is not None]
    return min((end for end in ends if end is not None), default=None)


def serves_today(
    knowledge: Knowledge, region: str, now: datetime, present: Callable[[str], int]
) -> bool:
    """Whether the own region still answers today: hours are left, and somebody is at a desk, or
    is planned in them."""
    line = line_of(knowledge.pools, region, now)
    hours = knowledge.regions[line].chat_hours
    today = now.astimezone(hours.zone).date()
    # what began yesterday may run past midnight
    days = (today - timedelta(days=1), today)
    periods = [period for day in days for period in periods_on(hours, day)]
    left = [(max(start, now), end) for start, end in periods if end > now]
    if left and present(line) > 0:
        return True
    return any(
        instant(day, planned.start_min, hours.zone, late=False) < end
        and start < instant(day, planned.end_min, hours.zone, late=True)
        for planned in knowledge.roster
        if planned.region == line and _answers(knowledge, planned)
        for day in days
        if planned.begins_on(day)
        for start, end in left
    )


def _answers(knowledge: Knowledge, planned: Planned) -> bool:
    """Whether somebody who is planned is rung for visitors; in a pilot only who is listed."""
    listed = knowledge.pilots.get(planned.region)
    return planned.role in ANSWERING and (listed is None or planned.username in listed)


def rings_at_home(knowledge: Knowledge, line: str, now: datetime) -> bool:
    """Whether people of a region are rung for its own line now: it is open, and somebody is
    planned."""
    is_open = opening(knowledge.regions[line].chat_hours, now).open
    return is_open and _rings(knowledge, line, now)


def _rings(knowledge: Knowledge, region: str, now: datetime) -> bool:
    zone = knowledge.regions[region].chat_hours.zone
    found = planned_at(knowledge.roster, region, now, zone)
    return any(_answers(knowledge, planned) for planned in found)


def rings_on_call(knowledge: Knowledge, region: str, now: datetime) -> bool:
    """Whether a closed region has who is on call rung for somebody in danger, and knows whom."""
    own = knowledge.regions[region]
    if not own.rings_on_call_when_closed:
        return False
    line = line_of(knowledge.pools, region, now)
    return bool(planned_at(knowledge.roster, line, now, own.chat_hours.zone, ("on_call",)))
