"""What answers mean for the order of the queue, and the words the desk uses for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.files import Section
from data.help_lines import read_words

#: Lowest first. The order is fixed; what leads to which level is data.
LEVELS = ("normal", "urgent", "acute")
FLAGS = ("watched", "cannot_call", "danger_unknown")


@dataclass(frozen=True, slots=True)
class Meaning:
    """One answer: its level, the level if it happens today, a flag, a signal, the desk's words.

    `line` is where it stands in `triage.yml`.
    """

    level: str
    today: str | None
    flag: str | None
    signal: str | None
    words: Mapping[str, str]
    line: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class TriageData:
    """The whole of `triage.yml`."""

    answers: Mapping[str, Mapping[str, Meaning]]
    clock_slot: str
    clock_value: str
    levels: Mapping[str, Mapping[str, str]]
    roles: Mapping[str, Mapping[str, str]]
    signals: Mapping[str, Mapping[str, str]]
    questions: Mapping[str, Mapping[str, str]]
    reasons: Mapping[str, Mapping[str, str]]


def read_triage(document: Section, languages: tuple[str, ...]) -> TriageData:
    """The meanings of `triage.yml`."""
    signals = _worded(document, "signals", languages)
    answers = {}
    for slot, values in document.sections("answers").items():
        answers[slot] = {
            value: _read_meaning(section, values.line(value), signals, languages)
            for value, section in _children(values).items()
        }
    clock = document.section("clock")
    levels = _worded(document, "levels", languages)
    for name in LEVELS:
        if name not in levels:
            document.fault(f"`levels` must name {name}", "levels")
    found = TriageData(
        answers=answers,
        clock_slot=clock.text("slot"),
        clock_value=clock.text("value"),
        levels=levels,
        roles=_worded(document, "roles", languages),
        signals=signals,
        questions=_worded(document, "questions", languages),
        reasons=_worded(document, "reasons", languages),
    )
    clock.done()
    document.done()
    return found


def _read_meaning(
    section: Section, line: int, signals: Mapping[str, object], languages: tuple[str, ...]
) -> Meaning:
    today = section.one_of("today", LEVELS, "") or None
    flag = section.one_of("flag", FLAGS, "") or None
    signal = section.one_of("signal", signals, "") or None
    meaning = Meaning(
        level=section.one_of("level", LEVELS, LEVELS[0]),
        today=today,
        flag=flag,
        signal=signal,
        words=read_words(section, "words", languages),
        line=line,
    )
    section.done()
    return meaning


def _worded(
    document: Section, key: str, languages: tuple[str, ...]
) -> dict[str, Mapping[str, str]]:
    parent = document.section(key)
    return {name: read_words(parent, name, languages) for name in parent.map}


def _children(section: Section) -> dict[str, Section]:
    return {name: section.section(name) for name in section.map}
