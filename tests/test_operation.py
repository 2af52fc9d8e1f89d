"""Operation beats content: what a coordinator changed is laid over the files. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from data.hours import Block, Schedule, opening
from data.knowledge import Knowledge
from data.rota import line_of
from handoff.clock import micros
from handoff.desk.operation import (
    Unusable,
    caseworker_caps,
    lay_over,
    whole_day,
)
from tests import shipped
from tests.shipped import local

REGION = "zuidoost-brabant"
#: A Monday; in the shipped data the region is open from 9 to 23.
DAY = date(2026, 11, 23)
NOON = local("2026-11-23 12:00")
NIGHT = local("2026-11-24 00:00")


def row(kind: str, **more: Any) -> dict[str, Any]:
    """A row of operation for today, made an hour ago."""
    given: dict[str, Any] = {
        "id": kind,
        "kind": kind,
        "region": REGION,
        "other_region": None,
        "subject": None,
        "value": None,
        "from_at": NOON,
        "until_at": NIGHT,
        "reason": "ziek",
        "state": "active",
        "made_by": "coordinator",
        "made_at": NOON - timedelta(hours=1),
        "answered_by": None,
        "answered_at": None,
    }
    found = {**given, **more}
    return {
        name: micros(value) if isinstance(value, datetime) else value
        for name, value in found.items()
    }


def shift(**more: Any) -> dict[str, Any]:
    """A row of the roster."""
    given: dict[str, Any] = {
        "id": "s",
        "region": REGION,
        "username": f"{REGION}-1",
        "role": "front_office",
        "days": "01234",
        "start_min": 540,
        "end_min": 1020,
        "first_day": "2026-11-01",
        "last_day": None,
        "made_by": "coordinator",
        "made_at": micros(NOON),
    }
    return {**given, **more}


def laid(*rows: dict[str, Any], now: datetime = NOON) -> Knowledge:
    """The shipped knowledge with operation laid over it, of which nothing was ignored."""
    ignored: list[str] = []
    found = lay_over(shipped.knowledge(), [], rows, now, ignored)
    assert ignored == []
    return found


def is_open(knowledge: Knowledge, clock: str, region: str = REGION) -> bool:
    """Whether a region is open at a local time."""
    return opening(knowledge.regions[region].chat_hours, local(clock)).open


def test_without_rows_all_is_as_the_files_say() -> None:
    assert laid() == shipped.knowledge()


# closed, later


def test_closed_today_closes_from_then_on_and_opens_tomorrow() -> None:
    found = laid(row("closed"))
    state = opening(found.regions[REGION].chat_hours, NOON)

    assert not state.open
    assert state.opens_at == local("2026-11-24 09:00")
    assert is_open(found, "2026-11-23 11:59")
    assert is_open(laid(), "2026-11-23 12:00")


def test_closed_for_two_hours_opens_again_by_itself() -> None:
    found = laid(row("closed", until_at=local("2026-11-23 14:30")))

    assert opening(found.regions[REGION].chat_hours, NOON).opens_at == local("2026-11-23 14:30")
    assert is_open(found, "2026-11-23 14:30")
    assert not is_open(found, "2026-11-23 23:00")


def test_closed_tomorrow_is_known_today() -> None:
    tomorrow = row("closed", from_at=local("2026-11-24 00:00"), until_at=local("2026-11-25 00:00"))
    found = laid(tomorrow)

    assert is_open(found, "2026-11-23 22:59")
    after = opening(found.regions[REGION].chat_hours, local("2026-11-23 23:30"))
    assert after.opens_at == local("2026-11-25 09:00")


def test_closed_cuts_hours_that_began_the_day_before() -> None:
    content = shipped.knowledge()
    region = content.regions[REGION]
    late = Schedule(region.chat_hours.zone, (Block(frozenset(range(7)), 20 * 60, 26 * 60),))
    content = replace(content, regions={REGION: replace(region, chat_hours=late)})
    closed = row("closed", from_at=NIGHT, until_at=local("2026-11-24 01:00"))
    found = lay_over(content, [], [closed], NOON)

    assert is_open(found, "2026-11-23 23:59")
    assert not is_open(found, "2026-11-24 00:59")
    assert is_open(found, "2026-11-24 01:00")


def test_closed_for_two_days_is_closed_for_two_days() -> None:
    found = laid(row("closed", from_at=local("2026-11-22 00:00"), until_at=NIGHT))

    assert not any(
        is_open(found, f"2026-11-{day} {hour:02}:00") for day in (22, 23) for hour in range(24)
    )


def test_only_the_region_that_closes_is_closed() -> None:
    found = laid(row("closed"))

    for slug, region in shipped.knowledge().regions.items():
        if slug != REGION:
            assert found.regions[slug] is region


def test_a_region_of_a_pool_closes_alone() -> None:
    found = laid(row("closed", region="twente"))

    assert not is_open(found, "2026-11-23 12:00", "twente")
    assert is_open(found, "2026-11-23 12:00", "ijsselland")
    assert found.pools == shipped.knowledge().pools


def test_opening_later_is_for_that_day_only() -> None:
    found = laid(row("opens_later", value="13:30"))

    assert not is_open(found, "2026-11-23 13:29")
    assert is_open(found, "2026-11-23 13:30")
    assert not is_open(found, "2026-11-23 23:00")
    assert is_open(found, "2026-11-24 09:00")


def test_opening_later_than_the_last_hour_is_closed_that_day() -> None:
    found = laid(row("opens_later", value="23:30"))
    state = opening(found.regions[REGION].chat_hours, NOON)

    assert (state.open, state.opens_at) == (False, local("2026-11-24 09:00"))


def test_closing_on_the_day_of_a_clock_change_is_right_to_the_minute() -> None:
    found = laid(
        row("closed", from_at=local("2027-03-28 00:00"), until_at=local("2027-03-28 12:00")),
        now=local("2027-03-27 12:00"),
    )

    assert not is_open(found, "2027-03-28 11:59")
    assert is_open(found, "2027-03-28 12:00")


# caps, pilots


def test_a_cap_of_the_region_holds_from_its_begin_to_its_end() -> None:
    lower = row("region_cap", value="2", until_at=local("2026-11-23 14:00"))
    usual = shipped.knowledge().regions[REGION].region_cap

    def cap(clock: str) -> int:
        return laid(lower, now=local(f"2026-11-23 {clock}")).regions[REGION].region_cap

    assert [cap(time) for time in ("11:59", "12:00", "13:59", "14:00")] == [usual, 2, 2, usual]


def test_of_two_caps_the_newest_counts_whatever_their_order() -> None:
    older, newer = (
        row("region_cap", id=id, value=value, made_at=NOON - timedelta(minutes=minutes))
        for id, value, minutes in (("a", "5", 10), ("b", "1", 5))
    )

    assert laid(older, newer).regions[REGION].region_cap == 1
    assert laid(newer, older).regions[REGION].region_cap == 1


def test_a_cap_of_nought_is_a_cap() -> None:
    assert laid(row("region_cap", value="0")).regions[REGION].region_cap == 0


def test_a_cap_of_a_caseworker_is_told_by_name_while_it_holds() -> None:
    rows = [row("caseworker_cap", subject="a", value="1"), row("region_cap", value="2")]

    assert caseworker_caps(rows, NOON) == {"a": 1}
    assert caseworker_caps(rows, NIGHT) == {}
    assert laid(*rows).regions[REGION].caseworker_cap == 3


def test_a_pilot_names_who_alone_gets_offers() -> None:
    found = laid(row("pilot", value="a, b,,c"))

    assert found.pilots == {REGION: frozenset("abc")}
    assert laid(row("pilot", value="a"), now=NIGHT).pilots == {}


# agreements and swaps


def helpers(knowledge: Knowledge) -> set[tuple[str, str]]:
    """Who helps whom by the agreement of Brabant."""
    return {(one.home, one.helper) for one in knowledge.agreements if one.id == "brabant"}


def off(**more: Any) -> dict[str, Any]:
    """An agreement that two regions switched off."""
    given = {"subject": "brabant", "value": "off", "other_region": "midden-brabant"}
    return row("agreement", **{**given, **more})


def test_an_agreement_that_is_off_is_off_in_both_directions_and_for_these_two_only() -> None:
    gone = helpers(laid()) - helpers(laid(off()))

    assert gone == {(REGION, "midden-brabant"), ("midden-brabant", REGION)}
    assert len(helpers(laid(off()))) == 4


def test_an_agreement_switched_on_again_stands_where_it_stood() -> None:
    on = off(id="on", value="on", made_at=NOON)

    assert laid(off(), on).agreements == shipped.knowledge().agreements


def test_what_the_other_region_has_not_accepted_does_nothing() -> None:
    for state in ("proposed", "refused", "ended"):
        assert laid(off(state=state)) == shipped.knowledge()


def swap(**more: Any) -> dict[str, Any]:
    """IJsselland takes over Twente's Monday."""
    given = {
        "region": "ijsselland",
        "other_region": "twente",
        "subject": "oost",
        "value": "2026-11-30",
        "until_at": local("2026-12-01 00:00"),
    }
    return row("swap", **{**given, **more})


