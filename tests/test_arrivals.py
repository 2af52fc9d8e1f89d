"""Who comes, and when: the log of a region, and visitors drawn from it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import fmean, median

import pytest

from data.files import Unreadable
from data.hours import Block, Schedule, zone_named
from handoff.insight import logs
from handoff.insight.arrivals import (
    Pattern,
    Visitors,
    draw,
    exponential,
    flat,
    lognormal,
    pattern_of,
    replayed,
    resampled,
    usual_minutes,
)
from handoff.insight.logs import PILOT, Log, read_log
from tests import shipped

ZONE = zone_named("Europe/Amsterdam")
HEAD = "number,started_at,minutes,offline_at_once\n"
EVENINGS = usual_minutes(Schedule(ZONE, (Block(frozenset(range(7)), 9 * 60, 23 * 60),)))
ALWAYS = frozenset(range(7 * 24 * 60))
MONDAY = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
PEOPLE = Visitors(talk=exponential(30), patience=exponential(10))


def pilot() -> Log:
    return read_log(PILOT, ZONE)


def written(folder: Path, text: str) -> Path:
    file = folder / "log.csv"
    file.write_text(text, "utf-8")
    return file


def faults(file: Path) -> list[str]:
    with pytest.raises(Unreadable) as caught:
        read_log(file, ZONE)
    return [f"{fault.line}: {fault.message}" for fault in caught.value.faults]


# the log


def test_the_first_pilot_has_the_figures_of_its_evaluation() -> None:
    found = pilot()
    evening = [chat for chat in found.chats if chat.at.astimezone(ZONE).hour >= 17]
    talks = sorted(found.talks)

    assert (len(found.chats), sum(chat.at_once for chat in found.chats)) == (33, 2)
    assert (len(evening), sum(chat.minutes for chat in evening)) == (25, 881)
    assert sum(talks) == 1074
    assert (round(fmean(talks), 1), median(talks), talks[27], talks[-1]) == (34.6, 24, 90, 120)
    assert found.weeks == 1
    assert sum(chat.at.astimezone(ZONE).weekday() >= 5 for chat in found.chats) == 11


def test_rows_come_in_order_of_time_however_they_stand_in_the_file() -> None:
    times = [chat.at for chat in pilot().chats]

    assert times == sorted(times)
    # rows 21 and 22 stand the other way round in the file
    assert [chat.number for chat in pilot().chats][20:22] == [22, 21]


def test_times_are_those_of_the_region_in_summer_and_in_winter(tmp_path: Path) -> None:
    file = written(tmp_path, HEAD + "1,2020-04-21T12:44,5,no\n2,2020-12-21T12:44,5,no\n")

    assert [chat.at.isoformat() for chat in read_log(file, ZONE).chats] == [
        "2020-04-21T10:44:00+00:00",
        "2020-12-21T11:44:00+00:00",
    ]


def test_a_table_as_a_dutch_spreadsheet_saves_it_is_read(tmp_path: Path) -> None:
    text = "\ufeffnumber;started_at;minutes;offline_at_once\n1;2020-04-21T12:44;5,5;nee\n;;;\n"
    (chat,) = read_log(written(tmp_path, text), ZONE).chats

    assert (chat.minutes, chat.at_once) == (5.5, False)


def test_every_fault_is_told_with_its_line_and_what_to_write(tmp_path: Path) -> None:
    rows = [
        "1,2020-04-21T12:44,5,no",
        "x,21-04-2020,5,no",
        "2,2020-04-21T12:44+02:00,5,no",
        "3,2020-04-21,long,maybe",
        "4,2020-04-21T12:44,5,yes",
        "1,2020-04-21T12:44,5,no",
        "5,2020-03-29T02:30,5,no",
        "6,2020-04-21T12:44,-1,no",
        "7,2020-04-21T12:44,nan,no",
    ]

    assert faults(written(tmp_path, HEAD + "\n".join(rows))) == [
        "3: `21-04-2020` is not a local time, such as 2020-04-21T12:44",
        "3: `x` is not a number",
        "4: `2020-04-21T12:44+02:00` is not a local time, such as 2020-04-21T12:44",
        "5: `2020-04-21` is not a local time, such as 2020-04-21T12:44",
        "5: `long` is not a number of minutes, 0 to 1440",
        "5: `maybe` is neither yes nor no",
        "6: who was offline at once did not talk: write 0 minutes",
        "7: number 1 stands in line 2 too",
        "8: `2020-03-29T02:30` never was: the clock was put forward",
        "9: `-1` is not a number of minutes, 0 to 1440",
        "10: `nan` is not a number of minutes, 0 to 1440",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1: the first line must be number,started_at,minutes,offline_at_once"),
        ("a,b\n", "1: the first line must be number,started_at,minutes,offline_at_once"),
        (HEAD, "1: there is no chat in this file"),
        (HEAD + "1,2020-04-21T12:44,5\n", "2: 4 values are needed"),
    ],
)
def test_a_file_that_is_no_log_is_told_in_words(tmp_path: Path, text: str, told: str) -> None:
    assert faults(written(tmp_path, text)) == [told]


def test_a_file_that_is_not_there_or_not_text_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "picture.csv").write_bytes(b"\xff\xfe\x00")

    assert faults(tmp_path / "none.csv") == ["1: cannot be read: No such file or directory"]
    assert faults(tmp_path / "picture.csv") == ["1: is not text in UTF-8"]


def test_a_log_of_several_regions_is_told_apart_by_its_column(tmp_path: Path) -> None:
    text = (
        HEAD.strip() + ",region\n1,2020-04-21T12:44,5,no,zeeland\n2,2020-04-21T13:00,9,no,twente\n"
    )
    found = read_log(written(tmp_path, text), ZONE)

    own = found.of("zeeland")
    assert own is not None and [chat.number for chat in own.chats] == [1]
    assert found.of("utrecht") is None
    assert pilot().of("utrecht") == pilot()


def test_one_region_in_a_log_of_several_is_as_long_as_the_whole_log(tmp_path: Path) -> None:
    """Two chats in two weeks are one a week, also when both came on the first day."""
    text = HEAD.strip() + (
        ",region\n1,2020-04-20T12:44,5,no,zeeland\n2,2020-04-20T13:00,9,no,zeeland\n"
        "3,2020-05-03T13:00,9,no,twente\n"
    )
    own = read_log(written(tmp_path, text), ZONE).of("zeeland")

    assert own is not None and own.weeks == 2
    assert pattern_of(own, ALWAYS).per_week == pytest.approx(1)


# the pattern of a week


def test_the_pattern_of_a_log_has_as_many_visitors_a_week_as_the_log() -> None:
    assert pattern_of(pilot(), EVENINGS).per_week == pytest.approx(33)


def test_a_pattern_has_nobody_outside_the_hours() -> None:
    found = pattern_of(pilot(), EVENINGS)

    assert all(rate == 0 for at, rate in enumerate(found.rates) if not 9 <= at % 24 < 23)


def test_a_region_with_shorter_hours_gets_only_the_chats_within_them() -> None:
    """27 of the 33 chats began outside the working week, 9 to 17."""
    office = usual_minutes(Schedule(ZONE, (Block(frozenset(range(5)), 9 * 60, 17 * 60),)))

    assert pattern_of(pilot(), office).per_week == pytest.approx(6)


def test_the_evening_is_busier_than_the_day_and_no_open_hour_is_empty() -> None:
    """A week is too short to say that nobody ever comes on Tuesday at four."""
    rates = pattern_of(pilot(), EVENINGS).rates
    by_hour = {hour: fmean(rates[hour::24]) for hour in range(9, 23)}

    assert min(by_hour.values()) > 0
    assert min(by_hour[hour] for hour in (18, 19, 20, 22)) > max(
        by_hour[hour] for hour in (9, 14, 16)
    )


def test_a_long_log_is_believed_hour_by_hour_and_a_short_one_is_not(tmp_path: Path) -> None:
    """Tuesday at ten, every week: after two years hardly anything is left for other hours."""
    tuesday = datetime(2020, 4, 21, 10, 30)
    rows = [
        f"{n},{(tuesday + timedelta(weeks=n // 20)).isoformat(timespec='minutes')},5,no"
        for n in range(2000)
    ]
    long = pattern_of(read_log(written(tmp_path, HEAD + "\n".join(rows)), ZONE), EVENINGS)
    short = pattern_of(read_log(written(tmp_path, HEAD + rows[0]), ZONE), EVENINGS)

    ten_on_tuesday = 24 + 10
    assert long.rates[ten_on_tuesday] / long.per_week > 0.9
    assert short.rates[ten_on_tuesday] / short.per_week < 0.1


def test_a_number_a_week_keeps_the_shape_of_the_log() -> None:
    one = pattern_of(pilot(), EVENINGS)
    many = one.scaled(330)

    assert many.per_week == pytest.approx(330)
    assert [rate * 10 for rate in one.rates] == pytest.approx(list(many.rates))


def test_a_log_without_a_chat_in_these_hours_gives_an_even_week(tmp_path: Path) -> None:
    found = pattern_of(
        read_log(written(tmp_path, HEAD + "1,2020-04-21T03:00,5,no\n"), ZONE), EVENINGS
    )

    assert found.per_week == 0
    assert found.scaled(14 * 7).rates[9:23] == pytest.approx([1.0] * 14)


# visitors


def test_visitors_come_as_often_as_the_pattern_says_hour_by_hour() -> None:
    """Two years: each hour of the day within four standard deviations of its Poisson mean."""
    pattern = pattern_of(pilot(), EVENINGS)
    weeks = 104
    found = draw(pattern, "r", MONDAY, MONDAY + timedelta(weeks=weeks), ZONE, PEOPLE, Random(1))

    counted = Counter(arrival.at.astimezone(ZONE).hour for arrival in found)
    for hour in range(24):
        expected = sum(pattern.rates[hour::24]) * weeks
        assert abs(counted[hour] - expected) <= 4 * expected**0.5


def test_the_same_chance_gives_the_same_visitors() -> None:
    pattern, ends = flat(100, ALWAYS), MONDAY + timedelta(weeks=1)
    one, other, third = (
        draw(pattern, "r", MONDAY, ends, ZONE, PEOPLE, Random(seed)) for seed in (7, 7, 8)
    )

    assert one == other != third


def test_visitors_come_in_order_within_the_period_and_the_open_minutes() -> None:
    half_past = usual_minutes(Schedule(ZONE, (Block(frozenset(range(7)), 570, 630),)))
    ends = MONDAY + timedelta(weeks=4)
    found = draw(flat(500, half_past), "r", MONDAY, ends, ZONE, PEOPLE, Random(1))

    times = [arrival.at for arrival in found]
    assert times == sorted(times) and MONDAY <= times[0] and times[-1] < ends
    local = [at.astimezone(ZONE) for at in times]
    assert {(at.hour, at.minute >= 30) for at in local} == {(9, True), (10, False)}
    assert len(found) == pytest.approx(2000, rel=0.1)


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25)])
def test_on_the_days_of_the_clock_changes_no_hour_is_lost_or_made_up(
    day: tuple[int, int, int], hours: int
) -> None:
    begins = datetime(*day, tzinfo=ZONE).astimezone(UTC)
    ends = (datetime(*day, tzinfo=ZONE) + timedelta(days=1)).astimezone(UTC)
    found = draw(flat(168_000, ALWAYS), "r", begins, ends, ZONE, PEOPLE, Random(1))

    assert len(found) == pytest.approx(hours * 1000, rel=0.03)
    by_hour = Counter(arrival.at.astimezone(ZONE).hour for arrival in found)
    assert by_hour[2] == pytest.approx({23: 0, 25: 2000}[hours], rel=0.15)


def test_talks_drawn_again_are_those_of_the_log() -> None:
    chance, draw_talk = Random(1), resampled(pilot())

    assert {draw_talk(chance) / 60 for _ in range(2000)} == set(pilot().talks)


def test_lognormal_talks_have_the_mean_and_the_median_that_were_given() -> None:
    chance, draw_talk = Random(1), lognormal(34.6, 24)
    talks = [draw_talk(chance) / 60 for _ in range(20_000)]

    assert fmean(talks) == pytest.approx(34.6, rel=0.05)
    assert median(talks) == pytest.approx(24, rel=0.05)


@pytest.mark.parametrize(("mean", "middle"), [(10, 11), (10, 0)])
def test_talks_that_cannot_be_are_refused(mean: float, middle: float) -> None:
    with pytest.raises(ValueError):
        lognormal(mean, middle)


def test_visitors_are_of_the_levels_and_leave_in_the_ways_that_were_given() -> None:
    people = Visitors(
        exponential(30), exponential(10), acute=0.1, urgent=0.3, at_once=0.05, silent=0.5
    )
    chance = Random(1)
    found = [people.arrival(MONDAY, "r", chance) for _ in range(20_000)]

    levels = Counter(arrival.level for arrival in found)
    leaves = Counter(arrival.leaves for arrival in found)
    assert levels["acute"] / 20_000 == pytest.approx(0.1, abs=0.01)
    assert levels["urgent"] / 20_000 == pytest.approx(0.3, abs=0.015)
    assert leaves["at_once"] / 20_000 == pytest.approx(0.05, abs=0.01)
    assert leaves["silently"] / 20_000 == pytest.approx(0.95 * 0.5, abs=0.015)


def test_a_replayed_log_has_its_own_chats_at_their_own_times() -> None:
    found = replayed(pilot(), "zeeland", PEOPLE, Random(1))

    assert [(one.at, one.service_s) for one in found] == [
        (chat.at, chat.minutes * 60) for chat in pilot().chats
    ]
    assert sum(one.leaves == "at_once" and one.patience_s == 0 for one in found) == 2


def test_the_log_that_ships_is_the_one_of_the_package() -> None:
    assert PILOT.is_file()
    assert PILOT.is_relative_to(shipped.ROOT / "handoff" / "insight")
    assert logs.COLUMNS == tuple(PILOT.read_text().splitlines()[0].split(","))


def test_an_even_week_without_an_open_minute_has_nobody() -> None:
    found = flat(100, frozenset())

    assert isinstance(found, Pattern) and found.per_week == 0
