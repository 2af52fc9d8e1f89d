"""The shapes that phrases are compiled to. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.danger_rules import Rule

#: The ids of several words in a row.
Chain = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class WordClass:
    """The words that may stand in one place: single ones, and chains of several.

    `chains` are kept by their first word. `keys` are the ids of which one must be in a text before
    the class can be.
    """

    index: int
    singles: frozenset[int]
    chains: Mapping[int, Sequence[Chain]]
    keys: frozenset[int]


#: A class, and how many other words may stand before it.
Place = tuple[WordClass, int]


@dataclass(frozen=True, slots=True, eq=False)
class Means:
    """What a pattern is for: a rule of danger, or one of the things that lower or date it.

    `kind` is `rule`, `unless`, `answer`, `denial` (what only looks like one), a time or a calm.
    `most` is the rank of the highest level that the rule can have, `most_words` the length of the
    longest text that it is for.
    """

    kind: str
    language: str
    rule: Rule | None = None
    unless: tuple[Pattern, ...] = ()
    most: int = 0
    most_words: int = 1 << 30


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A phrase without optional words; `needs` has the bit of every class that must be there.

    `anchor` is its rarest class: the pattern is only looked at when one of those words is there.
    `denying` when it holds a word that denies elsewhere: `kan niet ademen`.
    """

    parts: tuple[tuple[Place, ...], ...]
    within: int
    needs: int
    anchor: WordClass
    denying: bool
    means: Means


@dataclass(frozen=True, slots=True)
class Span:
    """Where a pattern was found: first and last word, and the bits of the words it matched."""

    start: int
    end: int
    used: int

    @property
    def reach(self) -> int:
        """The bits of all words from first to last."""
        return ((1 << (self.end - self.start + 1)) - 1) << self.start
