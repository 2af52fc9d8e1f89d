"""A thousand made-up days, and national weeks: no rule of the queue is ever broken."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from handoff.desk import dispatch, rings
from handoff.desk.dispatch import Dispatch
from handoff.desk.rings import Rings
from tests.simulation.chaos import play
from tests.simulation.ledger import Ledger
from tests.simulation.world import WEEKS, Broken

#: So many at once, so that several processes share the work.
STEP = 50
SEEDS = 1_000
#: Within so many days a house that is broken on purpose is found out.
FEW = 60


@pytest.mark.parametrize("first", range(0, SEEDS, STEP))
def test_whatever_happens_in_a_day_no_rule_is_broken(first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + STEP):
        seen += play(seed)
    # a day in which nothing happens proves nothing
    assert seen["accept"] > STEP
    assert seen["overflow"] > STEP
    assert min(seen[what] for what in ("decline", "nothing", "crash", "own", "acute")) > STEP
    assert min(seen[what] for what in ("rung line", "rung acute")) > STEP // 2


def test_a_national_week_of_425_chats_breaks_no_rule() -> None:
    """As many as there were in the first weeks (DOMAIN 6), in all regions at once."""
    assert play(425, WEEKS["week"])["accept"] > 100


def test_a_week_of_5000_chats_breaks_no_rule() -> None:
    assert play(5_000, WEEKS["busy"])["accept"] > 1_000


def test_a_broken_day_says_how_to_play_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.simulation.rules.MOST_CHATS", 0)

    with pytest.raises(Broken, match=r"make simulate ARGS=\"--seed 7\""):
        play(7)


# the rules see what is wrong


async def _none(*given: Any) -> int:
    return 0


def _note_nothing(ledger: Ledger, found: Any, call: Any) -> Any:
    unrung = [ticket.id for ticket in ledger._unrung(found, call)]
    return {name: unrung for name in call.people if unrung}


BREAKS = {
    "nobody is offered to another region": (Dispatch, "_offers_elsewhere", _none, "help out"),
    "only the first in line is looked at": (dispatch, "HEADS", 1, "waits"),
    "nobody is offered at all": (Dispatch, "offers", _none, "waits beside a free seat"),
    "who was rung is forgotten": (Ledger, "_note", _note_nothing, "were rung"),
    "who waits anew is not rung anew": (Ledger, "forget", lambda *given: None, "were rung"),
    "nobody is rung": (Rings, "look", _none, "were rung"),
    "there is always room": (rings, "has_room", lambda *given: True, "were rung"),
}


@pytest.mark.parametrize("what", BREAKS)
def test_a_house_that_breaks_a_rule_is_found_out(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, name, instead, found = BREAKS[what]
    monkeypatch.setattr(place, name, instead)

    with pytest.raises(Broken, match=found):
        for seed in range(FEW):
            play(seed)
