"""`learn`: from the examples of editors to weights; and how well what was learnt hears."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from data.danger_examples import Example, load_examples
from data.danger_rules import LISTENING, WEIGHTS, DangerRules, load_danger, load_rules
from data.knowledge import Knowledge
from flows.danger import Ears
from flows.danger.judging import by_language, judged, report
from flows.danger.learning import Lesson, digest, learn, lessons_from
from handoff.cli import floors
from handoff.cli.common import Stop, add_folders, read_knowledge
from handoff.cli.store import with_database
from handoff.desk.examples import not_in
from handoff.insight.confusion import confusion
from handoff.storage import examples as stored

#: Any; another gives other weights, no better and no worse.
SEED = 1


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command."""
    found = commands.add_parser("learn", help="learn what danger sounds like, from the examples")
    how = found.add_mutually_exclusive_group()
    how.add_argument(
        "--check", action="store_true", help="only say whether examples or rules changed since"
    )
    how.add_argument(
        "--judge",
        type=Path,
        metavar="DIR",
        help="how well it hears the examples of a folder that it did not learn from",
    )
    found.add_argument(
        "--svg", type=Path, metavar="FILE", help="with --judge: draw the tables, and write it there"
    )
    found.add_argument(
        "--database", metavar="URL", help="learn from what editors approved there as well"
    )
    add_folders(found)
    found.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Writes the weights anew; 1 when `--check` finds that they are old."""
    knowledge = read_knowledge(given)
    folder = knowledge.folder / "danger"
    signals = knowledge.triage.signals
    if given.judge:
        _judge(load_danger(folder, signals), load_examples(given.judge, signals), given.svg)
        return 0
    if given.svg:
        raise Stop("--svg draws what --judge DIR finds: give both")
    examples = floors.examples_in(knowledge)
    if given.database:
        rows = asyncio.run(with_database(given.database, lambda db: db.read(stored.approved)))
        more = not_in(examples, rows)
        _told(f"{len(examples)} examples in the files, {len(more)} more in the database")
        examples = (*examples, *more)
    # weights that are damaged are what it writes anew
    rules = load_rules(folder, signals)
    lessons = lessons_from_all(examples, rules)
    if given.check:
        weights = load_danger(folder, signals).weights
        old = weights is None or weights.learnt_from != digest(lessons)
        sys.stdout.write("old: run `voordeur learn`\n" if old else "learnt from what is here\n")
        return int(old)
    weights = learn(lessons, random.Random(SEED).shuffle, _told)
    _refuse_deaf(knowledge, replace(rules, weights=weights), examples)
    file = folder / WEIGHTS
    text = "".join(f"{line}\n" for line in weights.lines())
    fresh = file.with_suffix(".new")
    try:
        fresh.write_bytes(text.encode())
        # whoever starts meanwhile reads the whole of one file
        fresh.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise Stop(f"{file}: cannot be written: {error}") from error
    sys.stdout.write(f"wrote {len(weights.features)} weights to {file}\n")
    return 0


def lessons_of(knowledge: Knowledge, rules: DangerRules) -> list[Lesson]:
    """All examples of a data folder as they are learnt from. Raises `Unreadable`."""
    return lessons_from_all(floors.examples_in(knowledge), rules)


def lessons_from_all(examples: Sequence[Example], rules: DangerRules) -> list[Lesson]:
    """Examples as they are learnt from."""
    ears = Ears(rules.heard_by("rules"))
    return [
        lesson
        for one in examples
        for lesson in lessons_from(one, ears.looking, ears.by_rules(one.text))
    ]


def _refuse_deaf(knowledge: Knowledge, rules: DangerRules, examples: Sequence[Example]) -> None:
    """Says what is below a floor of what was learnt. Raises `Stop`, so that it is not kept."""
    found = floors.verdict(knowledge, rules, examples, LISTENING[:1])
    if not found.faults:
        return
    for line in (*map(str, found.faults), *found.lines()):
        sys.stdout.write(f"{line}\n")
    raise Stop("what was learnt hears less than the floors ask: nothing was written")


def _told(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _judge(rules: DangerRules, examples: tuple[Example, ...], svg: Path | None) -> None:
    tables = {}
    for listening in LISTENING:
        ears = Ears(rules.heard_by(listening))
        found = judged(examples, lambda one, ears=ears: ears.hear(one.text))  # type: ignore[misc]
        tables[listening] = by_language(found)
        sys.stdout.write(f"{listening}, {len(examples)} examples; 95% intervals in percent\n\n")
        sys.stdout.write("\n".join(report(found)) + "\n\n")
    if svg:
        try:
            svg.write_text(confusion(tables), "utf-8")
        except OSError as error:
            raise Stop(f"{svg}: cannot be written: {error.strerror}") from error
        sys.stdout.write(f"wrote {svg}\n")
