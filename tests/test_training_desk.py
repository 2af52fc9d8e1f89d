"""Practising at a desk: a chat that says what it is, is written nowhere, and ends in time (R39)."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from sqlmodel import SQLModel

from handoff.protocol import StaffFrame
from tests.support.clock import FakeClock
from tests.support.running import PATIENCE_S, REGION, Caseworker, Server
from tests.test_caseworker_queue import desk_with
from tests.test_training import SCRIPTS
from tests.test_visitor_acks import talking

OTHER = f"{REGION}-2"


@pytest.fixture
async def trainee(server: Server) -> Caseworker:
    """A caseworker who is away."""
    return await server.caseworker(available=False)


async def begins(trainee: Caseworker, script: str | None = "watched", **more: Any) -> str:
    """A practice begins; its ticket."""
    named = {"script": script} if script else {}
    await trainee.says(type="practise", **named, **more)
    assigned = await trainee.next("assigned")
    found: str = assigned["ticket"]["id"]
    return found


async def answered(trainee: Caseworker, ticket: str, text: str = "ik ben er") -> dict[str, Any]:
    """Writes, lets the visitor type, and reads the answer."""
    await trainee.writes(ticket, text)
    await trainee.next("typing", lambda found: found["ticket"] == ticket)
    clock = trainee.server.clock
    assert isinstance(clock, FakeClock)
    clock.move(10)
    return await trainee.next("event", lambda found: found["from"] == "visitor")


async def everything(server: Server) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, but for the beat by which a node says that it is alive."""
    tables = SQLModel.metadata.tables.keys() - {"node"}
    return {name: await server.rows(f'SELECT * FROM "{name}"') for name in tables}


async def test_a_practice_comes_to_the_desk_as_a_chat_that_says_what_it_is(
    server: Server, trainee: Caseworker
) -> None:
    ticket = await begins(trainee)

    desk, assigned = trainee.desk, trainee.all("assigned")[-1]
    assert [found["id"] for found in desk["tickets"]] == [ticket]
    assert desk["tickets"][0] == assigned["ticket"]
    assert assigned["ticket"]["training"] is True
    assert desk["seats"]["used"] == desk["seats"]["region_used"] == 0
    assert [event["from"] for event in assigned["events"]] == ["visitor", "system"]
    assert assigned["events"][0]["text"] == "ik heb niet lang"
    assert assigned["events"][1]["text"].startswith(f"Je chat nu met {trainee.username.title()}")
    assert {event["ticket"] for event in assigned["events"]} == {ticket}


