"""Sums of weights, quickly: what all features of a sentence weigh, without spelling them out.

Gives what adding up `features.of_sentence` gives (a test compares). Most features of most sentences
are not known, so what a word of the examples weighs is worked out once, and of two words the second
is only looked for where the first is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from data.danger_weights import Weights
from flows.danger.features import NEAR, PIECES, Look, Looking, length_of, pieces_of

#: Both weights of a feature; and both sums, and how many features they are the sum of.
Pair = tuple[int, int]
Sum = tuple[int, int, int]
Table = Mapping[str, Pair]
#: What stands first in a feature of two parts, then what stands second.
Pairs = Mapping[str, Table]
NOTHING: Sum = (0, 0, 0)
NONE: Table = {}
#: What parts the two, by kind of feature.
PARTED = {"b": " ", "s": " ", "kk": ">"}


#: A word: what it, its pieces and its lists weigh; its lists; and what follows it in known pairs,
#: right behind it and with one word between. A tuple, as it is unpacked for every word.
Weighed = tuple[int, int, int, tuple[str, ...], Table, Table]


class Sums:
    """Tables of weights by kind of feature. Deterministic; keeps nothing of what it is asked."""

    def __init__(self, weights: Weights, looking: Looking) -> None:
        self._single: dict[str, dict[str, Pair]] = {kind: {} for kind in ("w", "c", "k", "len")}
        parted: dict[str, dict[str, dict[str, Pair]]] = {kind: {} for kind in PARTED}
        for feature, pair in weights.features.items():
            kind, _, rest = feature.partition(":")
            if kind in parted:
                first, _, second = rest.partition(PARTED[kind])
                parted[kind].setdefault(first, {})[second] = pair
            else:
                self._single.setdefault(kind, {})[rest] = pair
        self._beside, self._apart, self._near = parted.values()
        look = Look(looking)
        self._words = {word: self._weighed(word, look) for word in self._single["w"]}

    def of(self, features: Iterable[str]) -> Sum:
        """What some features that have no parts weigh."""
        parts = (feature.partition(":") for feature in features)
        found = [self._single.get(kind, NONE).get(name) for kind, _, name in parts]
        known = [pair for pair in found if pair is not None]
        return sum(pair[0] for pair in known), sum(pair[1] for pair in known), len(known)

    def word(self, word: str) -> Pair:
        """What a word of the examples weighs, with its pieces and its lists; nothing for others."""
        known = self._words.get(word)
        return known[:2] if known else NOTHING[:2]

    def two_words(self, first: str, second: str) -> Pair:
        """What two words weigh beside each other, besides each of them."""
        return self._beside.get(first, NONE).get(second, NOTHING[:2])

    def sentence(self, words: Sequence[str], look: Look) -> Sum:
        """What a sentence weighs."""
        known, none = self._words, NONE
        acute = urgent = many = 0
        pairs: list[Pair] = []
        listed: list[tuple[int, tuple[str, ...]]] = []
        beside, apart = self._beside.get("^", none), none
        ahead = self._apart.get("^", none)
        for place, word in enumerate(words):
            one = known.get(word) or self._weighed(word, look)
            if word in beside:
                pairs.append(beside[word])
            if word in apart:
                pairs.append(apart[word])
            apart = ahead
            more, worse, features, lists, beside, ahead = one
            acute += more
            urgent += worse
            many += features
            if lists:
                listed.append((place, lists))
        pairs += [table["$"] for table in (beside, apart) if "$" in table]
        length = self._single["len"].get(length_of(words))
        if length is not None:
            pairs.append(length)
        if len(listed) > 1:
            pairs += self._of_lists(listed)
        for more, worse in pairs:
            acute += more
            urgent += worse
        return acute, urgent, many + len(pairs)

    def _of_lists(self, listed: Sequence[tuple[int, tuple[str, ...]]]) -> Iterator[Pair]:
        """What words of two lists weigh that stand near each other."""
        for number, (place, names) in enumerate(listed, 1):
            behind = listed[number : number + NEAR]
            near = [two for at, some in behind if at - place < NEAR for two in some]
            for name in names if near else ():
                seconds = self._near.get(name)
                if seconds:
                    yield from [seconds[two] for two in near if two in seconds]

    def _weighed(self, word: str, look: Look) -> Weighed:
        """A word, whether it stands in the examples or not."""
        pieces, lists = self._single["c"], look.lists_of(word)
        found = [pieces[piece] for piece in pieces_of(word, PIECES) if piece in pieces]
        for table, names in ((self._single["w"], (word,)), (self._single["k"], lists)):
            found += [table[name] for name in names if name in table]
        return (
            sum([pair[0] for pair in found]),
            sum([pair[1] for pair in found]),
            len(found),
            lists,
            self._beside.get(word, NONE),
            self._apart.get(word, NONE),
        )


def added(*sums: Sum) -> Sum:
    """Several sums as one."""
    acute, urgent, many = zip(NOTHING, *sums, strict=True)
    return sum(acute), sum(urgent), sum(many)
