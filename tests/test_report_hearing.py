"""`voordeur report hearing`: the figures of the pilot as a table and as bars."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from handoff.cli import main
from handoff.clock import micros
from handoff.insight.hearing import Heard, by_week, cells, periods
from handoff.insight.svg import LETTER_PX
from handoff.storage import hearings
from handoff.storage.hearings import Count
from tests.support.storing import a_ticket, opened

SVG = "{http://www.w3.org/2000/svg}"


def wrote(database: str, *counts: Count) -> str:
    """A database with figures."""

    async def inside() -> None:
        async with opened(database) as db:
            await db.run(hearings.add, counts)

    asyncio.run(inside())
    return database


def level(day: str, name: str, *numbers: int, region: str = "utrecht") -> Count:
    return Count((region, day, name), *numbers)


def told(capsys: pytest.CaptureFixture[str], database: str, *given: str) -> list[str]:
    """The lines of the table."""
    assert main(["report", "hearing", "--database", database, *given]) == 0
    return capsys.readouterr().out.splitlines()


def refused(capsys: pytest.CaptureFixture[str], database: str, *given: str) -> str:
    assert main(["report", "hearing", "--database", database, *given]) == 1
    return capsys.readouterr().err


HEAD = "heard,agreed,struck,not_judged,agreed_percent,low,high"


def test_each_day_and_level_has_its_counts_and_how_often_it_was_right(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wrote(
        database,
        level("2026-11-23", "acute", 12, 8, 2),
        level("2026-11-23", "acute", 1, 0, 0, region="drenthe"),
        level("2026-11-23", "urgent", 3, 0, 0),
        level("2026-11-24", "acute", 1, 1, 0),
    )

    assert told(capsys, database) == [
        f"day,level,{HEAD}",
        "2026-11-23,acute,13,8,2,3,80,49,94",
        "2026-11-23,urgent,3,0,0,3,-,-,-",
        "2026-11-24,acute,1,1,0,0,100,21,100",
    ]
    assert told(capsys, database, "--region", "drenthe")[1:] == ["2026-11-23,acute,1,0,0,1,-,-,-"]
    assert told(capsys, database, "--from", "2026-11-24")[1:] == [
        "2026-11-24,acute,1,1,0,0,100,21,100"
    ]
    assert len(told(capsys, database, "--to", "2026-11-23")) == 3


def test_days_are_gathered_to_weeks_and_months(
    sqlite_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wrote(
        sqlite_database,
        level("2026-11-29", "acute", 2, 1, 0),
        level("2026-11-30", "acute", 2, 1, 0),
        level("2027-01-01", "acute", 5, 5, 0),
    )

    weeks = [line.split(",")[0] for line in told(capsys, sqlite_database, "--by", "week")]
    months = [line.split(",")[:3] for line in told(capsys, sqlite_database, "--by", "month")]

    assert weeks == ["week", "2026-W48", "2026-W49", "2026-W53"]
    assert months[1:] == [["2026-11", "acute", "4"], ["2027-01", "acute", "5"]]


def test_signals_are_told_by_the_month_and_of_all_regions(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wrote(database, Count(("2026-11", "weapon"), 10, 6, 3), Count(("2026-12", "child"), 5, 0, 5))

    assert told(capsys, database, "--signals", "--to", "2026-11-30") == [
        f"month,signal,{HEAD}",
        "2026-11,weapon,10,6,3,1,67,35,88",
    ]
    assert "leave out --region" in refused(capsys, database, "--signals", "--region", "utrecht")


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((0, 0, 0), ["0", "0", "0", "0"]),
        ((4, 4, 0), ["<5", "-", "-", "-"]),
        ((5, 5, 0), ["5", "5", "0", "0"]),
        ((30, 20, 4), ["30", "-", "-", "-"]),
        ((30, 20, 7), ["30", "-", "-", "-"]),
        ((30, 20, 5), ["30", "20", "5", "5"]),
    ],
)
def test_people_outside_are_not_told_small_numbers_nor_what_gives_them_away(
    numbers: Sequence[int], expected: list[str]
) -> None:
    row = Heard("2026-11", "acute", *numbers)

    assert cells(row, outside=True)[:4] == expected
    assert cells(row, outside=False)[:4] == [*map(str, numbers), str(row.open)]


def test_every_period_stands_on_the_axis() -> None:
    assert periods("2026-11-28", "2026-12-08", by_week) == ["2026-W48", "2026-W49", "2026-W50"]


def drawn(database: str, tmp_path: Path, *given: str) -> ElementTree.Element:
    """The picture."""
    file = tmp_path / "hearing.svg"
    assert main(["report", "hearing", "--database", database, "--svg", str(file), *given]) == 0
    return ElementTree.fromstring(file.read_text("utf-8"))


def texts(picture: ElementTree.Element) -> list[str]:
    return [str(found.text) for found in picture.iter(f"{SVG}text")]


def bars(picture: ElementTree.Element) -> list[tuple[str, float]]:
    """Kind and height, without the squares of the legend and the paper."""
    return [
        (found.attrib["class"], float(found.attrib["height"]))
        for found in picture.iter(f"{SVG}rect")
        if found.attrib["class"] != "paper" and found.attrib["height"] != "12"
    ]


def test_the_picture_has_a_bar_in_three_parts_for_each_day_and_level(
    sqlite_database: str, tmp_path: Path
) -> None:
    wrote(
        sqlite_database,
        level("2026-11-23", "acute", 10, 4, 4),
        level("2026-11-25", "urgent", 5, 5, 0),
    )

    picture = drawn(sqlite_database, tmp_path)

    assert [kind for kind, _ in bars(picture)] == ["good", "late", "left", "good"]
    heights = [high for _, high in bars(picture)]
    assert heights[0] == heights[1] > heights[2]
    assert {"2026-11-23", "2026-11-24", "2026-11-25", "ACUUT: gesprekken"} <= set(texts(picture))
    assert "2026-11-23, ACUUT: 10 gehoord, 4 klopt, 4 doorgestreept, 2 niet beoordeeld." in str(
        picture.findtext(f"{SVG}desc")
    )
    assert "ACUTE: conversations" in texts(drawn(sqlite_database, tmp_path, "--language", "en"))


def test_the_picture_for_outside_gives_no_small_number_away(
    sqlite_database: str, tmp_path: Path
) -> None:
    wrote(
        sqlite_database,
        level("2026-11-23", "acute", 20, 17, 3),
        level("2026-11-24", "acute", 3, 3, 0),
    )

    picture = drawn(sqlite_database, tmp_path, "--outside")

    assert [kind for kind, _ in bars(picture)] == ["soft"]
    assert "<5" in texts(picture)
    words = str(picture.findtext(f"{SVG}desc"))
    assert "17" not in words
    assert "2026-11-24, ACUUT: minder dan 5 gehoord." in words


def test_no_name_of_a_period_hangs_over_the_edge_of_the_picture(
    sqlite_database: str, tmp_path: Path
) -> None:
    days = [f"2026-11-{day:02}" for day in range(1, 23)]
    wrote(sqlite_database, *(level(day, "acute", 9, 9, 0) for day in days))

    picture = drawn(sqlite_database, tmp_path)

    wide = float(picture.attrib["width"])
    for found in picture.iter(f"{SVG}text"):
        half = LETTER_PX * len(str(found.text)) / 2
        if found.attrib["text-anchor"] == "middle":
            assert half <= float(found.attrib["x"]) <= wide - half, found.text


def test_without_figures_it_says_so(
    sqlite_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "hearing", "--database", sqlite_database]) == 0
    found = capsys.readouterr()
    assert found.out.splitlines() == [f"day,level,{HEAD}"]
    assert "--from" in found.err
    assert "In deze periode is er niets gehoord." in texts(drawn(sqlite_database, tmp_path))


def test_what_cannot_be_asked_is_refused_with_what_can(
    sqlite_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrote(
        sqlite_database,
        level("2026-01-01", "acute", 9, 9, 0),
        level("2026-11-24", "acute", 9, 9, 0),
    )
    svg = ("--svg", str(tmp_path / "x.svg"))

    assert "utrecht" in refused(capsys, sqlite_database, "--region", "utrech")
    assert "turn them round" in refused(
        capsys, sqlite_database, "--from", "2026-02-01", "--to", "2026-01-01"
    )
    assert "--by week" in refused(capsys, sqlite_database, *svg)
    assert "cannot be written" in refused(
        capsys, sqlite_database, "--by", "month", "--svg", str(tmp_path / "no" / "x.svg")
    )
    assert "nl, en" in refused(capsys, sqlite_database, "--language", "fy")
    with pytest.raises(SystemExit):
        main(["report", "hearing", "--from", "23-11-2026"])
    assert "is not a day, such as 2026-11-23" in capsys.readouterr().err


# levels


async def _tickets(database: str, *given: tuple[str, datetime, str]) -> None:
    async with opened(database) as db:
        for at, (level_of_it, entered, region) in enumerate(given):
            await a_ticket(db, f"t{at}", region, level=level_of_it, entered_at=micros(entered))


def test_which_part_of_the_tickets_has_which_level(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """If most are urgent the order means little (DOMAIN 2.3). The day is the organisation's."""
    morning = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    midnight = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    asyncio.run(
        _tickets(
            database,
            ("acute", morning, "utrecht"),
            ("normal", morning, "utrecht"),
            ("normal", morning, "drenthe"),
            ("normal", morning, "drenthe"),
            ("urgent", midnight, "drenthe"),
        )
    )
    levels = ["report", "levels", "--database", database]

    assert main(levels) == 0
    assert capsys.readouterr().out.splitlines() == [
        "day,level,tickets,percent,low,high",
        "2026-11-23,acute,1,25,5,70",
        "2026-11-23,urgent,0,0,0,49",
        "2026-11-23,normal,3,75,30,95",
        "2026-11-24,acute,0,0,0,79",
        "2026-11-24,urgent,1,100,21,100",
        "2026-11-24,normal,0,0,0,79",
    ]
    main([*levels, "--to", "2026-11-23", "--region", "utrecht", "--by", "week", "--outside"])
    assert capsys.readouterr().out.splitlines()[1:] == [
        "2026-W48,acute,<5,-,-,-",
        "2026-W48,urgent,0,-,-,-",
        "2026-W48,normal,<5,-,-,-",
    ]
