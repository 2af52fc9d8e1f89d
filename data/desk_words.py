"""The words of the desk, by name and language: what staff read stands in data as well."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from data.files import Fault, Section, Unreadable, read_yaml
from data.help_lines import read_words


def load_desk_words(folder: Path, languages: tuple[str, ...]) -> Mapping[str, Mapping[str, str]]:
    """The words of `desk.yml`. Raises `Unreadable` with every fault."""
    path = folder / "desk.yml"
    faults: list[Fault] = []
    document = Section(read_yaml(path), str(path), faults)
    parent = document.section("words")
    found = {name: read_words(parent, name, languages) for name in parent.map}
    document.done()
    if faults:
        raise Unreadable(faults)
    return found
