"""The emergency card in the questions, in line and in a chat: once in a while, and on request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.support.running import Server, Visitor
from tests.test_promises_acute import LOCKED_IN, cards
from tests.test_visitor_acks import DANGER


async def in_the_questions(server: Server) -> Visitor:
    return await server.visitor()


async def in_line(server: Server) -> Visitor:
    visitor = await server.visitor()
    await visitor.goes_straight()
    return visitor


async def with_a_caseworker(server: Server) -> Visitor:
    caseworker = await server.caseworker()
    visitor = await in_line(server)
    await caseworker.accepts()
    return visitor


STATES: list[Callable[[Server], Awaitable[Visitor]]] = [
    in_the_questions,
    in_line,
    with_a_caseworker,
]
in_every_state = pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)


@in_every_state
async def test_the_card_comes_once_in_ten_minutes(
    server: Server, state: Callable[[Server], Awaitable[Visitor]]
) -> None:
    visitor = await state(server)
    await visitor.types(DANGER)
    shown = []
    for wait in (0, 300, 299, 1):
        server.clock.move(wait)
        await visitor.types(DANGER)
        shown.append(len(cards(visitor)))

    assert shown == [1, 1, 1, 2]


@in_every_state
async def test_the_card_comes_at_once_for_a_new_signal(
    server: Server, state: Callable[[Server], Awaitable[Visitor]]
) -> None:
    visitor = await state(server)
    await visitor.types(DANGER)
    await visitor.types(LOCKED_IN)
    await visitor.types(LOCKED_IN)

    assert len(cards(visitor)) == 2


@in_every_state
async def test_the_card_comes_whenever_it_is_asked_for(
    server: Server, state: Callable[[Server], Awaitable[Visitor]]
) -> None:
    visitor = await state(server)
    await visitor.types(DANGER)
    for id in ("a", "b"):
        await visitor.says(type="card", id=id)
        await visitor.next("ack", lambda ack, id=id: ack["id"] == id)
    await visitor.types(DANGER)

    assert len(cards(visitor)) == 3


async def test_who_resumes_is_not_shown_the_card_again_for_the_same(server: Server) -> None:
    visitor = await server.visitor()
    await visitor.types(DANGER)
    await visitor.hangs_up()

    again = await server.visitor(opens=False)
    await again.resume(visitor.token)
    await again.types(DANGER)

    # the one that stands in the talk
    assert len(cards(again)) == 1


async def test_the_card_says_of_nobody_that_they_are_called_once_the_only_desk_declined(
    server: Server,
) -> None:
    caseworker = await server.caseworker()
    visitor = await server.visitor()
    await visitor.chooses("Ja, voor mij")
    ticket = (await caseworker.next("offer"))["ticket"]["id"]
    await visitor.quiet()
    assert visitor.status["staff"] == "called"

    await caseworker.says(type="decline", ticket=ticket)
    await visitor.next("status", lambda status: status["staff"] == "full")

    # and is asked again after a while
    await server.janitor(after_s=61)
    await caseworker.next("offer")
    await visitor.next("status", lambda status: status["staff"] == "called")
