"""Questions that close a sentence: they change nothing of it, and stay when alone."""

from __future__ import annotations

import pytest

from flows.danger.closing import Closings
from flows.danger.normalise import MOST_CHARACTERS, split
from tests.danger import BOTH, LOADED

CLOSINGS = Closings(["wat moet ik doen", "wat nu", "en wat nu"])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("hij komt wat moet ik doen", "hij komt"),
        ("hij komt, wat moet ik doen?", "hij komt ?"),
        ("hij komt en wat nu", "hij komt"),
        ("hij komt wat nu wat moet ik doen", "hij komt"),
        ("hij komt wat nu! ik ben bang wat moet ik doen", "hij komt ! ik ben bang"),
        ("Hij komt. Wat moet ik DOEN?", "hij komt . wat moet ik doen ?"),
        ("wat moet ik doen", "wat moet ik doen"),
        ("wat nu als hij komt", "wat nu als hij komt"),
        ("hij komt, wat moet ik doen 😱", "hij komt 😱"),
        ("🔪🚪 wat moet ik doen", "🔪 🚪"),
        ("hij komt 😱 wat moet ik doen", "hij komt 😱"),
        ("hij komt waaat moet ik doennnn", "hij komt"),
        ("", ""),
    ],
)
def test_a_question_is_taken_off_where_it_closes_a_sentence_and_nowhere_else(
    text: str, left: str
) -> None:
    assert " ".join(CLOSINGS.off(split(text))) == left


def test_the_longest_text_of_such_questions_is_read_to_its_end() -> None:
    parts = split("x " + "wat nu " * MOST_CHARACTERS)

    assert CLOSINGS.off(parts)[:1] == ["x"]


def test_what_is_asked_alone_is_an_ordinary_text() -> None:
    questions = sorted(LOADED.listening.closings)

    assert len(questions) > 30
    assert [one for one in questions if BOTH.hear(one).level != "normal"] == []


@pytest.mark.parametrize(
    ("text", "language"),
    [("help what should i do", "en"), ("help wat moet ik doen", "nl"), ("co robić", "pl")],
)
def test_a_question_that_is_taken_off_still_tells_the_language(text: str, language: str) -> None:
    assert BOTH.hear(text).language == language
