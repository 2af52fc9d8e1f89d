"""Questions that close a sentence and change nothing of it: *he is here what should I do*."""

from __future__ import annotations

from collections.abc import Iterable

from flows.danger.normalise import is_mark, is_stop, is_word, split


class Closings:
    """Such questions, of our own lists. Deterministic; keeps nothing of what it is asked."""

    def __init__(self, questions: Iterable[str]) -> None:
        self._questions = {tuple(split(question)) for question in questions}
        self._lasts = {question[-1] for question in self._questions if question}
        self._sizes = sorted({len(question) for question in self._questions}, reverse=True)

    def off(self, parts: list[str]) -> list[str]:
        """A text in parts, each sentence without the questions that close it. A sentence that is
        nothing else stays as it is; an emoji is a sentence of its own."""
        if self._lasts.isdisjoint(parts):
            return parts
        found: list[str] = []
        first = 0
        for place, part in enumerate((*parts, ".")):
            if is_stop(part) or not (is_word(part) or is_mark(part)):
                found += parts[first : self._end(parts, first, place)]
                found += parts[place : place + 1]
                first = place + 1
        return found

    def _end(self, parts: list[str], first: int, end: int) -> int:
        """Where a sentence ends that stands from `first` to `end`."""
        while True:
            said = _unmarked(parts, first, end)
            closed = self._closed(parts, first, said)
            before = _unmarked(parts, first, closed)
            if before in (first, said):
                return end
            end = before

    def _closed(self, parts: list[str], first: int, end: int) -> int:
        """Where the longest question begins that ends there; `end` when there is none."""
        sizes = (size for size in self._sizes if end - size > first)
        return next(
            (end - size for size in sizes if tuple(parts[end - size : end]) in self._questions), end
        )


def _unmarked(parts: list[str], first: int, end: int) -> int:
    """The end without the marks before it."""
    while end > first and is_mark(parts[end - 1]):
        end -= 1
    return end
