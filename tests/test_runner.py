"""Actions in our own process: copies in, a time limit, a whitelist; a human when it goes wrong."""

from __future__ import annotations

import asyncio
import copy
import logging
from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk.events import (
    AllSlotsReset,
    BotUttered,
    ConversationPaused,
    ConversationResumed,
    FollowupAction,
    SlotSet,
)

from actions.runner import MOST_ACTIONS, InProcess, Turn, found_actions, play
from flows import loader
from flows.engine import Choose, Frame, Input, Start, State, Text, begin
from flows.model import Script
from flows.payloads import BadPayload
from tests import shipped

SECRET = "geheimwoord"
FILES = {
    "all.yml": b"""\
flows:
  pattern_session_start:
    description: x
    persisted_slots: [note]
    steps:
      - {collect: note, description: x}
      - action: action_test
      - action: utter_after
      - {collect: more, description: x}
  pattern_cannot_handle: {description: x, steps: [{action: utter_after}]}
  pattern_internal_error: {description: x, steps: [{link: pattern_human_handoff}]}
  pattern_human_handoff: {description: x, steps: [{action: action_hand_over}]}
slots:
  note: {type: text, mappings: [{type: from_text}]}
  more: {type: text, initial_value: null, mappings: [{type: from_text}]}
  level: {type: text, initial_value: low, mappings: [{type: controlled}]}
  context_state: {type: text, mappings: [{type: controlled}]}
actions: [action_test, action_hand_over]
responses:
  utter_ask_note: [{text: "note?"}]
  utter_ask_more: [{text: "more?"}]
  utter_after: [{text: "after {level}"}]
  utter_level: [{text: "level {level}", buttons: [{title: Go, payload: /caseworker}]}]
"""
}
SCRIPT = loader.load_files(FILES, ("nl",))
#: What an action of a test does: dispatcher, tracker, domain -> events.
Body = Callable[[Any, Any, Any], Any]


def runner(body: Body, timeout_s: float = 5.0) -> InProcess:
    """Our actions, and `action_test` that does `body`."""

    async def run(dispatcher: Any, tracker: Any, domain: Any) -> Any:
        found = body(dispatcher, tracker, domain)
        return await found if asyncio.iscoroutine(found) else found

    made = InProcess(timeout_s)
    made.executor.register_function("action_test", run)
    return made


async def turn(
    body: Body, given: Input | None = None, *, script: Script = SCRIPT, timeout_s: float = 5.0
) -> Turn:
    """Starts the script, then types a secret word, at which the action runs."""
    actions = runner(body, timeout_s)
    first = await play(script, begin(script, "nl", {}), Start(), actions, "sender")
    return await play(script, first.state, given or Text(SECRET), actions, "sender")


def texts(found: Turn) -> list[str]:
    return [message.text for message in found.messages]


def went_to_a_human(found: Turn) -> bool:
    return found.broken or found.state.paused


