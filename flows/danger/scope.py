"""What stands around a match: who denies it, when it is, and whether it is only a figure of speech.

What raises looks across full stops, what lowers ends at one: only `now` is looked for everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.danger_rules import TIMES
from flows.danger.compiling import Negators
from flows.danger.matching import find
from flows.danger.patterns import Span
from flows.danger.reading import Reading

#: A denial reaches this many words on, and this many back: `geen groot mes`, `slaat mij niet`.
DENIES_ON, DENIES_BACK = 2, 1
#: What makes words harmless can itself be denied: `dit is geen grapje`.
CALMED = ("stories", "questions", "away", "retractions")
#: Heard in any language for all; the rest lowers only what is said in its own language.
EVERYWHERE = ("now", "figures", "retractions", "away")
ALL = ""
FAR = 1 << 30
#: A time, a story or a question counts for what stands at most this far from it, in words.
REACH = 8


@dataclass(slots=True)
class Scope:
    """The surroundings of the matches in one text, as masks by kind and language.

    What is heard for every language, such as *now*, stands under the language `ALL`.
    """

    reading: Reading
    masks: dict[tuple[str, str], int] = field(default_factory=dict)
    denies: dict[str, int] = field(default_factory=dict)

    def mask(self, kind: str, language: str = "") -> int:
        """The words of one kind."""
        return self.masks.get((kind, ALL if kind in EVERYWHERE else language), 0)

    def denied(self, span: Span, language: str) -> bool:
        """Whether a word that denies, in the language of the match, reaches a word of it."""
        return bool(self.denies[language] & span.used)

    def time(self, span: Span, language: str, *, now: bool = True) -> str:
        """The time that is said nearest to the match, *now* only if asked for; else empty."""
        near = self.around(span)
        best, chosen = _distance(self.mask("now"), span) if now else FAR, "now"
        for kind in TIMES[1:]:
            mask = self.mask(kind, language) & near
            if mask:
                distance = _distance(mask, span)
                if distance < best:
                    best, chosen = distance, kind
        return chosen if best <= REACH else ""

    def now_place(self, span: Span) -> int:
        """The place of the nearest word that says *now*; the first one on a tie."""
        mask = self.mask("now")
        inside = mask & span.reach
        if inside:
            return (inside & -inside).bit_length() - 1
        distance = _distance(mask, span)
        before = span.start - distance
        return before if before >= 0 and mask >> before & 1 else span.end + distance

    def only_words(self, span: Span, language: str, asked: bool) -> bool:
        """Whether the match is a figure of speech, a story, taken back, or (`asked`) a question."""
        if (self.mask("figures") | self.mask("retractions")) & span.used:
            return True
        near = self.around(span)
        if self.mask("stories", language) & near:
            return True
        question = asked and self.mask("questions", language) & near
        return bool(question) and self.time(span, language) != "now"

    def around(self, span: Span) -> int:
        """The words of the same sentence that are near enough to lower what a match says."""
        low = max(0, span.start - REACH)
        return self.sentence(span) & ((1 << (span.end + 1 + REACH)) - 1) >> low << low

    def sentence(self, span: Span) -> int:
        """The words of the sentence or sentences that the match stands in."""
        stops = self.reading.stops
        low = max((stops & ((2 << span.start) - 1)).bit_length() - 1, 0)
        rest = stops >> (span.end + 1)
        high = span.end + (rest & -rest).bit_length() if rest else self.reading.count
        return ((1 << (high - low)) - 1) << low


def scope_of(reading: Reading, negators: Mapping[str, Negators], used: int) -> Scope:
    """The scope of a text. The words `used` stand in phrases of danger, so they deny nothing."""
    scope = Scope(reading)
    calming: list[tuple[str, str, Span]] = []
    seeming = 0
    for pattern in reading.lowering():
        kind, language = pattern.means.kind, pattern.means.language
        for span in find(reading, pattern):
            if kind == "denial":
                seeming |= span.reach
            elif kind != "now" and crosses_stop(reading, span):
                continue
            elif kind in CALMED:
                calming.append((kind, language, span))
            else:
                _mark(scope, kind, language, span.reach)
    heeded = ~(used | seeming)
    marks = reading.stops | reading.pauses
    for language, words in negators.items():
        scope.denies[language] = _denied(reading, words, heeded, marks)
    for kind, language, span in calming:
        if not _denied(reading, negators[language], heeded, 0) & span.used:
            _mark(scope, kind, language, span.reach)
    _settle(scope)
    return scope


def crosses_stop(reading: Reading, span: Span) -> bool:
    """Whether a full stop stands inside: what lowers ends there, so it is no such phrase."""
    return bool(reading.stops & (span.reach & (span.reach << 1)))


def _mark(scope: Scope, kind: str, language: str, words: int) -> None:
    key = (kind, ALL if kind in EVERYWHERE else language)
    scope.masks[key] = scope.masks.get(key, 0) | words


def _settle(scope: Scope) -> None:
    """What is part of something longer does not count by itself; taking back reaches to the start.

    `nu eenmaal` is a figure, `nu al drie keer` a habit, `hij noemt het een grapje` takes nothing
    back.
    """
    figures, later = scope.mask("figures"), 0
    for (kind, _), mask in scope.masks.items():
        if kind in TIMES[1:]:
            later |= mask
    if scope.mask("now"):
        scope.masks["now", ALL] &= ~(figures | later)
    taken_back = scope.mask("retractions") & ~figures
    if scope.mask("retractions"):
        scope.masks["retractions", ALL] = (1 << taken_back.bit_length()) - 1


def _denied(reading: Reading, negators: Negators, heeded: int, marks: int) -> int:
    """The words that a denial reaches: a few on or back, not past a mark or a word like *but*.

    Denying what calms (`dit is geen grapje`) raises, so there no marks are handed in.
    A mark stands between its word and the one before, a word like *but* is an end by itself.
    """
    on = reading.any_of(negators.before) & heeded
    back = reading.any_of(negators.after) & heeded
    if not on and not back:
        return 0
    words = reading.any_of(negators.breaks)
    reach, ends = 0, marks | words
    for _ in range(DENIES_ON + 1):
        on = (on << 1) & ~ends
        reach |= on
    for _ in range(DENIES_BACK + 1):
        back = ((back & ~marks) >> 1) & ~words
        reach |= back
    return reach


def _distance(mask: int, span: Span) -> int:
    """How many words from the match the nearest bit stands; huge when there is none."""
    if mask & span.reach:
        return 0
    left = mask & ((1 << span.start) - 1)
    right = mask >> (span.end + 1)
    return min(
        span.start - left.bit_length() + 1 if left else FAR,
        (right & -right).bit_length() if right else FAR,
    )
