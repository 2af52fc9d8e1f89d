"""Names that lead nowhere are told with file, line and the nearest name there is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from data.emergency_card import CardLine
from flows.check import check
from flows.words import spoken
from tests import little
from tests.little import faults, little_house


def test_little_script_is_right() -> None:
    assert faults() == []


def test_misspelt_slot_of_a_question_is_told_with_the_nearest_one() -> None:
    found = faults(("collect: danger\n", "collect: dangre\n"))

    assert "flows.yml:12: there is no slot `dangre`; did you mean `danger`?" in found


def test_misspelt_slot_that_is_set_is_told_with_the_nearest_one() -> None:
    found = faults(("- link: intake\n", "- set_slots: [{dangre: null}]\n      - link: intake\n"))

    assert found == ["flows.yml:6: there is no slot `dangre`; did you mean `danger`?"]


def test_misspelt_slot_in_a_condition_is_told_with_the_nearest_one() -> None:
    found = faults(('slots.topic contains "|money|"', 'slots.tpoic contains "|money|"'))

    assert found == [
        'flows.yml:19: `slots.tpoic contains "|money|"`: '
        "there is no slot `tpoic` to look at here; did you mean `topic`?"
    ]


def test_slot_set_to_a_value_it_cannot_have_is_told() -> None:
    found = faults(
        (
            "id: money\n        action: utter_money",
            "id: money\n        set_slots: [{danger: maybe}]",
        ),
        house=little_house(),
    )

    assert "flows.yml:22: `maybe` is not a value of the slot `danger`" in found


def test_first_value_that_the_slot_cannot_have_is_told() -> None:
    found = faults(("topic: {type: text,", "topic: {type: text, initial_value: 3,"))

    assert found == ["domain.yml:3: `3` cannot be the first value of `topic`"]


def test_slot_that_only_code_sets_cannot_be_asked() -> None:
    old = "danger: {type: categorical, values: [yes, no, unknown], mappings: [{type: from_llm}]}"
    found = faults((old, old.replace("from_llm", "controlled")))

    assert found == ["flows.yml:12: `danger` is set by code only; it cannot be asked"]


def test_context_slot_that_nothing_sets_is_told_with_the_nearest_one() -> None:
    found = faults(("context_state: {", "context_sttae: {"))

    assert found == [
        "domain.yml:4: nothing sets the slot `context_sttae`; did you mean `context_state`?"
    ]


def test_misspelt_action_is_told_with_the_nearest_one() -> None:
    found = faults(("action: utter_hello", "action: action_hand_ovr"))

    assert (
        "flows.yml:5: there is no action `action_hand_ovr`; did you mean `action_hand_over`?"
    ) in found


def test_action_of_the_domain_that_no_code_has_is_told() -> None:
    found = faults(("- action_hand_over\n", "- action_hand_over\n  - action_hand_ovr\n"))

    assert found == [
        "domain.yml:7: no code has the action `action_hand_ovr`; did you mean `action_hand_over`?"
    ]


def test_action_that_code_has_and_the_domain_does_not_list_is_told() -> None:
    found = faults(("action: utter_hello", "action: action_ask_note"))

    assert "flows.yml:5: `action_ask_note` is not listed under `actions:` of the domain" in found


def test_action_of_a_question_that_no_flow_asks_is_told() -> None:
    """`validate_x` runs by its name alone, so a misspelt one would never run."""
    house = little_house(actions=(*little.ACTIONS, "validate_dangre"))
    found = faults(
        ("- action_hand_over\n", "- action_hand_over\n  - validate_dangre\n"), house=house
    )

    assert found == [
        "domain.yml:7: no flow asks for the slot of `validate_dangre`; did you mean `danger`?"
    ]


def test_misspelt_response_is_told_with_the_nearest_one() -> None:
    found = faults(("action: utter_money", "action: utter_mony"))

    assert "flows.yml:22: there is no response `utter_mony`; did you mean `utter_money`?" in found


def test_misspelt_response_of_a_rejection_is_told() -> None:
    rejections = '        rejections: [{if: slots.danger is "no", utter: utter_mony}]\n'
    found = faults(("description: Gevaar\n", "description: Gevaar\n" + rejections))

    assert found == ["flows.yml:12: there is no response `utter_mony`; did you mean `utter_money`?"]


def test_misspelt_question_of_a_step_is_told() -> None:
    found = faults(
        ("description: Gevaar\n", "description: Gevaar\n        utter: utter_ask_dangre\n")
    )

    assert (
        "flows.yml:12: there is no response `utter_ask_dangre`; did you mean `utter_ask_danger`?"
    ) in found


def test_response_of_the_emergency_card_that_is_not_there_is_told_at_the_card() -> None:
    line = CardLine("utter_mony", "call", None, (), (), (), None, line=12)
    house = little_house()
    house = replace(house, knowledge=replace(house.knowledge, emergency_card=(line,)))

    assert (
        "data/emergency_card.yml:12: there is no response `utter_mony`; did you mean `utter_money`?"
    ) in faults(house=house)


def test_response_that_code_says_and_that_is_not_there_is_told() -> None:
    found = faults(house=little_house(spoken=spoken(["utter_and"])))

    assert [text.split("; ")[0] for text in found] == [
        "domain.yml:1: there is no response `utter_and`"
    ]


def test_misspelt_step_is_told_with_the_nearest_one() -> None:
    found = faults(("then: money", "then: mony"))

    assert "flows.yml:20: there is no step `mony` in `intake`; did you mean `money`?" in found


def test_misspelt_flow_of_a_link_is_told_with_the_nearest_one() -> None:
    found = faults(("link: intake", "link: intkae"))

    assert "flows.yml:6: there is no flow `intkae`; did you mean `intake`?" in found


def test_misspelt_flow_of_a_call_is_told_with_the_nearest_one() -> None:
    found = faults(("- action: utter_hello", "- call: straigt\n      - action: utter_hello"))

    assert "flows.yml:5: there is no flow `straigt`; did you mean `straight`?" in found


def test_pattern_cannot_be_called() -> None:
    found = faults(
        ("- action: utter_hello", "- call: pattern_cannot_handle\n      - action: utter_hello")
    )

    assert found == [
        "flows.yml:5: `pattern_cannot_handle` is a pattern and cannot be called; link to it"
    ]


def test_of_the_patterns_only_the_handoff_can_be_linked_to() -> None:
    found = faults(
        ("id: human\n        link: pattern_human_handoff", "link: pattern_cannot_handle")
    )

    assert (
        "flows.yml:24: of the patterns a flow may link to `pattern_human_handoff` only"
    ) in found


def test_field_that_nothing_fills_in_is_told_with_the_nearest_one() -> None:
    found = faults(("text: Dag", "text: Dag {topci}"), ("{en: Hello}", "{en: 'Hello {topci}'}"))

    assert found == [
        "domain.yml:9: nothing fills in `{topci}` in `utter_hello`; did you mean `topic`?"
    ]


def test_brace_that_is_no_field_is_told() -> None:
    """`{Topic}` would be shown as it stands."""
    found = faults(("text: Dag", "text: 'Dag {Topic}'"))

    assert found == ["domain.yml:9: `utter_hello` holds a `{` or `}` that is no field"]


def test_words_of_code_know_their_own_fields_and_no_others() -> None:
    house = little_house(spoken=spoken(["utter_money"], "sum"))
    found = faults(
        ('{en: "About money: {context_number_advice}"}', '{en: "{sum} {context_number_advice}"}'),
        ('"Over geld: {context_number_advice}"', '"{sum} {context_number_advice}"'),
        house=house,
    )

    assert found == [
        "domain.yml:15: nothing fills in `{context_number_advice}` in `utter_money`; known: `sum`"
    ]


def test_texts_of_the_emergency_card_know_the_context_and_no_answers() -> None:
    line = CardLine("utter_money", "call", None, (), (), (), None)
    house = little_house()
    house = replace(house, knowledge=replace(house.knowledge, emergency_card=(line,)))
    found = faults(
        (
            '{en: "About money: {context_number_advice}"}',
            '{en: "{danger} {context_number_advice}"}',
        ),
        ('"Over geld: {context_number_advice}"', '"{danger} {context_number_advice}"'),
        house=house,
    )

    assert [text for text in found if "nothing fills in `{danger}`" in text]


def test_site_of_a_help_line_without_a_site_is_told() -> None:
    lines = shipped_lines_without_site()
    found = faults(
        ("text: Dag", f"text: 'Dag {{context_site_{lines[0]}}}'"),
        ("{en: Hello}", f"{{en: 'Hello {{context_site_{lines[0]}}}'}}"),
    )

    assert [text.split("`")[1] for text in found] == [f"{{context_site_{lines[0]}}}"]


def shipped_lines_without_site() -> list[str]:
    lines = little_house().knowledge.help_lines
    return [key for key, line in lines.items() if not line.site]


def test_a_name_that_is_not_there_is_never_suggested() -> None:
    found = faults(("      - action: utter_hello\n", "      - action: utter_helo\n"))

    assert "domain.yml:8: nothing says `utter_hello`" in found
    assert not [fault for fault in found if "did you mean `utter_helo`" in fault]
    misspelt = faults(("collect: danger", "collect: dnager"))
    assert misspelt == ["flows.yml:12: there is no slot `dnager`; did you mean `danger`?"]


def test_response_that_nothing_says_is_told() -> None:
    found = faults(("      - action: utter_hello\n", ""))

    assert found == ["domain.yml:8: nothing says `utter_hello`"]


def test_response_that_only_code_says_is_used() -> None:
    house = little_house(spoken=spoken(["utter_hello"]))

    assert faults(("      - action: utter_hello\n", ""), house=house) == []


def test_response_of_a_family_that_code_says_is_used() -> None:
    house = little_house(spoken=spoken(["utter_hel*"]))

    assert faults(("      - action: utter_hello\n", ""), house=house) == []


def test_intent_that_starts_no_flow_is_told_with_the_nearest_one() -> None:
    nlu = "nlu:\n  - intent: casewroker\n    examples: |\n      - mens\n"
    found = faults(
        ("      - action: utter_hello\n", "      - action: utter_hello\n"), flows=little.FLOWS + nlu
    )

    assert found == [
        "flows.yml:44: no flow is started by the intent `casewroker`; did you mean `caseworker`?"
    ]


def test_check_is_pure() -> None:
    script = little.script()
    before = (script, Path.cwd())

    assert check(script, little_house()) == check(script, little_house()) == []
    assert (script, Path.cwd()) == before
