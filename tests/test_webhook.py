"""The program that rings people: what it is told, and what it answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from handoff.ringing import Silent, Webhook, ringer_of
from handoff.settings import Settings


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


class Slept:
    """Notes after how many requests there was a pause, and lets none pass."""

    def __init__(self, asked: list[dict[str, Any]]) -> None:
        self.asked, self.after = asked, list[int]()

    async def __call__(self, pause_s: float) -> None:
        assert pause_s > 0
        self.after.append(len(self.asked))


@pytest.mark.parametrize(
    ("answers", "passed"), [((500, 200), True), ((500,), False), ((302,), False)]
)
async def test_the_webhook_tries_once_more_and_then_says_no(
    answers: tuple[int, ...], passed: bool
) -> None:
    async with phone_company(*answers) as (url, asked):
        sleep = Slept(asked)
        assert await Webhook(url, 5, sleep).ring("groningen-1", "acute") is passed

    # a program that starts anew needs a moment
    assert (len(asked), sleep.after) == (2, [1])


async def test_a_webhook_that_is_not_there_is_a_no_and_no_word_of_its_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with phone_company(200) as (url, _):
        pass

    sleep = Slept([])
    assert not await Webhook(f"{url}?key=geheim", 1, sleep).ring("groningen-1", "line")
    assert not await Webhook("no address", 1, sleep).ring("groningen-1", "line")
    assert "geheim" not in caplog.text and "groningen-1" not in caplog.text


def test_without_an_address_nobody_outside_is_rung() -> None:
    assert isinstance(ringer_of(Settings()), Silent)
    assert isinstance(ringer_of(Settings(ring_url="http://localhost/ring")), Webhook)
