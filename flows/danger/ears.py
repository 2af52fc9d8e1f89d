"""The ears: what a text says about danger, by itself and after the texts before it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from data.danger_rules import DangerRules
from flows.danger.compiling import compiled
from flows.danger.deciding import RANK, Verdict, decide
from flows.danger.reading import read
from flows.urgency import Heard

#: So many earlier texts of the same visitor are listened to again, at most.
RECENT = 3


class Ears:
    """Hears danger in texts, by rules that are data. Deterministic, offline, keeps nothing."""

    def __init__(self, rules: DangerRules) -> None:
        with _nothing_collected():
            self._tables = compiled(rules)

    def hear(self, text: str, before: tuple[str, ...] = ()) -> Heard:
        """What `text` says; `before` holds the visitor's last texts, oldest first.

        Earlier texts can raise the level of a text that answers or goes on with them ("yes",
        "he is here now"); they never lower it, and a text of its own is not made worse by them.
        `because` names rules and words of our own lists, never what the visitor wrote.
        Never raises.
        """
        verdict = self._heard(text)
        if before and (verdict.answers or verdict.facts):
            verdict = self._after(verdict, before[-RECENT:], text)
        return Heard(verdict.level, verdict.signals, verdict.because)

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
