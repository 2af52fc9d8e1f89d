"""How long a wait is told to take: from what others waited, and never a promise."""

from __future__ import annotations

from typing import Any

from tests.support.running import REGION, Server, Visitor
from tests.support.storing import a_ticket
from tests.test_promises_waiting import in_danger, ticket_of, waiting

HOUR = 3_600_000_000
DAY = 24 * HOUR


async def answered(server: Server, name: str, many: int, ago: int, **more: Any) -> None:
    """Visitors who were answered so long ago, after seven minutes."""
    at = server.house.services.now() - ago
    for number in range(many):
        given = {"accepted_at": at, "waiting_since": at - 7 * 60_000_000, **more}
        await a_ticket(server.house.db, f"{name}{number}", REGION, state="closed", **given)


async def wait_of(server: Server, visitor: Visitor) -> str:
    """How the wait is told now."""
    await server.janitor(after_s=31)
    await visitor.quiet()
    wait: str = visitor.status["wait"]
    return wait


async def test_a_wait_is_told_from_ten_samples_of_this_hour_and_this_level(
    server: Server,
) -> None:
    visitor = await waiting(server)
    await answered(server, "hour", 4, HOUR // 2)
    await answered(server, "week", 5, 7 * DAY)
    # another level, another hour, too long ago, given back, in training
    await answered(server, "urgent", 9, HOUR // 2, level="urgent")
    await answered(server, "morning", 9, 7 * DAY + 4 * HOUR)
    await answered(server, "old", 9, 15 * DAY)
    await answered(server, "back", 9, HOUR // 2, given_back=True)
    await answered(server, "trained", 9, HOUR // 2, training=True)
    assert await wait_of(server, visitor) == "unknown"

    await answered(server, "tenth", 1, 13 * DAY)

    assert await wait_of(server, visitor) == "5_to_15"


async def test_to_who_is_in_danger_no_time_is_named(server: Server) -> None:
    await answered(server, "acute", 20, 0, level="acute", band=0)
    visitor = await in_danger(server)

    assert await wait_of(server, visitor) == "unknown"


async def test_who_is_trained_does_not_stand_before_anybody(server: Server) -> None:
    visitor = await waiting(server)
    began = (await ticket_of(server, visitor))["queue_at"] - HOUR
    await a_ticket(server.house.db, "trained", REGION, queue_at=began, training=True)
    server.house.floor.ring(REGION)
    await visitor.quiet()
    assert visitor.status["position"] == 1

    await a_ticket(server.house.db, "real", REGION, queue_at=began)
    server.house.floor.ring(REGION)
    await visitor.next("status", lambda status: status["position"] == 2)