async def test_nothing_of_a_practice_is_written_and_nobody_else_sees_it(
    server: Server, trainee: Caseworker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    colleague = await server.caseworker(OTHER)
    await colleague.quiet()
    await trainee.quiet()
    before, looked = await everything(server), len(colleague.seen)
    board = await server.http.get(
        f"{server.url}/api/board", headers={"Cookie": f"voordeur={colleague.cookie}"}
    )

    ticket = await begins(trainee, "acute")
    await answered(trainee, ticket, "geheim woord")
    await trainee.says(type="note", ticket=ticket, id="n1", text="geheim woord")
    await trainee.next("ack", lambda found: found["id"] == "n1")
    await trainee.says(type="typing", ticket=ticket)
    await trainee.says(type="level", ticket=ticket, level="urgent", reason="geheim woord")
    await trainee.says(
        type="strike", ticket=ticket, signal="perpetrator_present", reason="geheim woord"
    )
    await trainee.says(type="moment", ticket=ticket, id="m9", text="geheim woord", voicemail=False)
    await trainee.next("ack", lambda found: found["id"] == "m9")
    await trainee.ends(ticket, "test")
    await trainee.quiet()
    await server.janitor(after_s=1)
    await colleague.quiet()

    assert await everything(server) == before
    assert [frame for frame in colleague.seen[looked:] if frame["type"] != "error"] == []
    after = await server.http.get(
        f"{server.url}/api/board", headers={"Cookie": f"voordeur={colleague.cookie}"}
    )
    assert (await board.json())["regions"] == (await after.json())["regions"]
    assert trainee.desk["tickets"] == []
    assert "geheim woord" not in caplog.text
    assert ticket not in caplog.text


async def test_the_visitor_answers_after_a_while_each_time_and_leaves_at_the_end(
    server: Server, trainee: Caseworker
) -> None:
    ticket = await begins(trainee)
    for words in SCRIPTS["watched"].replies:
        assert (await answered(trainee, ticket))["text"] == words["nl"]

    assert (await answered(trainee, ticket))["text"] == "hij komt boven"
    left = await trainee.next("visitor")
    assert (left["ticket"], left["state"]) == (ticket, "exit")
    assert (await trainee.next("ticket"))["ticket"]["left"] == "exit"
    frame = {"type": "message", "ticket": ticket, "id": "late", "text": "ben je er nog?"}
    assert await trainee.refused(**frame) == "not_open"
    await trainee.ends(ticket)


async def test_two_messages_before_an_answer_get_one_answer(
    server: Server, trainee: Caseworker
) -> None:
    ticket = await begins(trainee)
    await trainee.writes(ticket, "hallo")
    await trainee.next("typing")

    assert (await answered_once(trainee, ticket)) == ["hij is beneden"]


async def answered_once(trainee: Caseworker, ticket: str) -> list[str]:
    await trainee.writes(ticket, "ik ben er")
    assert isinstance(trainee.server.clock, FakeClock)
    trainee.server.clock.move(60)
    await trainee.quiet()
    return [
        event["text"]
        for event in trainee.all("event")
        if event["from"] == "visitor" and event["ticket"] == ticket
    ]


async def test_sending_a_message_twice_is_acknowledged_twice_with_its_first_number(
    server: Server, trainee: Caseworker
) -> None:
    ticket = await begins(trainee)
    acks = []
    for text in ("hallo", "iets anders"):
        await trainee.says(type="message", ticket=ticket, id="a1", text=text)
        acks.append(await trainee.next("ack"))

    assert acks[0] == acks[1] == {"type": "ack", "id": "a1", "seq": 3, "ticket": ticket}
    assert [event for event in trainee.all("event") if event["from"] == "caseworker"] == []


async def test_a_level_and_a_struck_signal_change_the_card_as_for_a_real_visitor(
    server: Server, trainee: Caseworker
) -> None:
    ticket = await begins(trainee, "acute")

    await trainee.says(type="level", ticket=ticket, level="urgent", reason="hij is weg")
    note = await trainee.next("event")
    card = (await trainee.next("ticket"))["ticket"]
    assert (note["kind"], note["name"], note["text"]) == ("note", "level", "urgent: hij is weg")
    assert (card["level"], card["why_id"]) == ("urgent", "set")

    await trainee.says(type="strike", ticket=ticket, signal="perpetrator_present", reason="nee")
    card = (await trainee.next("ticket"))["ticket"]
    assert (card["heard"], card["struck"]) == ([], ["perpetrator_present"])
    assert await trainee.refused(type="level", ticket=ticket, level="normal", reason=" ") == (
        "bad_frame"
    )
    assert await trainee.refused(type="strike", ticket=ticket, signal="x", reason="nee") == (
        "bad_frame"
    )


async def test_what_needs_somebody_else_is_refused_with_a_sentence(
    server: Server, trainee: Caseworker
) -> None:
    ticket = await begins(trainee)
    for frame in (
        {"type": "transfer", "ticket": ticket, "to": {"caseworker": OTHER}, "note": ""},
        {"type": "consult", "ticket": ticket, "text": "wat nu?"},
        {"type": "room", "ticket": ticket},
        {"type": "make_room", "ticket": ticket, "give_back": ticket},
        {"type": "make_room", "ticket": "another", "give_back": ticket},
        {"type": "take", "ticket": ticket},
        {"type": "take_over", "ticket": ticket},
        {"type": "read", "ticket": ticket},
    ):
        error = await trainee.error(**frame)
        assert (error["code"], error["id"]) == ("not_open", frame["ticket"])
        assert "practice" in error["message"]
    assert await trainee.refused(type="wrap_up", ticket=ticket, disposition="test") == "not_open"
    assert await trainee.refused(type="wrap_up", ticket=ticket, disposition="x") == "bad_frame"


async def test_every_frame_about_a_ticket_is_known_to_the_practice(
    server: Server, trainee: Caseworker
) -> None:
    """Whatever frame is added: none about a practice gets as far as the database."""
    ticket = await begins(trainee)
    sessions = [desk for desk in server.house.floor.desks if desk.username == trainee.username]
    practising = sessions[0].practising
    for kind in StaffFrame.__args__:  # type: ignore[attr-defined]
        if "ticket" not in kind.__struct_fields__:
            continue
        made: Any = kind(**dict.fromkeys(kind.__struct_fields__, ticket))
        try:
            assert practising.takes(made) or practising.practice is None
        except Exception as refused:
            assert type(refused).__name__ == "Refused"


@pytest.mark.parametrize("state", ["available", "calling"])
async def test_a_practice_ends_when_its_caseworker_is_there_again(
    server: Server, trainee: Caseworker, state: str
) -> None:
    ticket = await begins(trainee)
    await trainee.writes(ticket, "hallo")
    await trainee.next("typing")

    await trainee.says(type="presence", state=state)
    closed = await trainee.next("ticket")
    desk = await trainee.next("desk", lambda found: found["presence"] == state)

    assert (closed["ticket"]["id"], closed["ticket"]["state"]) == (ticket, "closed")
    assert desk["tickets"] == []
    server.clock.move(60)
    await trainee.quiet()
    assert [found for found in trainee.all("event") if found["from"] == "visitor"] == []
    frame = {"type": "message", "ticket": ticket, "id": "late", "text": "hallo?"}
    assert await trainee.refused(**frame) == "unknown_ticket"
    assert await trainee.refused(type="practise") == "not_open"


async def test_a_practice_ends_when_its_caseworker_is_there_again_at_another_desk(
    server: Server, trainee: Caseworker
) -> None:
    ticket = await begins(trainee)
    second = await server.caseworker(available=False)
    assert second.desk["tickets"] == []

    await second.says(type="presence", state="available")
    closed = await trainee.next("ticket")

    assert (closed["ticket"]["id"], closed["ticket"]["state"]) == (ticket, "closed")


async def test_a_caseworker_who_is_there_for_visitors_does_not_practise(server: Server) -> None:
    caseworker = await server.caseworker()

    error = await caseworker.error(type="practise", id="p1")

    assert (error["code"], error["id"]) == ("not_open", "p1")
    assert "away" in error["message"]


async def test_there_is_one_practice_at_a_time_and_each_visitor_in_turn(
    server: Server, trainee: Caseworker
) -> None:
    titles = []
    for _ in range(len(SCRIPTS) + 1):
        ticket = await begins(trainee, None)
        titles.append(trainee.all("assigned")[-1]["events"][0]["text"])
        assert await trainee.refused(type="practise") == "not_open"
        await trainee.ends(ticket)

    assert titles == [
        *(script.opening[0]["nl"] for script in SCRIPTS.values()),
        next(iter(SCRIPTS.values())).opening[0]["nl"],
    ]


async def test_what_cannot_be_practised_is_refused(server: Server, trainee: Caseworker) -> None:
    assert await trainee.refused(type="practise", script="nobody") == "bad_frame"
    assert await trainee.refused(type="practise", language="fr") == "bad_frame"
    assert await trainee.refused(type="practise", id="not an id") == "bad_id"
    await begins(trainee, "young", language="en")
    assert trainee.all("assigned")[-1]["events"][0]["text"] == "hi"


async def test_a_closed_socket_leaves_nothing_of_a_practice(
    server: Server, trainee: Caseworker
) -> None:
    ticket = await begins(trainee)
    await trainee.writes(ticket, "hallo")
    await trainee.next("typing")

    # nobody waits for the words that were under way
    await asyncio.wait_for(trainee.hangs_up(), PATIENCE_S)
    again = await server.caseworker(available=False)

    assert again.desk["tickets"] == []
    assert await again.refused(type="typing", ticket=ticket) == "unknown_ticket"


async def test_a_chat_that_goes_on_while_its_caseworker_is_away_stays_real(
    server: Server,
) -> None:
    visitor, owner, real = await talking(server)
    await owner.says(type="presence", state="away")
    await owner.next("desk", lambda found: found["presence"] == "away")

    ticket = await begins(owner)
    await owner.writes(real, "ik ben er nog")
    await visitor.next("event", lambda found: found["text"] == "ik ben er nog")

    assert [found["id"] for found in owner.desk["tickets"]] == [real, ticket]
    assert owner.desk["seats"]["used"] == 1
    await owner.ends(ticket)
    assert [found["id"] for found in (await desk_with(owner))["tickets"]] == [real]
