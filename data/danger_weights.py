"""What was learnt from the examples: how much each feature of a sentence weighs. A text file that
`voordeur learn` writes; nobody edits it by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from data.files import Fault, Unreadable

#: A weight in the file is a whole number of these.
UNIT = 1_000
FORM = "voordeur weights 2"


@dataclass(frozen=True, slots=True)
class Weights:
    """Two sums over the features of a text: one says *acute*, the other *urgent or worse*; and one
    more for each signal.

    `features` has both weights of a feature, in thousandths; `bias` is added once. `signals` has
    the weights of a signal that are not near nothing, and `signal_bias` what is added once.
    `languages` has the words that stand in examples of one language only. `learnt_from` is the
    digest of all that they were learnt from.
    """

    features: Mapping[str, tuple[int, int]]
    bias: tuple[int, int]
    learnt_from: str
    signals: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    signal_bias: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """The file, line by line."""
        yield FORM
        yield f"learnt from\t{self.learnt_from}"
        yield f"bias\t{self.bias[0]}\t{self.bias[1]}"
        for language in sorted(self.languages):
            yield f"words of\t{language}\t{' '.join(self.languages[language])}"
        for signal in sorted(self.signals):
            yield f"signal\t{signal}\t{self.signal_bias[signal]}"
        weighing: dict[str, list[str]] = {feature: [] for feature in self.features}
        for signal in sorted(self.signals):
            for feature, weight in self.signals[signal].items():
                weighing[feature].append(f"{signal}={weight}")
        for feature in sorted(self.features):
            acute, urgent = self.features[feature]
            yield "\t".join((feature, str(acute), str(urgent), *weighing[feature]))


def parse_weights(raw: bytes, name: str) -> Weights:
    """The weights in a file. Raises `Unreadable`."""
    try:
        return _read(raw.decode("utf-8").splitlines())
    except (ValueError, IndexError, KeyError) as error:
        why = "was not written by `voordeur learn`, or is damaged: run it again"
        raise Unreadable([Fault(name, 1, why)]) from error


def _read(lines: list[str]) -> Weights:
    form, learnt_from, bias, *rest = (line.split("\t") for line in lines)
    if form != [FORM]:
        raise ValueError(form)
    features = {}
    languages: dict[str, tuple[str, ...]] = {}
    signal_bias: dict[str, int] = {}
    signals: dict[str, dict[str, int]] = {}
    for first, second, third, *weighing in rest:
        if first == "words of":
            languages[second] = tuple(third.split())
        elif first == "signal":
            signals[second], signal_bias[second] = {}, int(third)
        else:
            features[first] = (int(second), int(third))
            for one in weighing:
                signal, weight = one.split("=")
                signals[signal][first] = int(weight)
    both = (int(bias[1]), int(bias[2]))
    return Weights(features, both, learnt_from[1], signals, signal_bias, languages)
