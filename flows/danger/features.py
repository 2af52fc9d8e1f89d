"""Features: what the learnt opinion looks at. A text is the sum of its sentences.

Of each word itself, pieces of four and five letters (so that an ending, a prefix or a typing
mistake does not hide it), its neighbours, and the word lists of the editors that it stands in,
alone and in pairs. No feature reaches across a full stop: a sentence weighs the same wherever it
stands.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from flows.danger.closing import Closings
from flows.danger.normalise import (
    is_mark,
    is_stop,
    is_word,
    split,
    stretched,
    ungreeted,
    unstretched,
)
from flows.danger.vocabulary import Entry, Vocabulary

#: Pieces of words have so many letters, the two edges of the word counted as one each.
PIECES = (4, 5)
#: Words of two lists count as a pair when they are less than so many words apart.
NEAR = 4
#: How long a sentence is: at most 1, 2, 4, 8 or 15 words, or more.
LENGTHS = (1, 2, 4, 8, 15)
#: So many sentences are heard together. Each run of them is judged by itself, and the worst
#: counts: whatever is said besides can not hide a sentence.
TOGETHER = 3
#: A longer sentence is heard in windows of so many words as well, each half in the one before: who
#: writes on without a full stop hides less.
WINDOW = 6
#: What the rules make of a text.
RULES_URGENT, RULES_ACUTE = "v:urgent", "v:acute"
#: A feature that says nothing about the level; and all that says something about a signal.
SIGNAL_ONLY = "r:"
OF_SIGNALS = ("w:", "k:", SIGNAL_ONLY)
#: A longer word is no word; a bound on work.
LONGEST_WORD = 40


@dataclass(frozen=True)
class Looking:
    """What is needed to look: the words of the rules, the lists they stand in, the words that the
    examples have besides, and the questions that close a sentence."""

    vocabulary: Vocabulary
    lists: Mapping[int, tuple[str, ...]]
    more: Container[str] = ()
    closings: Closings = field(default_factory=lambda: Closings(()))

    def parts(self, text: str) -> list[str]:
        """The parts of a text that say something: its words and marks, without what closes a
        sentence."""
        return self.closings.off(split(text))

    def unstretched(self, word: str) -> str:
        """A stretched word as it is written."""
        shapes = unstretched(word)
        tables = (self.vocabulary.exact, self.more)
        return next((one for known in tables for one in shapes if one in known), shapes[1])


class Look:
    """One look at a text, or at some of one visitor: an unknown word is guessed once."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking
        self._guessed: dict[str, tuple[Entry, ...]] = {}

    def guesses(self, word: str) -> tuple[Entry, ...]:
        """What a word that is not known may stand for."""
        found = self._guessed.get(word)
        if found is None:
            found = self._guessed[word] = self._looking.vocabulary.guesses(word)
        return found

    def lists_of(self, word: str) -> tuple[str, ...]:
        """The lists in which a word stands, small mistakes forgiven."""
        entry = self._looking.vocabulary.exact.get(word)
        entries = (entry,) if entry is not None else self.guesses(word)
        lists = self._looking.lists
        found = [name for one in entries for id_ in one.ids for name in lists.get(id_, ())]
        return tuple(dict.fromkeys(found)) if found else ()


def sentences(parts: Iterable[str], looking: Looking) -> list[list[str]]:
    """The words and marks of each sentence of a text in parts, without stops.

    A greeting in front, and marks of the keyboard at either end, say nothing. Emoji are a sentence
    of their own: behind or before words they can not hide them.
    """
    found: list[list[str]] = [[]]
    pictures = False
    for part in parts:
        letters = part.isalpha()
        if not letters and is_stop(part):
            found.append([])
            continue
        pictures, before = not (letters or is_word(part) or is_mark(part)), pictures
        if pictures != before:
            found.append([])
        if len(part) > LONGEST_WORD:
            part = part[:LONGEST_WORD]
        found[-1].append(looking.unstretched(part) if stretched(part) else part)
    spoken = [_bare(words, looking) for words in found]
    return [words for words in spoken if words] or [[]]


def _bare(words: list[str], looking: Looking) -> list[str]:
    while words and is_mark(words[-1]):
        words.pop()
    return list(ungreeted(words, looking.vocabulary.greetings))


def runs(many: int) -> Iterator[tuple[int, int]]:
    """Every run of one to `TOGETHER` sentences: the first, and the one behind the last."""
    for first in range(many):
        for last in range(first + 1, min(first + TOGETHER, many) + 1):
            yield first, last


def windows(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """The windows of a sentence that is longer than one; the last is as long as the others."""
    last = len(words) - WINDOW
    if last > 0:
        for first in (*range(0, last, WINDOW // 2), last):
            yield words[first : first + WINDOW]


def of_word(word: str) -> Iterator[str]:
    """The features of a word by itself, without its lists."""
    yield "w:" + word
    for piece in pieces_of(word, PIECES):
        yield "c:" + piece


def pieces_of(word: str, sizes: Sequence[int]) -> Iterator[str]:
    """The pieces of a word, its edges marked."""
    edged = f"<{word}>"
    for size in sizes:
        for start in range(len(edged) - size + 1):
            yield edged[start : start + size]


def length_of(words: Sequence[str]) -> str:
    """How long a sentence is, roughly."""
    return str(sum(len(words) > most for most in LENGTHS))


def of_neighbours(words: Sequence[str]) -> Iterator[str]:
    """The features of words beside each other, of words with one between, and of the length."""
    around = ("^", *words, "$")
    for first, second in pairwise(around):
        yield f"b:{first} {second}"
    for first, second in zip(around, around[2:], strict=False):
        yield f"s:{first} {second}"
    yield f"len:{length_of(words)}"


def of_lists(lists: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The features of the word lists: each by itself, and pairs that stand near each other."""
    for place, found in enumerate(lists):
        if found:
            near = [name for other in lists[place + 1 : place + NEAR] for name in other]
            for name in found:
                yield "k:" + name
                for other in near:
                    yield f"kk:{name}>{other}"


def of_sentence(words: Sequence[str], look: Look) -> Iterator[str]:
    """All features of a sentence, each as often as it occurs."""
    for word in words:
        yield from of_word(word)
    yield from of_neighbours(words)
    yield from of_lists([look.lists_of(word) for word in words])


def of_signals(signals: Iterable[str]) -> tuple[str, ...]:
    """The signals that the rules heard: features of signals only."""
    return tuple(SIGNAL_ONLY + signal for signal in signals)


def of_level(level: str) -> tuple[str, ...]:
    """What the rules made of the whole text: one more feature for each step up."""
    return {"urgent": (RULES_URGENT,), "acute": (RULES_URGENT, RULES_ACUTE)}.get(level, ())
