"""Each action alone, and all of them behind `python -m rasa_sdk`, as a plain Rasa calls them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.ask_moment import AskMoment
from actions.hand_over import HandOver
from actions.show_emergency import ShowEmergency
from actions.show_help import ShowHelp
from actions.show_hours import ShowHours
from actions.validate_moment import ValidateMoment
from actions.weigh_answers import WeighAnswers
from flows.context import context_slots, speaker
from tests import shipped
from tests.shipped import local

#: How long the action server may take to start and to answer.
START_S, ANSWER_S = 60, 10


def slots(at: str = "2026-11-18 20:00", **more: Any) -> dict[str, Any]:
    knowledge = shipped.knowledge()
    language = more.get("language", "nl")
    context = context_slots(
        knowledge,
        knowledge.regions[shipped.REGION],
        local(at),
        speaker(shipped.script(), language),
    )
    return {**dict.fromkeys(shipped.script().slots), **context, "language": language, **more}


async def run(action: Any, slots: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The slots that an action sets, and what it says."""
    dispatcher = CollectingDispatcher()
    tracker = Tracker.from_dict({"sender_id": "x", "slots": slots, "events": []})
    events = await action.run(dispatcher, tracker, shipped.script().domain)
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}, (
        dispatcher.messages
    )


def responses(messages: list[dict[str, Any]]) -> list[str]:
    return [message["response"] for message in messages]


# weigh_answers


@pytest.mark.parametrize(
    ("answers", "level", "asks_today"),
    [
        ({}, "normal", False),
        ({"danger": "self"}, "acute", False),
        ({"role": "young"}, "urgent", False),
        ({"signals": "|hit|"}, "urgent", True),
        ({"signals": "|hit|", "today": "yes"}, "acute", False),
        ({"signals": "|hit|locked_in|"}, "acute", False),
        ({"signals": "|children|"}, "normal", False),
    ],
)
async def test_answers_are_weighed_and_the_clock_is_asked_unless_it_is_acute_already(
    answers: dict[str, str], level: str, asks_today: bool
) -> None:
    found, said = await run(WeighAnswers(), slots(**answers))

    assert found == {"level": level, "asks_today": asks_today}
    assert said == []


# show_hours


@pytest.mark.parametrize(
    ("at", "response"),
    [
        ("2026-11-18 20:00", "utter_hours"),
        ("2026-11-18 22:45", "utter_hours_closing"),
        ("2026-11-18 23:30", "utter_closed"),
    ],
)
async def test_hours_are_said_as_they_are(at: str, response: str) -> None:
    found, said = await run(ShowHours(), slots(at))

    assert responses(said) == [response]
    assert found == {}


async def test_hours_are_worked_out_when_nobody_set_the_context() -> None:
    """Under a plain Rasa server: the first region, the real clock."""
    found, said = await run(ShowHours(), {})

    assert len(said) == 1
    assert found["context_state"] in ("open", "closed")
    assert found["context_region"] == next(iter(shipped.knowledge().regions))


async def test_what_the_caller_knows_better_stands() -> None:
    """Open by the clock, and closed today by a coordinator."""
    _, said = await run(ShowHours(), slots(context_state="closed"))

    assert responses(said) == ["utter_closed"]


# show_emergency


async def test_card_is_said_for_the_role_and_both_of_its_parts() -> None:
    _, said = await run(ShowEmergency(), slots(danger="self", role="self"))

    assert responses(said)[0] == "utter_emergency_self"
    assert "utter_emergency_let_call" in responses(said)
    assert "utter_emergency_stay" not in responses(said)


async def test_card_that_was_shown_is_not_said_again() -> None:
    _, said = await run(ShowEmergency(), slots(danger="self", context_emergency_shown=True))

    assert said == []


async def test_card_names_the_office_only_while_it_is_open() -> None:
    _, by_day = await run(ShowEmergency(), slots("2026-11-18 10:00", role="self"))
    _, by_night = await run(ShowEmergency(), slots("2026-11-18 20:00", role="self"))

    assert "utter_emergency_leave_office" in responses(by_day)
    assert "utter_emergency_leave_office" not in responses(by_night)


# show_help


async def test_help_that_fits_what_was_chosen_is_said_and_noted() -> None:
    found, said = await run(ShowHelp(), slots(role="self", signals="|throat|suicide|", today="no"))

    assert responses(said) == ["utter_card_suicide", "utter_card_throat"]
    assert found == {"context_help_shown": "|suicide|throat|"}


async def test_help_that_was_shown_is_not_said_again() -> None:
    shown = slots(role="young", signals="|suicide|", context_help_shown="|suicide|")
    found, said = await run(ShowHelp(), shown)

    assert responses(said) == ["utter_card_children"]
    assert found == {"context_help_shown": "|suicide|children|"}


@pytest.mark.parametrize("acute", [{"today": "yes"}, {"context_emergency_shown": True}])
async def test_help_that_can_wait_is_not_said_in_acute_danger(acute: dict[str, Any]) -> None:
    _, said = await run(ShowHelp(), slots(role="self", signals="|throat|sexual|", **acute))

    assert responses(said) == ["utter_card_sexual"]


