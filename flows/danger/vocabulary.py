"""Words: from what was typed to the words that the rules know, small mistakes forgiven."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from data.danger_phrases import STAR_LEAST
from flows.danger.normalise import stretched, thinned, unmasked
from flows.danger.patterns import Pattern

#: Shorter words are never taken for one another: `mes` and `mest`, `dood` and `door`.
LEAST_TYPED = 5
#: From this length on, any one slip is forgiven; below it only letters that changed places.
ANY_SLIP = 6
#: From this length on, two mistakes are forgiven.
LONG = 10
#: Letters typed one by one are read as a word up to this length.
SPELLED = range(3, 13)


@dataclass(frozen=True, slots=True)
class Entry:
    """A known word: the ids of the words it counts as, and the patterns that hang on it.

    `present` has a bit per word class that the word may begin; `raises` and `lowers` are the
    patterns whose rarest class holds the word. `denies` when it is a word such as *not*.
    """

    ids: tuple[int, ...]
    present: int
    raises: tuple[Pattern, ...]
    lowers: tuple[Pattern, ...]
    skipped: bool = False
    denies: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """All known words by spelling, and the tables that find a word behind a mistake. `greetings`
    say nothing in front of a text."""

    exact: Mapping[str, Entry]
    stars: Mapping[str, Entry]
    number: Entry
    glued: tuple[str, ...]
    greetings: frozenset[str]
    # known words by what is left of them: one string of words, as lists would cost start-up time
    _bent: dict[str, str] = field(default_factory=dict)
    _thin: dict[str, str] = field(default_factory=dict)
    _star_starts: dict[str, list[str]] = field(default_factory=dict)
    _thin_stars: dict[str, Entry] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        exact: Mapping[str, Entry],
        stars: Mapping[str, Entry],
        number: Entry,
        glued: Iterable[str],
        forgiven: frozenset[str],
        greetings: frozenset[str],
    ) -> Vocabulary:
        """A vocabulary with its tables filled; mistakes are forgiven in the words `forgiven`."""
        longest_first = tuple(sorted(set(glued), key=len, reverse=True))
        found = cls(exact, stars, number, longest_first, greetings)
        for word in exact:
            _add(found._thin, thinned(word), word)
            if word in forgiven and len(word) >= LEAST_TYPED and word.isalpha():
                for shape in {word, *_without_one(word)}:
                    _add(found._bent, shape, word)
        for word, entry in stars.items():
            found._thin_stars.setdefault(thinned(word), entry)
            found._star_starts.setdefault(word[:STAR_LEAST], []).append(word)
        return found

    def guesses(self, word: str) -> tuple[Entry, ...]:
        """What a word that is not in `exact` may stand for; nothing when it is an ordinary word."""
        if word.isdigit():
            return (self.number,)
        if len(word) < 3:
            return ()
        if stretched(word):
            return self._stretched(word)
        found = self._starred(word)
        if found:
            return found
        for plain in unmasked(word):
            found += self._named(plain)
        return found or self._unglued(word) or self._mistyped(word)

    def _named(self, word: str) -> tuple[Entry, ...]:
        entry = self.exact.get(word)
        if entry is not None:
            return (entry,)
        return self._starred(word) or self._mistyped(word)

    def _starred(self, word: str) -> tuple[Entry, ...]:
        shapes = self._star_starts.get(word[:STAR_LEAST])
        if not shapes:
            return ()
        return tuple(self.stars[shape] for shape in shapes if word.startswith(shape))

    def _stretched(self, word: str) -> tuple[Entry, ...]:
        thin = thinned(word)
        shapes = (thin, *(thinned(plain) for plain in unmasked(thin)))
        found = [self.exact[name] for shape in shapes for name in _names(self._thin, shape)]
        starts = (thin[:size] for size in range(1, len(thin) + 1))
        found += (self._thin_stars[start] for start in starts if start in self._thin_stars)
        # `nnnet` may be `net` or `neet`; what could deny gives way
        return tuple(one for one in found if not one.denies) or tuple(found) or self._mistyped(thin)

    def _unglued(self, word: str) -> tuple[Entry, ...]:
        """Arabic writes *with*, *and*, *the* onto the word itself."""
        for glue in self.glued:
            if word.startswith(glue) and len(word) - len(glue) > 2:
                rest = word[len(glue) :]
                entry = self.exact.get(rest)
                found = (entry,) if entry else self._starred(rest)
                if found:
                    return found
        return ()

    def _mistyped(self, word: str) -> tuple[Entry, ...]:
        """Words one slip away with the same first letter: a letter too many, too few, or wrong."""
        if len(word) < LEAST_TYPED:
            return ()
        names = set(_names(self._bent, word))
        for shape in _without_one(word):
            names.update(_names(self._bent, shape))
        return tuple(self.exact[name] for name in sorted(names) if _one_slip(word, name))


def _add(table: dict[str, str], shape: str, word: str) -> None:
    table[shape] = f"{table[shape]} {word}" if shape in table else word


def _names(table: dict[str, str], shape: str) -> list[str]:
    return table[shape].split() if shape in table else []


def _one_slip(typed: str, name: str) -> bool:
    if typed[0] != name[0] and typed[:2] != name[1::-1]:
        return False
    if len(name) < ANY_SLIP and sorted(typed) != sorted(name):
        return False
    most = 2 if len(name) >= LONG else 1
    return OSA.distance(typed, name, score_cutoff=most) <= most


def _without_one(word: str) -> list[str]:
    return [word[:place] + word[place + 1 :] for place in range(len(word))]
