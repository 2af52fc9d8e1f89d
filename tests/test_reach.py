"""Open is more than hours: who answers a visitor now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from data import knowledge as files
from data.hours import Block, Schedule
from data.knowledge import Knowledge
from data.rota import Planned
from handoff.desk.reach import reach, serves_today

ZOB, BNO, MIDDEN = "zuidoost-brabant", "brabant-noordoost", "midden-brabant"
#: A Monday in November; local time is an hour later.
NOON, EVENING, NIGHT = (datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (11, 19, 2))
DATA = files.load()
EVERY_DAY = frozenset(range(7))


def rostered(region: str, start: int = 0, end: int = 1440, role: str = "after_hours") -> Knowledge:
    first = date(2026, 1, 1)
    planned = Planned("p", region, "piet", role, EVERY_DAY, start, end, first, None)
    return replace(DATA, roster=(planned,))


def at(desks: dict[str, int]):  # type: ignore[no-untyped-def]
    return lambda region: desks.get(region, 0)


def test_open_hours_with_somebody_at_a_desk_are_open() -> None:
    found = reach(DATA, ZOB, NOON, at({ZOB: 1}))

    assert (found.open, found.by, found.rung) == (True, ZOB, False)
    assert found.closes_at == datetime(2026, 11, 23, 22, tzinfo=UTC)


def test_open_hours_with_nobody_there_and_nobody_to_ring_are_closed() -> None:
    found = reach(DATA, ZOB, NOON, at({}))

    assert not found.open
    assert found.opens_at == datetime(2026, 11, 24, 8, tzinfo=UTC)


def test_open_hours_with_somebody_to_ring_are_open() -> None:
    found = reach(rostered(ZOB), ZOB, EVENING, at({}))

    assert (found.open, found.by, found.rung) == (True, ZOB, True)


def test_closed_hours_stay_closed_whoever_sits_there() -> None:
    assert not reach(rostered(ZOB), ZOB, NIGHT, at({ZOB: 3, BNO: 3})).open


def test_a_region_whose_partner_is_open_never_says_closed() -> None:
    found = reach(DATA, BNO, EVENING, at({ZOB: 1}))

    assert (found.open, found.by, found.helped) == (True, ZOB, True)
    assert found.closes_at == datetime(2026, 11, 23, 22, tzinfo=UTC)


def test_a_partner_that_is_closed_itself_does_not_help() -> None:
    assert not reach(DATA, ZOB, EVENING, at({BNO: 2})).open


def test_a_partner_whose_people_are_rung_at_home_keeps_another_region_open() -> None:
    found = reach(rostered(ZOB), BNO, EVENING, at({}))

    assert (found.by, found.rung) == (ZOB, True)
    assert found.closes_at == datetime(2026, 11, 23, 22, tzinfo=UTC)


def test_a_partner_whose_people_are_rung_helps_within_its_own_hours_only() -> None:
    assert not reach(rostered(ZOB), BNO, NIGHT, at({})).open


def test_a_partner_at_a_desk_is_asked_before_one_at_home() -> None:
    found = reach(rostered(ZOB), MIDDEN, NOON, at({BNO: 1}))

    assert (found.by, found.rung) == (BNO, False)


def test_a_partner_that_took_all_it_may_today_keeps_no_other_region_open() -> None:
    found = reach(DATA, BNO, EVENING, at({ZOB: 1}), lambda agreement: agreement.helper == ZOB)
    assert not found.open

    found = reach(rostered(ZOB), BNO, EVENING, at({}), lambda agreement: True)
    assert not found.open


def test_a_partner_that_took_all_it_may_today_is_passed_over_for_the_next() -> None:
    found = reach(DATA, MIDDEN, NOON, at({ZOB: 1, BNO: 1}), lambda one: one.helper == ZOB)

    assert found.by == BNO


def test_a_partner_that_lends_a_hand_by_the_hour_answers_until_that_hour_ends() -> None:
    until_nine = Schedule(DATA.regions[ZOB].chat_hours.zone, (Block(EVERY_DAY, 1080, 1260),))
    agreements = tuple(replace(one, hours=until_nine) for one in DATA.agreements)

    found = reach(replace(DATA, agreements=agreements), BNO, EVENING, at({ZOB: 1}))

    assert found.closes_at == datetime(2026, 11, 23, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "day, duty",
    [(23, "twente"), (24, "ijsselland"), (25, "noord-oost-gelderland"), (27, "gelderland-zuid")],
)
def test_in_a_pool_the_region_on_duty_is_home_for_its_day(day: int, duty: str) -> None:
    now = datetime(2026, 11, day, 11, tzinfo=UTC)

    found = reach(DATA, "gelderland-midden", now, at({duty: 1}))

    assert (found.line, found.by, found.helped) == (duty, duty, False)


# whether waiting for the own region makes sense


@pytest.mark.parametrize(
    ("knowledge", "now", "desks", "serves"),
    [
        # hours are left, and nobody comes
        (DATA, NOON, {}, False),
        (DATA, NOON, {BNO: 1}, False),
        (DATA, NOON, {ZOB: 1}, True),
        (rostered(ZOB), NOON, {}, True),
        (rostered(ZOB), NIGHT, {}, True),
        # planned later today; from 20:00 to 23:00, and until 9:00, before it opens
        (rostered(ZOB, 1200, 1380), NOON, {}, True),
        (rostered(ZOB, 0, 540), NOON, {}, False),
        (rostered(ZOB, 1380, 1440), NOON, {}, False),
        # who is on call does not answer visitors
        (rostered(ZOB, role="on_call"), NOON, {}, False),
        # no hours are left today, whoever is planned
        (rostered(BNO), EVENING, {BNO: 1}, None),
    ],
)
def test_waiting_for_the_own_region_is_offered_only_where_somebody_will_be(
    knowledge: Knowledge, now: datetime, desks: dict[str, int], serves: bool | None
) -> None:
    region = BNO if serves is None else ZOB

    assert serves_today(knowledge, region, now, at(desks)) is bool(serves)


def test_in_a_pilot_only_who_is_listed_is_worth_waiting_for() -> None:
    knowledge = replace(rostered(ZOB), pilots={ZOB: frozenset({"marie"})})

    assert not serves_today(knowledge, ZOB, NOON, at({}))
    assert not reach(knowledge, ZOB, NOON, at({})).open
