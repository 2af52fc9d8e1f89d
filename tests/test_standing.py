"""Whether a visitor reads that somebody is called: by the rules that call, here and elsewhere."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from data import knowledge as files
from data.knowledge import Knowledge
from handoff.clock import micros
from handoff.desk.dispatch import Dispatch, Surroundings
from handoff.desk.region_view import Colleague, RegionView, Shown
from handoff.desk.routing import Refusal
from handoff.desk.seats import MemorySeats
from handoff.desk.standing import Standing
from handoff.desk.ticket import Ticket
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


def in_state(
    state: str,
    many: int,
    band: int = 1,
    caseworker: str | None = None,
    *,
    visitor: str = "online",
    seat_of: str | None = None,
) -> list[Shown]:
    """Tickets of the region itself."""
    ticket: Any = SimpleNamespace(
        id="other", state=state, band=band, caseworker=caseworker, visitor=visitor
    )
    return [Shown(ticket, ticket, seat_of, None, 0) for _ in range(many)]


def in_line(band: int = 1) -> Ticket:
    """The ticket of the visitor, who waits."""
    found: Any = SimpleNamespace(
        id="mine",
        state="waiting",
        band=band,
        queue_at=0,
        waiting_since=micros(FakeClock().now()),
        queue_region=HOME,
        entered_at=0,
        own_only=False,
        told_region=None,
    )
    return cast(Ticket, found)


def staff(helper: RegionView, **more: Any) -> str:
    """What a visitor of the home region reads, who is not in line yet without a ticket."""
    standing, conversation = house(helper, **more)
    return standing.staff_for(conversation)


def house(
    helper: RegionView,
    *,
    own: RegionView = NOBODY,
    acute: bool = True,
    ticket: Ticket | None = None,
    **more: Any,
) -> tuple[Standing, Any]:
    """A house of two regions, and a conversation of the home region in it."""
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
        hours_closed=False, state="intake", ticket=ticket, region=HOME, talk=talk
    )
    return standing, conversation


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
        # who left keeps no seat from who is there
        (region(desk(), shown=in_state("waiting", 3, band=0, visitor="gone")), "called"),
        # the agreement lends so many a day, and danger is not counted out
        (region(desk(), taken={"brabant": 20}), "called"),
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
        (region(desk(), taken={"brabant": 19}), NOBODY, "called"),
        (region(desk(), taken={"brabant": 20}), NOBODY, "none"),
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


# the own region


@pytest.mark.parametrize(
    ("own", "acute", "expected"),
    [
        (region(desk()), True, "called"),
        (region(desk(used=3)), True, "full"),
        (region(desk(available=False, presence="calling")), True, "full"),
        (region(desk(available=False, presence="away")), True, "none"),
        (region(desk(), cap=2, used=2), True, "full"),
        # too much is left to be closed for anybody but who is in danger
        (region(desk(), shown=in_state("wrap_up", 3, caseworker="anna")), True, "called"),
        (region(desk(), shown=in_state("wrap_up", 3, caseworker="anna")), False, "full"),
        # danger takes the seat of an offer below it that nobody accepted yet
        (region(desk(used=3), shown=in_state("offered", 1, seat_of="anna")), True, "called"),
        (region(desk(used=3), shown=in_state("offered", 1, seat_of="anna")), False, "full"),
        (region(desk(used=3), shown=in_state("offered", 1, band=0, seat_of="anna")), True, "full"),
        (region(desk(used=3), shown=in_state("offered", 1, seat_of="elsewhere")), True, "full"),
    ],
)
def test_a_visitor_reads_that_the_own_region_is_called_by_the_rule_that_makes_the_offer(
    own: RegionView, acute: bool, expected: str
) -> None:
    assert staff(NOBODY, own=own, acute=acute) == expected


@pytest.mark.parametrize("acute", [True, False])
def test_in_a_pilot_of_the_own_region_nobody_is_called_who_is_not_listed(acute: bool) -> None:
    listed = {HOME: frozenset({"bea"})}

    def reads(*desks: Colleague) -> str:
        return staff(NOBODY, own=region(*desks), acute=acute, pilots=listed)

    assert reads(desk()) == "none"
    assert reads(desk(), desk("bea", used=3)) == "full"
    assert reads(desk(used=3), desk("bea")) == "called"


@pytest.mark.parametrize("band", [0, 1])
@pytest.mark.parametrize(
    ("refusals", "desks", "expected"),
    [
        ([Refusal("mine", "anna", True)], [desk()], "full"),
        ([Refusal("another", "anna", True)], [desk()], "called"),
        ([Refusal("mine", "anna", True)], [desk(), desk("bea")], "called"),
        # who is alone and merely did not answer is asked again at once
        ([Refusal("mine", "anna", False)], [desk()], "called"),
        ([Refusal("mine", "anna", False)], [desk(), desk("bea", used=3)], "full"),
    ],
)
def test_whom_every_free_desk_just_refused_reads_of_no_call(
    refusals: list[Refusal], desks: list[Colleague], expected: str, band: int
) -> None:
    own = region(*desks, refusals=refusals)

    assert staff(NOBODY, own=own, acute=band == 0, ticket=in_line(band)) == expected


def test_a_helper_that_just_declined_is_not_called_either() -> None:
    declined = [Refusal("mine", "anna", True)]
    own = region(desk("bea", used=3), refusals=declined)

    assert staff(region(desk()), own=own, ticket=in_line(0)) == "full"
    assert staff(region(desk(), desk("cor")), own=own, ticket=in_line(0)) == "called"


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (region(desk()), "open"),
        (region(desk(used=3)), "busy"),
        (region(desk(), cap=2, used=2), "busy"),
        (region(desk(), shown=in_state("wrap_up", 3, caseworker="anna")), "busy"),
        (region(desk(used=3), desk("bea")), "open"),
    ],
)
def test_a_region_is_busy_when_nobody_who_is_there_can_be_asked(
    own: RegionView, expected: str
) -> None:
    standing, _ = house(NOBODY, own=own)

    assert standing.region_body(DATA.regions[HOME]).state == expected


def test_a_region_in_a_pilot_is_busy_when_only_who_is_not_listed_is_free() -> None:
    own, listed = region(desk(), desk("bea", used=3)), {HOME: frozenset({"bea"})}
    standing, _ = house(NOBODY, own=own, pilots=listed)

    assert standing.region_body(DATA.regions[HOME]).state == "busy"
