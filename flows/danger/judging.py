"""How well something hears: what it makes of labelled examples, counted, with intervals."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from data.danger_examples import Example
from data.triage import LEVELS

NORMAL, URGENT, ACUTE = LEVELS
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
class Figures:
    """What was made of some examples: how often each level was called each level."""

    called: Counter[tuple[str, str]]

    @classmethod
    def of(cls, examples: Iterable[Example], hear: Callable[[Example], str]) -> Figures:
        """The figures of a listener that gives the level of an example."""
        return cls(Counter((example.level, hear(example)) for example in examples))

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
    called = {id(example): hear(example) for example in examples}
    languages = [*sorted({example.language for example in examples}), "all"]
    lines = [f"| | {' | '.join(HEAD)} |", "|---" * (len(HEAD) + 1) + "|"]
    for language in languages:
        some = [one for one in examples if language in ("all", one.language)]
        figures = Figures.of(some, lambda one: called[id(one)])
        lines.append(f"| {language} | {' | '.join(map(str, figures.row()))} |")
    return lines
