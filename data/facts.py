"""The fact sheet of a region: what a caseworker elsewhere needs to know of it (R26)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from data.files import Map, Section, suggestion
from data.regions import Region

#: What a text may name, so that a name or an address is changed in one place.
REGION, OFFICE = "{region}", "{office}"


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a fact sheet."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class FactSheet:
    """All that stands there of a region; `checked_on` is None when nobody has checked it yet."""

    checked_on: date | None
    facts: tuple[Fact, ...]


def read_facts(
    document: Section, regions: Mapping[str, Region], slugs: Mapping[str, object]
) -> dict[str, FactSheet]:
    """The fact sheets of `facts.yml`; a region without its own has that of the defaults.

    `slugs` are the names that may stand there, also when the regions cannot be read."""
    defaults = document.section("defaults", Map(1))
    common = _read_sheet(defaults)
    own = {}
    for slug, section in document.sections("regions", {}).items():
        if slug not in slugs:
            section.fault(f"`{slug}` is not a region{suggestion(slug, slugs)}")
        own[slug] = _read_sheet(section)
    document.done()
    return {slug: _filled(own.get(slug, common), region) for slug, region in regions.items()}


def _read_sheet(section: Section) -> FactSheet:
    checked_on = None
    if section.has("checked_on"):
        text = section.text("checked_on")
        try:
            checked_on = date.fromisoformat(text)
        except ValueError:
            section.fault(f"`{text}` is not a date, such as 2026-11-23", "checked_on")
    facts = []
    for item in section.items("facts", ()):
        facts.append(Fact(item.text("title"), item.text("text")))
        item.done()
    if not facts:
        section.fault("there are no `facts`: a list of {title, text}", "facts")
    section.done()
    return FactSheet(checked_on, tuple(facts))


def _filled(sheet: FactSheet, region: Region) -> FactSheet:
    def fill(text: str) -> str:
        return text.replace(REGION, region.name).replace(OFFICE, region.office.address)

    facts = tuple(Fact(fill(fact.title), fill(fact.text)) for fact in sheet.facts)
    return FactSheet(sheet.checked_on, facts)
