"""Open is more than hours: who answers a visitor now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from data import knowledge as files
from data.knowledge import Knowledge
from data.rota import Planned
from handoff.desk.reach import reach

ZOB, BNO = "zuidoost-brabant", "brabant-noordoost"
#: A Monday in November; local time is an hour later.
NOON, EVENING, NIGHT = (datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (11, 19, 2))
DATA = files.load()


def rostered(region: str) -> Knowledge:
    first = date(2026, 1, 1)
    planned = Planned("p", region, "piet", "after_hours", frozenset(range(7)), 0, 1440, first, None)
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


def test_a_partner_that_is_only_rung_does_not_make_another_region_open() -> None:
    assert not reach(rostered(ZOB), BNO, EVENING, at({})).open


@pytest.mark.parametrize(
    "day, duty",
    [(23, "twente"), (24, "ijsselland"), (25, "noord-oost-gelderland"), (27, "gelderland-zuid")],
)
def test_in_a_pool_the_region_on_duty_is_home_for_its_day(day: int, duty: str) -> None:
    now = datetime(2026, 11, day, 11, tzinfo=UTC)

    found = reach(DATA, "gelderland-midden", now, at({duty: 1}))

    assert (found.line, found.by, found.helped) == (duty, duty, False)
