"""How well danger has to be heard in the stored examples: below that a release is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.danger_rules import LISTENING
from data.files import Section

FILE = "danger_floors.yml"
#: At least so many percent of the acute examples are heard as acute ...
AT_LEAST = ("acute_heard", "acute_heard_main")
#: ... and at most so many percent are taken for something so different.
AT_MOST = ("acute_as_normal", "normal_as_acute")
ALL = 100


@dataclass(frozen=True, slots=True)
class Floor:
    """One number in percent, and the line in which it stands."""

    percent: int
    line: int


@dataclass(frozen=True, slots=True)
class Floors:
    """The floors of each way of listening by name; and how many acute examples there are at least.

    `file` is what faults call their file."""

    file: str
    ways: Mapping[str, Mapping[str, Floor]]
    examples: Floor


def read_floors(document: Section) -> Floors:
    """The floors of `danger_floors.yml`."""
    ways = {way: _read_way(document.section(way)) for way in LISTENING}
    found = Floors(document.file, ways, _read_number(document, "examples"))
    document.done()
    return found


def _read_way(section: Section) -> dict[str, Floor]:
    found = {name: _read_number(section, name) for name in (*AT_LEAST, *AT_MOST)}
    for name, floor in found.items():
        if floor.percent > ALL:
            section.fault(f"`{name}` is in percent, {ALL} at most", name)
    section.done()
    return found


def _read_number(section: Section, key: str) -> Floor:
    return Floor(section.number(key), section.line(key))
