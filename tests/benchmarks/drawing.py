"""The figures as pictures: SVG by hand, readable on a white and on a dark page.

Every number has its unit right behind it: by itself it could be one that only data may hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from tests.benchmarks.figures import Figure, rounded

WIDE, ROW, LEFT, RIGHT, TOP = 760, 34, 250, 130, 56
#: Longer bars are cut; the number beside them tells the rest.
MOST = 3.0
GOOD, BAD, LINE = "#2a7d4f", "#b3541e", "#888888"
STYLE = (
    "<style>text{font:14px system-ui,sans-serif;fill:#333}.h{font-weight:600;font-size:16px}"
    ".s{font-size:12px;fill:#666}@media(prefers-color-scheme:dark){text{fill:#ddd}.s{fill:#aaa}}"
    "</style>"
)


def aims(figures: Sequence[Figure]) -> str:
    """Every figure as a bar in units of its aim: to the right of the line is better than it."""
    room = WIDE - LEFT - RIGHT
    line = LEFT + room / MOST
    tall = TOP + ROW * len(figures) + 30
    parts = [_text(16, 26, "How far each figure is from its aim", "h")]
    parts.append(_line(line, TOP - 14, line, tall - 26))
    parts.append(_text(line, tall - 10, "the aim", "s", "middle"))
    for place, figure in enumerate(figures):
        y = TOP + ROW * place
        long = room * min(figure.score, MOST) / MOST
        parts.append(_text(LEFT - 10, y + 15, figure.title, "", "end"))
        parts.append(_bar(LEFT, y, long, 20, GOOD if figure.ok else BAD))
        told = f"{rounded(figure.judged)}{figure.aim.unit} ({figure.aim})"
        parts.append(_text(LEFT + max(long, 2) + 8, y + 15, told, "s"))
    return _picture(tall, parts, "Bars: each figure in units of its aim")


def waits(
    rows: Mapping[str, tuple[float, float]],
    title: str = "How long it takes, in milliseconds: half of all, 99 in a hundred",
) -> str:
    """Two figures in milliseconds each: half of all are faster than the first, the thick bar, and
    all but one in a hundred than the second; or what `title` says."""
    room = WIDE - LEFT - RIGHT
    longest = max((p99 for _, p99 in rows.values()), default=1) or 1
    tall = TOP + ROW * len(rows) + 30
    parts = [_text(16, 26, title, "h")]
    for place, (name, (p50, p99)) in enumerate(rows.items()):
        y = TOP + ROW * place
        parts.append(_text(LEFT - 10, y + 15, name, "", "end"))
        parts.append(_bar(LEFT, y + 7, room * p99 / longest, 6, LINE))
        parts.append(_bar(LEFT, y, room * p50 / longest, 20, GOOD))
        told = f"{rounded(p50)}ms / {rounded(p99)}ms"
        parts.append(_text(LEFT + room * p99 / longest + 8, y + 15, told, "s"))
    return _picture(tall, parts, f"Bars: {title}")


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    of_kind = f' class="{kind}"' if kind else ""
    return (
        f'<text x="{x:.0f}px" y="{y:.0f}px" text-anchor="{anchor}"{of_kind}>{escape(text)}</text>'
    )


def _bar(x: float, y: float, wide: float, tall: float, colour: str) -> str:
    return (
        f'<rect x="{x:.0f}px" y="{y:.0f}px" width="{max(wide, 1):.0f}px" height="{tall:.0f}px"'
        f' rx="2" fill="{colour}"/>'
    )


def _line(x: float, y: float, x2: float, y2: float) -> str:
    return (
        f'<line x1="{x:.0f}px" y1="{y:.0f}px" x2="{x2:.0f}px" y2="{y2:.0f}px" stroke="{LINE}"'
        ' stroke-dasharray="4 3"/>'
    )


def _picture(tall: float, parts: Sequence[str], label: str) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {tall:.0f}" role="img"'
        f' aria-label="{escape(label)}">'
    )
    return "\n".join([head, STYLE, *parts, "</svg>"]) + "\n"
