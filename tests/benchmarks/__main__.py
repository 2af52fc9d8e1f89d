"""`python -m tests.benchmarks`: measures, prints one table, and stops by itself."""

from __future__ import annotations

import argparse
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from tests.benchmarks import drawing, figures
from tests.benchmarks.figures import Figure, middle
from tests.benchmarks.house import build
from tests.benchmarks.measuring import FIGURES, QUICK, Bench, Sizes
from tests.benchmarks.processes import ROOT

#: Nothing is measured after this: with stopping the servers the run ends within four minutes.
MOST_S = 225
#: With more than so many cores taken by others the figures say little.
QUIET = 0.2
DOCUMENT = ROOT / "docs" / "benchmarks.md"
PICTURES = ROOT / "docs" / "pictures"


class TooLong(Exception):
    """Raised when the run takes longer than it may."""


def parser() -> argparse.ArgumentParser:
    """The options."""
    found = argparse.ArgumentParser(prog="make bench ARGS=...", description=__doc__)
    found.add_argument("--only", action="append", choices=FIGURES, help="one figure; repeatable")
    found.add_argument("--quick", action="store_true", help="small and rough, in some 20 s")
    found.add_argument(
        "--database", metavar="URL", help="an empty database, or `postgres`: one of our own"
    )
    found.add_argument("--json", type=Path, metavar="FILE", help="write everything there")
    found.add_argument("--draw", type=Path, metavar="DIR", help="draw the pictures there")
    found.add_argument("--write", action="store_true", help="write docs/benchmarks.md anew")
    return found


def main(arguments: Sequence[str] | None = None, sizes: Sizes | None = None) -> int:
    """Runs; 1 when an aim is missed."""
    given = parser().parse_args(arguments)
    began = time.monotonic()
    names = given.only or list(FIGURES)
    sizes = sizes or (QUICK if given.quick else Sizes())

    def tell(text: str) -> None:
        sys.stderr.write(f"[{time.monotonic() - began:5.1f} s] {text}\n")

    signal.signal(signal.SIGALRM, _too_long)
    # whoever ends this process ends what it started
    signal.signal(signal.SIGTERM, _told_to_stop)
    signal.alarm(MOST_S)
    try:
        found, bench = measure(names, given.database, sizes, tell)
    finally:
        signal.alarm(0)
    about = circumstances(given, time.monotonic() - began)
    if bench.others:
        about["Others"] = taken_by_others(bench.others)
    sys.stdout.write("\n" + figures.table(found))
    sys.stdout.writelines(f"{name}: {text}\n" for name, text in about.items())
    if given.json:
        given.json.write_text(figures.as_json(found, about))
    if given.draw:
        draw(given.draw, found, bench)
    if given.write:
        write(found, bench, about)
    return 0 if found and all(figure.ok for figure in found) else 1


def _too_long(number: int, where: FrameType | None) -> None:
    raise TooLong(f"the run took longer than {MOST_S} s")


def _told_to_stop(number: int, where: FrameType | None) -> None:
    raise SystemExit(143)


def measure(
    names: Sequence[str], database: str | None, sizes: Sizes, tell: figures.Tell
) -> tuple[list[Figure], Bench]:
    """The figures, and what else was seen."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="voordeur-bench-")))
        tell("preparing a database")
        house = build(folder, database, sizes.many_chats, stack)
        bench = Bench(house, sizes, stack, tell)
        stack.enter_context(closing(bench.wires))
        found: dict[str, Figure] = {}
        try:
            for name, work in FIGURES.items():
                if name in names:
                    found |= {figure.name: figure for figure in work(bench)}
        except TooLong as error:
            # what was measured until then still counts
            tell(f"{error}; the rest is left out")
        return list(found.values()), bench


def circumstances(given: argparse.Namespace, seconds: float) -> dict[str, str]:
    """What it was measured with; no names of machines or people."""
    arguments = [f"--only {name}" for name in given.only or ()]
    arguments += ["--quick"] if given.quick else []
    arguments += ["--database postgres"] if given.database else []
    command = "make bench" + (f' ARGS="{" ".join(arguments)}"' if arguments else "")
    return {
        "Command": f"`{command}`, {seconds:.0f} s",
        "Date": f"{datetime.now(UTC):%Y-%m-%d}",
        "Machine": figures.machine(),
        "Python": platform.python_version(),
        "Database": "PostgreSQL" if given.database else "SQLite, WAL, synchronous=FULL",
    }


def taken_by_others(cores: Sequence[float]) -> str:
    """How much of the machine was somebody else's while ours was measured."""
    told = f"other processes took {middle(cores):.1f} cores in the middle of the rounds"
    if middle(cores) <= QUIET:
        return told
    return f"{told}: trust the ratios by processor more than the rates, and no latency at all"


def draw(folder: Path, found: Sequence[Figure], bench: Bench) -> None:
    """Writes the pictures of what was measured."""
    drawn = {"bench-aims.svg": drawing.aims(found), **bench.once("pictures", dict)}
    if bench.waits:
        drawn["bench-waits.svg"] = drawing.waits(bench.waits)
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in drawn.items():
        (folder / name).write_text(picture)


def write(found: Sequence[Figure], bench: Bench, about: dict[str, str]) -> None:
    """Writes the document and the pictures anew."""
    text = figures.markdown(found, about)
    DOCUMENT.write_text(figures.between_marks(DOCUMENT.read_text(), text))
    draw(PICTURES, found, bench)


if __name__ == "__main__":
    raise SystemExit(main())
