"""Who is planned when, in whose line a visitor stands, and which open hours nobody covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from data.agreements import Pool
from data.hours import Block, Schedule, zone_named
from data.knowledge import Knowledge
from data.rota import Planned, gaps, line_of, planned_at
from tests import shipped

ZONE = zone_named("Europe/Amsterdam")
#: A Monday.
DAY = date(2026, 11, 23)
EVERY = frozenset(range(7))
POOL = ("twente", "ijsselland", "noord-oost-gelderland", "gelderland-midden", "gelderland-zuid")


def at(day: date, clock: str, fold: int = 0) -> datetime:
    """A wall time in Amsterdam."""
    hours, minutes = clock.split(":")
    local = datetime(day.year, day.month, day.day, int(hours), int(minutes), tzinfo=ZONE, fold=fold)
    return local.astimezone(UTC)


def shift(start: str = "09:00", end: str = "17:00", **more: Any) -> Planned:
    """Somebody who is planned."""
    first, last = (int(time[:2]) * 60 + int(time[3:]) for time in (start, end))
    given: dict[str, Any] = {
        "id": "p",
        "region": "twente",
        "username": "twente-1",
        "role": "front_office",
        "days": EVERY,
        "first_day": DAY,
        "last_day": None,
    }
    end_min = last if last > first else last + 1440
    return Planned(start_min=first, end_min=end_min, **{**given, **more})


def is_planned(planned: Planned, now: datetime, **more: Any) -> bool:
    """Whether somebody is planned in their region."""
    return planned_at([planned], planned.region, now, ZONE, **more) == [planned]


# who is planned


def test_a_shift_begins_on_the_minute_and_is_over_at_its_end() -> None:
    planned = shift("09:00", "17:00")

    assert not is_planned(planned, at(DAY, "08:59"))
    assert is_planned(planned, at(DAY, "09:00"))
    assert is_planned(planned, at(DAY, "16:59"))
    assert not is_planned(planned, at(DAY, "17:00"))


def test_a_shift_is_on_its_weekdays_between_its_dates_only() -> None:
    planned = shift(days=frozenset({0}), first_day=DAY, last_day=DAY + timedelta(days=7))

    found = [
        number
        for number in range(-14, 29)
        if is_planned(planned, at(DAY + timedelta(days=number), "10:00"))
    ]

    assert found == [0, 7]


def test_a_shift_past_midnight_belongs_to_the_day_on_which_it_began() -> None:
    planned = shift("20:00", "02:00", days=frozenset({0}), last_day=DAY)

    assert not is_planned(planned, at(DAY, "01:00"))
    assert is_planned(planned, at(DAY, "23:59"))
    assert is_planned(planned, at(DAY + timedelta(days=1), "01:59"))
    assert not is_planned(planned, at(DAY + timedelta(days=1), "02:00"))
    assert not is_planned(planned, at(DAY + timedelta(days=1), "20:00"))


def test_a_whole_day_is_planned_at_every_hour() -> None:
    planned = replace(shift(), start_min=0, end_min=1440)

    assert is_planned(planned, at(DAY, "00:00"))
    assert is_planned(planned, at(DAY, "23:59"))


def test_whoever_is_on_call_answers_no_visitors_but_is_found_when_asked_for() -> None:
    planned = shift(role="on_call")

    assert not is_planned(planned, at(DAY, "10:00"))
    assert is_planned(planned, at(DAY, "10:00"), roles=("on_call",))


def test_a_plan_of_another_region_does_not_count() -> None:
    assert planned_at([shift()], "ijsselland", at(DAY, "10:00"), ZONE) == []


@pytest.mark.parametrize(
    ("night", "hours"),
    [
        (date(2026, 3, 28), 7),  # the clock goes forward
        (date(2026, 10, 24), 9),  # and back
        (date(2026, 11, 23), 8),
    ],
)
def test_a_night_shift_lasts_as_long_as_the_clock_change_makes_it(night: date, hours: int) -> None:
    planned = shift("23:00", "07:00", first_day=night, last_day=night)
    start = at(night, "23:00")
    quarters = [start + timedelta(minutes=15 * number) for number in range(-8, 60)]

    assert sum(is_planned(planned, now) for now in quarters) == hours * 4


def test_the_hour_that_comes_twice_is_planned_twice() -> None:
    day = date(2026, 10, 25)
    planned = shift("02:00", "03:00", first_day=day, last_day=day)

    assert is_planned(planned, at(day, "02:30", fold=0))
    assert is_planned(planned, at(day, "02:30", fold=1))
    assert not is_planned(planned, at(day, "03:00"))


def test_a_shift_that_ends_in_the_hour_that_comes_twice_lasts_to_the_second_one() -> None:
    day = date(2026, 10, 25)
    planned = shift("01:00", "02:30", first_day=day, last_day=day)

    assert is_planned(planned, at(day, "02:29", fold=1))
    assert not is_planned(planned, at(day, "02:30", fold=1))


# in whose line


def pool(*blocks: Block, **more: Any) -> dict[str, Pool]:
    """The pool of five, with other hours."""
    found = shipped.knowledge().pools["oost"]
    hours = Schedule(ZONE, blocks) if blocks else found.hours
    return {"oost": replace(found, hours=hours, **more)}


def test_a_region_without_a_pool_has_its_own_line() -> None:
    assert line_of(pool(), "zuidoost-brabant", at(DAY, "10:00")) == "zuidoost-brabant"


def test_every_region_of_a_pool_stands_in_the_line_of_the_day() -> None:
    for number, duty in enumerate(POOL):
        now = at(DAY + timedelta(days=number), "10:00")
        assert {line_of(pool(), slug, now) for slug in POOL} == {duty}


def test_when_the_rota_names_nobody_everyone_has_their_own_line() -> None:
    sunday = at(DAY + timedelta(days=6), "10:00")

    assert [line_of(pool(), slug, sunday) for slug in POOL] == list(POOL)


def test_the_duty_changes_at_local_midnight_also_while_the_pool_is_always_open() -> None:
    always = pool(Block(EVERY, 0, 1440))

    assert line_of(always, "gelderland-zuid", at(DAY, "23:59")) == "twente"
    assert line_of(always, "gelderland-zuid", at(DAY + timedelta(days=1), "00:00")) == "ijsselland"


def test_hours_past_midnight_stay_with_the_day_that_opened() -> None:
    late = pool(Block(EVERY, 9 * 60, 26 * 60))

    assert line_of(late, "gelderland-zuid", at(DAY + timedelta(days=1), "01:59")) == "twente"
    assert line_of(late, "gelderland-zuid", at(DAY + timedelta(days=1), "02:00")) == "ijsselland"


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_duty_changes_at_midnight_on_the_day_that_the_clock_changes(day: date) -> None:
    always = pool(Block(EVERY, 0, 1440), rota={5: "twente", 6: "ijsselland", 0: "gelderland-zuid"})

    assert line_of(always, "twente", at(day, "00:00") - timedelta(seconds=1)) == "twente"
    assert line_of(always, "twente", at(day, "00:00")) == "ijsselland"
    midnight = at(day + timedelta(days=1), "00:00")
    assert line_of(always, "twente", midnight - timedelta(seconds=1)) == "ijsselland"
    assert line_of(always, "twente", midnight) == "gelderland-zuid"


def test_a_swap_is_for_its_date_only() -> None:
    swapped = pool(swaps={DAY: "gelderland-zuid"})

    assert line_of(swapped, "ijsselland", at(DAY, "10:00")) == "gelderland-zuid"
    assert line_of(swapped, "ijsselland", at(DAY + timedelta(days=7), "10:00")) == "twente"


# gaps


def knowledge_of(slug: str, **regions: Any) -> Knowledge:
    """The shipped knowledge with one region only, and no pools."""
    found = shipped.knowledge()
    return replace(found, regions={slug: found.regions[slug]}, pools={}, **regions)


def told(knowledge: Knowledge, day: date, days: int = 1) -> list[tuple[str, str, str, str]]:
    """Where, from, to and why, in local time."""
    return [
        (
            gap.where,
            gap.start.astimezone(ZONE).strftime("%H:%M"),
            gap.end.astimezone(ZONE).strftime("%H:%M"),
            gap.why,
        )
        for gap in gaps(knowledge, day, days)
    ]


def test_open_hours_without_anybody_planned_are_a_gap() -> None:
    assert told(knowledge_of("utrecht"), DAY) == [("utrecht", "09:00", "17:00", "no_roster")]


def test_a_gap_is_what_the_shifts_of_a_day_leave_open() -> None:
    roster = (
        shift("08:00", "10:00", region="utrecht"),
        shift("09:30", "12:00", region="utrecht"),
        shift("13:00", "16:30", region="utrecht"),
    )

    assert told(knowledge_of("utrecht", roster=roster), DAY) == [
        ("utrecht", "12:00", "13:00", "no_roster"),
        ("utrecht", "16:30", "17:00", "no_roster"),
    ]


def test_whoever_is_on_call_fills_no_gap() -> None:
    roster = (shift(region="utrecht", role="on_call"),)

    assert told(knowledge_of("utrecht", roster=roster), DAY) == [
        ("utrecht", "09:00", "17:00", "no_roster")
    ]


def test_in_a_pilot_whoever_is_not_listed_fills_no_gap() -> None:
    roster = (
        shift(region="utrecht", username="utrecht-1", end="12:00"),
        shift(region="utrecht", username="utrecht-2"),
    )
    pilots = {"utrecht": frozenset({"utrecht-1"})}

    assert told(knowledge_of("utrecht", roster=roster, pilots=pilots), DAY) == [
        ("utrecht", "12:00", "17:00", "no_roster")
    ]


def test_shifts_of_the_day_before_and_the_day_after_cover_hours_near_midnight() -> None:
    roster = (
        shift("22:00", "04:00", region="utrecht", last_day=DAY),
        shift("00:00", "03:00", region="utrecht", first_day=DAY + timedelta(days=1)),
    )
    found = knowledge_of("utrecht", roster=roster)
    night = Schedule(ZONE, (Block(EVERY, 2 * 60, 5 * 60), Block(EVERY, 23 * 60, 26 * 60)))
    regions = {"utrecht": replace(found.regions["utrecht"], chat_hours=night)}
    always = replace(found, regions=regions)

    assert told(always, DAY) == [("utrecht", "02:00", "05:00", "no_roster")]
    assert told(always, DAY + timedelta(days=1)) == [
        ("utrecht", "04:00", "05:00", "no_roster"),
        ("utrecht", "23:00", "00:00", "no_roster"),
    ]


def test_closed_days_have_no_gaps() -> None:
    assert told(knowledge_of("utrecht"), date(2026, 12, 25)) == []
    assert told(knowledge_of("utrecht"), DAY + timedelta(days=5)) == []


def pooled(rota: Mapping[int, str] | None = None, **regions: Any) -> Knowledge:
    """The pool of five alone."""
    found = shipped.knowledge()
    return replace(
        found,
        regions={slug: found.regions[slug] for slug in POOL},
        pools=pool() if rota is None else pool(rota=rota),
        **regions,
    )


def test_only_the_region_on_duty_needs_a_roster() -> None:
    assert told(pooled(), DAY, 2) == [
        ("twente", "09:00", "17:00", "no_roster"),
        ("ijsselland", "09:00", "17:00", "no_roster"),
    ]
    assert told(pooled(roster=(shift(),)), DAY) == []


def test_a_day_for_which_the_rota_names_nobody_is_told_of_the_pool() -> None:
    assert told(pooled(rota={1: "ijsselland"}), DAY) == [("oost", "09:00", "17:00", "no_duty")]


def test_a_region_on_duty_that_is_closed_is_told() -> None:
    found = pooled(roster=(shift(),))
    hours = found.regions["twente"].chat_hours
    afternoon = replace(hours, exceptions={DAY: (Block(EVERY, 9 * 60, 13 * 60),)})
    regions = {**found.regions, "twente": replace(found.regions["twente"], chat_hours=afternoon)}

    assert told(replace(found, regions=regions), DAY) == [
        ("twente", "13:00", "17:00", "duty_closed")
    ]
    # what it says itself is not told once more as hours without a roster
    assert told(replace(found, regions=regions, roster=()), DAY) == [
        ("twente", "13:00", "17:00", "duty_closed"),
        ("twente", "09:00", "13:00", "no_roster"),
    ]


def test_four_weeks_are_looked_at() -> None:
    days = {gap.day for gap in gaps(knowledge_of("zuidoost-brabant"), DAY)}

    assert days == {DAY + timedelta(days=number) for number in range(28)}
