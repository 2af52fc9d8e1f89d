"""Who gets a sign, when, once; and that the sign says nothing of a visitor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from handoff.ringing import Silent, Webhook, ringer_of
from handoff.settings import Settings
from handoff.storage import presence
from handoff.storage.sql import Sql
from tests.support.clock import FakeClock
from tests.support.running import REGION, Server, running
from tests.test_caseworker_queue import in_line
from tests.test_make_room import full
from tests.test_senior import on_call
from tests.test_visitor_acks import talking

HOME = "piket"
SENIOR = f"{REGION}-8"


class Heard:
    """Notes who is rung."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    async def ring(self, username: str, kind: str) -> bool:
        self.calls.append((username, kind))
        return True


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def server(
    heard: Heard, database: str, tmp_path: Path, clock: FakeClock
) -> AsyncIterator[Server]:
    async with running(database, tmp_path, clock) as found:
        found.house.rings.ringer = heard
        yield found


async def test_people_at_home_are_rung_once_when_nobody_is_at_a_desk(
    server: Server, heard: Heard
) -> None:
    await in_line(server)
    for _ in range(3):
        await server.janitor(after_s=1)
    assert heard.calls == [(HOME, "line")]

    await in_line(server)
    await server.janitor(after_s=1)

    assert heard.calls == [(HOME, "line")] * 2


async def test_nobody_is_rung_while_somebody_is_at_a_desk(server: Server, heard: Heard) -> None:
    await server.caseworker()
    await in_line(server)
    await server.janitor(after_s=1)

    assert heard.calls == []


async def test_who_is_planned_later_is_rung_then(server: Server, heard: Heard) -> None:
    await nobody_planned(server)
    caseworker = await server.caseworker(available=False)
    await caseworker.says(type="presence", state="calling")
    await caseworker.next("desk", lambda desk: desk["presence"] == "calling")
    await in_line(server)
    await caseworker.hangs_up()
    await server.house.db.run(presence.set_caseworker, caseworker.username, "a", "away", False, 0)
    await server.janitor(after_s=1)
    assert heard.calls == []

    await server.plan_everywhere("avond")
    await server.janitor(after_s=1)

    assert heard.calls == [("avond", "line")]


async def nobody_planned(server: Server) -> None:
    def command() -> Any:
        yield Sql("DELETE FROM roster"), {}

    await server.house.db.run(command)
    server.house.operating.mark = None
    await server.house.operate()


async def test_the_senior_is_rung_for_somebody_in_danger_without_a_seat(
    server: Server, heard: Heard
) -> None:
    await on_call(server, SENIOR)
    await full(server)
    await in_line(server)
    await server.janitor(after_s=1)
    assert heard.calls == []

    await in_line(server, acute=True)
    for _ in range(2):
        await server.janitor(after_s=1)

    assert heard.calls == [(SENIOR, "acute")]


async def test_in_a_pilot_an_unlisted_desk_is_nobody(server: Server, heard: Heard) -> None:
    await server.caseworker()
    pilot(server, frozenset({"somebody", HOME}))
    await in_line(server, acute=True)
    await server.house.rings.look()
    await server.settled()

    assert (HOME, "line") in heard.calls


def pilot(server: Server, listed: frozenset[str]) -> None:
    services = server.house.services
    services.knowledge = replace(services.knowledge, pilots={REGION: listed})


async def test_a_question_rings_the_senior_once_for_a_conversation(
    server: Server, heard: Heard
) -> None:
    await on_call(server, SENIOR)
    _, caseworker, ticket = await talking(server)
    for text in ("wat denk jij?", "ben je er?"):
        await caseworker.says(type="consult", ticket=ticket, text=text)
        await caseworker.next("event", lambda event, text=text: event["text"] == text)
    await server.settled()

    assert heard.calls == [(SENIOR, "consult")]
    await caseworker.quiet()
    assert caseworker.desk["tickets"][0]["asked_at"]


async def test_a_desk_that_is_away_sees_that_its_owner_is_rung(server: Server) -> None:
    await on_call(server, SENIOR)
    senior = await server.caseworker(SENIOR, available=False)
    await server.plan_everywhere(f"{REGION}-2")
    at_home = await server.caseworker(f"{REGION}-2", available=False)
    stranger = await server.caseworker(f"{REGION}-3", available=False)
    await in_line(server, acute=True)
    await server.janitor(after_s=1)
    for desk in (senior, at_home, stranger):
        await desk.quiet()

    assert senior.desk["rung"] == "acute"
    assert at_home.desk["rung"] == "line"
    assert "rung" not in stranger.desk
    await at_home.says(type="presence", state="available")
    await at_home.next("desk", lambda desk: "rung" not in desk)


# the webhook


@asynccontextmanager
async def phone_company(*answers: int) -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """A program that rings people; it answers with these, the last one for ever."""
    asked: list[dict[str, Any]] = []
    left = list(answers)

    async def ring(request: web.Request) -> web.Response:
        asked.append(await request.json())
        status = left.pop(0) if len(left) > 1 else left[0]
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    app = web.Application()
    app.add_routes([web.post("/ring", ring)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/ring", asked
    finally:
        await runner.cleanup()


async def test_the_webhook_says_whom_and_why_and_nothing_else() -> None:
    async with phone_company(202) as (url, asked):
        assert await Webhook(url, 5).ring("groningen-1", "line")

    assert asked == [{"to": "groningen-1", "kind": "line"}]


@pytest.mark.parametrize(
    ("answers", "passed"), [((500, 200), True), ((500,), False), ((302,), False)]
)
async def test_the_webhook_tries_once_more_and_then_says_no(
    answers: tuple[int, ...], passed: bool
) -> None:
    async with phone_company(*answers) as (url, asked):
        assert await Webhook(url, 5).ring("groningen-1", "acute") is passed

    assert len(asked) == 2


async def test_a_webhook_that_is_not_there_is_a_no_and_no_word_of_its_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with phone_company(200) as (url, _):
        pass

    assert not await Webhook(f"{url}?key=geheim", 1).ring("groningen-1", "line")
    assert not await Webhook("no address", 1).ring("groningen-1", "line")
    assert "geheim" not in caplog.text and "groningen-1" not in caplog.text


def test_without_an_address_nobody_outside_is_rung() -> None:
    assert isinstance(ringer_of(Settings()), Silent)
    assert isinstance(ringer_of(Settings(ring_url="http://localhost/ring")), Webhook)
