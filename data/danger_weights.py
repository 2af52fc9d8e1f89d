"""What was learnt from the examples: how much each feature of a sentence weighs. A text file that
`voordeur learn` writes; nobody edits it by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from data.files import Fault, Unreadable

#: A weight in the file is a whole number of these.
UNIT = 1_000
FORM = "voordeur weights 1"


@dataclass(frozen=True, slots=True)
class Weights:
    """Two sums over the features of a text: one says *acute*, the other *urgent or worse*.

    `features` has both weights of a feature, in thousandths; `bias` is added once. `learnt_from` is
    the digest of all that they were learnt from.
    """

    features: Mapping[str, tuple[int, int]]
    bias: tuple[int, int]
    learnt_from: str

    def lines(self) -> Iterator[str]:
        """The file, line by line."""
        yield FORM
        yield f"learnt from\t{self.learnt_from}"
        yield f"bias\t{self.bias[0]}\t{self.bias[1]}"
        for feature in sorted(self.features):
            acute, urgent = self.features[feature]
            yield f"{feature}\t{acute}\t{urgent}"


def parse_weights(raw: bytes, name: str) -> Weights:
    """The weights in a file. Raises `Unreadable`."""
    try:
        form, digest, bias, *lines = raw.decode("utf-8").splitlines()
        if form != FORM:
            raise ValueError(form)
        _, acute, urgent = bias.split("\t")
        features = {}
        for line in lines:
            feature, *both = line.split("\t")
            features[feature] = (int(both[0]), int(both[1]))
        return Weights(features, (int(acute), int(urgent)), digest.split("\t")[1])
    except (ValueError, IndexError) as error:
        why = "was not written by `voordeur learn`, or is damaged: run it again"
        raise Unreadable([Fault(name, 1, why)]) from error
