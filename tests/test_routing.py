"""Who is asked, and why: the rules alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.agreements import Agreement
from handoff.desk.routing import (
    Desk,
    Held,
    Helper,
    Line,
    Refusal,
    Terms,
    choose,
    choose_help,
    ground_of,
)
from handoff.desk.routing import Head as Ticket

SECOND = 1_000_000
NOW = 10_000 * SECOND
FULL = frozenset({"full"})
ANY = frozenset({"full", "nobody", "waited"})
HELP = Agreement("help", "home", "near", "partners", ANY, after_wait_s=600)
FAR = Agreement("far", "home", "far", "others", ANY, after_wait_s=600)


def desk(name: str, used: int = 0, cap: int = 3, **more: object) -> Desk:
    values = {"available": True, "wrap_ups": 0, "last_offer_at": 0} | more
    return Desk(name, cap, used, **values)  # type: ignore[arg-type]


def ticket(id: str, band: int = 1, waited_s: int = 40, **more: object) -> Ticket:
    since = NOW - waited_s * SECOND
    values = {"home": "home", "entered_at": since, "language": "nl"} | more
    return Ticket(id, band, since, since, **values)  # type: ignore[arg-type]


def offers(line: Line) -> list[tuple[str, str]]:
    chosen = choose(line, region="home", wrap_ups_open=2, now=NOW)
    return [(decision.ticket, decision.caseworker) for decision in chosen]


def helped(
    line: Line, helpers: dict[str, Helper], *agreements: Agreement, rings: bool = False
) -> list[tuple[str, str, str]]:
    terms = Terms(agreements or (HELP,), rings, ring_own_first_s=180, wrap_ups_open=2)
    chosen = choose_help(line, helpers, terms, now=NOW)
    return [(one.ticket, one.caseworker, one.reason) for one in chosen]


def helper(*desks: Desk, places: int = 3, waiting: dict[int, int] | None = None) -> Helper:
    return Helper(desks, places, waiting or {}, {})


BUSY = desk("own", used=3)


# own region first


def test_the_first_in_line_is_offered_to_the_emptiest_desk() -> None:
    line = Line([ticket("t1")], [desk("mary", 2), desk("omar", 1)], places_free=5)

    (decision,) = choose(line, region="home", wrap_ups_open=2, now=NOW)

    assert (decision.ticket, decision.caseworker) == ("t1", "omar")
    assert decision.reason == "own_region;2;3;40"


def test_who_speaks_the_visitors_language_is_asked_before_an_emptier_desk() -> None:
    dutch, polish = frozenset({"nl"}), frozenset({"nl", "pl"})
    desks = [desk("mary", 0, languages=dutch), desk("ola", 2, languages=polish)]

    assert offers(Line([ticket("t1", language="pl")], desks, 5)) == [("t1", "ola")]


def test_nobody_who_speaks_the_language_is_no_reason_to_wait() -> None:
    desks = [desk("mary", languages=frozenset({"nl"}))]

    assert offers(Line([ticket("t1", language="pl")], desks, 5)) == [("t1", "mary")]


def test_a_visitor_of_another_region_of_the_pool_is_there_by_rota() -> None:
    line = Line([ticket("t1", home="elsewhere")], [desk("mary")], places_free=1)

    (decision,) = choose(line, region="home", wrap_ups_open=2, now=NOW)

    assert decision.reason == "rota;1;3;40"


def test_the_lower_of_the_two_caps_wins() -> None:
    line = Line([ticket("t1"), ticket("t2")], [desk("mary"), desk("omar")], places_free=1)

    assert offers(line) == [("t1", "mary")]


def test_who_declined_is_not_asked_again_and_who_is_alone_and_silent_is() -> None:
    line = Line([ticket("t1")], [desk("mary")], 1, [Refusal("t1", "mary", declined=True)])
    assert offers(line) == []

    line = replace(line, refusals=[Refusal("t1", "mary", declined=False)])
    assert offers(line) == [("t1", "mary")]


def test_an_acute_ticket_takes_the_seat_of_an_offer_that_nobody_accepted() -> None:
    line = Line([ticket("t1", band=0)], [desk("mary", 3)], 0, below=[Held("t0", "mary")])

    (decision,) = choose(line, region="home", wrap_ups_open=2, now=NOW)

    assert (decision.ticket, decision.over) == ("t1", "t0")


def test_an_acute_ticket_behind_one_that_nobody_may_take_is_still_looked_at() -> None:
    line = Line(
        [ticket("t1", band=0), ticket("t2", band=0)],
        [desk("mary", 2)],
        places_free=1,
        refusals=[Refusal("t1", "mary", declined=True)],
    )

    assert offers(line) == [("t2", "mary")]


# then elsewhere


def test_a_full_region_is_helped_by_a_partner_with_a_free_seat() -> None:
    line = Line([ticket("t1")], [BUSY], places_free=0)

    assert helped(line, {"near": helper(desk("ann", 1))}) == [("t1", "ann", "overflow_full;2;3;40")]


@pytest.mark.parametrize(
    "there",
    [
        helper(desk("ann", 3)),
        helper(desk("ann", available=False)),
        helper(desk("ann"), places=0),
        helper(desk("ann", 2), waiting={1: 1}),
        helper(desk("ann", 2), waiting={0: 1}),
        Helper([desk("ann")], 3, {}, {"help": 2}),
        helper(),
    ],
    ids=["full", "away", "no place", "own line", "own acute", "used up today", "nobody"],
)
def test_a_partner_without_a_seat_to_spare_is_not_asked(there: Helper) -> None:
    line = Line([ticket("t1")], [BUSY], places_free=0)

    assert helped(line, {"near": there}, replace(HELP, most_per_day=2)) == []


def test_an_acute_ticket_goes_before_the_ordinary_ones_of_the_partner() -> None:
    there = helper(desk("ann", 2), waiting={1: 4})

    assert helped(Line([ticket("t1", band=0)], [BUSY], 0), {"near": there}) != []


def test_the_next_partner_is_asked_when_the_first_has_no_seat() -> None:
    line = Line([ticket("t1"), ticket("t2")], [BUSY], places_free=0)
    there = {"near": helper(desk("ann", 2)), "far": helper(desk("fay"))}

    found = helped(line, there, HELP, FAR)

    assert [(id, name) for id, name, _ in found] == [("t1", "ann"), ("t2", "fay")]


def test_who_rather_waits_for_the_own_region_waits_unless_it_becomes_acute() -> None:
    there = {"near": helper(desk("ann"))}

    assert helped(Line([ticket("t1", own_only=True)], [BUSY], 0), there) == []
    assert helped(Line([ticket("t1", band=0, own_only=True)], [BUSY], 0), there) != []


def test_who_rather_waits_for_the_own_region_waits_for_those_who_come_later_today() -> None:
    head = ticket("t1", waited_s=5_000, own_only=True)

    assert ground(head, comes_today=True) is None
    assert ground(head, comes_today=False) == "nobody"
    assert ground(replace(head, own_only=False), comes_today=True) == "nobody"


def test_the_maximum_of_a_day_counts_what_is_offered_in_the_same_look() -> None:
    line = Line([ticket("t1"), ticket("t2")], [BUSY], places_free=0)

    found = helped(line, {"near": helper(desk("ann"))}, replace(HELP, most_per_day=1))

    assert [id for id, _, _ in found] == ["t1"]


def test_the_maximum_of_a_day_keeps_nobody_in_danger_waiting_and_counts_them() -> None:
    acute, other = ticket("t1", band=0), ticket("t2")
    used_up = Helper([desk("ann")], 3, {}, {"help": 1})
    once = replace(HELP, most_per_day=1)

    found = helped(Line([acute, other], [BUSY], 0), {"near": used_up}, once)
    assert [id for id, _, _ in found] == ["t1"]

    found = helped(Line([acute, other], [BUSY], 0), {"near": helper(desk("ann"))}, once)
    assert [id for id, _, _ in found] == ["t1"]


# when


def ground(head: Ticket, agreement: Agreement = HELP, **more: object) -> str | None:
    values = {"present": False, "rings": False, "comes_today": False} | more
    comes = bool(values["comes_today"])
    terms = Terms((agreement,), bool(values["rings"]), 180, 2, comes_today=comes)
    return ground_of(agreement, head, present=bool(values["present"]), terms=terms, now=NOW)


def test_people_at_home_are_rung_for_three_minutes_before_a_partner_is_asked() -> None:
    assert ground(ticket("t1", waited_s=179), rings=True) is None
    assert ground(ticket("t1", waited_s=180), rings=True) == "nobody"


def test_nobody_to_ring_is_a_reason_at_once() -> None:
    assert ground(ticket("t1", waited_s=0)) == "nobody"


def test_acute_is_asked_at_home_and_elsewhere_at_the_same_time() -> None:
    assert ground(ticket("t1", band=0, waited_s=0), rings=True) == "acute"
    assert ground(ticket("t1", band=0), replace(HELP, triggers=FULL), rings=True) == "acute"


def test_ringing_counts_from_the_line_and_waiting_from_the_intake() -> None:
    head = ticket("t1", waited_s=500, entered_at=NOW - 10 * SECOND)

    assert ground(head, rings=True) is None
    assert ground(head, replace(HELP, after_wait_s=400), rings=True) == "waited"


def after_closing(head: Ticket, *, present: bool, rings: bool = False, ago_s: int = 60) -> bool:
    """Whether a helper that closed so long ago is asked for a ticket."""
    closed = {"near": NOW - ago_s * SECOND}
    terms = Terms((HELP,), rings, 180, 2, closed)
    return ground_of(HELP, head, present=present, terms=terms, now=NOW) is not None


def test_a_helper_that_closed_stays_with_whoever_began_before_and_was_told() -> None:
    told = frozenset({"near"})

    assert after_closing(ticket("t1", waited_s=61, told=told), present=True)
    assert not after_closing(ticket("t1", waited_s=60, told=told), present=True)
    assert not after_closing(ticket("t1", waited_s=61, told=frozenset({"far"})), present=True)


def test_a_helper_that_closed_stays_with_whoever_has_nobody_else() -> None:
    assert after_closing(ticket("t1", waited_s=61), present=False)
    assert not after_closing(ticket("t1", waited_s=300), present=True)
    assert not after_closing(ticket("t1", waited_s=300), present=False, rings=True)
    assert not after_closing(ticket("t1", waited_s=60), present=False)


def test_a_helper_that_closed_is_asked_for_who_is_in_danger_and_began_before() -> None:
    assert after_closing(ticket("t1", band=0, waited_s=61), present=True, rings=True)
    assert not after_closing(ticket("t1", band=0, waited_s=60), present=True)


def test_a_trigger_that_was_not_agreed_is_no_reason() -> None:
    only_full = replace(HELP, triggers=FULL)

    assert ground(ticket("t1"), only_full) is None
    assert ground(ticket("t1"), only_full, present=True) == "full"
    assert ground(ticket("t1", waited_s=5_000), only_full) is None
