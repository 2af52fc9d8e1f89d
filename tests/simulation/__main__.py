"""`make simulate`: more days than the tests play, and larger weeks; progress while it runs."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator

from tests.simulation.chaos import Broken, Country, play

WEEKS = {
    "week": Country(
        regions=26, visitors=425, hours=168, caseworkers=4, check_every=20, drained_h=48
    ),
    "busy": Country(
        regions=26, visitors=5_000, hours=168, caseworkers=8, check_every=200, drained_h=240
    ),
    "flood": Country(
        regions=26, visitors=100_000, hours=168, caseworkers=30, check_every=10_000, drained_h=2_400
    ),
}


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
            seen += play(seed, country)
        except Broken as why:
            broken += 1
            sys.stdout.write(f"\nseed {seed}: {why}\n")
        if name != "day" or done % 100 == 0:
            spent = time.monotonic() - began
            sys.stdout.write(f"\r{name} {seed}: {done} played, {broken} broken, {spent:.0f} s")
            sys.stdout.flush()
    sys.stdout.write("\n" + "".join(f"{many:9} {what}\n" for what, many in sorted(seen.items())))
    return 1 if broken else 0


def _days(given: argparse.Namespace) -> Iterator[tuple[str, int, Country]]:
    if given.seed is not None:
        yield "day", given.seed, Country()
        return
    for week in given.week or ():
        yield week, 1, WEEKS[week]
    if not given.week:
        for seed in range(given.first, given.first + given.seeds):
            yield "day", seed, Country()


if __name__ == "__main__":
    raise SystemExit(main())
