"""Phrases: where a pattern stands in a text. All places at once, as the bits of one number.

The work for one pattern is a few operations on whole numbers, however often its words occur, and
no more than `MOST_SPANS` places are looked at one by one: a long text cannot make this slow.
"""

from __future__ import annotations

from flows.danger.patterns import Chain, Pattern, Place, Span
from flows.danger.reading import Reading

MOST_SPANS = 12


def find(reading: Reading, pattern: Pattern) -> list[Span]:
    """The places of a pattern, first to last."""
    found = _sequence(reading, pattern.parts[0])
    for part in pattern.parts[1:]:
        if not found:
            break
        others = _sequence(reading, part)
        pairs = (_nearest(span, others, pattern.within) for span in found)
        found = [span for span in pairs if span is not None]
    return found


def _nearest(span: Span, others: list[Span], within: int) -> Span | None:
    """`span` widened with the nearest of `others` that shares no word with it."""
    apart = [
        (max(other.start - span.end, span.start - other.end), other)
        for other in others
        if not other.used & span.used
    ]
    distance, other = min(apart, key=lambda pair: pair[0], default=(0, None))
    if other is None or distance > within:
        return None
    return Span(min(span.start, other.start), max(span.end, other.end), span.used | other.used)


def _sequence(reading: Reading, places: tuple[Place, ...]) -> list[Span]:
    """Where these places follow one another: the ends of the first, of the first two, and so on."""
    stages: list[int] = []
    reach = (1 << reading.count) - 1
    for found, gap in places:
        if stages:
            reach = _spread(stages[-1], gap)
        mask, chains = reading.seen.get(found.index) or reading.look(found)
        ends = reach & mask
        for chain in chains:
            ends |= _chained(reading.at, chain, reach)
        if not ends:
            return []
        stages.append(ends)
    spans: list[Span] = []
    while ends and len(spans) < MOST_SPANS:
        spans.append(_span(reading, places, stages, (ends & -ends).bit_length() - 1))
        ends &= ends - 1
    return spans


def _spread(places: int, gap: int) -> int:
    """The places one to `gap + 1` words further on."""
    reach, width = places << 1, 1
    while width * 2 <= gap + 1:
        reach |= reach << width
        width *= 2
    return reach | reach << (gap + 1 - width)


def _chained(at: dict[int, int], chain: Chain, starts: int) -> int:
    """The last places of a chain that begins at one of `starts`."""
    here = starts & at[chain[0]]
    for id_ in chain[1:]:
        if not here:
            break
        here = (here << 1) & at.get(id_, 0)
    return here


def _span(reading: Reading, places: tuple[Place, ...], stages: list[int], end: int) -> Span:
    """Back from the last word of a match to its first, always by the nearest way."""
    used, start = 0, end
    for step in range(len(places) - 1, -1, -1):
        found, gap = places[step]
        mask, chains = reading.seen[found.index]
        sizes = _sizes(reading.at, mask, chains, end) if chains else (1,)
        for size in sizes:
            start = end - size + 1
            before = stages[step - 1] & _window(start, gap) if step else 1
            if before:
                used |= ((1 << size) - 1) << start
                end = before.bit_length() - 1
                break
    return Span(start, used.bit_length() - 1, used)


def _window(first: int, gap: int) -> int:
    """The `gap + 1` places before `first`."""
    low = max(0, first - 1 - gap)
    return (1 << first) - 1 >> low << low


def _sizes(at: dict[int, int], mask: int, chains: list[Chain], end: int) -> list[int]:
    """How many words a class may take up when it ends here, longest first."""
    sizes = {1} if mask >> end & 1 else set()
    for chain in chains:
        start = end - len(chain) + 1
        if start >= 0 and _chained(at, chain, 1 << start) >> end & 1:
            sizes.add(len(chain))
    return sorted(sizes, reverse=True)
