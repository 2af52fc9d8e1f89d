"""Closed, in danger, and unable to call: what a visitor reads, and when a ticket opens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from handoff.storage.sql import values_of
from tests.support.built import ADD_SHIFT, planned
from tests.support.clock import FakeClock
from tests.support.running import REGION, Server, Visitor, running
from tests.test_promises_waiting import ticket_of
from tests.test_visitor_acks import DANGER

NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


async def on_call(server: Server, *, rings: bool = True, planned_too: bool = True) -> None:
    """The region of the tests rings who is on call while it is closed, and somebody is."""
    operating = server.house.operating
    content = operating.content
    region = replace(content.regions[REGION], rings_on_call_when_closed=rings)
    operating.content = replace(content, regions={**content.regions, REGION: region})
    operating.mark = None
    services = server.house.services
    services.settings = replace(services.settings, ring_url="http://127.0.0.1:9/")
    if planned_too:
        row = planned(REGION, "senior", role="on_call")

        def command() -> Any:
            yield ADD_SHIFT, values_of(row)

        await server.house.db.run(command)
    await server.house.operate()


async def cannot_call(visitor: Visitor) -> dict[str, Any]:
    """In danger, and unable to call; the card that comes."""
    await visitor.chooses("Ja, voor mij")
    await visitor.says(type="choose", id="n", payload="/sys:cannot_call")
    card = await visitor.next("event", lambda event: event.get("name") == "emergency_cannot")
    await visitor.quiet()
    return card


@pytest.fixture
async def night(database: str, tmp_path: Path) -> AsyncIterator[Server]:
    async with running(database, tmp_path, FakeClock(NIGHT)) as found:
        yield found


@pytest.mark.parametrize("given", [{"rings": False}, {"planned_too": False}], ids=["off", "nobody"])
async def test_who_cannot_call_a_closed_chat_reads_plainly_that_nobody_reads_along(
    night: Server, given: dict[str, bool]
) -> None:
    await on_call(night, **given)
    visitor = await night.visitor()

    card = await cannot_call(visitor)

    assert card["text"].startswith("Niemand leest nu deze chat. Wacht hier niet.")
    assert visitor.status["reason"] == "hours"
    assert await night.rows("SELECT id FROM conversation") == []


async def test_where_a_region_rings_who_is_on_call_a_ticket_opens_without_a_promise(
    night: Server,
) -> None:
    await on_call(night)
    visitor = await night.visitor()
    assert await night.rows("SELECT id FROM conversation") == []

    card = await cannot_call(visitor)

    assert card["text"].startswith("We geven nu iemand van ons een seintje. We weten niet of")
    assert "Wacht niet op ons" in card["text"]
    assert (visitor.status["state"], visitor.status["staff"]) == ("waiting", "rung")
    row = await ticket_of(night, visitor)
    assert (row["level"], bool(row["cannot_call"]), row["state"]) == ("acute", True, "waiting")
    await night.janitor()
    kinds = await night.rows("SELECT kind FROM escalation WHERE subject = :id", id=row["id"])
    assert "ring_acute" in [one["kind"] for one in kinds]


async def test_whoever_comes_reads_all_that_was_pressed_and_numbers_never_step_back(
    night: Server,
) -> None:
    await on_call(night)
    visitor = await night.visitor()
    await cannot_call(visitor)
    await visitor.types("ik ben boven")

    numbers = [frame["seq"] for frame in visitor.seen if frame.get("seq")]
    assert numbers == sorted(set(numbers))
    senior = await night.caseworker(available=False)
    await senior.quiet()
    await senior.says(type="take", ticket=senior.desk["queue"][0]["id"])
    assigned = await senior.next("assigned")
    texts = [event["text"] for event in assigned["events"]]
    assert [event["seq"] for event in assigned["events"]] == list(range(1, len(texts) + 1))
    for text in ("Ja, voor mij", "Ik kan niet bellen", "ik ben boven"):
        assert text in texts


async def test_what_is_typed_to_a_closed_chat_is_not_kept_even_there(night: Server) -> None:
    await on_call(night)
    visitor = await night.visitor()
    error = await visitor.error(type="message", id="m", text=DANGER)
    await cannot_call(visitor)

    assert error["code"] == "closed"
    back = await night.visitor(opens=False)
    await back.resume(visitor.token)
    await back.quiet()
    assert DANGER not in back.texts


async def test_nothing_but_danger_opens_a_closed_chat(night: Server) -> None:
    await on_call(night)
    visitor = await night.visitor()
    await visitor.chooses("Nee")
    await visitor.says(type="choose", id="h", payload="/sys:hours")
    await visitor.says(type="choose", id="m", payload="/sys:moments")
    moments = await visitor.next("event", lambda event: event.get("name") == "utter_sys_moments")

    assert "later vandaag" in moments["text"]
    assert visitor.status["reason"] == "hours"
    assert await night.rows("SELECT id FROM conversation") == []
