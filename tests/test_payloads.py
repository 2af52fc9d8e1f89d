"""What a button sends."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.payloads import (
    BadPayload,
    Intent,
    SetValues,
    System,
    button_id,
    joined,
    parse,
    split,
)


@pytest.mark.parametrize(
    ("payload", "parsed"),
    [
        ("/SetSlots(a=x)", SetValues((("a", "x"),))),
        ("/SetSlots(a=x, b=y)", SetValues((("a", "x"), ("b", "y")))),
        ("/SetSlots(a=2026-11-22.evening)", SetValues((("a", "2026-11-22.evening"),))),
        ("/SetSlots(a= ja graag )", SetValues((("a", "ja graag"),))),
        ("/caseworker", Intent("caseworker")),
        ("/sys:cannot_call", System("cannot_call")),
    ],
)
def test_payload_is_read(payload: str, parsed: object) -> None:
    assert parse(payload) == parsed


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "x",
        "/",
        "/SetSlots()",
        "/SetSlots(a)",
        "/SetSlots(a=)",
        "/SetSlots(=x)",
        "/SetSlots(a=ja, graag)",
        "/SetSlots(a=10 (tien))",
        "/SetSlots(a=x=y)",
        "/SetSlots(a=x",
        "/SetSlots(a=x) ",
        "/SetSlots(a=x)\n",
        "/setslots(a=x)",
        "/Caseworker",
        "/case worker",
        "/sys:",
        "/sys:Cannot",
        "/SetSlots(" + ", ".join(f"a{n}=x" for n in range(11)) + ")",
    ],
)
def test_anything_else_is_refused(payload: str) -> None:
    with pytest.raises(BadPayload):
        parse(payload)


@pytest.mark.parametrize("value", ["none", "None", "null", "NULL", "undefined"])
def test_value_that_rasa_reads_as_nothing_is_refused(value: str) -> None:
    with pytest.raises(BadPayload):
        parse(f"/SetSlots(a={value})")


def test_ten_slots_are_the_most() -> None:
    payload = "/SetSlots(" + ", ".join(f"a{n}=x" for n in range(10)) + ")"

    assert len(parse(payload).values) == 10  # type: ignore[union-attr]


@given(st.text())
def test_any_text_is_a_payload_or_refused(text: str) -> None:
    with contextlib.suppress(BadPayload):
        parse(text)


@pytest.mark.parametrize(
    ("payload", "name"),
    [("/SetSlots(a=x, b=y)", "x"), ("/caseworker", "caseworker"), ("/sys:info", "info")],
)
def test_button_is_known_by_the_value_it_sets_or_the_name_it_calls(payload: str, name: str) -> None:
    assert button_id(payload) == name


KNOWN = ("hit", "throat", "nothing")


def test_choices_are_stored_in_the_order_of_the_file() -> None:
    assert joined("signals", ["throat", "hit", "hit"], KNOWN) == "|hit|throat|"
    assert joined("signals", ["nothing"], KNOWN) == "|nothing|"


@pytest.mark.parametrize("values", [[], ["hit", "fire"], ["|hit|"]])
def test_choice_that_the_question_does_not_have_is_refused(values: list[str]) -> None:
    with pytest.raises(BadPayload):
        joined("signals", values, KNOWN)


@given(st.lists(st.sampled_from(KNOWN), min_size=1))
def test_stored_choices_split_into_themselves(values: list[str]) -> None:
    assert set(split(joined("signals", values, KNOWN))) == set(values)


@pytest.mark.parametrize("value", [None, "", "hit", 3, True, ["|hit|"]])
def test_anything_else_splits_into_nothing(value: object) -> None:
    assert split(value) == ()
