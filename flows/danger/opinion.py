"""The learnt opinion: what a text looks like to somebody who has read all examples.

A linear sum over the features of its sentences, so that it can say which words weighed most. It
stands beside the rules and knows what they heard; `Ears` puts the two together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from data.danger_listening import Listening
from data.danger_weights import Weights
from data.triage import LEVELS
from flows.danger.deciding import Verdict
from flows.danger.features import Look, Looking, of_level, runs, sentences, windows
from flows.danger.normalise import is_word
from flows.danger.sums import Sum, Sums, added
from flows.danger.telling import Telling

#: So many words are named as a reason.
MOST_WORDS = 2


@dataclass(frozen=True, slots=True)
class Opinion:
    """A level, why, and signals; nothing when normal. The reasons are the words of our own examples
    that weighed most, between quotes, to be told from the names of rules."""

    level: str
    reasons: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()


NO_OPINION = Opinion(LEVELS[0])


class Learnt:
    """Weights that can be asked. Deterministic; keeps nothing of what it is asked."""

    def __init__(self, weights: Weights, looking: Looking, at: Listening) -> None:
        self._weights = weights
        self._at = at
        self._looking = looking
        self._telling = Telling(weights, looking, at.signal_at)
        self._sums = Sums(weights, looking)

    def opinion(self, parts: Sequence[str], by_rules: Verdict, look: Look) -> Opinion:
        """What a text in parts says of which the rules made `by_rules`. Never raises."""
        spoken = sentences(parts, self._looking)
        acute, urgent, worst = self._worst(spoken, by_rules.level, look)
        window = () if acute >= self._at.acute_at else self._window(spoken, by_rules.level, look)
        if acute >= self._at.acute_at or window:
            level, reasons = LEVELS[2], self._reasons(window or spoken[slice(*worst)], 0)
        elif urgent >= self._at.urgent_at:
            level, reasons = LEVELS[1], self._reasons(spoken, 1)
        else:
            return NO_OPINION
        return Opinion(level, reasons, self._telling.signals(spoken, by_rules.signals, look))

    def together(self, parts: Sequence[str], by_rules: Verdict, look: Look) -> Opinion:
        """What some texts say that are one story: acute when they surely are."""
        spoken = sentences(parts, self._looking)
        acute, _, worst = self._worst(spoken, by_rules.level, look)
        if acute < self._at.together_at:
            return NO_OPINION
        reasons = self._reasons(spoken[slice(*worst)], 0)
        return Opinion(LEVELS[2], reasons, self._telling.signals(spoken, by_rules.signals, look))

    def _worst(
        self, spoken: Sequence[Sequence[str]], by_rules: str, look: Look
    ) -> tuple[float, float, tuple[int, int]]:
        """How far the worst run of sentences is to each side, in thousandths; and the one that is
        most acute."""
        said = [self._sums.sentence(words, look) for words in spoken]
        heard = self._sums.of(of_level(by_rules))
        acute, urgent = -math.inf, -math.inf
        worst = (0, 0)
        for run in runs(len(said)):
            first, second = self._scores(added(heard, *said[slice(*run)]))
            if first > acute:
                acute, worst = first, run
            urgent = max(urgent, second)
        return acute, urgent, worst

    def _window(
        self, spoken: Sequence[Sequence[str]], by_rules: str, look: Look
    ) -> Sequence[Sequence[str]]:
        """The first window of a long sentence that is surely acute by itself."""
        heard = self._sums.of(of_level(by_rules))
        for words in spoken:
            for window in windows(words):
                said = added(heard, self._sums.sentence(window, look))
                if self._scores(said)[0] >= self._at.window_at:
                    return (window,)
        return ()

    def scores(self, text: str, by_rules: str) -> tuple[float, float]:
        """How far a text is to each side, in thousandths, taken as a whole: for choosing where a
        level begins."""
        look = Look(self._looking)
        spoken = sentences(self._looking.parts(text), self._looking)
        said = (self._sums.sentence(words, look) for words in spoken)
        return self._scores(added(self._sums.of(of_level(by_rules)), *said))

    def _scores(self, said: Sum) -> tuple[float, float]:
        scale = math.sqrt(said[2] + 1)
        bias = self._weights.bias
        return (said[0] + bias[0]) / scale, (said[1] + bias[1]) / scale

    def _reasons(self, spoken: Sequence[Sequence[str]], side: int) -> tuple[str, ...]:
        """The words that weigh most; where none does, it is the pieces of several."""
        found = tuple(f"“{words}”" for words in self._words_of(spoken, side))
        return found or tuple(filter(None, (self._at.unnamed,)))

    def _words_of(self, spoken: Sequence[Sequence[str]], side: int) -> tuple[str, ...]:
        """The words that weigh most, each with the one beside it that it weighs more with. All of
        them stand in our examples."""
        places = [
            (-self._sums.word(word)[side], row, place)
            for row, words in enumerate(spoken)
            for place, word in enumerate(words)
        ]
        named: list[tuple[str, ...]] = []
        for weight, row, place in sorted(places):
            said = self._with_neighbour(spoken[row], place, side)
            if weight < 0 and not any(set(said) & set(other) for other in named):
                named.append(said)
            if len(named) == MOST_WORDS:
                break
        return tuple(" ".join(said) for said in named)

    def _with_neighbour(self, words: Sequence[str], place: int, side: int) -> tuple[str, ...]:
        """A word and the one before or behind it, if the two weigh more than each for itself."""
        pairs = [tuple(words[first : first + 2]) for first in (place - 1, place) if first >= 0]
        weights = {
            pair: self._sums.two_words(*pair)[side]
            for pair in pairs
            if len(pair) == 2 and all(map(is_word, pair))
        }
        best = max(weights, key=lambda pair: weights[pair], default=None)
        return best if best and weights[best] > 0 else (words[place],)
