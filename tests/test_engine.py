"""The engine plays a script as Rasa's executor does (RASA.md 3.3), sans-IO."""

from __future__ import annotations

import copy

import pytest

from flows.engine import (
    MOST_STEPS,
    Again,
    ScriptBroken,
    Start,
    State,
    advance,
    begin,
    with_context,
)
from tests.playing import ASKED_BY_ACTION, COLLECT_A, KEEPS, ONE, Play, script

# branches


def branching(*branches: str) -> str:
    lines = "".join(f"          - {branch}\n" for branch in branches)
    return (
        f"      - noop: true\n        next:\n{lines}"
        "      - {id: one, action: utter_one, next: END}\n"
        "      - {id: two, action: utter_two, next: END}\n"
    )


def when(condition: str, step: str) -> str:
    return f"if: {condition}\n            then: {step}"


@pytest.mark.parametrize(
    "branches",
    [
        [when('slots.b is "y"', "one"), when("slots.b is not null", "two"), "else: two"],
        ["else: two", when('slots.b is "y"', "one")],
        [when('slots.b is "x"', "two"), "else: two", when('slots.b is "y"', "one")],
    ],
)
def test_first_condition_that_holds_is_taken_wherever_else_stands(branches: list[str]) -> None:
    assert Play(script(branching(*branches))).start() == ["one"]


def test_else_is_taken_when_nothing_holds() -> None:
    branches = ['if: slots.b is "x"\n            then: one', "else: two"]

    assert Play(script(branching(*branches))).start() == ["two"]


def test_condition_that_raises_counts_as_false() -> None:
    branches = ["if: slots.age > 3\n            then: one", "else: two"]

    assert Play(script(branching(*branches))).start() == ["two"]


def test_condition_may_look_at_the_language() -> None:
    branches = ['if: slots.language is "nl"\n            then: one', "else: two"]

    assert Play(script(branching(*branches))).start() == ["one"]


# loops


def test_script_that_never_waits_is_stopped_and_goes_the_way_of_an_error() -> None:
    play = Play(script("      - {id: one, action: utter_one, next: one}\n"))

    assert play.start() == ["broken"]
    assert play.state.stack == ()


def test_what_was_answered_is_not_lost_with_the_step_that_broke() -> None:
    play = Play(script(COLLECT_A + "      - {id: one, action: utter_one, next: one}\n"))
    play.start()

    assert play.choose("/SetSlots(a=x)") == ["broken"]
    assert play.slots["a"] == "x"


def test_250_steps_are_not_too_many() -> None:
    play = Play(script(ONE * (MOST_STEPS - 10)))

    assert len(play.start()) == MOST_STEPS - 10


def test_error_that_cannot_even_be_told_breaks_the_script() -> None:
    endless = "      - {id: one, action: utter_one, next: one}\n"
    broken = script(endless)
    flows = {name: flow for name, flow in broken.flows.items() if name != "pattern_internal_error"}
    object.__setattr__(broken, "flows", flows)

    with pytest.raises(ScriptBroken):
        Play(broken).start()


# the end of a flow


def test_slots_that_the_flow_asked_or_set_are_put_back_when_it_ends() -> None:
    steps = COLLECT_A + "      - set_slots: [{b: x}]\n"
    play = Play(script(steps))
    play.start()
    play.choose("/SetSlots(a=x)")

    assert (play.slots["a"], play.slots["b"]) == (None, "y")


def test_persisted_slots_stay_when_the_flow_ends() -> None:
    steps = COLLECT_A + "      - set_slots: [{b: x}]\n"
    play = Play(script(steps, flow="    persisted_slots: [a, b]\n"))
    play.start()
    play.choose("/SetSlots(a=x)")

    assert (play.slots["a"], play.slots["b"]) == ("x", "x")


def test_slots_that_an_action_set_are_not_put_back() -> None:
    play = Play(script("      - action: action_hand_over\n"))
    play.start()
    play.done(level="high")

    assert play.state.stack == ()
    assert play.slots["level"] == "high"


