"""Numbers and sites to turn to besides the chat, with the date they were last checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from data.files import Section
from data.hours import Block, Schedule, read_blocks, zone_named

ALWAYS = (Block(frozenset(range(7)), 0, 24 * 60),)


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One number to call or site to chat on; texts by language."""

    key: str
    name: Mapping[str, str]
    number: str
    site: str
    hours: Schedule
    for_whom: Mapping[str, str]
    checked: date
    example: bool

    @property
    def tel(self) -> str:
        """The number for a `tel:` link: digits and a leading plus only."""
        return re.sub(r"[^0-9+]", "", self.number)


def read_help_lines(
    document: Section, languages: tuple[str, ...], zone: str
) -> dict[str, HelpLine]:
    """The lines of `help_lines.yml`. `hours: always`, or blocks as in `regions.yml`."""
    found = {}
    for key, section in document.sections("lines").items():
        always = section.raw("hours", "always") == "always"
        checked = section.text("checked")
        try:
            day = date.fromisoformat(checked)
        except ValueError:
            section.fault(f"`{checked}` is not a date, such as 2026-11-01", "checked")
            day = date.min
        number = section.text("number")
        if not re.fullmatch(r"[0-9+][0-9 -]*", number):
            section.fault(f"`{number}` is not a phone number", "number")
        found[key] = HelpLine(
            key=key,
            name=read_words(section, "name", languages),
            number=number,
            site=section.text("site", ""),
            hours=Schedule(zone_named(zone), ALWAYS if always else read_blocks(section, "hours")),
            for_whom=read_words(section, "for_whom", languages),
            checked=day,
            example=section.flag("example", False),
        )
        section.done()
    document.done()
    return found


def read_words(section: Section, key: str, languages: tuple[str, ...]) -> dict[str, str]:
    """A text in every language: `{nl: ..., en: ...}`; a fault for each that is missing."""
    words = section.section(key)
    found = {language: words.text(language) for language in languages}
    words.done()
    return found
