"""Word classes: the words of a phrase as ids, and what stands in one place of it as a class."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from data.danger_phrases import NUMBER, Chain, Step
from data.danger_rules import Tongue
from flows.danger.normalise import is_word, split
from flows.danger.patterns import Pattern, WordClass

#: The name under which numbers in digits are known; no typed word looks like it.
DIGITS = "<number>"
#: Ordinary words are this much commoner than others: only to choose what to index a phrase by.
ORDINARY_WEIGHT = 40
#: Two words written as one are known from this length on: `doodmaken`, `mijnman`.
LEAST_JOINED = 6


@dataclass
class Bench:
    """What is known while the tables are built."""

    skipped: frozenset[str]
    ordinary: frozenset[str]
    spellings: dict[str, str] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    classes: dict[tuple[object, ...], WordClass | None] = field(default_factory=dict)
    deniers: set[int] = field(default_factory=set)
    denying: frozenset[int] = frozenset()
    negators: frozenset[int] = frozenset()
    chains: dict[Chain, tuple[int, ...]] = field(default_factory=dict)
    joined: dict[Chain, tuple[int, ...]] = field(default_factory=dict)
    lists: dict[tuple[str, str], frozenset[tuple[int, ...]]] = field(default_factory=dict)
    weights: dict[int, int] = field(default_factory=dict)
    raising: list[Pattern] = field(default_factory=list)
    lowering: list[Pattern] = field(default_factory=list)

    def id_of(self, name: str) -> int:
        """The id of a word, new or known; a `word*` has an id of its own."""
        if name not in self.ids:
            self.ids[name] = len(self.names)
            self.names.append(name)
        return self.ids[name]

    def weight(self, id_: int) -> int:
        """How common a word is, roughly: only to choose what to index a phrase by."""
        name = self.names[id_]
        return ORDINARY_WEIGHT if name in self.ordinary or len(name) < 3 else 1


def class_of(bench: Bench, tongue: Tongue, step: Step) -> WordClass | None:
    key = (tongue.language, step.lists, step.words)
    if key not in bench.classes:
        bench.classes[key] = _new_class(bench, tongue, step)
    return bench.classes[key]


def _new_class(bench: Bench, tongue: Tongue, step: Step) -> WordClass | None:
    ids = set(_chained(bench, step.words))
    for name in step.lists:
        if name == NUMBER:
            ids.add((bench.id_of(DIGITS),))
        else:
            key = (tongue.language, name)
            if key not in bench.lists:
                bench.lists[key] = frozenset(_chained(bench, tongue.lists[name]))
            ids |= bench.lists[key]
    ids.discard(())
    if not ids:
        return None
    singles = frozenset(chain[0] for chain in ids if len(chain) == 1)
    by_first: defaultdict[int, list[tuple[int, ...]]] = defaultdict(list)
    for chain in sorted(chain for chain in ids if len(chain) > 1):
        by_first[chain[0]].append(chain)
    rarest = (min(chain, key=bench.weight) for chain in ids if len(chain) > 1)
    keys = singles.union(rarest)
    index = len(bench.classes)
    if not bench.denying.isdisjoint(itertools.chain.from_iterable(ids)):
        bench.deniers.add(index)
    bench.weights[index] = sum(map(bench.weight, keys))
    return WordClass(index, singles, dict(by_first), keys)


def _chained(bench: Bench, words: Iterable[Chain]) -> Iterator[tuple[int, ...]]:
    """The ids of word groups; two words are also known written as one: `doodmaken`."""
    for chain in words:
        if chain not in bench.chains:
            names = tuple(_chain_names(bench, chain))
            bench.chains[chain] = tuple(map(bench.id_of, names))
            joined = "".join(names)
            if len(names) == 2 and "*" not in joined and len(joined) >= LEAST_JOINED:
                bench.joined[chain] = (bench.id_of(joined),)
        yield bench.chains[chain]
        if chain in bench.joined:
            yield bench.joined[chain]


def _chain_names(bench: Bench, chain: Chain) -> Iterator[str]:
    """The plain words of a chain that are listened to; a star stays with the last."""
    for word in chain:
        star = word.endswith("*")
        plain = [word] if word == DIGITS or _is_plain(word) else split(word)
        for place, name in enumerate(plain):
            if star and place == len(plain) - 1:
                yield name + "*"
            elif name == DIGITS or not (name in bench.skipped or _is_mark(name)):
                yield name


def words_of(found: WordClass) -> Iterator[int]:
    """The ids of all words of a class, chains included."""
    yield from found.singles
    for chains in found.chains.values():
        for chain in chains:
            yield from chain


def plain_words(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        yield from split(word)


def _is_plain(word: str) -> bool:
    """Whether a word needs no splitting: it is its own only part. Most are; this saves time."""
    return word.isascii() and word.isalpha() and word.islower()


def _is_mark(part: str) -> bool:
    """Whether a part is a mark of punctuation; an emoji is a word here."""
    return part.isascii() and not is_word(part)
