"""The picture of what was heard: bars by period, one row of them for each level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handoff.insight.hearing import LEAST, Heard
from handoff.insight.svg import LETTER_PX, bar, frame, line, steps, words
from handoff.insight.words import Words

WIDTH, TOP, PLOT, LEFT = 760.0, 104.0, 150.0, 48.0
#: From one row of bars to the next: its title above, its periods below.
ROW = PLOT + 72
#: Agreed, struck, not judged: from the axis up.
KINDS = ("good", "late", "left")
NAMES = ("hearing_agreed", "hearing_struck", "hearing_open")
HIDDEN = "soft"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is drawn: rows by level, the periods of the axis, and for whom."""

    region: str
    levels: Sequence[str]
    periods: Sequence[str]
    rows: Mapping[tuple[str, str], Heard]
    outside: bool

    def of(self, level: str) -> list[Heard]:
        """The rows of a level, with empty ones where nothing was heard."""
        return [
            self.rows.get((period, level), Heard(period, level, 0, 0, 0)) for period in self.periods
        ]


def hearing(shown: Shown, say: Words, level_words: Mapping[str, str]) -> str:
    """How often each level was heard, and what caseworkers made of it."""
    title = say("hearing_title", region=say.region(shown.region))
    if not shown.rows:
        text = say("hearing_none")
        return frame("hearing", 420, 90, title, text, words(16, 62, text, "ink"))
    drawn = [_legend(shown, say)]
    for at, level in enumerate(shown.levels):
        axis = say("hearing_axis", level=level_words[level])
        drawn.append(_row(shown.of(level), TOP + ROW * at, axis, shown.outside))
    told = (
        _in_words(row, say, level_words[row.name], shown.outside) for row in shown.rows.values()
    )
    text = say("hearing_text", bars=" ".join(told))
    high = TOP + ROW * len(shown.levels) - 16
    return frame("hearing", WIDTH, high, title, text, "\n".join(drawn))


def _legend(shown: Shown, say: Words) -> str:
    names = list(zip(KINDS, NAMES, strict=True))
    if shown.outside:
        names.append((HIDDEN, "hearing_hidden"))
    drawn, x = [], 16.0
    for kind, name in names:
        text = say(name)
        drawn.append(bar(x, 46, 12, 12, kind))
        drawn.append(words(x + 18, 57, text, "soft"))
        x += 34 + LETTER_PX * len(text)
    return "\n".join(drawn)


def _row(rows: Sequence[Heard], top: float, title: str, outside: bool) -> str:
    # what is not told has no height to read it from
    most = max((row.heard for row in rows if not row.is_few(outside)), default=0)
    scale = steps(max(most, LEAST))
    drawn = [words(16, top - 20, title, "ink")]
    for value in scale:
        y = top + PLOT * (1 - value / scale[-1])
        drawn.append(line(LEFT, y, WIDTH - 16, y))
        drawn.append(words(LEFT - 8, y + 4, f"{value:g}", "soft", "end"))
    slot = (WIDTH - LEFT - 16) / len(rows)
    for at, row in enumerate(rows):
        middle = LEFT + slot * (at + 0.5)
        drawn.append(_bar(row, middle, min(slot * 0.7, 48), top, scale[-1], outside))
    drawn.append(_names([row.period for row in rows], slot, top + PLOT + 20))
    return "\n".join(drawn)


def _bar(row: Heard, middle: float, wide: float, top: float, most: float, outside: bool) -> str:
    if not row.heard:
        return ""
    if row.is_few(outside):
        return words(middle, top + PLOT - 6, f"<{LEAST}", "ink over", "middle")
    whole = row.is_whole(outside)
    parts = [(HIDDEN, row.heard)] if whole else list(zip(KINDS, row.parts, strict=True))
    drawn, y = [], top + PLOT
    for kind, number in parts:
        high = PLOT * number / most
        y -= high
        if number:
            # a hair of paper between the parts: nobody has to tell two colours apart
            drawn.append(bar(middle - wide / 2, y + 1, wide, high - 1, kind))
    drawn.append(words(middle, y - 6, str(row.heard), "ink over", "middle"))
    return "\n".join(drawn)


def _names(periods: Sequence[str], slot: float, y: float) -> str:
    """The periods below the axis: every one, or as many as there is room for."""
    wide = LETTER_PX * max(len(period) for period in periods) + 8
    every = max(1, int(-(-wide // slot)))
    # the last one stays on the picture
    right = WIDTH - wide / 2
    return "\n".join(
        words(min(LEFT + slot * (at + 0.5), right), y, period, "ink", "middle")
        for at, period in enumerate(periods)
        if at % every == 0
    )


def _in_words(row: Heard, say: Words, level: str, outside: bool) -> str:
    few = row.is_few(outside)
    heard = say("few", least=LEAST) if few else str(row.heard)
    if row.is_whole(outside):
        return say("hearing_few", period=row.period, level=level, heard=heard)
    return say(
        "hearing_bar",
        period=row.period,
        level=level,
        heard=heard,
        agreed=row.agreed,
        struck=row.struck,
        open=row.open,
    )
