"""What a text is heard after: the visitor's last texts, and what they were asked last."""

from __future__ import annotations

from collections import deque

from flows.danger.ears import RECENT
from handoff.desk.said import Said


class Earlier:
    """Of one conversation, in memory only: after a reload the texts are forgotten."""

    __slots__ = ("last_asked", "texts")

    def __init__(self) -> None:
        self.texts: deque[str] = deque(maxlen=RECENT)
        self.last_asked: Said | None = None

    def note(self, said: Said) -> None:
        """A question of the script, or what a caseworker wrote: whichever came last counts."""
        if said.kind == "question" or (said.from_ == "caseworker" and said.kind == "text"):
            self.last_asked = said

    def asked(self, *, scripted: bool) -> str:
        """What the visitor was asked last; a question of a script that is silent is not open."""
        last = self.last_asked
        if last is None or (last.kind == "question" and not scripted):
            return ""
        return last.body.text
