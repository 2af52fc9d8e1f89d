"""What was heard, in the figures of the pilot: how often, and what caseworkers made of it. Pure.

A conversation counts once for each level to which listening raised it, on the day of the first
time and for the region that the visitor came to; an answer, the card or a caseworker who raised it
is none of this. It counts once for each signal that was heard.

- *struck*: a caseworker lowered the level below what was heard, or struck a signal that came with
  it (a level); or struck the signal.
- *agreed*: a caseworker said so, or closed the conversation and had struck nothing of it.
- Otherwise nobody judged it: it goes on, or nobody read it.

What is judged first counts: danger that has passed is lowered too. A practice never counts. What
was counted is remembered with the talk, sealed like it, and goes with it: the figures know numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flows import urgency
from flows.urgency import Triage, rank
from handoff.protocol import HeardJudged
from handoff.storage.hearings import Count

AGREED, STRUCK = "agreed", "struck"
#: 2026-11-23: the month of a day is its first part.
MONTH = len("2026-11")


@dataclass(frozen=True, slots=True)
class Counted:
    """What one conversation adds to the figures: a level, or a signal where `level` is None."""

    region: str
    day: str
    level: str | None = None
    signal: str | None = None
    #: agreed or struck, once somebody did
    judged: str | None = None

    def count(self, *, heard: int = 0, agreed: int = 0, struck: int = 0) -> Count:
        """A change of the figures; a signal counts by the month and in no region."""
        key = (
            (self.region, self.day, self.level)
            if self.level is not None
            else (self.day[:MONTH], str(self.signal))
        )
        return Count(key, heard, agreed, struck)


Memory = tuple[Counted, ...]


def counted(
    triage: Triage, before: Memory, region: str, day: str
) -> tuple[Memory, tuple[Count, ...]]:
    """What a turn that left this triage adds to what was counted, and to the figures."""
    new = list(_new(triage, before, region, day))
    struck = [one for one in before if one.judged is None and _is_struck(one, triage)]
    memory = (*(replace(one, judged=STRUCK) if one in struck else one for one in before), *new)
    counts = [one.count(heard=1) for one in new] + [one.count(struck=1) for one in struck]
    return memory, tuple(counts)


def agreed(before: Memory) -> tuple[Memory, tuple[Count, ...]]:
    """A caseworker agrees with all that was heard and is not judged yet."""
    fresh = _open(before)
    memory = tuple(replace(one, judged=AGREED) if one in fresh else one for one in before)
    return memory, tuple(one.count(agreed=1) for one in fresh)


def told(memory: Memory) -> str:
    """What waits for a judgement, by name: `acute;weapon`."""
    return ";".join(str(one.level or one.signal) for one in _open(memory))


def judged(memory: Memory) -> HeardJudged | None:
    """Whether something waits for a judgement, or a caseworker agreed with what was heard."""
    if _open(memory):
        return "open"
    return "agreed" if any(one.judged == AGREED for one in memory) else None


def heard_as(triage: Triage) -> urgency.Heard | None:
    """The highest level that was heard and stands, and why; None when it was lowered."""
    standing = [one for one in triage.raised if rank(one.level) <= rank(triage.level)]
    return max(standing, key=lambda one: rank(one.level), default=None)


def _open(memory: Memory) -> list[Counted]:
    return [one for one in memory if one.judged is None]


def _new(triage: Triage, before: Memory, region: str, day: str) -> Iterable[Counted]:
    levels = {one.level for one in before}
    for raised in triage.raised:
        if raised.level not in levels:
            yield Counted(region, day, level=raised.level)
    signals = {one.signal for one in before}
    for signal in triage.heard:
        if signal not in signals:
            yield Counted(region, day, signal=signal)


def _is_struck(one: Counted, triage: Triage) -> bool:
    if one.level is None:
        return one.signal in triage.struck
    with_it = {
        signal for raised in triage.raised if raised.level == one.level for signal in raised.signals
    }
    return rank(triage.level) < rank(one.level) or bool(with_it & set(triage.struck))
