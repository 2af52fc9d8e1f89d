"""`--script` and `--data`: another helpline, with other numbers, on the very same code."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data import knowledge
from handoff.cli import main
from tests.support import other_country
from tests.support.clock import FakeClock
from tests.support.other_country import NAME, NUMBERS
from tests.support.running import Server, running

#: A Monday at 11.00 in its own zone.
MORNING = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ORIGINAL = knowledge.load()
#: What may not be left of the original: its name and every number.
FOREIGN = [ORIGINAL.name, *(line.number for line in ORIGINAL.help_lines.values())]


@pytest.fixture
async def harbour(sqlite_database: str, tmp_path: Path) -> AsyncIterator[Server]:
    script, data = other_country.make(tmp_path)
    async with running(
        sqlite_database, tmp_path, FakeClock(MORNING), script=script, data=data
    ) as server:
        yield server


def test_the_check_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    script, data = other_country.make(tmp_path)

    assert main(["check", "--script", str(script), "--data", str(data)]) == 0


async def test_a_visitor_meets_its_name_and_its_numbers(harbour: Server) -> None:
    caseworker = await harbour.caseworker("bay-1")
    visitor = await harbour.visitor("bay", "en")

    await visitor.chooses("Yes, for me")
    await visitor.chooses("I cannot call")
    assigned = await caseworker.accepts()
    await caseworker.ends(assigned["ticket"]["id"])
    await visitor.next("status", lambda status: status["state"] == "closed")

    seen = json.dumps(visitor.seen)
    assert NAME in seen
    assert f"Call {NUMBERS['emergency']}." in seen
    assert [foreign for foreign in FOREIGN if foreign in seen] == []


async def test_no_page_of_it_names_the_original(harbour: Server) -> None:
    for path in ("/chat/bay", "/widget.js", "/desk", "/desk/words.json", "/api/regions/bay"):
        async with harbour.http.get(harbour.url + path) as answer:
            body = await answer.text()
        assert [foreign for foreign in FOREIGN if foreign in body] == [], path
