"""The level of a text, and why: the highest that is really said wins, nothing adds up by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from data.danger_rules import Rule, Together
from data.triage import LEVELS
from flows.danger.compiling import Tables
from flows.danger.matching import find
from flows.danger.patterns import Means, Pattern, Span
from flows.danger.reading import Reading
from flows.danger.scope import Scope, crosses_stop, scope_of

RANK = {level: rank for rank, level in enumerate(LEVELS)}
#: So many reasons are shown; more would not be read.
MOST_REASONS = 3
#: So many rules at the highest level are enough: others are only heard for a signal of their own.
ENOUGH = 2
HIGHEST = len(LEVELS) - 1
#: A mere word is a sentence of its own up to so many words.
MERE_WORDS = 2
#: A mere fact (a rule whose level is normal) that is not so now is no part of a whole.
NOT_NOW = ("recent", "habit", "later", "old", "if")


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that was heard: its level here, and the word that made it `now`, if one did."""

    rule: Rule
    language: str
    rank: int
    place: int
    now: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a text says by itself; `answers` when it only means something after another text."""

    level: str
    signals: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    answers: bool = False


SILENT = Verdict(LEVELS[0])


@dataclass(slots=True)
class _Hearing:
    """The work on one text: patterns are looked for, and the scope worked out, when needed."""

    reading: Reading
    tables: Tables
    candidates: list[Pattern]
    known: dict[int, list[Span]] = field(default_factory=dict)
    barred: dict[int, int] = field(default_factory=dict)
    around: Scope | None = None

    def spans(self, pattern: Pattern) -> list[Span]:
        """Where a pattern stands."""
        found = self.known.get(id(pattern))
        if found is None:
            found = self.known[id(pattern)] = find(self.reading, pattern)
        return found

    def scope(self) -> Scope:
        """What stands around the matches; words inside one, `kan niet ademen`, deny nothing."""
        if self.around is None:
            used = 0
            for pattern in self.candidates:
                if pattern.denying:
                    for span in self.spans(pattern):
                        used |= span.used
            self.around = scope_of(self.reading, self.tables.negators, used)
        return self.around

    def finding(self, means: Means, patterns: list[Pattern]) -> Finding | None:
        """What becomes of one rule: its highest level in this text, if it stands."""
        best: Finding | None = None
        for pattern in patterns:
            for span in self.spans(pattern):
                found = self._standing(means, span)
                if found and (best is None or found.rank > best.rank):
                    best = found
                    if best.rank >= means.most:
                        return best
        return best

    def _standing(self, means: Means, span: Span) -> Finding | None:
        """What a match means, unless it is denied, only a figure of speech, or barred."""
        rule = means.rule
        scope = self.scope()
        if rule is None or (rule.deniable and scope.denied(span, means.language)):
            return None
        if means.most_words < self.reading.count:
            most = means.most_words if means.most == HIGHEST else MERE_WORDS
            if most < scope.sentence(span).bit_count():
                return None
        if scope.only_words(span, means.language, asked=rule.deniable):
            return None
        if id(means) not in self.barred:
            self.barred[id(means)] = _barring(means, self.reading)
        if self.barred[id(means)] & scope.around(span):
            return None
        return _finding(means, rule, span, scope, self.tables)


def decide(reading: Reading, tables: Tables) -> Verdict:
    """What the rules make of a text."""
    candidates = reading.raising()
    if not candidates:
        return SILENT
    hearing = _Hearing(reading, tables, candidates)
    rules: dict[Means, list[Pattern]] = {}
    facts: dict[Means, list[Pattern]] = {}
    answers = False
    for pattern in candidates:
        means = pattern.means
        if means.most_words < _words_that_count(means, reading):
            continue
        if means.rule is None:
            answers = answers or bool(hearing.spans(pattern))
        else:
            (rules if means.most else facts).setdefault(means, []).append(pattern)
    found: list[Finding] = []
    _gather(found, hearing, rules)
    if facts and not found:
        facts = {means: facts[means] for means in facts if any(map(hearing.spans, facts[means]))}
        if not _may_make_a_whole(facts, tables):
            named = tuple(means.rule.name for means in facts if means.rule)
            return Verdict(LEVELS[0], facts=named, answers=answers)
    _gather(found, hearing, facts)
    return _verdict(found, tables.together, answers)


def _words_that_count(means: Means, reading: Reading) -> int:
    """How long a text is for a rule that is only for short ones.

    A cry (`gun`, `he is coming`) may stand in a sentence of its own: another sentence beside it
    must not hide it, so each is measured when it is found. A mere word (`help`) is measured there
    too, and has to be nearly all of its sentence: in a longer story it means little.
    """
    return 1 if means.rule and reading.stops else reading.count


def _gather(found: list[Finding], hearing: _Hearing, rules: Mapping[Means, list[Pattern]]) -> None:
    """Adds what becomes of each rule, until more of them could tell nothing new."""
    for means, patterns in rules.items():
        surest = sum(one.rank == HIGHEST for one in found)
        if surest >= ENOUGH and means.rule:
            known = {name for one in found for name in one.rule.signals}
            if known.issuperset(means.rule.signals):
                continue
        one = hearing.finding(means, patterns)
        if one:
            found.append(one)


def _may_make_a_whole(facts: Iterable[Means], tables: Tables) -> bool:
    """Whether mere facts could together mean something."""
    names = {(means.language, means.rule.name) for means in facts if means.rule}
    return len(names) > 1 and any(
        all(any((language, name) in names for name in group) for group in whole.groups)
        for language in {language for language, _ in names}
        for whole in tables.together[language]
    )


def _barring(means: Means, reading: Reading) -> int:
    """Where the phrases stand that a rule does not hold with."""
    mask = 0
    for pattern in means.unless:
        if not pattern.needs & ~reading.present:
            for span in find(reading, pattern):
                if not crosses_stop(reading, span):
                    mask |= span.reach
    return mask


def _finding(means: Means, rule: Rule, span: Span, scope: Scope, tables: Tables) -> Finding | None:
    time = scope.time(span, means.language, now=RANK[rule.at["now"]] == HIGHEST)
    level = rule.at[time] if time else rule.level
    if rule.away is not None and scope.mask("away"):
        level = min(level, rule.away, key=RANK.__getitem__)
    if RANK[rule.level] and not RANK[level]:
        return None
    if not RANK[rule.level] and time in NOT_NOW:
        return None
    now = ""
    if time == "now" and RANK[level] > RANK[rule.level]:
        now = _word_of(scope, span, tables.names)
    return Finding(rule, means.language, RANK[level], span.start, now)


def _word_of(scope: Scope, span: Span, names: tuple[str, ...]) -> str:
    """The word of our own lists that says *now*, nearest to a match."""
    place = scope.now_place(span)
    spoken = (names[id_] for id_, mask in scope.reading.at.items() if mask >> place & 1)
    return next((name.rstrip("*") for name in spoken), "")


def _verdict(
    found: list[Finding], together: Mapping[str, tuple[Together, ...]], answers: bool
) -> Verdict:
    facts = tuple(finding.rule.name for finding in found)
    wholes = [
        whole
        for language in dict.fromkeys(finding.language for finding in found)
        for whole in together[language]
        if _holds(whole, found, language)
    ]
    ranks = [finding.rank for finding in found] + [RANK[whole.level] for whole in wholes]
    rank = max(ranks, default=0)
    if not rank:
        return Verdict(LEVELS[0], facts=facts, answers=answers)
    reasons: list[str] = [whole.name for whole in wholes if RANK[whole.level] == rank]
    for finding in sorted(found, key=lambda one: one.place):
        if finding.rank == rank:
            reasons += [finding.rule.name, finding.now]
    signals = [name for whole in wholes for name in whole.signals]
    signals += [name for finding in found for name in finding.rule.signals]
    return Verdict(
        level=LEVELS[rank],
        signals=tuple(dict.fromkeys(signals)),
        because=tuple(dict.fromkeys(filter(None, reasons)))[:MOST_REASONS],
        facts=facts,
        answers=answers,
    )


def _holds(whole: Together, found: list[Finding], language: str) -> bool:
    names = {finding.rule.name for finding in found if finding.language == language}
    return all(not names.isdisjoint(group) for group in whole.groups)
