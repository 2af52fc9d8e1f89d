"""What a simulation counts, the plain queue, and who is at the desk when."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from data.files import Unreadable
from handoff.insight import staffing, study, tables
from handoff.insight.arrivals import Visitors, exponential, flat, usual_minutes
from handoff.insight.outcome import ALL, count, percentile, spread, summarise
from handoff.insight.reference import play
from handoff.insight.scenario import Arrival, BadScenario, Outcome, Presence, Scenario, Visit
from tests import shipped

KNOWN = shipped.knowledge()
HOME = shipped.REGION
ZONE = KNOWN.regions[HOME].chat_hours.zone
#: Monday at noon.
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
CLOSING = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
PEOPLE = Visitors(talk=exponential(30), patience=exponential(10))


def comes(minute: float, talk: float = 30, patience: float = 10, **other: str) -> Arrival:
    """Somebody who comes so many minutes after noon; other times in minutes too."""
    given = {"region": HOME, "level": "normal", "leaves": "says"} | other
    return Arrival(
        NOON + timedelta(minutes=minute), service_s=talk * 60, patience_s=patience * 60, **given
    )


def shift(begin: float = -60, end: float = 600, cap: int = 1, region: str = HOME) -> Presence:
    begins, ends = (NOON + timedelta(minutes=minute) for minute in (begin, end))
    return Presence(f"{region}-1", region, begins, ends, cap)


def played(
    arrivals: list[Arrival], *shifts: Presence, answer_s: float = 0, region_cap: int = 8
) -> list[tuple[str, float]]:
    """How each visit ended, and after how many minutes."""
    regions = {**KNOWN.regions, HOME: replace(KNOWN.regions[HOME], region_cap=region_cap)}
    given = Scenario(
        knowledge=replace(KNOWN, regions=regions),
        begins=NOON,
        ends=NOON + timedelta(days=1),
        presence=shifts,
        arrivals=tuple(arrivals),
        answer_s=answer_s,
    )
    outcome = play(given, Random(0))
    assert [visit.arrival for visit in outcome.visits] == arrivals
    return [(visit.end, visit.waited_s / 60) for visit in outcome.visits]


# the plain queue


def test_who_comes_first_is_answered_first_and_the_next_when_a_place_is_free() -> None:
    assert played([comes(0), comes(1, patience=60), comes(2, patience=90)], shift()) == [
        ("answered", 0),
        ("answered", 29),
        ("answered", 58),
    ]


def test_who_has_no_patience_left_goes_and_gives_the_place_in_line_to_the_next() -> None:
    assert played([comes(0), comes(1, patience=5), comes(2, patience=60)], shift()) == [
        ("answered", 0),
        ("left", 5),
        ("answered", 28),
    ]


def test_acute_goes_before_all_others() -> None:
    waiting = [comes(1, patience=90), comes(2, patience=90, level="acute")]

    assert played([comes(0), *waiting], shift()) == [
        ("answered", 0),
        ("answered", 59),
        ("answered", 28),
    ]


@pytest.mark.parametrize(("cap", "region_cap"), [(2, 8), (3, 2)])
def test_there_are_as_many_places_as_the_lower_cap(cap: int, region_cap: int) -> None:
    found = played([comes(0), comes(0), comes(0)], shift(cap=cap), region_cap=region_cap)

    assert [end for end, _ in found] == ["answered", "answered", "left"]


def test_a_place_is_held_while_an_offer_is_answered() -> None:
    assert played([comes(0), comes(0, patience=60)], shift(), answer_s=60) == [
        ("answered", 1),
        ("answered", 32),
    ]


def test_who_leaves_during_an_offer_frees_the_place_then() -> None:
    assert played([comes(0, patience=0.5), comes(0)], shift(), answer_s=60) == [
        ("left", 0.5),
        ("answered", 1.5),
    ]


def test_who_was_offline_at_once_takes_no_place() -> None:
    gone = comes(0, talk=0, patience=0, leaves="at_once")

    assert played([gone, comes(0)], shift()) == [("at_once", 0), ("answered", 0)]


def test_outside_the_hours_it_is_closed() -> None:
    at_night = comes(12 * 60)

    assert played([at_night], shift(end=24 * 60)) == [("closed", 0)]


def test_who_is_in_line_at_closing_time_is_still_answered() -> None:
    """The chat closes at 23:00, eleven hours past noon, and so does the shift."""
    last = 11 * 60
    found = played([comes(last - 20), comes(last - 1, patience=30)], shift(end=last))

    assert found == [("answered", 0), ("answered", 11)]


def test_a_shift_that_ends_while_open_leaves_the_line_to_the_next_one() -> None:
    found = played([comes(0), comes(1, patience=90)], shift(end=10), shift(begin=60))

    assert found == [("answered", 0), ("answered", 59)]


def test_visitors_of_a_pool_stand_in_the_line_of_the_region_on_duty() -> None:
    """On Monday twente serves for all five, and that is no overflow."""
    given = Scenario(
        knowledge=KNOWN,
        begins=NOON,
        ends=NOON + timedelta(days=1),
        presence=(shift(region="twente"),),
        arrivals=(comes(0, region="ijsselland"),),
    )
    (visit,) = play(given, Random(0)).visits

    assert (visit.end, visit.served_by, visit.overflow) == ("answered", "twente", None)


# what cannot be played


@pytest.mark.parametrize(
    ("arrivals", "shifts", "told"),
    [
        ([comes(1), comes(0)], [], "stands after"),
        ([comes(0, region="atlantis")], [], "atlantis"),
        ([comes(0, level="red")], [], "red"),
        ([comes(0, leaves="crying")], [], "crying"),
        ([comes(0, talk=-1)], [], "below zero"),
        ([], [shift(cap=4)], "at most 3"),
        ([], [shift(end=-90)], "after it begins"),
        ([], [shift(region="atlantis")], "atlantis"),
    ],
)
def test_a_scenario_that_cannot_be_is_refused_in_words(
    arrivals: list[Arrival], shifts: list[Presence], told: str
) -> None:
    with pytest.raises(BadScenario, match=told):
        played(arrivals, *shifts)


# what is counted


def test_who_was_gone_at_once_or_found_it_closed_does_not_count_as_waiting() -> None:
    visits = (
        Visit(comes(0), "answered", 100, HOME),
        Visit(comes(0), "answered", 301, "zeeland"),
        Visit(comes(0), "left", 50),
        Visit(comes(0), "waiting", 900),
        Visit(comes(0), "at_once", 0),
        Visit(comes(0), "closed", 0),
    )
    summary = summarise([count(Outcome(visits), ZONE, 300)], [HOME], 2, 5)
    found = summary.all

    assert summary.hours[12].visitors.mean == 2  # four in two weeks
    assert found.within is not None and found.within.mean == 1 / 4
    assert found.left_share is not None and found.left_share.mean == 1 / 4
    assert found.visitors.mean == 3  # six in two weeks
    assert found.overflowed.mean == 0.5


def test_a_figure_has_the_range_of_95_runs_in_100_and_the_error_of_its_mean() -> None:
    found = spread([float(number) for number in range(1, 101)])

    assert found is not None
    assert (found.mean, found.low, found.high) == (50.5, 3, 98)
    assert found.error == pytest.approx(1.984 * 29.01 / 10, rel=1e-3)
    assert spread([]) is None


def test_a_percentile_is_a_value_that_was_there() -> None:
    assert [percentile([1, 2, 3, 10], share) for share in (0, 50, 75, 90)] == [1, 2, 3, 10]


def test_a_region_without_visitors_has_dashes_and_no_zeros_for_waits() -> None:
    found = summarise([count(Outcome(()), ZONE, 300)], [HOME], 1, 5)

    assert found.all.within is None and found.all.wait_min[90] is None
    assert [row.region for row in found.regions] == [ALL, HOME]


def test_the_tables_have_a_row_for_each_region_hour_and_pair() -> None:
    visits = (Visit(comes(0), "answered", 90, "zeeland"), Visit(comes(0), "left", 30))
    found = summarise([count(Outcome(visits), ZONE, 300)], [HOME, "zeeland"], 1, 5)
    regions, hours, pairs = (
        list(csv.DictReader(io.StringIO(table(found))))
        for table in (tables.regions, tables.hours, tables.overflow)
    )

    assert [row["region"] for row in regions] == ["*", HOME, "zeeland"]
    assert regions[1]["wait_p90_minutes"] == "1.5" and regions[2]["wait_p90_minutes"] == ""
    assert regions[1]["share_answered_in_time"] == "0.5"
    assert [row["visitors_per_week"] for row in hours] == ["0"] * 12 + ["2"] + ["0"] * 11
    assert [tuple(row.values())[:3] for row in pairs] == [(HOME, "zeeland", "1")]


# a study


def asked(*regions: str, number: int = 1) -> study.Study:
    begins, ends = NOON - timedelta(hours=12), NOON + timedelta(days=7, hours=-12)
    patterns = {slug: flat(50, usual_minutes(KNOWN.regions[slug].chat_hours)) for slug in regions}
    presence = staffing.in_open_hours(KNOWN, regions, number, begins, ends)
    return study.Study(KNOWN, ZONE, begins, ends, patterns, PEOPLE, presence)


def test_the_same_run_has_the_same_visitors_whatever_the_roster_and_the_other_regions() -> None:
    one, two = study.scenario(asked(HOME), 3), study.scenario(asked("zeeland", HOME, number=2), 3)

    assert one.arrivals == tuple(visit for visit in two.arrivals if visit.region == HOME)
    assert one.arrivals != study.scenario(asked(HOME), 4).arrivals
    assert two.regions == ("zeeland", HOME) or two.regions == (HOME, "zeeland")


def test_a_second_caseworker_makes_the_wait_shorter() -> None:
    alone, together = (study.run(asked(HOME, number=number), play, 5, 5).all for number in (1, 2))

    assert alone.left.mean > together.left.mean
    assert alone.visitors == together.visitors


def test_progress_is_told_after_every_run() -> None:
    told: list[tuple[int, int]] = []
    study.run(asked(HOME), play, 3, 5, lambda done, total: told.append((done, total)))

    assert told == [(1, 3), (2, 3), (3, 3)]


# who is at the desk when


def spans(presence: tuple[Presence, ...]) -> list[str]:
    return [
        f"{one.caseworker} {one.begins.astimezone(ZONE):%a %H:%M}-{one.ends.astimezone(ZONE):%H:%M}"
        for one in presence
    ]


def test_so_many_caseworkers_are_there_in_every_open_hour() -> None:
    begins = NOON - timedelta(hours=12)
    found = staffing.in_open_hours(KNOWN, [HOME], 2, begins, begins + timedelta(days=2))

    assert spans(found) == [
        f"{HOME}-1 Mon 09:00-23:00",
        f"{HOME}-2 Mon 09:00-23:00",
        f"{HOME}-1 Tue 09:00-23:00",
        f"{HOME}-2 Tue 09:00-23:00",
    ]
    assert {one.cap for one in found} == {KNOWN.regions[HOME].caseworker_cap}


def test_in_a_pool_the_people_of_the_region_on_duty_are_there_once() -> None:
    begins = NOON - timedelta(hours=12)
    pool = ["twente", "ijsselland", "gelderland-zuid"]
    found = staffing.in_open_hours(KNOWN, pool, 1, begins, begins + timedelta(days=2))

    assert spans(found) == ["twente-1 Mon 09:00-17:00", "ijsselland-1 Tue 09:00-17:00"]


def roster(folder: Path, *rows: str) -> Path:
    file = folder / "roster.csv"
    file.write_text("region,days,from,to,caseworkers\n" + "\n".join(rows) + "\n")
    return file


def test_a_roster_has_shifts_by_day_also_past_midnight(tmp_path: Path) -> None:
    file = roster(tmp_path, f"{HOME},mon tue,09:00,17:00,2", f"{HOME},fri-mon,20:00,02:00,1")
    begins = NOON - timedelta(hours=12)
    planned = staffing.read_roster(file, KNOWN)
    found = staffing.from_roster(KNOWN, planned, begins, begins + timedelta(days=1))

    assert spans(found) == [
        f"{HOME}-3-1 Sun 20:00-02:00",
        f"{HOME}-2-1 Mon 09:00-17:00",
        f"{HOME}-2-2 Mon 09:00-17:00",
        f"{HOME}-3-1 Mon 20:00-02:00",
    ]


def test_a_fault_in_a_roster_is_told_with_its_line(tmp_path: Path) -> None:
    file = roster(tmp_path, "zeelnd,mo,9.00,24:30,x", "zeeland,mon,09:00,09:00,1")

    with pytest.raises(Unreadable) as caught:
        staffing.read_roster(file, KNOWN)

    told = [f"{fault.line}: {fault.message}" for fault in caught.value.faults]
    assert [text for text in told if text.startswith("2: `zeelnd` is not a region")]
    assert "2: `mo` is not a day; write mon ... sun, or mon-fri" in told
    assert "2: `9.00` is not a time, such as 09:00 or 24:00" in told
    assert "2: `24:30` is not a time, such as 09:00 or 24:00" in told
    assert "2: `x` is not a number of caseworkers, 0 to 100" in told
    assert "3: `from` and `to` are the same time" in told
