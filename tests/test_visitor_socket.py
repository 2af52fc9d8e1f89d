"""What a visitor sends, frame by frame: what it does, and how it is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.running import REGION, STRAIGHT, Server, Visitor

YES = {"nl": "Ja, voor mij", "en": "Yes, for me"}


def titles(event: dict[str, Any]) -> list[str]:
    return [button["title"] for button in event["buttons"]]


def seqs(visitor: Visitor) -> list[int]:
    return [event["seq"] for event in visitor.all("event") if "seq" in event]


async def in_queue(server: Server) -> Visitor:
    visitor = await server.visitor()
    await visitor.goes_straight()
    return visitor


# open


@pytest.mark.parametrize("language", ["nl", "en"])
async def test_open_greets_and_asks_about_danger(server: Server, language: str) -> None:
    visitor = await server.visitor(language=language)

    opened, *events, status = visitor.seen
    assert opened["language"] == language
    assert opened["region"]["region"] == REGION
    assert opened["region"]["state"] == "open"
    assert len(opened["token"]) >= 43
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert {event["from"] for event in events} == {"bot"}
    assert events[-1]["kind"] == "question"
    assert titles(events[-1])[0] == YES[language]
    assert STRAIGHT[language] in titles(events[-1])
    assert (status["type"], status["state"]) == ("status", "intake")


async def test_nothing_is_written_at_open(server: Server) -> None:
    visitor = await server.visitor()
    await visitor.says(type="typing")
    await visitor.says(type="language", language="en")
    await visitor.quiet()

    assert await server.rows("SELECT id FROM conversation") == []
    assert await server.rows("SELECT id FROM event") == []


async def test_the_first_input_is_written_with_the_greeting_under_the_numbers_it_had(
    server: Server,
) -> None:
    visitor = await server.visitor()
    shown = [(event["seq"], event["event"]) for event in visitor.all("event")]

    ack = await visitor.chooses("Nee")

    rows = await server.rows("SELECT seq, id FROM event ORDER BY seq")
    assert [(row["seq"], row["id"]) for row in rows][: len(shown)] == shown
    assert ack["seq"] == len(shown) + 1
    assert seqs(visitor) == [*range(1, ack["seq"]), ack["seq"] + 1]


async def test_open_refuses_an_unknown_region_and_goes_on(server: Server) -> None:
    visitor = await server.visitor(opens=False)

    error = await visitor.error(type="open", region="atlantis", language="nl")

    assert error["code"] == "unknown_region"
    assert (await visitor.open())["conversation"]


async def test_open_in_a_language_we_do_not_speak_is_in_the_region_s_first(server: Server) -> None:
    visitor = await server.visitor(language="xx")

    assert visitor.seen[0]["language"] == "nl"


async def test_a_socket_has_one_conversation(server: Server) -> None:
    visitor = await server.visitor()

    again = await visitor.error(type="open", region=REGION, language="nl")
    resumed = await visitor.error(type="resume", token="x", after=0)

    assert (again["code"], resumed["code"]) == ("wrong_state", "wrong_state")


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "message", "id": "a", "text": "hallo"},
        {"type": "choose", "id": "a", "payload": "/caseworker"},
        {"type": "typing"},
        {"type": "language", "language": "en"},
        {"type": "region", "id": "a", "region": "utrecht"},
        {"type": "card", "id": "a"},
        {"type": "words", "id": "a"},
        {"type": "stop", "id": "a"},
        {"type": "end"},
        {"type": "exit"},
    ],
    ids=lambda frame: str(frame["type"]),
)
async def test_before_open_every_other_frame_is_refused(
    server: Server, frame: dict[str, Any]
) -> None:
    visitor = await server.visitor(opens=False)

    assert (await visitor.error(**frame))["code"] == "wrong_state"


# questions and buttons


async def test_every_question_has_the_way_straight_to_a_caseworker(server: Server) -> None:
    visitor = await server.visitor()
    for button in ("Nee", "Het gaat over mij", "Nee", "Overslaan", "Weet ik niet"):
        assert STRAIGHT["nl"] in titles(visitor.question)
        await visitor.chooses(button)

    assert visitor.status["state"] == "waiting"


async def test_several_answers_are_chosen_as_a_list(server: Server) -> None:
    caseworker = await server.caseworker(available=False)
    visitor = await server.visitor()
    for button in ("Nee", "Het gaat over mij", "Nee"):
        await visitor.chooses(button)
    assert visitor.question["multiple"] is True

    await visitor.chooses("Ik ben zwanger", "Er zijn kinderen in huis")
    await visitor.goes_straight()
    await caseworker.quiet()

    (ticket,) = caseworker.desk["queue"]
    assert {"pregnant", "children"} <= set(ticket["said"])


@pytest.mark.parametrize(
    "payload",
    [
        "/SetSlots(danger=maybe)",
        "/SetSlots(level=normal)",
        "/SetSlots(context_state=open)",
        "/nothing",
        "/sys:nothing",
        "hallo",
        "",
        [],
        ["/SetSlots(danger=self)", "/SetSlots(danger=other)"],
        ["/caseworker", "/sys:privacy"],
        ["/caseworker"] * 41,
        "/" + "a" * 301,
    ],
    ids=str,
)
async def test_a_button_that_no_open_question_has_is_refused_and_changes_nothing(
    server: Server, payload: str | list[str]
) -> None:
    visitor = await server.visitor()

    error = await visitor.error(type="choose", id="a", payload=payload)

    assert (error["code"], error["id"]) == ("bad_payload", "a")
    assert await server.rows("SELECT id FROM conversation") == []


async def test_a_button_of_an_earlier_question_changes_that_answer(server: Server) -> None:
    caseworker = await server.caseworker(available=False)
    visitor = await server.visitor()
    await visitor.chooses("Nee")
    earlier = visitor.all("event")[3]["buttons"][1]["payload"]

    await visitor.says(type="choose", id="a", payload=earlier)
    await visitor.next("ack", lambda ack: ack["id"] == "a")
    await caseworker.quiet()

    (ticket,) = caseworker.desk["queue"]
    assert "danger_other" in ticket["said"]


async def test_after_the_questions_their_buttons_are_refused(server: Server) -> None:
    visitor = await server.visitor()
    stale = visitor.button("Ja, voor iemand anders")
    await visitor.goes_straight()

    error = await visitor.error(type="choose", id="a", payload=stale)

    assert (error["code"], error["id"]) == ("wrong_state", "a")


async def test_what_was_chosen_is_shown_to_the_caseworker_in_the_words_of_the_button(
    server: Server,
) -> None:
    caseworker = await server.caseworker()
    visitor = await server.visitor()
    await visitor.chooses("Ja, voor mij")

    assigned = await caseworker.accepts()

    said = [event["text"] for event in assigned["events"] if event["from"] == "visitor"]
    assert said == ["Ja, voor mij"]


# message


@pytest.mark.parametrize("text", ["a", "x" * 2000, "👍" * 2000, "regel 1\nregel 2"])
async def test_a_message_of_1_to_2000_code_points_is_acknowledged(
    server: Server, text: str
) -> None:
    caseworker = await server.caseworker()
    visitor = await in_queue(server)
    await caseworker.accepts()

    ack = await visitor.types(text)

    event = await caseworker.next("event", lambda event: event["from"] == "visitor")
    assert (event["text"], event["seq"], event["id"]) == (text, ack["seq"], ack["id"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 2001, "too_long"),
        ("👍" * 2001, "too_long"),
        ("", "bad_text"),
        ("   \n", "bad_text"),
        ("a\x00b", "bad_text"),
        ("a\ud800b", "bad_text"),
    ],
    ids=["2001", "2001 wide", "empty", "blank", "NUL", "half a character"],
)
async def test_any_other_message_is_refused_with_its_id_and_the_next_one_arrives(
    server: Server, text: str, code: str
) -> None:
    visitor = await in_queue(server)

    error = await visitor.error(type="message", id="bad", text=text)

    assert (error["code"], error["id"]) == (code, "bad")
    assert (await visitor.types("hallo"))["seq"] > 0


async def test_a_message_that_is_too_long_is_refused_in_the_visitor_s_words(
    server: Server,
) -> None:
    visitor = await server.visitor(language="en")

    error = await visitor.error(type="message", id="a", text="x" * 2001)

    say = server.house.services.dialogue.script.responses["utter_error_too_long"]
    assert error["message"] == say.variations[0].text["en"]


@pytest.mark.parametrize("id", ["", "a b", "x" * 65, "é"])
async def test_a_message_with_a_bad_id_is_refused(server: Server, id: str) -> None:
    visitor = await in_queue(server)

    assert (await visitor.error(type="message", id=id, text="hallo"))["code"] == "bad_id"


async def test_a_sender_does_not_get_the_own_message_back(server: Server) -> None:
    visitor = await in_queue(server)

    await visitor.types("ik ben er nog")

    assert "ik ben er nog" not in visitor.texts


# typing, language, region


async def test_typing_goes_to_the_other_side_only_and_carries_no_text(server: Server) -> None:
    caseworker = await server.caseworker()
    visitor = await in_queue(server)
    ticket = (await caseworker.accepts())["ticket"]["id"]
    other = await server.visitor()

    await visitor.says(type="typing", text="geheim")
    typing = await caseworker.next("typing")
    await caseworker.says(type="typing", ticket=ticket)
    answer = await visitor.next("typing")

    assert (typing, answer) == ({"type": "typing", "ticket": ticket}, {"type": "typing"})
    assert "typing" not in [frame["type"] for frame in await other.quiet()]
    assert len(visitor.all("typing")) == len(caseworker.all("typing")) == 1


async def test_the_language_changes_before_the_first_input(server: Server) -> None:
    visitor = await server.visitor()
    before = len(visitor.all("event"))

    await visitor.says(type="language", language="en")
    await visitor.quiet()

    again = visitor.all("event")[before:]
    assert titles(visitor.question)[0] == YES["en"]
    assert [event["seq"] for event in again] == list(range(before + 1, 2 * before + 1))
    assert (await visitor.chooses(YES["en"]))["seq"] == 2 * before + 1


async def test_the_language_changes_in_the_intake_and_the_question_comes_again(
    server: Server,
) -> None:
    visitor = await server.visitor()
    await visitor.chooses("Nee")
    dutch = visitor.question

    await visitor.says(type="language", language="en")
    english = await visitor.next("event", lambda event: event["kind"] == "question")

    assert english["seq"] == dutch["seq"] + 1
    assert [button["payload"] for button in english["buttons"]] == [
        button["payload"] for button in dutch["buttons"]
    ]
    assert english["text"] != dutch["text"]


async def test_the_language_of_a_talk_changes_for_the_caseworker_too(server: Server) -> None:
    caseworker = await server.caseworker()
    visitor = await in_queue(server)
    await caseworker.accepts()

    await visitor.says(type="language", language="en")

    ticket = await caseworker.next("ticket", lambda found: found["ticket"]["language"] == "en")
    assert ticket["ticket"]["state"] == "active"
    assert visitor.all("error") == visitor.all("error")[:1]


async def test_a_language_we_do_not_speak_is_refused(server: Server) -> None:
    visitor = await server.visitor()

    assert (await visitor.error(type="language", language="xx"))["code"] == "bad_frame"


async def test_the_region_is_corrected_before_the_ticket_opens(server: Server) -> None:
    there = await server.caseworker("utrecht-1", available=False)
    visitor = await server.visitor()

    await visitor.says(type="region", id="r1", region="utrecht")
    told = await visitor.next("event")
    await visitor.goes_straight()
    await there.quiet()

    assert told["from"] == "system"
    assert "Utrecht" in told["text"]
    (ticket,) = there.desk["queue"]
    assert ticket["home_region"] == "utrecht"


async def test_the_region_is_fixed_once_a_ticket_is_open(server: Server) -> None:
    visitor = await in_queue(server)

    error = await visitor.error(type="region", id="r1", region="utrecht")

    assert (error["code"], error["id"]) == ("wrong_state", "r1")


async def test_an_unknown_region_is_refused_with_the_id(server: Server) -> None:
    visitor = await server.visitor()

    error = await visitor.error(type="region", id="r1", region="atlantis")

    assert (error["code"], error["id"]) == ("unknown_region", "r1")
