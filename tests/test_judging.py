"""Figures of a listener: counts, and what they may mean."""

from __future__ import annotations

import pytest

from data.danger_examples import Example
from flows.danger.judging import (
    Named,
    Rate,
    by_language,
    by_signal,
    confusion,
    judged,
    kinds,
    misses,
    report,
    signals,
    table,
)
from flows.urgency import Heard


def example(
    level: str, text: str, language: str = "nl", signals: tuple[str, ...] = (), note: str = ""
) -> Example:
    return Example(language, level, signals, "victim", text, note, "nl.csv", 2)


LEVELS = {"a": "acute", "u": "urgent", "n": "normal"}


def hear(one: Example) -> Heard:
    """A listener that is told: the level by its first letter, then the signals."""
    level, *named = one.text.split()
    return Heard(LEVELS[level], tuple(named))


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

    lines = table(examples, lambda one: LEVELS[one.text])

    assert [line.split(" | ")[0] for line in lines[2:]] == ["| en", "| nl", "| all"]
    assert "| nl | 1/2 [9-91] | 1/2 [9-91] |" in lines[3]
    assert "| all | 1/2 [9-91] | 1/2 [9-91] | 1/1 [21-100] |" in lines[4]


def test_the_confusion_table_has_nine_counts_for_each_language_and_for_all() -> None:
    found = judged(
        [
            *[example("acute", "a")] * 3,
            example("acute", "u"),
            example("acute", "n", "en"),
            example("normal", "a", "en"),
        ],
        hear,
    )

    lines = confusion(found)

    assert lines[0] == "|  | labelled | heard acute | heard urgent | heard normal |"
    assert [line.split(" | ")[:2] for line in lines[2:]] == [
        [f"| {language}", level]
        for language in ("en", "nl", "all")
        for level in ("acute", "urgent", "normal")
    ]
    assert "| nl | acute | 3/4 [30-95] | 1/4 [5-70] | 0/4 [0-49] |" in lines
    assert "| all | acute | 3/5 [23-88] | 1/5 [4-62] | 1/5 [4-62] |" in lines
    # nothing was counted, so nothing is known
    assert "| nl | normal | 0/0 [0-100] | 0/0 [0-100] | 0/0 [0-100] |" in lines
    assert sum(by_language(found)["all"].called.values()) == len(found)


def test_a_kind_is_what_stands_between_semicolons_and_a_translation_is_none() -> None:
    assert kinds(example("acute", "a", note="gloss: he is here; fragment; arabizi; fragment")) == (
        "fragment",
        "arabizi",
    )
    assert kinds(example("acute", "a")) == kinds(example("acute", "a", note="gloss: x"))
    assert kinds(example("acute", "a")) == ("(no note)",)


def test_misses_are_told_by_kind_the_most_first_of_how_many_there_were() -> None:
    found = judged(
        [
            example("acute", "a", note="dialect"),
            example("acute", "u", note="dialect; short"),
            example("acute", "n", note="dialect"),
            example("normal", "a", note="film"),
            example("normal", "n", note="film"),
            example("normal", "n", note="thanks"),
            example("urgent", "n", note="urgent ones are no misses here"),
        ],
        hear,
    )

    assert misses(found) == [
        "| kind | acute heard as urgent | acute heard as normal | normal heard as acute |",
        "|---|---|---|---|",
        "| dialect | 1/3 | 1/3 |  |",
        "| film |  |  | 1/2 |",
        "| short | 1/1 | 0/1 |  |",
    ]


def test_signals_are_counted_each_and_together() -> None:
    found = judged(
        [
            example("acute", "a weapon child", signals=("weapon",)),
            example("acute", "a weapon", signals=("weapon", "child")),
            example("normal", "n weapon"),
            example("urgent", "u", signals=("fire",)),
        ],
        hear,
    )

    counted = by_signal(found)

    assert counted == {
        "weapon": Named(right=2, wrong=1, missed=0),
        "child": Named(right=0, wrong=1, missed=1),
        "fire": Named(right=0, wrong=0, missed=1),
        "all": Named(right=2, wrong=2, missed=2),
    }
    assert (counted["weapon"].precision, counted["weapon"].recall) == (Rate(2, 3), Rate(2, 2))
    # micro-averaged: every naming counts once, so common signals weigh more
    assert (counted["all"].precision, counted["all"].recall) == (Rate(2, 4), Rate(2, 4))
    assert signals(found)[-1] == "| all | 2/4 [15-85] | 2/4 [15-85] |"


def test_the_report_holds_rates_tables_misses_and_signals() -> None:
    found = judged([example("acute", "u weapon", note="short", signals=("fire",))], hear)

    told = "\n".join(report(found))

    for part in (*table([found[0].example], lambda one: "urgent"), *confusion(found)):
        assert part in told
    assert "| short | 1/1 | 0/1 |  |" in told
    assert "| weapon | 0/1 [0-79] | 0/0 [0-100] |" in told


def test_a_report_of_nothing_says_so_and_does_not_fail() -> None:
    assert "| all | 0/0 [0-100] |" in "\n".join(report(()))
