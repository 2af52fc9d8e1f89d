"""Learning: from labelled examples to weights. Run by hand, by `voordeur learn`; never by a server.

Two linear support vector machines with a squared hinge loss, by dual coordinate descent (Hsieh et
al., ICML 2008): only additions, products and square roots in a fixed order, so that the same
examples give the same file to the byte, on every machine.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from data.danger_examples import Example
from data.danger_weights import UNIT, Weights
from data.triage import LEVELS
from flows.danger.features import (
    OF_SIGNALS,
    RULES_URGENT,
    SIGNAL_ONLY,
    Look,
    Looking,
    of_level,
    of_sentence,
    of_signals,
    runs,
    sentences,
)
from flows.urgency import Heard, rank

#: What stands in fewer examples is chance.
LEAST_EXAMPLES = 2
ROUNDS = 20
#: How much a mistake costs against large weights.
COST = 0.5


#: Signals are told by words and lists; what weighs less than this is left out.
LEAST_SIGNAL_WEIGHT = 0.15
SIGNAL_ROUNDS = 10
SIGNAL_COST = 1.0
#: A word is of a language when it stands in so many of its examples, and nearly nowhere else.
WORD_EXAMPLES, WORD_SHARE = 3, 0.95


@dataclass(frozen=True, slots=True)
class Lesson:
    """An example, or a run of its sentences, as its features; and the level of the example.

    The whole of an example also teaches its signals, and words of its language.
    """

    features: tuple[str, ...]
    level: str
    whole: bool = True
    signals: tuple[str, ...] = ()
    language: str = ""


def lessons_from(example: Example, looking: Looking, by_rules: Heard) -> Iterator[Lesson]:
    """An example as it is learnt from; `by_rules` is what the rules make of it.

    The worst run of sentences counts when a text is heard, so no part of a text may be worse than
    the whole: the parts of one that is not acute are lessons too. Which part makes a text acute
    nobody said, so its parts teach nothing.
    """
    spoken = sentences(looking.parts(example.text), looking)
    features = [tuple(of_sentence(words, Look(looking))) for words in spoken]
    heard = (*of_level(by_rules.level), *of_signals(by_rules.signals))
    for first, last in {(0, len(spoken)): None, **dict.fromkeys(runs(len(spoken)))}:
        whole = last - first == len(spoken)
        if whole or example.level != LEVELS[2]:
            said = (feature for some in features[first:last] for feature in some)
            told = (example.signals, example.language) if whole else ((), "")
            yield Lesson((*said, *heard), example.level, whole, *told)


def learn(
    lessons: Sequence[Lesson],
    shuffle: Callable[[list[int]], None],
    told: Callable[[str], None] = lambda line: None,
) -> Weights:
    """The weights that fit the lessons best; `told` hears how far it is.

    `shuffle` gives the order of each round: the same orders, the same weights to the byte."""
    counts = Counter(feature for one in lessons if one.whole for feature in set(one.features))
    names = sorted(name for name, many in counts.items() if many >= LEAST_EXAMPLES)
    place = {name: number for number, name in enumerate(names)}
    levels = [place[name] for name in names if not name.startswith(SIGNAL_ONLY)]
    known = set(levels)
    rows = [[place[name] for name in one.features if place.get(name) in known] for one in lessons]
    milder = place.get(RULES_URGENT)
    sides = []
    for least in (LEVELS[2], LEVELS[1]):
        taught = [number for number, one in enumerate(lessons) if _teaches(one, least)]
        signs = [1 if rank(lessons[number].level) >= rank(least) else -1 for number in taught]
        told(f"learning what is {least}: {len(taught)} lessons, {len(names)} features")
        some = [rows[number] for number in taught]
        if least == LEVELS[2]:
            # what the rules call urgent must never speak against what is acute
            some = [[one for one in row if one != milder] for row in some]
        sides.append(_fitted(some, signs, len(names), shuffle, COST, ROUNDS))
    (acute, acute_bias), (urgent, urgent_bias) = sides
    features = {
        name: (round(acute[number] * UNIT), round(urgent[number] * UNIT))
        for name, number in place.items()
    }
    bias = (round(acute_bias * UNIT), round(urgent_bias * UNIT))
    wholes = [one for one in lessons if one.whole]
    signals, signal_bias = _signals(wholes, place, shuffle, told)
    return Weights(features, bias, digest(lessons), signals, signal_bias, _languages(wholes))


def _signals(
    lessons: Sequence[Lesson],
    place: Mapping[str, int],
    shuffle: Callable[[list[int]], None],
    told: Callable[[str], None],
) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """The weights of each signal, by the words and lists of a text and by what the rules heard."""
    names = [name for name in place if name.startswith(OF_SIGNALS)]
    place = {name: number for number, name in enumerate(names)}
    rows = [[place[name] for name in one.features if name in place] for one in lessons]
    found, biases = {}, {}
    for signal in sorted({name for one in lessons for name in one.signals}):
        told(f"learning the signal {signal}")
        signs = [1 if signal in one.signals else -1 for one in lessons]
        weights, bias = _fitted(rows, signs, len(names), shuffle, SIGNAL_COST, SIGNAL_ROUNDS)
        found[signal] = {
            name: round(weight * UNIT)
            for name, weight in zip(names, weights, strict=True)
            if abs(weight) >= LEAST_SIGNAL_WEIGHT
        }
        biases[signal] = round(bias * UNIT)
    return found, biases


def _languages(lessons: Sequence[Lesson]) -> dict[str, tuple[str, ...]]:
    """The words that tell a language."""
    found: dict[str, Counter[str]] = {}
    for one in lessons:
        words = {name[2:] for name in one.features if name.startswith("w:")}
        found.setdefault(one.language, Counter()).update(words)
    # a language with many examples has more chances of a strange word
    sizes = {language: words.total() for language, words in found.items()}
    return {
        language: tuple(
            word
            for word in sorted(words)
            if words[word] >= WORD_EXAMPLES
            and word.isalpha()
            and words[word] / sizes[language]
            >= WORD_SHARE * sum(found[other][word] / sizes[other] for other in found)
        )
        for language, words in found.items()
    }


def _teaches(one: Lesson, least: str) -> bool:
    """Whether a lesson says anything about a level: a part only that it is milder."""
    return one.whole or rank(one.level) < rank(least)


def digest(lessons: Sequence[Lesson]) -> str:
    """A name for all that was learnt from: examples, and what rules and lists made of them."""
    found = hashlib.sha256()
    for one in lessons:
        said = (one.level, str(one.whole), *one.signals, one.language, *one.features)
        found.update("\x1f".join(said).encode())
        found.update(b"\x1e")
    return found.hexdigest()[:16]


def _fitted(
    rows: Sequence[Sequence[int]],
    signs: Sequence[int],
    size: int,
    shuffle: Callable[[list[int]], None],
    cost: float,
    rounds: int,
) -> tuple[list[float], float]:
    """Weights and bias of a hyperplane between the rows with sign 1 and with sign -1."""
    weights, bias = [0.0] * size, 0.0
    alphas = [0.0] * len(rows)
    scales = [1 / math.sqrt(len(row) + 1) for row in rows]
    slack = 1 / (2 * cost)
    norms = [_norm(row) + slack for row in rows]
    order = list(range(len(rows)))
    for _ in range(rounds):
        shuffle(order)
        for number in order:
            row, sign, scale, alpha = rows[number], signs[number], scales[number], alphas[number]
            margin = bias
            for feature in row:
                margin += weights[feature]
            gradient = sign * margin * scale - 1 + slack * alpha
            moved = max(alpha - gradient / norms[number], 0.0)
            if moved != alpha:
                alphas[number] = moved
                step = (moved - alpha) * sign * scale
                for feature in row:
                    weights[feature] += step
                bias += step
    return weights, bias


def _norm(row: Sequence[int]) -> float:
    return (sum(many * many for many in Counter(row).values()) + 1) / (len(row) + 1)
