"""What editors write, read once: a data folder with its danger words, and a script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from data import knowledge
from data.danger_rules import DangerRules, load_danger
from data.files import Fault, Unreadable, read_files, shown
from data.knowledge import Knowledge
from flows import loader
from flows.model import Script


@dataclass(frozen=True, slots=True)
class Content:
    """A script and the data that it is played with; `files` are those of the script."""

    knowledge: Knowledge
    danger: DangerRules
    script: Script
    files: Mapping[str, bytes]
    folder: Path


@dataclass(frozen=True, slots=True)
class Draft:
    """The same as far as it can be read: what `check` looks at. No fault hides another one."""

    knowledge: Knowledge
    danger: DangerRules | None
    script: Script | None
    files: Mapping[str, bytes]
    folder: Path
    faults: tuple[Fault, ...]

    def content(self) -> Content:
        """What may be played. Raises `Unreadable` with every fault."""
        if self.faults or self.danger is None or self.script is None:
            raise Unreadable(sorted(set(self.faults)))
        return Content(self.knowledge, self.danger, self.script, self.files, self.folder)


def load(script_folder: Path, data_folder: Path) -> Content:
    """Reads both folders. Raises `Unreadable` with every fault of every file."""
    return read(script_folder, data_folder).content()


def read(script_folder: Path, data_folder: Path) -> Draft:
    """As far as both folders can be read, with all faults."""
    found, faults = knowledge.read(data_folder)
    danger = _danger(data_folder / "danger", found, faults)
    files: Mapping[str, bytes] = {}
    script = None
    try:
        files = read_files(script_folder)
        script, more = loader.read(files, found.languages, shown(script_folder))
        faults.extend(more)
    except Unreadable as error:
        faults.extend(error.faults)
    return Draft(found, danger, script, files, script_folder, tuple(faults))


def _danger(folder: Path, found: Knowledge, faults: list[Fault]) -> DangerRules | None:
    # where triage.yml cannot be read, any name in it may be that of a signal
    signals = found.triage.signals or found.unread
    try:
        return load_danger(folder, signals)
    except Unreadable as error:
        faults.extend(replace(fault, file=shown(folder / fault.file)) for fault in error.faults)
        return None
