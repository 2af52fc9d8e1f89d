"""How well something hears: what it makes of labelled examples, counted, with intervals.

A text has one level and any number of signals and kinds (the `note` of an example: *dialect*,
*retraction*). Kinds overlap, so what is counted by kind adds up to more than all.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from data.danger_examples import Example
from data.triage import LEVELS
from flows.urgency import Heard

NORMAL, URGENT, ACUTE = LEVELS
#: As the tables have them, the worst first.
WORST_FIRST = (ACUTE, URGENT, NORMAL)
#: What all languages, or all signals, are called together.
ALL = "all"
#: The misses that are looked into: labelled so, heard so.
MISSES = ((ACUTE, URGENT), (ACUTE, NORMAL), (NORMAL, ACUTE))
#: A note that says what a text means in English, not of what kind it is.
GLOSS = "gloss:"
NO_KIND = "(no note)"
#: Of the normal distribution: 95% lies within.
Z = 1.96


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many."""

    part: int
    whole: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of Wilson (1927); everything when nothing was counted."""
        if not self.whole:
            return 0.0, 1.0
        share = self.part / self.whole
        scale = 1 + Z * Z / self.whole
        middle = (share + Z * Z / (2 * self.whole)) / scale
        spread = Z * math.sqrt(share * (1 - share) / self.whole + (Z / (2 * self.whole)) ** 2)
        return max(0.0, middle - spread / scale), min(1.0, middle + spread / scale)

    def __str__(self) -> str:
        low, high = (round(100 * end) for end in self.interval)
        return f"{self.part}/{self.whole} [{low}-{high}]"


@dataclass(frozen=True, slots=True)
class Judged:
    """An example, and what was heard in it."""

    example: Example
    heard: Heard


def judged(examples: Iterable[Example], hear: Callable[[Example], Heard]) -> tuple[Judged, ...]:
    """Every example with what a listener hears in it."""
    return tuple(Judged(example, hear(example)) for example in examples)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was made of some examples: how often each level was called each level."""

    called: Counter[tuple[str, str]]

    @classmethod
    def of(cls, examples: Iterable[Example], hear: Callable[[Example], str]) -> Figures:
        """The figures of a listener that gives the level of an example."""
        return cls(Counter((example.level, hear(example)) for example in examples))

    @classmethod
    def counted(cls, found: Iterable[Judged]) -> Figures:
        """The figures of what was heard already."""
        return cls(Counter((one.example.level, one.heard.level) for one in found))

    def rate(self, level: str, called: str) -> Rate:
        """Of the examples with a level, those that were called `called`."""
        whole = sum(self.called[level, other] for other in LEVELS)
        return Rate(self.called[level, called], whole)

    def row(self) -> tuple[Rate, ...]:
        """The rates of `HEAD`."""
        return (
            self.rate(ACUTE, ACUTE),
            self.rate(ACUTE, NORMAL),
            self.rate(NORMAL, ACUTE),
            self.rate(NORMAL, URGENT),
            self.rate(URGENT, NORMAL),
        )


HEAD = (
    "acute heard as acute",
    "acute taken for normal",
    "normal called acute",
    "normal called urgent",
    "urgent taken for normal",
)


def table(examples: Sequence[Example], hear: Callable[[Example], str]) -> list[str]:
    """A table in Markdown, a line per language and one for all; counts, and percents between
    brackets."""
    found = judged(examples, lambda one: Heard(hear(one)))
    rows = ((name, *figures.row()) for name, figures in by_language(found).items())
    return _lines(("", *HEAD), rows)


def by_language(found: Sequence[Judged]) -> Mapping[str, Figures]:
    """The figures of each language, and of all together."""
    languages = sorted({one.example.language for one in found})
    groups = {name: [one for one in found if one.example.language == name] for name in languages}
    return {name: Figures.counted(some) for name, some in (groups | {ALL: found}).items()}


