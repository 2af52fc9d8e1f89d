"""How the figures of a simulation reach a coordinator: progress, a table, and files."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from handoff.cli.common import Stop
from handoff.insight import charts, tables
from handoff.insight.outcome import Summary
from handoff.insight.study import Study
from handoff.insight.words import Words

#: Progress is told at most this often, and always at the end.
TELL_EVERY_S = 1.0


@dataclass(slots=True)
class Progress:
    """Tells on the standard error how far it is, so that the table can go to a file."""

    say: Words
    began: float = 0.0
    told: float = 0.0

    def __post_init__(self) -> None:
        self.began = self.told = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.told < TELL_EVERY_S and done < total:
            return
        self.told = now
        left = (now - self.began) / done * (total - done)
        text = self.say("progress", done=done, total=total, left=round(left))
        # on a terminal the line is written over; in a file each has its own
        sys.stderr.write(f"\r{text}\x1b[K" if sys.stderr.isatty() else f"{text}\n")
        if done == total and sys.stderr.isatty():
            sys.stderr.write("\n")
        sys.stderr.flush()


def show(asked: Study, found: Summary, say: Words) -> None:
    """Prints the figures of each region."""
    begins = asked.begins.astimezone(asked.zone).date().isoformat()
    what = say(
        "what",
        runs=found.runs,
        weeks=say.length(found.weeks),
        begins=begins,
        per_week=say.number(asked.per_week),
        regions=len(asked.patterns),
    )
    sys.stdout.write(f"{what}\n{say('how_to_read')}\n")
    # one region needs no row of all together
    for row in found.regions[1:] if len(asked.patterns) == 1 else found.regions:
        figures = {
            say("visitors"): say.range(row.visitors, say.number),
            say("within", minutes=say.length(found.within_min)): say.range(row.within, say.share),
            say("median"): say.range(row.wait_min[50], say.minutes),
            say("p90"): say.range(row.wait_min[90], say.minutes),
            say("left"): say.range(row.left_share, say.share),
            say("closed"): say.range(row.closed, say.number),
            say("overflowed"): say.range(row.overflowed, say.number),
        }
        wide = max(len(name) for name in figures)
        sys.stdout.write(f"\n{say.region(row.region)}\n")
        for name, figure in figures.items():
            sys.stdout.write(f"  {name:<{wide}}  {figure}\n")


def folder(out: Path) -> None:
    """Makes the folder, before the first run: not to hear of it after the last. Raises `Stop`."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Stop(f"{out}: cannot be made: {error.strerror}") from error


def write(out: Path, found: Summary, say: Words) -> None:
    """Writes the charts and the tables. Raises `Stop`."""
    files = {
        "waits.svg": charts.waits(found, say),
        "hours.svg": charts.hours(found, say),
        "overflow.svg": charts.overflow(found, say),
        "regions.csv": tables.regions(found),
        "hours.csv": tables.hours(found),
        "overflow.csv": tables.overflow(found),
    }
    for name, text in files.items():
        try:
            (out / name).write_text(text, "utf-8")
        except OSError as error:
            raise Stop(f"{out / name}: cannot be written: {error.strerror}") from error
    sys.stdout.write(
        "\n" + say("written", files=" ".join(str(out / name) for name in files)) + "\n"
    )
