"""What answers mean: the data file that orders the queue."""

from __future__ import annotations

import pytest

from data.files import Section, parse_yaml
from data.triage import LEVELS, TriageData, read_triage
from tests import shipped

TRIAGE = """\
answers:
  danger:
    self: {level: acute, words: {nl: nu, en: now}}
  signals:
    hit: {level: urgent, today: acute, signal: injury, words: {nl: slaat, en: hits}}
    leaves:
      flag: watched
      words: {nl: weg, en: away}
clock: {slot: today, value: "yes"}
levels:
  acute: {nl: A, en: A}
  urgent: {nl: U, en: U}
  normal: {nl: N, en: N}
roles: {self: {nl: zelf, en: self}}
signals: {injury: {nl: gewond, en: injured}}
questions: {danger: {nl: gevaar, en: danger}}
reasons: {none: {nl: niets, en: nothing}}
"""


def read(text: str) -> tuple[TriageData, list[str]]:
    section = Section(parse_yaml(text.encode(), "triage.yml"), "triage.yml", [])
    found = read_triage(section, ("nl", "en"))
    return found, [str(fault) for fault in section.faults]


def test_meaning_of_an_answer_is_read_with_its_line() -> None:
    found, faults = read(TRIAGE)
    hit, leaves = found.answers["signals"]["hit"], found.answers["signals"]["leaves"]

    assert faults == []
    assert (hit.level, hit.today, hit.signal, hit.flag) == ("urgent", "acute", "injury", None)
    assert (leaves.level, leaves.today, leaves.flag) == ("normal", None, "watched")
    assert (hit.line, leaves.line) == (5, 6)
    assert (found.clock_slot, found.clock_value) == ("today", "yes")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("level: acute", "level: actue", "3: `actue` is not a level; did you mean `acute`?"),
        (
            "today: acute",
            "today: now",
            "5: `now` is not a today; known: `acute`, `normal`, `urgent`",
        ),
        ("signal: injury", "signal: injry", "5: `injry` is not a signal; did you mean `injury`?"),
        (
            "flag: watched",
            "flag: watch",
            "7: `watch` is not a flag; did you mean `watched`?",
        ),
        ("{nl: slaat, en: hits}", "{nl: slaat}", "5: `en` is missing"),
        ("today: acute", "todya: acute", "5: `todya` is not known here; did you mean `today`?"),
        ("  normal: {nl: N, en: N}\n", "", "10: `levels` must name normal"),
        ("roles:", "rolls:", "1: `roles` is missing"),
        ("roles:", "rolls:", "14: `rolls` is not known here; did you mean `roles`?"),
        ("slot: today, value", "slot: today, vaule: x, value", "9: `vaule` is not known here"),
    ],
)
def test_meaning_that_makes_no_sense_is_told(old: str, new: str, fault: str) -> None:
    found = read(TRIAGE.replace(old, new))[1]

    assert [text for text in found if text.startswith(f"triage.yml:{fault}")], found


def test_levels_rise_from_normal_to_acute() -> None:
    assert LEVELS == ("normal", "urgent", "acute")


@pytest.mark.parametrize(
    ("slot", "value", "level", "today"),
    [
        ("danger", "self", "acute", None),
        ("danger", "other", "acute", None),
        ("role", "young", "urgent", None),
        ("role", "afraid_to_hurt", "urgent", None),
        ("other_safe", "unsafe", "acute", None),
        ("hurt_now", "yes", "acute", None),
        ("signals", "locked_in", "acute", None),
        ("signals", "hit", "urgent", "acute"),
        ("signals", "throat", "urgent", "acute"),
        ("signals", "threat", "urgent", "acute"),
        ("signals", "weapon", "urgent", "acute"),
        ("signals", "suicide", "urgent", None),
        ("signals", "children", "normal", None),
        ("signals", "nothing", "normal", None),
    ],
)
def test_shipped_meanings_are_those_of_the_triage_table(
    slot: str, value: str, level: str, today: str | None
) -> None:
    """DOMAIN 2.4, the rows that a change must not lose by accident."""
    meaning = shipped.knowledge().triage.answers[slot][value]

    assert (meaning.level, meaning.today) == (level, today)


def test_unknown_never_means_safe() -> None:
    answers = shipped.knowledge().triage.answers

    for slot in ("danger", "other_safe"):
        assert answers[slot]["unknown"].flag == "danger_unknown"
    assert not [value for values in answers.values() for value in values if value == "safe"]
