"""`voordeur check`: everything about a script and its data that can be known without playing it.

`check` is pure: the script, and the house it has to fit, are handed in. `check_draft` adds the
faults of all readers, `check_folders` reads first. One file that cannot be
read hides nothing in the others: a name that stands in it counts as known and as used.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from data.files import Fault, shown
from flows import content, stories
from flows.check import kept, meanings, names, questions, steps, texts, told, ways
from flows.check.common import HANDED_OVER, House, Lint, house
from flows.check.texts import hints
from flows.model import Script
from flows.words import SPOKEN, SYSTEM, Spoken

__all__ = [
    "HANDED_OVER",
    "LINTS",
    "House",
    "check",
    "check_draft",
    "check_folders",
    "hints",
    "house",
]

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
    """Every fault of a script folder and its data folder; empty when they may be used."""
    return check_draft(
        content.read(script_folder, data_folder), actions, spoken=spoken, system=system
    )


def check_draft(
    draft: content.Draft,
    actions: Collection[str],
    *,
    spoken: Mapping[str, Spoken] = SPOKEN,
    system: Collection[str] = SYSTEM,
) -> list[Fault]:
    """The faults of what was read, and those that the lints find in it.

    `actions` are the names of the actions that code has, `spoken` and `system` the responses and
    the buttons that code says and answers, if they are more than those of flows/words.py.
    """
    faults = list(draft.faults)
    if draft.script is not None:
        faults += check(draft.script, house(draft.knowledge, actions, spoken=spoken, system=system))
        told_stories, found = stories.read(draft.files, shown(draft.folder))
        faults += found
        faults += told.check_stories(told_stories, draft.script, draft.knowledge)
    return sorted(set(faults))
