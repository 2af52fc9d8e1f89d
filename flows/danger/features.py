"""Features: what the learnt opinion looks at. A text is the sum of its sentences.

Of each word itself, pieces of four and five letters (so that an ending, a prefix or a typing
mistake does not hide it), its neighbours, and the word lists of the editors that it stands in,
alone and in pairs. No feature reaches across a full stop: a sentence weighs the same wherever it
stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from data.danger_rules import DangerRules
from flows.danger.compiling import Tables
from flows.danger.normalise import is_stop, split, stretched, thinned
from flows.danger.vocabulary import Vocabulary

#: Pieces of words have so many letters, the two edges of the word counted as one each.
PIECES = (4, 5)
#: Words of two lists count as a pair when they are less than so many words apart.
NEAR = 4
#: How long a sentence is: at most 1, 2, 4, 8 or 15 words, or more.
LENGTHS = (1, 2, 4, 8, 15)
#: So many sentences are heard together. Each run of them is judged by itself, and the worst
#: counts: whatever is said besides can not hide a sentence.
TOGETHER = 3
#: A longer word is no word; a bound on work.
LONGEST_WORD = 40


@dataclass(frozen=True)
class Looking:
    """What is needed to look: the known words, the lists they stand in, and words of greeting."""

    vocabulary: Vocabulary
    lists: Mapping[int, tuple[str, ...]]
    greetings: frozenset[str]

    def lists_of(self, word: str) -> tuple[str, ...]:
        """The lists in which a word stands, small mistakes forgiven."""
        entry = self.vocabulary.exact.get(word)
        entries = (entry,) if entry is not None else self.vocabulary.guesses(word)
        found = [name for one in entries for id_ in one.ids for name in self.lists.get(id_, ())]
        return tuple(dict.fromkeys(found))


def looking_at(rules: DangerRules, tables: Tables) -> Looking:
    """How texts are looked at with these rules."""
    greetings = frozenset(part for word in rules.listening.greetings for part in split(word))
    return Looking(tables.vocabulary, tables.lists, greetings)


def sentences(text: str, greetings: frozenset[str]) -> list[list[str]]:
    """The words and marks of each sentence, without stops; a greeting in front says nothing."""
    found: list[list[str]] = [[]]
    for part in split(text):
        if is_stop(part):
            if found[-1]:
                found.append([])
        elif found[-1] or part not in greetings:
            part = part[:LONGEST_WORD]
            found[-1].append(thinned(part) if stretched(part) else part)
    if len(found) > 1 and not found[-1]:
        found.pop()
    return found


def runs(many: int) -> Iterator[tuple[int, int]]:
    """Every run of one to `TOGETHER` sentences: the first, and the one behind the last."""
    for first in range(many):
        for last in range(first + 1, min(first + TOGETHER, many) + 1):
            yield first, last


def of_word(word: str) -> Iterator[str]:
    """The features of a word by itself, without its lists."""
    yield "w:" + word
    edged = f"<{word}>"
    for size in PIECES:
        for start in range(len(edged) - size + 1):
            yield "c:" + edged[start : start + size]


def of_neighbours(words: Sequence[str]) -> Iterator[str]:
    """The features of words beside each other, and of a sentence's length."""
    before, last = "^", ""
    for word in (*words, "$"):
        yield f"b:{before} {word}"
        if last:
            yield f"s:{last} {word}"
        last, before = before, word
    yield f"len:{sum(len(words) > most for most in LENGTHS)}"


def of_lists(lists: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The features of the word lists: each by itself, and pairs that stand near each other."""
    for place, found in enumerate(lists):
        if found:
            near = [name for other in lists[place + 1 : place + NEAR] for name in other]
            for name in found:
                yield "k:" + name
                for other in near:
                    yield f"kk:{name}>{other}"


def of_sentence(words: Sequence[str], looking: Looking) -> Iterator[str]:
    """All features of a sentence, each as often as it occurs."""
    for word in words:
        yield from of_word(word)
    yield from of_neighbours(words)
    yield from of_lists([looking.lists_of(word) for word in words])


def of_level(level: str) -> tuple[str, ...]:
    """What the rules made of the whole text: one more feature for each step up."""
    return {"urgent": ("v:urgent",), "acute": ("v:urgent", "v:acute")}.get(level, ())
