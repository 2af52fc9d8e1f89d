"""Examples of what visitors could type: those in the files, and those that editors added since."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from data.danger_examples import NONE, Example, load_examples, plain
from data.files import Unreadable
from data.knowledge import Knowledge
from handoff.storage.sql import Row

FOLDER = Path("danger") / "examples"
#: What a fault calls an example of the table.
DATABASE = "the database"
#: In bytes.
LONGEST_KEY = 1_000


def example_of(row: Row) -> Example:
    """A row of the table as the files have it."""
    return Example(
        language=row["language"],
        level=row["level"],
        signals=() if row["signals"] == NONE else tuple(row["signals"].split(";")),
        perspective=row["perspective"],
        text=row["text"],
        note=row["note"],
        file=DATABASE,
        line=1,
    )


def in_files(knowledge: Knowledge) -> tuple[Example, ...]:
    """The examples that stand in the data folder now; none where they cannot be read, which
    `voordeur check` tells."""
    try:
        return load_examples(knowledge.folder / FOLDER, knowledge.triage.signals)
    except Unreadable:
        return ()


def key_of(text: str) -> str:
    """What no two examples of a language share: the plain text, or its digest where it is longer
    than an index of PostgreSQL takes (2,704 bytes)."""
    key = plain(text)
    raw = key.encode()
    return key if len(raw) <= LONGEST_KEY else hashlib.sha256(raw).hexdigest()


def same(examples: Iterable[Example], language: str, text: str) -> Example | None:
    """The example of a text, if there is one in this language."""
    wanted = plain(text)
    return next(
        (one for one in examples if one.language == language and plain(one.text) == wanted), None
    )


def not_in(files: Iterable[Example], rows: Iterable[Row]) -> list[Example]:
    """The rows that are not in the files yet: what was put into them stands there twice."""
    known = {(one.language, plain(one.text)) for one in files}
    found = map(example_of, rows)
    return [one for one in found if (one.language, plain(one.text)) not in known]
