"""Opening hours as they are written: blocks, days that differ, feasts, zones."""

from __future__ import annotations

from datetime import date

import pytest

from data.files import Section, parse_yaml
from data.hours import (
    Block,
    Holiday,
    read_blocks,
    read_exceptions,
    read_holidays,
    zone_named,
)


def read(text: str) -> Section:
    return Section(parse_yaml(text.encode(), "a.yml"), "a.yml", [])


def test_blocks_are_read_with_days_and_ranges() -> None:
    section = read("h:\n  - {days: [mon-wed, sat], from: 09:00, to: 24:00}\n")

    assert read_blocks(section, "h") == (Block(frozenset({0, 1, 2, 5}), 540, 1440),)
    assert section.faults == []


def test_range_of_days_may_run_over_the_weekend() -> None:
    (block,) = read_blocks(read("h: [{days: [sat-mon], from: 9:00, to: 17:00}]"), "h")

    assert block.days == {5, 6, 0}


def test_end_before_the_start_is_past_midnight() -> None:
    (block,) = read_blocks(read("h: [{days: [fri], from: 22:00, to: 02:00}]"), "h")

    assert (block.start, block.end) == (22 * 60, 26 * 60)


@pytest.mark.parametrize(
    ("item", "fault"),
    [
        (
            "{days: [mno], from: 9:00, to: 17:00}",
            "`mno` is not a day; write mon ... sun, or mon-fri",
        ),
        ("{days: [mon], from: 9, to: 17:00}", "`9` is not a time, such as 09:00 or 24:00"),
        ("{days: [mon], from: 9:60, to: 17:00}", "`9:60` is not a time, such as 09:00 or 24:00"),
        ("{days: [mon], from: 9:00, to: 24:01}", "`24:01` is not a time, such as 09:00 or 24:00"),
        ("{days: [mon], from: ²:00, to: 17:00}", "`²:00` is not a time, such as 09:00 or 24:00"),
        ("{days: [mon], from: -1:00, to: 17:00}", "`-1:00` is not a time, such as 09:00 or 24:00"),
        ("{days: [mon], from: 9:00, to: 9:00}", "`from` and `to` are the same time"),
        ("{days: [mon], from: 9:00}", "`to` is missing"),
        ("{days: [mon], form: 9:00, to: 17:00}", "`form` is not known here; did you mean `from`?"),
    ],
)
def test_block_that_makes_no_sense_is_told_with_its_line(item: str, fault: str) -> None:
    section = read(f"h:\n  - {item}\n")
    read_blocks(section, "h")

    assert f"a.yml:2: {fault}" in [str(found) for found in section.faults]


def test_exceptions_are_read_and_one_day_may_have_two_blocks() -> None:
    section = read(
        "e:\n"
        "  - {date: 2026-12-24, from: 09:00, to: 12:00, why: Kerstavond}\n"
        "  - {date: 2026-12-24, from: 13:00, to: 15:00}\n"
        "  - {date: 2026-12-25, closed: true}\n"
    )
    found = read_exceptions(section, "e")

    assert [(block.start, block.end) for block in found[date(2026, 12, 24)]] == [
        (540, 720),
        (780, 900),
    ]
    assert found[date(2026, 12, 25)] == ()
    assert section.faults == []


def test_exception_on_a_day_that_is_none_is_told() -> None:
    section = read("e:\n  - {date: 2026-02-30, closed: true}\n")
    read_exceptions(section, "e")

    assert [str(found) for found in section.faults] == [
        "a.yml:2: `2026-02-30` is not a date, such as 2026-12-24"
    ]


def test_holidays_are_read() -> None:
    section = read(
        "holidays:\n  a: {on: 04-27, if_sunday: -1}\n  b: {easter: 39}\n  c: {on: 2-30}\n"
    )
    found = read_holidays(section)

    assert found["a"] == Holiday(4, 27, if_sunday=-1)
    assert found["b"] == Holiday(easter_offset=39)
    assert [str(fault) for fault in section.faults] == [
        "a.yml:4: `2-30` is not a month and day, such as 04-27"
    ]


def test_zone_that_is_none_is_not_found() -> None:
    for name in ("", "Europe/Amsterdm"):
        with pytest.raises(LookupError):
            zone_named(name)
