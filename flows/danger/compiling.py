"""Tables: from the phrases of editors to patterns, word classes and the vocabulary, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from data.danger_phrases import STAR_LEAST, Phrase, Step
from data.danger_rules import DangerRules, Together, Tongue
from data.triage import LEVELS
from flows.danger.classes import DIGITS, Bench, class_of, plain_words, words_of
from flows.danger.normalise import split
from flows.danger.patterns import Means, Pattern, Place, WordClass
from flows.danger.vocabulary import Entry, Vocabulary

#: An answer such as *yes* or *now* is this short; a longer text speaks for itself.
ANSWER_WORDS = 6
ANY_LENGTH = 1 << 30


@dataclass(frozen=True, slots=True)
class Negators:
    """The ids of words that deny, and of words that end what a denial reaches."""

    before: frozenset[int]
    after: frozenset[int]
    breaks: frozenset[int]


@dataclass(frozen=True, slots=True)
class Tables:
    """All that is needed to hear a text; `names` gives the word of an id back."""

    vocabulary: Vocabulary
    names: tuple[str, ...]
    negators: Mapping[str, Negators]
    together: Mapping[str, tuple[Together, ...]]
    #: the word lists of the editors in which a word stands by itself: `nl:hij`
    lists: Mapping[int, tuple[str, ...]]


def compiled(rules: DangerRules) -> Tables:
    """The tables for all languages together."""
    bench = Bench(
        frozenset(plain_words(word for tongue in rules.tongues for word in tongue.skipped)),
        frozenset(plain_words(word for tongue in rules.tongues for word in tongue.ordinary)),
    )
    for tongue in rules.tongues:
        for other, word in tongue.spellings.items():
            bench.spellings["".join(split(other))] = "".join(split(word))
    negators = {}
    for tongue in rules.tongues:
        said = tongue.denials
        words = (_known(bench, group) for group in (said.before, said.after, said.breaks))
        found = negators[tongue.language] = Negators(*words)
        bench.denying = found.before | found.after
        bench.negators |= bench.denying
        _compile_tongue(bench, tongue)
    greetings = frozenset(" ".join(split(words)) for words in rules.listening.greetings)
    glued = plain_words(glue for tongue in rules.tongues for glue in tongue.glued)
    return Tables(
        vocabulary=_vocabulary(bench, glued, greetings),
        names=tuple(bench.names),
        negators=negators,
        together={tongue.language: tongue.together for tongue in rules.tongues},
        lists=_lists(bench, rules),
    )


def _lists(bench: Bench, rules: DangerRules) -> Mapping[int, tuple[str, ...]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for tongue in rules.tongues:
        for name, chains in sorted(tongue.lists.items()):
            for chain in chains:
                for word in chain if len(chain) == 1 else ():
                    if word in bench.ids:
                        found[bench.ids[word]].append(f"{tongue.language}:{name}")
    return {id_: tuple(names) for id_, names in found.items()}


def _known(bench: Bench, words: Iterable[str]) -> frozenset[int]:
    return frozenset(map(bench.id_of, plain_words(words)))


def _compile_tongue(bench: Bench, tongue: Tongue) -> None:
    language = tongue.language

    def patterns(phrases: Iterable[Phrase], means: Means) -> Iterator[Pattern]:
        for phrase in phrases:
            yield from _patterns(bench, tongue, phrase, means)

    for rule in tongue.rules:
        unless = tuple(patterns(rule.unless, Means("unless", language)))
        most = max(map(LEVELS.index, (rule.level, *rule.at.values())))
        longest = rule.most_words or ANY_LENGTH
        means = Means("rule", language, rule, unless, most, longest)
        bench.raising.extend(patterns(rule.phrases, means))
    answer = Means("answer", language, most_words=ANSWER_WORDS)
    bench.raising.extend(patterns(tongue.answers, answer))
    for kind, phrases in (*tongue.times.items(), *tongue.calms.items()):
        bench.lowering.extend(patterns(phrases, Means(kind, language)))
    bench.lowering.extend(patterns(tongue.denials.unless, Means("denial", language)))


def _patterns(bench: Bench, tongue: Tongue, phrase: Phrase, means: Means) -> Iterator[Pattern]:
    """One pattern per way to leave out the optional words of a phrase."""
    steps = [step for part in phrase.parts for step in part]
    optional = [step for step in steps if step.optional]
    for chosen in product((True, False), repeat=len(optional)):
        left_out = {id(step) for step, kept in zip(optional, chosen, strict=True) if not kept}
        parts = tuple(
            tuple(_places(bench, tongue, (step for step in part if id(step) not in left_out)))
            for part in phrase.parts
        )
        if not all(parts):
            continue
        classes = [place[0] for part in parts for place in part]
        yield Pattern(
            parts=parts,
            within=phrase.within,
            needs=_bits(classes),
            anchor=min(classes, key=lambda found: bench.weights[found.index]),
            denying=any(found.index in bench.deniers for found in classes),
            means=means,
        )


def _bits(classes: Iterable[WordClass]) -> int:
    bits = 0
    for found in classes:
        bits |= 1 << found.index
    return bits


def _places(bench: Bench, tongue: Tongue, steps: Iterable[Step]) -> Iterator[Place]:
    """The steps that hold words that are listened to; what is left out widens the next gap."""
    spare = 0
    for step in steps:
        found = class_of(bench, tongue, step)
        if found is None:
            spare = max(spare, step.gap)
            continue
        yield found, max(step.gap, spare)
        spare = 0


def _vocabulary(bench: Bench, glued: Iterable[str], greetings: frozenset[str]) -> Vocabulary:
    present: defaultdict[int, int] = defaultdict(int)
    for found in filter(None, bench.classes.values()):
        for id_ in found.keys:
            present[id_] |= 1 << found.index
    raises, lowers = _anchored(bench.raising), _anchored(bench.lowering)

    def entry(*ids: int) -> Entry:
        bits = 0
        for id_ in ids:
            bits |= present[id_]
        denies = not bench.negators.isdisjoint(ids)
        return Entry(ids, bits, _joined(raises, ids), _joined(lowers, ids), denies=denies)

    glued = tuple(glued)
    known = _meanings(bench, glued)
    return Vocabulary.of(
        exact={word: entry(*ids) for word, ids in known.items()}
        | {word: Entry((), 0, (), (), skipped=True) for word in bench.skipped},
        stars={name[:-1]: entry(id_) for name, id_ in bench.ids.items() if name.endswith("*")},
        number=entry(bench.id_of(DIGITS)),
        glued=glued,
        forgiven=_in_danger(bench),
        greetings=greetings,
    )


def _meanings(bench: Bench, glued: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """The ids that each written word counts as: its own, of every `word*`, of what it spells."""
    starts: defaultdict[str, list[str]] = defaultdict(list)
    for name in bench.ids:
        if name.endswith("*"):
            starts[name[:STAR_LEAST]].append(name)
    found: dict[str, tuple[int, ...]] = {}
    for word in sorted({*bench.ids, *bench.ordinary, *bench.spellings}):
        if not word.endswith("*") and word != DIGITS:
            stars = starts.get(word[:STAR_LEAST], ())
            ids = [bench.ids[name] for name in stars if word.startswith(name[:-1])]
            ids += [bench.ids[word]] if word in bench.ids else []
            ids += [bench.id_of(DIGITS)] if word.isdigit() else []
            if word.startswith(glued):
                rests = (word[len(glue) :] for glue in glued if word.startswith(glue))
                ids += [bench.ids[rest] for rest in rests if rest in bench.ids and len(rest) > 2]
            found[word] = tuple(ids)
    for other, word in bench.spellings.items():
        found[other] = tuple(dict.fromkeys((*found[other], *found.get(word, ()))))
    return found


def _in_danger(bench: Bench) -> frozenset[str]:
    """The words of phrases that raise: only these are heard through a typing mistake."""
    names = bench.names
    classes = {found for pattern in bench.raising for part in pattern.parts for found, _ in part}
    return frozenset(names[id_] for found in classes for id_ in words_of(found)) - bench.ordinary


def _anchored(patterns: Iterable[Pattern]) -> Mapping[int, tuple[Pattern, ...]]:
    found: defaultdict[int, list[Pattern]] = defaultdict(list)
    for pattern in patterns:
        for id_ in pattern.anchor.keys:
            found[id_].append(pattern)
    return {id_: tuple(patterns) for id_, patterns in found.items()}


def _joined(table: Mapping[int, tuple[Pattern, ...]], ids: tuple[int, ...]) -> tuple[Pattern, ...]:
    if len(ids) == 1:
        return table.get(ids[0], ())
    return tuple(dict.fromkeys(pattern for id_ in ids for pattern in table.get(id_, ())))