def test_a_swap_moves_one_day_and_is_known_before_it_comes() -> None:
    pools = laid(swap()).pools

    assert line_of(pools, "gelderland-zuid", local("2026-11-30 10:00")) == "ijsselland"
    assert line_of(pools, "gelderland-zuid", local("2026-12-07 10:00")) == "twente"


def test_a_day_that_was_swapped_is_swapped_back_by_the_one_who_has_it() -> None:
    back = swap(id="back", region="twente", other_region="ijsselland", made_at=NOON)

    assert line_of(laid(swap(), back).pools, "twente", local("2026-11-30 10:00")) == "twente"


def test_a_swap_lasts_to_the_end_of_its_day() -> None:
    pools = shipped.knowledge().pools

    assert whole_day(pools, "oost", "2026-11-30") == micros(local("2026-12-01 00:00"))
    with pytest.raises(Unusable):
        whole_day(pools, "west", "2026-11-30")
    with pytest.raises(Unusable):
        whole_day(pools, "oost", "maandag")


# the roster


def test_the_roster_comes_out_of_its_rows() -> None:
    found = lay_over(shipped.knowledge(), [shift(last_day="2026-12-31")], [], NOON).roster

    assert [(one.username, one.days, one.first_day, one.last_day) for one in found] == [
        (f"{REGION}-1", frozenset(range(5)), date(2026, 11, 1), date(2026, 12, 31))
    ]
