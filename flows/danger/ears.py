"""The ears: what a text says about danger, by itself and after the texts before it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from data.danger_rules import DangerRules
from data.triage import LEVELS
from flows.danger.compiling import compiled
from flows.danger.deciding import MOST_REASONS, RANK, Verdict, decide
from flows.danger.features import looking_at
from flows.danger.opinion import Learnt
from flows.danger.reading import read
from flows.urgency import Heard, rank

#: So many earlier texts of the same visitor are listened to again, at most.
RECENT = 3


class Ears:
    """Hears danger in texts, by rules that are data. Deterministic, offline, keeps nothing."""

    def __init__(self, rules: DangerRules) -> None:
        with _nothing_collected():
            self._tables = compiled(rules)
            self.looking = looking_at(rules, self._tables)
            at = (rules.listening.acute_at, rules.listening.urgent_at)
            self._learnt = Learnt(rules.weights, self.looking, at) if rules.weights else None

    def hear(self, text: str, before: tuple[str, ...] = (), asked: str = "") -> Heard:
        """What `text` says; `before` holds the visitor's last texts, oldest first, and `asked` what
        the visitor was asked last.

        Earlier texts can raise the level of a text that answers or goes on with them ("yes",
        "he is here now"); they never lower it, and a text of its own is not made worse by them.
        `because` names rules, and words of our own lists and examples between quotes; never what
        the visitor wrote. What was learnt knows what the rules heard, and decides with it.
        Never raises.
        """
        alone = verdict = self._heard(text)
        if before and (verdict.answers or verdict.facts):
            verdict = self._after(verdict, before[-RECENT:], text)
        if self._learnt is None:
            return Heard(verdict.level, verdict.signals, verdict.because)
        opinion = self._learnt.opinion(text, verdict.level)
        # danger that only the rules hear is urgent: who reads all examples has heard them too; but
        # what earlier texts make of this one is heard by the rules alone
        sure = verdict.level if verdict is not alone else min(verdict.level, LEVELS[1], key=rank)
        level = max(opinion.level, sure, key=rank)
        if level == verdict.level:
            return Heard(level, verdict.signals, verdict.because or opinion.reasons())
        return Heard(level, verdict.signals, (*opinion.reasons(), *verdict.because)[:MOST_REASONS])

    def by_rules(self, text: str) -> str:
        """The level of a text by the rules alone: one of the things that an opinion goes by."""
        return self._heard(text).level

    def _after(self, verdict: Verdict, before: tuple[str, ...], text: str) -> Verdict:
        """The verdict on a text that may only mean something after others.

        A mere fact ("my son is six") counts when it makes the whole worse than what was said
        before: else every later text would repeat the alarm of an earlier one.
        """
        whole = self._heard("\n".join((*before, text)))
        if RANK[whole.level] <= RANK[verdict.level]:
            return verdict
        if verdict.answers or RANK[whole.level] > RANK[self._heard("\n".join(before)).level]:
            return whole
        return verdict

    def _heard(self, text: str) -> Verdict:
        return decide(read(text, self._tables.vocabulary), self._tables)


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
