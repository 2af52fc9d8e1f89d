"""`voordeur report settlement`, and the gaps of which `voordeur check` warns."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from handoff.cli import content, main
from handoff.cli.gaps import warnings
from handoff.storage.operation import add_roster, propose
from handoff.storage.sql import Command, insert
from handoff.storage.tables import Ledger, Operation
from handoff.storage.tickets import audit
from tests import shipped
from tests.support.built import planned
from tests.support.storing import opened

MONDAY = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
Command0 = Callable[[], Command[Any]]


def run(database: str, *commands: Command0) -> None:
    """Writes into a database."""

    async def inside() -> None:
        async with opened(database) as db:
            for command in commands:
                await db.run(command)

    asyncio.run(inside())


def entry(home: str, serving: str, month: str, chats: int, seconds: int) -> Command0:
    """A row of the ledger."""

    def command() -> Command[None]:
        yield (
            insert(Ledger),
            {
                "home_region": home,
                "serving_region": serving,
                "month": month,
                "chats": chats,
                "seconds": seconds,
            },
        )

    return command


# the settlement


def test_the_settlement_is_one_line_for_each_pair_and_month(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(
        database,
        entry("utrecht", "flevoland", "2026-11", 2, 3_629),
        entry("utrecht", "flevoland", "2026-10", 1, 30),
        entry("groningen", "drenthe", "2026-11", 3, 0),
    )

    assert main(["report", "settlement", "--database", database]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "home_region,serving_region,month,chats,minutes",
        "utrecht,flevoland,2026-10,1,1",
        "groningen,drenthe,2026-11,3,0",
        "utrecht,flevoland,2026-11,2,60",
    ]


def test_the_settlement_of_one_month(
    sqlite_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(
        sqlite_database,
        entry("utrecht", "flevoland", "2026-11", 2, 600),
        entry("utrecht", "flevoland", "2026-10", 1, 60),
    )

    main(["report", "settlement", "--month", "2026-10", "--database", sqlite_database])

    assert capsys.readouterr().out.splitlines()[1:] == ["utrecht,flevoland,2026-10,1,1"]


@pytest.mark.parametrize("month", ["2026", "2026-13", "november", "2026-1", "2026-10-01"])
def test_a_month_that_is_none_is_refused(month: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["report", "settlement", "--month", month])

    assert "is not a month, such as 2026-11" in capsys.readouterr().err


def test_a_settlement_without_a_database_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "settlement", "--database", f"sqlite:///{tmp_path / 'no.db'}"]) == 1
    assert capsys.readouterr().err.startswith("voordeur report: ")


# gaps


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the data that ships."""
    return shutil.copytree(shipped.DATA_FOLDER, tmp_path / "data")


def test_what_ships_has_no_gap_that_the_files_can_know_of() -> None:
    assert warnings(shipped.DATA_FOLDER, None, MONDAY) == []


def test_a_day_without_duty_is_told_four_weeks_ahead(folder: Path) -> None:
    file = folder / "agreements.yml"
    file.write_text(file.read_text().replace("      wed: noord-oost-gelderland\n", ""))

    assert warnings(folder, None, MONDAY) == [
        f"warning: Wed {day} 09:00-17:00 oost: the rota names no region"
        for day in ("2026-11-25", "2026-12-02", "2026-12-09", "2026-12-16")
    ]


def test_a_region_on_duty_with_a_day_off_is_told(folder: Path) -> None:
    file = folder / "regions.yml"
    day_off = "    exceptions:\n      - {date: 2026-11-30, from: 09:00, to: 12:00}\n"
    file.write_text(file.read_text().replace("  twente:\n", f"  twente:\n{day_off}"))

    assert warnings(folder, None, MONDAY) == [
        "warning: Mon 2026-11-30 12:00-17:00 twente: it is on duty, and says that it is closed"
    ]


def test_with_a_database_the_roster_and_the_operation_count(sqlite_database: str) -> None:
    regions = [slug for slug in shipped.knowledge().regions if slug != "utrecht"]
    closed = Operation(
        id="o",
        kind="closed",
        region="twente",
        from_at=round(MONDAY.timestamp() * 1_000_000),
        until_at=round(MONDAY.timestamp() * 1_000_000) + 7_200_000_000,
        reason="griep",
        state="active",
        made_by="c",
        made_at=0,
    )
    notes = (audit(f"a{number}", 0, "c", "roster", None) for number in range(100))
    run(
        sqlite_database,
        *[lambda slug=slug: add_roster(planned(slug, "piket"), next(notes)) for slug in regions],
        lambda: propose(closed, next(notes)),
    )

    found = warnings(shipped.DATA_FOLDER, sqlite_database, MONDAY)

    assert found[0] == (
        "warning: Mon 2026-11-23 12:00-14:00 twente: it is on duty, and says that it is closed"
    )
    assert found[1] == "warning: Mon 2026-11-23 09:00-17:00 utrecht: nobody is planned"
    assert len(found) == 1 + 20


def test_gaps_are_warnings_and_check_still_passes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(content, "looked_at", lambda script, data: ([], None))
    monkeypatch.setattr(content.floors, "check", lambda draft: [])
    monkeypatch.setattr(content, "warnings", lambda data, database, now: [f"warning: {database}"])

    assert main(["check", "--database", "sqlite:///x.db"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["warning: sqlite:///x.db", "no faults"]
