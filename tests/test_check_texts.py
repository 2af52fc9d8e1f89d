"""Texts: every language, the same fields, one form at a time, no numbers written out."""

from __future__ import annotations

import pytest

from flows.check import hints
from tests import little, shipped
from tests.little import faults

HELLO = "    - text: Dag\n"
HELLO_EN = "      translation: {en: Hello}\n"


def test_missing_translation_of_a_text_is_told() -> None:
    assert faults((HELLO_EN, "")) == ["domain.yml:9: `utter_hello` has no text in `en`"]


def test_empty_translation_counts_as_missing() -> None:
    found = faults((HELLO_EN, "      translation: {en: ' '}\n"))

    assert found == ["domain.yml:9: `utter_hello` has no text in `en`"]


def test_missing_translation_of_a_button_is_told_at_the_button() -> None:
    old = 'payload: "/SetSlots(danger=yes)", translation: {en: {title: Yes}}'
    found = faults((old, 'payload: "/SetSlots(danger=yes)"'))

    assert found == [
        "domain.yml:23: the button `/SetSlots(danger=yes)` of `utter_ask_danger` "
        "has no text in `en`"
    ]


def test_button_without_a_title_is_told() -> None:
    found = faults(("{title: Ja, payload", "{payload"))

    assert found == [
        "domain.yml:23: the button `/SetSlots(danger=yes)` of `utter_ask_danger` "
        "has no text in `nl`"
    ]


def test_language_that_is_not_ours_is_told() -> None:
    found = faults((HELLO_EN, "      translation: {en: Hello, ne: x}\n"))

    assert found == ["domain.yml:10: `ne` is not one of our languages; known: `en`"]


def test_translation_that_names_other_fields_is_told() -> None:
    found = faults(("{en: Hello}", '{en: "Hello {context_organisation}"}'))

    assert found == ["domain.yml:9: `{context_organisation}` stands in `utter_hello` in `en` only"]


def test_translation_that_lacks_a_field_is_told() -> None:
    found = faults(('{en: "About money: {context_number_advice}"}', "{en: About money}"))

    assert found == [
        "domain.yml:15: `{context_number_advice}` stands in `utter_money` in `nl` only"
    ]


def test_two_texts_without_a_condition_are_told() -> None:
    found = faults((HELLO_EN, HELLO_EN + "    - {text: Hoi, translation: {en: Hi}}\n"))

    assert found == ["domain.yml:11: `utter_hello` has two texts without a condition"]


def test_response_without_a_text_for_all_other_cases_is_told() -> None:
    found = faults((HELLO, HELLO + '      condition: slots.danger is "no"\n'))

    assert found == ["domain.yml:8: `utter_hello` has no text for when no condition holds"]


def conditional(*conditions: str) -> str:
    forms = [
        f"    - {{text: Dag, translation: {{en: Hi}}, condition: '{condition}'}}\n"
        for condition in conditions
    ]
    return "".join([*forms, HELLO])


@pytest.mark.parametrize(
    ("one", "other", "case"),
    [
        ('slots.danger is "yes"', 'slots.danger is "yes"', "danger = yes"),
        ('slots.danger is not "no"', 'slots.danger is "yes"', "danger = yes"),
        ("slots.danger is null", 'slots.danger is not "no"', "danger = None"),
        (
            'slots.topic contains "|home|"',
            'slots.topic contains "|money|"',
            "topic = |home||money|",
        ),
        ('slots.danger is "yes"', 'slots.topic contains "|home|"', "danger = yes, topic = |home|"),
        ('slots.language is "en"', 'slots.language is not "nl"', "language = en"),
    ],
)
def test_two_texts_that_can_hold_at_once_are_told_with_the_case(
    one: str, other: str, case: str
) -> None:
    found = faults((HELLO, conditional(one, other)))

    assert found == [
        f"domain.yml:10: another text of `utter_hello` is shown in the same case: {case}"
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('slots.danger is "yes"', 'slots.danger is "no"'),
        ("slots.danger is null", 'slots.danger is "no"'),
        ('slots.topic contains "|home|"', 'not slots.topic contains "|home|"'),
    ],
)
def test_texts_whose_conditions_exclude_each_other_are_right(one: str, other: str) -> None:
    assert faults((HELLO, conditional(one, other))) == []


def test_text_of_a_channel_stands_beside_the_others() -> None:
    form = "    - {text: Dag, translation: {en: Hi}, channel: rest}\n"

    assert faults((HELLO, form + HELLO)) == []


def test_emergency_number_written_out_is_told() -> None:
    number = shipped.knowledge().help_lines["emergency"].number
    found = faults(("text: Dag", f"text: 'Bel {number}.'"))

    assert found == [
        "domain.yml:9: `utter_hello` holds a number; write `{context_number_emergency}` "
        "in its place"
    ]


@pytest.mark.parametrize("key", sorted(shipped.knowledge().help_lines))
@pytest.mark.parametrize("gap", ["", "-", " "])
def test_number_of_every_help_line_written_out_is_told(key: str, gap: str) -> None:
    line = shipped.knowledge().help_lines[key]
    written = line.number.replace("-", gap)
    found = faults(("text: Dag", f"text: 'Bel {written}, of niet.'"))

    assert found == [
        f"domain.yml:9: `utter_hello` holds a number; write `{{context_number_{key}}}` in its place"
    ]


def test_number_in_a_translation_or_a_title_is_told() -> None:
    number = shipped.knowledge().help_lines["emergency"].number

    assert len(faults(("{en: Hello}", f"{{en: 'Call {number}'}}"))) == 1
    assert len(faults(("title: Ja,", f"title: 'Bel {number}',"))) == 1


def test_phone_number_of_anybody_is_told() -> None:
    written = "06-" + "12345678"
    found = faults(("text: Dag", f"text: 'Bel {written}.'"))

    assert found == [
        "domain.yml:9: `utter_hello` holds a phone number; put it in help_lines.yml and name it"
    ]


@pytest.mark.parametrize("text", ["De app {number}NL", "Binnen 7 dagen", "Om 9.00 uur", "In 2026"])
def test_other_numbers_are_right(text: str) -> None:
    number = shipped.knowledge().help_lines["emergency"].number

    assert faults(("text: Dag", f"text: '{text.format(number=number)}'")) == []


def test_long_sentence_is_a_hint_and_no_fault() -> None:
    long = " ".join(["woord"] * 16)
    changes = ("text: Dag", f"text: 'Kort. {long}. Kort.'")

    assert faults(changes) == []
    assert [str(hint) for hint in hints(little.script(changes))] == [
        "domain.yml:9: `utter_hello` (nl): 16 words in `woord woord woord woord ...`"
    ]


def test_sentence_of_fifteen_words_is_no_hint() -> None:
    changes = ("text: Dag", f"text: '{' '.join(['woord'] * 15)}. Kort.'")

    assert hints(little.script(changes)) == []
