"""Made-up visitors that a caseworker practises with (R39)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.files import Fault, Section, suggestion
from data.help_lines import read_words
from data.triage import LEVELS, Meaning, TriageData

#: How a made-up visitor may leave; one that does not leave stays until the caseworker ends it.
LEAVES = ("stopped", "exit", "gone")
TODAY = "_today"

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PracticeScript:
    """One made-up visitor: the triage on the card, and what is said.

    `replies` come one by one, each after something that the caseworker wrote; then `last`, and
    after it the visitor leaves as `leaves` says, if it does.
    """

    key: str
    title: Words
    level: str
    role: str
    said: tuple[str, ...]
    heard: tuple[str, ...]
    unknown: tuple[str, ...]
    watched: bool
    cannot_call: bool
    answers_after_s: int
    opening: tuple[Words, ...]
    replies: tuple[Words, ...]
    last: Words
    leaves: str | None


def read_training(
    document: Section, triage: TriageData, languages: tuple[str, ...], *, triage_read: bool
) -> dict[str, PracticeScript]:
    """The made-up visitors of `training.yml`, in file order.

    Without `triage_read` its names are not known, and none is called wrong."""
    found = {
        key: _read_script(key, section, triage, languages, triage_read)
        for key, section in document.sections("scripts").items()
    }
    if not found and document.has("scripts"):
        document.fault("name at least one made-up visitor", "scripts")
    document.done()
    return found


def _read_script(
    key: str, section: Section, triage: TriageData, languages: tuple[str, ...], known: bool
) -> PracticeScript:
    role = section.text("role")
    said, heard = section.texts("said", ()), section.texts("heard", ())
    unknown = section.texts("unknown", ())
    if known:
        _check(section, "role", (role,) if role else (), triage.roles)
        _check(section, "said", said, answers_of(triage.answers))
        _check(section, "heard", heard, triage.signals)
        _check(section, "unknown", unknown, triage.questions)
    found = PracticeScript(
        key=key,
        title=read_words(section, "title", languages),
        level=section.one_of("level", LEVELS),
        role=role,
        said=said,
        heard=heard,
        unknown=unknown,
        watched=section.flag("watched", False),
        cannot_call=section.flag("cannot_call", False),
        answers_after_s=section.number("answers_after_s", least=1),
        opening=_lines(section, "opening", languages),
        replies=_lines(section, "replies", languages),
        last=read_words(section, "last", languages),
        leaves=section.one_of("leaves", LEAVES, "") or None,
    )
    section.done()
    return found


def answers_of(answers: Mapping[str, Mapping[str, Meaning]]) -> dict[str, str]:
    """Every answer as a card names it, with its level: `danger_self`, `hit`, `hit_today`."""
    found: dict[str, str] = {}
    for slot, values in answers.items():
        for value, meaning in values.items():
            # only several answers to one question are named without it
            for name in (f"{slot}_{value}", value):
                found.setdefault(name, meaning.level)
                if meaning.today:
                    found.setdefault(name + TODAY, meaning.today)
    return found


def _check(section: Section, key: str, names: tuple[str, ...], known: Mapping[str, object]) -> None:
    lines = getattr(section.map.get(key), "lines", None)
    for at, name in enumerate(names):
        if name not in known:
            line = lines[at] if lines else section.line(key)
            message = f"`{name}` is not known in triage.yml{suggestion(name, known)}"
            section.faults.append(Fault(section.file, line, message))


def _lines(section: Section, key: str, languages: tuple[str, ...]) -> tuple[Words, ...]:
    found = []
    for item in section.items(key):
        found.append({language: item.text(language) for language in languages})
        item.done()
    if section.has(key) and not found:
        section.fault(f"`{key}` needs at least one text", key)
    return tuple(found)
