"""Script and data fit: chips and meanings, words for the desk, a card for everyone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from data.emergency_card import CardLine
from flows.check import House
from tests import shipped
from tests.little import faults, little_house


def with_triage(**changes: Any) -> House:
    house = little_house()
    triage = replace(house.knowledge.triage, **changes)
    return replace(house, knowledge=replace(house.knowledge, triage=triage))


def with_card(*lines: CardLine, roles: tuple[str, ...] = ("self",)) -> House:
    house = with_triage(roles={role: {} for role in roles})
    return replace(house, knowledge=replace(house.knowledge, emergency_card=lines))


def line(response: str, part: str, **changes: Any) -> CardLine:
    return replace(CardLine(response, part, None, (), (), (), None), **changes)


def test_chip_without_a_meaning_is_told_at_the_button() -> None:
    found = faults(("topic=home", "topic=hom"))

    assert "domain.yml:33: `hom` has no meaning in triage.yml; did you mean `home`?" in found


def test_condition_that_looks_for_a_chip_that_is_not_there_is_told() -> None:
    misspelt = faults(('contains "|money|"', 'contains "|mony|"'))
    assert "flows.yml:15: no button gives `mony` to `topic`; did you mean `money`?" in misspelt

    without_bars = faults(('contains "|money|"', 'contains "money"'))
    assert without_bars == ['flows.yml:15: `topic` takes several answers: write contains "|money|"']


def test_meaning_without_a_chip_is_told_in_the_data() -> None:
    meaning = replace(shipped.knowledge().triage.answers["signals"]["hit"], line=27)
    found = faults(house=with_triage(answers={"topic": {"money": meaning, "hom": meaning}}))

    assert "data/triage.yml:27: no button gives `hom` to `topic`; did you mean `home`?" in found


def test_meaning_that_only_a_flow_sets_is_right() -> None:
    meaning = shipped.knowledge().triage.answers["signals"]["hit"]
    answers = {**little_house().knowledge.triage.answers, "context_state": {"open": meaning}}
    change = ("- link: intake\n", "- set_slots: [{context_state: open}]\n      - link: intake\n")

    assert faults(change, house=with_triage(answers=answers)) == []


def test_clock_answer_that_no_button_gives_is_told() -> None:
    assert faults(house=with_triage(clock_value="yess")) == [
        "data/triage.yml:1: `clock`: no button gives `yess` to `danger`; did you mean `yes`?"
    ]
    assert faults(house=with_triage(clock_slot="dangre")) == [
        "data/triage.yml:1: `clock`: no button gives `yes` to `dangre`; did you mean `danger`?"
    ]


def test_question_of_the_desk_without_words_is_told() -> None:
    assert faults(house=with_triage(questions={"dangre": {}})) == [
        "data/triage.yml:1: `questions` has no words for `danger`; did you mean `dangre`?"
    ]


def test_role_without_words_is_told() -> None:
    slot = "  role: {type: categorical, values: [self, work]}\n"
    found = faults(("slots:\n", "slots:\n" + slot), house=with_triage(roles={"self": {}}))

    assert "data/triage.yml:1: `roles` has no words for `work`; known: `self`" in found


CALL = line("utter_money", "call")
CANNOT = line("utter_hello", "cannot")
CARD = "data/emergency_card.yml:1"


def number_on_the_card() -> tuple[tuple[str, str], ...]:
    return (
        ('text: "Over geld: {context_number_advice}"', 'text: "{context_number_emergency}"'),
        ('{en: "About money: {context_number_advice}"}', '{en: "{context_number_emergency}"}'),
    )


def test_card_with_a_line_for_everyone_is_right() -> None:
    assert faults(*number_on_the_card(), house=with_card(CALL, CANNOT)) == []


def test_role_for_which_the_card_would_be_empty_is_told() -> None:
    house = with_card(replace(CALL, roles=("self",)), CANNOT, roles=("self", "young"))

    assert faults(*number_on_the_card(), house=house) == [
        f"{CARD}: the card has no line with `part: call` for `young` in some case"
    ]


def test_case_in_which_the_card_would_be_empty_is_told() -> None:
    house = with_card(CALL, replace(CANNOT, staff=("called", "full")))

    assert faults(*number_on_the_card(), house=house) == [
        f"{CARD}: the card has no line with `part: cannot` for `self` in some case"
    ]


def test_card_that_does_not_begin_with_the_number_is_told() -> None:
    assert faults(house=with_card(CALL, CANNOT)) == [
        f"{CARD}: the card for `self` must begin with `{{context_number_emergency}}`: `utter_money`"
    ]
