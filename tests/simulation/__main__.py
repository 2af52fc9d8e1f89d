"""`make simulate`: more days than the tests play, and larger weeks; progress while it runs."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator

from tests.simulation.chaos import Day, Progress, play
from tests.simulation.world import DAY, WEEKS, Broken, Country


def main() -> int:
    """Plays until it is done or a rule is broken; the exit code says which."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--seed", type=int, help="play this one day again")
    parser.add_argument("--seeds", type=int, default=10_000, help="how many days")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--week", choices=WEEKS, action="append", help="a national week, by size")
    given = parser.parse_args()
    began, seen, broken = time.monotonic(), Counter[str](), 0
    for done, (name, seed, country) in enumerate(_days(given), 1):
        try:
            seen += play(seed, country, None if name == "day" else _progress(name))
        except Broken as why:
            broken += 1
            sys.stdout.write(f"\nseed {seed}: {why}\n")
        if name != "day" or done % 100 == 0:
            spent = time.monotonic() - began
            _say(f"{name} {seed}: {done} played, {broken} broken, {spent:.0f} s")
    sys.stdout.write("\n" + "".join(f"{many:9} {what}\n" for what, many in sorted(seen.items())))
    return 1 if broken else 0


def _progress(name: str) -> Progress:
    """Tells how far a week is, about once a second."""
    said = time.monotonic()

    def progress(day: Day) -> None:
        nonlocal said
        if time.monotonic() - said < 1:
            return
        said = time.monotonic()
        waiting = sum(len(line) for line in day.seats.waiting.values())
        came = len(day.seats.tickets)
        _say(f"{name}: {day.house.time:%d %b %H:%M}, {came} came, {waiting} wait")

    return progress


def _say(line: str) -> None:
    sys.stdout.write(f"\r{line:70}")
    sys.stdout.flush()


def _days(given: argparse.Namespace) -> Iterator[tuple[str, int, Country]]:
    if given.seed is not None:
        yield "day", given.seed, DAY
        return
    for week in given.week or ():
        yield week, 1, WEEKS[week]
    if not given.week:
        for seed in range(given.first, given.first + given.seeds):
            yield "day", seed, DAY


if __name__ == "__main__":
    raise SystemExit(main())
