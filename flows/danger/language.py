"""The language of a text: whose telling words it has most of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

#: So many words of a language have to be there when those of another are there too.
LEAST_WORDS = 2


class Languages:
    """Words that stand in the examples of one language only. Deterministic; keeps nothing."""

    def __init__(self, words: Mapping[str, Iterable[str]]) -> None:
        self._of = {word: language for language, some in words.items() for word in some}

    def of(self, parts: Iterable[str]) -> str | None:
        """The language of a text in parts; None when it has none of the words, or those of two
        languages are as many."""
        known = self._of
        words = Counter(known[part] for part in parts if part in known).most_common(2)
        if not words:
            return None
        (first, many), *others = words
        return first if not others or (many > others[0][1] and many >= LEAST_WORDS) else None
