"""Whether danger is heard at least as well as the floors ask, in the examples that are stored.

The weights were learnt from these same examples, so the figures flatter. They guard against a
change that breaks something; how well new messages are heard is measured elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from data.danger_examples import Example
from data.danger_floors import AT_LEAST, AT_MOST, Floors
from data.files import Fault
from data.triage import LEVELS
from flows.danger.judging import Figures, Rate
from flows.urgency import rank

NORMAL, _, ACUTE = LEVELS
#: What each floor is about, in words.
CALLED = {
    "acute_heard": "acute heard as acute",
    "acute_heard_main": "the same in {main}",
    "acute_as_normal": "acute taken for normal",
    "normal_as_acute": "normal called acute",
}
#: So many misses are named.
MOST_MISSES = 10
WHAT_TO_DO = "look at what is missed, and mend the rule or the example; `docs/danger.md`, Floors"


@dataclass(frozen=True, slots=True)
class Missed:
    """An example that is heard as something else."""

    example: Example
    called: str

    def __str__(self) -> str:
        where = f"{self.example.file}:{self.example.line}"
        return f"{where}: {self.example.level}, heard as {self.called}"


@dataclass(frozen=True, slots=True)
class Judged:
    """What one way of listening made of all examples: figures by floor, and the worst misses."""

    way: str
    rates: Mapping[str, Rate]
    missed: tuple[Missed, ...]

    def told(self, main: str) -> str:
        """The figures on one line."""
        parts = (
            f"{CALLED[name].format(main=main)} {_percent(rate)}"
            for name, rate in self.rates.items()
        )
        return f"{self.way}: {', '.join(parts)}"


def judged(way: str, examples: Sequence[Example], main: str, hear: Callable[[str], str]) -> Judged:
    """Hears all examples; `hear` gives the level of a text, `main` is the first language."""
    called = [hear(one.text) for one in examples]
    pairs = list(zip(examples, called, strict=True))
    whole = _figures(pairs)
    rates = {
        "acute_heard": whole.rate(ACUTE, ACUTE),
        "acute_heard_main": _figures([pair for pair in pairs if pair[0].language == main]).rate(
            ACUTE, ACUTE
        ),
        "acute_as_normal": whole.rate(ACUTE, NORMAL),
        "normal_as_acute": whole.rate(NORMAL, ACUTE),
    }
    return Judged(way, rates, _worst(pairs, main))


def _figures(pairs: Sequence[tuple[Example, str]]) -> Figures:
    levels = iter([called for _, called in pairs])
    return Figures.of([one for one, _ in pairs], lambda one: next(levels))


def _worst(pairs: Sequence[tuple[Example, str]], main: str) -> tuple[Missed, ...]:
    """Danger that is not heard comes first; of that what is farthest off, in the first language."""
    missed = [Missed(one, called) for one, called in pairs if called != one.level]

    def order(one: Missed) -> tuple[bool, int, bool, bool]:
        level, language = one.example.level, one.example.language
        return (not _too_mild(one), -_off(one), level != ACUTE, language != main)

    return tuple(sorted(missed, key=order)[:MOST_MISSES])


def _too_mild(missed: Missed) -> bool:
    return rank(missed.called) < rank(missed.example.level)


def _off(missed: Missed) -> int:
    return abs(rank(missed.called) - rank(missed.example.level))


def broken(floors: Floors, found: Sequence[Judged], acute: int, main: str) -> list[Fault]:
    """One fault for each floor that a figure is below, at the line of the floor. There are `acute`
    acute examples."""
    faults = [fault for one in found for fault in _broken_by(floors, one, main)]
    if acute < floors.examples.percent:
        told = (
            f"there are {acute} acute examples, and the floor is {floors.examples.percent}:"
            " was a file of `danger/examples` saved only in part?"
        )
        faults.append(Fault(floors.file, floors.examples.line, told))
    return faults


def _broken_by(floors: Floors, found: Judged, main: str) -> Iterator[Fault]:
    for name, rate in found.rates.items():
        floor = floors.ways[found.way][name]
        if not rate.whole:
            continue
        least, share = name in AT_LEAST, 100 * rate.part / rate.whole
        if share < floor.percent if least else share > floor.percent:
            what = CALLED[name].format(main=main)
            limit = f"{'at least' if least else 'at most'} {floor.percent}%"
            told = f"`{found.way}`: {what} {_percent(rate)}, and {limit} is asked; {WHAT_TO_DO}"
            yield Fault(floors.file, floor.line, told)


def _percent(rate: Rate) -> str:
    share = 100 * rate.part / rate.whole if rate.whole else 0.0
    return f"{share:.1f}% ({rate.part} of {rate.whole})"


assert set(CALLED) == {*AT_LEAST, *AT_MOST}
