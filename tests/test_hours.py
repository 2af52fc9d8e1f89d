"""Opening hours: clock changes, midnight, weeks, years, feasts, days that differ."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.hours import (
    ALWAYS_DAYS,
    Block,
    Holiday,
    Opening,
    Schedule,
    opening,
    periods_from,
    zone_named,
)

ZONE = "Europe/Amsterdam"
AMSTERDAM = zone_named(ZONE)
EVERY_DAY = frozenset(range(7))
WEEKDAYS = frozenset(range(5))
MINUTE = timedelta(minutes=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def hours(start: str, end: str, days: frozenset[int] = EVERY_DAY) -> Block:
    begin, close = _minutes(start), _minutes(end)
    return Block(days, begin, close if close > begin else close + 24 * 60)


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def schedule(*blocks: Block, **more: object) -> Schedule:
    return Schedule(AMSTERDAM, blocks, **more)  # type: ignore[arg-type]


OFFICE = schedule(hours("9:00", "17:00", WEEKDAYS))


def told(found: Opening) -> tuple[bool, str | None, str | None]:
    """An opening in local times, as people read it."""
    times = [
        moment.astimezone(ZoneInfo(ZONE)).strftime("%a %Y-%m-%d %H:%M") if moment else None
        for moment in (found.closes_at, found.opens_at)
    ]
    return found.open, times[0], times[1]


def test_open_until_the_end_of_the_block() -> None:
    assert told(opening(OFFICE, local("2026-11-18 10:00"))) == (
        True,
        "Wed 2026-11-18 17:00",
        "Thu 2026-11-19 09:00",
    )


def test_opens_on_the_minute_and_closes_on_the_minute() -> None:
    at = local("2026-11-18 09:00")

    assert not opening(OFFICE, at - timedelta(microseconds=1)).open
    assert opening(OFFICE, at).open
    assert opening(OFFICE, local("2026-11-18 17:00") - timedelta(microseconds=1)).open
    assert not opening(OFFICE, local("2026-11-18 17:00")).open


def test_closed_over_the_weekend_until_monday() -> None:
    assert told(opening(OFFICE, local("2026-11-20 17:00"))) == (
        False,
        None,
        "Mon 2026-11-23 09:00",
    )


def test_break_at_noon_closes_and_opens_again() -> None:
    found = schedule(hours("9:00", "12:00"), hours("13:00", "17:00"))

    assert told(opening(found, local("2026-11-18 11:00"))) == (
        True,
        "Wed 2026-11-18 12:00",
        "Wed 2026-11-18 13:00",
    )
    assert told(opening(found, local("2026-11-18 12:30"))) == (False, None, "Wed 2026-11-18 13:00")


def test_block_past_midnight_belongs_to_the_day_it_began_on() -> None:
    friday_night = schedule(hours("22:00", "2:00", frozenset({4})))

    assert told(opening(friday_night, local("2026-11-21 01:00")))[:2] == (
        True,
        "Sat 2026-11-21 02:00",
    )
    assert not opening(friday_night, local("2026-11-20 01:00")).open
    assert not opening(friday_night, local("2026-11-22 01:00")).open


def test_day_that_ends_at_24_runs_into_one_that_begins_at_0() -> None:
    found = schedule(hours("9:00", "24:00", frozenset({2})), hours("0:00", "6:00", frozenset({3})))

    assert told(opening(found, local("2026-11-18 23:30")))[:2] == (True, "Thu 2026-11-19 06:00")


def test_always_open_has_no_end_and_no_next_opening() -> None:
    always = schedule(hours("0:00", "24:00"))

    for text in ("2026-11-18 00:00", "2026-03-29 02:30", "2026-10-25 02:30", "2026-12-31 23:59"):
        assert opening(always, local(text)) == Opening(True, None, None)


def test_open_for_ten_days_on_end_still_says_when_it_closes() -> None:
    closed = {date(2026, 11, 28): ()}
    found = schedule(hours("0:00", "24:00"), exceptions=closed)

    assert told(opening(found, local("2026-11-18 12:00"))) == (
        True,
        "Sat 2026-11-28 00:00",
        "Sun 2026-11-29 00:00",
    )
    assert ALWAYS_DAYS > 10


def test_never_open_knows_no_opening() -> None:
    assert opening(schedule(), local("2026-11-18 12:00")) == Opening(False, None, None)


def test_blocks_that_overlap_are_one() -> None:
    found = schedule(hours("9:00", "14:00"), hours("12:00", "17:00"), hours("10:00", "11:00"))

    assert told(opening(found, local("2026-11-18 10:30")))[:2] == (True, "Wed 2026-11-18 17:00")


# clock changes: on 29 March 2026 02:00 becomes 03:00, on 25 October 03:00 becomes 02:00


def test_night_in_which_the_clock_goes_forward_is_an_hour_shorter() -> None:
    night = schedule(hours("22:00", "6:00"))
    found = opening(night, local("2026-03-28 22:00"))

    assert told(found)[1] == "Sun 2026-03-29 06:00"
    assert found.closes_at is not None
    assert found.closes_at - local("2026-03-28 22:00") == timedelta(hours=7)


def test_night_in_which_the_clock_goes_back_is_an_hour_longer() -> None:
    night = schedule(hours("22:00", "6:00"))
    found = opening(night, local("2026-10-24 22:00"))

    assert told(found)[1] == "Sun 2026-10-25 06:00"
    assert found.closes_at is not None
    assert found.closes_at - local("2026-10-24 22:00") == timedelta(hours=9)


def test_time_that_the_clock_skips_moves_on_with_it() -> None:
    assert told(opening(schedule(hours("2:30", "5:00")), local("2026-03-29 01:00")))[2] == (
        "Sun 2026-03-29 03:30"
    )


def test_of_two_equal_times_the_first_opens_and_the_second_closes() -> None:
    """So that nobody is closed out early in the night in which 02:30 comes twice."""
    found = schedule(hours("2:30", "4:00"))
    first = local("2026-10-25 02:30")
    assert opening(found, first).open
    assert not opening(found, first - MINUTE).open

    found = schedule(hours("1:00", "2:30"))
    second = first + timedelta(hours=1)
    assert opening(found, second - MINUTE).open
    assert not opening(found, second).open


def test_daytime_hours_do_not_notice_the_clock_change() -> None:
    for day in ("2026-03-29", "2026-10-25"):
        found = schedule(hours("9:00", "23:00"))
        assert opening(found, local(f"{day} 09:00")).open
        assert not opening(found, local(f"{day} 09:00") - MINUTE).open
        assert not opening(found, local(f"{day} 23:00")).open


def test_zone_of_the_schedule_decides_and_not_that_of_now() -> None:
    assert opening(OFFICE, datetime(2026, 11, 18, 8, 30, tzinfo=UTC)).open
    assert opening(OFFICE, datetime(2026, 11, 18, 3, 30, tzinfo=ZoneInfo("America/New_York"))).open


# years, feasts, days that differ


def test_turn_of_the_year_is_a_night_like_any_other() -> None:
    assert told(opening(schedule(hours("22:00", "6:00")), local("2026-12-31 23:30")))[:2] == (
        True,
        "Fri 2027-01-01 06:00",
    )


def test_leap_day_is_a_day() -> None:
    assert told(opening(OFFICE, local("2028-02-28 18:00")))[2] == "Tue 2028-02-29 09:00"


def test_holiday_closes_the_day() -> None:
    found = schedule(hours("9:00", "17:00"), closed_on={"kerst": Holiday(12, 25)})

    assert told(opening(found, local("2026-12-25 10:00"))) == (False, None, "Sat 2026-12-26 09:00")


def test_block_that_began_before_a_holiday_runs_on_into_it() -> None:
    found = schedule(hours("20:00", "2:00"), closed_on={"kerst": Holiday(12, 25)})

    assert opening(found, local("2026-12-25 01:00")).open
    assert not opening(found, local("2026-12-25 21:00")).open


def test_exception_wins_over_a_holiday_and_over_the_week() -> None:
    found = schedule(
        hours("9:00", "17:00", WEEKDAYS),
        closed_on={"kerst": Holiday(12, 25)},
        exceptions={date(2026, 12, 25): (hours("12:00", "13:00"),), date(2026, 11, 18): ()},
    )

    assert opening(found, local("2026-12-25 12:30")).open
    assert not opening(found, local("2026-12-25 13:30")).open
    assert not opening(found, local("2026-11-18 12:00")).open


@pytest.mark.parametrize(
    ("holiday", "year", "day"),
    [
        (Holiday(easter_offset=1), 2026, date(2026, 4, 6)),
        (Holiday(easter_offset=39), 2026, date(2026, 5, 14)),
        (Holiday(easter_offset=50), 2027, date(2027, 5, 17)),
        (Holiday(4, 27, if_sunday=-1), 2026, date(2026, 4, 27)),
        (Holiday(4, 27, if_sunday=-1), 2031, date(2031, 4, 26)),
        (Holiday(5, 5, every_years=5), 2025, date(2025, 5, 5)),
        (Holiday(5, 5, every_years=5), 2026, None),
        (Holiday(2, 29), 2028, date(2028, 2, 29)),
        (Holiday(2, 29), 2027, None),
    ],
)
def test_holidays_fall_on_their_day(holiday: Holiday, year: int, day: date | None) -> None:
    assert holiday.on(year) == day


def test_feast_that_is_moved_into_the_year_before_closes_that_day() -> None:
    """1 January 2023 is a Sunday."""
    found = schedule(hours("9:00", "17:00"), closed_on={"x": Holiday(1, 1, if_sunday=-1)})

    assert found.blocks_on(date(2022, 12, 31)) == ()
    assert found.blocks_on(date(2023, 1, 1)) != ()


def test_periods_begin_within_the_days_asked_for() -> None:
    now = local("2026-11-18 10:00")
    found = periods_from(OFFICE, now, 2)

    assert [start.day for start, _ in found] == [18, 19, 20]
    assert found[0][0] < now < found[0][1]


# against a brute force that looks at every minute


def open_minutes(found: Schedule, first: date, days: int) -> dict[datetime, bool]:
    """Every minute of some days, marked open by every block in turn, with another zone library."""
    zone = ZoneInfo(ZONE)
    begin = datetime.combine(first, datetime.min.time(), zone).astimezone(UTC)
    minutes = {begin + MINUTE * number: False for number in range(days * 24 * 60)}
    for offset in range(-2, days + 1):
        day = first + timedelta(days=offset)
        for block in found.blocks_on(day):
            midnight = datetime.combine(day, datetime.min.time())
            edges = [
                (midnight + MINUTE * block.start).replace(tzinfo=zone, fold=0).astimezone(UTC),
                _end(midnight + MINUTE * block.end, zone),
            ]
            moment = max(edges[0], begin)
            while moment < edges[1] and moment in minutes:
                minutes[moment] = True
                moment += MINUTE
    return minutes


def _end(wall: datetime, zone: ZoneInfo) -> datetime:
    """The later of two equal times; a time that is skipped moves on, as fold=0 does."""
    late = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    early = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return max(late, early)


times = st.integers(0, 47).map(lambda half: half * 30)
blocks = st.builds(
    lambda days, start, length: Block(days, start, start + length),
    st.frozensets(st.integers(0, 6), min_size=1),
    times,
    st.integers(1, 48).map(lambda half: half * 30),
)
DAYS = [date(2026, 3, 27), date(2026, 10, 23), date(2026, 12, 30), date(2026, 11, 18)]
schedules = st.builds(
    lambda found, closed, odd: Schedule(
        AMSTERDAM, tuple(found), {"closed": Holiday(closed.month, closed.day)}, odd
    ),
    st.lists(blocks, max_size=4),
    st.sampled_from([day + timedelta(days=n) for day in DAYS for n in range(4)]),
    st.dictionaries(
        st.sampled_from([day + timedelta(days=n) for day in DAYS for n in range(4)]),
        st.lists(blocks, max_size=2).map(tuple),
        max_size=3,
    ),
)


@settings(max_examples=120, deadline=None)
@given(schedules, st.sampled_from(DAYS), st.integers(0, 3 * 24 * 60 - 1))
def test_opening_agrees_with_looking_at_every_minute(
    found: Schedule, first: date, minute: int
) -> None:
    days = 12
    minutes = open_minutes(found, first, days)
    moments = list(minutes)
    now = moments[minute]
    state = opening(found, now)

    assert state.open is minutes[now]
    after = moments[minute:]
    closed = next((moment for moment in after if not minutes[moment]), None)
    if state.open and closed is not None:
        assert state.closes_at == closed
    from_closed = after if closed is None else moments[moments.index(closed) :]
    opens = next((moment for moment in from_closed if minutes[moment]), None)
    if closed is not None and opens is not None:
        assert state.opens_at == opens
