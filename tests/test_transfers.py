"""A chat that is handed on: between colleagues, regions and nodes, never lost and never twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.support.running import REGION, Caseworker, Server, Visitor
from tests.test_caseworker_queue import desk_with
from tests.test_two_nodes import becomes, two
from tests.test_visitor_acks import talking

AWAY = "utrecht"
OTHER = f"{AWAY}-1"
TOLD = "utter_takeover_region"


async def handed(
    visitor: Visitor, owner: Caseworker, receiver: Caseworker, ticket: str, **to: str
) -> list[str]:
    """Hands a chat on with a note; what the receiver can read of it."""
    await visitor.says(type="message", id="before", text="voor de overdracht")
    await owner.next("event", lambda event: event["text"] == "voor de overdracht")
    await owner.says(type="transfer", ticket=ticket, to=to, note="let op de kinderen")
    assigned = await receiver.next("assigned", lambda found: found["ticket"]["id"] == ticket)
    told = await visitor.next("event", lambda event: event.get("name") == TOLD)
    regions = visitor.server.house.services.knowledge.regions
    assert regions[receiver.username.rpartition("-")[0]].name in told["text"]
    await visitor.says(type="message", id="after", text="na de overdracht")
    await receiver.next("event", lambda event: event["text"] == "na de overdracht")
    return [event["text"] for event in assigned["events"]]


async def whole(server: Server, ticket: str, caseworker: str, region: str) -> None:
    """One seat, one owner, and every event once."""
    (row,) = await server.rows("SELECT * FROM ticket WHERE id = :id", id=ticket)
    assert (row["state"], row["caseworker"], row["serving_region"]) == (
        "active",
        caseworker,
        region,
    )
    seats = await server.rows("SELECT ticket, caseworker, region FROM seat")
    assert [dict(seat) for seat in seats] == [
        {"ticket": ticket, "caseworker": caseworker, "region": region}
    ]
    events = await server.rows(
        "SELECT seq FROM event WHERE conversation = :id ORDER BY seq", id=row["conversation"]
    )
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))


@pytest.mark.parametrize("to", [{"region": AWAY}, {"caseworker": OTHER}])
async def test_a_chat_goes_to_another_region_with_everything_that_was_said(
    server: Server, to: dict[str, str]
) -> None:
    visitor, owner, ticket = await talking(server)
    receiver = await server.caseworker(OTHER)

    texts = await handed(visitor, owner, receiver, ticket, **to)

    assert {"voor de overdracht", "let op de kinderen"} <= set(texts)
    assert "let op de kinderen" not in visitor.texts
    await owner.next("desk", lambda desk: desk["tickets"] == [])
    await whole(server, ticket, OTHER, AWAY)
    assert await owner.refused(type="message", ticket=ticket, id="late", text="x") != ""


async def test_a_region_that_is_closed_gets_nothing_and_the_own_one_goes_on(
    server: Server,
) -> None:
    _, owner, ticket = await talking(server)
    await server.caseworker(OTHER)
    colleague = await server.caseworker(f"{REGION}-2")
    # at 22:00 the own region is open, and the other one is not; at 23:30 neither is
    server.clock.move(7 * 3600)
    for to in ({"region": AWAY}, {"caseworker": OTHER}):
        assert await owner.refused(type="transfer", ticket=ticket, to=to) == "not_open"
    server.clock.move(1.5 * 3600)

    await owner.says(type="transfer", ticket=ticket, to={"region": REGION})

    assert (await colleague.next("assigned"))["ticket"]["id"] == ticket


async def test_a_full_target_leaves_the_chat_where_it_was(server: Server) -> None:
    _, owner, ticket = await talking(server)
    receiver = await server.caseworker(OTHER)
    await receiver.says(type="cap", seats=0)
    await desk_with(receiver, cap=0)

    for to in ({"region": AWAY}, {"caseworker": OTHER}):
        assert await owner.refused(type="transfer", ticket=ticket, to=to) == "no_seat"

    await whole(server, ticket, owner.username, REGION)


async def test_a_transfer_that_is_asked_twice_happens_once(server: Server) -> None:
    _, owner, ticket = await talking(server)
    receiver = await server.caseworker(OTHER)

    for _ in range(2):
        await owner.says(type="transfer", ticket=ticket, to={"region": AWAY})
    await receiver.next("assigned")
    await owner.quiet()

    await whole(server, ticket, OTHER, AWAY)
    told = await server.rows("SELECT id FROM audit WHERE action = 'transfer'")
    assert len(told) == 1


@pytest.mark.postgres
async def test_a_chat_crosses_regions_and_nodes_and_back(
    postgres_database: str, tmp_path: Path
) -> None:
    async with two(postgres_database, tmp_path) as nodes:
        await nodes.look()
        visitor, owner, ticket = await talking(nodes.a)
        receiver = await nodes.b.caseworker(OTHER)

        await handed(visitor, owner, receiver, ticket, region=AWAY)
        await whole(nodes.a, ticket, OTHER, AWAY)
        await receiver.says(type="transfer", ticket=ticket, to={"caseworker": owner.username})
        again = await owner.next("assigned", lambda found: found["ticket"]["id"] == ticket)

        assert "na de overdracht" in [event["text"] for event in again["events"]]
        await whole(nodes.b, ticket, owner.username, REGION)


@pytest.mark.postgres
async def test_a_chat_that_is_handed_on_and_taken_over_at_once_has_one_owner(
    postgres_database: str, tmp_path: Path
) -> None:
    async with two(postgres_database, tmp_path) as nodes:
        await nodes.look()
        _, owner, ticket = await talking(nodes.a)
        await nodes.b.hire(f"{REGION}-9", "senior")
        senior = await nodes.b.caseworker(f"{REGION}-9", available=False)
        receiver = await nodes.b.caseworker(OTHER)

        await asyncio.gather(
            owner.says(type="transfer", ticket=ticket, to={"caseworker": OTHER}),
            senior.says(type="take_over", ticket=ticket),
        )
        for person in (owner, senior, receiver):
            await person.quiet()

        async def settled() -> bool:
            rows = await nodes.a.rows("SELECT caseworker FROM seat")
            return [row["caseworker"] for row in rows] in ([OTHER], [senior.username])

        await becomes(settled)
        (row,) = await nodes.a.rows("SELECT caseworker, serving_region, state FROM ticket")
        await whole(nodes.a, ticket, row["caseworker"], row["serving_region"])
