"""Rows of operation that cannot be applied, and when the next one begins or ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handoff.desk.operation import (
    Unusable,
    clock_of,
    end_of,
    lay_over,
    minutes_of,
    next_change,
    try_on,
)
from tests import shipped
from tests.test_operation import NIGHT, NOON, REGION, is_open, laid, off, row, shift, swap


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