def confusion(found: Sequence[Judged]) -> list[str]:
    """What was heard by what was labelled, nine counts per language, and the share of each."""
    head = ("", "labelled", *(f"heard {level}" for level in WORST_FIRST))
    rows = (
        (name, level, *(figures.rate(level, called) for called in WORST_FIRST))
        for name, figures in by_language(found).items()
        for level in WORST_FIRST
    )
    return _lines(head, rows)


def kinds(example: Example) -> tuple[str, ...]:
    """Of what kind a text is, by its note: what stands between semicolons."""
    named = (part.strip() for part in example.note.split(";"))
    return tuple(dict.fromkeys(one for one in named if one and not one.startswith(GLOSS))) or (
        NO_KIND,
    )


def misses(found: Sequence[Judged]) -> list[str]:
    """How many of each kind were missed, of how many; a kind without a miss is left out."""
    groups: dict[str, list[Judged]] = {}
    for one in found:
        for kind in kinds(one.example):
            groups.setdefault(kind, []).append(one)
    counted = {kind: Figures.counted(some) for kind, some in groups.items()}
    missed = {
        kind: sum(figures.called[pair] for pair in MISSES) for kind, figures in counted.items()
    }
    rows = (
        (kind, *(_of(counted[kind].rate(*pair)) for pair in MISSES))
        for kind in sorted(missed, key=lambda kind: (-missed[kind], kind))
        if missed[kind]
    )
    return _lines(("kind", *(f"{level} heard as {called}" for level, called in MISSES)), rows)


def _of(rate: Rate) -> str:
    """A count without an interval; nothing when there was none to count."""
    return f"{rate.part}/{rate.whole}" if rate.whole else ""


@dataclass(frozen=True, slots=True)
class Named:
    """How a signal was heard: where it was labelled, where not, and where it was not heard."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> Rate:
        """Of the texts in which it was heard, those that are labelled so."""
        return Rate(self.right, self.right + self.wrong)

    @property
    def recall(self) -> Rate:
        """Of the texts that are labelled so, those in which it was heard."""
        return Rate(self.right, self.right + self.missed)


def by_signal(found: Iterable[Judged]) -> Mapping[str, Named]:
    """How each signal was heard, and all together (micro-averaged: each naming counts once)."""
    pairs = [(set(one.example.signals), set(one.heard.signals)) for one in found]
    names = sorted({name for pair in pairs for some in pair for name in some})
    counted = {name: Named(*_named(name, pairs)) for name in names}
    return counted | {
        ALL: Named(
            sum(one.right for one in counted.values()),
            sum(one.wrong for one in counted.values()),
            sum(one.missed for one in counted.values()),
        )
    }


def _named(name: str, pairs: Sequence[tuple[set[str], set[str]]]) -> Iterator[int]:
    yield sum(name in labelled and name in heard for labelled, heard in pairs)
    yield sum(name not in labelled and name in heard for labelled, heard in pairs)
    yield sum(name in labelled and name not in heard for labelled, heard in pairs)


def signals(found: Sequence[Judged]) -> list[str]:
    """Precision and recall of each signal."""
    rows = ((name, one.precision, one.recall) for name, one in by_signal(found).items())
    return _lines(("signal", "precision", "recall"), rows)


def report(found: Sequence[Judged]) -> list[str]:
    """All there is to say, for who has to decide whether it hears well enough."""
    heard = {id(one.example): one.heard.level for one in found}
    examples = [one.example for one in found]
    return [
        *table(examples, lambda example: heard[id(example)]),
        "",
        *confusion(found),
        "",
        "misses by kind (the notes of the examples; a text may be of several kinds)",
        "",
        *misses(found),
        "",
        *signals(found),
    ]


def _lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A table in Markdown."""
    return [
        f"| {' | '.join(head)} |",
        "|---" * len(head) + "|",
        *(f"| {' | '.join(map(str, row))} |" for row in rows),
    ]
