"""Three pictures of a simulation: how long people wait, at which hour, who steps in for whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from handoff.insight.outcome import Bar, Hour, Spread, Summary
from handoff.insight.svg import LETTER_PX, bar, frame, line, steps, whisker, words
from handoff.insight.words import Words

WIDTH, TOP, PLOT, LEFT = 760.0, 72.0, 240.0, 64.0
#: A cell of the overflow chart, and how dark the fullest one is: the number stays readable on it.
CELL_W, CELL_H, DARKEST = 56.0, 30.0, 0.45


def waits(summary: Summary, say: Words) -> str:
    """The share of the people in line by how long they waited for an answer, or left."""
    bars = [(bar_words(found, say), found) for found in summary.bars]
    text = say(
        "waits_text",
        share=_or_nothing(summary.all.within, say.share, say),
        minutes=say.length(summary.within_min),
        bars=" ".join(
            say("bar_text", bar=name, share=say.share(one.share.mean)) for name, one in bars
        ),
    )
    plot = _Plot([one.share for _, one in bars], lambda value: say.share(value), say("waits_axis"))
    drawn = [
        plot.bar(at, _kind(one, summary.within_min), name, say.share(one.share.mean))
        for at, (name, one) in enumerate(bars)
    ]
    return frame(
        "waits", WIDTH, TOP + PLOT + 48, say("waits_title"), text, "\n".join([plot.grid(), *drawn])
    )


def bar_words(found: Bar, say: Words) -> str:
    """What a bar of the waits stands for."""
    if found.begin is None:
        return say("bar_left")
    if found.end is None:
        return say("bar_longer", begin=say.length(found.begin))
    if found.begin == 0:
        return say("bar_first", end=say.length(found.end))
    return say("bar_between", begin=say.length(found.begin), end=say.length(found.end))


def _kind(found: Bar, within_min: float) -> str:
    if found.begin is None:
        return "left"
    return "good" if found.end is not None and found.end <= within_min else "late"


def hours(summary: Summary, say: Words) -> str:
    """The mean time in line by the hour in which people come."""
    seen = [(one, one.wait_min) for one in summary.hours if one.wait_min is not None]
    if not seen:
        return _empty("hours", say("hours_title"), say("hours_nobody"))
    told = " ".join(_hour_words(one, wait, say) for one, wait in seen)
    plot = _Plot([wait for _, wait in seen], lambda value: f"{value:g}", say("hours_axis"))
    drawn = [
        plot.bar(
            at,
            "good" if wait.mean <= summary.within_min else "late",
            str(one.hour),
            say.number(wait.mean),
            say.number(one.visitors.mean),
        )
        for at, (one, wait) in enumerate(seen)
    ]
    below = words(LEFT, TOP + PLOT + 60, say("hours_below"), "soft")
    body = "\n".join([plot.grid(), *drawn, below])
    text = say("hours_text", bars=told)
    return frame("hours", WIDTH, TOP + PLOT + 76, say("hours_title"), text, body)


def _hour_words(one: Hour, wait: Spread, say: Words) -> str:
    return say(
        "hour_text",
        hour=one.hour,
        wait=say.minutes(wait.mean),
        visitors=say.number(one.visitors.mean),
    )


class _Plot:
    """Bars side by side above an axis, each with its range."""

    def __init__(self, spreads: Sequence[Spread], told: Callable[[float], str], title: str) -> None:
        self.spreads = spreads
        self.told = told
        self.title = title
        self.steps = steps(max(max(one.high, one.mean) for one in spreads))
        self.slot = (WIDTH - LEFT - 16) / len(spreads)

    def _y(self, value: float) -> float:
        return TOP + PLOT * (1 - value / self.steps[-1])

    def grid(self) -> str:
        """The axis and what it measures."""
        drawn = [words(16, 54, self.title, "soft")]
        for value in self.steps:
            y = self._y(value)
            drawn.append(line(LEFT, y, WIDTH - 16, y))
            drawn.append(words(LEFT - 8, y + 4, self.told(value), "soft", "end"))
        return "\n".join(drawn)

    def bar(self, at: int, kind: str, name: str, figure: str, below: str = "") -> str:
        """One bar with its range, its figure above and its name below."""
        one = self.spreads[at]
        middle = LEFT + self.slot * (at + 0.5)
        wide = min(self.slot * 0.7, 64)
        top = self._y(one.mean)
        return "\n".join(
            [
                bar(middle - wide / 2, top, wide, TOP + PLOT - top, kind),
                whisker(middle, self._y(one.low), self._y(one.high)),
                words(middle, self._y(max(one.high, one.mean)) - 7, figure, "ink over", "middle"),
                words(middle, TOP + PLOT + 20, name, "ink", "middle"),
                words(middle, TOP + PLOT + 38, below, "soft", "middle") if below else "",
            ]
        )


def overflow(summary: Summary, say: Words) -> str:
    """From whose website to whose caseworker, in chats a week."""
    if not summary.overflow:
        return _empty("overflow", say("overflow_title"), say("overflow_none"))
    homes, helpers = (sorted({pair[at] for pair in summary.overflow}) for at in (0, 1))
    side = 24 + LETTER_PX * max(len(say.region(slug)) for slug in homes)
    head = 74 + 0.75 * LETTER_PX * max(len(say.region(slug)) for slug in helpers)
    most = max(found.mean for found in summary.overflow.values())
    drawn = [words(16, 54, f"{say('overflow_from')} ↓  {say('overflow_to')} →", "soft")]
    for at, slug in enumerate(helpers):
        middle = side + CELL_W * (at + 0.5)
        drawn.append(words(middle, head - 8, say.region(slug), "ink", "start", -45))
    for row, slug in enumerate(homes):
        y = head + CELL_H * row
        drawn.append(words(side - 8, y + 20, say.region(slug), "ink", "end"))
        for at, helper in enumerate(helpers):
            found = summary.overflow.get((slug, helper))
            drawn.append(_cell(side + CELL_W * at, y, found, most, say))
    told = " ".join(
        say(
            "overflow_cell",
            home=say.region(home),
            helper=say.region(helper),
            number=say.number(found.mean),
        )
        for (home, helper), found in summary.overflow.items()
    )
    # a turned name hangs over the last column
    wide = max(420.0, side + CELL_W * len(helpers) + head - 60)
    high = head + CELL_H * len(homes) + 20
    text = say("overflow_text", cells=told)
    return frame("overflow", wide, high, say("overflow_title"), text, "\n".join(drawn))


def _cell(x: float, y: float, found: Spread | None, most: float, say: Words) -> str:
    if found is None:
        return bar(x + 1, y + 1, CELL_W - 2, CELL_H - 2, "grid", 0.3)
    strength = 0.08 + (DARKEST - 0.08) * found.mean / most if most else 0.08
    return bar(x + 1, y + 1, CELL_W - 2, CELL_H - 2, "good", strength) + words(
        x + CELL_W / 2, y + 20, say.number(found.mean), "ink", "middle"
    )


def _empty(id: str, title: str, text: str) -> str:
    return frame(id, 420, 90, title, text, words(16, 62, text, "ink"))


def _or_nothing(found: Spread | None, told: Callable[[float], str], say: Words) -> str:
    return told(found.mean) if found else say("nothing")
