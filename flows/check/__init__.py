"""`voordeur check`: everything about a script and its data that can be known without playing it.

`check` is pure: the script, and the house it has to fit, are handed in. `check_folders` reads two
folders first, and gives the faults of all readers and all lints together. One file that cannot be
read hides nothing in the others: a name that stands in it counts as known and as used.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from data import knowledge as data_folder_reader
from data.danger_rules import load_danger
from data.files import Fault, Unreadable, read_files, shown
from data.knowledge import Knowledge
from flows import loader, stories
from flows.check import kept, meanings, names, questions, steps, texts, told, ways
from flows.check.common import HANDED_OVER, House, Lint, house
from flows.check.texts import hints
from flows.model import Script
from flows.words import SPOKEN, SYSTEM, Spoken

__all__ = ["HANDED_OVER", "LINTS", "House", "check", "check_folders", "hints", "house"]

LINTS: tuple[Lint, ...] = (
    *names.LINTS,
    *texts.LINTS,
    *questions.LINTS,
    *steps.LINTS,
    *ways.LINTS,
    *kept.LINTS,
    *meanings.LINTS,
)


def check(script: Script, house: House) -> list[Fault]:
    """Every fault that the lints find in `script`, in the order of files and lines."""
    return sorted({found for lint in LINTS for found in lint(script, house)})


def check_folders(
    script_folder: Path,
    data_folder: Path,
    actions: Collection[str],
    *,
    spoken: Mapping[str, Spoken] = SPOKEN,
    system: Collection[str] = SYSTEM,
) -> list[Fault]:
    """Every fault of a script folder and its data folder; empty when they may be used.

    `actions` are the names of the actions that code has, `spoken` and `system` the responses and
    the buttons that code says and answers, if they are more than those of flows/words.py.
    """
    knowledge, faults = data_folder_reader.read(data_folder)
    faults += _danger(data_folder / "danger", knowledge)
    try:
        files = read_files(script_folder)
    except Unreadable as error:
        return sorted({*faults, *error.faults})
    script, found = loader.read(files, knowledge.languages, shown(script_folder))
    faults += found
    faults += check(script, house(knowledge, actions, spoken=spoken, system=system))
    told_stories, found = stories.read(files, shown(script_folder))
    faults += found
    faults += told.check_stories(told_stories, script, knowledge)
    return sorted(set(faults))


def _danger(folder: Path, knowledge: Knowledge) -> Iterator[Fault]:
    """The faults of the danger words, which are read on their own."""
    # where triage.yml cannot be read, any name in it may be that of a signal
    signals = knowledge.triage.signals or knowledge.unread
    try:
        load_danger(folder, signals)
    except Unreadable as error:
        for found in error.faults:
            yield replace(found, file=shown(folder / found.file))
