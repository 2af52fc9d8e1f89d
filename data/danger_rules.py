"""The words and phrases that the listener knows, read from `danger/*.yml` and checked line by line.

An editor writes plain phrases, one per line; `Phrase` says what the signs in them mean. The
reader knows nothing about matching: that is `flows.danger`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from data.danger_listening import LISTENING_FILE, Listening, read_listening
from data.danger_phrases import NUMBER, Chain, Phrase, list_name, parse_phrase, problem
from data.danger_weights import Weights, parse_weights
from data.files import Fault, Map, Section, Unreadable, parse_yaml, read_files, suggestion
from data.triage import LEVELS

#: When something is said to happen. `now` looks across full stops; the others end at one.
TIMES = ("now", "recent", "habit", "later", "old", "if")
#: What takes danger out of words: see `docs/danger.md`.
CALMS = ("figures", "stories", "questions", "retractions", "away")
#: What was learnt from the examples.
WEIGHTS = "weights.txt"
#: What is listened with: the rules, and beside them what was learnt from examples, or not.
LISTENING = ("rules+model", "rules")
#: ` | ` outside brackets parts two phrases on one line.
_OR = re.compile(r"\s\|\s(?![^()]*\))")


@dataclass(frozen=True, slots=True)
class Rule:
    """What some phrases mean. `at` holds the level per time, `away` that of a far perpetrator."""

    name: str
    level: str
    at: Mapping[str, str]
    away: str | None
    signals: tuple[str, ...]
    phrases: tuple[Phrase, ...]
    unless: tuple[Phrase, ...]
    most_words: int | None
    deniable: bool


@dataclass(frozen=True, slots=True)
class Together:
    """A level for rules that are heard in the same message: one of each group."""

    name: str
    groups: tuple[tuple[str, ...], ...]
    level: str
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Denials:
    """Words that deny what stands `before` or `after` them, and what only looks like it."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    unless: tuple[Phrase, ...] = ()
    breaks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tongue:
    """Everything about one language, gathered from all files that name it."""

    language: str
    lists: Mapping[str, tuple[Chain, ...]]
    rules: tuple[Rule, ...]
    together: tuple[Together, ...]
    times: Mapping[str, tuple[Phrase, ...]]
    calms: Mapping[str, tuple[Phrase, ...]]
    denials: Denials
    answers: tuple[Phrase, ...]
    spellings: Mapping[str, str]
    skipped: tuple[str, ...]
    ordinary: tuple[str, ...]
    glued: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DangerRules:
    """All languages; every text is heard in all of them at once. `weights` is what was learnt from
    examples beside them, and `telling` the words that tell a language, which weigh nothing."""

    tongues: tuple[Tongue, ...]
    listening: Listening
    weights: Weights | None = None
    telling: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def heard_by(self, listening: str) -> DangerRules:
        """These, with what was learnt or without: one of `LISTENING`."""
        return self if listening == LISTENING[0] else replace(self, weights=None)


@dataclass
class _Notes:
    """What is known while the files of one language are read."""

    language: str
    lists: dict[str, tuple[Chain, ...]] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    together: list[Together] = field(default_factory=list)
    times: dict[str, tuple[Phrase, ...]] = field(default_factory=dict)
    calms: dict[str, tuple[Phrase, ...]] = field(default_factory=dict)
    denials: Denials = field(default_factory=Denials)
    answers: tuple[Phrase, ...] = ()
    spellings: dict[str, str] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    ordinary: tuple[str, ...] = ()
    glued: tuple[str, ...] = ()


def load_danger(folder: Path, signals: Iterable[str]) -> DangerRules:
    """The rules in a folder such as `data/danger`, and what was learnt. Raises `Unreadable` with
    every fault."""
    rules = load_rules(folder, signals)
    learnt = folder / WEIGHTS
    if not learnt.exists():
        return rules
    weights = parse_weights(learnt.read_bytes(), WEIGHTS)
    return replace(rules, weights=weights, telling=weights.languages)


def load_rules(folder: Path, signals: Iterable[str]) -> DangerRules:
    """The rules in a folder, whatever was learnt. Raises `Unreadable`."""
    return parse_danger(read_files(folder), signals)


def parse_danger(files: Mapping[str, bytes], signals: Iterable[str]) -> DangerRules:
    """The rules in files by name, as a release keeps them. Raises `Unreadable`."""
    faults: list[Fault] = []
    documents = {}
    for name, raw in files.items():
        try:
            documents[name] = Section(parse_yaml(raw, name), name, faults)
        except Unreadable as error:
            faults.extend(error.faults)
    rules = read_danger(documents.values(), signals)
    if faults:
        raise Unreadable(set(faults))
    return rules


def read_danger(documents: Iterable[Section], signals: Iterable[str]) -> DangerRules:
    """The rules of some files; files that name the same language share lists and rules."""
    documents, signals = list(documents), tuple(signals)
    listening = Listening()
    for document in documents:
        if document.file == LISTENING_FILE:
            documents.remove(document)
            listening = read_listening(document)
            break
    notes: dict[str, _Notes] = {}
    for document in documents:
        language = document.text("language")
        found = notes.setdefault(language, _Notes(language))
        _read_lists(document, found)
        found.skipped += _words(document, "skip")
    for document in documents:
        _read_document(document, notes[document.text("language")], signals)
    return DangerRules(tuple(_finished(found) for found in notes.values()), listening)


def _finished(notes: _Notes) -> Tongue:
    rules = tuple(notes.rules.values())
    return Tongue(**(vars(notes) | {"rules": rules, "together": tuple(notes.together)}))


def _read_lists(document: Section, notes: _Notes) -> None:
    section = document.section("lists", Map(1))
    for name in section.map:
        if name in notes.lists or name == NUMBER:
            section.fault(f"the list `{name}` stands in two places", name)
        notes.lists[name] = tuple(_chains(section, name, notes.lists))


