"""The engine plays a script as Rasa's executor does (RASA.md 3.3), sans-IO."""

from __future__ import annotations

import copy

import pytest

from flows.engine import (
    MOST_STEPS,
    ActionFailed,
    Again,
    ScriptBroken,
    Start,
    State,
    advance,
    begin,
    with_context,
)
from flows.payloads import BadPayload
from tests.playing import ASKED_BY_ACTION, COLLECT_A, COLLECT_B, KEEPS, ONE, TWO, Play, script

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


# questions


def test_question_is_put_and_waits() -> None:
    play = Play(script(ONE + COLLECT_A + TWO))

    assert play.start() == ["one", "a?"]
    assert play.state.asked == "a"
    assert play.step is not None
    assert play.step.messages[-1].asks == "a"
    assert play.choose("/SetSlots(a=x)") == ["two"]
    assert play.state.asked is None


def test_question_whose_slot_is_filled_is_not_put() -> None:
    assert Play(script(COLLECT_B + ONE)).start() == ["one"]


def test_question_may_be_put_before_it_is_filled() -> None:
    step = "      - {collect: b, description: x, ask_before_filling: true}\n"
    play = Play(script(step + ONE))

    assert play.start() == ["b?"]
    assert play.slots["b"] is None
    assert play.choose("/SetSlots(b=x)") == ["one"]


def test_question_may_be_put_in_other_words() -> None:
    step = "      - {collect: a, description: x, utter: utter_two}\n"

    assert Play(script(step)).start() == ["two"]


REJECTS = (
    "      - collect: age\n        description: x\n"
    "        rejections: [{if: slots.age > 120, utter: utter_bad_age}]\n"
)


def test_value_that_is_rejected_is_asked_again() -> None:
    play = Play(script(REJECTS + ONE))

    assert play.start() == ["age?"]
    assert play.type("200") == ["bad age", "age?"]
    assert play.slots["age"] is None
    assert play.type("20") == ["one"]


def test_first_rejection_that_holds_says_why() -> None:
    step = (
        "      - collect: age\n        description: x\n        rejections:\n"
        "          - {if: slots.age > 150, utter: utter_two}\n"
        "          - {if: slots.age > 120, utter: utter_bad_age}\n"
    )
    play = Play(script(step))
    play.start()

    assert play.type("200") == ["two", "age?"]
    assert play.type("130") == ["bad age", "age?"]


def test_rejection_that_raises_rejects_the_value() -> None:
    """A slot of the type `any` may hold what cannot be compared; it is not let through."""
    domain = (
        "  utter_internal_error_rasa: [{text: internal}]\n  utter_ask_thing: [{text: thing?}]\n"
    )
    step = (
        "      - collect: thing\n        description: x\n"
        "        rejections: [{if: slots.thing > 3, utter: utter_bad_age}]\n"
    )
    play = Play(script(step, domain=domain))
    play.start()

    assert play.type("iets") == ["internal", "thing?"]
    assert play.slots["thing"] is None


def test_rejection_sees_its_own_slot_only() -> None:
    with pytest.raises(Exception, match="there is no slot `b` to look at here"):
        script(
            "      - collect: age\n        description: x\n"
            "        rejections: [{if: slots.b is null, utter: utter_bad_age}]\n"
        )


# validation by an action


VALIDATED = "      - {collect: name, description: x}\n" + ONE


def test_value_is_looked_at_by_the_action_that_validates_it() -> None:
    play = Play(script(VALIDATED, actions="validate_name"))
    play.start()

    assert play.type("Zeeland") == []
    assert play.wants == "validate_name"
    assert play.done() == ["one"]


def test_value_that_the_action_takes_away_is_asked_again() -> None:
    play = Play(script(VALIDATED, actions="validate_name"))
    play.start()
    play.type("Zeeland")

    assert play.done("not that", name=None) == ["not that", "name?"]
    assert play.wants is None
    play.type("Utrecht")
    assert play.wants == "validate_name"


def test_value_that_the_action_mends_is_not_validated_twice() -> None:
    play = Play(script(VALIDATED, actions="validate_name", flow="    persisted_slots: [name]\n"))
    play.start()
    play.type("zeeland")

    assert play.done(name="Zeeland") == ["one"]
    assert play.slots["name"] == "Zeeland"


def test_rejections_come_before_the_action_that_validates() -> None:
    play = Play(script(REJECTS + ONE, actions="validate_age"))
    play.start()

    assert play.type("200") == ["bad age", "age?"]
    assert play.wants is None
    play.type("20")
    assert play.wants == "validate_age"


# actions


ACTS = "      - action: action_hand_over\n" + ONE + COLLECT_A


def test_action_is_wanted_and_not_run() -> None:
    play = Play(script(ACTS))

    assert play.start() == []
    assert play.wants == "action_hand_over"
    assert play.done("from the action", level="x") == ["from the action", "one", "a?"]
    assert play.slots["level"] == "x"


def test_action_that_fails_goes_the_way_of_an_error() -> None:
    play = Play(script(ACTS))
    play.start()

    assert play.give(ActionFailed()) == ["broken"]


def test_action_that_sets_a_slot_that_is_not_there_goes_the_way_of_an_error() -> None:
    play = Play(script(ACTS))
    play.start()

    assert play.done(levle="x") == ["broken"]
    assert "levle" not in play.slots


def test_action_that_nobody_wanted_breaks_the_script() -> None:
    play = Play(script(COLLECT_A))
    play.start()

    with pytest.raises(ScriptBroken):
        play.done()


def test_action_may_ask_the_question() -> None:
    domain_without = script("      - {collect: level2, description: x}\n" + ONE, **ASKED_BY_ACTION)
    play = Play(domain_without)
    play.start()

    assert play.wants == "action_ask_level2"
    assert play.done("when?") == ["when?"]
    assert play.step is not None
    assert play.step.messages[-1].asks == "level2"
    assert play.choose("/SetSlots(level2=x)") == ["one"]


def test_action_that_asks_and_says_nothing_goes_the_way_of_an_error() -> None:
    play = Play(script("      - {collect: level2, description: x}\n", **ASKED_BY_ACTION))
    play.start()

    assert play.done() == ["broken"]


def test_action_that_pauses_silences_the_script_for_good() -> None:
    play = Play(script(ACTS))
    play.start()

    assert play.done(paused=True) == []
    assert play.state.paused
    assert not play.state.talking
    assert play.type("hallo") == []
    with pytest.raises(BadPayload):
        play.choose("/SetSlots(a=x)")


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
