"""What is acknowledged is on disk, once: double ids, a database that does not answer, order."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.support.outage import held, no_answer, no_answer_after_writing, overtaken
from tests.support.running import Caseworker, Server, Visitor

#: Heard as acute danger.
DANGER = "hij heeft een mes en hij is hier nu"


async def talking(server: Server) -> tuple[Visitor, Caseworker, str]:
    """A visitor and a caseworker in a conversation."""
    caseworker = await server.caseworker()
    visitor = await server.visitor()
    await visitor.goes_straight()
    ticket = (await caseworker.accepts())["ticket"]["id"]
    await visitor.next("status", lambda status: status["state"] == "active")
    return visitor, caseworker, ticket


async def written(server: Server) -> list[tuple[int, str, str | None]]:
    rows = await server.rows("SELECT seq, author, client_id FROM event ORDER BY seq")
    return [(row["seq"], row["author"], row["client_id"]) for row in rows]


async def acks_of(visitor: Visitor, id: str, count: int) -> list[int]:
    return [(await visitor.next("ack", lambda ack: ack["id"] == id))["seq"] for _ in range(count)]


# twice


async def test_a_message_sent_twice_changes_nothing_and_is_acknowledged_with_its_first_number(
    server: Server,
) -> None:
    visitor, caseworker, _ = await talking(server)

    for text in ("hallo", "hallo", "iets anders"):
        await visitor.says(type="message", id="a", text=text)
    seqs = await acks_of(visitor, "a", 3)
    await visitor.types("en verder")

    assert seqs == [seqs[0]] * 3
    await caseworker.quiet()
    texts = [event["text"] for event in caseworker.all("event") if event["from"] == "visitor"]
    assert texts == ["hallo", "en verder"]


async def test_a_button_pressed_twice_answers_once(server: Server) -> None:
    visitor = await server.visitor()
    payload = visitor.button("Nee")

    for _ in range(2):
        await visitor.says(type="choose", id="a", payload=payload)
    seqs = await acks_of(visitor, "a", 2)
    await visitor.quiet()

    assert seqs[0] == seqs[1]
    questions = [event for event in visitor.all("event") if event["kind"] == "question"]
    assert len(questions) == 2


async def test_every_frame_with_an_id_is_acknowledged_again(server: Server) -> None:
    visitor, _, _ = await talking(server)
    frames: list[dict[str, Any]] = [
        {"type": "card", "id": "card"},
        {"type": "choose", "id": "cannot", "payload": "/sys:cannot_call"},
        {"type": "choose", "id": "privacy", "payload": "/sys:privacy"},
        {"type": "words", "id": "words"},
        {"type": "stop", "id": "stop"},
    ]
    for frame in frames:
        await visitor.says(**frame)
        (first,) = await acks_of(visitor, frame["id"], 1)
        before = await written(server)
        await visitor.says(**frame)

        assert await acks_of(visitor, frame["id"], 1) == [first], frame
        assert await written(server) == before, frame


async def test_an_id_that_two_sockets_send_at_once_is_written_once(server: Server) -> None:
    visitor, caseworker, _ = await talking(server)
    async with held(server, "write") as gate:
        await visitor.says(type="message", id="a", text="hallo")
        await gate.reached.wait()
        again = await server.visitor(opens=False)
        await again.resume(visitor.token)
        await again.says(type="message", id="a", text="hallo")
        (second,) = await acks_of(again, "a", 1)
        gate.open.set()
    await again.quiet()

    own = [row for row in await written(server) if row[2] == "a"]
    assert own == [(second, "visitor", "a")]
    assert [event["seq"] for event in again.all("event") if event.get("id") == "a"] == []
    await caseworker.quiet()
    assert [event["id"] for event in caseworker.all("event") if "id" in event] == ["a"]


# the database does not answer


async def test_without_an_answer_nothing_is_acknowledged_and_the_visitor_gets_the_numbers(
    server: Server,
) -> None:
    visitor, caseworker, _ = await talking(server)
    with no_answer(server):
        error = await visitor.error(type="message", id="a", text="hallo")

    knowledge = server.house.plan.knowledge
    assert (error["code"], error["id"]) == ("unavailable", "a")
    for line in (knowledge.advice_line, knowledge.emergency_line):
        assert knowledge.help_lines[line].number in error["message"]
    assert [ack["id"] for ack in visitor.all("ack") if ack["id"] == "a"] == []

    await visitor.says(type="message", id="a", text="hallo")
    await acks_of(visitor, "a", 1)
    event = await caseworker.next("event", lambda event: event.get("id") == "a")
    assert event["text"] == "hallo"


async def test_the_card_comes_while_the_database_does_not_answer(server: Server) -> None:
    visitor = await server.visitor()
    with no_answer(server):
        await visitor.says(type="message", id="a", text=DANGER)
        card = await visitor.next("event")
        error = await visitor.next("error")

    assert (card["kind"], card["from"]) == ("emergency", "system")
    assert "seq" not in card
    assert (error["code"], error["id"]) == ("unavailable", "a")


async def test_a_card_that_was_shown_without_an_answer_does_not_come_twice(
    server: Server,
) -> None:
    visitor = await server.visitor()
    with no_answer(server):
        await visitor.says(type="message", id="a", text=DANGER)
        card = await visitor.next("event")
        await visitor.next("error")

    await visitor.says(type="message", id="a", text=DANGER)
    await acks_of(visitor, "a", 1)
    (number,) = await acks_of(visitor, card["event"], 1)
    await visitor.quiet()

    cards = [event for event in visitor.all("event") if event["kind"] == "emergency"]
    assert cards == [card]
    rows = await server.rows("SELECT seq FROM event WHERE id = :id", id=card["event"])
    assert [row["seq"] for row in rows] == [number]


async def test_a_first_turn_whose_answer_was_lost_goes_on_when_it_is_sent_again(
    server: Server,
) -> None:
    visitor = await server.visitor()
    payload = visitor.button("Nee")
    with no_answer_after_writing(server):
        error = await visitor.error(type="choose", id="a", payload=payload)
    assert error["code"] == "unavailable"

    await visitor.says(type="choose", id="a", payload=payload)
    seqs = await acks_of(visitor, "a", 1)
    await visitor.quiet()
    await visitor.chooses("Het gaat over mij")

    rows = await written(server)
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert [row for row in rows if row[2] == "a"] == [(seqs[0], "visitor", "a")]
    questions = [event["name"] for event in visitor.all("event") if event["kind"] == "question"]
    assert questions == ["utter_ask_danger", "utter_ask_role", "utter_ask_watched"]


async def test_a_turn_whose_answer_was_lost_shows_what_came_of_it_when_it_is_sent_again(
    server: Server,
) -> None:
    visitor = await server.visitor()
    await visitor.chooses("Nee")
    payload = visitor.button("Het gaat over mij")
    with no_answer_after_writing(server):
        await visitor.error(type="choose", id="a", payload=payload)

    await visitor.says(type="choose", id="a", payload=payload)
    await acks_of(visitor, "a", 1)
    await visitor.quiet()

    assert visitor.question["name"] == "utter_ask_watched"
    assert len(visitor.all("event")) == len({event["seq"] for event in visitor.all("event")})


async def test_leaving_after_a_first_turn_without_an_answer_leaves_what_was_written(
    server: Server,
) -> None:
    caseworker = await server.caseworker(available=False)
    visitor = await server.visitor()
    with no_answer_after_writing(server):
        await visitor.error(type="message", id="a", text="ik ben bang")
    await visitor.says(type="exit")
    await visitor.closed()
    await caseworker.quiet()

    (missed,) = caseworker.desk["missed"]
    assert missed["conversation"] == visitor.conversation


# order


async def test_the_card_comes_before_the_commit_and_its_acknowledgement_brings_the_number(
    server: Server,
) -> None:
    visitor = await server.visitor()
    async with held(server, "write") as gate:
        await visitor.says(type="message", id="a", text=DANGER)
        card = await visitor.next("event")
        await gate.reached.wait()
        assert await server.rows("SELECT id FROM event") == []
        gate.open.set()
    (own,) = await acks_of(visitor, "a", 1)
    (number,) = await acks_of(visitor, card["event"], 1)

    assert (card["kind"], "seq" in card) == ("emergency", False)
    assert number == own + 1


async def test_what_a_caseworker_writes_meanwhile_is_shown_once_and_in_order(
    server: Server,
) -> None:
    visitor, caseworker, ticket = await talking(server)
    async with held(server, "write", after=True) as gate:
        await visitor.says(type="message", id="a", text="eerst")
        await gate.reached.wait()
        await caseworker.says(type="message", ticket=ticket, id="b", text="daarna")
        await caseworker.next("ack", lambda ack: ack["id"] == "b")
        gate.open.set()
    await visitor.quiet()
    await caseworker.quiet()

    new = [frame for frame in visitor.seen if frame["type"] in ("ack", "event")][-2:]
    assert [(frame["type"], frame.get("text")) for frame in new] == [
        ("ack", None),
        ("event", "daarna"),
    ]
    assert new[1]["seq"] == new[0]["seq"] + 1
    seen = [event["text"] for event in caseworker.all("event")]
    assert seen == ["eerst"]


async def test_danger_is_taken_in_however_fast_a_caseworker_writes_meanwhile(
    server: Server,
) -> None:
    visitor, caseworker, ticket = await talking(server)

    async def writes() -> None:
        await caseworker.writes(ticket, "en nog iets")

    with overtaken(server, lambda unit: unit.events[0].author == "visitor", writes) as tries:
        await visitor.says(type="message", id="a", text=DANGER)
        (number,) = await acks_of(visitor, "a", 1)
    await visitor.quiet()

    assert len(tries) == 1
    (said,) = [event for event in visitor.all("event") if event["text"] == "en nog iets"]
    assert said["seq"] == number - 1
    assert (await server.rows("SELECT level FROM ticket"))[0]["level"] == "acute"


async def test_many_messages_of_both_sides_at_once_arrive_once_and_in_order(
    server: Server,
) -> None:
    visitor, caseworker, ticket = await talking(server)
    first = max(event["seq"] for event in visitor.all("event"))

    async def visitor_types() -> None:
        for number in range(40):
            await visitor.says(type="message", id=f"v{number}", text=f"v{number}")

    async def caseworker_types() -> None:
        for number in range(40):
            await caseworker.says(type="message", ticket=ticket, id=f"c{number}", text=f"c{number}")

    await asyncio.gather(visitor_types(), caseworker_types())
    await visitor.next("ack", lambda ack: ack["id"] == "v39")
    await caseworker.next("ack", lambda ack: ack["id"] == "c39")
    await visitor.quiet()
    await caseworker.quiet()

    for person in (visitor, caseworker):
        new = [
            frame["seq"]
            for frame in person.seen
            if frame["type"] in ("ack", "event") and frame["seq"] > first
        ]
        assert new == list(range(first + 1, first + 81))
    own = [event["text"] for event in visitor.all("event") if event["from"] == "caseworker"]
    assert own == [f"c{number}" for number in range(40)]
