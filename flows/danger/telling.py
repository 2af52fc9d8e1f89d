"""What the words of a text tell of signals: a learnt sum for each."""

from __future__ import annotations

import math
from collections.abc import Iterable

from data.danger_weights import Weights
from flows.danger.features import SIGNAL_ONLY, Look, Looking

#: How many features there are, and what they weigh for signals, by the place of the signal.
Weighing = tuple[int, tuple[tuple[int, int], ...]]
NOTHING: Weighing = (0, ())


class Telling:
    """Learnt tables of signals. Deterministic; keeps nothing of what it is asked."""

    def __init__(self, weights: Weights, looking: Looking, signal_at: int) -> None:
        self._names = tuple(weights.signals)
        self._bias = tuple(weights.signal_bias[name] for name in self._names)
        self._signal_at = signal_at
        self._features: dict[str, list[tuple[int, int]]] = {
            feature: [] for feature in weights.features if feature[:2] in ("w:", "k:", SIGNAL_ONLY)
        }
        for place, of_feature in enumerate(weights.signals.values()):
            for feature, weight in of_feature.items():
                self._features[feature].append((place, weight))
        look = Look(looking)
        self._words = {
            feature[2:]: self._weighed(feature[2:], look)
            for feature in self._features
            if feature.startswith("w:")
        }

    def signals(
        self, spoken: Iterable[Iterable[str]], by_rules: Iterable[str], look: Look
    ) -> tuple[str, ...]:
        """The signals of a text of which the rules heard `by_rules`; the surest first."""
        known = self._words
        found = [known.get(word) or self._weighed(word, look) for words in spoken for word in words]
        found.append(self._sum(SIGNAL_ONLY + name for name in by_rules))
        sums, many = list(self._bias), 0
        for count, weighing in found:
            many += count
            for place, weight in weighing:
                sums[place] += weight
        least = self._signal_at * math.sqrt(many + 1)
        heard = [place for place, weight in enumerate(sums) if weight > least]
        return tuple(self._names[place] for place in sorted(heard, key=lambda one: -sums[one]))

    def _weighed(self, word: str, look: Look) -> Weighing:
        """A word, with the lists that it stands in."""
        lists = look.lists_of(word)
        if not lists and "w:" + word not in self._features:
            return NOTHING
        return self._sum(("w:" + word, *("k:" + name for name in lists)))

    def _sum(self, features: Iterable[str]) -> Weighing:
        found = [self._features[feature] for feature in features if feature in self._features]
        sums: dict[int, int] = {}
        for weighing in found:
            for place, weight in weighing:
                sums[place] = sums.get(place, 0) + weight
        return len(found), tuple(sums.items())
