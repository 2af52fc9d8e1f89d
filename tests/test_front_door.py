"""The main job, through both real sockets, on both databases."""

from __future__ import annotations

from tests.support.running import Server


async def test_a_visitor_in_danger_is_offered_at_once_and_answered(server: Server) -> None:
    caseworker = await server.caseworker()
    visitor = await server.visitor()

    await visitor.chooses("Ja, voor mij")
    assigned = await caseworker.accepts()
    ticket = assigned["ticket"]["id"]
    await visitor.types("hij is even weg")
    heard = await caseworker.next("event")
    await caseworker.writes(ticket, "goed dat je er bent")
    answer = await visitor.next("event", lambda event: event["from"] == "caseworker")

    assert heard["text"] == "hij is even weg"
    assert answer["text"] == "goed dat je er bent"
    assert visitor.status["state"] == "active"