def _chains(section: Section, key: str, lists: Mapping[str, tuple[Chain, ...]]) -> Iterator[Chain]:
    """The words of a list, parted by commas or lines; `<name>` takes over a list above it."""
    for line, text in _lines(section, key):
        for item in text.split(","):
            chain = tuple(item.split())
            name = list_name(chain)
            wrong = next(filter(None, map(problem, chain)), "") if name is None else ""
            if name is not None and name in lists:
                yield from lists[name]
            elif name is not None:
                wrong = f"`<{name}>` is not a list above this one{suggestion(name, lists)}"
            elif chain and not wrong:
                yield chain
            if wrong:
                section.faults.append(Fault(section.file, line, wrong))


def _words(section: Section, key: str) -> tuple[str, ...]:
    chains = tuple(_chains(section, key, {})) if section.has(key) else ()
    for chain in (chain for chain in chains if len(chain) > 1):
        section.fault(f"`{' '.join(chain)}`: only single words stand here, with commas", key)
    return tuple(chain[0] for chain in chains)


def _spellings(section: Section, key: str) -> Iterator[tuple[str, str]]:
    """Other spellings and the word they stand for, from lines such as `niet: nie, nait`."""
    for line, text in _lines(section, key) if section.has(key) else ():
        word, *others = text.replace(":", " : ", 1).replace(",", " ").split()
        if others[:1] != [":"] or any(map(problem, (word, *others[1:]))):
            section.faults.append(Fault(section.file, line, "write `word: other, spellings`"))
        yield from ((other, word) for other in others[1:])


def _lines(section: Section, key: str) -> Iterator[tuple[int, str]]:
    """The written lines of a block, with their numbers; what follows `#` is a remark."""
    value = section.text(key)
    first = section.line(key) + (1 if "\n" in value else 0)
    for number, text in enumerate(value.split("\n")):
        text = text.partition("#")[0].strip()
        if text:
            yield first + number, text


def _read_document(document: Section, notes: _Notes, signals: tuple[str, ...]) -> None:
    for name, section in document.sections("rules", Map(1)).items():
        if name in notes.rules:
            section.fault(f"the rule `{name}` stands in two places")
        notes.rules[name] = _read_rule(name, section, notes, signals)
    _read_together(document, notes, signals)
    for key, names, kept in (("times", TIMES, notes.times), ("harmless", CALMS, notes.calms)):
        section = document.section(key, Map(1))
        for name in names:
            kept[name] = kept.get(name, ()) + _phrases(section, name, notes)
        section.done()
    if document.has("denials"):
        notes.denials = _read_denials(document.section("denials"), notes)
    notes.answers += _phrases(document, "answers", notes)
    notes.spellings.update(_spellings(document, "spellings"))
    notes.ordinary += _words(document, "ordinary")
    notes.glued += _words(document, "glued")
    document.done()


def _read_denials(section: Section, notes: _Notes) -> Denials:
    before, after, breaks = (_words(section, key) for key in ("before", "after", "breaks"))
    unless = _phrases(section, "unless", notes)
    section.done()
    return Denials(before, after, unless, breaks)


def _read_rule(name: str, section: Section, notes: _Notes, signals: tuple[str, ...]) -> Rule:
    level = section.one_of("level", LEVELS)
    before = len(section.faults)
    phrases = _phrases(section, "phrases", notes)
    if not phrases and len(section.faults) == before:
        section.fault(f"the rule `{name}` has no phrases")
    rule = Rule(
        name=name,
        level=level if level in LEVELS else LEVELS[0],
        at=_read_levels(section, level),
        away=section.one_of("away", LEVELS, "") or None,
        signals=_read_signals(section, signals),
        phrases=phrases,
        unless=_phrases(section, "unless", notes),
        most_words=section.number("words_at_most", 0) or None,
        deniable=section.flag("deniable", True),
    )
    section.done()
    return rule


def _read_levels(section: Section, level: str) -> dict[str, str]:
    """The level per time. What is left out: never above urgent, and `normal` when long ago."""
    if section.flag("whenever", False):
        return dict.fromkeys(TIMES, level)
    milder = "urgent" if level == "acute" else level
    usual = {"now": level, "old": "normal"}
    return {time: section.one_of(time, LEVELS, usual.get(time, milder)) for time in TIMES}


def _read_signals(section: Section, signals: tuple[str, ...]) -> tuple[str, ...]:
    found = section.texts("signals", ())
    for name in (name for name in found if name not in signals):
        section.fault(f"`{name}` is not a signal{suggestion(name, signals)}", "signals")
    return found


def _read_together(document: Section, notes: _Notes, signals: tuple[str, ...]) -> None:
    for name, section in document.sections("together", Map(1)).items():
        groups = tuple(
            tuple(part.strip() for part in group.split("|"))
            for group in section.text("of").split(" + ")
        )
        for rule in {rule for group in groups for rule in group} - set(notes.rules):
            section.fault(f"`{rule}` is not a rule{suggestion(rule, notes.rules)}", "of")
        level = section.one_of("level", LEVELS)
        notes.together.append(Together(name, groups, level, _read_signals(section, signals)))
        section.done()


def _phrases(section: Section, key: str, notes: _Notes) -> tuple[Phrase, ...]:
    found: dict[str, Phrase] = {}
    for line, whole in _lines(section, key) if section.has(key) else ():
        for text in _OR.split(whole):
            try:
                if text in found:
                    raise ValueError("stands here twice")
                found[text] = parse_phrase(text, line, notes.lists, notes.skipped)
            except ValueError as error:
                section.faults.append(Fault(section.file, line, f"`{text}`: {error}"))
    return tuple(found.values())
