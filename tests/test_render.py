"""From a response to the text and buttons a visitor sees."""

from __future__ import annotations

import pytest

from flows.payloads import BadPayload
from flows.render import Choice, fields, fill, render, text_of, variation_of
from tests import little

HELLO = "    - text: Dag\n"


def form(text: str, more: str) -> str:
    return f"    - {{text: {text}, translation: {{en: {text}}}, {more}}}\n"


def chosen(forms: str, channel: str | None = None, **slots: object) -> str:
    script = little.script((HELLO, forms + HELLO))
    return variation_of(script.responses["utter_hello"], slots, channel).text["nl"]


MONEY = form("conditional", "condition: 'slots.danger is \"yes\"'")
REST = form("channel", "channel: rest")
BOTH = form("both", "channel: rest, condition: 'slots.danger is \"yes\"'")


@pytest.mark.parametrize(
    ("forms", "channel", "danger", "text"),
    [
        (MONEY, None, "yes", "conditional"),
        (MONEY, None, "no", "Dag"),
        (REST, "rest", "no", "channel"),
        (REST, "other", "no", "Dag"),
        (REST + MONEY, "rest", "yes", "channel"),
        (REST + MONEY + BOTH, "rest", "yes", "both"),
        (REST + MONEY + BOTH, "rest", "no", "channel"),
        (REST + MONEY + BOTH, None, "yes", "conditional"),
        (REST + MONEY + BOTH, None, None, "Dag"),
    ],
)
def test_form_is_chosen_by_condition_and_channel_then_channel_then_condition(
    forms: str, channel: str | None, danger: str | None, text: str
) -> None:
    assert chosen(forms, channel, danger=danger) == text


def test_last_form_is_shown_when_none_holds() -> None:
    """`check` asks for a form without a condition; until there is one, something is said."""
    forms = form("first", "condition: 'slots.danger is \"yes\"'")
    last = form("last", "condition: 'slots.danger is \"no\"'")
    script = little.script((HELLO + "      translation: {en: Hello}\n", forms + last))

    assert text_of(script, "utter_hello", {"danger": None}, "nl") == "last"


def test_condition_that_cannot_be_worked_out_does_not_hold() -> None:
    script = little.script(
        ("slots:\n", "slots:\n  age: {type: float}\n"),
        (HELLO, form("old", "condition: slots.age > 3") + HELLO),
    )

    assert text_of(script, "utter_hello", {"age": None}, "nl") == "Dag"


def test_fields_are_filled_in_and_nothing_is_evaluated() -> None:
    assert fill("Dag {name}, {name}!", {"name": "{other}"}) == "Dag {other}, {other}!"
    assert fill("{a} {b}", {"a": 3, "b": None}) == "3 "
    assert fill("{unknown}", {}) == ""
    assert fill("{a.b} {a[0]} {A} {}", {"a": "x"}) == "{a.b} {a[0]} {A} {}"


def test_fields_of_a_text_are_named() -> None:
    assert fields("{a} en {b_c}, {a} {B}") == {"a", "b_c"}


def test_text_falls_back_to_the_first_language() -> None:
    script = little.script()

    assert text_of(script, "utter_hello", {}, "en") == "Hello"
    assert text_of(script, "utter_hello", {}, "uk") == "Dag"


def test_response_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        text_of(little.script(), "utter_nothing", {}, "nl")


def test_message_has_its_buttons_in_the_language_and_its_metadata() -> None:
    message = render(little.script(), "utter_ask_topic", {}, "en", asks="topic")

    assert message.text == "What about?"
    assert message.name == "utter_ask_topic"
    assert message.asks == "topic"
    assert message.multiple
    assert message.metadata["alone"] == ["unknown"]
    assert message.buttons[0] == Choice("money", "Money", "/SetSlots(topic=money)")
    assert message.buttons[-1] == Choice("caseworker", "Straight", "/caseworker")


def test_title_of_a_button_is_filled_in_too() -> None:
    script = little.script(("title: Ja,", "title: 'Ja {topic}',"))
    message = render(script, "utter_ask_danger", {"topic": "geld"}, "nl")

    assert message.buttons[0].title == "Ja geld"


def test_question_with_one_answer_is_not_multiple() -> None:
    assert not render(little.script(), "utter_ask_danger", {}, "nl").multiple


def test_payload_of_a_button_was_checked_when_the_script_was_read() -> None:
    with pytest.raises(Exception, match="not something a button can send") as error:
        little.script(("/SetSlots(danger=yes)", "nonsense"))
    assert not isinstance(error.value, BadPayload)
