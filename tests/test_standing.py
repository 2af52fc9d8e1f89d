"""Whether a visitor reads that another region is called: by the rule that calls it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from data import knowledge as files
from data.knowledge import Knowledge
from handoff.clock import micros
from handoff.desk.dispatch import Dispatch, Surroundings
from handoff.desk.region_view import Colleague, RegionView, Shown
from handoff.desk.seats import MemorySeats
from handoff.desk.standing import Standing
from handoff.settings import Settings
from tests.support.clock import FakeClock

HOME, HELPER = "zuidoost-brabant", "midden-brabant"
DATA = files.load()
NOBODY = RegionView((), {}, 0, 0)


def desk(name: str = "anna", **more: Any) -> Colleague:
    given = {"cap": 3, "used": 0, "available": True, "linked": True, "presence": "available"}
    return Colleague(name=name, **{**given, **more})


def region(*desks: Colleague, **more: Any) -> RegionView:
    return RegionView(
        **{"shown": (), "colleagues": {one.name: one for one in desks}, "cap": 8, "used": 0, **more}
    )


def in_state(state: str, many: int, band: int = 1, caseworker: str | None = None) -> list[Shown]:
    """Tickets of the helper itself."""
    ticket: Any = SimpleNamespace(state=state, band=band, caseworker=caseworker)
    return [Shown(ticket, ticket, None, None, 0) for _ in range(many)]


def staff(helper: RegionView, *, own: RegionView = NOBODY, acute: bool = True, **more: Any) -> str:
    """What a visitor of the home region reads who is not in line yet."""
    knowledge: Knowledge = replace(DATA, **more)
    clock = FakeClock()
    services: Any = SimpleNamespace(
        knowledge=knowledge,
        clock=clock,
        settings=Settings(),
        now=lambda: micros(clock.now()),
    )
    views = {HOME: own, HELPER: helper}
    floor: Any = SimpleNamespace(view=lambda slug: views.get(slug, NOBODY))
    standing = Standing(services, floor)
    around = Surroundings(
        lambda: knowledge, clock.now, services.settings, lambda region: None, lambda work: None
    )
    standing.terms = Dispatch(MemorySeats(), around).terms
    talk = SimpleNamespace(triage=SimpleNamespace(acute=acute, cannot_call=False))
    conversation: Any = SimpleNamespace(
        hours_closed=False, state="intake", ticket=None, region=HOME, talk=talk
    )
    return standing.staff_for(conversation)


@pytest.mark.parametrize(
    ("helper", "expected"),
    [
        (region(desk()), "called"),
        (region(desk(used=3)), "none"),
        (region(desk(available=False)), "none"),
        (region(desk(), cap=2, used=2), "none"),
        # those who wait there come first, where they are in as much danger
        (region(desk(), shown=in_state("waiting", 3, band=0)), "none"),
        (region(desk(), shown=in_state("waiting", 2, band=0)), "called"),
        (region(desk(), shown=in_state("waiting", 3)), "called"),
        # the agreement lends so many a day
        (region(desk(), taken={"brabant": 19}), "called"),
        (region(desk(), taken={"brabant": 20}), "none"),
        # danger does not wait for what is left to be closed
        (region(desk(), shown=in_state("wrap_up", 3, caseworker="anna")), "called"),
    ],
)
def test_somebody_in_danger_reads_that_a_helper_is_called_only_when_one_can_be(
    helper: RegionView, expected: str
) -> None:
    assert staff(helper) == expected


@pytest.mark.parametrize(
    ("helper", "own", "expected"),
    [
        (region(desk()), NOBODY, "called"),
        (region(desk()), region(desk(used=3)), "called"),
        (region(desk(), shown=in_state("waiting", 3)), NOBODY, "none"),
        (region(desk(), shown=in_state("wrap_up", 3, caseworker="anna")), NOBODY, "none"),
        (region(desk(), shown=in_state("wrap_up", 3, caseworker="other")), NOBODY, "called"),
    ],
)
def test_anybody_else_reads_it_by_the_rule_that_makes_the_offer(
    helper: RegionView, own: RegionView, expected: str
) -> None:
    assert staff(helper, own=own, acute=False) == expected


def test_in_a_pilot_of_the_helper_only_who_is_listed_can_be_called() -> None:
    listed = {HELPER: frozenset({"bea"})}

    assert staff(region(desk()), pilots=listed) == "none"
    assert staff(region(desk(), desk("bea")), pilots=listed) == "called"


def test_a_helper_whose_agreement_is_off_is_not_called() -> None:
    others = tuple(one for one in DATA.agreements if one.helper != HELPER)

    assert staff(region(desk()), agreements=others) == "none"
