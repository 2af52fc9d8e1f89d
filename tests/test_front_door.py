"""The main job, through both real sockets, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions import tracker
from tests.support.clock import FakeClock
from tests.support.running import Server, running


async def test_a_visitor_in_danger_is_offered_at_once_and_answered(server: Server) -> None:
    caseworker = await server.caseworker()
    visitor = await server.visitor()

    await visitor.chooses("Ja, voor mij")
    assigned = await caseworker.accepts()
    ticket = assigned["ticket"]["id"]
    await visitor.types("hij is even weg")
    heard = await caseworker.next("event")
    await caseworker.writes(ticket, "goed dat je er bent")
    answer = await visitor.next("event", lambda event: event["from"] == "caseworker")

    assert heard["text"] == "hij is even weg"
    assert answer["text"] == "goed dat je er bent"
    assert visitor.status["state"] == "active"


async def test_no_action_reads_the_data_again_while_people_wait(
    sqlite_database: str, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    monkeypatch.setattr(tracker, "_read", {})
    monkeypatch.setattr(tracker, "load", read.append)

    async with running(sqlite_database, tmp_path, clock) as server:
        visitor = await server.visitor()

    assert "utter_hours" in [event.get("name") for event in visitor.all("event")]
    assert read == []
