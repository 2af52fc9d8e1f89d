"""Reads stories: what a visitor does, and what must come of it. README.md of the script says how.

- story: Someone is in danger herself
  steps:
    - opens: {region: zeeland, at: 2026-11-18 20:00, language: nl}
    - chooses: Ja, voor mij
    - card: {form: self, has: [utter_emergency_deaf]}
    - asks: watched
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from data.emergency_card import STAFF
from data.files import Fault, Map, Section, Seq, Unreadable, parse_yaml, suggestion
from data.triage import LEVELS
from flows.model import Place


@dataclass(frozen=True, slots=True)
class Line:
    """One step of a story, and where it stands."""

    place: Place


@dataclass(frozen=True, slots=True)
class Opens(Line):
    """The visitor opens the chat of `region`; `at` is local time, without a zone."""

    region: str
    at: datetime
    language: str
    staff: str | None


@dataclass(frozen=True, slots=True)
class Chooses(Line):
    """The visitor presses buttons, named by their titles."""

    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Types(Line):
    """The visitor sends a text."""

    text: str


@dataclass(frozen=True, slots=True)
class OpensCard(Line):
    """The visitor opens the emergency card."""


@dataclass(frozen=True, slots=True)
class Later(Line):
    """The clock moves on, to a local time."""

    at: datetime


@dataclass(frozen=True, slots=True)
class StaffIs(Line):
    """Who is there from now on: called, full, none; None for not known."""

    staff: str | None


@dataclass(frozen=True, slots=True)
class Shows(Line):
    """All that is said before the question, in order: response names, or texts as shown."""

    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asks(Line):
    """The question that is open now: a slot, or the name of a response."""

    question: str


@dataclass(frozen=True, slots=True)
class HasButtons(Line):
    """The titles of the open question's buttons, all of them, in order."""

    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShowsCard(Line):
    """The emergency card comes: its form, how it begins, lines that it has and has not."""

    form: str
    begins: str
    has: tuple[str, ...]
    has_not: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasLevel(Line):
    """How urgent it is now."""

    level: str


@dataclass(frozen=True, slots=True)
class HandsOver(Line):
    """From here on a human answers; `knows` are slots that must hold these values then."""

    knows: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Ends(Line):
    """The script has nothing more to ask, and no human comes."""


@dataclass(frozen=True, slots=True)
class Story:
    """One story, with its name and its steps in order."""

    name: str
    steps: tuple[Line, ...]
    place: Place


def read(files: Mapping[str, bytes], name: str = "") -> tuple[list[Story], list[Fault]]:
    """The stories in the files of a script, and the faults in them.

    Files that are not valid YAML are left to the reader of the script, which reports them.
    """
    stories: list[Story] = []
    faults: list[Fault] = []
    for path, raw in files.items():
        shown = f"{name}/{path}" if name else path
        if b"stories:" not in raw:
            continue
        try:
            document = Section(parse_yaml(raw, shown), shown, faults)
        except Unreadable:
            continue
        if document.has("stories"):
            stories.extend(_read_story(section) for section in document.items("stories"))
    return stories, faults


def _read_story(section: Section) -> Story:
    name, place = section.text("story"), Place(section.file, section.map.line)
    section.text("about", "")
    steps = tuple(step for item in _items(section) if (step := _read_step(item)))
    section.done()
    for number, step in enumerate(steps):
        if isinstance(step, Opens) != (number == 0):
            message = "a story begins with `opens`, and has one"
            section.faults.append(Fault(step.place.file, step.place.line, message))
    return Story(name, steps, place)


def _items(section: Section) -> list[Section]:
    """The steps as sections; a step without a value, such as `- ends`, is a plain word."""
    steps = section.raw("steps")
    found = []
    if not isinstance(steps, Seq) or not steps:
        section.fault("`steps` must be a list", "steps")
        return []
    for item, line in zip(steps, steps.lines, strict=True):
        if isinstance(item, str):
            word, item = item, Map(line)
            item[word], item.lines[word] = None, line
        if isinstance(item, Map) and len(item) == 1:
            found.append(Section(item, section.file, section.faults))
        else:
            section.faults.append(Fault(section.file, line, "a step is one `what: value`"))
    return found


def _read_step(section: Section) -> Line | None:
    (key,) = section.map
    reader = _READERS.get(key)
    if reader is None:
        section.fault(f"`{key}` is not a step of a story{suggestion(key, _READERS)}", key)
        return None
    return reader(section, key, Place(section.file, section.line(key)))


def _opens(section: Section, key: str, place: Place) -> Line:
    part = section.section(key)
    at = _moment(part, "at")
    found = Opens(
        place,
        region=part.text("region"),
        at=at,
        language=part.text("language"),
        staff=_staff(part, "staff"),
    )
    part.done()
    return found


def _card(section: Section, key: str, place: Place) -> Line:
    part = section.section(key)
    found = ShowsCard(
        place,
        form=part.text("form"),
        begins=part.text("begins", ""),
        has=_texts(part, "has"),
        has_not=_texts(part, "has not"),
    )
    part.done()
    return found


def _hands_over(section: Section, key: str, place: Place) -> Line:
    if section.raw(key) is None:
        return HandsOver(place, {})
    part = section.section(key)
    return HandsOver(place, {name: _texts(part, name) for name in part.map})


def _moment(section: Section, key: str) -> datetime:
    text = section.text(key)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = datetime.max
    if found == datetime.max or found.tzinfo is not None:
        section.fault(f"`{text}` is not a local time, such as 2026-11-18 20:00", key)
        return datetime(2000, 1, 1)
    return found


def _staff(section: Section, key: str) -> str | None:
    found = section.one_of(key, (*STAFF, "unknown"), "unknown")
    return found if found in STAFF else None


def _texts(section: Section, key: str) -> tuple[str, ...]:
    """One text, or a list of them."""
    if isinstance(section.raw(key, None), Seq):
        return section.texts(key)
    return (section.text(key),) if section.has(key) else ()


_READERS: dict[str, Callable[[Section, str, Place], Line]] = {
    "opens": _opens,
    "chooses": lambda part, key, place: Chooses(place, _texts(part, key)),
    "types": lambda part, key, place: Types(place, part.text(key)),
    "opens card": lambda part, key, place: OpensCard(place),
    "later": lambda part, key, place: Later(place, _moment(part, key)),
    "staff": lambda part, key, place: StaffIs(place, _staff(part, key)),
    "shows": lambda part, key, place: Shows(place, _texts(part, key)),
    "asks": lambda part, key, place: Asks(place, part.text(key)),
    "buttons": lambda part, key, place: HasButtons(place, _texts(part, key)),
    "card": _card,
    "level": lambda part, key, place: HasLevel(place, part.one_of(key, LEVELS)),
    "hands over": _hands_over,
    "ends": lambda part, key, place: Ends(place),
}
