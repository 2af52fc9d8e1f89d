"""Questions and actions in the engine: what is asked, taken, rejected, and wanted of code."""

from __future__ import annotations

import pytest

from flows.engine import (
    ActionFailed,
    ScriptBroken,
)
from flows.payloads import BadPayload
from tests.playing import ASKED_BY_ACTION, COLLECT_A, COLLECT_B, ONE, TWO, Play, script

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
