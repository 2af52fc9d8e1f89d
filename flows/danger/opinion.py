"""The learnt opinion: what a text looks like to somebody who has read all examples.

A linear sum over the features of its sentences, so that it can say which words weighed most. It
stands beside the rules and knows what they heard; `Ears` puts the two together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from data.danger_weights import Weights
from data.triage import LEVELS
from flows.danger.features import (
    Looking,
    of_level,
    of_lists,
    of_neighbours,
    of_word,
    runs,
    sentences,
)

#: So many words are named as a reason.
MOST_WORDS = 2
#: Both weights, and how many features they are the sum of.
Sum = tuple[int, int, int]
NOTHING: Sum = (0, 0, 0)
NO_WEIGHT = (0, 0)


@dataclass(frozen=True, slots=True)
class Opinion:
    """A level, and the words of our own examples that weighed most."""

    level: str
    words: tuple[str, ...] = ()

    def reasons(self) -> tuple[str, ...]:
        """The words between quotes, to be told from the names of rules."""
        return tuple(f"“{words}”" for words in self.words)


class Learnt:
    """Weights that can be asked. Deterministic; keeps nothing of what it is asked."""

    def __init__(self, weights: Weights, looking: Looking, at: tuple[int, int]) -> None:
        self._weights = weights
        self._acute_at, self._urgent_at = at
        self._looking = looking
        known = [name[2:] for name in weights.features if name.startswith("w:")]
        # the words of the examples are weighed once; nothing is remembered of others
        self._words = {word: self._sum(of_word(word)) for word in known}
        self._lists = {word: looking.lists_of(word) for word in known}

    def opinion(self, text: str, by_rules: str) -> Opinion:
        """The level of a text of which the rules made `by_rules`. Never raises."""
        spoken = sentences(text, self._looking.greetings)
        sums = [self._sentence(words) for words in spoken]
        heard = self._sum(of_level(by_rules))
        acute, urgent = -math.inf, -math.inf
        worst = (0, 0)
        for run in runs(len(sums)):
            said = _added(heard, *sums[slice(*run)])
            first, second = self._scores(said)
            if first > acute:
                acute, worst = first, run
            urgent = max(urgent, second)
        if acute >= self._acute_at:
            return Opinion(LEVELS[2], self._reasons(spoken[slice(*worst)], 0))
        if urgent >= self._urgent_at:
            return Opinion(LEVELS[1], self._reasons(spoken, 1))
        return Opinion(LEVELS[0])

    def scores(self, text: str, by_rules: str) -> tuple[float, float]:
        """How far a text is to each side, in thousandths, taken as a whole: for choosing where a
        level begins."""
        sums = (self._sentence(words) for words in sentences(text, self._looking.greetings))
        return self._scores(_added(self._sum(of_level(by_rules)), *sums))

    def _scores(self, said: Sum) -> tuple[float, float]:
        scale = math.sqrt(said[2] + 1)
        bias = self._weights.bias
        return (said[0] + bias[0]) / scale, (said[1] + bias[1]) / scale

    def _sentence(self, words: Sequence[str]) -> Sum:
        known, lists_of = self._words, self._lists
        sums = [known.get(word) or self._sum(of_word(word)) for word in words]
        sums.append(self._sum(of_neighbours(words)))
        lists = [
            lists_of[word] if word in lists_of else self._looking.lists_of(word) for word in words
        ]
        sums.append(self._sum(of_lists(lists)))
        return _added(*sums)

    def _sum(self, features: Iterable[str]) -> Sum:
        known = self._weights.features
        acute = urgent = many = 0
        for feature in features:
            pair = known.get(feature)
            if pair is not None:
                acute += pair[0]
                urgent += pair[1]
                many += 1
        return acute, urgent, many

    def _reasons(self, spoken: Sequence[Sequence[str]], side: int) -> tuple[str, ...]:
        """The words, and pairs of words, that weigh most: all of them stand in our examples."""
        known = self._weights.features
        found: dict[tuple[str, ...], int] = {}
        for words in spoken:
            for said in (*((word,) for word in words), *pairwise(words)):
                weight = known.get(("b:" if len(said) > 1 else "w:") + " ".join(said), NO_WEIGHT)
                if weight[side] > 0:
                    found[said] = weight[side]
        named: list[tuple[str, ...]] = []
        for said in sorted(found, key=lambda one: (-found[one], one)):
            if not any(set(said) & set(other) for other in named):
                named.append(said)
            if len(named) == MOST_WORDS:
                break
        return tuple(" ".join(said) for said in named)


def _added(*sums: Sum) -> Sum:
    if not sums:
        return NOTHING
    acute, urgent, many = zip(*sums, strict=True)
    return sum(acute), sum(urgent), sum(many)
