"""Ways through the script: they end with help, they are short, nothing is lost on them."""

from __future__ import annotations

import pytest

from tests import little
from tests.little import faults, little_house

HUMAN = "      - id: human\n        link: pattern_human_handoff\n"
MONEY = "      - id: money\n        action: utter_money\n"


def test_way_that_ends_without_a_human_or_help_is_told_where_it_ends() -> None:
    change = ("          - else: human\n", "          - else: END\n")

    assert faults(change) == [
        "flows.yml:15: a way ends here without a human, or a text with `help: true` before"
    ]


def test_way_that_ends_after_a_text_that_helps_is_right() -> None:
    assert faults((MONEY, MONEY + "        next: END\n")) == []


def test_text_helps_only_when_all_its_forms_do() -> None:
    change = (MONEY, MONEY + "        next: END\n")
    form = "    - {text: Niets, translation: {en: None}, condition: 'slots.danger is \"no\"'}\n"
    found = faults(change, ("  utter_money:\n", "  utter_money:\n" + form))

    assert found == [
        "flows.yml:22: a way ends here without a human, or a text with `help: true` before"
    ]


@pytest.mark.parametrize("flow", ["pattern_internal_error", "straight"])
def test_ways_that_are_for_a_human_end_with_one(flow: str) -> None:
    head, body = little.FLOWS.split(f"  {flow}:\n")
    flows = f"{head}  {flow}:\n" + body.replace(
        "link: pattern_human_handoff", "action: utter_money", 1
    )
    (found,) = faults(flows=flows)

    assert found.endswith(f": `{flow}` ends here without a human")


def test_handoff_that_hands_nothing_over_is_told() -> None:
    assert "flows.yml:29: `pattern_human_handoff` ends here without a human" in faults(
        ("action: action_hand_over", "action: utter_money")
    )


def questions(count: int, metadata: str = "") -> dict[str, str]:
    """The little script with `count` more questions in a row."""
    step = "      - collect: q{0}\n        description: Nog een vraag\n{1}"
    slot = "  q{0}: {{type: categorical, values: [unknown], mappings: [{{type: from_llm}}]}}\n"
    response = (
        "  utter_ask_q{0}:\n    - text: Nog {0}?\n      translation: {{en: More {0}?}}\n"
        "      buttons:\n"
        '        - {{title: Nee, payload: "/SetSlots(q{0}=unknown)", '
        "translation: {{en: {{title: No}}}}}}\n"
        "        - {{title: Meteen, payload: /caseworker, "
        "translation: {{en: {{title: Straight}}}}}}\n"
    )
    numbers = range(1, count + 1)
    flows = little.FLOWS.replace(MONEY, "".join(step.format(n, metadata) for n in numbers) + MONEY)
    branch = (
        '        next:\n          - if: slots.topic contains "|money|"\n'
        "            then: money\n          - else: human\n"
    )
    flows = flows.replace(branch, "")
    domain = little.DOMAIN.replace("slots:\n", "slots:\n" + "".join(map(slot.format, numbers)))
    return {"flows": flows, "domain": domain + "".join(map(response.format, numbers))}


def test_five_screens_before_the_queue_are_right() -> None:
    assert faults(**questions(3)) == []


def test_sixth_screen_is_told_with_the_way_that_leads_there() -> None:
    assert faults(**questions(4)) == [
        "flows.yml:24: more than 5 screens before a human: danger > topic > q1 > q2 > q3 > q4;"
        " the intake is full: a new question takes the place of another"
    ]


def test_one_question_may_follow_up_on_top_of_five() -> None:
    parts = questions(4)
    last = "      - collect: q4\n        description: Nog een vraag\n"
    parts["flows"] = parts["flows"].replace(last, last + "        metadata: {follow_up: true}\n")

    assert faults(**parts) == []


def test_second_follow_up_on_one_way_is_told() -> None:
    assert faults(**questions(2, "        metadata: {follow_up: true}\n")) == [
        "flows.yml:21: `q2` is a second question with `follow_up` on one way"
    ]


def test_question_that_is_answered_already_is_no_screen() -> None:
    parts = questions(4)
    parts["flows"] = parts["flows"].replace(
        "      - collect: q1\n", "      - set_slots: [{q1: unknown}]\n      - collect: q1\n"
    )

    assert faults(**parts) == []


def test_question_that_is_asked_before_it_is_filled_is_always_a_screen() -> None:
    parts = questions(4)
    parts["flows"] = parts["flows"].replace(
        "      - collect: q1\n",
        "      - set_slots: [{q1: unknown}]\n"
        "      - collect: q1\n        ask_before_filling: true\n",
    )

    assert [text for text in faults(**parts) if "more than 5 screens" in text]


AGE = ("slots:\n", "slots:\n  age: {type: float, mappings: [{type: from_llm}]}\n")


@pytest.mark.parametrize("condition", ["slots.age > 3", "3 <= slots.age"])
def test_number_that_is_compared_while_it_may_be_empty_is_told(condition: str) -> None:
    """An urgent branch would be missed without a word."""
    assert faults(AGE, ('slots.topic contains "|money|"', condition)) == [
        f"flows.yml:15: `{condition}` is false while `age` is empty; "
        "put `slots.age is not null and` before it"
    ]


def test_number_that_is_compared_with_care_is_right() -> None:
    careful = "slots.age is not null and slots.age > 3"

    assert faults(AGE, ('slots.topic contains "|money|"', careful)) == []


