"""A text as the rules see it: which known words stand where, and where sentences end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flows.danger.normalise import is_stop, is_word, ungreeted
from flows.danger.patterns import Chain, Pattern, WordClass
from flows.danger.vocabulary import SPELLED, Entry, Vocabulary

#: Two words typed apart are also tried as one from this length on: `op gesloten`.
LEAST_JOINED = 6
#: When the second one is a word by itself: `gezet en` is not `gezeten`.
LONG_JOINED = 9
#: So few words are faster looked up one by one.
FEW = 9
_NONE: list[Chain] = []
#: What a word that is not known may stand for.
Guesses = Callable[[str], tuple[Entry, ...]]


@dataclass(slots=True)
class Reading:
    """One text. Bit *i* of a mask stands for the *i*-th word; skipped words have no place.

    `at` holds the places per word id, `stops` and `pauses` the words that follow a mark, `entries`
    the known words that patterns hang on, `seen` the classes that were looked at.
    """

    count: int = 0
    at: dict[int, int] = field(default_factory=dict)
    present: int = 0
    stops: int = 0
    pauses: int = 0
    entries: list[Entry] = field(default_factory=list)
    seen: dict[int, tuple[int, list[Chain]]] = field(default_factory=dict)

    def put(self, entry: Entry, bit: int) -> None:
        """Notes a known word at the place of `bit`."""
        at = self.at
        for id_ in entry.ids:
            at[id_] = at.get(id_, 0) | bit
        self.present |= entry.present
        if entry.raises or entry.lowers:
            self.entries.append(entry)

    def look(self, found: WordClass) -> tuple[int, list[Chain]]:
        """Where the single words of a class stand, and its chains whose first word is there."""
        at, chains, here = self.at, found.chains, _NONE
        if chains:
            here = [chain for first in at.keys() & chains.keys() for chain in chains[first]]
        singles = found.singles
        if len(singles) == 1:
            (one,) = singles
            pair = (at.get(one, 0), here)
        else:
            pair = (self.any_of(singles), here)
        self.seen[found.index] = pair
        return pair

    def any_of(self, ids: frozenset[int]) -> int:
        """Where any of these words stand."""
        mask, at = 0, self.at
        for id_ in ids if len(ids) < FEW else at.keys() & ids:
            if id_ in at:
                mask |= at[id_]
        return mask

    def raising(self) -> list[Pattern]:
        """The patterns of danger whose words are all there, each once."""
        return self._ready([entry.raises for entry in self.entries])

    def lowering(self) -> list[Pattern]:
        """The same for what denies, dates or explains."""
        return self._ready([entry.lowers for entry in self.entries])

    def _ready(self, groups: list[tuple[Pattern, ...]]) -> list[Pattern]:
        absent = ~self.present
        found = {
            id(pattern): pattern
            for group in groups
            for pattern in group
            if not pattern.needs & absent
        }
        return list(found.values())


def read(parts: Sequence[str], vocabulary: Vocabulary, guesses: Guesses) -> Reading:
    """A text in parts as the rules see it; `guesses` says what an unknown word may stand for.
    Never raises."""
    reading = Reading()
    known = vocabulary.exact
    before, letters, bit = "", "", 1
    for part in ungreeted(parts, vocabulary.greetings):
        entry = known.get(part)
        if entry is not None:
            if entry.skipped:
                continue
            if entry.ids:
                reading.put(entry, bit)
        elif not is_word(part):
            _mark(reading, part, bit)
            continue
        elif _guessed(reading, guesses(part), bit):
            continue
        if len(part) == 1:
            letters = _spelled(reading, known, letters + part, bit)
        else:
            letters = ""
            size = len(before) + len(part)
            if size >= LONG_JOINED or (entry is None and size >= LEAST_JOINED):
                joined = known.get(before + part)
                if joined is not None:
                    reading.put(joined, bit)
        before = part
        bit <<= 1
    reading.count = bit.bit_length() - 1
    return reading


def _guessed(reading: Reading, guesses: tuple[Entry, ...], bit: int) -> bool:
    """Notes what an unknown word may stand for; whether it is one of the skipped words."""
    if guesses and all(guess.skipped for guess in guesses):
        return True
    for guess in guesses:
        reading.put(guess, bit)
    return False


def _mark(reading: Reading, mark: str, bit: int) -> None:
    if is_stop(mark):
        reading.stops |= bit
    else:
        reading.pauses |= bit


def _spelled(reading: Reading, known: Mapping[str, Entry], letters: str, bit: int) -> str:
    """Letters typed one by one, `h e l p`, counted as the word they end in."""
    letters = letters[-SPELLED.stop :]
    for size in SPELLED:
        if size > len(letters):
            break
        entry = known.get(letters[-size:])
        if entry is not None and not entry.skipped:
            reading.put(entry, bit)
    return letters