CALL = "      - call: sub\n      - action: utter_one\n" + COLLECT_A
SUB = "  sub:\n    description: x\n    if: false\n    steps:\n      - set_slots: [{b: x}]\n"


def test_called_flow_returns_and_puts_nothing_back() -> None:
    play = Play(script(CALL, SUB))

    assert play.start() == ["one", "a?"]
    assert play.slots["b"] == "x"


def test_slots_of_called_flows_are_put_back_when_the_calling_flow_ends() -> None:
    play = Play(script(CALL, SUB))
    play.start()
    play.choose("/SetSlots(a=x)")

    assert play.slots["b"] == "y"


def test_calling_flow_may_persist_what_the_called_one_fills() -> None:
    play = Play(script(CALL, SUB, flow="    persisted_slots: [b]\n"))
    play.start()
    play.choose("/SetSlots(a=x)")

    assert play.slots["b"] == "x"


LINKED = (
    "  sub:\n    description: x\n    if: false\n    steps:\n      - noop: true\n        next:\n"
    '          - if: slots.b is "x"\n            then: [{action: utter_one, next: END}]\n'
    "          - else: [{action: utter_two, next: END}]\n"
)


def test_link_ends_the_flow_before_the_other_one_begins() -> None:
    """What was set and not persisted is gone for the linked flow already."""
    steps = "      - set_slots: [{b: x}]\n      - link: sub\n"

    assert Play(script(steps, LINKED)).start() == ["two"]
    assert Play(script(steps, LINKED, flow="    persisted_slots: [b]\n")).start() == ["one"]


def test_link_does_not_come_back() -> None:
    play = Play(script("      - link: sub\n", LINKED))

    assert play.start() == ["two"]
    assert play.state.stack == ()


def test_flow_that_is_not_there_goes_the_way_of_an_error() -> None:
    assert Play(script("      - link: nowhere\n")).start() == ["broken"]


# an interruption


def test_flow_that_interrupts_comes_back_to_the_question() -> None:
    more = (
        "  info:\n    description: x\n    nlu_trigger: [{intent: info}]\n"
        "    steps: [{action: utter_two}]\n"
    )
    play = Play(script(COLLECT_A + ONE, more))
    play.start()

    assert play.choose("/info") == ["two", "a?"]
    assert play.choose("/SetSlots(a=x)") == ["one"]


# pure


def test_advance_changes_nothing_that_it_was_given() -> None:
    found = script(COLLECT_A + ONE)
    state = begin(found, "nl", {"context_tries": 0.0})
    before = copy.deepcopy(state)
    first = advance(found, state, Start())
    again = advance(found, state, Start())

    assert state == before
    assert first == again


def test_context_is_set_before_a_turn_and_the_language_is_no_slot_of_the_state() -> None:
    found = script(COLLECT_A)
    state = with_context(begin(found, "nl", {}), {"context_tries": 3.0})

    assert state.slots["context_tries"] == 3.0
    assert "language" not in advance(found, state, Start()).state.slots


def test_open_question_can_be_put_again() -> None:
    play = Play(script(COLLECT_A, flow=KEEPS))
    play.start()

    assert play.give(Again()) == ["a?"]
    assert play.step and play.step.messages[0].asks == "a"
    assert play.choose("/SetSlots(a=x)") == []
    assert play.slots["a"] == "x"


def test_nothing_is_put_again_when_nothing_is_asked() -> None:
    play = Play(script(ONE))
    play.start()

    assert play.give(Again()) == []


def test_question_that_an_action_asks_is_put_again_by_the_action() -> None:
    play = Play(script("      - {collect: level2, description: x}\n", **ASKED_BY_ACTION))
    play.start()
    play.done("when?")
    play.give(Again())

    assert play.wants == "action_ask_level2"
    assert play.done("wanneer?") == ["wanneer?"]
    assert play.step and play.step.messages[0].asks == "level2"


def test_state_says_whether_the_script_still_has_something_to_ask() -> None:
    play = Play(script(COLLECT_A))
    assert not play.state.talking
    play.start()
    assert play.state.talking
    play.choose("/SetSlots(a=x)")
    assert not play.state.talking
    assert isinstance(play.state, State)
