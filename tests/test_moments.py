"""Times in words, in both languages, and the safe moments a visitor can choose."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.hours import Block, Holiday, Schedule, opening, zone_named
from flows.context import retention_in_words, speaker
from flows.moments import (
    LEAST_OPEN,
    MOMENT_DAYS,
    MOMENTS,
    clock_time,
    days_that_differ,
    exceptions_in_words,
    hours_in_words,
    hours_today,
    is_moment,
    joined,
    moment_in_words,
    moment_title,
    safe_moments,
    week_in_words,
)
from flows.words import SPOKEN
from tests import shipped
from tests.shipped import local

ZONE = zone_named("Europe/Amsterdam")
NL, EN = speaker(shipped.script(), "nl"), speaker(shipped.script(), "en")
EVERY_DAY, WEEKDAYS = frozenset(range(7)), frozenset(range(5))


def schedule(
    *blocks: tuple[int, int], days: frozenset[int] = EVERY_DAY, **more: object
) -> Schedule:
    found = tuple(Block(days, start * 60, end * 60) for start, end in blocks)
    return Schedule(ZONE, found, **more)  # type: ignore[arg-type]


PILOT = schedule((9, 23))
LUNCH = schedule((9, 12), (13, 17))
LUNCH_NL = "van 9.00 tot 12.00 uur en van 13.00 tot 17.00 uur"
LUNCH_EN = "from 9:00 to 12:00 and from 13:00 to 17:00"
OFFICE = schedule((9, 17), days=WEEKDAYS)


@pytest.mark.parametrize(
    ("now", "found", "nl", "en"),
    [
        ("2026-11-18 23:30", PILOT, "Donderdagochtend om 9.00 uur", "Thursday morning at 9:00"),
        ("2026-11-20 18:00", OFFICE, "Maandagochtend om 9.00 uur", "Monday morning at 9:00"),
        # the clock goes forward, and back, in the night between
        ("2026-03-28 23:30", PILOT, "Zondagochtend om 9.00 uur", "Sunday morning at 9:00"),
        ("2026-10-24 23:30", PILOT, "Zondagochtend om 9.00 uur", "Sunday morning at 9:00"),
        # the turn of the week, and of the year
        ("2026-11-22 23:30", PILOT, "Maandagochtend om 9.00 uur", "Monday morning at 9:00"),
        ("2026-12-31 23:30", PILOT, "Vrijdagochtend om 9.00 uur", "Friday morning at 9:00"),
        ("2026-11-18 12:30", LUNCH, "Woensdagmiddag om 13.00 uur", "Wednesday afternoon at 13:00"),
        (
            "2026-11-18 12:30",
            schedule((18, 22)),
            "Woensdagavond om 18.00 uur",
            "Wednesday evening at 18:00",
        ),
        (
            "2026-11-18 23:30",
            schedule((0, 4)),
            "Donderdagnacht om 0.00 uur",
            "Thursday night at 0:00",
        ),
    ],
)
def test_next_opening_is_told_in_both_languages(
    now: str, found: Schedule, nl: str, en: str
) -> None:
    opens = opening(found, local(now)).opens_at
    assert opens is not None

    assert moment_in_words(opens, local(now), found, NL) == nl
    assert moment_in_words(opens, local(now), found, EN) == en


def test_opening_that_is_far_away_is_told_with_its_date() -> None:
    closed = {date(2026, 12, 21) + timedelta(days=number): () for number in range(14)}
    found = schedule((9, 17), exceptions=closed)
    now = local("2026-12-20 18:00")
    opens = opening(found, now).opens_at
    assert opens is not None

    assert moment_in_words(opens, now, found, NL) == "Maandag 4 januari om 9.00 uur"
    assert moment_in_words(opens, now, found, EN) == "Monday 4 January at 9:00"


def test_same_weekday_of_next_week_is_far_away() -> None:
    found = schedule((9, 17), days=frozenset({2}))
    now = local("2026-11-18 18:00")
    opens = opening(found, now).opens_at
    assert opens is not None

    assert moment_in_words(opens, now, found, NL) == "Woensdag 25 november om 9.00 uur"


@pytest.mark.parametrize(
    ("found", "now", "nl", "en"),
    [
        (PILOT, "2026-11-18 10:00", "van 9.00 tot 23.00 uur", "from 9:00 to 23:00"),
        (LUNCH, "2026-11-18 10:00", LUNCH_NL, LUNCH_EN),
        (LUNCH, "2026-11-18 18:00", LUNCH_NL, LUNCH_EN),
        (schedule((9, 24)), "2026-11-18 10:00", "van 9.00 tot 24.00 uur", "from 9:00 to 24:00"),
        (schedule((22, 30)), "2026-11-18 23:00", "van 22.00 tot 6.00 uur", "from 22:00 to 6:00"),
        (schedule((0, 24)), "2026-11-18 10:00", "dag en nacht", "day and night"),
        (OFFICE, "2026-11-21 10:00", "", ""),
        (PILOT, "2026-03-29 10:00", "van 9.00 tot 23.00 uur", "from 9:00 to 23:00"),
        (PILOT, "2026-10-25 10:00", "van 9.00 tot 23.00 uur", "from 9:00 to 23:00"),
    ],
)
def test_hours_of_today_are_told_in_both_languages(
    found: Schedule, now: str, nl: str, en: str
) -> None:
    assert hours_today(found, local(now), NL) == nl
    assert hours_today(found, local(now), EN) == en


def test_night_that_began_yesterday_is_told_while_it_lasts() -> None:
    assert hours_today(schedule((22, 30), days=frozenset({2})), local("2026-11-19 01:00"), NL) == (
        "van 22.00 tot 6.00 uur"
    )


def test_regular_week_is_told_with_equal_days_together() -> None:
    week = Schedule(
        ZONE,
        (Block(WEEKDAYS, 540, 720), Block(WEEKDAYS, 780, 1020), Block(frozenset({5}), 600, 1440)),
    )

    assert week_in_words(week, NL) == [
        ("maandag tot en met vrijdag", "van 9.00 tot 12.00 uur en van 13.00 tot 17.00 uur"),
        ("zaterdag", "van 10.00 tot 24.00 uur"),
        ("zondag", "dicht"),
    ]
    assert week_in_words(PILOT, EN) == [("Monday to Sunday", "from 9:00 to 23:00")]


def test_night_of_the_regular_week_ends_on_the_next_day() -> None:
    (row,) = week_in_words(schedule((22, 30)), NL)

    assert row[1] == "van 22.00 tot 6.00 uur"


def test_block_that_ends_half_an_hour_past_midnight_is_told_so() -> None:
    (row,) = week_in_words(Schedule(ZONE, (Block(EVERY_DAY, 20 * 60, 24 * 60 + 30),)), NL)

    assert row[1] == "van 20.00 tot 0.30 uur"


def test_lists_are_joined_with_an_and() -> None:
    assert joined([], NL) == ""
    assert joined(["a"], NL) == "a"
    assert joined(["a", "b", "c"], NL) == "a, b en c"
    assert joined(["a", "b"], EN) == "a and b"


def test_clock_and_retention_are_told_in_both_languages() -> None:
    at = datetime(2026, 11, 18, 9, 5)

    assert (clock_time(at, NL), clock_time(at, EN)) == ("9.05", "9:05")
    assert retention_in_words(24, NL) == "24 uur"
    assert retention_in_words(24, EN) == "24 hours"


# safe moments


def offered(found: Schedule, now: str) -> list[tuple[str, str]]:
    return [(moment.value, moment.title) for moment in safe_moments(found, local(now), NL)]


@pytest.mark.parametrize(
    ("found", "now", "titles"),
    [
        (PILOT, "2026-11-18 10:00", ["Later vandaag", "Vanavond", "Morgen overdag"]),
        (PILOT, "2026-11-18 20:00", ["Vanavond", "Morgen overdag", "Morgenavond"]),
        (PILOT, "2026-11-18 22:30", ["Morgen overdag", "Morgenavond", "Vrijdag overdag"]),
        (OFFICE, "2026-11-18 10:00", ["Later vandaag", "Morgen overdag", "Vrijdag overdag"]),
        (OFFICE, "2026-11-20 16:30", ["Maandag overdag", "Dinsdag overdag", "Woensdag overdag"]),
        (OFFICE, "2026-12-30 16:30", ["Morgen overdag", "Vrijdag overdag", "Maandag overdag"]),
        (schedule((18, 20), days=frozenset({0})), "2026-11-18 10:00", ["Maandagavond"]),
        (schedule(), "2026-11-18 10:00", []),
    ],
)
def test_next_parts_of_a_day_in_which_the_chat_is_open_are_offered(
    found: Schedule, now: str, titles: list[str]
) -> None:
    assert [title for _, title in offered(found, now)] == titles


def test_moments_are_told_in_english_too() -> None:
    now = local("2026-11-18 20:00")

    assert [moment.title for moment in safe_moments(PILOT, now, EN)] == [
        "This evening",
        "Tomorrow by day",
        "Tomorrow evening",
    ]


@pytest.mark.parametrize("now", ["2026-03-28 23:30", "2026-10-24 23:30"])
def test_moments_after_a_clock_change_keep_their_day(now: str) -> None:
    assert [title for _, title in offered(PILOT, now)] == [
        "Morgen overdag",
        "Morgenavond",
        "Maandag overdag",
    ]


def test_value_of_a_moment_names_its_day_and_part() -> None:
    assert offered(PILOT, "2026-11-18 20:00")[0] == ("2026-11-18.evening", "Vanavond")


def test_part_of_a_day_that_is_nearly_over_is_not_offered() -> None:
    assert LEAST_OPEN == timedelta(hours=1)
    assert offered(PILOT, "2026-11-18 22:00")[0][1] == "Vanavond"
    assert offered(PILOT, "2026-11-18 22:01")[0][1] == "Morgen overdag"


@settings(max_examples=60, deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.lists(
        st.builds(
            lambda days, start, length: Block(days, start * 60, (start + length) * 60),
            st.frozensets(st.integers(0, 6), min_size=1),
            st.integers(0, 23),
            st.integers(1, 12),
        ),
        max_size=3,
    ),
)
def test_every_moment_offered_is_one_that_we_take_back(now: datetime, blocks: list[Block]) -> None:
    found = Schedule(ZONE, tuple(blocks))
    moments = safe_moments(found, now.replace(tzinfo=UTC), NL)
    today = now.replace(tzinfo=UTC).astimezone(ZONE).date()

    assert len(moments) <= MOMENTS
    assert len({moment.value for moment in moments}) == len(moments)
    for moment in moments:
        assert is_moment(moment.value)
        day = date.fromisoformat(moment.value.partition(".")[0])
        assert timedelta(0) <= day - today < timedelta(days=MOMENT_DAYS)
        assert moment_title(moment.value, today, NL) == moment.title


@pytest.mark.parametrize("value", ["2026-11-22.evening", "2026-11-22.day", "other", "unknown"])
def test_value_that_we_offer_is_a_moment(value: str) -> None:
    assert is_moment(value)


@pytest.mark.parametrize(
    "value", ["", "zaterdag", "2026-13-01.day", "2026-11-22", "2026-11-22.night", None, 3, ".day"]
)
def test_anything_else_is_no_moment_and_is_told_as_unknown(value: object) -> None:
    assert not is_moment(value)
    assert moment_title(str(value), date(2026, 11, 18), NL) == "Weet ik niet"


def test_moment_is_told_from_the_day_on_which_it_is_read() -> None:
    value = "2026-11-19.evening"

    assert moment_title(value, date(2026, 11, 18), NL) == "Morgenavond"
    assert moment_title(value, date(2026, 11, 19), NL) == "Vanavond"
    assert moment_title(value, date(2026, 11, 17), NL) == "Donderdagavond"
    assert moment_title("other", date(2026, 11, 18), EN) == "Another time"


# the table of words


CHRISTMAS = {"christmas": Holiday(12, 25)}


@pytest.mark.parametrize(
    ("now", "found", "nl"),
    [
        # the week as ever
        ("2026-12-01 12:00", OFFICE, []),
        # a holiday, and one that is open all the same, as ever and shorter
        (
            "2026-12-20 12:00",
            schedule((9, 17), closed_on=CHRISTMAS),
            ["vrijdag 25 december dicht"],
        ),
        (
            "2026-12-20 12:00",
            schedule(
                (9, 17),
                closed_on=CHRISTMAS,
                exceptions={date(2026, 12, 25): (Block(EVERY_DAY, 540, 1020),)},
            ),
            ["vrijdag 25 december van 9.00 tot 17.00 uur"],
        ),
        # a holiday on a day that is closed every week
        ("2027-12-20 12:00", schedule((9, 17), days=WEEKDAYS, closed_on=CHRISTMAS), []),
        # today and in two weeks, and not later; a day as ever is no news
        (
            "2026-11-23 22:00",
            schedule(
                (9, 17),
                exceptions={
                    date(2026, 11, 22): (),
                    date(2026, 11, 23): (),
                    date(2026, 11, 25): (Block(EVERY_DAY, 540, 1020),),
                    date(2026, 12, 6): (Block(EVERY_DAY, 780, 840), Block(EVERY_DAY, 540, 720)),
                    date(2026, 12, 7): (),
                },
            ),
            [
                "maandag 23 november dicht",
                "zondag 6 december van 9.00 tot 12.00 uur en van 13.00 tot 14.00 uur",
            ],
        ),
    ],
)
def test_days_that_differ_from_the_week_are_told_two_weeks_ahead(
    now: str, found: Schedule, nl: list[str]
) -> None:
    assert days_that_differ(found, local(now), NL) == nl


def test_hours_in_words_hold_the_week_what_differs_and_when_to_come_back() -> None:
    found = schedule((9, 23), exceptions={date(2026, 11, 24): ()})
    now = local("2026-11-23 23:30")

    assert hours_in_words(found, now, NL) == {
        "week": "maandag tot en met zondag van 9.00 tot 23.00 uur",
        "exceptions": " Let op: dinsdag 24 november dicht.",
        "moments": "woensdag overdag, woensdagavond en donderdag overdag",
    }
    assert (
        hours_in_words(found, now, EN)["exceptions"] == " Please note: Tuesday 24 November closed."
    )
    assert hours_in_words(PILOT, now, EN)["exceptions"] == ""


def test_words_get_exactly_the_fields_that_the_table_promises() -> None:
    """What `check` tells editors is what code fills in."""
    used: dict[str, set[str]] = {}

    def say(name: str, **fields: str) -> str:
        used.setdefault(name, set()).update(fields)
        return f"<{name}>"

    late = {date(2026, 11, 19) + timedelta(days=number): () for number in range(10)}
    for found in (
        PILOT,
        OFFICE,
        LUNCH,
        schedule((0, 24)),
        schedule((9, 17), exceptions=late),
    ):
        for number in range(0, 24 * 31, 5):
            now = local("2026-11-01 00:30") + timedelta(hours=number, days=number % 360)
            safe_moments(found, now, say)
            hours_today(found, now, say)
            opens = opening(found, now).opens_at
            if opens:
                moment_in_words(opens, now, found, say)
            moment_title("other", now.date(), say)
            moment_title("", now.date(), say)
            exceptions_in_words(found, now, say)
        week_in_words(found, say)
    for hour in range(24):
        moment_in_words(local(f"2026-11-18 {hour:02d}:00"), local("2026-11-18 00:00"), PILOT, say)
    retention_in_words(24, say)

    of_moments = {name for name, spoken in SPOKEN.items() if spoken.sees == "nothing"}
    of_actions = {"utter_moment_question", "utter_straight"}
    assert {name: SPOKEN[name].fields for name in used} == used
    assert set(used) == of_moments - of_actions
