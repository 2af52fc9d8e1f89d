"""What comes out: a figure, its aim, and the table, the document and the JSON that hold them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

#: Says what is going on.
Tell = Callable[[str], None]
BEGIN, END = "<!-- figures: begin -->\n", "<!-- figures: end -->\n"
HEAD = ("figure", "measured", "ratio", "of", "aim", "")


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure should be: at least, or at most, so much of what it is compared with."""

    value: float
    least: bool
    unit: str = "x"

    def met(self, value: float) -> bool:
        """Whether a figure is there."""
        return value >= self.value if self.least else value <= self.value

    def __str__(self) -> str:
        return f"{'>=' if self.least else '<='} {self.value:g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured. `judged` is held against the aim, `ratio` says it in units of
    the bare server; both may be the same number."""

    name: str
    title: str
    measured: str
    ratio: float
    of: str
    judged: float
    aim: Aim
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the aim is met."""
        return self.aim.met(self.judged)

    @property
    def score(self) -> float:
        """1 is the aim, more is better, whichever way the figure goes."""
        if self.aim.least:
            return self.judged / self.aim.value
        return self.aim.value / self.judged if self.judged else float("inf")


def share(values: Sequence[float], part: float) -> float:
    """The value below which this part of them lies: 0.5 is the median, 0.99 what one in a hundred
    exceeds. 0 without values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0


def middle(values: Sequence[float]) -> float:
    """The median of some rounds; one that somebody else disturbed does not count."""
    return median(values) if values else 0


def rounded(value: float) -> str:
    """Three digits that matter: 0.152, 36.2, 1,480."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{3 if abs(value) < 1 else 2 if abs(value) < 10 else 1}f}"


def cells(figure: Figure) -> tuple[str, ...]:
    """A row of the table."""
    ok = "ok" if figure.ok else "NOT YET"
    return (
        figure.title,
        figure.measured,
        rounded(figure.ratio),
        figure.of,
        str(figure.aim),
        ok,
    )


def table(figures: Sequence[Figure]) -> str:
    """For a terminal: columns as wide as what stands in them."""
    rows = [HEAD, *map(cells, figures)]
    wide = [max(len(row[place]) for row in rows) for place in range(len(HEAD))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]]) + "\n"


def markdown(figures: Sequence[Figure], about: Mapping[str, str]) -> str:
    """For the document: the table, and what it was measured with."""
    head = [f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|"]
    rows = [f"| {' | '.join(cells(figure))} |" for figure in figures]
    told = [f"- {name}: {text}" for name, text in about.items()]
    return "\n".join([*told, "", *head, *rows]) + "\n"


def between_marks(document: str, text: str) -> str:
    """The document with `text` between its marks. Raises `ValueError` when it has none."""
    if document.count(BEGIN) != 1 or document.count(END) != 1:
        raise ValueError("the document has no place for the figures")
    before, _, rest = document.partition(BEGIN)
    return f"{before}{BEGIN}{text}{END}{rest.partition(END)[2]}"


def as_json(figures: Sequence[Figure], about: Mapping[str, str]) -> str:
    """Everything, for a program."""
    found = [
        {
            "name": figure.name,
            "title": figure.title,
            "measured": figure.measured,
            "ratio": round(figure.ratio, 4),
            "of": figure.of,
            "judged": round(figure.judged, 4),
            "aim": str(figure.aim),
            "ok": figure.ok,
            **figure.more,
        }
        for figure in figures
    ]
    return json.dumps({"about": dict(about), "figures": found}, indent=2) + "\n"


def machine() -> str:
    """What it ran on: processor, cores and memory; no names."""
    model = _line(Path("/proc/cpuinfo"), "model name")
    total = int(_line(Path("/proc/meminfo"), "MemTotal").split()[0]) // 1024**2
    cores = sum(line.startswith("processor") for line in _lines(Path("/proc/cpuinfo")))
    return f"{cores} cores ({model}), {total} GiB"


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines()


def _line(file: Path, name: str) -> str:
    found = (line for line in _lines(file) if line.startswith(name))
    return next(found, ":unknown").partition(":")[2].strip()