async def test_help_whose_text_an_older_release_has_not_is_left_out() -> None:
    """The table is of today; a conversation that began before it has the texts of then."""
    dispatcher = CollectingDispatcher()
    tracker = Tracker.from_dict(
        {"sender_id": "x", "slots": slots(role="young", signals="|suicide|"), "events": []}
    )
    texts = {**shipped.script().domain["responses"]}
    del texts["utter_card_children"]
    await ShowHelp().run(dispatcher, tracker, {**shipped.script().domain, "responses": texts})

    assert responses(dispatcher.messages) == ["utter_card_suicide"]


# ask_moment


NL = ("Vanavond", "Morgen overdag", "Morgenavond", "Ander moment", "Weet ik niet")
EN = ("This evening", "Tomorrow by day", "Tomorrow evening", "Another time", "I don't know")


@pytest.mark.parametrize(
    ("language", "question", "titles"),
    [
        (
            "nl",
            "Als dit gesprek stopt: wanneer kun je veilig terugkomen?",
            [*NL, "Meteen naar een medewerker"],
        ),
        (
            "en",
            "If this talk stops: when can you safely come back?",
            [*EN, "Straight to a caseworker"],
        ),
    ],
)
async def test_moments_are_asked_in_the_language_with_a_way_past_and_a_way_to_a_human(
    language: str, question: str, titles: list[str]
) -> None:
    found, (message,) = await run(AskMoment(), slots(language=language))

    assert found == {}
    assert message["text"] == question
    assert [button["title"] for button in message["buttons"]] == titles
    payloads = [button["payload"] for button in message["buttons"]]
    assert payloads[0] == "/SetSlots(moment=2026-11-18.evening)"
    assert payloads[-3:] == [
        "/SetSlots(moment=other)",
        "/SetSlots(moment=unknown)",
        "/caseworker",
    ]


# validate_moment


@pytest.mark.parametrize("moment", ["2026-11-18.evening", "other", "unknown"])
async def test_moment_that_was_offered_is_kept(moment: str) -> None:
    assert await run(ValidateMoment(), slots(moment=moment)) == ({}, [])


@pytest.mark.parametrize("moment", ["zaterdag", "2026-11-18.night", "", None])
async def test_moment_that_was_not_offered_is_emptied(moment: str | None) -> None:
    assert await run(ValidateMoment(), slots(moment=moment)) == ({"moment": None}, [])


# hand_over


async def test_handing_over_pauses_the_bot_and_says_nothing() -> None:
    dispatcher = CollectingDispatcher()
    tracker = Tracker.from_dict({"sender_id": "x", "slots": {}, "events": []})

    events = await HandOver().run(dispatcher, tracker, {})

    assert [event["event"] for event in events] == ["pause"]
    assert dispatcher.messages == []


# behind rasa-sdk's own server


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.asynccontextmanager
async def server() -> AsyncIterator[str]:
    """The action server as a real process, on this machine only; ended by its pid."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "rasa_sdk", "--actions", "actions", "--port", str(port)),
        cwd=shipped.ROOT,
        env={**os.environ, "SANIC_HOST": "127.0.0.1", "PYTHONPATH": str(shipped.ROOT)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        # its workers are in the session that it leads
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), ANSWER_S)
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def healthy(session: aiohttp.ClientSession, address: str) -> None:
    """Waits until the server answers."""
    async with asyncio.timeout(START_S):
        while True:
            try:
                async with session.get(f"{address}/health") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)


def call(name: str, **slots: Any) -> dict[str, Any]:
    """What a Rasa server sends."""
    return {
        "next_action": name,
        "sender_id": "x",
        "version": "3.21.1",
        "domain": shipped.script().domain,
        "tracker": {"sender_id": "x", "slots": slots, "events": [], "latest_message": {}},
    }


async def test_actions_answer_a_plain_rasa_server() -> None:
    limit = aiohttp.ClientTimeout(total=ANSWER_S)
    async with server() as address, aiohttp.ClientSession(timeout=limit) as session:
        await healthy(session, address)

        async with session.get(f"{address}/actions") as answer:
            listed = {action["name"] for action in await answer.json()}
        assert listed == shipped.in_process().names

        async def webhook(body: dict[str, Any]) -> tuple[int, Any]:
            async with session.post(f"{address}/webhook", json=body) as answer:
                return answer.status, await answer.json()

        status, found = await webhook(call("action_weigh_answers", danger="self"))
        assert status == 200
        assert {event["name"]: event["value"] for event in found["events"]} == {
            "level": "acute",
            "asks_today": False,
        }

        status, found = await webhook(call("action_hand_over"))
        assert [event["event"] for event in found["events"]] == ["pause"]

        # the region and the clock are its own, as nobody sets the context there
        status, found = await webhook(call("action_show_hours"))
        assert status == 200
        assert len(found["responses"]) == 1

        status, _ = await webhook(call("action_nothing"))
        assert status == 404
