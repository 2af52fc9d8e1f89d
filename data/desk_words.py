"""The words of the desk, by name and language: what staff read stands in data as well."""

from __future__ import annotations

from collections.abc import Mapping

from data.files import Section
from data.help_lines import read_words


def read_desk_words(
    document: Section, languages: tuple[str, ...]
) -> Mapping[str, Mapping[str, str]]:
    """The words of `desk.yml`."""
    parent = document.section("words")
    found = {name: read_words(parent, name, languages) for name in parent.map}
    document.done()
    return found
