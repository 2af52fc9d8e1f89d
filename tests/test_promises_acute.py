"""Acute is offered at once: from the first sign, under the questions, and never lowered by us."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest

from tests.support.running import Caseworker, Server, Visitor
from tests.test_caseworker_queue import desk_with
from tests.test_caseworker_socket import ticket_of
from tests.test_visitor_acks import DANGER

#: Heard as acute too, with another signal than `DANGER`.
LOCKED_IN = "hij heeft mij opgesloten"


async def first_answer(visitor: Visitor) -> None:
    await visitor.chooses("Ja, voor mij")


async def for_somebody_else(visitor: Visitor) -> None:
    await visitor.chooses("Ja, voor iemand anders")


async def chip(visitor: Visitor) -> None:
    await visitor.chooses("Nee")
    await visitor.chooses("Het gaat over mij")
    await visitor.chooses("Nee")
    await visitor.chooses("Ik ben zwanger", "Ik zit opgesloten")


async def chip_that_is_today(visitor: Visitor) -> None:
    await visitor.chooses("Nee")
    await visitor.chooses("Het gaat over mij")
    await visitor.chooses("Nee")
    await visitor.chooses("Iemand slaat mij")
    assert not await ticket_row(visitor)
    await visitor.chooses("Ja, nu of vandaag")


async def other_is_not_safe(visitor: Visitor) -> None:
    await visitor.chooses("Nee")
    await visitor.chooses("Het gaat over iemand anders")
    await visitor.chooses("Nee, niet veilig")


async def afraid_to_hurt_now(visitor: Visitor) -> None:
    await visitor.chooses("Nee")
    await visitor.chooses("Ik ben bang dat ik iemand pijn doe")
    await visitor.chooses("Ja, nu")


async def typed_at_once(visitor: Visitor) -> None:
    await visitor.types(DANGER)


async def typed_at_a_question(visitor: Visitor) -> None:
    await visitor.chooses("Nee")
    await visitor.types(DANGER)


async def opens_the_card(visitor: Visitor) -> None:
    await visitor.says(type="card", id="card")
    await visitor.next("ack", lambda ack: ack["id"] == "card")
    await visitor.quiet()


async def cannot_call(visitor: Visitor) -> None:
    await visitor.says(type="choose", id="cannot", payload="/sys:cannot_call")
    await visitor.next("ack", lambda ack: ack["id"] == "cannot")
    await visitor.quiet()


Sign = Callable[[Visitor], Awaitable[None]]
#: Every first sign of acute danger.
SIGNS: list[Sign] = [
    first_answer,
    for_somebody_else,
    chip,
    chip_that_is_today,
    other_is_not_safe,
    afraid_to_hurt_now,
    typed_at_once,
    typed_at_a_question,
    opens_the_card,
    cannot_call,
]


async def ticket_row(visitor: Visitor) -> dict[str, Any]:
    """The visitor's ticket as it is stored; empty when there is none."""
    rows = await visitor.server.rows(
        "SELECT * FROM ticket WHERE conversation = :id", id=visitor.conversation
    )
    return rows[0] if rows else {}


def cards(visitor: Visitor) -> list[dict[str, Any]]:
    return [event for event in visitor.all("event") if event["kind"] == "emergency"]


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.__name__)
async def test_from_the_first_sign_of_danger_there_is_a_ticket_that_is_offered_at_once(
    server: Server, sign: Sign
) -> None:
    caseworker = await server.caseworker()
    visitor = await server.visitor()
    began = server.clock.now()
    server.clock.move(20)

    await sign(visitor)
    offer = await caseworker.next("offer")

    ticket = offer["ticket"]
    assert (ticket["level"], ticket["state"]) == ("acute", "offered")
    # the wait counts from the start of the intake
    assert datetime.fromisoformat(ticket["waiting_since"]) == began
    assert len(cards(visitor)) == 1
    assert visitor.status["state"] == "waiting"


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.__name__)
async def test_the_questions_stay_under_the_card_until_a_caseworker_accepts(
    server: Server, sign: Sign
) -> None:
    caseworker = await server.caseworker(available=False)
    visitor = await server.visitor()
    await sign(visitor)
    asked = visitor.question

    # nobody has accepted: the answer counts, and stands on the caseworker's card
    titles = [button["title"] for button in asked["buttons"]]
    await visitor.chooses("Overslaan" if "Overslaan" in titles else "Nee")
    assert visitor.all("event")[-1] != asked

    await caseworker.says(type="presence", state="available")
    await caseworker.accepts()
    await visitor.next("status", lambda status: status["state"] == "active")
    await visitor.quiet()
    before = len(visitor.seen)

    # from then on a caseworker reads the answer, and the bot says nothing
    answer = visitor.question["buttons"][0]["title"]
    await visitor.chooses(answer)
    await visitor.types("ben je daar?")
    await visitor.types("ik ben bang")
    await caseworker.next("event", lambda event: event["text"] == "ik ben bang")

    assert answer in [event["text"] for event in caseworker.all("event")]
    assert [frame for frame in visitor.seen[before:] if frame["type"] == "event"] == []


async def test_the_bot_stays_silent_when_a_chat_comes_back_to_the_line(server: Server) -> None:
    caseworker = await server.caseworker()
    visitor = await server.visitor()
    await visitor.chooses("Ja, voor mij")
    answer = visitor.question["buttons"][0]["title"]
    await caseworker.accepts()
    await visitor.next("status", lambda status: status["state"] == "active")

    await caseworker.hangs_up()
    await server.janitor(after_s=1)
    await server.janitor(after_s=server.house.plan.settings.caseworker_grace_s)
    await visitor.next("status", lambda status: status["state"] == "waiting")
    await visitor.quiet()
    before = len(visitor.seen)
    await visitor.chooses(answer)
    await visitor.types("is er iemand?")

    # a human was here: from then on only humans answer, and the next one reads it
    assert [frame for frame in visitor.seen[before:] if frame["type"] == "event"] == []
    other = await server.caseworker("zuidoost-brabant-2")
    assert [event["text"] for event in (await other.accepts())["events"]].count(answer) == 1


