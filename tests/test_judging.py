"""Figures of a listener: counts, and what they may mean."""

from __future__ import annotations

import pytest

from data.danger_examples import Example
from flows.danger.judging import Rate, table


def example(level: str, text: str, language: str = "nl") -> Example:
    return Example(language, level, (), "victim", text, "", "nl.csv", 2)


def test_an_interval_holds_the_share_and_is_wider_for_few() -> None:
    few, many = Rate(9, 10).interval, Rate(900, 1_000).interval

    assert few[0] < many[0] < 0.9 < many[1] < few[1]
    # Wilson (1927), as any table of it has them
    assert few == pytest.approx((0.596, 0.982), abs=0.001)
    assert Rate(0, 0).interval == (0.0, 1.0)


def test_the_table_has_a_line_per_language_and_one_for_all() -> None:
    examples = [
        example("acute", "a"),
        example("acute", "n"),
        example("normal", "a", "en"),
        example("urgent", "u", "en"),
    ]
    levels = {"a": "acute", "u": "urgent", "n": "normal"}

    lines = table(examples, lambda one: levels[one.text])

    assert [line.split(" | ")[0] for line in lines[2:]] == ["| en", "| nl", "| all"]
    assert "| nl | 1/2 [9-91] | 1/2 [9-91] |" in lines[3]
    assert "| all | 1/2 [9-91] | 1/2 [9-91] | 1/1 [21-100] |" in lines[4]
