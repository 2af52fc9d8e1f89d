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
    clock_of,
    end_of,
    lay_over,
    minutes_of,
    next_change,
    try_on,
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


# bad rows


@pytest.mark.parametrize(
    "bad",
    [
        row("closed", region="atlantis"),
        row("closed", until_at=NOON + timedelta(days=500)),
        row("opens_later", value="9 uur"),
        row("opens_later", value="25:00"),
        row("opens_later"),
        row("region_cap", value="-1"),
        row("region_cap", value="201"),
        row("region_cap", value="²"),
        row("region_cap"),
        row("caseworker_cap", subject="a", value="4"),
        row("caseworker_cap", value="1"),
        row("pilot", value=" , "),
        row("dance"),
        off(value="maybe"),
        off(subject="zeeland"),
        off(other_region="zeeland"),
        swap(subject="west"),
        swap(value="30 november"),
        swap(value="2026-12-01"),
        swap(other_region="utrecht"),
        swap(region="twente"),
    ],
    ids=lambda bad: f"{bad['kind']} {bad['value']}",
)
def test_a_row_that_cannot_be_applied_changes_nothing_and_is_reported(bad: dict[str, Any]) -> None:
    ignored: list[str] = []
    good = row("region_cap", id="good", region="utrecht", value="1")

    found = lay_over(shipped.knowledge(), [], [bad, good], NOON, ignored)

    assert len(ignored) == 1
    assert ignored[0].startswith(f"operation {bad['id']} ({bad['kind']}): ")
    assert found.regions[REGION] == shipped.knowledge().regions[REGION]
    assert found.regions["utrecht"].region_cap == 1
    with pytest.raises(Unusable):
        try_on(shipped.knowledge(), bad)


@pytest.mark.parametrize(
    "wrong",
    [
        {"region": "atlantis"},
        {"role": "boss"},
        {"days": ""},
        {"days": "07"},
        {"start_min": -1},
        {"start_min": 1440, "end_min": 1500},
        {"end_min": 540},
        {"end_min": 540 + 1441},
        {"first_day": "gisteren"},
        {"last_day": "2026-13-01"},
    ],
    ids=str,
)
def test_a_shift_that_cannot_be_read_is_left_out_and_reported(wrong: dict[str, Any]) -> None:
    ignored: list[str] = []

    found = lay_over(shipped.knowledge(), [shift(**wrong), shift(id="good")], [], NOON, ignored)

    assert [one.id for one in found.roster] == ["good"]
    assert len(ignored) == 1


# time


def test_the_next_change_is_the_first_begin_or_end_of_what_is_active() -> None:
    rows = [
        row("region_cap", from_at=NOON + timedelta(hours=2)),
        row("closed", until_at=NOON + timedelta(hours=1), state="proposed"),
        row("pilot", until_at=NOON + timedelta(hours=3)),
    ]

    assert next_change(rows, NOON) == NOON + timedelta(hours=2)
    assert next_change(rows, NOON + timedelta(hours=2)) == NOON + timedelta(hours=3)
    assert next_change(rows, NIGHT) is None


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("00:00", 0),
        ("09:05", 545),
        ("24:00", 1440),
        ("24:01", None),
        ("9:05", None),
        ("09:60", None),
        ("09.05", None),
        ("", None),
        (None, None),
        ("-1:00", None),
        ("٠٩:٠٥", None),
    ],
)
def test_a_time_is_two_digits_a_colon_and_two_digits(text: str | None, minutes: int | None) -> None:
    assert minutes_of(text) == minutes


def test_a_shift_that_ends_before_it_begins_ends_the_next_day() -> None:
    assert end_of(1200, 120) == 1560
    assert clock_of(end_of(1200, 120)) == "02:00"
    assert end_of(0, 1440) == 1440
    assert clock_of(1440) == "24:00"


def test_the_files_are_never_changed() -> None:
    laid(row("closed"), off(), swap(), row("region_cap", value="0"), now=NOON)

    assert is_open(shipped.knowledge(), "2026-11-23 12:00")
    assert shipped.knowledge().pools["oost"].swaps == {}
