"""Whether danger is heard as well as the floors ask: for `check`, `learn` and `serve`."""

from __future__ import annotations

import hashlib
import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import flows.danger
from data.danger_examples import Example, load_examples
from data.danger_floors import FILE
from data.danger_rules import LISTENING, DangerRules
from data.files import Fault, Unreadable, shown
from data.knowledge import Knowledge
from flows.content import Content, Draft
from flows.danger import Ears
from flows.floors import Judged, broken, judged
from handoff.cli.common import Stop
from handoff.clock import SystemClock, micros
from handoff.desk.examples import FOLDER
from handoff.storage import examples as stored
from handoff.storage.database import Database

log = logging.getLogger("voordeur")

DANGER = "danger"
ACUTE = "acute"
#: Files that say what is heard, or how it is judged.
KINDS = (".yml", ".txt", ".csv")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Figures and the floors that they are below."""

    found: tuple[Judged, ...]
    faults: tuple[Fault, ...]
    main: str

    def lines(self) -> Iterator[str]:
        """The figures, and what is missed: by the ways that are too deaf, or by the best one."""
        below = {fault.message.partition("`: ")[0].strip("`") for fault in self.faults}
        deaf = [one for one in self.found if one.way in below]
        for one in self.found:
            yield one.told(self.main)
        for one in deaf or self.found[:1]:
            yield from (f"missed by {one.way}: {missed}" for missed in one.missed)


def examples_in(knowledge: Knowledge) -> tuple[Example, ...]:
    """The examples in the files, which faults call by their whole name. Raises `Unreadable`."""
    folder = knowledge.folder / FOLDER
    try:
        found = load_examples(folder, knowledge.triage.signals)
    except Unreadable as error:
        named = (replace(fault, file=shown(folder / fault.file)) for fault in error.faults)
        raise Unreadable(named) from error
    return tuple(replace(one, file=shown(folder / one.file)) for one in found)


def verdict(
    knowledge: Knowledge,
    danger: DangerRules,
    examples: Sequence[Example],
    ways: Sequence[str] = LISTENING,
) -> Verdict:
    """Hears all examples, which takes seconds."""
    main = knowledge.language
    found = tuple(
        judged(way, examples, main, _levels(danger.heard_by(way)))
        for way in ways
        if danger.weights is not None or way == LISTENING[1]
    )
    acute = sum(one.level == ACUTE for one in examples)
    return Verdict(found, tuple(broken(knowledge.floors, found, acute, main)), main)


def _levels(rules: DangerRules) -> Callable[[str], str]:
    ears = Ears(rules)
    return lambda text: ears.hear(text).level


def check(draft: Draft) -> list[Fault]:
    """What `check` says of it: the figures, what is missed, and a fault for each floor."""
    content = draft.content()
    try:
        examples = examples_in(content.knowledge)
    except Unreadable as error:
        return list(error.faults)
    sys.stdout.write(f"danger: hearing {len(examples)} examples, twice\n")
    sys.stdout.flush()
    before = time.perf_counter()
    found = verdict(content.knowledge, content.danger, examples)
    took = time.perf_counter() - before
    for line in found.lines():
        sys.stdout.write(f"{line}\n")
    told = "the weights were learnt from the same examples: this finds what broke, and no more"
    sys.stdout.write(f"danger: heard in {took:.1f} s; {told}\n")
    return list(found.faults)


async def refuse_deaf(db: Database, content: Content, listening: str) -> None:
    """Before a server starts: the floors, unless these very files were judged before.

    Only what visitors get is judged: with `listening = "rules"` broken weights close no door.
    Raises `Stop`, and `Unreadable` with the faults of the examples."""
    knowledge = content.knowledge
    if listening != LISTENING[1] and content.danger.weights is None:
        listening = LISTENING[1]
        log.warning(
            "danger/weights.txt is not there: danger is heard by the rules alone, which hear much"
            " less; put it back, or run `voordeur learn`"
        )
    digest = f"{digest_of(knowledge)}/{listening}"
    if await db.read(stored.is_accepted, digest):
        return
    log.info("danger data that are new here: hearing the examples first, which takes seconds")
    found = verdict(knowledge, content.danger, examples_in(knowledge), (listening,))
    if found.faults:
        for line in (*map(str, found.faults), *found.lines()):
            sys.stderr.write(f"{line}\n")
        raise Stop(
            "danger is heard less well than the floors ask, so nobody is served with it: mend what"
            " `voordeur check` names, or put back the danger data of before"
        )
    await db.run(stored.accept, digest, micros(SystemClock().now()))


def digest_of(knowledge: Knowledge) -> str:
    """A name for all that decides what is heard in the examples: data, and code."""
    found = hashlib.sha256(knowledge.language.encode())
    code = Path(flows.danger.__file__).parent
    data = knowledge.folder / DANGER
    files = [
        *((path.relative_to(data), path) for path in data.rglob("*") if path.suffix in KINDS),
        *((path.relative_to(code), path) for path in code.glob("*.py")),
        (Path(FILE), knowledge.folder / FILE),
    ]
    for name, path in sorted(files):
        raw = path.read_bytes() if path.is_file() else b""
        found.update(f"{name.as_posix()}\0{len(raw)}\0".encode())
        found.update(raw)
    return found.hexdigest()
