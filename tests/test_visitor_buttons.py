"""The emergency card, system buttons in every state, and the ways of ending a socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.support.outage import no_answer
from tests.support.running import Server, Visitor
from tests.test_visitor_acks import DANGER, talking

SYSTEM = ("privacy", "hours", "report", "tips", "how_chat", "how_call", "how_later", "cannot_call")


async def at_open(server: Server) -> Visitor:
    return await server.visitor()


async def in_the_intake(server: Server) -> Visitor:
    visitor = await server.visitor()
    await visitor.chooses("Nee")
    return visitor


async def waiting(server: Server) -> Visitor:
    visitor = await server.visitor()
    await visitor.goes_straight()
    return visitor


async def active(server: Server) -> Visitor:
    visitor, _, _ = await talking(server)
    return visitor


async def ended(server: Server) -> Visitor:
    visitor, caseworker, ticket = await talking(server)
    await caseworker.ends(ticket)
    await visitor.next("status", lambda status: status["state"] == "closed")
    return visitor


STATES: list[Callable[[Server], Awaitable[Visitor]]] = [
    at_open,
    in_the_intake,
    waiting,
    active,
    ended,
]
in_every_state = pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)


async def card_after(visitor: Visitor, **frame: Any) -> dict[str, Any]:
    await visitor.says(**frame)
    return await visitor.next("event", lambda event: event["kind"] == "emergency")


# the card


@in_every_state
async def test_the_emergency_button_brings_the_card_in_every_state(
    server: Server, state: Callable[[Server], Awaitable[Visitor]]
) -> None:
    visitor = await state(server)

    card = await card_after(visitor, type="card", id="c")

    assert (card["from"], "seq" in card) == ("system", False)
    assert card["buttons"][0]["payload"] == "/sys:cannot_call"
    if state is ended:
        error = await visitor.next("error")
        assert (error["code"], error["id"]) == ("wrong_state", "c")
    else:
        own = await visitor.next("ack", lambda ack: ack["id"] == "c")
        number = await visitor.next("ack", lambda ack: ack["id"] == card["event"])
        assert number["seq"] == own["seq"] + 1


@in_every_state
async def test_danger_is_heard_in_every_state_and_the_card_has_no_number_yet(
    server: Server, state: Callable[[Server], Awaitable[Visitor]]
) -> None:
    visitor = await state(server)

    card = await card_after(visitor, type="message", id="d", text=DANGER)

    assert (card["from"], card["name"], "seq" in card) == ("system", "emergency_heard", False)


async def test_the_branch_of_who_cannot_call_is_another_card(server: Server) -> None:
    visitor = await in_the_intake(server)
    await card_after(visitor, type="card", id="c")

    card = await card_after(visitor, type="choose", id="n", payload="/sys:cannot_call")

    assert card["name"] == "emergency_cannot"
    assert card["text"]


async def test_a_card_is_refused_with_a_bad_id(server: Server) -> None:
    visitor = await server.visitor()

    assert (await visitor.error(type="card", id="not an id"))["code"] == "bad_id"


# system buttons


@in_every_state
async def test_system_buttons_are_answered_by_the_system_in_every_state(
    server: Server, state: Callable[[Server], Awaitable[Visitor]]
) -> None:
    visitor = await state(server)
    for name in SYSTEM:
        await visitor.says(type="choose", id=f"s-{name}", payload=f"/sys:{name}")
        answer = await visitor.next("event", lambda event: event["from"] == "system")

        assert answer["text"], name
        if name != "cannot_call":
            (ack,) = [ack for ack in visitor.all("ack") if ack["id"] == f"s-{name}"]
            assert answer["seq"] == ack["seq"] + 1, name


async def test_a_system_button_does_not_move_the_script(server: Server) -> None:
    visitor = await in_the_intake(server)
    asked = visitor.question

    await visitor.says(type="choose", id="s", payload="/sys:privacy")
    await visitor.quiet()

    assert visitor.question == asked
    await visitor.chooses("Het gaat over mij")


async def test_what_is_safe_later_stands_on_the_caseworkers_card(server: Server) -> None:
    caseworker = await server.caseworker(available=False)
    visitor = await server.visitor()
    for button in ("Nee", "Het gaat over mij", "Nee", "Overslaan", "Vanavond"):
        await visitor.chooses(button)

    await visitor.says(type="choose", id="s", payload=visitor.button("Ik bel zelf"))
    await visitor.next("ack", lambda ack: ack["id"] == "s")
    await caseworker.quiet()

    (ticket,) = caseworker.desk["queue"]
    assert (ticket["safe_moment"]["how"], ticket["safe_moment"]["text"]) == ("call", "Vanavond")


async def test_an_unknown_system_button_is_refused(server: Server) -> None:
    visitor = await waiting(server)

    error = await visitor.error(type="choose", id="s", payload="/sys:own_house")

    assert (error["code"], error["id"]) == ("bad_payload", "s")


# stop, end, exit


@pytest.mark.parametrize("frame", [{"type": "stop"}, {"type": "choose", "payload": "/sys:stop"}])
@pytest.mark.parametrize("state", STATES[:4], ids=lambda state: state.__name__)
async def test_who_has_to_stop_gets_a_friendly_word_and_an_acknowledgement(
    server: Server, frame: dict[str, Any], state: Callable[[Server], Awaitable[Visitor]]
) -> None:
    visitor = await state(server)
    before = len(visitor.seen)

    await visitor.says(id="s", **frame)
    await visitor.next("status", lambda status: status["state"] == "closed")

    said = [frame for frame in visitor.seen[before:] if frame["type"] in ("ack", "event")]
    assert [frame["type"] for frame in said] == ["ack", "event"]
    ack, word = said
    assert ack["id"] == "s"
    assert (word["from"], word["seq"]) == ("system", ack["seq"] + 1)
    assert visitor.status["reason"] == "left"


async def test_after_stop_nothing_more_is_taken_in_and_the_visitor_is_told_in_words(
    server: Server,
) -> None:
    for state in (at_open, waiting):
        visitor = await state(server)
        await visitor.says(type="stop", id="s")
        await visitor.next("status", lambda status: status["state"] == "closed")

        error = await visitor.error(type="message", id="m", text="toch nog iets")

        assert (error["code"], error["id"]) == ("wrong_state", "m")
        assert "afgelopen" in error["message"]
    assert len(await server.rows("SELECT id FROM conversation")) == 1


async def test_after_stop_the_token_shows_what_was_said(server: Server) -> None:
    visitor = await waiting(server)
    await visitor.types("dit wil ik nalezen")
    await visitor.says(type="stop", id="s")
    await visitor.next("status", lambda status: status["state"] == "closed")
    await visitor.hangs_up()

    back = await server.visitor(opens=False)
    await back.resume(visitor.token)
    await back.quiet()

    assert "dit wil ik nalezen" in back.texts
    assert (back.status["state"], back.status["reason"]) == ("closed", "left")


@pytest.mark.parametrize("how", ["end", "exit"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
async def test_end_and_exit_close_the_socket_and_kill_the_token(
    server: Server, how: str, state: Callable[[Server], Awaitable[Visitor]]
) -> None:
    visitor = await state(server)

    await visitor.says(type=how)

    assert await visitor.closed() == 1000
    other = await server.visitor(opens=False)
    assert (await other.error(type="resume", token=visitor.token))["code"] == "bad_token"


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
async def test_after_exit_nothing_is_sent_any_more(
    server: Server, state: Callable[[Server], Awaitable[Visitor]]
) -> None:
    visitor = await state(server)
    await visitor.quiet()
    before = len(visitor.seen)

    await visitor.says(type="exit")
    await visitor.says(type="message", id="m", text="nog iets")
    await visitor.closed()

    assert visitor.seen[before:] == []


async def test_an_exit_the_database_did_not_take_counts_as_a_lost_link(server: Server) -> None:
    visitor, caseworker, _ = await talking(server)
    await visitor.quiet()
    before = len(visitor.seen)
    with no_answer(server):
        await visitor.says(type="exit")
        await visitor.closed()
        await server.settled()

    assert visitor.seen[before:] == []
    await server.janitor(after_s=1)
    state = await caseworker.next("visitor")
    assert state["state"] == "away"


async def test_an_end_the_database_did_not_take_can_be_tried_again(server: Server) -> None:
    visitor, caseworker, ticket = await talking(server)
    with no_answer(server):
        assert (await visitor.error(type="end"))["code"] == "unavailable"

    await caseworker.writes(ticket, "ben je er nog?")
    await visitor.next("event", lambda event: event["text"] == "ben je er nog?")
    await visitor.says(type="end")

    assert await visitor.closed() == 1000
    await caseworker.next("visitor", lambda frame: frame["state"] == "stopped")