def test_step_that_no_way_leads_to_is_told() -> None:
    assert faults(("            then: money\n", "            then: human\n")) == [
        "flows.yml:22: no way leads to this step of `intake`"
    ]


def test_flow_that_nothing_leads_to_is_told() -> None:
    found = faults(("    nlu_trigger: [{intent: caseworker}]\n", ""))

    assert "flows.yml:38: nothing leads to the flow `straight`" in found


def test_loop_without_a_question_is_told() -> None:
    again = "        next: again\n      - id: again\n        noop: true\n        next: money\n"

    assert faults((MONEY, MONEY + again)) == [
        "flows.yml:22: a loop without a question goes through this step"
    ]


def test_loop_through_a_question_that_stays_answered_is_told() -> None:
    """A question that has its answer is passed by: the loop would never listen."""
    found = faults((MONEY, MONEY + "        next: topic\n"))

    assert "flows.yml:15: a loop without a question goes through this step" in found


def test_loop_that_empties_its_question_is_right() -> None:
    again = (
        "        next: again\n      - id: again\n"
        "        set_slots: [{topic: null}]\n        next: topic\n"
    )

    assert not [text for text in faults((MONEY, MONEY + again)) if "loop" in text]


def test_loop_from_flow_to_flow_is_told() -> None:
    found = faults(
        ("id: human\n        link: pattern_human_handoff", "id: human\n        link: round"),
        flows=little.FLOWS + ROUND,
    )

    assert "flows.yml:46: a loop without a question goes through this step" in found


ROUND = """\
  round:
    description: Rond
    steps:
      - link: round
"""


def called(steps: str) -> str:
    return (
        little.FLOWS.replace(
            "      - action: utter_hello\n", "      - action: utter_hello\n      - call: sub\n"
        )
        + f"  sub:\n    description: Onder\n    if: false\n    steps:\n{steps}"
    )


def with_sub_that_asks() -> dict[str, str]:
    """Five questions, of which the first is asked by a called flow and once more by the intake."""
    parts = questions(3)
    sub = "  sub:\n    description: x\n    if: false\n    steps:\n"
    sub += "      - collect: q1\n        description: x\n"
    danger = "      - id: danger\n"
    parts["flows"] = parts["flows"].replace(danger, "      - call: sub\n" + danger) + sub
    return parts


def test_answer_to_a_called_flow_stays_for_the_flow_that_called() -> None:
    """So the same question later on is no screen more."""
    assert not [text for text in faults(**with_sub_that_asks()) if "screens" in text]


def test_answer_to_a_flow_that_links_away_is_gone_and_asked_again() -> None:
    parts = questions(3)
    first = "  first:\n    description: x\n    if: false\n    steps:\n"
    first += "      - collect: q1\n        description: x\n      - link: intake\n"
    parts["flows"] = parts["flows"].replace("- link: intake\n", "- link: first\n", 1) + first

    assert [text for text in faults(**parts) if "q1 > danger > topic > q1 > q2 > q3" in text]


def test_called_flow_that_comes_back_is_right() -> None:
    assert faults(flows=called("      - action: utter_money\n")) == []


def test_called_flow_that_links_away_is_told() -> None:
    found = faults(flows=called("      - link: pattern_human_handoff\n"))

    assert found == ["flows.yml:48: `sub` is called, so it may not link away"]


def test_flow_that_calls_itself_is_told() -> None:
    found = faults(flows=called("      - action: utter_money\n      - call: sub\n"))

    assert "flows.yml:49: `sub` calls itself" in found


@pytest.mark.parametrize(
    "name",
    [
        "pattern_session_start",
        "pattern_human_handoff",
        "pattern_cannot_handle",
        "pattern_internal_error",
    ],
)
def test_pattern_that_the_engine_needs_is_missed(name: str) -> None:
    found = faults(flows=little.FLOWS.replace(f"  {name}:\n", "  other:\n"))

    assert f"flows.yml:1: there is no flow `{name}`" in found


def test_slot_that_the_desk_reads_and_the_flow_loses_is_told() -> None:
    assert faults(("persisted_slots: [danger, topic]", "persisted_slots: [topic]")) == [
        "flows.yml:7: the desk reads `danger`: add it to `persisted_slots` of `intake`"
    ]


def test_slot_that_a_called_flow_fills_is_lost_by_the_flow_that_calls() -> None:
    flows = called("      - set_slots: [{danger: yes}]\n")

    assert faults(flows=flows) == [
        "flows.yml:2: the desk reads `danger`: "
        "add it to `persisted_slots` of `pattern_session_start`"
    ]


def test_slot_that_the_desk_reads_and_no_flow_asks_is_told() -> None:
    found = faults(house=little_house(handed_over=("danger", "context_state")))

    assert "flows.yml:2: the desk reads `context_state`, and no flow asks for it" in found


def test_persisted_slot_that_the_flow_does_not_own_is_told() -> None:
    found = faults(("persisted_slots: [danger, topic]", "persisted_slots: [danger, context_state]"))

    assert found == [
        "flows.yml:7: `intake` neither asks nor sets `context_state`, so it cannot persist it"
    ]


def test_persisted_slot_that_is_not_there_is_told_with_the_nearest_one() -> None:
    found = faults(("persisted_slots: [danger, topic]", "persisted_slots: [danger, tpoic]"))

    assert found == ["flows.yml:10: there is no slot `tpoic`; did you mean `topic`?"]
