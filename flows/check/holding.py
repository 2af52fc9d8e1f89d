"""When conditions hold: tried out on all values that can make a difference to them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import islice, product
from typing import Any

from flows.conditions import Compiled
from flows.model import Script

#: Situations that are tried for one set of conditions; real ones need some tens.
MOST_SITUATIONS = 20_000
TEXT = re.compile(r'"([^"]*)"|\'([^\']*)\'')
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def situations(
    script: Script, conditions: Collection[Compiled], fixed: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Values for the slots that `conditions` look at, `fixed` ones as given."""
    names = sorted(frozenset[str]().union(*(found.slots for found in conditions)) - fixed.keys())
    source = " ".join(found.source for found in conditions)
    texts = [double or single for double, single in TEXT.findall(source)]
    numbers = [float(number) for number in NUMBER.findall(TEXT.sub("", source))]
    choices = [_values(script, name, texts, numbers) for name in names]
    for values in islice(product(*choices), MOST_SITUATIONS):
        yield {**dict(zip(names, values, strict=True)), **fixed}


def example(
    script: Script, conditions: Collection[Compiled], **fixed: Any
) -> dict[str, Any] | None:
    """A situation in which all `conditions` hold at once; None when there is none."""
    for values in situations(script, conditions, fixed):
        if all(found.holds(values) for found in conditions):
            return values
    return None


def _values(script: Script, name: str, texts: list[str], numbers: list[float]) -> list[Any]:
    if name == "language":
        return list(script.languages)
    kind = script.slots[name].kind if name in script.slots else None
    if kind is not None and kind.type == "categorical":
        return [None, *kind.values]
    if kind is not None and kind.type == "bool":
        return [None, True, False]
    if kind is not None and kind.type == "float":
        near = {number + step for number in numbers for step in (-1.0, 0.0, 1.0)}
        return [None, *sorted(near or {0.0})]
    # of texts only those matter that the conditions name, alone and all in one, as chips are
    return list(dict.fromkeys([None, "", *texts, "".join(texts)]))
