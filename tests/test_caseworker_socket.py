"""What a caseworker says and judges, frame by frame: what it does, and how it is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.outage import held, no_answer
from tests.support.running import REGION, Caseworker, Server, Visitor
from tests.test_visitor_acks import DANGER, talking

OTHER = f"{REGION}-2"


async def ticket_of(caseworker: Caseworker, ticket: str, **holds: Any) -> dict[str, Any]:
    """The ticket as soon as it is so."""
    frame = await caseworker.next(
        "ticket",
        lambda found: found["ticket"]["id"] == ticket and holds.items() <= found["ticket"].items(),
    )
    found: dict[str, Any] = frame["ticket"]
    return found


async def colleague(server: Server) -> Caseworker:
    return await server.caseworker(OTHER, available=False)


# message and note


async def test_a_message_reaches_the_visitor_with_a_name_and_is_acknowledged(
    server: Server,
) -> None:
    visitor, caseworker, ticket = await talking(server)

    ack = await caseworker.writes(ticket, "goed dat je er bent")
    event = await visitor.next("event", lambda event: event["from"] == "caseworker")

    assert (event["text"], event["seq"]) == ("goed dat je er bent", ack["seq"])
    assert event["by"] == caseworker.username.title()
    assert caseworker.username not in str(event)
    assert ack["ticket"] == ticket


async def test_a_message_sent_twice_arrives_once(server: Server) -> None:
    visitor, caseworker, ticket = await talking(server)

    for text in ("een", "een", "iets anders"):
        await caseworker.says(type="message", ticket=ticket, id="a", text=text)
    acks = [await caseworker.next("ack") for _ in range(3)]
    await visitor.quiet()

    assert {(ack["id"], ack["seq"]) for ack in acks} == {("a", acks[0]["seq"])}
    assert [event["text"] for event in visitor.all("event")][-1] == "een"


@pytest.mark.parametrize("kind", ["message", "note"])
@pytest.mark.parametrize(
    ("text", "code"),
    [("x" * 2001, "too_long"), ("", "bad_text"), ("a\x00", "bad_text"), ("\ud800", "bad_text")],
    ids=["2001", "empty", "NUL", "half a character"],
)
async def test_a_text_that_cannot_be_kept_is_refused_with_its_id(
    server: Server, kind: str, text: str, code: str
) -> None:
    _, caseworker, ticket = await talking(server)

    error = await caseworker.error(type=kind, ticket=ticket, id="a", text=text)

    assert (error["code"], error["id"]) == (code, "a")


async def test_a_note_is_for_colleagues_only_and_leaves_a_gap_in_the_visitor_s_numbers(
    server: Server,
) -> None:
    visitor, caseworker, ticket = await talking(server)

    await caseworker.says(type="note", ticket=ticket, id="n", text="let op de buurman")
    note = await caseworker.next("ack")
    answer = await caseworker.writes(ticket, "dag")
    await visitor.quiet()

    assert answer["seq"] == note["seq"] + 1
    assert note["seq"] not in [frame.get("seq") for frame in visitor.seen]
    assert "buurman" not in str(visitor.seen)
    back = await server.visitor(opens=False)
    await back.resume(visitor.token)
    await back.quiet()
    assert "buurman" not in str(back.seen)


async def test_two_sockets_of_one_caseworker_see_each_others_messages(server: Server) -> None:
    visitor, first, ticket = await talking(server)
    second = await server.caseworker(available=False)
    assigned = await second.next("assigned")

    ack = await first.writes(ticket, "van de laptop")
    event = await second.next("event")
    await second.writes(ticket, "van de telefoon")
    await visitor.quiet()

    assert assigned["ticket"]["id"] == ticket
    assert (event["text"], event["seq"]) == ("van de laptop", ack["seq"])
    assert (await first.next("event"))["text"] == "van de telefoon"
    assert [event["text"] for event in visitor.all("event")][-2:] == [
        "van de laptop",
        "van de telefoon",
    ]


async def test_a_caseworker_who_reloads_gets_the_whole_talk_once_and_in_order(
    server: Server,
) -> None:
    visitor, first, ticket = await talking(server)
    await visitor.types("een")
    await first.writes(ticket, "twee")
    await first.hangs_up()

    again = await server.caseworker(available=False)
    events = (await again.next("assigned"))["events"]

    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert [event["text"] for event in events][-2:] == ["een", "twee"]


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "message", "id": "a", "text": "hallo"},
        {"type": "note", "id": "a", "text": "hallo"},
        {"type": "typing"},
        {"type": "level", "level": "urgent", "reason": "hoort iets"},
        {"type": "strike", "signal": "weapon", "reason": "keukenmes"},
        {"type": "moment", "id": "a", "text": "morgen"},
        {"type": "consult", "text": "wat denk jij"},
        {"type": "transfer", "to": {"caseworker": OTHER}},
        {"type": "end"},
        {"type": "wrap_up", "disposition": "advice"},
    ],
    ids=lambda frame: str(frame["type"]),
)
async def test_what_is_not_mine_is_refused(server: Server, frame: dict[str, Any]) -> None:
    _, _, ticket = await talking(server)
    other = await colleague(server)
    await other.quiet()

    theirs = await other.error(ticket=ticket, **frame)
    nobodys = await other.error(ticket="nothing", **frame)

    codes = {"not_open"} if frame["type"] == "wrap_up" else {"not_yours"}
    assert theirs["code"] in codes
    assert theirs["id"] == frame.get("id", ticket)
    assert nobodys["code"] == "unknown_ticket"


async def test_what_is_over_takes_no_message_but_a_note(server: Server) -> None:
    visitor, caseworker, ticket = await talking(server)
    await caseworker.says(type="end", ticket=ticket)
    await ticket_of(caseworker, ticket, state="wrap_up")

    for frame in (
        {"type": "message", "id": "a", "text": "nog iets"},
        {"type": "typing"},
        {"type": "end"},
        {"type": "transfer", "to": {"caseworker": OTHER}},
    ):
        assert (await caseworker.error(ticket=ticket, **frame))["code"] == "not_open"
    await caseworker.says(type="note", ticket=ticket, id="n", text="zij belt morgen zelf")
    assert (await caseworker.next("ack"))["id"] == "n"
    await visitor.quiet()
    assert "nog iets" not in visitor.texts


async def test_a_message_to_a_visitor_who_left_is_refused(server: Server) -> None:
    visitor, caseworker, ticket = await talking(server)
    await visitor.says(type="exit")
    await visitor.closed()
    await caseworker.next("visitor", lambda frame: frame["state"] == "exit")

    error = await caseworker.error(type="message", ticket=ticket, id="a", text="ben je er nog?")

    assert (error["code"], error["id"]) == ("not_open", "a")


async def test_without_an_answer_from_the_database_nothing_is_acknowledged(
    server: Server,
) -> None:
    visitor, caseworker, ticket = await talking(server)
    with no_answer(server):
        error = await caseworker.error(type="message", ticket=ticket, id="a", text="hallo")
        end = await caseworker.error(type="end", ticket=ticket)

    assert (error["code"], error["id"], end["code"]) == ("unavailable", "a", "unavailable")
    await caseworker.says(type="message", ticket=ticket, id="a", text="hallo")
    assert (await caseworker.next("ack"))["id"] == "a"
    await visitor.next("event", lambda event: event["text"] == "hallo")


# level and strike


async def test_a_caseworker_raises_a_level_with_a_reason_that_is_kept(server: Server) -> None:
    visitor, caseworker, ticket = await talking(server)

    await caseworker.says(type="level", ticket=ticket, level="acute", reason="hij komt eraan")
    found = await ticket_of(caseworker, ticket, level="acute")
    note = caseworker.all("event")[-1]

    assert "hij komt eraan" in found["why"]
    assert (note["kind"], note["name"]) == ("note", "level")
    assert "hij komt eraan" in note["text"]
    await visitor.quiet()
    assert "hij komt eraan" not in str(visitor.seen)
    audit = await server.rows("SELECT actor, detail FROM audit WHERE action = 'level'")
    assert audit == [{"actor": caseworker.username, "detail": "acute"}]


async def test_only_a_caseworker_lowers_a_level_and_only_new_text_raises_it_again(
    server: Server,
) -> None:
    visitor, caseworker, ticket = await talking(server)
    await visitor.types(DANGER)
    await ticket_of(caseworker, ticket, level="acute")

    await caseworker.says(type="level", ticket=ticket, level="normal", reason="het ging om tv")
    await ticket_of(caseworker, ticket, level="normal")
    for text in ("ja", "dat klopt", "mijn zoon is zes"):
        await visitor.types(text)
    await caseworker.quiet()
    assert caseworker.desk["tickets"][0]["level"] == "normal"

    await visitor.types(f"nee echt, {DANGER}")
    await ticket_of(caseworker, ticket, level="acute")


async def test_a_struck_signal_stays_struck(server: Server) -> None:
    visitor, caseworker, ticket = await talking(server)
    await visitor.types(DANGER)
    heard = (await ticket_of(caseworker, ticket, level="acute"))["heard"]
    assert "weapon" in heard

    await caseworker.says(type="strike", ticket=ticket, signal="weapon", reason="een botermes")
    struck = await ticket_of(caseworker, ticket, struck=["weapon"])
    assert "weapon" not in struck["heard"]
    await visitor.types(DANGER)
    await caseworker.quiet()

    (found,) = caseworker.desk["tickets"]
    assert found["struck"] == ["weapon"]
    assert "weapon" not in found["heard"]


async def test_what_a_visitor_says_at_the_same_moment_is_not_lost_by_a_judgement(
    server: Server,
) -> None:
    visitor, caseworker, ticket = await talking(server)
    for number, signal in enumerate(("injury", "child", "fire")):
        await visitor.says(type="message", id=f"v{number}", text=DANGER)
        await caseworker.says(type="strike", ticket=ticket, signal=signal, reason="nee")
        await caseworker.says(type="message", ticket=ticket, id=f"c{number}", text="dag")
    await visitor.next("ack", lambda ack: ack["id"] == "v2")
    await caseworker.next("ack", lambda ack: ack["id"] == "c2")
    await caseworker.quiet()

    (found,) = caseworker.desk["tickets"]
    assert (found["level"], found["struck"]) == ("acute", ["injury", "child", "fire"])
    assert (found["typed"], "weapon" in found["heard"]) == (True, True)


async def test_what_a_visitor_says_while_a_message_is_under_way_is_not_forgotten(
    server: Server,
) -> None:
    visitor, caseworker, ticket = await talking(server)
    async with held(server, "write") as gate:
        await caseworker.says(type="message", ticket=ticket, id="c", text="hoe gaat het?")
        await gate.reached.wait()
        await visitor.types(DANGER)
        gate.open.set()
        await caseworker.next("ack", lambda ack: ack["id"] == "c")
    # the next change of what is remembered is worked out from what the visitor said
    await caseworker.says(type="strike", ticket=ticket, signal="fire", reason="nee")
    found = await ticket_of(caseworker, ticket, struck=["fire"])

    assert (found["level"], "weapon" in found["heard"]) == ("acute", True)


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "level", "level": "urgent", "reason": ""},
        {"type": "level", "level": "urgent", "reason": "x" * 501},
        {"type": "level", "level": "highest", "reason": "x"},
        {"type": "strike", "signal": "nothing", "reason": "x"},
        {"type": "strike", "signal": "weapon", "reason": " "},
    ],
    ids=str,
)
async def test_a_judgement_needs_a_reason_and_a_name_that_exists(
    server: Server, frame: dict[str, Any]
) -> None:
    _, caseworker, ticket = await talking(server)

    error = await caseworker.error(ticket=ticket, **frame)

    assert error["code"] == "bad_frame"


# consult, moment


async def test_a_consultation_is_seen_by_colleagues_and_not_by_the_visitor(
    server: Server,
) -> None:
    visitor, caseworker, ticket = await talking(server)

    await caseworker.says(type="consult", ticket=ticket, text="moet ik de politie bellen?")
    event = await caseworker.next("event")
    await visitor.quiet()

    assert (event["kind"], event["name"]) == ("note", "consult")
    assert "politie bellen" not in str(visitor.seen)
    audit = await server.rows("SELECT action, ticket FROM audit WHERE action = 'consult'")
    assert audit == [{"action": "consult", "ticket": ticket}]


async def test_an_agreed_moment_stands_on_the_card_with_its_rules(server: Server) -> None:
    _, caseworker, ticket = await talking(server)

    await caseworker.says(
        type="moment",
        ticket=ticket,
        id="m",
        text="dinsdag na tien uur",
        who_calls="zij belt ons",
        say_if_other="verkeerd verbonden",
        voicemail=False,
    )
    ack = await caseworker.next("ack")
    await caseworker.quiet()

    (found,) = caseworker.desk["tickets"]
    assert ack["id"] == "m"
    assert found["safe_moment"] == {
        "text": "dinsdag na tien uur",
        "who_calls": "zij belt ons",
        "say_if_other": "verkeerd verbonden",
        "voicemail": False,
    }


async def test_a_moment_needs_a_text(server: Server) -> None:
    _, caseworker, ticket = await talking(server)

    error = await caseworker.error(type="moment", ticket=ticket, id="m", text="")

    assert (error["code"], error["id"]) == ("bad_text", "m")


# typing


async def test_typing_reaches_the_visitor_only(server: Server) -> None:
    visitor, caseworker, ticket = await talking(server)
    other: Visitor = await server.visitor()

    await caseworker.says(type="typing", ticket=ticket)

    assert await visitor.next("typing") == {"type": "typing"}
    assert [frame for frame in await other.quiet() if frame["type"] == "typing"] == []
