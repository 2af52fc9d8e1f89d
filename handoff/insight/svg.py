"""A few shapes of SVG, and a frame that reads in dark and light and has a text alternative."""

from __future__ import annotations

from xml.sax.saxutils import escape

#: Text and shapes on paper, in light and in dark; every pair has the contrast that WCAG 2.2 AA asks
#: (text 4.5, shapes 3), which a test works out.
LIGHT = {
    "paper": "#ffffff",
    "ink": "#1b1b1b",
    "soft": "#595959",
    "grid": "#d0d0d0",
    "good": "#1d6fa5",
    "late": "#b35900",
    "left": "#7a3e9d",
}
DARK = {
    "paper": "#16181b",
    "ink": "#f2f2f2",
    "soft": "#b8b8b8",
    "grid": "#44484d",
    "good": "#6cb6e8",
    "late": "#f0a04b",
    "left": "#c79be0",
}
FONT_PX = 13
#: A letter of the font is about this wide; only to leave room for names.
LETTER_PX = 7.2


def frame(id: str, width: float, height: float, title: str, text: str, body: str) -> str:
    """A whole picture. `text` says in words what it shows, for who cannot see it; `id` must be
    different for every picture that may stand on one page."""
    label = f"{id}-title {id}-text"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img"'
        f' aria-labelledby="{label}" viewBox="0 0 {_px(width)} {_px(height)}"'
        f' width="{_px(width)}" height="{_px(height)}">\n'
        f'<title id="{id}-title">{escape(title)}</title>\n'
        f'<desc id="{id}-text">{escape(text)}</desc>\n'
        f"<style>{_style()}</style>\n"
        f'<rect class="paper" width="100%" height="100%"/>\n'
        f"{words(16, 28, title, 'ink head')}\n{body}\n</svg>\n"
    )


def _style() -> str:
    return (
        f".chart{{{_colours(LIGHT)}font:{FONT_PX}px system-ui,sans-serif;"
        f"max-width:100%;height:auto}}"
        f"@media (prefers-color-scheme:dark){{.chart{{{_colours(DARK)}}}}}"
        ".chart .head{font-size:17px;font-weight:600}"
        + "".join(f".chart .{name}{{fill:var(--{name})}}" for name in LIGHT)
        + ".chart .line{stroke:var(--grid);stroke-width:1}"
        ".chart .whisker{stroke:var(--ink);stroke-width:1.5}"
        # what stands on a bar or a line keeps its contrast by an edge of paper
        ".chart .edge{stroke:var(--paper);stroke-width:4}"
        ".chart .over{stroke:var(--paper);stroke-width:3px;paint-order:stroke}"
    )


def _colours(found: dict[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in found.items())


def bar(x: float, y: float, width: float, height: float, kind: str, strength: float = 1) -> str:
    """A rectangle in a colour of the palette."""
    faint = f' fill-opacity="{strength:.2f}"' if strength < 1 else ""
    return (
        f'<rect class="{kind}" x="{_px(x)}" y="{_px(y)}" width="{_px(width)}"'
        f' height="{_px(max(height, 0))}"{faint}/>'
    )


def line(x1: float, y1: float, x2: float, y2: float, kind: str = "line") -> str:
    """A straight line."""
    return f'<line class="{kind}" x1="{_px(x1)}" y1="{_px(y1)}" x2="{_px(x2)}" y2="{_px(y2)}"/>'


def words(
    x: float, y: float, text: str, kind: str = "ink", anchor: str = "start", turned: float = 0
) -> str:
    """A line of text; `turned` in degrees around its beginning."""
    turn = f' transform="rotate({turned:g} {_px(x)} {_px(y)})"' if turned else ""
    return (
        f'<text class="{kind}" x="{_px(x)}" y="{_px(y)}" text-anchor="{anchor}"{turn}>'
        f"{escape(text)}</text>"
    )


def whisker(x: float, low: float, high: float) -> str:
    """The range of a figure: a line from `low` to `high` with feet."""
    strokes = ((x, low, x, high), (x - 4, low, x + 4, low), (x - 4, high, x + 4, high))
    return "".join(line(*one, kind) for kind in ("edge", "whisker") for one in strokes)


def steps(most: float) -> list[float]:
    """Round values from 0 to at least `most`, some four of them, for an axis."""
    if most <= 0:
        return [0.0, 1.0]
    size = 10.0**-3
    while True:
        for factor in (1, 2, 5):
            if size * factor * 5 >= most:
                step = size * factor
                number = int(most / step + 0.999999)
                return [step * at for at in range(number + 1)]
        size *= 10


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
