"""Questions: asked in one way, with a way past, a way to a human, and buttons that work."""

from __future__ import annotations

import pytest

from tests import little
from tests.little import faults, little_house

SKIP = (
    '        - {title: Overslaan, payload: "/SetSlots(danger=unknown)", '
    "translation: {en: {title: Skip}}}\n"
)
STRAIGHT = "        - {title: Meteen, payload: /caseworker, translation: {en: {title: Straight}}}\n"
TYPED = "typed: {yes: [ja], no: [nee]}"


def test_question_that_cannot_be_skipped_is_told() -> None:
    assert faults((SKIP, "")) == [
        "domain.yml:19: `utter_ask_danger` cannot be skipped: "
        "add a button `/SetSlots(danger=unknown)`"
    ]


def test_question_without_the_button_straight_to_a_human_is_told() -> None:
    assert faults((SKIP + STRAIGHT, SKIP)) == [
        "domain.yml:19: `utter_ask_danger` has no button straight to a human: add `/caseworker`"
    ]


def branch(condition: str) -> tuple[str, str]:
    """The intake is reached under a condition, the handoff otherwise."""
    return (
        "      - link: intake\n",
        f"      - noop: true\n        next:\n          - if: '{condition}'\n"
        "            then:\n              - link: intake\n          - else: over\n"
        "      - id: over\n        link: pattern_human_handoff\n",
    )


def test_question_that_is_asked_only_while_closed_needs_no_way_to_a_human() -> None:
    assert faults((SKIP + STRAIGHT, SKIP), branch('slots.context_state is "closed"')) == []


@pytest.mark.parametrize(
    "condition",
    [
        'slots.context_state is "open"',
        'slots.context_state is not "closed"',
        'slots.danger is null or slots.context_state is "closed"',
        "slots.danger is null",
    ],
)
def test_question_that_is_asked_while_open_too_needs_a_way_to_a_human(condition: str) -> None:
    (found,) = faults((SKIP + STRAIGHT, SKIP), branch(condition))

    assert "has no button straight to a human" in found


def test_question_that_nothing_asks_is_told() -> None:
    change = ("  utter_ask_topic:\n", "  utter_ask_tpoic:\n")

    assert (
        "flows.yml:15: nothing asks: there is no `utter_ask_topic`; did you mean `utter_ask_tpoic`?"
    ) in faults(change)


def test_question_that_both_a_text_and_an_action_ask_is_told() -> None:
    house = little_house(actions=(*little.ACTIONS, "action_ask_topic"))
    found = faults(
        ("- action_hand_over\n", "- action_hand_over\n  - action_ask_topic\n"), house=house
    )

    assert found == ["flows.yml:15: both `utter_ask_topic` and `action_ask_topic` ask; keep one"]


@pytest.mark.parametrize(
    "payload", ["SetSlots(danger=yes)", "/SetSlots(danger)", "/SetSlots(danger=none)", "yes", "/A"]
)
def test_button_that_sends_nonsense_is_told_when_the_script_is_read(payload: str) -> None:
    found = faults(("/SetSlots(danger=yes)", payload))

    assert (
        f"domain.yml:23: `{payload}` is not something a button can send: "
        "`/SetSlots(slot=value)`, `/intent` or `/sys:name`"
    ) in found


def test_button_with_a_value_that_the_slot_cannot_take_is_told() -> None:
    found = faults(("/SetSlots(danger=yes)", "/SetSlots(danger=yess)"))

    assert (
        "domain.yml:23: `/SetSlots(danger=yess)` in `utter_ask_danger`: "
        "`danger` cannot be `yess`; did you mean `yes`?"
    ) in found


def test_button_that_sets_a_slot_that_is_not_there_is_told() -> None:
    found = faults(("/SetSlots(danger=yes)", "/SetSlots(dangre=yes)"))

    assert (
        "domain.yml:23: `/SetSlots(dangre=yes)` in `utter_ask_danger`: "
        "there is no slot `dangre`; did you mean `danger`?"
    ) in found


def test_button_that_sets_a_slot_that_no_flow_asks_is_told() -> None:
    found = faults(("/SetSlots(danger=yes)", "/SetSlots(context_state=open)"))

    assert (
        "domain.yml:23: `/SetSlots(context_state=open)` in `utter_ask_danger`: "
        "no flow asks for `context_state`, so it is refused; known: `danger`, `topic`"
    ) in found


