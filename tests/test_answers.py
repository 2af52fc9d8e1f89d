"""What an input means to the open question: free text and buttons."""

from __future__ import annotations

import copy

import pytest

from flows.payloads import BadPayload
from tests.playing import ASKED_BY_ACTION, COLLECT_A, COLLECT_B, KEEPS, ONE, Play, script

# what a visitor types


def test_text_fills_the_slot_that_is_asked_by_its_type() -> None:
    play = Play(script("      - {collect: age, description: x}\n" + ONE, flow=KEEPS))
    play.start()

    assert play.type("12,5") == ["one"]
    assert play.slots["age"] == 12.5


@pytest.mark.parametrize(
    ("text", "value"), [("ja", True), ("Nee", False), ("yes", True), ("0", False)]
)
def test_yes_and_no_are_understood_in_both_languages(text: str, value: bool) -> None:
    play = Play(script("      - {collect: yes, description: x}\n" + ONE, flow=KEEPS))
    play.start()

    assert play.type(text) == ["one"]
    assert play.slots["yes"] is value


@pytest.mark.parametrize(
    ("slot", "text"),
    [
        ("age", "veel"),
        ("age", "nan"),
        ("age", "1_000"),
        ("age", "1e999"),
        ("yes", "misschien"),
        ("name", ""),
        ("name", "x" * 201),
    ],
)
def test_text_that_is_no_value_is_not_understood_and_asked_again(slot: str, text: str) -> None:
    play = Play(script(f"      - {{collect: {slot}, description: x}}\n"))
    (question,) = play.start()

    assert play.type(text) == ["typed", question]
    assert play.slots[slot] is None
    assert play.slots["context_tries"] == 1


def test_text_at_a_choice_is_counted_until_something_is_chosen() -> None:
    play = Play(script(COLLECT_A + COLLECT_B + "      - {collect: age, description: x}\n"))
    play.start()

    for count in (1, 2, 3):
        assert play.type("een lang verhaal") == ["typed", "a?"]
        assert play.slots["context_tries"] == count
    play.choose("/SetSlots(a=x)")
    assert play.state.tries == 0
    play.type("veel")
    assert play.slots["context_tries"] == 1


@pytest.mark.parametrize("text", ["ja", "JA!", " Ja. ", "eks", "Eks"])
def test_text_that_stands_for_a_button_is_that_button(text: str) -> None:
    play = Play(script(COLLECT_A + ONE, flow=KEEPS))
    play.start()

    assert play.type(text) == ["one"]
    assert play.slots["a"] == "x"


def test_text_that_stands_for_a_chip_is_one_choice() -> None:
    play = Play(script("      - {collect: chips, description: x}\n" + ONE, flow=KEEPS))
    play.start()

    assert play.type("throat") == ["one"]
    assert play.slots["chips"] == "|throat|"


@pytest.mark.parametrize("text", ["een mens", "Een mens!", " EEN MENS ", "Mens"])
def test_text_that_means_an_intent_starts_its_flow(text: str) -> None:
    """By an example phrase, or by the title of the button."""
    play = Play(script(COLLECT_A))
    play.start()
    play.type(text)

    assert play.wants == "action_hand_over"


def test_category_that_is_no_button_is_not_filled_by_text() -> None:
    """`unknown` is a value of the slot; typed, it is not what a button says."""
    play = Play(script(COLLECT_A))
    play.start()

    assert play.type("unknown") == ["typed", "a?"]


def test_text_after_the_end_is_heard_by_nobody() -> None:
    play = Play(script(ONE))
    play.start()

    assert play.type("hallo") == []
    assert play.state.stack == ()


# what a visitor presses


def test_button_fills_what_is_asked_in_a_flow_under_way() -> None:
    play = Play(script(COLLECT_A + "      - {collect: age, description: x}\n"))
    play.start()
    play.choose("/SetSlots(a=x)")

    assert play.choose("/SetSlots(a=y)") == ["age?"]
    assert play.slots["a"] == "y"


@pytest.mark.parametrize(
    "payload",
    [
        "/SetSlots(level=high)",
        "/SetSlots(b=x)",
        "/SetSlots(context_tries=0)",
        "/SetSlots(nothing=x)",
        "/SetSlots(a=z)",
        "/SetSlots(a=x, b=x)",
        "/nothing",
        "/sys:cannot_call",
        "hallo",
        "",
    ],
)
def test_button_that_no_open_question_has_is_refused_and_changes_nothing(payload: str) -> None:
    play = Play(script(COLLECT_A))
    play.start()
    before = copy.deepcopy(play.state)

    with pytest.raises(BadPayload):
        play.choose(payload)
    assert play.state == before


def test_choosing_nothing_is_refused() -> None:
    play = Play(script(COLLECT_A))
    play.start()

    with pytest.raises(BadPayload):
        play.choose()


def test_several_values_for_one_answer_are_refused() -> None:
    play = Play(script(COLLECT_A))
    play.start()

    with pytest.raises(BadPayload):
        play.choose("/SetSlots(a=x)", "/SetSlots(a=y)")


def test_intent_beside_other_choices_is_refused() -> None:
    play = Play(script(COLLECT_A))
    play.start()

    for payloads in (("/caseworker", "/SetSlots(a=x)"), ("/SetSlots(a=x)", "/caseworker")):
        with pytest.raises(BadPayload):
            play.choose(*payloads)


def test_question_that_is_asked_before_filling_takes_no_button_ahead_of_its_time() -> None:
    later = "      - {collect: b, description: x, ask_before_filling: true}\n"
    play = Play(script(COLLECT_A + later))
    play.start()

    with pytest.raises(BadPayload):
        play.choose("/SetSlots(b=x)")


def test_open_slot_takes_no_button_ahead_of_its_time() -> None:
    """Any text would fit it, and the action that validates it runs only where it is asked."""
    play = Play(
        script(COLLECT_A + "      - {collect: level2, description: x}\n", **ASKED_BY_ACTION)
    )
    play.start()

    with pytest.raises(BadPayload):
        play.choose("/SetSlots(level2=anything)")


def test_several_chips_are_stored_in_the_order_of_the_file() -> None:
    play = Play(script("      - {collect: chips, description: x}\n" + ONE, flow=KEEPS))
    play.start()

    assert play.choose("/SetSlots(chips=throat)", "/SetSlots(chips=hit)") == ["one"]
    assert play.slots["chips"] == "|hit|throat|"


@pytest.mark.parametrize(
    "payloads", [["/SetSlots(chips=fire)"], ["/SetSlots(chips=hit)", "/SetSlots(chips=|)"]]
)
def test_chip_that_the_question_does_not_have_is_refused(payloads: list[str]) -> None:
    play = Play(script("      - {collect: chips, description: x}\n"))
    play.start()

    with pytest.raises(BadPayload):
        play.choose(*payloads)


def test_category_is_matched_without_regard_to_case_and_stored_as_written() -> None:
    play = Play(script(COLLECT_A + ONE, flow=KEEPS))
    play.start()
    play.choose("/SetSlots(a=X)")

    assert play.slots["a"] == "x"


def test_flow_whose_guard_does_not_hold_is_not_started() -> None:
    guarded = script(COLLECT_A)
    human = guarded.flows["human"]
    object.__setattr__(human, "guard", False)
    play = Play(guarded)
    play.start()

    with pytest.raises(BadPayload):
        play.choose("/caseworker")
    assert play.type("een mens") == ["typed", "a?"]