async def test_what_the_action_sets_and_says_goes_on_in_the_script() -> None:
    def body(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        dispatcher.utter_message(text="said")
        return [SlotSet("level", "high")]

    found = await turn(body)

    assert texts(found) == ["said", "after high", "more?"]
    assert found.state.slots["level"] == "high"
    assert not went_to_a_human(found)


async def test_action_sees_the_slots_the_text_and_the_language() -> None:
    seen: dict[str, Any] = {}

    def body(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        seen.update(
            note=tracker.get_slot("note"),
            language=tracker.get_slot("language"),
            text=tracker.latest_message["text"],
            sender=tracker.sender_id,
            responses=set(domain["responses"]),
        )
        return []

    await turn(body)

    assert seen == {
        "note": SECRET,
        "language": "nl",
        "text": SECRET,
        "sender": "sender",
        "responses": {"utter_ask_note", "utter_ask_more", "utter_after", "utter_level"},
    }


async def test_response_is_rendered_with_what_the_action_has_just_set() -> None:
    def body(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        dispatcher.utter_message(response="utter_level")
        return [SlotSet("level", "high")]

    found = await turn(body)

    assert found.messages[0].text == "level high"
    assert found.messages[0].name == "utter_level"
    assert [button.id for button in found.messages[0].buttons] == ["caseworker"]


async def test_action_that_mutates_what_it_gets_changes_nothing() -> None:
    def body(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        tracker.slots["level"] = "hacked"
        tracker.slots.clear()
        tracker.events.append({"event": "slot", "name": "level", "value": "hacked"})
        tracker.latest_message["text"] = "other"
        return []

    before = copy.deepcopy(SCRIPT.slots)
    found = await turn(body)

    assert texts(found) == ["after low", "more?"]
    assert found.state.slots == {
        "note": SECRET,
        "more": None,
        "level": "low",
        "context_state": None,
    }
    assert SCRIPT.slots == before


# what goes wrong ends with a human


async def never(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
    await asyncio.Event().wait()
    return []


def raises(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
    raise RuntimeError(f"cannot read {tracker.get_slot('note')}")


def says(**message: Any) -> Body:
    def body(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        dispatcher.utter_message(**message)
        return []

    return body


def answers(*events: Any) -> Body:
    return lambda dispatcher, tracker, domain: list(events)


BROKEN: dict[str, Body] = {
    "raises": raises,
    "event that is not allowed": answers(FollowupAction("action_listen")),
    "event of a session": answers({"event": "session_started"}),
    "slot that is not there": answers(SlotSet("levle", SECRET)),
    "slot without a name": answers({"event": "slot", "value": SECRET}),
    "response that is not there": says(response="utter_nothing"),
    "button that sends nonsense": says(text="x", buttons=[{"title": SECRET, "payload": SECRET}]),
    "button without a title": says(text="x", buttons=[{"payload": "/caseworker"}]),
    "answers no list": lambda dispatcher, tracker, domain: 3,
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
async def test_action_that_goes_wrong_sends_the_visitor_to_a_human(body: Body) -> None:
    found = await turn(body)

    assert went_to_a_human(found)
    assert found.state.slots["note"] == SECRET
    assert "levle" not in found.state.slots


async def test_action_that_takes_too_long_sends_the_visitor_to_a_human() -> None:
    assert went_to_a_human(await turn(never, timeout_s=0.01))


async def test_action_that_is_not_there_sends_the_visitor_to_a_human() -> None:
    actions = InProcess(5.0)
    first = await play(SCRIPT, begin(SCRIPT, "nl", {}), Start(), actions, "sender")

    assert went_to_a_human(await play(SCRIPT, first.state, Text("x"), actions, "sender"))


@pytest.mark.parametrize("body", [*BROKEN.values(), answers(["x", SECRET], {"value": SECRET})])
async def test_nothing_that_was_typed_reaches_a_log(
    body: Body, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await turn(body)
        await turn(never, timeout_s=0.01)

    assert SECRET not in caplog.text
    assert all(SECRET not in str(record.__dict__) for record in caplog.records)
    assert "action_test" in caplog.text


async def test_log_says_which_action_failed_and_how(caplog: pytest.LogCaptureFixture) -> None:
    await turn(raises)

    assert "action action_test failed: RuntimeError" in caplog.text


async def test_script_that_breaks_sends_the_visitor_to_a_human() -> None:
    """Also when no flow is left that could say so."""
    flows = {"pattern_session_start": SCRIPT.flows["pattern_session_start"]}
    script = loader.load_files(FILES, ("nl",))
    object.__setattr__(script, "flows", flows)

    found = await turn(raises, script=script)

    assert found.broken
    assert found.messages == ()


async def test_state_of_another_release_sends_the_visitor_to_a_human(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever the reason: a step that is not there any more is no reason to leave somebody."""
    state = begin(SCRIPT, "nl", {})
    lost = State(
        slots=state.slots, language="nl", stack=(Frame("gone", "0_collect"),), asked="note"
    )

    found = await play(SCRIPT, lost, Text(SECRET), runner(answers()), "sender")

    assert found.broken
    assert SECRET not in caplog.text
    assert "cannot go on (KeyError); a human takes over" in caplog.text


async def test_actions_that_run_in_a_circle_are_stopped(caplog: pytest.LogCaptureFixture) -> None:
    files = {
        "all.yml": FILES["all.yml"].replace(
            b"      - action: action_test\n", b"      - {id: t, action: action_test, next: t}\n"
        ).replace(b"      - action: utter_after\n      - {collect: more, description: x}\n", b"")
    }  # fmt: skip
    script = loader.load_files(files, ("nl",))

    assert (await turn(answers(), script=script)).broken
    assert f"more than {MOST_ACTIONS} actions in one turn" in caplog.text


async def test_button_that_no_question_has_is_refused_to_the_caller() -> None:
    for payload in ("/SetSlots(level=high)", "nonsense", "/nothing"):
        with pytest.raises(BadPayload):
            await turn(answers(), Choose((payload,)))


# events


async def test_paused_is_silent_and_resumed_is_not() -> None:
    assert (await turn(answers(ConversationPaused()))).state.paused
    assert not (await turn(answers(ConversationPaused(), ConversationResumed()))).state.paused


async def test_all_slots_can_be_put_back() -> None:
    found = await turn(answers(SlotSet("level", "high"), AllSlotsReset()))

    assert found.state.slots["level"] == "low"
    assert found.state.slots["note"] is None


async def test_bot_event_is_let_pass() -> None:
    assert not went_to_a_human(await turn(answers(BotUttered("x"))))


async def test_context_that_the_script_does_not_use_is_dropped() -> None:
    found = await turn(
        answers(SlotSet("context_hours_today", "x"), SlotSet("context_state", "open"))
    )

    assert "context_hours_today" not in found.state.slots
    assert found.state.slots["context_state"] == "open"


async def test_look_sees_the_answer_before_any_action_runs() -> None:
    """What must not wait for an action is done there: the emergency card."""
    order: list[str] = []

    def look(state: State) -> State:
        order.append(f"look {state.slots['note']}")
        return state

    def body(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        order.append("action")
        return []

    actions = runner(body)
    first = await play(SCRIPT, begin(SCRIPT, "nl", {}), Start(), actions, "sender")
    await play(SCRIPT, first.state, Text("hallo"), actions, "sender", look)

    assert order == ["look hallo", "action", "look hallo"]


async def test_what_look_changes_is_what_the_action_sees() -> None:
    seen: list[Any] = []

    def look(state: State) -> State:
        return State(**{**_fields(state), "slots": {**state.slots, "level": "looked"}})

    def body(dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        seen.append(tracker.get_slot("level"))
        return []

    actions = runner(body)
    first = await play(SCRIPT, begin(SCRIPT, "nl", {}), Start(), actions, "sender")
    await play(SCRIPT, first.state, Text("hallo"), actions, "sender", look)

    assert seen == ["looked"]


def _fields(state: State) -> dict[str, Any]:
    return {name: getattr(state, name) for name in State.__dataclass_fields__}


# which actions there are


def test_every_action_of_the_package_is_found_once_and_no_other() -> None:
    found = [action().name() for action in found_actions()]

    assert len(found) == len(set(found))
    assert set(found) == shipped.in_process().names == set(shipped.script().actions)
    assert all(action.__module__.startswith("actions.") for action in found_actions())
