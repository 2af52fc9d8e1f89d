"""Help that fits what was heard, through real sockets: in every state, once, and in the way of
nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from flows.urgency import Heard
from tests.shipped import FakeEars
from tests.support.clock import FakeClock
from tests.support.outage import no_answer
from tests.support.running import Server, Visitor, running
from tests.test_help_cards import EMERGENCY
from tests.test_promises_card import in_every_state
from tests.test_promises_closed import NIGHT
from tests.test_visitor_acks import acks_of, talking

SAD = "soms denk ik aan zelfmoord"
#: The words that these ears know, and what they hear in them.
WORDS = {
    "zelfmoord": Heard("urgent", ("suicide",), ("zelfmoord",)),
    "mes": Heard("acute", ("weapon",), ("mes",)),
    "keel": Heard("acute", ("strangulation",), ("keel",)),
    "ooit": Heard("urgent", ("strangulation",), ("ooit",)),
    "nu": Heard("acute", ("suicide",), ("nu",)),
    "suicide": Heard("urgent", ("suicide",), ("suicide",), language="en"),
    "knife": Heard("acute", ("weapon",), ("knife",), language="en"),
}


@pytest.fixture
async def listening(server: Server) -> FakeEars:
    return with_ears(server)


def with_ears(server: Server) -> FakeEars:
    found = FakeEars(**WORDS)
    server.house.services.dialogue.ears = found
    return found


def helped(visitor: Visitor) -> list[dict[str, Any]]:
    """The help cards that came, in order."""
    return [
        event for event in visitor.all("event") if event.get("name", "").startswith("utter_card_")
    ]


def kinds(visitor: Visitor, after: int) -> list[str]:
    """What came since, each by its name or kind."""
    return [event.get("name") or event["kind"] for event in visitor.all("event")[after:]]


@pytest.mark.usefixtures("listening")
@in_every_state
async def test_the_card_that_fits_comes_once_in_every_state(
    server: Server, state: Callable[[Server], Awaitable[Visitor]]
) -> None:
    visitor = await state(server)
    await visitor.types(SAD)
    await visitor.types(SAD)

    (card,) = helped(visitor)
    assert (card["from"], card["kind"]) == ("system", "notice")
    assert card["text"].startswith("Denk je aan zelfmoord? Bel ")
    assert card["seq"] > 0
    assert "language" not in card
    assert [event for event in visitor.all("event") if event["kind"] == "emergency"] == []


@pytest.mark.usefixtures("listening")
async def test_the_question_stays_open_and_its_answer_counts(server: Server) -> None:
    visitor = await server.visitor()
    await visitor.chooses("Nee")
    asked, before = visitor.question, len(visitor.all("event"))
    await visitor.types(SAD)

    # what comes after any text at a choice, and before it the help
    assert kinds(visitor, before) == [
        "utter_card_suicide",
        "utter_typed_at_choice",
        "utter_ask_role",
    ]
    assert visitor.question["text"] == asked["text"]
    await visitor.chooses("Het gaat over mij")
    assert visitor.question["name"] == "utter_ask_watched"


@pytest.mark.usefixtures("listening")
async def test_a_caseworker_sees_what_the_visitor_was_shown(server: Server) -> None:
    visitor, caseworker, _ = await talking(server)
    await visitor.types(SAD)

    await caseworker.next("event", lambda event: event.get("name") == "utter_card_suicide")


@pytest.mark.usefixtures("listening")
async def test_a_struck_signal_brings_no_card_back(server: Server) -> None:
    visitor, caseworker, ticket = await talking(server)
    await visitor.types("mijn keel")
    await caseworker.says(type="strike", ticket=ticket, signal="strangulation", reason="een film")
    await caseworker.next("ticket", lambda frame: "strangulation" in frame["ticket"]["struck"])
    before = len(visitor.all("event"))
    await visitor.types("mijn keel")
    await visitor.types("ooit")

    # neither the emergency card for what is no new signal, nor the doctor
    assert kinds(visitor, before) == []


@pytest.mark.usefixtures("listening")
async def test_suicide_now_brings_the_emergency_card_first_and_then_who_else_is_there(
    server: Server,
) -> None:
    visitor = await server.visitor()
    before = len(visitor.all("event"))
    await visitor.types("ik doe het nu")

    assert kinds(visitor, before) == ["emergency_heard", "utter_card_suicide"]


@pytest.mark.usefixtures("listening")
async def test_who_comes_back_to_the_page_reads_it_once_and_gets_it_once(server: Server) -> None:
    visitor = await server.visitor()
    await visitor.types(SAD)
    await visitor.hangs_up()

    again = await server.visitor(opens=False)
    await again.resume(visitor.token)
    await again.types(SAD)

    assert len(helped(again)) == 1


@pytest.mark.usefixtures("listening")
async def test_without_an_answer_of_the_database_it_comes_when_the_text_is_sent_again(
    server: Server,
) -> None:
    visitor = await server.visitor()
    await visitor.chooses("Nee")
    with no_answer(server):
        error = await visitor.error(type="message", id="a", text=SAD)
    assert (error["code"], helped(visitor)) == ("unavailable", [])

    await visitor.says(type="message", id="a", text=SAD)
    await acks_of(visitor, "a", 1)
    await visitor.quiet()

    assert len(helped(visitor)) == 1


# closed


@pytest.fixture
async def night(database: str, tmp_path: Path) -> AsyncIterator[Server]:
    async with running(database, tmp_path, FakeClock(NIGHT)) as found:
        await found.nobody_helps()
        with_ears(found)
        yield found


async def test_a_closed_chat_keeps_nothing_and_shows_the_card_that_fits_all_the_same(
    night: Server,
) -> None:
    visitor = await night.visitor()
    errors = [await visitor.error(type="message", id=id, text=SAD) for id in ("a", "b")]

    assert [error["code"] for error in errors] == ["closed", "closed"]
    (card,) = helped(visitor)
    assert (card["from"], card["kind"]) == ("system", "notice")
    numbers = [event["seq"] for event in visitor.all("event")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert await night.rows("SELECT seq FROM event") == []
    # the question is answered as ever
    await visitor.chooses("Nee")
    assert visitor.question["name"] == "utter_ask_role_closed"


async def test_what_is_typed_at_a_closed_chat_is_heard_together(night: Server) -> None:
    ears = with_ears(night)
    visitor = await night.visitor()
    for id, text in (("a", "hij wil me dood"), ("b", "hij is hier")):
        await visitor.error(type="message", id=id, text=text)

    assert ears.before == [(), ("hij wil me dood",)]


async def test_a_closed_chat_shows_the_emergency_card_to_who_is_in_danger(night: Server) -> None:
    visitor = await night.visitor()
    await visitor.error(type="message", id="a", text="hij heeft een mes")

    shown = [event for event in visitor.all("event") if event["kind"] == "emergency"]
    assert [card["text"].partition(".")[0] for card in shown] == [
        f"Bel {EMERGENCY} als er nu gevaar is"
    ]


# in the language of the text


@pytest.mark.usefixtures("listening")
async def test_cards_for_what_was_heard_are_in_the_language_of_the_text(server: Server) -> None:
    visitor = await server.visitor()
    await visitor.types("i think about suicide")
    await visitor.types("he has a knife")

    (card,) = helped(visitor)
    assert (card["language"], card["text"][:12]) == ("en", "Do you think")
    (emergency,) = [event for event in visitor.all("event") if event["kind"] == "emergency"]
    assert emergency["language"] == "en"
    assert emergency["text"].startswith(f"Call {EMERGENCY} if there is danger now.")
    assert emergency["buttons"][0]["title"] == "I cannot call"
    # the talk goes on in its own language
    await visitor.chooses("Nee")
    assert visitor.question["text"] == "Wat past bij jou?"


@pytest.mark.usefixtures("listening")
async def test_the_language_of_a_card_is_kept_with_it(server: Server) -> None:
    visitor = await server.visitor()
    await visitor.types("i think about suicide")
    await visitor.hangs_up()

    again = await server.visitor(opens=False)
    await again.resume(visitor.token)
    await again.quiet()

    assert [card["language"] for card in helped(again)] == ["en"]


# what was asked


async def test_a_text_is_heard_after_the_question_that_is_open(
    server: Server, listening: FakeEars
) -> None:
    visitor = await server.visitor()
    await visitor.types("ik weet het niet")
    await visitor.chooses("Nee")
    await visitor.types("mijn zusje")

    assert listening.asked == ["Is er nu gevaar?", "Wat past bij jou?"]


async def test_a_question_is_not_open_any_more_once_the_script_is_silent(
    server: Server, listening: FakeEars
) -> None:
    visitor = await server.visitor()
    await visitor.goes_straight()
    await visitor.types("hallo")

    assert listening.asked == [""]


async def test_a_text_is_heard_after_what_the_caseworker_wrote_last(
    server: Server, listening: FakeEars
) -> None:
    visitor, caseworker, ticket = await talking(server)
    await caseworker.writes(ticket, "Goedenavond.")
    await caseworker.writes(ticket, "Is hij nu bij jou?")
    await caseworker.says(type="note", ticket=ticket, id="n", text="let op")
    await caseworker.next("ack", lambda ack: ack["id"] == "n")
    await visitor.types("ja")

    assert listening.asked == ["Is hij nu bij jou?"]


async def test_what_was_asked_is_known_after_the_conversation_was_loaded_anew(
    server: Server, listening: FakeEars
) -> None:
    visitor, caseworker, ticket = await talking(server)
    await caseworker.writes(ticket, "Is hij nu bij jou?")
    await visitor.hangs_up()
    await caseworker.hangs_up()
    assert visitor.conversation not in server.house.conversations.live

    again = await server.visitor(opens=False)
    await again.resume(visitor.token)
    await again.types("ja")

    assert listening.asked == ["Is hij nu bij jou?"]
