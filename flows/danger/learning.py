"""Learning: from labelled examples to weights. Run by hand, by `voordeur learn`; never by a server.

Two linear support vector machines with a squared hinge loss, by dual coordinate descent (Hsieh et
al., ICML 2008): only additions, products and square roots in a fixed order, so that the same
examples give the same file to the byte, on every machine.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from data.danger_examples import Example
from data.danger_weights import UNIT, Weights
from data.triage import LEVELS
from flows.danger.features import Looking, of_level, of_sentence, runs, sentences
from flows.urgency import rank

#: What stands in fewer examples is chance.
LEAST_EXAMPLES = 2
ROUNDS = 20
#: How much a mistake costs against large weights.
COST = 3.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """An example, or a run of its sentences, as its features; and the level of the example."""

    features: tuple[str, ...]
    level: str
    whole: bool = True


def lessons_from(example: Example, looking: Looking, by_rules: str) -> Iterator[Lesson]:
    """An example as it is learnt from; `by_rules` is what the rules make of it.

    The worst run of sentences counts when a text is heard, so no part of a text may be worse than
    the whole: the parts of one that is not acute are lessons too. Which part makes a text acute
    nobody said, so its parts teach nothing.
    """
    spoken = sentences(example.text, looking.greetings)
    features = [tuple(of_sentence(words, looking)) for words in spoken]
    heard = of_level(by_rules)
    for first, last in {(0, len(spoken)): None, **dict.fromkeys(runs(len(spoken)))}:
        whole = last - first == len(spoken)
        if whole or example.level != LEVELS[2]:
            said = (feature for some in features[first:last] for feature in some)
            yield Lesson((*said, *heard), example.level, whole)


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
    rows = [[place[name] for name in one.features if name in place] for one in lessons]
    sides = []
    for least in (LEVELS[2], LEVELS[1]):
        taught = [number for number, one in enumerate(lessons) if _teaches(one, least)]
        signs = [1 if rank(lessons[number].level) >= rank(least) else -1 for number in taught]
        told(f"learning what is {least}: {len(taught)} lessons, {len(names)} features")
        sides.append(_fitted([rows[number] for number in taught], signs, len(names), shuffle))
    (acute, acute_bias), (urgent, urgent_bias) = sides
    features = {
        name: (round(acute[number] * UNIT), round(urgent[number] * UNIT))
        for name, number in place.items()
    }
    bias = (round(acute_bias * UNIT), round(urgent_bias * UNIT))
    return Weights(features, bias, digest(lessons))


def _teaches(one: Lesson, least: str) -> bool:
    """Whether a lesson says anything about a level: a part only that it is milder."""
    return one.whole or rank(one.level) < rank(least)


def digest(lessons: Sequence[Lesson]) -> str:
    """A name for all that was learnt from: examples, and what rules and lists made of them."""
    found = hashlib.sha256()
    for one in lessons:
        found.update("\x1f".join((one.level, str(one.whole), *one.features)).encode())
        found.update(b"\x1e")
    return found.hexdigest()[:16]


def _fitted(
    rows: Sequence[Sequence[int]],
    signs: Sequence[int],
    size: int,
    shuffle: Callable[[list[int]], None],
) -> tuple[list[float], float]:
    """Weights and bias of a hyperplane between the rows with sign 1 and with sign -1."""
    weights, bias = [0.0] * size, 0.0
    alphas = [0.0] * len(rows)
    scales = [1 / math.sqrt(len(row) + 1) for row in rows]
    slack = 1 / (2 * COST)
    norms = [_norm(row) + slack for row in rows]
    order = list(range(len(rows)))
    for _ in range(ROUNDS):
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