# who falls silent


async def types(visitor: Visitor) -> None:
    await visitor.types("ik weet niet of dit wel voor mij is")


async def answers(visitor: Visitor) -> None:
    await visitor.chooses("Nee")


@pytest.mark.parametrize("does", [types, answers], ids=lambda does: does.__name__)
@pytest.mark.parametrize("link", ["there", "lost"])
async def test_who_falls_silent_goes_to_the_queue_with_what_is_known(
    server: Server, does: Sign, link: str
) -> None:
    visitor = await server.visitor()
    began = server.clock.now()
    server.clock.move(15)
    await does(visitor)
    if link == "lost":
        await visitor.hangs_up()

    await server.janitor(after_s=59)
    assert await ticket_row(visitor) == {}
    await server.janitor(after_s=1)

    caseworker = await server.caseworker()
    assigned = await caseworker.accepts()
    ticket = assigned["ticket"]
    assert datetime.fromisoformat(ticket["waiting_since"]) == began
    assert ticket["visitor"] == ("online" if link == "there" else "away")
    assert [event for event in assigned["events"] if event["from"] == "visitor"]


async def test_every_answer_starts_the_minute_again(server: Server) -> None:
    visitor = await server.visitor()
    for title in ("Nee", "Het gaat over mij", "Nee"):
        await visitor.chooses(title)
        await server.janitor(after_s=50)
    assert await ticket_row(visitor) == {}

    await server.janitor(after_s=10)

    assert (await ticket_row(visitor))["state"] == "waiting"


async def test_who_only_looks_is_left_alone(server: Server) -> None:
    visitor = await server.visitor()

    await server.janitor(after_s=600)

    assert (await visitor.quiet(), await server.rows("SELECT id FROM conversation")) == ([], [])


async def test_who_was_passed_on_can_still_answer_the_questions(server: Server) -> None:
    visitor = await server.visitor()
    await visitor.chooses("Nee")
    await server.janitor(after_s=60)
    caseworker = await server.caseworker(available=False)

    await visitor.chooses("Ik ben jonger dan 18")

    await caseworker.quiet()
    (card,) = caseworker.desk["queue"]
    assert (card["role"], card["level"]) == ("young", "urgent")


# the level only goes up


async def test_no_later_answer_or_text_lowers_a_level(server: Server) -> None:
    caseworker = await server.caseworker(available=False)
    visitor = await server.visitor()
    danger = visitor.button("Nee")
    await visitor.types(DANGER)

    await visitor.says(type="choose", id="no", payload=danger)
    await visitor.next("ack", lambda ack: ack["id"] == "no")
    # more than are heard together
    for text in ("het gaat alweer", "niets aan de hand", "dank je", "tot ziens", "dag"):
        await visitor.types(text)

    desk = await desk_with(caseworker)
    assert [(card["level"], card["why_id"]) for card in desk["queue"]] == [("acute", "heard")]


@pytest.mark.parametrize("accepted", [False, True])
async def test_what_is_heard_while_somebody_waits_or_talks_raises_the_level(
    server: Server, accepted: bool
) -> None:
    caseworker = await server.caseworker()
    visitor = await server.visitor()
    await visitor.goes_straight()
    ticket = (await caseworker.next("offer"))["ticket"]["id"]
    if accepted:
        await caseworker.says(type="accept", ticket=ticket)
        await visitor.next("status", lambda status: status["state"] == "active")

    await visitor.types(DANGER)

    card = await ticket_of(caseworker, ticket, level="acute")
    assert "weapon" in card["heard"]
    assert len(cards(visitor)) == 1


async def test_who_becomes_acute_while_waiting_goes_before_everybody_else(server: Server) -> None:
    waiting = []
    for _ in range(3):
        waiting.append(await server.visitor())
        await waiting[-1].goes_straight()
        server.clock.move(60)

    await waiting[2].types(DANGER)

    caseworker = await server.caseworker()
    assert (await caseworker.next("offer"))["ticket"]["conversation"] == waiting[2].conversation


async def struck(server: Server) -> tuple[Visitor, Caseworker, str]:
    """A caseworker struck the weapon that was heard, and lowered the level."""
    caseworker = await server.caseworker()
    visitor = await server.visitor()
    await visitor.types(DANGER)
    ticket = (await caseworker.accepts())["ticket"]["id"]
    await caseworker.says(type="strike", ticket=ticket, signal="weapon", reason="het is een grap")
    await ticket_of(caseworker, ticket, struck=["weapon"])
    await caseworker.says(type="level", ticket=ticket, level="normal", reason="het is een grap")
    await ticket_of(caseworker, ticket, level="normal")
    return visitor, caseworker, ticket


async def test_a_struck_signal_stays_struck_whoever_serves_the_chat_next(server: Server) -> None:
    visitor, caseworker, ticket = await struck(server)

    await caseworker.hangs_up()
    await server.janitor(after_s=1)
    await server.janitor(after_s=server.house.plan.settings.caseworker_grace_s)
    other = await server.caseworker("zuidoost-brabant-2")
    card = (await other.accepts())["ticket"]
    assert (card["id"], card["struck"], card["level"]) == (ticket, ["weapon"], "normal")

    # new text raises the level again, and the struck signal stays away
    await visitor.types(DANGER)
    card = await ticket_of(other, ticket, level="acute")
    assert card["struck"] == ["weapon"]
    assert "weapon" not in card["heard"]
