"""`learn`: from the examples of editors to weights; and how well what was learnt hears."""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

from data.danger_examples import Example, load_examples
from data.danger_rules import LISTENING, WEIGHTS, DangerRules, load_danger
from data.knowledge import Knowledge
from flows.danger import Ears
from flows.danger.judging import table
from flows.danger.learning import Lesson, digest, learn, lessons_from
from handoff.cli.common import Stop, add_folders, read_knowledge

EXAMPLES = "examples"
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
    add_folders(found)
    found.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Writes the weights anew; 1 when `--check` finds that they are old."""
    knowledge = read_knowledge(given)
    folder = knowledge.folder / "danger"
    rules = load_danger(folder, knowledge.triage.signals)
    if given.judge:
        _judge(rules, load_examples(given.judge, knowledge.triage.signals))
        return 0
    lessons = lessons_of(knowledge, rules)
    if given.check:
        old = rules.weights is None or rules.weights.learnt_from != digest(lessons)
        sys.stdout.write("old: run `voordeur learn`\n" if old else "learnt from what is here\n")
        return int(old)
    weights = learn(lessons, random.Random(SEED).shuffle, _told)
    file = folder / WEIGHTS
    text = "".join(f"{line}\n" for line in weights.lines())
    try:
        file.write_bytes(text.encode())
    except OSError as error:
        raise Stop(f"{file}: cannot be written: {error}") from error
    sys.stdout.write(f"wrote {len(weights.features)} weights to {file}\n")
    return 0


def lessons_of(knowledge: Knowledge, rules: DangerRules) -> list[Lesson]:
    """All examples of a data folder as they are learnt from. Raises `Unreadable`."""
    ears = Ears(rules.heard_by("rules"))
    examples = load_examples(knowledge.folder / "danger" / EXAMPLES, knowledge.triage.signals)
    return [
        lesson
        for one in examples
        for lesson in lessons_from(one, ears.looking, ears.by_rules(one.text))
    ]


def _told(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _judge(rules: DangerRules, examples: tuple[Example, ...]) -> None:
    for listening in LISTENING:
        ears = Ears(rules.heard_by(listening))
        lines = table(examples, lambda one, ears=ears: ears.hear(one.text).level)  # type: ignore[misc]
        sys.stdout.write(f"{listening}, {len(examples)} examples; 95% intervals in percent\n\n")
        sys.stdout.write("\n".join(lines) + "\n\n")
