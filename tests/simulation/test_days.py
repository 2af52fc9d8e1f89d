"""A thousand made-up days, and a national week: no rule of the queue is ever broken."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.simulation.chaos import Broken, Country, play

#: So many at once, so that several processes share the work.
STEP = 50
SEEDS = 1_000


@pytest.mark.parametrize("first", range(0, SEEDS, STEP))
def test_whatever_happens_in_a_day_no_rule_is_broken(first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + STEP):
        seen += play(seed)
    # a day in which nothing happens proves nothing
    assert seen["accept"] > STEP
    assert seen["overflow"] > STEP
    assert min(seen[what] for what in ("decline", "nothing", "crash", "own", "acute")) > STEP


def test_a_national_week_of_425_chats_breaks_no_rule() -> None:
    """As many as there were in the first weeks (DOMAIN 6), in all regions at once."""
    country = Country(
        regions=26, visitors=425, hours=168, caseworkers=4, check_every=20, drained_h=48
    )

    seen = play(425, country)

    assert seen["accept"] > 100


def test_a_broken_day_says_how_to_play_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.simulation.chaos.MOST_CHATS", 0)

    with pytest.raises(Broken, match=r"make simulate ARGS=\"--seed 7\""):
        play(7)
