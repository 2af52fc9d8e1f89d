"""Labelled examples of what visitors type: what the learnt opinion is learnt from, and judged by.

One CSV file per language, as a spreadsheet writes it. All of it is invented; a real message never
comes into a file (`docs/danger.md`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from data.files import Fault, Unreadable, suggestion
from data.triage import LEVELS

COLUMNS = ("level", "signals", "perspective", "text", "note")
PERSPECTIVES = ("victim", "bystander", "child", "perpetrator", "professional")
#: What stands in `signals` when there is none.
NONE = "none"
#: As much as a visitor can send.
LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the level and the signals that the labelling guide gives it."""

    language: str
    level: str
    signals: tuple[str, ...]
    perspective: str
    text: str
    note: str
    file: str
    line: int


def load_examples(folder: Path, signals: Collection[str]) -> tuple[Example, ...]:
    """The examples of a folder with a file per language. Raises `Unreadable` with every fault."""
    faults: list[Fault] = []
    found: list[Example] = []
    for path in sorted(folder.glob("*.csv")):
        try:
            text = path.read_text("utf-8-sig")
        except UnicodeDecodeError:
            faults.append(Fault(path.name, 1, "is not UTF-8; save it as `CSV UTF-8`"))
            continue
        found += _rows(path.name, text, signals, faults)
    if not found and not faults:
        faults.append(Fault(str(folder), 1, "holds no examples"))
    faults += _twice(found)
    if faults:
        raise Unreadable(faults)
    return tuple(found)


def plain(text: str) -> str:
    """A text without capitals and extra spaces: by this one example is told from another."""
    return " ".join(text.lower().split())


def fault_of(
    level: str, signals: str, perspective: str, text: str, known: Collection[str]
) -> str | None:
    """What is wrong with an example that did not come out of a file; `known` are all signals."""
    return _fault([level, signals, perspective, text, ""], known)


def as_csv(examples: Iterable[Example]) -> str:
    """Examples of one language as their file has them."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(COLUMNS)
    for one in examples:
        named = ";".join(one.signals) or NONE
        rows.writerow((one.level, named, one.perspective, one.text, one.note))
    return written.getvalue()


def _rows(name: str, text: str, signals: Collection[str], faults: list[Fault]) -> Iterator[Example]:
    rows = csv.reader(io.StringIO(text), strict=True)
    language = name.removesuffix(".csv")
    try:
        head = next(rows, [])
        if tuple(head) != COLUMNS:
            faults.append(Fault(name, 1, f"the first line has to be `{','.join(COLUMNS)}`"))
            return
        for row in rows:
            fault = _fault(row, signals)
            if fault:
                faults.append(Fault(name, rows.line_num, fault))
            elif row:
                level, named, perspective, words, note = row
                kinds = () if named == NONE else tuple(named.split(";"))
                yield Example(language, level, kinds, perspective, words, note, name, rows.line_num)
    except csv.Error as error:
        faults.append(Fault(name, rows.line_num, f"is not CSV: {error}"))


def _fault(row: list[str], signals: Collection[str]) -> str | None:
    """What is wrong with a row; nothing when it is empty or fine."""
    if not row:
        return None
    if len(row) != len(COLUMNS):
        return f"has {len(row)} columns, not {len(COLUMNS)}: put a text with a comma between quotes"
    level, named, perspective, text, _ = row
    if level not in LEVELS:
        return f"`{level}` is no level{suggestion(level, LEVELS)}"
    if perspective not in PERSPECTIVES:
        return f"`{perspective}` is no perspective{suggestion(perspective, PERSPECTIVES)}"
    for signal in named.split(";"):
        if signal != NONE and signal not in signals:
            return f"`{signal}` is no signal{suggestion(signal, signals)}"
    if not text.strip() or len(text) > LONGEST:
        return f"the text has to be 1 to {LONGEST} characters"
    return None


def _twice(examples: list[Example]) -> Iterator[Fault]:
    seen: dict[tuple[str, str], Example] = {}
    for example in examples:
        key = (example.language, plain(example.text))
        first = seen.setdefault(key, example)
        if first is not example:
            yield Fault(example.file, example.line, f"the same text stands in line {first.line}")
