"""The ears: what a text says about danger, by itself and after the texts before it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from data.danger_rules import DangerRules
from data.danger_weights import Weights
from data.triage import LEVELS
from flows.danger.asking import stated
from flows.danger.closing import Closings
from flows.danger.compiling import compiled
from flows.danger.deciding import MOST_REASONS, RANK, Verdict, decide
from flows.danger.features import Look, Looking
from flows.danger.language import Languages
from flows.danger.normalise import MOST_CHARACTERS, split
from flows.danger.opinion import NO_OPINION, Learnt, Opinion
from flows.danger.reading import read
from flows.urgency import Heard, rank

#: So many earlier texts of the same visitor are listened to again, at most.
RECENT = 3
NONE: frozenset[str] = frozenset()


class Ears:
    """Hears danger in texts, by rules that are data. Deterministic, offline, keeps nothing."""

    def __init__(self, rules: DangerRules) -> None:
        with _nothing_collected():
            self._tables = compiled(rules)
            self.looking = Looking(
                self._tables.vocabulary,
                self._tables.lists,
                _words(rules.weights),
                Closings(rules.listening.closings),
            )
            self._questions = rules.listening.questions
            self._greetings = self._tables.vocabulary.greetings
            self._languages = Languages(rules.telling)
            weights = rules.weights
            self._learnt = Learnt(weights, self.looking, rules.listening) if weights else None

    def hear(self, text: str, before: tuple[str, ...] = (), asked: str = "") -> Heard:
        """What `text` says; `before` holds the visitor's last texts, oldest first, and `asked` what
        the visitor was asked last.

        Earlier texts can raise the level of a text that answers or goes on with them ("yes",
        "he is here now"), and so can the question that it answers; they never lower it, and a text
        of its own is not made worse by them. `because` names rules, and words of our own lists and
        examples between quotes; never what the visitor wrote. Never raises.
        """
        look = Look(self.looking)
        whole = split(text)
        parts = self.looking.closings.off(whole)
        earlier = self.looking.parts("\n".join(before[-RECENT:])[-MOST_CHARACTERS:])
        heard = self._said(parts, earlier, look)
        statement = stated(text, asked, self._questions, self._greetings) if asked else ""
        if statement:
            heard = _both(heard, self._answered(self.looking.parts(statement), look))
        return replace(heard, language=self._languages.of(whole))

    def by_rules(self, text: str) -> Heard:
        """What the rules alone make of a text: one of the things that an opinion goes by."""
        found = self._verdict(self.looking.parts(text), Look(self.looking))
        return Heard(found.level, found.signals, found.because)

    def _said(self, parts: list[str], earlier: list[str], look: Look) -> Heard:
        """What was learnt knows what the rules heard, and decides with it."""
        alone = verdict = self._verdict(parts, look)
        if earlier and (verdict.answers or verdict.facts):
            verdict = self._after(verdict, earlier, parts, look)
        if self._learnt is None:
            return Heard(verdict.level, verdict.signals, verdict.because)
        opinion = self._learnt.opinion(parts, verdict, look)
        if earlier and opinion.level == LEVELS[1] == self._opinion(earlier, look).level:
            whole = [*earlier, *parts]
            together = self._learnt.together(whole, self._verdict(whole, look), look)
            opinion = max(opinion, together, key=_rank)
        # danger that only the rules hear is urgent: who reads all examples has heard them too; but
        # what earlier texts make of this one is heard by the rules alone
        sure = verdict.level if verdict is not alone else min(verdict.level, LEVELS[1], key=rank)
        return _with(opinion, verdict, max(opinion.level, sure, key=rank))

    def _answered(self, statement: list[str], look: Look) -> Heard:
        """What an answer says, as a statement; the one who asked meant it, so rules are enough."""
        verdict, opinion = self._verdict(statement, look), self._opinion(statement, look)
        return _with(opinion, verdict, max(opinion.level, verdict.level, key=rank))

    def _opinion(self, parts: list[str], look: Look) -> Opinion:
        if self._learnt is None:
            return NO_OPINION
        return self._learnt.opinion(parts, self._verdict(parts, look), look)

    def _after(self, verdict: Verdict, earlier: list[str], parts: list[str], look: Look) -> Verdict:
        """The verdict on a text that may only mean something after others.

        A mere fact ("my son is six") counts when it makes the whole worse than what was said
        before: else every later text would repeat the alarm of an earlier one.
        """
        whole = self._verdict([*earlier, *parts], look)
        if RANK[whole.level] <= RANK[verdict.level]:
            return verdict
        if verdict.answers or RANK[whole.level] > RANK[self._verdict(earlier, look).level]:
            return whole
        return verdict

    def _verdict(self, parts: list[str], look: Look) -> Verdict:
        return decide(read(parts, self._tables.vocabulary, look.guesses), self._tables)


def _words(weights: Weights | None) -> frozenset[str]:
    """The words that examples have."""
    return frozenset(name[2:] for name in weights.features if name[:2] == "w:") if weights else NONE


def _with(opinion: Opinion, verdict: Verdict, level: str) -> Heard:
    """Both together: what decided the level is named first."""
    signals = tuple(dict.fromkeys((*verdict.signals, *opinion.signals)))
    if level == verdict.level:
        return Heard(level, signals, verdict.because or opinion.reasons)
    return Heard(level, signals, (*opinion.reasons, *verdict.because)[:MOST_REASONS])


def _both(first: Heard, second: Heard) -> Heard:
    """The worse of two, with the signals of both."""
    worse = max(first, second, key=_rank)
    return replace(worse, signals=tuple(dict.fromkeys((*first.signals, *second.signals))))


def _rank(heard: Heard | Opinion) -> int:
    return rank(heard.level)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Holds the garbage collector off: all that is built here stays, and looking costs a third."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
