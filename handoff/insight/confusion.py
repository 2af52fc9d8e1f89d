"""The confusion tables of the listener for danger as one picture, for who decides on it.

A row of cells is a level as it was labelled, a column what was heard; a block per language, beside
it the same by each way of listening. A cell is as dark as its share of the row. Not by colour
alone: each holds its number, and what is right stands on the diagonal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flows.danger.judging import ALL, WORST_FIRST, Figures, Rate
from handoff.insight.svg import bar, frame, words

CELL_W, CELL_H, GAP = 92.0, 28.0, 26.0
LEFT, TOP = 150.0, 108.0
#: How dark an empty cell is, and the fullest one: a number stays readable on it.
FAINTEST, DARKEST = 0.05, 0.45
TITLE = "What was heard in labelled messages"
BELOW = "Rows: the label. Columns: what was heard. Counts, and their share of the row."

#: What was heard, by language.
Tables = Mapping[str, Figures]


def confusion(found: Mapping[str, Tables]) -> str:
    """The picture; `found` has the figures of each language by way of listening."""
    languages = list(dict.fromkeys(name for tables in found.values() for name in tables))
    block_h, block_w = CELL_H * len(WORST_FIRST) + GAP, CELL_W * len(WORST_FIRST) + GAP
    drawn = [words(16, 54, BELOW, "soft")]
    for at, (listening, tables) in enumerate(found.items()):
        x = LEFT + block_w * at
        drawn += _head(x, listening)
        for row, language in enumerate(languages):
            if language in tables:
                drawn += _block(x, TOP + block_h * row, tables[language])
    for row, language in enumerate(languages):
        drawn += _side(TOP + block_h * row, language)
    text = " ".join(sentence for way in found.items() for sentence in _told(*way))
    wide, high = LEFT + block_w * len(found), TOP + block_h * len(languages)
    return frame("confusion", wide, high, TITLE, text, "\n".join(drawn))


def _head(x: float, listening: str) -> Iterator[str]:
    yield words(x, TOP - 30, listening, "ink head")
    for at, level in enumerate(WORST_FIRST):
        yield words(x + CELL_W * (at + 0.5), TOP - 8, level, "soft", "middle")


def _side(y: float, language: str) -> Iterator[str]:
    yield words(16, y + CELL_H * 1.7, language, "ink head")
    for at, level in enumerate(WORST_FIRST):
        yield words(LEFT - 10, y + CELL_H * at + 19, level, "soft", "end")


def _block(x: float, y: float, figures: Figures) -> Iterator[str]:
    for row, level in enumerate(WORST_FIRST):
        for at, called in enumerate(WORST_FIRST):
            kind = "good" if level == called else "late"
            yield _cell(x + CELL_W * at, y + CELL_H * row, kind, figures.rate(level, called))


def _cell(x: float, y: float, kind: str, rate: Rate) -> str:
    share = rate.part / rate.whole if rate.whole else 0.0
    strength = FAINTEST + share * (DARKEST - FAINTEST)
    told = f"{rate.part} · {share:.0%}" if rate.whole else "–"
    shape = bar(x + 1, y + 1, CELL_W - 2, CELL_H - 2, kind, strength)
    return shape + words(x + CELL_W / 2, y + 19, told, "ink", "middle")


def _told(listening: str, tables: Tables) -> Iterator[str]:
    """The picture in words, for all languages together."""
    if ALL not in tables:
        return
    for level in WORST_FIRST:
        rates = {called: tables[ALL].rate(level, called) for called in WORST_FIRST}
        heard = ", ".join(f"{rate.part} heard as {called}" for called, rate in rates.items())
        yield f"{listening}, of {rates[level].whole} labelled {level}: {heard}."