def test_button_that_answers_another_question_is_told() -> None:
    found = faults(("/SetSlots(danger=yes)", "/SetSlots(topic=home)"))

    assert (
        "domain.yml:23: `/SetSlots(topic=home)` does not answer `danger`, "
        "which `utter_ask_danger` asks"
    ) in found


def test_button_that_starts_no_flow_is_told_with_the_nearest_intent() -> None:
    found = faults((SKIP + STRAIGHT, SKIP + STRAIGHT.replace("caseworker", "casewroker")))

    assert (
        "domain.yml:26: `/casewroker` in `utter_ask_danger`: "
        "no flow is started by it; did you mean `caseworker`?"
    ) in found


def test_button_of_ours_that_we_do_not_have_is_told_with_the_nearest_one() -> None:
    button = "      buttons: [{title: x, payload: /sys:privcay, translation: {en: {title: x}}}]\n"
    found = faults(
        ("      translation: {en: Hello}\n", "      translation: {en: Hello}\n" + button)
    )

    assert found == [
        "domain.yml:11: `/sys:privcay` in `utter_hello`: "
        "we have no such button; did you mean `privacy`?"
    ]


def test_two_buttons_that_send_the_same_are_told() -> None:
    found = faults(("/SetSlots(danger=no)", "/SetSlots(danger=yes)"))

    assert "domain.yml:19: two buttons of `utter_ask_danger` send `/SetSlots(danger=yes)`" in found


def test_two_buttons_that_are_called_the_same_are_told() -> None:
    found = faults(("title: Nee", "title: Ja"))

    assert "domain.yml:19: two buttons of `utter_ask_danger` are called `Ja`" in found


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (
            "typed: {yess: [jep]}",
            "`typed` names `yess`, which no button gives; did you mean `yes`?",
        ),
        ("typed: {yes: [ok], no: [Ok]}", "the word `ok` stands for both `yes` and `no`"),
        ("typed: {no: [ja]}", "the word `ja` stands for both `yes` and `no`"),
        ("typed: {yes: ja}", "`typed: yes` must be a list of words"),
        ("typed: ja", "`typed` must be `answer: [words]`"),
        ("tpyed: {yes: [ja]}", "`tpyed` is not known; did you mean `typed`?"),
        ("help: 'yes'", "`help` must be `true` or `false`"),
    ],
)
def test_metadata_of_a_question_that_does_not_fit_is_told(typed: str, message: str) -> None:
    assert faults((TYPED, typed)) == [f"domain.yml:19: `metadata` of `utter_ask_danger`: {message}"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "alone: [unknown]",
            "alone: [unknwon]",
            "`alone` names `unknwon`, which no button gives; did you mean `unknown`?",
        ),
        ("alone: [unknown]", "alone: unknown", "`alone` must be a list of answers"),
        ("visible: 2", "visible: 9", "`visible` is 9, and there are 3 answers"),
        ("visible: 2", "visible: 0", "`visible` must be a number of buttons"),
        ("visible: 2", "visible: all", "`visible` must be a number of buttons"),
        ("multiple: true", "multiple: maybe", "`multiple` must be `true` or `false`"),
    ],
)
def test_metadata_of_chips_that_does_not_fit_is_told(old: str, new: str, message: str) -> None:
    assert faults((old, new)) == [f"domain.yml:28: `metadata` of `utter_ask_topic`: {message}"]


def test_alone_without_several_answers_is_told() -> None:
    found = faults(("multiple: true, visible", "visible"))

    assert (
        "domain.yml:28: `metadata` of `utter_ask_topic`: "
        "`alone` is for questions with `multiple: true`"
    ) in found


def test_metadata_of_a_question_on_a_text_is_told() -> None:
    more = "      translation: {en: Hello}\n      metadata: {visible: 1}\n"
    found = faults(("      translation: {en: Hello}\n", more))

    assert found == ["domain.yml:9: `visible` is for questions, and `utter_hello` is none"]


def test_several_answers_need_a_text_slot() -> None:
    kind = "topic: {type: categorical, values: [money, home, unknown]"
    found = faults(("topic: {type: text", kind))

    assert found == [
        "domain.yml:28: `topic` must be a text slot: `utter_ask_topic` takes several answers"
    ]


def test_chip_that_cannot_be_told_apart_when_stored_is_told() -> None:
    found = faults(("topic=home", "topic=ho|me"))

    assert (
        "domain.yml:33: `/SetSlots(topic=ho|me)` in `utter_ask_topic`: "
        "a chip sets one slot to one value without `|`"
    ) in found
